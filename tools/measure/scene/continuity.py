"""How far the colours of a shot are from those of its neighbours, and how far they may be.

Another framing has other shares of the same colours; another light has other colours. So shares
are not compared: each colour of one shot is looked for among those of the others. People are ink,
which is dark in any light, and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction
from nightshoot.domain.storyboard import Shot
from nightshoot.domain.vocabulary import CameraAngle, ShotSize
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.scene.palette import Palette

ID = "scene_continuity"
UNIT = "times the difference allowed"

ONE_OF_MANY = Scale(id=ID, unit=UNIT, direction=Direction.AT_MOST, threshold=1.0)
"""Against several neighbours who agree with each other. See `ALLOWED`."""

ONE_OF_TWO = Scale(id=ID, unit=UNIT, direction=Direction.AT_MOST, threshold=2.0)
"""Against one or two neighbours, or such as do not agree: it is not known which of them is off, and
what one framing shows another may not. Source: a choice; a short film's close view of a flute
player beside water and a boat is 1.4 away."""

ALLOWED = 2.6
"""How far half of the colours may be from the nearest of the neighbours', in CIELAB.

Source: set on the part `tuned` of `benchmarks/critic/continuity.py`, where 2 % of the clean shots
of shadow play lie above; a difference of 2.3 is just seen side by side (Mahy et al., 1994).
Unverified on takes of video models, for which `USUAL` is there.
"""

USUAL = 1.5
"""How many times farther than its neighbours are from one another a shot may be, where that is
more: a painter whose shots never match is not asked for the same shot again and again. Source: a
choice; the neighbours in shadow play are 0.5 apart, where it changes nothing."""

OTHER_WAY = 1.5
"""How much farther a shot may be that sees what none of its neighbours sees: a camera that looks
down sees no sky, and a close framing has a few things behind it, large and out of focus. Source:
as `ALLOWED`."""

STOP = 18.0
"""How much of CIELAB a stop of light counts as: in a night, which is dark all over, a stop is few
units of CIELAB. Source: as `ALLOWED`."""

_SEES = {
    CameraAngle.EYE: "ahead",
    CameraAngle.DUTCH: "ahead",
    CameraAngle.HIGH: "ground",
    CameraAngle.OVERHEAD: "ground",
    CameraAngle.LOW: "sky",
}

_CLOSE = frozenset({ShotSize.MCU, ShotSize.CU, ShotSize.ECU})

_INK = 10.0
"""Darker than this in CIELAB lightness is ink. Source: silhouettes of shadow play lie below 9."""
_SHOWS = 0.01
"""A colour of the neighbours counts from this share of the picture on, so that specks and edges
explain nothing."""
_TOO_LITTLE = 0.03
"""A picture with less than this besides ink has no colours to compare."""
_FLOOR = 0.004
"""Added to linear light before its logarithm: see `palette.py`."""

_Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """The colours of a shot as numbers."""

    shares: _Numbers
    """Of the picture, `(colours,)`."""
    lab: _Numbers
    """CIELAB, `(colours, 3)`."""
    stops: _Numbers
    """Linear red, green and blue in stops, `(colours, 3)`."""


def sees_something_else(one: Shot, others: Sequence[Shot]) -> bool:
    """Says whether no neighbour looks the same way from about as far, at people or at none."""
    return all(_view(one) != _view(other) for other in others)


def _view(shot: Shot) -> tuple[str, bool, bool]:
    peopled = bool(shot.staging.figures)
    return _SEES[shot.camera.angle], shot.camera.size in _CLOSE, peopled


def colours_of(*palettes: Palette) -> Colours:
    """Gives the colours of shots, together."""
    tones = [tone for palette in palettes for tone in palette.tones]
    lab = np.array([tone.lab for tone in tones], np.float32)
    rgb = cv2.cvtColor(lab[None], cv2.COLOR_LAB2RGB)[0]
    # Source: IEC 61966-2-1, the transfer function of sRGB.
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    stops = np.log2(np.clip(linear, 0, None) + _FLOOR).astype(np.float32)
    return Colours(np.array([tone.share for tone in tones], np.float32), lab, stops)


def apart(one: Colours, neighbours: Sequence[Colours]) -> float:
    """Gives how far a shot's colours are from its neighbours', in CIELAB.

    The larger of two medians: how far the shot's colours are from the nearest that any neighbour
    has, and how far those of the neighbour that is most like it are from the nearest of the shot's.

    Args:
        one: the shot's own.
        neighbours: at least one.
    """
    together = Colours(
        np.concatenate([other.shares for other in neighbours]),
        np.concatenate([other.lab for other in neighbours]),
        np.concatenate([other.stops for other in neighbours]),
    )
    return max(_unfound(one, together), min(_unfound(other, one) for other in neighbours))


def _unfound(looked_for: Colours, among: Colours) -> float:
    """Gives how far half of some colours are from the nearest of others; 0 where all is ink."""
    bright, shown = looked_for.lab[:, 0] >= _INK, among.shares >= _SHOWS
    shares = looked_for.shares[bright]
    if shares.sum() < _TOO_LITTLE or not shown.any():
        return 0.0
    seen = _median(_nearest(looked_for.lab[bright], among.lab[shown]), shares)
    light = _median(_nearest(looked_for.stops[bright], among.stops[shown]), shares)
    return max(seen, STOP * light / 3**0.5)


def _nearest(points: _Numbers, others: _Numbers) -> _Numbers:
    """Gives how far each point is from the nearest of the others: `(n,)`."""
    away = points[:, None] - others[None]
    return np.asarray(np.sqrt((away**2).sum(axis=2)).min(axis=1), np.float32)


def _median(values: _Numbers, weights: _Numbers) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
