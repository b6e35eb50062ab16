"""Whether the picture moves too violently to be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.motion import HOP_S
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import Gray, Reals, small_gray

VIOLENT = 0.8
"""Source: measured. Clean shadow-play takes have 0.09 at most (the strongest handheld included),
real footage 0.43; a shake by 3 percent of the width at 4 Hz has 0.7, by 6 percent 1.3."""


_SURE = 0.15
"""The least share of the picture's correlation that must lie in one shift."""
_GRID = (12, 20)
_CHANGED = 1.0
"""Levels of 255 by which a cell must change to bear witness."""
_TEXTURE = 4.0
"""Deviation of brightness, of 255, from which a cell has texture."""
_MOST = 0.6


class ViolentMotion:
    """Measures how fast the whole picture moves at its fastest."""

    scale = Scale(
        id="violent_motion",
        unit="widths of the picture a second",
        direction=Direction.AT_MOST,
        threshold=VIOLENT,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the speed of the fastest eighth of a second."""
        gray, fps, motion = small_gray(shown.footage), float(shown.footage.fps), shown.motion
        speed, worst = _fastest(gray, fps)
        if not motion.seen and not speed:
            return NotJudged("no points of the picture can be followed")
        gentle = motion.speed <= VIOLENT
        if (
            motion.seen
            and motion.speed > speed
            and (gentle or _all_change(gray, motion.fastest, fps))
        ):
            speed, worst = motion.speed, motion.fastest
        return self.scale.finding(
            speed,
            "The picture moves too fast to be read; ask for a slower, steadier camera.",
            frame=worst,
        )


def _fastest(gray: Gray, fps: float) -> tuple[float, int]:
    """Gives the fastest shift of the whole picture, and its frame.

    Followed points are lost when the picture goes far from frame to frame; the correlation of the
    whole is not.
    """
    width = gray.shape[2]
    window = cv2.createHanningWindow((width, gray.shape[1]), cv2.CV_32F)
    frames = [frame.astype(np.float32) for frame in gray]
    speeds = [0.0]
    for before, after in pairwise(frames):
        way, sure = cv2.phaseCorrelate(before, after, window)
        speed = math.hypot(*way) * fps / width
        whole = sure > _SURE and (speed < VIOLENT / 2 or _goes(before, after, way))
        speeds.append(speed if whole else 0.0)
    # A cut is fast for one frame; a whip lasts.
    lasting = [min(pair) for pair in pairwise(speeds)] or [0.0]
    worst = int(np.argmax(lasting))
    return lasting[worst], worst


def _all_change(gray: Gray, at: int, fps: float) -> bool:
    """Whether what has texture changes everywhere; else somebody near walks through."""
    before = gray[max(0, at - round(HOP_S * fps))].astype(np.float32)
    mean = cv2.resize(before, _GRID, interpolation=cv2.INTER_AREA)
    square = cv2.resize(before * before, _GRID, interpolation=cv2.INTER_AREA)
    texture = np.sqrt(np.maximum(square - mean * mean, 0))
    change = cv2.absdiff(before, gray[at].astype(np.float32))
    changed = cv2.resize(change, _GRID, interpolation=cv2.INTER_AREA) > texture / 2
    textured = texture > _TEXTURE
    return bool(not textured.any() or changed[textured].mean() > _MOST)


def _goes(before: Reals, after: Reals, way: Sequence[float]) -> bool:
    """Whether most of the picture went this way, and not only somebody who walks through it."""
    height, width = before.shape
    matrix = np.array([[1, 0, way[0]], [0, 1, way[1]]], np.float64)
    gone = cv2.warpAffine(before, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    stayed = cv2.resize(cv2.absdiff(before, after), _GRID, interpolation=cv2.INTER_AREA)
    left = cv2.resize(cv2.absdiff(gone, after), _GRID, interpolation=cv2.INTER_AREA)
    textured = stayed > _CHANGED
    return bool(textured.mean() > _MOST and (left[textured] < stayed[textured]).mean() > _MOST)
