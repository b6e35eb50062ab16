"""Says what a video file holds, from its own index where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from nightshoot.errors import InputError

UNDECODED = {"codec_whitelist": "none"}
"""Options for `av.open` that keep it from decoding the first frames to learn what an MP4's index
says anyway. Source: measured at 720x1280: 0.3 ms to open a file instead of 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """A video file's measures."""

    num_frames: int
    fps: Fraction
    width: int
    height: int
    duration_s: float
    """The length of the picture."""
    has_audio: bool
    audio_duration_s: float
    """The length of the first sound track; 0.0 where there is none."""


def probe(path: Path) -> Probed:
    """Reads a video file's measures without decoding it.

    Raises:
        InputError: the file cannot be read, is no video, or its picture has no frames.
    """
    probed = _read(path, options=UNDECODED) or _read(path, options={})
    if probed is None:
        raise InputError(f"{path.name} is not a usable video: no frames, no rate or no size")
    return probed


def _read(path: Path, *, options: dict[str, str]) -> Probed | None:
    """Gives what the file's index says, or None where it leaves something out."""
    import av
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream

    try:
        with av.open(str(path), options=options) as container:
            picture = next((s for s in container.streams if isinstance(s, VideoStream)), None)
            if picture is None:
                raise InputError(f"{path.name} is not a video: it has no picture")
            sound = next((s for s in container.streams if isinstance(s, AudioStream)), None)
            fps = picture.average_rate or picture.guessed_rate
            width, height = picture.width, picture.height
            num_frames = picture.frames or sum(p.size > 0 for p in container.demux(picture))
            audio_s = _seconds(sound.duration, sound.time_base) if sound is not None else 0.0
    except (av.FFmpegError, OSError, ValueError) as fault:
        raise InputError(f"{path.name} cannot be read as a video: {_reason(fault)}") from fault
    if not fps or not num_frames or not width or not height:
        return None
    return Probed(
        num_frames=num_frames,
        fps=fps,
        width=width,
        height=height,
        duration_s=float(num_frames / fps),
        has_audio=sound is not None,
        audio_duration_s=audio_s,
    )


def _seconds(duration: int | None, time_base: Fraction | None) -> float:
    return float(duration * time_base) if duration and time_base else 0.0


def _reason(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or str(fault)
