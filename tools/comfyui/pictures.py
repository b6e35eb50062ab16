"""Pictures from a server: looked at before they count, and brought to a plan's size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError
from nightshoot.files import write_atomically

_ENDS = {b"\x89PNG": b"IEND", b"\xff\xd8\xff": b"\xff\xd9"}
"""How a whole file ends, by how it begins. Source: PNG (ISO/IEC 15948), 11.2.5; JPEG (ITU-T T.81),
B.1.1.3, EOI."""

Picture = npt.NDArray[np.uint8]


def check_picture(path: Path) -> None:
    """Raises BackendError where a file is not a picture that can be read whole."""
    read_picture(path)


def finish_picture(source: Path, plan: ShotPlan, out: Path) -> Path:
    """Writes a picture as PNG at the plan's size, scaled to cover it, its overhang cut off evenly.

    Nothing of the source's metadata goes along: ComfyUI writes the whole workflow there.

    Raises:
        BackendError: the source is no picture.
        ArtifactError: the disk is full.
    """
    import cv2

    from nightshoot.tools.video.conform import covering

    picture = covering(read_picture(source), plan.width, plan.height)
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise BackendError(f"{source.name} cannot be written as PNG")
    write_atomically(out, data.tobytes())
    return out


def read_picture(path: Path) -> Picture:
    """Gives a picture as `(height, width, 3)` uint8 BGR.

    Raises:
        BackendError: it is no picture, or not a whole one.
    """
    import cv2

    data = np.fromfile(path, np.uint8)
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error:
        picture = None
    if picture is None:
        raise BackendError(f"what ComfyUI sent as {path.name} is no picture")
    begin, end = data[:4].tobytes(), data[-64:].tobytes()
    ends_with = next((mark for start, mark in _ENDS.items() if begin.startswith(start)), b"")
    if ends_with not in end:
        # OpenCV fills what is missing with grey and says nothing.
        raise BackendError(f"the picture that ComfyUI sent as {path.name} is cut off")
    return picture.astype(np.uint8, copy=False)
