"""Foresees what the steps that are to come will use, and how long they will take."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nightshoot.artifacts import Action
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Transition
from nightshoot.graphs.making import painting
from nightshoot.graphs.planning import END_TRANSITION, TITLE_TRANSITION
from nightshoot.graphs.priors import cutting_s, own_s, slowness
from nightshoot.graphs.requests import Planned
from nightshoot.graphs.reserves import Piece, Tail
from nightshoot.graphs.workshop import Workshop
from nightshoot.lane import Lane
from nightshoot.tools.protocols import Backend, VideoGenerator

_CARDS = 2


class Foreseeing:
    """What one film still needs, as far as it can be told before.

    Money, GPU time and takes are the most that the tools say. Time is what they took lately, and is
    looked up anew each time that it counts, and only where there is
    an end. What a model writes or judges is not foreseen: nobody
    knows what it will be asked.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def painting(self, planned: Planned) -> tuple[tuple[Piece, ...], str]:
        """Gives what a plan's keyframe takes, judged, and the key of the action that paints it.

        Both are empty where a keyframe is kept.
        """
        if planned.kept:
            return (), ""
        painter = self._shop.tools.painter(planned.painter)
        action = painting(planned.plan, painter)
        lane = self._shop.floor.lane_of("image", painter)
        judging = self._judging("measure/keyframe", planned)
        return (self._piece(action, lane, painter), *judging), action.key

    def filming(self, planned: Planned) -> tuple[Piece, ...]:
        """Gives what filming a plan takes, judged."""
        if planned.plainly:
            return self._filming(planned, self._shop.tools.card_camera, takes=0)
        return self._filming(planned, self._shop.tools.camera(planned.camera), takes=1)

    def plainly(self, planned: Planned) -> tuple[Piece, ...] | None:
        """Gives what filming it takes with the plain camera; None: it is not to be used.

        It is used only where the film may be made more cheaply, and was ordered with another.
        """
        shop, camera = self._shop, self._shop.tools.card_camera
        if not shop.thrifty or shop.tools.camera(planned.camera).name == camera.name:
            return None
        return self._filming(planned, camera, takes=0)

    def cut(self, board: Storyboard) -> Tail:
        """Gives how long it takes to make the film of its takes."""
        if self._shop.pace.ends_at is None:
            return Tail()
        options = self._shop.production.sheet.options
        turns = [TITLE_TRANSITION, *(shot.transition for shot in board.shots[:-1]), END_TRANSITION]
        blends = sum(turn is not Transition.CUT for turn in turns)
        composer = self._shop.tools.composer
        pixels, rate = options.width * options.height, float(options.fps)
        least_s = sum(shot.min_duration_s for shot in board.shots)
        length_s = max(least_s, options.duration_s or 0)

        slow = self._slowness(length_s / len(board.shots), pixels, rate)

        def usual_s(tool: str) -> float:
            prior_s = own_s(tool, seconds=length_s, pixels=pixels, rate=rate)
            return self._usual_s(tool, prior_s * slow)

        one_by_one = [
            _CARDS * usual_s("card/title"),
            _CARDS * usual_s(f"video/{self._shop.tools.card_camera.name}"),
            usual_s("edit/mix") + (usual_s(f"music/{composer.name}") if composer else 0),
            usual_s("edit/stitch"),
            usual_s("measure/film"),
        ]
        part_s = usual_s("edit/body")
        parts_s = (len(board.shots) + _CARDS) * part_s + blends * usual_s("edit/blend")
        if not part_s:
            parts_s = slow * cutting_s(seconds=length_s, pixels=pixels, rate=rate)
        width = self._shop.lanes.cutting.lane.width
        return Tail(
            work_s=(sum(one_by_one) + parts_s) / width,
            # The longest part is taken to be like the others.
            chain_s=sum(one_by_one) + part_s,
        )

    def _slowness(self, shot_s: float, pixels: int, rate: float) -> float:
        """Gives how many times slower this machine is than most, by its pictures and takes."""
        tools, known_s = self._shop.tools, self._shop.floor.usual.known_s
        return max(
            slowness(
                known_s(f"{kind}/{backend.name}", self._shop.log.times),
                backend,
                seconds=seconds,
                pixels=pixels,
                rate=rate,
            )
            for kind, backend, seconds in (
                ("image", tools.image, 0.0),
                ("video", tools.video, shot_s),
                ("video", tools.card_camera, shot_s),
            )
        )

    def _filming(
        self, planned: Planned, camera: VideoGenerator, *, takes: int
    ) -> tuple[Piece, ...]:
        action = Action(
            tool=f"video/{camera.name}",
            version=camera.version,
            request=planned.plan,
            estimate=camera.estimate(plan=planned.plan).model_copy(update={"takes": takes}),
        )
        lane = self._shop.floor.lane_of("video", camera)
        return (self._piece(action, lane, camera), *self._judging("measure/take", planned))

    def _judging(self, tool: str, planned: Planned) -> tuple[Piece, ...]:
        if self._shop.pace.ends_at is None:
            return ()
        lane, plan = self._shop.lanes.judging.lane, planned.plan
        prior_s = own_s(
            tool,
            seconds=plan.num_frames / float(plan.fps),
            pixels=plan.width * plan.height,
            rate=float(plan.fps),
        )
        live = partial(self._lane_s, partial(self._usual_s, tool, prior_s), lane)
        return (Piece(lane=lane.name, live=live),)

    def _piece(self, action: Action, lane: Lane, backend: Backend) -> Piece:
        live = partial(self._lane_s, partial(self._shop.expected_s, action, backend), lane)
        return Piece(
            usd=action.estimate.cost_usd,
            gpu_s=action.estimate.gpu_s,
            takes=action.estimate.takes,
            lane=lane.name,
            live=None if self._shop.pace.ends_at is None else live,
        )

    @staticmethod
    def _lane_s(seconds: Callable[[], float], lane: Lane) -> float:
        return seconds() / lane.width

    def _usual_s(self, tool: str, prior_s: float) -> float:
        return self._shop.floor.usual.known_s(tool, self._shop.log.times) or prior_s
