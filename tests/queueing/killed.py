"""A runner in a process of its own, which may be killed at any moment; it begins once `go` exists.

    python killed.py FOLDER STEPS

Its films are made of steps, each done once and never again, as the action log has it; a film that
two processes make at once, or a step that is done twice, is written into `faults`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import filelock

from nightshoot.batch import Order, Runner
from nightshoot.queueing import Leases, Owner, Queue, SystemClock
from nightshoot.workplace import Report


def make(order: Order, *, out: Path, steps: int) -> Report:
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
            time.sleep(0.004)
            _append(order.folder / "paid", "0.1")
            _append(order.folder / f"made-{number}", str(os.getpid()))
            done.touch()
    return Report(
        film=str(order.folder / "film.mp4"), folder=str(order.folder), duration_s=1.0, frames=24,
        fps=24.0, size="128x228", shots=1, takes=1, rejected=0, flagged=0, flagged_shots=(),
        actions={"made": steps, "reused": 0}, cost_usd=0.0, wall_s=0.1, writer="", image="",
        video="", voice="", music="",
    )  # fmt: skip


def spent(folder: Path) -> float:
    paid = folder / "paid"
    return sum(map(float, paid.read_text().split())) if paid.is_file() else 0.0


def _append(file: Path, line: str) -> None:
    with file.open("a") as handle:
        handle.write(line + "\n")


def main() -> None:
    out, steps = Path(sys.argv[1]), int(sys.argv[2])
    clock = SystemClock()
    queue = Queue(out / "batch.sqlite", clock=clock)
    leases = Leases(queue=queue, owner=Owner.here(), clock=clock, out=out, slug=str, spent=spent)
    _append(out / "begun", str(os.getpid()))
    runner = Runner(
        leases=leases,
        make=lambda order: make(order, out=out, steps=steps),
        clock=clock,
        films_at_once=2,
        poll_s=0.05,
        beat_s=0.1,
    )
    while not (out / "go").exists():
        time.sleep(0.005)
    sys.stdout.write(runner.run().ended)


if __name__ == "__main__":
    main()
