"""A night as JSON lines: one object for each fact that a follower is told."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.events import Event, StepProgress
from nightshoot.lane import Span
from nightshoot.queueing import Clock, Night, Queued
from nightshoot.watching.outbox import Outbox
from nightshoot.watching.state import NightState

STATE_S = 10.0
"""How often the whole state is written. Source: a choice: 3,000 lines in a night of eight hours."""

WORDS = frozenset({"note", "text"})
"""Fields of events that hold what people and models wrote: they stay in the film's own folder."""


class EventLines:
    """A follower that writes lines; each has `at`, in seconds since the epoch, and `type`."""

    def __init__(self, outbox: Outbox, *, state: Callable[[], NightState], clock: Clock) -> None:
        """Takes where lines go, and what gives the night's state."""
        self._outbox = outbox
        self._state = state
        self._clock = clock
        self._stated_at = float("-inf")

    def begun(self, entry: Queued) -> None:
        """A film was begun, or is gone on with."""
        self._put("begun", self._clock.wall(), _entry(entry))

    def event(self, entry: int, event: Event) -> None:
        """Something happened in the film of this entry."""
        if isinstance(event, StepProgress):
            return
        told = event.model_dump(mode="json", exclude={"type", *WORDS})
        self._put(event.type, self._clock.wall(), {"entry": entry} | told)

    def span(self, span: Span) -> None:
        """A turn in a lane ended."""
        # A span has the loop's time, which began at some moment: it is told as it ends.
        now = self._clock.wall()
        self._put(
            "turn",
            now,
            {
                "entry": int(span.film) if span.film.isdecimal() else None,
                "lane": span.lane,
                "model": span.model,
                "place": span.place,
                "began_at": round(now - (span.ended_at - span.begun_at), 3),
                "waited_s": round(span.begun_at - span.asked_at, 3),
                "worked_s": round(span.ended_at - span.begun_at, 3),
                "swapped": span.swapped,
                "failed": span.failed,
            },
        )

    def ended(self, entry: Queued, what: str) -> None:
        """A film was let go."""
        told: dict[str, JsonValue] = {
            "what": what,
            "state": entry.state.value,
            "cause": entry.cause.value if entry.cause else None,
            "error": entry.error,
        }
        self._put("ended", self._clock.wall(), _entry(entry) | told)

    def beat(self, night: Night) -> None:
        """About a second has passed."""
        del night
        now = self._clock.monotonic()
        if now - self._stated_at >= STATE_S:
            self._stated_at = now
            self._tell_state()

    def close(self) -> None:
        """Writes the last state, and ends."""
        self._tell_state()
        self._outbox.close()

    def _tell_state(self) -> None:
        state = self._state()
        self._put("state", state.at, state.model_dump(mode="json", exclude={"at"}))

    def _put(self, kind: str, at: float, told: dict[str, JsonValue]) -> None:
        self._outbox.put(_line(kind, at, told))


def outbox_to(place: str, clock: Clock) -> Outbox:
    """Opens a file for lines, at its end; `-` is standard output.

    Raises:
        InputError: it cannot be written to.
    """
    try:
        handle = os.dup(1) if place == "-" else _opened(Path(place))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(f"--events {place} cannot be opened ({why}): name another file") from None
    name = "standard output" if place == "-" else place
    return Outbox(
        handle, name=name, lost=lambda count: _line("lost", clock.wall(), {"lines": count})
    )


def _opened(path: Path) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    if path.exists() and stat.S_ISFIFO(path.stat().st_mode):
        # Without a reader, opening would wait for one for ever.
        handle = os.open(path, flags | os.O_NONBLOCK)
        os.set_blocking(handle, True)
        return handle
    if path.is_file():
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 1))
            whole = file.read(1) in (b"", b"\n")
    else:
        whole = True
    handle = os.open(path, flags, 0o644)
    if not whole:
        # A kill may have cut the last line short.
        os.write(handle, b"\n")
    return handle


def _entry(entry: Queued) -> dict[str, JsonValue]:
    return {
        "entry": entry.id,
        "name": entry.name,
        "priority": entry.priority,
        "folder": entry.folder,
        "worked_s": entry.worked_s,
    }


def _line(kind: str, at: float, told: dict[str, JsonValue]) -> bytes:
    return json.dumps(
        {"at": round(at, 3), "type": kind} | told, ensure_ascii=False, separators=(",", ":")
    ).encode()
