"""What the measures of a spoken line are shown: its sound and its text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.measure.sound.syllables import syllables
from nightshoot.tools.speech.trim import SAMPLE_RATE, Samples, decoded

FRAME_S = 0.01
"""How long the stretch is whose level is taken: a plosive's closure lasts 50 to 100 ms."""

_FRAME = round(SAMPLE_RATE * FRAME_S)

QUIET_DB = 27.0
"""This far under the speech nothing is heard. Source: `trim.SILENCE_DBFS`, 30 dB under the
loudness of a line, which weighs the low frequencies less than the plain level does."""

PAUSE_S = 0.12
"""A shorter gap is part of a word: the closure before a plosive. Source: Goldman-Eisler (1968) and
later work count pauses from 0.1 to 0.25 s on."""

_SILENT_DB = -100.0


@dataclass(frozen=True)
class LineShown:
    """A spoken line before its judges."""

    sound: Samples
    """Mono at `trim.SAMPLE_RATE`, -1.0 to 1.0."""
    text: str
    """What was to be said, figures as words (`reading.spoken_text`)."""
    locale: Locale

    @property
    def duration_s(self) -> float:
        """How long the sound is."""
        return len(self.sound) / SAMPLE_RATE

    @cached_property
    def syllables(self) -> int:
        """How many syllables the text has."""
        return syllables(self.text)

    @cached_property
    def levels(self) -> npt.NDArray[np.float64]:
        """The level of every hundredth of a second, in dB of full scale, no less than -100."""
        count = -(-len(self.sound) // _FRAME)
        padded = np.zeros(count * _FRAME)
        padded[: len(self.sound)] = self.sound
        power = (padded.reshape(count, _FRAME) ** 2).mean(axis=1)
        return np.asarray(10 * np.log10(np.maximum(power, 10 ** (_SILENT_DB / 10))))

    @cached_property
    def speech_db(self) -> float:
        """The level of the speech itself, pauses left out; -100 where nothing is heard.

        Source: the gates of ITU-R BS.1770-5, at -70 dB and at 10 dB under the mean.
        """
        loud = self.levels[self.levels > -70]
        if not len(loud):
            return _SILENT_DB
        kept = loud[loud > _mean_db(loud) - 10]
        return _mean_db(kept)

    @cached_property
    def quiet(self) -> npt.NDArray[np.bool_]:
        """Which hundredths of a second hold no speech; all, where nothing is heard."""
        if self.speech_db <= _SILENT_DB:
            return np.ones(len(self.levels), np.bool_)
        return np.asarray(self.levels < self.speech_db - QUIET_DB)

    @cached_property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """Stretches in which nothing is heard, as first and end of hundredths of a second."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.quiet, [False]])))
        return tuple((int(first), int(end)) for first, end in edges.reshape(-1, 2))

    @cached_property
    def heard_s(self) -> float:
        """How long speech is heard, without pauses and without the silence at the ends."""
        last = len(self.levels)
        silent = sum(
            end - first
            for first, end in self.gaps
            if first == 0 or end == last or (end - first) * FRAME_S >= PAUSE_S
        )
        return (last - silent) * FRAME_S


def read_line(path: Path, *, text: str, locale: Locale) -> LineShown:
    """Reads a spoken line from a sound file of any codec.

    Raises:
        BackendError: the file is no sound.
    """
    return LineShown(sound=decoded(path.read_bytes()), text=text, locale=locale)


def _mean_db(levels: npt.NDArray[np.float64]) -> float:
    return 10 * math.log10(float(np.mean(10 ** (levels / 10))))
