"""Shots that do not go with their neighbours are taken again, once, when all are there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from nightshoot.events import ShotFlagged, Stage, TakeRejected
from nightshoot.tools.fake import Defect, FakePainter
from nightshoot.workplace import Report

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

BenchOf = Callable[..., Bench]


def rejections(one: Bench) -> list[TakeRejected]:
    return [event for event in one.events if isinstance(event, TakeRejected)]


def made(one: Bench) -> Report:
    return one.make(until=Stage.TAKES)


def test_shots_that_go_together_are_left_alone(loop: BenchOf) -> None:
    one = loop(voices=())
    report = made(one)
    assert (report.takes, report.rejected, report.flagged) == (3, 0, 0)
    text = (one.folder / "shots/s02/review.yaml").read_text("utf-8")
    assert "scene_continuity" in text, "the figure is shown where it is good, too"


def test_a_shot_that_stands_apart_is_taken_again(loop: BenchOf) -> None:
    one = loop(voices=(), painter=FakePainter(spoils={"s02": [Defect.TINTED]}))
    report = made(one)
    assert one.painter.calls.count("s02") == 2
    assert [(event.shot, event.measures) for event in rejections(one)] == [
        ("s02", ("scene_continuity",))
    ]
    assert (report.takes, report.flagged) == (4, 0)
    assert [take.number for take in one.production().takes_of("s02") if take.shown] == [2]


def test_one_that_still_stands_apart_is_flagged_and_not_tried_a_third_time(loop: BenchOf) -> None:
    one = loop(voices=(), painter=FakePainter(flaws={"s02": Defect.TINTED}), takes=9)
    report = made(one)
    assert one.painter.calls.count("s02") == 2
    assert report.flagged_shots == ("s02",)
    assert [event.shot for event in one.events if isinstance(event, ShotFlagged)] == ["s02"]


def test_one_without_takes_left_is_flagged(loop: BenchOf) -> None:
    one = loop(voices=(), painter=FakePainter(spoils={"s02": [Defect.TINTED]}), takes=1)
    assert made(one).flagged_shots == ("s02",)
    assert one.painter.calls.count("s02") == 1
    assert len(rejections(one)) == 1


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_a_round_that_was_killed_goes_on_where_it_was(loop: BenchOf, keep: int) -> None:
    one = loop(voices=(), painter=FakePainter(spoils={"s02": [Defect.TINTED]}))
    once = made(one)
    with closing(sqlite3.connect(one.folder / ".nightshoot/checkpoints.sqlite")) as database:
        for thread, kept in (("film-1", None), ("film-1/s02/scene", keep)):
            found = [
                row[0]
                for row in database.execute(
                    "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ?"
                    " ORDER BY checkpoint_id",
                    (thread,),
                )
            ]
            # The film's own run as it stood before the scenes were compared.
            for number, place in enumerate(found):
                if number >= (len(found) - 1 if kept is None else kept):
                    database.execute("DELETE FROM checkpoints WHERE checkpoint_id = ?", (place,))
                if number >= (len(found) - 2 if kept is None else kept - 1):
                    database.execute("DELETE FROM writes WHERE checkpoint_id = ?", (place,))
        database.commit()
    (one.folder / ".nightshoot/run.json").write_text('{"run": 1, "state": "running"}', "utf-8")
    painted, filmed = list(one.painter.calls), list(one.camera.calls)
    again = made(one)
    assert (again.takes, again.flagged) == (once.takes, 0)
    assert (one.painter.calls, one.camera.calls) == (painted, filmed)
    assert [take.number for take in one.production().takes_of("s02") if take.shown] == [2]
