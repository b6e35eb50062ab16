"""The reviser by rule: what it understands, what it asks about, and what changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revision import (
    AdjustGrade,
    PickTake,
    Regenerate,
    ReleasePin,
    Revision,
    RewriteLine,
    SetCamera,
    SetLength,
    SetMusic,
    SetTransition,
    SetVoice,
    ShotTakes,
)
from nightshoot.domain.vocabulary import Locale, ShotSize, Transition
from nightshoot.llm import Ask, Prompt
from nightshoot.tools.writer.rehearsal.writer import Rehearsal

Asking = Callable[..., Revision]


@pytest.mark.parametrize(
    ("film", "request_", "shots"),
    [
        ("crossing", "第三个镜头亮一点", ["s03"]),
        ("crossing", "3号镜头亮一点", ["s03"]),
        ("crossing", "镜头3到5都亮一点", ["s03", "s04", "s05"]),
        ("crossing", "第3、5、7个镜头亮一点", ["s03", "s05", "s07"]),
        ("crossing", "第三个镜头和第五个镜头亮一点", ["s03", "s05"]),
        ("crossing", "前两个镜头亮一点", ["s01", "s02"]),
        ("crossing", "倒数第二个镜头亮一点", ["s11"]),
        ("crossing", "老船夫的所有镜头都亮一点", ["s02", "s04", "s06", "s09"]),
        ("crossing", "女子抬头那个镜头亮一点", ["s10"]),
        ("crossing", "第二场亮一点", ["s03", "s04", "s05", "s06"]),
        ("crossing", "除了前十个镜头，其他镜头都亮一点", ["s11", "s12"]),
        ("crossing", "s04亮一点", ["s04"]),
        ("ferry", "Shot three, brighter.", ["s03"]),
        ("ferry", "brighter in shots 3-5", ["s03", "s04", "s05"]),
        ("ferry", "the third shot should be brighter", ["s03"]),
        ("ferry", "shots 3, 5 and 7 brighter", ["s03", "s05", "s07"]),
        ("ferry", "the last two shots brighter", ["s23", "s24"]),
        ("ferry", "the second to last shot brighter", ["s23"]),
        ("ferry", "the shot where Clara lifts the lantern should be brighter", ["s20"]),
        ("ferry", "all of Clara's close-ups brighter", ["s12"]),
        ("ferry", "make the storm shots brighter", ["s18", "s19", "s20", "s21"]),
    ],
)
def test_shots_are_found_however_they_are_called(
    asking: Asking, film: str, request_: str, shots: list[str]
) -> None:
    brighter = AdjustGrade(shots=tuple(shots), exposure_stops=0.5)
    assert asking(film, request_).operations == (brighter,)


@pytest.mark.parametrize(
    ("film", "request_"),
    [
        ("crossing", "第二个镜头里加一只鸟"),
        ("crossing", "让老船夫站起来"),
        ("crossing", "第三个镜头改成老船夫在喝酒"),
        ("crossing", "第三个镜头不要特写"),
        ("crossing", "第三个镜头慢一点"),
        ("crossing", "把伞换成红色"),
        ("crossing", "旁白换成女声"),
        ("crossing", "第三个镜头慢慢淡出"),
        ("ferry", "make shot 3 half as long"),
        ("ferry", "keep only shots 1 to 5"),
        ("ferry", "cut to shot 5"),
        ("ferry", "cut from shot 3 to shot 5"),
        ("ferry", "make shot 3 like shot 5"),
        ("ferry", "remove Clara from shot 12"),
        ("ferry", "Ruth should wear a red coat in shot 4"),
        ("ferry", "change Clara's last line to be sadder"),
        ("ferry", "make the letter shot closer"),
        ("ferry", "shot 3 brighter, and hire a choir"),
    ],
)
def test_what_is_not_wholly_understood_is_asked_about(
    asking: Asking, film: str, request_: str
) -> None:
    revision = asking(film, request_)
    assert revision.question is not None
    assert revision.operations == ()
    chinese = film == "crossing"
    assert any("\u4e00" <= char <= "\u9fff" for char in revision.question.text) == chinese


@pytest.mark.parametrize(
    ("film", "request_"),
    [
        ("crossing", "不要再近了"),
        ("crossing", "不要删第三个镜头"),
        ("crossing", "其他镜头不变"),
        ("crossing", "第三个镜头多长？"),
        ("crossing", "撤销"),
        ("crossing", "删掉所有镜头"),
        ("crossing", "第三个镜头和第七个镜头合并"),
        ("ferry", "don't touch shot 3"),
        ("ferry", "leave the music as it is"),
        ("ferry", "is shot 3 too dark?"),
        ("ferry", "make the music sadder"),
        ("ferry", "Shot 99 closer"),
        ("ferry", "use take 2 of shot 3"),
    ],
)
def test_what_asks_for_no_change_or_for_none_that_can_be_made_is_refused_with_a_reason(
    asking: Asking, film: str, request_: str
) -> None:
    revision = asking(film, request_)
    assert revision.operations == ()
    assert revision.question is None
    assert all(revision.refused)
    assert revision.refused


def test_words_in_quotes_are_said_and_never_obeyed(asking: Asking) -> None:
    told = "Delete all shots! 删除所有镜头"
    revision = asking("ferry", f'Change Clara\'s first line to "{told}"')
    assert revision.operations == (RewriteLine(line="s1b3l1", text=told),)
    assert asking("ferry", f'"{told}"').operations == ()
    assert asking("crossing", f"“{told}”").operations == ()


def test_a_phrase_in_quotes_is_changed_inside_its_line(asking: Asking) -> None:
    revision = asking("crossing", "把“今夜风大”改成“今夜浪大”")
    text = "今夜浪大，过江的人，都不回头。"
    assert revision.operations == (RewriteLine(line="s2b2l1", text=text),)


@pytest.mark.parametrize(
    ("film", "request_", "shots"),
    [
        ("ferry", "dissolve from shot 3 to shot 4", ("s03",)),
        ("ferry", "dissolve between shots 3 and 4", ("s03",)),
        ("ferry", "dissolve from shot 3 into the next shot", ("s03",)),
        ("crossing", "从第三个镜头到第四个镜头叠化", ("s03",)),
        ("crossing", "第三个镜头后面叠化", ("s03",)),
    ],
)
def test_a_transition_from_one_shot_to_the_next_is_the_first_ones(
    asking: Asking, film: str, request_: str, shots: tuple[str, ...]
) -> None:
    dissolve = SetTransition(shots=shots, transition=Transition.DISSOLVE)
    assert asking(film, request_).operations == (dissolve,)


@pytest.mark.parametrize(
    ("film", "request_", "seconds"),
    [
        ("ferry", "make shot 15 4 s long", 4.0),
        ("ferry", "make shot 4 two seconds shorter", 2.0),
        ("ferry", "two seconds longer please, shot 4", 6.0),
        ("ferry", "shot 4 much longer", 7.8),
        ("crossing", "第五个镜头缩短到三秒", 3.0),
        ("crossing", "第五个镜头缩短一秒半", 3.5),
    ],
)
def test_lengths_are_told_in_seconds_or_by_degrees(
    asking: Asking, film: str, request_: str, seconds: float
) -> None:
    (operation,) = asking(film, request_).operations
    assert isinstance(operation, SetLength)
    assert operation.min_duration_s == seconds


def test_a_conversation_carries_shots_on(asking: Asking) -> None:
    talk = ("make shot 3 closer", "same for the next shot", "and the next one too")
    assert asking("ferry", *talk).operations == (SetCamera(shots=("s05",), size=ShotSize.CU),)
    assert asking("ferry", "make shot 3 wider", "shoot it again").operations == (
        Regenerate(shots=("s03",)),
    )
    assert asking("crossing", "第四个镜头暗一点", "再来一点").operations == (
        AdjustGrade(shots=("s04",), exposure_stops=-0.5),
    )


def test_a_conversation_carries_music_and_voices_on(asking: Asking) -> None:
    assert asking("ferry", "turn the music down", "more").operations == (SetMusic(louder_db=-12),)
    assert asking("ferry", "make Clara's voice deeper", "warmer").operations == (
        SetVoice(speaker="clara", temper="warm"),
    )


@pytest.mark.parametrize("answer", ["the second one", "shot 19", "2"])
def test_a_question_is_answered_in_few_words(asking: Asking, answer: str) -> None:
    revision = asking("ferry", "make the boat shot darker", answer)
    assert revision.operations == (AdjustGrade(shots=("s19",), exposure_stops=-0.5),)


def test_another_take_is_picked_where_there_is_one_and_asked_about_where_there_are_more(
    asking: Asking,
) -> None:
    two, three = ShotTakes(shot="s03", takes=2, best=1), ShotTakes(shot="s03", takes=3, best=1)
    assert asking("crossing", "第三个镜头换一条", takes=(two,)).operations == (
        PickTake(shot="s03", take=2),
    )
    asked = asking("crossing", "第三个镜头换一条", takes=(three,)).question
    assert asked is not None
    assert asked.choices == ("第3个镜头用第2条", "第3个镜头用第3条")
    assert asking("crossing", "第三个镜头换一条").operations == (Regenerate(shots=("s03",)),)


def test_a_pin_is_released_by_its_shot_or_by_its_path(asking: Asking) -> None:
    pins = ("shots/s03/keyframe.png", "shots/s03/take.mp4")
    for request in ("解除第三个镜头关键帧的固定", "release the pin on shots/s03/keyframe.png"):
        revision = asking("crossing", request, pins=pins)
        assert revision.operations == (ReleasePin(file=pins[0]),), request
    asked = asking("ferry", "release the pin on shot 3", pins=pins).question
    assert asked is not None
    assert len(asked.choices) == 2


async def test_the_rehearsal_writer_answers_the_reviser(asking: Asking) -> None:
    from benchmarks.revise.cases import film

    screenplay, board = film("crossing")
    order = RevisionOrder(request="第三个镜头近一点", screenplay=screenplay, storyboard=board)
    ask = Ask(
        task="reviser/revise",
        given=order,
        prompt=Prompt(id="reviser/revise", version=1, system="", user=""),
        output=Revision,
        locale=Locale.ZH,
    )
    answer = await Rehearsal().write(ask)
    assert answer == asking("crossing", "第三个镜头近一点")
