"""A clothed body from the neck down: legs, skirt and trunk."""

from __future__ import annotations

from nightshoot.domain.vocabulary import Dress
from nightshoot.tools.image.shadow_play.bodies import Leg, Surface
from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.strokes import (
    group,
    limb,
    mixed,
    plus,
)
from nightshoot.tools.image.shadow_play.svg import number
from nightshoot.tools.image.shadow_play.trims import trimmed

_SHOE = (
    "M-2.6,-1 L2,-1 C4,0.4 7.6,1.2 8.8,2.8 C9,3.6 8.8,4 8.4,4 L-2.6,4 C-3.2,2.4 -3.2,1 -2.6,-1 Z"
)


_HEEL = (
    "M-1.8,-1 L1.6,-1 C3,1 6.6,2.4 7.6,3.4 L7.4,4 L3,4 L0,2.6 L-1,4 L-1.8,4 "
    "C-2.2,2 -2.2,1 -1.8,-1 Z"
)


_TOE = "M-2.2,-1 C-3.2,1.6 -3.6,3 -3,4 L3,4 C3.6,3 3.2,1.6 2.2,-1 Z"


def _leg(wearer: Wearer, leg: Leg, fill: str) -> str:
    """Paints one leg and its shoe."""
    brush, cut = wearer.brush, wearer.cut
    share = 0.85 + 0.15 * wearer.bulk
    widths = (4.4, 2.9, 1.6) if cut.bare else (5.4, 3.9, 2.9)
    joints = (leg.hip, leg.knee, leg.ankle)
    shape = brush.mass(limb(joints, [w * share for w in widths]), fill=fill)
    if cut.boots:
        top = plus(leg.ankle, (leg.knee[0] - leg.ankle[0], leg.knee[1] - leg.ankle[1]), 0.55)
        shape += brush.mass(limb((top, leg.ankle), (3.7, 2.9)), fill=brush.lining, rim=0.7)
    shoe = _TOE if wearer.pose.frontal else (_HEEL if cut.bare else _SHOE)
    turn = 0.0 if wearer.pose.frontal else leg.turn
    place = f"translate({number(leg.ankle[0])} {number(leg.ankle[1])}) rotate({number(turn)})"
    return shape + group(brush.mass(shoe, fill=brush.ink), place)


def _legs(wearer: Wearer) -> str:
    """Paints what of the legs is seen below the cloth."""
    pose, brush = wearer.pose, wearer.brush
    if pose.low and (wearer.cut.length > 0.0 or pose.frontal):
        return ""
    far = mixed(brush.ink, brush.soft, 0.45)
    near = brush.skin if wearer.cut.bare else brush.ink
    return _leg(wearer, pose.far, far) + _leg(wearer, pose.near, near)


def _skirt(wearer: Wearer) -> str:
    """Paints the cloth below the waist with its folds and its hem's pattern."""
    cut, pose, brush, cloth = wearer.cut, wearer.pose, wearer.brush, wearer.cloth
    until = 1.0 if pose.low else cut.length
    if until <= 0.0:
        if not (pose.low and pose.frontal):
            return ""
        until = 1.0
    if pose.chair and cut.length < 1.0:
        until = max(until, 0.86)
    parts = [brush.mass(cloth.outline(until))]
    folds = ((0.2, 0.05), (0.42, 0.07), (0.66, 0.06), (0.85, 0.05))
    parts += [
        brush.tone(cloth.fold(t, wide, 0.08, until * 0.985), brush.lining, 0.75)
        for t, wide in folds
    ]
    if cut.length >= 1.0:
        parts += _hem(wearer, cloth)
    elif wearer.dress is Dress.ARMOR:
        parts += _plates(wearer, cloth, until)
    else:
        parts.append(brush.line(cloth.across(until * 0.95), 0.5, brush.accent, opacity=0.7))
    return "".join(parts)


def _hem(wearer: Wearer, cloth: Surface) -> list[str]:
    """Gives the pattern above a robe's hem."""
    brush = wearer.brush
    rows = [brush.line(cloth.across(0.945, 0.02, 0.98), 0.7, opacity=0.85)]
    if wearer.dress is Dress.COURT_ROBE:
        rows.append(brush.line(cloth.across(0.87, 0.03, 0.97), 0.45, opacity=0.7))
        rows.append(brush.line(cloth.across(0.906), 2.0, opacity=0.55, dash="0.1 2.9"))
        rows.append(brush.line(cloth.along(0.28, 0.02, 0.86), 0.9, opacity=0.8))
    elif wearer.dress is Dress.GOWN:
        rows.append(brush.line(cloth.across(0.9), 1.1, opacity=0.6, dash="0.1 3.4"))
    else:
        rows.append(brush.line(cloth.across(0.905), 0.35, opacity=0.55, dash="1.6 1.5"))
        if not wearer.pose.away:
            rows.append(brush.line(cloth.along(0.3, 0.0, 0.94), 0.5, opacity=0.6))
    return rows


def _plates(wearer: Wearer, cloth: Surface, until: float) -> list[str]:
    """Gives the lacquered plates of an armour's skirt."""
    brush = wearer.brush
    rows = [
        brush.line(cloth.across(until * k / 7), 0.5, brush.soft, opacity=0.95) for k in range(1, 7)
    ]
    rows += [
        brush.line(cloth.across(until * (k + 0.5) / 7), 1.3, opacity=0.5, dash="0.3 2.1")
        for k in range(7)
    ]
    rows.append(brush.line(cloth.across(until * 0.99), 0.9))
    rows.append(brush.line(cloth.along(0.36, 0.0, until), 0.7, opacity=0.9))
    return rows


def clothed(wearer: Wearer) -> str:
    """Paints a body from the neck down, without its arms."""
    brush = wearer.brush
    neck = limb((plus(wearer.pose.neck, (0.0, 3.0)), wearer.pose.head), (2.7, 2.5))
    return (
        _legs(wearer)
        + brush.mass(neck, fill=brush.skin)
        + _skirt(wearer)
        + brush.mass(wearer.trunk)
        + trimmed(wearer)
    )
