"""What a claim costs an action: the same free actions, made with and without claims.

    python benchmarks/claims.py [--actions N] [--rounds N]

Prints a table and changes nothing else. The difference of the two is what keeps two processes from
making the same action at the same time.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import description, table
from nightshoot.artifacts import Action, ActionLog, Made, Store
from nightshoot.budget import Budget
from nightshoot.domain.shot import Estimate


async def nothing(scratch: Path) -> Made:
    return Made()


def action(number: int) -> Action:
    return Action(tool="t", version="1", request=Estimate(gpu_s=number))


async def made(folder: Path, actions: int, *, claimed: bool) -> tuple[float, float]:
    """Gives CPU and wall milliseconds an action."""
    log, budget = ActionLog(Store(folder / "store")), Budget(folder / "ledger", account="a")
    perform = log.perform if claimed else log.perform_unclaimed
    try:
        await perform(action(0), nothing, budget=budget)
        cpu, wall = time.process_time(), time.perf_counter()
        for number in range(actions):
            await perform(action(number + 1), nothing, budget=budget)
        spent = time.process_time() - cpu, time.perf_counter() - wall
    finally:
        log.close()
        budget.close()
    return spent[0] * 1000 / actions, spent[1] * 1000 / actions


def measured(what: str, count: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(made(Path(folder), count, claimed=what == "claimed"))


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    print(description(), end="\n\n")
    rows: dict[str, list[tuple[float, float]]] = {"claimed": [], "unclaimed": []}
    for _ in range(options.rounds):
        for what, row in rows.items():
            row.append(measured(what, options.actions))
    heads = ("what", "CPU ms", "least CPU ms", "wall ms")
    cells = [
        [
            what,
            f"{statistics.median(cpu for cpu, _ in row):.3f}",
            f"{min(cpu for cpu, _ in row):.3f}",
            f"{statistics.median(wall for _, wall in row):.3f}",
        ]
        for what, row in rows.items()
    ]
    print(table(heads, cells))


if __name__ == "__main__":
    main()
