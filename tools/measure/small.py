"""Small pictures that the measures of signals share: gray, and grids of cells."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import CameraMove
from nightshoot.tools.measure.frames import Footage, Picture

Gray = NDArray[np.uint8]
"""`(frames, height, width)`, or one `(height, width)`; 0 to 255."""
Reals = NDArray[np.float32]


def small_gray(footage: Footage) -> Gray:
    """Gives every frame gray, a quarter of `luma` each way."""
    frames, height, width, _ = footage.color.shape
    tall = footage.color.reshape(frames * height, width, 3)
    gray = cv2.cvtColor(tall, cv2.COLOR_RGB2GRAY)
    return np.asarray(gray.reshape(frames, height, width), np.uint8)


def cells(gray: Gray, across: int, down: int) -> Reals:
    """Gives the mean of each cell of a grid, `(frames, down, across)`; never more than pixels."""
    frames, height, width = gray.shape
    across, down = min(across, width), min(down, height)
    grid = np.empty((frames, down, across), np.float32)
    for index, frame in enumerate(gray):
        grid[index] = cv2.resize(
            frame.astype(np.float32), (across, down), interpolation=cv2.INTER_AREA
        )
    return grid


def fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    """Gives a picture scaled to fill `size` (height, width), what is too much cut off evenly."""
    height, width = size
    scale = max(height / picture.shape[0], width / picture.shape[1])
    tall, wide = (
        max(height, round(picture.shape[0] * scale)),
        max(width, round(picture.shape[1] * scale)),
    )
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    large = cv2.resize(picture, (wide, tall), interpolation=way)
    top, left = (tall - height) // 2, (wide - width) // 2
    return np.asarray(large[top : top + height, left : left + width], np.uint8)


def sampled(count: int, number: int) -> list[int]:
    """Gives up to `number` frames spread over `count`, the first and the last among them."""
    return sorted({round(at) for at in np.linspace(0, count - 1, min(number, count))})


def may_end_on_keyframe(plan: ShotPlan) -> bool:
    """Whether the camera may arrive at the keyframe instead of leaving it.

    Source: `tools/video/multiplane/camera.py`: so that no move needs more canvas than the
    keyframe has, pull out and zoom out begin closer. A video model begins on it all the same.
    """
    leaving = plan.camera.move not in {CameraMove.PULL_OUT, CameraMove.ZOOM_OUT}
    return not leaving and not plan.camera.path
