"""Water: its fall of colour, the hills upside down in it, the path of light, ripples from above."""

from __future__ import annotations

import math
from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import Setting, Weather
from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import (
    Noise,
    blade,
    canvas,
    fill,
    line,
    linear,
    puff,
    rect,
    smooth,
)
from nightshoot.tools.image.shadow_play.sky import Disc
from nightshoot.tools.image.shadow_play.svg import el


def surface(*, palette: Palette, view: View, mirrored: tuple[str, ...]) -> str:
    """Gives still water from the horizon down; `mirrored` bodies stand on the horizon."""
    left, _, right, bottom = canvas(view)
    top = view.horizon
    body = linear(
        "water-fall",
        (0, top),
        (0, view.height * 1.02),
        (0.0, mix(palette.horizon, palette.water, 0.22), 1.0),
        (0.07, mix(palette.horizon, palette.water, 0.45), 1.0),
        (0.30, palette.water, 1.0),
        (1.0, palette.water_near, 1.0),
    )
    body += rect(left, top, right - left, bottom - top, "url(#water-fall)")
    if mirrored:
        turned = f"matrix(1 0 0 -0.62 0 {top * 1.62:.1f})"
        body += el("g", "".join(mirrored), transform=turned, opacity="0.30")
    return body


def shore(*, palette: Palette, view: View) -> str:
    """Gives the bright line where the far water meets the land, veiled by its own haze."""
    left, _, right, _ = canvas(view)
    high = 0.03 * view.short
    body = linear(
        "shore",
        (0, view.horizon - high),
        (0, view.horizon + high * 0.6),
        (0.0, palette.horizon, 0.0),
        (0.62, palette.horizon, 0.55),
        (1.0, palette.horizon, 0.0),
    )
    return body + rect(left, view.horizon - high, right - left, 1.6 * high, "url(#shore)")


def glints(*, staging: Staging, palette: Palette, view: View, seed: int, disc: Disc) -> str:
    """Gives light on the water: a broken path under the sun or moon, and stray lines."""
    rng = Random(f"glints {seed}")
    left, _, right, bottom = canvas(view)
    deep = bottom - view.horizon
    rough = {Weather.STORM: 1.8, Weather.WIND: 1.4, Weather.RAIN: 1.2}.get(staging.weather, 1.0)
    unit = view.short / 720.0 * view.zoom**0.5
    strong, soft = "", ""
    for _ in range(120):
        t = rng.random() ** 1.25
        y = view.horizon + 0.006 * view.height + deep * t
        spread = view.short * (0.05 + 0.24 * t)
        x = disc.x + rng.gauss(0.0, 0.55) * spread
        wide = (14.0 + 74.0 * t) * unit * rng.uniform(0.4, 1.5)
        thick = (1.0 + 2.6 * t) * unit * rng.uniform(0.7, 1.3)
        strong += _lens(x, y, wide, thick)
    for _ in range(int(70 * rough)):
        t = rng.random() ** 1.1
        x, y = rng.uniform(left, right), view.horizon + 0.01 * view.height + deep * t
        wide = (30.0 + 150.0 * t) * unit * rng.uniform(0.4, 1.4)
        soft += _lens(x, y, wide, (0.8 + 1.5 * t) * unit)
    visible = 0.30 + 0.55 * disc.strength
    body = fill(soft, mix(palette.glint, palette.water, 0.35), 0.30)
    body += fill(strong, palette.glint, visible)
    if staging.setting is Setting.SEA or rough > 1.1:
        body += _waves(palette, view, rng, rough)
    return body


def _lens(x: float, y: float, wide: float, thick: float) -> str:
    """Gives a sliver of light, pointed at both ends."""
    half = wide / 2
    return (
        f"M{x - half:.1f} {y:.1f}Q{x:.1f} {y - thick:.1f} {x + half:.1f} {y:.1f}"
        f"Q{x:.1f} {y + thick:.1f} {x - half:.1f} {y:.1f}Z"
    )


def _waves(palette: Palette, view: View, rng: Random, rough: float) -> str:
    """Draws wave crests in perspective, each a dark back with a lit edge."""
    left, _, right, bottom = canvas(view)
    noise = Noise(f"waves {rng.random()}")
    body = ""
    for row in range(8):
        t = ((row + 1) / 8) ** 1.7
        y = view.horizon + (bottom - view.horizon) * t
        amplitude = view.short * 0.045 * t * rough
        length = view.short * (0.10 + 0.55 * t)
        count = 30
        crest = []
        for i in range(count + 1):
            x = left + (right - left) * i / count
            peak = 1.0 - abs(math.sin(math.pi * (x / length + row * 0.37)))
            crest.append((x, y - amplitude * peak**1.6 * noise.at(x / length + row * 3.1)))
        low = [(x, y + amplitude * 0.9 + 1.0) for x, _ in crest]
        path = smooth(crest)
        dark = mix(palette.water, palette.water_near, 0.35 + 0.6 * t)
        body += fill(path + "L" + smooth(low[::-1])[1:] + "Z", dark, 0.55)
        body += line(path, palette.glint, (0.8 + 2.2 * t) * view.short / 720.0, 0.42)
    return body


def ripples(*, palette: Palette, view: View, seed: int, disc: Disc) -> str:
    """Gives water seen close from above: the disc's broken image, rings, a few fallen leaves."""
    rng = Random(f"ripples {seed}")
    left, top, right, bottom = canvas(view)
    unit = view.short / 720.0
    body = linear(
        "pool-fall",
        (0, 0),
        (0, view.height),
        (0.0, mix(palette.water, palette.horizon, 0.55), 1.0),
        (0.45, palette.water, 1.0),
        (1.0, palette.water_near, 1.0),
    )
    body += rect(left, top, right - left, bottom - top, "url(#pool-fall)")
    cx, cy = view.width * rng.uniform(0.38, 0.62), view.height * 0.40
    body += puff("pool-glow", palette.light, 0.55)
    reach = view.short * 0.62
    body += el("ellipse", cx=cx, cy=cy, rx=reach, ry=reach * 0.8, fill="url(#pool-glow)")
    noise = Noise(f"pool {seed}")
    radius = view.short * 0.24
    image = ""
    rows = 21
    for row in range(rows):
        v = (row + 0.5) / rows * 2.0 - 1.0
        half = radius * math.sqrt(1.0 - v * v) * (0.9 + 0.5 * (noise.at(row * 0.9) - 0.4))
        x = cx + radius * 0.28 * (noise.at(row * 1.7 + 40.0) - 0.5) * (1.0 + abs(v))
        image += _lens(x, cy + v * radius * 1.15, 2 * half, radius * 0.085)
    body += fill(image, palette.light, 0.95 if disc.strength > 0 else 0.5)
    return body + _rings(palette, view, rng, unit)


def _rings(palette: Palette, view: View, rng: Random, unit: float) -> str:
    left, top, right, bottom = canvas(view)
    soft = ""
    for _ in range(80):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        soft += _lens(x, y, rng.uniform(60, 260) * unit, rng.uniform(1.5, 5.0) * unit)
    body = fill(soft, palette.glint, 0.22)
    for _ in range(2):
        x, y = view.width * rng.uniform(0.15, 0.85), view.height * rng.uniform(0.52, 0.78)
        for ring in range(4):
            r = (26 + 38 * ring) * unit
            body += el(
                "ellipse",
                cx=x,
                cy=y,
                rx=r,
                ry=r * 0.36,
                fill="none",
                stroke=palette.glint,
                stroke_width=2.4 * unit,
                stroke_opacity=f"{0.5 - 0.11 * ring:.2f}",
            )
        leaf = blade(
            (x - 26 * unit, y), (x, y - 13 * unit), (x + 24 * unit, y - 4 * unit), 15 * unit
        )
        body += fill(leaf, palette.ink)
    return body
