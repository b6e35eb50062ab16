"""Foresees what the steps that are to come will use, and how long they will take."""

from __future__ import annotations

from nightshoot.artifacts import Action
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Transition
from nightshoot.graphs.making import painting
from nightshoot.graphs.planning import END_TRANSITION, TITLE_TRANSITION
from nightshoot.graphs.requests import Planned
from nightshoot.graphs.reserves import Piece, Tail
from nightshoot.graphs.workshop import Workshop
from nightshoot.lane import Lane
from nightshoot.tools.protocols import VideoGenerator

_CUT_CPU_S = 0.44
"""Processor seconds that cutting takes for a second of film at 720x1280 and 24 frames a second.
Source: docs/benchmarks.md, "The cut": 53.4 s for 120 s of takes. It counts where no cut was made
here before."""
_CUT_PIXELS = 720 * 1280 * 24

_CARDS = 2


class _Usual(Value):
    """A request that is the same for all calls of a tool: only the tool is asked about."""


class Foreseeing:
    """What one film still needs, as far as it can be told before.

    Money, GPU time and takes are the most that the tools say. Time is what they took lately, and is
    looked up only where there is an end. What a model writes or judges is not foreseen: nobody
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
        return (self._piece(action, lane), *self._judging("measure/keyframe")), action.key

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
        one_by_one = [
            _CARDS * self._usual_s("card/title"),
            _CARDS * self._usual_s(f"video/{self._shop.tools.card_camera.name}"),
            self._usual_s("edit/mix")
            + (self._usual_s(f"music/{composer.name}") if composer else 0),
            self._usual_s("edit/stitch"),
            self._usual_s("measure/film"),
        ]
        part_s = self._usual_s("edit/body")
        parts_s = (len(board.shots) + _CARDS) * part_s + blends * self._usual_s("edit/blend")
        if not part_s:
            least_s = sum(shot.min_duration_s for shot in board.shots)
            pixels = options.width * options.height * float(options.fps)
            parts_s = max(least_s, options.duration_s or 0) * _CUT_CPU_S * pixels / _CUT_PIXELS
        width = self._shop.lanes.cutting.lane.width
        return Tail(
            work_s=(sum(one_by_one) + parts_s) / width,
            # The longest part is taken to be like the others.
            chain_s=sum(one_by_one) + part_s,
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
        return (self._piece(action, lane), *self._judging("measure/take"))

    def _judging(self, tool: str) -> tuple[Piece, ...]:
        seconds = self._usual_s(tool)
        lane = self._shop.lanes.judging.lane
        return (Piece(lane=lane.name, lane_s=seconds / lane.width),) if seconds else ()

    def _piece(self, action: Action, lane: Lane) -> Piece:
        seconds = 0.0 if self._shop.pace.ends_at is None else self._shop.expected_s(action)
        return Piece(
            usd=action.estimate.cost_usd,
            gpu_s=action.estimate.gpu_s,
            takes=action.estimate.takes,
            lane=lane.name,
            lane_s=seconds / lane.width,
        )

    def _usual_s(self, tool: str) -> float:
        if self._shop.pace.ends_at is None:
            return 0.0
        return self._shop.expected_s(Action(tool=tool, version="", request=_Usual()))
