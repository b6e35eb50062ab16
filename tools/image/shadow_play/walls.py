"""The white wall of a courtyard: coping, moon gate, openwork windows, shadows of leaves."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.lattice import Kind, lattice
from nightshoot.tools.image.shadow_play.roofs import paint, roof, storey
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    disc,
    fall,
    mix,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import el
from nightshoot.tools.image.shadow_play.svg import number as n

WALL = 3.9
"""The distance of the wall."""

TALL = 1.95
"""Its height, in adults."""


def white_wall(site: Site) -> str:
    """Lime wash that holds the light, a dark foot, and a coping of tiles that rises and falls."""
    pale, size = site.palette, site.person(WALL)
    foot, top = site.pt(0, 0, WALL)[1], site.pt(0, TALL, WALL)[1]
    lime = mix(mix(pale.light, pale.sky_mid, 0.5), pale.middle, 0.2 + 0.35 * site.lit)
    name = site.id("lime")
    stops = (
        (0.0, lime, 1.0),
        (0.75, mix(lime, pale.middle, 0.25), 1.0),
        (1.0, mix(lime, pale.near, 0.5), 1.0),
    )
    body = fall(name, stops, top, foot)
    body += box(site.left, top, site.right - site.left, foot - top + 2, use(name))
    ink = site.tone(2.5)
    cover = mix(ink, mix(pale.light, pale.sky_mid, 0.4), 0.75) if site.snowy else ink
    crest = f"M{n(site.left)} {n(top + size * 0.06)}"
    span, start = size * 2.6, site.cx - size * 2.6 * math.ceil((site.cx - site.left) / (size * 2.6))
    x = start
    while x < site.right:
        crest += (
            f"L{n(x)} {n(top - size * 0.18)}Q{n(x + span / 2)} {n(top - size * 0.4)}"
            f" {n(x + span)} {n(top - size * 0.18)}"
        )
        x += span
    crest += f"L{n(site.right)} {n(top + size * 0.06)}Z"
    tiles, ends = "", ""
    x = site.cx - math.ceil((site.cx - site.left) / (size * 0.13)) * size * 0.13
    while x < site.right:
        tiles += f"M{n(x)} {n(top - size * 0.2)}V{n(top + size * 0.05)}"
        ends += (
            f"M{n(x)} {n(top + size * 0.04)}a{n(size * 0.065)} {n(size * 0.065)}"
            f" 0 0 0 {n(size * 0.13)} 0Z"
        )
        x += size * 0.13
    return (
        body
        + path(crest, cover)
        + path(ends, ink)
        + stroke(tiles, mix(ink, pale.rim, 0.3), max(0.7, size * 0.012), opacity=0.7)
        + box(
            site.left,
            foot - size * 0.18,
            site.right - site.left,
            size * 0.2,
            mix(lime, pale.near, 0.7),
        )
        + _leaf_shadows(site, top, foot)
    )


def _leaf_shadows(site: Site, top: float, foot: float) -> str:
    """Shadows of bamboo that fall on the wall."""
    data, size = "", site.person(WALL)
    for side in (-1, 1):
        for index in range(46):
            rng = site.rng("shade", side, index)
            x = site.cx + side * size * rng.uniform(1.25, 3.1)
            y = top + (foot - top) * rng.uniform(0.05, 0.62)
            turn, long = rng.uniform(0.5, 1.5), size * rng.uniform(0.16, 0.34)
            dx, dy = side * long * math.cos(turn), long * math.sin(turn)
            ox, oy = -dy * 0.14, dx * 0.14
            data += (
                f"M{n(x)} {n(y)}Q{n(x + dx / 2 + ox)} {n(y + dy / 2 + oy)} {n(x + dx)}"
                f" {n(y + dy)}Q{n(x + dx / 2 - ox)} {n(y + dy / 2 - oy)} {n(x)} {n(y)}"
                "Z"
            )
    return path(data, site.palette.near, opacity=0.3)


def moon_gate(site: Site) -> str:
    """The round gate in the middle, with a lighter garden, a rock and bamboo beyond it."""
    pale, size = site.palette, site.person(WALL)
    x, y = site.pt(0, 0.86, WALL)
    foot = site.pt(0, 0, WALL)[1]
    r = size * 0.84
    clip, air = site.id("moon"), site.id("beyond")
    ink = site.tone(2.2)
    bright = mix(pale.horizon, pale.light, 0.35)
    stops = (
        (0.0, mix(pale.sky_mid, pale.horizon, 0.6), 1.0),
        (0.6, bright, 1.0),
        (0.8, mix(bright, pale.ground, 0.5), 1.0),
        (1.0, pale.ground, 1.0),
    )
    inside = box(x - r, y - r, 2 * r, 2 * r, use(air))
    hue = paint(pale, mix(pale.middle, bright, 0.35), lit=site.lit, snowy=site.snowy)
    far = size * 0.42
    low = y + r * 0.55
    inside += storey(x + r * 0.28, low, far * 0.8, far * 0.95, hue, bays=3)
    inside += roof(x + r * 0.28, low - far * 0.95, far * 1.3, far * 0.7, hue)
    inside += path(
        _rock(x - r * 0.45, low + r * 0.2, size * 0.62), mix(pale.middle, pale.near, 0.4)
    )
    inside += stroke(
        _bamboo(site, x - r * 0.72, foot, size * 1.7),
        mix(pale.near, pale.middle, 0.4),
        size * 0.022,
    )
    rim = disc(x, y, r, "none", stroke=ink, stroke_width=size * 0.1)
    rim += disc(x, y, r * 1.07, "none", stroke=mix(ink, pale.rim, 0.4), stroke_width=size * 0.014)
    plaque = box(x - size * 0.34, y - r - size * 0.3, size * 0.68, size * 0.19, ink, rx=size * 0.02)
    plaque += box(
        x - size * 0.31,
        y - r - size * 0.275,
        size * 0.62,
        size * 0.14,
        "none",
        stroke=mix(ink, pale.rim, 0.5),
        stroke_width=size * 0.012,
    )
    step = box(
        x - size * 0.75, foot - size * 0.05, size * 1.5, size * 0.09, mix(ink, pale.ground, 0.4)
    )
    cut = el("clipPath", disc(x, y, r, "#000"), id=clip)
    return (
        fall(air, stops, y - r, y + r)
        + cut
        + el("g", inside, clip_path=f"url(#{clip})")
        + rim
        + plaque
        + step
    )


def _rock(x: float, y: float, size: float) -> str:
    """A scholar's rock with holes worn by water."""
    return (
        f"M{n(x - size * 0.4)} {n(y)}C{n(x - size * 0.5)} {n(y - size * 0.4)}"
        f" {n(x - size * 0.15)} {n(y - size * 0.45)} "
        f"{n(x - size * 0.25)} {n(y - size * 0.8)}C{n(x - size * 0.2)} {n(y - size * 1.2)}"
        f" {n(x + size * 0.2)} {n(y - size * 1.15)} "
        f"{n(x + size * 0.15)} {n(y - size * 0.8)}C{n(x + size * 0.5)} {n(y - size * 0.7)}"
        f" {n(x + size * 0.2)} {n(y - size * 0.4)} {n(x + size * 0.42)} {n(y)}"
        "Z"
        f"M{n(x - size * 0.05)} {n(y - size * 0.72)}a{n(size * 0.07)} {n(size * 0.1)}"
        f" 0 1 0 {n(size * 0.1)} 0Z"
    )


def _bamboo(site: Site, x: float, y: float, tall: float) -> str:
    """Stems and leaves as strokes."""
    rng, data = site.rng("grove"), ""
    for k in range(3):
        sx = x + k * tall * 0.08
        data += f"M{n(sx)} {n(y)}q{n(tall * 0.02)} {n(-tall * 0.5)} {n(tall * 0.06)} {n(-tall)}"
        for _ in range(9):
            t = rng.uniform(0.35, 1)
            lx, ly = sx + tall * 0.06 * t, y - tall * t
            dx, dy = rng.uniform(-0.13, 0.13) * tall, rng.uniform(0.03, 0.1) * tall
            data += f"M{n(lx)} {n(ly)}l{n(dx)} {n(dy)}"
    return data


def openings(site: Site) -> str:
    """Openwork windows in the wall: a fan, a hexagon, a square, a flower."""
    pale, size = site.palette, site.person(WALL)
    ink = site.tone(2.4)
    bright = mix(
        mix(pale.horizon, pale.light, 0.3), mix(pale.glow, pale.light, 0.3), 0.5 * site.lit
    )
    parts: list[str] = []
    shapes = site.rng("windows").sample(range(4), 4)
    kinds = (Kind.ICE, Kind.COIN, Kind.STEP, Kind.DIAMOND)
    for side in (-1, 1):
        for index in range(5):
            x, y = site.pt(side * (1.72 + index * 1.25), 1.12, WALL)
            shape = shapes[(index + (side > 0)) % 4]
            outline = _outline(shape, x, y, size * 0.34)
            clip = site.id(f"leak-{side}-{index}")
            w = size * 0.74
            bars = lattice(x - w / 2, y - w / 2, w, w, kinds[shape], w / 4, index + 7)
            pane = box(x - w / 2, y - w / 2, w, w, bright) + stroke(bars, ink, size * 0.026)
            parts.append(el("clipPath", path(outline, "#000"), id=clip))
            parts.append(el("g", pane, clip_path=f"url(#{clip})"))
            parts.append(stroke(outline, ink, size * 0.05))
    return "".join(parts)


def _outline(shape: int, x: float, y: float, r: float) -> str:
    if shape == 0:
        return (
            f"M{n(x - r)} {n(y - r * 0.3)}Q{n(x)} {n(y - r * 1.1)} {n(x + r)} {n(y - r * 0.3)}"
            f"L{n(x + r * 0.5)} {n(y + r * 0.65)}Q{n(x)} {n(y + r * 0.3)} {n(x - r * 0.5)}"
            f" {n(y + r * 0.65)}Z"
        )
    if shape == 1:
        ring = [
            (x + r * math.cos(k * math.pi / 3), y + r * math.sin(k * math.pi / 3)) for k in range(6)
        ]
        return "M" + "L".join(f"{n(a)} {n(b)}" for a, b in ring) + "Z"
    if shape == 2:
        return f"M{n(x - r * 0.85)} {n(y - r * 0.85)}h{n(r * 1.7)}v{n(r * 1.7)}h{n(-r * 1.7)}Z"
    h = r * 0.5
    return (
        f"M{n(x - h)} {n(y - h)}a{n(h)} {n(h)} 0 0 1 {n(2 * h)} 0a{n(h)} {n(h)}"
        f" 0 0 1 0 {n(2 * h)}a{n(h)} {n(h)} 0 0 1 {n(-2 * h)} 0a{n(h)} {n(h)}"
        f" 0 0 1 0 {n(-2 * h)}Z"
    )
