"""The judges' process: loads models, keeps them, and answers what its parent asks, line by line.

    python -m nightshoot.tools.judges.worker --parent PID

It speaks on copies of its standard streams; what libraries print goes to stderr. It ends when its
parent does, whatever it is doing.
"""

from __future__ import annotations

import argparse
import logging
import os
import queue
import signal
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import BinaryIO

from nightshoot.errors import InputError, NightshootError, TransientError
from nightshoot.tools.child import end_with, own_streams
from nightshoot.tools.gpu_device import reserved_gib
from nightshoot.tools.judges.messages import (
    Answered,
    Engine,
    Failed,
    Fault,
    ModelSpec,
    Order,
    key_of,
    line_of,
    order_in,
)
from nightshoot.tools.judges.model import Model

_log = logging.getLogger(__name__)

_ENGINES = {
    Engine.TOWERS: "towers",
    Engine.VISION: "towers",
    Engine.CLASSIFIER: "classifiers",
    Engine.OPEN_NSFW: "classifiers",
    Engine.OCR: "reader",
    Engine.WHISPER: "recognisers",
    Engine.FASTER_WHISPER: "recognisers",
}
"""The module whose `load` loads a model of the engine."""


def load_model(spec: ModelSpec) -> Model:
    """Loads a model. Raises InputError where its files or a package will not do."""
    model: Model = import_module(f"nightshoot.tools.judges.{_ENGINES[spec.engine]}").load(spec)
    return model


class Worker:
    """Answers orders one after another; another thread listens, to notice the parent's end."""

    def __init__(self, orders: BinaryIO, replies: BinaryIO) -> None:
        """Keeps the streams, of lines as `messages` has them."""
        self._orders = orders
        self._replies = replies
        self._queue: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._models: dict[str, Model] = {}

    def serve(self) -> None:
        """Serves until the process ends with its orders."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        while True:
            self._answer(self._queue.get())

    def _listen(self) -> None:
        for line in self._orders:
            try:
                self._queue.put(order_in(line))
            except ValueError:
                _log.warning("this is no order: %r", line[:200])
        # Nobody waits for an answer, and nothing is written to files.
        os._exit(0)

    def _answer(self, order: Order) -> None:
        """Answers one order: the edge of the process, where every error becomes a line."""
        reply: Answered | Failed
        try:
            answer = self._model(order.spec).ask(order.question)
            reply = Answered(id=order.id, answer=answer, reserved_gib=reserved_gib())
        except Exception as error:  # noqa: BLE001
            _log.exception("order %d failed", order.id)
            reply = Failed(id=order.id, fault=_fault_of(error), message=_message_of(error))
        try:
            self._replies.write(line_of(reply))
            self._replies.flush()
        except OSError:
            # Nobody listens: the parent is gone.
            os._exit(0)

    def _model(self, spec: ModelSpec) -> Model:
        key = key_of(spec)
        if key not in self._models:
            self._models[key] = load_model(spec)
        return self._models[key]


def _fault_of(error: Exception) -> Fault:
    if isinstance(error, InputError | ImportError):
        return Fault.INPUT
    if isinstance(error, TransientError | MemoryError):
        return Fault.TRANSIENT
    return Fault.BACKEND


def _message_of(error: Exception) -> str:
    said = " ".join(str(error).split())[:600]
    if isinstance(error, NightshootError):
        return said
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed, which this judge needs: see docs/judges.md"
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    options = parser.parse_args(arguments)
    end_with(options.parent)
    # Ctrl-C is the parent's business, which ends this process when it has tidied up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, replies = own_streams()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    Worker(orders, replies).serve()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
