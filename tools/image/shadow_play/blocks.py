"""Modern blocks along a street: lit shops, awnings, floors of windows, neon."""

from __future__ import annotations

from random import Random

from nightshoot.tools.image.shadow_play.lamps import VERMILION, silk
from nightshoot.tools.image.shadow_play.roofs import paint
from nightshoot.tools.image.shadow_play.site import (
    Point,
    Site,
    box,
    disc,
    mix,
    path,
    poly,
    stroke,
    trace,
)
from nightshoot.tools.image.shadow_play.svg import number as n

HALF = 1.3
"""Half of the street's width, in adults."""

Light = tuple[Point, str, float]
"""Where a reflection begins, its colour, its width."""


def block(
    site: Site,
    side: int,
    index: int,
    d0: float,
    d1: float,
    lights: list[Light],
    lamps: list[tuple[float, float, float]],
) -> str:
    """One modern block: a lit shop under floors of windows, an awning, a neon sign."""
    rng = site.rng("block", side, index)
    middle = (d0 + d1) / 2
    tone = site.tone(middle)
    pale, w = site.palette, side * HALF
    tall = rng.uniform(3.4, 6.4)
    hue = paint(pale, tone, lit=site.lit * min(1.0, max(0.15, (middle - 0.6) / 1.4)))
    parts = [end_wall(site, w, side, tall, d0, mix(tone, pale.ink, 0.2))]
    parts.append(poly(site.quad((w, 0, d0), (w, tall, d0), (w, tall, d1), (w, 0, d1)), tone))
    parts.append(_floors(site, w, d0, d1, tall, hue.lamp, tone, rng))
    shut = rng.random() < 0.16
    glass = mix(tone, mix(hue.lamp, pale.light, 0.2), 0.14 if shut else rng.uniform(0.5, 1.0))
    shop = site.quad(
        (w, 0.08, d0 + 0.1), (w, 1.05, d0 + 0.1), (w, 1.05, d1 - 0.1), (w, 0.08, d1 - 0.1)
    )
    parts.append(poly(shop, glass))
    parts.append(_goods(site, w, d0, d1, mix(glass, tone, 0.6), rng))
    mullions = ""
    for i in range(1, 5):
        d = d0 + (d1 - d0) * i / 5
        mullions += trace(site.quad((w, 0.08, d), (w, 1.05, d)), close=False)
    mullions += trace(site.quad((w, 0.3, d0), (w, 0.3, d1)), close=False)
    parts.append(stroke(mullions, tone, max(0.8, site.person(middle) * 0.02)))
    out = side * (HALF - 0.3)
    awning = site.quad(
        (out, 1.12, d0 + 0.08), (out, 1.12, d1 - 0.08), (w, 1.42, d1 - 0.08), (w, 1.42, d0 + 0.08)
    )
    cloth = mix(tone, silk(pale, site.lit), rng.choice((0.15, 0.5, 0.7)))
    parts.append(poly(awning, cloth))
    parts.append(
        stroke(trace(awning[:2], close=False), hue.rim, max(0.8, site.person(middle) * 0.012))
    )
    if rng.random() < 0.8 and d0 > 0.9:
        parts.append(_neon(site, side, d0 + 0.3, rng, lights, lamps))
    lights.append((site.pt(side * (HALF - 0.15), 0, middle), glass, site.person(middle) * 0.2))
    return "".join(parts)


def _goods(site: Site, w: float, d0: float, d1: float, colour: str, rng: Random) -> str:
    """What stands in a shop's window: shelves, boxes, somebody at the counter."""
    data, d = "", d0 + 0.16
    while d < d1 - 0.25:
        wide, tall = rng.uniform(0.05, 0.16), rng.uniform(0.12, 0.6)
        low = rng.choice((0.08, 0.3))
        data += trace(
            site.quad(
                (w, low, d), (w, low + tall, d), (w, low + tall, d + wide), (w, low, d + wide)
            )
        )
        d += wide + rng.uniform(0.03, 0.12)
    shelf = site.quad(
        (w, 0.78, d0 + 0.1), (w, 0.8, d0 + 0.1), (w, 0.8, d1 - 0.1), (w, 0.78, d1 - 0.1)
    )
    return path(data + trace(shelf), colour)


def _floors(
    site: Site, w: float, d0: float, d1: float, tall: float, lamp: str, tone: str, rng: Random
) -> str:
    """Rows of windows above the shop, some lit."""
    lit, dark = "", ""
    columns = max(2, round((d1 - d0) / 0.42))
    h = 1.75
    while h + 0.4 < tall:
        for i in range(columns):
            a = d0 + (d1 - d0) * (i + 0.2) / columns
            b = d0 + (d1 - d0) * (i + 0.8) / columns
            cut = trace(site.quad((w, h, a), (w, h + 0.38, a), (w, h + 0.38, b), (w, h, b)))
            if rng.random() < 0.42:
                lit += cut
            else:
                dark += cut
        h += 0.72
    pale = mix(tone, site.palette.horizon, 0.16)
    return path(dark, pale) + path(lit, mix(lamp, tone, 0.15))


def _neon(
    site: Site,
    side: int,
    d: float,
    rng: Random,
    lights: list[Light],
    lamps: list[tuple[float, float, float]],
) -> str:
    """An upright sign with tubes of light; the shapes are no letters."""
    pale = site.palette
    low = rng.uniform(1.6, 2.0)
    high = low + rng.uniform(0.7, 1.3)
    (x0, y0), (x1, y1) = (
        site.pt(side * (HALF - 0.42), high, d),
        site.pt(side * (HALF - 0.1), low, d),
    )
    x0, x1 = min(x0, x1), max(x0, x1)
    base = rng.choice((VERMILION, pale.glow, mix(pale.water, pale.light, 0.55)))
    tube = mix(base, pale.light, 0.25)
    dim = mix(mix(tube, pale.near, 0.5), tube, site.lit)
    wide, tall = x1 - x0, y1 - y0
    parts = [box(x0, y0, wide, tall, mix(pale.ink, dim, 0.16), rx=wide * 0.12)]
    parts.append(
        box(
            x0 + wide * 0.1,
            y0 + wide * 0.1,
            wide * 0.8,
            tall - wide * 0.2,
            "none",
            stroke=dim,
            stroke_width=wide * 0.06,
            rx=wide * 0.1,
        )
    )
    marks = max(2, int(tall / wide))
    for i in range(marks):
        cy = y0 + tall * (i + 0.5) / marks
        cx, r = x0 + wide / 2, wide * 0.22
        shape = rng.randrange(3)
        if shape == 0:
            parts.append(disc(cx, cy, r, "none", stroke=dim, stroke_width=wide * 0.08))
        elif shape == 1:
            bars = (
                f"M{n(cx - r)} {n(cy - r * 0.6)}h{n(2 * r)}M{n(cx - r)} {n(cy + r * 0.6)}"
                f"h{n(2 * r)}"
            )
            parts.append(stroke(bars, dim, wide * 0.09))
        else:
            wedge = f"M{n(cx)} {n(cy - r)}L{n(cx + r)} {n(cy + r * 0.8)}H{n(cx - r)}Z"
            parts.append(stroke(wedge, dim, wide * 0.08))
    lamps.append(((x0 + x1) / 2, (y0 + y1) / 2, tall * 0.65))
    lights.append((site.pt(side * (HALF - 0.3), 0, d), dim, wide * 0.9))
    return "".join(parts)


def end_wall(site: Site, w: float, side: int, tall: float, d: float, colour: str) -> str:
    """The gable that a house shows to the lens where its neighbour is narrower."""
    return poly(
        site.quad((w, 0, d), (w, tall, d), (w + side * 3, tall, d), (w + side * 3, 0, d)), colour
    )
