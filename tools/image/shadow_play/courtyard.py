"""Courtyards: a white wall with a moon gate and openwork windows, a gallery, shadows of leaves."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.ground import earth, mirror, paving, puddles, tufts
from nightshoot.tools.image.shadow_play.lamps import halos, lantern
from nightshoot.tools.image.shadow_play.lattice import Kind, lattice
from nightshoot.tools.image.shadow_play.near import branch
from nightshoot.tools.image.shadow_play.roofs import brackets, paint, roof, storey
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    cell,
    halo,
    oval,
    path,
    stroke,
)
from nightshoot.tools.image.shadow_play.skyline import skyline
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n
from nightshoot.tools.image.shadow_play.walls import WALL, moon_gate, openings, white_wall


def courtyard(site: Site) -> tuple[Plane, ...]:
    """Paints the courtyard; today, towers look over its wall."""
    back = skyline(site, 16, 0.32, "beyond") if site.modern else _halls(site)
    back += _crowns(site)
    wall = white_wall(site) + moon_gate(site) + openings(site)
    floor = earth(site) + paving(site, half=3.0, slab=0.55) + puddles(site, 8) + tufts(site, 26)
    gallery, lamps = _gallery(site)
    for side in (-1, 1):
        lx, ly = site.pt(side * 1.12, 1.42, WALL - 0.1)
        size = site.person(WALL)
        wall += lantern(lx, ly, size * 0.26, site.palette, site.lit, cord=size * 0.2)
        lamps.append((lx, ly, size * 0.9))
    glow = site.id("glow")
    air = halo(glow, site.palette.glow, 0.5 * site.lit) + halos(lamps, glow)
    lights = [((x, site.pt(0, 0, 2.6)[1]), site.palette.glow, r * 0.3) for x, _, r in lamps]
    return (
        Plane("place-back", 0.3, back),
        Plane("place-wall", 0.6, floor + wall),
        *mirror(site, lights),
        Plane("place-gallery", 0.85, gallery + _pots(site)),
        Plane("place-light", 0.85, air, "flicker 0.15 3.4"),
        *branch(site),
    )


def _halls(site: Site) -> str:
    """Roofs of the house beyond the wall."""
    hue = paint(site.palette, site.tone(9), lit=site.lit, snowy=site.snowy)
    parts: list[str] = []
    for side in (-1, 1):
        for index in range(3):
            rng = site.rng("hall", side, index)
            x, foot = site.pt(side * (1.6 + index * 5.2) + rng.uniform(-0.6, 0.6), 0, 8)
            size = site.person(8)
            tall = size * rng.uniform(2.6, 3.6)
            parts.append(storey(x, foot, size * 1.9, tall, hue, bays=5))
            parts.append(brackets(x, foot - tall, size * 1.9, size * 0.35, hue))
            parts.append(roof(x, foot - tall - size * 0.3, size * 2.9, size * 1.5, hue))
    return "".join(parts)


def _crowns(site: Site) -> str:
    """Treetops over the wall: heaps of round leaves on a crooked stem."""
    tone, data, stems = site.tone(6), "", ""
    for index in range(6):
        rng = site.rng("crown", index)
        away = (1 if index % 2 else -1) * (1.5 + 1.3 * (index // 2))
        x, foot = site.pt(away + rng.uniform(-0.6, 0.6), 0, 5.5)
        size = site.person(5.5)
        tall = size * rng.uniform(3.0, 4.6)
        stems += (
            f"M{n(x)} {n(foot)}Q{n(x + size * 0.3)} {n(foot - tall * 0.5)} {n(x)} {n(foot - tall)}"
        )
        for _ in range(70):
            px, py = x + rng.gauss(0, 0.5) * size, foot - tall + rng.gauss(0, 0.3) * size
            r = size * rng.uniform(0.07, 0.2)
            data += (
                f"M{n(px - r)} {n(py)}a{n(r)} {n(r * 0.72)} 0 1 1 {n(2 * r)} 0a{n(r)}"
                f" {n(r * 0.72)} 0 1 1 {n(-2 * r)} 0Z"
            )
    return stroke(stems, tone, site.person(5.5) * 0.13) + path(data, tone, opacity=0.92)


def _gallery(site: Site) -> tuple[str, list[tuple[float, float, float]]]:
    """A covered walk at one side: posts, a bench rail, a carved board, a tiled roof, lanterns."""
    side = site.rng("gallery").choice((-1, 1))
    d = 2.35
    size = site.person(d)
    hue = paint(site.palette, site.tone(d), lit=site.lit, snowy=site.snowy)
    inner, foot = site.pt(side * 1.12, 0, d)
    outer = site.pt(side * 5.4, 0, d)[0]
    left, right = min(inner, outer), max(inner, outer)
    tall, mid = size * 1.65, (inner + outer) / 2
    parts = [roof(mid, foot - tall, (right - left) / 2 + size * 0.3, size * 0.6, hue, ridge=0.84)]
    posts, rails = "", ""
    x = inner
    lamps: list[tuple[float, float, float]] = []
    silk = ""
    for k in range(5):
        x = inner + side * k * size * 1.05
        posts += cell(x - size * 0.045, foot - tall, size * 0.09, tall)
        posts += cell(x - size * 0.08, foot - size * 0.08, size * 0.16, size * 0.08)
        lx, ly = x + side * size * 0.52, foot - tall + size * 0.42
        silk += lantern(lx, ly, size * 0.3, site.palette, site.lit, cord=size * 0.16)
        lamps.append((lx, ly, size * 0.62))
    w = right - left
    rails += lattice(left, foot - size * 0.42, w, size * 0.3, Kind.STEP, size * 0.3)
    top = lattice(left, foot - tall, w, size * 0.2, Kind.STEP, size * 0.2)
    parts.append(box(left, foot - tall - size * 0.03, w, size * 0.07, hue.body))
    parts.append(brackets(mid, foot - tall, w / 2, size * 0.12, hue))
    parts.append(path(posts, hue.body) + stroke(rails + top, hue.body, max(1.0, size * 0.022)))
    parts.append(box(left, foot - size * 0.46, w, size * 0.05, hue.body))
    parts.append(box(left, foot - size * 0.13, w, size * 0.14, hue.body))
    parts.append(box(left, foot - size * 0.46, w, max(0.8, size * 0.012), hue.rim))
    return "".join(parts) + silk, lamps


def _pots(site: Site) -> str:
    """A stone basin and a potted pine on the other side."""
    side = -site.rng("gallery").choice((-1, 1))
    x, y = site.pt(side * 1.35, 0, 2.5)
    size, ink = site.person(2.5), site.tone(2.2)
    pot = (
        f"M{n(x - size * 0.26)} {n(y - size * 0.3)}H{n(x + size * 0.26)}L{n(x + size * 0.2)}"
        f" {n(y - size * 0.24)}L{n(x + size * 0.16)} {n(y)}H{n(x - size * 0.16)}"
        f"L{n(x - size * 0.2)} {n(y - size * 0.24)}Z"
    )
    stem = (
        f"M{n(x)} {n(y - size * 0.3)}c{n(size * 0.2)} {n(-size * 0.15)} {n(-size * 0.25)}"
        f" {n(-size * 0.25)} {n(-side * size * 0.12)} {n(-size * 0.55)}"
    )
    clouds = "".join(
        oval(x + u * size, y - v * size, w * size, w * size * 0.3, ink)
        for u, v, w in ((-0.16, 0.9, 0.24), (0.14, 0.72, 0.2), (-0.1, 0.6, 0.16))
    )
    shade = oval(x, y, size * 0.34, size * 0.04, site.palette.ink, opacity=0.3)
    return (
        shade
        + path(pot, ink)
        + stroke(stem, ink, size * 0.05)
        + clouds
        + box(
            x - size * 0.26,
            y - size * 0.31,
            size * 0.52,
            max(1, size * 0.02),
            site.palette.rim,
            opacity=0.6,
        )
    )
