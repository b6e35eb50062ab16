"""The film's sound: speech in front, music around it, delivered at the loudness it should have.

Works block by block, so that a long film needs little memory: once to measure, once to find the
true peaks, once to write. What was written is encoded in stretches, whose peaks are measured as the
audience gets them; if the encoder pushed one out of bounds, all is written lower.

A changed line must not change the sound far from it, or everything would be encoded again: the
film's gain goes in steps, and everything else looks a few seconds around itself at most.
"""

from __future__ import annotations

import asyncio
import math
import wave
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from nightshoot.errors import ArtifactError, BackendError, InputError
from nightshoot.tools.edit import ducking, limiter
from nightshoot.tools.edit.sound import BLOCK, RATE, Sound, as_film_pcm, read_blocks, read_voice
from nightshoot.tools.edit.soundtrack import (
    Decoded,
    Stretch,
    encode_stretch,
    join_stretches,
    stretches,
)
from nightshoot.tools.measure import kweight

VERSION = "2"
"""Changes whenever the same request gives other bytes."""

TARGET_LUFS = -16.0
"""Source: AES TD1004 (2015): what is streamed lies between -20 and -16 LUFS."""
TOLERANCE_LU = 0.5
GAIN_STEP_DB = 0.5
"""The gain of the whole film is a multiple of this: it misses the target by half of it at most, and
one line more or less seldom changes it."""
TRUE_PEAK_DBTP = -1.1
"""What the encoded film must not pass: EBU R 128 says -1, and meters that oversample four times
differ. Source: measured on noise, clicks, squares and tones: FFmpeg's reads 0.05 dB more at most.
"""
CEILING_DBTP = -1.5
"""What the limiter keeps to; the encoder overshoots it a little (measured: 0.1 dB)."""
MOST_LIMITED_DB = 9.0
"""A mix whose peaks would have to be pressed further than this stays quieter than the target."""

_SPEECH_LUFS = -20.0
"""The loudness to which each line is brought inside the mix."""
_MOST_BOOST_DB = 24.0
_FADE_IN_S = 0.25
_FADE_OUT_S = 1.2
_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiced:
    """A spoken line on the film's timeline."""

    audio: Path
    """A sound file of any kind."""
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A stretch of the soundtrack, encoded."""

    file: Path
    decoded: Decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """The finished soundtrack."""

    audio: Path
    """WAV, stereo, 16-bit PCM, 48 kHz, as long as the film to the sample."""
    encoded: Path
    """The same as AAC in an M4A beside it; what a decoder makes of it is measured."""
    loudness_lufs: float
    """Minus infinity for silence."""
    true_peak_dbtp: float
    """Minus infinity for silence."""


Encode = Callable[[Stretch, Path], Awaitable[Encoded]]
"""Encodes a stretch of a WAV, or gives what it gave the last time for the same sound."""


async def mix(
    *,
    voiced: Sequence[Voiced],
    music: Path | None,
    num_samples: int,
    into: Path,
    encode: Encode | None = None,
    music_db: float = 0.0,
) -> Mixed:
    """Mixes the film's sound into the WAV `into` and the M4A beside it.

    Args:
        voiced: the spoken lines, in any order; what reaches past the end is cut.
        music: the film's music, or None; what reaches past the end is faded out.
        num_samples: the length of the film at 48 kHz.
        into: the WAV to write.
        encode: encodes a stretch; None: anew each time.
        music_db: the music's level against the usual one, which lies below the voices.

    Raises:
        InputError: the length is not positive, a line starts nowhere, a file is not sound.
        ArtifactError: the file cannot be written.
        BackendError: the sound cannot be encoded.
    """
    if num_samples <= 0:
        raise InputError(f"a film of {num_samples} samples has no sound: its length is positive")
    with TemporaryDirectory() as folder:
        desk = await asyncio.to_thread(_laid, voiced, music, num_samples, Path(folder), music_db)
        encoding = encode or _encoding_into(Path(folder))
        parts = await _delivered(desk, into, encoding)
        encoded = into.with_suffix(".m4a")
        await asyncio.to_thread(join_stretches, [part.file for part in parts], num_samples, encoded)
    return Mixed(
        audio=into,
        encoded=encoded,
        loudness_lufs=_loudness(parts),
        true_peak_dbtp=_peak(parts),
    )


def _encoding_into(folder: Path) -> Encode:
    async def encode(stretch: Stretch, wav: Path) -> Encoded:
        file = folder / f"{stretch.first}.m4a"
        decoded = await asyncio.to_thread(encode_stretch, stretch, wav, file)
        return Encoded(file=file, decoded=decoded)

    return encode


async def _delivered(desk: _Desk, into: Path, encode: Encode) -> list[Encoded]:
    """Writes and encodes, again with what was learnt until it is within bounds."""
    loud, peak = await asyncio.to_thread(desk.measure)
    ceiling, over = CEILING_DBTP, 0.0
    gain = _stepped(TARGET_LUFS - loud) if math.isfinite(loud) else 0.0
    parts: list[Encoded] = []
    for _ in range(_TRIES):
        most = GAIN_STEP_DB * math.floor((ceiling + MOST_LIMITED_DB - peak) / GAIN_STEP_DB)
        held = gain >= most
        await asyncio.to_thread(desk.write, into, min(gain, most), ceiling)
        parts = [await encode(stretch, into) for stretch in stretches(desk.num)]
        missed = TARGET_LUFS - _loudness(parts)
        over = _peak(parts) - TRUE_PEAK_DBTP
        fits = not math.isfinite(missed) or abs(missed) <= TOLERANCE_LU or (held and missed > 0)
        if fits and over <= 0:
            return parts
        ceiling -= over + 0.2 if over > 0 else 0.0
        gain += _stepped(missed) if not fits else 0.0
    if over > 0:
        raise BackendError(f"the encoded sound peaks at {_peak(parts):.1f} dBTP")
    return parts


def _loudness(parts: Sequence[Encoded]) -> float:
    return kweight.integrated(np.concatenate([part.decoded.energies for part in parts]))


def _peak(parts: Sequence[Encoded]) -> float:
    return max(part.decoded.true_peak_dbtp for part in parts)


def _stepped(gain_db: float) -> float:
    return GAIN_STEP_DB * round(gain_db / GAIN_STEP_DB)


def _laid(
    voiced: Sequence[Voiced], music: Path | None, num: int, folder: Path, music_db: float
) -> _Desk:
    """Reads the sounds and draws the music's curve."""
    lines = _levelled(voiced, num)
    tape = as_film_pcm(music, folder / "music.wav") if music is not None else None
    gains = _music_gains(lines, tape, num) * np.float32(10 ** (music_db / 20))
    return _Desk(lines=lines, music=tape, gains=gains, num=num, spool=folder / "desk")


def _levelled(voiced: Sequence[Voiced], num: int) -> list[tuple[int, Sound]]:
    """Reads the lines and brings each to the same loudness; gives their starts and sounds."""
    lines = []
    for line in sorted(voiced, key=lambda line: line.start_s):
        if not (math.isfinite(line.start_s) and line.start_s >= 0):
            raise InputError(f"the line {line.audio} cannot start at {line.start_s} s")
        begin = round(line.start_s * RATE)
        if begin >= num:
            continue
        sound = read_voice(line.audio)
        # A mono voice comes out of both loudspeakers, which adds 3 dB.
        loud = kweight.integrated(kweight.cell_energies(sound)) + 3.01
        if math.isfinite(loud):
            boost = min(_SPEECH_LUFS - loud, _MOST_BOOST_DB)
            lines.append((begin, _cut(sound * np.float32(10 ** (boost / 20)), num - begin)))
    return lines


def _cut(sound: Sound, room: int) -> Sound:
    """Ends a sound that is too long without a click."""
    if len(sound) <= room:
        return sound
    short = sound[:room].copy()
    fade = min(room, RATE // 50)
    short[room - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return short


def _music_gains(lines: list[tuple[int, Sound]], music: Path | None, num: int) -> ducking.Curve:
    """Gives the gain of the music, linear, at every step and one past the end."""
    steps = num // ducking.STEP + 2
    if music is None:
        return np.zeros(steps, np.float32)
    cells = np.concatenate([kweight.cell_energies(block) for block in read_blocks(music, num)])
    loud = kweight.integrated(cells)
    if not math.isfinite(loud):
        return np.zeros(steps, np.float32)
    level = np.zeros(steps, np.float32)
    if lines:
        level = ducking.curve(ducking.active(lines, num))
    level += ducking.ridden(kweight.short_term(cells), loud, steps)
    gains = 10 ** ((level + _SPEECH_LUFS - loud) / 20)
    time = np.arange(steps) * ducking.STEP / RATE
    rise = np.clip(time / _FADE_IN_S, 0, 1)
    fall = np.clip((num / RATE - time) / min(_FADE_OUT_S, 0.3 * num / RATE), 0, 1)
    return np.asarray(gains * np.sin(rise * np.pi / 2) * np.sin(fall * np.pi / 2) ** 2, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Everything that sounds in the film, before it is brought to its loudness."""

    lines: list[tuple[int, Sound]]
    music: Path | None
    gains: ducking.Curve
    num: int
    spool: Path
    """Where the mix lies as float32 once it is measured."""

    def _mixed(self) -> Iterator[Sound]:
        """Mixes (samples, 2) blocks; the last is filled up to whole cells by silence."""
        tape = read_blocks(self.music, self.num) if self.music is not None else None
        for begin in range(0, self.num, BLOCK):
            length = min(BLOCK, self.num - begin)
            block = np.zeros((-(-length // ducking.STEP) * ducking.STEP, 2), np.float32)
            if tape is not None:
                first = begin // ducking.STEP
                edges = self.gains[first : first + len(block) // ducking.STEP + 1]
                gain = limiter.ramps(edges, ducking.STEP)
                np.multiply(next(tape), gain[:length, None], out=block[:length])
            for at, sound in self.lines:
                low, high = max(at, begin), min(at + len(sound), begin + length)
                if low < high:
                    block[low - begin : high - begin] += sound[low - at : high - at, None]
            yield block

    def blocks(self) -> Iterator[Sound]:
        """Gives the mix block by block, after `measure`."""
        with self.spool.open("rb") as spool:
            while data := spool.read(BLOCK * 8):
                yield np.frombuffer(data, np.float32).reshape(-1, 2)

    def measure(self) -> tuple[float, float]:
        """Gives the loudness in LUFS and the sample peak in dBFS."""
        cells, peak = [], 0.0
        try:
            with self.spool.open("wb") as spool:
                for block in self._mixed():
                    cells.append(kweight.cell_energies(block))
                    peak = max(peak, float(np.abs(block).max()))
                    spool.write(block.data)
        except OSError as error:
            raise ArtifactError(f"the mix cannot be written: {error.strerror}") from error
        return kweight.integrated(np.concatenate(cells)), 20 * math.log10(max(peak, 1e-9))

    def write(self, into: Path, gain_db: float, ceiling_dbtp: float) -> None:
        """Writes the WAV with a gain, limited to a ceiling."""
        gain = np.float32(10 ** (gain_db / 20))
        curve = limiter.gain_curve(self._excess(gain, 10 ** (ceiling_dbtp / 20)))
        per_block = BLOCK // limiter.CELL
        try:
            with into.open("wb") as raw, wave.open(raw, "wb") as file:
                file.setnchannels(2)
                file.setsampwidth(2)
                file.setframerate(RATE)
                for number, block in enumerate(self.blocks()):
                    first = number * per_block
                    edges = curve[first : first + len(block) // limiter.CELL + 1]
                    loud = block * gain
                    if edges.min() < 1:
                        loud *= limiter.ramps(edges, limiter.CELL)[:, None]
                    loud *= np.float32(32767)
                    left = min(BLOCK, self.num - number * BLOCK)
                    file.writeframes(np.rint(loud[:left]).astype("<i2").tobytes())
        except OSError as error:
            raise ArtifactError(f"the mix cannot be written to {into}: {error.strerror}") from error

    def _excess(self, gain: np.float32, ceiling: float) -> limiter.Curve:
        silence = np.zeros((limiter.CELL, 2), np.float32)
        found, before = [], silence
        for block, after in pairwise(_chained(self.blocks(), silence)):
            loud = block * gain
            found.append(limiter.excess_db(loud, before, after[: limiter.CELL] * gain, ceiling))
            before = loud[-limiter.CELL :]
        return np.concatenate(found)


def _chained(blocks: Iterator[Sound], last: Sound) -> Iterator[Sound]:
    yield from blocks
    yield last
