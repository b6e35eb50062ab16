"""A temple's hall before its Buddha, and a cell behind its bars."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.fittings import Glow, lights, shell, tinted
from nightshoot.tools.image.shadow_play.furnishings import vase
from nightshoot.tools.image.shadow_play.interior import Tones, lintel
from nightshoot.tools.image.shadow_play.lamps import VERMILION
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    cell,
    disc,
    fall,
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

_D = 2.9


def buddha(x: float, y: float, size: float, tone: str, line: str) -> str:
    """A seated Buddha on a lotus; (x, y) is the middle of its foot, `size` the height."""

    def at(u: float, v: float) -> str:
        return f"{n(x + u * size)} {n(y - v * size)}"

    body = (
        f"M{at(-0.38, 0.16)}C{at(-0.42, 0.24)} {at(-0.3, 0.3)} {at(-0.24, 0.32)}"
        f"C{at(-0.27, 0.45)} {at(-0.25, 0.58)} "
        f"{at(-0.2, 0.63)}C{at(-0.13, 0.67)} {at(-0.07, 0.68)} {at(-0.06, 0.72)}L{at(0.06, 0.72)}"
        f"C{at(0.07, 0.68)} {at(0.13, 0.67)} {at(0.2, 0.63)}C{at(0.25, 0.58)} "
        f"{at(0.27, 0.45)} {at(0.24, 0.32)}"
        f"C{at(0.3, 0.3)} {at(0.42, 0.24)} {at(0.38, 0.16)}Z"
    )
    petals = "".join(
        f"M{at(-0.42 + 0.12 * k, 0.16)}q{n(size * 0.06)} {n(-size * 0.08)} "
        f"{n(size * 0.12)} 0q{n(-size * 0.02)} "
        f"{n(size * 0.1)} {n(-size * 0.06)} {n(size * 0.12)}q{n(-size * 0.05)} "
        f"{n(-size * 0.02)} {n(-size * 0.06)} {n(-size * 0.12)}Z"
        for k in range(7)
    )
    ears = oval(x - size * 0.105, y - size * 0.79, size * 0.018, size * 0.06, tone)
    ears += oval(x + size * 0.105, y - size * 0.79, size * 0.018, size * 0.06, tone)
    folds = (
        f"M{at(-0.2, 0.62)}Q{at(-0.05, 0.5)} {at(0.2, 0.36)}M{at(-0.22, 0.5)}"
        f"Q{at(0.0, 0.4)} {at(0.2, 0.3)}"
        f"M{at(-0.3, 0.2)}Q{at(0.0, 0.3)} {at(0.3, 0.2)}M{at(-0.12, 0.33)}"
        f"Q{at(0.0, 0.26)} {at(0.12, 0.33)}"
    )
    calm = (
        f"M{at(-0.06, 0.81)}q{n(size * 0.025)} {n(size * 0.015)} {n(size * 0.045)} "
        f"0M{at(0.015, 0.81)}q{n(size * 0.025)} {n(size * 0.015)} {n(size * 0.045)} "
        f"0M{at(-0.03, 0.75)}q{n(size * 0.03)} {n(size * 0.015)} {n(size * 0.06)} 0"
    )
    return (
        path(body + petals, tone)
        + oval(x, y - size * 0.8, size * 0.1, size * 0.12, tone)
        + disc(x, y - size * 0.93, size * 0.05, tone)
        + ears
        + stroke(folds + calm + petals, line, max(0.8, size * 0.008), opacity=0.7)
    )


def temple(site: Site) -> tuple[Plane, ...]:
    """Paints a hall with a Buddha before his halo, candles, incense, banners and pillars."""
    hue = tinted(site, "#8a4020", 0.25)
    tall = 2.6 / math.pow(site.back, 0.35)
    back, front = shell(site, hue, _D, 2.4, tall, slab=0.5)
    size = site.person(_D)
    x, foot = site.pt(0, 0, _D)
    gold = mix(mix(site.palette.glow, site.palette.light, 0.35), hue.mid, 0.2)
    name = site.id("aura")
    back += pool(
        name,
        ((0.0, gold, 0.95), (0.5, gold, 0.4), (1.0, gold, 0.0)),
        x,
        foot - size * 1.5,
        size * 1.1,
    )
    back += disc(x, foot - size * 1.5, size * 1.1, use(name))
    rays = "".join(
        f"M{n(x + size * 0.5 * math.cos(a))} {n(foot - size * 1.45 + size * 0.5 * math.sin(a))}"
        f"L{n(x + size * 0.62 * math.cos(a))} {n(foot - size * 1.45 + size * 0.62 * math.sin(a))}"
        for a in (math.pi * k / 14 for k in range(28))
    )
    back += disc(
        x,
        foot - size * 1.45,
        size * 0.64,
        "none",
        stroke=hue.line,
        stroke_width=max(1.0, size * 0.02),
    )
    back += disc(
        x,
        foot - size * 1.45,
        size * 0.5,
        "none",
        stroke=hue.line,
        stroke_width=max(0.8, size * 0.012),
    )
    back += stroke(rays, hue.line, max(0.8, size * 0.014))
    back += path(
        cell(x - size * 0.7, foot - size * 0.62, size * 1.4, size * 0.62)
        + cell(x - size * 0.8, foot - size * 0.68, size * 1.6, size * 0.08),
        hue.deep,
    )
    back += buddha(x, foot - size * 0.72, size * 1.25, mix(hue.deep, hue.dark, 0.4), hue.line)
    for u in (-1.35, -0.98, 0.98, 1.35):
        back += _banner(x + u * size, foot - size * 2.15, size, hue)
    back += lintel(site, hue, _D - 0.1, 2.4, 2.2)
    altar, flames = _altar(site, hue)
    front += altar
    for u, d in ((-1.5, 2.2), (1.5, 2.2), (-1.35, 1.35), (1.35, 1.35)):
        front += _pillar(site, hue, u, d, tall)
    bx, by = site.pt(0, 0, 1.75)
    cushion = site.person(1.75)
    front += oval(bx, by, cushion * 0.24, cushion * 0.045, mix(VERMILION, hue.dark, 0.4)) + oval(
        bx, by - cushion * 0.03, cushion * 0.24, cushion * 0.045, mix(VERMILION, hue.dark, 0.25)
    )
    return (
        Plane("place-wall", 0.55, back),
        Plane("place-floor", 0.8, front),
        Plane("place-smoke", 0.7, _smoke(site, hue), f"wave {n(0.008 * site.view.short)} 6"),
        lights(site, flames, strength=0.7),
    )


def _banner(x: float, y: float, size: float, hue: Tones) -> str:
    """A long silk banner with a forked end, gilded down its middle."""
    wide, tall = size * 0.2, size * 1.3
    data = (
        f"M{n(x - wide / 2)} {n(y)}h{n(wide)}v{n(tall)}l{n(-wide / 2)} "
        f"{n(-size * 0.14)}l{n(-wide / 2)} {n(size * 0.14)}Z"
    )
    marks = "".join(
        f"M{n(x)} {n(y + size * (0.14 + 0.22 * k))}l{n(size * 0.05)} "
        f"{n(size * 0.07)}l{n(-size * 0.05)} {n(size * 0.07)}l{n(-size * 0.05)} "
        f"{n(-size * 0.07)}Z"
        for k in range(5)
    )
    return (
        path(data, mix(VERMILION, hue.dark, 0.45))
        + stroke(data, hue.line, max(0.8, size * 0.01), opacity=0.7)
        + path(marks, hue.line, opacity=0.85)
    )


def _altar(site: Site, hue: Tones) -> tuple[str, list[Glow]]:
    """The table before the Buddha: a burner with three sticks, candles, vases, fruit."""
    d = _D - 0.45
    size = site.person(d)
    x, foot = site.pt(0, 0, d)
    top = foot - size * 0.5
    flame = mix(site.palette.light, site.palette.glow, 0.35)
    body = path(
        cell(x - size * 0.85, top, size * 1.7, size * 0.05)
        + cell(x - size * 0.78, top, size * 0.07, size * 0.5)
        + cell(x + size * 0.71, top, size * 0.07, size * 0.5),
        hue.deep,
    )
    body += path(
        f"M{n(x - size * 0.72)} {n(top + size * 0.05)}h{n(size * 1.44)}"
        f"v{n(size * 0.24)}q{n(-size * 0.72)} {n(size * 0.14)} {n(-size * 1.44)}"
        " 0Z",
        mix(VERMILION, hue.dark, 0.55),
    )
    body += box(x - size * 0.85, top, size * 1.7, max(0.8, size * 0.012), hue.line)
    body += path(
        f"M{n(x - size * 0.14)} {n(top - size * 0.12)}h{n(size * 0.28)}"
        f"l{n(-size * 0.04)} {n(size * 0.12)}h{n(-size * 0.2)}Z",
        hue.line,
    )
    body += stroke(
        "".join(
            f"M{n(x + u * size)} {n(top - size * 0.12)}v{n(-size * 0.2)}"
            for u in (-0.04, 0.0, 0.04)
        ),
        hue.deep,
        max(0.8, size * 0.009),
    )
    body += "".join(
        disc(x + u * size, top - size * 0.33, max(0.8, size * 0.008), "#ff8a4a")
        for u in (-0.04, 0.0, 0.04)
    )
    glows: list[Glow] = []
    for u in (-0.62, -0.4, 0.4, 0.62):
        cx = x + u * size
        body += box(
            cx - size * 0.025,
            top - size * 0.2,
            size * 0.05,
            size * 0.2,
            mix(VERMILION, hue.mid, 0.25),
        )
        body += oval(cx, top - size * 0.235, size * 0.016, size * 0.04, flame)
        glows.append((cx, top - size * 0.22, size * 0.38))
    return body + path(
        vase(x - size * 0.76, top, size * 0.12, size * 0.26)
        + vase(x + size * 0.76, top, size * 0.12, size * 0.26),
        hue.deep,
    ), glows


def _pillar(site: Site, hue: Tones, u: float, d: float, tall: float) -> str:
    size = site.person(d)
    x, foot = site.pt(u, 0, d)
    top = site.pt(u, tall, d)[1]
    wood = mix(VERMILION, hue.deep, 0.72)
    lit = x + (size * 0.06 if u < 0 else -size * 0.085)
    return (
        box(x - size * 0.12, top, size * 0.24, foot - top, wood)
        + box(lit, top, size * 0.025, foot - top, hue.line, opacity=0.5)
        + path(
            f"M{n(x - size * 0.19)} {n(foot)}l{n(size * 0.05)} {n(-size * 0.1)}"
            f"h{n(size * 0.28)}l{n(size * 0.05)} {n(size * 0.1)}Z",
            hue.deep,
        )
    )


def _smoke(site: Site, hue: Tones) -> str:
    """Incense: three threads of smoke that rise and curl."""
    size = site.person(_D - 0.45)
    x, foot = site.pt(0, 0, _D - 0.45)
    y = foot - size * 0.84
    data = "".join(
        f"M{n(x + u * size)} {n(y)}c{n(size * 0.08)} {n(-size * 0.25)} "
        f"{n(-size * 0.12)} {n(-size * 0.35)} {n(-size * 0.02)} {n(-size * 0.6)}"
        f"s{n(size * 0.16)} {n(-size * 0.3)} {n(size * u * 2)} {n(-size * 0.55)}"
        for u in (-0.04, 0.0, 0.04)
    )
    return stroke(
        data,
        mix(site.palette.light, hue.bright, 0.4),
        max(1.0, size * 0.02),
        opacity=0.28,
        stroke_linecap="round",
    )


def prison(site: Site) -> tuple[Plane, ...]:
    """Paints a cell of stone: one window high up, its light on the straw, bars by the lens."""
    hue = tinted(site, "#5f6a72", 0.45)
    d, tall = 2.5, 2.0 / math.pow(site.back, 0.35)
    back, front = shell(site, hue, d, 1.9, tall, slab=0.5)
    size = site.person(d)
    x, foot = site.pt(0, 0, d)
    back += _stones(site, hue, d)
    side = site.rng("cell").choice((-1, 1))
    wx, wy = x + side * size * 0.55, foot - size * 1.5
    hot = mix(site.palette.light, site.palette.sky_mid, 0.25)
    back += box(wx - size * 0.32, wy - size * 0.2, size * 0.64, size * 0.44, hue.deep)
    back += box(wx - size * 0.26, wy - size * 0.15, size * 0.52, size * 0.34, hot)
    back += path(
        "".join(
            cell(wx + u * size - size * 0.018, wy - size * 0.15, size * 0.036, size * 0.34)
            for u in (-0.15, -0.03, 0.09, 0.2)
        ),
        hue.deep,
    )
    front += _straw(site, hue, -side) + _beam(site, hot, (wx, wy), size, side)
    planes = [Plane("place-wall", 0.6, back), Plane("place-floor", 0.8, front)]
    if site.lensed:
        planes.append(Plane("place-bars", 1.35, _bars(site, hue)))
    return tuple(planes)


def _stones(site: Site, hue: Tones, d: float) -> str:
    """Courses of rough stone over the back wall."""
    size, rng = site.person(d), site.rng("stones")
    x, foot = site.pt(0, 0, d)
    joints = ""
    for row in range(12):
        y = foot - row * size * 0.2
        joints += f"M{n(x - size * 1.9)} {n(y)}h{n(size * 3.8)}"
        at = x - size * 1.9 + rng.uniform(0, 0.3) * size
        while at < x + size * 1.9:
            joints += f"M{n(at)} {n(y)}v{n(-size * 0.2)}"
            at += size * rng.uniform(0.28, 0.5)
    return stroke(joints, hue.deep, max(1.0, size * 0.016), opacity=0.75)


def _straw(site: Site, hue: Tones, side: int) -> str:
    """A heap of straw in a corner, and a jug."""
    d = 2.0
    size, rng = site.person(d), site.rng("straw")
    x, y = site.pt(side * 1.1, 0, d)
    tone = mix(hue.line, hue.mid, 0.4)
    body = path(
        f"M{n(x - size * 0.6)} {n(y + 2)}Q{n(x)} {n(y - size * 0.34)} "
        f"{n(x + size * 0.6)} {n(y + 2)}Z",
        mix(tone, hue.dark, 0.5),
    )
    data = ""
    for _ in range(60):
        at = rng.uniform(-0.6, 0.6)
        data += (
            f"M{n(x + at * size)} "
            f"{n(y - size * 0.16 * (1 - (at / 0.6) ** 2) * rng.uniform(0.2, 1.0))}"
            f"l{n(size * rng.uniform(-0.12, 0.12))} "
            f"{n(-size * rng.uniform(0.0, 0.06))}"
        )
    return (
        body
        + stroke(data, tone, max(0.8, size * 0.01))
        + path(vase(x - side * size * 0.8, y, size * 0.2, size * 0.26), hue.deep)
    )


def _beam(site: Site, hot: str, window: tuple[float, float], size: float, side: int) -> str:
    """The light that falls from the window to the floor."""
    name = site.id("beam")
    (wx, wy), (fx, fy) = window, site.pt(-side * 0.35, 0, 1.5)
    reach = size * 0.55
    light = fall(name, ((0.0, hot, 0.42), (1.0, hot, 0.04)), wy, fy)
    quad = [
        (wx - size * 0.26, wy - size * 0.1),
        (wx + size * 0.26, wy + size * 0.1),
        (fx + reach, fy),
        (fx - reach, fy),
    ]
    return light + poly(quad, use(name)) + oval(fx, fy, reach * 1.1, reach * 0.22, hot, opacity=0.2)


def _bars(site: Site, hue: Tones) -> str:
    """Wooden or iron bars close to the lens, at the frame's sides."""
    wide, short = site.view.width, site.view.short
    thick = short * (0.035 if site.modern else 0.07)
    tone = mix(site.palette.ink, hue.deep, 0.3)
    body, rims = "", ""
    for u in (-0.18, -0.02, 0.13, 0.87, 1.02, 1.18):
        body += cell(u * wide - thick / 2, site.top, thick, site.bottom - site.top)
        rims += cell(
            u * wide + thick * (0.36 if u < 0.5 else -0.46),
            site.top,
            thick * 0.1,
            site.bottom - site.top,
        )
    body += cell(site.left, site.view.height * 0.08, site.right - site.left, thick * 0.8)
    return path(body, tone) + path(rims, hue.line, opacity=0.45)
