"""Spoils clean takes as a whole: what was delivered is not what was asked for, or hardly a picture.

The other half of `defects.py`, which spoils light, focus and framing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.critic.defects import Defect, camera_moves, lit, with_frames
from nightshoot.domain.vocabulary import CameraMove
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.shown import TakeShown

_OPPOSITES = {
    CameraMove.PAN_LEFT: CameraMove.PAN_RIGHT,
    CameraMove.TILT_UP: CameraMove.TILT_DOWN,
    CameraMove.PUSH_IN: CameraMove.PULL_OUT,
    CameraMove.TRUCK_LEFT: CameraMove.TRUCK_RIGHT,
    CameraMove.PEDESTAL_UP: CameraMove.PEDESTAL_DOWN,
    CameraMove.ZOOM_IN: CameraMove.ZOOM_OUT,
}
OPPOSITES = _OPPOSITES | {other: one for one, other in _OPPOSITES.items()}


def _has_opposite(shown: TakeShown) -> bool:
    return shown.plan.camera.move in OPPOSITES


def _narrow(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    width = s.footage.width - max(1, round(grade / 100 * s.footage.width))
    return TakeShown(s.plan, replace(s.footage, width=width), s.keyframe)


def _rerated(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    fps = s.footage.fps * (1 + Fraction(str(grade)) / 100)
    return TakeShown(s.plan, replace(s.footage, fps=fps), s.keyframe)


def _miscounted(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Breaks off early, or stands on its last frame."""
    count = len(s.footage.luma)
    order = np.arange(count - round(grade) if rng.random() < 0.5 else count + round(grade))
    order = np.minimum(order, count - 1)
    return with_frames(s, s.footage.luma[order], s.footage.color[order])


def _gone(tone: float | None, s: TakeShown, grade: float, rng: np.random.Generator) -> TakeShown:
    """Shows one tone for `grade` frames; None: the mean of the take."""
    luma, color = s.footage.luma.copy(), s.footage.color.copy()
    begun = rng.integers(0, max(1, len(luma) - round(grade)))
    there = slice(begun, begun + round(grade))
    luma[there] = luma.mean() if tone is None else tone
    color[there] = color.mean(axis=(0, 1, 2)) if tone is None else tone
    return with_frames(s, luma, color)


def _black(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    return _gone(0, s, grade, rng)


def _blank(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    return _gone(None, s, grade, rng)


def _dim(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    return lit(s, np.full(len(s.footage.luma), grade / 100))


def _washed(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    def flatter(frames: Picture) -> Picture:
        levels = np.arange(256) * grade / 100 + frames.mean() * (1 - grade / 100)
        return np.asarray(np.rint(levels).astype(np.uint8)[frames], np.uint8)

    return with_frames(s, flatter(s.footage.luma), flatter(s.footage.color))


def _slowed(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    """Shows only the first `grade` percent of what happens, over the whole length."""
    return _run(s, np.arange(len(s.footage.luma)) * grade / 100)


def _run(shown: TakeShown, places: NDArray[np.float64]) -> TakeShown:
    """Gives the take at places between its frames, neighbours blended."""
    first = np.floor(places).astype(int)

    def between(frames: Picture) -> Picture:
        done = []
        for at, share in zip(first, places - first, strict=True):
            after = frames[min(at + 1, len(frames) - 1)]
            done.append(cv2.addWeighted(frames[at], 1 - share, after, share, 0))
        return np.stack(done).astype(np.uint8)

    return with_frames(shown, between(shown.footage.luma), between(shown.footage.color))


def _grainy(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Shows the first frame all the time, under grain that boils."""

    def still(frames: Picture) -> Picture:
        noise = rng.normal(0, grade, frames.shape).astype(np.float32)
        return np.asarray(np.clip(np.rint(frames[0] + noise), 0, 255), np.uint8)

    return with_frames(s, still(s.footage.luma), still(s.footage.color))


def _smeared(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    """Levels what is finer than `grade` percent of the width; large edges stay."""

    def levelled(frames: Picture) -> Picture:
        size = max(3, round(grade / 100 * s.footage.luma.shape[2]) // 2 * 2 + 1)
        return np.stack([cv2.medianBlur(frame, size) for frame in frames]).astype(np.uint8)

    return with_frames(s, levelled(s.footage.luma), s.footage.color)


def _breathing(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Lets the exposure hunt slowly, as a camera does that cannot decide."""
    seconds = np.arange(len(s.footage.luma)) / float(s.footage.fps)
    turns = rng.uniform(0.6, 1.2) * seconds + rng.uniform()
    return lit(s, 1 + grade / 100 * np.sin(math.tau * turns))


def _misled(s: TakeShown, _grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    """Asks for the opposite move of what was filmed."""
    camera = s.plan.camera
    camera = camera.model_copy(update={"move": OPPOSITES[camera.move]})
    return TakeShown(s.plan.model_copy(update={"camera": camera}), s.footage, s.keyframe)


_SOFT = ("imaging_quality", "sharpness_kept", "detail_kept")
_STILL = ("dynamic_degree", "camera_motion")

DELIVERY: tuple[Defect, ...] = (
    Defect("wrong_size", ("format",), "% of the width", (0.5, 5, 25, 50), 5, _narrow),
    # 4 % is 25 frames a second for 24: speech is half a tone high.
    Defect("wrong_rate", ("format",), "% faster", (0.1, 4, 25, 50), 4, _rerated),
    Defect("wrong_length", ("frame_count",), "frames", (1, 6, 12, 24), 6, _miscounted),
    Defect("black", ("black_frames",), "frames", (1, 2, 6, 24), 2, _black),
    Defect("blank", ("blank_frames",), "frames", (1, 2, 6, 24), 2, _blank),
    Defect(
        "dim",
        ("black_frames", "clipped_exposure", "detail_kept"),
        "% of the light left",
        (50, 20, 10, 5),
        10,
        _dim,
    ),
    Defect(
        "washed_out",
        ("blank_frames", *_SOFT),
        "% of the contrast left",
        (50, 20, 10, 5),
        10,
        _washed,
    ),
    # At 2 % a strong move goes less than 1 % of the width in all.
    Defect(
        "nearly_still", _STILL, "% of the motion left", (50, 20, 5, 2, 0), 2, _slowed, camera_moves
    ),
    Defect("still_grain", _STILL, "levels of 255", (0.5, 1, 2, 4), 2, _grainy, camera_moves),
    # A median over 2.6 % of the width is 19 pixels at 720p: faces and leaves become patches.
    Defect("smeared", _SOFT, "% of the width", (1.1, 1.9, 2.6, 4.1), 2.6, _smeared),
    Defect(
        "breathing", ("temporal_flickering",), "% of brightness", (4, 8, 16, 32), 16, _breathing
    ),
    Defect("wrong_move", ("camera_motion",), "opposite", (1,), 1, _misled, _has_opposite),
)
