"""A model for tests of the GPU's process: no torch, no weights, and it misbehaves on demand.

It is a stand-in and named so; nothing leads to it but a loader's name. Its folder, `spec.path`,
holds `traits.json`; what was done is added to `log.jsonl` beside that folder, in order; the prompt
of a request says how that request behaves, as the JSON of `Behaviour`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from nightshoot.domain.value import Value
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.diffusion.model import Model, OutOfMemory
from nightshoot.tools.diffusion.orders import ModelSpec, Request, Result
from nightshoot.tools.protocols import Progress


class Harm(StrEnum):
    """How it misbehaves."""

    NONE = "none"
    KILL = "kill"
    EXIT = "exit"
    SEGFAULT = "segfault"
    HANG = "hang"
    INPUT = "input"
    TRANSIENT = "transient"
    BACKEND = "backend"
    BUG = "bug"
    """An error that nobody foresaw."""
    CUDA = "cuda"
    """A fault of the device, as torch raises it."""
    DISK = "disk"
    """The disk is full."""
    FULL = "full"
    """Out of memory, as torch raises it."""


class Behaviour(Value):
    """What one request does."""

    harm: Harm = Harm.NONE
    times: int = 1_000_000
    """How often it does harm; counted in the model's folder, so across processes."""
    steps: int = 2
    step_s: float = 0.0
    leak_mib: int = 0
    """How much memory it takes and keeps for as long as the model is loaded."""
    gated: bool = False
    """Its first step takes until there is a file `make.go` in the model's folder."""
    noise: bool = False
    """It prints to stdout: by Python, by the file descriptor, and by a child process."""


class Traits(Value):
    """What the model is like."""

    gib: float = 1.0
    most_at_once: int = 4
    load_s: float = 0.0
    """How long loading takes."""
    gated: bool = False
    """Loading takes until there is a file `load.go` in its folder."""
    load_harm: Harm = Harm.NONE
    load_times: int = 1_000_000
    room: float = 1e9
    """How many pixels of requests fit at once at the first setting."""
    settings: tuple[str, ...] = ()
    """The cheaper settings; each doubles the room."""


class FakeModel:
    """One loaded fake."""

    def __init__(self, spec: ModelSpec, traits: Traits) -> None:
        self._spec = spec
        self._traits = traits
        self._cheaper = 0
        self._folder = Path(spec.path)
        self._leaked: list[bytes] = []

    @property
    def gib(self) -> float:
        """As its traits say."""
        return self._traits.gib

    @property
    def most_at_once(self) -> int:
        """As its traits say."""
        return self._traits.most_at_once

    def fits_together(self, one: Request, other: Request) -> bool:
        """Goes by the size and the steps."""
        return (one.width, one.height, one.num_inference_steps) == (
            other.width,
            other.height,
            other.num_inference_steps,
        )

    def make(self, requests: Sequence[Request], progress: Progress) -> list[Result]:
        """Writes a small text for each request; harms what its prompt says."""
        _note(self._folder, "make", at_once=len(requests))
        begun = time.monotonic()
        ways = [_behaviour(request) for request in requests]
        pixels = sum(request.width * request.height for request in requests)
        if pixels > self._traits.room * 2**self._cheaper:
            raise OutOfMemory(f"{pixels} pixels do not fit")
        steps = max(way.steps for way in ways)
        for step in range(steps):
            time.sleep(max(way.step_s for way in ways))
            if step == 0 and any(way.gated for way in ways):
                _wait_for(self._folder / "make.go")
            progress((step + 1) / steps)
            if step == 0:
                for request, way in zip(requests, ways, strict=True):
                    if way.noise:
                        _print()
                    name = hashlib.sha256(request.out.encode()).hexdigest()[:16]
                    _harm(way.harm, way.times, self._folder / f"{name}.count")
        self._leaked += [b"\1" * (way.leak_mib << 20) for way in ways if way.leak_mib]
        for request in requests:
            Path(request.out).write_text(_text(self._spec, request), "utf-8")
        spent = (time.monotonic() - begun) / len(requests)
        return [Result(out=request.out, gpu_s=spent) for request in requests]

    def make_cheaper(self) -> str:
        """Gives the next of its settings."""
        if self._cheaper >= len(self._traits.settings):
            return ""
        self._cheaper += 1
        return self._traits.settings[self._cheaper - 1]

    def close(self) -> None:
        """Notes it."""
        _note(self._folder, "close")


def load(spec: ModelSpec) -> Model:
    """Loads a fake from its folder."""
    folder = Path(spec.path)
    traits = Traits.model_validate_json((folder / "traits.json").read_bytes())
    _note(folder, "load")
    time.sleep(traits.load_s)
    if traits.gated:
        _wait_for(folder / "load.go")
    _harm(traits.load_harm, traits.load_times, folder / "load.count")
    return FakeModel(spec, traits)


def _text(spec: ModelSpec, request: Request) -> str:
    return f"{spec.family} {request.seed} {request.width}x{request.height}"


def _behaviour(request: Request) -> Behaviour:
    return Behaviour.model_validate_json(request.prompt) if request.prompt else Behaviour()


def _note(folder: Path, event: str, **more: int) -> None:
    known = {"event": event, "pid": os.getpid(), "at": time.monotonic(), "model": folder.name}
    line = json.dumps({**known, **more})
    with (folder.parent / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def _wait_for(gate: Path) -> None:
    while not gate.exists():
        time.sleep(0.005)


def _harm(harm: Harm, times: int, count: Path) -> None:
    if harm is Harm.NONE:
        return
    done = int(count.read_text("utf-8")) if count.exists() else 0
    if done >= times:
        return
    count.write_text(str(done + 1), "utf-8")
    if harm is Harm.KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    elif harm is Harm.EXIT:
        os._exit(7)
    elif harm is Harm.SEGFAULT:
        print("about to fault", file=sys.stderr, flush=True)  # noqa: T201
        os.kill(os.getpid(), signal.SIGSEGV)
    elif harm is Harm.HANG:
        time.sleep(3600)
    raise _ERRORS[harm]


_ERRORS = {
    Harm.INPUT: InputError("the keyframe cannot be read: give another"),
    Harm.TRANSIENT: TransientError("the disk was asleep"),
    Harm.BACKEND: BackendError("the model gave noise"),
    Harm.DISK: OSError(errno.ENOSPC, "No space left on device"),
    Harm.BUG: ZeroDivisionError("division by zero"),
    Harm.CUDA: RuntimeError("CUDA error: an illegal memory access was encountered\nmore of it"),
    Harm.FULL: RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
}


def _print() -> None:
    print("Loading pipeline components...")  # noqa: T201
    os.write(1, b'{"type":"made","id":1}\n')
    subprocess.run([sys.executable, "-S", "-c", "print('a child')"], check=True)
