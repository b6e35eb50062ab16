"""Hands from very near: a fist about a shaft, and a thumb that holds something against fingers.

Drawn in body units about the hand at (0, 0), as `held` draws what they hold, with the arm coming
from the lower left. Each is in two layers: what lies behind the thing, and the fingers before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.domain.vocabulary import Dress
from nightshoot.tools.image.shadow_play.dress import MODERN
from nightshoot.tools.image.shadow_play.strokes import Brush, Point, limb, line, mixed, plus, unit


@dataclass(frozen=True, slots=True)
class Hand:
    """A hand in two layers."""

    behind: str
    before: str


_WRIST: Point = (-9.4, 6.4)


def _finger(brush: Brush, joints: tuple[Point, ...], thick: float, nail: bool = True) -> str:
    """Gives one finger with creases at its joints, and a nail."""
    count = len(joints)
    widths = [thick * (1.0 - 0.20 * k / (count - 1)) for k in range(count)]
    body = brush.mass(limb(joints, widths), fill=brush.skin, rim=0.8)
    creases = ""
    for at in joints[1:-1]:
        creases += f" M{at[0] - 0.1:.2f},{at[1] - thick * 0.7:.2f} Q{at[0] + 0.25:.2f},{at[1]:.2f} "
        creases += f"{at[0] - 0.1:.2f},{at[1] + thick * 0.6:.2f}"
    body += brush.line(creases.strip(), 0.1, brush.ink, opacity=0.5) if creases else ""
    if nail:
        way = unit(joints[-2], joints[-1])
        tip = plus(joints[-1], way, thick * 0.15)
        end = plus(tip, way, thick * 0.42)
        pale = mixed(brush.skin, brush.rim, 0.42)
        body += brush.line(line(tip, end), thick * 0.72, pale, opacity=0.75)
    return body


def _sleeve(brush: Brush, dress: Dress) -> str:
    """Gives the forearm in its sleeve: wide with a border of old, narrow with a cuff today."""
    modern = dress in MODERN
    arm: tuple[Point, ...] = ((-60.0, 47.0), (-34.0, 25.6), (-12.6, 8.8))
    wide = (9.5, 7.4, 5.0) if modern else (17.0, 13.5, 8.6)
    shape = limb(arm, wide)
    way = unit(arm[1], arm[2])
    across = (way[1], -way[0])
    edge = plus(arm[2], way, 0.2)
    half = wide[2] * 0.98
    hem = line(plus(edge, across, half), plus(edge, across, -half))
    inner = plus(arm[2], way, -1.9)
    second = line(plus(inner, across, half * 1.02), plus(inner, across, -half * 1.02))
    pale = mixed(brush.light, brush.ink, 0.28)
    folds = "".join(
        f"M{x:.1f},{y:.1f} q3.4,-1.6 5.2,-5.4 "
        for x, y in ((-20.0, 17.5), (-27.0, 25.0), (-38.0, 33.0))
    )
    body = brush.mass(shape) + brush.line(folds.strip(), 0.35, brush.lining)
    if modern:
        cuff = line(
            plus(plus(edge, way, 1.5), across, half * 0.86),
            plus(plus(edge, way, 1.5), across, -half * 0.86),
        )
        body = brush.line(cuff, 2.2, pale, cap="butt") + body
        return body + brush.line(second, 0.5, brush.accent)
    return (
        body
        + brush.line(hem, 2.4, brush.accent, cap="butt")
        + brush.line(second, 0.5, brush.rim, opacity=0.6)
    )


def fist(brush: Brush, dress: Dress) -> Hand:
    """Gives a hand closed about an upright shaft at x = 0."""
    back = brush.mass(limb((_WRIST, (-5.6, 2.8), (-2.2, 0.2)), (3.0, 3.6, 4.0)), fill=brush.skin)
    tendons = "M-6.6,2.2 L-3,-1.4 M-6.2,3.6 L-2.4,0.8 M-5.6,4.8 L-2.2,2.8"
    back += brush.line(tendons, 0.14, brush.rim, opacity=0.3)
    fingers = ""
    for k, thick in enumerate((0.86, 1.0, 1.02, 0.98)):
        y = 3.3 - 1.9 * k
        fingers += _finger(brush, ((-3.4, y - 0.5), (-0.4, y - 0.25), (1.9, y + 0.25)), thick)
    thumb = _finger(brush, ((-4.6, -0.6), (-2.6, -3.9), (0.8, -4.9)), 1.2)
    return Hand(behind=_sleeve(brush, dress) + back, before=fingers + thumb)


def pinch(brush: Brush, dress: Dress) -> Hand:
    """Gives a hand that holds the left edge of something flat at (0, 0), thumb in front."""
    palm = brush.mass(limb((_WRIST, (-6.4, 4.4), (-3.4, 2.2)), (3.0, 3.5, 3.3)), fill=brush.skin)
    fingers = ""
    for k in range(3, -1, -1):
        y = 3.4 - 1.75 * k
        fingers += _finger(
            brush, ((-4.6, y + 0.4), (-1.2, y - 1.2), (2.6, y - 1.0)), 1.0, nail=False
        )
    thumb = _finger(brush, ((-5.6, 3.2), (-2.8, 1.6), (1.6, 0.2)), 1.3)
    root = brush.mass(
        limb(((-7.4, 5.0), (-5.2, 3.4), (-3.6, 2.2)), (1.9, 1.9, 1.5)), fill=brush.skin, rim=0.0
    )
    return Hand(behind=_sleeve(brush, dress) + fingers + palm, before=root + thumb)
