"""The facts of the lanes, and that the longest night is read in a moment and stays small."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nightshoot.cli.night_lanes import LaneReport, lane_report
from nightshoot.queueing import Happening, Queue, SystemClock
from nightshoot.queueing.history import (
    History,
    LanePause,
    LaneTurn,
    NightHistory,
    Shift,
    Spending,
)

NIGHT = 1_790_000_000.0


def turn(begun: float, ended: float, entry: int = 1, **parts: object) -> LaneTurn:
    told = {
        "shift": "a", "entry": entry, "lane": "gpu", "place": 0, "model": "", "asked_at": begun,
        "begun_at": begun, "ended_at": ended, "swapped": 0, "failed": 0,
    } | parts  # fmt: skip
    told |= {name: NIGHT + told[name] for name in ("asked_at", "begun_at", "ended_at")}  # type: ignore[operator]
    return LaneTurn(**told)  # type: ignore[arg-type]


def shift(begun: float, seen: float, name: str = "a") -> Shift:
    return Shift(name, NIGHT + begun, NIGHT + seen)


def test_a_night_of_which_nothing_is_known_has_no_chart() -> None:
    report = lane_report(NightHistory(), ())
    assert (report.chart, report.lanes, report.away, report.waited) == (None, (), (), {})


def test_gpu_use_is_told_between_its_turns_and_of_the_whole_night() -> None:
    history = NightHistory(
        turns=(
            turn(0, 10, lane="cpu"),
            turn(100, 400, model="m", swapped=1),
            turn(500, 600, model="m", asked_at=300),
        ),
        shifts=(shift(0, 1000),),
    )
    report = lane_report(history, ())
    gpu, cpu = report.lanes
    assert (gpu.lane, gpu.busy_share, gpu.night_share, gpu.swaps) == ("gpu", 0.8, 0.4, 1)
    assert (cpu.lane, cpu.busy_share, cpu.night_share) == ("cpu", 1.0, 0.01)
    (waited,) = report.waited[1]
    assert (waited.lane, waited.waited_s, waited.stood_s) == ("gpu", 200.0, 100.0)


def test_moments_in_which_nothing_could_begin_are_on_the_chart() -> None:
    history = NightHistory(
        turns=(turn(10, 20),),
        pauses=(LanePause("a", "gpu", "away", NIGHT + 100, NIGHT + 160),),
        shifts=(shift(0, 300), shift(400, 1000, "b"), shift(1020, 2000, "c")),
    )
    happenings = [
        Happening(at=NIGHT - 500, what="paused", detail="a person paused it"),
        Happening(at=NIGHT + 50, what="resumed"),
        Happening(at=NIGHT + 60, entry=3, what="paused"),
        Happening(at=NIGHT + 1500, what="paused", detail="no space left"),
        Happening(at=NIGHT + 1510, what="paused", detail="a person paused it"),
    ]
    chart = lane_report(history, happenings).chart
    assert chart is not None
    assert [(gap.from_s, gap.to_s, gap.lane, gap.why) for gap in chart.gaps] == [
        (0, 50, "", "a person paused it"),
        (100, 160, "gpu", "away"),
        (300, 400, "", ""),
        (1500, 2000, "", "no space left"),
    ]


def test_a_hundred_thousand_turns_are_read_in_a_moment_and_make_a_small_chart(
    tmp_path: Path, cpu_s: Callable[[Callable[[], object]], float]
) -> None:
    lanes = [("gpu", 2), ("cpu", 16), ("writing", 4), ("video/kling", 3), ("speech/edge-tts", 2)]
    places = [(lane, place) for lane, width in lanes for place in range(width)]
    each = 100_000 // len(places)
    step = 8 * 3600 / each
    turns = [
        turn(
            at * step + place,
            at * step + place + step * 0.8,
            1 + at * 30 // each,
            lane=lane,
            place=place,
            asked_at=at * step - 20,
            swapped=at % 50 == 0,
            failed=at % 97 == 0,
        )
        for lane, place in places
        for at in range(each)
    ]
    spendings = [Spending(NIGHT + at * 0.288, 1, 0.0001, 0, 0) for at in range(100_000)]
    queue = Queue(tmp_path / "batch.sqlite", clock=SystemClock())
    History(queue.tables).add(1, turns=turns, spendings=spendings, shift=shift(0, 8 * 3600))
    reports: list[LaneReport] = []
    took_s = cpu_s(lambda: reports.append(lane_report(History(queue.tables).of(1), ())))
    queue.close()
    (report,) = reports
    assert report.chart is not None
    assert sum(lane.turns for lane in report.lanes) == len(turns)
    assert len(report.chart.rows) == len(places)
    assert report.chart.spent[-1][1] == pytest.approx(10, abs=0.01)
    # Measured: 1.0 s of one core beside much other work; the rest is for slower machines.
    assert took_s < 4
    assert len(report.chart.model_dump_json()) < 400_000


def test_what_a_film_waited_for_a_provider_that_was_away_counts_with_its_waits() -> None:
    history = NightHistory(
        turns=(turn(400, 500, lane="video/kling", asked_at=390),),
        kept=(
            turn(300, 300, lane="video/kling", asked_at=100, place=-1),
            turn(700, 700, lane="writing/model", asked_at=600, place=-1, entry=2),
        ),
        pauses=(LanePause("a", "video/kling", "away", NIGHT + 100, NIGHT + 300),),
        shifts=(shift(0, 1000),),
    )
    report = lane_report(history, ())
    (waited,) = report.waited[1]
    assert (waited.waited_s, waited.stood_s, waited.paused_s) == (210.0, 210.0, 200.0)
    (other,) = report.waited[2]
    assert (other.lane, other.waited_s) == ("writing/model", 100.0)
    assert [lane.turns for lane in report.lanes] == [1], "a wait is no turn"
