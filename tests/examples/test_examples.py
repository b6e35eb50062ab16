"""Each example is read as what it is, and staged by the rehearsal writer without a broken rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from nightshoot.agents.ideation import Ideation
from nightshoot.agents.screenwriter import Screenwriter
from nightshoot.agents.storyboarder import Storyboarder
from nightshoot.domain.brief import Brief, ScriptKind, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.rules import screenplay_violations, storyboard_violations
from nightshoot.domain.screenplay import NARRATOR, LineKind, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Locale,
    MoveStrength,
    Setting,
    ShotSize,
    TimeOfDay,
    Transition,
    Weather,
)
from nightshoot.prompts import Prompts
from nightshoot.sources import read_source
from nightshoot.tools.writer.rehearsal.writer import Rehearsal

EXAMPLES = Path(__file__).parents[2] / "examples"

STORY, SCREENPLAY, TABLE = SourceKind.STORY, SourceKind.SCREENPLAY, SourceKind.TABLE
KINDS = {
    "story-zh.txt": (STORY, Locale.ZH, "雪夜灯"),
    "story-en.md": (STORY, Locale.EN, "The ninth wave"),
    "screenplay-zh.md": (SCREENPLAY, Locale.ZH, "空诏"),
    "screenplay-en.fountain": (SCREENPLAY, Locale.EN, "Two Umbrellas"),
    "storyboard-zh.md": (TABLE, Locale.ZH, "大漠水"),
    "storyboard-en.csv": (TABLE, Locale.EN, None),
}
"""Kind, language and title of each; a CSV has no place for a title."""

WORLDS = {
    "story-zh.txt": (Era.ANCIENT, Setting.VILLAGE, TimeOfDay.NIGHT, Weather.SNOW),
    "story-en.md": (Era.MODERN, Setting.SEA, TimeOfDay.DAWN, None),
    "screenplay-zh.md": (Era.ANCIENT, Setting.PALACE, TimeOfDay.NIGHT, None),
    "screenplay-en.fountain": (Era.MODERN, Setting.CITY, TimeOfDay.NIGHT, Weather.RAIN),
    "storyboard-zh.md": (Era.ANCIENT, Setting.DESERT, TimeOfDay.DUSK, None),
    "storyboard-en.csv": (Era.MODERN, Setting.ROOM, TimeOfDay.NIGHT, None),
}
"""Where each begins; None for a weather that the text leaves open."""

PEOPLE = {
    "story-zh.txt": {"青年", "老婆婆"},
    "story-en.md": {"tom", "ruth"},
    "screenplay-zh.md": {"沈昭", "皇帝", "内侍"},
    "screenplay-en.fountain": {"nora", "ben"},
    "storyboard-zh.md": {"女子", "刀客"},
    "storyboard-en.csv": {"ada"},
}
"""Who has a voice besides the narrator."""


@dataclass(frozen=True)
class Staged:
    source: Source
    screenplay_order: ScreenplayOrder
    screenplay: Screenplay
    board_order: BoardOrder
    board: Storyboard


@cache
def read(name: str) -> Source:
    return read_source(str(EXAMPLES / name))


async def staged(name: str) -> Staged:
    source = read(name)
    brief = Brief(source=source, locale=source.locale)
    writer, prompts = Rehearsal(), Prompts()
    concept = await Ideation(writer=writer, prompts=prompts)(brief)
    screenplay_order = ScreenplayOrder(brief=brief, concept=concept)
    screenplay = await Screenwriter(writer=writer, prompts=prompts)(screenplay_order)
    board_order = BoardOrder(brief=brief, concept=concept, screenplay=screenplay)
    board = await Storyboarder(writer=writer, prompts=prompts)(board_order)
    return Staged(source, screenplay_order, screenplay, board_order, board)


def test_every_file_is_tested_and_listed() -> None:
    files = {path.name for path in EXAMPLES.iterdir() if path.is_file()} - {"README.md"}
    assert files == set(KINDS)
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"examples/{name}" in page for name in files)


@pytest.mark.parametrize("name", KINDS)
def test_example_is_read_as_its_kind(name: str) -> None:
    kind, locale, title = KINDS[name]
    source = read(name)
    assert (source.kind, source.locale) == (kind, locale)
    assert title in (None, source.title)


@pytest.mark.parametrize("name", KINDS)
async def test_example_is_staged_without_a_broken_rule(name: str) -> None:
    film = await staged(name)
    assert screenplay_violations(film.screenplay_order, film.screenplay) == ()
    assert storyboard_violations(film.board_order, film.board) == ()
    assert 8 <= len(film.board.shots) <= 20
    assert len({shot.camera.move for shot in film.board.shots}) >= 3
    assert len({shot.camera.size for shot in film.board.shots}) >= 3


@pytest.mark.parametrize("name", KINDS)
async def test_example_begins_in_its_own_world(name: str) -> None:
    era, setting, time, weather = WORLDS[name]
    film = await staged(name)
    staging = film.board.shots[0].staging
    assert (staging.era, staging.setting, staging.time_of_day) == (era, setting, time)
    assert weather in (None, staging.weather)


@pytest.mark.parametrize("name", KINDS)
async def test_people_of_an_example_have_voices(name: str) -> None:
    film = await staged(name)
    speakers = {line.speaker for line in film.screenplay.lines} - {NARRATOR}
    names = {film.screenplay.character(speaker).name.casefold() for speaker in speakers}
    assert names == PEOPLE[name]


async def test_fountain_keeps_voice_over_and_parentheticals() -> None:
    script = read("screenplay-en.fountain").script
    assert sum(item.kind is ScriptKind.PLACE for item in script) == 2
    voice_over = next(item for item in script if item.kind is ScriptKind.NARRATION)
    assert voice_over.speaker == "NORA"
    assert {item.delivery for item in script if item.delivery} == {"to herself", "looking down"}
    film = await staged("screenplay-en.fountain")
    first = film.screenplay.lines[0]
    assert first.kind is LineKind.NARRATION
    assert film.screenplay.character(first.speaker).name.casefold() == "nora"


def test_bulleted_screenplay_keeps_acts_and_its_narrating_character() -> None:
    script = read("screenplay-zh.md").script
    assert sum(item.kind is ScriptKind.ACT for item in script) == 3
    narration = [item for item in script if item.kind is ScriptKind.NARRATION]
    assert {item.speaker for item in narration} == {"沈昭"}
    assert any(item.delivery == "低声" for item in script)


def test_messy_table_is_obeyed_and_its_contradictions_are_reported() -> None:
    source = read("storyboard-zh.md")
    rows = {row.number: row for row in source.rows}
    assert list(rows) == [
        "1.1", "1.2", "1.2.1", "1.3", "2.1", "2.1.1", "2.2", "2.3", "2.4", "3",
    ]  # fmt: skip
    assert (rows["1.1"].move, rows["1.1"].strength) == (
        CameraMove.PUSH_IN,
        MoveStrength.GENTLE,
    )
    assert rows["1.2.1"].move is None
    assert rows["2.3"].size is None
    assert rows["2.3"].duration_s == 4
    assert rows["2.2"].size is ShotSize.WS
    assert [report.split("：")[0] for report in source.reports] == ["分镜 2.1", "分镜 2.2"]


def test_csv_keeps_angles_durations_sounds_and_transitions() -> None:
    rows = read("storyboard-en.csv").rows
    assert len(rows) == 8
    assert (rows[0].strength, rows[0].duration_s, rows[0].sound) == (
        MoveStrength.GENTLE,
        5,
        "clock",
    )
    assert rows[4].spoken is None
    assert rows[6].transition is Transition.DIP_TO_BLACK
    assert {row.speaker for row in rows if row.spoken} == {"Narrator", "Ada"}
