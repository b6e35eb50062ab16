"""Pace: how much time the films of a process have left, and how they share it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """What a film must still have of the lanes to come to its end, in seconds."""

    lanes: Mapping[str, float] = field(default_factory=dict)
    """By the lane's name, before its cut; shared by the places of the lane."""
    tail_s: float = 0.0
    """Its cut."""


@dataclass(slots=True, kw_only=True)
class Pace:
    """One for all films that are made side by side; used in their event loop."""

    ends_at: float | None = None
    """By when films have to end, by the loop's clock; None: whenever."""
    films: int = 1
    """How many films are being made now."""
    _least: dict[str, Least] = field(default_factory=dict)

    def left_s(self) -> float | None:
        """Gives how many seconds are left, 0 where it is too late; None: there is no end."""
        if self.ends_at is None:
            return None
        return max(0.0, self.ends_at - asyncio.get_running_loop().time())

    def note(self, film: str, least: Least) -> None:
        """Notes what a film must still have, in the place of what it noted before."""
        self._least[film] = least

    def forget(self, film: str) -> None:
        """Notes that a film is no longer being made."""
        self._least.pop(film, None)

    def others(self, film: str) -> Least:
        """Gives what all other films must still have.

        Of one that has noted nothing yet, as it is still being written, nobody knows more than that
        it is a film: it is taken to be like the one that asks.
        """
        noted = [least for name, least in self._least.items() if name != film]
        unknown = max(0, self.films - len(noted) - 1)
        noted += [self._least.get(film, Least())] * unknown
        lanes: dict[str, float] = {}
        for least in noted:
            for lane, seconds in least.lanes.items():
                lanes[lane] = lanes.get(lane, 0.0) + seconds
        return Least(lanes=lanes, tail_s=sum(least.tail_s for least in noted))
