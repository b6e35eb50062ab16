"""How sharp a picture's sharpest edges are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_CONTRAST = 24
"""How much brightness must change within a window for an edge to count."""

LEAST_EDGES = 0.002
"""The share of the picture that must lie at such edges, for it to be judged."""

_WINDOW = 9
_SHARPEST = 95


def edge_width(luma: NDArray[np.uint8]) -> float | None:
    """Gives how many pixels wide the sharpest edges are; None where there are too few edges.

    The width of an edge is the whole step over its steepest slope, whatever its contrast: fog and
    night count as light does. The sharpest twentieth speaks: a soft background is no fault.

    Args:
        luma: `(height, width)` uint8.
    """
    window = np.ones((_WINDOW, _WINDOW), np.uint8)
    step = cv2.subtract(cv2.dilate(luma, window), cv2.erode(luma, window))
    across = cv2.Sobel(luma, cv2.CV_16S, 1, 0, ksize=1)
    down = cv2.Sobel(luma, cv2.CV_16S, 0, 1, ksize=1)
    edge = step >= LEAST_CONTRAST
    if edge.mean() < LEAST_EDGES:
        return None
    slope = np.hypot(across[edge].astype(np.float32), down[edge].astype(np.float32)) / 2
    sharp = slope / step[edge]
    top = float(np.percentile(sharp, _SHARPEST))
    return 1 / max(top, 0.01)
