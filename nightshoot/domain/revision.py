"""Revision: what a person wants changed in a film, as typed operations on its documents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from nightshoot.domain.brief import CaptionSize as CaptionSize  # noqa: PLC0414 (others import it from here)
from nightshoot.domain.storyboard import Camera, Staging
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import (
    Age,
    Build,
    CameraAngle,
    CameraMove,
    Dress,
    Headgear,
    Locale,
    Mood,
    MoveStrength,
    Setting,
    Sex,
    ShotSize,
    TimeOfDay,
    Transition,
    Weather,
)

Shots = Annotated[tuple[str, ...], Field(min_length=1)]
"""Ids of shots, in the order of the film, each once."""


def _with_op(schema: dict[str, JsonValue]) -> None:
    """Makes a schema ask for `op`: it tells the operations apart."""
    required = schema.get("required")
    schema["required"] = ["op", *(required if isinstance(required, list) else [])]


class Change(Value):
    """What all operations share: `op` says which it is."""

    model_config = ConfigDict(json_schema_extra=_with_op)


class RewriteLine(Change):
    """Other words for a line. Its voice and caption follow; its shot where the timing forces it."""

    op: Literal["rewrite_line"] = "rewrite_line"
    line: str
    text: str = Field(min_length=1, max_length=400)


class SetDelivery(Change):
    """How a line is said."""

    op: Literal["set_delivery"] = "set_delivery"
    line: str
    delivery: str


class AddLine(Change):
    """A new line in a shot."""

    op: Literal["add_line"] = "add_line"
    shot: str
    speaker: str
    """A character's id, or `narrator`."""
    text: str = Field(min_length=1, max_length=400)
    after: str = ""
    """The line of the shot that it follows; empty: it comes first."""


class DeleteLine(Change):
    """A line is no longer said."""

    op: Literal["delete_line"] = "delete_line"
    line: str


class Describe(Change):
    """Other words for what is seen in a shot, or what happens in it."""

    op: Literal["describe"] = "describe"
    shot: str
    description: str = Field(min_length=1)


class SetCamera(Change):
    """Framing and movement of shots; None leaves as it is."""

    op: Literal["set_camera"] = "set_camera"
    shots: Shots
    size: ShotSize | None = None
    angle: CameraAngle | None = None
    move: CameraMove | None = None
    strength: MoveStrength | None = None


class SetStaging(Change):
    """Place, time, weather and mood of shots; None leaves as it is."""

    op: Literal["set_staging"] = "set_staging"
    shots: Shots
    setting: Setting | None = None
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    mood: Mood | None = None


class AdjustGrade(Change):
    """Light and colour of shots, added to the grade that they have, and kept within its range."""

    op: Literal["adjust_grade"] = "adjust_grade"
    shots: Shots
    exposure_stops: float = Field(default=0.0, ge=-4, le=4)
    warmth: float = Field(default=0.0, ge=-2, le=2)
    saturation: float = Field(default=0.0, ge=-2, le=2)
    contrast: float = Field(default=0.0, ge=-2, le=2)


class SetLength(Change):
    """The least length of shots, in seconds; lines may make them longer."""

    op: Literal["set_length"] = "set_length"
    shots: Shots
    min_duration_s: float = Field(ge=0.5, le=60)


class SetTransition(Change):
    """How shots give way to the next."""

    op: Literal["set_transition"] = "set_transition"
    shots: Shots
    transition: Transition


class SetLook(Change):
    """What a character looks like, in all their shots; None leaves as it is."""

    op: Literal["set_look"] = "set_look"
    character: str
    sex: Sex | None = None
    age: Age | None = None
    build: Build | None = None
    dress: Dress | None = None
    headgear: Headgear | None = None
    accent: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    details: str | None = None


class Rename(Change):
    """Another name for a character."""

    op: Literal["rename"] = "rename"
    character: str
    name: str = Field(min_length=1, max_length=40)


class SetVoice(Change):
    """Another voice for a character, or for the narrator: by its name, or by its temper."""

    op: Literal["set_voice"] = "set_voice"
    speaker: str
    """A character's id, or `narrator`."""
    voice: str = ""
    temper: str = ""
    """calm, warm, bright, deep, lively or stern."""


class AddShot(Change):
    """A new shot."""

    op: Literal["add_shot"] = "add_shot"
    after: str
    """The shot that it follows; empty: it opens the film. It belongs to that shot's scene."""
    description: str = Field(min_length=1)
    camera: Camera | None = None
    """None: a fixed medium shot."""
    staging: Staging | None = None
    """None: as in the shot that it follows, without its people."""
    min_duration_s: float = Field(default=2.5, ge=0.5, le=60)


class DeleteShot(Change):
    """Shots leave the film, and the lines that are heard in them with them."""

    op: Literal["delete_shot"] = "delete_shot"
    shots: Shots


class MoveShot(Change):
    """A shot comes elsewhere in the film; its lines come along."""

    op: Literal["move_shot"] = "move_shot"
    shot: str
    after: str
    """The shot that it follows; empty: it opens the film."""


class SplitShot(Change):
    """A shot becomes two."""

    op: Literal["split_shot"] = "split_shot"
    shot: str
    before: str = ""
    """The line that the second half begins with; empty: in the middle of its lines."""


class MergeShots(Change):
    """Shots that follow one another become one, which is seen as the first."""

    op: Literal["merge_shots"] = "merge_shots"
    shots: Annotated[tuple[str, ...], Field(min_length=2)]


class PickTake(Change):
    """The film uses another take that was made already."""

    op: Literal["pick_take"] = "pick_take"
    shot: str
    take: int = Field(ge=1)


class Regenerate(Change):
    """Shots are taken again, with a word to the crew or without."""

    op: Literal["regenerate"] = "regenerate"
    shots: Shots
    note: str = ""


class SetMusic(Change):
    """The film's music; None leaves as it is."""

    op: Literal["set_music"] = "set_music"
    on: bool | None = None
    louder_db: float | None = Field(default=None, ge=-24, le=12)
    """Against the usual level; 0 is the usual."""
    again: bool = False
    """Another piece in the same mood."""


class SetCaptions(Change):
    """The film's captions; None leaves as it is."""

    op: Literal["set_captions"] = "set_captions"
    on: bool | None = None
    size: CaptionSize | None = None


class SetFilm(Change):
    """Choices about the whole film; None leaves as it is."""

    op: Literal["set_film"] = "set_film"
    title: str | None = Field(default=None, min_length=1, max_length=60)
    style: str | None = None
    size: tuple[int, int] | None = None
    """Width and height in pixels, even."""
    locale: Locale | None = None
    """The language of captions and voices; the lines must be rewritten by operations as well."""


class ReleasePin(Change):
    """A file that a person put into the folder or edited no longer wins."""

    op: Literal["release_pin"] = "release_pin"
    file: str
    """Its path in the folder, such as `shots/s01/keyframe.png`."""


Operation = Annotated[
    RewriteLine
    | SetDelivery
    | AddLine
    | DeleteLine
    | Describe
    | SetCamera
    | SetStaging
    | AdjustGrade
    | SetLength
    | SetTransition
    | SetLook
    | Rename
    | SetVoice
    | AddShot
    | DeleteShot
    | MoveShot
    | SplitShot
    | MergeShots
    | PickTake
    | Regenerate
    | SetMusic
    | SetCaptions
    | SetFilm
    | ReleasePin,
    Field(discriminator="op"),
]
"""One change of the documents."""


class Question(Value):
    """What must be known before anything is changed."""

    text: str = Field(min_length=1)
    choices: tuple[str, ...] = ()
    """Answers to choose from, each a request that needs no further question."""


class Revision(Value):
    """What a request comes to: operations, or a question, or why it cannot be done.

    A request that is unclear in one part is asked about as a whole: nothing is done by halves.
    """

    operations: tuple[Operation, ...] = ()
    question: Question | None = None
    refused: tuple[str, ...] = ()
    """What was asked for and cannot be done, each with the reason, in the request's language."""


class Turn(Value):
    """A part of the conversation that went before."""

    request: str
    revision: Revision


class ShotTakes(Value):
    """The takes that a shot has."""

    shot: str
    takes: int
    best: int
