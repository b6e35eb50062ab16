"""A clock that is set by hand, and queues with runners that make nothing but reports."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nightshoot.batch import Order, Outcome, Runner
from nightshoot.domain.batch import BatchEntry, BatchOptions
from nightshoot.domain.limits import Used
from nightshoot.following import Nobody
from nightshoot.queueing import Clock, Leases, Owner, Queue, Queued
from nightshoot.workplace import Report


class HandClock:
    """A clock that goes on only when somebody waits, or sets it."""

    def __init__(self) -> None:
        self.now_wall, self.now = 1_790_000_000.0, 500.0
        self._lock = threading.Lock()

    def wall(self) -> float:
        return self.now_wall

    def monotonic(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.now_wall += seconds

    def wait(self, event: threading.Event, timeout_s: float) -> None:
        if not event.wait(0.003):
            self.advance(timeout_s)


Making = Callable[[Order], Report | Awaitable[Report]]


class Told(Nobody):
    """A follower that writes down how films end."""

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        self._lines = lines

    def ended(self, entry: Queued, what: str) -> None:
        self._lines.append((entry.name, what))


@dataclass
class Place:
    """A queue in a folder, and runners of it."""

    out: Path
    clock: HandClock
    queue: Queue
    spent: dict[str, Used] = field(default_factory=dict)
    """What each folder has used."""
    told: list[tuple[str, str]] = field(default_factory=list)

    def leases(
        self,
        owner: Owner | None = None,
        clock: Clock | None = None,
        spent: Callable[[Path], Used] | None = None,
    ) -> Leases:
        return Leases(
            queue=self.queue,
            owner=owner or Owner.here(),
            clock=clock or self.clock,
            out=self.out,
            slug=lambda name: name.replace(" ", "-"),
            spent=spent or (lambda folder: self.spent.get(folder.name, Used())),
        )

    def runner(self, make: Making, **parts: object) -> Runner:
        """Gives a runner of this queue; what makes a film may be a plain function."""

        async def awaited(order: Order) -> Report:
            made = make(order)
            return made if isinstance(made, Report) else await made

        given: dict[str, object] = {"leases": self.leases(), "make": awaited, "clock": self.clock}
        return Runner(**given | {"follower": Told(self.told)} | parts)  # type: ignore[arg-type]

    def run(self, make: Making, **parts: object) -> Outcome:
        return self.runner(make, **parts).run()

    def add(self, *names: str, priority: int = 0, **options: object) -> None:
        chosen = BatchOptions.model_validate(options)
        self.queue.add(
            [
                BatchEntry(brief=f"a film of {name}", name=name, priority=priority, options=chosen)
                for name in names
            ]
        )

    def states(self) -> dict[str, str]:
        return {one.name: one.state.value for one in self.queue.entries()}

    def named(self, name: str) -> Queued:
        return next(one for one in self.queue.entries() if one.name == name)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = HandClock()
    queue = Queue(tmp_path / "films/batch.sqlite", clock=clock)
    yield Place(tmp_path / "films", clock, queue)
    queue.close()


def report(order: Order, **parts: object) -> Report:
    told = {
        "film": str(order.folder / "film.mp4"), "folder": str(order.folder), "duration_s": 20.0,
        "frames": 480, "fps": 24.0, "size": "128x228", "shots": 3, "takes": 4, "rejected": 1,
        "flagged": 0, "flagged_shots": (), "actions": {"made": 9, "reused": 0}, "cost_usd": 0.0,
        "wall_s": 1.0, "writer": "w", "image": "i", "video": "v", "voice": "n", "music": "m",
    } | parts  # fmt: skip
    return Report.model_validate(told)


@pytest.fixture
def reported() -> Callable[..., Report]:
    """Gives the report of an order that went well."""
    return report
