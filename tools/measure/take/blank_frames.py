"""Whether the picture is one flat tone."""

from __future__ import annotations

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown

BLANK_CONTRAST = 3.0
"""Standard deviation of brightness, of 255, below which a frame is blank. Source: of the same
paintings the flattest (heaven in fog at dawn) has 7.4 at 720x1280; a flat grey take has less than
0.1, one with noise of 2 levels 0.7 at 720x1280 and 2.1 at 270x480."""


class BlankFrames:
    """Finds the flattest frame."""

    scale = Scale(
        id="blank_frames",
        unit="luma deviation of 255",
        direction=Direction.AT_LEAST,
        threshold=BLANK_CONTRAST,
    )

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives the contrast of the flattest frame."""
        contrast = np.array([cv2.meanStdDev(frame)[1][0, 0] for frame in shown.footage.luma])
        worst = int(contrast.argmin())
        return self.scale.finding(
            float(contrast[worst]),
            "The picture is empty, one flat tone; show the subject against a background.",
            frame=worst,
        )
