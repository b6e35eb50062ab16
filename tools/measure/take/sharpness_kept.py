"""Whether a take blurs away from its keyframe, or during its course."""

from __future__ import annotations

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.edges import edge_width
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import fitted, sampled

SOFTER = 1.35
"""Source: measured. Clean takes have 1.19 at most over all camera moves; a blur that grows to 0.5
percent of the width gives 1.31 to 1.8, one to 0.75 percent 1.58 to 2.3."""

_FRAMES = 7
_TOGETHER = 3
"""So many neighbours' median counts: one frame may be blurred by motion."""


class SharpnessKept:
    """Measures how much wider the sharpest edges become than they were."""

    scale = Scale(
        id="sharpness_kept",
        unit="times as wide as the sharp edges were",
        direction=Direction.AT_MOST,
        threshold=SOFTER,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the softest part of the take against the keyframe, or against its sharpest part."""
        luma = shown.footage.luma
        frames = sampled(len(luma), _FRAMES)
        widths = [edge_width(luma[at]) for at in frames]
        parts = [
            (float(np.median([one for one in part if one])), frames[begun + len(part) // 2])
            for begun in range(max(1, len(frames) - _TOGETHER + 1))
            if all(part := widths[begun : begun + _TOGETHER])
        ]
        before = width_of_keyframe(shown)
        if not parts or (before is None and len(parts) < 2):
            return NotJudged("the picture has too few edges")
        sharp = min(width for width, _ in parts)
        soft, worst = max(parts)
        return self.scale.finding(
            soft / max(sharp, before) if before and before > sharp else soft / (before or sharp),
            "The picture loses its sharpness; keep focus and detail as in the keyframe.",
            frame=worst,
        )


def width_of_keyframe(shown: TakeShown) -> float | None:
    """Gives how wide the keyframe's edges are at the take's size; None: no keyframe or no edges."""
    if shown.keyframe is None:
        return None
    small = fitted(shown.keyframe, shown.footage.luma.shape[1:])
    return edge_width(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8))
