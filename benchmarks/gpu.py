"""Diffusion models: our way through the GPU's process, against a plain script with diffusers.

    python benchmarks/gpu.py [--tiny] [--families sd15 sdxl ...] [--count N] [--limit-s S]
                             [--json FILE]

For each family it builds the real architecture with random weights (no download; `--tiny`: a tiny
one, for a machine without a GPU), then makes the same pictures or clips twice: by a plain script,
one after another, and by ours, all handed over at once. Both have the same seeds, size and steps,
each is warmed up first, and what they made is compared. Where few steps are known for the family
they are timed as well; what they make is not compared, since the weights are distilled in truth.

Prints a Markdown table, a row as soon as it is known. Each family runs in a process of its own and
is ended at its time limit; one that fails does not end the run. `--families all` takes every one.
Random weights take as long as trained ones; what they paint is noise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.gpu_plain import plain
from benchmarks.machine import description, table
from nightshoot.errors import NightshootError
from nightshoot.tools.diffusion import random_weights
from nightshoot.tools.diffusion.families import Family, families, family_named
from nightshoot.tools.diffusion.orders import (
    ImageRequest,
    Kind,
    ModelSpec,
    Request,
    Result,
    VideoRequest,
)
from nightshoot.tools.diffusion.presets import in_words, preset
from nightshoot.tools.diffusion.weights import revision_of
from nightshoot.tools.gpu import Config, Gpu

_WAYS = ("plain", "ours", "few")
PROMPTS = ("a boat under the moon, ink and mist", "two guests and a flute on the river")
NEGATIVE = "text, watermark"
ALIKE_DB = 30.0
"""Above this two results count as equal. Source: half precision and kernels of another order differ
by 30 to 50 dB after tens of steps; a wrong seed or prompt gives below 15."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one family did. Times are seconds a picture or a clip."""

    family: str
    size: str
    steps: int
    count: int
    tuning: str = ""
    plain_s: float = 0.0
    ours_s: float = 0.0
    alike_db: float = 0.0
    """The least of all pictures and frames; infinite: the same to the last bit."""
    few_steps: int = 0
    few_s: float = 0.0
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is made of one family."""

    family: Family
    folder: Path
    width: int
    height: int
    steps: int
    frames: int
    count: int

    def seed(self, number: int) -> int:
        return 1000 + number

    def prompt(self, number: int) -> str:
        """Shots share words with their retakes: every second prompt was heard before."""
        return PROMPTS[number % len(PROMPTS)]


def task_of(family: Family, folder: Path, *, tiny: bool, count: int) -> Task:
    """Gives the task at the family's best size, or at a tiny one."""
    multiple = math.lcm(family.size_multiple, 16)
    side = math.isqrt(family.best_pixels) // multiple * multiple
    step, rest = family.frame_rule
    frames = (step + rest if tiny else family.best_frames) if family.kind is Kind.VIDEO else 0
    return Task(
        family=family,
        folder=folder,
        width=multiple * max(1, 64 // multiple) if tiny else side,
        height=multiple * max(1, 64 // multiple) if tiny else side,
        steps=4 if tiny else family.num_inference_steps,
        frames=frames,
        count=count,
    )


def request_of(task: Task, number: int, out: Path, *, few: bool = False) -> Request:
    """Gives one order to the GPU's process."""
    family = task.family
    steps, guidance = task.steps, family.guidance_scale
    if few:
        steps, guidance = family.few_steps, family.few_guidance_scale
    shared: dict[str, Any] = {
        "prompt": task.prompt(number),
        "negative_prompt": NEGATIVE if family.negative_prompt else "",
        "width": task.width,
        "height": task.height,
        "seed": task.seed(number),
        "num_inference_steps": steps,
        "guidance_scale": guidance,
        "out_width": task.width,
        "out_height": task.height,
    }
    if family.kind is Kind.IMAGE:
        return ImageRequest(**shared, out=str(out / f"{number}.png"))
    fps = family.fps or Fraction(24)
    return VideoRequest(
        **shared,
        keyframe=str(task.folder / "keyframe.png"),
        last_frame=str(task.folder / "last.png") if family.last_frame_needed else "",
        stretches=(task.frames,),
        # As the folder has it: a plain script does not fit it to the size.
        flow_shift=_flow_shift(task.folder),
        fps=fps,
        out_fps=fps,
        out_frames=task.frames,
        out=str(out / f"{number}.mp4"),
    )


def orders_of(task: Task, out: Path, *, few: bool) -> list[Request]:
    """Gives all orders of one way; their files go into a folder of its own."""
    out.mkdir()
    return [request_of(task, number, out, few=few) for number in range(task.count)]


def _flow_shift(folder: Path) -> float:
    config = json.loads((folder / "scheduler" / "scheduler_config.json").read_text("utf-8"))
    return float(config.get("flow_shift") or 0.0)


async def ours(gpu: Gpu, spec: ModelSpec, orders: Sequence[Request]) -> tuple[float, str]:
    """Makes all through the GPU's process; gives the seconds of one, and what it told."""

    def handed_over() -> list[Coroutine[Any, Any, Result]]:
        return [gpu.make(spec, order, lambda _: None) for order in orders]

    # Loads and compiles, with a batch of the size that is timed.
    await asyncio.gather(*handed_over())
    began = time.perf_counter()
    results = await asyncio.gather(*handed_over())
    took = (time.perf_counter() - began) / len(orders)
    return took, " ".join(dict.fromkeys(note for result in results for note in result.notes))


def least_alike(one: Sequence[Request], other: Sequence[Request]) -> float:
    """Gives the least PSNR in dB between pictures, or frames of clips, that both made."""
    return min(
        psnr(left, right)
        for first, second in zip(one, other, strict=True)
        for left, right in zip(_seen(Path(first.out)), _seen(Path(second.out)), strict=True)
    )


def psnr(one: Any, other: Any) -> float:
    """Gives the PSNR of two 8-bit pictures in dB; minus infinity where their sizes differ."""
    if one.shape != other.shape:
        return -math.inf
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def _seen(path: Path) -> list[Any]:
    """Gives a picture, or a clip's frames; both ways encode a clip by the same encoder."""
    import cv2

    if path.suffix == ".png":
        return [cv2.imread(str(path), cv2.IMREAD_COLOR)]
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        read, frame = capture.read()
        if not read:
            break
        frames.append(frame)
    capture.release()
    if not frames:
        raise NightshootError(f"{path} holds no frame")
    return frames


def measure(name: str, home: Path, *, tiny: bool, count: int) -> Outcome:
    """Builds a family's model and makes the task both ways."""
    from PIL import Image

    family = family_named(name)
    gpu = Gpu(Config())
    facts = gpu.facts()
    device = "cpu" if facts.device == "none" else facts.device
    half = "float32" if device == "cpu" else "bfloat16"
    folder = random_weights.build(name, home / "model", full=not tiny, dtype=half)
    task = task_of(family, folder, tiny=tiny, count=count)
    for number, place in enumerate(("keyframe.png", "last.png")):
        noise = np.random.default_rng(number).integers(30, 226, (9, 9, 3), np.uint8)
        Image.fromarray(noise).resize((task.width, task.height), Image.Resampling.BICUBIC).save(
            folder / place
        )
    tuning = preset(family, facts.vram_gib, device, folder=folder)
    spec = ModelSpec(
        kind=family.kind,
        family=name,
        path=str(folder),
        revision=revision_of(folder),
        tuning=tuning,
    )
    made = {part: orders_of(task, home / part, few=part == "few") for part in _WAYS}
    try:
        ours_s, notes = asyncio.run(ours(gpu, spec, made["ours"]))
        few_s = 0.0
        if family.few_steps:
            few_s, _ = asyncio.run(ours(gpu, spec, made["few"]))
    finally:
        gpu.close()
    plain_s = plain(spec, device, made["plain"])
    return Outcome(
        family=name,
        size=f"{task.width}x{task.height}" + (f"x{task.frames}" if task.frames else ""),
        steps=task.steps,
        count=count,
        tuning=in_words(tuning),
        plain_s=plain_s,
        ours_s=ours_s,
        alike_db=least_alike(made["plain"], made["ours"]),
        few_steps=family.few_steps,
        few_s=few_s,
        notes=notes,
    )


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="tiny models, for a CPU")
    parser.add_argument("--families", nargs="+", default=["sd15", "sdxl", "flux1", "wan22_5b"])
    parser.add_argument("--count", type=int, default=8, help="pictures or clips of each family")
    parser.add_argument("--limit-s", type=float, default=900, help="each family's time limit")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        outcome = measure(given.one, given.home, tiny=given.tiny, count=given.count)
        print(json.dumps(asdict(outcome)))
        return
    names = given.families if given.families != ["all"] else [one.name for one in families()]
    print(description(), end="\n\n")
    # Row by row: what was measured is there when the run is ended early.
    print(table(_HEADS, []), flush=True)
    outcomes, failed = [], {}
    for name in names:
        found, why = _in_a_process(name, given, given.limit_s)
        if found is None:
            failed[name] = why
            print(f"{name}: {why}", file=sys.stderr, flush=True)
        else:
            outcomes.append(found)
            print(_row(found), flush=True)
    for name, why in failed.items():
        print(f"\n{name} was not measured: {why}.")
    if given.json:
        given.json.write_text(json.dumps([_figures(one) for one in outcomes], indent=2), "utf-8")
    if failed or any(one.alike_db < ALIKE_DB for one in outcomes):
        sys.exit(1)


def _figures(one: Outcome) -> dict[str, object]:
    """Gives an outcome as JSON has it, which knows no infinity."""
    alike = one.alike_db if math.isfinite(one.alike_db) else None
    return asdict(one) | {"alike_db": alike, "same": one.alike_db == math.inf}


def _in_a_process(
    name: str, given: argparse.Namespace, limit_s: float
) -> tuple[Outcome | None, str]:
    """Measures one family; gives its outcome, or None and why there is none."""
    # Made here: a process that is ended leaves its model behind, which may be 100 GB.
    with tempfile.TemporaryDirectory() as home:
        return _measured(name, given, limit_s, home)


def _measured(
    name: str, given: argparse.Namespace, limit_s: float, home: str
) -> tuple[Outcome | None, str]:
    command = [sys.executable, "-W", "ignore", __file__, "--one", name, "--home", home]
    command += ["--count", str(given.count)]
    if given.tiny:
        command.append("--tiny")
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        process = subprocess.Popen(command, stdout=said, stderr=wrong, stdin=subprocess.DEVNULL)
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return None, f"it took longer than {limit_s:g} s"
        finally:
            _end(process)
        said.seek(0)
        wrong.seek(0)
        lines = said.read().strip().splitlines()
        if process.returncode or not lines:
            return None, _reason(wrong.read())
    return Outcome(**json.loads(lines[-1])), ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a family's process and the GPU's process that it may have left."""
    if process.poll() is not None:
        return
    family = psutil.Process(process.pid)
    for one in [*family.children(recursive=True), family]:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def _reason(said: str) -> str:
    """Gives the line that says best what went wrong."""
    lines = said.strip().splitlines() or ["no message"]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|OutOfMemory)\b", line)]
    return (errors or lines)[-1][:300]


_HEADS = (
    "family",
    "size",
    "steps",
    "ours is",
    "plain s",
    "ours s",
    "times",
    "PSNR dB",
    "few-step s",
)


def _row(one: Outcome) -> str:
    cells = (
        one.family,
        one.size,
        str(one.steps),
        one.tuning,
        f"{one.plain_s:.2f}",
        f"{one.ours_s:.2f}",
        f"{one.plain_s / one.ours_s:.2f}",
        "same" if one.alike_db == math.inf else f"{one.alike_db:.1f}",
        f"{one.few_s:.2f} ({one.few_steps})" if one.few_steps else "-",
    )
    return table(_HEADS, [cells]).splitlines()[-1]


if __name__ == "__main__":
    main()
