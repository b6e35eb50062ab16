"""Batch: makes the films of a queue through a night, whatever becomes of each of them."""

from __future__ import annotations

import asyncio
import logging
import queue as handover
import statistics
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.domain.batch import BatchEntry, Cause, EntryState
from nightshoot.domain.value import Value
from nightshoot.errors import (
    ArtifactError,
    BackendError,
    BudgetExceeded,
    InputError,
    Refused,
    TransientError,
)
from nightshoot.events import Event
from nightshoot.queueing import Claim, Clock, Leases, Night, Queued, Released
from nightshoot.queueing.leases import Offer
from nightshoot.queueing.queue import DISK
from nightshoot.workplace import Report

_log = logging.getLogger(__name__)

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

_FULL = ("no space left", "disk is full")
"""What `nightshoot.files` and SQLite say of a full disk."""


class Watch:
    """Listens to a film that is being made, and can stop it between two steps."""

    def __init__(self) -> None:
        self.why = ""
        """Why it should stop; empty: it should not."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, event: Event) -> None:
        """Takes an event; where the film should stop, it does so here."""
        with suppress(RuntimeError):
            # Some events come from threads without a loop.
            self._loop = asyncio.get_running_loop()
        if self.why:
            raise KeyboardInterrupt

    def stop(self, why: str) -> None:
        """Has the film stop as Ctrl-C would: what is finished is kept, the rest is begun anew."""
        if self.why:
            return
        self.why = why
        if self._loop is not None:
            with suppress(RuntimeError):
                # It may have ended by now.
                self._loop.call_soon_threadsafe(_interrupt)


def _interrupt() -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One film to make, or to go on with."""

    entry: BatchEntry
    folder: Path
    ceiling_usd: float | None
    """What the folder may cost in all, besides the film's own ceiling; None: the night has none."""
    watch: Watch
    """The sink of its events."""


Make = Callable[[Order], Report]
"""Makes a film, or goes on with it; runs in a thread of its own."""

Tell = Callable[[Queued, str], None]
"""Takes what happened to an entry, for a person who watches."""


class Outcome(Value):
    """How a run of the queue ended."""

    night: int
    ended: str
    """`done`, `deadline`, `budget`, `disk` or `stopped`."""


@dataclass(slots=True)
class _Film:
    claim: Claim
    watch: Watch
    begun: float
    thread: threading.Thread | None = None


@dataclass(slots=True, kw_only=True)
class Runner:
    """Makes a queue's films, several at once where asked to."""

    leases: Leases
    make: Make
    clock: Clock
    films_at_once: int = 1
    until: float | None = None
    """The moment, in seconds since the epoch, by which films have to end; None: whenever."""
    budget_usd: float | None = None
    """The most that the night may cost."""
    tell: Tell = lambda _entry, _what: None
    poll_s: float = _POLL_S
    beat_s: float = _BEAT_S
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

    def stop(self) -> None:
        """Begins nothing further and stops what runs, in a moment.

        Safe to call from a signal's handler: it takes no lock, which what it interrupts may hold.
        """
        self._ending = "stopped"

    def run(self) -> Outcome:
        """Works until nothing is left that can be made; gives why it ended.

        Raises:
            InputError: another runner works on the queue without a budget, and one is given.
            ArtifactError: the queue or the ledger cannot be used.
        """
        night = self.leases.join(self.budget_usd)
        try:
            self.leases.queue.resume(reason=DISK)
            ended = self._work(night)
        finally:
            # Where the queue itself broke, what this runner holds is taken over once it is dead.
            self._let_go()
        over = ended in ("done", "deadline", "budget")
        self.leases.leave(ended, night=night, over=over)
        return Outcome(night=night.id, ended=ended)

    def _work(self, night: Night) -> str:
        while True:
            self._beat()
            while not self._ended.empty():
                self._settle(*self._ended.get())
            ended = self._ending or self._begin(night)
            if self._ending == "stopped":
                for film in self._films.values():
                    film.watch.stop("stopped")
            if ended and not self._films:
                return ended
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
            self._films[number].watch.stop(why)
        for one in self.leases.recover():
            self.tell(one, "taken over")

    def _begin(self, night: Night) -> str:
        """Begins films while there is room; gives why there is nothing more to do, or nothing."""
        while not self._ending and (slots := self.films_at_once - len(self._films)) > 0:
            now = self.clock.monotonic()
            if now < self._idle_until:
                return ""
            offer = self.leases.claim(
                night,
                slots=slots,
                in_time=self._in_time(night),
                rested=self._has_rested,
            )
            if offer.claim is None:
                self._idle_until = now + _IDLE_POLLS * self.poll_s
                return self._nothing(offer)
            self._start(offer.claim)
        return self._ending

    def _has_rested(self, one: Queued) -> bool:
        return self.clock.monotonic() >= self._rested.get(one.id, float("-inf"))

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

    def _in_time(self, night: Night) -> Callable[[Queued], bool]:
        """Gives whether an entry would end in time, by the median of this night's films."""
        if self.until is None:
            return lambda _: True
        left = self.until - self.clock.wall()
        lengths = self.leases.queue.lengths_s(night.id)
        usual = statistics.median(lengths) if lengths else 0.0
        return lambda one: left > max(usual - one.worked_s, usual * _RESUMED_SHARE)

    def _start(self, claim: Claim) -> None:
        film = _Film(claim, Watch(), self.clock.monotonic())
        self._films[claim.queued.id] = film
        name = f"film-{claim.queued.id}"
        film.thread = threading.Thread(target=self._film, args=(film,), name=name, daemon=True)
        self.tell(claim.queued, "begun")
        film.thread.start()

    def _film(self, film: _Film) -> None:
        """Makes one film; whatever comes of it is handed over, and touches no other."""
        order = Order(
            entry=film.claim.queued.entry,
            folder=film.claim.folder,
            ceiling_usd=film.claim.ceiling_usd,
            watch=film.watch,
        )
        try:
            if film.watch.why:
                raise KeyboardInterrupt
            released = _come_of(self.make(order))
        except KeyboardInterrupt:
            called_off = film.watch.why == "cancelled"
            state = EntryState.CANCELLED if called_off else EntryState.WAITING
            released = Released(state=state)
        except Exception as error:  # noqa: BLE001 the edge of one film's work
            released = _failed(error, film.claim)
        self._ended.put((film, released))
        self._wake.set()

    def _settle(self, film: _Film, released: Released) -> None:
        """Writes down how a film ended."""
        del self._films[film.claim.queued.id]
        worked = self.clock.monotonic() - film.begun
        after = self.leases.release(
            film.claim,
            Released(
                state=released.state,
                cause=released.cause,
                error=released.error,
                report=released.report,
                short=released.short,
                worked_s=round(max(0.0, worked), 3),
            ),
        )
        self._idle_until = float("-inf")
        if after is None:
            return
        if after.state is EntryState.FAILED and after.cause is Cause.PASSING:
            self._rested[after.id] = self.clock.monotonic() + REST_S
        self.tell(after, "out of money" if released.short else after.state.value.replace("_", " "))
        if released.state is EntryState.WAITING and released.cause is Cause.STORE:
            self.leases.queue.pause(reason=DISK, text=released.error)
            self._ending = self._ending or "disk"

    def _let_go(self) -> None:
        """Stops what still runs and waits for it: there is some only where the queue broke."""
        for film in self._films.values():
            film.watch.stop("stopped")
        for film in self._films.values():
            if film.thread is not None:
                film.thread.join()


def _come_of(report: Report) -> Released:
    """Gives how a film ended that was made without an error."""
    told = report.model_dump_json()
    if report.awaiting:
        return Released(
            state=EntryState.SET_ASIDE,
            cause=Cause.APPROVAL,
            error=f"it waits for approval of the {report.awaiting}: look into {report.folder}, "
            "and retry it to approve",
            report=told,
        )
    if not report.film:
        error = f"it ended without a film: `nightshoot show {report.folder}` says where"
        return Released(state=EntryState.FAILED, cause=Cause.UNFORESEEN, error=error)
    return Released(state=EntryState.DONE, report=told)


_ENDINGS: tuple[tuple[type[Exception], EntryState, Cause], ...] = (
    (InputError, EntryState.SET_ASIDE, Cause.INPUT),
    (BudgetExceeded, EntryState.SET_ASIDE, Cause.BUDGET),
    (Refused, EntryState.SET_ASIDE, Cause.REFUSED),
    (TransientError, EntryState.FAILED, Cause.PASSING),
    (BackendError, EntryState.FAILED, Cause.BACKEND),
    (ArtifactError, EntryState.FAILED, Cause.STORE),
)
"""What becomes of an entry after an error: the first that fits. What failed is tried again."""


def _failed(error: Exception, claim: Claim) -> Released:
    """Gives what becomes of an entry after an error."""
    text = " ".join(str(error).split())
    if isinstance(error, ArtifactError) and any(word in text for word in _FULL):
        return Released(state=EntryState.WAITING, cause=Cause.STORE, error=text)
    own = claim.queued.entry.options.budget_usd
    nights = claim.ceiling_usd is not None and (own is None or claim.ceiling_usd < own)
    if isinstance(error, BudgetExceeded) and nights:
        return Released(state=EntryState.WAITING, cause=Cause.BUDGET, error=text, short=True)
    for kind, state, cause in _ENDINGS:
        if isinstance(error, kind):
            return Released(state=state, cause=cause, error=text)
    # The text of an unforeseen error may hold anything, a key too: the log has it.
    _log.error("unforeseen, in %s", claim.folder, exc_info=error)
    told = f"something unforeseen happened ({type(error).__name__}): the log says where"
    return Released(state=EntryState.FAILED, cause=Cause.UNFORESEEN, error=told)
