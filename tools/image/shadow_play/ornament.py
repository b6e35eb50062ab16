"""Borders, clouds, badges and folds, as they are cut into a puppet's hide."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.strokes import (
    Brush,
    Point,
    curve,
    mirrored,
    mixed,
    oval,
    warped,
)


def laid(wearer: Wearer, path: str) -> str:
    """Gives path data broadened to the wearer's build and bent to the wearer's back."""
    broad = wearer.bulk
    return warped(path, lambda p: wearer.pose.upper((p[0] * broad, p[1])))


def border(brush: Brush, path: str, wide: float) -> str:
    """Paints a woven border: light edges, the accent, and a pattern cut out of it."""
    return (
        brush.line(path, wide, mixed(brush.accent, brush.rim, 0.5), cap="butt")
        + brush.line(path, wide - 0.28, brush.accent, cap="butt")
        + brush.line(
            path, wide * 0.30, mixed(brush.accent, brush.ink, 0.62), dash="0.9 0.55 0.1 0.55"
        )
    )


def cloud(brush: Brush, x: float, y: float, size: float, opacity: float = 0.6) -> str:
    """Paints an auspicious cloud (如意云) in fine lines, as it is cut into a puppet's hide."""
    spiral = [
        (x + size * r * math.cos(a), y + size * r * math.sin(a))
        for r, a in ((0.12 + 0.09 * k, 0.9 * k) for k in range(8))
    ]
    other = [(2 * x - px + size * 1.5, py) for px, py in spiral]
    tail = [
        spiral[-1],
        (x - size * 0.2, y + size * 0.9),
        (x - size * 1.3, y + size * 0.95),
        (x - size * 2.2, y + size * 0.6),
    ]
    return brush.line(" ".join((curve(spiral), curve(other), curve(tail))), 0.22, opacity=opacity)


def roundel(brush: Brush, middle: Point, size: float) -> str:
    """Paints a round badge of petals and waves."""
    x, y = middle
    rings = brush.line(oval(x, y, size, size), 0.42) + brush.line(
        oval(x, y, size * 0.88, size * 0.88), 0.16
    )
    petals = "".join(
        brush.line(
            oval(
                x + size * 0.5 * math.cos(a), y + size * 0.5 * math.sin(a), size * 0.26, size * 0.26
            ),
            0.22,
            opacity=0.9,
        )
        for a in (k * math.pi / 4 for k in range(8))
    )
    heart = brush.line(oval(x, y, size * 0.24, size * 0.24), 0.3) + brush.tone(
        oval(x, y, size * 0.1, size * 0.1), brush.accent
    )
    return rings + petals + heart


def folds(wearer: Wearer, *paths: str) -> str:
    """Paints creases."""
    return wearer.brush.line(
        " ".join(laid(wearer, path) for path in paths), 0.4, wearer.brush.lining, opacity=0.9
    )


def sleeves(wearer: Wearer) -> str:
    """Paints where the arms part from the chest."""
    if wearer.pose.frontal:
        edge = "M13.4,-9 C13,0 13.4,20 14,42"
        return folds(
            wearer,
            edge,
            mirrored(edge),
            "M9,-18 C10.4,-14 11.6,-12 13.4,-9",
            mirrored("M9,-18 C10.4,-14 11.6,-12 13.4,-9"),
        )
    return folds(
        wearer,
        "M-8.4,-12 C-8.8,0 -9,20 -8.6,42",
        "M-12.6,-20 C-9.6,-17 -8.6,-15 -8.4,-12",
        "M-14,-8 C-13,2 -13.4,16 -13,42",
    )
