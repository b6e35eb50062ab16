"""What the history of a night comes to: waits, use, outages, and the bins of its chart."""

from __future__ import annotations

import pytest

from nightshoot.queueing.bins import Axis, axis_of, rows_of, spent
from nightshoot.queueing.history import LanePause, LaneTurn, NightHistory, Shift, Spending
from nightshoot.queueing.timeline import common, merged, outages, placed, uses, waits


def turn(begun: float, ended: float, entry: int = 1, **parts: object) -> LaneTurn:
    told = {
        "shift": "a", "entry": entry, "lane": "gpu", "place": 0, "model": "", "asked_at": begun,
        "begun_at": begun, "ended_at": ended, "swapped": 0, "failed": 0,
    } | parts  # fmt: skip
    return LaneTurn(**told)  # type: ignore[arg-type]


def test_a_union_has_no_moment_twice() -> None:
    assert merged([(5, 9), (1, 3), (2, 4), (8, 9), (4, 4.5), (7, 7)]) == [(1, 4.5), (5, 9)]
    assert merged([]) == []


def test_what_two_unions_share() -> None:
    assert common([(0, 5), (6, 9)], [(1, 2), (4, 7), (9, 10)]) == [(1, 2), (4, 5), (6, 7)]


def test_turns_that_wait_at_the_same_time_are_one_wait() -> None:
    turns = [turn(10, 20, asked_at=0), turn(20, 30, asked_at=0), turn(30, 40, asked_at=5)]
    found = waits(turns, [])[1]["gpu"]
    assert found.waited_s == 30
    # From 10 on, another of the film's own turns ran.
    assert found.stood_s == 10


def test_waits_are_told_by_film_and_lane() -> None:
    turns = [
        turn(10, 20, asked_at=4),
        turn(20, 30, 2, asked_at=4),
        turn(30, 31, 1, asked_at=28, lane="cpu"),
    ]
    found = waits(turns, [])
    assert (found[1]["gpu"].waited_s, found[2]["gpu"].waited_s) == (6, 16)
    assert found[1]["cpu"].waited_s == 2


def test_the_part_of_a_wait_in_which_its_lane_was_paused_is_told() -> None:
    pauses = [
        LanePause("a", "gpu", "away", 5, 8),
        LanePause("a", "gpu", "disk", 7, 9),
        LanePause("a", "cpu", "away", 0, 50),
    ]
    assert waits([turn(20, 30, asked_at=6)], pauses)[1]["gpu"].paused_s == 3


def test_a_lane_is_busy_while_any_turn_of_a_place_runs() -> None:
    turns = [
        turn(0, 10, swapped=1, model="image/flux"),
        turn(4, 12, model="image/flux"),
        turn(20, 50, swapped=1, model="video/wan"),
        turn(6, 8, place=1, failed=1),
    ]
    use = uses(turns)["gpu"]
    assert (use.busy_s, use.places, use.swaps, use.failed) == (44, 2, 2, 1)
    assert use.models == ("video/wan", "image/flux")
    assert (use.first_at, use.last_at) == (0, 50)


def test_turns_that_fail_one_after_the_other_are_an_outage() -> None:
    turns = [
        turn(0, 5, 1),
        turn(10, 20, 2, failed=1),
        turn(12, 25, 3, failed=1),
        turn(20, 40, 2, failed=1),
        turn(41, 60, 4, asked_at=30),
    ]
    (found,) = outages(turns, [])
    assert (found.begun_at, found.ended_at, found.failed, found.why) == (10, 40, 3, "")
    assert found.films == (2, 3, 4)


@pytest.mark.parametrize(
    "turns",
    [
        [turn(0, 20, failed=1), turn(20, 40, failed=1)],
        [turn(0, 20, failed=1), turn(20, 40, failed=1), turn(40, 41), turn(41, 60, failed=1)],
        # Ctrl-C ends them all at once.
        [turn(begun, 100, failed=1) for begun in range(0, 90, 10)],
    ],
)
def test_a_few_failures_or_those_of_one_moment_are_none(turns: list[LaneTurn]) -> None:
    assert outages(turns, []) == ()


def test_a_pause_and_the_failures_before_it_are_one_outage() -> None:
    turns = [turn(at, at + 10, failed=1) for at in (0, 10, 20)]
    pauses = [LanePause("a", "gpu", "3 failed", 30, 90), LanePause("a", "cpu", "disk", 200, 210)]
    gpu, cpu = outages(turns, pauses)
    assert (gpu.begun_at, gpu.ended_at, gpu.failed, gpu.why) == (0, 90, 3, "3 failed")
    assert (cpu.lane, cpu.failed, cpu.films) == ("cpu", 0, ())


def test_runners_at_the_same_time_have_places_of_their_own_and_later_ones_the_same() -> None:
    history = NightHistory(
        turns=(
            turn(0, 5, shift="a", place=1),
            turn(0, 5, shift="b"),
            turn(60, 65, shift="c"),
        ),
        shifts=(Shift("a", 0, 50), Shift("b", 2, 90), Shift("c", 55, 90)),
    )
    assert [one.place for one in placed(history)] == [1, 2, 0]


def test_the_axis_goes_from_the_first_sign_of_life_to_the_last() -> None:
    axis = axis_of([Shift("a", 100, 28_900)], [turn(200, 29_000)])
    assert axis is not None
    assert (axis.begins_at, axis.bins) == (100, 720)
    assert axis.ends_at == pytest.approx(29_000)
    short = axis_of([Shift("a", 100, 110)], [])
    assert short is not None
    assert (short.bins, short.bin_s) == (40, 0.25)
    assert axis_of([], []) is None


def row(*turns: LaneTurn) -> tuple[tuple[int, int, int, int], ...]:
    axis = Axis(begins_at=0, bin_s=10, bins=20)
    return rows_of(turns, axis)["gpu", 0].work


def test_a_long_turn_is_one_stretch_with_clean_ends() -> None:
    assert row(turn(12, 57)) == ((1, 5, 1, 4),)
    assert row(turn(12, 57), turn(57, 104, 2)) == ((1, 5, 1, 4), (6, 4, 2, 4))


def test_short_turns_show_how_much_of_a_step_they_took_and_whose_most_of_it_was() -> None:
    assert row(turn(1, 3), turn(5, 8, 2)) == ((0, 1, 2, 2),)
    assert row(turn(11, 11.1)) == ((1, 1, 1, 1),)


def test_what_lies_beyond_the_axis_stays_on_it() -> None:
    assert row(turn(-30, 25), turn(190, 400, 2)) == ((0, 2, 1, 4), (19, 1, 2, 4))


def test_swaps_and_failures_have_their_steps() -> None:
    turns = [turn(12, 57, swapped=1, failed=1), turn(13, 14, swapped=1)]
    found = rows_of(turns, Axis(begins_at=0, bin_s=10, bins=20))["gpu", 0]
    assert (found.swaps, found.failed) == ((1,), (5,))


def test_money_goes_up_in_steps() -> None:
    spendings = [Spending(at, 1, usd, 0, 0) for at, usd in ((3, 0.5), (7, 0.25), (55, 0), (95, 1))]
    assert spent(spendings, Axis(begins_at=0, bin_s=10, bins=20)) == ((10, 0.75), (100, 1.75))
