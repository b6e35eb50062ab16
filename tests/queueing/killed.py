"""A runner in a process of its own, which stops dead at a chosen place, to be killed there.

    python killed.py FOLDER STEPS [NUMBER PLACE]

It begins once `go` exists. Its films are made of steps, each done once and never again, as the
action log has it; a film that two processes make at once is written into `faults`. Where it comes
to PLACE for the NUMBERth time, it writes `held-PID` and never goes on: whoever kills it then kills
it there, with a film in its hands, however fast or busy the machine is.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path

import filelock

from nightshoot.batch import Order, Runner
from nightshoot.domain.limits import Used
from nightshoot.queueing import Leases, Owner, Queue, SystemClock
from nightshoot.workplace import Report


class Leash:
    """Lets a process come as far as one place, and no further."""

    def __init__(self, out: Path, number: int, place: str) -> None:
        self._out, self._left, self._place = out, number, place
        self._lock = threading.Lock()
        self._held = threading.Event()

    def __call__(self, place: str) -> None:
        """Goes on, or never more: then no other thread gets past any place either."""
        with self._lock:
            self._left -= place == self._place
            last = self._left == 0 and place == self._place
        if last:
            self._held.set()
            (self._out / f"held-{os.getpid()}").touch()
        while self._held.is_set():
            time.sleep(60)


def make(order: Order, *, out: Path, steps: int, leash: Leash) -> Report:
    """Makes a film step by step; each step costs a tenth of a dollar before it is known to."""
    order.folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(order.folder / "lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        _append(out / "faults", f"{order.folder.name} is made twice at once")
        raise
    with lock:
        for number in range(steps):
            done = order.folder / f"step-{number}"
            if done.exists():
                continue
            time.sleep(0.001)
            leash("asked")
            _append(order.folder / "paid", "0.1")
            leash("paid")
            _append(order.folder / f"made-{number}", str(os.getpid()))
            leash("made")
            done.touch()
        leash("ended")
    return Report(
        film=str(order.folder / "film.mp4"), folder=str(order.folder), duration_s=1.0, frames=24,
        fps=24.0, size="128x228", shots=1, takes=1, rejected=0, flagged=0, flagged_shots=(),
        actions={"made": steps, "reused": 0}, cost_usd=0.0, wall_s=0.1, writer="", image="",
        video="", voice="", music="",
    )  # fmt: skip


def spent(folder: Path) -> Used:
    paid = folder / "paid"
    return Used(usd=sum(map(float, paid.read_text().split())) if paid.is_file() else 0.0)


def _append(file: Path, line: str) -> None:
    with file.open("a") as handle:
        handle.write(line + "\n")


def main() -> None:
    out, steps = Path(sys.argv[1]), int(sys.argv[2])
    leash = Leash(out, *((int(sys.argv[3]), sys.argv[4]) if len(sys.argv) > 3 else (0, "")))
    clock = SystemClock()
    queue = Queue(out / "batch.sqlite", clock=clock)
    leases = Leases(queue=queue, owner=Owner.here(), clock=clock, out=out, slug=str, spent=spent)
    _append(out / "begun", str(os.getpid()))
    runner = Runner(
        leases=leases,
        make=lambda order: asyncio.to_thread(make, order, out=out, steps=steps, leash=leash),
        clock=clock,
        films_at_once=2,
        poll_s=0.05,
        beat_s=0.1,
    )
    while not (out / "go").exists():
        time.sleep(0.005)
    (out / "ended").write_text(runner.run().ended)


if __name__ == "__main__":
    main()
