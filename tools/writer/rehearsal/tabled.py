"""Stages a storyboard table: a beat for each row, and who says what the row tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nightshoot.domain.brief import BoardRow, Brief
from nightshoot.domain.screenplay import NARRATOR, Character, LineKind
from nightshoot.domain.vocabulary import Era, Locale, Mood, Setting
from nightshoot.tools.writer.rehearsal.drafts import Moment, Said, SceneDraft
from nightshoot.tools.writer.rehearsal.people import NARRATORS
from nightshoot.tools.writer.rehearsal.pieces import speakable, tidy
from nightshoot.tools.writer.rehearsal.reading import (
    Place,
    read_era,
    read_mood,
    read_place,
    read_setting,
)
from nightshoot.tools.writer.rehearsal.roster import Roster

_SAYS = re.compile(
    r"^\s*(?P<who>[^\s：:“”\"]{1,12}?)\s*(?:曰|云|说道|说|问道|问|答道|答|道)\s*[：:，,]\s*(?P<text>.+)$",
    re.DOTALL,
)
_SCRIPT = re.compile(r"^\s*(?P<who>[^：:。，,.!?！？]{1,20})\s*[：:]\s*(?P<text>.+)$", re.DOTALL)
_OFF = re.compile(
    r"(?P<who>.+?)\s*[（(]\s*(?:v\.?\s?o\.?|o\.?\s?[sc]\.?|off|voice[ -]?over|"
    r"(?:on |over |by )?(?:the )?(?:phone|radio|intercom)|filtered|"
    r"画外音?|旁白|电话(?:里|中|那头)?|内心|心声|独白)\s*[)）]",
    re.IGNORECASE,
)
"""A speaker who is heard and not in the room: `Ada (V.O.)`, `阿明（电话里）`."""
BACK = re.compile(r"回到|切回|返回|back to|return to", re.IGNORECASE)
_OTHER_TIME = re.compile(
    r"曹操|曹孟德|古代.{0,6}战争|战争场景|回忆|想象|幻境|梦境|闪回|魔幻|flashback|memory|imagined|舳舻|旌旗|横槊"
)
_GLOBAL = re.compile(r"^(?:整个视频|整部片|全片|整体|the whole (?:film|video))", re.IGNORECASE)
_SHORT = 18
"""A row of at most so many characters may go on with the speech of the row before."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a row speaks."""

    text: str
    speaker: str
    kind: LineKind


def table_text(brief: Brief) -> str:
    """Gives every word of a table."""
    parts = (
        f"{row.scene_text}\n{row.picture_text}\n{row.spoken or ''}" for row in brief.source.rows
    )
    return "\n".join(parts)


def table_style(brief: Brief) -> str:
    """Gives what the table says of the whole film, such as its style."""
    for row in brief.source.rows:
        if _GLOBAL.search(row.picture_text.strip()):
            return tidy(row.picture_text)
    return ""


def stage_table(
    brief: Brief, people: tuple[Character, ...]
) -> tuple[list[SceneDraft], tuple[str, ...]]:
    """Gives the scenes of a table, exactly one moment a row, and what there is to report."""
    roster = Roster(people)
    rows = brief.source.rows
    era = read_era(table_text(brief)[:20000] + brief.style + brief.source.title)
    base = read_place(_opening(brief), era=era)
    spoken, reports = _spoken_rows(rows, roster, brief.locale)
    places = _places(rows, base)
    scenes: list[SceneDraft] = []
    nested = _nested(rows)
    group = ""
    for row, said, place in zip(rows, spoken, places, strict=True):
        act = _act(row.number, nested=nested)
        if not scenes or act != group or place != scenes[-1].place:
            scenes.append(
                SceneDraft(
                    place=place, name=_name(row, place, brief.locale), mood=Mood.SERENE, title=act
                )
            )
        group = act
        scenes[-1].moments.append(_row_moment(row, said, roster, scenes[-1]))
    _nest_moods(rows, scenes)
    for scene in scenes:
        words = " ".join(m.action + " ".join(s.text for s in m.said) for m in scene.moments)
        first = next((m.mood for m in scene.moments if m.mood), None)
        scene.mood = first or read_mood(words) or Mood.SERENE
        if scene.mood is Mood.SERENE:
            scene.moments = [
                replace(m, mood=Mood.SERENE) if m.mood in _GENTLE else m for m in scene.moments
            ]
    return scenes, reports


def _nested(rows: tuple[BoardRow, ...]) -> bool:
    """Whether the rows are numbered in acts: 1.2, 2-1; plain numbers count shots, not acts."""
    return any(re.search(r"[^\W_][.\-]\w", row.number) for row in rows)


def _act(number: str, *, nested: bool) -> str:
    """Gives the act that a row's number names; none where the rows are only counted."""
    return re.split(r"[.\-]", number)[0] if nested else ""


def _opening(brief: Brief) -> str:
    """Gives the words that tell the film's own place: not those of a memory or a vision."""
    rows = brief.source.rows
    plain = [r for r in rows if not _OTHER_TIME.search(r.scene_text + r.picture_text)]
    said = " ".join(f"{row.scene_text} {row.picture_text}" for row in (plain or rows)[:12])
    return f"{brief.source.place} {said}"


def _places(rows: tuple[BoardRow, ...], base: Place) -> list[Place]:
    """Gives the place of each row: the film's own, but for memories, visions and moves."""
    found: list[Place] = []
    here = base
    for row in rows:
        text = f"{row.picture_text} {row.scene_text}"
        if BACK.search(row.picture_text):
            here = base
        elif _OTHER_TIME.search(text):
            here = _elsewhere(text, base, here)
        elif here.setting is Setting.HEAVEN and base.setting is not Setting.HEAVEN:
            here = base
        else:
            here = read_place(text, era=base.era, default=here)
            here = replace(
                here, time_of_day=here.time_of_day if read_setting(text) else base.time_of_day
            )
        found.append(here)
    return found


def _elsewhere(text: str, base: Place, here: Place) -> Place:
    if re.search("魔幻|梦境|幻境|dream|magic", text):
        return replace(base, setting=Setting.HEAVEN)
    if re.search("战争|舳舻|旌旗|曹|横槊|大军", text) and base.era is Era.ANCIENT:
        setting = base.setting if base.setting in {Setting.RIVER, Setting.SEA} else Setting.FIELD
        return replace(base, setting=setting, boat=False)
    return read_place(text, era=base.era, default=replace(here, boat=False))


def _name(row: BoardRow, place: Place, locale: Locale) -> str:
    return tidy(row.scene_text)[:40] or place.setting.label(locale.value)


def _spoken_rows(
    rows: tuple[BoardRow, ...], roster: Roster, locale: Locale
) -> tuple[list[Spoken | None], tuple[str, ...]]:
    """Decides what each row speaks: nothing twice, and an open speech goes on."""
    found: list[Spoken | None] = []
    reports: list[str] = []
    heard: list[tuple[str, str]] = []
    open_speech: tuple[str, str] | None = None
    carried: list[str] = []
    nested = _nested(rows)
    for row in rows:
        text = tidy(row.spoken if row.spoken is not None else row.scene_text)
        act = _act(row.number, nested=nested)
        said, opens = _said(row, text, roster)
        if said is None or not speakable(said.text):
            found.append(None)
            continue
        earlier = next((number for number, words in heard if _bare(text) in words), None)
        if earlier is not None and row.spoken is None:
            reports.append(_repeats(locale, row.number, earlier, text))
            found.append(None)
            continue
        heard.append((row.number, _bare(text)))
        if opens:
            open_speech = (act, said.speaker)
        elif open_speech and open_speech[0] == act and _goes_on(row, said, roster, open_speech[1]):
            said = replace(said, speaker=open_speech[1])
            carried.append(row.number)
        else:
            open_speech = None
        found.append(said)
    if carried:
        reports.append(_carries(locale, carried))
    return found, tuple(reports)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _said(row: BoardRow, text: str, roster: Roster) -> tuple[Spoken | None, bool]:
    """Gives what a row says by itself, and whether it opens a speech that may go on."""
    name = row.speaker.strip()
    if name and name.casefold() not in NARRATORS:
        off = _OFF.fullmatch(name)
        speaker = roster.named(name) or (roster.named(off["who"]) if off else None)
        kind = LineKind.NARRATION if off else LineKind.DIALOGUE
        if speaker:
            return Spoken(_unquoted(text), speaker, kind), False
    for pattern in (_SAYS, _SCRIPT):
        match = pattern.match(text)
        speaker = roster.named(match["who"]) if match else None
        if match and speaker:
            opens = pattern is _SAYS and _left_open(text)
            return Spoken(_unquoted(match["text"]), speaker, LineKind.DIALOGUE), opens
    return (Spoken(text, NARRATOR, LineKind.NARRATION) if text else None), False


def _left_open(text: str) -> bool:
    """Whether a speech goes on after its cell: an open quotation, or 曰 without an end."""
    if re.search(r"[“「『]", text):
        return not re.search(r"[”」』]\s*$", text)
    return bool(re.search(r"[曰云]\s*[：:，,]", text[:14])) and not re.search(
        r"[”\"」。！？!?]\s*$", text
    )


def _unquoted(text: str) -> str:
    stripped = text.strip()
    inner = re.fullmatch(r"[“\"「『](.+)[”\"」』]", stripped, re.DOTALL)
    return inner[1] if inner else stripped


def _goes_on(row: BoardRow, said: Spoken, roster: Roster, speaker: str) -> bool:
    """Whether a row may be the next words of an open speech: short, and not about the people."""
    return (
        said.kind is LineKind.NARRATION
        and row.spoken is None
        and len(said.text) <= _SHORT
        and not re.search(r"[“”\"：:。]", said.text)
        and not any(one == speaker for _, one in roster.mentions(said.text))
    )


def _repeats(locale: Locale, number: str, earlier: str, text: str) -> str:
    if locale is Locale.ZH:
        return f"分镜 {number} 的文字在 {earlier} 里已经念过，不再念：{text}"
    return f"Row {number} repeats the words of row {earlier}, so they are not spoken again: {text}"


def _carries(locale: Locale, numbers: list[str]) -> str:
    listed = "、".join(numbers) if locale is Locale.ZH else ", ".join(numbers)
    if locale is Locale.ZH:
        return f"分镜 {listed} 接着前面没有说完的话，由同一个人的声音念。"
    return f"Rows {listed} go on with the speech before them and are heard in the same voice."


_GENTLE = frozenset({Mood.JOYFUL, Mood.WARM, Mood.ROMANTIC})
"""Moods for which a calm scene does not change its colours from one row to the next."""


def _nest_moods(rows: tuple[BoardRow, ...], scenes: list[SceneDraft]) -> None:
    """Gives a row without a mood of its own that of the row it is nested in: 1.2.1.1 in 1.2.1."""
    moods: dict[str, Mood | None] = {}
    numbers = iter(rows)
    for scene in scenes:
        for index, moment in enumerate(scene.moments):
            number = next(numbers).number
            mood = moment.mood or moods.get(number.rpartition(".")[0])
            moods[number] = mood
            scene.moments[index] = replace(moment, mood=mood)


def _row_moment(row: BoardRow, said: Spoken | None, roster: Roster, scene: SceneDraft) -> Moment:
    picture = "" if _GLOBAL.search(row.picture_text) else tidy(row.picture_text)
    action = picture or tidy(row.scene_text)
    before = scene.moments[-1].present if scene.moments else ()
    seen = roster.see(
        f"{picture}。{row.scene_text}" if picture else row.scene_text, before=before
    ).people
    lines = _lines(row, said, roster)
    talking = [line.speaker for line in lines if line.kind is LineKind.DIALOGUE]
    seen = tuple(dict.fromkeys((*talking, *seen)))
    return Moment(
        action=action,
        said=lines,
        present=seen,
        mood=read_mood(row.picture_text) or read_mood(row.scene_text),
    )


def _lines(row: BoardRow, said: Spoken | None, roster: Roster) -> tuple[Said, ...]:
    """Gives what a row speaks: its one line, or each by its own voice where several speak."""
    if said is None:
        return ()
    if len({(item.kind, item.speaker) for item in row.said}) < 2:
        return (Said(text=said.text, speaker=said.speaker, kind=said.kind),)
    found = []
    for item in row.said:
        speaker = roster.named(item.speaker) if item.speaker else None
        kind = LineKind.DIALOGUE if speaker else LineKind.NARRATION
        found.append(Said(text=_unquoted(item.text), speaker=speaker or NARRATOR, kind=kind))
    return tuple(found)
