"""Says in words how a shot's light and colour differ from its neighbours'."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from nightshoot.tools.measure.scene.palette import Palette

_STOPS = 0.4
"""Less is not worth a word."""
_CHROMA = 5.0
"""Less is not worth a word: 2.3 is the least difference that is seen side by side (Mahy et al.,
1994), and two shots are never side by side."""
_PLAIN = 0.9
"""From this share on, a change of colour is one of strength and not of hue."""


def told(
    palette: Palette, neighbours: Sequence[Palette], numbers: Sequence[str], *, bad: bool
) -> str:
    """Gives the note: what differs, from which shots, and what the next take should do.

    Args:
        palette: the shot's own.
        neighbours: at least one.
        numbers: what the crew calls the neighbours' shots, in the same order.
        bad: whether it is too much.
    """
    shots = f"shot{'s' if len(numbers) > 1 else ''} {' and '.join(numbers)}"
    if not bad:
        return f"The light and the colours go with {shots} of the scene."
    differs = " and ".join(differences(palette, neighbours)) or "lit otherwise"
    return f"The shot is {differs} than {shots} of the scene; give it their light and palette."


def differences(palette: Palette, neighbours: Sequence[Palette]) -> list[str]:
    """Gives what a viewer would name: `1.5 stops darker`, `bluer`; none where nothing is much."""
    words = []
    stops = fmean(palette.stops) - fmean(fmean(one.stops) for one in neighbours)
    if abs(stops) >= _STOPS:
        words.append(f"{abs(stops):.1f} stops {'brighter' if stops > 0 else 'darker'}")
    a, b = fmean(one.a for one in neighbours), fmean(one.b for one in neighbours)
    far = math.hypot(palette.a - a, palette.b - b)
    if far < _CHROMA:
        return words
    stronger = math.hypot(palette.a, palette.b) - math.hypot(a, b)
    if abs(stronger) >= _PLAIN * far:
        words.append("more saturated" if stronger > 0 else "paler in colour")
        return words
    if abs(palette.b - b) >= 0.5 * far:
        words.append("yellower" if palette.b > b else "bluer")
    if abs(palette.a - a) >= 0.5 * far:
        words.append("redder" if palette.a > a else "greener")
    return words
