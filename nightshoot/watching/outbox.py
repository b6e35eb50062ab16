"""Lines for a reader who may be slow, full or gone: nobody who hands in a line waits for it."""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections import deque
from collections.abc import Callable

_log = logging.getLogger(__name__)

_MOST = 10_000
"""How many lines wait at most: about 3 MB of them. Source: a choice; a film of 12 shots has 200."""

_LAST_S = 5.0
"""How long the end of a night waits for the last lines to be taken."""


class Outbox:
    """Writes lines to a file descriptor in a thread of its own.

    A full disk is told once, and the lines are lost until there is room again; `lost` then gives
    the line that says how many. A reader that is gone is told once, and nothing more is written. A
    reader that only stands still loses what does not fit.
    """

    def __init__(
        self,
        handle: int,
        *,
        name: str,
        lost: Callable[[int], bytes],
        write: Callable[[int, bytes | memoryview], int] = os.write,
    ) -> None:
        """Begins to write.

        Args:
            handle: an open file descriptor; it is this object's from now on.
            name: what messages call it.
            lost: gives the line that says how many lines are missing where it stands.
            write: writes to the descriptor, as `os.write` does.
        """
        self._handle = handle
        self._name = name
        self._line_of = lost
        self._write_some = write
        self._lines: deque[bytes] = deque()
        self._dropped = 0
        """How many lines found no room behind those that wait."""
        self._failed = 0
        """How many could not be written since one last could."""
        self._cut = False
        """The last line that was written has no end."""
        self._changed = threading.Condition()
        self._closing = False
        self._gone = False
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
        self._thread.start()

    def put(self, line: bytes) -> None:
        """Hands in a line, without its end; never waits."""
        with self._changed:
            if self._gone or self._closing:
                return
            if len(self._lines) >= _MOST:
                self._dropped += 1
                return
            self._mark()
            self._lines.append(line)
            self._changed.notify()

    def close(self, timeout_s: float = _LAST_S) -> None:
        """Writes what is left, and closes; gives up where nobody takes it in time."""
        with self._changed:
            self._mark()
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def _mark(self) -> None:
        """Says where lines found no room."""
        if self._dropped:
            self._lines.append(self._line_of(self._dropped))
            self._dropped = 0

    def _work(self) -> None:
        told = False
        try:
            while (line := self._next()) is not None:
                try:
                    self._write(line)
                    told = False
                except OSError as error:
                    self._failed += 1
                    if error.errno == errno.EPIPE:
                        self._stop()
                    if not told:
                        self._tell(error)
                    told = True
        finally:
            os.close(self._handle)

    def _next(self) -> bytes | None:
        """Waits for a line and gives it, or None at the end."""
        with self._changed:
            while not self._lines and not self._closing:
                self._changed.wait()
            return self._lines.popleft() if self._lines else None

    def _stop(self) -> None:
        """Takes no more lines: the reader is gone."""
        with self._changed:
            self._gone = self._closing = True
            self._lines.clear()

    def _tell(self, error: OSError) -> None:
        then = "no more is written to it" if self._gone else "lines are lost until it can be again"
        why = error.strerror or type(error).__name__
        _log.warning("%s cannot be written to (%s): %s", self._name, why, then)

    def _write(self, line: bytes) -> None:
        if self._failed:
            line = self._line_of(self._failed) + b"\n" + line
        # What was cut short must not be joined to what follows.
        left = memoryview((b"\n" if self._cut else b"") + line + b"\n")
        while left:
            written = self._write_some(self._handle, left)
            self._cut = written > 0 and left[written - 1] != ord("\n")
            left = left[written:]
        self._failed = 0
