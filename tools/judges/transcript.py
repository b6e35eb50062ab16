"""Judges whether a line was spoken as it is written, by a speech recogniser.

    [judge.transcript]
    model = "/models/whisper-small"

A model of the Whisper family: as transformers saves it, or converted for faster-whisper. How the
two texts are compared: `nightshoot.tools.judges.hearing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Self

from pydantic import Field

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.tools.judges import folders
from nightshoot.tools.judges.hearing import Comparison, compare
from nightshoot.tools.judges.messages import Engine, Hear
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.judges.seat import TRANSFORMERS, ModelConfig, Seat, Seated
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.protocols import Available, Capabilities
from nightshoot.tools.registry import Surroundings

MEASURE = "transcript"

_VERSION = "1"

_MOST = 0.25
"""Edits for each syllable or word of the line. Source: docs/judges.md, measured with Whisper base:
whole lines lie at 0.05 at most, halves of lines at 0.42 at least; one syllable of four may be
misheard."""


class TranscriptConfig(ModelConfig):
    """What the table may hold."""

    most: float = Field(default=_MOST, gt=0)
    """The share of edits above which a line is rejected."""


class Transcript(Seated):
    """Has a recogniser write the line down, and compares."""

    Config: ClassVar[type[TranscriptConfig]] = TranscriptConfig

    def __init__(
        self,
        name: str = "transcript",
        config: TranscriptConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told; a folder is looked at when it is first asked about."""
        self._config = config
        self._around = around if config else None
        self._scale = Scale(
            id=MEASURE,
            unit="edits per syllable or word",
            direction=Direction.AT_MOST,
            threshold=config.most if config else _MOST,
        )
        self._name = name

    @classmethod
    def configured(cls, name: str, config: TranscriptConfig, around: Surroundings) -> Self:
        """Gives the judge of a table of the settings file."""
        return cls(name, config, around)

    @cached_property
    def _seat(self) -> Seat:  # type: ignore[override]
        """Depends on what the folder holds. A folder that is missing is told by `available`."""
        model = self._config.model if self._config else ""
        return Seat(
            name=self._name,
            engine=Engine.FASTER_WHISPER if self._converted else Engine.WHISPER,
            version=_VERSION,
            packages={"pypinyin": "pypinyin"}
            | ({"faster_whisper": "faster-whisper"} if self._converted else TRANSFORMERS),
            around=self._around,
            model=model,
            device=self._config.device if self._config else "cpu",
            decides=(self._scale.threshold,),
        )

    @cached_property
    def _converted(self) -> bool:
        if self._config is None or self._around is None:
            return False
        try:
            return folders.is_converted(folders.resolve(self._config.model, self._around.folder))
        except InputError:
            return False

    @property
    def capabilities(self) -> Capabilities:
        """Needs a model."""
        return Capabilities(
            needs=('the extra "gpu" or faster-whisper', "pypinyin", "a model"),
            licence="the model's own",
        )

    @property
    def judges(self) -> Mapping[Subject, tuple[str, ...]]:
        """Spoken lines."""
        return {Subject.LINE: (MEASURE,)}

    def available(self) -> Available:
        """Looks for the packages and the model's files, without reading weights."""
        look = folders.check_converted if self._converted else folders.check
        return self._seat.available(lambda: look(self._seat.folder))

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        """Gives the share of the line that was lost, exchanged or added.

        Raises:
            InputError: the model cannot be loaded, or does not know the language.
            TransientError: its process ended; it may work on another try.
            BackendError: it will not.
        """
        if exhibit.audio is None:
            return {MEASURE: NotJudged("there is no sound")}
        if not compare(exhibit.text, "", exhibit.locale).count:
            return {MEASURE: NotJudged("the line has no words")}
        heard = await self._seat.bench.hear(
            self._seat.spec, Hear(audio=str(exhibit.audio), locale=exhibit.locale)
        )
        found = compare(exhibit.text, heard.text, exhibit.locale)
        return {MEASURE: self._scale.finding(found.share, self._note(found, heard.text, exhibit))}

    def _note(self, found: Comparison, heard: str, exhibit: Exhibit) -> str:
        unit = "syllables" if exhibit.locale is Locale.ZH else "words"
        if found.share <= self._scale.threshold:
            return f"The line is heard: {found.count} {unit}, {found.edits:g} of them otherwise."
        lost = ", ".join(repr(one) for one in found.lost[:4])
        missing = f"not heard: {lost}" if lost else "more is heard than the line has"
        return (
            f"Of {found.count} {unit} {found.edits:g} are wrong; {missing}; what is heard is "
            f"{heard[:80]!r}. Speak the line again, slower or with another voice."
        )
