"""Makes pictures ready to be sent, and brings pictures that came to a plan's size."""

from __future__ import annotations

import base64
import math
from pathlib import Path

import numpy as np

from nightshoot.errors import BackendError
from nightshoot.tools.hosted.wire import File

_MOST_BYTES = 7 * 1024 * 1024
"""A larger PNG is sent as JPEG. Source: the described services take 10 MB, some of them counted
after base64, which adds a third."""

_JPEG_QUALITY = 95


class Carried(File):
    """A picture as a request carries it."""

    def data_url(self, *, bare: bool = False) -> str:
        """Gives it as text: base64, behind the prefix of a data URL unless it is to be bare."""
        text = base64.b64encode(self.data).decode()
        return text if bare else f"data:{self.media_type};base64,{text}"


def carried(path: Path, name: str, *, least_side: int = 0) -> Carried:
    """Gives a picture ready to be sent: as it is, larger where it is too small, JPEG if heavy.

    Args:
        path: a picture.
        name: what it is called at the service, without a suffix.
        least_side: the fewest pixels that its shorter side may have.

    Raises:
        BackendError: it is no picture.
    """
    import cv2

    data = path.read_bytes()
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BackendError(f"{path.name} is not a picture that can be sent")
    shorter = min(picture.shape[:2])
    if shorter < least_side:
        scale = least_side / shorter
        size = (math.ceil(picture.shape[1] * scale), math.ceil(picture.shape[0] * scale))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    if shorter < least_side or data[:4] != b"\x89PNG":
        data = cv2.imencode(".png", picture)[1].tobytes()
    if len(data) > _MOST_BYTES:
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
        return Carried(name=f"{name}.jpg", data=data, media_type="image/jpeg")
    return Carried(name=f"{name}.png", data=data, media_type="image/png")


def aspect_near(width: int, height: int, aspects: tuple[str, ...]) -> str | None:
    """Gives the one of `16:9`, `9:16` and the like that is nearest in shape; None for no choice."""
    if not aspects:
        return None
    wanted = math.log(width / height)

    def unlike(aspect: str) -> float:
        wide, high = aspect.split(":")
        return abs(math.log(float(wide) / float(high)) - wanted)

    return min(aspects, key=unlike)


def write_at_size(picture: Path, out: Path, *, width: int, height: int) -> Path:
    """Writes a picture as PNG of exactly this size: scaled to cover it, cropped evenly.

    Raises:
        BackendError: it is no picture.
    """
    import cv2

    from nightshoot.tools.video.conform import covering

    found = cv2.imdecode(np.fromfile(picture, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise BackendError(f"{picture.name} is not a picture")
    out.write_bytes(
        cv2.imencode(".png", covering(found.astype(np.uint8, copy=False), width, height))[
            1
        ].tobytes()
    )
    return out
