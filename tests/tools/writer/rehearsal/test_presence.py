"""Who is seen when: people named are shown, the dead and the absent are not, and talk is two."""

from __future__ import annotations

import pytest

from nightshoot.domain.brief import Brief, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.screenplay import LineKind, Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.vocabulary import (
    Era,
    Gesture,
    HeldProp,
    Locale,
    Setting,
    ShotSize,
    Transition,
)
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.people import find_people
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay

GHOST = "Two strangers share an umbrella in a neon city, and one of them is a ghost"
CHIBI = "苏轼与客泛舟夜游赤壁，月明星稀，客吹洞箫，主客问答，豁然开朗"
PAIRS = (
    GHOST,
    CHIBI,
    "两个陌生人在霓虹城市共撑一把伞，其中一个是鬼",
    "A samurai returns to the village he burned, and a blind girl offers him tea",
    "Two brothers who have not spoken in years meet at their father's grave",
    "刺客奉命杀皇帝，却发现皇帝是失散的哥哥",
    "离婚那天，他们一起吃了最后一顿火锅",
    "After the divorce, he finds her note in his winter coat",
)


def make(text: str) -> tuple[Screenplay, Storyboard]:
    locale = Locale.EN if text.isascii() else Locale.ZH
    source = Source(kind=SourceKind.BRIEF, text=text, locale=locale)
    brief = Brief(source=source, locale=locale)
    concept = conceive(brief)
    written = write_screenplay(ScreenplayOrder(brief=brief, concept=concept))
    return written, board(BoardOrder(brief=brief, concept=concept, screenplay=written))


def names(text: str) -> list[str]:
    return [person.name for person in find_people(text, era=Era.MODERN)]


def shows_two(shot: Shot) -> bool:
    return len(shot.staging.figures) > 1 and shot.camera.size.tightness <= 0.5


@pytest.mark.parametrize("text", PAIRS)
def test_most_shots_show_people_and_some_show_both(text: str) -> None:
    shots = make(text)[1].shots
    assert sum(bool(shot.staging.figures) for shot in shots) >= 0.6 * len(shots)
    assert any(shows_two(shot) for shot in shots)


@pytest.mark.parametrize("text", PAIRS)
def test_a_wide_shot_shows_the_people_whom_its_words_name(text: str) -> None:
    screenplay, boarded = make(text)
    present = {line.id: beat.present for beat in screenplay.beats for line in beat.lines}
    for shot in boarded.shots:
        if shot.lines and shot.camera.size.tightness <= 0.4:
            seen = {figure.character for figure in shot.staging.figures}
            assert set(present[shot.lines[0]]) <= seen, shot.id


def test_two_of_a_kind_are_both_in_the_first_wide_shot() -> None:
    shot = next(shot for shot in make(GHOST)[1].shots if "share" in shot.description)
    assert [figure.character for figure in shot.staging.figures] == ["stranger", "stranger_2"]
    assert [figure.holding for figure in shot.staging.figures] == [HeldProp.UMBRELLA, None]


def test_words_side_by_side_name_one_place() -> None:
    screenplay, _ = make(GHOST)
    assert screenplay.scenes[0].place == "the neon city"
    heard = " ".join(line.text for line in screenplay.lines)
    assert "the neon " not in heard.replace("the neon city", "")


def test_the_dead_the_owners_and_who_never_comes_are_not_there() -> None:
    assert names("A boy builds a paper boat for his dead dog") == ["Boy"]
    assert names("The king's food taster falls in love with the poisoner") == [
        "Food Taster",
        "Poisoner",
    ]
    assert names("A robot waits for a passenger who never comes") == ["Robot"]
    assert names("她在旧手机里听到去世母亲的最后一条语音") == ["她"]


def test_who_turns_out_to_be_somebody_is_one_person() -> None:
    assert names("老船工摆渡四十年，最后一位客人是当年离开的妻子") == ["老船工", "客人"]


def test_whom_the_hero_meets_at_the_end_is_not_seen_before() -> None:
    screenplay, _ = make("小和尚下山化缘，遇见一只会说话的猫")
    first = next(i for i, beat in enumerate(screenplay.beats) if "cat" in beat.present)
    assert "遇见" in screenplay.beats[first].action


def test_a_story_of_one_person_gets_nobody_to_talk_to() -> None:
    screenplay, _ = make("A retired astronaut plants a garden on the roof of her nursing home")
    assert [person.id for person in screenplay.characters] == ["astronaut"]
    talk = [line.speaker for line in screenplay.lines if line.kind is LineKind.DIALOGUE]
    assert set(talk) <= {"astronaut"}


@pytest.mark.parametrize(
    "text",
    [
        GHOST,
        "A fisherman catches a bottle with his own name inside",
        "刺客奉命杀皇帝，却发现皇帝是失散的哥哥",
        "李白醉酒捞月，遇见了水里的另一个自己",
        "快递员每天给同一个地址送信，收件人是十年前的自己",
    ],
)
def test_a_genre_that_does_not_fit_gives_way_to_plain_beats(text: str) -> None:
    screenplay, _ = make(text)
    heard = " ".join(line.text for line in screenplay.lines)
    for strange in (
        "recording",
        "knock",
        "soup",
        "Behind you",
        "汤",
        "方案",
        "总监",
        "屏幕",
        "手机",
    ):
        assert strange not in heard


def test_short_clauses_are_spoken_together_and_the_flute_is_heard_without_words() -> None:
    screenplay, boarded = make(CHIBI)
    assert "月明星稀，客吹洞箫。" in [line.text for line in screenplay.lines]
    silent = [shot for shot in boarded.shots if not shot.lines]
    played = [f for shot in silent for f in shot.staging.figures if f.gesture is Gesture.PLAY]
    assert played
    assert 12 <= len(boarded.shots) <= 14


def test_a_talk_opens_on_both_and_changes_its_framing() -> None:
    screenplay, boarded = make(CHIBI)
    kinds = {line.id: line.kind for line in screenplay.lines}
    talk = [s for s in boarded.shots if s.lines and kinds[s.lines[0]] is LineKind.DIALOGUE]
    assert talk[0].camera.size.tightness < 0.5
    assert len(talk[0].staging.figures) == 2
    assert len({shot.camera.size for shot in talk}) >= 3


def test_the_water_is_seen_from_near_without_anybody() -> None:
    near = {ShotSize.CU, ShotSize.ECU}
    details = [s for s in make(CHIBI)[1].shots if s.camera.size in near and not s.staging.figures]
    assert details
    assert all(shot.staging.setting is Setting.RIVER for shot in details)


@pytest.mark.parametrize("text", PAIRS)
def test_some_shots_give_way_softly_and_not_in_a_row(text: str) -> None:
    ways = [shot.transition for shot in make(text)[1].shots[:-1]]
    assert 1 <= sum(way is not Transition.CUT for way in ways) <= 5
    assert ways.count(Transition.CUT) >= 0.6 * len(ways)


def test_a_thing_that_does_something_is_not_a_person() -> None:
    assert names("The ferry left at six. Anna stood at the rail.") == ["Anna"]
    assert names("The food taster falls in love with a nurse") == ["Food Taster", "Nurse"]


def test_who_waits_for_a_boat_is_not_in_one() -> None:
    source = Source(
        kind=SourceKind.STORY,
        text="渡口的雨下了三天。书生撑着一把油纸伞，等不到船。",
        locale=Locale.ZH,
    )
    brief = Brief(source=source, locale=Locale.ZH)
    concept = conceive(brief)
    written = write_screenplay(ScreenplayOrder(brief=brief, concept=concept))
    boarded = board(BoardOrder(brief=brief, concept=concept, screenplay=written))
    figures = [figure for shot in boarded.shots for figure in shot.staging.figures]
    assert figures
    assert all(figure.mount is None for figure in figures)


@pytest.mark.parametrize(
    ("brief", "people"),
    [
        ("外卖员深夜送最后一单，开门的是十年前失踪的父亲", ["外卖员", "父亲"]),
        ("她遇见了死去的丈夫", ["她", "丈夫"]),
        ("总裁假扮保安，只为接近那个喂猫的姑娘", ["总裁", "姑娘"]),
        ("退休老刑警在火车上认出了二十年前的逃犯", ["刑警", "逃犯"]),
        ("一封信，是去世的母亲写的，女儿读了一夜", ["女儿"]),
        ("女孩收到已故父亲的信", ["女孩"]),
    ],
)
def test_somebody_gone_who_turns_up_is_there(brief: str, people: list[str]) -> None:
    assert [person.name for person in find_people(brief, era=Era.MODERN)] == people


@pytest.mark.parametrize("brief", ["侦探在雨夜找到已故父亲的旧案卷", "警察独自守着凶案现场"])
def test_nobody_looks_at_themselves(brief: str) -> None:
    screenplay, _ = make(brief)
    hero = screenplay.characters[0].name
    for scene in screenplay.scenes:
        assert not any(beat.action.count(hero) > 1 for beat in scene.beats)


@pytest.mark.parametrize(
    ("brief", "place"),
    [
        ("退休老刑警在火车上认出了二十年前的逃犯", "火车上"),
        ("离婚三年后，她在急诊室遇见了主刀医生前夫", "急诊室"),
        ("A thief and a detective share a compartment on a sleeper train", "the sleeper train"),
    ],
)
def test_a_room_is_called_what_the_brief_calls_it(brief: str, place: str) -> None:
    screenplay, _ = make(brief)
    assert place in [scene.place for scene in screenplay.scenes]
