"""What a night is, gathered from what its runner and its lanes tell."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from nightshoot.domain.batch import BatchEntry, EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import ArtifactError
from nightshoot.events import ActionDone, Event, Stage, StageStarted, StepDone
from nightshoot.lane import Lane, Span
from nightshoot.providers import CircuitPhase, CircuitState
from nightshoot.queueing import Night, Queue, Queued
from nightshoot.turns import Standing
from nightshoot.watching import NextFilm, NightWatch, QueueFacts, queue_facts

Entries = Callable[..., Queued]


def facts(**parts: Any) -> QueueFacts:
    given: dict[str, Any] = {
        "counts": {},
        "next": (),
        "used": Used(),
        "limits": Limits(),
        "paused": "",
    }
    return QueueFacts.model_validate(given | parts)


def span(lane: str = "gpu", **parts: Any) -> Span:
    given: dict[str, Any] = {
        "lane": lane,
        "film": "4",
        "model": "image/flux",
        "place": 0,
        "asked_at": 10.0,
        "begun_at": 12.0,
        "ended_at": 15.0,
        "swapped": False,
        "failed": False,
    }
    return Span(**(given | parts))


def test_a_film_is_seen_from_its_beginning_to_its_end(
    clock: Any, night: Night, queued: Entries, story: tuple[Event, ...]
) -> None:
    watch = NightWatch(clock=clock)
    watch.begun(queued(worked_s=100.0))
    for event in story:
        watch.event(4, event)
    clock.now += 60
    watch.beat(night)

    (film,) = watch.state().making
    assert (film.name, film.stage, film.shots_done, film.shots) == ("月夜渔舟", Stage.TAKES, 1, 2)
    assert film.used == Used(usd=0.4, gpu_s=27.0, takes=1), "what was found was not filmed now"
    assert (film.takes, film.rejected, film.worked_s) == (2, 1, 160.0)
    assert 0 < film.share < 1

    watch.ended(queued(state=EntryState.DONE), "done")
    state = watch.state()
    assert not state.making
    (ended,) = state.finished
    assert (ended.id, ended.state, ended.used.takes, ended.worked_s) == (4, EntryState.DONE, 1, 60)


def test_what_comes_of_a_film_that_was_never_begun_here_is_no_film_of_this_runner(
    clock: Any, night: Night, queued: Entries, story: tuple[Event, ...]
) -> None:
    watch = NightWatch(clock=clock)
    watch.event(9, story[1])
    watch.ended(queued(9), "taken over")
    watch.beat(night)
    assert not watch.state().making
    assert not watch.state().finished


def test_films_stand_in_the_order_of_their_priority(clock: Any, queued: Entries) -> None:
    watch = NightWatch(clock=clock)
    for number, priority in ((1, 0), (2, 5), (3, 0)):
        watch.begun(queued(number, priority=priority))
    assert [film.id for film in watch.state().making] == [2, 1, 3]


async def test_a_film_waits_for_the_lane_in_which_it_stands_longest(
    clock: Any, night: Night, queued: Entries
) -> None:
    gpu, service = Lane("gpu", swap_s=1), Lane("video/kling", width=2)
    watch = NightWatch(clock=clock, lanes=lambda: (gpu, service))
    for number in (1, 2):
        watch.begun(queued(number))
    first, second = Standing(film="1"), Standing(film="2")
    async with gpu.turn(first, model="image/flux"):
        waiting = asyncio.create_task(gpu.turn(second, model="video/wan").__aenter__())
        await asyncio.sleep(0.12)
        watch.beat(night)
        one, two = watch.state().making
        assert (one.in_lanes, one.waits_for) == (("gpu",), "")
        assert (two.in_lanes, two.waits_for) == ((), "gpu")
        assert two.waits_s >= 0.1
        seen = {lane.name: lane for lane in watch.state().lanes}
        assert (seen["gpu"].running, seen["gpu"].waiting, seen["gpu"].loaded) == (
            1,
            1,
            ("image/flux",),
        )
    await waiting
    async with service.turn(second):
        watch.beat(night)
        assert watch.state().making[1].in_lanes == ("gpu", "video/kling")


async def test_a_lane_that_works_is_busy_before_its_turn_ends(clock: Any, night: Night) -> None:
    gpu = Lane("gpu")
    watch = NightWatch(clock=clock, lanes=lambda: (gpu,))
    watch.beat(night)
    async with gpu.turn(Standing(film="1")):
        await asyncio.sleep(0.02)
        clock.now += 0.04
        watch.beat(night)
        (lane,) = watch.state().lanes
        assert lane.busy_s >= 0.02
        assert lane.busy > 0
        assert gpu.facts.busy_s == 0, "the lane itself counts at the end"


async def test_lately_forgets_what_was_long_ago(clock: Any, night: Night) -> None:
    class Busy(Lane):
        worked_s = 0.0

        @property
        def busy_s(self) -> float:
            return self.worked_s

    lane = Busy("gpu", width=2)
    watch = NightWatch(clock=clock, lanes=lambda: (lane,))
    for second in range(1200):
        watch.beat(night)
        clock.now += 1
        lane.worked_s += 2.0 if second < 600 else 0.0
    watch.beat(night)
    (seen,) = watch.state().lanes
    assert seen.busy == pytest.approx(0.5, abs=0.01)
    assert seen.busy_lately == 0


async def test_what_a_lane_worked_never_becomes_less(clock: Any, night: Night) -> None:
    class Torn(Lane):
        seen_s = 100.0

        @property
        def busy_s(self) -> float:
            return self.seen_s

    lane = Torn("gpu")
    watch = NightWatch(clock=clock, lanes=lambda: (lane,))
    watch.beat(night)
    lane.seen_s = 3.0
    watch.beat(night)
    assert watch.state().lanes[0].busy_s == 100.0


def test_turns_that_ended_are_counted_with_their_waits(clock: Any) -> None:
    watch = NightWatch(clock=clock)
    watch.span(span())
    watch.span(span(failed=True))
    (lane,) = watch.state().lanes
    assert (lane.turns, lane.failed, lane.waited_s) == (2, 1, 4.0)


async def test_a_paused_lane_says_why(clock: Any, night: Night) -> None:
    gpu = Lane("gpu")
    gpu.pause("video/kling does not answer")
    watch = NightWatch(clock=clock, lanes=lambda: (gpu,))
    watch.beat(night)
    assert watch.state().lanes[0].paused == ("video/kling does not answer",)


def test_only_circuits_that_are_not_closed_are_told(clock: Any, night: Night) -> None:
    def circuit(tool: str, state: CircuitPhase) -> CircuitState:
        return CircuitState(tool=tool, state=state, failures=3, since_s=1.0, why="HTTP 503")

    watch = NightWatch(
        clock=clock,
        circuits=lambda: (circuit("a", CircuitPhase.CLOSED), circuit("b", CircuitPhase.OPEN)),
    )
    watch.beat(night)
    assert [one.tool for one in watch.state().circuits] == ["b"]


def test_the_night_has_a_share_and_a_guess_of_the_time_left(
    clock: Any, night: Night, queued: Entries, story: tuple[Event, ...]
) -> None:
    counts = {EntryState.DONE: 1, EntryState.RUNNING: 1, EntryState.WAITING: 2}
    watch = NightWatch(clock=clock, facts=lambda _: facts(counts=counts))
    watch.begun(queued())
    watch.beat(night)
    assert watch.state().left_s is None, "nothing was made, so nothing is known"
    watch.event(4, StageStarted(stage=Stage.KEYFRAMES, units=2))
    watch.event(4, ActionDone(tool="image/flux", key="k", shot="s01", reused=False))
    for shot in ("s01", "s02"):
        watch.event(4, StepDone(stage=Stage.KEYFRAMES, shot=shot))
    clock.now += 100
    state = watch.state()
    made = state.making[0].share
    assert state.share == pytest.approx((1 + made) / 4)
    # A quarter of a film in 100 s: the rest at the same pace.
    assert state.left_s == pytest.approx((3 - made) * 100 / 0.25, rel=0.01)


def test_what_was_found_from_before_does_not_count_as_pace(
    clock: Any, night: Night, queued: Entries
) -> None:
    counts = {EntryState.RUNNING: 1, EntryState.WAITING: 1}
    watch = NightWatch(clock=clock, facts=lambda _: facts(counts=counts))
    watch.begun(queued())
    watch.beat(night)
    watch.event(4, StageStarted(stage=Stage.TAKES, units=2))
    for shot in ("s01", "s02"):
        watch.event(4, ActionDone(tool="video/wan", key=shot, shot=shot, reused=True))
        watch.event(4, StepDone(stage=Stage.TAKES, shot=shot, reused=True))
    clock.now += 1
    assert watch.state().making[0].share > 0.5
    assert watch.state().left_s is None


def test_films_that_were_called_off_are_not_to_be_made(clock: Any, night: Night) -> None:
    counts = {EntryState.DONE: 2, EntryState.CANCELLED: 3, EntryState.SET_ASIDE: 1}
    watch = NightWatch(clock=clock, facts=lambda _: facts(counts=counts))
    watch.beat(night)
    state = watch.state()
    assert (state.films, state.over, state.share, state.left_s) == (3, 3, 1.0, 0.0)


def test_a_queue_that_cannot_be_read_leaves_what_was_known(clock: Any, night: Night) -> None:
    told = [facts(counts={EntryState.DONE: 2})]

    def read(_: Night) -> QueueFacts:
        if not told:
            raise ArtifactError("the disk is full")
        return told.pop()

    watch = NightWatch(clock=clock, facts=read)
    for _ in range(3):
        watch.beat(night)
        clock.now += 5
    assert watch.state().counts == {EntryState.DONE: 2}


def test_the_queue_is_not_read_at_every_beat(clock: Any, night: Night, queued: Entries) -> None:
    reads = []

    def read(_: Night) -> QueueFacts:
        reads.append(clock.now)
        return facts()

    watch = NightWatch(clock=clock, facts=read)
    for _ in range(100):
        watch.beat(night)
        clock.now += 0.1
    assert len(reads) <= 6
    before = len(reads)
    watch.beat(night)
    watch.ended(queued(), "done")
    watch.beat(night)
    assert len(reads) >= before + 1, "what ended is looked up at once"


def test_a_long_night_needs_no_more_memory(
    clock: Any, night: Night, queued: Entries, story: tuple[Event, ...]
) -> None:
    gpu = Lane("gpu")
    watch = NightWatch(clock=clock, lanes=lambda: (gpu,))

    def play(films: range) -> int:
        for number in films:
            watch.begun(queued(number))
            for event in story:
                watch.event(number, event)
            watch.span(span(film=str(number)))
            watch.beat(night)
            watch.ended(queued(number, state=EntryState.DONE), "done")
            clock.now += 60
        return _size(watch)

    assert play(range(200, 300)) <= play(range(100, 200)) * 1.02
    assert len(watch.state().finished) == 20


def _size(thing: object, seen: set[int] | None = None) -> int:
    """Gives about how many bytes hang on a thing."""
    seen = set() if seen is None else seen
    if id(thing) in seen or isinstance(thing, type) or callable(thing):
        return 0
    seen.add(id(thing))
    inner: list[object] = []
    if isinstance(thing, dict):
        inner = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set) or type(thing).__name__ == "deque":
        inner = list(thing)  # type: ignore[call-overload]
    slots = getattr(type(thing), "__slots__", ())
    inner += [getattr(thing, name, None) for name in slots if isinstance(slots, tuple)]
    inner += list(getattr(thing, "__dict__", {}).values())
    return sys.getsizeof(thing) + sum(_size(one, seen) for one in inner)


def test_many_threads_may_tell_and_look_at_once(
    clock: Any, night: Night, queued: Entries, story: tuple[Event, ...]
) -> None:
    watch = NightWatch(clock=clock, facts=lambda _: facts())
    faults: list[Exception] = []

    def play(base: int) -> None:
        try:
            for number in range(base, base + 20):
                watch.begun(queued(number))
                for event in story:
                    watch.event(number, event)
                watch.span(span(lane=f"lane{number % 7}", film=str(number)))
                watch.beat(night)
                watch.state().model_dump_json()
                watch.ended(queued(number, state=EntryState.DONE), "done")
        except Exception as error:  # noqa: BLE001 told by the test itself
            faults.append(error)

    threads = [threading.Thread(target=play, args=(base,)) for base in range(0, 400, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sum(lane.turns for lane in watch.state().lanes) == 80


async def test_lanes_may_be_looked_at_from_another_thread_while_they_work(
    clock: Any, night: Night
) -> None:
    gpu = Lane("gpu", width=2, swap_s=0.0)
    watch = NightWatch(clock=clock, lanes=lambda: (gpu,))
    faults: list[Exception] = []
    ending = threading.Event()

    def look() -> None:
        try:
            while not ending.is_set():
                watch.beat(night)
                watch.state()
        except Exception as error:  # noqa: BLE001 told by the test itself
            faults.append(error)

    async def work(film: int) -> None:
        for _ in range(100):
            async with gpu.turn(Standing(film=str(film))):
                await asyncio.sleep(0)

    watcher = threading.Thread(target=look)
    watcher.start()
    await asyncio.gather(*(work(film) for film in range(20)))
    ending.set()
    watcher.join()
    assert not faults
    assert (gpu.held, gpu.awaited) == ((), ())


async def test_who_gives_up_at_the_last_moment_holds_nothing() -> None:
    gpu = Lane("gpu")
    one, two = (gpu.turn(Standing(film=film)) for film in "12")
    await one.__aenter__()
    waiting = asyncio.create_task(two.__aenter__())
    await asyncio.sleep(0)
    await one.__aexit__(None, None, None)
    assert [ticket.standing.film for ticket in gpu.held] == ["2"], "it was told that it may begin"
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (gpu.held, gpu.awaited, gpu.running) == ((), (), 0)


def test_a_queue_says_how_its_night_stands(tmp_path: Any, clock: Any) -> None:
    queue = Queue(tmp_path / "batch.sqlite", clock=clock)
    queue.add([BatchEntry(brief=name, name=name, priority=at) for at, name in enumerate("abc")])
    queue.cancel(1)
    queue.pause(text="a person paused it")
    told = queue_facts(queue, Night(id=1, begun_at=0.0))
    assert told.counts == {EntryState.WAITING: 2}
    assert told.next == (
        NextFilm(id=3, name="c", priority=2),
        NextFilm(id=2, name="b", priority=1),
    )
    assert told.paused == "a person paused it"
    assert told.used == Used()
    queue.close()
