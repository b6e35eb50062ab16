"""Grades a shot as it is cut in: light and colour by a look-up table, over what was filmed.

A table is worked out once a part and applied by FFmpeg's `lut3d`, so that every backend's takes are
graded alike, in linear light, at the price of one filter.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.domain.storyboard import Grade
from nightshoot.tools.edit.ffmpeg import write_note

VERSION = "1"
"""Changes whenever the same grade would give other colours."""

Colours = npt.NDArray[np.float64]
"""`(..., 3)` RGB, display-referred, from 0 to 1."""

_POINTS = 33
"""Points of the table along each axis. Source: the size that graders exchange (Adobe's Cube LUT
Specification 1.0 allows 2 to 256; 33 is what DaVinci Resolve writes)."""

_GAMMA = 2.4
"""The display's power. Source: ITU-R BT.1886."""

_LUMA = np.array([0.2126, 0.7152, 0.0722])
"""Source: ITU-R BT.709."""

_WARM_STOPS = 0.45
"""How far warmth 1 drives red up and blue down, in stops. Source: the ratio of red and of blue
light between black bodies of 6500 K and 4300 K, sRGB primaries (Charity's table): 0.42 and 0.5."""

_CONTRAST = 0.5
"""The exponent about middle grey at contrast 1 is 1 + this, at -1 its inverse."""

_GREY = 0.18
"""Middle grey in linear light."""

_SHOULDER = 0.8
"""Above this linear level highlights roll off rather than clip, where something makes them
brighter."""


def graded(colours: Colours, grade: Grade) -> Colours:
    """Gives colours under a grade, in the same shape; black stays black.

    Args:
        colours: `(..., 3)`, display-referred RGB, 0 to 1.
        grade: what to do.
    """
    if grade == Grade():
        return colours
    light = np.clip(colours, 0, 1) ** _GAMMA
    tint = _WARM_STOPS * grade.warmth
    gains = np.exp2(np.array([tint, 0.0, -tint]))
    gains /= gains @ _LUMA
    light = light * np.exp2(grade.exposure_stops) * gains
    if grade.contrast:
        power = (1 + _CONTRAST) ** grade.contrast
        luma = np.maximum(light @ _LUMA, 1e-9)[..., None]
        light = light * (luma / _GREY) ** (power - 1)
    luma = (light @ _LUMA)[..., None]
    light = luma + (light - luma) * (1 + grade.saturation)
    return np.asarray(_rolled_off(np.maximum(light, 0)) ** (1 / _GAMMA), np.float64)


def _rolled_off(light: Colours) -> Colours:
    """Bends what lies above the shoulder so that it comes near to 1 and does not pass it."""
    room = 1 - _SHOULDER
    over = np.maximum(light - _SHOULDER, 0)
    # A value of 1 that nothing made brighter stays near 1: the bend is scaled to reach it there.
    bent = _SHOULDER + room * (1 - np.exp(-over / room)) / (1 - np.exp(-1))
    return np.asarray(np.minimum(np.where(light > _SHOULDER, bent, light), 1.0))


def cube(grade: Grade) -> str:
    """Gives the table of a grade in Adobe's Cube form, red running fastest."""
    axis = np.linspace(0, 1, _POINTS)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    table = graded(np.stack([red, green, blue], axis=-1).reshape(-1, 3), grade)
    rows = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in table)
    return f"LUT_3D_SIZE {_POINTS}\n{rows}\n"


def grading(grade: Grade, *, folder: Path, name: str) -> list[str]:
    """Writes the table of a grade into `folder` and gives the filters that apply it.

    Args:
        grade: what to do; a grade of zeros needs no filter.
        folder: where FFmpeg runs.
        name: of the table's file, without its ending.
    """
    if grade == Grade():
        return []
    write_note(folder / f"{name}.cube", cube(grade))
    return [
        "scale=in_color_matrix=bt709:in_range=tv",
        "format=gbrp12le",
        f"lut3d=file={name}.cube:interp=tetrahedral",
        "scale=out_color_matrix=bt709:out_range=tv",
        "format=yuv420p",
    ]
