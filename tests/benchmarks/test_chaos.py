"""Nights in which providers fail and runners are killed: what judges them, and a few of them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.chaos import judging, media
from benchmarks.chaos.scene import Scene
from benchmarks.chaos.striking import Blow, Stroke
from benchmarks.chaos.weather import Fate, Weather

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a" * 32


def ledger_of(folder: Path, *lines: dict[str, Any]) -> judging.Ledger:
    file = folder / "ledger.jsonl"
    file.write_text("".join(json.dumps({"at": at, **line}) + "\n" for at, line in enumerate(lines)))
    return judging.Ledger.read(file)


def taken(job: str, *, token: str = TOKEN, usd: float = 0.1) -> dict[str, Any]:
    return {"what": "taken", "job": job, "token": token, "usd": usd, "fate": "good"}


def test_two_jobs_of_one_action_are_paid_twice_unless_the_first_failed(tmp_path: Path) -> None:
    again = taken("j2", token=f"{TOKEN}-1")
    assert judging.paid_twice(ledger_of(tmp_path, taken("j1"), again)) == [TOKEN]
    failed = {"what": "failed", "job": "j1", "token": TOKEN}
    assert judging.paid_twice(ledger_of(tmp_path, taken("j1"), failed, again)) == []
    assert judging.paid_twice(ledger_of(tmp_path, taken("j1"), taken("j2", token="b" * 32))) == []


def test_what_failed_jobs_cost_counts_and_refunds_do_not(tmp_path: Path) -> None:
    lines = [taken("j1"), taken("j2", token="b" * 32), taken("j3", token="c" * 32)]
    ends = [
        {"what": "failed", "job": "j1", "token": TOKEN},
        {"what": "refunded", "job": "j2", "token": "b" * 32},
    ]
    ledger = ledger_of(tmp_path, *lines, *ends)
    assert ledger.usd == pytest.approx(0.2)
    assert ledger.peak_usd == pytest.approx(0.3)
    assert judging.uncounted(ledger, {TOKEN: 0.1, "c" * 32: 0.05}) == [
        f"{'c' * 32} 0.10 charged, 0.05 counted"
    ]


def test_an_action_that_is_made_again_or_asked_for_again_is_seen(tmp_path: Path) -> None:
    assert judging.made_again({"x": 1.0, "y": 2.0}, {"x": 1.0, "y": 2.5, "z": 3.0}) == ["y"]
    assert judging.made_again({"x": 1.0}, {}) == ["x"]
    asked = {"what": "asked", "token": TOKEN}
    ledger = ledger_of(tmp_path, asked, asked)
    assert judging.asked_after(ledger, {TOKEN * 2: 0.5}) == [TOKEN]
    assert judging.asked_after(ledger, {TOKEN * 2: 5.0}) == []


def test_a_film_that_costs_more_than_its_own_budget_is_seen(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with closing(sqlite3.connect(tmp_path / "home/ledger.sqlite")) as database, database:
        database.execute("CREATE TABLE spending (account, action, cost_usd)")
        database.execute("INSERT INTO spending VALUES ('/films/one', ?, 0.1)", (TOKEN * 2,))
    ledger = ledger_of(tmp_path, taken("j1"))
    entry = {"id": 1, "folder": "/films/one", "entry": {"options": {"budget_usd": 0.05}}}
    assert judging.over_own_budget(tmp_path, ledger, [entry]) == ["entry 1: 0.10 of its own 0.05"]
    entry["entry"] = {"options": {"budget_usd": 0.1}}
    assert judging.over_own_budget(tmp_path, ledger, [entry]) == []
    assert judging.counted(tmp_path) == {TOKEN: pytest.approx(0.1)}


@pytest.mark.parametrize(
    ("state", "cause", "error", "short", "faults"),
    [
        ("done", None, "", False, 0),
        ("set_aside", "backend", "it broke", False, 0),
        ("set_aside", None, "", False, 1),
        ("waiting", None, "", False, 1),
        ("waiting", "budget", "too little", True, 0),
        ("running", None, "", True, 1),
        ("failed", "unforeseen", "the log says where", False, 1),
    ],
)
def test_a_film_is_done_or_set_aside_with_a_reason_or_waits_for_money(
    state: str, cause: str | None, error: str, short: bool, faults: int
) -> None:
    entry = {"id": 1, "state": state, "cause": cause, "error": error}
    assert len(judging.unsettled([entry], short=short)) == faults


def test_films_that_do_not_play_and_files_that_are_left_are_seen(tmp_path: Path) -> None:
    film = tmp_path / "films/one"
    film.mkdir(parents=True)
    (film / "film.mp4").write_bytes(media.clip(media.picture("one"), 1.0))
    entry = {"id": 1, "state": "done", "cause": None, "folder": str(film)}
    assert judging.unplayable([{**entry, "report": '{"frames": 12}'}]) == []
    assert judging.unplayable([{**entry, "report": '{"frames": 13}'}])
    (film / "film.mp4").write_bytes(b"no film")
    assert judging.unplayable([{**entry, "report": '{"frames": 12}'}])
    assert judging.leavings(tmp_path, [entry]) == []
    (film / "painted.part").touch()
    assert judging.leavings(tmp_path, [entry]) == ["half-written: films/one/painted.part"]


def test_a_night_is_its_seeds() -> None:
    assert Scene.of("1/7") == Scene.of("1/7")
    assert Scene.of("1/7") != Scene.of("1/8")
    weather = [Weather(seed="x", share=0.5) for _ in range(2)]
    fates = [[one.fate() for _ in range(50)] for one in weather]
    assert fates[0] == fates[1]
    assert len(set(fates[0])) > 5
    assert Fate.GOOD in fates[0]


def test_every_kind_of_blow_and_fate_comes_up() -> None:
    import random

    blows = Counter(Stroke.drawn(random.Random(number)).blow for number in range(300))
    assert set(blows) == set(Blow)
    weather = Weather(seed="all", share=1.0)
    assert {weather.fate() for _ in range(500)} == set(Fate)


@pytest.mark.film
@pytest.mark.skipif(sys.platform != "linux", reason="runners are forked and killed")
def test_nights_of_faults_and_kills_pay_for_nothing_twice_and_keep_their_budgets(
    tmp_path: Path,
) -> None:
    told = tmp_path / "told.json"
    words = [
        "--nights",
        "2",
        "--seed",
        "5",
        "--json",
        str(told),
        "--keep",
        str(tmp_path / "nights"),
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", *words], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    nights = json.loads(told.read_text())
    assert [night["faults"] for night in nights] == [[], []]
    assert sum(night["jobs"] for night in nights) > 5, "nothing was asked for: that shows nothing"
    assert sum(night["states"].get("done", 0) for night in nights) > 1, "films are made"
    late = "came too late"
    assert sum(sum(n["blows"].values()) - n["blows"].get(late, 0) for n in nights) > 2, "no kills"
