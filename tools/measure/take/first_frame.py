"""Whether a take begins on its approved keyframe, or ends there where the camera arrives at it."""

from __future__ import annotations

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import Gray, Reals, fitted, may_end_on_keyframe, small_gray

ALIKE = 0.93
"""Source: measured. Clean takes have 0.967 at least, scaled by up to 15 percent 0.98; another
picture 0.78 at most, one that is 60 percent larger 0.922. Unverified on takes of video models,
which also soften and tint."""

_SCALES = (0.86, 0.93, 1.0, 1.07, 1.15)
"""Video models crop and resize a little."""
_MARGIN = 0.12
_BLUR = 1.0


class FirstFrame:
    """Measures how alike the frame that should be the keyframe is to it."""

    scale = Scale(
        id="first_frame",
        unit="correlation with the keyframe",
        direction=Direction.AT_LEAST,
        threshold=ALIKE,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the best correlation over small shifts and scales."""
        if shown.keyframe is None:
            return NotJudged("no keyframe is at hand")
        gray = small_gray(shown.footage)
        last = len(gray) - 1
        either = bool(shown.plan.camera.path) or may_end_on_keyframe(shown.plan)
        frames = [0, last] if either else [0]
        picture = fitted(shown.keyframe, gray.shape[1:])
        keyframe = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        likeness = {at: _likeness(gray[at], keyframe) for at in frames}
        best = max(likeness, key=lambda at: likeness[at])
        return self.scale.finding(
            likeness[best],
            "The take does not show the approved keyframe; start from that picture.",
            frame=best,
        )


def _likeness(frame: Gray, keyframe: Gray) -> float:
    return max(_matched(_soft(frame), _soft(keyframe), scale) for scale in _SCALES)


def _matched(frame: Reals, keyframe: Reals, scale: float) -> float:
    """Finds the middle of the keyframe, scaled, in the frame."""
    height, width = keyframe.shape
    margin = _MARGIN if scale <= 1 else 0.5 - (0.5 - _MARGIN) / scale
    top, left = round(height * margin), round(width * margin)
    middle = keyframe[top : height - top, left : width - left]
    scaled = cv2.resize(middle, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return float(cv2.matchTemplate(frame, scaled, cv2.TM_CCOEFF_NORMED).max())


def _soft(gray: Gray) -> Reals:
    return np.asarray(cv2.GaussianBlur(gray.astype(np.float32), (0, 0), _BLUR), np.float32)
