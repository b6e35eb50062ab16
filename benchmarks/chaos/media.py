"""What the fake provider makes: small pictures and clips that are good, or are not."""

from __future__ import annotations

import io
import zlib
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

SIDE = 128
"""Of all pictures, in pixels: the least that a film may have."""

RATE = Fraction(12)
"""Of clips, in frames a second."""

_COLOURS = np.random.default_rng(7).integers(30, 226, (9, 3), np.uint8)
"""The same for all, so that the shots of a scene go together."""


def picture(name: str) -> bytes:
    """Gives a PNG that its name decides: patches of colour with things of all sizes."""
    import cv2

    random = np.random.default_rng(zlib.crc32(name.encode()))
    cells = random.permutation(np.repeat(np.arange(9), 9))
    shown = cv2.resize(
        _COLOURS[cells].reshape(9, 9, 3), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC
    )
    for number in range(45):
        left, top = (int(random.integers(SIDE)) for _ in range(2))
        wide, high = (int(random.integers(4, SIDE // 5)) for _ in range(2))
        colour = tuple(int(part) for part in _COLOURS[number % 9])
        cv2.rectangle(shown, (left, top), (left + wide, top + high), colour, -1)
    return cv2.imencode(".png", shown)[1].tobytes()


def black_picture() -> bytes:
    """Gives a PNG without anything in it."""
    import cv2

    return cv2.imencode(".png", np.zeros((SIDE, SIDE, 3), np.uint8))[1].tobytes()


def clip(keyframe: bytes, seconds: float, *, black: bool = False) -> bytes:
    """Gives an MP4 that pushes in on a picture.

    Args:
        keyframe: any picture that OpenCV reads.
        seconds: how long it lasts.
        black: nothing is seen.
    """
    import av

    out = io.BytesIO()
    shown = _read(keyframe)
    count = max(1, round(seconds * RATE))
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        for number in range(count):
            frame = np.zeros_like(shown) if black else _nearer(shown, number / max(1, count - 1))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def _read(data: bytes) -> NDArray[np.uint8]:
    import cv2

    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if shown is None:
        raise ValueError("the keyframe that was sent is no picture")
    return np.asarray(cv2.resize(shown, (SIDE, SIDE)), np.uint8)


def _nearer(shown: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    import cv2

    matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), 0.0, float(np.exp(0.25 * share)))
    return np.asarray(
        cv2.warpAffine(shown, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT_101), np.uint8
    )
