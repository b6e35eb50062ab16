"""What the graphs themselves cost: CPU and checkpoint bytes a shot, with steps that do nothing.

    python benchmarks/graph.py [--shots 100 500 1000 2000]

Prints a table. The steps under the graphs are no-ops; everything else, the film graph, the shot
graphs, the SQLite checkpoints and their durability, is what a real run uses.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from nightshoot.errors import BackendError
from nightshoot.events import Stage
from nightshoot.graphs.checkpoints import Checkpoints
from nightshoot.graphs.context import FilmContext, Turn
from nightshoot.graphs.film import compiled_film_graph

DIGEST = "0" * 64


class NoWork:
    """Every step of a film, answered at once with a reference of the usual length."""

    def __init__(self, shots: int) -> None:
        self.shots = [f"s{number:04}" for number in range(shots)]

    async def conceive(self) -> str:
        return DIGEST

    async def write(self, concept: str) -> str:
        return DIGEST

    async def board(self, concept: str, screenplay: str) -> str:
        return DIGEST

    async def approved(self, stage: Stage, reference: str) -> str:
        return reference

    async def open(self, storyboard: str) -> Sequence[str]:
        return self.shots

    async def begin(self, shot: str) -> str:
        return DIGEST

    async def keyframe(self, order: str, takes: Mapping[str, str]) -> Turn:
        return Turn(takes={"1": DIGEST}, then="take", order=DIGEST)

    async def film(self, order: str, takes: Mapping[str, str], ended: str) -> Turn:
        return Turn(takes=takes, then="end", ended="passed")

    async def leave(self, shot: str, error: BackendError) -> None:
        raise error

    async def begun_anew(self) -> Collection[str]:
        return ()

    def complete(self) -> None:
        pass

    async def settle(self, shot: str, takes: Mapping[str, str], ended: str) -> str:
        return DIGEST

    async def approve(self, waiting: Mapping[str, str]) -> None:
        pass

    async def mismatched(self, storyboard: str, shots: Mapping[str, str]) -> Mapping[str, Turn]:
        return {}

    async def matched(
        self, storyboard: str, shots: Mapping[str, str], again: Collection[str]
    ) -> Mapping[str, str]:
        return shots

    async def preview(self, storyboard: str) -> None:
        pass

    async def cut(self, storyboard: str, shots: Sequence[str]) -> str:
        return DIGEST

    async def finish(self, cut: str, shots: Sequence[str]) -> str:
        return DIGEST

    def stage_started(self, stage: Stage, units: int = 1) -> None:
        pass

    def stage_finished(self, stage: Stage) -> None:
        pass


async def measure(shots: int) -> tuple[float, float]:
    """Gives CPU milliseconds and checkpoint kilobytes a shot for a film of so many shots."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoints.sqlite"
        async with Checkpoints.from_conn_string(str(path)) as saver:
            work = NoWork(shots)
            context = FilmContext(
                thread="film",
                writing=work,
                shooting=work,
                cutting=work,
                following=work,
                checkpointer=saver,
            )
            graph = compiled_film_graph(saver)
            begun = time.process_time()
            await graph.ainvoke(
                {}, {"configurable": {"thread_id": "film"}}, context=context, durability="async"
            )
            cpu = time.process_time() - begun
        return cpu * 1000 / shots, path.stat().st_size / 1024 / shots


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, nargs="+", default=[100, 500, 1000, 2000])
    counts = parser.parse_args().shots
    asyncio.run(measure(20))
    print("| shots | CPU ms a shot | checkpoint KB a shot |\n|---|---|---|")
    for count in counts:
        cpu, size = asyncio.run(measure(count))
        print(f"| {count} | {cpu:.2f} | {size:.2f} |", flush=True)


if __name__ == "__main__":
    main()
