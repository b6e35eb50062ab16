"""Time as a queue sees it: given in, so that nights can be played in a moment."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and waits."""

    def wall(self) -> float:
        """Gives seconds since the epoch; it may jump either way when it is set."""
        ...

    def monotonic(self) -> float:
        """Gives seconds since some moment; it never goes back."""
        ...

    def wait(self, event: threading.Event, timeout_s: float) -> None:
        """Waits until the event is set, at most so long."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def wall(self) -> float:
        """Gives seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Gives seconds since some moment."""
        return time.monotonic()

    def wait(self, event: threading.Event, timeout_s: float) -> None:
        """Waits until the event is set, at most so long."""
        event.wait(timeout_s)
