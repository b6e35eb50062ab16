"""Fakes of what is heard: a voice and a composer."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.shot import Estimate
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.fake_defects import Defect, Fake, damage
from nightshoot.tools.measure.sound.speech_rate import EXTRA_S, SYLLABLES_A_SECOND
from nightshoot.tools.measure.sound.syllables import syllables
from nightshoot.tools.protocols import Capabilities, Progress, Score, Utterance, Voice

_SPEECH_RATE = 24_000
_MUSIC_RATE = 48_000


class FakeSpeech(Fake):
    """Speaks each text as a tone that swells once for every syllable, at the pace of a voice."""

    voices: tuple[Voice, ...] = (
        Voice(id="one", locale=Locale.ZH, sex=Sex.FEMALE, age=Age.ADULT),
        Voice(id="two", locale=Locale.ZH, sex=Sex.MALE, age=Age.ADULT),
        Voice(id="three", locale=Locale.EN, sex=Sex.FEMALE, age=Age.ADULT),
        Voice(id="four", locale=Locale.EN, sex=Sex.MALE, age=Age.ADULT),
    )

    def __init__(
        self,
        *,
        fails: bool = False,
        name: str = "fake",
        paid: bool = False,
        refuses: str = "",
        fails_after: int | None = None,
        voices: Sequence[Voice] = (),
        clips: int = 0,
        deterministic: bool = True,
        breaks: str = "",
        silences: str = "",
        corrupts: str = "",
    ) -> None:
        """Makes a voice that works, or one that does not.

        Args:
            fails: it cannot be reached.
            name: what it is called.
            paid: it says that it costs money, and takes a cent a line.
            refuses: it refuses lines with this in them, for their words.
            fails_after: it breaks down for good after so many lines.
            voices: what it offers instead of its own.
            clips: so many lines, the first ones, are clipped.
            deterministic: what it says of itself.
            breaks: it fails for good on lines with this in them.
            silences: it gives silence for these.
            corrupts: it gives a file that is no sound for these.
        """
        super().__init__(name=name, cost_usd=0.01 if paid else 0.0)
        self.said: list[tuple[str, str]] = []
        """The texts that were spoken and by which voice, in order."""
        self.voices = tuple(voices) or type(self).voices
        self.capabilities = Capabilities(
            licence="Apache-2.0", paid=paid, deterministic=deterministic
        )
        self._clips = clips
        self._breaks = breaks
        self._silences = silences
        self._corrupts = corrupts
        self._fails = fails
        self._refuses = refuses
        self._fails_after = fails_after

    def estimate(self, *, text: str) -> Estimate:
        """Gives nothing, or the cent of one that is paid."""
        return Estimate(cost_usd=self._cost_usd)

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        """Writes the tone, or the one that its faults make of it."""
        self.calls.append(text)
        if self._fails:
            raise TransientError("the fake voice cannot be reached, as it was told")
        if self._fails_after is not None and len(self.calls) > self._fails_after:
            raise BackendError("the fake voice broke down, as it was told")
        ids = [one.id for one in self.voices]
        if voice not in ids:
            raise InputError(f"{self.name} has no voice {voice!r}; it has {', '.join(ids)}")
        if not any(character.isalnum() for character in text):
            raise InputError(f"nothing in the line {text[:40]!r} can be spoken")
        if self._refuses and self._refuses in text:
            raise InputError("the fake voice refuses the words, as it was told")
        if self._breaks and self._breaks in text:
            raise BackendError("the fake voice failed on a line, as it was told")
        self.said.append((text, voice))
        path = scratch / "line.wav"
        tone = _babble(max(1, syllables(text)), locale, 300 + 40 * ids.index(voice))
        if self._clips > 0:
            self._clips -= 1
            tone = np.clip(tone.astype(np.int32) * 4, -9000, 9000).astype(np.int16)
        if self._silences and self._silences in text:
            tone = np.zeros_like(tone)
        _write_wav(path, tone[:, None], _SPEECH_RATE)
        damage(path, Defect.CORRUPT if self._corrupts and self._corrupts in text else None)
        return Utterance(audio=path, duration_s=len(tone) / _SPEECH_RATE)


class FakeComposer(Fake):
    """Composes one long tone."""

    def __init__(self, *, defect: Defect | None = None) -> None:
        """Makes a composer that works, or is broken, or gives an empty, corrupt or blank sound."""
        super().__init__()
        self._flawed = defect

    def estimate(self, *, score: Score) -> Estimate:
        """It costs nothing."""
        return Estimate()

    async def compose(self, *, score: Score, scratch: Path, progress: Progress) -> Path:
        """Writes a tone of the score's length."""
        self.calls.append(f"{score.duration_s:.2f}")
        if self._flawed is Defect.BROKEN:
            raise BackendError("the fake composer broke, as it was told")
        path = scratch / "music.wav"
        tone = _tone(score.duration_s, _MUSIC_RATE, 330) // 4
        if self._flawed is Defect.BLANK:
            tone = np.zeros_like(tone)
        _write_wav(path, np.stack([tone, tone], axis=1), _MUSIC_RATE)
        damage(path, self._flawed)
        progress(1.0)
        return path


def _tone(seconds: float, rate: int, pitch: float) -> npt.NDArray[np.int16]:
    time = np.arange(round(seconds * rate)) / rate
    return (9000 * np.sin(2 * np.pi * pitch * time)).astype(np.int16)


def _babble(count: int, locale: Locale, pitch: float) -> npt.NDArray[np.int16]:
    """Gives a tone with `count` syllables, which the measures of spoken lines take for speech."""
    seconds = 0.1 + EXTRA_S[locale] + count / SYLLABLES_A_SECOND
    beats = np.linspace(0, count, round(seconds * _SPEECH_RATE), endpoint=False)
    swell = np.sin(np.pi * (beats % 1))
    tone = (_tone(seconds, _SPEECH_RATE, pitch)[: len(swell)] * swell).astype(np.int16)
    silence = np.zeros(round(0.045 * _SPEECH_RATE), np.int16)
    return np.concatenate([silence, tone, silence])


def _write_wav(path: Path, samples: npt.NDArray[np.int16], rate: int) -> None:
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(samples, "<i2").tobytes())
