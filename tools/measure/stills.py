"""Stills: frames of a take at its own size, and pictures made small for a page or a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nightshoot.errors import BackendError
from nightshoot.tools.measure.frames import Picture

VERSION = "1"
"""Changes whenever the same take would give other stills; part of the keys of those who look."""

JPEG_QUALITY = 90
"""Source: measured on five painted pictures of 432x768: 38 to 44 dB and 38 to 48 KB each, so that
the coding cannot be taken for a fault of the picture; 95 adds 1 dB and a third of the bytes."""


def frames_of(video: Path, wanted: Sequence[int]) -> dict[int, Picture]:
    """Gives frames of a video, `(height, width, 3)` uint8 BGR at its own size, by their numbers.

    Args:
        video: any video.
        wanted: which frames, from 0; what lies beyond the end is left out.

    Raises:
        BackendError: the file is not a video that can be decoded.
    """
    import av

    found: dict[int, Picture] = {}
    left = {at for at in wanted if at >= 0}
    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            for number, frame in enumerate(container.decode(stream)):
                if not left:
                    break
                if number in left:
                    left.discard(number)
                    found[number] = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
    except (av.FFmpegError, IndexError, OSError) as error:
        raise BackendError(f"the take {video.name} cannot be decoded: {error}") from error
    return found


def shrunk(picture: Picture, *, shorter: int | None = None, longer: int | None = None) -> Picture:
    """Gives a picture whose shorter and longer side are at most so many pixels; never enlarged."""
    import cv2

    height, width = picture.shape[:2]
    sides = ((min(height, width), shorter), (max(height, width), longer))
    scale = min([1.0, *(most / side for side, most in sides if most is not None)])
    if scale == 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def write_still(picture: Picture, path: Path) -> Path:
    """Writes `(height, width, 3)` uint8 BGR as PNG or JPEG, by the name's end; gives the path.

    Raises:
        BackendError: it cannot be encoded.
    """
    import cv2

    done, coded = cv2.imencode(path.suffix, picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise BackendError(f"the still {path.name} cannot be encoded")
    path.write_bytes(coded.tobytes())
    return path
