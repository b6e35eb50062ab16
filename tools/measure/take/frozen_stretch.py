"""Whether a take that moves stops on the way."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import Gray

FROZEN_S = 0.4
"""Source: measured. Clean takes stand still for 0.17 s at most, at the ends of eased moves; a stop
of half a second has 0.44."""

_STILL = 0.15
"""Mean change of brightness from frame to frame, of 255, below which nothing moves."""
_MOVING = 3.0
_MOVES = 60
"""Percentile of the steps that must be moving: less than two fifths may be somebody passing a
room in which nothing moves, rightly; half of a take may stand still and be convicted."""


class FrozenStretch:
    """Measures the longest time for which nothing changes."""

    scale = Scale(
        id="frozen_stretch",
        unit="seconds",
        direction=Direction.AT_MOST,
        threshold=FROZEN_S,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives it where the take moves elsewhere; where all of it is still, others speak."""
        luma = shown.footage.luma
        if len(luma) < 4:
            return NotJudged("fewer than four frames")
        steps = np.array([_step(a, b) for a, b in pairwise(luma)])
        moving = float(np.percentile(steps, _MOVES))
        if moving < _MOVING * _STILL:
            return NotJudged("hardly anything moves in this take")
        longest, ended = 0, 0
        run = 0
        for at, step in enumerate(steps):
            run = run + 1 if step < _STILL else 0
            if run > longest:
                longest, ended = run, at + 1
        return self.scale.finding(
            longest / float(shown.footage.fps),
            "The take stops on the way; keep everything moving from the first frame to the last.",
            frame=ended - longest // 2,
        )


def _step(before: Gray, after: Gray) -> float:
    return float(cv2.mean(cv2.absdiff(before, after))[0])
