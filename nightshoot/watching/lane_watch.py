"""What is seen of a lane through a night, and where each film stands in the lanes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from nightshoot.lane import Lane, Span
from nightshoot.watching.state import LaneState

LATELY_S = 300.0
"""What *lately* means. Source: a choice: several takes long, and short enough to show a lane that
stands still before the night is lost."""

_SAMPLE_S = 5.0
"""How often a lane's time is noted: sixty numbers for what *lately* needs."""


@dataclass(frozen=True, slots=True)
class FilmPlace:
    """Where a film stands in the lanes."""

    in_lanes: tuple[str, ...] = ()
    waits_for: str = ""
    """The lane that it has waited for longest; empty: something of it runs, or it wants nothing."""
    waits_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where each film stands in the lanes, by its entry's number as text."""

    films: dict[str, FilmPlace] = field(default_factory=dict)

    def of(self, entry: int) -> FilmPlace:
        """Gives where one film stands."""
        return self.films.get(str(entry), FilmPlace())


def places_of(lanes: Iterable[Lane]) -> Places:
    """Gives where each film stands in these lanes."""
    in_lanes: dict[str, dict[str, None]] = {}
    waits: dict[str, tuple[float, str]] = {}
    for lane in lanes:
        now = lane.time
        for ticket in lane.held:
            in_lanes.setdefault(ticket.standing.film, {}).setdefault(lane.name)
        for ticket in lane.awaited:
            wait = (max(0.0, now - ticket.asked_at), lane.name)
            waits[ticket.standing.film] = max(waits.get(ticket.standing.film, wait), wait)
    films = {film: FilmPlace(tuple(names)) for film, names in in_lanes.items()}
    for film, (waited_s, name) in waits.items():
        films.setdefault(film, FilmPlace((), name, waited_s))
    return Places(films)


class LaneWatch:
    """One lane through a night; a few numbers, however long it is."""

    def __init__(self, name: str) -> None:
        self._state = LaneState(
            name=name,
            width=1,
            running=0,
            waiting=0,
            loaded=(),
            paused=(),
            busy_s=0.0,
            busy=0.0,
            busy_lately=0.0,
            swaps=0,
            turns=0,
            failed=0,
            waited_s=0.0,
        )
        self._turns = self._failed = 0
        self._waited_s = 0.0
        self._busy_s = 0.0
        self._first: tuple[float, float] | None = None
        self._samples: deque[tuple[float, float]] = deque(maxlen=int(LATELY_S / _SAMPLE_S) + 1)

    def span(self, span: Span) -> None:
        """Counts a turn that ended."""
        self._turns += 1
        self._failed += span.failed
        self._waited_s += max(0.0, span.begun_at - span.asked_at)

    def look(self, lane: Lane, now: float) -> None:
        """Looks at the lane.

        Args:
            lane: the one of this name.
            now: the time by the watch's clock, in seconds.
        """
        # What is just ending may be left out of one reading: the time never goes back.
        self._busy_s = busy_s = max(self._busy_s, lane.busy_s)
        if self._first is None:
            self._first = (now, busy_s)
        if not self._samples or now - self._samples[-1][0] >= _SAMPLE_S:
            self._samples.append((now, busy_s))
        self._state = LaneState(
            name=lane.name,
            width=lane.width,
            running=lane.running,
            waiting=lane.waiting,
            loaded=lane.loaded,
            paused=lane.pauses,
            busy_s=round(busy_s, 3),
            busy=_share(self._first, (now, busy_s), lane.width),
            busy_lately=_share(self._samples[0], (now, busy_s), lane.width),
            swaps=lane.facts.swaps,
            turns=0,
            failed=0,
            waited_s=0.0,
        )

    def state(self) -> LaneState:
        """Gives the lane as it was last looked at, with all turns that have ended."""
        return self._state.model_copy(
            update={
                "turns": self._turns,
                "failed": self._failed,
                "waited_s": round(self._waited_s, 3),
            }
        )


def _share(since: tuple[float, float], now: tuple[float, float], width: int) -> float:
    """Gives the share of the places' time that was worked in between two readings."""
    time_s = (now[0] - since[0]) * width
    return round(min(1.0, max(0.0, (now[1] - since[1]) / time_s)), 4) if time_s > 0 else 0.0
