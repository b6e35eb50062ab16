"""Judges how good a picture looks, on people's scale of 1 to 10.

    [judge.aesthetics]
    model = "/models/clip-vit-large-patch14"
    head = "/models/aesthetic/sac+logos+ava1-l14-linearMSE.safetensors"

Source: LAION's aesthetic predictors, https://laion.ai/blog/laion-aesthetics/: linear layers, with
nothing between them, on the embedding of length 1 of CLIP ViT-L/14. They are published as pickles,
which are never read here; docs/judges.md says how to convert one that you trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field

from nightshoot.domain.review import Direction, Finding
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.weights import header_of
from nightshoot.tools.judges import folders
from nightshoot.tools.judges.heads import Head, read_head
from nightshoot.tools.judges.messages import Embed, Engine, Region
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.judges.seat import TRANSFORMERS, ModelConfig, Seat, Seated
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.protocols import Available, Capabilities
from nightshoot.tools.registry import Surroundings

MEASURE = "aesthetic_quality"

_VERSION = "1"

_LEAST = 4.5
"""Source: not calibrated, as no published weights were at hand; the least that LAION calls
aesthetic, where its published subsets begin."""


class AestheticsConfig(ModelConfig):
    """What the table may hold."""

    head: str = Field(min_length=1)
    """A safetensors file of linear layers on the model's embedding."""
    least: float = Field(default=_LEAST, ge=0, le=10)
    """The score below which a picture is rejected."""


class Aesthetics(Seated):
    """Scores a keyframe."""

    Config: ClassVar[type[AestheticsConfig]] = AestheticsConfig

    def __init__(
        self,
        name: str = "aesthetics",
        config: AestheticsConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told; files are looked at when they are first asked about."""
        self._head_at = (
            (around.folder / Path(config.head).expanduser()).resolve()
            if config and around
            else None
        )
        self._scale = Scale(
            id=MEASURE,
            unit="points of 10",
            direction=Direction.AT_LEAST,
            threshold=config.least if config else _LEAST,
        )
        self._seat = Seat(
            name=name,
            engine=Engine.VISION,
            version=_VERSION,
            packages=TRANSFORMERS,
            around=around if config else None,
            model=config.model if config else "",
            device=config.device if config else "cpu",
            decides=(self._scale.threshold,),
            files=(self._head_at,) if self._head_at else (),
            wants='model = "FOLDER" and head = "FILE"',
        )

    @classmethod
    def configured(cls, name: str, config: AestheticsConfig, around: Surroundings) -> Self:
        """Gives the judge of a table of the settings file."""
        return cls(name, config, around)

    @property
    def capabilities(self) -> Capabilities:
        """Needs a model."""
        return Capabilities(
            needs=('the extra "gpu"', "a model", "its head"), licence="the model's own"
        )

    @property
    def judges(self) -> Mapping[Subject, tuple[str, ...]]:
        """Keyframes; a take looks as its keyframe does."""
        return {Subject.KEYFRAME: (MEASURE,)}

    def available(self) -> Available:
        """Looks for the packages and the files, without reading weights."""
        return self._seat.available(self._check)

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        """Gives the score of the first picture.

        Raises:
            InputError: the model cannot be loaded, or the head is another model's.
            TransientError: its process ended; it may work on another try.
            BackendError: it will not.
        """
        if not exhibit.pictures:
            return {MEASURE: NotJudged("there is no picture")}
        found = await self._seat.bench.embed(
            self._seat.spec, Embed(pictures=(Region(path=str(exhibit.pictures[0])),))
        )
        score = self._head.score(found.pictures[0])
        if score >= self._scale.threshold:
            note = "The picture looks good."
        else:
            note = (
                "The picture looks poor. Ask for one clear subject, light with a direction, few "
                "colours and a lens; leave details out."
            )
        frame = exhibit.frames[0] if exhibit.frames else None
        return {MEASURE: self._scale.finding(score, note, frame=frame)}

    @cached_property
    def _head(self) -> Head:
        if self._head_at is None:
            raise InputError(self._seat.unconfigured)
        return read_head(self._head_at)

    def _check(self) -> None:
        folders.check(self._seat.folder)
        assert self._head_at is not None, "a table that is whole names it"
        if self._head_at.suffix != ".safetensors":
            raise InputError(
                f"{self._head_at} is not called *.safetensors: pickled weights can run any code "
                "when they are read; docs/judges.md says how to convert them"
            )
        header_of(self._head_at)
