"""While films run, the runner tells them what has changed: priorities, limits, room on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from nightshoot.batch import STOP_GRACE_S, Order
from nightshoot.domain.limits import Limits
from nightshoot.errors import ArtifactError
from nightshoot.graphs.floor import Floor
from nightshoot.workplace import Report

Place = Any
Reported = Callable[[Order], Report]


def test_a_running_film_stands_by_its_new_priority(place: Place, reported: Reported) -> None:
    place.add("moon")
    seen: list[float] = []

    async def make(order: Order) -> Report:
        seen.append(order.standing.priority)
        place.queue.prioritise(order.number, 7)
        while order.standing.priority != 7:  # noqa: ASYNC110 no event tells it
            await asyncio.sleep(0.001)
        seen.append(order.standing.priority)
        return reported(order)

    assert place.run(make).ended == "done"
    assert seen == [0, 7]


def test_what_others_left_over_is_given_to_a_film_that_runs(
    place: Place, reported: Reported
) -> None:
    place.add("moon", "sea")
    given: dict[str, float | None] = {}

    async def make(order: Order) -> Report:
        first = order.allowance.limits.usd
        if order.entry.name == "moon":
            while order.allowance.limits.usd == first:  # noqa: ASYNC110 as above
                await asyncio.sleep(0.001)
            given["after"] = order.allowance.limits.usd
        given[order.entry.name] = first
        return reported(order)

    runner = place.runner(make, films_at_once=2, limits=Limits(usd=8.0))
    assert runner.run().ended == "done"
    assert (given["moon"], given["sea"], given["after"]) == (4.0, 4.0, 8.0)


def test_a_film_is_bounded_where_the_night_or_the_film_is(place: Place, reported: Reported) -> None:
    place.add("moon")
    place.add("sea", budget_usd=2.0)
    thrifty: dict[str, bool] = {}

    def make(order: Order) -> Report:
        thrifty[order.entry.name] = order.thrifty
        return reported(order)

    place.run(make)
    assert thrifty == {"moon": False, "sea": True}
    place.add("hill")
    place.run(make, until=place.clock.wall() + 60)
    assert thrifty["hill"] is True


def test_the_lanes_end_when_the_night_does(place: Place, reported: Reported) -> None:
    place.add("moon")
    floor, left = Floor(), []

    async def make(order: Order) -> Report:
        while (seconds := floor.pace.left_s()) is None:  # noqa: ASYNC110 as above
            await asyncio.sleep(0.001)
        left.append(seconds)
        return reported(order)

    place.run(make, floor=floor, until=place.clock.wall() + 1000)
    assert 0 < left[0] <= 1000


def test_a_disk_that_has_room_again_lets_the_same_run_go_on(
    place: Place, reported: Reported
) -> None:
    place.add("moon", "sea")
    full = ["moon"]
    looks: list[str] = []

    def make(order: Order) -> Report:
        if order.entry.name in full:
            full.clear()
            raise ArtifactError("no space left to write to /films: free some")
        return reported(order)

    def room() -> bool:
        looks.append(place.queue.paused)
        return len(looks) > 3

    assert place.run(make, room=room).ended == "done"
    assert set(place.states().values()) == {"done"}
    assert all("no space left" in told for told in looks)
    assert place.queue.paused == ""


def test_a_film_that_does_not_stop_is_told_again_after_the_grace_time_and_not_before(
    place: Place, reported: Reported, caplog: pytest.LogCaptureFixture
) -> None:
    place.add("moon")
    told: list[float] = []

    async def make(order: Order) -> Report:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                told.append(place.clock.monotonic())
                if len(told) == 2:
                    raise
            else:
                break
            finally:
                await asyncio.sleep(0)
        return reported(order)

    runner = place.runner(make)
    wait = place.clock.wait

    def stop(event: Any, timeout_s: float) -> None:
        wait(event, timeout_s)
        runner.stop()

    place.clock.wait = stop
    assert runner.run().ended == "stopped"
    assert place.states() == {"moon": "waiting"}
    assert len(told) == 2
    assert told[1] - told[0] >= STOP_GRACE_S - 1
    assert "moon has not stopped within 30 s" in caplog.text
