"""Whether a take has letterbox bars, pillars or a frame around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import fitted, sampled

BARS = 0.012
"""Source: measured. Clean takes have 0.0; bars of 3 percent have 0.014 to 0.034."""

_FRAMES = 6
_EVEN = 6.0
"""How much a bar's brightness may vary, of 255, from its 2nd to its 98th percentile: compression
rings beside the picture."""
_OTHER = 2.0
"""Levels of 255 from which the picture is not the bar; an even sky's gradient has less."""
_STRAIGHT = 0.5
"""The share of a bar's length beyond which there must be picture at once."""
_RINGING = 2
"""Rows over which scaling and compression soften a bar's edge."""


class Borders:
    """Measures the even bars at opposite edges that the keyframe does not have."""

    scale = Scale(
        id="borders",
        unit="share of the height or width",
        direction=Direction.AT_MOST,
        threshold=BARS,
    )

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives the larger of the shares that bars above and below, or left and right, take."""
        luma = shown.footage.luma
        frames = luma[sampled(len(luma), _FRAMES)]
        if shown.keyframe is None:
            found = bars(frames)
        else:
            before = fitted(shown.keyframe, luma.shape[1:])[None, :, :, 1]
            found = max(0.0, bars(frames, straight=False) - bars(before, straight=False))
        return self.scale.finding(
            found,
            "The picture has bars or a frame around it; fill the whole frame to its edges.",
            frame=0,
        )


def bars(frames: NDArray[np.uint8], *, straight: bool = True) -> float:
    """Gives the share of the height, or of the width, that even bars at both ends take.

    Args:
        frames: `(frames, height, width)`, all of which must have the bars.
        straight: only bars that end in a straight line count; for pictures that may be even there.
    """
    return max(_both(frames, straight), _both(frames.transpose(0, 2, 1), straight))


def _both(frames: NDArray[np.uint8], straight: bool) -> float:
    """Gives the share of rows that bars at the top and the bottom take; both must be there."""
    height = frames.shape[1]
    top, bottom = _depth(frames, straight), _depth(frames[:, ::-1], straight)
    return (top + bottom) / height if top and bottom else 0.0


def _depth(frames: NDArray[np.uint8], straight: bool) -> int:
    """Gives how many rows from the top on are one tone in all frames, up to a straight edge.

    An even sky or wall ends at whatever stands before it, here or there; a bar ends everywhere.
    """
    tone = float(np.median(frames[:, 0]))
    half = frames.shape[1] // 2
    for row in range(half):
        low, high = np.percentile(frames[:, row], (2, 98))
        if high - tone > _EVEN or tone - low > _EVEN:
            inside = frames[:, min(row + _RINGING, half)].astype(np.int16)
            last = frames[:, max(0, row - _RINGING)].astype(np.int16)
            ends = (np.abs(inside - last) > _OTHER).mean() >= _STRAIGHT
            return row if ends or not straight else 0
    return 0
