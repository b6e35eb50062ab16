"""Whether a take that moves stops on the way."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import CameraMove
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import Gray

FROZEN_S = 0.4
"""Source: measured. Clean takes stand still for 0.17 s at most, at the ends of eased moves; a stop
of half a second has 0.46."""

_STILL = 0.15
"""Mean change of brightness from frame to frame, of 255, below which nothing moves."""
_STILL_FIXED = 0.03
"""The same before a fixed camera: once somebody has passed, a calm room has 0.03 to 0.07."""
_SLOW = 0.1
"""The same as a share of the usual change, for gentle moves and calm pictures: they have 0.1 to 0.7
at the 60th percentile, and a tenth of it for three frames at most, where an eased move begins."""
_MOVING = 0.05
"""The usual change below which a take is as good as still: an empty room has 0.01, fog 0.08."""
_MOVES = 60
"""Percentile of the steps that is usual: less than two fifths may be somebody passing a
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
        if moving < _MOVING:
            return NotJudged("hardly anything moves in this take")
        camera = shown.plan.camera
        fixed = camera.move is CameraMove.STATIC and not camera.path
        still = min(_STILL_FIXED if fixed else _STILL, _SLOW * moving)
        longest, ended = 0, 0
        run = 0
        for at, step in enumerate(steps):
            run = run + 1 if step < still else 0
            if run > longest:
                longest, ended = run, at + 1
        return self.scale.finding(
            longest / float(shown.footage.fps),
            "The take stops on the way; keep everything moving from the first frame to the last.",
            frame=ended - longest // 2,
        )


def _step(before: Gray, after: Gray) -> float:
    return float(cv2.mean(cv2.absdiff(before, after))[0])
