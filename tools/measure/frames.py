"""Decodes a take once, small, for all measures."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.errors import BackendError

WIDTH = 270
"""The width that measures see, in pixels. Source: DESIGN, Cutting: sharpness, flicker and cuts cost
well under 1 % of a clip's length there."""

_COLOR = 4

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A decoded take."""

    luma: Picture
    """`(frames, height, width)` uint8, 0 to 255; `WIDTH` wide, or the take's own width if less."""
    color: Picture
    """`(frames, height / 4, width / 4, 3)` uint8 RGB, a quarter of `luma` each way: enough for
    exposure, cast and palette, in a fifth of its memory."""
    width: int
    height: int
    """The take's own size in pixels."""
    fps: Fraction


def decode(path: Path) -> Footage:
    """Decodes a video once, small, for every measure.

    Raises:
        BackendError: the file is not a video that can be decoded.
    """
    import av
    from av.video.reformatter import Interpolation

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            width, height, fps = stream.width, stream.height, stream.average_rate
            small = min(WIDTH, width)
            high = max(1, round(height * small / width))
            luma, color = [], []
            for frame in container.decode(stream):
                there = frame.reformat(
                    width=small, height=high, format="gray", interpolation=Interpolation.AREA
                )
                luma.append(there.to_ndarray())
                there = frame.reformat(
                    width=max(1, small // _COLOR),
                    height=max(1, high // _COLOR),
                    format="rgb24",
                    interpolation=Interpolation.AREA,
                )
                color.append(there.to_ndarray())
    except (av.FFmpegError, IndexError, OSError) as error:
        raise BackendError(f"the take {path.name} cannot be decoded: {error}") from error
    if not luma or not fps:
        raise BackendError(f"the take {path.name} has no frames")
    return Footage(luma=np.stack(luma), color=np.stack(color), width=width, height=height, fps=fps)


def read_picture(path: Path) -> Picture:
    """Reads a picture as `(height, width, 3)` uint8 BGR.

    Raises:
        BackendError: the file is not a picture.
    """
    import cv2

    try:
        picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        # An empty file, or one that says it is larger than any picture may be.
        picture = None
    if picture is None:
        raise BackendError(f"{path.name} is not a picture that can be read")
    return picture.astype(np.uint8, copy=False)
