"""Judges a painted keyframe before it is filmed: each measure gives a finding, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.tools.measure.edges import edge_width
from nightshoot.tools.measure.frames import WIDTH, Picture
from nightshoot.tools.measure.protocol import Measure, NotJudged, Scale
from nightshoot.tools.measure.take.black_frames import BLACK_LUMA
from nightshoot.tools.measure.take.blank_frames import BLANK_CONTRAST
from nightshoot.tools.measure.take.borders import BARS, bars
from nightshoot.tools.measure.take.imaging_quality import SOFT_EDGE

VERSION = "4"
"""Changes whenever the same picture would be judged otherwise; part of every review's key."""

_LUMA = np.array([0.0722, 0.7152, 0.2126])
"""Weights of blue, green and red. Source: ITU-R BT.709."""


@dataclass(frozen=True)
class KeyframeShown:
    """A keyframe before its judges."""

    plan: ShotPlan
    picture: Picture
    """`(height, width, 3)` uint8 BGR at its own size."""

    @cached_property
    def luma(self) -> Picture:
        """The picture's brightness, `WIDTH` wide or its own width if less, as takes are seen."""
        gray = np.asarray(np.rint(self.picture @ _LUMA), np.uint8)
        height, width = gray.shape
        if width <= WIDTH:
            return gray
        small = (WIDTH, max(1, round(height * WIDTH / width)))
        return np.asarray(cv2.resize(gray, small, interpolation=cv2.INTER_AREA), np.uint8)


class Format:
    """Compares width and height."""

    scale = Scale(id="format", unit="mismatches", direction=Direction.AT_MOST, threshold=0)

    def __call__(self, shown: KeyframeShown) -> Finding:
        """Gives 0 where both are right, else 1."""
        height, width = shown.picture.shape[:2]
        plan = shown.plan
        return self.scale.finding(
            0 if (width, height) == (plan.width, plan.height) else 1,
            f"The keyframe is {width}x{height}, not {plan.width}x{plan.height}.",
        )


class BlackFrames:
    """Finds a black picture."""

    scale = Scale(
        id="black_frames",
        unit="luma of 255",
        direction=Direction.AT_LEAST,
        threshold=BLACK_LUMA,
    )

    def __call__(self, shown: KeyframeShown) -> Finding:
        """Gives the mean brightness."""
        return self.scale.finding(
            float(shown.luma.mean()), "The keyframe is black; light the subject.", frame=0
        )


class BlankFrames:
    """Finds a picture of one flat tone."""

    scale = Scale(
        id="blank_frames",
        unit="luma deviation of 255",
        direction=Direction.AT_LEAST,
        threshold=BLANK_CONTRAST,
    )

    def __call__(self, shown: KeyframeShown) -> Finding:
        """Gives the contrast."""
        return self.scale.finding(
            float(shown.luma.std()),
            "The keyframe is empty; show the subject against a background.",
            frame=0,
        )


class ImagingQuality:
    """Finds a blurred picture; its takes cannot be sharper."""

    scale = Scale(
        id="imaging_quality",
        unit="pixels that the sharpest edges are wide",
        direction=Direction.AT_MOST,
        threshold=SOFT_EDGE,
    )

    def __call__(self, shown: KeyframeShown) -> Finding | NotJudged:
        """Gives the width of the sharpest edges at the size that takes are measured at."""
        width = edge_width(shown.luma)
        if width is None:
            return NotJudged("the picture has too few edges")
        return self.scale.finding(
            width, "The keyframe is blurred; ask for sharp focus and fine detail.", frame=0
        )


class Borders:
    """Finds bars and frames, which painters like to add to a film still."""

    scale = Scale(
        id="borders",
        unit="share of the height or width",
        direction=Direction.AT_MOST,
        threshold=BARS,
    )

    def __call__(self, shown: KeyframeShown) -> Finding:
        """Gives the share that bars above and below, or left and right, take."""
        return self.scale.finding(
            bars(shown.luma[None]),
            "The keyframe has bars or a frame around it; fill the picture to its edges.",
            frame=0,
        )


MEASURES: tuple[Measure[KeyframeShown], ...] = (
    Format(),
    BlackFrames(),
    BlankFrames(),
    ImagingQuality(),
    Borders(),
)
"""In the order in which the board lists them."""


def judge_keyframe(plan: ShotPlan, picture: Picture) -> Review:
    """Gives the verdict on a keyframe.

    Args:
        plan: what was asked for.
        picture: `(height, width, 3)` uint8 BGR.
    """
    shown = KeyframeShown(plan, picture)
    found = [(measure.scale.id, measure(shown)) for measure in MEASURES]
    return Review(
        findings=tuple(one for _, one in found if not isinstance(one, NotJudged)),
        not_judged=tuple(f"{name}: {one.why}" for name, one in found if isinstance(one, NotJudged)),
    )
