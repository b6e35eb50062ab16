"""Pictures follow their sentences: who is meant, who is there, what they do, how a film opens."""

from __future__ import annotations

import pytest

from nightshoot.domain.brief import BoardRow, Brief, ScriptItem, ScriptKind, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.rules import screenplay_violations, storyboard_violations
from nightshoot.domain.screenplay import NARRATOR, LineKind, Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.vocabulary import (
    Age,
    Dressing,
    Facing,
    Gesture,
    HeldProp,
    Locale,
    Posture,
    Sex,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.writer.rehearsal.absent import only_spoken_of
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay

CLOSE = {ShotSize.MCU, ShotSize.CU, ShotSize.ECU}
WIDE = {ShotSize.WS, ShotSize.EWS, ShotSize.MWS}
STORY = """Before dawn, old Tom stood on the beach and shook his head.

"It took him, Ruth," said Tom. "You know what they say about the ninth wave."

Ruth rowed the boat out to sea. Fog lay on the water like wool.

"Give him back," said Ruth.

The sea said nothing. Ruth thought of her father. Then Ruth stood up in the boat.
"""


def make(text: str, kind: SourceKind, **source: object) -> tuple[Screenplay, Storyboard]:
    locale = Locale.EN if text.isascii() else Locale.ZH
    given = {"kind": kind, "text": text, "locale": locale, **source}
    brief = Brief(source=Source.model_validate(given), locale=locale)
    concept = conceive(brief)
    order = ScreenplayOrder(brief=brief, concept=concept)
    written = write_screenplay(order)
    board_order = BoardOrder(brief=brief, concept=concept, screenplay=written)
    boarded = board(board_order)
    assert not screenplay_violations(order, written)
    assert not storyboard_violations(board_order, boarded)
    return written, boarded


def story(text: str) -> tuple[Screenplay, Storyboard]:
    return make(text, SourceKind.STORY)


def drama(text: str) -> tuple[Screenplay, Storyboard]:
    return make(text, SourceKind.BRIEF)


def shot_of(words: str, written: Screenplay, boarded: Storyboard) -> Shot:
    spoken = {line.id: line.text for line in written.lines}
    return next(
        shot
        for shot in boarded.shots
        if words in " ".join((shot.description, *(spoken[one] for one in shot.lines)))
    )


def shown(shot: Shot) -> set[str]:
    return {figure.character for figure in shot.staging.figures if figure.character}


def test_a_cue_in_capitals_and_a_name_in_prose_are_one_person_with_the_sex_of_the_name() -> None:
    kinds = ScriptKind
    script = (
        ScriptItem(kind=kinds.STAGE, text="Nora stands in the door. NORA waits."),
        ScriptItem(kind=kinds.DIALOGUE, speaker="NORA", text="Hello?"),
        ScriptItem(kind=kinds.DIALOGUE, speaker="OLD WOMAN", text="Good evening."),
    )
    written, boarded = make("Nora", SourceKind.SCREENPLAY, script=script, cast=("NORA",))
    assert [one.name for one in written.characters] == ["Nora", "Old Woman"]
    assert written.characters[0].look.sex is Sex.FEMALE
    assert {line.speaker for line in written.lines} == {"nora", "old_woman"}
    assert boarded.shots[0].camera.size in WIDE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("her father's boat was gone", "father"),
        ("he had known her father", "father"),
        ("she thought of her mother", "mother"),
        ("她想起了爷爷", "爷爷"),
        ("父亲的船还在江边", "父亲"),
    ],
)
def test_people_named_in_passing_are_not_there(text: str, name: str) -> None:
    start = text.index(name)
    assert only_spoken_of(text, start, start + len(name))


@pytest.mark.parametrize(
    ("text", "name"), [("her father stood up", "father"), ("父亲的手在发抖", "父亲")]
)
def test_people_who_act_are_there(text: str, name: str) -> None:
    start = text.index(name)
    assert not only_spoken_of(text, start, start + len(name))


def test_remembered_words_are_told_and_not_given_to_the_absent() -> None:
    text = (
        'Mara stood on the pier. "Mind the reef," her father had warned. "It keeps what it takes."'
    )
    written, boarded = story(text)
    assert {line.speaker for line in written.lines} == {NARRATOR}
    assert all(shown(shot) <= {"mara"} for shot in boarded.shots)


def test_the_pictures_of_a_story_follow_its_sentences() -> None:
    written, boarded = story(STORY)
    first = boarded.shots[0]
    assert first.camera.size in WIDE
    assert shown(first) == {"tom"}
    assert shown(shot_of("It took him", written, boarded)) == {"tom", "ruth"}
    rowing = shot_of("Ruth rowed", written, boarded)
    assert shown(rowing) == {"ruth"}
    assert rowing.staging.figures[0].posture is Posture.ROWING
    assert shown(shot_of("Ruth stood up", written, boarded)) == {"ruth"}
    assert first.staging.weather is Weather.FOG
    tom = next(one for one in written.characters if one.id == "tom")
    assert tom.look.age is Age.OLD


@pytest.mark.parametrize("text", [STORY, "Ada sat. " + "Ada looked down. " * 14])
def test_no_more_than_three_close_pictures_come_in_a_row(text: str) -> None:
    _, boarded = story(text)
    close = [shot.camera.size in CLOSE for shot in boarded.shots]
    assert not any(all(close[at : at + 4]) for at in range(len(close) - 3))


def test_a_voice_over_in_a_table_is_heard_and_not_seen() -> None:
    rows = (
        BoardRow(
            number="1",
            picture_text="Ada stands in the room at the window",
            spoken="I was late.",
            speaker="Ada (V.O.)",
        ),
        BoardRow(
            number="2", picture_text="Ben sits at the table", spoken="Where are you?", speaker="Ben"
        ),
        BoardRow(
            number="3",
            picture_text="Ben listens",
            spoken="On the road.",
            speaker="Ada (on phone)",
        ),
        BoardRow(number="4", picture_text="Ada in the room", spoken="", speaker=""),
    )
    written, boarded = make("", SourceKind.TABLE, rows=rows)
    heard = [(line.speaker, line.kind) for line in written.lines]
    assert heard[0] == ("ada", LineKind.NARRATION)
    assert heard[2] == ("ada", LineKind.NARRATION)
    assert shown(boarded.shots[2]) == {"ben"}
    standing = {f.character: f.posture for f in boarded.shots[3].staging.figures}
    assert standing == {"ada": Posture.STANDING}


@pytest.mark.parametrize(
    ("cell", "goes_on"),
    [("客曰：月明星稀", True), ("客说：月亮出来了", False), ("客说：“月亮出来了", True)],
)
def test_a_speech_goes_on_only_where_its_cell_left_it_open(cell: str, goes_on: bool) -> None:
    rows = (
        BoardRow(number="1.1", scene_text="苏子与客泛舟", picture_text="苏子与客泛舟"),
        BoardRow(number="2.1", scene_text=cell),
        BoardRow(number="2.2", scene_text="乌鹊南飞"),
    )
    written, _ = make("苏子与客", SourceKind.TABLE, rows=rows, cast=("苏子", "客"))
    last = written.lines[-1]
    assert (last.speaker != NARRATOR) is goes_on


def test_two_swordsmen_strike_with_a_sword_each() -> None:
    written, boarded = drama("两个剑客在雪中对决")
    duel = shot_of("对决", written, boarded).staging.figures
    assert [(one.gesture, one.holding) for one in duel] == [
        (Gesture.STRIKE, HeldProp.SWORD),
        (Gesture.STRIKE, HeldProp.SWORD),
    ]


def test_who_turns_is_seen_from_behind_once() -> None:
    _, boarded = drama("老和尚在山寺里扫地，老和尚冷笑转身。")
    backs = [
        shot for shot in boarded.shots for f in shot.staging.figures if f.facing is Facing.AWAY
    ]
    assert len([shot for shot in backs if "转身" in shot.description]) == 1


def test_a_burnt_letter_has_its_fire_and_is_held() -> None:
    written, boarded = drama("皇后在宫中收到一封密信，三更时分烧掉了它，天快亮时无人相迎。")
    burning = shot_of("烧掉", written, boarded).staging
    assert Dressing.FIRE in burning.dressing
    assert [one.holding for one in burning.figures] == [HeldProp.LETTER]
    dawn = shot_of("无人相迎", written, boarded).staging
    assert dawn.time_of_day is TimeOfDay.DAWN
    assert len(dawn.figures) < 2


def test_nobody_carries_a_telephone_before_they_did() -> None:
    _, boarded = drama("In the 1990s a woman waits for a phone call at a diner.")
    held = {f.holding for shot in boarded.shots for f in shot.staging.figures}
    assert HeldProp.PHONE not in held
