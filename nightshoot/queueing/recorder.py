"""Recorder: writes down what a night does, beat by beat, and harms no film where it cannot."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from nightshoot.errors import ArtifactError
from nightshoot.events import ActionDone, Event, TokensUsed
from nightshoot.lane import Span
from nightshoot.providers import Kept
from nightshoot.queueing.clock import Clock
from nightshoot.queueing.history import NOWHERE, History, LanePause, LaneTurn, Shift, Spending
from nightshoot.queueing.rows import Night, Queued

_log = logging.getLogger(__name__)

_EVERY_S = 0.9
"""The least time between two writes: a beat comes about once a second."""

_SEEN_EVERY_S = 10.0
"""How often a runner with nothing to tell says that it is at work."""

_REST_S = 10.0
"""How long a write is not tried again that failed: a disk that is full stays so for a while."""

MOST_KEPT = 50_000
"""How many turns, and spendings, wait in memory at most for a file that cannot be written; the
oldest go first. Source: about 20 MB, and at a turn a second a whole night."""

Row = TypeVar("Row")


class Pausing(Protocol):
    """A lane, as far as its pauses are looked at."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def pauses(self) -> tuple[str, ...]:
        """Why it, or a model in it, is paused."""
        ...


@dataclass(slots=True)
class _Kept:
    """What is not written yet."""

    turns: list[LaneTurn] = field(default_factory=list)
    spendings: list[Spending] = field(default_factory=list)
    pauses: dict[tuple[str, str, float], LanePause] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.turns or self.spendings or self.pauses)


class Recorder:
    """Follows a night and writes it down; fits `nightshoot.following.Follower`.

    All times are those of the monotonic clock, moved to wall times by what the two clocks differed
    by when it began: a clock that is set in the night moves nothing. A kill loses what happened
    since the last beat. Where the file cannot be written, that is told once, and what is not
    written waits in memory, as far as there is room for it.
    """

    def __init__(
        self,
        history: History,
        *,
        clock: Clock,
        lanes: Callable[[], Iterable[Pausing]] = tuple,
        tell: Callable[[str], None] = lambda _: None,
        most: int = MOST_KEPT,
    ) -> None:
        """Begins a shift.

        Args:
            history: where to write.
            clock: its monotonic clock is that of the films' event loop.
            lanes: gives the lanes whose pauses are looked at, once a beat.
            tell: is told, once, that the night cannot be written down.
            most: how many turns, and spendings, wait for a file that cannot be written.
        """
        self._history = history
        self._clock = clock
        self._lanes = lanes
        self._tell = tell
        self._most = most
        self._offset = clock.wall() - clock.monotonic()
        self._shift = Shift(secrets.token_hex(8), self._now(), self._now())
        self._lock = threading.Lock()
        self._kept = _Kept()
        self._paused: dict[tuple[str, str], float] = {}
        self._bills: dict[tuple[int, str], tuple[float, float]] = {}
        self._night: int | None = None
        self._wrote_at = self._seen_at = float("-inf")
        self._rests_until = float("-inf")
        self._told = False

    def begun(self, entry: Queued) -> None:
        """Nothing: the queue writes it down itself."""

    def ended(self, entry: Queued, what: str) -> None:
        """Forgets what was added up for the film; the queue writes its end down itself."""
        del what
        with self._lock:
            self._bills = {key: bill for key, bill in self._bills.items() if key[0] != entry.id}

    def event(self, entry: int, event: Event) -> None:
        """Takes what an action of this entry's film used."""
        if isinstance(event, ActionDone) and not event.reused:
            role = event.tool.partition("/")[0]
            takes = int(role == "video" and bool(event.shot))
            self._spend(entry, role, paid=event.cost_usd, gpu_s=event.gpu_s, takes=takes)
        elif isinstance(event, TokensUsed):
            self._spend(entry, event.agent, metered=event.cost_usd)

    def span(self, span: Span) -> None:
        """Takes a turn that ended."""
        turn = LaneTurn(
            shift=self._shift.shift,
            entry=int(span.film) if span.film.isdecimal() else 0,
            lane=span.lane,
            place=span.place,
            model=span.model,
            asked_at=span.asked_at + self._offset,
            begun_at=span.begun_at + self._offset,
            ended_at=span.ended_at + self._offset,
            swapped=int(span.swapped),
            failed=int(span.failed),
        )
        with self._lock:
            self._kept.turns.append(turn)
            _shorten(self._kept.turns, self._most)

    def kept_waiting(self, kept: Kept) -> None:
        """Takes a wait for a provider that was away, before a turn was asked for."""
        until = kept.until + self._offset
        turn = LaneTurn(
            shift=self._shift.shift,
            entry=int(kept.film) if kept.film.isdecimal() else 0,
            lane=kept.lane,
            place=NOWHERE,
            model="",
            asked_at=kept.since + self._offset,
            begun_at=until,
            ended_at=until,
            swapped=0,
            failed=0,
        )
        with self._lock:
            self._kept.turns.append(turn)
            _shorten(self._kept.turns, self._most)

    def beat(self, night: Night) -> None:
        """Writes what happened since the last beat."""
        self._night = night.id
        now = self._clock.monotonic()
        if now - self._wrote_at < _EVERY_S or now < self._rests_until:
            return
        self._look_at_pauses()
        if self._kept or now - self._seen_at >= _SEEN_EVERY_S:
            self._write(now)

    def close(self) -> None:
        """Writes what is left; to be called when the last turn has ended."""
        self._look_at_pauses()
        if self._night is not None:
            self._write(self._clock.monotonic())

    def _now(self) -> float:
        return self._clock.monotonic() + self._offset

    def _spend(
        self,
        entry: int,
        role: str,
        *,
        paid: float = 0.0,
        metered: float = 0.0,
        gpu_s: float = 0.0,
        takes: int = 0,
    ) -> None:
        """Adds what was used.

        An agent's answers are told twice, as an action and by their requests; the latter have those
        that were no good as well. So the greater of the two sums is what was spent.
        """
        with self._lock:
            before = self._bills.get((entry, role), (0.0, 0.0))
            after = (before[0] + paid, before[1] + metered)
            self._bills[entry, role] = after
            usd = max(after) - max(before)
            if usd or gpu_s or takes:
                self._kept.spendings.append(Spending(self._now(), entry, usd, gpu_s, takes))
                _shorten(self._kept.spendings, self._most)

    def _look_at_pauses(self) -> None:
        """Notes which lanes are paused now, and since when."""
        now = self._now()
        try:
            paused = {(lane.name, why) for lane in self._lanes() for why in lane.pauses}
        except RuntimeError:
            # The lanes belong to another thread; what changes at this very moment is seen later.
            return
        with self._lock:
            for lane, why in paused | set(self._paused):
                begun = self._paused.setdefault((lane, why), now)
                pause = LanePause(self._shift.shift, lane, why, begun, now)
                self._kept.pauses[lane, why, begun] = pause
            self._paused = {key: begun for key, begun in self._paused.items() if key in paused}

    def _write(self, now: float) -> None:
        """Writes what is kept; where that fails it is kept, and tried again in a while."""
        assert self._night is not None, "nothing is written before the night is known"
        with self._lock:
            kept, self._kept = self._kept, _Kept()
        self._shift = self._shift._replace(seen_at=now + self._offset)
        try:
            self._history.add(
                self._night,
                turns=kept.turns,
                spendings=kept.spendings,
                pauses=tuple(kept.pauses.values()),
                shift=self._shift,
            )
        except ArtifactError as error:
            self._rests_until = now + _REST_S
            with self._lock:
                self._kept.turns[:0] = kept.turns
                self._kept.spendings[:0] = kept.spendings
                self._kept.pauses = kept.pauses | self._kept.pauses
                _shorten(self._kept.turns, self._most)
                _shorten(self._kept.spendings, self._most)
            if not self._told:
                self._told = True
                _log.warning("the night cannot be written down: %s", error)
                self._tell(f"the chart of the night may have gaps: {error}")
            return
        self._wrote_at = self._seen_at = now


def _shorten(rows: list[Row], most: int) -> None:
    """Lets the oldest go where there are too many; a tenth at once, as each cut moves all."""
    if len(rows) > most:
        del rows[: len(rows) - most + most // 10]
