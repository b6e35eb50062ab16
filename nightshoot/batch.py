"""Batch: makes the films of a queue through a night, whatever becomes of each of them."""

from __future__ import annotations

import asyncio
import logging
import queue as handover
import statistics
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from nightshoot.domain.batch import BatchEntry, Cause, EntryState
from nightshoot.domain.limits import Currency, Limits
from nightshoot.domain.value import Value
from nightshoot.endings import ended_well, failed
from nightshoot.events import Event
from nightshoot.following import Follower, Nobody
from nightshoot.graphs.floor import Floor
from nightshoot.queueing import Claim, Clock, Leases, Night, Queued, Released
from nightshoot.queueing.leases import Offer
from nightshoot.queueing.queue import DISK
from nightshoot.side_by_side import SideBySide
from nightshoot.turns import Standing
from nightshoot.workplace import Allowance, Report

_BEAT_S = 5.0
"""How often a runner says that it lives: a dozen times in the length of a lease."""

_POLL_S = 1.0
"""How often a runner with nothing to do looks into the queue."""

_IDLE_POLLS = 5
"""After how many polls a runner that was given nothing asks again, unless a film ends before."""

REST_S = 300.0
"""How long an entry rests after a fault that may pass. Source: a tool asks again within the first
minute by itself (`nightshoot.retry`); what lasts longer is an outage, and they last for minutes."""

_RESUMED_SHARE = 0.1
"""The least share of a film's usual length that one which was interrupted still needs: its cut."""

DISK_PATIENCE_S = 3600.0
"""How long a runner waits for room on a full disk before it gives the night up."""


STOP_GRACE_S = 30.0
"""How long a film may take to stop before it is told again. Source: a call that was told to stop is
waited for, for 10 s (`nightshoot.deadlines`), and a few of them may lie within each other."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One film to make, or to go on with."""

    number: int
    """The entry's, in the queue."""
    entry: BatchEntry
    folder: Path
    allowance: Allowance
    """What the folder may use in all, besides the film's own limits."""
    standing: Standing
    """Where the film stands among those that are made beside it."""
    thrifty: bool = False
    """It may be made more cheaply where money or time would not suffice."""
    sink: Callable[[Event], None]
    """Takes the film's events."""


Make = Callable[[Order], Awaitable[Report]]
"""Makes a film, or goes on with it; a task in the loop of all films."""


class Outcome(Value):
    """How a run of the queue ended."""

    night: int
    ended: str
    """`done`, `deadline`, `budget`, `disk` or `stopped`."""


@dataclass(slots=True, kw_only=True)
class _Film:
    claim: Claim
    allowance: Allowance
    standing: Standing
    begun: float
    why: str = ""
    """Why it was told to stop; empty: it was not."""
    cancel: Callable[[], None] = lambda: None

    told_at: float | None = None
    """When it was last told to, by the monotonic clock."""

    def stop(self, why: str, now: float) -> None:
        """Has the film stop as Ctrl-C would: what is finished is kept, the rest is begun anew.

        It is told once, and again only where it has not ended in the grace time: a library in
        between may have taken the word for its own.
        """
        self.why = self.why or why
        if self.told_at is not None:
            if now - self.told_at < STOP_GRACE_S:
                return
            _log.warning(
                "%s has not stopped within %.0f s: it is told again",
                self.claim.queued.name,
                STOP_GRACE_S,
            )
        self.told_at = now
        self.cancel()


@dataclass(slots=True, kw_only=True)
class Runner:
    """Makes a queue's films, several side by side."""

    leases: Leases
    make: Make
    clock: Clock
    floor: Floor = field(default_factory=Floor)
    """The lanes that the films share."""
    films_at_once: int = 1
    until: float | None = None
    """The moment, in seconds since the epoch, by which films have to end; None: whenever."""
    limits: Limits = field(default_factory=Limits)
    """The most that the night may use."""
    follower: Follower = field(default_factory=Nobody)
    room: Callable[[], bool] = lambda: False
    """Whether there is room on the disk again."""
    poll_s: float = _POLL_S
    beat_s: float = _BEAT_S
    disk_patience_s: float = DISK_PATIENCE_S
    rest_s: float = REST_S
    idle_s: float | None = None
    """How often it asks when it was given nothing; None: every few polls."""
    _side_by_side: SideBySide | None = None
    _films: dict[int, _Film] = field(default_factory=dict)
    _ended: handover.SimpleQueue[tuple[_Film, Released]] = field(
        default_factory=handover.SimpleQueue
    )
    _wake: threading.Event = field(default_factory=threading.Event)
    _ending: str = ""
    _beaten: float = float("-inf")
    _idle_until: float = float("-inf")
    _rested: dict[int, float] = field(default_factory=dict)
    """When entries that failed may be tried again, by the monotonic clock."""
    _too_late: set[int] = field(default_factory=set)
    """Entries that could not end in time, by their own reckoning: there is less of it each time."""
    _longest_s: float = 0.0
    """How long the longest of them would have taken, at least."""
    _full_since: float | None = None
    """Since when the disk is full, by the monotonic clock."""

    def stop(self) -> None:
        """Begins nothing further and stops what runs, in a moment.

        Safe to call from a signal's handler: it takes no lock, which what it interrupts may hold.
        """
        self._ending = "stopped"

    def run(self) -> Outcome:
        """Works until nothing is left that can be made; gives why it ended.

        Raises:
            InputError: another runner works on the queue without limits, and some are given.
            ArtifactError: the queue or the ledger cannot be used.
        """
        night = self.leases.join(self.limits)
        self._side_by_side = SideBySide()
        try:
            self.leases.queue.resume(reason=DISK)
            ended = self._work(night)
        finally:
            # Where the queue itself broke, what this runner holds is taken over once it is dead.
            self._let_go()
            self._side_by_side.close()
        over = ended in ("done", "deadline", "budget")
        self.leases.leave(ended, night=night, over=over)
        return Outcome(night=night.id, ended=ended)

    def _work(self, night: Night) -> str:
        while True:
            self._beat()
            while not self._ended.empty():
                self._settle(*self._ended.get())
            self._see_to_disk()
            ended = self._ending or self._begin(night)
            if self._ending == "stopped":
                for film in self._films.values():
                    film.stop("stopped", self.clock.monotonic())
            if ended and not self._films:
                return ended
            self.follower.beat(night)
            self.clock.wait(self._wake, self.poll_s)
            self._wake.clear()

    def _beat(self) -> None:
        """Says that this runner lives, stops what it should, and takes over what the dead left."""
        now = self.clock.monotonic()
        if now - self._beaten < self.beat_s:
            return
        self._beaten = now
        asked = self.leases.beat([film.claim for film in self._films.values()])
        for number, why in asked.items():
            self._films[number].stop(why, now)
        for one in self.leases.recover():
            self.follower.ended(one, "taken over")
        self._align()

    def _align(self) -> None:
        """Gives running films their priorities, limits and time as they are now."""
        priorities = self.leases.priorities()
        slots = self.films_at_once - len(self._films)
        for number, film in self._films.items():
            film.standing.priority = priorities.get(number, film.standing.priority)
            film.allowance.give(self.leases.topped_up(film.claim, slots=slots))
        assert self._side_by_side is not None, "films are begun while it runs"
        left_s = None if self.until is None else self.until - self.clock.wall()
        films = max(1, len(self._films))
        self._side_by_side.call(lambda: self._pace(left_s, films))

    def _pace(self, left_s: float | None, films: int) -> None:
        """Tells the lanes, in their loop, how much time there is."""
        self.floor.pace.films = films
        if left_s is not None:
            self.floor.end_at(asyncio.get_running_loop().time() + left_s)
            self.floor.pace.look_again()

    def _begin(self, night: Night) -> str:
        """Begins films while there is room; gives why there is nothing more to do, or nothing."""
        while not self._ending and (slots := self.films_at_once - len(self._films)) > 0:
            now = self.clock.monotonic()
            if now < self._idle_until:
                return ""
            offer = self.leases.claim(
                night,
                slots=slots,
                worked_over_s=self._worked_over_s(night),
                without=self._too_late,
                resting=self._resting,
                pressed=self._pressed(night),
            )
            if offer.claim is None:
                idle_s = _IDLE_POLLS * self.poll_s if self.idle_s is None else self.idle_s
                self._idle_until = now + idle_s
                return self._nothing(offer)
            self._start(offer.claim)
        return self._ending

    @property
    def _resting(self) -> frozenset[int]:
        now = self.clock.monotonic()
        return frozenset(number for number, until in self._rested.items() if until > now)

    def _nothing(self, offer: Offer) -> str:
        """Gives why there is nothing more to do; nothing where it is worth waiting."""
        others = bool(self.leases.at_work) and not offer.late
        if self._paused or others or offer.resting:
            # A pause may end, a fault may pass, and a runner may die and leave its films.
            return "deadline" if self._over else ""
        return "deadline" if offer.late else "budget" if offer.short else "done"

    @property
    def _paused(self) -> bool:
        return bool(self.leases.queue.paused)

    @property
    def _over(self) -> bool:
        return self.until is not None and self.clock.wall() >= self.until

    def _worked_over_s(self, night: Night) -> float | None:
        """Gives how long an entry must have been worked on to end in time now; None: any would.

        By the median of this night's films. An entry needs what is left of that, and its cut at
        least, however long it was worked on.
        """
        if self.until is None:
            return None
        left, usual = self.until - self.clock.wall(), self._usual_s(night)
        if left <= usual * _RESUMED_SHARE:
            return float("inf")
        return usual - left if usual >= left else None

    def _usual_s(self, night: Night) -> float:
        """Gives how long a film of this night takes, in seconds; 0: nobody knows.

        Before the first is done, it is longer than those that are being made have taken, and than
        those would have that could not end in time.
        """
        lengths = self.leases.queue.lengths_s(night.id)
        if lengths:
            return statistics.median(lengths)
        now = self.clock.monotonic()
        return max([self._longest_s, *(now - film.begun for film in self._films.values())])

    def _pressed(self, night: Night) -> bool:
        """Whether the time that is left is too short for all that is still to be made."""
        if self.until is None:
            return False
        rounds = self.leases.queue.open / self.films_at_once
        return self.until - self.clock.wall() < self._usual_s(night) * rounds

    def _start(self, claim: Claim) -> None:
        number = claim.queued.id
        film = _Film(
            claim=claim,
            allowance=Allowance(limits=claim.limits),
            standing=Standing(film=str(number), priority=claim.queued.priority, place=number),
            begun=self.clock.monotonic(),
        )
        self._films[number] = film
        self.follower.begun(claim.queued)
        assert self._side_by_side is not None, "films are begun while it runs"
        film.cancel = self._side_by_side.begin(
            self._film(film), lambda task: self._hand_over(film, task)
        )

    async def _film(self, film: _Film) -> Released:
        """Makes one film; whatever comes of it touches no other."""
        number = film.claim.queued.id
        order = Order(
            number=number,
            entry=film.claim.queued.entry,
            folder=film.claim.folder,
            allowance=film.allowance,
            standing=film.standing,
            thrifty=self._bounded(film.claim),
            sink=lambda event: self.follower.event(number, event),
        )
        try:
            return ended_well(await self.make(order))
        except Exception as error:  # noqa: BLE001 the edge of one film's work
            return failed(error, film.claim, film.allowance.limits)

    def _bounded(self, claim: Claim) -> bool:
        """Whether something limits a film: then it is rather made more plainly than not at all."""
        limits = self.limits.tightened(claim.limits).tightened(claim.queued.entry.options.limits)
        return limits != Limits() or self.until is not None

    def _hand_over(self, film: _Film, task: asyncio.Task[Released]) -> None:
        """Gives the runner's thread a film that has ended, or was stopped."""
        if task.cancelled():
            called_off = film.why == "cancelled"
            state = EntryState.CANCELLED if called_off else EntryState.WAITING
            released = Released(state=state)
        else:
            released = task.result()
        self._ended.put((film, released))
        self._wake.set()

    def _settle(self, film: _Film, released: Released) -> None:
        """Writes down how a film ended."""
        del self._films[film.claim.queued.id]
        worked = self.clock.monotonic() - film.begun
        ended = replace(released, worked_s=round(max(0.0, worked), 3))
        after = self.leases.release(film.claim, ended)
        self._idle_until = float("-inf")
        if released.cause is Cause.DEADLINE:
            self._too_late.add(film.claim.queued.id)
            # It would have needed more than it has had and than was left.
            left_s = 0.0 if self.until is None else self.until - self.clock.wall()
            self._longest_s = max(self._longest_s, worked + max(0.0, left_s))
        if after is None:
            return
        if after.state is EntryState.FAILED and after.cause is Cause.PASSING:
            self._rested[after.id] = self.clock.monotonic() + self.rest_s
        self.follower.ended(after, _said(after, released))
        if released.state is EntryState.WAITING and released.cause is Cause.STORE:
            self.leases.queue.pause(reason=DISK, text=released.error)
            if self._full_since is None:
                self._full_since = self.clock.monotonic()

    def _see_to_disk(self) -> None:
        """Goes on where a full disk has room again; gives the night up where it stays full."""
        if self._full_since is None or self._films:
            return
        if self.room():
            self.leases.queue.resume(reason=DISK)
            self._full_since = None
            self._idle_until = float("-inf")
        elif self.clock.monotonic() - self._full_since >= self.disk_patience_s or self._over:
            self._ending = self._ending or "disk"

    def _let_go(self) -> None:
        """Stops what still runs and waits for it: there is some only where the queue broke."""
        for film in self._films.values():
            film.stop("stopped", self.clock.monotonic())
        while self._films:
            film, _ = self._ended.get()
            del self._films[film.claim.queued.id]


_LACKING = {
    Currency.USD: "out of money",
    Currency.GPU_S: "out of GPU time",
    Currency.TAKES: "out of takes",
}


def _said(after: Queued, released: Released) -> str:
    """Says how a film was let go."""
    if released.short:
        return _LACKING.get(released.lacking or Currency.USD, "")
    return after.state.value.replace("_", " ")
