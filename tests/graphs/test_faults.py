"""A crash or one bad shot throws nothing away: what fails for good, where, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Ending, Shortage, ShotResult
from nightshoot.domain.remedy import RemedyKind
from nightshoot.domain.vocabulary import MoveStrength
from nightshoot.errors import BackendError, InputError, Refused, TransientError
from nightshoot.events import Reported, ShotFlagged, TakeRejected
from nightshoot.graphs.workshop import Workshop
from nightshoot.providers import CircuitPhase
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.fake import Defect, FakeCamera, FakeComposer, FakePainter, FakeSpeech, noise

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

BenchOf = Callable[..., Bench]
ShotOf = Callable[..., ShotResult]


def told(one: Bench) -> list[str]:
    return [event.text for event in one.events if isinstance(event, Reported)]


class Plain(FakeCamera):
    """A camera that another one stands in for is told from it by its name."""

    def __init__(self, **parts: object) -> None:
        super().__init__(name="plain", **parts)  # type: ignore[arg-type]


@pytest.fixture
def film(loop: BenchOf) -> BenchOf:
    """Builds a bench whose plain camera has another name than the ordered one."""

    def build(*, plain: FakeCamera | None = None, **parts: object) -> Bench:
        one = loop(**parts)
        crew, camera = one.tools, plain or Plain()
        one.tools = lambda: replace(crew(), card_camera=camera)  # type: ignore[method-assign]
        return one

    return build


# Of one shot: the loop.


@pytest.mark.parametrize(
    ("defect", "measure"),
    [
        (Defect.DENIED, "refused"),
        (Defect.BROKEN, "broken"),
        (Defect.CORRUPT, "broken"),
        (Defect.EMPTY, "broken"),
    ],
)
def test_a_shot_that_no_camera_films_is_filmed_plainly_and_flagged(
    film: BenchOf, shot_of: ShotOf, defect: Defect, measure: str
) -> None:
    one = film(camera=FakeCamera(flaws={"s01": defect}))
    result = shot_of(one)
    assert (result.take.camera, result.economised) == ("plain", Shortage.CAMERA)
    assert (result.flagged, result.ended) == (True, Ending.CAMERA)
    assert [one.kind for one in result.take.remedies] == [RemedyKind.PLAINLY]
    failed = [take for take in result.takes if take.failure]
    assert failed, "the attempts are kept with their reasons"
    assert all(take.failure and take.failure.measure == measure for take in failed)
    (flag,) = (event for event in one.events if isinstance(event, ShotFlagged))
    assert failed[0].failure is not None
    assert failed[0].failure.note in flag.note
    rejected = [event for event in one.events if isinstance(event, TakeRejected)]
    assert rejected[0].measures == (measure,)


@pytest.mark.parametrize("defect", [Defect.DENIED, Defect.BROKEN, Defect.CORRUPT, Defect.EMPTY])
def test_another_camera_films_what_the_first_one_does_not(
    film: BenchOf, shot_of: ShotOf, defect: Defect
) -> None:
    other = FakeCamera(name="other")
    one = film(camera=FakeCamera(flaws={"*": defect}), cameras=(other,))
    result = shot_of(one)
    assert (result.take.camera, result.flagged) == ("other", False)
    assert result.economised is None


@pytest.mark.parametrize("defect", [Defect.DENIED, Defect.BROKEN, Defect.CORRUPT, Defect.EMPTY])
def test_another_painter_paints_what_the_first_one_does_not(
    film: BenchOf, shot_of: ShotOf, defect: Defect
) -> None:
    one = film(
        painter=FakePainter(flaws={"*": defect}), painters=(FakePainter(name="other"),), takes=1
    )
    result = shot_of(one)
    assert (result.take.painter, result.flagged) == ("other", False)
    assert not result.takes[0].keyframe
    assert result.takes[0].failure is not None


def test_what_was_paid_for_a_file_that_is_no_use_counts_for_the_shot(
    film: BenchOf, shot_of: ShotOf
) -> None:
    camera = FakeCamera(flaws={"*": Defect.CORRUPT}, cost_usd=0.5)
    result = shot_of(film(camera=camera, options={"shot_usd": 1.2}))
    assert [take.cost_usd for take in result.takes] == [0.5, 0.5, 0.0]
    assert len(camera.calls) == 2, "a third one would pass the shot's money"
    assert result.economised is Shortage.CAMERA


def test_the_best_take_so_far_stays_where_a_retake_fails(film: BenchOf, shot_of: ShotOf) -> None:
    camera = FakeCamera(spoils={"s01": [Defect.FROZEN, Defect.BROKEN, Defect.BROKEN]})
    result = shot_of(film(camera=camera))
    assert (result.best, result.flagged, result.economised) == (1, True, None)
    assert result.ended is Ending.TAKES
    assert [bool(take.failure) for take in result.takes] == [False, True, True]


def test_a_retake_whose_painter_fails_leaves_the_take_before(
    film: BenchOf, shot_of: ShotOf
) -> None:
    painter = FakePainter(spoils={"s01": [Defect.BLACK, Defect.BROKEN, Defect.DENIED]})
    result = shot_of(film(painter=painter))
    assert result.best == 1
    assert result.take.video


def test_a_refused_keyframe_is_worded_anew_with_the_refusal_as_a_note(
    film: BenchOf, shot_of: ShotOf
) -> None:
    one = film(painter=FakePainter(flaws={"s01": Defect.DENIED}), painters=(FakePainter(name="b"),))
    shot_of(one)
    notes = [ask.given.notes for ask in one.writer.asked if ask.task == "prompt_engineer/word"]  # type: ignore[attr-defined]
    assert any("refused the prompt" in note for given in notes for note in given)


def test_nothing_that_failed_is_asked_for_again_when_the_film_is_made_again(
    film: BenchOf,
) -> None:
    one = film(camera=FakeCamera(flaws={"s01": Defect.BROKEN}))
    first = one.make()
    calls = list(one.camera.calls)
    assert first.plain_shots == {"s01": "camera"}
    again = one.make()
    assert one.camera.calls == calls
    assert (again.plain_shots, again.flagged_shots) == (first.plain_shots, first.flagged_shots)
    assert again.takes == first.takes


# Too short, too long.


def test_a_take_that_is_too_short_is_brought_to_its_length_and_told_of(film: BenchOf) -> None:
    one = film(camera=FakeCamera(flaws={"s01": Defect.SHORT}))
    report = one.make()
    assert report.film
    assert report.flagged_shots == ("s01",)
    assert not report.plain_shots
    (text,) = (note for note in report.notes if "Shot s01: its take has" in note)
    assert "slowed to" in text
    short, long = (one.folder / f"shots/s01/{name}.mp4" for name in ("take", "lengthened"))
    assert probe(long).num_frames == probe(short).num_frames + 5
    assert "shots/s01/lengthened.mp4" in (one.folder / "cut.otio").read_text("utf-8")
    assert probe(one.folder / "film.mp4").num_frames == report.frames


def test_a_stub_of_a_take_is_not_stretched_but_filmed_plainly(film: BenchOf) -> None:
    one = film(camera=FakeCamera(flaws={"s01": Defect.STUB}))
    report = one.make()
    assert report.film
    assert report.plain_shots == {"s01": "camera"}
    assert report.flagged_shots == ("s01",)


# Nothing to show.


def test_all_other_shots_are_made_before_a_film_stops_for_one(film: BenchOf) -> None:
    one = film(painter=FakePainter(flaws={"s02": Defect.DENIED}))
    with pytest.raises(Refused) as stop:
        one.make()
    text = str(stop.value)
    assert "1 of 3 shots could not be made" in text
    assert "s02: the fake refused the prompt of s02" in text
    assert str(one.folder / "storyboard.yaml") in text
    assert str(one.folder / "shots/s02/keyframe.png") in text
    assert f"nightshoot resume {one.folder}" in text
    assert "\n" not in text
    assert (one.folder / "shots/s01/take.mp4").is_file()
    assert (one.folder / "shots/s03/take.mp4").is_file()


def test_a_picture_of_a_persons_own_completes_the_film_and_makes_just_that(
    film: BenchOf,
) -> None:
    one = film(painter=FakePainter(flaws={"s02": Defect.BROKEN}))
    with pytest.raises(BackendError, match="s02"):
        one.make()
    one.painter.calls.clear()
    one.camera.calls.clear()
    plan = one.camera.plans[0]
    picture = one.folder / "shots/s02/keyframe.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(picture), noise(plan))
    report = one.make()
    assert report.film
    assert one.painter.calls == []
    assert one.camera.calls == ["s02"]


def test_another_painter_completes_the_film_and_makes_just_that(film: BenchOf) -> None:
    one = film(painter=FakePainter(flaws={"s02": Defect.DENIED}))
    with pytest.raises(Refused, match="s02"):
        one.make()
    one.camera.calls.clear()
    one.painter = FakePainter()
    report = one.make()
    assert report.film
    assert (one.painter.calls, one.camera.calls) == (["s02"], ["s02"])
    assert report.flagged_shots == ()


def test_other_words_complete_the_film(film: BenchOf) -> None:
    one = film(painter=FakePainter(flaws={"s02": Defect.DENIED}))
    with pytest.raises(Refused, match="s02"):
        one.make()
    board = one.folder / "storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("第2镜", "江水"), "utf-8")
    one.painter = FakePainter()
    assert one.make().film


def test_a_plain_camera_that_fails_too_stops_the_film_after_the_others(film: BenchOf) -> None:
    flaws = {"s02": Defect.BROKEN}
    one = film(camera=FakeCamera(flaws=flaws), plain=Plain(flaws=flaws))
    with pytest.raises(BackendError, match="1 of 3 shots could not be made"):
        one.make()
    one.camera = FakeCamera()
    one.tools().card_camera.calls.clear()  # type: ignore[attr-defined]
    report = one.make()
    assert (report.film != "", report.plain_shots) == (True, {})


# Everybody's fault.


class WrongKey(FakePainter):
    """A painter whose service does not take the key."""

    async def paint(self, **given: object) -> object:  # type: ignore[override]
        self.calls.append("asked")
        raise InputError("the service refuses the key: see the settings")


def test_a_wrong_key_stops_the_film_at_once(film: BenchOf) -> None:
    painter = WrongKey()
    with pytest.raises(InputError, match="refuses the key"):
        film(painter=painter).make()
    assert len(painter.calls) <= 3


@pytest.mark.parametrize("role", ["painter", "camera"])
def test_a_backend_that_fails_on_one_shot_after_the_other_stops_the_film(
    film: BenchOf, role: str
) -> None:
    broken = (FakePainter if role == "painter" else FakeCamera)(flaws={"*": Defect.BROKEN})
    one = film(**{role: broken})
    with pytest.raises(BackendError, match="one after the other"):
        one.make()
    setattr(one, role, FakePainter() if role == "painter" else FakeCamera())
    report = one.make()
    assert (report.film != "", report.flagged_shots, report.plain_shots) == (True, (), {})


class Hiccup(FakeCamera):
    """A camera whose service cannot be reached for one shot."""

    away = True

    async def film(self, **given: object) -> object:  # type: ignore[override]
        if self.away and given["plan"].shot == "s02":  # type: ignore[attr-defined]
            raise TransientError("the service cannot be reached")
        return await super().film(**given)  # type: ignore[arg-type]


def test_a_fault_that_may_pass_leaves_the_shot_for_the_next_run(film: BenchOf) -> None:
    camera = Hiccup()
    one = film(camera=camera)
    with pytest.raises(TransientError, match="1 of 3 shots could not be made"):
        one.make()
    camera.away = False
    camera.calls.clear()
    report = one.make()
    assert camera.calls == ["s02"]
    assert (report.film != "", report.flagged_shots) == (True, ())


class Far(FakeCamera):
    """A camera at a service, which has a circuit."""

    def __init__(self, **parts: object) -> None:
        super().__init__(**parts)  # type: ignore[arg-type]
        self.capabilities = replace(self.capabilities, offline=False)


def test_one_bad_shot_does_not_open_its_cameras_circuit(film: BenchOf, shot_of: ShotOf) -> None:
    seen: list[Workshop] = []
    camera = Far(flaws={"s01": Defect.BROKEN})
    shot_of(film(camera=camera), before=lambda shop, _: seen.append(shop))
    assert len(camera.calls) >= 3
    (state,) = (one for one in seen[0].floor.circuits.states if one.tool == "video/fake")
    assert (state.state, state.failures) == (CircuitPhase.CLOSED, 1)


# A keyframe of another size, sounds, cards.


def test_a_picture_of_a_wrong_size_is_flagged_and_the_film_comes(film: BenchOf) -> None:
    report = film(painter=FakePainter(flaws={"s01": Defect.SMALL})).make()
    assert report.film
    assert report.flagged_shots == ("s01",)


@pytest.mark.parametrize("fault", ["breaks", "silences", "corrupts"])
def test_a_line_that_a_voice_spoils_goes_to_the_next_one_alone(film: BenchOf, fault: str) -> None:
    first = FakeSpeech(name="a", **{fault: "何夜"})  # type: ignore[arg-type]
    second = FakeSpeech(name="b")
    one = film(voices=(first, second))
    report = one.make()
    assert report.film
    assert [text for text, _ in second.said] == ["何夜无月？"]
    assert any("s1b2l1" in note for note in report.notes)


def test_a_line_that_nobody_speaks_is_a_caption_and_told_of(film: BenchOf) -> None:
    report = film(voices=(FakeSpeech(breaks="何夜"),)).make()
    assert report.film
    assert "Line s1b2l1 is a caption alone: no voice speaks it." in report.notes


@pytest.mark.parametrize("defect", [Defect.BROKEN, Defect.CORRUPT, Defect.EMPTY, Defect.BLANK])
def test_a_film_without_its_music_is_made_and_says_so(film: BenchOf, defect: Defect) -> None:
    one = film(composer=FakeComposer(defect=defect))
    report = one.make()
    assert report.film
    assert any("The film has no music" in note for note in report.notes)
    one.composer = FakeComposer()
    again = one.make()
    assert not any("no music" in note for note in again.notes)
    assert (one.folder / "sound/music.wav").is_file()


@pytest.mark.parametrize("defect", [Defect.BROKEN])
def test_a_film_without_its_cards_is_made_and_says_so(film: BenchOf, defect: Defect) -> None:
    cards = {"card-title": defect, "card-end": defect}
    one = film(plain=Plain(flaws=cards))
    report = one.make()
    assert report.film
    assert any("The film has no title card" in note for note in report.notes)
    assert any("The film has no end card" in note for note in report.notes)
    assert probe(one.folder / "film.mp4").num_frames == report.frames


def test_the_page_shows_what_failed_and_what_stands_in(film: BenchOf) -> None:
    one = film(camera=FakeCamera(flaws={"s01": Defect.BROKEN}))
    one.make()
    page = (one.folder / "storyboard.html").read_text("utf-8")
    assert "the fake broke s01" in page
    assert "从简拍摄" in page
    review = Path(one.folder / "shots/s01/takes/1/review.yaml").read_text("utf-8")
    assert "the fake broke s01" in review


def test_a_stronger_move_is_not_asked_of_what_failed(film: BenchOf, shot_of: ShotOf) -> None:
    result = shot_of(film(camera=FakeCamera(flaws={"s01": Defect.BROKEN})))
    assert {take.plan.camera.strength for take in result.takes} == {MoveStrength.MEDIUM}


def test_what_stands_in_for_one_shot_is_not_asked_for_again_as_another_was_left(
    film: BenchOf,
) -> None:
    one = film(
        painter=FakePainter(flaws={"s02": Defect.DENIED}),
        camera=FakeCamera(flaws={"s01": Defect.BROKEN}),
    )
    with pytest.raises(Refused, match="s02"):
        one.make()
    one.painter = FakePainter()
    one.camera.calls.clear()
    report = one.make()
    assert one.camera.calls == ["s02"]
    assert report.plain_shots == {"s01": "camera"}


def test_three_bad_shots_stop_the_film_once_and_are_then_taken_for_what_they_are(
    film: BenchOf,
) -> None:
    camera = FakeCamera(flaws={"*": Defect.BROKEN})
    one = film(camera=camera)
    with pytest.raises(BackendError, match="one after the other"):
        one.make()
    report = one.make()
    assert report.film
    assert sorted(report.plain_shots) == ["s01", "s02", "s03"]
    assert report.flagged == 3


def test_a_stand_in_that_a_person_approves_is_no_longer_flagged(film: BenchOf) -> None:
    one = film(camera=FakeCamera(flaws={"s01": Defect.BROKEN}))
    one.make()
    production = one.production()
    shown = next(take for take in production.takes_of("s01") if take.shown)
    assert shown.flagged
    production.rule(
        Ruling(
            shot="s01",
            made=shown.made,
            take=shown.number,
            verdict=Verdict.APPROVED,
            by="me",
            at="2026-11-22T09:00:00+00:00",
        )
    )
    report = one.make()
    assert (report.flagged_shots, report.plain_shots) == ((), {"s01": "camera"})


def test_a_rejected_stand_in_is_worded_anew_and_filmed_as_ordered(film: BenchOf) -> None:
    one = film(camera=FakeCamera(flaws={"s01": Defect.BROKEN}))
    one.make()
    production = one.production()
    shown = next(take for take in production.takes_of("s01") if take.shown)
    production.rule(
        Ruling(
            shot="s01",
            made=shown.made,
            take=shown.number,
            verdict=Verdict.REJECTED,
            note="动起来",
            by="me",
            at="2026-11-22T09:00:00+00:00",
        )
    )
    one.camera = FakeCamera()
    report = one.make()
    assert (report.flagged_shots, report.plain_shots) == ((), {})
    assert one.camera.calls == ["s01"]
