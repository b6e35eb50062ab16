"""Collars and lapels of our day, from near."""

from __future__ import annotations

from nightshoot.domain.vocabulary import Sex
from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.ornament import border, folds, laid, sleeves
from nightshoot.tools.image.shadow_play.strokes import (
    mirrored,
    mixed,
    oval,
)


def suit(wearer: Wearer) -> str:
    """Paints lapels, a shirt and a tie."""
    brush = wearer.brush
    pale = mixed(brush.light, brush.ink, 0.14)
    if wearer.pose.away:
        return (
            sleeves(wearer)
            + brush.line(laid(wearer, "M-4.8,-25.6 C-2,-24 2,-24 4.8,-25.6"), 1.0, pale)
            + folds(wearer, "M0,-22 L0,42")
        )
    if wearer.pose.frontal:
        shirt, tie = (
            "M-4.2,-26.6 L0,-22.6 L4.2,-26.6 L5.4,-22 L0.4,-4 L-0.4,-4 L-5.4,-22 Z",
            "M-1.1,-22.8 L1.1,-22.8 L0.9,-20.6 L2,-8 L0,-4.6 L-2,-8 L-0.9,-20.6 Z",
        )
        lapel = (
            "M4.4,-26 C7,-23 7.6,-19 7.2,-16.4 L9.6,-15.6 L7.6,-14 C6,-9 3,-5 0.2,-2.4 "
            "C2.4,-9 4.2,-15 4.4,-26 Z"
        )
        lapels = [lapel, mirrored(lapel)]
        seam = "M0.2,-2.4 L0.4,42"
    else:
        shirt, tie = (
            "M-2.4,-27 C0,-24.4 3,-23.4 4,-26 C6,-21 8.4,-15 9.6,-7 C6,-13 1,-20 -2.4,-27 Z",
            (
                "M3.2,-23.6 L4.8,-24 L5.4,-21.8 C8,-16 9.4,-11 9.8,-6.6 L8,-8.6 C7,-14 5,-19 "
                "3.8,-21.6 Z"
            ),
        )
        lapels = [
            (
                "M-4.4,-27.4 C-1,-20 4,-13 9.4,-4 C5,-6 0.6,-9 -2.4,-12.6 L-0.8,-15 "
                "L-4,-15.6 C-6,-20 -6,-24 -4.4,-27.4 Z"
            )
        ]
        seam = "M9.4,-4 C10.4,6 10.4,20 9.8,42"
    pocket = (
        brush.tone(laid(wearer, "M8.6,-8 L13,-8.8 L12.6,-10.6 L11.2,-9.6 L10,-11 Z"), brush.accent)
        if wearer.pose.frontal
        else ""
    )
    return (
        sleeves(wearer)
        + brush.tone(laid(wearer, shirt), pale)
        + brush.tone(laid(wearer, tie), brush.accent)
        + "".join(brush.mass(laid(wearer, lap), fill=brush.lining, rim=0.6) for lap in lapels)
        + folds(wearer, seam)
        + pocket
    )


def coat(wearer: Wearer) -> str:
    """Paints a knotted scarf over turned-down lapels."""
    brush, front = wearer.brush, wearer.pose.frontal
    scarf = (
        "M-6.8,-29 C-3.6,-25.6 3,-24.6 4.6,-27.6 C7.4,-25 7,-20.8 3,-19.4 C-2,-18 -9,-21 -9.4,-25 Z"
    )
    if front:
        scarf = (
            "M-6.4,-28 C-3,-25 3,-25 6.4,-28 C9,-25 8.4,-21 5,-19.6 C2,-18.4 -2,-18.4 "
            "-5,-19.6 C-8.4,-21 -9,-25 -6.4,-28 Z"
        )
    end = "M1.4,-20 C5.6,-19 7.2,-8 7.6,6 L2.6,6.4 C2.6,-6 1.4,-14 -1,-19.4 Z"
    collar = "M-9.6,-25 C-13,-20 -12,-14 -9,-11.4 C-6,-9 -2,-8 2,-7 C-3,-13 -8,-18 -9.6,-25 Z"
    hang = (
        ""
        if wearer.pose.away
        else (
            brush.mass(laid(wearer, end), fill=brush.accent, rim=0.7)
            + brush.line(
                laid(wearer, "M3,2.6 L7.4,2.4 M3,4.2 L7.5,4"),
                0.3,
                mixed(brush.accent, brush.ink, 0.5),
            )
        )
    )
    lapels = (
        ""
        if wearer.pose.away
        else brush.mass(
            laid(wearer, collar),
            *([laid(wearer, mirrored(collar))] if front else []),
            fill=brush.lining,
            rim=0.7,
        )
    )
    knit = brush.line(
        laid(wearer, "M-7.4,-25.6 C-3,-22 3,-21.6 6,-24 M-7.4,-23 C-3,-20 2,-19.8 5.4,-21.6"),
        0.3,
        mixed(brush.accent, brush.ink, 0.5),
    )
    return (
        sleeves(wearer)
        + lapels
        + folds(wearer, "M4,-6 C6,10 6,24 5.6,42")
        + hang
        + brush.mass(laid(wearer, scarf), fill=brush.accent, rim=0.8)
        + knit
    )


def casual(wearer: Wearer) -> str:
    """Paints a hood, its cords and a striped chest."""
    brush, front = wearer.brush, wearer.pose.frontal
    hood = (
        "M-5,-28 C-2.6,-24.4 2,-22.8 4.4,-25.6 C6.4,-23 5.6,-19.6 2,-18.2 C-4,-16.4 "
        "-13,-18.8 -13.6,-23.4 C-13.4,-27.4 -8,-30.4 -5,-28 Z"
    )
    if front:
        hood = (
            "M0,-22.6 C2.6,-22.8 4,-25 4.6,-27.6 C10,-27.6 11,-22 7.4,-19 C4,-17 2,-16.6 "
            "0,-16.4 C-2,-16.6 -4,-17 -7.4,-19 C-11,-22 -10,-27.6 -4.6,-27.6 C-4,-25 "
            "-2.6,-22.8 0,-22.6 Z"
        )
    stripe = "M-19,-2 C-6,0.6 6,0.6 19,-2" if front else "M-19,-2 C-8,0.8 6,0.8 15.6,-2"
    cords = (
        ""
        if wearer.pose.away
        else brush.line(
            laid(
                wearer,
                "M-2,-17 L-2.4,-6 M2.4,-17 L2.8,-7"
                if front
                else "M2,-18.4 L3,-8 M4.6,-19.6 L6,-10",
            ),
            0.55,
        )
    )
    return (
        sleeves(wearer)
        + border(brush, laid(wearer, stripe), 3.0)
        + brush.mass(laid(wearer, hood), fill=brush.lining)
        + cords
    )


def frock(wearer: Wearer) -> str:
    """Paints a round neckline and a necklace."""
    brush, front = wearer.brush, wearer.pose.frontal
    skin = "M-4.4,-26.6 C-3.4,-20 0,-17.6 3,-17.4 C6,-17.6 7,-20 5.6,-23.4 C4,-25 3,-26 2.4,-28 Z"
    if front:
        skin = (
            "M-7,-24.4 C-6,-18.4 -3,-16.4 0,-16.2 C3,-16.4 6,-18.4 7,-24.4 C4,-26 3,-28 "
            "0,-28 C-3,-28 -4,-26 -7,-24.4 Z"
        )
    edge = (
        "M-4.6,-26 C-3.4,-20 0,-17.6 3,-17.4 C6,-17.6 6.8,-20 5.6,-23"
        if not front
        else "M-7,-24.4 C-6,-18.4 -3,-16.4 0,-16.2 C3,-16.4 6,-18.4 7,-24.4"
    )
    chain = (
        "M-3.4,-25.6 C-2,-22 1.6,-20.4 4.6,-22.6"
        if not front
        else "M-4.2,-25.6 C-2.4,-21.6 2.4,-21.6 4.2,-25.6"
    )
    pearl = wearer.pose.upper((0.0, -22.2) if front else (2.2, -21.0))
    if wearer.pose.away:
        return sleeves(wearer) + brush.line(laid(wearer, "M-6,-24 C-3,-21 3,-21 6,-24"), 0.8)
    return (
        sleeves(wearer)
        + brush.tone(laid(wearer, skin), brush.skin)
        + border(brush, laid(wearer, edge), 1.0)
        + brush.line(laid(wearer, chain), 0.22, brush.rim, opacity=0.8)
        + brush.tone(oval(*pearl, 0.8, 0.9), brush.accent)
    )


def uniform(wearer: Wearer) -> str:
    """Paints a sailor's collar with a bow, or a tunic with a stiff collar."""
    brush, front = wearer.brush, wearer.pose.frontal
    if wearer.sex is Sex.FEMALE:
        cape = (
            "M-4.8,-27 C-9,-26 -15,-22 -15.6,-15 C-11,-12 -5,-11.6 -0.6,-13 C3,-12 6,-10 "
            "8,-7 C8.4,-13 7,-20 4.4,-25.4 C1,-24 -3,-24.6 -4.8,-27 Z"
        )
        if front:
            cape = (
                "M-4.4,-27 C-9,-25 -14,-21 -14.6,-14.6 C-9,-13.6 -4,-11 0,-6.4 C4,-11 "
                "9,-13.6 14.6,-14.6 C14,-21 9,-25 4.4,-27 L0,-14 Z"
            )
        knot = wearer.pose.upper((0.0, -7.0) if front else (7.6, -8.0))
        x, y = knot
        bow = (
            f"M{x:.2f},{y:.2f} C{x - 5:.2f},{y - 4:.2f} {x - 6:.2f},{y + 3:.2f} "
            f"{x:.2f},{y:.2f} C{x + 5:.2f},{y - 4:.2f} {x + 6:.2f},{y + 3:.2f} "
            f"{x:.2f},{y:.2f} L{x + 3:.2f},{y + 9:.2f} L{x + 0.4:.2f},{y + 7:.2f} "
            f"L{x - 2.6:.2f},{y + 9:.2f} Z"
        )
        shape = laid(wearer, cape)
        return (
            sleeves(wearer)
            + brush.mass(shape, fill=brush.lining)
            + brush.line(shape, 0.45)
            + ("" if wearer.pose.away else brush.mass(bow, fill=brush.accent, rim=0.7))
        )
    collar = (
        "M-4.8,-27.2 C-2.4,-23.4 2.6,-22.8 4.4,-25.4"
        if not front
        else "M-4.8,-26.4 C-2,-23.4 2,-23.4 4.8,-26.4"
    )
    seam = "M3.6,-23 C8,-14 10,0 9.8,42" if not front else "M0,-23.4 L0,42"
    strap = "M-13.4,-21.6 L-7,-23.6" if not front else "M-15,-20.4 L-8.4,-23 M15,-20.4 L8.4,-23"
    buttons = (
        ""
        if wearer.pose.away
        else brush.line(
            laid(wearer, seam), 1.1, mixed(brush.accent, brush.light, 0.4), dash="0.05 6"
        )
    )
    return (
        sleeves(wearer)
        + folds(wearer, seam)
        + buttons
        + brush.line(laid(wearer, strap), 1.5, cap="butt")
        + border(brush, laid(wearer, collar), 2.4)
    )
