"""Reads sound: voices into memory, music block by block."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.edit.ffmpeg import run_ffmpeg

if TYPE_CHECKING:
    from av import AudioFrame

RATE = 48_000
BLOCK = 480_000
"""Samples that are worked on at a time: 10 s."""

Sound = npt.NDArray[np.float32]


def read_voice(path: Path) -> Sound:
    """Reads a sound file of any kind as mono float32 at 48 kHz.

    Raises:
        InputError: the file is not there, or not sound.
    """
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    parts: list[Sound] = []
    plain = _plain_mono(path)
    if plain is not None:
        parts = [_samples(made) for made in (*resampler.resample(plain), *resampler.resample(None))]
        return np.concatenate(parts)
    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                raise InputError(f"{path} holds no sound")
            for frame in file.decode(file.streams.audio[0]):
                parts += [_samples(made) for made in resampler.resample(frame)]
            parts += [_samples(made) for made in resampler.resample(None)]
    except (av.FFmpegError, OSError) as error:
        raise InputError(f"{path} cannot be read as sound: {error}") from error
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def read_blocks(path: Path, num: int) -> Iterator[Sound]:
    """Gives the first `num` samples of a WAV (48 kHz, stereo, 16-bit) as (samples, 2) blocks.

    Where the file is shorter, silence follows.
    """
    with wave.open(str(path), "rb") as file:
        for begin in range(0, num, BLOCK):
            wanted = min(BLOCK, num - begin)
            block = np.zeros((wanted, 2), np.float32)
            pcm = np.frombuffer(file.readframes(wanted), "<i2").reshape(-1, 2)
            np.multiply(pcm, np.float32(1 / 32768), out=block[: len(pcm)])
            yield block


def is_film_pcm(path: Path) -> bool:
    """Says whether a file is a WAV of 48 kHz, stereo, 16-bit PCM."""
    try:
        with wave.open(str(path), "rb") as file:
            return (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 2, 2)
    except (wave.Error, EOFError):
        return False
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def as_film_pcm(path: Path, into: Path) -> Path:
    """Gives the file itself if it is a WAV of 48 kHz, stereo, 16-bit; else such a copy at `into`.

    Raises:
        InputError: the file is not there, or not sound.
    """
    if is_film_pcm(path):
        return path
    try:
        _convert(path, into, "-ac", "2", "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "wav")
    except BackendError as error:
        raise InputError(f"{path} cannot be read as music: {error}") from error
    return into


def _convert(source: Path, into: Path, *arguments: str) -> None:
    with TemporaryDirectory() as folder:
        exact = ("-fflags", "+bitexact")
        names = (str(source.resolve()), str(into.resolve()))
        run_ffmpeg(
            ["-i", names[0], "-map", "0:a:0", *arguments, *exact, names[1]], cwd=Path(folder)
        )


def _plain_mono(path: Path) -> AudioFrame | None:
    """Reads a WAV of mono 16-bit PCM in one go: the voices' own format, and ten times as quick."""
    from av import AudioFrame

    try:
        with wave.open(str(path), "rb") as file:
            num, rate = file.getnframes(), file.getframerate()
            if (file.getnchannels(), file.getsampwidth()) != (1, 2) or num == 0:
                return None
            pcm = np.frombuffer(file.readframes(num), "<i2")[None]
    except (wave.Error, EOFError, OSError):
        return None
    frame = AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
    frame.sample_rate = rate
    return frame


def _samples(frame: AudioFrame) -> Sound:
    return np.asarray(frame.to_ndarray()[0], np.float32)
