"""Whether a take keeps the detail of its keyframe: not washed out, drowned or smeared."""

from __future__ import annotations

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import Gray, fitted, sampled

DETAIL_LEFT = 0.33
"""Source: measured. Clean shadow-play takes have 0.81 at least over all moves and weathers; with a
tenth of the contrast or of the light left 0.11 at most, smeared over 2.6 percent of the width 0.25,
softened so little that nobody sees it 0.43. Unverified on takes of video models, which smooth."""

_LEAST = 0.3
"""Levels of 255 of detail that a keyframe must have for it to be missed."""
_FRAMES = 5
_FINE = 5
"""Pixels of a picture that is 270 wide: what a median over so many takes away is detail."""


class DetailKept:
    """Measures how much fine detail is left of what the keyframe has."""

    scale = Scale(
        id="detail_kept",
        unit="share of the keyframe's detail",
        direction=Direction.AT_LEAST,
        threshold=DETAIL_LEFT,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the median over frames: a face that turns to the dark for a moment is no loss."""
        if shown.keyframe is None:
            return NotJudged("no keyframe is at hand")
        luma = shown.footage.luma
        picture = cv2.cvtColor(fitted(shown.keyframe, luma.shape[1:]), cv2.COLOR_BGR2GRAY)
        before = _detail(np.asarray(picture, np.uint8))
        if before < _LEAST:
            return NotJudged("the keyframe has hardly any detail")
        frames = sampled(len(luma), _FRAMES)
        left = np.array([_detail(luma[at]) for at in frames]) / before
        return self.scale.finding(
            float(np.median(left)),
            "The picture loses its detail: it is washed out, too dark or smeared; keep the "
            "contrast, light and texture of the keyframe.",
            frame=frames[int(left.argmin())],
        )


def _detail(luma: Gray) -> float:
    """Gives the mean of what a small median takes away."""
    return float(cv2.mean(cv2.absdiff(luma, cv2.medianBlur(luma, _FINE)))[0])
