"""Pluck: a composer that needs no model: theory, synthesised instruments and a room."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nightshoot.domain.shot import Estimate
from nightshoot.errors import ArtifactError, InputError
from nightshoot.tools.music.arrange import arrange
from nightshoot.tools.music.instruments import Band
from nightshoot.tools.music.notes import start_of
from nightshoot.tools.music.reverb import BLOCK, Reverb
from nightshoot.tools.music.struck import RATE, Sound
from nightshoot.tools.protocols import Available, Capabilities, Progress, Score

_LEVEL = 0.8
_KNEE = 0.7
_FADE_IN_S = 0.02
_FADE_OUT_S = 1.5
_LONGEST_NOTE_S = 30


class Pluck:
    """Composes and plays music on the spot, deterministically, without a network or a model."""

    @property
    def name(self) -> str:
        """The name of this composer."""
        return "pluck"

    @property
    def version(self) -> str:
        """Changes whenever the same score would sound different."""
        return "1"

    @property
    def capabilities(self) -> Capabilities:
        """It needs nothing; what it composes belongs to whoever ordered it."""
        return Capabilities(licence="Apache-2.0")

    def available(self) -> Available:
        """It is always ready."""
        return Available(ready=True)

    def estimate(self, *, score: Score) -> Estimate:
        """It costs nothing."""
        del score
        return Estimate()

    async def compose(self, *, score: Score, scratch: Path, progress: Progress) -> Path:
        """Composes into `scratch`; gives a WAV, stereo, 16-bit PCM, 48 kHz, of the score's length.

        Raises:
            InputError: the score has no length.
            ArtifactError: the file cannot be written.
        """
        return await asyncio.to_thread(_write, score, scratch / "music.wav", progress)


def _write(score: Score, into: Path, progress: Progress) -> Path:
    num = round(score.duration_s * RATE)
    if num <= 0 or any(span.duration_s < 0 for span in score.spans):
        raise InputError(f"music of {score.duration_s:g} s cannot be composed: give it a length")
    try:
        with into.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            written = 0
            for block in perform(score):
                kept = block[:, : num - written]
                file.writeframes(_pcm(kept))
                written += kept.shape[1]
                progress(written / num)
    except OSError as error:
        raise ArtifactError(f"music cannot be written to {into}: {error}") from error
    return into


def perform(score: Score) -> Iterator[Sound]:
    """Plays a score; gives blocks of (2, BLOCK) float32 within ±1 until the score's end is passed.

    Memory does not grow with the length: a block holds what begins in it, and what still rings is
    carried into the next.
    """
    num = round(score.duration_s * RATE)
    band, room = Band(score.seed), Reverb()
    events = list(reversed(arrange(score).events))
    carry = _LONGEST_NOTE_S * RATE
    dry = np.zeros((2, BLOCK + carry), np.float32)
    sent = np.zeros(BLOCK + carry, np.float32)
    for begin in range(0, num, BLOCK):
        while events and start_of(events[-1]) * RATE < begin + BLOCK:
            event = events.pop()
            at = max(0, round(start_of(event) * RATE) - begin)
            sound, share = band.play(event)
            sound = sound[:, : dry.shape[1] - at]
            dry[:, at : at + sound.shape[1]] += sound
            sent[at : at + sound.shape[1]] += sound.sum(axis=0) * np.float32(0.5 * share)
        out = (dry[:, :BLOCK] + room(sent[:BLOCK])) * np.float32(_LEVEL)
        _shift(dry)
        _shift(sent[None])
        yield _tamed(out) * _fades(begin, num)


def _shift(buffer: Sound) -> None:
    buffer[:, :-BLOCK] = buffer[:, BLOCK:].copy()
    buffer[:, -BLOCK:] = 0


def _tamed(sound: Sound) -> Sound:
    """Bends what passes the knee smoothly below full scale; leaves the rest as it is."""
    size = np.abs(sound)
    if float(size.max()) <= _KNEE:
        return sound
    room = np.float32(0.97 - _KNEE)
    bowed = _KNEE + room * np.tanh((size - _KNEE) / room)
    return np.asarray(np.where(size > _KNEE, np.sign(sound) * bowed, sound), np.float32)


def _fades(begin: int, num: int) -> Sound:
    place = np.arange(begin, begin + BLOCK, dtype=np.float64)
    rise = np.clip(place / (_FADE_IN_S * RATE), 0, 1)
    fade = min(_FADE_OUT_S * RATE, 0.3 * num)
    fall = np.clip((num - 1 - place) / fade, 0, 1)
    return np.asarray(rise * np.sin(fall * np.pi / 2) ** 2, np.float32)


def _pcm(sound: Sound) -> bytes:
    return np.round(sound.T * 32767).astype("<i2").tobytes()
