"""Judges a painted keyframe before it is filmed."""

from __future__ import annotations

import numpy as np

from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.takes import BLACK_LUMA, BLANK_CONTRAST

VERSION = "2"
"""Changes whenever the same picture would be judged otherwise; part of every review's key."""

_LUMA = np.array([0.0722, 0.7152, 0.2126])
"""Weights of blue, green and red. Source: ITU-R BT.709."""


def judge_keyframe(plan: ShotPlan, picture: Picture) -> Review:
    """Gives the verdict on a keyframe.

    Args:
        plan: what was asked for.
        picture: `(height, width, 3)` uint8 BGR.
    """
    height, width = picture.shape[:2]
    luma = picture @ _LUMA
    right = (width, height) == (plan.width, plan.height)
    return Review(
        findings=(
            Finding(
                measure="format",
                value=0 if right else 1,
                unit="mismatches",
                threshold=0,
                direction=Direction.AT_MOST,
                note=f"The keyframe is {width}x{height}, not {plan.width}x{plan.height}.",
            ),
            Finding(
                measure="black_frames",
                value=round(float(luma.mean()), 3),
                unit="luma of 255",
                threshold=BLACK_LUMA,
                direction=Direction.AT_LEAST,
                note="The keyframe is black; light the subject.",
                frame=0,
            ),
            Finding(
                measure="blank_frames",
                value=round(float(luma.std()), 3),
                unit="luma deviation of 255",
                threshold=BLANK_CONTRAST,
                direction=Direction.AT_LEAST,
                note="The keyframe is empty; show the subject against a background.",
                frame=0,
            ),
        )
    )
