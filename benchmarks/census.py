"""Counts what a process holds on to, and what it has left in its folders."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_SQLITE = (".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal")
_LEFT = (".part", ".tmp", ".corrupt", "-wal", "-shm", "-journal")
"""How the names of files end that nobody should find once all is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a process holds on to."""

    handles: Mapping[str, int]
    """Open file descriptors by kind: sqlite, pipe, socket, event loops' own, other files."""
    threads: Mapping[str, int]
    """By name, without their numbers."""
    children: int
    """Child processes, those of children included."""
    connections: int
    """Open and forgotten connections to SQLite that Python still has."""
    tasks: int
    """Tasks of asyncio that are not done."""
    rss: int
    """Bytes."""

    @property
    def counts(self) -> dict[str, int]:
        """Gives everything but the memory as one flat table."""
        told = {f"handles: {kind}": count for kind, count in self.handles.items()}
        told |= {f"threads: {name}": count for name, count in self.threads.items()}
        return told | {
            "handles": sum(self.handles.values()),
            "threads": sum(self.threads.values()),
            "child processes": self.children,
            "connections to SQLite": self.connections,
            "tasks": self.tasks,
        }


def census() -> Census:
    """Counts what this process holds on to now, after the garbage is gone."""
    gc.collect()
    found = gc.get_objects()
    connections = sum(type(one) is sqlite3.Connection for one in found)
    # By their types: what some objects say of their class is a warning.
    tasks = sum(issubclass(type(one), asyncio.Task) and not one.done() for one in found)
    del found
    process = psutil.Process()
    return Census(
        handles=handles(),
        threads=dict(Counter(_plain(thread.name) for thread in threading.enumerate())),
        children=len(process.children(recursive=True)),
        connections=connections,
        tasks=tasks,
        rss=process.memory_info().rss,
    )


def handles() -> dict[str, int]:
    """Gives this process's open file descriptors by kind; by number alone outside Linux."""
    place = Path("/proc/self/fd")
    if not place.is_dir():
        process = psutil.Process()
        return {"all": process.num_fds() if hasattr(process, "num_fds") else 0}
    kinds: Counter[str] = Counter()
    for one in place.iterdir():
        # The one that lists the folder is gone by now.
        with suppress(OSError):
            kinds[_kind(os.readlink(one))] += 1  # noqa: PTH115 a pipe's link is no path
    return dict(kinds)


def _kind(target: str) -> str:
    if target.startswith("anon_inode:"):
        return target.removeprefix("anon_inode:").strip("[]")
    if target.startswith(("pipe:", "socket:")):
        return target.partition(":")[0]
    plain = target.removesuffix(" (deleted)")
    return "sqlite" if plain.endswith(_SQLITE) else "file"


def _plain(name: str) -> str:
    return name.partition("(")[0].rstrip("0123456789-_ ")


def objects() -> Counter[str]:
    """Gives the objects that Python's collector knows, by type."""
    gc.collect()
    return Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())


def grown(before: Counter[str], after: Counter[str], *, films: int) -> dict[str, float]:
    """Gives by how many objects a film each type has grown, where it is half an object or more."""
    more = {name: (after[name] - before[name]) / films for name in after}
    ranked = sorted(more.items(), key=lambda item: -item[1])
    return {name: round(count, 2) for name, count in ranked if count >= 0.5}


def leavings(*places: Path) -> list[str]:
    """Gives the files below some folders that nobody needs once all films are done."""
    left = []
    for place in places:
        for path in place.rglob("*"):
            scratch = path.parent.name == "scratch"
            half = path.name.startswith(".") and path.name != ".nightshoot"
            if path.name.endswith(_LEFT) or scratch or half:
                left.append(str(path.relative_to(place.parent)))
    return sorted(left)
