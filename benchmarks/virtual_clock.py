"""An event loop whose time jumps to whatever comes next: nights in milliseconds, always the same.

    seconds = run(night())     # asyncio.sleep, timeouts and loop.time() are all virtual

Only what waits for time or for other tasks may run in it: threads and sockets know no virtual time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

Result = TypeVar("Result")


class Stuck(Exception):
    """Every task waits for another one: a wake-up was lost."""


class _Jumping(selectors.BaseSelector):
    """Where the loop would sleep, puts its clock forward instead."""

    def __init__(self) -> None:
        self.now = 0.0
        self._real = selectors.DefaultSelector()

    def register(
        self,
        fileobj: Any,
        events: int,
        data: Any = None,
    ) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if not ready:
            if timeout is None:
                raise Stuck("every task waits for another one")
            self.now += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop at whose start it is 0 o'clock, and that never sleeps."""

    def __init__(self) -> None:
        self._clock = _Jumping()
        super().__init__(self._clock)

    def time(self) -> float:
        """Gives the virtual time in seconds."""
        return self._clock.now


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Runs a coroutine in a virtual loop; gives what it gives.

    Raises:
        Stuck: nothing can ever happen again.
    """
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
