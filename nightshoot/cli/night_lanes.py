"""What a night's history says, as facts of the report: lanes, waits, outages and the chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from nightshoot.pages.night_facts import (
    AwayFacts,
    ChartFacts,
    ChartRow,
    GapFacts,
    LaneFacts,
    WaitFacts,
)
from nightshoot.queueing import Happening
from nightshoot.queueing.bins import Axis, axis_of, rows_of, spent
from nightshoot.queueing.history import NightHistory
from nightshoot.queueing.timeline import (
    LaneUse,
    Outage,
    Wait,
    merged,
    outages,
    placed,
    uses,
    waits,
)

_LEAST_WAIT_S = 1.0
"""A shorter wait for a lane is not told of a film: every step waits for a moment."""

_LEAST_GAP_S = 60.0
"""A shorter time without a runner is not drawn: it was started anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneReport:
    """What the lanes of a night come to."""

    lanes: tuple[LaneFacts, ...] = ()
    away: tuple[AwayFacts, ...] = ()
    waited: Mapping[int, tuple[WaitFacts, ...]] = field(default_factory=dict)
    """By entry."""
    chart: ChartFacts | None = None


def lane_report(history: NightHistory, happenings: Sequence[Happening]) -> LaneReport:
    """Gives what a night's history says.

    Args:
        history: what was written down.
        happenings: those of the queue, for its pauses.
    """
    turns = placed(history)
    axis = axis_of(history.shifts, turns)
    if axis is None:
        return LaneReport()
    # What loads models is the scarcest thing there is: it comes first, the others as first used.
    used = dict(sorted(uses(turns).items(), key=lambda item: not item[1].models))
    away = outages(turns, history.pauses)
    by_place = rows_of(turns, axis)
    order = {lane: at for at, lane in enumerate(used)}
    rows = sorted(by_place.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    return LaneReport(
        lanes=tuple(_lane(name, use, axis) for name, use in used.items()),
        away=tuple(_away(one) for one in away),
        waited={
            entry: _waits(found)
            for entry, found in waits([*turns, *history.kept], history.pauses).items()
        },
        chart=ChartFacts(
            begins_at=iso(axis.begins_at),
            bin_s=round(axis.bin_s, 6),
            bins=axis.bins,
            rows=tuple(
                ChartRow(lane=lane, place=place, work=row.work, swaps=row.swaps, failed=row.failed)
                for (lane, place), row in rows
            ),
            gaps=_gaps(history, happenings, axis),
            spent=spent(history.spendings, axis),
        ),
    )


def iso(at: float) -> str:
    """Gives a moment as ISO 8601, with the offset from UTC that this machine has."""
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")


def _lane(name: str, use: LaneUse, axis: Axis) -> LaneFacts:
    between = max(1e-9, (use.last_at - use.first_at) * use.places)
    night = (axis.ends_at - axis.begins_at) * use.places
    return LaneFacts(
        lane=name,
        places=use.places,
        turns=use.turns,
        failed=use.failed,
        swaps=use.swaps,
        models=use.models,
        busy_s=round(use.busy_s, 1),
        busy_share=round(min(1.0, use.busy_s / between), 4),
        night_share=round(min(1.0, use.busy_s / night), 4),
    )


def _away(one: Outage) -> AwayFacts:
    return AwayFacts(
        lane=one.lane,
        begun_at=iso(one.begun_at),
        ended_at=iso(one.ended_at),
        seconds=round(one.ended_at - one.begun_at, 1),
        failed=one.failed,
        films=one.films,
        why=one.why,
    )


def _waits(found: Mapping[str, Wait]) -> tuple[WaitFacts, ...]:
    told = (
        WaitFacts(
            lane=lane,
            waited_s=round(wait.waited_s, 1),
            stood_s=round(wait.stood_s, 1),
            paused_s=round(wait.paused_s, 1),
        )
        for lane, wait in found.items()
        if wait.waited_s >= _LEAST_WAIT_S
    )
    return tuple(sorted(told, key=lambda one: -one.waited_s))


def _gaps(
    history: NightHistory, happenings: Sequence[Happening], axis: Axis
) -> tuple[GapFacts, ...]:
    """Gives when nothing was begun: no runner, the queue paused, a lane paused."""
    told = []
    at_work = merged((shift.begun_at, shift.seen_at) for shift in history.shifts)
    for (_, ended), (begun, _) in pairwise(at_work):
        if begun - ended >= _LEAST_GAP_S:
            told.append((ended, begun, "", ""))
    since: tuple[float, str] | None = None
    for one in happenings:
        if one.entry is None and one.what == "paused" and since is None:
            since = (one.at, one.detail)
        elif one.entry is None and one.what == "resumed" and since is not None:
            told.append((since[0], one.at, "", since[1]))
            since = None
    if since is not None:
        told.append((since[0], axis.ends_at, "", since[1]))
    told += [(one.begun_at, one.ended_at, one.lane, one.why) for one in history.pauses]
    clipped = (
        GapFacts(
            from_s=round(max(0.0, begun - axis.begins_at), 1),
            to_s=round(min(axis.ends_at, ended) - axis.begins_at, 1),
            lane=lane,
            why=why,
        )
        for begun, ended, lane, why in told
    )
    return tuple(sorted((one for one in clipped if one.to_s > one.from_s), key=lambda g: g.from_s))
