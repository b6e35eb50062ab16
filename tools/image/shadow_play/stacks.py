"""Libraries and shops: shelves on both sides of an aisle, full to the ceiling."""

from __future__ import annotations

import math
from random import Random

from nightshoot.tools.image.shadow_play.fittings import Glow, lights, shell, strips, tinted
from nightshoot.tools.image.shadow_play.interior import Tones
from nightshoot.tools.image.shadow_play.lamps import lantern
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    mix,
    path,
    poly,
    pool,
    stroke,
    trace,
    use,
)
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n


def _half(site: Site) -> float:
    """Half the aisle's width: an upright frame would see little of shelves farther apart."""
    return 1.45 if site.view.width > site.view.height else 0.95


def library(site: Site) -> tuple[Plane, ...]:
    """Paints an aisle between bookshelves, a ladder on one of them, a lit window at its end."""
    return _aisle(site, books=True)


def shop(site: Site) -> tuple[Plane, ...]:
    """Paints an aisle between shelves of goods, under panels of light today."""
    return _aisle(site, books=False)


def _aisle(site: Site, *, books: bool) -> tuple[Plane, ...]:
    bright = site.modern and not books
    hue = tinted(site, "#b9c4c0" if bright else "#7a4a28", 0.3, light=0.1 if bright else 0.0)
    half, end, tall = _half(site), 4.6, (1.7 if bright else 2.2) / math.pow(site.back, 0.3)
    back, front = shell(site, hue, end, half + 0.25, tall, slab=0.45)
    back += _end(site, hue, end, bright=bright)
    for side in (-1, 1):
        d = end * 0.97
        index = 0
        while d > 0.5:
            near = d * 0.74
            front += _case(
                site, hue, side * half, (near, d * 0.985), books, site.rng("case", side, index)
            )
            d, index = near, index + 1
    if books:
        front += _ladder(site, hue)
    glows: list[Glow] = []
    if site.modern:
        panels, glows = strips(site, hue, end, tall, (0.0,), wide=0.3 if bright else 0.14)
        front += panels
    else:
        for d in (3.4, 2.3):
            x, y = site.pt(0.0, 1.62, d)
            front += lantern(
                x, y, site.person(d) * 0.26, site.palette, max(0.5, site.lit), cord=site.person(d)
            )
            glows.append((x, y, site.person(d) * 0.7))
    return (
        Plane("place-wall", 0.5, back),
        Plane("place-floor", 0.8, front),
        lights(site, glows, strength=0.4),
    )


def _end(site: Site, hue: Tones, d: float, *, bright: bool) -> str:
    """What closes the aisle: a tall window with its light, or a counter before glass doors."""
    size = site.person(d)
    x, foot = site.pt(0, 0, d)
    name = site.id("end")
    hot = mix(hue.bright, site.palette.light, 0.5)
    body = pool(
        name,
        ((0.0, hot, 0.8), (0.5, hue.bright, 0.3), (1.0, hue.bright, 0.0)),
        x,
        foot - size * 0.9,
        size * 1.6,
    )
    body += box(x - size * 1.5, foot - size * 2.0, size * 3.0, size * 2.0, use(name))
    if bright:
        pane = mix(site.palette.sky_mid, hot, 0.35)
        for k in range(-2, 2):
            body += box(
                x + k * size * 0.42 + size * 0.015,
                foot - size * 1.35,
                size * 0.39,
                size * 1.33,
                pane,
            )
        body += box(x - size * 0.5, foot - size * 0.55, size, size * 0.55, hue.deep)
        body += box(x - size * 0.54, foot - size * 0.58, size * 1.08, size * 0.04, hue.line)
        return body + box(x + size * 0.1, foot - size * 0.76, size * 0.26, size * 0.18, hue.deep)
    wide, high = size * 0.55, size * 1.2
    arch = (
        f"M{n(x - wide)} {n(foot - size * 0.35)}V{n(foot - high)}a{n(wide)} "
        f"{n(wide)} 0 0 1 {n(2 * wide)} 0"
        f"V{n(foot - size * 0.35)}Z"
    )
    bars = "".join(
        f"M{n(x + u * wide)} {n(foot - size * 0.35)}V{n(foot - high - wide * (1 - u * u) ** 0.5)}"
        for u in (-0.5, 0.0, 0.5)
    )
    bars += "".join(f"M{n(x - wide)} {n(foot - size * h)}h{n(2 * wide)}" for h in (0.7, 1.05))
    return body + path(arch, hot) + stroke(arch + bars, hue.deep, max(1.0, size * 0.03))


def _case(
    site: Site, hue: Tones, w: float, span: tuple[float, float], books: bool, rng: Random
) -> str:
    """One bay of a shelf along a side wall: boards, and what stands on them."""
    near, far = span
    high = 1.72 if books else 1.3
    body = poly(
        site.quad((w, 0, near), (w, high, near), (w, high, far), (w, 0, far)),
        mix(hue.deep, hue.dark, 0.45),
    )
    rows = 6 if books else 4
    step = high / rows
    if not books:
        body += poly(
            site.quad((w, 0, near), (w, high, near), (w, high, far), (w, 0, far)),
            hue.bright,
            opacity=0.3,
        )
    reds = (
        mix(hue.line, "#a8382a", 0.5),
        mix(hue.dark, "#3f6f78", 0.45),
        hue.line,
        mix(hue.mid, hue.bright, 0.3),
        hue.dark,
    )
    if not books:
        reds = (
            mix(hue.bright, "#c8402c", 0.6),
            mix(hue.bright, "#2f7f86", 0.55),
            mix(hue.bright, "#e0a83a", 0.5),
            hue.bright,
            hue.mid,
        )
    tones: dict[str, str] = {}
    for row in range(rows):
        low = row * step + 0.03
        at = near + (far - near) * 0.06
        while at < far - (far - near) * 0.1:
            wide = (far - near) * (rng.uniform(0.035, 0.08) if books else rng.uniform(0.09, 0.17))
            tall = step * (rng.uniform(0.6, 0.85) if books else rng.uniform(0.35, 0.8))
            b = min(at + wide * 0.88, far * 0.995)
            quad = site.quad((w, low, at), (w, low + tall, at), (w, low + tall, b), (w, low, b))
            tone = rng.choice(reds)
            tones[tone] = tones.get(tone, "") + trace(quad)
            at += wide * (1.0 if rng.random() < 0.85 else 2.2)
    shade = min(1.0, near / 3.0)
    for tone, data in tones.items():
        body += path(data, mix(mix(hue.deep, tone, 0.35), tone, 0.25 + 0.6 * shade))
    boards = ""
    for row in range(rows + 1):
        boards += trace(site.quad((w, row * step, near), (w, row * step, far)), close=False)
    for d in (near, far):
        boards += trace(site.quad((w, 0, d), (w, high, d)), close=False)
    return body + stroke(boards, hue.deep, max(1.0, site.person(near) * 0.03))


def _ladder(site: Site, hue: Tones) -> str:
    """A ladder that leans against one of the shelves."""
    side = site.rng("ladder").choice((-1, 1))
    half = _half(site)
    d, out = 2.3, side * (half - 0.3)
    a, b = site.pt(out, 0, d), site.pt(side * half, 1.6, d)
    c, e = site.pt(out, 0, d + 0.28), site.pt(side * half, 1.6, d + 0.28)
    data = f"M{n(a[0])} {n(a[1])}L{n(b[0])} {n(b[1])}M{n(c[0])} {n(c[1])}L{n(e[0])} {n(e[1])}"
    for k in range(1, 9):
        t = k / 9
        data += (
            f"M{n(a[0] + (b[0] - a[0]) * t)} {n(a[1] + (b[1] - a[1]) * t)}"
            f"L{n(c[0] + (e[0] - c[0]) * t)} {n(c[1] + (e[1] - c[1]) * t)}"
        )
    return stroke(data, hue.line, max(1.0, site.person(d) * 0.022), stroke_linecap="round")
