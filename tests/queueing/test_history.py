"""What a night did is written down beat by beat, survives a kill, and harms no film."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nightshoot.events import ActionDone, Event, TakeRejected, TokensUsed
from nightshoot.following import Follower
from nightshoot.lane import Span
from nightshoot.providers import Kept
from nightshoot.queueing import Night, Queue
from nightshoot.queueing.history import (
    KEPT_NIGHTS,
    History,
    LanePause,
    LaneTurn,
    NightHistory,
    Shift,
    Spending,
)
from nightshoot.queueing.recorder import Recorder

Place = Any


def night(number: int = 1) -> Night:
    return Night(id=number, begun_at=1_790_000_000.0)


def span(begun: float = 10.0, film: str = "7", **parts: object) -> Span:
    told = {
        "lane": "gpu", "film": film, "model": "video/wan", "place": 0, "asked_at": begun - 4,
        "begun_at": begun, "ended_at": begun + 6, "swapped": True, "failed": False,
    } | parts  # fmt: skip
    return Span(**told)  # type: ignore[arg-type]


def turn(at: float = 10.0, entry: int = 7, **parts: object) -> LaneTurn:
    told = {
        "shift": "a", "entry": entry, "lane": "gpu", "place": 0, "model": "", "asked_at": at - 4,
        "begun_at": at, "ended_at": at + 6, "swapped": 0, "failed": 0,
    } | parts  # fmt: skip
    return LaneTurn(**told)  # type: ignore[arg-type]


def action(tool: str = "video/kling", *, cost: float = 0.5, **parts: object) -> ActionDone:
    told = {"tool": tool, "key": "k", "shot": "s01", "reused": False, "cost_usd": cost} | parts
    return ActionDone.model_validate(told)


def tokens(cost: float, agent: str = "screenwriter") -> TokensUsed:
    return TokensUsed(agent=agent, requests=1, prompt_tokens=9, completion_tokens=9, cost_usd=cost)


@pytest.fixture
def history(place: Place) -> History:
    return History(place.queue.tables)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def recorder(place: Place, history: History, told: list[str]) -> Recorder:
    return Recorder(history, clock=place.clock, tell=told.append, most=100)


@pytest.fixture
def locked(place: Place) -> Iterator[sqlite3.Connection]:
    """Another process that has the file locked."""
    other = sqlite3.connect(place.queue.tables.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_what_is_added_is_read_again_for_its_night_alone(history: History) -> None:
    spending = Spending(20.0, 7, 0.5, 3.0, 1)
    pause = LanePause("a", "video/kling", "away", 5.0, 9.0)
    shift = Shift("a", 1.0, 30.0)
    history.add(1, turns=[turn(), turn(30.0)], spendings=[spending], pauses=[pause], shift=shift)
    history.add(2, turns=[turn(90.0)])
    assert history.of(1) == NightHistory(
        turns=(turn(), turn(30.0)), spendings=(spending,), pauses=(pause,), shifts=(shift,)
    )
    assert history.of(2).turns == (turn(90.0),)
    assert history.of(3) == NightHistory()


def test_a_queue_without_a_history_is_read_and_not_written(place: Place, history: History) -> None:
    assert history.of(1) == NightHistory()
    with place.queue.tables.reading() as db:
        names = {row["name"] for row in db.execute("SELECT name FROM sqlite_master")}
    assert not names & {"turns", "spendings", "lane_pauses", "shifts"}


def test_a_pause_and_a_shift_that_go_on_are_one_each(history: History) -> None:
    for end in (9.0, 12.0, 15.0):
        history.add(1, pauses=[LanePause("a", "gpu", "away", 5.0, end)], shift=Shift("a", 1.0, end))
    found = history.of(1)
    assert [one.ended_at for one in found.pauses] == [15.0]
    assert [one.seen_at for one in found.shifts] == [15.0]


def test_nights_long_ago_are_forgotten_when_another_begins(place: Place) -> None:
    History(place.queue.tables).add(1, turns=[turn()], shift=Shift("a", 1.0, 2.0))
    History(place.queue.tables).add(KEPT_NIGHTS, turns=[turn()])
    assert History(place.queue.tables).of(1).turns
    History(place.queue.tables).add(1 + KEPT_NIGHTS, turns=[turn()])
    history = History(place.queue.tables)
    assert history.of(1) == NightHistory()
    assert history.of(KEPT_NIGHTS).turns


def test_a_recorder_follows_a_night(recorder: Recorder) -> None:
    follower: Follower = recorder
    assert follower is recorder


def test_a_clock_that_is_set_in_the_night_moves_nothing(
    place: Place, history: History, recorder: Recorder
) -> None:
    clock = place.clock
    offset = clock.wall() - clock.monotonic()
    recorder.span(span(clock.monotonic() + 1))
    clock.now_wall += 7200
    clock.advance(60)
    recorder.span(span(clock.monotonic() + 1))
    recorder.event(7, action())
    recorder.beat(night())
    first, second = history.of(1).turns
    assert second.begun_at - first.begun_at == pytest.approx(60)
    assert first.begun_at == pytest.approx(offset + 501)
    assert (first.asked_at, first.ended_at) == pytest.approx(
        (first.begun_at - 4, first.begun_at + 6)
    )
    assert history.of(1).spendings[0].at == pytest.approx(offset + 560)


def test_turns_keep_what_they_were(history: History, recorder: Recorder) -> None:
    recorder.span(span(film="12", place=1, failed=True))
    recorder.span(span(film="a film of its own", swapped=False))
    recorder.beat(night())
    first, second = history.of(1).turns
    assert (first.entry, first.place, first.model, first.swapped, first.failed) == (
        12, 1, "video/wan", 1, 1,
    )  # fmt: skip
    assert (second.entry, second.swapped, second.failed) == (0, 0, 0)


@pytest.mark.parametrize(
    ("events", "usd"),
    [
        ([action()], 0.5),
        ([action(reused=True)], 0.0),
        ([action("screenwriter/write", cost=0.2), tokens(0.2)], 0.2),
        ([tokens(0.2)], 0.2),
        ([tokens(0.3), action("screenwriter/write", cost=0.2), tokens(0.2)], 0.5),
        ([action("critic/look", cost=0.2), tokens(0.1, "screenwriter")], 0.3),
        ([TakeRejected(shot="s01", take=1, note="", measures=())], 0.0),
    ],
)
def test_money_is_counted_once_though_answers_are_told_twice(
    history: History, recorder: Recorder, events: list[Event], usd: float
) -> None:
    for event in events:
        recorder.event(7, event)
    recorder.beat(night())
    assert sum(one.usd for one in history.of(1).spendings) == pytest.approx(usd)


def test_takes_are_filmed_shots_and_not_pictures_or_cards(
    history: History, recorder: Recorder
) -> None:
    recorder.event(7, action(gpu_s=5.0))
    recorder.event(7, action("image/flux", gpu_s=2.0))
    recorder.event(7, action("video/multiplane", shot=""))
    recorder.beat(night())
    found = history.of(1).spendings
    assert sum(one.takes for one in found) == 1
    assert sum(one.gpu_s for one in found) == 7.0


def test_films_are_billed_apart(place: Place, history: History, recorder: Recorder) -> None:
    place.add("a", "b")
    recorder.event(1, action("screenwriter/write", cost=0.2))
    recorder.event(2, tokens(0.1))
    recorder.event(1, tokens(0.2))
    recorder.ended(place.named("a"), "done")
    recorder.event(1, action("screenwriter/write", cost=0.2))
    recorder.beat(night())
    spent = [(one.entry, one.usd) for one in history.of(1).spendings]
    assert spent == [(1, 0.2), (2, 0.1), (1, 0.2)]


def test_it_writes_once_a_beat_and_only_where_there_is_something(
    place: Place, history: History, recorder: Recorder
) -> None:
    recorder.beat(night())
    recorder.span(span())
    place.clock.advance(0.3)
    recorder.beat(night())
    assert not history.of(1).turns
    place.clock.advance(0.7)
    recorder.beat(night())
    assert len(history.of(1).turns) == 1
    seen = history.of(1).shifts[0].seen_at
    place.clock.advance(3)
    recorder.beat(night())
    assert history.of(1).shifts[0].seen_at == seen
    place.clock.advance(10)
    recorder.beat(night())
    assert history.of(1).shifts[0].seen_at == pytest.approx(seen + 13)


def test_pauses_of_lanes_are_seen_from_beat_to_beat(
    place: Place, history: History, told: list[str]
) -> None:
    class Paused:
        name = "video/kling"
        pauses: tuple[str, ...] = ()

    lane = Paused()
    recorder = Recorder(history, clock=place.clock, lanes=lambda: [lane], tell=told.append)
    for pauses in ((), ("away",), ("away",), (), ("away",), ()):
        lane.pauses = pauses
        place.clock.advance(1)
        recorder.beat(night())
    assert [one.ended_at - one.begun_at for one in history.of(1).pauses] == pytest.approx([2, 1])
    assert {one.lane for one in history.of(1).pauses} == {"video/kling"}


def test_a_locked_file_holds_nothing_up_is_told_once_and_loses_nothing(
    place: Place,
    history: History,
    recorder: Recorder,
    told: list[str],
    locked: sqlite3.Connection,
) -> None:
    recorder.span(span())
    for _ in range(3):
        begun = time.monotonic()
        recorder.beat(night())
        assert time.monotonic() - begun < 20, "others hold the file for a minute"
        place.clock.advance(11)
        recorder.span(span())
    assert len(told) == 1
    assert "gaps" in told[0]
    locked.execute("ROLLBACK")
    recorder.beat(night())
    assert len(history.of(1).turns) == 4
    with place.queue.tables.reading() as db:
        assert db.execute("PRAGMA busy_timeout").fetchone()[0] == 60_000


def test_a_full_disk_costs_old_turns_and_no_memory(
    place: Place, history: History, recorder: Recorder, told: list[str]
) -> None:
    with place.queue.tables.reading() as db:
        db.execute("PRAGMA max_page_count = 1")
    for number in range(1000):
        recorder.span(span(film=str(number + 1)))
        recorder.event(1, action(cost=1.0))
        if number % 100 == 0:
            place.clock.advance(11)
            recorder.beat(night())
    assert len(told) == 1
    with place.queue.tables.reading() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    place.clock.advance(11)
    recorder.beat(night())
    kept = history.of(1)
    assert 90 <= len(kept.turns) <= 100
    assert kept.turns[-1].entry == 1000
    assert 90 <= len(kept.spendings) <= 100


def test_closing_writes_what_is_left(history: History, recorder: Recorder) -> None:
    recorder.beat(night())
    recorder.span(span())
    recorder.close()
    assert len(history.of(1).turns) == 1


def test_closing_before_the_first_beat_writes_nothing(
    history: History, recorder: Recorder, told: list[str]
) -> None:
    recorder.span(span())
    recorder.close()
    assert (history.of(1), told) == (NightHistory(), [])


def test_two_runners_write_beside_each_other(place: Place, tmp_path: Path) -> None:
    other = Queue(place.queue.tables.path, clock=place.clock)
    recorders = [
        Recorder(History(tables), clock=place.clock)
        for tables in (place.queue.tables, other.tables)
    ]
    for _ in range(5):
        for recorder in recorders:
            recorder.span(span())
            recorder.beat(night())
        place.clock.advance(1)
    found = History(place.queue.tables).of(1)
    other.close()
    assert len(found.turns) == 10
    assert len(found.shifts) == len({one.shift for one in found.turns}) == 2


KILLED = """
import os, signal, sys, time
from nightshoot.lane import Span
from nightshoot.queueing import Night, Queue
from nightshoot.queueing.history import History
from nightshoot.queueing.recorder import Recorder
from pathlib import Path

class Clock:
    # Goes on by a hundredth of a second a beat, however busy the machine is.
    now = 500.0
    def wall(self): return self.now
    def monotonic(self): return self.now
    def wait(self, event, timeout_s): raise AssertionError

clock = Clock()
queue = Queue(Path(sys.argv[1]), clock=clock)
recorder = Recorder(History(queue.tables), clock=clock)
number, until = 0, time.monotonic() + 200
while time.monotonic() < until:
    clock.now += 0.01
    now = clock.now
    recorder.span(Span(lane="cpu", film="1", model="", place=0, asked_at=now, begun_at=now,
                       ended_at=now, swapped=False, failed=False))
    recorder.beat(Night(id=1, begun_at=0.0))
    number += 1
    print(number, now, flush=True)
"""


def test_a_kill_loses_no_more_than_the_last_second(tmp_path: Path, place: Place) -> None:
    path = tmp_path / "killed.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    begun = last = 0.0
    for line in process.stdout:
        last = float(line.split()[1])
        begun = begun or last
        if last - begun > 2.5:
            break
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read().splitlines()
    process.stdout.close()
    process.wait()
    if rest and len(rest[-1].split()) == 2:
        last = float(rest[-1].split()[1])
    queue = Queue(path, clock=place.clock)
    turns = History(queue.tables).of(1).turns
    queue.close()
    assert turns
    told_s = turns[-1].begun_at - turns[0].begun_at
    assert last - begun - told_s < 1.0


def test_events_from_many_threads_are_all_kept(
    history: History, place: Place, threads: Callable[[Callable[[], None]], None]
) -> None:
    recorder = Recorder(history, clock=place.clock)

    def work() -> None:
        for _ in range(200):
            recorder.event(3, action(cost=0.01))
            recorder.span(span())

    threads(work)
    recorder.beat(night())
    found = history.of(1)
    assert len(found.turns) == 1600
    assert sum(one.usd for one in found.spendings) == pytest.approx(16.0)


@pytest.fixture
def threads() -> Callable[[Callable[[], None]], None]:
    """Runs something in eight threads at once."""
    import threading

    def run(work: Callable[[], None]) -> None:
        running = [threading.Thread(target=work) for _ in range(8)]
        for one in running:
            one.start()
        for one in running:
            one.join()

    return run


def test_waits_for_providers_that_are_away_are_kept_apart_from_turns(
    place: Place, history: History, recorder: Recorder
) -> None:
    began = place.clock.monotonic()
    recorder.kept_waiting(Kept(lane="video/kling", film="3", since=began, until=began + 90))
    recorder.span(span())
    place.clock.advance(100)
    recorder.beat(night())
    found = history.of(1)
    assert len(found.turns) == 1
    assert [(one.entry, one.lane) for one in found.kept] == [(3, "video/kling")]
    assert found.kept[0].begun_at - found.kept[0].asked_at == pytest.approx(90)
