"""Lanes let the right number through, in the right order, and lose nobody."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.virtual_clock import Stuck, run
from nightshoot.errors import BudgetExceeded, TooLate
from nightshoot.lane import Lane, Span
from nightshoot.lanes import Lanes
from nightshoot.turns import Standing

FIRST, SECOND, THIRD = (Standing(film=f"film {place}", place=place) for place in (1, 2, 3))


@dataclass(frozen=True)
class LaneOutcome:
    swaps: int
    loaded: tuple[str, ...]


async def work(
    lane: Lane,
    standing: Standing = FIRST,
    *,
    model: str = "",
    seconds: float = 10.0,
    swap_s: float = 0.0,
    together: int = 1,
) -> float:
    """Takes a turn; gives when it began."""
    async with lane.turn(standing, model=model, estimate_s=seconds, together=together) as turn:
        begun = asyncio.get_running_loop().time()
        await asyncio.sleep(seconds + swap_s * turn.swapped)
        return begun


def order(spans: Sequence[Span]) -> list[str]:
    """Who began when: the models and the numbers of the films."""
    return [f"{span.model}{span.film[-1]}" for span in sorted(spans, key=lambda one: one.begun_at)]


def test_as_many_turns_run_as_the_lane_is_wide() -> None:
    async def night() -> list[float]:
        lane = Lane("cutting", width=2)
        return await asyncio.gather(*(work(lane) for _ in range(5)))

    assert run(night()) == [0, 0, 10, 10, 20]


def test_work_for_the_loaded_model_goes_first_and_films_in_their_order() -> None:
    async def night() -> list[Span]:
        spans: list[Span] = []
        lane = Lane("gpu", swap_s=15, tell=spans.append)
        async with asyncio.TaskGroup() as group:
            for standing in (THIRD, FIRST, SECOND):
                for model in "ab":
                    group.create_task(work(lane, standing, model=model))
        assert lane.facts.swaps == 2
        return spans

    # The third film asked first, when the GPU was free.
    assert order(run(night())) == ["a3", "a1", "a2", "b1", "b2", "b3"]


def test_the_model_that_is_swapped_to_is_the_first_films() -> None:
    async def night() -> list[Span]:
        spans: list[Span] = []
        lane = Lane("gpu", swap_s=15, tell=spans.append)
        async with asyncio.TaskGroup() as group:
            for standing, model in ((THIRD, "a"), (SECOND, "b"), (SECOND, "b"), (FIRST, "c")):
                group.create_task(work(lane, standing, model=model))
        return spans

    assert order(run(night())) == ["a3", "c1", "b2", "b2"]


def test_of_two_models_of_one_film_the_one_with_more_work_comes_first() -> None:
    async def night() -> list[Span]:
        spans: list[Span] = []
        lane = Lane("gpu", swap_s=15, tell=spans.append)
        async with asyncio.TaskGroup() as group:
            for standing, model in ((FIRST, "a"), (FIRST, "b"), (FIRST, "c"), (SECOND, "c")):
                group.create_task(work(lane, standing, model=model))
        return spans

    assert order(run(night())) == ["a1", "c1", "c2", "b1"]


def test_a_higher_priority_goes_before_an_earlier_film_and_may_be_given_while_it_waits() -> None:
    async def night() -> list[Span]:
        spans: list[Span] = []
        lane = Lane("writing", tell=spans.append)
        urgent = Standing(film="film 9", place=9)
        async with asyncio.TaskGroup() as group:
            for standing in (FIRST, SECOND, urgent):
                group.create_task(work(lane, standing))
            await asyncio.sleep(5)
            urgent.priority = 1.0
        return spans

    assert order(run(night())) == ["1", "9", "2"]


def test_a_model_whose_turn_is_over_gives_way_to_an_earlier_film_only() -> None:
    async def night(waits: Standing) -> list[Span]:
        spans: list[Span] = []
        lane = Lane("gpu", swap_s=1, turn_s=25, tell=spans.append)
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(work(lane, SECOND, model="a"))
            group.create_task(work(lane, waits, model="b"))
        return spans

    assert order(run(night(FIRST))) == ["a2", "a2", "a2", "b1", "a2"]
    assert order(run(night(THIRD))) == ["a2", "a2", "a2", "a2", "b3"]


def test_who_was_overtaken_for_too_long_goes_next() -> None:
    async def night() -> float:
        lane = Lane("gpu", swap_s=5, turn_s=60, patience_s=300)

        async def favourites() -> None:
            for _ in range(100):
                await work(lane, FIRST, model="a", swap_s=5)

        async with asyncio.TaskGroup() as group:
            # Two, so that one always waits while the other works.
            busy = [group.create_task(favourites()) for _ in range(2)]
            begun = await group.create_task(work(lane, THIRD, model="b", swap_s=5))
            for task in busy:
                task.cancel()
        return begun

    assert 300 <= run(night()) <= 300 + 10 + 5


def test_each_gpu_keeps_its_model() -> None:
    async def night() -> tuple[LaneOutcome, list[Span]]:
        spans: list[Span] = []
        lane = Lane("gpu", width=2, swap_s=15, tell=spans.append)

        async def film(model: str) -> None:
            for _ in range(10):
                await work(lane, FIRST, model=model, swap_s=15)

        await asyncio.gather(film("a"), film("b"))
        return LaneOutcome(lane.facts.swaps, lane.loaded), spans

    outcome, spans = run(night())
    assert outcome == LaneOutcome(2, ("a", "b"))
    assert {(span.place, span.model) for span in spans} == {(0, "a"), (1, "b")}


def test_a_second_gpu_does_not_load_a_model_for_what_the_first_does_sooner() -> None:
    async def night() -> list[float]:
        lane = Lane("gpu", width=2, swap_s=15)
        await asyncio.gather(work(lane, model="a"), work(lane, model="b"))
        first = asyncio.create_task(work(lane, model="a", seconds=5))
        soon = asyncio.create_task(work(lane, model="a", seconds=5))
        long = asyncio.create_task(work(lane, model="a", seconds=40))
        begun = [await task for task in (first, soon, long)]
        assert lane.loaded == ("a", "a")
        return begun

    # With all that waits the load is worth it.
    assert run(night()) == [10, 10, 15]

    async def quiet_night() -> LaneOutcome:
        lane = Lane("gpu", width=2, swap_s=15)
        await asyncio.gather(work(lane, model="a"), work(lane, model="b"))
        await asyncio.gather(*(work(lane, model="a", seconds=5) for _ in range(3)))
        return LaneOutcome(lane.facts.swaps, lane.loaded)

    assert run(quiet_night()) == LaneOutcome(2, ("a", "b"))


def test_a_second_gpu_helps_in_the_end_where_the_first_takes_longer_than_was_thought() -> None:
    async def night() -> float:
        lane = Lane("gpu", width=2, swap_s=15)
        await work(lane, model="a", seconds=1)
        hung = asyncio.create_task(work(lane, model="a", seconds=10_000))
        await asyncio.sleep(0)
        # Place 2 has nothing loaded and nothing to do.
        begun = await work(lane, model="a", seconds=5)
        hung.cancel()
        return begun

    assert run(night()) == 1 + 15


def test_the_model_that_is_missed_least_makes_room() -> None:
    async def night(*jobs: tuple[str, float]) -> tuple[str, ...]:
        lane = Lane("gpu", width=len(jobs), swap_s=15)
        await asyncio.gather(*(work(lane, model=model, seconds=long) for model, long in jobs))
        await work(lane, model="c")
        return lane.loaded

    # The one that was used least lately, but rather one that another GPU has too.
    assert run(night(("a", 20), ("b", 10))) == ("a", "c")
    assert run(night(("b", 5), ("a", 20), ("a", 20))) == ("b", "c", "a")


def test_turns_that_a_model_makes_together_share_a_place() -> None:
    async def night() -> list[float]:
        lane = Lane("gpu", swap_s=15)
        painted = [work(lane, model="a", together=4) for _ in range(6)]
        return await asyncio.gather(*painted, work(lane, SECOND, model="b"))

    assert run(night()) == [0, 0, 0, 0, 10, 10, 20]


def test_a_turn_without_a_model_leaves_the_loaded_one_where_it_is() -> None:
    async def night() -> LaneOutcome:
        lane = Lane("gpu", swap_s=15)
        for model in ("a", "", "a"):
            await work(lane, model=model)
        return LaneOutcome(lane.facts.swaps, lane.loaded)

    assert run(night()) == LaneOutcome(1, ("a",))


def test_nobody_begins_in_a_paused_lane_until_every_reason_is_gone() -> None:
    async def night() -> list[float]:
        lane = Lane("writing", width=2)
        runs = asyncio.create_task(work(lane))
        await asyncio.sleep(1)
        lane.pause("the disk is full")
        lane.pause("breaker")
        lane.pause("breaker")
        waits = asyncio.create_task(work(lane))
        await asyncio.sleep(100)
        lane.resume("breaker")
        assert lane.pauses == ("the disk is full",)
        await asyncio.sleep(100)
        lane.resume("the disk is full")
        lane.resume("never paused")
        return [await runs, await waits]

    assert run(night()) == [0, 201]


def test_a_model_alone_can_be_paused() -> None:
    async def night() -> list[float]:
        lane = Lane("gpu")
        lane.pause("breaker", model="a")
        waits = asyncio.create_task(work(lane, model="a"))
        goes = asyncio.create_task(work(lane, SECOND, model="b"))
        await asyncio.sleep(50)
        lane.resume("breaker", model="a")
        return [await waits, await goes]

    assert run(night()) == [50, 0]


def test_a_pause_makes_nobody_overdue() -> None:
    async def night() -> list[Span]:
        spans: list[Span] = []
        lane = Lane("writing", patience_s=100, tell=spans.append)
        async with asyncio.TaskGroup() as group:
            group.create_task(work(lane, SECOND, seconds=20))
            await asyncio.sleep(1)
            group.create_task(work(lane, THIRD))
            await asyncio.sleep(9)
            # Pauses that overlap, one begun before the waiter asked and one after.
            lane.pause("outage")
            await asyncio.sleep(500)
            lane.pause("the disk is full")
            await asyncio.sleep(20)
            group.create_task(work(lane, THIRD))
            await asyncio.sleep(480)
            lane.resume("outage")
            await asyncio.sleep(20)
            group.create_task(work(lane, FIRST))
            await asyncio.sleep(0)
            lane.resume("the disk is full")
        return spans

    assert order(run(night())) == ["2", "1", "3", "3"]


def test_what_cannot_end_in_time_is_refused_at_once_or_as_soon_as_it_is_known() -> None:
    async def night() -> list[float]:
        lane = Lane("gpu", swap_s=15)
        lane.end_at(100.0)
        loop = asyncio.get_running_loop()
        refused_at = []

        async def asks(seconds: float, model: str = "a") -> None:
            with pytest.raises(TooLate, match="only"):
                await work(lane, SECOND, model=model, seconds=seconds)
            refused_at.append(loop.time())

        await asks(90)  # and 15 to load it
        runs = asyncio.create_task(work(lane, model="a", seconds=60))
        await asyncio.sleep(0)
        # These wait behind it, and it does not end in time for them.
        await asyncio.gather(asks(70), asks(50), asks(50, model="b"))
        await runs
        lane.pause("outage")
        await asks(20)
        lane.resume("outage")
        await work(lane, model="a", seconds=10)
        lane.end_at(None)
        await work(lane, model="a", seconds=1000)
        assert lane.facts.films[SECOND.film].refused == 5
        return refused_at

    assert run(night()) == [0, 30, 35, 50, 80]


def test_a_deadline_is_a_ceiling_of_the_budget_for_callers() -> None:
    assert issubclass(TooLate, BudgetExceeded)


def test_a_failed_turn_frees_its_place_and_the_lane_serves_the_others_as_before() -> None:
    async def night() -> list[float | BaseException]:
        lane = Lane("gpu")

        async def fails() -> float:
            async with lane.turn(FIRST):
                await asyncio.sleep(1)
                raise ValueError("out of memory")

        results = list(
            await asyncio.gather(fails(), fails(), work(lane, SECOND), return_exceptions=True)
        )
        assert (lane.facts.films[FIRST.film].failed, lane.running) == (2, 0)
        return results

    *failed, begun = run(night())
    assert [str(error) for error in failed] == ["out of memory"] * 2
    assert begun == 2


def test_a_follower_that_fails_costs_nobody_their_turn() -> None:
    async def night() -> list[float | BaseException]:
        def fails(span: Span) -> None:
            raise OSError(span.film)

        lane = Lane("writing", tell=fails)
        return list(
            await asyncio.gather(work(lane), work(lane), work(lane), return_exceptions=True)
        )

    assert [type(result) for result in run(night())] == [OSError] * 3


def test_a_turn_that_is_entered_again_is_another_turn() -> None:
    async def night() -> int:
        lane = Lane("writing")
        turn = lane.turn(FIRST)
        for _ in range(3):
            async with turn:
                await asyncio.sleep(1)
        return lane.facts.films[FIRST.film].turns

    assert run(night()) == 3


def test_a_waiter_that_gives_up_lets_the_next_one_by() -> None:
    async def night() -> float:
        lane = Lane("writing")
        runs = asyncio.create_task(work(lane))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await work(lane)
        begun = await work(lane, SECOND)
        await runs
        return begun

    assert run(night()) == 10


def test_a_waiter_that_gives_up_no_longer_keeps_a_gpu_from_being_filled() -> None:
    async def night() -> float:
        lane = Lane("gpu", turn_s=5)
        runs = asyncio.create_task(work(lane, SECOND, model="a", seconds=100, together=2))
        await asyncio.sleep(10)
        # It is first in line and waits for the GPU to be empty, so that nobody joins.
        first = asyncio.create_task(work(lane, FIRST, model="b"))
        joins = asyncio.create_task(work(lane, SECOND, model="a", together=2))
        await asyncio.sleep(10)
        first.cancel()
        begun = await joins
        await runs
        return begun

    assert run(night()) == 20


def test_a_waiter_cancelled_as_its_turn_comes_passes_it_on() -> None:
    async def night() -> float:
        lane = Lane("writing")
        async with lane.turn(FIRST):
            chosen = asyncio.create_task(work(lane, FIRST))
            next_one = asyncio.create_task(work(lane, SECOND))
            await asyncio.sleep(1)
        # The place is given to the first one, which has not run yet.
        chosen.cancel()
        return await next_one

    assert run(night()) == 1


def test_a_waiter_cancelled_just_before_its_turn_comes_is_not_given_it() -> None:
    async def night() -> float:
        lane = Lane("writing")
        async with lane.turn(FIRST):
            chosen = asyncio.create_task(work(lane, FIRST))
            next_one = asyncio.create_task(work(lane, SECOND))
            await asyncio.sleep(1)
            chosen.cancel()
        return await next_one

    assert run(night()) == 1


def test_a_lane_belongs_to_one_event_loop() -> None:
    lane = Lane("writing")
    run(work(lane))
    with pytest.raises(RuntimeError, match="writing belongs to another event loop"):
        run(work(lane))


def test_facts_tell_what_each_film_had_and_waited_for() -> None:
    async def night() -> Lane:
        lane = Lane("gpu", swap_s=5)
        await asyncio.gather(
            work(lane, FIRST, model="a"), work(lane, FIRST, model="a"), work(lane, SECOND)
        )
        await asyncio.sleep(100)
        return lane

    facts = run(night()).facts
    assert (facts.busy_s, facts.swaps) == (30, 1)
    first, second = facts.films[FIRST.film], facts.films[SECOND.film]
    assert (first.turns, first.work_s, first.waited_s, first.longest_wait_s) == (2, 20, 10, 10)
    assert (second.turns, second.work_s, second.waited_s) == (1, 10, 20)


def test_films_share_lanes_and_a_door_is_entered_like_a_semaphore() -> None:
    async def night() -> list[Span]:
        spans: list[Span] = []
        gpu = Lane("gpu", tell=spans.append)
        cpu = Lane("cpu", width=2)
        lanes = Lanes(
            writing=cpu, painting=gpu, filming=gpu, judging=cpu, speaking=cpu, cutting=cpu
        )
        assert lanes.all == (cpu, gpu)
        early, late = lanes.of(film="film 1"), lanes.of(film="film 2")
        urgent = lanes.of(5.0, film="film 3")

        async def step(door: AbstractAsyncContextManager[object]) -> None:
            async with door:
                await asyncio.sleep(1)

        # A turn that is asked for is entered like the door itself.
        doors = (late.filming, late.filming.turn(), early.painting, urgent.filming)
        await asyncio.gather(*(step(door) for door in doors))
        assert gpu.running == 0
        return spans

    assert order(run(night())) == ["2", "3", "1", "2"]


def test_a_lost_wake_up_would_be_noticed() -> None:
    async def night() -> None:
        lane = Lane("writing")
        lane.pause("for ever")
        await work(lane)

    with pytest.raises(Stuck):
        run(night())
