"""How far apart two shots of one scene are in light and colour, and how far they may be."""

from __future__ import annotations

import math

from nightshoot.domain.review import Direction
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import CameraAngle
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.scene.palette import Palette

ID = "scene_continuity"
UNIT = "times the difference allowed"

ONE_OF_MANY = Scale(id=ID, unit=UNIT, direction=Direction.AT_MOST, threshold=2.6)
"""Against the nearest of several neighbours who agree with each other. Source: the 99th percentile
of 355 pairs of neighbours in clean films is 1.9, and a close-up of a clean film lay at 2.34: what
fills a close framing is darker than its room. See `COLOUR`."""

ONE_OF_TWO = Scale(id=ID, unit=UNIT, direction=Direction.AT_MOST, threshold=3.2)
"""Against a single neighbour, as it is not known which of the two is off. Source: a choice."""

COLOUR = 6.0
"""How far the colour of the light may be, in CIELAB, between shots of equal framing.

Source: set on the part `tuned` of `benchmarks/critic/continuity.py`: about 1 % of 398 clean
shadow-play shots lie above 1.0 of it. Unverified on takes of video models; see
`docs/critic.md` for what is found.
"""
LIGHT = 0.75
"""How far the light may be, in stops, between shots of equal framing. Source: as `COLOUR`."""

_SAME, _A_SIZE, _ANGLE = 0.36, 0.15, 0.6
"""Squares of what is usual between shots of equal framing, what each step of shot size adds, and
what another angle adds, in shares of `COLOUR` and `LIGHT`: a close framing has less sky in it, and
a camera that looks down has none."""

_SEES = {
    CameraAngle.EYE: "ahead",
    CameraAngle.DUTCH: "ahead",
    CameraAngle.HIGH: "ground",
    CameraAngle.OVERHEAD: "ground",
    CameraAngle.LOW: "sky",
}


def apart(one: Palette, other: Palette) -> tuple[float, float]:
    """Gives how far apart two palettes are, in CIELAB and in stops."""
    ways = [mine - theirs for mine, theirs in zip(one.stops, other.stops, strict=True)]
    light = math.sqrt(sum(way * way for way in ways) / len(ways))
    return math.hypot(one.a - other.a, one.b - other.b), light


def allowance(one: Camera, other: Camera) -> float:
    """Gives how much farther apart two framings may be than two equal ones."""
    steps = 6 * abs(one.size.tightness - other.size.tightness)
    angle = 0.0 if _SEES[one.angle] == _SEES[other.angle] != "sky" else _ANGLE
    return math.sqrt((_SAME + _A_SIZE * steps + angle) / _SAME)
