"""What a night came to, gathered from the queue and the films' folders."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from nightshoot.cli.reporting import write_report
from nightshoot.domain.batch import BatchEntry, Cause, EntryState
from nightshoot.queueing import Leases, Owner, Queue, Released, SystemClock
from nightshoot.workplace import Report


def picture(file: Path, level: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    data = cv2.imencode(".png", np.full((640, 360, 3), level, np.uint8))[1]
    file.write_bytes(data.tobytes())


def report(folder: Path) -> str:
    return Report(
        film=str(folder / "film.mp4"), folder=str(folder), duration_s=20.5, frames=492, fps=24.0,
        size="360x640", shots=2, takes=3, rejected=1, flagged=1, flagged_shots=("s02",),
        actions={"made": 9, "reused": 0}, cost_usd=0.4, wall_s=9.0, writer="w", image="i",
        video="v", voice="n", music="m",
    ).model_dump_json()  # fmt: skip


def levels(page: str) -> list[int]:
    """The brightness of each picture on a page, in order."""
    found = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", page)
    pictures = [np.frombuffer(base64.b64decode(one), np.uint8) for one in found]
    read = [cv2.imdecode(one, cv2.IMREAD_COLOR) for one in pictures]
    return [round(float(one.mean())) for one in read if one is not None]


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A night with a film that was made, whose first shot is not the first by name, and others."""
    out, clock = tmp_path / "films", SystemClock()
    queue = Queue(out / "batch.sqlite", clock=clock)
    queue.add([BatchEntry(brief=name, name=name) for name in ("江月", "坏片", "明日")])
    leases = Leases(
        queue=queue, owner=Owner.here(), clock=clock, out=out, slug=str, spent=lambda _: 0.4
    )
    tonight = leases.join(9.0)
    made = leases.claim(tonight, slots=1).claim
    assert made is not None
    picture(made.folder / "shots/s01/keyframe.png", 60)
    picture(made.folder / "shots/s02/keyframe.png", 180)
    (made.folder / "storyboard.yaml").write_text("shots:\n- id: s02\n- id: s01\n")
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


def test_the_poster_is_the_first_shot_and_flagged_shots_have_their_frame(night: Path) -> None:
    page = (night / "report.html").read_text()
    assert levels(page) == pytest.approx([180, 180], abs=3)
    assert "夜班报告" in page


def test_the_facts_are_those_of_the_night(night: Path) -> None:
    facts = json.loads((night / "report.json").read_text())
    river, broken, left = facts["films"]
    assert (river["film"], river["duration_s"], river["flagged_shots"]) == (
        "江月/film.mp4", 20.5, ["s02"],
    )  # fmt: skip
    assert (river["cost_usd"], river["worked_s"], river["takes"], river["rejected"]) == (
        0.4, 61.0, 3, 1,
    )  # fmt: skip
    assert (broken["state"], left["state"]) == ("set_aside", "waiting")
    assert (facts["ended"], facts["budget_usd"], facts["spent_usd"]) == ("deadline", 9.0, 0.8)
    assert [group["cause"] for group in facts["failures"]] == ["backend"]


def test_a_picture_that_is_gone_or_broken_leaves_a_blank(night: Path) -> None:
    (night / "江月/shots/s02/keyframe.png").write_bytes(b"no picture")
    (night / "江月/storyboard.yaml").write_text("shots: [")
    queue = Queue(night / "batch.sqlite", clock=SystemClock())
    write_report(queue, night, clock=SystemClock())
    queue.close()
    assert levels((night / "report.html").read_text()) == pytest.approx([60], abs=3)
