"""Operations on the row of shots: the screenplay follows, ids stay, numbers are in order."""

from __future__ import annotations

import pytest

from nightshoot.domain.revising import Documents, Impossible, applied
from nightshoot.domain.revision import (
    AddLine,
    AddShot,
    DeleteShot,
    MergeShots,
    MoveShot,
    Operation,
    SetCamera,
    SplitShot,
)
from nightshoot.domain.rules import board_violations
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import CameraMove, ShotSize, Transition


def done(documents: Documents, *operations: Operation) -> Documents:
    after = applied(documents, operations).documents
    assert board_violations(after.screenplay, after.storyboard) == ()
    return after


def refused(documents: Documents, *operations: Operation) -> str:
    with pytest.raises(Impossible) as caught:
        applied(documents, operations)
    return str(caught.value)


def row(documents: Documents) -> list[str]:
    return [shot.id for shot in documents.storyboard.shots]


def script(documents: Documents) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    return [
        (scene.id, [(beat.id, [line.id for line in beat.lines]) for beat in scene.beats])
        for scene in documents.screenplay.scenes
    ]


def test_a_new_shot_is_staged_as_its_neighbour_without_people(documents: Documents) -> None:
    after = done(documents, AddShot(after="s04", description="江月"))
    new = after.storyboard.shot("s04b")
    assert row(after)[3:5] == ["s04", "s04b"]
    assert (new.scene, new.lines, new.staging.figures, new.staging.subject) == ("a", (), (), None)
    assert (new.camera.size, new.camera.move) == (ShotSize.MS, CameraMove.STATIC)
    assert [shot.number for shot in after.storyboard.shots] == list("1234567")
    assert after.screenplay == documents.screenplay


def test_new_shots_get_fresh_ids_in_the_order_given(documents: Documents) -> None:
    after = done(
        documents,
        AddShot(after="s02", description="一"),
        AddShot(after="s02", description="二"),
        AddShot(after="", description="片头"),
    )
    assert row(after) == ["s01a", "s01", "s02", "s02b", "s02c", "s03", "s04", "s05", "s06"]
    assert after.storyboard.shot("s02c").description == "二"
    pinned = documents.model_copy(update={"pins": ("shots/s02b/keyframe.png",)})
    assert "s02c" in row(done(pinned, AddShot(after="s02", description="一")))


def test_a_new_shot_may_be_filled_by_later_operations(documents: Documents) -> None:
    after = done(
        documents,
        AddShot(after="s04", description="江月"),
        AddLine(shot="s04b", speaker="su", text="好月。"),
        SetCamera(shots=("s04b",), size=ShotSize.EWS),
    )
    assert after.storyboard.shot("s04b").camera.size is ShotSize.EWS
    assert script(after)[0][1][-1] == ("ab3", ["ab3l1", "ab3l2", "ab3l2b"])


def test_people_and_subject_of_a_new_shot_must_be_there(documents: Documents) -> None:
    staging = documents.storyboard.shot("s02").staging
    stranger = staging.model_copy(update={"figures": (Figure(character="wu"),)})
    assert "no character 'wu'" in refused(
        documents, AddShot(after="s02", description="x", staging=stranger)
    )
    beyond = staging.model_copy(update={"subject": 5})
    assert "subject is figure 5" in refused(
        documents, AddShot(after="s02", description="x", staging=beyond)
    )


def test_a_shot_goes_with_its_lines(documents: Documents) -> None:
    after = done(documents, DeleteShot(shots=("s02", "s03")))
    assert row(after) == ["s01", "s04", "s05", "s06"]
    assert [shot.number for shot in after.storyboard.shots] == list("1234")
    assert script(after)[0][1] == [("ab1", []), ("ab2", []), ("ab3", ["ab3l2"])]
    told = applied(documents, [DeleteShot(shots=("s02", "s03"))]).told[0].en
    assert "Shots 2, 3: deleted. 3 lines heard there go too." in told
    pinned = applied(documents, [DeleteShot(shots=("s04",))]).told[0].en
    assert "Your files stay, unused: shots/s04/keyframe.png" in pinned
    room = applied(documents, [DeleteShot(shots=("s05", "s06"))]).told[0].en
    assert 'The scene "书房" has no shot any more.' in room


def test_the_last_shot_stays(documents: Documents) -> None:
    everything = DeleteShot(shots=tuple(row(documents)))
    assert "at least one shot" in refused(documents, everything)
    four = DeleteShot(shots=("s01", "s02", "s03", "s04"))
    assert "at least one shot" in refused(documents, four, DeleteShot(shots=("s05", "s06")))


def test_numbers_of_a_table_stay(documents: Documents) -> None:
    shots = tuple(
        shot.model_copy(update={"number": f"1.{place}"})
        for place, shot in enumerate(documents.storyboard.shots, start=1)
    )
    board = documents.storyboard.model_copy(update={"shots": shots})
    table = documents.model_copy(update={"storyboard": board})
    after = done(table, DeleteShot(shots=("s01",)), AddShot(after="s03", description="x"))
    assert [shot.number for shot in after.storyboard.shots] == [
        "1.2", "1.3", "1.3b", "1.4", "1.5", "1.6",
    ]  # fmt: skip


def test_a_shot_with_a_whole_beat_takes_it_along(documents: Documents) -> None:
    after = done(documents, MoveShot(shot="s02", after="s04"))
    assert row(after) == ["s01", "s03", "s04", "s02", "s05", "s06"]
    assert script(after)[0][1] == [
        ("ab1", []),
        ("ab3", ["ab3l1", "ab3l2"]),
        ("ab2", ["ab2l1", "ab2l2"]),
    ]
    assert after.screenplay.scenes[1] == documents.screenplay.scenes[1]


def test_a_shot_with_a_part_of_a_beat_parts_it(documents: Documents) -> None:
    after = done(documents, MoveShot(shot="s04", after="s01"))
    assert script(after)[0][1] == [
        ("ab1", []), ("ab3b", ["ab3l2"]), ("ab2", ["ab2l1", "ab2l2"]), ("ab3", ["ab3l1"]),
    ]  # fmt: skip
    parted = next(beat for beat in after.screenplay.beats if beat.id == "ab3b")
    assert (parted.action, parted.present) == ("", documents.screenplay.beats[2].present)


def test_a_shot_among_those_of_another_scene_joins_it(documents: Documents) -> None:
    after = done(documents, MoveShot(shot="s05", after="s03"))
    assert after.storyboard.shot("s05").scene == "a"
    beats = ["ab1", "ab2", "ab3", "bb1", "bb2", "ab3b"]
    assert [beat for beat, _ in script(after)[0][1]] == beats
    assert [scene for scene, _ in script(after)] == ["a", "b"], "s06 still plays in it"
    told = applied(documents, [MoveShot(shot="s05", after="s03")]).told[0].en
    assert told == 'Shot 5 now follows shot 3. It belongs to the scene "江上" now.'


def test_the_only_shot_of_a_scene_moves_it_whole_between_scenes(documents: Documents) -> None:
    alone = done(documents, DeleteShot(shots=("s06",)))
    after = done(alone, MoveShot(shot="s05", after=""))
    assert row(after) == ["s05", "s01", "s02", "s03", "s04"]
    assert [scene for scene, _ in script(after)] == ["b", "a"]
    assert after.storyboard.shot("s05").scene == "b"


def test_a_shot_between_two_scenes_keeps_its_own(documents: Documents) -> None:
    after = done(documents, MoveShot(shot="s02", after="s04"))
    assert after.storyboard.shot("s02").scene == "a"
    silent = done(documents, MoveShot(shot="s06", after="s04"))
    assert silent.storyboard.shot("s06").scene == "b"
    assert silent.screenplay == documents.screenplay


def test_a_silent_shot_moves_alone(documents: Documents) -> None:
    after = done(documents, MoveShot(shot="s01", after="s05"))
    assert (row(after)[4], after.storyboard.shot("s01").scene) == ("s01", "b")
    assert after.screenplay == documents.screenplay


def test_a_shot_is_split_where_half_of_the_words_are_said(documents: Documents) -> None:
    after = done(documents, SplitShot(shot="s05"))
    halves = [after.storyboard.shot(one) for one in ("s05", "s05b")]
    assert [half.lines for half in halves] == [("bb1l1",), ("bb2l1", "bb2l2")]
    assert sum(half.min_duration_s for half in halves) == pytest.approx(2.5)
    assert [half.transition for half in halves] == [Transition.CUT, Transition.CUT]
    assert after.screenplay == documents.screenplay
    named = done(documents, SplitShot(shot="s05", before="bb2l2"))
    assert named.storyboard.shot("s05b").lines == ("bb2l2",)


def test_the_halves_of_a_shot_keep_its_way_out(documents: Documents) -> None:
    after = done(documents, SplitShot(shot="s04"))
    first, second = after.storyboard.shot("s04"), after.storyboard.shot("s04b")
    assert (first.transition, second.transition) == (Transition.CUT, Transition.DIP_TO_BLACK)
    assert (first.lines, second.lines) == (("ab3l2",), ())
    before = done(documents, SplitShot(shot="s04", before="ab3l2"))
    assert before.storyboard.shot("s04b").lines == ("ab3l2",)


def test_a_shot_with_nothing_to_split_stays_whole(documents: Documents) -> None:
    shots = documents.storyboard.shots
    short = shots[0].model_copy(update={"min_duration_s": 0.8})
    board = documents.storyboard.model_copy(update={"shots": (short, *shots[1:])})
    brief = documents.model_copy(update={"storyboard": board})
    assert "nothing to split in shot 1" in refused(brief, SplitShot(shot="s01"))
    assert "not heard in shot 5" in refused(documents, SplitShot(shot="s05", before="ab3l1"))


def test_neighbours_of_one_scene_are_merged_in_the_films_order(documents: Documents) -> None:
    after = done(documents, MergeShots(shots=("s04", "s02", "s03")))
    merged = after.storyboard.shot("s02")
    assert row(after) == ["s01", "s02", "s05", "s06"]
    assert merged.lines == ("ab2l1", "ab2l2", "ab3l1", "ab3l2")
    assert (merged.min_duration_s, merged.transition) == (7.5, Transition.DIP_TO_BLACK)
    assert merged.description == documents.storyboard.shot("s02").description
    assert after.screenplay == documents.screenplay


@pytest.mark.parametrize(
    ("shots", "says"),
    [
        (("s02", "s04"), "not neighbours"),
        (("s04", "s05"), "different scenes"),
        (("s02", "s02"), "two different"),
        (("s02", "s88"), "no shot 's88'"),
    ],
)
def test_shots_that_do_not_belong_together_stay_apart(
    documents: Documents, shots: tuple[str, ...], says: str
) -> None:
    assert says in refused(documents, MergeShots(shots=shots))


def test_operations_go_one_after_another(documents: Documents) -> None:
    after = done(
        documents,
        MoveShot(shot="s03", after=""),
        DeleteShot(shots=("s01",)),
        SplitShot(shot="s02"),
    )
    assert row(after) == ["s03", "s02", "s02b", "s04", "s05", "s06"]
    assert "no shot 's01'" in refused(
        documents, DeleteShot(shots=("s01",)), AddShot(after="s01", description="x")
    )
