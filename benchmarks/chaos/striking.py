"""Runners that are killed with signal 9: after a while, before a write, or by the provider.

A runner is the command line itself. It is forked from this process, which has imported everything
already, so that a start costs a tenth of a second and not two; now and then it is started from
nothing, so that kills land in the imports too.
"""

from __future__ import annotations

import json
import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Blow(StrEnum):
    """What kills a runner."""

    TIME = "after a while"
    GROUP = "after a while, with its children"
    BOOT = "after a while, started from nothing"
    WRITE = "before a write to a database"
    FILE = "before a change to a folder"
    PROVIDER = "by the provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """When a runner is killed."""

    blow: Blow
    after_s: float = 0.0
    nth: int = 0
    moment: str = ""

    @classmethod
    def drawn(cls, chance: random.Random) -> Stroke:
        """Gives one, early moments as often as late ones by their order of magnitude."""
        blow = chance.choice(
            (Blow.TIME, Blow.GROUP, Blow.WRITE, Blow.WRITE, Blow.FILE, Blow.PROVIDER, Blow.PROVIDER)
        )
        if chance.random() < 0.08:
            blow = Blow.BOOT
        late = {Blow.WRITE: 400, Blow.FILE: 600, Blow.PROVIDER: 5}.get(blow, 0)
        return cls(
            blow=blow,
            after_s=chance.uniform(0.1, 4.0),
            nth=round(math.exp(chance.uniform(0.0, math.log(late)))) if late else 0,
            moment=chance.choice(
                ("asked", "taken", "taken", "answered", "answered", "told", "file")
            )
            if blow is Blow.PROVIDER
            else "",
        )


@dataclass(slots=True, kw_only=True)
class Runner:
    """A runner that was started."""

    pid: int
    begun: float
    stroke: Stroke | None
    code: int | None = None
    """How it ended: the signal as a negative number, as `subprocess` has it."""

    def ended(self) -> bool:
        """Whether it is over."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def struck_if_due(self) -> None:
        """Kills it where its time has come."""
        stroke = self.stroke
        if stroke is None or self.ended() or time.monotonic() - self.begun < stroke.after_s:
            return
        if stroke.blow in (Blow.TIME, Blow.BOOT):
            os.kill(self.pid, signal.SIGKILL)
        elif stroke.blow is Blow.GROUP:
            os.killpg(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Kills it and its children, unless it has ended."""
        if self.ended():
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        while not self.ended():
            time.sleep(0.01)


def started(
    words: Sequence[str], place: Path, environment: Mapping[str, str], stroke: Stroke | None
) -> Runner:
    """Starts `nightshoot WORDS` in a folder; what it says goes to `said.txt` there."""
    if stroke is not None and stroke.blow is Blow.BOOT:
        with (place / "said.txt").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "nightshoot", *words], cwd=place, env=dict(environment),
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        # Who waits for it is `Runner`.
        process.returncode = 0
        return Runner(pid=process.pid, begun=time.monotonic(), stroke=stroke)
    pid = forked(lambda: _run(words, environment, stroke), place, "said.txt")
    return Runner(pid=pid, begun=time.monotonic(), stroke=stroke)


def told_to_strike(provider: Path, stroke: Stroke, pids: Sequence[int]) -> None:
    """Has the provider kill the runners at a moment of its own."""
    file = provider / "strike.json"
    new = file.with_suffix(".new")
    order = {"moment": stroke.moment, "nth": stroke.nth, "pids": list(pids), "at": time.time()}
    new.write_text(json.dumps(order))
    new.replace(file)


def forked(work: Callable[[], int], place: Path, said: str) -> int:
    """Does work in a child of this process, in a session of its own; gives its number."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(place)
        out = os.open(place / said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 the edge of a process
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        # A thread that hangs would keep `exit` waiting; so it would in a real runner.
        os._exit(code)


def _run(words: Sequence[str], environment: Mapping[str, str], stroke: Stroke | None) -> int:
    from nightshoot.cli import main

    os.environ.clear()
    os.environ.update(environment)
    if stroke is not None and stroke.blow in (Blow.WRITE, Blow.FILE):
        _watch(stroke)
    main(list(words), prog_name="nightshoot", standalone_mode=True)
    return 0


_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir"})
"""Audit events that change a folder. Source: Python's table of audit events."""

_WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "REPLACE")


def _watch(stroke: Stroke) -> None:
    """Kills this process just before its nth write to any database, or change to any folder."""
    count = [0]

    def strike() -> None:
        count[0] += 1
        if count[0] >= stroke.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(statement: str) -> None:
        if statement.lstrip()[:7].upper().startswith(_WRITES):
            strike()

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **named)
        connection.set_trace_callback(traced)
        return connection

    def hear(event: str, given: tuple[object, ...]) -> None:
        if event in _CHANGES or (event == "open" and _opens_to_write(given)):
            strike()

    if stroke.blow is Blow.FILE:
        sys.addaudithook(hear)
        return
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    setattr(sqlite3, "connect", connected)  # noqa: B010 it has overloads, this has not


def _opens_to_write(given: tuple[object, ...]) -> bool:
    flags = given[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
