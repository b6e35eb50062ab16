"""Stages a screenplay: every line word for word, and what the directions let us see."""

from __future__ import annotations

from dataclasses import replace

from nightshoot.domain.brief import Brief, ScriptItem, ScriptKind
from nightshoot.domain.screenplay import NARRATOR, Character, LineKind
from nightshoot.domain.vocabulary import Mood, Weather
from nightshoot.tools.writer.rehearsal.authored import (
    LONGEST_FILM_S,
    base_place,
    named,
    too_long,
    with_mood,
)
from nightshoot.tools.writer.rehearsal.drafts import Moment, Said, SceneDraft
from nightshoot.tools.writer.rehearsal.lexicon import words
from nightshoot.tools.writer.rehearsal.people import NARRATORS
from nightshoot.tools.writer.rehearsal.pieces import speakable, tidy
from nightshoot.tools.writer.rehearsal.reading import (
    read_mood,
    read_place,
    read_setting,
    told_weather,
)
from nightshoot.tools.writer.rehearsal.roster import Roster
from nightshoot.tools.writer.rehearsal.timing import speech_s


def stage_script(
    brief: Brief, people: tuple[Character, ...]
) -> tuple[list[SceneDraft], tuple[str, ...]]:
    """Gives the scenes of a screenplay and what there is to report."""
    items, reports = _items_within_two_hours(brief)
    text = "\n".join(item.text for item in items)
    roster = Roster(people)
    scenes: list[SceneDraft] = [
        SceneDraft(
            place=base_place(brief, text), name=tidy(brief.source.place)[:80], mood=Mood.SERENE
        )
    ]
    pending = ""
    for index, item in enumerate(items):
        if item.kind in {ScriptKind.ACT, ScriptKind.PLACE}:
            _flush(scenes[-1], pending, roster)
            pending = ""
            _open(scenes, item, _until_next(items, index), brief)
        elif item.kind is ScriptKind.STAGE:
            _flush(scenes[-1], pending, roster)
            pending = tidy(item.text)
        else:
            scenes[-1].moments.append(_spoken_item(item, pending, roster, scenes[-1]))
            pending = ""
    _flush(scenes[-1], pending, roster)
    return [with_mood(scene) for scene in scenes if scene.moments], reports


def _items_within_two_hours(brief: Brief) -> tuple[tuple[ScriptItem, ...], tuple[str, ...]]:
    total_s, items = 0.0, brief.source.script
    for index, item in enumerate(items):
        total_s += speech_s(item.text[:200_000]) * 1.15 if item.kind.line_kind else 1.0
        if total_s > LONGEST_FILM_S:
            left = sum(len(one.text) for one in items[index:])
            return items[:index], (too_long(brief.locale, left),)
    return items, ()


def _until_next(items: tuple[ScriptItem, ...], index: int) -> str:
    """Gives the stage directions and words of the act or place that begins at `index`."""
    stage: list[str] = []
    said: list[str] = []
    for item in items[index + 1 :]:
        if item.kind in {ScriptKind.ACT, ScriptKind.PLACE} and (stage or said):
            break
        (stage if item.kind is ScriptKind.STAGE else said).append(item.text)
    return "\n".join(stage) or "\n".join(said)


def _open(scenes: list[SceneDraft], item: ScriptItem, text: str, brief: Brief) -> None:
    """Begins a scene at a heading; an act's place heading fills the scene that the act began."""
    before, first = scenes[-1], scenes[0].place
    told: Weather | None = None
    if item.kind is ScriptKind.PLACE:
        told = told_weather(text)
        text = item.text
    first_setting = read_setting(text)
    here = read_place(text[:400], era=before.place.era, default=before.place)
    if item.kind is ScriptKind.ACT:
        here = replace(here, weather=read_place(text[:400], era=here.era, default=first).weather)
    if told is not None and words("weather").first(text) is None:
        here = replace(here, weather=told)
    if first_setting is None:
        here = replace(here, setting=before.place.setting)
    name = (
        tidy(item.text)[:80] if item.kind is ScriptKind.PLACE else named(text, here, brief.locale)
    )
    title = tidy(item.text)[:60] if item.kind is ScriptKind.ACT else before.title
    if before.moments:
        scenes.append(SceneDraft(place=here, name=name, mood=before.mood, title=title))
        return
    before.place, before.title = here, title
    before.name = name or before.name


def _flush(scene: SceneDraft, stage: str, roster: Roster) -> None:
    """Makes a stage direction that no line follows a moment of its own."""
    if speakable(stage):
        before = scene.moments[-1].present if scene.moments else ()
        people = roster.see(stage, before=before).people
        scene.moments.append(Moment(action=stage, present=people, mood=read_mood(stage)))


def _spoken_item(item: ScriptItem, stage: str, roster: Roster, scene: SceneDraft) -> Moment:
    name = item.speaker.strip()
    speaker = NARRATOR if name.casefold() in NARRATORS else roster.named(name) or NARRATOR
    kind = item.kind.line_kind or LineKind.NARRATION
    if speaker == NARRATOR:
        kind = LineKind.NARRATION
    said = Said(text=tidy(item.text), speaker=speaker, kind=kind, delivery=tidy(item.delivery)[:60])
    before = scene.moments[-1].present if scene.moments else ()
    seen = roster.see(stage, before=before).people if stage else ()
    if kind is LineKind.DIALOGUE:
        others = [one for one in (*seen, *before) if one != speaker]
        seen = tuple(dict.fromkeys((speaker, *others)))
    elif not seen:
        told = roster.see(item.text, before=()).people
        seen = told or (before if speaker != NARRATOR else ())
        if speaker != NARRATOR and told:
            seen = tuple(dict.fromkeys((speaker, *told)))
    mood = read_mood(f"{stage} {item.text}")
    return Moment(action=stage, said=(said,), present=seen, mood=mood)
