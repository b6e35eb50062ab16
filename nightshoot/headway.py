"""How far a film has come, told by its events: the share that is done, and what it took so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from nightshoot.events import (
    ActionDone,
    Event,
    FilmFinished,
    ShotFlagged,
    Stage,
    StageFinished,
    StageStarted,
    StepDone,
    TakeRejected,
    TokensUsed,
)

WEIGHTS: Mapping[Stage, float] = {
    Stage.CONCEPT: 0.03,
    Stage.SCREENPLAY: 0.09,
    Stage.STORYBOARD: 0.13,
    Stage.KEYFRAMES: 0.25,
    Stage.TAKES: 0.32,
    Stage.CUT: 0.01,
    Stage.FILM: 0.17,
}
"""What share of a film's work each stage is; they sum up to 1. Source: the known case of
docs/scheduling.md: 30, 80 and 110 s of writing, 12 shots of 18 s for words and keyframe and of 23 s
for the take, and a cut of 150 s. They are the same for every film, so that films can be compared
and no share becomes smaller when it is known how many shots there are."""

_BY_SHOT = (Stage.KEYFRAMES, Stage.TAKES)

_LEAST_SHARE = 0.02
"""Below this much made, a pace says nothing. Source: a choice; a shot of a film of 12 is twice as
much."""


class Headway:
    """Follows the events of one film in one run; a sink, and may be called from any thread.

    What the film had before the run counts as done as soon as the run has passed it; money, GPU
    time and rejections are those of this run alone.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins at nothing.

        Args:
            clock: gives the time in seconds, when an event comes; `left_s` is asked by the same.
        """
        self.rejected = 0
        """Takes that the critic, or a person, turned down in this run."""
        self.gpu_s = 0.0
        """Seconds of GPU time that were used in this run."""
        self._clock = clock
        self._lock = threading.Lock()
        self._units: dict[Stage, int] = {}
        self._done: dict[Stage, int] = {}
        self._finished: set[Stage] = set()
        self._shots: dict[Stage, set[str]] = {stage: set() for stage in _BY_SHOT}
        self._takes: set[str] = set()
        self._flagged: set[str] = set()
        self._paid: dict[str, float] = {}
        self._metered: dict[str, float] = {}
        self._last_at = clock()
        self._pace_from: tuple[float, float] | None = None
        self._film = False

    def __call__(self, event: Event) -> None:
        """Takes an event."""
        with self._lock:
            self._take(event)
            self._last_at = self._clock()

    @property
    def stage(self) -> Stage | None:
        """The first stage that was begun and is not done; None: before the first, and at the end.

        Between two stages it is the one that was done last.
        """
        if self._film or not self._units:
            return None
        begun = [stage for stage in Stage if stage in self._units]
        return next((stage for stage in begun if self._stage_share(stage) < 1), begun[-1])

    @property
    def shots(self) -> int:
        """How many shots the film has; 0: not known yet."""
        with self._lock:
            return max(self._units.get(stage, 0) for stage in _BY_SHOT)

    @property
    def shots_done(self) -> int:
        """How many shots have their outcome."""
        return len(self._shots[Stage.TAKES])

    @property
    def takes(self) -> int:
        """How many takes of shots there are, filmed in this run or found from before."""
        return len(self._takes)

    @property
    def flagged(self) -> int:
        """How many shots' best takes still have a bad verdict."""
        return len(self._flagged)

    @property
    def cost_usd(self) -> float:
        """What was paid in this run."""
        with self._lock:
            # An agent's answers are told twice: as an action, and with those that were no good.
            return sum(
                max(self._paid.get(of, 0.0), self._metered.get(of, 0.0))
                for of in {*self._paid, *self._metered}
            )

    @property
    def share(self) -> float:
        """The share of the film's work that is done, from 0 to 1; never less than it was."""
        with self._lock:
            return self._share()

    def left_s(self, now: float) -> float | None:
        """Gives about how long the film still takes at its own pace so far, or None: not known yet.

        The pace is that since the first thing was made that had not been there: what is found from
        before goes by in no time. It is a rough guess: a stage may go faster than those before.

        Args:
            now: the time, by the clock of this object.
        """
        with self._lock:
            if self._film:
                return 0.0
            if self._pace_from is None:
                return None
            begun, from_share = self._pace_from
            share = self._share()
            if share - from_share < _LEAST_SHARE:
                return None
            return (1 - share) * max(0.0, now - begun) / (share - from_share)

    def _take(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._start(event)
        elif isinstance(event, StageFinished):
            self._finished.add(event.stage)
        elif isinstance(event, StepDone):
            self._step(event)
        elif isinstance(event, ActionDone):
            self._act(event)
        elif isinstance(event, TokensUsed):
            self._metered[event.agent] = self._metered.get(event.agent, 0.0) + event.cost_usd
        elif isinstance(event, TakeRejected):
            self.rejected += 1
        elif isinstance(event, ShotFlagged):
            self._flagged.add(event.shot)
        elif isinstance(event, FilmFinished):
            self._film = True

    def _start(self, event: StageStarted) -> None:
        before = list(Stage)[: list(Stage).index(event.stage)]
        if event.stage is Stage.TAKES and Stage.KEYFRAMES in self._units:
            # They run side by side.
            before.remove(Stage.KEYFRAMES)
        # A run that goes on behind a stage says nothing of it.
        self._finished.update(before)
        self._units[event.stage] = event.units

    def _step(self, event: StepDone) -> None:
        if event.stage in self._shots:
            self._shots[event.stage].add(event.shot)
            if event.stage is Stage.TAKES:
                # A shot that was settled before this run passes without its keyframe.
                self._shots[Stage.KEYFRAMES].add(event.shot)
        else:
            self._done[event.stage] = self._done.get(event.stage, 0) + 1

    def _act(self, event: ActionDone) -> None:
        role = event.tool.partition("/")[0]
        if event.shot and role == "video":
            self._takes.add(event.key)
        if event.reused:
            return
        self._paid[role] = self._paid.get(role, 0.0) + event.cost_usd
        self.gpu_s += event.gpu_s
        if self._pace_from is None:
            # From where the action began, as what is found goes by in no time.
            self._pace_from = (self._last_at, self._share())

    def _share(self) -> float:
        return (
            1.0 if self._film else sum(WEIGHTS[stage] * self._stage_share(stage) for stage in Stage)
        )

    def _stage_share(self, stage: Stage) -> float:
        if stage in self._finished:
            return 1.0
        if stage not in self._units:
            return 0.0
        done = len(self._shots[stage]) if stage in self._shots else self._done.get(stage, 0)
        return min(1.0, done / max(1, self._units[stage]))
