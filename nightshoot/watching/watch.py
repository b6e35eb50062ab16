"""Gathers what a night is from what its runner and its lanes tell."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from nightshoot.domain.batch import EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import ArtifactError
from nightshoot.events import ActionDone, Event
from nightshoot.headway import Headway
from nightshoot.lane import Lane, Span
from nightshoot.providers import CircuitPhase, CircuitState
from nightshoot.queueing import Clock, Night, Queued
from nightshoot.watching.lane_watch import LaneWatch, Places, places_of
from nightshoot.watching.queue_facts import QueueFacts
from nightshoot.watching.state import FilmState, FinishedFilm, NightState

_FACTS_S = 2.0
"""How often the queue is read: people look no faster, and it is a file that others write."""

_FINISHED = 20
"""How many films that were let go are kept: more than a screen shows; the report has all."""

_LEAST_WORK = 0.25
"""How much of one film must have been made before a night's pace says anything: about its writing.
Source: the weights in `nightshoot.headway`."""

_EMPTY = QueueFacts(counts={}, next=(), used=Used(), limits=Limits(), paused="")


@dataclass(slots=True)
class _Film:
    entry: Queued
    headway: Headway
    begun: float
    takes: int = 0
    from_share: float | None = None
    """What was done when the first thing was made that had not been there."""

    def event(self, event: Event) -> None:
        """Takes an event of the film."""
        made = isinstance(event, ActionDone) and not event.reused
        if made and self.from_share is None:
            self.from_share = self.headway.share
        self.headway(event)
        if made and isinstance(event, ActionDone) and event.shot:
            self.takes += event.tool.partition("/")[0] == "video"

    @property
    def used(self) -> Used:
        """What it used in this run."""
        return Used(usd=round(self.headway.cost_usd, 6), gpu_s=self.headway.gpu_s, takes=self.takes)

    @property
    def work(self) -> float:
        """How much of a film was made of it in this run, not counting what was found."""
        return 0.0 if self.from_share is None else max(0.0, self.headway.share - self.from_share)


@dataclass(slots=True, kw_only=True)
class NightWatch:
    """A follower that can say at any time, to any thread, what the night is.

    It reads lanes from the runner's thread although they belong to the films' event loop: only
    numbers, names and copies, each of which is read in one step. What it says of a lane may be a
    moment old and its parts a moment apart, and nothing is ever decided by it.
    """

    clock: Clock
    lanes: Callable[[], Sequence[Lane]] = tuple
    circuits: Callable[[], Sequence[CircuitState]] = tuple
    facts: Callable[[Night], QueueFacts] = lambda _: _EMPTY
    """Reads the queue; see `queue_facts`."""
    ends_at: float | None = None
    """By when films have to end, in seconds since the epoch; None: whenever."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _films: dict[int, _Film] = field(default_factory=dict)
    _finished: deque[FinishedFilm] = field(default_factory=lambda: deque(maxlen=_FINISHED))
    _lanes: dict[str, LaneWatch] = field(default_factory=dict)
    _open_circuits: tuple[CircuitState, ...] = ()
    _places: Places = field(default_factory=Places)
    _night: Night | None = None
    _facts: QueueFacts = _EMPTY
    _facts_at: float = float("-inf")
    _work_from: float | None = None
    """When the first thing was made."""
    _worked: float = 0.0
    """How many films' work was done in those that were let go."""

    def begun(self, entry: Queued) -> None:
        """A film was begun, or is gone on with."""
        now = self.clock.monotonic()
        film = _Film(entry, Headway(self.clock.monotonic), now)
        with self._lock:
            self._films[entry.id] = film
            self._facts_at = float("-inf")

    def event(self, entry: int, event: Event) -> None:
        """Something happened in the film of this entry."""
        with self._lock:
            film = self._films.get(entry)
            if film is None:
                return
            film.event(event)
            if self._work_from is None and film.from_share is not None:
                self._work_from = self.clock.monotonic()

    def span(self, span: Span) -> None:
        """A turn in a lane ended."""
        with self._lock:
            self._lane(span.lane).span(span)

    def ended(self, entry: Queued, what: str) -> None:
        """A film was let go."""
        del what
        now = self.clock.monotonic()
        with self._lock:
            film = self._films.pop(entry.id, None)
            self._facts_at = float("-inf")
            if film is None:
                return
            self._worked += film.work
            self._finished.append(
                FinishedFilm(
                    id=entry.id,
                    name=entry.name,
                    at=self.clock.wall(),
                    state=entry.state,
                    cause=entry.cause,
                    error=entry.error,
                    used=film.used,
                    worked_s=round(max(0.0, now - film.begun), 1),
                )
            )

    def beat(self, night: Night) -> None:
        """About a second has passed."""
        with self._lock:
            self._night = night
        self.look()

    def look(self) -> None:
        """Looks at the lanes and the circuits, and where it is time into the queue."""
        now = self.clock.monotonic()
        with self._lock:
            night, facts = self._night, self._facts
            due = now - self._facts_at >= _FACTS_S
            if due:
                self._facts_at = now
        if due and night is not None:
            with suppress(ArtifactError):
                # Whoever works with the queue will say so.
                facts = self.facts(night)
        lanes = self.lanes()
        places = places_of(lanes)
        circuits = tuple(one for one in self.circuits() if one.state is not CircuitPhase.CLOSED)
        with self._lock:
            self._facts, self._places, self._open_circuits = facts, places, circuits
            for lane in lanes:
                self._lane(lane.name).look(lane, now)

    def state(self) -> NightState:
        """Gives what the night is now."""
        now, wall = self.clock.monotonic(), self.clock.wall()
        with self._lock:
            films = sorted(
                self._films.values(), key=lambda one: (-one.entry.priority, one.entry.id)
            )
            night, facts = self._night, self._facts
            making = tuple(self._film(one, now) for one in films)
            counts = facts.counts or ({EntryState.RUNNING: len(films)} if films else {})
            share, left_s = self._headway(making, counts, now)
            return NightState(
                at=round(wall, 3),
                night=night.id if night else 0,
                begun_at=night.begun_at if night else None,
                ends_at=self.ends_at,
                paused=facts.paused,
                limits=facts.limits,
                used=facts.used,
                counts=counts,
                share=share,
                left_s=left_s,
                making=making,
                # The queue was read a moment ago.
                next=tuple(one for one in facts.next if one.id not in self._films),
                finished=tuple(self._finished),
                lanes=tuple(one.state() for one in self._lanes.values()),
                circuits=self._open_circuits,
            )

    def _lane(self, name: str) -> LaneWatch:
        return self._lanes.setdefault(name, LaneWatch(name))

    def _film(self, film: _Film, now: float) -> FilmState:
        told, entry = film.headway, film.entry
        place = self._places.of(entry.id)
        left_s = told.left_s(now)
        return FilmState(
            id=entry.id,
            name=entry.name,
            priority=entry.priority,
            stage=told.stage,
            share=round(min(1.0, told.share), 4),
            shots=told.shots,
            shots_done=told.shots_done,
            takes=told.takes,
            rejected=told.rejected,
            flagged=told.flagged,
            used=film.used,
            in_lanes=place.in_lanes,
            waits_for=place.waits_for,
            waits_s=round(place.waits_s, 1),
            worked_s=round(entry.worked_s + max(0.0, now - film.begun), 1),
            left_s=None if left_s is None else round(left_s, 1),
        )

    def _headway(
        self, making: Sequence[FilmState], counts: dict[EntryState, int], now: float
    ) -> tuple[float, float | None]:
        """Gives the share of the night's films that is made, and how long the rest takes."""
        films = sum(n for state, n in counts.items() if state is not EntryState.CANCELLED)
        over = counts.get(EntryState.DONE, 0) + counts.get(EntryState.SET_ASIDE, 0)
        # Running films of other runners are not known from within: none of them counts.
        left = max(0.0, films - over - sum(one.share for one in making))
        share = min(1.0, max(0.0, 1 - left / films)) if films else 0.0
        worked = self._worked + sum(one.work for one in self._films.values())
        if not left:
            return share, 0.0 if films else None
        if self._work_from is None or worked < _LEAST_WORK:
            return share, None
        return share, round(left * max(0.0, now - self._work_from) / worked, 1)
