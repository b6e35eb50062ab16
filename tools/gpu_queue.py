"""What waits for the GPU, and which of it comes next: decided without a clock of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field

from nightshoot.errors import NightshootError
from nightshoot.tools.diffusion.orders import ModelSpec, Request, Result, VideoRequest
from nightshoot.tools.protocols import Progress

LOADING_SHARE = 0.1
"""How much of a call's progress its model's loading counts for, where it waits for that."""


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket:
    """One request that waits or is being made, and who asked for it."""

    key: str
    """Of its model."""
    spec: ModelSpec
    request: Request
    progress: Progress
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Result]
    asked_at: float
    """On the owner's clock, in seconds."""
    alone: bool = False
    """It is made in no batch: one that it was in failed, and whose fault that was is not known."""
    kills: int = 0
    """How often the process died while it alone was being made."""
    notes: list[str] = field(default_factory=list)
    dropped: bool = False
    """Nobody waits for it any more."""
    _floor: float = 0.0
    _told: float = -1.0

    @property
    def size(self) -> str:
        """What decides how much memory the request needs: equal ones need as much."""
        asked = self.request
        frames = (*asked.stretches, asked.out_frames) if isinstance(asked, VideoRequest) else ()
        loras = [] if isinstance(asked, VideoRequest) else sorted(one.path for one in asked.loras)
        sizes = (asked.width, asked.height, asked.out_width, asked.out_height)
        return f"{sizes} {frames} {loras}"

    def tell_loading(self, *, done: bool) -> None:
        """Tells the caller that the model is being loaded, or is loaded."""
        if done:
            self._floor = max(self._floor, LOADING_SHARE)
        self.tell(0.0)

    def tell(self, share: float) -> None:
        """Tells the caller how much of the making is done; a second try goes back unseen."""
        share = self._floor + (1.0 - self._floor) * share
        if share > self._told and not self.dropped:
            self._told = share
            self._in_loop(lambda: self._call_progress(share))

    def give(self, result: Result) -> None:
        """Gives the caller what was made."""
        self.tell(1.0)
        whole = result.model_copy(update={"notes": (*result.notes, *self.notes)})
        self._in_loop(lambda: None if self.answer.done() else self.answer.set_result(whole))

    def fail(self, error: NightshootError) -> None:
        """Raises an error at the caller's."""
        self._in_loop(lambda: None if self.answer.done() else self.answer.set_exception(error))

    def _call_progress(self, share: float) -> None:
        if self.answer.done():
            return
        try:
            self.progress(share)
        except Exception as error:  # noqa: BLE001
            # The caller's own code: the error goes where the caller handles errors.
            self.answer.set_exception(error)

    def _in_loop(self, call: Callable[[], None]) -> None:
        # The loop is closed where its run was broken off: nobody waits then.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(call)


class Waiting:
    """The requests that wait, the oldest first."""

    def __init__(self) -> None:
        self._tickets: list[Ticket] = []

    def __len__(self) -> int:
        return len(self._tickets)

    def add(self, ticket: Ticket) -> None:
        """Puts a request at the end."""
        self._tickets.append(ticket)

    def put_back(self, tickets: Collection[Ticket]) -> None:
        """Puts requests that had their turn back where they stood."""
        self._tickets += [ticket for ticket in tickets if not ticket.dropped]
        self._tickets.sort(key=lambda ticket: ticket.asked_at)

    def take(self, tickets: Collection[Ticket]) -> None:
        """Takes requests out."""
        taken = set(tickets)
        self._tickets = [ticket for ticket in self._tickets if ticket not in taken]

    def take_all(self, key: str | None = None) -> list[Ticket]:
        """Takes out all requests, or all for one model."""
        taken = [ticket for ticket in self._tickets if key in {None, ticket.key}]
        self.take(taken)
        return taken

    def of(self, key: str) -> list[Ticket]:
        """Gives the requests that wait for one model."""
        return [ticket for ticket in self._tickets if ticket.key == key]

    def next(
        self, resident: Collection[str], *, now: float, loaded_at: float, turn_s: float
    ) -> Ticket | None:
        """Gives the request that comes next: the oldest for which no model has to be loaded.

        Work is grouped by what is loaded, as loading costs far more than waiting; among loaded
        models the oldest request comes first. A request for another model waits until none is left
        for these, or until it has waited for a whole turn since the last loading: so nothing waits
        for ever, and loading never takes more than a small part of the time.

        Source: simulated with 20 films of 12 shots, see DESIGN, "Scheduling many films": grouping
        reaches the lower bound, film after film needs 2.2 times as long.

        Args:
            resident: the keys of the loaded models.
            now: the time, in seconds.
            loaded_at: when a model was last loaded.
            turn_s: how long loaded models may keep others waiting.
        """
        if not self._tickets:
            return None
        oldest = self._tickets[0]
        at_hand = next((ticket for ticket in self._tickets if ticket.key in resident), None)
        if at_hand is None:
            return oldest
        for ticket in self._tickets:
            if ticket.key not in resident and now - max(loaded_at, ticket.asked_at) >= turn_s:
                return ticket
        return at_hand

    def together(self, first: Ticket, most: int) -> list[Ticket]:
        """Gives a request and those that may be made in one call with it, as far as is known here.

        More than `most` are given, as the model may find that some do not fit.
        """
        if first.alone or most < 2:
            return [first]
        others = [one for one in self.of(first.key) if one is not first and not one.alone]
        return [first, *others[: 2 * most]]


class Models:
    """What is known of the models: which are loaded, what each costs, how many it makes at once."""

    def __init__(self, now: float) -> None:
        """Knows nothing yet."""
        self.resident: tuple[str, ...] = ()
        """The keys of those that are loaded."""
        self.quiet_since = now
        """When an order was last done."""
        self._loaded_at = now
        self._most: dict[str, int] = {}
        self._load_s: dict[str, float] = {}
        self._make_s: dict[str, float] = {}

    def was_loaded(self, key: str, *, most: int, took_s: float, now: float) -> None:
        """Notes what loading a model took, and how many requests it makes at once."""
        self._most[key] = most
        self._load_s[key] = took_s
        self._loaded_at = now

    def was_used(self, key: str, *, most: int, took_s: float) -> None:
        """Notes what a call took, and how many requests fit as it turned out."""
        self._most[key] = most
        self._make_s[key] = took_s

    def most(self, key: str) -> int:
        """Gives how many requests a loaded model makes at once."""
        return self._most.get(key, 1)

    def next(self, waiting: Waiting, now: float) -> Ticket | None:
        """Gives the request that comes next."""
        turn = turn_s(self._swap_s)
        return waiting.next(self.resident, now=now, loaded_at=self._loaded_at, turn_s=turn)

    def load_at(self) -> float:
        """Gives from when it is right to load another model, for which others may have to go.

        A caller of a loaded one may come back in a moment, with a keyframe judged and the next to
        paint; a twentieth of what loading takes is worth waiting for that.
        """
        return self.quiet_since + min(2.0, self._swap_s / 20) if self.resident else 0.0

    def make_at(self, first: Ticket, count: int) -> float:
        """Gives from when it is right to make a request with so few others."""
        if first.alone or count >= self.most(first.key):
            return 0.0
        return first.asked_at + gather_s(self._make_s.get(first.key, 0.0))

    @property
    def _swap_s(self) -> float:
        return max((self._load_s.get(key, 0.0) for key in self.resident), default=0.0)


def turn_s(load_s: float) -> float:
    """Gives how long loaded models may keep others waiting, in seconds.

    Twenty times what loading took, so that loading takes at most a twentieth of the time, and a
    minute at least.
    """
    return max(60.0, 20.0 * load_s)


def gather_s(make_s: float) -> float:
    """Gives how long a request waits for others to make a batch with, in seconds.

    Sixteen shots that are asked for at once arrive within 0.3 ms (measured); ten times that is for
    a busy machine. Later ones come one by one, and waiting a fiftieth of what a call takes may save
    most of a call.
    """
    return min(1.0, max(0.003, make_s / 50))
