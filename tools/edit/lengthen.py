"""Brings a take that is too short to its length: a little slower, then its last frame held."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.edit.probe import Probed, probe
from nightshoot.tools.video.bring import Reel
from nightshoot.tools.video.conform import conformed
from nightshoot.tools.video.encode import FrameWriter

VERSION = "1"

SLOWEST = Fraction(3, 4)
"""The least speed of a take that is slowed. Source: a choice: a walk at three quarters of its pace
is still a walk, and the frames between are made by following the motion (`video/conform`)."""

LONGEST_HOLD_S = Fraction(1, 2)
"""How long a last frame may be held after that. Source: the calibration of `frozen_stretch`, whose
threshold no shorter stillness passes (docs/critic.md)."""


def reach(available: int, fps: Fraction) -> int:
    """Gives how many frames a take of so many can be brought to."""
    return math.floor(available / SLOWEST) + math.floor(LONGEST_HOLD_S * fps) if available else 0


def frames_at(probed: Probed, fps: Fraction) -> int:
    """Gives how many frames of the film's rate a video lasts."""
    return int(Fraction(probed.num_frames) / probed.fps * fps + Fraction(1, 2))


def lengthen(source: Path, out: Path, *, num_frames: int, fps: Fraction) -> Path:
    """Encodes a take anew with exactly so many frames, at its own size and the film's rate.

    Two frames of the source are in memory at a time. The same take gives the same bytes.

    Args:
        source: a take that lasts less than `num_frames`.
        out: the file to write.
        num_frames: of the film's rate.
        fps: the film's rate.

    Raises:
        BackendError: it cannot be decoded, or is too short to be brought there.
    """
    import av

    try:
        probed = probe(source)
    except InputError as error:
        raise BackendError(str(error)) from error
    available = frames_at(probed, fps)
    if num_frames > reach(available, fps):
        raise BackendError(
            f"a take of {available} frames cannot be brought to {num_frames}: shoot it again"
        )
    moving = min(num_frames, math.floor(available / SLOWEST))
    try:
        with FrameWriter(out, width=probed.width, height=probed.height, fps=fps) as writer:
            picture = None
            for picture in conformed(
                Reel(source, probed.num_frames),
                fps=probed.fps,
                out_width=probed.width,
                out_height=probed.height,
                out_fps=fps,
                out_frames=moving,
                to_the_end=True,
            ):
                writer.write(picture)
            for _ in range(num_frames - moving):
                assert picture is not None, "a take that has a reach has a frame"
                writer.write(picture)
    except (av.FFmpegError, IndexError) as error:
        raise BackendError(f"the video {source.name} cannot be decoded: {error}") from error
    return out


def told(available: int, num_frames: int) -> str:
    """Says what is done to a take, in a person's words."""
    moving = min(num_frames, math.floor(available / SLOWEST))
    slowed = f"slowed to {100 * available / moving:.0f} % of its speed"
    held = num_frames - moving
    return f"{slowed}, and its last frame held for {held} frames" if held else slowed
