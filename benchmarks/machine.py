"""Says on which machine a benchmark ran, and measures a process with all its children."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

_VERSIONS = ("langgraph", "opencv-python-headless", "numpy", "av")


def description() -> str:
    """Gives the machine and the versions that decide a figure, as one line of Markdown."""
    memory = psutil.virtual_memory().total / 2**30
    parts = [
        f"{_cpu_model()}, {usable_cores()} cores usable, {memory:.0f} GiB",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"FFmpeg {_ffmpeg_version()}",
        *(f"{name} {version(name)}" for name in _VERSIONS),
    ]
    return f"Machine: {'; '.join(parts)}. Load at the start: {os.getloadavg()[0]:.1f}."


def usable_cores() -> int:
    """Gives how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_s() -> float:
    """Gives the processor time that this process and its ended children have used, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Gives a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def environment(home: Path) -> dict[str, str]:
    """Gives the environment of a run whose store lies in `home`, and which knows no endpoint."""
    kept = {name: value for name, value in os.environ.items() if not _configures(name)}
    return kept | {"NIGHTSHOOT_HOME": str(home), "NIGHTSHOOT_CONFIG": str(home / "no.toml")}


def _configures(name: str) -> bool:
    return name.startswith(("NIGHTSHOOT_", "OPENAI_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A process and its children at one moment."""

    at: float
    """Seconds since the epoch."""
    cpu_s: float
    """Processor time so far, ended children included."""
    rss: int
    """Bytes of resident memory, summed; pages that two processes share count twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ran."""

    stdout: bytes
    code: int
    began_at: float
    wall_s: float
    cpu_s: float
    samples: tuple[Sample, ...]

    @property
    def peak_rss(self) -> int:
        """The most resident memory of the whole tree that was seen, in bytes."""
        return max((sample.rss for sample in self.samples), default=0)

    def cpu_at(self, at: float) -> float:
        """Gives the processor time that was used up to a moment, between samples in proportion."""
        before = Sample(at=self.began_at, cpu_s=0.0, rss=0)
        last = Sample(at=self.began_at + self.wall_s, cpu_s=self.cpu_s, rss=0)
        for after in (*self.samples, last):
            if after.at >= at:
                span = after.at - before.at
                share = (at - before.at) / span if span else 0.0
                return before.cpu_s + share * (after.cpu_s - before.cpu_s)
            before = after
        return self.cpu_s


def watched(command: Sequence[str], env: Mapping[str, str], every_s: float = 0.1) -> Ran:
    """Runs a command to its end and looks at its whole process tree ten times a second."""
    began_cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    began_at, begun = time.time(), time.monotonic()
    process = subprocess.Popen(
        command, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    samples: list[Sample] = []
    root = psutil.Process(process.pid)
    # What is printed is one short object at the end: it fits the pipe, nobody waits for a reader.
    while process.poll() is None:
        samples.append(_sample(root))
        time.sleep(every_s)
    wall = time.monotonic() - begun
    stdout = process.communicate()[0]
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = ended.ru_utime + ended.ru_stime - began_cpu.ru_utime - began_cpu.ru_stime
    return Ran(
        stdout=stdout,
        code=process.returncode,
        began_at=began_at,
        wall_s=wall,
        cpu_s=cpu,
        samples=tuple(samples),
    )


def _sample(root: psutil.Process) -> Sample:
    cpu, rss = 0.0, 0
    try:
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        tree = []
    for one in tree:
        try:
            with one.oneshot():
                cpu += sum(one.cpu_times()[:4])
                # A child between fork and exec is its parent once more: the same pages.
                if one is root or one.name() != root.name():
                    rss += one.memory_info().rss
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return Sample(at=time.time(), cpu_s=cpu, rss=rss)


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or "unknown processor"


def _ffmpeg_version() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_version())
