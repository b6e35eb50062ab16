"""The dramatic grammar as values: for each genre the beats around the user's own words."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field

from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import HeldProp, Locale, Mood, Setting
from nightshoot.tools.writer.rehearsal.lexicon import data

Stage = Literal["hook", "setup", "rise", "turn", "reversal", "end"]
STAGES: tuple[Stage, ...] = ("hook", "setup", "rise", "turn", "reversal", "end")
"""Every stage in the order of the film."""


class Variant(Value):
    """One way to tell a beat; its texts have slots."""

    see: str = ""
    say: str = ""
    talk: tuple[tuple[str, str, str], ...] = ()
    """Who speaks (`hero`, `other` or the id of a role), what they say, what is seen."""
    needs: tuple[str, ...] = Field(default=(), alias="if")
    """What the story must have for this variant."""
    close: bool = False
    """It was written for a word that the brief has."""


class Turn(Value):
    """A beat of a genre."""

    at: Stage
    mood: Mood | None = None
    """None: the story's own."""
    variants: tuple[Variant, ...] = Field(min_length=1)


class Genre(Value):
    """The beats of a genre and what it takes for granted where the user says nothing."""

    fits: str = ""
    """A pattern that a brief must match for this genre's beats; empty: any."""
    unless: str = ""
    """A pattern that a brief must not match."""
    setting: Setting
    other: tuple[str, str]
    """The name and the role of the second person."""
    object: tuple[HeldProp, str]
    object_modern: tuple[HeldProp, str] | None = None
    mood: Mood
    title: tuple[str, ...]
    title_thing: tuple[str, ...] = ()
    """Titles for a story about a thing that the user names."""
    title_alone: tuple[str, ...] = ()
    """Titles for a story of one person."""
    beats: tuple[Turn, ...]


class Linger(Value):
    """What the film may dwell on where the user names one of its cues."""

    cue: tuple[str, ...]
    see: str
    silent: bool = False
    """The picture is left to speak for itself."""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


class Grammar(Value):
    """Everything that a language has."""

    genres: dict[str, Genre]
    lingers: tuple[Linger, ...]
    insight: tuple[str, ...]
    places: dict[Setting, str]
    measures: tuple[tuple[str, str], ...] = ()


PLAIN = "plain"
"""The beats that invent nothing: what a story has whose genre is not clear."""


@cache
def grammar(locale: Locale) -> Grammar:
    """Gives the grammar of a language."""
    return Grammar.model_validate(data(f"grammar.{locale.value}.yaml"))
