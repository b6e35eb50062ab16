"""The GPU's process: loads models, keeps them, and makes what its parent asks, line by line.

    python -m nightshoot.tools.diffusion.worker --parent PID [--loader MODULE:FUNCTION]

It speaks on copies of its standard streams; what libraries print goes to stderr. It ends when its
parent does, whatever it is doing.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from nightshoot.errors import ArtifactError, InputError, NightshootError, TransientError
from nightshoot.files import writing_to
from nightshoot.tools.child import end_with, own_streams
from nightshoot.tools.diffusion.engine import Engine
from nightshoot.tools.diffusion.messages import (
    CancelOrder,
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
    line_of,
    order_in,
)
from nightshoot.tools.diffusion.model import Load, Model
from nightshoot.tools.diffusion.orders import Kind, ModelSpec
from nightshoot.tools.diffusion.room import cheaper_to_load, expected_gib, has_ram
from nightshoot.tools.gpu_device import (
    Accelerator,
    TorchAccelerator,
    is_broken,
    reserved_gib,
)

_log = logging.getLogger(__name__)

_GRACE_S = 1.0
"""How long running work may take to notice that the parent is gone. Nothing is lost with it: what
it writes is in a folder of the parent's."""

_SMALLEST_STEP = 0.001
"""Progress finer than this is not sent: nobody sees it."""


class Cancelled(BaseException):
    """Nobody waits for the running order; not an Exception, so that no model takes it for one."""


def load_model(spec: ModelSpec) -> Model:
    """Loads a model of a family that Nightshoot knows. Raises OutOfMemory and InputError."""
    if spec.kind is Kind.IMAGE:
        from nightshoot.tools.diffusion import image_model

        return image_model.load(spec)
    from nightshoot.tools.diffusion import video_model

    return video_model.load(spec)


class Worker:
    """Serves orders one after another; another thread listens for those that cancel."""

    def __init__(
        self,
        engine: Engine,
        orders: BinaryIO,
        replies: BinaryIO,
        *,
        accelerator: Accelerator,
    ) -> None:
        """Keeps the streams, of lines as `messages` has them."""
        self._engine = engine
        self._accelerator = accelerator
        self._orders = orders
        self._replies = replies
        self._queue: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._ending = False

    def serve(self) -> None:
        """Serves until the orders end."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        self._say(Ready())
        while (order := self._queue.get()) is not None:
            self._answer(order)
        self._engine.close()

    def _listen(self) -> None:
        for line in self._orders:
            try:
                order = order_in(line)
            except ValueError:
                _log.warning("this is no order: %r", line[:200])
                continue
            if isinstance(order, CancelOrder):
                self._cancelled.add(order.id)
            else:
                self._queue.put(order)
        self._ending = True
        self._queue.put(None)
        time.sleep(_GRACE_S)
        os._exit(0)

    def _answer(self, order: Order) -> None:
        """Serves one order: the edge of the process, where every error becomes a line."""
        try:
            self._say(self._served(order))
        except Cancelled:
            self._say(Stopped(id=order.id, resident=self._engine.resident))
        except Exception as error:  # noqa: BLE001
            _log.exception("order %d failed", order.id)
            fault = _fault_of(error)
            self._say(
                Failed(
                    id=order.id,
                    fault=fault,
                    message=_message_of(error),
                    resident=self._engine.resident,
                )
            )
            if fault is Fault.BROKEN:
                # An orderly end would wait for a driver that does not answer any more.
                os._exit(1)
        self._cancelled.discard(order.id)

    def _served(self, order: Order) -> Reply:
        if isinstance(order, FactsOrder):
            return Found(id=order.id, facts=self._accelerator.facts())
        if isinstance(order, LoadOrder):
            held = self._engine.load(order.spec)
            return Loaded(id=order.id, most_at_once=held.most, resident=self._engine.resident)
        assert isinstance(order, MakeOrder), "a cancel order never gets here"
        with writing_to(Path(order.requests[0].out).parent):
            results = self._engine.make(
                order.spec,
                order.requests,
                took=partial(self._took, order.id),
                progress=_Telling(self, order.id),
            )
        return Made(
            id=order.id,
            results=tuple(results),
            most_at_once=self._engine.load(order.spec).most,
            resident=self._engine.resident,
            reserved_gib=reserved_gib(),
        )

    def _took(self, order: int, chosen: Sequence[int]) -> None:
        self.check(order)
        self._say(Took(id=order, chosen=tuple(chosen)))

    def check(self, order: int) -> None:
        """Raises Cancelled where nobody waits for this order any more."""
        if self._ending or order in self._cancelled:
            raise Cancelled

    def step(self, order: int, share: float) -> None:
        """Tells the parent how far an order is."""
        self._say(Step(id=order, share=share))

    def _say(self, reply: Reply) -> None:
        try:
            self._replies.write(line_of(reply))
            self._replies.flush()
        except OSError:
            # Nobody listens: the parent is gone.
            os._exit(0)


class _Telling:
    """What a model tells its progress to."""

    def __init__(self, worker: Worker, order: int) -> None:
        self._worker = worker
        self._order = order
        self._told = 0.0

    def __call__(self, share: float) -> None:
        self._worker.check(self._order)
        share = min(1.0, max(0.0, share))
        if abs(share - self._told) >= _SMALLEST_STEP:
            self._told = share
            self._worker.step(self._order, share)


def _fault_of(error: Exception) -> Fault:
    if is_broken(error):
        return Fault.BROKEN
    if isinstance(error, InputError | ImportError):
        return Fault.INPUT
    if isinstance(error, TransientError):
        return Fault.TRANSIENT
    if isinstance(error, ArtifactError):
        return Fault.ARTIFACT
    return Fault.BACKEND


def _message_of(error: Exception) -> str:
    said = " ".join(str(error).split())[:600]
    if isinstance(error, NightshootError):
        return said
    if isinstance(error, ModuleNotFoundError):
        return f'{error.name} is not installed: pip install "nightshoot[gpu]"'
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def named_loader(name: str) -> Load:
    """Gives the function that `MODULE:FUNCTION` names. Raises InputError."""
    module, _, function = name.partition(":")
    try:
        return cast("Load", getattr(importlib.import_module(module), function))
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"there is no loader {name!r}: {error}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--loader", default="")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--vram-gib", type=float, default=None)
    options = parser.parse_args(arguments)
    end_with(options.parent)
    # Ctrl-C is the parent's business, which ends this process when it has tidied up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, replies = own_streams()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        load = named_loader(options.loader) if options.loader else load_model
    except InputError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    accelerator = TorchAccelerator(options.device)
    engine = Engine(
        load,
        accelerator=accelerator,
        limit_gib=options.vram_gib,
        expected_gib=expected_gib,
        has_ram=has_ram,
        cheaper=cheaper_to_load,
    )
    Worker(engine, orders, replies, accelerator=accelerator).serve()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
