"""Concept and Screenplay: what the story is and every word that is spoken."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import (
    Age,
    Build,
    Dress,
    Era,
    Headgear,
    Locale,
    Mood,
    Setting,
    Sex,
    TimeOfDay,
    Weather,
)

NARRATOR = "narrator"
"""The speaker id of a narrator who is not a character."""


class Look(Value):
    """What makes a character the same person in every shot."""

    sex: Sex = Sex.MALE
    age: Age = Age.ADULT
    build: Build = Build.AVERAGE
    dress: Dress = Dress.ROBE
    headgear: Headgear = Headgear.TOPKNOT
    accent: str = Field(default="#c8922e", pattern=r"^#[0-9a-fA-F]{6}$")
    """The one colour that belongs to this character."""
    details: str = ""
    """Words for a text-to-image model: face, hair, clothes, age."""


class Character(Value):
    """A person of the story."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    name: str = Field(min_length=1, max_length=40)
    aliases: tuple[str, ...] = ()
    description: str = ""
    look: Look = Look()
    temper: str = ""
    """A word for the voice: calm, warm, bright, deep, lively, stern; empty: by age."""
    voice: str = ""
    """A voice chosen by name, or empty: the cast list assigns one."""
    reference: Annotated[str, SkipJsonSchema()] = ""
    """A picture of the character in the production's folder, given by a person; empty: one is
    painted, where the painter takes references, as `cast/<id>.png`."""
    lora: Annotated[str, SkipJsonSchema()] = ""
    """A LoRA of the character, safetensors: a path from the production's folder; empty: none."""
    lora_scale: Annotated[float, SkipJsonSchema()] = Field(default=0.8, ge=0, le=2)


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""The id of a scene, a beat or a line; it names files, so it holds no more than this."""


class LineKind(StrEnum):
    """Whether a line is heard over the picture or said in it."""

    NARRATION = "narration"
    DIALOGUE = "dialogue"


class Line(Value):
    """One thing that is said, short enough for one caption group and one breath or two."""

    id: Id
    kind: LineKind
    speaker: str
    """A character's id, or `narrator`. A character may narrate."""
    text: str = Field(min_length=1, max_length=400)
    delivery: str = ""


class Beat(Value):
    """The smallest turn of the story: something happens, and it may be spoken about."""

    id: Id
    action: str = ""
    """What is seen, in a sentence."""
    lines: tuple[Line, ...] = ()
    present: tuple[str, ...] = ()
    """The ids of the characters in the picture."""
    mood: Mood | None = None
    """The beat's own mood where it differs from its scene's."""


class Scene(Value):
    """Beats in one place at one time."""

    id: Id
    title: str = ""
    place: str = ""
    setting: Setting
    era: Era
    time_of_day: TimeOfDay
    weather: Weather = Weather.CLEAR
    mood: Mood
    beats: tuple[Beat, ...] = Field(min_length=1)


class Concept(Value):
    """What the film is about and why somebody keeps watching."""

    title: str = Field(min_length=1, max_length=60)
    logline: str = ""
    theme: str = ""
    era: Era
    mood: Mood
    style: str = ""
    hook: str = ""
    """What the first three seconds show."""
    turn: str = ""
    reversal: str = ""
    ending: str = ""
    """The cliff or the resolution."""
    characters: tuple[Character, ...] = ()


class Screenplay(Value):
    """The written film. Ids of scenes, beats and lines stay when their text changes."""

    version: int = 1
    title: str = Field(min_length=1, max_length=60)
    locale: Locale
    logline: str = ""
    written_by: str
    """The writer's name as it is shown, such as `rehearsal` or a model's name."""
    characters: tuple[Character, ...] = ()
    scenes: tuple[Scene, ...] = Field(min_length=1)
    reports: tuple[str, ...] = ()

    @field_validator("characters")
    @classmethod
    def _people_differ(cls, people: tuple[Character, ...]) -> tuple[Character, ...]:
        ids = [person.id for person in people]
        if len(set(ids)) < len(ids) or NARRATOR in ids:
            raise ValueError(f"character ids must differ and not be {NARRATOR!r}: {ids}")
        return people

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Screenplay:
        people = {person.id for person in self.characters}
        for name, ids in (
            ("scene", [scene.id for scene in self.scenes]),
            ("beat", [beat.id for beat in self.beats]),
            ("line", [line.id for line in self.lines]),
        ):
            twice = sorted({one for one in ids if ids.count(one) > 1})
            if twice:
                raise ValueError(f"{name} ids must differ: {twice}")
        for line in self.lines:
            if line.speaker != NARRATOR and line.speaker not in people:
                raise ValueError(f"line {line.id} is spoken by {line.speaker!r}, not a character")
        for beat in self.beats:
            strangers = sorted(set(beat.present) - people)
            if strangers:
                raise ValueError(f"beat {beat.id} shows {strangers}, who are not characters")
        return self

    @property
    def beats(self) -> tuple[Beat, ...]:
        """Every beat in order."""
        return tuple(beat for scene in self.scenes for beat in scene.beats)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every spoken line in order."""
        return tuple(line for beat in self.beats for line in beat.lines)

    def line(self, line_id: str) -> Line:
        """Gives the line with this id. Raises KeyError where there is none."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)

    def character(self, character_id: str) -> Character:
        """Gives the character with this id. Raises KeyError where there is none."""
        for person in self.characters:
            if person.id == character_id:
                return person
        raise KeyError(character_id)
