"""The floor: the lanes that all films of one process share, by what their work needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nightshoot.circuits import Circuits
from nightshoot.lane import Lane, Span
from nightshoot.lanes import Lanes
from nightshoot.pace import Pace
from nightshoot.providers import CircuitTerms, Provider
from nightshoot.tools.protocols import Backend
from nightshoot.usual import Usual

_WRITING = 4
"""Requests to language models at once. Source: what the endpoints of small accounts let through
without 429; more waiting work does not make a film come sooner."""

_AT_ONCE = 2
"""Calls of a service that does not say how many it wants. Source: the lowest limit on concurrent
jobs among the services that `docs/services.md` names."""

_SWAP_S = 30.0
"""How long a lane takes a model to load, where it has to choose. Source: a choice between the 15 s
that DESIGN simulates and the minutes of a large model from a slow disk."""

_GPU, _CPU, _WRITERS, _JUDGES = "gpu", "cpu", "writing", "judging"


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True, kw_only=True)
class Floor:
    """Where films are made side by side; a film that is made alone has one of its own.

    A lane is a scarce thing and not a step: what a painter, a camera, a voice and the cut need of
    the processors comes from one lane, so that no number of films asks for more of them than there
    are. Each service has a lane of its own, and the GPU one that groups its work by model.
    LangGraph's own limit is not used: see DESIGN.
    """

    processors: int = field(default_factory=_processors)
    gpus: int = 1
    widths: Mapping[str, int] = field(default_factory=dict)
    """How many calls run at once, by the lane's name, where a person said so."""
    tell: Callable[[Span], None] | None = None
    """Is told of each turn that ends."""
    pace: Pace = field(default_factory=Pace)
    usual: Usual = field(default_factory=Usual)
    """What the tools take."""
    circuits: Circuits = field(default_factory=lambda: Circuits(CircuitTerms(patience_s=0.0)))
    """Of the providers that the films ask; by default nobody waits for one that is away."""
    _lanes: dict[str, Lane] = field(default_factory=dict)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes that somebody has asked for so far."""
        return tuple(self._lanes.values())

    def end_at(self, deadline: float | None) -> None:
        """Refuses, from now on, work that could not end before a time of the loop's clock."""
        self.pace.ends_at = deadline
        for lane in self._lanes.values():
            lane.end_at(deadline)

    def of(
        self,
        *,
        painter: Backend,
        camera: Backend,
        voice: Backend | None,
    ) -> Lanes:
        """Gives the lanes that a film's work goes through.

        Args:
            painter: the first one.
            camera: the first one.
            voice: the first one.
        """
        painting = self.lane_of("image", painter)
        filming = self.lane_of("video", camera)
        cpu = self._cpu()
        gpu = any(one.capabilities.vram_gib for one in (painter, camera))
        return Lanes(
            writing=self._lane(_WRITERS, _WRITING),
            painting=painting,
            filming=filming,
            # A GPU must not wait for judgements behind long cuts; without one, nothing waits.
            judging=self._lane(_JUDGES, self.processors) if gpu else cpu,
            speaking=self.lane_of("speech", voice) if voice is not None else cpu,
            cutting=cpu,
        )

    def lane_of(self, kind: str, backend: Backend) -> Lane:
        """Gives the lane that a backend's work goes through.

        Args:
            kind: `image`, `video`, `speech` or `music`.
            backend: whose work it is.
        """
        wants = backend.capabilities
        if wants.vram_gib:
            return self._lane(_GPU, self.gpus, swap_s=_SWAP_S)
        if wants.offline:
            return self._cpu()
        return self._lane(f"{kind}/{backend.name}", wants.at_once or _AT_ONCE)

    def lane_of_judge(self, judge: Backend) -> Lane:
        """Gives the lane of a judge: its own, whatever it needs, as its model answers in turn."""
        return self._lane(f"judge/{judge.name}", judge.capabilities.at_once or 1)

    def provider(self, kind: str, backend: Backend) -> Provider | None:
        """Gives the provider that a backend asks; None: it computes by itself, on processors.

        Args:
            kind: as for `lane_of`.
            backend: whose work it is.
        """
        can = backend.capabilities
        if can.offline and not can.vram_gib:
            return None
        tool = f"{kind}/{backend.name}"
        return Provider(
            tool=tool,
            lane=self.lane_of(kind, backend),
            model=tool if can.vram_gib else None,
            own_s=can.longest_s,
        )

    def _cpu(self) -> Lane:
        return self._lane(_CPU, self.processors)

    def _lane(self, name: str, width: int, *, swap_s: float = 0.0) -> Lane:
        if name not in self._lanes:
            width = self.widths.get(name, width)
            self._lanes[name] = Lane(name, width=width, swap_s=swap_s, tell=self.tell)
            if self.pace.ends_at is not None:
                self._lanes[name].end_at(self.pace.ends_at)
        return self._lanes[name]
