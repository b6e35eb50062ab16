"""Mist between hills, and banks of cloud to walk on."""

from __future__ import annotations

from random import Random

from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import canvas, fill, line, linear, puff
from nightshoot.tools.image.shadow_play.svg import el


def mist(
    *, palette: Palette, view: View, seed: int, base: float, thick: float, opacity: float
) -> str:
    """Gives a band of mist that may wrap around the canvas: long soft puffs on one line."""
    rng = Random(f"mist {seed} {base:.0f}")
    left, _, right, _ = canvas(view)
    span = right - left
    name = f"mist-{rng.randrange(10**6)}"
    body = puff(name, mix(palette.horizon, palette.light, 0.35), opacity)
    for index in range(7):
        wide = span * rng.uniform(0.13, 0.24)
        high = thick * rng.uniform(0.35, 0.6)
        x = left + span * (index + rng.uniform(0.2, 0.8)) / 7
        y = base + thick * rng.uniform(-0.3, 0.3)
        for shift in (-span, 0.0, span):
            if x + shift + wide > left and x + shift - wide < right:
                body += el("ellipse", cx=x + shift, cy=y, rx=wide, ry=high, fill=f"url(#{name})")
    return body


def cloud_bank(
    *, name: str, palette: Palette, view: View, seed: int, base: float, size: float, tone: float
) -> str:
    """Gives a bank of scalloped clouds with curls, such as one walks on in heaven."""
    rng = Random(f"cloud bank {seed} {name}")
    left, _, right, bottom = canvas(view)
    white = mix(palette.light, palette.horizon, 0.5)
    crown = mix(mix(palette.sky_mid, white, 0.55), white, tone)
    foot = mix(palette.sky_mid, palette.sky_top, 0.35 + 0.4 * tone)
    body = linear(
        name,
        (0, base - size),
        (0, base + 2.6 * size),
        (0.0, crown, 1.0),
        (0.35, mix(crown, foot, 0.4), 0.95),
        (1.0, foot, 1.0),
    )
    path, curls, x = f"M{left:.1f} {bottom:.1f}L{left:.1f} {base:.1f}", "", left
    while x < right:
        wide = size * rng.uniform(0.7, 1.5)
        path += f"a{wide / 2:.1f} {wide * rng.uniform(0.38, 0.6):.1f} 0 0 1 {wide:.1f} 0"
        cx, r = x + wide * 0.5, wide * 0.2
        curls += (
            f"M{cx - 1.5 * r:.1f} {base:.1f}a{1.5 * r:.1f} {1.3 * r:.1f} 0 0 1 {3 * r:.1f} 0"
            f"a{r:.1f} {r:.1f} 0 0 1 {-2 * r:.1f} 0a{r * 0.5:.1f} {r * 0.5:.1f} 0 0 1 {r:.1f} 0"
        )
        x += wide
    path += f"L{x:.1f} {bottom:.1f}Z"
    unit = view.short / 720.0
    body += fill(path, f"url(#{name})") + line(path, palette.rim, 1.8 * unit, 0.55)
    return body + line(curls, palette.rim, 1.5 * unit, 0.30)
