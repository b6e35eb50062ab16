"""What an author wrote is spoken: all of it, in order, by whom they say."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightshoot.domain.brief import Brief, ScriptItem, ScriptKind, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.rules import bare, screenplay_violations, storyboard_violations
from nightshoot.domain.screenplay import NARRATOR, LineKind, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Dressing, Locale, Posture, Setting, TimeOfDay, Transition
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.pieces import lines, weight
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay
from nightshoot.tools.writer.rehearsal.timing import speech_s

K = ScriptKind
SCRIPT = (
    ScriptItem(kind=K.ACT, text="第一幕：江上夜游"),
    ScriptItem(kind=K.STAGE, text="幕启，苏轼与朋友在船上泛舟，月光照耀在江面上，水波荡漾。"),
    ScriptItem(
        kind=K.NARRATION,
        speaker="苏轼",
        text="壬戌之秋，七月既望，苏子与客泛舟游于赤壁之下。清风徐来，水波不兴。",
    ),
    ScriptItem(kind=K.STAGE, text="朋友和苏轼对坐，轻声交谈。"),
    ScriptItem(kind=K.DIALOGUE, speaker="朋友", text="此非孟德之困于周郎者乎？"),
    ScriptItem(
        kind=K.DIALOGUE,
        speaker="苏轼",
        text="况吾与子渔樵于江渚之上，侣鱼虾而友麋鹿，驾一叶之扁舟，举匏樽以相属。",
    ),
    ScriptItem(kind=K.ACT, text="第三幕：山水对话"),
    ScriptItem(kind=K.STAGE, text="苏轼与朋友登上山丘，远眺江面，谈笑风生。"),
    ScriptItem(kind=K.DIALOGUE, speaker="朋友", text="哀吾生之须臾，羡长江之无穷。"),
    ScriptItem(kind=K.STAGE, text="镜头拉远，苏轼与朋友在月光下如影随形，仿佛天地间的两粒尘埃。"),
)


def make(
    text: str, kind: SourceKind, locale: Locale = Locale.ZH, **source: object
) -> tuple[Screenplay, Storyboard]:
    brief = Brief(
        source=Source.model_validate({"kind": kind, "text": text, "locale": locale, **source}),
        locale=locale,
    )
    concept = conceive(brief)
    order = ScreenplayOrder(brief=brief, concept=concept)
    written = write_screenplay(order)
    board_order = BoardOrder(brief=brief, concept=concept, screenplay=written)
    boarded = board(board_order)
    assert not screenplay_violations(order, written)
    assert not storyboard_violations(board_order, boarded)
    return written, boarded


def spoken(screenplay: Screenplay) -> str:
    return re.sub(r"\s", "", "".join(line.text for line in screenplay.lines))


@pytest.fixture(scope="module")
def chibi() -> tuple[Screenplay, Storyboard]:
    return make(
        "\n".join(item.text for item in SCRIPT),
        SourceKind.SCREENPLAY,
        title="赤壁赋",
        script=SCRIPT,
        cast=("苏轼", "朋友", "渔父", "客人"),
        place="赤壁之夜，月光如水，江面波光粼粼，山川寂静。",
    )


def test_every_line_of_a_screenplay_is_kept_word_for_word(
    chibi: tuple[Screenplay, Storyboard],
) -> None:
    said = "".join(item.text for item in SCRIPT if item.kind.line_kind)
    assert spoken(chibi[0]) == said


def test_a_character_narrates_in_their_own_voice(chibi: tuple[Screenplay, Storyboard]) -> None:
    first = chibi[0].lines[0]
    assert (first.kind, first.speaker) == (LineKind.NARRATION, "su_shi")


def test_each_line_of_talk_has_its_speaker(chibi: tuple[Screenplay, Storyboard]) -> None:
    talk = [line.speaker for line in chibi[0].lines if line.kind is LineKind.DIALOGUE]
    assert list(dict.fromkeys(talk)) == ["guest", "su_shi"]


def test_only_the_declared_cast_is_on_stage(chibi: tuple[Screenplay, Storyboard]) -> None:
    assert [person.name for person in chibi[0].characters] == ["苏轼", "朋友", "渔父"]


def test_acts_are_scenes_with_their_places(chibi: tuple[Screenplay, Storyboard]) -> None:
    river, hill = chibi[0].scenes
    assert (river.title, river.setting, river.time_of_day) == (
        "第一幕：江上夜游",
        Setting.RIVER,
        TimeOfDay.NIGHT,
    )
    assert (hill.setting, hill.time_of_day) == (Setting.MOUNTAIN, TimeOfDay.NIGHT)


def test_a_stage_direction_is_seen_and_not_spoken(chibi: tuple[Screenplay, Storyboard]) -> None:
    assert chibi[0].beats[0].action == SCRIPT[1].text
    assert "幕启" not in spoken(chibi[0])


def test_people_are_in_the_boat_on_the_river_and_on_their_feet_on_the_hill(
    chibi: tuple[Screenplay, Storyboard],
) -> None:
    screenplay, boarded = chibi
    for shot in boarded.shots:
        mounted = {figure.mount for figure in shot.staging.figures}
        expected = {Dressing.BOAT} if shot.scene == screenplay.scenes[0].id else {None}
        assert mounted <= expected


def test_a_camera_direction_of_the_author_is_the_camera_of_the_shot(
    chibi: tuple[Screenplay, Storyboard],
) -> None:
    last = chibi[1].shots[-1]
    assert last.camera.move.value == "pull_out"
    assert chibi[1].shots[0].staging.figures[0].posture is Posture.SITTING


def test_acts_are_parted_in_black(chibi: tuple[Screenplay, Storyboard]) -> None:
    shots = chibi[1].shots
    ends = [a for a, b in pairwise(shots) if a.scene != b.scene]
    assert [shot.transition for shot in ends] == [Transition.DIP_TO_BLACK]


ZH_STORY = """第一章 雨夜

雨下了一整夜。老钟表匠陈伯坐在灯下，手里捧着一只旧怀表。

“您还修表吗？”年轻女人问。

陈伯抬起头：“修。只要它还想走。”

“它停了二十年。”女人把怀表放在桌上，低声说，“停在我父亲离开的那一天。”

他认得所谓“永远不走”的那句玩笑。"""

EN_STORY = """Chapter One

The rain had not stopped for three days. Mary stood at the door.

"You can't go out in this," said the old keeper.

"I have to," she said quietly. "He's still out there."

The keeper picked up his lantern. "Then take this," he said."""


def test_a_chinese_story_is_narrated_and_spoken_by_its_people() -> None:
    screenplay, _ = make(ZH_STORY, SourceKind.STORY)
    names = {person.id: person.name for person in screenplay.characters} | {NARRATOR: "旁白"}
    assert [(names[line.speaker], line.text) for line in screenplay.lines] == [
        ("旁白", "雨下了一整夜。"),
        ("旁白", "老钟表匠陈伯坐在灯下，手里捧着一只旧怀表。"),
        ("年轻女人", "您还修表吗？"),
        ("旁白", "陈伯抬起头："),
        ("陈伯", "修。只要它还想走。"),
        ("年轻女人", "它停了二十年。"),
        ("旁白", "女人把怀表放在桌上，低声说，"),
        ("年轻女人", "停在我父亲离开的那一天。"),
        ("旁白", "他认得所谓“永远不走”的那句玩笑。"),
    ]


def test_an_english_story_is_narrated_and_spoken_by_its_people() -> None:
    screenplay, _ = make(EN_STORY, SourceKind.STORY, Locale.EN)
    names = {person.id: person.name for person in screenplay.characters} | {NARRATOR: "-"}
    talk = [
        (names[line.speaker], line.text, line.delivery)
        for line in screenplay.lines
        if line.kind is LineKind.DIALOGUE
    ]
    assert talk == [
        ("Keeper", "You can't go out in this.", ""),
        ("Mary", "I have to.", "quietly"),
        ("Mary", "He's still out there.", ""),
        ("Keeper", "Then take this.", ""),
    ]


def test_a_story_of_short_speeches_speaks_its_attributions_rather_than_lose_words() -> None:
    screenplay, _ = make('"Go," she said. "No," he said. "Go," she said.', SourceKind.STORY)
    assert bare(spoken(screenplay)) == "goshesaidnohesaidgoshesaid"


def test_a_long_story_is_cut_at_two_hours_and_says_so() -> None:
    text = "雨落在江上，小船慢慢远去。" * 4000
    brief = Brief(
        source=Source(kind=SourceKind.STORY, text=text, locale=Locale.ZH), locale=Locale.ZH
    )
    written = write_screenplay(ScreenplayOrder(brief=brief, concept=conceive(brief)))
    assert 6000 < sum(speech_s(line.text) for line in written.lines) <= 7200
    assert "两小时" in written.reports[-1]


_PLAIN = st.text(
    alphabet=st.sampled_from(
        "风雨江山人间灯火他她你我走来看见，。！？；… \nabc dog ran.,!?🎬\u200f"
    ),
    min_size=0,
    max_size=300,
)


@settings(max_examples=60, deadline=None)
@given(_PLAIN)
def test_a_story_without_quotes_is_spoken_letter_for_letter(text: str) -> None:
    screenplay, boarded = make(text, SourceKind.STORY)
    assert bare(spoken(screenplay)) == bare(text)
    assert [i for shot in boarded.shots for i in shot.lines] == [n.id for n in screenplay.lines]


@settings(max_examples=100, deadline=None)
@given(_PLAIN)
def test_lines_lose_nothing_and_fit_a_caption(text: str) -> None:
    found = lines(text)
    assert bare("".join(found)) == bare(text)
    assert all(weight(line) <= 1 for line in found)


@pytest.mark.parametrize(
    ("text", "most"),
    [("山" * 500, 34), ("word " * 300, 22), ("x" * 900, 160), ("山高水长，" * 100, 34)],
)
def test_text_without_stops_is_still_divided(text: str, most: int) -> None:
    for line in lines(text):
        units = line.split() if "word" in text else re.sub(r"\W", "", line)
        assert len(units) <= most
