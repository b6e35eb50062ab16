"""The thread that decides what the GPU does next, and what to do when its process fails."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from nightshoot.errors import (
    ArtifactError,
    BackendError,
    InputError,
    NightshootError,
    TransientError,
)
from nightshoot.tools.diffusion.messages import (
    CancelOrder,
    DeviceFacts,
    FactsOrder,
    Failed,
    Fault,
    Found,
    Loaded,
    LoadOrder,
    Made,
    MakeOrder,
    Order,
    Ready,
    Reply,
    Step,
    Stopped,
    Took,
)
from nightshoot.tools.gpu_busy import Busy, Doing
from nightshoot.tools.gpu_process import GpuProcess
from nightshoot.tools.gpu_queue import Models, Ticket, Waiting
from nightshoot.tools.growth import Growth
from nightshoot.tools.resident import resident_gib
from nightshoot.tools.restarts import Restarts

_log = logging.getLogger(__name__)

_MOST_KILLS = 2
"""How often a request, or a model, may end the process before it is refused. Once may be chance: a
person's kill, another program that took the memory."""

_POLITE_S = 3.0
"""How long the process may take to end by itself."""

_START_S = 120.0
"""The least that the process may take to start. Measured: 0.3 s; a cold disk of a busy machine is
far slower."""

_LOOK_S = 1.0
"""How often a busy process is looked at, where a child of its own keeps its pipes open."""


class Owner:
    """Owns the process and the queue. Everything happens in its one thread, in turn."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        patience_s: float,
        idle_s: float | None,
        growth: Growth,
        restarts: Restarts,
    ) -> None:
        """Starts the thread; the process starts with the first request.

        Args:
            arguments: for the worker's command line.
            patience_s: how long the process may give no sign of progress.
            idle_s: after how long without work the process ends; None: never.
            growth: says when the process keeps too much memory, and is replaced.
            restarts: says when it may be started again after it ended unasked.
        """
        self._arguments = arguments
        self._patience_s = patience_s
        self._idle_s = idle_s
        self._growth = growth
        self._restarts = restarts
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._waiting = Waiting()
        self._questions: list[Future[DeviceFacts]] = []
        self._process: GpuProcess | None = None
        self._busy: Busy | None = None
        self._orders = 0
        self._models = Models(time.monotonic())
        self._not_before = 0.0
        self._bad_starts = 0
        self._load_deaths: Counter[str] = Counter()
        self._last = ""
        """How it last ended."""
        self._thread = threading.Thread(target=self._run, name="gpu", daemon=True)
        self._thread.start()

    @property
    def closed(self) -> bool:
        """Whether it takes no more requests: it was closed, or its thread failed."""
        return self._closed

    def ask(self, ticket: Ticket) -> None:
        """Queues a request; its caller is told by the ticket."""
        if not self._post(lambda: self._waiting.add(ticket)):
            ticket.fail(_closed())

    def drop(self, ticket: Ticket) -> None:
        """Takes a request back; stops it where it is being made for nobody else."""
        ticket.dropped = True
        self._post(lambda: self._dropped(ticket))

    def facts(self) -> Future[DeviceFacts]:
        """Asks the process what it computes on, as soon as it has time."""
        question: Future[DeviceFacts] = Future()
        if not self._post(lambda: self._questions.append(question)):
            question.set_exception(_closed())
        return question

    def close(self) -> None:
        """Ends the process and the thread; what waits fails."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._inbox.put(None)
        self._thread.join()

    def _post(self, event: Callable[[], None]) -> bool:
        with self._gate:
            if not self._closed:
                self._inbox.put(event)
            return not self._closed

    def _run(self) -> None:
        try:
            while True:
                self._advance()
                try:
                    event = self._inbox.get(timeout=self._wait_s())
                except queue.Empty:
                    self._look()
                    continue
                if event is None:
                    break
                event()
                self._watch()
        except Exception:  # noqa: BLE001
            # The edge of a thread: nobody who waits for it may wait for ever.
            _log.exception("the owner of the GPU failed")
            with self._gate:
                self._closed = True
        finally:
            self._finish()

    def _finish(self) -> None:
        # Only where this thread itself failed is anything left in the inbox.
        while not self._inbox.empty():
            if (event := self._inbox.get()) is not None:
                event()
        starting = self._busy is not None and self._busy.doing is Doing.STARTING
        left = self._waiting.take_all()
        if self._busy is not None:
            left += self._busy.tickets
            self._questions += [self._busy.question] if self._busy.question else []
        for ticket in left:
            ticket.fail(_closed())
        for question in self._questions:
            question.set_exception(_closed())
        if self._process is not None:
            self._process.stop(0.0 if starting else _POLITE_S)

    # What to do next.

    def _advance(self) -> None:
        while self._busy is None and (self._waiting or self._questions):
            if self._process is None:
                if not self._may_start():
                    return
                self._start()
            elif self._questions:
                self._send(Doing.ASKING, FactsOrder(id=self._next_id()))
                self._begun().question = self._questions.pop(0)
            elif not self._serve_next():
                return

    def _may_start(self) -> bool:
        """Whether the process may be started now; where it may not for long, what waits fails."""
        now = time.monotonic()
        closed_s = self._restarts.closed_s(now)
        if closed_s:
            self._fail_all(
                TransientError(
                    f"the GPU's process ended too often within the hour, at last it {self._last}: "
                    f"it is started again in {closed_s / 60:.0f} minutes (restarts_an_hour in "
                    "[gpu] of the settings lets it end more often)",
                    retry_after_s=closed_s,
                )
            )
            return False
        self._not_before = self._restarts.start_at()
        return now >= self._not_before

    def _start(self) -> None:
        self._growth.begin()
        try:
            self._process = GpuProcess(self._arguments, heard=self._on_reply, gone=self._on_gone)
        except OSError as error:
            self._fail_all(BackendError(f"the GPU's process cannot be started: {error}"))
            return
        self._do(Doing.STARTING, 0, max(_START_S, self._patience_s))

    def _serve_next(self) -> bool:
        """Gives the process its next order; False where it is better to wait a moment."""
        now = time.monotonic()
        first = self._models.next(self._waiting, now)
        assert first is not None, "something waits"
        key = first.key
        if key not in self._models.resident:
            self._not_before = self._models.load_at()
            if now < self._not_before:
                return False
            for ticket in self._waiting.of(key):
                ticket.tell_loading(done=False)
            self._send(Doing.LOADING, LoadOrder(id=self._next_id(), spec=first.spec), key)
            return True
        some = self._waiting.together(first, self._models.most(key))
        self._not_before = self._models.make_at(first, len(some))
        if now < self._not_before:
            return False
        requests = tuple(ticket.request for ticket in some)
        self._waiting.take(some)
        order = MakeOrder(id=self._next_id(), spec=first.spec, requests=requests)
        self._send(Doing.MAKING, order, key)
        self._begun().offered = self._begun().tickets = some
        return True

    def _next_id(self) -> int:
        self._orders += 1
        return self._orders

    def _send(self, doing: Doing, order: Order, key: str = "") -> None:
        assert self._process is not None, "it was started"
        self._do(doing, order.id, self._patience_s, key)
        self._process.send(order)

    def _do(self, doing: Doing, order: int, patience_s: float, key: str = "") -> None:
        now = time.monotonic()
        self._busy = Busy(doing=doing, id=order, began_at=now, patience_s=patience_s, key=key)
        self._busy.signed(now)

    def _begun(self) -> Busy:
        assert self._busy is not None, "an order was sent"
        return self._busy

    # What happens meanwhile.

    def _wait_s(self) -> float | None:
        now = time.monotonic()
        if self._busy is not None:
            return max(0.0, min(_LOOK_S, self._busy.deadline - now))
        if self._waiting or self._questions:
            return max(0.0, self._not_before - now)
        if self._process is not None and self._idle_s is not None:
            return max(0.0, self._models.quiet_since + self._idle_s - now)
        return None

    def _look(self) -> None:
        """Sees to what no message tells: a death, silence, long idleness."""
        process = self._process
        if process is None:
            return
        if not process.alive():
            self._died()
        elif self._busy is None and not self._waiting and self._idle_s is not None:
            _log.info("the GPU is let go of after %g s without work", self._idle_s)
            self._process, self._models.resident = None, ()
            process.stop(_POLITE_S)
        self._watch()

    def _watch(self) -> None:
        if self._busy and time.monotonic() >= self._busy.deadline:
            self._died(
                f"gave no sign of progress for {self._busy.patience_s:g} s and was ended "
                "(patience_s in [gpu] of the settings gives it longer)"
            )

    def _dropped(self, ticket: Ticket) -> None:
        self._waiting.take([ticket])
        busy = self._busy
        if busy is None or self._process is None or ticket not in busy.tickets:
            return
        if not busy.cancelled and all(one.dropped for one in busy.tickets):
            busy.cancelled = True
            self._process.send(CancelOrder(id=busy.id))

    def _on_reply(self, process: GpuProcess, reply: Reply) -> None:
        self._post(lambda: self._heard(reply) if process is self._process else None)

    def _on_gone(self, process: GpuProcess) -> None:
        self._post(lambda: self._died() if process is self._process else None)

    def _heard(self, reply: Reply) -> None:
        busy = self._busy
        if busy is None or (not isinstance(reply, Ready) and reply.id != busy.id):
            return
        now = time.monotonic()
        busy.signed(now)
        if isinstance(reply, Step):
            for ticket in busy.tickets:
                ticket.tell(reply.share)
            return
        if isinstance(reply, Took):
            chosen = [busy.offered[place] for place in reply.chosen]
            self._waiting.put_back([one for one in busy.tickets if one not in chosen])
            busy.tickets = chosen
            return
        self._busy = None
        self._models.quiet_since = now
        if isinstance(reply, Ready):
            self._bad_starts = 0
        elif isinstance(reply, Found):
            assert busy.question is not None, "it was asked"
            busy.question.set_result(reply.facts)
        else:
            self._models.resident = reply.resident
            self._served(busy, reply, now)

    def _served(self, busy: Busy, reply: Loaded | Made | Stopped | Failed, now: float) -> None:
        if isinstance(reply, Loaded):
            took_s, most = now - busy.began_at, reply.most_at_once
            self._models.was_loaded(busy.key, most=most, took_s=took_s, now=now)
            self._load_deaths.pop(busy.key, None)
            for ticket in self._waiting.of(busy.key):
                ticket.tell_loading(done=True)
        elif isinstance(reply, Made):
            took_s, most = now - busy.began_at, reply.most_at_once
            self._models.was_used(busy.key, most=most, took_s=took_s)
            self._restarts.worked()
            excess = self._excess(busy, reply)
            for ticket, result in zip(busy.tickets, reply.results, strict=True):
                ticket.give(result)
            if excess:
                self._replace(excess)
        elif isinstance(reply, Stopped):
            self._waiting.put_back(busy.tickets)
        elif reply.fault is Fault.BROKEN:
            self._busy = busy
            self._died(f"had to end: {reply.message}", words=False)
        else:
            self._failed(busy, _error_of(reply))

    def _excess(self, busy: Busy, reply: Made) -> str:
        """Says what memory the process keeps too much of, and tells one of those who wait."""
        assert self._process is not None, "it has just answered"
        excess = self._growth.excess(
            reply.resident,
            f"{busy.key} {len(busy.tickets)} {busy.tickets[0].size}",
            ram_gib=resident_gib(self._process.pid),
            vram_gib=reply.reserved_gib,
        )
        if excess and self._restarts.is_news(time.monotonic(), "memory"):
            busy.tickets[0].notes.append(
                f"The GPU's process kept {excess}, and was started anew after this."
            )
        return excess

    def _replace(self, excess: str) -> None:
        _log.info("the GPU's process keeps %s: it is started anew", excess)
        process, self._process, self._models.resident = self._process, None, ()
        assert process is not None, "it has just answered"
        process.stop(_POLITE_S)

    def _failed(self, busy: Busy, error: NightshootError) -> None:
        if busy.doing is Doing.ASKING:
            assert busy.question is not None, "it was asked"
            busy.question.set_exception(error)
        elif busy.doing is Doing.LOADING:
            for ticket in self._waiting.take_all(busy.key):
                ticket.fail(error)
        elif len(busy.tickets) == 1:
            busy.tickets[0].fail(error)
        else:
            self._put_back_alone(busy.tickets)

    # When the process is gone.

    def _died(self, why: str = "", *, words: bool = True) -> None:
        process, busy = self._process, self._busy
        assert process is not None, "it ran"
        self._process, self._busy, self._models.resident = None, None, ()
        now = self._models.quiet_since = time.monotonic()
        ended = process.kill(after_s=0.0 if why else 0.5)
        why = why or ended
        said = process.last_words() if words else ""
        self._restarts.ended(now)
        self._last = why
        level = logging.WARNING if self._restarts.is_news(now, why) else logging.DEBUG
        _log.log(level, "the GPU's process %s; it last said: %s", why, said)
        if busy is None:
            return
        error = BackendError(
            f"the GPU's process {why}" + (f"; it last said: {said}" if said else "")
        )
        if busy.doing is Doing.STARTING:
            self._bad_starts += 1
            if self._bad_starts >= _MOST_KILLS:
                self._bad_starts = 0
                self._fail_all(error)
        elif busy.doing is Doing.LOADING:
            self._load_deaths[busy.key] += 1
            if self._load_deaths[busy.key] >= _MOST_KILLS:
                self._load_deaths.pop(busy.key)
                self._failed(busy, _refused(error, f"loading {_family(self._waiting, busy.key)}"))
        elif busy.doing is Doing.ASKING:
            self._failed(busy, error)
        else:
            self._made_again(busy.tickets, why, error)

    def _made_again(self, tickets: list[Ticket], why: str, error: BackendError) -> None:
        for ticket in tickets:
            ticket.notes.append(f"The GPU's process {why}; this was made again.")
        if len(tickets) > 1:
            self._put_back_alone(tickets)
            return
        ticket = tickets[0]
        ticket.kills += 1
        if ticket.kills < _MOST_KILLS:
            self._put_back_alone(tickets)
        else:
            ticket.fail(_refused(error, f"this request to {ticket.spec.family}"))

    def _put_back_alone(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            ticket.alone = True
        self._waiting.put_back(tickets)

    def _fail_all(self, error: NightshootError) -> None:
        for ticket in self._waiting.take_all():
            ticket.fail(error)
        for question in self._questions:
            question.set_exception(error)
        self._questions.clear()


def _closed() -> BackendError:
    return BackendError("the GPU was let go of before this was made: the run has ended")


def _refused(error: BackendError, what: str) -> BackendError:
    return BackendError(f"{what} ended the GPU's process {_MOST_KILLS} times: {error}")


def _family(waiting: Waiting, key: str) -> str:
    return next((ticket.spec.family for ticket in waiting.of(key)), "the model")


def _error_of(reply: Failed) -> NightshootError:
    kinds: dict[Fault, type[NightshootError]] = {
        Fault.INPUT: InputError,
        Fault.TRANSIENT: TransientError,
        Fault.ARTIFACT: ArtifactError,
    }
    return kinds.get(reply.fault, BackendError)(reply.message)
