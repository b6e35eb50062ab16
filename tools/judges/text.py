"""Judges whether there is text in the picture that nobody asked for: signs, subtitles, watermarks.

PP-OCR reads Chinese and English, on the CPU; its weights come with the extra `judges`. What the
prompt has in quotation marks was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.value import Value
from nightshoot.tools.judges.messages import Engine, ReadText, Region
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.judges.seat import Seat, Seated
from nightshoot.tools.judges.signs import asked_texts, letters_of, unasked
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.protocols import Available, Capabilities
from nightshoot.tools.registry import Surroundings

MEASURE = "unasked_text"

_VERSION = "1"

_MOST = 0
"""Characters. Source: docs/judges.md: what the reader is sure of is text, on pictures with and
without any."""


class TextConfig(Value):
    """What the table may hold."""

    most: int = Field(default=_MOST, ge=0)
    """Characters that nobody asked for, above which a picture is rejected."""


class Text(Seated):
    """Reads what stands in the picture."""

    Config: ClassVar[type[TextConfig]] = TextConfig

    def __init__(
        self,
        name: str = "text",
        config: TextConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told."""
        self._scale = Scale(
            id=MEASURE,
            unit="characters",
            direction=Direction.AT_MOST,
            threshold=config.most if config else _MOST,
        )
        self._seat = Seat(
            name=name,
            engine=Engine.OCR,
            version=_VERSION,
            packages={"rapidocr": "rapidocr", "onnxruntime": "onnxruntime", "PIL": "pillow"},
            around=around,
            decides=(self._scale.threshold,),
            wants="",
        )

    @classmethod
    def configured(cls, name: str, config: TextConfig, around: Surroundings) -> Self:
        """Gives the judge, of a table of the settings file or as installed."""
        return cls(name, config, around)

    @property
    def capabilities(self) -> Capabilities:
        """Needs an extra."""
        return Capabilities(needs=('the extra "judges"',), licence="Apache-2.0")

    @property
    def judges(self) -> Mapping[Subject, tuple[str, ...]]:
        """Pictures, moving or not."""
        return {Subject.KEYFRAME: (MEASURE,), Subject.TAKE: (MEASURE,)}

    def available(self) -> Available:
        """Looks for the packages."""
        return self._seat.available(lambda: None)

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        """Counts the characters that nobody asked for, of the picture with the most.

        Raises:
            InputError: a picture cannot be read.
            TransientError: the reader's process ended; it may work on another try.
            BackendError: it will not.
        """
        if not exhibit.pictures:
            return {MEASURE: NotJudged("there is no picture")}
        found = await self._seat.bench.read_text(
            self._seat.spec,
            ReadText(pictures=tuple(Region(path=str(path)) for path in exhibit.pictures)),
        )
        asked = asked_texts(exhibit.plan) if exhibit.plan else ()
        texts = [unasked(writings, asked) for writings in found.writings]
        counts = [sum(len(letters_of(one)) for one in each) for each in texts]
        worst = max(range(len(counts)), key=counts.__getitem__)
        if counts[worst] <= self._scale.threshold:
            note = "No text stands in the picture that was not asked for."
        else:
            read = ", ".join(repr(one) for one in texts[worst][:3])
            note = (
                f"Text that nobody asked for stands in the picture: {read}. Put text, captions, "
                "watermark and signs into the negative prompt, and leave out what carries writing."
            )
        frame = exhibit.frames[worst] if exhibit.frames else None
        return {MEASURE: self._scale.finding(counts[worst], note, frame=frame)}
