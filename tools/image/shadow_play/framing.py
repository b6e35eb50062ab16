"""How shot size and camera angle place the horizon, the floor and the people in the frame."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.domain.vocabulary import CameraAngle, Setting, ShotSize


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The geometry of one framing. All lengths are frame pixels; y grows downward."""

    width: int
    height: int
    horizon: float
    """The y of the horizon; it may lie outside the frame for strong angles and close framings."""
    floor: float
    """The y where the subject's feet stand; far below the frame in close framings."""
    person: float
    """The height of a standing adult on the subject's plane; larger than the frame in close-ups."""
    zoom: float
    """How much the background is magnified against the widest framing, which is 1.0."""
    blur: float
    """The blur of the background (standard deviation, pixels); 0 in wide framings."""

    @property
    def short(self) -> int:
        """The shorter side: sizes that should not depend on the aspect are fractions of it."""
        return min(self.width, self.height)


HEADS = 7.2
"""How many heads tall an adult is drawn. Source: 7 to 7.5 in figure drawing."""

CLOSE = (ShotSize.MCU, ShotSize.CU, ShotSize.ECU)
"""Framings that show a head and shoulders, or less."""

_ZOOM = {
    ShotSize.EWS: 1.0,
    ShotSize.WS: 1.15,
    ShotSize.MWS: 1.35,
    ShotSize.MS: 1.6,
    ShotSize.MCU: 2.0,
    ShotSize.CU: 2.5,
    ShotSize.ECU: 3.2,
}
_BLUR = {ShotSize.MS: 0.0, ShotSize.MCU: 0.008, ShotSize.CU: 0.013, ShotSize.ECU: 0.018}
"""Fractions of the shorter side."""

_TALL = {
    ShotSize.EWS: (0.19, 0.34),
    ShotSize.WS: (0.50, 0.90),
    ShotSize.MWS: (0.82, 1.55),
    ShotSize.MS: (1.28, 2.15),
}
"""A standing adult as a fraction of the frame's height and of its width; the smaller counts."""

_HEAD = {ShotSize.MCU: (0.38, 0.45), ShotSize.CU: (0.47, 0.56), ShotSize.ECU: (0.98, 1.02)}
"""A head's height in close framings, measured likewise."""

_FOOT = {ShotSize.EWS: 0.80, ShotSize.WS: 0.835}
"""Feet in wide framings: captions take the lowest 18 % of the frame."""

_CROWN = {
    ShotSize.MWS: 0.20,
    ShotSize.MS: 0.19,
    ShotSize.MCU: 0.235,
    ShotSize.CU: 0.185,
    ShotSize.ECU: -0.06,
}
"""The top of the head in closer framings, as a fraction of the frame's height."""

_HORIZON = {
    CameraAngle.EYE: 0.60,
    CameraAngle.DUTCH: 0.60,
    CameraAngle.HIGH: 0.44,
    CameraAngle.LOW: 0.775,
    CameraAngle.OVERHEAD: 0.11,
}
_GROWTH = {CameraAngle.HIGH: 0.84, CameraAngle.LOW: 1.14, CameraAngle.OVERHEAD: 0.72}
"""How an angle changes the size of people: from above they shrink, from below they tower."""


def view_for(
    *, size: ShotSize, angle: CameraAngle, width: int, height: int, setting: Setting
) -> View:
    """Gives the geometry of a framing; the same place keeps its shape from framing to framing."""
    growth = _GROWTH.get(angle, 1.0)
    if size in CLOSE:
        of_height, of_width = _HEAD[size]
        person = min(of_height * height, of_width * width) * HEADS
        growth = 1.0
    else:
        of_height, of_width = _TALL[size]
        person = min(of_height * height, of_width * width)
    person *= growth
    if size in _FOOT:
        floor = _FOOT[size] * height
        if angle is CameraAngle.HIGH:
            floor -= 0.04 * height
    else:
        floor = _CROWN[size] * height + person
    horizon = _HORIZON[angle]
    if size in CLOSE or size is ShotSize.MS:
        horizon = 0.60 + (horizon - 0.60) * 0.75
    if setting in (Setting.PALACE, Setting.ROOM):
        horizon = 0.60 + (horizon - 0.60) * 0.6
    elif setting in (Setting.MOUNTAIN, Setting.FOREST) and angle is CameraAngle.EYE:
        horizon += 0.03
    return View(
        width=width,
        height=height,
        horizon=horizon * height,
        floor=floor,
        person=person,
        zoom=_ZOOM[size],
        blur=_BLUR.get(size, 0.0) * min(width, height),
    )
