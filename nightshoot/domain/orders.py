"""What each agent is given and what it gives back, where that is not a document of its own."""

from __future__ import annotations

from pydantic import Field

from nightshoot.domain.brief import Brief
from nightshoot.domain.review import Finding
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.shot import Cast
from nightshoot.domain.storyboard import Shot
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


class Advice(Value):
    """One paragraph for the prompt engineer, and for a person who reads the board."""

    note: str
