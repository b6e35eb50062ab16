"""A lane: how many calls of one kind run at once, and which of those that wait comes next.

A lane of a GPU knows which model each of its places has loaded. The rule by which it chooses, and
how long anything can wait, are in `docs/scheduling.md`.

A lane belongs to one event loop and is never used from a thread; its clock is the loop's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from nightshoot.errors import TooLate
from nightshoot.turns import Choice, Place, Standing, Ticket

PATIENCE_S = 7200.0
"""How long a turn may be overtaken by films of a higher priority. A quarter of a night of eight
hours: whoever asked at dusk has been served in turn long before dawn."""

_TURN_IN_SWAPS = 50.0
"""How many swaps' time a model stays loaded before it is swapped while work for it waits: such
swaps then take at most 2 % of the time. Source: `docs/scheduling.md`, which compares five."""

_SHORTEST_TURN_S = 60.0
"""So that a swap of unknown cost is not made for every call. Source: as `tools/gpu_queue.py`."""

_TICK_S = 1e-3
"""The least time to the next look at who is too late, so that rounding cannot make a busy loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One turn that has ended, for a chart. Times are the event loop's, in seconds."""

    lane: str
    film: str
    model: str
    place: int
    """Which of the lane's places: which GPU."""
    asked_at: float
    begun_at: float
    ended_at: float
    swapped: bool
    """Its model had to be loaded first."""
    failed: bool


@dataclass(slots=True, kw_only=True)
class FilmFacts:
    """What one film had of a lane."""

    turns: int = 0
    failed: int = 0
    refused: int = 0
    """Asked for too late."""
    work_s: float = 0.0
    waited_s: float = 0.0
    """Sum over its turns, which may wait at the same time."""
    longest_wait_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class LaneFacts:
    """What a lane has done so far."""

    busy_s: float = 0.0
    """Sum over its places of the time in which at least one turn ran, loading included."""
    swaps: int = 0
    """How often a model had to be loaded, the first time included."""
    films: dict[str, FilmFacts] = field(default_factory=dict)

    def of(self, film: str) -> FilmFacts:
        """Gives the facts of one film."""
        return self.films.setdefault(film, FilmFacts())


class Turn:
    """A turn in a lane: `async with` waits for it and holds it. To be used by one task at a time.

    Entered again, as a retried call does, it asks for another turn.
    """

    def __init__(
        self, lane: Lane, standing: Standing, *, model: str, estimate_s: float, together: int
    ) -> None:
        self._lane = lane
        self._standing = standing
        self._model = model
        self._estimate_s = estimate_s
        self._together = together
        self._ticket: Ticket | None = None
        self._place: Place | None = None
        self.swapped = False
        """Its model had to be loaded for it."""
        self.place = 0
        """Which of the lane's places it has: which GPU."""

    async def __aenter__(self) -> Self:
        """Waits for the turn.

        Raises:
            TooLate: it could not end before the lane's deadline.
        """
        assert self._ticket is None, "a turn is held once"
        ticket = self._lane._ask(  # noqa: SLF001
            self._standing, self._model, self._estimate_s, self._together
        )
        try:
            self._place = await ticket.granted
        except BaseException:
            self._lane._withdraw(ticket)  # noqa: SLF001
            raise
        self._ticket = ticket
        self.swapped, self.place = ticket.swapped, self._place.number
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ticket, place = self._ticket, self._place
        assert ticket is not None, "only a turn that is held is given back"
        assert place is not None, "a turn that is held has a place"
        self._ticket = self._place = None
        self._lane._end(ticket, place, failed=kind is not None)  # noqa: SLF001


class Lane:
    """Lets a number of turns run at once, and chooses who comes next.

    Work for the loaded model goes first, in the films' order; a model is swapped when nothing waits
    for it, or when its turn is over and somebody with a better claim waits for another.
    """

    def __init__(
        self,
        name: str,
        *,
        width: int = 1,
        swap_s: float = 0.0,
        turn_s: float | None = None,
        patience_s: float = PATIENCE_S,
        tell: Callable[[Span], None] | None = None,
    ) -> None:
        """Makes an open lane with nobody in it.

        Args:
            name: for messages and spans.
            width: how many turns run at once; for GPUs, how many there are.
            swap_s: about how long loading another model takes.
            turn_s: how long a loaded model may keep others waiting; None: 50 swaps, at least 60 s.
            patience_s: how long a turn may be overtaken by films of a higher priority.
            tell: is told of each turn that ends, in the loop; what it raises, the turn's task gets.
        """
        assert width >= 1, "a lane that lets nobody through is paused instead"
        self.name = name
        if turn_s is None:
            turn_s = max(_SHORTEST_TURN_S, _TURN_IN_SWAPS * swap_s)
        self._choice = Choice(swap_s=swap_s, turn_s=turn_s)
        self.patience_s = patience_s
        self.facts = LaneFacts()
        self._tell = tell
        self._places = [Place(number=number) for number in range(width)]
        self._waiting: dict[int, Ticket] = {}
        self._running: dict[int, Ticket] = {}
        self._asked = 0
        self._pauses: dict[tuple[str, str | None], None] = {}
        self._deadline: float | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def width(self) -> int:
        """How many turns run at once, but for those that a place makes together."""
        return len(self._places)

    @property
    def running(self) -> int:
        """How many turns run."""
        return sum(place.running for place in self._places)

    @property
    def waiting(self) -> int:
        """How many turns wait."""
        return len(self._waiting)

    @property
    def held(self) -> tuple[Ticket, ...]:
        """The turns that run, to be looked at; may be asked from any thread."""
        # A dict's copy is made in one step; what is looked at may be a moment old.
        return tuple(self._running.copy().values())

    @property
    def awaited(self) -> tuple[Ticket, ...]:
        """The turns that wait, the oldest first, to be looked at; may be asked from any thread."""
        return tuple(self._waiting.copy().values())

    @property
    def busy_s(self) -> float:
        """`facts.busy_s` and what goes on now; may be asked from any thread.

        Asked from another thread it may leave out, for a moment, what is just ending.
        """
        # In this order: what ends between the two is missed, and not counted twice.
        ended_s, now = self.facts.busy_s, self.time
        return ended_s + sum(
            max(0.0, now - place.busy_from) for place in self._places if place.running
        )

    @property
    def time(self) -> float:
        """The time by the clock of the lane's event loop, in seconds; 0 before its first turn."""
        return self._loop.time() if self._loop is not None else 0.0

    @property
    def loaded(self) -> tuple[str, ...]:
        """The model that each place has loaded; empty: none yet."""
        return tuple(place.model for place in self._places)

    @property
    def pauses(self) -> tuple[str, ...]:
        """Why the lane, or a model in it, is paused; empty: it is not."""
        return tuple(why for why, _ in self._pauses)

    def turn(
        self,
        standing: Standing,
        *,
        model: str = "",
        estimate_s: float = 0.0,
        together: int = 1,
    ) -> Turn:
        """Gives a turn to be waited for and held by `async with`.

        Args:
            standing: the film's.
            model: what has to be loaded; empty: nothing, it can run beside any model.
            estimate_s: how long it takes, without a swap; 0: not known.
            together: how many turns of this model one place makes at once, as in a batch.
        """
        return Turn(self, standing, model=model, estimate_s=estimate_s, together=max(1, together))

    def pause(self, why: str, *, model: str | None = None) -> None:
        """Lets no more turns begin until `resume` is called with the same words.

        Those that run go on. Time in a pause makes nobody overdue.

        Args:
            why: who paused it, as a circuit breaker's name; each is resumed by itself.
            model: only turns for this model; None: all.
        """
        now = self._now()
        self._pauses.setdefault((why, model))
        for ticket in self._waiting.values():
            if ticket.paused_at is None and self._paused(ticket):
                ticket.paused_at = now

    def resume(self, why: str, *, model: str | None = None) -> None:
        """Ends a pause. Does nothing where there is none."""
        now = self._now()
        self._pauses.pop((why, model), None)
        for ticket in self._waiting.values():
            if ticket.paused_at is not None and not self._paused(ticket):
                ticket.due_at += now - ticket.paused_at
                ticket.paused_at = None
        self._advance()

    def end_at(self, deadline: float | None) -> None:
        """Refuses, from now on, turns that could not end before a time of the loop's clock.

        What waits is refused as soon as it could no longer end in time. None: no deadline.
        """
        self._deadline = deadline
        self._advance()

    def _now(self) -> float:
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise RuntimeError(f"the lane {self.name} belongs to another event loop")
        return loop.time()

    def _ask(self, standing: Standing, model: str, estimate_s: float, together: int) -> Ticket:
        now = self._now()
        self._asked += 1
        ticket = Ticket(
            number=self._asked,
            standing=standing,
            model=model,
            estimate_s=estimate_s,
            together=together,
            asked_at=now,
            due_at=now + self.patience_s,
            granted=asyncio.get_running_loop().create_future(),
        )
        if self._paused(ticket):
            ticket.paused_at = now
        self._waiting[ticket.number] = ticket
        self._advance()
        return ticket

    def _withdraw(self, ticket: Ticket) -> None:
        """Takes back what somebody no longer waits for, whether its turn has come or not."""
        if self._waiting.pop(ticket.number, None) is not None:
            self._advance()
        elif not ticket.granted.cancelled() and ticket.granted.exception() is None:
            # Cancelled between being told that it may begin and beginning.
            del self._running[ticket.number]
            self._free(ticket.granted.result())
            self._advance()

    def _end(self, ticket: Ticket, place: Place, *, failed: bool) -> None:
        now = self._now()
        del self._running[ticket.number]
        self._free(place)
        facts = self.facts.of(ticket.standing.film)
        facts.turns += 1
        facts.failed += failed
        facts.work_s += now - ticket.begun_at
        self._advance()
        if self._tell is not None:
            self._tell(
                Span(
                    lane=self.name,
                    film=ticket.standing.film,
                    model=ticket.model,
                    place=place.number,
                    asked_at=ticket.asked_at,
                    begun_at=ticket.begun_at,
                    ended_at=now,
                    swapped=ticket.swapped,
                    failed=failed,
                )
            )

    def _free(self, place: Place) -> None:
        now = self._now()
        place.running -= 1
        if not place.running:
            place.idle_from = now
            self.facts.busy_s += now - place.busy_from

    def _advance(self) -> None:
        """Refuses who is too late, lets begin who can, and sees to being called again."""
        now = self._now()
        if self._deadline is not None:
            for ticket in self._hoping():
                if now >= self._latest(ticket):
                    self._refuse(ticket, now)
        while not all(place.full for place in self._places):
            ready = [one for one in self._hoping() if not self._paused(one)]
            begins = self._choice.next(self._places, ready, now) if ready else None
            if begins is None:
                break
            self._begin(*begins, now)
        self._set_alarm(now)

    def _begin(self, place: Place, ticket: Ticket, now: float) -> None:
        del self._waiting[ticket.number]
        self._running[ticket.number] = ticket
        place.begin(ticket, now)
        self.facts.swaps += ticket.swapped
        facts = self.facts.of(ticket.standing.film)
        facts.waited_s += now - ticket.asked_at
        facts.longest_wait_s = max(facts.longest_wait_s, now - ticket.asked_at)
        ticket.granted.set_result(place)

    def _hoping(self) -> list[Ticket]:
        """Gives those that wait, without those that were cancelled and have not noticed yet."""
        return [one for one in self._waiting.values() if not one.granted.done()]

    def _paused(self, ticket: Ticket) -> bool:
        return bool(self._pauses) and any(
            model in {None, ticket.model} for _, model in self._pauses
        )

    def _latest(self, ticket: Ticket) -> float:
        """Gives when a ticket would have to begin to end before the deadline."""
        if self._deadline is None:
            return float("inf")
        swap_s = 0.0 if any(ticket.fits(one.model) for one in self._places) else self._choice.swap_s
        return self._deadline - ticket.estimate_s - swap_s

    def _refuse(self, ticket: Ticket, now: float) -> None:
        assert self._deadline is not None, "without a deadline nothing is too late"
        del self._waiting[ticket.number]
        self.facts.of(ticket.standing.film).refused += 1
        left_s = max(0.0, self._deadline - now)
        short = (
            f"{ticket.model or 'the next step'} would take about {ticket.estimate_s:.0f} s and "
            f"only {left_s:.0f} s are left"
            if left_s >= 1
            else "the time is up"
        )
        ticket.granted.set_exception(
            TooLate(f"{self.name}: {short}: set a later end, or go on with the film another time")
        )

    def _set_alarm(self, now: float) -> None:
        """Sees to it that `_advance` is called when time alone changes what is to be done."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        times: list[float] = []
        if self._deadline is not None:
            times += [self._latest(one) for one in self._hoping()]
        if self.width > 1 and self._choice.swap_s:
            times += [
                when for one in self._hoping() if (when := one.asked_at + self._choice.swap_s) > now
            ]
        when = min(times, default=float("inf"))
        if when < float("inf"):
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_at(max(when, now + _TICK_S), self._advance)
