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
from nightshoot.errors import BackendError, Refused
from nightshoot.events import Stage
from nightshoot.graphs.faults import Faults
from nightshoot.graphs.planning import Planning
from nightshoot.graphs.requests import as_painted
from nightshoot.graphs.standing_in import Order, StandingIn
from nightshoot.graphs.workshop import Workshop
from nightshoot.providers import Away
from nightshoot.tools.protocols import ImageGenerator, VideoGenerator

Got = TypeVar("Got")

_REWORDINGS = 2
"""How often a shot that a service refuses is worded anew before it is given up."""


class Painted(Value):
    """A keyframe in the store."""

    plan: ShotPlan
    """What it was painted from; the words may be other than first planned."""
    painter: str
    """Who painted it; may be another than was planned."""
    picture: str
    layers: str = ""


class Filmed(Value):
    """A take's video in the store."""

    plan: ShotPlan
    camera: str
    """Who filmed it; may be another than was planned."""
    video: str


class Making:
    """Paints and films for one film's shots.

    Who is away is stood in for by another of the crew, as `StandingIn` says.
    """

    def __init__(self, workshop: Workshop, planning: Planning, faults: Faults) -> None:
        self._shop = workshop
        self._planning = planning
        self._faults = faults
        self._standing_in = StandingIn(workshop)

    async def paint(self, plan: ShotPlan, painter: ImageGenerator) -> Painted:
        """Gives the painted keyframe of a plan."""
        tools = self._shop.tools

        async def paint(by: ImageGenerator, wanted: ShotPlan, elsewhere: bool) -> Painted:
            used, outcome = await self._accepted(
                wanted, partial(self._paint, painter=by, elsewhere=elsewhere)
            )
            return Painted(plan=used, painter=by.name, **outcome.outputs)

        return await self._standing_in.made(
            Order(
                plan=plan,
                kind="image",
                crew=tools.painters,
                action=lambda by, wanted: painting(wanted, by),
                refit=lambda by: self._planning.refitted(plan, painter=by, camera=tools.video),
                make=paint,
            ),
            painter,
        )

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
        tools = self._shop.tools
        named = {one.name for one in tools.cameras}

        async def film(by: VideoGenerator, wanted: ShotPlan, elsewhere: bool) -> Filmed:
            async def accepted(worded: ShotPlan) -> Outcome:
                action = filming(worded, take, by, takes=int(by.name in named))
                begun(action.key)
                return await self._film(action, worded, take, by, elsewhere=elsewhere)

            used, outcome = await self._accepted(wanted, accepted)
            return Filmed(plan=used, camera=by.name, video=outcome.outputs["video"])

        return await self._standing_in.made(
            Order(
                plan=plan,
                kind="video",
                crew=tools.cameras,
                action=lambda by, wanted: filming(wanted, take, by),
                refit=lambda by: self._planning.refitted(
                    plan, painter=tools.painter(take.painter), camera=by
                ),
                make=film,
            ),
            camera,
        )

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

    async def _paint(self, plan: ShotPlan, *, painter: ImageGenerator, elsewhere: bool) -> Outcome:
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

        return await self._performed(
            action,
            wanted.shot,
            lambda: shop.perform(
                action,
                make,
                lane=shop.turn(action, painter),
                shot=wanted.shot,
                provider=shop.provider("image", painter),
                elsewhere=elsewhere,
            ),
        )

    async def _film(
        self,
        action: Action,
        plan: ShotPlan,
        take: Take,
        camera: VideoGenerator,
        *,
        elsewhere: bool,
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

        return await self._performed(
            action,
            plan.shot,
            lambda: shop.perform(
                action,
                make,
                lane=shop.turn(action, camera),
                shot=plan.shot,
                provider=shop.provider("video", camera),
                elsewhere=elsewhere,
            ),
        )

    async def _performed(
        self, action: Action, shot: str, perform: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        """Performs an action, unless it failed for good before; writes down where it does now."""
        await self._faults.recall(action, shot)
        try:
            return await perform()
        except Away:
            raise
        except BackendError as error:
            await self._faults.note(action, shot, error)
            raise


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


def filming(plan: ShotPlan, take: Take, camera: VideoGenerator, *, takes: int = 1) -> Action:
    """Gives the action that films a plan from a take's keyframe.

    Args:
        plan: what is filmed.
        take: the one with the keyframe.
        camera: who films.
        takes: how many takes it counts for: none where the plain camera steps in for the crew's.
    """
    inputs = {"keyframe": take.keyframe}
    if take.layers:
        inputs["layers"] = take.layers
    return Action(
        tool=f"video/{camera.name}",
        version=camera.version,
        request=plan,
        inputs=inputs,
        estimate=camera.estimate(plan=plan).model_copy(update={"takes": takes}),
        assumed=Assumed(roles=("video",)),
    )
