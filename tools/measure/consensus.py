"""Tells the background from a subject that fills the picture, by what goes as one.

Walls, ground and sky go as one rigid picture whatever the camera does; a face, a torso and an arm
each go their own way, and none of them lies on both sides of the frame. So where most points go as
one, they are the picture. Where they do not, the largest group is looked for that goes as one
through every hop and lies on both sides.

Source: Fischler and Bolles, Random Sample Consensus, CACM 24 (1981); that a rigid background spans
the frame: Irani and Anandan, A Unified Approach to Moving Object Detection, PAMI 20 (1998).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

AS_ONE_PX = 1.2
"""How far from its group's way a point may go in a hop. Source: measured, 79 to 100 % of the points
of played takes of any move stay within it, planes at their depths included; 0 to 25 % of those of a
talking man who fills the picture (`carphone`)."""

_SAMPLES = 400
"""Finds a fifth of the points by threes, 0.8 % of all samples, with 96 % certainty."""

_LEAST = 10
_SIDE = 0.3
"""How much of the width a side is."""
_ON_EACH = 3
"""Points that a group must have on either side."""


def as_one(path: Numbers, ways: Numbers) -> Flags:
    """Says which points go as one picture in every hop.

    Args:
        path: `(hops + 1, points, 2)` where the points were, in pixels from the middle.
        ways: `(hops, 3, 2)` what the picture does in each hop: pixels, and their slopes along x
            and y.
    """
    off = np.linalg.norm(np.diff(path, axis=0) - _moved(path[:-1], ways), axis=2)
    return np.asarray((off < AS_ONE_PX).all(axis=0))


def background(path: Numbers, width: int) -> Flags | None:
    """Finds the largest group of points that go as one and lie on both sides; None: there is none.

    Deterministic: the samples are drawn from a fixed seed.

    Args:
        path: as for `as_one`.
        width: of the picture in pixels.
    """
    count = path.shape[1]
    if count < _LEAST:
        return None
    left, right = (side * path[0, :, 0] > (0.5 - _SIDE) * width for side in (-1, 1))
    drawn = np.random.default_rng(0)
    best, most = None, 0.0
    for _ in range(_SAMPLES):
        kept = _group(path, drawn.choice(count, 3, replace=False))
        if kept is None or kept.sum() < _LEAST:
            continue
        if min(int((kept & left).sum()), int((kept & right).sum())) < _ON_EACH:
            continue
        # A wide group of few points is the background rather than a narrow one of many.
        size = float(kept.sum() * path[0, kept, 0].std())
        if size > most:
            best, most = kept, size
    return best


def _group(path: Numbers, three: NDArray[np.int64]) -> Flags | None:
    """Gives the points that go as three do; None where the three lie nearly on a line."""
    at = path[:-1, three]
    columns = np.concatenate([np.ones((*at.shape[:2], 1)), at], axis=2)
    if np.abs(np.linalg.det(columns)).min() < _AREA_PX:
        return None
    ways = np.linalg.solve(columns, np.diff(path[:, three], axis=0))
    return as_one(path, ways)


_AREA_PX = 1500.0
"""Twice the area of the smallest triangle whose slopes are trusted."""


def _moved(at: Numbers, ways: Numbers) -> Numbers:
    return ways[:, None, 0] + at[..., :1] * ways[:, None, 1] + at[..., 1:] * ways[:, None, 2]
