"""Stages a story: every word of its author, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from nightshoot.domain.brief import Brief, ScriptKind, SourceKind
from nightshoot.domain.screenplay import Character, LineKind
from nightshoot.domain.vocabulary import Locale, Mood, Weather
from nightshoot.tools.writer.rehearsal.drafts import Moment, Said, SceneDraft
from nightshoot.tools.writer.rehearsal.pieces import lines as split
from nightshoot.tools.writer.rehearsal.pieces import sentences, tidy, weight
from nightshoot.tools.writer.rehearsal.reading import (
    Place,
    place_word,
    read_era,
    read_mood,
    read_place,
    read_setting,
    told_weather,
)
from nightshoot.tools.writer.rehearsal.roster import Roster
from nightshoot.tools.writer.rehearsal.speech import conversation, parted
from nightshoot.tools.writer.rehearsal.timing import speech_s

LONGEST_FILM_S = 7200.0
"""A film lasts at most two hours; what cannot be spoken in them is left out and reported."""
_HEADING = re.compile(
    r"^\s*(?:#{1,6}\s+(?P<md>.+)|(?P<zh>第[一二三四五六七八九十百零\d]+[章回节幕集卷][^。！？]{0,30})"
    r"|(?P<en>(?:chapter|act|part|scene)\s+(?:[\divxlc]+|one|two|three|four|five)\b"
    r"[^.!?]{0,40}[.:]?)"
    r"|(?P<rule>[*\-=_~·•\s]{3,}))\s*$",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"^(?:第二天|次日|翌日|后来|多年|几年|数年|三年|十年|那年|当晚|那天夜里|清晨|黄昏|傍晚|"
    r"the next|years later|that night|later that|"
    r"the following|by morning|at dawn|one morning|in the morning)",
    re.IGNORECASE,
)
_UNSPOKEN = re.compile(r"“[^“”]*”|「[^「」]*」|\"[^\"]*\"")
"""Speech: of what people talk does not move the scene."""
_TAGS_MAY_TAKE = 0.12
"""Bare attributions are left unspoken while they are at most this share of the letters."""


def base_place(brief: Brief, text: str) -> Place:
    """Gives the place where a film begins: of the source's head, else of its first words."""
    source = brief.source
    era = read_era(f"{source.place} {source.title} {text[:20000]} {brief.style}")
    head = f"{source.place} {source.title}".strip()
    place = read_place(text[:160], era=era)
    return read_place(head, era=era, default=place) if head else place


def stage_story(
    brief: Brief, people: tuple[Character, ...]
) -> tuple[list[SceneDraft], tuple[str, ...]]:
    """Gives the scenes of a story and what there is to report."""
    paragraphs = _paragraphs(brief)
    kept, reports = _within_two_hours(paragraphs, brief.locale)
    roster = Roster(people)
    body = "".join(text for text, heading in kept if not heading)
    scenes = _told(kept, brief, roster, keep_tags=False)
    spoken = sum(_letters(s.text) for scene in scenes for m in scene.moments for s in m.said)
    if spoken < (1 - _TAGS_MAY_TAKE) * _letters(body):
        scenes = _told(kept, brief, roster, keep_tags=True)
    return scenes, reports


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _paragraphs(brief: Brief) -> list[tuple[str, bool]]:
    """Gives the paragraphs of a story, each with whether it is a heading."""
    source = brief.source
    if source.kind is SourceKind.STORY and source.script:
        heads = {ScriptKind.ACT, ScriptKind.PLACE}
        return [(item.text, item.kind in heads) for item in source.script]
    found = []
    for raw in source.text.splitlines():
        line = raw.strip()
        if not line:
            continue
        heading = _HEADING.match(line)
        named = next((g for g in heading.groups() if g), "") if heading else ""
        found.append((named or line, heading is not None))
    return found


def _within_two_hours(
    paragraphs: list[tuple[str, bool]], locale: Locale
) -> tuple[list[tuple[str, bool]], tuple[str, ...]]:
    kept: list[tuple[str, bool]] = []
    total_s = 0.0
    for text, heading in paragraphs:
        if heading:
            kept.append((text, True))
            continue
        for piece in _blocks(text):
            total_s += speech_s(piece) * 1.15
            if total_s > LONGEST_FILM_S:
                left = sum(len(t) for t, _ in paragraphs) - sum(len(t) for t, _ in kept)
                return kept, (too_long(locale, left),)
            kept.append((piece, False))
    return kept, ()


def _blocks(text: str) -> Iterable[str]:
    """Gives a paragraph whole, or in pieces of some sentences where it is very long."""
    if len(text) <= 2000:
        return (text,)
    found, block = [], ""
    whole = sentences(text[: int(LONGEST_FILM_S * 30)])
    for piece in (part for one in whole for part in (split(one) if len(one) > 1500 else (one,))):
        if len(block) + len(piece) > 1500 and block:
            found.append(block)
            block = ""
        block += piece if not block or not piece[:1].isascii() else f" {piece}"
    return (*found, block)


def too_long(locale: Locale, left: int) -> str:
    """Says how much of a text is left out of a film of two hours."""
    if locale is Locale.ZH:
        return f"一部片子最长两小时，后面约 {left} 字念不完，没有拍；请分成几部。"
    return (
        f"A film lasts two hours at most: about {left} characters at the end are left out. "
        "Divide the text into several films."
    )


def _told(
    paragraphs: list[tuple[str, bool]], brief: Brief, roster: Roster, *, keep_tags: bool
) -> list[SceneDraft]:
    text = "\n".join(text for text, heading in paragraphs if not heading)
    scenes = [_scene(base_place(brief, text), text[:200], brief)]
    talk = conversation(roster)
    before: tuple[str, ...] = ()
    for paragraph, heading in paragraphs:
        if heading:
            title = tidy(paragraph.strip("*-=_~·• "))[:60]
            scenes.append(
                SceneDraft(
                    place=scenes[-1].place, name=scenes[-1].name, mood=scenes[-1].mood, title=title
                )
            )
            continue
        _move(scenes, paragraph, brief)
        for said in parted(paragraph, talk, keep_tags=keep_tags):
            near = {one for moment in scenes[-1].moments[-4:] for one in moment.present}
            for moment in _moments(said, roster, before, [n for n in talk.named if n in near]):
                before = moment.present or before
                scenes[-1].moments.append(moment)
    return [with_mood(scene) for scene in scenes if scene.moments]


def _scene(place: Place, text: str, brief: Brief, title: str = "") -> SceneDraft:
    return SceneDraft(
        place=place,
        name=named(text, place, brief.locale),
        mood=read_mood(text) or Mood.SERENE,
        title=title,
    )


def named(text: str, place: Place, locale: Locale) -> str:
    """Gives the place in words: the text's own, else the setting's."""
    return place_word(text, place.setting) or place.setting.label(locale.value)


def with_mood(scene: SceneDraft) -> SceneDraft:
    """Gives a scene the mood of its words."""
    text = " ".join(m.action + " ".join(s.text for s in m.said) for m in scene.moments)
    scene.mood = read_mood(text[:4000]) or scene.mood
    return scene


def _move(scenes: list[SceneDraft], paragraph: str, brief: Brief) -> None:
    """Begins a new scene where a paragraph goes elsewhere or to another time."""
    scene = scenes[-1]
    paragraph = _UNSPOKEN.sub(" ", paragraph) or paragraph
    here = read_place(paragraph, era=scene.place.era, default=scene.place)
    if not scene.moments:
        scene.place = here
        scene.name = named(paragraph, here, brief.locale)
        return
    setting = read_setting(paragraph)
    elsewhere = setting is not None and setting is not scene.place.setting
    later = _LATER.search(paragraph.strip()) is not None
    enough = len(scene.moments) >= 4
    if later or (elsewhere and enough):
        scenes.append(_scene(here, paragraph, brief))
    else:
        weather = told_weather(paragraph)
        if weather is not None and scene.place.weather is Weather.CLEAR:
            scene.place = replace(scene.place, weather=weather)
        scene.place = replace(scene.place, boat=scene.place.boat or (here.boat and not elsewhere))


def _closed(speech: str) -> str:
    """Ends a speech that its attribution cut off at a comma."""
    if speech.endswith("，"):
        return f"{speech[:-1]}。"
    return f"{speech[:-1]}." if speech.endswith(",") else speech


def _moments(said: Said, roster: Roster, before: tuple[str, ...], named: list[str]) -> list[Moment]:
    """Gives a moment for each sentence or two of narration, and one for each speech."""
    if said.kind is LineKind.DIALOGUE:
        addressed = roster.addressed(said.text)
        near = [*addressed, *reversed(named)]
        others = [one for one in dict.fromkeys(near) if one != said.speaker][:1]
        clean = replace(said, text=_closed(tidy(said.text)))
        return [
            Moment(
                action="", said=(clean,), present=(said.speaker, *others), mood=read_mood(said.text)
            )
        ]
    found: list[Moment] = []
    group = ""
    for sentence in (*sentences(said.text), ""):
        if group and (not sentence or weight(group) + weight(sentence) > 0.75):
            seen = roster.see(group, before=before)
            present = seen.people
            found.append(
                Moment(
                    action=group,
                    said=(replace(said, text=group),),
                    present=present,
                    mood=read_mood(group),
                )
            )
            before = present or before
            group = ""
        joint = " " if group and sentence[:1].isascii() else ""
        group += joint + sentence
    return found
