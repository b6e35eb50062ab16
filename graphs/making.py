"""Has keyframes painted and takes filmed: one action each, worded anew where a service refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from nightshoot.artifacts import Action, Assumed, Made, Outcome
from nightshoot.domain.film import Take
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value
from nightshoot.errors import Refused
from nightshoot.events import Stage
from nightshoot.graphs.planning import Planning
from nightshoot.graphs.requests import as_painted
from nightshoot.graphs.workshop import Workshop, turn_for
from nightshoot.tools.protocols import ImageGenerator, VideoGenerator

Got = TypeVar("Got")

_REWORDINGS = 2
"""How often a shot that a service refuses is worded anew before it is given up."""


class Painted(Value):
    """A keyframe in the store."""

    plan: ShotPlan
    """What it was painted from; the words may be other than first planned."""
    picture: str
    layers: str = ""


class Filmed(Value):
    """A take's video in the store."""

    plan: ShotPlan
    video: str


class Making:
    """Paints and films for one film's shots."""

    def __init__(self, workshop: Workshop, planning: Planning) -> None:
        self._shop = workshop
        self._planning = planning

    async def paint(self, plan: ShotPlan, painter: ImageGenerator) -> Painted:
        """Gives the painted keyframe of a plan."""
        used, outcome = await self._accepted(plan, partial(self._paint, painter=painter))
        return Painted(plan=used, **outcome.outputs)

    async def film(
        self,
        plan: ShotPlan,
        take: Take,
        camera: VideoGenerator,
        *,
        begun: Callable[[str], None] = lambda _: None,
    ) -> Filmed:
        """Gives the video of a take.

        Args:
            plan: what is filmed.
            take: the one with the keyframe.
            camera: who films.
            begun: is told the key of the action before its money is reserved.
        """

        async def film(wanted: ShotPlan) -> Outcome:
            action = filming(wanted, take, camera)
            begun(action.key)
            return await self._film(action, wanted, take, camera)

        used, outcome = await self._accepted(plan, film)
        return Filmed(plan=used, video=outcome.outputs["video"])

    async def _accepted(
        self, plan: ShotPlan, make: Callable[[ShotPlan], Awaitable[Got]]
    ) -> tuple[ShotPlan, Got]:
        """Gives what is made of a plan, and the plan, worded anew where a service refuses it.

        Raises:
            Refused: the words were refused every time.
        """
        said: tuple[str, ...] = (plan.note,) if plan.note else ()
        for chance in range(_REWORDINGS + 1):
            try:
                return plan, await make(plan)
            except Refused as error:
                if chance == _REWORDINGS:
                    raise
                self._shop.report(f"Shot {plan.shot}: {error}; it is worded anew.")
                said = (*said, str(error))
                shot = self._planning.board.shot(plan.shot)
                shot = shot.model_copy(update={"staging": plan.staging, "camera": plan.camera})
                wording = await self._planning.worded(shot, plan.cast, said, take=len(said) + 1)
                plan = plan.model_copy(update=wording.model_dump())
        raise AssertionError("the last chance returns or raises")

    async def _paint(self, plan: ShotPlan, *, painter: ImageGenerator) -> Outcome:
        shop = self._shop
        action = painting(plan, painter)
        wanted = as_painted(plan, painter.capabilities)

        async def make(scratch: Path) -> Made:
            made = await painter.paint(
                plan=wanted,
                scratch=scratch,
                progress=shop.progress(Stage.KEYFRAMES, wanted.shot),
                files=shop.files(wanted),
                job=shop.log.job(action),
            )
            outputs = {"picture": made.picture}
            if made.layers is not None:
                outputs["layers"] = made.layers
            shop.report_all(made.notes)
            return Made(outputs=outputs, cost_usd=made.cost_usd, gpu_s=made.gpu_s)

        return await shop.perform(
            action, make, lane=turn_for(shop.lanes.painting, action, painter), shot=wanted.shot
        )

    async def _film(
        self, action: Action, plan: ShotPlan, take: Take, camera: VideoGenerator
    ) -> Outcome:
        shop, store = self._shop, self._shop.log.store

        async def make(scratch: Path) -> Made:
            footage = await camera.film(
                plan=plan,
                keyframe=store.path(take.keyframe),
                layers=store.path(take.layers) if take.layers else None,
                scratch=scratch,
                progress=shop.progress(Stage.TAKES, plan.shot),
                files=shop.files(plan),
                job=shop.log.job(action),
            )
            shop.report_all(footage.notes)
            return Made(
                outputs={"video": footage.video}, cost_usd=footage.cost_usd, gpu_s=footage.gpu_s
            )

        return await shop.perform(
            action, make, lane=turn_for(shop.lanes.filming, action, camera), shot=plan.shot
        )


def painting(plan: ShotPlan, painter: ImageGenerator) -> Action:
    """Gives the action that paints a plan's keyframe."""
    wanted = as_painted(plan, painter.capabilities)
    return Action(
        tool=f"image/{painter.name}",
        version=painter.version,
        request=wanted,
        estimate=painter.estimate(plan=wanted),
        assumed=Assumed(roles=("picture", *["layers"] * painter.capabilities.layers)),
    )


def filming(plan: ShotPlan, take: Take, camera: VideoGenerator) -> Action:
    """Gives the action that films a plan from a take's keyframe."""
    inputs = {"keyframe": take.keyframe}
    if take.layers:
        inputs["layers"] = take.layers
    return Action(
        tool=f"video/{camera.name}",
        version=camera.version,
        request=plan,
        inputs=inputs,
        estimate=camera.estimate(plan=plan),
        assumed=Assumed(roles=("video",)),
    )
