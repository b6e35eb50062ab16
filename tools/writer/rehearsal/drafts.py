"""A screenplay being put together: beats without ids, and the step that gives them theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from nightshoot.domain.screenplay import Beat, Line, LineKind, Scene
from nightshoot.domain.vocabulary import Mood
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese, words
from nightshoot.tools.writer.rehearsal.pieces import lines as split
from nightshoot.tools.writer.rehearsal.pieces import speakable
from nightshoot.tools.writer.rehearsal.reading import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something said, of any length."""

    text: str
    speaker: str
    """A character's id or the narrator."""
    kind: LineKind = LineKind.NARRATION
    delivery: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A beat without an id."""

    action: str = ""
    said: tuple[Said, ...] = ()
    present: tuple[str, ...] = ()
    mood: Mood | None = None


@dataclass(slots=True)
class SceneDraft:
    """A scene without ids."""

    place: Place
    name: str
    """The place in words."""
    mood: Mood
    title: str = ""
    moments: list[Moment] = field(default_factory=list)


def number(drafts: list[SceneDraft]) -> tuple[Scene, ...]:
    """Gives the scenes with ids `s1`, `s1b2`, `s1b2l1`; long sayings become several lines."""
    scenes = []
    filled = [draft for draft in drafts if draft.moments]
    for index, draft in enumerate(filled, start=1):
        beats = tuple(
            _beat(f"s{index}b{place}", moment, draft.mood)
            for place, moment in enumerate(draft.moments, start=1)
        )
        scenes.append(
            Scene(
                id=f"s{index}",
                title=draft.title,
                place=_named(draft),
                setting=draft.place.setting,
                era=draft.place.era,
                time_of_day=draft.place.time_of_day,
                weather=draft.place.weather,
                mood=draft.mood,
                beats=beats,
            )
        )
    return tuple(scenes)


def _named(draft: SceneDraft) -> str:
    """Gives the place as a screenplay heads a scene; a boat is part of it."""
    if not draft.place.boat or any(h.value == "boat" for h in words("dressing").hits(draft.name)):
        return draft.name
    return f"{draft.name}，小舟上" if has_chinese(draft.name) else f"{draft.name}, in a boat"


def _beat(beat: str, moment: Moment, mood: Mood) -> Beat:
    numbers = count(1)
    found = tuple(
        Line(
            id=f"{beat}l{next(numbers)}",
            kind=said.kind,
            speaker=said.speaker,
            text=part,
            delivery=said.delivery,
        )
        for said in moment.said
        for part in split(said.text)
        if speakable(part)
    )
    return Beat(
        id=beat,
        action=moment.action,
        lines=found,
        present=moment.present[:6],
        mood=moment.mood if moment.mood is not mood else None,
    )
