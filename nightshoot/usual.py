"""Usual: how long the calls of each tool take, learned from the first one of a night on."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

LATEST = 9
"""How many of a tool's last times are looked at for what its next call will take: their median is
moved by no single hang."""

_ENOUGH = 3
"""From so many calls of this process on, those of before no longer count: they may have been of
other films, on a machine that did something else beside."""


@dataclass(slots=True, kw_only=True)
class Usual:
    """What tools took; one for all films of a process, used in their event loop.

    What one film learns, the films beside it plan with.
    """

    _lately: dict[str, deque[float]] = field(default_factory=dict)
    _before: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def learn(self, tool: str, seconds: float) -> None:
        """Notes how long a call took, the wait for its turn left out."""
        self._lately.setdefault(tool, deque(maxlen=LATEST)).append(seconds)

    def known_s(self, tool: str, before: Callable[[str, int], Sequence[float]]) -> float:
        """Gives the median of a tool's last calls, in seconds; 0.0: it was never used.

        Args:
            tool: its name.
            before: gives the last times of a tool, so many, as the action log has them; it is asked
                once for each.
        """
        lately = self._lately.get(tool, ())
        if len(lately) >= _ENOUGH:
            return statistics.median(lately)
        if tool not in self._before:
            self._before[tool] = tuple(before(tool, LATEST))
        # What the log has may be among what was learned: that does no harm.
        times = [*lately, *self._before[tool]][:LATEST]
        return statistics.median(times) if times else 0.0
