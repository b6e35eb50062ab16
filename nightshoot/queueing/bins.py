"""A night's turns and spendings as rows of bins, so that a chart of any night stays small."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nightshoot.queueing.history import LaneTurn, Shift, Spending

MOST_BINS = 720
"""How many bins a night has at most. Source: a chart is about as many pixels wide on a small
screen; in a night of eight hours a bin is 40 s."""

_LEAST_BIN_S = 0.25
"""The shortest bin: what is shorter is no work that a person would look for."""

_CROWDED = 24
"""From how many rows on the bins are half as many, so that many processors make no large page."""

_QUARTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The time of a night in bins."""

    begins_at: float
    """Seconds since the epoch."""
    bin_s: float
    bins: int

    @property
    def ends_at(self) -> float:
        """Seconds since the epoch."""
        return self.begins_at + self.bins * self.bin_s

    def bin(self, at: float) -> int:
        """Gives the bin of a moment, or the nearest one."""
        return min(self.bins - 1, max(0, int((at - self.begins_at) / self.bin_s)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One place of a lane, in bins."""

    work: tuple[tuple[int, int, int, int], ...]
    """Stretches: the first bin, how many, the entry that had most of it, quarters of time used."""
    swaps: tuple[int, ...]
    failed: tuple[int, ...]


def axis_of(shifts: Sequence[Shift], turns: Sequence[LaneTurn]) -> Axis | None:
    """Gives the time from the first runner's beginning to the last sign of life; None: no sign."""
    begun = [shift.begun_at for shift in shifts] + [turn.begun_at for turn in turns]
    ended = [shift.seen_at for shift in shifts] + [turn.ended_at for turn in turns]
    if not begun:
        return None
    length_s = max(_LEAST_BIN_S, max(ended) - min(begun))
    crowded = len({(turn.lane, turn.place) for turn in turns}) > _CROWDED
    most = MOST_BINS // 2 if crowded else MOST_BINS
    bins = min(most, math.ceil(length_s / _LEAST_BIN_S))
    return Axis(begins_at=min(begun), bin_s=length_s / bins, bins=bins)


def rows_of(turns: Iterable[LaneTurn], axis: Axis) -> Mapping[tuple[str, int], Row]:
    """Gives the row of each place that was used, by its lane and number."""
    places: dict[tuple[str, int], list[LaneTurn]] = defaultdict(list)
    for turn in turns:
        places[turn.lane, turn.place].append(turn)
    return {
        place: Row(
            work=_stretches(found, axis),
            swaps=tuple(sorted({axis.bin(one.begun_at) for one in found if one.swapped})),
            failed=tuple(sorted({axis.bin(one.ended_at) for one in found if one.failed})),
        )
        for place, found in places.items()
    }


def _stretches(turns: Iterable[LaneTurn], axis: Axis) -> tuple[tuple[int, int, int, int], ...]:
    bins: list[dict[int, float]] = [{} for _ in range(axis.bins)]
    for turn in turns:
        for at, share in _shares(turn, axis):
            bins[at][turn.entry] = bins[at].get(turn.entry, 0.0) + share
    told: list[tuple[int, int, int, int]] = []
    for at, found in enumerate(bins):
        if not found:
            continue
        whose = max(found, key=lambda entry: found[entry])
        share = min(1.0, sum(found.values()))
        quarters = max(1, round(share * _QUARTERS))
        before = told[-1] if told else None
        if before and before[0] + before[1] == at and before[2:] == (whose, quarters):
            told[-1] = (before[0], before[1] + 1, whose, quarters)
        else:
            told.append((at, 1, whose, quarters))
    return tuple(told)


def _shares(turn: LaneTurn, axis: Axis) -> Iterable[tuple[int, float]]:
    """Gives the bins of a turn, and the share of each that it takes.

    One that is longer than a bin begins and ends with the nearest one: stretches have clean ends,
    and those that follow each other still do.
    """
    begun = (turn.begun_at - axis.begins_at) / axis.bin_s
    ended = (turn.ended_at - axis.begins_at) / axis.bin_s
    if ended - begun >= 1:
        begun, ended = round(begun), round(ended)
        return ((at, 1.0) for at in range(max(0, int(begun)), min(axis.bins, int(ended))))
    first, last = axis.bin(turn.begun_at), axis.bin(turn.ended_at)
    return ((at, max(0.0, min(ended, at + 1) - max(begun, at))) for at in range(first, last + 1))


def spent(spendings: Iterable[Spending], axis: Axis) -> tuple[tuple[float, float], ...]:
    """Gives the money as steps: seconds since the axis begins, and the USD spent by then."""
    by_bin: dict[int, float] = defaultdict(float)
    for spending in spendings:
        by_bin[axis.bin(spending.at)] += spending.usd
    told, total = [], 0.0
    for at in sorted(by_bin):
        if by_bin[at]:
            total += by_bin[at]
            told.append((round((at + 1) * axis.bin_s, 1), round(total, 4)))
    return tuple(told)
