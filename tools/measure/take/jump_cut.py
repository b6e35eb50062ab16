"""Whether the picture jumps inside a take: a cut, or a leap of time or framing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import Reals, small_gray

JUMP = 1.3
"""Source: measured. Clean takes, storms and handheld ones included, have 0.49 at most; a cut to
another take 5.9 at least, one blended over two frames 1.40, a reframing by a fifth 3.0."""

_FLOOR = 0.06
"""Added to the change around, in deviations of brightness: so much may change in a calm take."""
_AROUND = 6
_BLUR = 1.2
_FLASH = 18
"""Frames: lightning is gone in about half a second."""
_RISE = 0.08
"""The share by which a flash lights the picture at least."""
_LOOKED_AT = 6


class JumpCut:
    """Measures the sharpest leap of the picture against the change around it."""

    scale = Scale(
        id="jump_cut",
        unit="times the change of the frames around",
        direction=Direction.AT_MOST,
        threshold=JUMP,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the worst leap.

        Frames are compared without their own brightness and contrast. Both frames before a leap
        must differ from both after it: a flash goes away again, and is none.
        """
        gray = small_gray(shown.footage)
        if len(gray) < 4:
            return NotJudged("fewer than four frames")
        plain, light = _plain(gray), gray.mean(axis=(1, 2), dtype=np.float32)
        steps = np.abs(plain[1:] - plain[:-1]).mean(axis=(1, 2))
        leaps = np.array([_leap(plain, steps, at) for at in range(1, len(plain))])
        around = np.array([_change_around(steps, at - 1) for at in range(1, len(plain))])
        ratio = leaps / (around + _FLOOR)
        for at in np.argsort(ratio)[::-1][:_LOOKED_AT]:
            ratio[at] *= _stays(plain, light, int(at) + 1)
        worst = int(ratio.argmax())
        return self.scale.finding(
            float(ratio[worst]),
            "The take has a cut or a leap in it; ask for one continuous shot.",
            frame=worst + 1,
        )


def _plain(gray: NDArray[np.uint8]) -> Reals:
    plain = np.empty(gray.shape, np.float32)
    for index, frame in enumerate(gray):
        blurred = cv2.GaussianBlur(frame.astype(np.float32), (0, 0), _BLUR)
        mean, deviation = cv2.meanStdDev(blurred)
        plain[index] = (blurred - mean[0, 0]) / (deviation[0, 0] + 4)
    return plain


def _leap(plain: Reals, steps: Reals, at: int) -> float:
    """Gives how much frames before `at` differ at least from those from `at` on."""
    least = float(steps[at - 1])
    for before, after in ((at - 2, at), (at - 1, at + 1), (at - 2, at + 1)):
        if before >= 0 and after < len(plain):
            least = min(least, float(np.abs(plain[after] - plain[before]).mean()))
    return least


def _stays(plain: Reals, light: Reals, at: int) -> float:
    """Gives what is left of a leap when the picture has had time to come back; 1: all of it.

    While a flash fades the camera goes on: where the light rose and fell back, what it changed as
    quickly before the flash is not held against the take.
    """
    before = plain[at - 1]
    leap = float(np.abs(plain[at] - before).mean())
    later = range(at + 1, min(len(plain), at + 1 + _FLASH))
    if not later or not leap:
        return 1.0
    rise = light[at : at + 3].max() - light[at - 1]
    faded = [one for one in later if light[one] - light[at - 1] < rise / 4]
    flash = rise > _RISE * light[at - 1] and bool(faded)
    left = []
    for one in later:
        change = float(np.abs(plain[one] - before).mean())
        if flash and one in faded:
            ago = max(0, at - 1 - (one - at + 1))
            change -= float(np.abs(before - plain[ago]).mean()) if ago else 0.0
        left.append(max(0.0, change))
    return min(1.0, min(left) / leap)


def _change_around(steps: Reals, at: int) -> float:
    """Gives the largest step near one, itself left out."""
    near = np.concatenate([steps[max(0, at - _AROUND) : at], steps[at + 1 : at + 1 + _AROUND]])
    return float(np.sort(near)[-2:].mean()) if len(near) else 0.0
