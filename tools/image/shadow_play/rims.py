"""The rim of light on what stands before the sun or the moon."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import line, linear
from nightshoot.tools.image.shadow_play.sky import Disc


def lit_edge(
    name: str, outline: str, palette: Palette, view: View, disc: Disc, *, strength: float
) -> str:
    """Gives the rim of light on a skyline, brightest under the sun or the moon."""
    amount = strength * (0.25 + 0.75 * disc.strength)
    reach = 0.75 * view.width
    body = linear(
        f"{name}-rim",
        (disc.x - reach, 0),
        (disc.x + reach, 0),
        (0.0, palette.rim, 0.05 * amount),
        (0.5, palette.rim, 0.9 * amount),
        (1.0, palette.rim, 0.05 * amount),
    )
    return body + line(outline, f"url(#{name}-rim)", 1.7 * view.short / 720.0)
