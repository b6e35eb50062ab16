"""The page and the sheets of a production whose takes were spoiled."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from nightshoot.cli.showing import shown, shown_text
from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.tools.fake import Defect, FakeCamera


def test_a_spoiled_take_is_on_the_page_with_its_frame_and_what_was_changed(
    bench: Callable[..., Any], read: Any
) -> None:
    made = bench(camera=FakeCamera(spoils={"s02": [Defect.BLACK]}), takes=2)
    made.make()
    text = (made.folder / "storyboard.html").read_text("utf-8")
    shot = read(text).one(named="shot-s02")
    takes = shot.all(tag="li", cls="take")
    assert len(takes) == 2
    assert takes[0].one(cls="stamp").text == "退回"
    assert takes[0].all(cls="evidence"), "the black frame is shown"
    assert "画面全黑" in takes[0].text
    assert takes[1].one(cls="change").all(tag="li")
    assert len(text) < 2_000_000
    sheet = yaml.safe_load((made.folder / "shots/s02/review.yaml").read_text("utf-8"))
    assert sheet["in_film"]
    assert sheet["ended"] == "passed"
    assert re.match(r"\w+: .+ \(for .+\)", sheet["remedies"][0])
    first = yaml.safe_load((made.folder / "shots/s02/takes/1/review.yaml").read_text("utf-8"))
    assert not first["passed"]
    assert first["remedies"] == []


def test_show_lists_takes_and_what_a_person_said(bench: Callable[..., Any]) -> None:
    made = bench()
    made.make()
    production = made.production()
    take = production.takes_of("s01")[-1]
    production.rule(
        Ruling(
            shot="s01",
            made=take.made,
            take=take.number,
            verdict=Verdict.REJECTED,
            note="brighter",
            by="li",
        )
    )
    found = shown(production)
    assert [one.verdict for one in found.shots[0].takes] == ["rejected"]
    assert "take 1 rejected by li: brighter" in shown_text(found)
