"""Answers the screenwriter: the screenplay of a concept, from whatever the user handed in."""

from __future__ import annotations

from nightshoot.domain.brief import Brief, SourceKind
from nightshoot.domain.orders import ScreenplayOrder
from nightshoot.domain.screenplay import Character, Screenplay
from nightshoot.domain.vocabulary import Locale, Mood
from nightshoot.tools.writer.rehearsal.authored import base_place, stage_story
from nightshoot.tools.writer.rehearsal.conceiving import author_people
from nightshoot.tools.writer.rehearsal.develop import develop
from nightshoot.tools.writer.rehearsal.drafts import Moment, SceneDraft, number
from nightshoot.tools.writer.rehearsal.premise import understand
from nightshoot.tools.writer.rehearsal.scripted import stage_script
from nightshoot.tools.writer.rehearsal.tabled import stage_table, table_text

NAME = "rehearsal"


def write_screenplay(order: ScreenplayOrder) -> Screenplay:
    """Gives the screenplay of an order."""
    brief, concept = order.brief, order.concept
    table = brief.source.kind is SourceKind.TABLE
    text = table_text(brief) if table else brief.source.text
    people = concept.characters or author_people(brief, text[:20000], concept.era)
    scenes, reports = _staged(brief, people)
    cast = {person.id: person for person in (*people, *_brief_people(brief, people))}
    numbered = number(scenes) or number([_nothing(brief)])
    return Screenplay(
        title=concept.title,
        locale=brief.locale,
        logline=concept.logline,
        written_by=NAME,
        characters=tuple(cast.values()),
        scenes=numbered,
        reports=(*brief.source.reports, *reports),
    )


def _brief_people(brief: Brief, people: tuple[Character, ...]) -> tuple[Character, ...]:
    """Gives the people whom a drama adds to those of the concept."""
    if brief.source.kind is not SourceKind.BRIEF:
        return ()
    return understand(brief, people=people or None).people


def _staged(
    brief: Brief, people: tuple[Character, ...]
) -> tuple[list[SceneDraft], tuple[str, ...]]:
    source = brief.source
    if source.kind is SourceKind.TABLE and source.rows:
        return stage_table(brief, people)
    if source.kind is SourceKind.SCREENPLAY and source.script:
        return stage_script(brief, people)
    if source.kind is SourceKind.BRIEF:
        premise = understand(brief, people=people or None)
        scenes, reports = develop(brief, premise)
        return scenes, (*premise.reports, *reports)
    return stage_story(brief, people)


def _nothing(brief: Brief) -> SceneDraft:
    """Gives a scene for material in which nothing can be spoken: the place alone."""
    place = base_place(brief, brief.source.text[:2000])
    label = place.setting.label(brief.locale.value)
    sky = place.time_of_day.label(brief.locale.value)
    action = f"{label}，{sky}" if brief.locale is Locale.ZH else f"The {label}, {sky}"
    return SceneDraft(place=place, name=label, mood=Mood.SERENE, moments=[Moment(action=action)])
