"""Which size a picture is painted at: the family's own area in the plan's shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

LONGEST_SIDES = 4.0
"""The most that one side may exceed the other. Source: SDXL's training buckets end at 512x2048,
arXiv 2307.01952, appendix I; beyond its shapes a family paints things twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A size in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """The area."""
        return self.width * self.height


def painted_size(
    width: int, height: int, *, multiple: int, best_pixels: int, max_pixels: int
) -> Size | None:
    """Gives the size to paint at, for a picture that is then scaled and cropped to the plan's.

    Both sides are multiples of `multiple`, the area is about `best_pixels` and never above
    `max_pixels`, and of the sizes near that area the one is taken whose shape is nearest to the
    plan's, so that the least is cropped.

    Args:
        width: of the plan, in pixels.
        height: of the plan, in pixels.
        multiple: of both sides.
        best_pixels: the area that the family was trained on.
        max_pixels: the largest area that it paints.

    Returns:
        The size, or None where no such size has a shape near the plan's.
    """
    if max(width, height) > LONGEST_SIDES * min(width, height):
        return None
    area = min(best_pixels, max_pixels)
    shape = width / height
    ideal = math.sqrt(area * shape)
    middle = round(ideal / multiple)
    # An eighth to either side changes the area by about a quarter.
    reach = max(1, round(middle / 8))
    candidates = []
    for across in range(max(1, middle - reach), middle + reach + 1):
        for down in {math.floor(across / shape), math.ceil(across / shape)}:
            size = Size(width=across * multiple, height=max(1, down) * multiple)
            if size.pixels <= max_pixels:
                candidates.append(size)
    if not candidates:
        return None
    return min(candidates, key=lambda size: _cost(size, shape, area))


def scaled_and_cropped(size: Size, width: int, height: int) -> tuple[Size, int, int]:
    """Gives how a painted size is brought to a plan's: scaled to what, then cropped from where.

    Returns:
        The size to scale to, which covers the plan's and keeps the shape, and the left and top
        edge of the centred crop.
    """
    scale = max(width / size.width, height / size.height)
    covers = Size(
        width=max(width, round(size.width * scale)), height=max(height, round(size.height * scale))
    )
    return covers, (covers.width - width) // 2, (covers.height - height) // 2


def _cost(size: Size, shape: float, area: int) -> tuple[float, float]:
    """Shape first, to a hundredth, which nobody sees; then the area."""
    cropped = abs(math.log(size.width / size.height / shape))
    return (round(cropped, 2), abs(math.log(size.pixels / area)))
