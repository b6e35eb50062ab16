"""Turns planes into pixels, once a take, and no more of them than the take will show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

from nightshoot.errors import InputError
from nightshoot.tools.video.multiplane.camera import Matrix
from nightshoot.tools.video.multiplane.coverage import Rect
from nightshoot.tools.video.multiplane.planes import PaintedPlane, Picture

COARSE = 8
"""A first look at a plane is drawn this many times smaller, to find what it covers. Source: it
costs 2 ms where the whole costs 90 (1152x2048); two of its pixels are added around the find."""

DENSEST = 1.6
"""Pixels of a plane for each pixel of the frame, at most: enough for a strong push at depth 1."""

MARGIN = 3
"""Pixels around what is seen, for the filter that reads between pixels."""

Pixels = NDArray[np.uint8]
"""(height, width, 4) uint8, blue green red alpha, premultiplied."""


@dataclass(frozen=True, slots=True)
class Raster:
    """A plane in pixels, and where on the canvas they lie."""

    pixels: Pixels
    box: Rect
    """What the pixels cover, in frame pixels; for a plane that wraps, its first period and more."""
    opaque: tuple[int, int]
    """Rows of pixels, from and up to, in which nothing of what lies behind can be seen."""
    period: tuple[float | None, float | None] = (None, None)
    """After how many frame pixels the plane repeats, sideways and up and down."""

    @property
    def matrix(self) -> Matrix:
        """Maps its pixels (the first one from 0 to 1) to the canvas."""
        high, wide = self.pixels.shape[:2]
        return np.array(
            [
                [self.box.width / wide, 0.0, self.box.left],
                [0.0, self.box.height / high, self.box.top],
            ]
        )


def rasterise(
    picture: Picture,
    planes: tuple[PaintedPlane, ...],
    *,
    seen: Rect,
    density: float,
    wraps: tuple[bool, bool] = (False, False),
) -> Raster | None:
    """Draws planes that move as one.

    Args:
        picture: what the planes belong to.
        planes: the planes, back to front.
        seen: the part of the canvas that the take shows of them.
        density: pixels for each frame pixel.
        wraps: whether they go around the canvas sideways, and up and down.

    Returns:
        The pixels, or None where the take shows nothing of the planes.

    Raises:
        InputError: the SVG cannot be drawn.
    """
    canvas = picture.canvas
    edge = MARGIN / density
    part = seen.grown(edge, edge).cut(canvas)
    part = Rect(
        canvas.left if wraps[0] else part.left,
        canvas.top if wraps[1] else part.top,
        canvas.right if wraps[0] else part.right,
        canvas.bottom if wraps[1] else part.bottom,
    )
    found = _covered(picture, planes, part, density)
    if found is None:
        return None
    part, size = _snapped(part, found, density, wraps)
    pixels = _drawn(picture, planes, part, size)
    period: tuple[float | None, float | None] = (None, None)
    if any(wraps):
        period = (part.width if wraps[0] else None, part.height if wraps[1] else None)
        pixels, part = _unrolled(pixels, part, seen.grown(edge, edge), wraps)
    spans = part.left <= seen.left and part.right >= seen.right
    return Raster(pixels, part, _opaque_rows(pixels) if spans else (0, 0), period)


def _drawn(
    picture: Picture, planes: tuple[PaintedPlane, ...], part: Rect, size: tuple[int, int]
) -> Pixels:
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=picture.drawing(planes, part, size), skip_system_fonts=True
        )
    except ValueError as error:
        names = ", ".join(plane.id for plane in planes)
        raise InputError(f"the plane {names} cannot be drawn: {error}") from error
    straight = cv2.imdecode(np.frombuffer(bytes(png), np.uint8), cv2.IMREAD_UNCHANGED)
    assert straight is not None
    return premultiplied(straight.astype(np.uint8, copy=False))


def premultiplied(straight: NDArray[np.uint8]) -> Pixels:
    """Gives (height, width, 4) uint8 pixels with their colours multiplied by their alpha."""
    # The grey is copied to all colours and the alpha becomes 1, so alpha itself stays as it is.
    weight = cv2.cvtColor(cv2.extractChannel(straight, 3), cv2.COLOR_GRAY2BGRA)
    return cv2.multiply(straight, weight, scale=1 / 255).astype(np.uint8, copy=False)


def _covered(
    picture: Picture, planes: tuple[PaintedPlane, ...], part: Rect, density: float
) -> Rect | None:
    """Gives what the planes cover of `part`, found on a small drawing; None: nothing."""
    if part.width <= 0 or part.height <= 0:
        return None
    step = COARSE / density
    size = (math.ceil(part.width / step), math.ceil(part.height / step))
    whole = Rect(part.left, part.top, part.left + size[0] * step, part.top + size[1] * step)
    alpha = _drawn(picture, planes, whole, size)[..., 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not rows.size:
        return None
    return Rect(
        part.left + (int(columns[0]) - 2) * step,
        part.top + (int(rows[0]) - 2) * step,
        part.left + (int(columns[-1]) + 3) * step,
        part.top + (int(rows[-1]) + 3) * step,
    ).cut(part)


def _snapped(
    part: Rect, found: Rect, density: float, wraps: tuple[bool, bool]
) -> tuple[Rect, tuple[int, int]]:
    """Gives what to draw, on the frame's own grid of pixels, and its size in pixels.

    Where a plane wraps, one period is a whole number of pixels instead.
    """

    def span(low: float, high: float) -> tuple[float, float, int]:
        first, last = math.floor(low * density), math.ceil(high * density)
        return first / density, last / density, last - first

    left, right, wide = span(found.left, found.right)
    top, bottom, high = span(found.top, found.bottom)
    if wraps[0]:
        left, right, wide = part.left, part.right, round(part.width * density)
    if wraps[1]:
        top, bottom, high = part.top, part.bottom, round(part.height * density)
    return Rect(left, top, right, bottom), (wide, high)


def _unrolled(
    pixels: Pixels, part: Rect, seen: Rect, wraps: tuple[bool, bool]
) -> tuple[Pixels, Rect]:
    """Gives one period and as much of the next as a view may see at once, so that nothing joins."""
    high, wide = pixels.shape[:2]
    across = math.ceil(seen.width * wide / part.width) + MARGIN if wraps[0] else 0
    down = math.ceil(seen.height * high / part.height) + MARGIN if wraps[1] else 0
    longer = np.empty((high + down, wide + across, 4), np.uint8)
    for top in range(0, high + down, high):
        for left in range(0, wide + across, wide):
            piece = longer[top : top + high, left : left + wide]
            piece[:] = pixels[: piece.shape[0], : piece.shape[1]]
    return longer, Rect(
        part.left,
        part.top,
        part.left + part.width * (wide + across) / wide,
        part.top + part.height * (high + down) / high,
    )


def _opaque_rows(pixels: Pixels) -> tuple[int, int]:
    """Gives the longest run of rows that are opaque from end to end, from and up to."""
    full = (pixels[..., 3] == 255).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], full, [False]]).astype(np.int8)))
    runs = [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
    return max(runs, key=lambda run: run[1] - run[0], default=(0, 0))


def flat_raster(path: Path, frame: tuple[int, int]) -> Raster:
    """Gives a picture without layers as one opaque raster that covers the frame.

    A picture of another shape is cropped about its middle; a much larger one is made smaller.

    Raises:
        InputError: the file is not a picture.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise InputError(f"the keyframe {path} cannot be read: {error.strerror}") from error
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise InputError(f"the keyframe {path.name} is not a picture that can be read")
    high, wide = picture.shape[:2]
    scale = max(frame[0] / wide, frame[1] / high)
    if scale * DENSEST < 1:
        ratio = scale * DENSEST
        size = (math.ceil(wide * ratio), math.ceil(high * ratio))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    side, above = (wide * scale - frame[0]) / 2, (high * scale - frame[1]) / 2
    box = Rect(0.0, 0.0, *frame).grown(side, above)
    pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA).astype(np.uint8, copy=False)
    return Raster(pixels, box, (0, pixels.shape[0]))
