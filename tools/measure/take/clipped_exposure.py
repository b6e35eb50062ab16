"""Whether shadows drown or lights burn out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import TimeOfDay, Weather
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import fitted, sampled

CLIPPED = 0.1
"""Source: measured. Clean takes have 0.002 at most beyond what their keyframe has near black
and white; lights burnt out over 16 percent of it 0.09 in one take, 0.17 and up in the others."""

_BLACK, _WHITE = 3, 252
_NEAR_BLACK, _NEAR_WHITE = 8, 244
"""What the keyframe holds from here on may clip: encoding shifts tones by a few levels."""
_FRAMES = 12
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
        frames = sampled(len(color), _FRAMES)
        black, white = _clipped(color[frames], _BLACK, _WHITE)
        black_before, white_before = _allowed(shown, color.shape[1:3])
        if shown.plan.staging.weather is Weather.STORM:
            # Lightning burns out for a few frames, rightly.
            white = np.full_like(white, np.median(white))
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
