"""`nightshoot batch`: the commands, and the film that an entry becomes."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from nightshoot.batch import Order, Runner
from nightshoot.cli import main
from nightshoot.cli.batching import moment_of
from nightshoot.cli.filming import FilmMaker, spender
from nightshoot.cli.night import _defaults, _stopping
from nightshoot.cli.night_table import NightTable
from nightshoot.cli.wiring import SharedFitting
from nightshoot.domain.batch import BatchEntry, BatchOptions
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import BudgetExceeded, InputError
from nightshoot.events import Event, Stage, StageStarted, StepDone
from nightshoot.graphs.floor import Floor
from nightshoot.production import Production
from nightshoot.settings import settings_from
from nightshoot.sheet import CrewChoice
from nightshoot.side_by_side import SideBySide
from nightshoot.tools.fake import FakePainter
from nightshoot.turns import Standing
from nightshoot.workplace import Allowance, Report

Bench = Any


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, a home of its own, and no endpoint."""
    for name in list(os.environ):
        if name.startswith(("NIGHTSHOOT_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NIGHTSHOOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIGHTSHOOT_CONFIG", str(tmp_path / "none.toml"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["batch", *words], catch_exceptions=False)


def test_a_list_is_added_moved_paused_called_off_and_tried_again(place: Path) -> None:
    films = place / "films.txt"
    films.write_text("月夜过江\nthe sea\ngone.md\n", encoding="utf-8")
    added = run("add", "films.txt")
    assert added.exit_code == 0, added.output
    assert "2 added" in added.stderr
    assert "left out: films.txt:3: there is no file 'gone.md'" in added.stderr
    assert "0 added, 2 known" in run("add", "films.txt").stderr
    assert run("priority", "2", "5").exit_code == 0
    assert run("cancel", "1").exit_code == 0
    assert run("pause").exit_code == 0
    status = json.loads(run("status", "--json").stdout)
    assert [(one["name"], one["state"], one["priority"]) for one in status["entries"]] == [
        ("月夜过江", "cancelled", 0),
        ("the sea", "waiting", 5),
    ]
    assert status["paused"]
    assert (status["counts"]["waiting"], len(status["faults"])) == (1, 1)
    table = run("status").stdout
    assert "月夜过江" in table
    assert "paused: a person paused it" in table
    assert run("resume").stdout.strip() == "goes on"
    assert "1 to be made again: 1" in run("retry", "1").stdout
    happened = run("status", "--entry", "1").stdout
    assert [line.split("  ")[2] for line in happened.splitlines()[1:]] == [
        "added", "cancelled", "retried",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("status",), "films has no queue"),
        (("report",), "films has no queue"),
        (("retry", "--out", "q"), "name entries by their numbers"),
        (("cancel", "7", "--out", "q"), "there is no entry 7"),
        (("run", "films.txt", "--until", "25:00"), "'25:00' is not a time of day"),
        (("report", "--out", "q"), "nothing was made in q yet"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    place: Path, words: tuple[str, ...], says: str
) -> None:
    (place / "films.txt").write_text("the sea\n")
    run("add", "films.txt", "--out", "q")
    result = run(*words)
    assert result.exit_code == 2
    assert says in result.stderr.strip().splitlines()[-1]


def test_a_night_whose_films_cannot_be_made_ends_with_a_report_that_says_how_to_go_on(
    place: Path,
) -> None:
    (place / "films.yaml").write_text(
        "- brief: the sea\n  image: no-such-painter\n- brief: a hill\n  writer: llm\n"
    )
    result = run("run", "films.yaml", "--json", "--budget-usd", "3", "--until", "07:00")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert facts["ended"] == "done"
    assert (facts["budget_usd"], facts["spent_usd"]) == (3.0, 0.0)
    (group,) = facts["failures"]
    assert group["cause"] == "input"
    assert [film["name"] for film in group["films"]] == ["the sea", "a hill"]
    assert "no-such-painter" in group["films"][0]["error"]
    assert "needs an endpoint" in group["films"][1]["error"]
    assert group["command"].startswith("nightshoot batch retry --cause input --out films")
    assert json.loads((place / "films/report.json").read_text()) == facts
    page = (place / "films/report.html").read_text()
    assert "no-such-painter" in page
    assert group["command"].partition(" && ")[0] in page
    assert run("retry", "--cause", "input").stdout.strip() == "2 to be made again: 1, 2"


def test_the_next_time_of_day_is_tonight_or_tomorrow() -> None:
    from datetime import datetime

    evening = datetime(2026, 3, 1, 22, 30).timestamp()  # noqa: DTZ001 local time is meant
    assert datetime.fromtimestamp(moment_of("07:00", evening)).isoformat() == "2026-03-02T07:00:00"  # noqa: DTZ006
    assert moment_of("22:31", evening) - evening == 60
    with pytest.raises(InputError, match="write it as 07:00"):
        moment_of("7am", evening)


def an_order(
    folder: Path, limits: Limits, sink: Callable[[Event], None] = lambda _: None, **options: Any
) -> Order:
    """Gives an order for a small film."""
    shared = {"size": "128x228", "locale": "zh", "voice": "none"}
    entry = BatchEntry(
        brief="夜游赤壁", name="夜游", options=BatchOptions.model_validate(shared | options)
    )
    return Order(
        number=1,
        entry=entry,
        folder=folder,
        allowance=Allowance(limits=limits),
        standing=Standing(film="1"),
        sink=sink,
    )


def made(bench: Bench, order: Order) -> Report:
    """Makes an entry with stand-ins."""
    maker = FilmMaker(bench.studio(), os.environ, _defaults(), floor=Floor())
    return asyncio.run(maker(order))


def test_a_film_costs_no_more_than_the_night_gives_it_and_goes_on_with_more(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    folder = tmp_path / "films/夜游"
    home = tmp_path / "home"
    spent = spender(home / "ledger.sqlite")
    assert spent(folder) == Used()
    for usd in (1.5, 0.0):
        with pytest.raises(BudgetExceeded):
            made(
                bench(painter=FakePainter(cost_usd=1.0), home=home),
                an_order(folder, Limits(usd=usd)),
            )
        assert spent(folder).usd <= 1.5
    assert Production.open(folder).sheet.budget_usd is None, "the folder says nothing of the night"
    dear = bench(painter=FakePainter(cost_usd=1.0), home=home)
    assert made(dear, an_order(folder, Limits(usd=50.0))).film


def test_what_a_film_may_use_can_be_raised_while_it_is_made(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    def raise_it(event: Event) -> None:
        if isinstance(event, StageStarted) and event.stage is Stage.KEYFRAMES:
            order.allowance.give(Limits(usd=50.0))

    order = an_order(tmp_path / "films/夜游", Limits(usd=0.0), raise_it)
    assert made(bench(painter=FakePainter(cost_usd=1.0)), order).film


def test_an_entry_becomes_the_film_that_was_ordered_though_it_was_stopped_on_the_way(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    folder = tmp_path / "films/夜游"
    ended: queue.SimpleQueue[asyncio.Task[Report]] = queue.SimpleQueue()
    cancels: list[Callable[[], None]] = []

    def stop(event: Event) -> None:
        if isinstance(event, StepDone) and event.stage is Stage.KEYFRAMES:
            cancels[0]()

    films = SideBySide()
    maker = FilmMaker(bench().studio(), os.environ, _defaults(), floor=Floor())
    order = an_order(folder, Limits(), stop, takes=2, style="ink", seed=11)
    cancels.append(films.begin(maker(order), ended.put))
    assert ended.get(timeout=200).cancelled()
    films.close()
    assert not (folder / "film.mp4").exists()
    report = made(bench(), an_order(folder, Limits()))
    assert Path(report.film).is_file()
    assert report.actions["reused"] > 0, "what it had is kept"
    sheet = Production.open(folder).sheet
    assert (sheet.options.takes, sheet.options.style, sheet.options.seed) == (2, "ink", 11)
    assert (sheet.options.width, sheet.options.height) == (128, 228)
    assert (sheet.crew.image, sheet.budget_usd) == ("shadow-play", None)
    again = made(bench(), an_order(folder, Limits()))
    assert again.actions["made"] == 0
    assert len(Production.open(folder).versions.all()) == 1, "a film made again is no new version"


def test_films_of_a_night_share_tools_but_for_their_writers(tmp_path: Path) -> None:
    settings = settings_from({"NIGHTSHOOT_HOME": str(tmp_path)})
    fitting = SharedFitting(settings, {})
    crew = CrewChoice(
        writer="rehearsal", image="shadow-play", video="multiplane", voice="none", music="none"
    )
    other = crew.model_copy(update={"music": "pluck"})
    (first, tools), (second, same), (_, different) = (fitting(one) for one in (crew, crew, other))
    assert same is tools
    assert different is not tools
    assert first("critic") is not second("critic")
    fitting.close()


class Told:
    """A runner that is told to stop, and a table that is told why."""

    stopped = 0
    said = ""

    def stop(self) -> None:
        self.stopped += 1

    def note(self, text: str) -> None:
        self.said = text

    def abandon(self) -> None:
        self.said = ""


def test_ctrl_c_stops_the_night_in_good_order() -> None:
    told, before = Told(), signal.getsignal(signal.SIGINT)
    with _stopping(cast("Runner", told), cast("NightTable", told)):
        signal.raise_signal(signal.SIGINT)
        assert told.stopped == 1
        assert "again" in told.said
    assert signal.getsignal(signal.SIGINT) == before


def test_a_night_that_does_not_stop_is_ended_with_a_word(capsys: Any) -> None:
    left: list[int] = []
    gone, told = threading.Event(), Told()

    def leave(code: int) -> None:
        left.append(code)
        gone.set()

    with _stopping(cast("Runner", told), cast("NightTable", told), hard_end_s=0.01, leave=leave):
        assert not left, "nobody asked"
        signal.raise_signal(signal.SIGINT)
        assert gone.wait(20)
    assert left == [130]
    assert "not everything has stopped" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are told otherwise there")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_writes_its_report_and_says_how_to_go_on(
    place: Path, sent: signal.Signals
) -> None:
    (place / "films.txt").write_text("the sea\n")
    run("add", "films.txt")
    run("pause")
    words = [sys.executable, "-m", "nightshoot", "batch", "run"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        while json.loads(run("status", "--json").stdout)["night"] is None:
            assert process.poll() is None, "it ended too soon"
            time.sleep(0.05)
        process.send_signal(sent)
        _, said = process.communicate(timeout=200)
    finally:
        # Whatever came of it, it does not go on after the test.
        process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in said
    told = said.decode().strip().splitlines()
    assert "paused: a person paused it" in told[0]
    assert told[-1].endswith("`nightshoot batch run --out films` goes on from here")
    assert json.loads((place / "films/report.json").read_text())["ended"] == ""
    assert run("status").stdout.count("waiting") == 2
