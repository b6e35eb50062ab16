"""The GPU's process as its parent holds it: orders go in, replies come out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from nightshoot.tools.child import ChildProcess
from nightshoot.tools.diffusion.messages import Order, Reply, line_of, reply_in

_log = logging.getLogger(__name__)


class GpuProcess(ChildProcess):
    """One run of the worker. Its threads read and write; whoever owns it decides.

    `heard` and `gone` are called from a thread: with each reply, and once when there will be no
    more of them.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        heard: Callable[[GpuProcess, Reply], None],
        gone: Callable[[GpuProcess], None],
    ) -> None:
        """Starts it. Raises OSError where the system refuses."""

        def read(line: bytes) -> None:
            try:
                reply = reply_in(line)
            except ValueError:
                _log.debug("the GPU's process printed %r", line[:200])
                return
            heard(self, reply)

        super().__init__(
            "nightshoot.tools.diffusion.worker",
            arguments,
            title="gpu",
            heard=read,
            gone=lambda: gone(self),
        )

    def send(self, order: Order) -> None:
        """Sends an order, without waiting; to a process that is gone, it is lost."""
        self.say(line_of(order))
