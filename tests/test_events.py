"""Events and their log."""

from __future__ import annotations

import threading
from pathlib import Path

from nightshoot.events import (
    ActionDone,
    EventLog,
    Reported,
    Stage,
    StageStarted,
    StepProgress,
    TakeRejected,
    read_events,
)


def test_events_are_read_back_as_they_were(tmp_path: Path) -> None:
    events = (
        StageStarted(stage=Stage.TAKES, units=3),
        TakeRejected(shot="s01", take=1, note="更亮\n一些", measures=("black_frames",)),
        ActionDone(tool="image/x", key="0" * 64, reused=True, cost_usd=0.25),
    )
    log = EventLog(tmp_path / "events.jsonl")
    for event in events:
        log(event)
    log.close()
    read = read_events(tmp_path / "events.jsonl")
    assert tuple(one.event for one in read) == events
    assert read[0].at <= read[-1].at


def test_progress_is_not_kept(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    log(StepProgress(stage=Stage.TAKES, share=0.5))
    log.close()
    assert (tmp_path / "events.jsonl").read_bytes() == b""


def test_an_event_can_be_read_while_the_log_is_open(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    log(Reported(text="now"))
    assert len(read_events(tmp_path / "events.jsonl")) == 1
    log.close()


def test_a_line_cut_short_by_a_kill_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for text in ("before", "cut"):
        log = EventLog(path)
        log(Reported(text=text))
        log.close()
    path.write_bytes(path.read_bytes()[:-9])
    assert [str(one.event.type) for one in read_events(path)] == ["reported"]
    log = EventLog(path)
    log(Reported(text="after"))
    log.close()
    events = [one.event for one in read_events(path)]
    assert events == [Reported(text="before"), Reported(text="after")]


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_events(tmp_path / "none.jsonl") == ()


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl")

    def tell(name: str) -> None:
        for number in range(50):
            log(Reported(text=f"{name} {number} " + "x" * 300))

    threads = [threading.Thread(target=tell, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert len(read_events(tmp_path / "events.jsonl")) == 200
