"""The messy real table: fifteen rows become fifteen shots, obeyed and filled in."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import pytest

from nightshoot.domain.brief import BoardRow, Brief, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.rules import screenplay_violations, storyboard_violations
from nightshoot.domain.screenplay import Concept, LineKind, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import (
    CameraMove,
    Dress,
    Dressing,
    Era,
    Gesture,
    HeldProp,
    Locale,
    Mood,
    MoveStrength,
    Setting,
    ShotSize,
    TimeOfDay,
    Transition,
)
from nightshoot.llm import Ask, Prompt
from nightshoot.tools.writer.rehearsal.writer import Rehearsal

T = TypeVar("T", bound=Value)

ROWS = (
    BoardRow(
        number="1.1",
        size=ShotSize.WS,
        scene_text="壬戌之秋，七月既望",
        picture_text="整个视频是中国古风视频的感觉，优美",
    ),
    BoardRow(
        number="1.2",
        size=ShotSize.MS,
        move=CameraMove.FOLLOW,
        scene_text="苏子与客泛舟游于赤壁之下",
        picture_text="船在水面上慢慢滑行，有两个人",
    ),
    BoardRow(
        number="1.2.1",
        size=ShotSize.MS,
        scene_text="这艘小船上，客人与苏轼相对而坐，一面吹着洞箫，一面把酒言欢，畅聊天地，"
        "常手舞足蹈，逍遥快活",
        picture_text="一个中景呈现出两个人",
    ),
    BoardRow(
        number="1.2.1.1",
        size=ShotSize.CU,
        scene_text="这艘小船上，客人与苏轼相对而坐",
        picture_text="两人坐在船上，客人视角的苏轼叩击船舷，吟诗作赋模样",
    ),
    BoardRow(
        number="1.2.1.2",
        size=ShotSize.CU,
        scene_text="这艘小船上，客人与苏轼相对而坐",
        picture_text="两人坐在船上，苏轼视角的客人在吹箫，有些忧伤的样子",
    ),
    BoardRow(
        number="1.2.2",
        size=ShotSize.WS,
        scene_text="硕大的江面上，只有一艘小小的船在移动",
        picture_text="夜晚赤壁之下，硕大的江面上，只有一艘小小的船在移动",
    ),
    BoardRow(
        number="1.3", size=ShotSize.CU, move=CameraMove.STATIC, scene_text="清风徐来，水波不兴"
    ),
    BoardRow(number="2.1", size=ShotSize.WS, move=CameraMove.STATIC, scene_text="客曰：月明星稀"),
    BoardRow(
        number="2.2",
        size=ShotSize.WS,
        move=CameraMove.PUSH_IN,
        strength=MoveStrength.GENTLE,
        scene_text="乌鹊南飞",
    ),
    BoardRow(
        number="2.3",
        size=ShotSize.CU,
        scene_text="此非曹孟德之诗乎",
        picture_text="曹操的形象要出来",
    ),
    BoardRow(
        number="2.4",
        size=ShotSize.MS,
        move=CameraMove.STATIC,
        scene_text="舳舻千里，旌旗蔽空",
        picture_text="古代中国战争场景，镜头往前移动，随着镜头向前移动，更多的船出现在眼前，"
        "镜头位置不动，船向前航行，在视野中越来越大",
    ),
    BoardRow(
        number="2.5",
        size=ShotSize.CU,
        move=CameraMove.FOLLOW,
        scene_text="酾酒临江，横槊赋诗",
        picture_text="体现枭雄的霸气感觉",
    ),
    BoardRow(
        number="2.6",
        size=ShotSize.WS,
        move=CameraMove.PUSH_IN,
        strength=MoveStrength.GENTLE,
        scene_text="固一世之雄也，而今安在哉",
        picture_text="回到谈话场景",
    ),
    BoardRow(
        number="2.7",
        size=ShotSize.MS,
        move=CameraMove.FOLLOW,
        scene_text="寄蜉蝣于天地",
        picture_text="非常魔幻的场景",
    ),
    BoardRow(
        number="2.8",
        size=ShotSize.WS,
        move=CameraMove.FOLLOW,
        scene_text="渺沧海之一粟",
        picture_text="非常壮阔，大气",
    ),
)
BRIEF = Brief(
    source=Source(
        kind=SourceKind.TABLE,
        text="\n".join(row.scene_text for row in ROWS),
        title="赤壁赋：分镜表",
        locale=Locale.ZH,
        rows=ROWS,
    ),
    locale=Locale.ZH,
)


def ask(task: str, given: Value, output: type[T]) -> T:
    prompt = Prompt(id=task, version=1, system="", user="")
    question = Ask(task=task, given=given, prompt=prompt, output=output, locale=Locale.ZH)
    return asyncio.run(Rehearsal().write(question))


@pytest.fixture(scope="module")
def concept() -> Concept:
    return ask("ideation/conceive", BRIEF, Concept)


@pytest.fixture(scope="module")
def screenplay(concept: Concept) -> Screenplay:
    order = ScreenplayOrder(brief=BRIEF, concept=concept)
    found = ask("screenwriter/write", order, Screenplay)
    assert not screenplay_violations(order, found)
    return found


@pytest.fixture(scope="module")
def board(concept: Concept, screenplay: Screenplay) -> Storyboard:
    order = BoardOrder(brief=BRIEF, concept=concept, screenplay=screenplay)
    found = ask("storyboarder/board", order, Storyboard)
    assert not storyboard_violations(order, found)
    return found


def test_every_row_becomes_one_shot_in_order(board: Storyboard) -> None:
    assert [shot.number for shot in board.shots] == [row.number for row in ROWS]


def test_what_a_row_says_is_obeyed(board: Storyboard) -> None:
    for row, shot in zip(ROWS, board.shots, strict=True):
        assert shot.camera.size == row.size
        assert row.move is None or shot.camera.move == row.move
        assert row.strength is None or shot.camera.strength == row.strength


def test_the_title_loses_what_names_the_kind_of_document(screenplay: Screenplay) -> None:
    assert screenplay.title == "赤壁赋"


def test_su_shi_and_the_guest_are_each_one_person(screenplay: Screenplay) -> None:
    assert [person.name for person in screenplay.characters] == ["苏轼", "曹操", "客"]
    assert len({person.look.accent for person in screenplay.characters}) == 3
    assert screenplay.character("cao_cao").look.dress in {Dress.ARMOR, Dress.CLOAK}


def test_the_point_of_view_decides_whose_face_is_near(board: Storyboard) -> None:
    beats, plays = board.shots[3].staging, board.shots[4].staging
    assert beats.subject is not None
    assert plays.subject is not None
    su_shi, guest = beats.figures[beats.subject], plays.figures[plays.subject]
    assert (su_shi.character, su_shi.gesture) == ("su_shi", Gesture.STRIKE)
    assert (guest.character, guest.gesture) == ("guest", Gesture.PLAY)
    assert guest.holding == HeldProp.FLUTE
    assert plays.mood == Mood.MELANCHOLY


def test_the_people_sit_in_the_boat_while_the_scene_is_on_the_water(board: Storyboard) -> None:
    for index in (1, 2, 3, 4, 7, 12):
        figures = board.shots[index].staging.figures
        assert figures
        assert all(figure.mount == Dressing.BOAT for figure in figures), board.shots[index].number


def test_the_war_shows_ships_banners_and_an_army(board: Storyboard) -> None:
    war = board.shots[10].staging
    assert {Dressing.FLEET, Dressing.BANNERS, Dressing.CROWD} <= set(war.dressing)
    assert war.mood == Mood.HEROIC
    warlord = board.shots[11].staging.figures[0]
    assert (warlord.character, warlord.holding) == ("cao_cao", HeldProp.SPEAR)


def test_the_magic_row_leaves_the_earth_and_the_next_comes_back(board: Storyboard) -> None:
    assert board.shots[13].staging.setting == Setting.HEAVEN
    assert board.shots[14].staging.setting == Setting.RIVER
    assert all(shot.staging.era == Era.ANCIENT for shot in board.shots)
    assert all(shot.staging.time_of_day == TimeOfDay.NIGHT for shot in board.shots)


def test_the_guest_speaks_what_follows_his_name(screenplay: Screenplay) -> None:
    line = next(line for line in screenplay.lines if line.text == "月明星稀")
    assert (line.kind, line.speaker) == (LineKind.DIALOGUE, "guest")


def test_words_that_only_repeat_are_not_spoken_again_and_that_is_reported(
    board: Storyboard, screenplay: Screenplay
) -> None:
    assert not board.shots[3].lines
    assert not board.shots[4].lines
    assert sum("相对而坐" in line.text for line in screenplay.lines) == 1
    assert any("1.2.1.1" in report for report in board.reports)
    assert any("1.2.1.2" in report for report in board.reports)


def test_a_long_row_stays_one_shot(board: Storyboard) -> None:
    assert len(board.shots[2].lines) == 2


def test_the_acts_of_the_table_are_parted_in_black(board: Storyboard) -> None:
    assert board.shots[6].transition == Transition.DIP_TO_BLACK


def test_two_people_in_a_row_are_both_staged_and_the_next_picture_differs(
    board: Storyboard,
) -> None:
    first, second = board.shots[1].staging, board.shots[2].staging
    for staging in (first, second):
        assert {figure.character for figure in staging.figures} == {"su_shi", "guest"}
        assert staging.subject is None
    assert first.figures != second.figures
    assert board.shots[1].camera.angle != board.shots[2].camera.angle


def test_water_and_a_fleet_are_seen_without_anybody(board: Storyboard) -> None:
    assert not board.shots[6].staging.figures
    assert not board.shots[10].staging.figures


def test_a_calm_act_does_not_change_its_colours_from_row_to_row(board: Storyboard) -> None:
    moods = [shot.staging.mood for shot in board.shots[:9]]
    assert set(moods) == {Mood.SERENE, Mood.MELANCHOLY}
    assert moods.count(Mood.MELANCHOLY) == 1


def test_a_row_that_gives_a_length_and_a_transition_gets_them() -> None:
    rows = (
        ROWS[0].model_copy(update={"duration_s": 6.5, "transition": Transition.DISSOLVE}),
        *ROWS[1:4],
    )
    source = BRIEF.source.model_copy(update={"rows": rows})
    brief = BRIEF.model_copy(update={"source": source, "duration_s": 40.0})
    concept = ask("ideation/conceive", brief, Concept)
    written = ask("screenwriter/write", ScreenplayOrder(brief=brief, concept=concept), Screenplay)
    order = BoardOrder(brief=brief, concept=concept, screenplay=written)
    found = ask("storyboarder/board", order, Storyboard)
    assert found.shots[0].min_duration_s == 6.5
    assert found.shots[0].transition == Transition.DISSOLVE
    assert not storyboard_violations(order, found)
