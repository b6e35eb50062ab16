"""What waits for a lane, and which of it comes next and where: decided without a clock of its own.

The rule is told, with how long anything can wait by it, in `docs/scheduling.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True, eq=False)
class Standing:
    """Where a film stands among those that share the lanes; one for a film."""

    film: str = ""
    priority: float = 0.0
    """The higher goes first. It may be changed at any time: whoever waits then waits by it."""
    place: int = 0
    """Its place in the list, for films of equal priority: the lower goes first."""
    behind: int = 0
    """More than 0: the time will not do for all films, and others of its priority end sooner. Then
    who is nearer to its end, by this, goes first: see `Pace`."""

    @property
    def rank(self) -> tuple[float, int, int]:
        """What films are ordered by, the first one first."""
        return (-self.priority, self.behind, self.place)


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket:
    """One turn that was asked for."""

    number: int
    """Counts up: the lower has waited longer."""
    standing: Standing
    model: str
    estimate_s: float
    together: int
    asked_at: float
    due_at: float
    """From when it goes by its age."""
    paused_at: float | None = None
    """Since when nothing like it may begin; None: it may."""
    granted: asyncio.Future[Place]
    begun_at: float = 0.0
    swapped: bool = False

    def fits(self, model: str) -> bool:
        """Whether it can run where this model is loaded."""
        return self.model in {"", model}

    def claim(self, now: float) -> tuple[float, ...]:
        """What it goes by, the lower first: its age once it is overdue, else its film's rank."""
        return (0, self.number) if now >= self.due_at else (1, *self.standing.rank)


@dataclass(slots=True, kw_only=True, eq=False)
class Place:
    """One GPU, or one call at a service: where turns run."""

    number: int
    model: str = ""
    """What is loaded; empty: nothing yet."""
    loaded_at: float = 0.0
    running: int = 0
    most: int = 1
    """How many turns it holds now."""
    busy_from: float = 0.0
    idle_from: float = 0.0

    @property
    def full(self) -> bool:
        """Whether no other turn can begin here now."""
        return 0 < self.running >= self.most

    def takes(self, ticket: Ticket) -> bool:
        """Whether this turn could begin here now, beside those that run."""
        return not self.running or (
            ticket.fits(self.model) and self.running < min(self.most, ticket.together)
        )

    def begin(self, ticket: Ticket, now: float) -> None:
        """Notes that a turn begins here."""
        if not ticket.fits(self.model):
            self.model, self.loaded_at = ticket.model, now
            ticket.swapped = True
        if self.running:
            self.most = min(self.most, ticket.together)
        else:
            self.most, self.busy_from = ticket.together, now
        self.running += 1
        ticket.begun_at = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Chooses who comes next, and where."""

    swap_s: float
    """About how long loading another model takes."""
    turn_s: float
    """How long a loaded model may keep others waiting."""

    def next(
        self, places: Sequence[Place], ready: Sequence[Ticket], now: float
    ) -> tuple[Place, Ticket] | None:
        """Gives the turn that begins now and its place, or None: there is nothing to begin."""
        loads: list[tuple[Place, Ticket]] = []
        for place in places:
            if place.full:
                continue
            ticket = self._at(place, places, ready, now)
            if ticket is None or not place.takes(ticket):
                # A place that is to be swapped lets those that run end, and no other begin.
                continue
            if ticket.fits(place.model):
                return place, ticket
            loads.append((place, ticket))
        # The model that is missed least goes.
        return min(
            loads,
            key=lambda load: (
                load[0].model != "" and not _held_beside(load[0], places, load[0].model),
                load[0].idle_from,
                load[0].number,
            ),
            default=None,
        )

    def loadable_at(self, ticket: Ticket, work_s: float) -> float:
        """Gives from when a model is loaded that another place has too.

        At once where there is work enough; else after as long as loading takes, as the other place
        may be done with that little first.

        Args:
            ticket: who waits for it.
            work_s: all the work that waits for it.
        """
        return ticket.asked_at + (self.swap_s if work_s < self.swap_s else 0.0)

    def _at(
        self, place: Place, places: Sequence[Place], ready: Sequence[Ticket], now: float
    ) -> Ticket | None:
        """Gives what comes next at one place, whether it can begin now or not."""
        at_hand = min(
            (one for one in ready if one.fits(place.model)),
            key=lambda one: (one.claim(now), one.number),
            default=None,
        )
        if at_hand is not None and now - place.loaded_at < self.turn_s:
            return at_hand
        others = [one for one in ready if not one.fits(place.model)]
        work_s = _sums((one.model, one.estimate_s) for one in others)
        beside = {model for model in work_s if _held_beside(place, places, model)}
        other = min(
            (
                one
                for one in others
                if one.model not in beside or now >= self.loadable_at(one, work_s[one.model])
            ),
            key=lambda one: (one.claim(now), -work_s[one.model], one.number),
            default=None,
        )
        if at_hand is None or other is None:
            return at_hand or other
        return other if other.claim(now) < at_hand.claim(now) else at_hand


def _held_beside(place: Place, places: Iterable[Place], model: str) -> bool:
    return any(one.model == model for one in places if one is not place)


def _sums(parts: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for key, value in parts:
        sums[key] = sums.get(key, 0.0) + value
    return sums
