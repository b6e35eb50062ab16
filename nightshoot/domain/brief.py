"""What the user asks for, and what the reader of sources made of it."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.time import parse_rate
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Locale,
    MoveStrength,
    ShotSize,
    Transition,
)

Rate = Annotated[
    Fraction,
    PlainValidator(lambda value: parse_rate(str(value))),
    PlainSerializer(str, return_type=str),
]
"""Frames per second, exact; written as `24` or `30000/1001`."""


class SourceKind(StrEnum):
    """What the user handed in."""

    BRIEF = "brief"
    STORY = "story"
    SCREENPLAY = "screenplay"
    TABLE = "table"


class ScriptKind(StrEnum):
    """What a paragraph of a screenplay source is."""

    ACT = "act"
    PLACE = "place"
    STAGE = "stage"
    NARRATION = "narration"
    DIALOGUE = "dialogue"

    @property
    def line_kind(self) -> LineKind | None:
        """The kind of spoken line that this is, or None for what is not spoken."""
        spoken = {ScriptKind.NARRATION: LineKind.NARRATION, ScriptKind.DIALOGUE: LineKind.DIALOGUE}
        return spoken.get(self)


class ScriptItem(Value):
    """One paragraph of a screenplay or a story, in the author's own words and order."""

    kind: ScriptKind
    text: str
    speaker: str = ""
    """Who speaks; for narration, the character who narrates, or empty for a narrator apart."""
    delivery: str = ""
    """A parenthetical: how it is said."""


class BoardRow(Value):
    """One row of a storyboard table; None is an empty cell."""

    number: str
    size: ShotSize | None = None
    angle: CameraAngle | None = None
    move: CameraMove | None = None
    strength: MoveStrength | None = None
    """How slow or fast the table asks the move to be."""
    scene_text: str = ""
    """What the row says of the story; it is what is spoken."""
    picture_text: str = ""
    """What the row says is to be seen."""
    speaker: str = ""
    spoken: str | None = None
    """The words of the table's columns for what is spoken; they go before `scene_text`."""
    said: tuple[ScriptItem, ...] = ()
    """The same line by line, each with who says it."""
    sound: str = ""
    duration_s: float | None = None
    transition: Transition | None = None


class Source(Value):
    """A user's material after reading: its words in order, and what had to be resolved."""

    kind: SourceKind
    text: str
    title: str = ""
    locale: Locale
    cast: tuple[str, ...] = ()
    place: str = ""
    """The setting that a screenplay's head gives for the whole."""
    script: tuple[ScriptItem, ...] = ()
    rows: tuple[BoardRow, ...] = ()
    reports: tuple[str, ...] = ()
    """One sentence for each contradiction that was resolved or thing that was left out."""


class BriefOptions(Value):
    """The choices that the writers of a film are told."""

    locale: Locale
    duration_s: float | None = Field(default=None, ge=1, le=7200)
    """The length asked for in seconds, or None for as long as the story needs."""
    width: int = Field(default=720, ge=64, le=4096, multiple_of=2)
    height: int = Field(default=1280, ge=64, le=4096, multiple_of=2)
    fps: Rate = Fraction(24)
    style: str = ""
    seed: int = Field(default=7, ge=0, lt=2**31)
    takes: int = Field(default=3, ge=1, le=20)
    """How many takes a shot may cost at most; those that a person rejected do not count."""
    candidates: int = Field(default=1, ge=1, le=8)
    """How many keyframes are painted for each plan; the best one is filmed."""
    shot_usd: float | None = Field(default=None, ge=0)
    """No further take of a shot is begun that may bring its cost above this, in USD."""
    shot_minutes: float | None = Field(default=None, gt=0)
    """No further take of a shot is begun that is likely to bring the work on it above this."""


LOOP_OPTIONS = frozenset({"takes", "candidates", "shot_usd", "shot_minutes"})
"""The options that bound the shots' loops; no writer needs to know them."""


class CaptionSize(StrEnum):
    """How large captions are."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class FilmOptions(BriefOptions):
    """Every choice about a film that is not its story."""

    music_on: bool = True
    music_db: float = Field(default=0.0, ge=-24, le=12)
    """The music's level in decibels against the usual one."""
    music_again: int = Field(default=0, ge=0)
    """How often a person asked for other music; part of its seed."""
    captions_on: bool = True
    caption_size: CaptionSize = CaptionSize.MEDIUM
    narrator_voice: str = ""
    """The narrator's voice by its name, or empty: the cast list assigns one."""
    narrator_temper: str = ""
    """A word for the narrator's voice, as a character's `temper`."""


class Brief(BriefOptions):
    """The order for a film: the source and every choice that bears on how it is written."""

    source: Source
