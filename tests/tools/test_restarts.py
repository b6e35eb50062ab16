"""A process that ends unasked is started again at once, later, or not this hour."""

from __future__ import annotations

from nightshoot.tools.restarts import Restarts


def test_the_first_end_and_one_after_work_are_answered_at_once() -> None:
    restarts = Restarts(20)
    assert restarts.start_at() == 0.0
    for now in (10.0, 20.0, 30.0):
        restarts.worked()
        restarts.ended(now)
        assert restarts.start_at() == 0.0


def test_ends_in_vain_are_answered_later_and_later_up_to_a_minute() -> None:
    restarts = Restarts(1000)
    waits = []
    for _ in range(100):
        restarts.ended(50.0)
        waits.append(restarts.start_at() - 50.0)
    assert waits[1:6] == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert max(waits) == waits[-1] == 60.0


def test_too_many_ends_close_it_until_the_first_is_an_hour_old() -> None:
    restarts = Restarts(3)
    for now in (0.0, 600.0, 1200.0):
        assert restarts.closed_s(now) == 0.0
        restarts.worked()
        restarts.ended(now)
    assert restarts.closed_s(1200.0) == 2400.0
    assert restarts.closed_s(3599.0) == 1.0
    assert restarts.closed_s(3600.0) == 0.0
    restarts.ended(3600.0)
    assert restarts.closed_s(3600.0) == 600.0


def test_a_night_of_ends_is_bounded_and_remembers_no_more_than_an_hour() -> None:
    restarts, now, started = Restarts(20), 0.0, 0
    while now < 10 * 3600:
        now = max(now + 1.0, restarts.start_at(), now + restarts.closed_s(now))
        started += 1
        restarts.ended(now)
        restarts.is_news(now, f"reason {started}")
    assert started <= 20 * 11
    assert len(restarts._told) <= 20


def test_a_reason_is_told_once_an_hour() -> None:
    restarts = Restarts(20)
    told = [restarts.is_news(float(now), "killed") for now in (0, 1, 3599, 3600, 3601)]
    assert told == [True, False, False, True, False]
    assert restarts.is_news(1.0, "hung")
