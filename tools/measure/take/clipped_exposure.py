"""Whether shadows drown or lights burn out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import TimeOfDay, Weather
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import fitted, sampled

CLIPPED = 0.1
"""Source: measured. 100 clean takes have 0.07 at most beyond what their keyframe has near black
and white, dusk and passers-by among them; lights burnt out over 16 percent of it 0.15 and more."""

_BLACK, _WHITE = 3, 252
_NEAR_BLACK, _NEAR_WHITE = 6, 248
"""What the keyframe holds from here on may clip: encoding shifts tones by a few levels. At 8 and
244 dark ground and pale skies could clip unseen. Source: measured on 100 takes, see `CLIPPED`."""
_FRAMES = 12
_STRIKE_S = 0.6
"""How long a flash of lightning lasts at most; usually 0.2 to 0.5 s. Source: Rakov and Uman,
Lightning: Physics and Effects (2003), chapter 1."""
_STEP_S = 0.125
"""Between the frames that are looked at in a storm: so that a flash cannot hide what stays."""
_DARK_SHARE = {TimeOfDay.NIGHT: 0.5}
_SHARE = 0.2


class ClippedExposure:
    """Measures how much more of the picture is clipped than the keyframe has or the hour allows."""

    scale = Scale(
        id="clipped_exposure",
        unit="share of the picture",
        direction=Direction.AT_MOST,
        threshold=CLIPPED,
    )

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives the worst frame."""
        color = shown.footage.color
        stormy = shown.plan.staging.weather is Weather.STORM
        long = len(color) / float(shown.footage.fps)
        frames = sampled(len(color), max(_FRAMES, round(long / _STEP_S)) if stormy else _FRAMES)
        black, white = _clipped(color[frames], _BLACK, _WHITE)
        black_before, white_before = _allowed(shown, color.shape[1:3])
        if stormy:
            # Lightning burns out for a moment, rightly; what stays burnt is no lightning.
            white = _lasting(white, long / len(frames))
        over = np.maximum(black - black_before, white - white_before)
        worst = int(over.argmax())
        dark = black[worst] - black_before > white[worst] - white_before
        return self.scale.finding(
            max(0.0, float(over[worst])),
            "Shadows drown in black; ask for more fill light and visible detail in the dark."
            if dark
            else "Lights burn out to white; ask for softer light and a lower exposure.",
            frame=frames[worst],
        )


def _lasting(white: NDArray[np.float64], step_s: float) -> NDArray[np.float64]:
    """Gives the least share from each frame on until no flash lasts; a short take's least of all.

    Args:
        white: the burnt share of each frame.
        step_s: between frames.
    """
    span = min(len(white), math.ceil(_STRIKE_S / step_s) + 1)
    least = np.lib.stride_tricks.sliding_window_view(white, span).min(axis=1)
    # The last frames have no whole span after them; they belong to the last one.
    return np.concatenate([least, np.full(len(white) - len(least), least[-1])])


def _allowed(shown: TakeShown, size: tuple[int, int]) -> tuple[float, float]:
    if shown.keyframe is not None:
        black, white = _clipped(fitted(shown.keyframe, size)[None], _NEAR_BLACK, _NEAR_WHITE)
        return float(black[0]), float(white[0])
    return _DARK_SHARE.get(shown.plan.staging.time_of_day, _SHARE), _SHARE


def _clipped(
    color: Picture, black: int, white: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gives the shares of black, and of pixels of which a channel is burnt out, of each frame."""
    strongest = np.maximum(np.maximum(color[..., 0], color[..., 1]), color[..., 2])
    return (strongest <= black).mean(axis=(1, 2)), (strongest >= white).mean(axis=(1, 2))
