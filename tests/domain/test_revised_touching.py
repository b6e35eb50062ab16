"""What a change makes stale: no more than what depends on it, and no less."""

from __future__ import annotations

import pytest

from nightshoot.domain.brief import CaptionSize
from nightshoot.domain.revising import Documents, FilmPart, Part, Touched, applied, touched
from nightshoot.domain.revision import (
    AddLine,
    AddShot,
    AdjustGrade,
    DeleteLine,
    DeleteShot,
    Describe,
    MergeShots,
    MoveShot,
    Operation,
    PickTake,
    Regenerate,
    ReleasePin,
    Rename,
    RewriteLine,
    SetCamera,
    SetCaptions,
    SetDelivery,
    SetFilm,
    SetLength,
    SetLook,
    SetMusic,
    SetStaging,
    SetTransition,
    SetVoice,
    SplitShot,
)
from nightshoot.domain.shot import Cast
from nightshoot.domain.storyboard import Grade
from nightshoot.domain.vocabulary import Age, Dress, Mood, ShotSize, Transition
from nightshoot.domain.wording import as_carded, as_worded, as_worded_cast

NEW = "words keyframe take cut"


def after(documents: Documents, *operations: Operation, layers: bool = False) -> Touched:
    return touched(documents, applied(documents, operations).documents, layers=layers)


def read(found: Touched) -> dict[str, str]:
    """Gives what is stale by shot, such as `cut grade ? take`."""
    return {
        one.shot: " ".join(one.certain) + (" ? " + " ".join(one.maybe) if one.maybe else "")
        for one in found.shots
    }


def film(found: Touched) -> str:
    maybe = " ? " + " ".join(found.film_maybe) if found.film_maybe else ""
    return " ".join(found.film) + maybe


@pytest.mark.parametrize(
    ("operation", "shots", "whole"),
    [
        (
            RewriteLine(line="ab3l1", text="山高月小。"),
            {"s03": "voice caption cut ? take"},
            "mix ? music",
        ),
        (
            SetDelivery(line="ab3l1", delivery="低声"),
            {"s03": "voice ? take caption cut"},
            "mix ? music",
        ),
        (
            AddLine(shot="s01", speaker="su", text="夜深。"),
            {"s01": "voice caption cut ? take"},
            "mix ? music",
        ),
        (DeleteLine(line="ab3l1"), {"s03": "caption cut ? take"}, "mix ? music"),
        (Describe(shot="s03", description="江月"), {"s03": NEW}, ""),
        (SetCamera(shots=("s03",), size=ShotSize.CU), {"s03": NEW}, ""),
        (SetStaging(shots=("s03",), mood=Mood.TENSE), {"s03": NEW}, "music mix"),
        (
            SetStaging(shots=("s06",), mood=Mood.TENSE),
            {"s06": NEW},
            "music mix cards",
        ),
        (AdjustGrade(shots=("s03",), warmth=0.2), {"s03": "cut grade"}, ""),
        (SetLength(shots=("s06",), min_duration_s=4), {"s06": "take cut"}, "music mix"),
        (SetLength(shots=("s05",), min_duration_s=4), {"s05": " ? take cut"}, " ? music mix"),
        (
            SetTransition(shots=("s02",), transition=Transition.DISSOLVE),
            {"s02": "cut ? take", "s03": "cut ? take"},
            " ? music mix",
        ),
        (
            SetLook(character="ke", dress=Dress.CLOAK),
            {"s02": NEW, "s03": NEW, "s04": NEW},
            "",
        ),
        (
            SetVoice(speaker="ke", temper="deep"),
            {"s03": "voice ? take caption cut"},
            "mix ? music",
        ),
        (
            SetVoice(speaker="narrator", temper="deep"),
            {"s02": "voice ? take caption cut", "s05": "voice ? take caption cut"},
            "mix ? music",
        ),
        (Rename(character="ke", name="道士"), {}, ""),
        (PickTake(shot="s02", take=3), {"s02": "cut"}, ""),
        (Regenerate(shots=("s03",)), {"s03": "keyframe take cut"}, ""),
        (Regenerate(shots=("s03",), note="手"), {"s03": NEW}, ""),
        (SetMusic(louder_db=-6), {}, "mix"),
        (SetMusic(again=True), {}, "music mix"),
        (SetMusic(on=False), {}, "mix"),
        (
            SetCaptions(size=CaptionSize.LARGE),
            dict.fromkeys(("s02", "s03", "s04", "s05"), "caption cut"),
            "",
        ),
        (SetFilm(title="赤壁"), {}, "cards"),
        (SetFilm(style="水墨"), dict.fromkeys((f"s0{n}" for n in range(1, 7)), NEW), ""),
        (
            SetFilm(size=(1280, 720)),
            dict.fromkeys((f"s0{n}" for n in range(1, 7)), "keyframe take cut"),
            "cards all",
        ),
        (
            ReleasePin(file="shots/s04/keyframe.png"),
            {"s04": "keyframe take cut"},
            "",
        ),
        (ReleasePin(file="shots/s05/take.mp4"), {"s05": "take cut"}, ""),
        (
            ReleasePin(file="cast/ke.png"),
            dict.fromkeys(("s02", "s03", "s04"), "keyframe take cut"),
            "",
        ),
        (AddShot(after="s02", description="江月"), {"s02b": NEW}, "music mix"),
        (
            SplitShot(shot="s05"),
            {"s05": "caption cut ? take", "s05b": "words keyframe take caption cut"},
            "music mix",
        ),
        (MergeShots(shots=("s02", "s03")), {"s02": "caption cut ? take"}, "music mix"),
        (DeleteShot(shots=("s03",)), {}, "music mix"),
    ],
    ids=lambda value: getattr(value, "op", None),
)
def test_only_what_depends_on_a_change_is_stale(
    documents: Documents, operation: Operation, shots: dict[str, str], whole: str
) -> None:
    found = after(documents, operation)
    assert read(found) == shots
    assert film(found) == whole


def test_a_deleted_shot_is_gone_and_its_neighbours_meet_anew(documents: Documents) -> None:
    found = after(documents, DeleteShot(shots=("s04",)))
    assert found.gone == ("s04",)
    assert read(found) == {"s05": "cut ? take"}, "it came out of black before"
    plain = after(documents, DeleteShot(shots=("s03",)))
    assert plain.gone == ("s03",)


def test_a_moved_shot_is_cut_anew_only_where_transitions_differ(documents: Documents) -> None:
    among = after(documents, MoveShot(shot="s03", after="s01"))
    assert read(among) == {
        "s01": "cut",
        "s03": "cut ? take",
        "s02": "cut ? take",
    }
    assert FilmPart.MIX in among.film
    assert FilmPart.MUSIC not in among.film, "the moods last as long as before"


def test_a_painter_in_layers_paints_anew_what_may_be_longer(documents: Documents) -> None:
    longer = RewriteLine(line="ab3l1", text="山高月小，水落石出。")
    assert Part.KEYFRAME in after(documents, longer, layers=True).of("s03").maybe
    assert Part.KEYFRAME not in after(documents, longer).of("s03").maybe
    still = SetLength(shots=("s06",), min_duration_s=4)
    assert Part.KEYFRAME in after(documents, still, layers=True).of("s06").certain


def test_age_may_change_a_voice_that_nobody_named(documents: Documents) -> None:
    older = SetLook(character="ke", age=Age.OLD)
    assert Part.VOICE in after(documents, older).of("s03").maybe
    named = applied(documents, [SetVoice(speaker="ke", voice="yunxi")]).documents
    assert Part.VOICE not in after(named, older).of("s03").maybe


def test_without_captions_new_words_do_not_touch_the_picture(documents: Documents) -> None:
    bare = applied(documents, [SetCaptions(on=False)]).documents
    found = after(bare, RewriteLine(line="ab3l1", text="山高月小。"))
    assert read(found) == {"s03": "voice ? take cut"}
    assert after(bare, SetCaptions(size=CaptionSize.LARGE)) == Touched()


def test_without_music_none_is_made(documents: Documents) -> None:
    quiet = applied(documents, [SetMusic(on=False)]).documents
    assert film(after(quiet, SetStaging(shots=("s03",), mood=Mood.TENSE))) == ""
    assert film(after(quiet, SetMusic(on=True))) == "music mix"


def test_a_name_matters_to_the_picture_where_the_description_speaks_of_it(
    documents: Documents,
) -> None:
    named = applied(documents, [Describe(shot="s03", description="客举杯")]).documents
    found = after(named, Rename(character="ke", name="道士"))
    assert read(found) == {"s03": NEW}


def test_the_prompt_engineer_sees_what_is_seen_and_nothing_else(documents: Documents) -> None:
    shot = documents.storyboard.shot("s03")
    other = shot.model_copy(
        update={
            "number": "9",
            "scene": "b",
            "lines": (),
            "min_duration_s": 9.0,
            "transition": Transition.MATCH,
            "sound": "wind",
            "grade": Grade(warmth=1),
            "again": 3,
        }
    )
    assert as_worded(other) == as_worded(shot)
    close = shot.camera.model_copy(update={"size": ShotSize.CU})
    updates: tuple[dict[str, object], ...] = (
        {"note": "手"},
        {"description": "江"},
        {"camera": close},
    )
    for update in updates:
        assert as_worded(shot.model_copy(update=update)) != as_worded(shot)
    assert as_worded(as_worded(shot)) == as_worded(shot)


def test_the_prompt_engineer_is_told_a_name_where_the_description_speaks_of_it(
    documents: Documents,
) -> None:
    shot = documents.storyboard.shot("s03")
    guest = documents.screenplay.character("ke")
    cast = Cast(id=guest.id, name=guest.name, look=guest.look, reference="0" * 64)
    assert as_worded_cast(cast, shot) == Cast(id="ke", name="", look=guest.look)
    spoken_of = shot.model_copy(update={"description": "客举杯"})
    assert as_worded_cast(cast, spoken_of).name == "客"


def test_a_card_knows_the_light_and_not_the_people_beside_it(documents: Documents) -> None:
    first, second = documents.storyboard.shots[:2]
    assert as_carded(first) == as_carded(second)
    night = second.staging.model_copy(update={"mood": Mood.TENSE})
    assert as_carded(second.model_copy(update={"staging": night})) != as_carded(second)


def test_lines_that_are_heard_in_another_shot_are_not_spoken_again(documents: Documents) -> None:
    moved = after(documents, MergeShots(shots=("s03", "s04")))
    assert Part.VOICE not in moved.of("s03").certain + moved.of("s03").maybe
