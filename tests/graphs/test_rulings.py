"""A person's word goes before the critic's, in the film and at the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from nightshoot.cli.ruling import ruled
from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Ending, ShotResult
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import CameraMove
from nightshoot.events import Stage, TakeRejected
from nightshoot.production import Production
from nightshoot.tools.fake import Defect, FakeCamera, FakePainter

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

BenchOf = Callable[..., Bench]
ShotOf = Callable[..., ShotResult]


def said(
    one: Bench, shot: str, verdict: Verdict, *, take: int | None = None, note: str = ""
) -> str:
    return ruled(one.folder, shot, verdict, take=take, note=note)


def rule(one: Bench, result: ShotResult, verdict: Verdict, *, take: int, note: str = "") -> None:
    """As the commands do, for a shot whose loop ran without a film around it."""
    made = result.takes[take - 1].video
    one.production().rule(
        Ruling(shot=result.shot, made=made, take=take, verdict=verdict, note=note)
    )


def test_an_approved_take_ends_the_loop_and_is_not_flagged(
    loop: BenchOf, shot_of: ShotOf, board: Storyboard
) -> None:
    # A camera that heeds no seed and has no move to change films other keyframes, take by take.
    deaf = FakeCamera(flaws={"*": Defect.FROZEN}, ignores=("seed", "prompt", "note", "cast"))
    one = loop(camera=deaf)
    first = board.shots[0]
    still = first.model_copy(
        update={"camera": first.camera.model_copy(update={"move": CameraMove.STATIC})}
    )
    before = shot_of(one, drawn=still)
    assert before.flagged
    rule(one, before, Verdict.APPROVED, take=2)
    calls = list(one.camera.calls)
    after = shot_of(one, drawn=still)
    assert (after.best, after.flagged, after.ended) == (2, False, Ending.APPROVED)
    assert after.take.ruling is not None
    assert after.take.video == before.takes[1].video
    assert one.camera.calls == calls


def test_a_rejected_take_is_shot_again_with_the_persons_note(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    one = loop(takes=1)
    before = shot_of(one)
    rule(one, before, Verdict.REJECTED, take=1, note="月亮要更低。")
    after = shot_of(one)
    assert len(after.takes) == 2, "one more than --takes, as the person's does not count"
    assert (after.best, after.flagged, after.ended) == (2, False, Ending.PASSED)
    assert after.takes[0].advice == "月亮要更低。"
    assert after.take.plan.note == "月亮要更低。"
    wordings = [ask.given for ask in one.writer.asked if ask.task == "prompt_engineer/word"]
    assert wordings[-1].notes == ("月亮要更低。",)  # type: ignore[attr-defined]
    assert after.take.keyframe != before.take.keyframe
    rejected = [event for event in one.events if isinstance(event, TakeRejected)]
    assert rejected[-1].measures == ("person",)


def test_a_shot_is_no_longer_flagged_once_it_is_approved(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(camera=FakeCamera(flaws={"*": Defect.FROZEN}), takes=1)
    before = shot_of(one)
    assert [take.flagged for take in one.production().takes_of("s01")] == [True]
    rule(one, before, Verdict.APPROVED, take=1)
    shot_of(one)
    assert [take.flagged for take in one.production().takes_of("s01")] == [False]


def test_a_shot_may_be_rejected_again_and_again(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(takes=1)
    for number in (1, 2, 3):
        result = shot_of(one)
        assert len(result.takes) == number
        rule(one, result, Verdict.REJECTED, take=number, note=f"第{number}条不行。")
    assert len(shot_of(one).takes) == 4


def test_the_last_word_on_a_take_holds(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(takes=1)
    first = shot_of(one)
    rule(one, first, Verdict.REJECTED, take=1, note="不行。")
    rule(one, first, Verdict.APPROVED, take=1)
    again = shot_of(one)
    assert (len(again.takes), again.ended) == (1, Ending.PASSED), (
        "the critic had nothing against it"
    )


def test_a_ruling_holds_for_these_pixels_alone(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(camera=FakeCamera(flaws={"*": Defect.FROZEN}), takes=1)
    rule(one, shot_of(one), Verdict.APPROVED, take=1)
    sheet = one.folder / "production.yaml"
    text = sheet.read_text("utf-8")
    sheet.write_text(text.replace("seed: 3", "seed: 4"), "utf-8")
    assert shot_of(one).flagged, "another seed is another take"


def test_a_film_is_taken_up_after_a_ruling_and_makes_only_what_is_new(loop: BenchOf) -> None:
    one = loop(voices=(), review=True)
    for _ in range(3):
        one.make(until=Stage.TAKES)
    one.make(until=Stage.TAKES)
    assert len(one.camera.calls) == 3
    told = said(one, "2", Verdict.REJECTED, note="慢一点。")
    assert f"nightshoot resume {one.folder}" in told
    report = one.make(until=Stage.TAKES)
    assert report.awaiting == "", "what was approved is not asked for again"
    assert sorted(one.camera.calls) == ["s01", "s02", "s02", "s03"]
    assert report.takes == 4
    shown = [take.number for take in one.production().takes_of("s02") if take.shown]
    assert shown == [2]
    again = one.make(until=Stage.TAKES)
    assert again.actions["made"] == 0


def test_going_on_at_the_gate_approves_what_the_critic_had_rejected(loop: BenchOf) -> None:
    painter = FakePainter(flaws={"s02": Defect.BLANK})
    one = loop(voices=(), painter=painter, review=True, takes=2)
    for gate in ("screenplay", "storyboard", "keyframes"):
        assert one.make(until=Stage.TAKES).awaiting == gate
    assert painter.calls.count("s02") == 2
    report = one.make(until=Stage.TAKES)
    assert painter.calls.count("s02") == 2, "it is not painted again"
    rulings = one.production().rulings.rulings
    assert [(one.shot, one.verdict) for one in rulings] == [("s02", Verdict.APPROVED)]
    run = one.production().run
    assert run is not None
    assert run.rulings == one.production().rulings_digest, "no reason for another run"
    # A blank picture that moves is a blank take: the person approved the keyframe, not the take.
    assert report.flagged_shots == ("s02",)


def test_a_keyframe_rejected_at_the_gate_is_painted_again_and_shown_again(loop: BenchOf) -> None:
    one = loop(voices=(), review=True)
    for _ in range(3):
        one.make(until=Stage.TAKES)
    said(one, "s03", Verdict.REJECTED, note="再近一些。")
    report = one.make(until=Stage.TAKES)
    assert report.awaiting == "keyframes"
    assert one.painter.calls.count("s03") == 2
    assert one.painter.plans[-1].note == "再近一些。"
    assert one.camera.calls == []
    assert one.make(until=Stage.TAKES).awaiting == ""
    assert sorted(one.camera.calls) == ["s01", "s02", "s03"]


def test_rulings_are_kept_with_what_a_person_wrote_around_them(loop: BenchOf) -> None:
    one = loop()
    production = one.production()
    first = Ruling(shot="s01", made="a", take=1, verdict=Verdict.APPROVED)
    production.rule(first)
    path = one.folder / "rulings.yaml"
    path.write_text(path.read_text("utf-8") + "# 我喜欢这一条\n", "utf-8")
    second = Ruling(shot="s02", made="b", take=1, verdict=Verdict.REJECTED, note="不行：太暗")
    production.rule(second)
    assert "# 我喜欢这一条" in path.read_text("utf-8")
    assert Production.open(one.folder).rulings.rulings == (first, second)
    path.write_text(path.read_text("utf-8").replace("rulings:", "rulings: # 全部"), "utf-8")
    production.rule(first)
    assert production.rulings.rulings == (first, second, first)


@pytest.mark.parametrize("part", ["run", "rulings"])
def test_a_kill_around_a_ruling_loses_nothing(loop: BenchOf, shot_of: ShotOf, part: str) -> None:
    one = loop(voices=())
    one.make(until=Stage.TAKES)
    said(one, "1", Verdict.REJECTED, note="不行。")
    if part == "run":
        # Killed in the first moments of the new run.
        file = one.folder / ".nightshoot" / "run.json"
        state = one.production().run
        assert state is not None
        file.write_text(state.model_copy(update={"state": "running"}).model_dump_json(), "utf-8")
    report = one.make(until=Stage.TAKES)
    assert report.takes == 4
    assert one.painter.calls.count("s01") == 2


def test_a_finished_film_is_cut_anew_with_the_take_that_a_ruling_brought(loop: BenchOf) -> None:
    one = loop(voices=(), composer=None)
    one.make()
    before = (one.folder / "film.mp4").read_bytes()
    said(one, "1", Verdict.REJECTED, note="慢一点。")
    report = one.make()
    assert report.film
    assert (one.folder / "film.mp4").read_bytes() != before
    assert one.painter.calls.count("s01") == 2
    assert len(one.camera.calls) == 4
    assert [take.number for take in one.production().takes_of("s01") if take.shown] == [2]
    said(one, "1", Verdict.REJECTED, note="还是不行。")
    said(one, "1", Verdict.APPROVED, take=1)
    one.make()
    assert (one.folder / "film.mp4").read_bytes() == before, "the first take is back"
