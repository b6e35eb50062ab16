"""Judges whether a picture or a take shows the place, time, weather and people that were asked for.

    [judge.alignment]
    model = "/models/siglip2-base-patch16-256"

Any CLIP or SigLIP of transformers will do. How it is asked: `nightshoot.tools.judges.contrast`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.judges import folders
from nightshoot.tools.judges.contrast import Margin, margin, probes
from nightshoot.tools.judges.messages import Embed, Engine, Region
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.judges.seat import TRANSFORMERS, ModelConfig, Seat, Seated
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.protocols import Available, Capabilities
from nightshoot.tools.registry import Surroundings

MEASURE = "text_alignment"

_VERSION = "1"

_LEAST = 0.1
"""Of the probability of what was asked for, against its best rival. Source: not calibrated, as no
published weights were at hand; at nine to one by the model's own scale it does not waver."""


class AlignmentConfig(ModelConfig):
    """What the table may hold."""

    least: float = Field(default=_LEAST, gt=0, lt=1)
    """The probability of what was asked for, below which a picture is rejected."""


class Alignment(Seated):
    """Sets the prompt against itself with one thing swapped, by a model of pictures and texts."""

    Config: ClassVar[type[AlignmentConfig]] = AlignmentConfig

    def __init__(
        self,
        name: str = "alignment",
        config: AlignmentConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told; a folder is looked at when it is first asked about."""
        self._scale = Scale(
            id=MEASURE,
            unit="probability",
            direction=Direction.AT_LEAST,
            threshold=config.least if config else _LEAST,
        )
        self._seat = Seat(
            name=name,
            engine=Engine.TOWERS,
            version=_VERSION,
            packages=TRANSFORMERS,
            around=around if config else None,
            model=config.model if config else "",
            device=config.device if config else "cpu",
            decides=(self._scale.threshold,),
        )

    @classmethod
    def configured(cls, name: str, config: AlignmentConfig, around: Surroundings) -> Self:
        """Gives the judge of a table of the settings file."""
        return cls(name, config, around)

    @property
    def capabilities(self) -> Capabilities:
        """Needs a model."""
        return Capabilities(needs=('the extra "gpu"', "a model"), licence="the model's own")

    @property
    def judges(self) -> Mapping[Subject, tuple[str, ...]]:
        """Pictures, moving or not."""
        return {Subject.KEYFRAME: (MEASURE,), Subject.TAKE: (MEASURE,)}

    def available(self) -> Available:
        """Looks for the packages and the model's files, without reading weights."""
        return self._seat.available(lambda: folders.check(self._seat.folder))

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        """Gives the probability of what the picture fits worst.

        Raises:
            InputError: the model cannot be loaded.
            TransientError: its process ended; it may work on another try.
            BackendError: it will not.
        """
        asked = probes(exhibit.plan) if exhibit.plan else ()
        if not asked or not exhibit.pictures:
            return {MEASURE: NotJudged("the framing shows neither the place nor who is there")}
        texts = tuple(text for probe in asked for text in probe.texts)
        pictures = tuple(Region(path=str(path)) for path in exhibit.pictures)
        found = await self._seat.bench.embed(self._seat.spec, Embed(pictures=pictures, texts=texts))
        margins, start = [], 0
        for probe in asked:
            own = found.texts[start : start + len(probe.texts)]
            margins.append(margin(probe, own, found.pictures, found.sharpness))
            start += len(probe.texts)
        return {MEASURE: self._finding(margins, exhibit)}

    def _finding(self, margins: list[Margin], exhibit: Exhibit) -> Finding:
        worst = min(margins, key=lambda one: one.probability)
        asked, rival = worst.probe.asked, worst.rival
        if worst.probability >= self._scale.threshold:
            note = f"The picture fits the prompt; least of all its {worst.probe.aspect}, {asked}."
        else:
            note = (
                f"The {worst.probe.aspect} is wrong: the picture shows {rival} rather than "
                f"{asked}. Put {asked} first in the prompt, and {rival} into the negative one."
            )
        frame = exhibit.frames[worst.worst] if exhibit.frames else None
        return self._scale.finding(worst.probability, note, frame=frame)
