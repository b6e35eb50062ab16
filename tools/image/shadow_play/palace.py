"""A palace hall: columns, coffers, a throne on steps before a glowing lattice."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.interior import Tones, boards, ceiling, floor, tones, wall
from nightshoot.tools.image.shadow_play.lamps import VERMILION, halos, lantern, palace_lantern
from nightshoot.tools.image.shadow_play.lattice import Kind, lattice, valance
from nightshoot.tools.image.shadow_play.near import swag
from nightshoot.tools.image.shadow_play.site import (
    Site,
    Stop,
    across,
    box,
    cell,
    disc,
    halo,
    mix,
    oval,
    path,
    poly,
    pool,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

_BACK = 4.4
_HALF = 4.4
_TALL = 4.0
_AISLE = 1.55


def palace(site: Site) -> tuple[Plane, ...]:
    """Paints the hall; the story's time changes its lamps only, a palace stays a palace."""
    hue = tones(site)
    back = wall(site, hue, _BACK, 1.3, _tall(site)) + ceiling(site, hue, _BACK, _HALF, _tall(site))
    back += _panels(site, hue) + _screen(site, hue)
    front = floor(site, hue, _BACK, _HALF, slab=0.55) + _carpet(site, hue) + _throne(site, hue)
    front += _columns(site, hue)
    lamps, body = _lanterns(site)
    glow = site.id("glow")
    air = halo(glow, site.palette.glow, 0.35 + 0.25 * site.lit) + halos(lamps, glow)
    return (
        Plane("place-wall", 0.5, back),
        Plane("place-hall", 0.75, front),
        Plane("place-lamps", 0.75, air + body, "flicker 0.1 2.9"),
        *swag(site),
    )


def _tall(site: Site) -> float:
    # Seen from far the hall is grander: the ceiling would fill the frame otherwise.
    return _TALL / math.pow(site.back, 0.4)


def _panels(site: Site, hue: Tones) -> str:
    """Bays of the back and side walls: doors of lattice, dim, with carved boards above them."""
    size = site.person(_BACK)
    dim = mix(hue.mid, hue.bright, 0.25 + 0.15 * site.lit)
    glass, bars, frames = "", "", ""
    kind = site.rng("panels").choice((Kind.STEP, Kind.DIAMOND, Kind.GRID, Kind.COIN))
    for side in (-1, 1):
        for bay in range(2):
            left = side * (1.75 + bay * 1.3) - 0.55
            x, foot = site.pt(left, 0.12, _BACK)
            for leaf in range(2):
                lx = x + leaf * size * 0.56
                glass += cell(lx, foot - size * 2.3, size * 0.5, size * 1.45)
                bars += lattice(lx, foot - size * 2.3, size * 0.5, size * 1.45, kind, size * 0.25)
                frames += cell(lx, foot - size * 2.3, size * 0.5, size * 2.3)
                frames += cell(lx + size * 0.07, foot - size * 0.7, size * 0.36, size * 0.55)
    beams = ""
    for h in (2.75, 3.2, 3.62):
        (x0, y), (x1, _) = site.pt(-_HALF, h, _BACK), site.pt(_HALF, h, _BACK)
        beams += box(x0, y, x1 - x0, size * 0.14, mix(hue.dark, hue.mid, 0.25))
        beams += box(x0, y, x1 - x0, max(0.8, size * 0.014), hue.line, opacity=0.7)
    painted = ""
    for i in range(-9, 10):
        x, y = site.pt(i * 0.48, 3.08, _BACK)
        painted += (
            f"M{n(x - size * 0.19)} {n(y)}l{n(size * 0.19)} {n(-size * 0.09)}l{n(size * 0.19)}"
            f" {n(size * 0.09)}l{n(-size * 0.19)} {n(size * 0.09)}Z"
        )
    return (
        path(glass, dim)
        + stroke(bars, hue.dark, max(0.7, size * 0.018))
        + stroke(frames, hue.dark, size * 0.04)
        + beams
        + stroke(painted, hue.line, max(0.7, size * 0.016), opacity=0.6)
    )


def _screen(site: Site, hue: Tones) -> str:
    """The great screen of light behind the throne."""
    size = site.person(_BACK)
    rng = site.rng("screen")
    kind = rng.choice((Kind.COIN, Kind.STEP, Kind.DIAMOND))
    wide, tall = 1.15, 2.55
    (x0, y0), (x1, y1) = site.pt(-wide, tall, _BACK), site.pt(wide, 0.1, _BACK)
    name = site.id("screen")
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    hot = mix(hue.bright, site.palette.light, 0.75)
    light = pool(
        name,
        ((0.0, hot, 1.0), (0.55, hue.bright, 1.0), (1.0, mix(hue.bright, hue.mid, 0.7), 1.0)),
        cx,
        cy,
        (y1 - y0) * 0.62,
    )
    leaf = (x1 - x0) / 4
    bars, posts = "", ""
    for i in range(4):
        bars += lattice(x0 + i * leaf, y0, leaf, (y1 - y0) * 0.8, kind, leaf / 3)
        posts += cell(x0 + i * leaf - size * 0.02, y0, size * 0.04, y1 - y0)
    round_ = disc(
        cx, cy - size * 0.25, size * 0.62, use(name), stroke=hue.dark, stroke_width=size * 0.05
    )
    round_ += disc(
        cx, cy - size * 0.25, size * 0.54, "none", stroke=hue.line, stroke_width=size * 0.015
    )
    frame = f"M{n(x0)} {n(y1)}V{n(y0)}H{n(x1)}V{n(y1)}"
    crown = boards(cx, y0, (x1 - x0) / 2, size * 0.3, hue)
    return (
        light
        + box(x0, y0, x1 - x0, y1 - y0, use(name))
        + stroke(bars, mix(hue.dark, hue.mid, 0.45), max(0.8, size * 0.016))
        + path(posts, hue.dark)
        + (round_ if rng.random() < 0.6 else "")
        + stroke(frame, hue.dark, size * 0.1)
        + stroke(frame, hue.line, max(0.8, size * 0.015))
        + crown
    )


def _carpet(site: Site, hue: Tones) -> str:
    """A red runner from the steps to the lens, with gold edges, and the light that lies on it."""
    dye = site.rng("carpet").choice((VERMILION, VERMILION, site.palette.water, "#8a6a2a"))
    red = mix(mix(dye, hue.dark, 0.6), hue.mid, 0.15)
    gold = mix(hue.line, red, 0.4)
    body = poly(
        site.quad((-0.55, 0, _BACK), (0.55, 0, _BACK), (0.55, 0, 0.4), (-0.55, 0, 0.4)),
        red,
        opacity=0.85,
    )
    for s in (-1, 1):
        edge = site.quad(
            (s * 0.48, 0, _BACK), (s * 0.45, 0, _BACK), (s * 0.45, 0, 0.4), (s * 0.48, 0, 0.4)
        )
        body += poly(edge, gold, opacity=0.75)
    name = site.id("sheen")
    x, y = site.pt(0, 0, _BACK)
    glow = halo(name, hue.bright, 0.55)
    return body + glow + oval(x, y, site.person(_BACK) * 1.9, site.unit * 0.16, use(name))


def _throne(site: Site, hue: Tones) -> str:
    """Three steps and a seat with a carved back of clouds."""
    parts: list[str] = []
    d = _BACK - 0.45
    size = site.person(d)
    ink = mix(hue.dark, site.palette.ink, 0.5)
    for i, half in enumerate((1.45, 1.2, 0.95)):
        x, foot = site.pt(0, i * 0.11, d)
        parts.append(
            box(
                x - half * size,
                foot - size * 0.12,
                2 * half * size,
                size * 0.12,
                mix(ink, hue.mid, 0.16 + 0.08 * i),
            )
        )
        parts.append(
            box(
                x - half * size, foot - size * 0.12, 2 * half * size, max(1, size * 0.016), hue.line
            )
        )
    x, y = site.pt(0, 0.33, d)

    def at(u: float, v: float) -> str:
        return f"{n(x + u * size)} {n(y - v * size)}"

    back = f"M{at(-0.36, 0)}L{at(-0.36, 0.62)}"
    for u in (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3):
        rise = 0.72 + 0.3 * (1 - (u / 0.36) ** 2)
        back += f"Q{at(u - 0.09, rise + 0.02)} {at(u, rise)}"
    back += f"Q{at(0.4, 0.8)} {at(0.36, 0.62)}L{at(0.36, 0)}Z"
    arms = (
        f"M{at(-0.5, 0)}V{n(y - size * 0.42)}Q{at(-0.5, 0.5)} {at(-0.4, 0.46)}"
        f"L{at(-0.3, 0.4)}V{n(y)}Z"
    )
    arms += (
        f"M{at(0.5, 0)}V{n(y - size * 0.42)}Q{at(0.5, 0.5)} {at(0.4, 0.46)}L{at(0.3, 0.4)}V{n(y)}Z"
    )
    curls = "".join(
        f"M{at(u, 0.55)}q{n(size * 0.06)} {n(-size * 0.14)} 0 {n(-size * 0.2)}"
        for u in (-0.22, -0.08, 0.06, 0.2)
    )
    return (
        "".join(parts)
        + path(back + arms, ink)
        + stroke(back, hue.line, max(1, size * 0.014))
        + stroke(curls, hue.line, max(0.8, size * 0.012))
    )


def _columns(site: Site, hue: Tones) -> str:
    """Two rows of lacquered columns with gilded bands, darker toward the lens."""
    parts: list[str] = []
    for aisle, spots in ((2.95, (3.6, 2.7, 2.0, 1.45)), (_AISLE, (3.7, 2.8, 2.1, 1.6))):
        for d in spots:
            shade = min(1.0, max(0.0, (d - 1.2) / 3))
            body = mix(mix(site.palette.ink, hue.dark, 0.55), mix(hue.dark, VERMILION, 0.3), shade)
            parts.extend(_column(site, hue, side, aisle, d, body) for side in (-1, 1))
        d0 = spots[0]
        parts.append(_beam(site, hue, aisle, d0))
    return "".join(parts)


def _column(site: Site, hue: Tones, side: int, aisle: float, d: float, body: str) -> str:
    size = site.person(d)
    x, foot = site.pt(side * aisle, 0, d)
    half, top = size * 0.17, site.pt(0, _tall(site), d)[1]
    name = site.id(f"column-{side}-{aisle}-{d}")
    edge, inner = mix(body, hue.bright, 0.5), -side
    ramp: tuple[Stop, ...] = (
        (0.0, edge, 1.0),
        (0.16, body, 1.0),
        (1.0, mix(body, site.palette.ink, 0.6), 1.0),
    )
    if inner > 0:
        ramp = tuple((1 - at, colour, o) for at, colour, o in reversed(ramp))
    bands = "".join(
        cell(x - half, foot - size * h, 2 * half, size * w)
        for h, w in ((0.42, 0.03), (0.36, 0.015), (2.62, 0.03), (2.5, 0.015), (3.2, 0.03))
    )
    wave = "".join(
        (
            f"M{n(x - half)} {n(foot - size * (2.56 + k * 0.2))}q{n(half)} {n(-size * 0.2)}"
            f" {n(2 * half)} 0"
        )
        for k in range(4)
    )
    base = (
        f"M{n(x - half * 1.5)} {n(foot)}q0 {n(-size * 0.1)} {n(half * 0.4)} "
        f"{n(-size * 0.14)}h{n(half * 2.2)}q{n(half * 0.4)} {n(size * 0.04)}"
        f" {n(half * 0.4)} {n(size * 0.14)}Z"
    )
    high = min(top, site.pt(0, _tall(site), d)[1])
    return (
        across(name, ramp)
        + box(x - half, high, 2 * half, foot - high, use(name))
        + path(bands, hue.line, opacity=0.75)
        + stroke(wave, hue.line, max(0.8, size * 0.012), opacity=0.55)
        + path(base, mix(body, hue.mid, 0.2))
    )


def _beam(site: Site, hue: Tones, aisle: float, d: float) -> str:
    """A carved board between the two farthest columns of a row."""
    if aisle > _AISLE:
        return ""
    (x0, y), (x1, _) = site.pt(-aisle, 3.05, d), site.pt(aisle, 3.05, d)
    size = site.person(d)
    ink = mix(hue.dark, site.palette.ink, 0.4)
    return (
        box(x0, y - size * 0.3, x1 - x0, size * 0.3, ink)
        + box(x0, y - size * 0.03, x1 - x0, max(1, size * 0.02), hue.line)
        + valance(x0 + size * 0.17, y, x1 - x0 - size * 0.34, size * 0.34, ink, pitch=size * 0.2)
    )


def _lanterns(site: Site) -> tuple[list[tuple[float, float, float]], str]:
    lamps: list[tuple[float, float, float]] = []
    body = ""
    light = max(0.55, site.lit)
    rng = site.rng("lanterns")
    form = rng.choice((palace_lantern, lantern))
    low = rng.uniform(-0.12, 0.2)
    spots = ((0.85, 2.35, 3.5), (1.05, 2.3, 2.5), (2.3, 2.5, 3.2), (2.35, 2.4, 2.2))
    for x, h, d in spots:
        for side in (-1, 1):
            px, py = site.pt(side * x, h + low, d)
            size = site.person(d) * 0.5
            body += form(px, py, size, site.palette, light, cord=site.person(d) * 2)
            lamps.append((px, py, size * 1.25))
    return lamps, body
