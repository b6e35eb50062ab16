"""Whole films through the graphs, with stand-ins for the tools."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from nightshoot.domain.orders import Wording, WordingOrder
from nightshoot.domain.screenplay import Screenplay
from nightshoot.errors import BackendError, BudgetExceeded, InputError, Refused
from nightshoot.events import ShotFlagged, Stage, TakeRejected
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.fake import Defect, FakeCamera, FakePainter, FakeSpeech
from nightshoot.tools.measure.frames import decode
from nightshoot.tools.measure.loudness import loudness

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object


def test_a_brief_becomes_a_film_whose_parts_add_up(bench: Callable[..., Bench]) -> None:
    made = bench().make()
    film = probe(bench().folder / "film.mp4")
    assert (film.width, film.height, film.fps) == (128, 228, Fraction(24))
    assert film.num_frames == made.frames == round(made.duration_s * 24)
    assert abs(film.audio_duration_s - film.duration_s) <= 1 / 24
    sound = loudness(bench().folder / "film.mp4")
    assert -17 <= sound.integrated_lufs <= -15
    assert sound.true_peak_dbtp <= -1
    assert made.shots == made.takes == 3
    assert made.flagged == 0


def test_the_folder_holds_what_a_person_needs(bench: Callable[..., Bench]) -> None:
    one = bench()
    one.make()
    names = {str(path.relative_to(one.folder)) for path in one.folder.rglob("*") if path.is_file()}
    assert names >= {
        "production.yaml",
        "screenplay.yaml",
        "screenplay.fountain",
        "storyboard.yaml",
        "storyboard.csv",
        "storyboard.xlsx",
        "storyboard.html",
        "cut.otio",
        "film.mp4",
        "film.srt",
        "events.jsonl",
        "shots/s01/plan.yaml",
        "shots/s01/keyframe.png",
        "shots/s01/take.mp4",
        "shots/s01/review.yaml",
        "sound/s1b1l1.wav",
        "sound/music.wav",
        "sound/mix.m4a",
    }
    page = (one.folder / "storyboard.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg") == 3
    assert "http" not in page
    assert "何夜无月" in (one.folder / "film.srt").read_text(encoding="utf-8")


def test_making_it_again_makes_nothing(bench: Callable[..., Bench]) -> None:
    one = bench()
    one.make()
    before = (one.folder / "film.mp4").read_bytes()
    painted = list(one.painter.calls)
    again = one.make()
    assert again.actions["made"] == 0
    assert again.actions["reused"] > 10
    assert one.painter.calls == painted
    assert (one.folder / "film.mp4").read_bytes() == before


def test_two_homes_make_the_same_bytes(bench: Callable[..., Bench], tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    one, two = bench(), bench()
    two.folder, two.home = tmp_path_factory.mktemp("a") / "film", tmp_path_factory.mktemp("b")
    one.make()
    two.make()
    assert (one.folder / "film.mp4").read_bytes() == (two.folder / "film.mp4").read_bytes()


@pytest.mark.parametrize("defect", [Defect.BLACK, Defect.BLANK])
def test_a_rejected_keyframe_is_painted_again_with_the_critics_note(
    bench: Callable[..., Bench], defect: Defect
) -> None:
    one = bench(painter=FakePainter(spoils={"s02": [defect]}))
    made = one.make()
    assert one.painter.calls.count("s02") == 2
    assert one.camera.calls.count("s02") == 1, "a rejected keyframe is not filmed"
    assert made.rejected == 1
    assert made.flagged == 0
    wordings = [ask.given for ask in one.writer.asked if ask.task == "prompt_engineer/word"]
    assert any(getattr(given, "notes", ()) == ("更亮一些。",) for given in wordings)
    assert "note: 更亮一些。" in (one.folder / "shots/s02/plan.yaml").read_text(encoding="utf-8")
    rejected = [event for event in one.events if isinstance(event, TakeRejected)]
    assert [event.measures[0] for event in rejected] == [f"{defect.value}_frames"]


@pytest.mark.parametrize(
    ("defect", "measure"),
    [
        (Defect.BLACK, "black_frames"),
        (Defect.BLANK, "blank_frames"),
        (Defect.FROZEN, "dynamic_degree"),
        (Defect.SHORT, "frame_count"),
    ],
)
def test_a_rejected_take_is_shot_again(
    bench: Callable[..., Bench], defect: Defect, measure: str
) -> None:
    one = bench(camera=FakeCamera(spoils={"s01": [defect, defect]}))
    made = one.make()
    assert made.rejected == 2
    assert one.camera.calls.count("s01") == 3
    rejected = [event for event in one.events if isinstance(event, TakeRejected)]
    assert {event.take for event in rejected} == {1, 2}
    assert all(measure in event.measures for event in rejected)
    assert decode(one.folder / "shots/s01/take.mp4").luma.std() > 10, "the good take is kept"
    assert (one.folder / "shots/s01/takes/1/take.mp4").is_file()


def test_when_all_takes_fail_the_best_is_kept_and_flagged(bench: Callable[..., Bench]) -> None:
    # The black take fails three measures, the frozen one only one.
    spoils = {"s03": [Defect.BLACK, Defect.FROZEN, Defect.BLACK]}
    one = bench(camera=FakeCamera(spoils=spoils))
    made = one.make()
    assert made.flagged == 1
    assert made.flagged_shots == ("s03",)
    assert made.film
    assert one.camera.calls.count("s03") == 3, "bounded by --takes"
    assert decode(one.folder / "shots/s03/take.mp4").luma.mean() > 20
    flagged = [event for event in one.events if isinstance(event, ShotFlagged)]
    assert [event.shot for event in flagged] == ["s03"]
    page = (one.folder / "storyboard.html").read_text(encoding="utf-8")
    assert "条数用尽" in page, "why the loop ended without a good take"


def test_a_fault_is_tried_again_and_is_no_rejection(bench: Callable[..., Bench]) -> None:
    one = bench(painter=FakePainter(spoils={"*": [Defect.FAULT]}))
    made = one.make()
    assert len(one.painter.calls) == 6
    assert made.rejected == 0


def test_a_broken_backend_ends_the_run_and_resume_goes_on(bench: Callable[..., Bench]) -> None:
    one = bench(painter=FakePainter(flaws={"s02": Defect.BROKEN}))
    with pytest.raises(BackendError, match="s02"):
        one.make()
    one.painter = FakePainter()
    made = one.make()
    assert made.film
    assert one.painter.calls.count("s02") == 1


def test_a_voice_that_cannot_be_reached_is_given_up_once_and_reported(
    bench: Callable[..., Bench],
) -> None:
    away, near = FakeSpeech(fails=True, name="away"), FakeSpeech(name="near")
    one = bench(voices=(away, near))
    made = one.make()
    assert made.voice == "near"
    assert len(away.calls) == 1
    assert any("away" in note and "near speaks" in note for note in made.notes)
    assert "voice: near" in (one.folder / "production.yaml").read_text(encoding="utf-8")


def test_without_any_voice_there_is_a_film_with_captions(bench: Callable[..., Bench]) -> None:
    one = bench(voices=(FakeSpeech(fails=True),))
    made = one.make()
    assert made.film
    assert made.voice == "none"
    assert any("captions without a voice" in note for note in made.notes)
    assert "何夜无月" in (one.folder / "film.srt").read_text(encoding="utf-8")


def test_a_film_without_voice_and_music_is_silent(bench: Callable[..., Bench]) -> None:
    one = bench(voices=(), composer=None)
    assert one.make().music == "none"
    assert not probe(one.folder / "film.mp4").has_audio


def test_until_ends_early_and_resume_finishes(bench: Callable[..., Bench]) -> None:
    one = bench()
    for stage, there, not_yet in (
        (Stage.SCREENPLAY, "screenplay.yaml", "storyboard.yaml"),
        (Stage.STORYBOARD, "storyboard.yaml", "shots"),
        (Stage.TAKES, "shots/s01/take.mp4", "cut.otio"),
    ):
        assert one.make(until=stage).film == ""
        assert (one.folder / there).exists()
        assert not (one.folder / not_yet).exists()
    made = one.make()
    assert made.film
    assert len(one.painter.calls) == 3


def test_until_keyframes_paints_and_does_not_film(bench: Callable[..., Bench]) -> None:
    one = bench()
    one.make(until=Stage.KEYFRAMES)
    assert len(one.painter.calls) == 3
    assert one.camera.calls == []
    assert (one.folder / "shots/s01/keyframe.png").is_file()
    animatic = probe(one.folder / "animatic.mp4")
    assert animatic.has_audio
    assert abs(animatic.audio_duration_s - animatic.duration_s) < 0.3
    assert animatic.duration_s > 4.5, "three shots of at least 1.5 s"
    one.make()
    assert len(one.painter.calls) == len(one.camera.calls) == 3


def test_review_stops_at_each_gate_and_takes_a_persons_edit(
    bench: Callable[..., Bench], screenplay: Screenplay
) -> None:
    one = bench(review=True)
    assert one.make().awaiting == "screenplay"
    path = one.folder / "screenplay.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("何夜无月？", "今夕何夕？"), "utf-8")
    assert one.make().awaiting == "storyboard"
    assert one.painter.calls == []
    assert one.make().awaiting == "keyframes"
    assert len(one.painter.calls) == 3
    assert one.camera.calls == []
    made = one.make()
    assert made.film
    assert made.awaiting == ""
    assert "今夕何夕" in (one.folder / "film.srt").read_text(encoding="utf-8")
    assert "今夕何夕" in path.read_text(encoding="utf-8"), "the edit is never overwritten"


def test_an_edit_by_hand_remakes_only_what_follows_from_it(bench: Callable[..., Bench]) -> None:
    one = bench()
    one.make()
    path = one.folder / "storyboard.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("move: pan_left", "move: pan_right"), encoding="utf-8")
    others = [(one.folder / f"shots/{shot}/take.mp4").read_bytes() for shot in ("s01", "s03")]
    one.make()
    assert one.painter.calls == ["s01", "s02", "s03", "s02"] or one.painter.calls[3:] == ["s02"]
    after = [(one.folder / f"shots/{shot}/take.mp4").read_bytes() for shot in ("s01", "s03")]
    assert others == after


def test_a_broken_edit_is_pointed_at_with_its_line(bench: Callable[..., Bench]) -> None:
    one = bench()
    one.make()
    path = one.folder / "storyboard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if "move: pan_left" in line)
    lines[place] = lines[place].replace("pan_left", "sideways")
    path.write_text("\n".join(lines), encoding="utf-8")
    film = (one.folder / "film.mp4").read_bytes()
    with pytest.raises(InputError, match=rf"storyboard\.yaml:{place + 1}: .*move"):
        one.make()
    assert (one.folder / "film.mp4").read_bytes() == film


def test_a_budget_is_never_passed_and_nothing_made_is_lost(bench: Callable[..., Bench]) -> None:
    one = bench(painter=FakePainter(cost_usd=0.4), budget_usd=1.0)
    with pytest.raises(BudgetExceeded, match="raise the budget"):
        one.make()
    assert len(one.painter.calls) == 2
    sheet = one.folder / "production.yaml"
    sheet.write_text(
        sheet.read_text("utf-8").replace("budget_usd: 1.0", "budget_usd: 9.0"), "utf-8"
    )
    made = one.make()
    assert made.film
    assert made.cost_usd == pytest.approx(0.4)
    assert len(one.painter.calls) == 3


def test_a_second_run_in_one_folder_is_refused(bench: Callable[..., Bench]) -> None:
    one = bench()
    production = one.production()
    with production.held(), pytest.raises(InputError, match="another nightshoot"):
        one.make()


def test_a_shot_that_a_service_refuses_is_worded_anew(bench: Callable[..., Bench]) -> None:
    made = bench(
        painter=FakePainter(spoils={"s01": [Defect.REFUSED]}),
        camera=FakeCamera(spoils={"s02": [Defect.REFUSED]}),
    )
    words = [Wording(prompt=f"a river at night, {number}") for number in range(12)]
    made.writer._answers["prompt_engineer/word"] = list(words)
    report = made.make()
    assert report.film
    assert (report.takes, report.flagged) == (3, 0)
    told = [note for note in report.notes if "refused the prompt" in note]
    assert [note.split(":")[0] for note in told] == ["Shot s01", "Shot s02"]
    asked = [ask.given for ask in made.writer.asked if ask.task == "prompt_engineer/word"]
    again = [one for one in asked if isinstance(one, WordingOrder) and one.notes]
    assert sorted(one.shot.id for one in again) == ["s01", "s02"]
    assert all("refused" in one.notes[-1] for one in again)


def test_a_shot_that_is_refused_in_any_words_is_told(bench: Callable[..., Bench]) -> None:
    made = bench(painter=FakePainter(spoils={"s01": [Defect.REFUSED]}))
    with pytest.raises(Refused, match="refused the prompt of s01"):
        made.make()
