"""JSON lines of a night: what they hold, and what becomes of them on a bad day."""

from __future__ import annotations

import errno
import json
import logging
import os
import threading
import time
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightshoot.errors import InputError
from nightshoot.events import Event, Stage, StepProgress
from nightshoot.lane import Span
from nightshoot.queueing import Night, Queued
from nightshoot.watching import NightWatch
from nightshoot.watching.event_lines import WORDS, EventLines, outbox_to
from nightshoot.watching.outbox import Outbox

Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@pytest.fixture
def read(place: Path) -> Read:
    return lambda: [json.loads(line) for line in place.read_text("utf-8").splitlines()]


@pytest.fixture
def lines(place: Path, clock: Any) -> EventLines:
    watch = NightWatch(clock=clock)
    return EventLines(outbox_to(str(place), clock), state=watch.state, clock=clock)


def test_every_fact_is_a_line_with_its_time_and_its_type(
    lines: EventLines,
    read: Read,
    clock: Any,
    night: Night,
    queued: Callable[..., Queued],
    failed: Queued,
    story: tuple[Event, ...],
) -> None:
    lines.begun(queued())
    for event in story:
        lines.event(4, event)
    lines.event(4, StepProgress(stage=Stage.TAKES, share=0.5))
    lines.span(
        Span(
            lane="gpu",
            film="4",
            model="video/wan",
            place=0,
            asked_at=10.0,
            begun_at=12.5,
            ended_at=30.0,
            swapped=True,
            failed=False,
        )
    )
    lines.beat(night)
    lines.ended(failed, "set aside")
    lines.close()

    told = read()
    assert [one["type"] for one in told] == [
        "begun",
        "stage_started",
        "action_done",
        "action_done",
        "action_done",
        "take_rejected",
        "step_done",
        "turn",
        "state",
        "ended",
        "state",
    ]
    assert all(one["at"] == clock.wall() for one in told)
    assert all(one["entry"] == 4 for one in told if one["type"] != "state")
    turn, ended = told[7], told[9]
    assert (turn["waited_s"], turn["worked_s"], turn["began_at"]) == (
        2.5,
        17.5,
        clock.wall() - 17.5,
    )
    assert (turn["lane"], turn["model"], turn["swapped"]) == ("gpu", "video/wan", True)
    assert (ended["state"], ended["cause"]) == ("set_aside", "refused")
    assert told[0]["name"] == "月夜渔舟"


def test_the_state_comes_every_ten_seconds(
    lines: EventLines, read: Read, clock: Any, night: Night
) -> None:
    for _ in range(61):
        lines.beat(night)
        clock.now += 1
    lines.close()
    assert [round(one["at"] - 1_790_000_500) for one in read()] == [0, 10, 20, 30, 40, 50, 60, 61]


def test_no_key_and_no_prompt_is_in_a_line(
    lines: EventLines,
    place: Path,
    night: Night,
    queued: Callable[..., Queued],
    story: tuple[Event, ...],
) -> None:
    lines.begun(queued())
    for event in story:
        lines.event(4, event)
    lines.beat(night)
    lines.ended(queued(), "done")
    lines.close()
    assert "take_rejected" in place.read_text("utf-8")
    assert "lighthouse" not in place.read_text("utf-8")
    assert "sk-" not in place.read_text("utf-8")


def test_each_field_of_an_event_is_known_to_hold_words_or_not() -> None:
    texts = {
        name
        for kind in typing.get_args(Event)
        for name, field in kind.model_fields.items()
        if "str" in str(field.annotation) and name != "type"
    }
    # A new one has to be put here, or among the words that are left out.
    assert texts - WORDS == {"shot", "tool", "key", "agent", "measures", "gate"}


def test_lines_are_put_behind_those_of_the_last_run_also_where_a_kill_cut_one(
    place: Path, clock: Any
) -> None:
    place.write_bytes(b'{"at":1.0,"type":"begun"}\n{"at":2.0,"ty')
    box = outbox_to(str(place), clock)
    box.put(b'{"at":3.0}')
    box.close()
    assert place.read_bytes().splitlines()[1:] == [b'{"at":2.0,"ty', b'{"at":3.0}']


def test_a_file_that_cannot_be_opened_is_refused_before_the_night(
    tmp_path: Path, clock: Any
) -> None:
    with pytest.raises(InputError, match=r"No such file or directory.*name another"):
        outbox_to(str(tmp_path / "missing" / "events.jsonl"), clock)
    with pytest.raises(InputError, match="Is a directory"):
        outbox_to(str(tmp_path), clock)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_without_a_reader_is_refused_and_not_waited_for(
    tmp_path: Path, clock: Any
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe cannot be opened"):
        outbox_to(str(tmp_path / "pipe"), clock)


def test_a_reader_that_goes_away_is_told_once_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    out, into = os.pipe()
    box = Outbox(into, name="standard output", lost=lambda count: b"%d lost" % count)
    with caplog.at_level(logging.WARNING):
        box.put(b"first")
        assert os.read(out, 100) == b"first\n"
        os.close(out)
        for _ in range(100):
            box.put(b"more")
        box.close()
    assert [record.getMessage() for record in caplog.records] == [
        "standard output cannot be written to (Broken pipe): no more is written to it"
    ]


def test_a_reader_that_stands_still_holds_nobody_up_and_learns_how_much_it_missed() -> None:
    out, into = os.pipe()
    box = Outbox(into, name="pipe", lost=lambda count: b"%d lost" % count)
    begun = time.monotonic()
    for _ in range(30_000):
        box.put(b"x" * 99)
    assert time.monotonic() - begun < 60, "it would wait for ever"
    taken = bytearray()

    def drain() -> None:
        while data := os.read(out, 65536):
            taken.extend(data)

    reader = threading.Thread(target=drain)
    reader.start()
    box.close()
    reader.join()
    os.close(out)
    told = bytes(taken).splitlines()
    missing = [int(line.split()[0]) for line in told if line.endswith(b" lost")]
    assert sum(missing) > 10_000
    assert len(told) - len(missing) + sum(missing) == 30_000


def test_the_end_does_not_wait_for_a_reader_that_stands_still() -> None:
    out, into = os.pipe()
    box = Outbox(into, name="pipe", lost=lambda count: b"%d lost" % count)
    for _ in range(3000):
        box.put(b"x" * 99)
    begun = time.monotonic()
    box.close(timeout_s=0.1)
    assert time.monotonic() - begun < 60, "it would wait for ever"
    os.close(out)
    box._thread.join()


class FullDisk:
    """Stands in for writing to a disk that is full, takes half a line, and has room again later."""

    def __init__(self) -> None:
        self.taken = bytearray()
        self.full = False
        self.room = 0
        self.refused = threading.Semaphore(0)

    def __call__(self, handle: int, data: bytes | memoryview) -> int:
        del handle
        if self.full and not self.room:
            self.refused.release()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        some = bytes(data)[: self.room] if self.full else bytes(data)
        self.room = 0
        self.taken.extend(some)
        return len(some)


def test_a_full_disk_is_told_once_and_lines_go_on_where_it_has_room(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk = FullDisk()
    out, into = os.pipe()
    box = Outbox(into, name="events.jsonl", lost=lambda count: b"%d lost" % count, write=disk)
    with caplog.at_level(logging.WARNING):
        disk.full, disk.room = True, 3
        for number in range(5):
            box.put(b"line %d" % number)
        for _ in range(5):
            assert disk.refused.acquire(timeout=60)
        disk.full = False
        box.put(b"after")
        box.close()
    os.close(out)
    assert bytes(disk.taken) == b"lin\n5 lost\nafter\n"
    assert [record.getMessage() for record in caplog.records] == [
        "events.jsonl cannot be written to (No space left on device): lines are lost until it can "
        "be again"
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_the_systems_full_device_ends_nothing(
    clock: Any, night: Night, queued: Callable[..., Queued], caplog: pytest.LogCaptureFixture
) -> None:
    watch = NightWatch(clock=clock)
    lines = EventLines(outbox_to("/dev/full", clock), state=watch.state, clock=clock)
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            lines.begun(queued())
            lines.beat(night)
        lines.close()
    assert len(caplog.records) == 1
