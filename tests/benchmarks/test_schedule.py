"""The lanes reach the goals of a night on the known case, and the other ways do not."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.schedule import (
    GATHER,
    ONE_BY_ONE,
    OURS,
    Case,
    Night,
    Times,
    cases,
    drawn,
    known,
    night,
)
from benchmarks.virtual_clock import run

MINUTE = 60.0
KNOWN = Case(name="known", films=known())


@pytest.fixture(scope="module")
def ours() -> Night:
    return run(night(KNOWN, OURS))


def test_twenty_films_are_made_in_hardly_more_than_the_least_time(ours: Night) -> None:
    assert ours.bound_s == pytest.approx(114.9 * MINUTE, abs=3)
    assert ours.ratio <= 1.02


def test_the_first_film_is_there_early(ours: Night) -> None:
    assert ours.first_s <= 25 * MINUTE
    assert ours.ended_s["film 01"] == ours.first_s


def test_the_gpu_is_busy(ours: Night) -> None:
    assert ours.busy >= 0.97
    assert ours.work_s == pytest.approx(20 * 12 * 27.0)


def test_other_ways_take_longer(ours: Night) -> None:
    gather, one_by_one = (run(night(KNOWN, policy)) for policy in (GATHER, ONE_BY_ONE))
    assert one_by_one.ratio == pytest.approx(2.2, abs=0.1)
    assert one_by_one.busy < 0.5
    assert gather.ratio > 1.1
    assert gather.first_s > ours.first_s
    assert gather.work_s == pytest.approx(ours.work_s)


@pytest.mark.parametrize("number", range(5))
def test_other_nights_stay_near_a_bound_that_may_be_out_of_reach(number: int) -> None:
    case = cases(seed=1)[number]
    one = run(night(case, OURS))
    assert 1.0 <= one.ratio <= 1.05
    assert len(one.ended_s) == len(case.films)


def test_no_film_is_faster_than_its_bound() -> None:
    film = replace(drawn(3, count=1)[0], arrives_s=100.0)
    case = Case(name="alone", films=(film,))
    assert 1.0 <= run(night(case, OURS)).ratio <= 1.35


def test_the_bound_of_one_film_of_one_shot_is_reached() -> None:
    case = Case(name="one", films=known(1, 1, times=Times(documents=(10.0,), judge=0.0)))
    one = run(night(case, OURS))
    assert one.makespan_s == one.bound_s == 10 + 10 + 15 + 6 + 15 + 21 + 150
