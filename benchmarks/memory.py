"""Watches the memory of a process and its children through a night, and says whether it grows."""

from __future__ import annotations

import math
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The memory of a process tree at one moment."""

    at: float
    """Seconds since the epoch."""
    rss: int
    """Resident bytes, summed; pages that two processes share count twice."""
    pss: int
    """The same with shared pages shared out; `rss` where the system does not say."""
    own: int
    """Resident bytes of the process itself, without its children."""
    processes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of the night, in seconds since the epoch."""

    begins: float
    ends: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How a command ran."""

    stdout: bytes
    code: int
    began_at: float
    wall_s: float
    cpu_s: float
    """Processor time, ended children included."""
    samples: tuple[Sample, ...]


def sampled(root: psutil.Process) -> Sample:
    """Gives the memory of a process and all its children now."""
    rss = pss = own = processes = 0
    try:
        tree, words = [root, *root.children(recursive=True)], root.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        tree, words = [], []
    for one in tree:
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            # A child between fork and exec is its parent once more: the same pages.
            if one is not root and one.cmdline() == words:
                continue
            plain = one.memory_info().rss
            rss += plain
            pss += _pss(one, plain)
            own += plain if one is root else 0
            processes += 1
    return Sample(at=time.time(), rss=rss, pss=pss, own=own, processes=processes)


def _pss(process: psutil.Process, plain: int) -> int:
    try:
        return int(getattr(process.memory_full_info(), "pss", plain))
    except psutil.AccessDenied:
        return plain


def watch(
    command: Sequence[str],
    env: Mapping[str, str],
    *,
    said: Path,
    every_s: float = 0.5,
    look: Callable[[], None] = lambda: None,
) -> Watched:
    """Runs a command to its end and looks at its whole process tree meanwhile.

    Args:
        command: what is run.
        env: its environment.
        said: the file that takes its stderr.
        every_s: how often the memory is read.
        look: is called with each reading.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began_at, begun = time.time(), time.monotonic()
    samples: list[Sample] = []
    printed = said.with_suffix(".out")
    with said.open("wb") as errors, printed.open("wb") as out:
        process = subprocess.Popen(command, env=dict(env), stdout=out, stderr=errors)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            samples.append(sampled(root))
            look()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=every_s)
    wall_s = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Watched(
        stdout=printed.read_bytes(),
        code=process.returncode,
        began_at=began_at,
        wall_s=wall_s,
        cpu_s=used,
        # The reading that found it gone says nothing of it.
        samples=tuple(sample for sample in samples if sample.processes),
    )


def within(samples: Iterable[Sample], piece: Piece) -> list[Sample]:
    """Gives the samples of a piece of the night."""
    return [one for one in samples if piece.begins <= one.at <= piece.ends]


def first_and_last(films: Sequence[Piece], count: int = 5) -> tuple[Piece, Piece]:
    """Gives the pieces of the night in which its first and its last films were made.

    The first lasts from the first film's begin to the end of the film that ended as number `count`;
    the last from the begin of the earliest of the `count` films that ended last to the last end.
    """
    assert films, "a night without films has no pieces"
    ended = sorted(films, key=lambda film: film.ends)
    count = min(count, len(ended))
    first = Piece(begins=min(film.begins for film in films), ends=ended[count - 1].ends)
    last = Piece(begins=min(film.begins for film in ended[-count:]), ends=ended[-1].ends)
    return first, last


def under_load(films: Sequence[Piece], at_once: int) -> Piece:
    """Gives the piece in which as many films were made as may be, but for the start.

    From the first film's end, when everything has been loaded that a film needs, to the begin of
    the film that is begun last, when the others run out.
    """
    begun = sorted(film.begins for film in films)
    ends = min(film.ends for film in films)
    last = begun[-1] if len(films) > at_once else max(film.ends for film in films)
    return Piece(begins=min(ends, last), ends=max(ends, last))


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Gives the slope of the straight line of least squares; 0 for fewer than two moments."""
    if len({at for at, _ in points}) < 2:
        return 0.0
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def percentile(values: Sequence[float], share: float) -> float:
    """Gives the value below or at which a share of the values lies; 0 where there are none."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked), max(1, math.ceil(share * len(ranked)))) - 1]
