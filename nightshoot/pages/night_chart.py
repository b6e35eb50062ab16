"""The chart of a night: lanes over time and the money below them, laid out for inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from nightshoot.pages.night_facts import ChartFacts, ChartRow, GapFacts, NightFacts

_QUARTERS, _ROW = 4, 5
"""A place is as many units high as work has levels, and one stands between two places."""

_ALONE_PX, _PLACE_PX, _LANE_PX, _LEAST_PX = 26, 15, 60, 4
"""How high the only place of a lane is drawn, one of several, all of them together, and one of
many."""

_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
_MOST_TICKS = 9

_GOLDEN = 137.508
"""The golden angle in degrees: hues that follow each other by it are far apart, however many."""

_SHADES = ((42, 57, 48), (30, 67, 62), (50, 46, 38))
"""Saturation, and lightness on dark and on light paper, in per cent: neighbours in hue differ."""

_MONEY_UNITS = 100
_HEADROOM = 1.12


@dataclass(frozen=True, slots=True)
class Work:
    """What one film did in a lane."""

    film: int
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch or a moment of the time axis, in per cent of its length."""

    left: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class LaneChart:
    """One lane: all its places."""

    lane: str
    height_px: int
    units: int
    work: tuple[Work, ...]
    swaps: str
    failed: str
    gaps: tuple[Mark, ...]
    share: float


@dataclass(frozen=True, slots=True)
class MoneyChart:
    """The money over the night, in units of 100 from the bottom up."""

    line: str
    area: str
    ceiling: float | None
    """How high the budget lies, from the top; None: there is none."""
    settled_usd: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All of it."""

    bins: int
    lanes: tuple[LaneChart, ...]
    ticks: tuple[Mark, ...]
    everywhere: tuple[Mark, ...]
    """Where nothing was begun in any lane."""
    money: MoneyChart | None
    films: tuple[int, ...]
    """Those that it shows."""
    swapped: bool
    failed: bool


def chart_of(facts: NightFacts) -> Chart | None:
    """Gives the chart of a night; None where nothing of it was written down."""
    chart = facts.chart
    if chart is None or not chart.rows:
        return None
    shares = {lane.lane: lane.busy_share for lane in facts.lanes}
    lanes = tuple(
        _lane(
            [row for row in chart.rows if row.lane == lane],
            chart,
            share=shares.get(lane, 0.0),
        )
        for lane in dict.fromkeys(row.lane for row in chart.rows)
    )
    worked = {film for row in chart.rows for _, _, film, _ in row.work}
    return Chart(
        bins=chart.bins,
        lanes=lanes,
        ticks=_ticks(chart),
        everywhere=tuple(_mark(gap, chart) for gap in chart.gaps if not gap.lane),
        money=_money(chart, facts.budget_usd),
        films=tuple(film.id for film in facts.films if film.id in worked),
        swapped=any(lane.swaps for lane in lanes),
        failed=any(lane.failed for lane in lanes),
    )


def colours(films: Sequence[int]) -> Mapping[int, tuple[float, int, int, int]]:
    """Gives each film its hue in degrees, saturation, and lightness on dark and on light paper."""
    return {
        film: (round(at * _GOLDEN % 360, 1), *_SHADES[at % len(_SHADES)])
        for at, film in enumerate(films)
    }


def _lane(rows: Sequence[ChartRow], chart: ChartFacts, *, share: float) -> LaneChart:
    paths: dict[int, list[str]] = {}
    swaps: list[str] = []
    failed: list[str] = []
    for at, row in enumerate(rows):
        top = at * _ROW
        for first, bins, film, quarters in row.work:
            y = top + _QUARTERS - quarters
            paths.setdefault(film, []).append(f"M{first} {y}h{bins}v{quarters}h-{bins}z")
        # They stand out into the room between two places.
        swaps += [f"M{one}.5 {top - 1}v{_ROW}" for one in row.swaps]
        failed += [f"M{one}.5 {top}v{_QUARTERS}" for one in row.failed]
    most = _PLACE_PX if len(rows) > 1 else _ALONE_PX
    place_px = max(_LEAST_PX, min(most, _LANE_PX // len(rows)))
    return LaneChart(
        lane=rows[0].lane,
        height_px=place_px * len(rows),
        units=len(rows) * _ROW - 1,
        work=tuple(Work(film, "".join(parts)) for film, parts in paths.items()),
        swaps="".join(swaps),
        failed="".join(failed),
        gaps=tuple(_mark(gap, chart) for gap in chart.gaps if gap.lane == rows[0].lane),
        share=share,
    )


def _mark(gap: GapFacts, chart: ChartFacts) -> Mark:
    per_s = 100 / chart.length_s
    left = gap.from_s * per_s
    return Mark(round(left, 2), round((gap.to_s - gap.from_s) * per_s, 2), gap.why)


def _ticks(chart: ChartFacts) -> tuple[Mark, ...]:
    """Gives the clock's times along the axis, by the offset from UTC where the chart begins."""
    begins = datetime.fromisoformat(chart.begins_at)
    zone = begins.tzinfo or timezone(timedelta(0))
    step = next((one for one in _STEPS_S if chart.length_s / one <= _MOST_TICKS), _STEPS_S[-1])
    midnight = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    since = (begins - midnight).total_seconds()
    first = -(-since // step) * step
    told = []
    at = first
    while at - since <= chart.length_s:
        when = (midnight + timedelta(seconds=at)).astimezone(zone)
        left = 100 * (at - since) / chart.length_s
        told.append(Mark(round(left, 2), 0.0, when.strftime("%H:%M:%S" if step < 60 else "%H:%M")))
        at += step
    return tuple(told)


def _money(chart: ChartFacts, budget_usd: float | None) -> MoneyChart | None:
    """Gives the steps of the money; None where none was spent."""
    if not chart.spent:
        return None
    settled = chart.spent[-1][1]
    top = max(settled, budget_usd or 0.0) * _HEADROOM

    def y(usd: float) -> float:
        return round(_MONEY_UNITS * (1 - usd / top), 2)

    line = f"M0 {_MONEY_UNITS}"
    for at, usd in chart.spent:
        line += f"H{round(at / chart.bin_s, 1):g}V{y(usd):g}"
    line += f"H{chart.bins}"
    return MoneyChart(
        line=line,
        area=f"{line}V{_MONEY_UNITS}z",
        ceiling=y(budget_usd) if budget_usd else None,
        settled_usd=settled,
    )
