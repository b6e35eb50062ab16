"""Screenplays: Fountain in English and Chinese, and the bulleted form."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightshoot.domain.brief import ScriptItem, ScriptKind, SourceKind
from nightshoot.domain.rules import bare
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.sources import read_source
from nightshoot.sources.fountain_text import fountain_of, read_fountain

INPUTS = Path(__file__).parent.parent / "inputs"
ACT, PLACE, STAGE = ScriptKind.ACT, ScriptKind.PLACE, ScriptKind.STAGE
NARRATION, DIALOGUE = ScriptKind.NARRATION, ScriptKind.DIALOGUE

ENGLISH = """Title: _**The Key**_
Credit: by nobody

INT. HOUSE - NIGHT

A door. *Slowly* it opens.

ANNA
(whispering)
Who is there?

BOB (V.O.)
Nobody.

NARRATOR
Nobody came.

MRS. O'NEIL
Hello!

BOB ^
Hi.

# Act two

> CUT TO:

EXT. ROAD - DAY

[[a note]] She runs.
"""

CHINESE = """Title: 雪夜

.内景 客栈 - 夜

雪落无声。

@阿青
（低声）
你来了。

@掌柜（画外音）
外面冷。

@旁白
那一年，雪下了整整三天。

外景 长街 - 日

@阿青
（回头）我走了。
"""


def said(items: tuple[ScriptItem, ...]) -> list[tuple[ScriptKind, str, str, str]]:
    return [(item.kind, item.speaker, item.delivery, item.text) for item in items]


def test_fountain_keeps_each_line_with_its_speaker(tmp_path: Path) -> None:
    path = tmp_path / "key.fountain"
    path.write_text(ENGLISH)
    source = read_source(str(path))
    assert (source.kind, source.title, source.locale) == (
        SourceKind.SCREENPLAY,
        "The Key",
        Locale.EN,
    )
    assert source.cast == ("ANNA", "BOB", "MRS. O'NEIL")
    assert said(source.script) == [
        (PLACE, "", "", "INT. HOUSE - NIGHT"),
        (STAGE, "", "", "A door. Slowly it opens."),
        (DIALOGUE, "ANNA", "whispering", "Who is there?"),
        (NARRATION, "BOB", "", "Nobody."),
        (NARRATION, "", "", "Nobody came."),
        (DIALOGUE, "MRS. O'NEIL", "", "Hello!"),
        (DIALOGUE, "BOB", "", "Hi."),
        (ACT, "", "", "Act two"),
        (PLACE, "", "", "EXT. ROAD - DAY"),
        (STAGE, "", "", "She runs."),
    ]


@pytest.mark.parametrize("name", ["snow.fountain", "snow.txt", "snow.md"])
def test_chinese_fountain_has_forced_headings_and_full_width_brackets(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(CHINESE, encoding="utf-8")
    source = read_source(str(path))
    assert (source.kind, source.title, source.locale) == (
        SourceKind.SCREENPLAY,
        "雪夜",
        Locale.ZH,
    )
    assert said(source.script) == [
        (PLACE, "", "", "内景 客栈 - 夜"),
        (STAGE, "", "", "雪落无声。"),
        (DIALOGUE, "阿青", "低声", "你来了。"),
        (NARRATION, "掌柜", "", "外面冷。"),
        (NARRATION, "", "", "那一年，雪下了整整三天。"),
        (PLACE, "", "", "外景 长街 - 日"),
        (DIALOGUE, "阿青", "回头", "我走了。"),
    ]


def test_fountain_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(InputError, match="neither action nor dialogue"):
        read_fountain("# Act one\n\n# Act two\n", name="a.fountain", locale=None)


@pytest.mark.parametrize(
    "text",
    [
        "何夜无月？",
        "He *waited*; she_did_not. _Never_ **again**.",
        "~ singing, # counting, = equal, > forced, ! really, @home, .dot",
        "ALL CAPS TO:",
        "[[not a note]] /* nor this */ \\* nor that",
        "（笑）好。",
        "===",
        "EXT. ROAD - DAY",
    ],
)
def test_what_is_written_as_fountain_reads_back_to_the_same_words(
    screenplay: Screenplay, text: str
) -> None:
    scene = screenplay.scenes[0]
    beat = scene.beats[1]
    line = beat.lines[0].model_copy(update={"text": text, "delivery": "低声"})
    action = beat.model_copy(update={"lines": (line,), "action": text})
    changed = scene.model_copy(update={"beats": (scene.beats[0], action, scene.beats[2])})
    written = screenplay.model_copy(update={"scenes": (changed,)})
    source = read_fountain(fountain_of(written), name="n", locale=None)
    spoken = [item for item in source.script if item.kind.line_kind]
    assert [bare(item.text) for item in spoken] == [bare(one.text) for one in written.lines]
    assert [item.kind.line_kind for item in spoken] == [one.kind for one in written.lines]
    assert [item.speaker for item in spoken] == ["", "苏轼", "苏轼"]
    assert spoken[1].delivery == "低声"
    seen = [item.text for item in source.script if item.kind is STAGE]
    assert [bare(one) for one in seen] == ["第1拍", bare(text), "第3拍"]
    if text[0] not in "~[（=":
        assert (spoken[1].text, seen[1]) == (text, text)
    assert source.title == "夜游"


def test_the_bulleted_screenplay_keeps_acts_directions_and_a_narrator_who_is_a_character() -> None:
    source = read_source(str(INPUTS / "chibi-screenplay.md"))
    assert (source.kind, source.title, source.locale) == (
        SourceKind.SCREENPLAY,
        "赤壁赋",
        Locale.ZH,
    )
    assert source.cast == ("苏轼", "朋友", "渔父", "客人")
    assert source.place == "赤壁之夜，月光如水，江面波光粼粼，山川寂静。"
    kinds = [item.kind for item in source.script]
    assert kinds.count(ACT) == 3
    assert kinds.count(DIALOGUE) == 4
    assert kinds.count(NARRATION) == 4
    narrators = {item.speaker for item in source.script if item.kind is NARRATION}
    assert narrators == {"苏轼"}
    assert said(source.script)[1:6] == [
        (STAGE, "", "", "幕启，苏轼与朋友在船上泛舟，月光照耀在江面上，水波荡漾。"),
        (
            NARRATION,
            "苏轼",
            "",
            "壬戌之秋，七月既望，苏子与客泛舟游于赤壁之下。清风徐来，水波不兴。",
        ),
        (STAGE, "", "", "朋友和苏轼对坐，轻声交谈。"),
        (DIALOGUE, "朋友", "", "此非孟德之困于周郎者乎？"),
        (
            DIALOGUE,
            "苏轼",
            "",
            "况吾与子渔樵于江渚之上，侣鱼虾而友麋鹿，驾一叶之扁舟，举匏樽以相属。",
        ),
    ]


def test_no_word_of_the_bulleted_screenplay_is_lost() -> None:
    path = INPUTS / "chibi-screenplay.md"
    read = "".join(item.text for item in read_source(str(path)).script)
    for line in path.read_text(encoding="utf-8").splitlines()[4:]:
        words = line.partition("：")[2] if "：" in line else line.strip(" -（）")
        for part in words.replace("）", "（").split("（"):
            assert part.strip("* ") in read


def test_the_bulleted_form_in_english(tmp_path: Path) -> None:
    path = tmp_path / "key.md"
    path.write_text(
        "- **Title**: The Key\n- **Characters**: Anna (narrator), Professor Van Helsing\n"
        "- **Place**: a house\n- **Act 1: Night**\n  - (The door opens.)\n"
        "  - Narrator: It was late. (She waits.)\n  - Professor Van Helsing (softly): Come in.\n"
        "- **Act 2**\n  - Place: the garden\n  - Anna: Why (turning) now?\n"
    )
    source = read_source(str(path))
    assert (source.title, source.place) == ("The Key", "a house")
    assert source.cast == ("Anna", "Professor Van Helsing")
    assert said(source.script) == [
        (ACT, "", "", "Act 1: Night"),
        (STAGE, "", "", "The door opens."),
        (NARRATION, "Anna", "", "It was late."),
        (STAGE, "", "", "She waits."),
        (DIALOGUE, "Professor Van Helsing", "softly", "Come in."),
        (ACT, "", "", "Act 2"),
        (PLACE, "", "", "the garden"),
        (DIALOGUE, "Anna", "turning", "Why now?"),
    ]


def test_a_story_in_which_people_speak_is_no_screenplay(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text("他说：“走吧。”\n她说：“好。”\n\n他们走了。\n", encoding="utf-8")
    assert read_source(str(path)).kind is SourceKind.STORY
