"""Pictures in and out of an image model: references, control pictures, the PNG that is kept."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.diffusion.sizes import Size, scaled_and_cropped

_LEAST_SIDE = 64
_MOST_STRIP = 8
"""Of a reference, in pixels and as a ratio. Source: diffusers' Flux2ImageProcessor."""

_COMPRESSION = 3
"""Of PNG, 0 to 9. Source: measured on noise and gradients, each level above takes longer and saves
a few percent at most."""


def read_picture(path: Path, what: str) -> Any:
    """Gives a picture as Pillow has it, RGB.

    Raises:
        InputError: it cannot be read; `what` says what it was for.
    """
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{what}, {path}, is no picture that can be read: {error}") from None


def read_reference(path: Path) -> Any:
    """Gives a reference picture as Pillow has it, RGB, enlarged where families would refuse it.

    Raises:
        InputError: it cannot be read, or is too long a strip.
    """
    from PIL import Image

    picture = read_picture(path, "the reference")
    shorter, longer = sorted(picture.size)
    if longer > _MOST_STRIP * shorter:
        raise InputError(
            f"the reference {path} is {picture.width}x{picture.height}: crop it, one side may be "
            f"{_MOST_STRIP} times the other at most"
        )
    if shorter >= _LEAST_SIDE:
        return picture
    scale = _LEAST_SIDE / shorter
    size = (math.ceil(picture.width * scale), math.ceil(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def control_array(path: Path, painted: Size, width: int, height: int) -> NDArray[np.float32]:
    """Gives a control picture where the plan's picture will be in the painted one.

    Args:
        path: at any size; it is scaled to the plan's.
        painted: the size that is painted.
        width: of the plan, in pixels.
        height: of the plan, in pixels.

    Returns:
        `(3, height, width)` of the painted size, RGB, 0 to 1.

    Raises:
        InputError: it cannot be read.
    """
    import cv2

    picture: NDArray[np.uint8] = np.asarray(read_picture(path, "the control picture"))
    covers, left, top = scaled_and_cropped(painted, width, height)
    # What will be cropped away continues the edge.
    framed: Any = cv2.copyMakeBorder(
        _resized(picture, width, height),
        top,
        covers.height - height - top,
        left,
        covers.width - width - left,
        cv2.BORDER_REPLICATE,
    )
    scaled = _resized(framed, painted.width, painted.height)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), dtype=np.float32) / 255.0


def write_picture(picture: NDArray[np.float32], path: Path, width: int, height: int) -> None:
    """Scales a painted picture to cover the wanted size, crops it in the middle and writes a PNG.

    Args:
        picture: `(height, width, 3)`, RGB, 0 to 1.
        path: the PNG to write.
        width: in pixels.
        height: in pixels.

    Raises:
        BackendError: it cannot be written, as when the disk is full.
    """
    import cv2

    rows, columns = picture.shape[:2]
    covers, left, top = scaled_and_cropped(Size(width=columns, height=rows), width, height)
    whole = (picture * 255.0).round().clip(0, 255).astype(np.uint8)
    scaled = _resized(whole, covers.width, covers.height)
    cut = scaled[top : top + height, left : left + width, ::-1]
    _, data = cv2.imencode(
        ".png", np.ascontiguousarray(cut), [cv2.IMWRITE_PNG_COMPRESSION, _COMPRESSION]
    )
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise BackendError(f"{path} cannot be written: {error.strerror}") from None


def _resized(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    import cv2

    if picture.shape[:2] == (height, width):
        return picture
    smaller = width < picture.shape[1]
    # Lanczos looks at eight pixels only: made smaller, it would skip the others.
    way = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(picture, (width, height), interpolation=way), dtype=np.uint8)
