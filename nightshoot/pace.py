"""Pace: how much time the films of a process have left, and how they share it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nightshoot.turns import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """What a film must still have of the lanes to come to its end, in seconds."""

    lanes: Mapping[str, float] = field(default_factory=dict)
    """By the lane's name, before its cut; shared by the places of the lane."""
    tail_s: float = 0.0
    """Its cut."""

    @property
    def alone_s(self) -> float:
        """How long it would take, were it made alone."""
        return max(self.lanes.values(), default=0.0) + self.tail_s

    def beside(self, other: Least) -> Least:
        """Gives what both need together."""
        lanes = dict(self.lanes)
        for lane, seconds in other.lanes.items():
            lanes[lane] = lanes.get(lane, 0.0) + seconds
        return Least(lanes=lanes, tail_s=self.tail_s + other.tail_s)


SLACK = 0.1
"""How much longer than foreseen work may take and still end in time. Source: a choice. Half of all
calls take longer than the median that is counted on, but a film is the sum of many: the same cut,
measured twice, differed by 6 % (docs/benchmarks.md, "The cut")."""


@dataclass(slots=True, kw_only=True)
class Pace:
    """One for all films that are made side by side; used in their event loop.

    Where the time will not do for all of them, however plainly they are made, those that need least
    go first, among films of one priority: so the most come to their ends. What is ahead of a film
    then it plans for, and not for what stands behind it.
    """

    ends_at: float | None = None
    """By when films have to end, by the loop's clock; None: whenever."""
    films: int = 1
    """How many films are being made now."""
    _least: dict[str, Least] = field(default_factory=dict)
    _anew: dict[str, Callable[[], Least]] = field(default_factory=dict)
    _standings: dict[str, Standing] = field(default_factory=dict)
    _behind: frozenset[str] = frozenset()

    def left_s(self) -> float | None:
        """Gives how many seconds are left, 0 where it is too late; None: there is no end."""
        if self.ends_at is None:
            return None
        return max(0.0, self.ends_at - asyncio.get_running_loop().time())

    def enter(self, standing: Standing) -> None:
        """Notes where a film stands, so that it can be put behind others."""
        self._standings[standing.film] = standing

    def note(self, film: str, least: Least, *, anew: Callable[[], Least] | None = None) -> None:
        """Notes what a film must still have, in the place of what it noted before.

        Args:
            film: which one.
            least: what that is, as far as is known now.
            anew: gives it as it is known later, when others have learned what things take; None:
                it stays as it is.
        """
        self._least[film] = least
        self._anew[film] = anew or (lambda: least)
        self._order()

    def look_again(self) -> None:
        """Puts films in order by what is known now; to be called now and then, as time goes by."""
        for film, anew in self._anew.items():
            self._least[film] = anew()
        self._order()

    def forget(self, film: str) -> None:
        """Notes that a film is no longer being made."""
        self._least.pop(film, None)
        self._standings.pop(film, None)
        self._anew.pop(film, None)
        self._order()

    def sharing(self, film: str) -> int:
        """Gives how many films share the time that this one plans with, itself included."""
        behind = len(self._behind - {film}) if film not in self._behind else 0
        return max(1, self.films - behind - (self._unknown if self._behind else 0))

    def others(self, film: str, *, all_: bool = False) -> Least:
        """Gives what other films must still have.

        Of one that has noted nothing yet, as it is still being written, nobody knows more than that
        it is a film: it is taken to be like the one that asks. Where the time will not do for all,
        those that stand behind do not count, but where all are asked for.
        """
        noted = [
            least
            for name, least in self._least.items()
            if name != film and (all_ or name not in self._behind or film in self._behind)
        ]
        if all_ or not self._behind:
            unknown = max(0, self.films - len(self._least.keys() - {film}) - 1)
            noted += [self._least.get(film, Least())] * unknown
        whole = Least()
        for least in noted:
            whole = whole.beside(least)
        return whole

    @property
    def _unknown(self) -> int:
        """How many films are still being written."""
        return max(0, self.films - len(self._least))

    def _order(self) -> None:
        """Puts films behind that could not end in time, as far as is known now."""
        left_s = self.left_s()
        order = sorted(self._least, key=self._claim)
        behind: set[str] = set()
        ahead = Least()
        for name in order if left_s is not None else ():
            both = ahead.beside(self._least[name])
            if left_s is not None and both.alone_s * (1 + SLACK) >= left_s:
                behind.add(name)
            else:
                ahead = both
        # Where none can end, who needs least may yet: it was reckoned with something to spare.
        if len(behind) == len(order) and order:
            behind.discard(order[0])
        self._behind = frozenset(behind)
        for name, standing in self._standings.items():
            if not behind or name in self._least.keys() - behind:
                standing.behind = 0
            else:
                standing.behind = 1 + (order.index(name) if name in self._least else len(order))

    def _claim(self, film: str) -> tuple[float, float, int]:
        standing = self._standings.get(film)
        least_s = self._least[film].alone_s
        return (-standing.priority, least_s, standing.place) if standing else (0.0, least_s, 0)
