"""Collars, sashes, plates and capes: what is carved into a garment."""

from __future__ import annotations

import math
from collections.abc import Callable

from nightshoot.domain.vocabulary import Dress, Sex
from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.strokes import (
    Brush,
    Point,
    closed,
    curve,
    line,
    mirrored,
    mixed,
    oval,
    plus,
    warped,
)

_SIDE_COLLAR = "M-2.8,-26.2 C-1.6,-22.6 2.6,-18 4.4,-12 C5.4,-8 5.6,-4 5.2,-0.6"


_SIDE_UNDER = "M2.8,-25.6 C3,-22.6 3.4,-20 2.4,-16.6"


_FRONT_COLLAR = "M3.2,-26.2 C2.6,-21 -1,-14 -5.4,-8"


_FRONT_UNDER = "M-3.2,-26.2 C-2.6,-22 -1.2,-18.6 0.6,-16"


def _collar(wearer: Wearer) -> str:
    """Paints a robe's crossed collar."""
    brush, front = wearer.brush, wearer.pose.frontal
    if wearer.pose.away:
        return brush.line(wearer.worn("M-3.2,-25.4 C-1.4,-24.4 1.4,-24.4 3.2,-25.4"), 1.1)
    over = wearer.worn(_FRONT_COLLAR if front else _SIDE_COLLAR)
    under = wearer.worn(_FRONT_UNDER if front else _SIDE_UNDER)
    return (
        brush.line(under, 1.0, opacity=0.8)
        + brush.line(over, 1.9)
        + brush.line(over, 0.35, brush.rim, opacity=0.65)
    )


def _sash(wearer: Wearer, wide: float = 2.6) -> str:
    """Paints a sash with a knot and two hanging ends."""
    brush = wearer.brush
    around = wearer.worn("M7,-0.6 C3,0.9 -3,0.9 -7,-0.6")
    knot = wearer.fit((0.0 if wearer.pose.frontal else 3.6, 0.4))
    drop = 6.0 if wearer.pose.low else 22.0
    if wearer.pose.away:
        knot = wearer.fit((0.0, 0.4))
    sway = 3.0 if wearer.pose.lean > 2 else 0.0
    ends = "".join(
        brush.line(
            curve(
                [
                    knot,
                    plus(knot, (dx - sway * 0.3, drop * 0.4)),
                    plus(knot, (dx * 1.6 - sway, drop * share)),
                ]
            ),
            0.8,
            opacity=0.9,
        )
        for dx, share in ((-0.7, 1.0), (0.8, 0.8))
    )
    shine = brush.line(around, 0.35, brush.rim, opacity=0.5)
    return (
        brush.line(around, wide, cap="butt")
        + shine
        + ends
        + brush.tone(oval(*knot, 1.2, 1.2), brush.accent)
    )


def _court(wearer: Wearer) -> str:
    """Paints the round collar, the badge and the stiff belt of an official's robe."""
    brush, front = wearer.brush, wearer.pose.frontal
    x = 0.0 if front else 2.6
    middle = wearer.fit((x, -12.5))
    collar = (
        "M-3.4,-25.6 C-2,-23.6 2,-23.6 3.4,-25.4"
        if front
        else "M-3.2,-25.8 C-1,-23.4 2.4,-23 3.4,-24.6"
    )
    petals = "".join(
        brush.line(
            oval(
                middle[0] + 2.5 * math.cos(k * math.pi / 3),
                middle[1] + 2.5 * math.sin(k * math.pi / 3),
                1.1,
                1.1,
            ),
            0.35,
            opacity=0.9,
        )
        for k in range(6)
    )
    badge = (
        brush.line(oval(*middle, 4.8, 4.8), 0.6)
        + petals
        + brush.tone(oval(*middle, 0.9, 0.9), brush.accent)
    )
    belt = wearer.worn("M7.6,-0.8 C3,1 -3,1 -7.6,-0.8")
    return (
        brush.line(wearer.worn(collar), 1.3)
        + badge
        + brush.line(belt, 2.8, cap="butt")
        + brush.line(belt, 1.5, brush.ink, dash="1.2 2")
    )


def _armour(wearer: Wearer) -> str:
    """Paints rows of plates, a round breastplate, shoulder pieces and a knotted scarf."""
    brush, front = wearer.brush, wearer.pose.frontal
    rows = "".join(
        brush.line(
            wearer.worn(f"M7.4,{y} C3,{y + 1.4} -3,{y + 1.4} -7.4,{y}"),
            1.2,
            opacity=0.45,
            dash="0.3 2.1",
        )
        for y in (-18.0, -15.0, -12.0, -9.0, -6.0, -3.0)
    )
    mirror = wearer.fit((0.0 if front else 3.2, -12.5))
    plate = (
        ""
        if wearer.pose.away
        else brush.line(oval(*mirror, 3.6, 3.6), 0.8)
        + brush.tone(oval(*mirror, 2.4, 2.4), brush.lining)
    )
    scarf = brush.tone(
        wearer.worn(
            "M-4.4,-25.4 C-2,-22.6 3,-22.4 4.6,-25 L4.4,-22.6 C2,-19.8 -2,-20 -4.4,-22.8 Z"
        ),
        brush.accent,
    )
    return (
        rows
        + plate
        + brush.line(wearer.worn("M7.4,0 C3,1.6 -3,1.6 -7.4,0"), 2.2, cap="butt")
        + scarf
    )


def pauldron(brush: Brush, shoulder: Point) -> str:
    """Paints an armour's shoulder piece."""
    x, y = shoulder
    shape = (
        f"M{x - 5:.2f},{y - 1:.2f} C{x - 4:.2f},{y - 5.4:.2f} "
        f"{x + 4:.2f},{y - 5.4:.2f} {x + 5:.2f},{y - 1:.2f} L{x + 4:.2f},{y + 6:.2f} "
        f"C{x + 1:.2f},{y + 8:.2f} {x - 2:.2f},{y + 8:.2f} {x - 4:.2f},{y + 6:.2f} Z"
    )
    rows = "".join(
        brush.line(line((x - 4, y + k), (x + 4, y + k)), 0.45, opacity=0.8) for k in (0.0, 2.6, 5.2)
    )
    return brush.mass(shape) + rows


def _suit(wearer: Wearer) -> str:
    """Paints lapels, a strip of shirt and a tie in the accent."""
    brush = wearer.brush
    if wearer.pose.away:
        return brush.line(wearer.worn("M0,-3 L0,12"), 0.5, brush.soft) + brush.line(
            wearer.worn("M-3.4,-25.4 C-1.4,-24.2 1.4,-24.2 3.4,-25.4"), 1.0
        )
    if wearer.pose.frontal:
        shirt, tie = (
            "M-3,-26 L3,-26 L0.4,-11 L-0.4,-11 Z",
            "M-0.8,-24.4 L0.8,-24.4 L1.2,-14 L0,-11.4 L-1.2,-14 Z",
        )
        lapels = "M-3.2,-26 C-5,-22 -4,-17 -0.2,-10.6 L-0.2,11 M3.2,-26 C5,-22 4,-17 0.2,-10.6"
    else:
        shirt, tie = (
            "M0.6,-25.6 L3,-26 C4.6,-22 6,-17 6.6,-11 C4.6,-16 2.4,-21 0.6,-25.6 Z",
            "M2.4,-25 L3.8,-24.6 C5.4,-21 6.4,-16 6.8,-11.4 L5.8,-12.4 C5,-17 4,-21 2.4,-25 Z",
        )
        lapels = "M-2,-26 C-1.6,-21 2,-15 6,-10 C5.4,-3 5.4,4 6,11.6"
    return (
        brush.tone(wearer.worn(shirt), mixed(brush.light, brush.ink, 0.2))
        + brush.tone(wearer.worn(tie), brush.accent)
        + brush.line(wearer.worn(lapels), 0.55, mixed(brush.soft, brush.rim, 0.35))
    )


def _coat(wearer: Wearer) -> str:
    """Paints a scarf with one hanging end, a belt and the coat's edge."""
    brush = wearer.brush
    scarf = wearer.worn(
        "M-4.6,-26.8 C-1,-24 3,-24 4.8,-26.8 L5.2,-23.6 C2.4,-20.4 -2.4,-20.4 -5,-23.2 Z"
    )
    end = wearer.worn("M1.6,-22 C3.6,-21 4.4,-14 4.6,-8 L1.8,-8 C1.8,-14 1,-18 0,-21 Z")
    belt = brush.line(wearer.worn("M7.4,0 C3,1.4 -3,1.4 -7.4,0"), 1.6, brush.lining)
    edge = (
        ""
        if wearer.pose.away
        else brush.line(wearer.worn("M2,-8 C3,0 3,6 3.4,12"), 0.45, brush.soft)
    )
    hang = "" if wearer.pose.away else brush.tone(end, brush.accent)
    return belt + edge + hang + brush.tone(scarf, brush.accent)


def _casual(wearer: Wearer) -> str:
    """Paints a hood on the back, its cords and a stripe across the chest."""
    brush = wearer.brush
    hood = (
        "M-4,-26.6 C-1,-23 3,-23 4.4,-25.6 C4.4,-22.4 -2,-20 -7.6,-21.4 C-8.4,-24 "
        "-6.4,-27 -4,-26.6 Z"
    )
    stripe = wearer.worn("M8.6,-13 C3,-11.6 -3,-11.6 -8.6,-13")
    cords = (
        ""
        if wearer.pose.away
        else brush.line(wearer.worn("M1.6,-23 L2,-16.4 M3.6,-23.4 L4.2,-17"), 0.45)
    )
    return (
        brush.line(stripe, 2.0, cap="butt")
        + brush.mass(wearer.worn(hood), fill=brush.lining, rim=0.5)
        + cords
    )


def _frock(wearer: Wearer) -> str:
    """Paints a belt, a neckline and a necklace."""
    brush = wearer.brush
    belt = wearer.worn("M7,0 C3,1.2 -3,1.2 -7,0")
    neckline = (
        "M-3.4,-25 C-1,-21 2,-21 3.4,-25" if not wearer.pose.away else "M-3.4,-24.6 L3.4,-24.6"
    )
    return brush.line(belt, 2.0, cap="butt") + brush.line(wearer.worn(neckline), 0.7)


def _uniform(wearer: Wearer) -> str:
    """Paints a sailor's collar with a tie, or a buttoned tunic with a belt."""
    brush = wearer.brush
    if wearer.sex is Sex.FEMALE:
        cape = (
            "M-4,-26.4 L4,-26.4 C5.6,-23 5,-20 3,-18 C1,-20 -4,-20.4 -8,-19.6 C-8,-23 "
            "-6,-25.4 -4,-26.4 Z"
        )
        bow = (
            ""
            if wearer.pose.away
            else brush.tone(wearer.worn("M2.6,-18 L5.6,-14 L3.2,-11 L1.4,-14 Z"), brush.accent)
        )
        return (
            brush.tone(wearer.worn(cape), brush.lining) + brush.line(wearer.worn(cape), 0.5) + bow
        )
    edge = "M0,-25 L0,11.6" if wearer.pose.frontal else "M3.4,-24 C6,-17 5.4,-6 5.4,11.6"
    buttons = (
        ""
        if wearer.pose.away
        else brush.line(wearer.worn(edge), 0.9, brush.rim, opacity=0.8, dash="0.1 4.4")
    )
    belt = brush.line(wearer.worn("M7.6,0.4 C3,1.8 -3,1.8 -7.6,0.4"), 1.9, cap="butt")
    return buttons + belt + brush.line(wearer.worn("M-3.4,-25.6 C-1,-23.6 2.4,-23.6 3.6,-25"), 1.5)


def _straw(wearer: Wearer) -> str:
    """Paints a cape of rushes in three ragged tiers."""
    brush = wearer.brush
    tiers = []
    for low, wide, high in ((13.0, 15.5, -8.0), (1.0, 14.0, -16.0), (-9.0, 11.5, -25.0)):
        count = 11
        edge: list[Point] = [(3.4, high), (wide * 0.86, (high + low) / 2)]
        for k in range(count + 1):
            x = wide - 2 * wide * k / count
            edge += [(x, low + (2.2 if k % 2 else -0.6)), (x - wide / count, low - 3.2)]
        edge += [(-wide * 0.86, (high + low) / 2), (-3.6, high)]
        tiers.append(brush.mass(wearer.worn(closed(*edge)), rim=0.7))
        strands = " ".join(
            line((wide * 0.24 * f, high + 2), (wide * 0.92 * f, low - 2))
            for f in (-0.9, -0.5, -0.1, 0.3, 0.7)
        )
        tiers.append(brush.line(wearer.worn(strands), 0.4, brush.lining))
    tie = brush.line(wearer.worn("M-3.6,-25 C-1,-22.6 2,-22.6 3.8,-25"), 1.6)
    return "".join(tiers) + tie


_SIDE_CLOAK = (
    "M3.4,-25 C-1,-26.6 -6,-26 -9.4,-21 C-12,-14 -12,-4 -13,10 C-14.4,28 -17,44 "
    "-22,57 C-14,59.6 -6,59.4 0,58 "
    "C-3,40 -3.4,20 -2,4 C-1,-8 1,-18 3.4,-25 Z"
)


_SIDE_CLOAK_LOW = (
    "M3.4,-25 C-1,-26.6 -6,-26 -9.4,-21 C-12,-14 -12.4,-6 -14,2 C-16,7 -20,11 "
    "-25,13.4 C-16,14.6 -8,14.4 0,13 "
    "C-3,9 -3.4,6 -2,1 C-1,-8 1,-18 3.4,-25 Z"
)


def _cloak(wearer: Wearer) -> str:
    """Paints a cloak that hangs from the shoulders to the ground, with a collar of fur."""
    pose, brush = wearer.pose, wearer.brush
    legs = -pose.waist[1]
    low = legs < 40.0
    side = _SIDE_CLOAK_LOW if low else _SIDE_CLOAK
    if pose.frontal:
        half = (
            "M4,-25 C10,-24 12.4,-19 13,-10 C13.6,4 16,34 19,56 C16,59 11,59.4 8,58.4 "
            "C9,40 8,10 4,-25 Z"
        )
        if low:
            half = (
                "M4,-25 C10,-24 12.4,-19 13,-10 C14,0 20,8 25,13 C20,14 13,14 9,13 C9,6 8,-6 "
                "4,-25 Z"
            )
        paths = [half, mirrored(half)]
        if pose.away:
            paths.append(
                "M-5,-26 L5,-26 C9,0 10,30 11,58 C4,59.6 -4,59.6 -11,58 C-10,30 -9,0 -5,-26 Z"
                if not low
                else "M-5,-26 L5,-26 L12,13 L-12,13 Z"
            )
    else:
        paths = [side]
    fall = min(1.0, legs / 60.0) if not low else legs / 14.0
    hang = [
        warped(
            p,
            lambda q: (
                wearer.fit(q)
                if q[1] < 2
                else (
                    pose.waist[0] + q[0] * wearer.bulk - (1.5 * pose.lean * 0.1),
                    pose.waist[1] + q[1] * fall,
                )
            ),
        )
        for p in paths
    ]
    fur = wearer.worn(
        "M-6.4,-25.6 C-4,-28.6 3,-28.4 5.4,-25.6 C6,-22.4 3.4,-20.8 0.6,-20.8 "
        "C-3,-20.6 -6.8,-22 -6.4,-25.6 Z"
    )
    clasp = wearer.fit((0.0 if pose.frontal else 4.2, -22.0))
    return (
        brush.mass(*hang, fill=mixed(brush.cloth, brush.lining, 0.5))
        + brush.mass(fur, fill=brush.lining)
        + (brush.tone(oval(*clasp, 1.3, 1.3), brush.accent) if not pose.away else "")
        + brush.line(fur, 0.4, opacity=0.6, dash="0.8 1.3")
    )


def _ribbons(wearer: Wearer) -> str:
    """Paints a gown's bodice line and the long scarf over its shoulders."""
    pose, brush = wearer.pose, wearer.brush
    band = wearer.worn("M7.6,-9.6 C3,-8.2 -3,-8.2 -8,-9.6")
    if pose.frontal:
        scarf = wearer.worn("M8.6,-22 C11,-10 4,-4 0,-3 C-4,-4 -11,-10 -8.6,-22")
        tail = ""
    else:
        scarf = wearer.worn("M-5.6,-24 C-9,-18 -8,-8 -2,-4")
        root, drop = wearer.fit((-8.6, -12.0)), 12.0 if pose.low else 44.0
        tail = brush.line(
            curve(
                [
                    root,
                    plus(root, (-5.0, drop * 0.35)),
                    plus(root, (-3.6, drop * 0.7)),
                    plus(root, (-9.0, drop)),
                ]
            ),
            1.0,
            opacity=0.75,
        )
    return (
        tail
        + brush.line(band, 1.9, cap="butt")
        + brush.line(band, 0.3, brush.rim, opacity=0.6)
        + brush.line(scarf, 0.9, opacity=0.8)
    )


_TRIMS: dict[Dress, Callable[[Wearer], str]] = {
    Dress.ROBE: lambda w: _collar(w) + _sash(w),
    Dress.COURT_ROBE: _court,
    Dress.GOWN: lambda w: _ribbons(w) + _collar(w),
    Dress.ARMOR: _armour,
    Dress.PEASANT: lambda w: _collar(w) + _sash(w, 1.8),
    Dress.STRAW_CAPE: _straw,
    Dress.CLOAK: lambda w: _collar(w) + _sash(w) + _cloak(w),
    Dress.SUIT: _suit,
    Dress.COAT: _coat,
    Dress.CASUAL: _casual,
    Dress.SKIRT: _frock,
    Dress.UNIFORM: _uniform,
}


def trimmed(wearer: Wearer) -> str:
    """Paints collar, sash and whatever else tells a garment apart."""
    return _TRIMS[wearer.dress](wearer)
