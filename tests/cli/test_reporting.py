"""What a night came to, gathered from the queue and the films' folders."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from nightshoot.cli.reporting import facts_text, write_report
from nightshoot.domain.batch import BatchEntry, BatchFault, Cause, EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import InputError
from nightshoot.events import ActionDone, EventLog, ShotFlagged
from nightshoot.lane import Span
from nightshoot.queueing import Leases, Night, Owner, Queue, Released, SystemClock
from nightshoot.queueing.history import History
from nightshoot.queueing.recorder import Recorder
from nightshoot.workplace import Report


def picture(file: Path, level: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encoded(level, ".png"))


def encoded(level: int, form: str = ".jpg") -> bytes:
    return cv2.imencode(form, np.full((640, 360, 3), level, np.uint8))[1].tobytes()


def report(folder: Path) -> str:
    told = Report(
        film=str(folder / "film.mp4"), folder=str(folder), duration_s=20.5, frames=492, fps=24.0,
        size="360x640", shots=2, takes=3, rejected=1, flagged=1, flagged_shots=("s02",),
        actions={"made": 9, "reused": 0}, cost_usd=0.4, wall_s=9.0, writer="w", image="i",
        video="v", voice="n", music="m", notes=("a note",), plain_shots={"s01": "time"},
    )  # fmt: skip
    # What another version adds does not matter.
    return json.dumps(json.loads(told.model_dump_json()) | {"of_another_version": [1]})


def levels(page: str) -> list[int]:
    """The brightness of each picture on a page, in order."""
    found = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", page)
    pictures = [np.frombuffer(base64.b64decode(one), np.uint8) for one in found]
    read = [cv2.imdecode(one, cv2.IMREAD_COLOR) for one in pictures]
    return [round(float(one.mean())) for one in read if one is not None]


def told(queue: Queue, night: Night) -> None:
    """Has a recorder follow a minute of the first film."""
    clock = SystemClock()
    recorder = Recorder(History(queue.tables), clock=clock)
    now = clock.monotonic()
    for begun, ended in ((now + 5, now + 30), (now + 30, now + 60)):
        recorder.span(
            Span(
                lane="gpu", film="1", model="video/wan", place=0, asked_at=now, begun_at=begun,
                ended_at=ended, swapped=begun < now + 10, failed=False,
            )
        )  # fmt: skip
    recorder.event(
        1, ActionDone(tool="video/wan", key="k", shot="s01", reused=False, cost_usd=0.4, gpu_s=25)
    )
    recorder.beat(night)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A night with a film that was made, whose first shot is not the first by name, and others."""
    out, clock = tmp_path / "films", SystemClock()
    queue = Queue(out / "batch.sqlite", clock=clock)
    queue.add([BatchEntry(brief=name, name=name) for name in ("江月", "坏片", "明日")])
    queue.note_faults("films.csv", [BatchFault(where="films.csv:7", text="it has no brief")])
    used: dict[str, Used] = {}
    leases = Leases(
        queue=queue,
        owner=Owner.here(),
        clock=clock,
        out=out,
        slug=str,
        spent=lambda folder: used.get(folder.name, Used()),
    )
    tonight = leases.join(Limits(usd=9.0, gpu_s=3600.0))
    made = leases.claim(tonight, slots=1).claim
    assert made is not None
    picture(made.folder / "shots/s01/keyframe.png", 60)
    picture(made.folder / "shots/s02/keyframe.png", 180)
    (made.folder / "storyboard.yaml").write_text("title: 江上月\nshots:\n- id: s02\n- id: s01\n")
    used["江月"] = Used(usd=0.8, gpu_s=50.0, takes=6)
    told(queue, tonight)
    done = Released(state=EntryState.DONE, report=report(made.folder), worked_s=61)
    leases.release(made, done)
    broken = leases.claim(tonight, slots=1).claim
    assert broken is not None
    leases.release(
        broken, Released(state=EntryState.SET_ASIDE, cause=Cause.BACKEND, error="no GPU")
    )
    leases.leave("deadline", night=tonight, over=True)
    write_report(queue, out, clock=clock)
    queue.close()
    return out


def again(night: Path) -> str:
    """Gives the page as it is written now."""
    queue = Queue(night / "batch.sqlite", clock=SystemClock())
    write_report(queue, night, clock=SystemClock())
    queue.close()
    return (night / "report.html").read_text("utf-8")


def test_the_poster_is_the_first_shot_and_flagged_shots_have_their_frame(night: Path) -> None:
    page = (night / "report.html").read_text("utf-8")
    assert levels(page) == pytest.approx([180, 180], abs=3)
    assert "夜班报告" in page
    assert "江上月" in page


def test_the_facts_are_those_of_the_night(night: Path) -> None:
    facts = json.loads((night / "report.json").read_text())
    river, broken, left = facts["films"]
    assert (river["film"], river["duration_s"], river["flagged_shots"]) == (
        "江月/film.mp4", 20.5, ["s02"],
    )  # fmt: skip
    assert (river["title"], river["name"], river["notes"]) == ("江上月", "江月", ["a note"])
    assert (river["worked_s"], river["takes"], river["rejected"]) == (61.0, 3, 1)
    assert river["plain_shots"] == {"s01": "time"}
    assert (broken["state"], left["state"]) == ("set_aside", "waiting")
    assert (facts["ended"], facts["budget_usd"], facts["gpu_limit_s"]) == ("deadline", 9.0, 3600.0)
    assert facts["takes_limit"] is None
    assert [group["cause"] for group in facts["failures"]] == ["backend"]
    assert facts["faults"] == [{"where": "films.csv:7", "text": "it has no brief"}]


def test_what_a_film_used_is_that_of_this_night(night: Path) -> None:
    facts = json.loads((night / "report.json").read_text())
    river = facts["films"][0]
    assert (facts["spent_usd"], facts["gpu_s"], facts["takes"]) == (
        river["cost_usd"], river["gpu_s"], 6,
    )  # fmt: skip
    assert (river["cost_usd"], river["gpu_s"]) == (0.8, 50.0)


def test_the_lanes_are_told_with_what_each_film_waited_for(night: Path) -> None:
    facts = json.loads((night / "report.json").read_text())
    (gpu,) = facts["lanes"]
    assert (gpu["lane"], gpu["turns"], gpu["swaps"], gpu["models"]) == ("gpu", 2, 1, ["video/wan"])
    assert (gpu["busy_s"], gpu["busy_share"]) == (55.0, 1.0)
    (waited,) = facts["films"][0]["waited"]
    assert (waited["waited_s"], waited["stood_s"]) == (30.0, 5.0)
    assert facts["chart"]["rows"][0]["work"][0][2] == 1
    assert facts["chart"]["spent"][-1][1] == 0.4
    assert "<svg" in (night / "report.html").read_text("utf-8")


def test_the_frame_that_convicts_is_shown_where_the_films_own_page_has_it(night: Path) -> None:
    proof = base64.b64encode(encoded(110)).decode()
    (night / "江月/storyboard.html").write_text(
        '<section class="alarm"><ol><li><a href="#shot-s02">2</a> <span>黑帧 2.5</span></li></ol>'
        '</section><article id="shot-s02"><ol><li class="take used flagged"><figure '
        f'class="evidence"><img src="data:image/jpeg;base64,{proof}"></figure></li></ol></article>'
    )
    page = again(night)
    assert levels(page) == pytest.approx([180, 110], abs=3)
    assert "黑帧 2.5" in page
    assert "storyboard.html" in page


def test_without_that_page_the_note_is_the_one_that_was_told(night: Path) -> None:
    log = EventLog(night / "江月/events.jsonl")
    log(ShotFlagged(shot="s02", note="the picture goes black"))
    log.close()
    assert "the picture goes black" in again(night)


def test_a_picture_that_is_gone_or_broken_leaves_a_blank(night: Path) -> None:
    (night / "江月/shots/s02/keyframe.png").write_bytes(b"no picture")
    (night / "江月/storyboard.yaml").write_text("shots: [")
    (night / "江月/storyboard.html").write_bytes(b"\xff\xfe no page")
    (night / "江月/events.jsonl").write_bytes(b"{ no line")
    assert levels(again(night)) == pytest.approx([60], abs=3)


@pytest.mark.parametrize(
    "board",
    ["shots: 3", "shots: []", "- a list", "shots: [{id: ../../x}]", "title: [1]", "x: &a [*a]"],
)
def test_a_storyboard_that_a_person_broke_costs_no_more_than_its_poster(
    night: Path, board: str
) -> None:
    (night / "江月/storyboard.yaml").write_text(board)
    assert "江月" in again(night)


def test_a_folder_that_is_gone_leaves_its_facts(night: Path) -> None:
    import shutil

    shutil.rmtree(night / "江月")
    page = again(night)
    assert levels(page) == []
    assert "江月" in page


def test_there_is_no_report_before_the_first_night(tmp_path: Path) -> None:
    queue = Queue(tmp_path / "batch.sqlite", clock=SystemClock())
    with pytest.raises(InputError, match="nothing was made"):
        write_report(queue, tmp_path, clock=SystemClock())
    queue.close()


def test_the_line_for_the_terminal_counts_films_and_money(night: Path) -> None:
    queue = Queue(night / "batch.sqlite", clock=SystemClock())
    facts = write_report(queue, night, clock=SystemClock())
    queue.close()
    line = facts_text(facts)
    assert "night 1: 1 waiting, 1 done, 1 set aside; $0.80 of $9.00" in line
