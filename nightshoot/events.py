"""Facts that a user follows while a film is made, and where they go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from nightshoot.domain.value import Value
from nightshoot.files import writing_to


class Stage(StrEnum):
    """The parts of the work, in order."""

    CONCEPT = "concept"
    SCREENPLAY = "screenplay"
    STORYBOARD = "storyboard"
    KEYFRAMES = "keyframes"
    TAKES = "takes"
    CUT = "cut"
    FILM = "film"


class StageStarted(Value):
    """A stage began."""

    type: Literal["stage_started"] = "stage_started"
    stage: Stage
    units: int = 1
    """How many pieces of work it has: shots, segments."""


class StageFinished(Value):
    """A stage ended."""

    type: Literal["stage_finished"] = "stage_finished"
    stage: Stage


class StepDone(Value):
    """A piece of a stage's work is done."""

    type: Literal["step_done"] = "step_done"
    stage: Stage
    shot: str = ""
    reused: bool = False
    """It was in the action log: nothing was made."""


class StepProgress(Value):
    """How far a piece of work has come, from 0 to 1. Not kept in the log."""

    type: Literal["step_progress"] = "step_progress"
    stage: Stage
    shot: str = ""
    share: float = Field(ge=0, le=1)


class ActionDone(Value):
    """A tool's action has its result."""

    type: Literal["action_done"] = "action_done"
    tool: str
    key: str
    shot: str = ""
    reused: bool
    cost_usd: float = 0.0
    gpu_s: float = 0.0


class TokensUsed(Value):
    """An agent's requests to its endpoint for one answer."""

    type: Literal["tokens_used"] = "tokens_used"
    agent: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float


class TakeRejected(Value):
    """The critic turned a take down."""

    type: Literal["take_rejected"] = "take_rejected"
    shot: str
    take: int
    note: str
    measures: tuple[str, ...]


class ShotFlagged(Value):
    """A shot's best take still has a bad verdict."""

    type: Literal["shot_flagged"] = "shot_flagged"
    shot: str
    note: str


class Reported(Value):
    """Something that the user should know: a contradiction resolved, a backend given up."""

    type: Literal["reported"] = "reported"
    text: str


class Awaiting(Value):
    """The run stopped for a person's approval."""

    type: Literal["awaiting"] = "awaiting"
    gate: str


class FilmFinished(Value):
    """The film is there."""

    type: Literal["film_finished"] = "film_finished"
    duration_s: float
    frames: int


Event = (
    StageStarted
    | StageFinished
    | StepDone
    | StepProgress
    | ActionDone
    | TokensUsed
    | TakeRejected
    | ShotFlagged
    | Reported
    | Awaiting
    | FilmFinished
)

Sink = Callable[[Event], None]
"""Takes an event; must be quick, may be called from any thread."""


class Logged(Value):
    """An event with its time, as a line of `events.jsonl`."""

    at: float
    """Seconds since the epoch."""
    event: Annotated[Event, Field(discriminator="type")]


_LINES: TypeAdapter[Logged] = TypeAdapter(Logged)


class EventLog:
    """Appends events to a production's `events.jsonl`."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        with writing_to(path):
            # A kill may have cut the last line short: what follows must not be joined to it.
            whole = not path.is_file() or path.read_bytes()[-1:] in (b"", b"\n")
            self._file = path.open("a", encoding="utf-8")
            if not whole:
                self._file.write("\n")

    def __call__(self, event: Event) -> None:
        """Writes one event as one line."""
        if isinstance(event, StepProgress):
            return
        line = Logged(at=round(time.time(), 3), event=event).model_dump_json()
        with self._lock, writing_to(Path(self._file.name)):
            self._file.write(line + "\n")
            self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def read_events(path: Path) -> tuple[Logged, ...]:
    """Gives the events of a log; a line that a kill cut short is left out."""
    if not path.is_file():
        return ()
    return tuple(_whole(path.read_bytes().split(b"\n")))


def _whole(lines: Iterable[bytes]) -> Iterator[Logged]:
    for line in lines:
        with suppress(ValidationError):
            yield _LINES.validate_json(line)
