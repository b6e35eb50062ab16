"""Whether a take takes on a colour that its keyframe does not have."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import fitted, may_end_on_keyframe

CAST = 3.0
"""Source: measured. Clean shadow-play takes have 0.5 at most, real footage 1.4; a drift by 4 has
2.0 at least, one by 8 has 5.0."""

_STEP_S = 0.25
_LASTING = 4
"""Steps, so a second."""
_GRID = (24, 40)
_DARK = 10.0
"""Added to lightness before chroma is divided by it: dusk takes chroma too, and is no cast."""


class ColourCast:
    """Measures how far the palette drifts as a whole."""

    scale = Scale(
        id="colour_cast",
        unit="chroma in CIELAB",
        direction=Direction.AT_MOST,
        threshold=CAST,
    )

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives the farthest drift from the keyframe, or from the first frame without one.

        The drift is followed in small steps, each the median over the cells of a grid: what walks
        in or is uncovered changes some cells at a time, a cast all of them.
        """
        take = shown.footage
        apart = max(1, round(_STEP_S * take.fps))
        frames = [*range(0, len(take.color), apart)]
        if may_end_on_keyframe(shown.plan) and _ends_nearer(shown):
            frames = [*range(len(take.color) - 1, -1, -apart)]
        grids = [_cells(take.color[at], cv2.COLOR_RGB2LAB) for at in frames]
        if shown.keyframe is not None:
            picture = fitted(shown.keyframe, take.color.shape[1:3])
            grids.insert(0, _cells(picture, cv2.COLOR_BGR2LAB))
        else:
            grids.insert(0, grids[0])
        usual = float(np.median(grids[0][:, 0])) + _DARK
        chroma = [usual * grid[:, 1:] / (grid[:, :1] + _DARK) for grid in grids]
        steps = np.array([np.median(after - before, axis=0) for before, after in pairwise(chroma)])
        drifts = np.linalg.norm(np.cumsum(steps, axis=0), axis=1)
        # Lightning colours a few frames; a cast stays.
        lasting = min(_LASTING, len(drifts))
        drifts = np.lib.stride_tricks.sliding_window_view(drifts, lasting).min(axis=1)
        worst = int(drifts.argmax())
        return self.scale.finding(
            float(drifts[worst]),
            "The colours drift from the keyframe; keep its white balance and palette.",
            frame=frames[worst],
        )


def _cells(picture: Picture, code: int) -> NDArray[np.float32]:
    """Gives L, a and b of each cell, `(cells, 3)`."""
    grid = cv2.resize(picture, _GRID, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.cvtColor(grid / 255, code).reshape(-1, 3), np.float32)


def _ends_nearer(shown: TakeShown) -> bool:
    """Whether the take's last frame is more like the keyframe than its first."""
    if shown.keyframe is None:
        return True
    first, last = (shown.footage.color[at].astype(np.float32) for at in (0, -1))
    picture = fitted(shown.keyframe, first.shape[:2])[:, :, ::-1].astype(np.float32)
    return float(np.abs(last - picture).mean()) < float(np.abs(first - picture).mean())
