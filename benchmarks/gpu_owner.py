"""What the one owner of the GPU costs and saves, with models that take no time and no memory.

    python benchmarks/gpu_owner.py [--requests N] [--load-s SECONDS]

Prints tables and changes nothing else. Needs no GPU and no torch: the models are fakes in the real
process, so a figure is what the queue, the pipes and the process add to any model's own time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import description, table
from nightshoot.tools.diffusion.fake_model import Traits
from nightshoot.tools.diffusion.orders import ImageRequest, Kind, ModelSpec
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.gpu import Config, Gpu


class Bench:
    """Fake models in a folder, and one owner of the GPU with room for one of them."""

    def __init__(self, folder: Path, gpu: Gpu) -> None:
        self.folder = folder
        self.gpu = gpu

    def model(self, name: str, *, at_once: int, load_s: float = 0.0) -> ModelSpec:
        path = self.folder / name
        path.mkdir()
        traits = Traits(gib=1.0, most_at_once=at_once, load_s=load_s)
        (path / "traits.json").write_text(traits.model_dump_json())
        return ModelSpec(
            kind=Kind.IMAGE, family="fake", path=str(path), revision="1", tuning=Tuning()
        )

    async def make(self, spec: ModelSpec, number: int) -> float:
        """Has one request made; gives how long the caller waited beyond the model's own time."""
        request = ImageRequest(
            prompt='{"steps": 20}',
            width=64,
            height=64,
            seed=number,
            num_inference_steps=20,
            guidance_scale=1.0,
            out_width=64,
            out_height=64,
            out=str(self.folder / f"{number}.txt"),
        )
        begun = time.perf_counter()
        result = await self.gpu.make(spec, request, lambda share: None)
        return time.perf_counter() - begun - result.gpu_s

    def log(self, event: str) -> list[dict[str, int]]:
        lines = (self.folder / "log.jsonl").read_text().splitlines()
        return [one for line in lines if (one := json.loads(line))["event"] == event]


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        gpu = Gpu(Config(vram_gib=1.5), loader="nightshoot.tools.diffusion.fake_model:load")
        try:
            yield Bench(Path(folder), gpu)
        finally:
            gpu.close()


def measured(run: Callable[[Bench], Coroutine[object, object, list[str]]]) -> list[str]:
    with bench() as one:
        return asyncio.run(run(one))


async def overhead(one: Bench, at_once: int, requests: int) -> list[str]:
    spec = one.model("m", at_once=at_once)
    begun = time.perf_counter()
    await one.make(spec, 0)
    first = time.perf_counter() - begun
    waits = [await one.make(spec, number) for number in range(requests)]
    p95 = statistics.quantiles(waits, n=20)[-1]
    middle = statistics.median(waits)
    return [str(at_once), f"{first:.2f}", f"{middle * 1000:.2f}", f"{p95 * 1000:.2f}"]


async def throughput(one: Bench, at_once: int, requests: int) -> list[str]:
    spec = one.model("m", at_once=at_once)
    await one.make(spec, 0)
    begun = time.perf_counter()
    await asyncio.gather(*(one.make(spec, number) for number in range(requests)))
    spent = time.perf_counter() - begun
    batches = [line["at_once"] for line in one.log("make")[1:]]
    mean = statistics.mean(batches)
    return [str(at_once), str(requests), str(len(batches)), f"{mean:.1f}", f"{spent:.3f}"]


async def swaps(one: Bench, way: str, load_s: float, each: int) -> list[str]:
    specs = [one.model(name, at_once=4, load_s=load_s) for name in "abc"]
    orders = [(specs[number % 3], number) for number in range(3 * each)]
    begun = time.perf_counter()
    if way == "first come, first served":
        for spec, number in orders:
            await one.make(spec, number)
    else:
        await asyncio.gather(*(one.make(spec, number) for spec, number in orders))
    spent = time.perf_counter() - begun
    loads = len(one.log("load"))
    return [way, str(3 * each), str(loads - 1), str(len(one.log("make"))), f"{spent:.2f}"]


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--load-s", type=float, default=0.1)
    options = parser.parse_args()
    print(description(), end="\n\n")
    rows = [measured(partial(overhead, at_once=n, requests=options.requests)) for n in (1, 4)]
    heads = ("model takes at once", "first request, s", "overhead median, ms", "overhead p95, ms")
    print("One request after another: what the owner adds.\n")
    print(table(heads, rows), end="\n\n")
    rows = [measured(partial(throughput, at_once=n, requests=options.requests)) for n in (1, 4, 8)]
    print("All requests at once: the batches that are formed.\n")
    heads_of = ("model takes at once", "requests", "calls", "requests a call", "s")
    print(table(heads_of, rows), end="\n\n")
    ways = ("first come, first served", "grouped")
    rows = [measured(partial(swaps, way=w, load_s=options.load_s, each=20)) for w in ways]
    print(f"Three models in turn, room for one, {options.load_s:g} s to load.\n")
    print(table(("order", "requests", "swaps", "calls", "s"), rows))


if __name__ == "__main__":
    main()
