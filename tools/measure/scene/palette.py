"""What of a shot's light and colour is compared with its neighbours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Weather
from nightshoot.tools.measure.frames import Footage, Picture
from nightshoot.tools.measure.small import sampled

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear red, green and blue. Source: ITU-R BT.709."""

_FLOOR = 0.004
"""Added to luminance before its logarithm: a step of code value 13 of 255, below which the eye
sees black on a phone. Keeps ink, which close framings are full of, from counting for more than
light."""

_PARTS = (50, 90, 98)
"""Percentiles of luminance. Source: measured over 33 scenes: lower ones tell how much ink is in the
frame (between scenes they spread as much as within), these tell the light."""

_LIGHT_THIRD = 100 * 2 / 3
_FRAMES = 5
_STORM_FRAMES = 15
"""Lightning must not decide the median."""

_STEP = 6.0
"""The edge of a cell of CIELAB whose pixels count as one colour; the colour is their mean, so that
a coarse cell loses little."""
_LEAST = 0.002
"""A colour with a smaller share of the picture is a speck or an edge."""
_FLASH = 0.3
"""A frame whose light is farther than this from the median frame's, in stops, is lightning or a
fade, and its colours are left out."""


class Tone(Value):
    """A colour of a picture."""

    share: float
    """Of the picture, 0 to 1."""
    lab: tuple[float, float, float]
    """CIELAB, D65."""


class Palette(Value):
    """The light and the colour of a shot."""

    stops: tuple[float, float, float]
    """Base-2 logarithms of the median luminance, of its 90th and of its 98th percentile; 0 is
    white, -1 half as much light."""
    a: float
    """Red against green of the lighter third of the picture, CIELAB."""
    b: float
    """Yellow against blue of the lighter third, CIELAB."""
    tones: tuple[Tone, ...] = Field(min_length=1)
    """The colours in the picture, wherever they stand."""


def palette_of(footage: Footage, plan: ShotPlan) -> Palette:
    """Gives the palette of a take: the median over frames from its first to its last.

    The tones are those of all frames that are as light as most.

    Args:
        footage: the take; a single frame will do.
        plan: what was asked for; in a storm more frames are read.
    """
    number = _STORM_FRAMES if plan.staging.weather is Weather.STORM else _FRAMES
    frames = [footage.color[at] for at in sampled(len(footage.color), number)]
    seen = np.array([_seen(frame) for frame in frames])
    light = seen[:, : len(_PARTS)].mean(axis=1)
    steady = np.abs(light - np.median(light)) <= _FLASH
    dim, bright, peak, a, b = (round(float(one), 3) for one in np.median(seen, axis=0))
    kept = [frame for frame, one in zip(frames, steady, strict=True) if one] or frames
    return Palette(stops=(dim, bright, peak), a=a, b=b, tones=_tones(np.stack(kept)))


def _tones(frames: Picture) -> tuple[Tone, ...]:
    """Gives the colours of RGB frames and how much of the picture has each."""
    code = frames.reshape(1, -1, 3).astype(np.float32) / 255
    lab = cv2.cvtColor(code, cv2.COLOR_RGB2LAB)[0]
    cells = np.floor(lab / _STEP).astype(np.int64) + 64
    _, cell, count = np.unique(
        (cells[:, 0] * 128 + cells[:, 1]) * 128 + cells[:, 2],
        return_inverse=True,
        return_counts=True,
    )
    means = np.stack([np.bincount(cell, lab[:, axis]) / count for axis in range(3)], axis=1)
    least = min(_LEAST, count.max() / len(lab))
    return tuple(
        Tone(share=round(share, 4), lab=(round(light, 1), round(a, 1), round(b, 1)))
        for share, (light, a, b) in zip((count / len(lab)).tolist(), means.tolist(), strict=True)
        if share >= least
    )


def _seen(frame: Picture) -> NDArray[np.float64]:
    """Gives the three luminances in stops, then a and b, of one RGB frame."""
    code = frame.astype(np.float32) / 255
    # Source: IEC 61966-2-1, the transfer function of sRGB.
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    luminance = linear @ _LUMA
    lab = cv2.cvtColor(code, cv2.COLOR_RGB2LAB)
    light = lab[luminance >= np.percentile(luminance, _LIGHT_THIRD)]
    stops = np.log2(np.percentile(luminance, _PARTS) + _FLOOR)
    return np.array([*stops, *light[:, 1:].mean(axis=0)], np.float64)
