"""What a night's history comes to: who waited for what, how busy the lanes were, what was away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nightshoot.queueing.history import LanePause, LaneTurn, NightHistory, Shift

Interval = tuple[float, float]
"""A time from one moment to another."""

_IN_A_ROW = 3
"""How many turns have to fail one after the other for a lane to count as failing. Source: a tool
asks three times by itself (`nightshoot.retry`), so that fewer may be one unlucky call."""

_OUTAGE_S = 10.0
"""How long they have to, at least: what is stopped by hand fails all at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What one film waited for one lane, in seconds."""

    waited_s: float
    """In which at least one of its turns waited there."""
    stood_s: float
    """Of these, in which nothing else of the film ran."""
    paused_s: float
    """Of these, in which the lane was paused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneUse:
    """What a lane did."""

    places: int
    """How many turns it held at once, each place with its own."""
    turns: int
    failed: int
    swaps: int
    models: tuple[str, ...]
    """Those that were loaded in it, the one with most work first; empty: it loads none."""
    busy_s: float
    """Sum over its places of the time in which at least one turn ran."""
    first_at: float
    last_at: float
    """When its first turn began, and its last one ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which a lane was paused, or all its turns failed."""

    lane: str
    begun_at: float
    ended_at: float
    failed: int
    """How many turns failed one after the other; 0: it was only paused."""
    films: tuple[int, ...]
    """The entries whose turns failed or waited meanwhile."""
    why: str
    """Who paused it; empty: nobody did."""


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Gives the union of intervals, in order and apart."""
    joined: list[Interval] = []
    for begun, ended in sorted(intervals):
        if joined and begun <= joined[-1][1]:
            if ended > joined[-1][1]:
                joined[-1] = (joined[-1][0], ended)
        elif ended > begun:
            joined.append((begun, ended))
    return joined


def length_s(intervals: Iterable[Interval]) -> float:
    """Gives how long intervals are together."""
    return sum(ended - begun for begun, ended in intervals)


def common(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """Gives the time that is in both of two unions, each in order and apart."""
    found, at, beside = [], 0, 0
    while at < len(one) and beside < len(other):
        begun = max(one[at][0], other[beside][0])
        ended = min(one[at][1], other[beside][1])
        if ended > begun:
            found.append((begun, ended))
        if one[at][1] < other[beside][1]:
            at += 1
        else:
            beside += 1
    return found


def placed(history: NightHistory) -> list[LaneTurn]:
    """Gives the turns with places of their own where several runners worked at the same time.

    Each runner has lanes of its own; those of one that began after another had ended are the same.
    """
    rows = _beside(history.shifts)
    if not any(rows.values()):
        return list(history.turns)
    widths: dict[str, int] = defaultdict(int)
    for turn in history.turns:
        widths[turn.lane] = max(widths[turn.lane], turn.place + 1)
    return [
        turn._replace(place=turn.place + rows.get(turn.shift, 0) * widths[turn.lane])
        for turn in history.turns
    ]


def _beside(shifts: Sequence[Shift]) -> dict[str, int]:
    """Gives which of several runners at once each was: the first that was free, from 0."""
    rows: dict[str, int] = {}
    free_from: list[float] = []
    for shift in sorted(shifts, key=lambda one: one.begun_at):
        free = [at for at, when in enumerate(free_from) if when <= shift.begun_at]
        row = free[0] if free else len(free_from)
        free_from[row : row + 1] = [shift.seen_at]
        rows[shift.shift] = row
    return rows


def waits(
    turns: Iterable[LaneTurn], pauses: Iterable[LanePause]
) -> Mapping[int, Mapping[str, Wait]]:
    """Gives what each entry waited for, by its number and the lane."""
    ran: dict[int, list[Interval]] = defaultdict(list)
    waited: dict[int, dict[str, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for turn in turns:
        ran[turn.entry].append((turn.begun_at, turn.ended_at))
        waited[turn.entry][turn.lane].append((turn.asked_at, turn.begun_at))
    stopped: dict[str, list[Interval]] = defaultdict(list)
    for pause in pauses:
        stopped[pause.lane].append((pause.begun_at, pause.ended_at))
    paused = {lane: merged(found) for lane, found in stopped.items()}
    told: dict[int, dict[str, Wait]] = {}
    for entry, lanes in waited.items():
        busy = merged(ran[entry])
        for lane, found in lanes.items():
            both = merged(found)
            total = length_s(both)
            told.setdefault(entry, {})[lane] = Wait(
                waited_s=total,
                stood_s=total - length_s(common(both, busy)),
                paused_s=length_s(common(both, paused.get(lane, []))),
            )
    return told


def uses(turns: Iterable[LaneTurn]) -> Mapping[str, LaneUse]:
    """Gives what each lane did, by its name, in the order of their first turns."""
    lanes: dict[str, list[LaneTurn]] = defaultdict(list)
    for turn in turns:
        lanes[turn.lane].append(turn)
    told = {lane: _use(found) for lane, found in lanes.items()}
    return dict(sorted(told.items(), key=lambda item: item[1].first_at))


def _use(turns: Sequence[LaneTurn]) -> LaneUse:
    places: dict[int, list[Interval]] = defaultdict(list)
    models: dict[str, float] = defaultdict(float)
    for turn in turns:
        places[turn.place].append((turn.begun_at, turn.ended_at))
        if turn.model:
            models[turn.model] += turn.ended_at - turn.begun_at
    return LaneUse(
        places=max(places) + 1,
        turns=len(turns),
        failed=sum(turn.failed for turn in turns),
        swaps=sum(turn.swapped for turn in turns),
        models=tuple(sorted(models, key=lambda name: -models[name])),
        busy_s=sum(length_s(merged(found)) for found in places.values()),
        first_at=min(turn.begun_at for turn in turns),
        last_at=max(turn.ended_at for turn in turns),
    )


def outages(turns: Iterable[LaneTurn], pauses: Iterable[LanePause]) -> tuple[Outage, ...]:
    """Gives the times in which lanes were paused or failed turn after turn, the earliest first.

    What overlaps in one lane is one outage.
    """
    lanes: dict[str, list[LaneTurn]] = defaultdict(list)
    for turn in turns:
        lanes[turn.lane].append(turn)
    found: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for pause in pauses:
        found[pause.lane].append((pause.begun_at, pause.ended_at, pause.why))
    for lane, those in lanes.items():
        found[lane] += [(begun, ended, "") for begun, ended in _failing(those)]
    told = [
        _outage(lane, span, those, lanes.get(lane, ()))
        for lane, those in found.items()
        for span in merged((begun, ended) for begun, ended, _ in those)
    ]
    return tuple(sorted(told, key=lambda one: one.begun_at))


def _failing(turns: Sequence[LaneTurn]) -> list[Interval]:
    """Gives the times in which turns of a lane failed one after the other."""
    rows: list[list[LaneTurn]] = [[]]
    for turn in sorted(turns, key=lambda one: one.ended_at):
        if turn.failed:
            rows[-1].append(turn)
        elif rows[-1]:
            rows.append([])
    return [
        (row[0].begun_at, row[-1].ended_at)
        for row in rows
        if len(row) >= _IN_A_ROW and row[-1].ended_at - row[0].ended_at >= _OUTAGE_S
    ]


def _outage(
    lane: str,
    span: Interval,
    found: Sequence[tuple[float, float, str]],
    turns: Iterable[LaneTurn],
) -> Outage:
    begun, ended = span
    hit = [turn for turn in turns if turn.failed and begun <= turn.ended_at <= ended]
    kept = [turn for turn in turns if turn.asked_at < ended and turn.begun_at > begun]
    reasons = [why for since, until, why in found if why and since < ended and until > begun]
    return Outage(
        lane=lane,
        begun_at=begun,
        ended_at=ended,
        failed=len(hit),
        films=tuple(sorted({turn.entry for turn in (*hit, *kept) if turn.entry})),
        why="; ".join(dict.fromkeys(reasons)),
    )
