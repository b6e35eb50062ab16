"""Streets in one-point perspective: shop fronts with lanterns, or neon and wires."""

from __future__ import annotations

from random import Random

from nightshoot.tools.image.shadow_play.blocks import HALF, Light, block, end_wall
from nightshoot.tools.image.shadow_play.ground import earth, mirror, paving, puddles
from nightshoot.tools.image.shadow_play.lamps import halos, lantern, silk
from nightshoot.tools.image.shadow_play.near import eaves_and_lantern, wires_and_sign
from nightshoot.tools.image.shadow_play.roofs import paint, tower
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    disc,
    halo,
    mix,
    path,
    poly,
    pool,
    stroke,
    trace,
    use,
)
from nightshoot.tools.image.shadow_play.skyline import skyline
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

_SPLIT = 3.6
"""Houses beyond this distance share the plane of the ground."""


def street(site: Site) -> tuple[Plane, ...]:
    """Paints the street of the story's time."""
    lights: list[Light] = []
    far: list[str] = []
    near: list[str] = []
    lamps: list[tuple[float, float, float]] = []
    front = block if site.modern else _shop
    for side in (-1, 1):
        houses = _houses(site, side)
        for index in reversed(range(len(houses))):
            d0, d1 = houses[index]
            body = front(site, side, index, d0, d1, lights, lamps)
            (far if d0 >= _SPLIT else near).append(body)
    glow = site.id("glow")
    warm = mix(site.palette.glow, site.palette.light, 0.2)
    air = halo(glow, warm, 0.5 * site.lit) + halos(lamps, glow)
    end = _end(site)
    floor = earth(site) + paving(site, half=HALF) + puddles(site, 9)
    lens = wires_and_sign(site) if site.modern else eaves_and_lantern(site)
    return (
        Plane("place-end", 0.35, end),
        Plane("place-street", 0.62, floor + "".join(far)),
        *mirror(site, lights),
        Plane("place-fronts", 0.85, "".join(near)),
        Plane("place-light", 0.75, air, "flicker 0.18 3.1"),
        *lens,
    )


def _houses(site: Site, side: int) -> list[tuple[float, float]]:
    """Where each house begins and ends, the nearest first; the nearest lies behind the lens."""
    rng = site.rng("houses", side)
    spans: list[tuple[float, float]] = []
    d = 0.42
    while d < 13:
        length = rng.uniform(1.0, 1.5)
        spans.append((d, d + length))
        d += length
    return spans


def _end(site: Site) -> str:
    """What closes the street: a gate tower or the skyline, with light behind it."""
    x, y = site.pt(0, 0.7, 14)
    size = site.person(14)
    warm = mix(site.palette.glow, site.palette.horizon, 0.35)
    name = site.id("dusk")
    stops = ((0.0, warm, 0.75), (0.5, warm, 0.25), (1.0, warm, 0.0))
    light = pool(name, stops, x, y, site.unit * 0.3)
    light += disc(x, y, site.unit * 0.3, use(name))
    if site.modern:
        return skyline(site, 18, 0.6, "end") + light
    hue = paint(site.palette, site.tone(13), lit=site.lit, snowy=site.snowy)
    foot = site.pt(0, 0, 14)[1]
    wall = box(x - size * 6, foot - size * 2.2, size * 12, size * 2.3, hue.body)
    arch = (
        f"M{n(x - size * 0.7)} {n(foot + 1)}v{n(-size)}a{n(size * 0.7)} {n(size * 0.7)} 0 0 1 "
        f"{n(size * 1.4)} 0v{n(size)}Z"
    )
    gate = tower(x, foot - size * 2.2, size * 2.3, (size * 1.5, size * 1.2), hue, bays=5)
    return light + gate + wall + path(arch, mix(hue.body, warm, 0.7))


def _shop(
    site: Site,
    side: int,
    index: int,
    d0: float,
    d1: float,
    lights: list[Light],
    lamps: list[tuple[float, float, float]],
) -> str:
    """One old shop: glowing lattice doors under upturned eaves, lanterns, a cloth sign."""
    rng = site.rng("shop", side, index)
    middle = (d0 + d1) / 2
    tone = site.tone(middle)
    # The nearest fronts stay dim: light belongs to the depth of the picture.
    lit = site.lit * min(1.0, max(0.12, (middle - 0.7) / 1.6))
    hue = paint(site.palette, tone, lit=lit, snowy=site.snowy)
    w, tall = side * HALF, rng.uniform(1.5, 1.75)
    two = rng.random() < 0.45
    parts = [poly(site.quad((w, 0, d0), (w, tall, d0), (w, tall, d1), (w, 0, d1)), tone)]
    parts.append(end_wall(site, w, side, tall + 0.3, d0, mix(tone, site.palette.ink, 0.25)))
    parts.append(_leaves(site, w, d0 + 0.08, d1 - 0.08, 0.1, 1.12, hue.lamp, tone, rng))
    parts.append(_rail(site, w, d0, d1, 1.2, 1.34, hue.soft))
    if two:
        up = side * (HALF + 0.25)
        top = tall + 1.25
        parts.append(
            poly(site.quad((up, tall, d0), (up, top, d0), (up, top, d1), (up, tall, d1)), tone)
        )
        parts.append(
            _leaves(site, up, d0 + 0.12, d1 - 0.12, tall + 0.42, top - 0.2, hue.lamp, tone, rng)
        )
        parts.append(_eaves(site, side, d0, d1, top, 0.55, hue.snow or tone, hue.rim, HALF + 0.25))
    parts.append(
        _eaves(site, side, d0, d1, tall, 0.35 if two else 0.7, hue.snow or tone, hue.rim, HALF)
    )
    count = rng.choice((1, 2, 2))
    for i in range(count):
        at = d0 + (d1 - d0) * (i + 0.5) / count
        x, y = site.pt(side * (HALF - 0.26), tall - 0.34, at)
        size = site.person(at) * 0.22
        parts.append(lantern(x, y, size, site.palette, site.lit, cord=size * 0.5))
        lamps.append((x, y, size * 1.7))
        ground = site.pt(side * (HALF - 0.3), 0, at)
        lights.append((ground, silk(site.palette, 1), size * 0.5))
    if rng.random() < 0.6 and d0 > 1.2:
        parts.append(_banner(site, side, d0 + 0.25, tall, rng))
    return "".join(parts)


def _leaves(
    site: Site,
    w: float,
    d0: float,
    d1: float,
    low: float,
    high: float,
    lamp: str,
    bar: str,
    rng: Random,
) -> str:
    """Lattice door leaves along a side wall: panes, rails and bars in perspective."""
    count = max(3, round((d1 - d0) / 0.2))
    step = (d1 - d0) / count
    split = low + (high - low) * 0.32
    panes, bars = "", ""
    for i in range(count):
        a, b = d0 + i * step + step * 0.1, d0 + (i + 1) * step - step * 0.1
        if rng.random() < 0.1:
            continue
        panes += trace(site.quad((w, split, a), (w, high, a), (w, high, b), (w, split, b)))
        for k in range(1, 5):
            h = split + (high - split) * k / 5
            bars += trace(site.quad((w, h, a), (w, h, b)), close=False)
        for k in range(1, 3):
            d = a + (b - a) * k / 3
            bars += trace(site.quad((w, split, d), (w, high, d)), close=False)
    base = trace(
        site.quad((w, low, d0), (w, split - 0.05, d0), (w, split - 0.05, d1), (w, low, d1))
    )
    width = max(0.6, site.person((d0 + d1) / 2) * 0.012)
    return path(panes, lamp) + stroke(bars, bar, width) + stroke(base, mix(bar, lamp, 0.25), width)


def _rail(site: Site, w: float, d0: float, d1: float, low: float, high: float, colour: str) -> str:
    """A carved beam along a side wall."""
    data = ""
    count = max(4, round((d1 - d0) / 0.16))
    for i in range(count + 1):
        d = d0 + (d1 - d0) * i / count
        data += trace(site.quad((w, low, d), (w, high, d)), close=False)
    for h in (low, high):
        data += trace(site.quad((w, h, d0), (w, h, d1)), close=False)
    return stroke(data, colour, max(0.6, site.person((d0 + d1) / 2) * 0.012), opacity=0.8)


def _eaves(
    site: Site,
    side: int,
    d0: float,
    d1: float,
    tall: float,
    rise: float,
    fill: str,
    rim: str,
    half: float,
) -> str:
    """A roof that slopes to the street; its eaves hang in a curve and its tips turn up."""
    out, back = side * (half - 0.36), side * (half + 0.75)
    middle = (d0 + d1) / 2
    near, far = site.pt(out, tall + 0.12, d0 - 0.06), site.pt(out, tall + 0.12, d1)
    dip = site.pt(out, tall - 0.14, middle)
    ridge = site.quad((back, tall + rise + 0.05, d1), (back, tall + rise + 0.05, d0 - 0.06))
    curve = f"M{n(near[0])} {n(near[1])}Q{n(dip[0])} {n(dip[1])} {n(far[0])} {n(far[1])}"
    data = curve + "".join(f"L{n(x)} {n(y)}" for x, y in ridge) + "Z"
    under = site.quad((side * half, tall - 0.22, d1), (side * half, tall - 0.22, d0))
    shade = curve + "".join(f"L{n(x)} {n(y)}" for x, y in under) + "Z"
    tiles = ""
    for i in range(1, 12):
        d = d0 + (d1 - d0) * i / 12
        tiles += trace(site.quad((out, tall - 0.01, d), (back, tall + rise, d)), close=False)
    thin = max(0.7, site.person(middle) * 0.012)
    return (
        path(shade, mix(fill, site.palette.ink, 0.45))
        + path(data, fill)
        + stroke(tiles, mix(fill, rim, 0.5), thin * 0.7, opacity=0.5)
        + stroke(curve, rim, thin, opacity=0.9)
    )


def _banner(site: Site, side: int, d: float, tall: float, rng: Random) -> str:
    """A cloth sign on a pole that stands out from the wall, with an emblem and no letters."""
    w0, w1 = side * (HALF - 0.62), side * (HALF - 0.3)
    (x0, y0), (x1, y1) = site.pt(w0, tall + 0.05, d), site.pt(w1, tall - 0.85, d)
    cloth = mix(silk(site.palette, site.lit), site.tone(d), rng.choice((0.15, 0.45)))
    if rng.random() < 0.4:
        cloth = mix(site.palette.light, site.tone(d), 0.45)
    wide, high = x1 - x0, y1 - y0
    data = f"M{n(x0)} {n(y0)}H{n(x1)}V{n(y1)}l{n(-wide / 2)} {n(-high * 0.09)}L{n(x0)} {n(y1)}Z"
    pole = f"M{n(x0 - wide * 0.15)} {n(y0)}H{n(site.pt(side * HALF, 0, d)[0])}"
    mark = mix(cloth, site.palette.ink, 0.6)
    cx, r = (x0 + x1) / 2, abs(wide) * 0.27
    emblem = disc(cx, y0 + high * 0.3, r, "none", stroke=mark, stroke_width=r * 0.28)
    emblem += disc(cx, y0 + high * 0.3, r * 0.32, mark)
    emblem += box(cx - r * 0.12, y0 + high * 0.5, r * 0.24, high * 0.26, mark)
    return path(data, cloth) + emblem + stroke(pole, site.palette.ink, max(1.0, abs(wide) * 0.06))
