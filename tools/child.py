"""A process of ours that is spoken to in lines: both ends of its pipes.

The parent starts, hears and ends it by `ChildProcess`; the child calls `end_with` and
`own_streams` first. What the lines mean is their business.
"""

from __future__ import annotations

import ctypes
import logging
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import IO, BinaryIO

_log = logging.getLogger(__name__)

_KEPT_LINES = 40
"""Lines of stderr that are kept; a traceback of torch fits."""

_FRESH_S = 3.0
"""How old a process's last words may be when it is found dead: it is looked at every second."""

_JOIN_S = 2.0
"""How long a reading thread may need once the process is gone. It needs longer only where a
grandchild that left the process group still holds the pipe."""


class ChildProcess:
    """One run of a module. Its threads read and write; whoever owns it decides.

    `heard` and `gone` are called from a thread: with each line, and once when there will be no
    more of them.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        title: str,
        heard: Callable[[bytes], None],
        gone: Callable[[], None],
    ) -> None:
        """Starts it.

        Args:
            module: is run as `python -m MODULE --parent PID ARGUMENTS`.
            arguments: for its command line.
            title: names it in the log.
            heard: is told each line.
            gone: is told that it has ended.

        Raises:
            OSError: the system refuses.
        """
        self._title = title
        self._heard = heard
        self._gone = gone
        self._tail: deque[tuple[float, str]] = deque(maxlen=_KEPT_LINES)
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # -P: a folder that happens to hold a torch.py is not where modules come from.
        python = [sys.executable, "-P", "-X", "faulthandler"]
        self._process = subprocess.Popen(
            [*python, "-m", module, "--parent", str(os.getpid()), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own: Ctrl-C goes to the parent alone, and a kill takes children too.
            start_new_session=True,
        )
        self._threads = [
            threading.Thread(target=target, name=f"{title}-{name}", daemon=True)
            for name, target in (
                ("writes", self._write),
                ("reads", self._read),
                ("errors", self._read_errors),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def say(self, line: bytes) -> None:
        """Sends a line, without waiting; to a process that is gone, it is lost."""
        self._outbox.put(line)

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """Gives the line of stderr that says best why it ended, shortened; empty: none does.

        Only what it wrote just now counts: a warning of an hour ago would mislead.
        """
        since = time.monotonic() - _FRESH_S
        lines = [" ".join(line.split()) for at, line in self._tail.copy() if at >= since]
        errors = [line for line in lines if re.search("error|fatal", line, re.IGNORECASE)]
        return (errors or lines or [""])[-1][-300:]

    def stop(self, polite_s: float) -> None:
        """Closes its stdin, on which it ends; kills it where it does not in time."""
        self._outbox.put(None)
        self.kill(after_s=polite_s)

    def kill(self, *, after_s: float = 0.0) -> str:
        """Ends it and its children; says how it ended, in words.

        Args:
            after_s: how long it may take to end by itself, so that its own exit code is known.
        """
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(after_s)
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._outbox.put(None)
        for thread in self._threads:
            thread.join(_JOIN_S)
        return _ended(self._process.returncode)

    def _write(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError), self._process.stdin as stream:
            while (line := self._outbox.get()) is not None:
                stream.write(line)
                stream.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._heard(line)
        self._gone()

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in _lines(stream):
                self._tail.append((time.monotonic(), line))
                _log.debug("%s: %s", self._title, line)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Gives lines as they are written; a progress bar's carriage return ends one too."""
    rest = b""
    while chunk := os.read(stream.fileno(), 65_536):
        *whole, rest = re.split(rb"[\r\n]+", rest + chunk)
        # What never ends a line does not fill the memory either.
        rest = rest[-4096:]
        yield from (line.decode(errors="replace") for line in whole if line.strip())
    if rest.strip():
        yield rest.decode(errors="replace")


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    hint = " (the computer's memory may be full)" if name == "SIGKILL" else ""
    return f"was ended by {name}{hint}"


def end_with(parent: int) -> None:
    """Has the kernel end this process with its parent, even where Python cannot run."""
    if sys.platform != "linux":
        return
    # Source: prctl(2), PR_SET_PDEATHSIG.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Gives copies of stdin and stdout, and leaves libraries an empty stdin and stderr instead."""
    given, said = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(given, "rb"), os.fdopen(said, "wb")
