"""Whether a take stands still where something was to move.

`dynamic_degree` is VBench's name (Huang et al., CVPR 2024) for how much a video moves.
"""

from __future__ import annotations

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import CameraMove, ShotSize
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown

STILL_CHANGE = 0.1
"""Mean change of brightness over half a second, of 255, below which a take stands still; the median
over the take. Source: a still painting that is filmed frame by frame has 0.000 at 270x480 and at
720x1280; the gentlest moves of our own camera over the flattest painting have 0.20 (follow, ten
seconds) to 1.2 (tilt), and a fixed camera on one person, from a medium shot on, 1.2 to 2.8. From
one frame to the next the same moves have 0.04: too near to a still's 0.00 to tell."""

_NEAR = ShotSize.MS.tightness
"""From this size on a living person fills enough of the frame to be seen to move."""


class DynamicDegree:
    """Measures how much brightness changes over half a second, at the median of the take."""

    scale = Scale(
        id="dynamic_degree",
        unit="luma change of 255 in half a second",
        direction=Direction.AT_LEAST,
        threshold=STILL_CHANGE,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the change, where the camera or a person who is near has to move.

        A fixed camera on an empty room or a far desert gives a take as still as a frozen one,
        rightly.
        """
        if not _must_move(shown.plan):
            return NotJudged("nothing in this shot has to move")
        take = shown.footage
        apart = max(1, min(round(take.fps / 2), len(take.luma) - 1))
        pairs = zip(take.luma, take.luma[apart:], strict=False)
        changes = [cv2.mean(cv2.absdiff(before, after))[0] for before, after in pairs]
        change = float(np.median(changes)) if len(take.luma) > 1 else 0.0
        return self.scale.finding(
            change,
            "The take stands still; let the camera make its move, and air, water or people live.",
            frame=len(take.luma) // 2,
        )


def _must_move(plan: ShotPlan) -> bool:
    camera = plan.camera
    moves = camera.move is not CameraMove.STATIC or bool(camera.path)
    return moves or (bool(plan.staging.figures) and camera.size.tightness >= _NEAR)
