"""What watches a night, put together and taken away again."""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightshoot.cli.night_watching import watching
from nightshoot.domain.batch import BatchEntry, EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import InputError
from nightshoot.events import ActionDone, Stage, StageStarted, StepDone, TakeRejected
from nightshoot.following import Nobody
from nightshoot.lane import Lane
from nightshoot.queueing import Leases, Owner, Queue, Queued, Released, SystemClock
from nightshoot.turns import Standing

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BRIEF, KEY = "a lighthouse keeper who lies", "sk-not-to-be-seen"


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(tmp_path / "batch.sqlite", clock=SystemClock())
    queue.add(
        [BatchEntry(brief=BRIEF, name="月夜渔舟"), BatchEntry(brief=BRIEF + "!", name="Rain")]
    )
    yield queue
    queue.close()


@pytest.fixture
def spent() -> list[Used]:
    """What the film's folder has used, last."""
    return [Used()]


@pytest.fixture
def leases(queue: Queue, tmp_path: Path, spent: list[Used]) -> Leases:
    return Leases(
        queue=queue,
        owner=Owner.here(),
        clock=SystemClock(),
        out=tmp_path,
        slug=str,
        spent=lambda _: spent[-1],
    )


class Listener(Nobody):
    def __init__(self) -> None:
        self.ended_with: list[str] = []

    def ended(self, entry: Queued, what: str) -> None:
        self.ended_with.append(what)


async def test_a_night_is_told_in_every_way_at_once_and_no_way_tells_a_prompt_or_a_key(
    queue: Queue,
    leases: Leases,
    spent: list[Used],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    pytest.importorskip("prometheus_client", reason="the telemetry extra is not installed")
    listener, place = Listener(), tmp_path / "events.jsonl"
    caplog.set_level(logging.DEBUG, "nightshoot")
    night = leases.join(Limits(usd=20.0, takes=100))
    with watching(
        queue,
        clock=SystemClock(),
        environ={},
        events=str(place),
        metrics_port=0,
        besides=(listener,),
    ) as told:
        gpu = Lane("gpu", tell=told.follower.span)
        told.watch.lanes = lambda: (gpu,)
        claim = leases.claim(night, slots=1).claim
        assert claim is not None
        number = claim.queued.id
        told.follower.begun(claim.queued)
        told.follower.event(number, StageStarted(stage=Stage.TAKES, units=1))
        async with gpu.turn(Standing(film=str(number)), model="video/wan"):
            told.follower.beat(night)
        told.follower.event(
            number, ActionDone(tool="video/wan", key="k", shot="s01", reused=False, cost_usd=0.25)
        )
        told.follower.event(
            number,
            TakeRejected(shot="s01", take=1, note=f"{BRIEF} {KEY}", measures=("flicker",)),
        )
        told.follower.event(number, StepDone(stage=Stage.TAKES, shot="s01"))
        told.follower.beat(night)
        address = capsys.readouterr().err.split()[2]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=100) as answer:
            metrics = answer.read().decode()
        spent.append(Used(usd=0.25, gpu_s=30.0, takes=2))
        after = leases.release(claim, Released(state=EntryState.DONE))
        assert after is not None
        told.follower.ended(after, "done")

    lines = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
    last = lines[-1]
    assert last["type"] == "state"
    assert last["counts"] == {"done": 1, "waiting": 1}
    assert last["used"] == {"usd": 0.25, "gpu_s": 30.0, "takes": 2}
    assert last["limits"] == {"usd": 20.0, "gpu_s": None, "takes": 100}
    assert [one["name"] for one in last["next"]] == ["Rain"]
    assert {"begun", "turn", "take_rejected", "ended"} <= {one["type"] for one in lines}
    assert 'nightshoot_films{state="running"} 1.0' in metrics
    assert listener.ended_with == ["done"]
    printed = capsys.readouterr()
    assert f"  {number:>4} 月夜渔舟  done" in printed.err.splitlines()
    assert not printed.out
    for text in (place.read_text("utf-8"), metrics, printed.err, caplog.text):
        assert "lighthouse" not in text
        assert KEY not in text
    with pytest.raises(OSError, match="refused"):
        opener.open(address, timeout=100)


def test_a_file_that_cannot_be_written_is_refused_and_the_port_let_go(
    queue: Queue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("prometheus_client", reason="the telemetry extra is not installed")
    with (
        pytest.raises(InputError, match="--events"),
        watching(
            queue, clock=SystemClock(), environ={}, events=str(tmp_path / "a" / "b"), metrics_port=0
        ),
    ):
        pass
    port = int(capsys.readouterr().err.rsplit(":", 1)[1].split("/")[0])
    with watching(queue, clock=SystemClock(), environ={}, metrics_port=port):
        pass


def test_a_night_that_was_not_asked_for_anything_opens_nothing(
    queue: Queue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(tmp_path.iterdir())
    with watching(queue, clock=SystemClock(), environ={}):
        pass
    assert capsys.readouterr() == ("", "")
    assert set(tmp_path.iterdir()) == before
