"""What work that is to come needs of money, GPU time, takes and time, and whether that is there.

Pure arithmetic: nothing is asked or awaited here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nightshoot.domain.film import Shortage
from nightshoot.domain.limits import ROUNDING
from nightshoot.pace import SLACK, Least


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of work: what it uses at most, and how long it keeps its lane."""

    usd: float = 0.0
    gpu_s: float = 0.0
    takes: int = 0
    lane: str = ""
    lane_s: float = 0.0
    """How long it takes, shared by the places of its lane. 0: not known, or there is no end."""
    live: Callable[[], float] | None = field(default=None, compare=False)
    """Gives the same as it is known now, in the place of `lane_s`: a night learns."""

    @property
    def time_s(self) -> float:
        """How long it keeps its lane, as far as is known now."""
        return self.lane_s if self.live is None else self.live()

    @property
    def waiting(self) -> Piece:
        """The same with nothing but the time: what is reserved has yet to be done."""
        return Piece(lane=self.lane, lane_s=self.lane_s, live=self.live)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What comes when all shots are there: the cut, in seconds."""

    work_s: float = 0.0
    """All of its work, shared by the places of its lane."""
    chain_s: float = 0.0
    """The part of which each step waits for the one before, however many places there are."""

    def time_s(self, films: int) -> float:
        """Gives how long it takes where so many films share the lane."""
        return max(films * self.work_s, self.chain_s)


@dataclass(slots=True)
class Needs:
    """The sum of pieces of work."""

    usd: float = 0.0
    gpu_s: float = 0.0
    takes: int = 0
    lanes: dict[str, float] = field(default_factory=dict)
    longest: dict[str, float] = field(default_factory=dict)
    """The longest piece of each lane that was ever added."""

    def add(self, pieces: Iterable[Piece]) -> None:
        """Adds work."""
        for one in pieces:
            self._count(one, 1)
            self.longest[one.lane] = max(one.time_s, self.longest.get(one.lane, 0.0))

    def drop(self, pieces: Iterable[Piece]) -> None:
        """Takes work out again that was added."""
        for one in pieces:
            self._count(one, -1)

    def time_s(self, tail: Tail, films: int = 1, *, others: Least | None = None) -> float:
        """Gives how long a film takes for the work, beside others.

        The lanes work side by side on different shots, so that the busiest one decides, and each of
        the others adds what only the first or the last shot keeps it waiting for.

        Args:
            tail: its cut.
            films: how many films, all like this one, share the lanes.
            others: what other films need of the lanes besides.
        """
        lanes = {lane: films * seconds for lane, seconds in self.lanes.items()}
        for lane, seconds in (others.lanes if others else {}).items():
            lanes[lane] = lanes.get(lane, 0.0) + seconds
        busiest = max(lanes, key=lambda lane: lanes[lane], default="")
        beside = sum(seconds for lane, seconds in self.longest.items() if lane != busiest)
        cuts_s = tail.time_s(films) + (others.tail_s if others else 0.0)
        return lanes.get(busiest, 0.0) + beside + cuts_s

    def _count(self, one: Piece, sign: int) -> None:
        self.usd += sign * one.usd
        self.gpu_s += sign * one.gpu_s
        self.takes += sign * one.takes
        self.lanes[one.lane] = self.lanes.get(one.lane, 0.0) + sign * one.time_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a film has left; None: as much as it likes."""

    usd: float | None = None
    gpu_s: float | None = None
    takes: int | None = None
    time_s: float | None = None
    films: int = 1
    """How many films share the lanes, this one too. None plans for more than its share of the time,
    so that the first one does not have all of it and the others none."""
    others: Least | None = None
    """What the other films need to come to their ends, however plainly. None plans for that either:
    a share alone would not keep it free, as the lanes serve the first film before the others, and
    each time that it plans anew it would have its share of what is left once more."""
    tail: Tail = field(default_factory=Tail)
    slack: float = SLACK
    """The share of the foreseen time that is kept free besides."""

    def for_what_uses(self, pieces: Sequence[Piece]) -> Left:
        """Gives the same without what these pieces use nothing of: they take it from nobody."""
        return replace(
            self,
            usd=self.usd if any(one.usd for one in pieces) else None,
            gpu_s=self.gpu_s if any(one.gpu_s for one in pieces) else None,
            takes=self.takes if any(one.takes for one in pieces) else None,
            time_s=self.time_s if any(one.time_s for one in pieces) else None,
        )

    def lacks(self, needs: Needs) -> Shortage | None:
        """Gives what the needs and the cut have too little of, or None."""
        if self.usd is not None and needs.usd > self.usd + ROUNDING:
            return Shortage.MONEY
        if self.gpu_s is not None and needs.gpu_s > self.gpu_s + ROUNDING:
            return Shortage.GPU_TIME
        if self.takes is not None and needs.takes > self.takes:
            return Shortage.TAKES
        if self.time_s is not None:
            shared_s = needs.time_s(self.tail, self.films)
            beside_s = needs.time_s(self.tail, others=self.others)
            needed_s = max(shared_s, beside_s) * (1 + self.slack)
            # What ends at the very last moment is refused by its lane.
            return Shortage.TIME if needed_s and needed_s >= self.time_s else None
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A shot that has no take yet and can be filmed in one of two ways."""

    full: tuple[Piece, ...]
    """As it was ordered."""
    plain: tuple[Piece, ...]
    """By the plain camera, which costs nothing but time."""


def economies(
    options: Mapping[str, Option], certain: Sequence[Piece], left: Left
) -> Mapping[str, Shortage]:
    """Gives the shots that have to be filmed plainly, each with what there is too little of.

    The shots get what they were ordered with in the order given, each where all that is certain,
    the cut and the plain filming of the others still fit: the first shots decide whether a film is
    watched on. The same needs always give the same shots.

    Args:
        options: the shots, in the order of the film.
        certain: all other work that is to come.
        left: what there is.
    """
    needs = Needs()
    needs.add(certain)
    for option in options.values():
        needs.add(option.full)
    if left.lacks(needs) is None:
        return {}
    for option in options.values():
        needs.drop(option.full)
        needs.add(option.plain)
    found: dict[str, Shortage] = {}
    for shot, option in options.items():
        needs.drop(option.plain)
        needs.add(option.full)
        lack = left.lacks(needs)
        if lack is None or not _saves(option, lack):
            continue
        needs.drop(option.full)
        needs.add(option.plain)
        found[shot] = lack
    return found


def _saves(option: Option, lack: Shortage) -> bool:
    """Whether the plain way needs less of what is lacking."""
    full, plain = Needs(), Needs()
    full.add(option.full)
    plain.add(option.plain)
    match lack:
        case Shortage.MONEY:
            return plain.usd < full.usd
        case Shortage.GPU_TIME:
            return plain.gpu_s < full.gpu_s
        case Shortage.TAKES:
            return plain.takes < full.takes
        case Shortage.CAMERA:
            return False
        case Shortage.TIME:
            return sum(plain.lanes.values()) < sum(full.lanes.values())
