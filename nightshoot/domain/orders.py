"""What each agent is given and what it gives back, where that is not a document of its own."""

from __future__ import annotations

from pydantic import Field

from nightshoot.domain.brief import Brief, FilmOptions
from nightshoot.domain.opinion import LookedAt
from nightshoot.domain.review import Finding
from nightshoot.domain.revision import ShotTakes, Turn
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.shot import Cast
from nightshoot.domain.storyboard import Camera, Shot, Staging, Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Era, Locale


class ScreenplayOrder(Value):
    """For the screenwriter: write the screenplay of this concept."""

    brief: Brief
    concept: Concept


class BoardOrder(Value):
    """For the storyboarder: board this screenplay."""

    brief: Brief
    concept: Concept
    screenplay: Screenplay


class WordingOrder(Value):
    """For the prompt engineer: word this shot for a text-to-image or image-to-video model."""

    shot: Shot
    cast: tuple[Cast, ...]
    style: str
    locale: Locale
    take: int = Field(ge=1)
    notes: tuple[str, ...] = ()
    """What the critic said of the takes before, oldest first."""


class Wording(Value):
    """A shot in a generator's words, in English, which the models are trained on."""

    prompt: str = Field(min_length=1)
    negative_prompt: str = ""


class SheetOrder(Value):
    """For the prompt engineer: word the reference sheet of a character."""

    person: Cast
    description: str = ""
    style: str
    era: Era
    locale: Locale


class AdviceOrder(Value):
    """For the critic: turn what the measures found into advice for the next take."""

    shot: Shot
    take: int
    findings: tuple[Finding, ...]
    locale: Locale


class PictureShown(Value):
    """One of the pictures that go with an order, in the order in which they are sent."""

    number: int = Field(ge=1)
    character: str = ""
    """Whose reference picture it is, by the character's id; empty: it is what is judged."""
    frame: int | None = None
    """Which frame of the take it is, counted from 0; None for a reference picture."""
    at_s: float | None = None
    """When the frame is seen, in seconds from the start of the take."""


class LookOrder(Value):
    """For the critic: look at a keyframe or at frames of a take, and judge by the rubric."""

    subject: LookedAt
    action: str = ""
    """What happens, in the board's words."""
    staging: Staging
    camera: Camera
    cast: tuple[Cast, ...] = ()
    """Without their files: the pictures say whose they are."""
    wording: str
    """What the painter was told."""
    style: str = ""
    pictures: tuple[PictureShown, ...] = Field(min_length=1)
    locale: Locale


class Advice(Value):
    """One paragraph for the prompt engineer, and for a person who reads the board."""

    note: str


class RevisionOrder(Value):
    """For the reviser: turn a request into operations on these documents."""

    request: str = Field(min_length=1, max_length=2000)
    screenplay: Screenplay
    storyboard: Storyboard
    options: FilmOptions | None = None
    """The choices about the whole film; None: the usual ones."""
    takes: tuple[ShotTakes, ...] = ()
    """The takes that there are, of shots that were made."""
    pins: tuple[str, ...] = ()
    """Files of the folder that a person put there or edited."""
    turns: tuple[Turn, ...] = ()
    """The conversation before, oldest first; what "that one" refers to."""
