"""Villages: thatch or tiles among trees and paddies, a winding track, a fence, smoke."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.city import haze
from nightshoot.tools.image.shadow_play.ground import (
    drift,
    earth,
    furrows,
    mirror,
    puddles,
    track,
    tufts,
)
from nightshoot.tools.image.shadow_play.lamps import halos
from nightshoot.tools.image.shadow_play.near import branch, wires_and_sign
from nightshoot.tools.image.shadow_play.roofs import gable, paint, thatch
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    disc,
    halo,
    mix,
    oval,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

Lamp = tuple[float, float, float]


def village(site: Site) -> tuple[Plane, ...]:
    """Paints the village of the story's time."""
    lamps: list[Lamp] = []
    warm = mix(site.palette.horizon, site.palette.light, 0.3)
    back = _hills(site) + haze(site, "haze-a", warm, 0.5, 0.09) + _hamlet(site)
    bend = site.rng("bend").choice((-1, 1)) * 1.0
    floor = earth(site) + furrows(site) + track(site, 0.36, bend) + puddles(site, 7)
    near = _homestead(site, lamps) + _fence(site) + tufts(site, 46)
    glow = site.id("glow")
    air = halo(glow, site.palette.glow, 0.45 * site.lit) + halos(lamps, glow)
    lights = [((x, y + r * 0.4), site.palette.glow, r * 0.3) for x, y, r in lamps]
    return (
        Plane("place-back", 0.3, back),
        Plane("place-ground", 0.62, floor),
        *mirror(site, lights),
        Plane("place-houses", 0.8, near),
        Plane("place-light", 0.8, air + _smoke(site), "flicker 0.12 3.9"),
        *(wires_and_sign(site) if site.modern else branch(site)),
    )


def _hills(site: Site) -> str:
    """Two soft lines of hills."""
    parts: list[str] = []
    low = site.view.horizon + site.unit * 0.03
    for index, (tone, rise) in enumerate(
        ((site.palette.far, 0.15), (mix(site.palette.far, site.palette.middle, 0.5), 0.075))
    ):
        rng = site.rng("hills", index)
        phases = [rng.uniform(0, 6.3) for _ in range(4)]
        data, x = f"M{n(site.left)} {n(low)}", site.left
        while x <= site.right + 12:
            u = (x - site.cx) / site.unit
            wave = sum(math.sin(u * (3.1 * 1.9**k) + phases[k]) / 1.9**k for k in range(4))
            data += f"L{n(x)} {n(low - site.unit * rise * (0.5 + 0.28 * wave))}"
            x += 12
        parts.append(path(data + f"L{n(x)} {n(low)}Z", tone))
    return "".join(parts)


def _house(
    site: Site, x: float, foot: float, size: float, d: float, *keys: str | int
) -> tuple[str, Lamp]:
    """A cottage or a brick house with its light."""
    rng = site.rng("house", *keys)
    hue = paint(site.palette, site.tone(d), lit=site.lit, snowy=site.snowy)
    half, tall = size * rng.uniform(0.95, 1.3), size * rng.uniform(1.05, 1.3)
    if site.modern and rng.random() < 0.5:
        tall *= 1.7
    if site.modern or rng.random() < 0.4:
        body = gable(x, foot, half, tall, size * rng.uniform(0.6, 0.8), hue)
    else:
        body = thatch(x, foot, half, tall, size * rng.uniform(0.8, 1.0), hue)
    if rng.random() < 0.6:
        cx = x + half * rng.choice((-0.5, 0.5))
        body = (
            box(cx - size * 0.08, foot - tall - size * 1.05, size * 0.16, size * 0.6, hue.body)
            + body
        )
    if site.snowy:
        white = mix(site.palette.light, site.palette.sky_mid, 0.35)
        body += drift(x - half, foot + size * 0.04, half * 0.6, size * 0.12, white)
    return body, (x - half * 0.54, foot - tall * 0.55, size * 0.75)


def _hamlet(site: Site) -> str:
    """Small houses and round trees along the horizon."""
    parts: list[str] = []
    for row, d in enumerate((15.0, 10.5)):
        tone = site.tone(d)
        size = site.person(d)
        for side in (-1, 1):
            at, index = 0.6 + row * 0.8, 0
            while at < site.reach(d):
                rng = site.rng("hamlet", row, side, index)
                x, foot = site.pt(side * at, 0, d)
                if rng.random() < 0.5:
                    parts.append(
                        _tree(site, x, foot, size * rng.uniform(2.2, 3.4), tone, row, side, index)
                    )
                else:
                    parts.append(_house(site, x, foot, size, d, row, side, index)[0])
                at += rng.uniform(1.5, 3.0)
                index += 1
    return "".join(parts)


def _tree(site: Site, x: float, y: float, tall: float, tone: str, *keys: str | int) -> str:
    """A tree of round clouds of leaves, bare under snow."""
    rng = site.rng("tree", *keys)
    lean = rng.uniform(-0.08, 0.08) * tall
    stem = f"M{n(x)} {n(y)}Q{n(x + lean)} {n(y - tall * 0.3)} {n(x + lean)} {n(y - tall * 0.6)}"
    data = ""
    if site.snowy:
        for _ in range(34):
            t = rng.uniform(0.3, 0.6)
            stem += (
                f"M{n(x + lean * t)} {n(y - tall * t)}l{n(rng.uniform(-0.22, 0.22) * tall)}"
                f" {n(-rng.uniform(0.12, 0.4) * tall)}"
            )
        return stroke(stem, tone, max(1.0, tall * 0.022))
    for _ in range(13):
        px, py = x + lean + rng.gauss(0, 0.14) * tall, y - tall * (0.68 + rng.gauss(0, 0.11))
        r = tall * rng.uniform(0.07, 0.15)
        data += (
            f"M{n(px - r)} {n(py)}a{n(r)} {n(r * 0.75)} 0 1 1 {n(2 * r)} 0a{n(r)}"
            f" {n(r * 0.75)} 0 1 1 {n(-2 * r)} 0Z"
        )
    return stroke(stem, tone, max(1.0, tall * 0.035)) + path(data, tone)


def _homestead(site: Site, lamps: list[Lamp]) -> str:
    """The near houses on both sides of the track, with their trees, ricks and wells."""
    parts: list[str] = []
    for row, d in enumerate((6.6, 4.4, 3.0)):
        size, tone = site.person(d), site.tone(d)
        for side in (-1, 1):
            at, index = 0.55 + row * 0.22, 0
            while at < site.reach(d) + 1:
                rng = site.rng("home", row, side, index)
                gap = rng.uniform(0.0, 0.5)
                x, foot = site.pt(side * (at + 1.15 + gap), 0, d)
                kind = rng.random()
                if kind < 0.62:
                    shade = oval(x, foot, size * 1.5, size * 0.07, site.palette.ink, opacity=0.22)
                    body, lamp = _house(site, x, foot, size, d, "near", row, side, index)
                    parts.append(shade + body)
                    if row == 2:
                        lamps.append(lamp)
                elif kind < 0.85:
                    parts.append(
                        _tree(
                            site,
                            x,
                            foot,
                            size * rng.uniform(2.4, 3.6),
                            tone,
                            "near",
                            row,
                            side,
                            index,
                        )
                    )
                else:
                    parts.append(_rick(site, x, foot, size * 0.8, tone))
                at += 2.7 + gap + rng.uniform(0, 0.9)
                index += 1
    return "".join(parts)


def _rick(site: Site, x: float, y: float, size: float, tone: str) -> str:
    """A haystack about its pole."""
    soft = mix(tone, site.palette.horizon, 0.2)
    data = (
        f"M{n(x - size * 0.6)} {n(y)}Q{n(x - size * 0.65)} {n(y - size * 0.7)}"
        f" {n(x)} {n(y - size * 1.2)}Q{n(x + size * 0.65)} {n(y - size * 0.7)}"
        f" {n(x + size * 0.6)} {n(y)}Z"
    )
    straw = "".join(
        (
            f"M{n(x)} {n(y - size * 1.1)}Q{n(x + u * size * 0.5)} {n(y - size * 0.7)}"
            f" {n(x + u * size * 0.55)} {n(y)}"
        )
        for u in (-0.8, -0.4, 0, 0.4, 0.8)
    )
    return (
        box(x - size * 0.02, y - size * 1.4, size * 0.04, size * 0.4, tone)
        + path(data, tone)
        + stroke(straw, soft, max(0.8, size * 0.02), opacity=0.6)
    )


def _fence(site: Site) -> str:
    """A fence of stakes and withies that leaves the track open."""
    d, data, rails = 2.3, "", ""
    size = site.person(d)
    for side in (-1, 1):
        x0, foot = site.pt(side * 0.64, 0, d)
        edge = site.right if side > 0 else site.left
        count = int(abs(edge - x0) / (size * 0.17)) + 1
        for k in range(count):
            rng = site.rng("stake", side, k)
            x = x0 + side * k * size * 0.17
            tall = size * rng.uniform(0.42, 0.54)
            lean = rng.uniform(-0.02, 0.02) * size
            data += f"M{n(x)} {n(foot + size * 0.01)}l{n(lean)} {n(-tall)}"
        for h in (0.17, 0.34):
            rails += (
                f"M{n(x0)} {n(foot - size * h)}Q{n((x0 + edge) / 2)} {n(foot - size * (h - 0.03))}"
                f" {n(edge)} {n(foot - size * h)}"
            )
    ink = site.tone(1.8)
    return stroke(data, ink, size * 0.034, stroke_linecap="round") + stroke(
        rails, ink, size * 0.022
    )


def _smoke(site: Site) -> str:
    """Thin smoke from a hearth, which the wind draws out."""
    x, y = site.pt(-1.5, 2.0, 6.6)
    size = site.unit
    bend = 1.6 if site.staging.weather.value in ("wind", "storm") else 0.7
    name = site.id("smoke")
    puffs = halo(name, mix(site.palette.horizon, site.palette.light, 0.3), 0.13)
    for k in range(34):
        t = k / 33
        px = x + size * (0.13 * bend * t**1.5 + 0.012 * math.sin(t * 9))
        puffs += disc(px, y - size * 0.24 * t, size * (0.008 + 0.03 * t), use(name))
    return puffs
