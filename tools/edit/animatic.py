"""The animatic: keyframes held for as long as their lines, with the voices, small and quick.

Laying out a timeline of a few stills and sounds is what MoviePy is best at. Nothing of the animatic
goes into the film.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nightshoot.errors import BackendError

if TYPE_CHECKING:
    from moviepy.audio.AudioClip import AudioArrayClip

VERSION = "1"
"""Changes whenever the same stills would give another animatic."""

FPS = 8
"""Frames per second: stills need few."""

_AUDIO_RATE = 24_000

SHORT_SIDE = 270
"""The shorter side in pixels: enough to judge staging and pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A shot of the animatic."""

    picture: Path
    duration_s: float
    voices: tuple[tuple[float, Path], ...] = ()
    """Each line's sound, and when it begins, in seconds from the start of the shot."""


def animatic(stills: Sequence[Still], *, scratch: Path) -> Path:
    """Writes the animatic into `scratch` and gives its file: MP4, with the voices.

    Raises:
        BackendError: a picture or a sound cannot be read, or FFmpeg fails.
    """
    from moviepy import CompositeAudioClip, ImageClip, concatenate_videoclips

    target = scratch / "animatic.mp4"
    try:
        clips, voices, position = [], [], 0.0
        for still in stills:
            clip = ImageClip(str(still.picture), duration=still.duration_s)
            width, height = clip.size
            scale = SHORT_SIDE / min(width, height)
            clips.append(clip.resized((_even(width * scale), _even(height * scale))))
            voices += [_voice(path).with_start(position + at) for at, path in still.voices]
            position += still.duration_s
        film = concatenate_videoclips(clips)
        if voices:
            film = film.with_audio(CompositeAudioClip(voices).with_duration(position))
        film.write_videofile(
            str(target),
            fps=FPS,
            codec="libx264",
            audio_codec="aac",
            audio_fps=_AUDIO_RATE,
            preset="veryfast",
            threads=1,
            pixel_format="yuv420p",
            temp_audiofile_path=str(scratch),
            logger=None,
        )
    except (OSError, ValueError, wave.Error) as error:
        raise BackendError(f"the animatic cannot be written: {error}") from error
    return target


def _voice(path: Path) -> AudioArrayClip:
    """Reads a line's sound. MoviePy's own reader of files leaves a pipe open for each."""
    from moviepy.audio.AudioClip import AudioArrayClip

    with wave.open(str(path)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, channels)
    both = np.broadcast_to(samples.mean(axis=1, keepdims=True) / 32768, (len(samples), 2))
    return AudioArrayClip(both, fps=rate)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
