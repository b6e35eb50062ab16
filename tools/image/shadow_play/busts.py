"""Shoulders and collars for close framings, in body units about a standing pose."""

from __future__ import annotations

from collections.abc import Callable

from nightshoot.domain.vocabulary import Dress
from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.lapels import casual, coat, frock, suit, uniform
from nightshoot.tools.image.shadow_play.ornament import border, cloud, folds, laid, roundel, sleeves
from nightshoot.tools.image.shadow_play.strokes import (
    mirrored,
    mixed,
    oval,
)

_SIDE = (
    "M-4.6,-28.4 C-5.2,-26.2 -8,-24.8 -11.4,-23 C-15.6,-20.8 -17.6,-17 -18.4,-11 "
    "C-19.4,-2 -20.6,8 -21.4,42 "
    "L17.4,42 C16.6,14 16.4,2 15,-7 C14.2,-13 13.2,-17.4 10.4,-20 C7.6,-22.4 "
    "5,-23.6 3.9,-26 C1,-24.6 -2,-25.4 -4.6,-28.4 Z"
)


_FRONT = (
    "M0,-24.6 C1.6,-24.6 3,-25.4 4,-27.4 C5,-25.2 8,-24 12.4,-22.4 C16.4,-20.8 "
    "18.4,-17.6 19,-12 C20,-2 21,10 21.6,42 "
    "L-21.6,42 C-21,10 -20,-2 -19,-12 C-18.4,-17.6 -16.4,-20.8 -12.4,-22.4 "
    "C-8,-24 -5,-25.2 -4,-27.4 C-3,-25.4 -1.6,-24.6 0,-24.6 Z"
)


def _side_neck(nod: float) -> str:
    """Gives a neck in profile; its nape goes forward with a head that is bent down."""
    bent = max(0.0, nod)
    x, y = -4.6 + 0.12 * bent, -35.0 + 0.22 * bent
    return (
        f"M{x:.2f},{y:.2f} C{x + 0.1:.2f},{max(-31.0, y + 1.6):.2f} -4.8,-28 -6.6,-25 L-2,-20 "
        "L5,-22 C3.2,-25 2.2,-28 2.6,-32 Z"
    )


_FRONT_NECK = "M-3.6,-34 C-3.6,-30 -3.8,-27.6 -5.6,-25 L0,-18 L5.6,-25 C3.8,-27.6 3.6,-30 3.6,-34 Z"


def _crossed(wearer: Wearer, wide: float = 2.3) -> str:
    """Paints a crossed collar over a pale under-collar."""
    brush, front = wearer.brush, wearer.pose.frontal
    if wearer.pose.away:
        return border(brush, laid(wearer, "M-4.6,-25.8 C-2,-24.2 2,-24.2 4.6,-25.8"), wide)
    pale = mixed(brush.light, brush.ink, 0.25)
    if front:
        inner = laid(
            wearer, "M-4,-26.4 C-3,-22 -1.4,-19.4 0.4,-17.4 M4,-26.4 C3.2,-22 0.6,-18 -2,-14.8"
        )
        under = laid(wearer, "M-5,-25.8 C-4,-21.4 -1.8,-17.6 1.4,-14")
        over = laid(wearer, "M5,-25.8 C4.2,-19 -0.4,-11 -7.4,-2 C-9,0.6 -9.6,6 -10,42")
    else:
        inner = laid(
            wearer, "M3.4,-25.2 C4,-20 5,-15 6.6,-10 M-3.6,-26.6 C-0.4,-22.6 4,-18 6.6,-12.4"
        )
        under = laid(wearer, "M4.5,-25 C5.4,-19 6.6,-14 8,-8")
        over = laid(wearer, "M-4.8,-26.8 C-1.4,-22 4.4,-16.6 7.4,-8 C9,-2 9.2,10 8.6,42")
    return (
        brush.line(inner, 0.75, pale)
        + brush.line(under, wide * 0.9, mixed(brush.accent, brush.ink, 0.25), cap="butt")
        + border(brush, over, wide)
    )


def _robe(wearer: Wearer) -> str:
    brush = wearer.brush
    spots = (
        ((-13.0, -12.0), (13.4, -12.0)) if wearer.pose.frontal else ((-14.4, -10.0), (-3.4, -4.0))
    )
    clouds = "".join(
        cloud(brush, *wearer.pose.upper((x * wearer.bulk, y)), 1.7, 0.5) for x, y in spots
    )
    return sleeves(wearer) + clouds + _crossed(wearer)


def _court(wearer: Wearer) -> str:
    brush, front = wearer.brush, wearer.pose.frontal
    middle = wearer.pose.upper((0.0 if front else 1.6, -9.0))
    ring = (
        "M-4.8,-26 C-2.6,-22.8 2.6,-22.8 4.8,-26"
        if front
        else "M-4.9,-27 C-2.8,-23.4 2.4,-22.6 4.4,-24.6"
    )
    shoulders = ((-15.0, -14.0), (15.0, -14.0)) if front else ((-14.0, -15.0),)
    clouds = "".join(
        roundel(brush, wearer.pose.upper((x * wearer.bulk, y)), 2.7) for x, y in shoulders
    )
    return (
        sleeves(wearer)
        + clouds
        + roundel(brush, middle, 6.6)
        + border(brush, laid(wearer, ring), 2.0)
    )


def _gown(wearer: Wearer) -> str:
    brush, front = wearer.brush, wearer.pose.frontal
    band = "M-12,-4.6 C-4,-3 4,-3 12,-4.6" if front else "M-8.4,-5 C-2,-2.8 8,-3 13.6,-5.4"
    scarf = (
        "M15.4,-21 C13,-12 13,-2 15,12 C15.6,22 15,32 16,42"
        if front
        else "M-10.4,-23 C-13.4,-16 -12.4,-4 -13,10 C-13.4,20 -12,30 -13,42"
    )
    veil = laid(wearer, scarf)
    if front:
        veil += " " + laid(wearer, mirrored(scarf))
    drops = brush.line(
        laid(
            wearer,
            "M-2.6,-21 C0,-18.4 3,-18.6 5.4,-21.6" if not front else "M-5,-22 C-2,-17 2,-17 5,-22",
        ),
        0.3,
        dash="0.05 0.9",
    )
    return (
        sleeves(wearer)
        + _crossed(wearer, 1.7)
        + ("" if wearer.pose.away else drops)
        + border(brush, laid(wearer, band), 2.4)
        + brush.line(veil, 2.6, mixed(brush.accent, brush.ink, 0.45), opacity=0.75)
        + brush.line(veil, 0.22, brush.rim, opacity=0.5)
    )


def _armour(wearer: Wearer) -> str:
    brush, front = wearer.brush, wearer.pose.frontal
    plates = ""
    for y in range(-16, 42, 3):
        row = laid(
            wearer,
            f"M-8,{y} C-3,{y + 1.4} 5,{y + 1.2} 12.8,{y - 0.6}"
            if not front
            else f"M-13,{y} C-5,{y + 1.4} 5,{y + 1.4} 13,{y}",
        )
        plates += brush.line(row, 0.3, brush.lining) + brush.line(
            row, 1.3, opacity=0.3, dash="0.1 2.1"
        )
    shoulder = (
        "M-5.6,-24 C-12,-25.4 -19.4,-22 -21,-12 C-21.6,-6 -20.6,-3 -19.6,-1.6 "
        "C-15,0.4 -10.6,-0.4 -7.6,-2 C-5.6,-9 -4.6,-16 -5.6,-24 Z"
    )
    if front:
        shoulder = (
            "M-7,-23 C-14,-25 -21,-21 -22.4,-12 C-23,-6 -22,-3 -21,-1.6 C-17,0.4 "
            "-13.6,-0.4 -11,-2 C-8.4,-9 -7,-16 -7,-23 Z"
        )
    pads = brush.mass(laid(wearer, shoulder)) + "".join(
        brush.line(
            laid(
                wearer,
                (
                    f"M{-19.6 - (1.6 if front else 0)},{y} C-16,{y + 1.6} -11,{y + 1.6} "
                    f"{-8 - (2 if front else 0)},{y}"
                ),
            ),
            0.4,
            opacity=0.85,
        )
        for y in (-17.0, -13.0, -9.0, -5.0)
    )
    if front:
        other = mirrored(shoulder)
        pads += brush.mass(laid(wearer, other)) + "".join(
            brush.line(
                laid(wearer, f"M21.2,{y} C16,{y + 1.6} 11,{y + 1.6} 10,{y}"), 0.4, opacity=0.85
            )
            for y in (-17.0, -13.0, -9.0, -5.0)
        )
    mirror = wearer.pose.upper((0.0 if front else 5.6, -9.0))
    disc = "" if wearer.pose.away else roundel(brush, mirror, 5.0)
    scarf = (
        "M-6.4,-27.6 C-3,-24 3.4,-23.4 5.2,-26.2 C6.6,-23.6 5.6,-21 2.6,-19.8 "
        "C-2,-18.6 -7.6,-21.6 -8,-24.6 Z"
    )
    return (
        plates
        + disc
        + pads
        + brush.mass(laid(wearer, scarf), fill=brush.accent, rim=0.7)
        + brush.line(
            laid(wearer, "M-6,-24.4 C-3,-21.6 1,-21 4,-22"),
            0.35,
            mixed(brush.accent, brush.ink, 0.5),
        )
    )


def _straw(wearer: Wearer) -> str:
    brush = wearer.brush
    tiers = ""
    for low, wide, high in ((42.0, 27.0, -4.0), (12.0, 25.0, -14.0), (-7.0, 21.0, -27.0)):
        steps = 26
        edge = [
            (wide - 2 * wide * k / steps, low + (2.6 if k % 2 else -1.4)) for k in range(steps + 1)
        ]
        body = (
            f"M5,{high} C{wide * 0.7},{high + 3} {wide * 0.96},{(high + low) / 2} {wide},{low} L"
            + " L".join(f"{a:.2f},{b:.2f}" for a, b in edge)
            + (
                f" C{-wide * 0.96:.2f},{(high + low) / 2:.2f} "
                f"{-wide * 0.7:.2f},{high + 3:.2f} -5,{high} Z"
            )
        )
        tiers += brush.mass(laid(wearer, body), rim=0.7)
        strands = " ".join(
            (
                f"M{wide * 0.2 * f:.2f},{high + 2.5:.2f} Q{wide * 0.5 * f:.2f},{high + 4:.2f} "
                f"{wide * 0.94 * f:.2f},{low - 1.5:.2f}"
            )
            for f in (k / 9 for k in range(-9, 10, 2))
        )
        tiers += brush.line(laid(wearer, strands), 0.25, brush.lining)
    return tiers + border(brush, laid(wearer, "M-5.4,-26.6 C-2.6,-23 2.6,-22.6 5,-25.4"), 1.6)


def _cloak(wearer: Wearer) -> str:
    brush, front = wearer.brush, wearer.pose.frontal
    fur = (
        "M-9,-27.4 C-6.4,-30.4 -5,-29 -4.6,-27.4 C-2,-24.4 2,-23.6 4.4,-26 "
        "C7.6,-26.4 9.6,-23.6 8.4,-20.6 C6.4,-17.4 2.4,-17 -1.6,-18 "
        "C-6.6,-19 -11,-22.6 -9,-27.4 Z"
    )
    if front:
        fur = (
            "M0,-23 C3,-23.4 4.6,-26 5.4,-28 C9,-27.4 11.4,-24 9.6,-20.4 C6.6,-17 "
            "3,-16.6 0,-16.4 C-3,-16.6 -6.6,-17 -9.6,-20.4 C-11.4,-24 -9,-27.4 -5.4,-28 "
            "C-4.6,-26 -3,-23.4 0,-23 Z"
        )
    parting = (
        "M1,-17 C-1,0 -2,20 -3,42 M1.6,-17 C4,0 6,20 8,42" if front else "M7,-18 C9,-4 9,20 7,42"
    )
    shape = laid(wearer, fur)
    clasp = wearer.pose.upper((0.0, -16.4) if front else (6.4, -18.4))
    jewel = (
        ""
        if wearer.pose.away
        else brush.tone(oval(*clasp, 1.5, 1.5), brush.accent)
        + brush.line(oval(*clasp, 2.1, 2.1), 0.3)
    )
    return (
        ("" if wearer.pose.away else brush.line(laid(wearer, parting), 0.5, opacity=0.8))
        + folds(
            wearer,
            "M-12,-18 C-14,0 -14.6,20 -15,42",
            "M-5,-15 C-6,4 -7,22 -7.6,42",
            "M11,-16 C12,0 12.6,20 12.6,42",
        )
        + brush.mass(shape, fill=brush.lining)
        + brush.line(shape, 0.9, mixed(brush.lining, brush.rim, 0.3), dash="0.5 0.8", opacity=0.7)
        + jewel
    )


_TRIMS: dict[Dress, Callable[[Wearer], str]] = {
    Dress.ROBE: _robe,
    Dress.COURT_ROBE: _court,
    Dress.GOWN: _gown,
    Dress.ARMOR: _armour,
    Dress.PEASANT: lambda w: sleeves(w) + _crossed(w, 1.8),
    Dress.STRAW_CAPE: _straw,
    Dress.CLOAK: _cloak,
    Dress.SUIT: suit,
    Dress.COAT: coat,
    Dress.CASUAL: casual,
    Dress.SKIRT: frock,
    Dress.UNIFORM: uniform,
}


def shouldered(wearer: Wearer, nod: float = 0.0) -> str:
    """Paints neck, shoulders and chest down to the hips, which a bust never shows.

    Args:
        wearer: whose shoulders they are.
        nod: how far the head is bent down, in degrees.
    """
    brush, front = wearer.brush, wearer.pose.frontal
    neck = laid(wearer, _FRONT_NECK if front else _side_neck(nod))
    chest = brush.mass(laid(wearer, _FRONT if front else _SIDE))
    throat = (
        ""
        if wearer.pose.away
        else brush.line(
            laid(
                wearer,
                "M-3,-29.4 C-1,-27 1,-26 2.4,-25.6"
                if not front
                else "M-3,-27 C-1.6,-25 -0.6,-24 0,-22.6",
            ),
            0.12,
            brush.rim,
            opacity=0.25,
        )
    )
    return brush.mass(neck, fill=brush.skin) + throat + chest + _TRIMS[wearer.dress](wearer)
