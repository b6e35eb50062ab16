"""Judges whether a character looks as on their reference sheet, and stays so through a take.

    [judge.identity]
    model = "/models/dinov2-base"

DINOv2, DINO, or the image tower of CLIP or SigLIP, by transformers. A keyframe is compared with the
references of its cast; a take with itself, by VBench's definition of subject consistency.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Self

from pydantic import Field

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Figure
from nightshoot.tools.judges import folders
from nightshoot.tools.judges.figures import reference_region, region, shown
from nightshoot.tools.judges.messages import Embed, Engine, Region, Vector
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.judges.seat import TRANSFORMERS, ModelConfig, Seat, Seated
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.protocols import Available, Capabilities
from nightshoot.tools.registry import Surroundings

MEASURE = "subject_consistency"

_VERSION = "1"

_LIKE_REFERENCE = 0.4
"""Cosine of a figure with its reference. Source: not calibrated, as no published weights were at
hand. DreamBooth (Ruiz et al., CVPR 2023, table 1) gives the mean of DINO for real photographs of
one subject as 0.77, and 0.57 for the weaker of its two methods; this convicts well below either."""

_LIKE_ITSELF = 0.6
"""Of a take's frames with each other. Source: not calibrated. VBench (Huang et al., CVPR 2024) has
models between 0.86 and 0.96 by DINO ViT-B/16 on the whole frame; a region is more sensitive."""


class IdentityConfig(ModelConfig):
    """What the table may hold."""

    least_reference: float = Field(default=_LIKE_REFERENCE, gt=0, lt=1)
    """The cosine of a figure and its reference, below which a keyframe is rejected."""
    least_take: float = Field(default=_LIKE_ITSELF, gt=0, lt=1)
    """The consistency of a take, below which it is rejected."""


class Identity(Seated):
    """Compares the embeddings of people."""

    Config: ClassVar[type[IdentityConfig]] = IdentityConfig

    def __init__(
        self,
        name: str = "identity",
        config: IdentityConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told; a folder is looked at when it is first asked about."""
        thresholds = (
            config.least_reference if config else _LIKE_REFERENCE,
            config.least_take if config else _LIKE_ITSELF,
        )
        self._keyframes, self._takes = (
            Scale(id=MEASURE, unit="cosine", direction=Direction.AT_LEAST, threshold=threshold)
            for threshold in thresholds
        )
        self._seat = Seat(
            name=name,
            engine=Engine.VISION,
            version=_VERSION,
            packages=TRANSFORMERS,
            around=around if config else None,
            model=config.model if config else "",
            device=config.device if config else "cpu",
            decides=thresholds,
        )

    @classmethod
    def configured(cls, name: str, config: IdentityConfig, around: Surroundings) -> Self:
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
        """Gives the likeness of the character that is least alike, or the take's consistency.

        Raises:
            InputError: the model cannot be loaded.
            TransientError: its process ended; it may work on another try.
            BackendError: it will not.
        """
        if exhibit.plan is None or not shown(exhibit.plan):
            return {MEASURE: NotJudged("there is nobody in the shot")}
        if exhibit.subject is Subject.TAKE:
            return {MEASURE: await self._take(exhibit, exhibit.plan)}
        return {MEASURE: await self._keyframe(exhibit, exhibit.plan)}

    async def _keyframe(self, exhibit: Exhibit, plan: ShotPlan) -> Finding | NotJudged:
        known = [one for one in shown(plan) if one.character in exhibit.references]
        if not known or not exhibit.pictures:
            return NotJudged("nobody in the shot has a reference picture")
        likeness = {}
        for figure in known:
            seen = Region(path=str(exhibit.pictures[0]), box=region(plan, figure))
            sheet = Region(
                path=str(exhibit.references[figure.character]), box=reference_region(plan)
            )
            one, other = await self._embedded((seen, sheet))
            likeness[figure.character] = cosine(one, other)
        least = min(likeness, key=likeness.__getitem__)
        if likeness[least] >= self._keyframes.threshold:
            note = f"Everybody looks like their reference; {least} the least."
        else:
            note = (
                f"{least} does not look like the reference sheet. Give their build, age, dress, "
                "headgear and colour first, in the sheet's words, or use the sheet as a reference."
            )
        frame = exhibit.frames[0] if exhibit.frames else None
        return self._keyframes.finding(likeness[least], note, frame=frame)

    async def _take(self, exhibit: Exhibit, plan: ShotPlan) -> Finding | NotJudged:
        if len(exhibit.pictures) < 2:
            return NotJudged("one frame says nothing about a take")
        box = _around(plan, shown(plan))
        frames = await self._embedded(
            tuple(Region(path=str(path), box=box) for path in exhibit.pictures)
        )
        value, worst = consistency(frames)
        if value >= self._takes.threshold:
            note = "Who is in the take stays who they are."
        else:
            note = (
                "Somebody in the take changes: face, dress or shape. Ask for a gentler movement of "
                "the camera and of the people, and for nobody to come or go."
            )
        frame = exhibit.frames[worst] if exhibit.frames else None
        return self._takes.finding(value, note, frame=frame)

    async def _embedded(self, regions: tuple[Region, ...]) -> tuple[Vector, ...]:
        found = await self._seat.bench.embed(self._seat.spec, Embed(pictures=regions))
        return found.pictures


def consistency(frames: Sequence[Vector]) -> tuple[float, int]:
    """Gives how alike a take's frames are, -1.0 to 1.0, and which is least like the others.

    The mean, over the frames after the first, of the cosines with the first and with the one
    before. Source: VBench (Huang et al., CVPR 2024), subject consistency.

    Args:
        frames: at least two embeddings of length 1.
    """
    likeness = [
        (cosine(frames[0], frame) + cosine(before, frame)) / 2 for before, frame in pairwise(frames)
    ]
    worst = min(range(len(likeness)), key=likeness.__getitem__)
    return sum(likeness) / len(likeness), worst + 1


def cosine(one: Vector, two: Vector) -> float:
    """Gives the cosine of two embeddings of length 1."""
    return math.fsum(first * second for first, second in zip(one, two, strict=True))


def _around(plan: ShotPlan, figures: Sequence[Figure]) -> tuple[float, float, float, float]:
    """Gives the region that holds all of these people."""
    boxes = [region(plan, figure) for figure in figures]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
