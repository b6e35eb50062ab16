"""Storyboard: every shot as it is to be seen, before anything is painted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Dressing,
    Era,
    Facing,
    Gesture,
    HeldProp,
    Locale,
    Mood,
    MoveStrength,
    Posture,
    Setting,
    ShotSize,
    TimeOfDay,
    Transition,
    Weather,
)

Point = tuple[float, float, float]
"""A camera position on a path: x and y as fractions of the frame (right and down positive,
0 is the shot's own framing) and zoom (1.0 is the shot's own framing)."""


class Camera(Value):
    """How a shot is framed and what the camera does."""

    size: ShotSize
    angle: CameraAngle = CameraAngle.EYE
    move: CameraMove = CameraMove.STATIC
    strength: MoveStrength = MoveStrength.MEDIUM
    path: tuple[Point, ...] = Field(default=(), max_length=4)
    """The 2 to 4 control points of a Bezier path which replaces the move's own; empty: none."""

    @model_validator(mode="after")
    def _a_path_has_two_points(self) -> Camera:
        if len(self.path) == 1:
            raise ValueError("a camera path needs 2 to 4 control points")
        return self


class Figure(Value):
    """A person in the picture."""

    character: str = ""
    """A character's id, or empty for somebody without a name."""
    posture: Posture = Posture.STANDING
    gesture: Gesture = Gesture.REST
    holding: HeldProp | None = None
    facing: Facing = Facing.RIGHT
    x: float = Field(default=0.0, ge=-1.0, le=1.0)
    """From the left edge (-1) to the right edge (1) of a wide framing."""
    mount: Dressing | None = None
    """What carries the figure: a boat or a horse."""


class Staging(Value):
    """What stands before the camera, in words that a painter without a language model obeys."""

    setting: Setting
    era: Era
    time_of_day: TimeOfDay
    weather: Weather = Weather.CLEAR
    mood: Mood
    figures: tuple[Figure, ...] = Field(default=(), max_length=6)
    dressing: tuple[Dressing, ...] = Field(default=(), max_length=8)
    subject: int | None = None
    """The index of the figure that a close framing shows; None: the first, or the place."""


class ControlKind(StrEnum):
    """What a control picture fixes. Source: the ControlNet paper's conditions, arXiv 2302.05543."""

    DEPTH = "depth"
    """Near is bright."""
    CANNY = "canny"
    """White edges on black."""
    POSE = "pose"
    """An OpenPose skeleton."""


class ControlWish(Value):
    """A picture that a painter with ControlNet holds a shot to."""

    kind: ControlKind
    picture: str = ""
    """A file in the production's folder; empty: made from the staging (depth and canny only)."""
    weight: float = Field(default=0.6, ge=0, le=2)


class Grade(Value):
    """Light and colour of a shot as it is cut in, over what was filmed; 0 everywhere: as filmed."""

    exposure_stops: float = Field(default=0.0, ge=-2, le=2)
    """Brighter (positive) or darker, in stops."""
    warmth: float = Field(default=0.0, ge=-1, le=1)
    """Towards orange (positive) or blue; 1 is as far as it goes."""
    saturation: float = Field(default=0.0, ge=-1, le=1)
    """More colour (positive), or less; -1 is black and white."""
    contrast: float = Field(default=0.0, ge=-1, le=1)
    """Harder (positive) or softer."""


class Shot(Value):
    """One shot of the board. Its id stays through every revision."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    number: str
    """What the crew calls it, such as `7` or `1.2.1.1`."""
    scene: str
    description: str = ""
    """What is seen, in a sentence."""
    camera: Camera
    staging: Staging
    lines: tuple[str, ...] = ()
    """The ids of the lines heard during the shot, in order."""
    min_duration_s: float = Field(default=2.5, ge=0.5, le=60)
    """The shot lasts at least this long, and longer where its lines need it."""
    transition: Transition = Transition.CUT
    """How this shot gives way to the next."""
    sound: str = ""
    controls: Annotated[tuple[ControlWish, ...], SkipJsonSchema()] = Field(default=(), max_length=3)
    """For a person to fill in; no writer is asked for them."""
    grade: Annotated[Grade, SkipJsonSchema()] = Grade()
    note: Annotated[str, SkipJsonSchema()] = Field(default="", max_length=2000)
    """What a person asks of the next take of this shot, for the prompt engineer."""
    again: Annotated[int, SkipJsonSchema()] = Field(default=0, ge=0)
    """How often a person asked for other takes than those there were; part of every seed."""


class Storyboard(Value):
    """The shots in the order of the film."""

    version: int = 1
    title: str
    locale: Locale
    style: str = ""
    written_by: str
    shots: tuple[Shot, ...] = Field(min_length=1)
    reports: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> Storyboard:
        ids = [shot.id for shot in self.shots]
        if len(set(ids)) < len(ids):
            raise ValueError(
                f"shot ids must differ: {sorted({i for i in ids if ids.count(i) > 1})}"
            )
        for shot in self.shots:
            subject = shot.staging.subject
            if subject is not None and not 0 <= subject < len(shot.staging.figures):
                raise ValueError(f"shot {shot.id} has no figure {subject}")
        return self

    def shot(self, shot_id: str) -> Shot:
        """Gives the shot with this id. Raises KeyError where there is none."""
        for shot in self.shots:
            if shot.id == shot_id:
                return shot
        raise KeyError(shot_id)
