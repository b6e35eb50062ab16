"""Live progress by stage and shot, with the time left, on stderr."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from nightshoot.events import (
    Awaiting,
    Event,
    Reported,
    ShotFlagged,
    Stage,
    StageFinished,
    StageStarted,
    StepDone,
    StepProgress,
    TakeRejected,
)

_NAMES = {
    Stage.CONCEPT: "concept",
    Stage.SCREENPLAY: "screenplay",
    Stage.STORYBOARD: "storyboard",
    Stage.KEYFRAMES: "keyframes",
    Stage.TAKES: "takes",
    Stage.CUT: "cut",
    Stage.FILM: "film",
}


class Progress:
    """A sink of events that draws bars on a terminal, and writes plain lines elsewhere."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._lock = threading.Lock()
        self._bars = Bars(
            TextColumn("{task.description:<11}"),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[detail]:<18}"),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=False,
        )
        self._tasks: dict[Stage, TaskID] = {}
        self._done: dict[Stage, int] = {}
        self._units: dict[Stage, int] = {}
        self._partial: dict[tuple[Stage, str], float] = {}
        self._begun: dict[Stage, float] = {}

    def __enter__(self) -> Self:
        """Starts to draw."""
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leaves the last state on the screen."""
        if self._console.is_terminal:
            # Elsewhere nothing was begun, and an end would be an empty line.
            self._bars.stop()

    def __call__(self, event: Event) -> None:
        """Draws an event."""
        with self._lock:
            self._draw(event)

    def _draw(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._start(event.stage, event.units)
        elif isinstance(event, StepProgress):
            self._partial[event.stage, event.shot] = event.share
            self._update(event.stage)
        elif isinstance(event, StepDone):
            self._partial.pop((event.stage, event.shot), None)
            self._done[event.stage] = self._done.get(event.stage, 0) + 1
            self._update(event.stage)
            self._say(
                f"{_NAMES[event.stage]} {self._done[event.stage]}/{self._units.get(event.stage, 1)}"
            )
        elif isinstance(event, StageFinished):
            self._finish(event.stage)
        elif isinstance(event, TakeRejected):
            self._console.print(
                f"[yellow]take {event.take} of {event.shot} rejected[/] "
                f"({', '.join(event.measures)})",
                highlight=False,
            )
        elif isinstance(event, ShotFlagged):
            self._console.print(f"[red]{event.shot} flagged[/]: ", end="")
            self._console.print(event.note, markup=False)
        elif isinstance(event, Reported):
            self._console.print(f"note: {event.text}", markup=False, highlight=False)
        elif isinstance(event, Awaiting):
            self._console.print(f"waiting for approval: {event.gate}", markup=False)

    def _start(self, stage: Stage, units: int) -> None:
        self._units[stage], self._done[stage] = units, 0
        self._begun[stage] = time.monotonic()
        self._tasks[stage] = self._bars.add_task(_NAMES[stage], total=units, detail=f"0/{units}")
        self._say(f"{_NAMES[stage]} ...")

    def _update(self, stage: Stage) -> None:
        if stage not in self._tasks:
            return
        done, units = self._done.get(stage, 0), self._units[stage]
        partial = sum(share for (of, _), share in self._partial.items() if of is stage)
        self._bars.update(
            self._tasks[stage], completed=min(done + partial, units), detail=f"{done}/{units}"
        )

    def _finish(self, stage: Stage) -> None:
        if stage in self._tasks:
            units = self._units[stage]
            self._bars.update(self._tasks[stage], completed=units, detail=f"{units}/{units}")
            self._say(f"{_NAMES[stage]} done, {time.monotonic() - self._begun[stage]:.1f} s")

    def _say(self, text: str) -> None:
        if not self._console.is_terminal:
            self._console.print(text, markup=False, highlight=False)
