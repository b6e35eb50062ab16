"""The bench: the one process that holds the judges' models, as the film's process sees it.

A crash or a `kill -9` ends that process and not the film: it is started again, and the question is
asked again by whoever retries. One that keeps more and more memory is replaced between two
questions. It starts with the first question and ends with its parent. The models are small and stay
loaded: all of them together should fit into memory.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import defaultdict
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import Field

from nightshoot.domain.value import Value
from nightshoot.errors import BackendError, InputError, NightshootError, TransientError
from nightshoot.tools.child import ChildProcess
from nightshoot.tools.growth import Growth
from nightshoot.tools.judges.messages import (
    Answered,
    Classified,
    Classify,
    Embed,
    Embedded,
    Failed,
    Fault,
    HasRead,
    Hear,
    Heard,
    ModelSpec,
    Order,
    ReadText,
    key_of,
    line_of,
    reply_in,
)
from nightshoot.tools.resident import resident_gib
from nightshoot.tools.restarts import Restarts

_log = logging.getLogger(__name__)

_WORKER = "nightshoot.tools.judges.worker"

_MOST_DEATHS = 3
_DEATHS_S = 3600.0
"""How often in a row within an hour a model may end the process before it is refused. Once may be
chance: a person's kill, another program that took the memory."""

_RESTARTS_AN_HOUR = 20
"""How often the process may end unasked within an hour. As `restarts_an_hour` of `[gpu]`."""

_POLITE_S = 3.0
"""How long the process may take to end by itself."""

Given = TypeVar("Given", Embedded, Classified, HasRead, Heard)


class Patience(Value):
    """How long the bench waits."""

    answer_s: float = Field(default=300.0, gt=0)
    """For one answer, the model's loading included, before the process counts as hung. Source: 6 GB
    of weights, Whisper large, from a disk of 100 MB/s, and five times real time for a long line."""


@dataclass(slots=True, kw_only=True)
class _Asked:
    order: Order
    told: Future[Answered | Failed] = field(default_factory=Future)


class _Running:
    """One run of the process, and what it has said."""

    def __init__(self, worker: str) -> None:
        self.models: set[str] = set()
        """The keys of those that were asked, and so are loaded."""
        self.said: queue.SimpleQueue[Answered | Failed | None] = queue.SimpleQueue()
        self.process = ChildProcess(
            worker, (), title="judges", heard=self._hear, gone=lambda: self.said.put(None)
        )

    def _hear(self, line: bytes) -> None:
        try:
            self.said.put(reply_in(line))
        except ValueError:
            _log.debug("the judges' process printed %r", line[:200])


class Bench:
    """Asks models, one question after another, in a process of their own."""

    def __init__(
        self,
        patience: Patience | None = None,
        *,
        growth: Growth | None = None,
        restarts: Restarts | None = None,
        worker: str = _WORKER,
    ) -> None:
        """Keeps the settings; nothing is started.

        Args:
            patience: how long answers may take.
            growth: says when the process keeps too much memory.
            restarts: says when it may be started again after it ended unasked.
            worker: the module that the process runs.
        """
        self._patience = patience or Patience()
        self._growth = growth or Growth()
        self._restarts = restarts or Restarts(_RESTARTS_AN_HOUR)
        self._worker = worker
        self._inbox: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._ending = threading.Event()
        self._running: _Running | None = None
        self._deaths: defaultdict[str, list[float]] = defaultdict(list)
        """When each model ended the process since it last answered."""
        self._last = ""
        """How the process last ended."""
        self._orders = 0
        self._reserved_gib: float | None = None
        """What the process last said that it keeps of the GPU's memory."""

    @property
    def pid(self) -> int | None:
        """The number of the process; None: there is none now."""
        running = self._running
        return running.process.pid if running is not None else None

    async def embed(self, spec: ModelSpec, question: Embed) -> Embedded:
        """Asks a model with pictures, and texts if it reads, for their embeddings.

        Raises:
            InputError: the model cannot be loaded.
            TransientError: the process ended or hung; it is started again for the next question.
            BackendError: it will not work.
        """
        return await self._ask(spec, question, Embedded)

    async def classify(self, spec: ModelSpec, question: Classify) -> Classified:
        """Asks a classifier. Raises as `embed` does."""
        return await self._ask(spec, question, Classified)

    async def read_text(self, spec: ModelSpec, question: ReadText) -> HasRead:
        """Asks a reader of text in pictures. Raises as `embed` does."""
        return await self._ask(spec, question, HasRead)

    async def hear(self, spec: ModelSpec, question: Hear) -> Heard:
        """Asks a speech recogniser. Raises as `embed` does."""
        return await self._ask(spec, question, Heard)

    def close(self) -> None:
        """Ends the process and the thread; what waits fails."""
        with self._gate:
            thread, self._closed = self._thread, True
            self._inbox.put(None)
        self._ending.set()
        if thread is not None:
            running = self._running
            if running is not None:
                running.process.stop(_POLITE_S)
            thread.join()

    async def _ask(
        self, spec: ModelSpec, question: Embed | Classify | ReadText | Hear, kind: type[Given]
    ) -> Given:
        asked = self._posted(spec, question)
        reply = await asyncio.wrap_future(asked.told)
        if isinstance(reply, Failed):
            raise _error_of(reply)
        if not isinstance(reply.answer, kind):
            raise BackendError(f"the {spec.engine} model answers another question than was asked")
        return reply.answer

    def _posted(self, spec: ModelSpec, question: Embed | Classify | ReadText | Hear) -> _Asked:
        with self._gate:
            if self._closed:
                raise _closed()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="judges", daemon=True)
                self._thread.start()
            self._orders += 1
            asked = _Asked(order=Order(id=self._orders, spec=spec, question=question))
            self._inbox.put(asked)
            return asked

    def _run(self) -> None:
        while (asked := self._inbox.get()) is not None:
            # Nobody waits any more for what was cancelled before it began.
            if not asked.told.set_running_or_notify_cancel():
                continue
            try:
                asked.told.set_result(self._exchanged(asked.order))
            except NightshootError as error:
                asked.told.set_exception(error)
            except Exception as error:  # noqa: BLE001
                # The edge of a thread: nobody who waits for it may wait for ever.
                _log.exception("the bench failed")
                asked.told.set_exception(BackendError(f"the judges' process failed: {error}"))
            self._replace_grown(asked.order)
        self._finish()

    def _finish(self) -> None:
        while not self._inbox.empty():
            left = self._inbox.get()
            if left is not None and left.told.set_running_or_notify_cancel():
                left.told.set_exception(_closed())
        if self._running is not None:
            self._running.process.stop(_POLITE_S)
            self._running = None

    def _exchanged(self, order: Order) -> Answered | Failed:
        """Sends an order and waits for its reply. Raises TransientError and BackendError."""
        if self._closed:
            raise _closed()
        key = key_of(order.spec)
        now = time.monotonic()
        self._deaths[key] = [at for at in self._deaths[key] if now - at < _DEATHS_S]
        if len(self._deaths[key]) >= _MOST_DEATHS:
            raise BackendError(
                f"the {order.spec.engine} model ended the judges' process {_MOST_DEATHS} times: "
                "leave its judge out, or give it another model"
            )
        running = self._started()
        running.models.add(key)
        running.process.say(line_of(order))
        try:
            while True:
                reply = running.said.get(timeout=self._patience.answer_s)
                if reply is None:
                    raise self._ended(key, running)
                if reply.id == order.id:
                    self._deaths.pop(key, None)
                    self._restarts.worked()
                    if isinstance(reply, Answered):
                        self._reserved_gib = reply.reserved_gib
                    return reply
        except queue.Empty:
            raise self._hung(key, running) from None

    def _started(self) -> _Running:
        if self._running is not None and not self._running.process.alive():
            # It ended between two questions: nobody's question is to blame.
            self._has_ended(self._running.process.kill())
        if self._running is None:
            self._wait_to_start()
            try:
                self._growth.begin()
                self._reserved_gib = None
                self._running = _Running(self._worker)
            except OSError as error:
                raise BackendError(f"the judges' process cannot be started: {error}") from None
        return self._running

    def _wait_to_start(self) -> None:
        """Waits until the process may be started. Raises TransientError where that takes long."""
        now = time.monotonic()
        closed_s = self._restarts.closed_s(now)
        if closed_s:
            raise TransientError(
                f"the judges' process ended too often within the hour, at last it {self._last}: "
                f"it is started again in {closed_s / 60:.0f} minutes",
                retry_after_s=closed_s,
            )
        if self._ending.wait(max(0.0, self._restarts.start_at() - now)):
            raise _closed()

    def _replace_grown(self, order: Order) -> None:
        """Ends the process where it keeps too much memory; the next question starts another."""
        running = self._running
        if running is None:
            return
        excess = self._growth.excess(
            running.models,
            f"{key_of(order.spec)} {order.question.type}",
            ram_gib=resident_gib(running.process.pid),
            vram_gib=self._reserved_gib,
        )
        if excess:
            news = self._restarts.is_news(time.monotonic(), "memory")
            level = logging.WARNING if news else logging.INFO
            _log.log(level, "the judges' process keeps %s: it is started anew", excess)
            running.process.stop(_POLITE_S)
            self._running = None

    def _has_ended(self, how: str) -> None:
        now = time.monotonic()
        self._running, self._last = None, how
        self._restarts.ended(now)
        level = logging.WARNING if self._restarts.is_news(now, how) else logging.DEBUG
        _log.log(level, "the judges' process %s", how)

    def _ended(self, key: str, running: _Running) -> BackendError:
        ended = running.process.kill(after_s=_POLITE_S)
        words = running.process.last_words()
        if self._closed:
            self._running = None
            return _closed()
        self._has_ended(ended)
        self._deaths[key].append(time.monotonic())
        return TransientError(f"the judges' process {ended}{f': {words}' if words else ''}")

    def _hung(self, key: str, running: _Running) -> TransientError:
        running.process.kill()
        how = f"gave no answer for {self._patience.answer_s:g} s and was ended"
        self._has_ended(how)
        self._deaths[key].append(time.monotonic())
        return TransientError(f"the judges' process {how}")


def _closed() -> BackendError:
    return BackendError("the judges were let go of before this was judged: the run has ended")


def _error_of(reply: Failed) -> NightshootError:
    kinds: dict[Fault, type[NightshootError]] = {
        Fault.INPUT: InputError,
        Fault.TRANSIENT: TransientError,
    }
    return kinds.get(reply.fault, BackendError)(reply.message)
