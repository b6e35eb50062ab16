"""Eaves near the lens: tiles from below, ridge beasts, a wind bell."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.roofs import Paint
from nightshoot.tools.image.shadow_play.site import disc, path, stroke
from nightshoot.tools.image.shadow_play.svg import number as n


def corner(x: float, y: float, size: float, side: int, hue: Paint) -> str:
    """Eaves near the lens that come in from one side of the frame and end in an upturned tip.

    Args:
        x: the tip.
        y: the tip.
        size: how far the roof is drawn back from the tip.
        side: -1 where the roof comes in from the left, 1 from the right.
        hue: its colours.
    """
    s = float(side)

    def at(u: float, v: float) -> str:
        return f"{n(x + s * u * size)} {n(y + v * size)}"

    shape = (
        f"M{at(0, 0)}C{at(0.12, 0.13)} {at(0.35, 0.2)} {at(0.62, 0.2)}L{at(1.6, 0.24)}"
        f"L{at(1.6, -0.9)}L{at(0.95, -0.6)}C{at(0.6, -0.22)} {at(0.3, -0.05)} {at(0, 0)}Z"
    )
    tiles = "".join(
        f"M{at(0.2 + i * 0.1, 0.12 + min(i, 4) * 0.02)}"
        f"Q{at(0.3 + i * 0.11, -0.05 - i * 0.03)} {at(0.42 + i * 0.13, -0.16 - i * 0.1)}"
        for i in range(11)
    )
    ends = "".join(
        disc(
            x + s * (0.2 + i * 0.1) * size,
            y + (0.15 + min(i, 4) * 0.02) * size,
            size * 0.026,
            hue.body,
        )
        for i in range(14)
    )
    edge = f"M{at(0, 0)}C{at(0.12, 0.13)} {at(0.35, 0.2)} {at(0.62, 0.2)}L{at(1.6, 0.24)}"
    beasts = ""
    for i in range(4):
        u, v = 0.2 + i * 0.1, -0.02 - i * 0.035
        beasts += f"M{at(u - 0.03, v + 0.06)}Q{at(u - 0.035, v - 0.05)} {at(u, v - 0.09)}"
        beasts += f"Q{at(u - 0.01, v - 0.03)} {at(u + 0.04, v + 0.06)}Z"
    chime = (
        f"M{at(0.06, 0.09)}L{at(0.06, 0.2)}"
        f"M{at(0.03, 0.28)}Q{at(0.035, 0.2)} {at(0.06, 0.2)}Q{at(0.085, 0.2)} {at(0.09, 0.28)}Z"
        f"M{at(0.06, 0.28)}L{at(0.06, 0.34)}"
    )
    return (
        path(shape, hue.body)
        + ends
        + path(beasts, hue.body)
        + stroke(tiles, hue.soft, size * 0.008, opacity=0.6)
        + stroke(edge, hue.rim, size * 0.007, opacity=0.8)
        + bell(chime, hue, size)
    )


def bell(data: str, hue: Paint, size: float) -> str:
    """The wind bell that hangs from the tip of an eave."""
    return path(data, hue.body) + stroke(data, hue.body, size * 0.009)
