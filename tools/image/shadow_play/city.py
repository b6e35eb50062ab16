"""Cities: walls, gate towers and rows of roofs, or a skyline above an avenue."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.ground import earth, mirror, paving, puddles
from nightshoot.tools.image.shadow_play.lamps import VERMILION, halos, lantern
from nightshoot.tools.image.shadow_play.near import eaves_and_lantern, wires_and_sign
from nightshoot.tools.image.shadow_play.roofs import gable, paint, roof, storey, tower
from nightshoot.tools.image.shadow_play.site import (
    Point,
    Site,
    box,
    cell,
    disc,
    fall,
    halo,
    mix,
    oval,
    path,
    pool,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.skyline import skyline
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

Light = tuple[Point, str, float]


def city(site: Site) -> tuple[Plane, ...]:
    """Paints the city of the story's time."""
    return _modern(site) if site.modern else _ancient(site)


def haze(site: Site, name: str, colour: str, strength: float, high: float) -> str:
    """The pale air at the foot of a row of houses, which lifts the next row off it."""
    key = site.id(name)
    low = site.view.horizon + site.unit * 0.01
    stops = ((0.0, colour, 0.0), (0.8, colour, strength), (1.0, colour, strength * 0.7))
    return fall(key, stops, low - site.unit * high, low) + box(
        site.left, low - site.unit * high, site.right - site.left, site.unit * high, use(key)
    )


def _modern(site: Site) -> tuple[Plane, ...]:
    pale = site.palette
    warm = mix(pale.glow, VERMILION, 0.3)
    back = skyline(site, 30, 0.58, "back", density=0.2)
    back += haze(site, "haze-a", mix(pale.horizon, warm, 0.4 * site.lit), 0.5, 0.3)
    middle = skyline(site, 13, 0.46, "middle")
    middle += haze(site, "haze-b", mix(pale.horizon, warm, 0.6 * site.lit), 0.42, 0.17)
    front = skyline(site, 6, 0.27, "front", density=0.42)
    lights, bokeh, lamps = _avenue(site)
    floor = earth(site) + paving(site, half=2.4, slab=0.8) + _parapet(site) + puddles(site, 10)
    glow = site.id("glow")
    air = halo(glow, mix(pale.glow, pale.light, 0.25), 0.42 * site.lit)
    return (
        Plane("place-back", 0.15, back),
        Plane("place-middle", 0.32, middle),
        Plane("place-ground", 0.6, front + floor + bokeh),
        *mirror(site, lights),
        Plane("place-light", 0.65, air + halos(lamps, glow), "flicker 0.15 3.7"),
        *wires_and_sign(site),
    )


def _avenue(site: Site) -> tuple[list[Light], str, list[tuple[float, float, float]]]:
    """Lamps along an avenue and the lights of cars far down it, as soft discs."""
    pale = site.palette
    hues = (pale.glow, mix(pale.glow, VERMILION, 0.55), mix(pale.light, pale.water, 0.35))
    lights: list[Light] = []
    lamps: list[tuple[float, float, float]] = []
    discs = ""
    for index in range(30):
        rng = site.rng("bokeh", index)
        d = rng.uniform(5.5, 11)
        x, y = site.pt(rng.uniform(-1, 1) * 0.82 * d, rng.uniform(0.3, 1.4), d)
        r = site.unit * rng.uniform(0.008, 0.022)
        hue = rng.choice(hues)
        discs += disc(x, y, r, hue, opacity=(0.1 + 0.28 * site.lit) * rng.uniform(0.5, 1.0))
        discs += disc(x, y, r * 0.75, hue, opacity=0.22 * site.lit)
        lights.append(((x, site.pt(0, 0, d * 0.8)[1]), hue, r * 0.9))
        if index % 3 == 0:
            lamps.append((x, y, r * 3.4))
    posts = ""
    for side in (-1, 1):
        for d in (9.0, 6.4, 4.6, 3.3):
            x, y = site.pt(side * 2.1, 0, d)
            _, top = site.pt(side * 2.1, 2.3, d)
            size = site.person(d)
            arm = -side * size * 0.4
            posts += f"M{n(x)} {n(y)}V{n(top)}q0 {n(-size * 0.16)} {n(arm)} {n(-size * 0.14)}"
            lamps.append((x + arm, top - size * 0.1, size * 0.7))
            discs += oval(
                x + arm,
                top - size * 0.12,
                size * 0.1,
                size * 0.035,
                mix(pale.near, pale.light, site.lit),
            )
            lights.append(((x + arm, site.pt(0, 0, d)[1]), pale.glow, size * 0.14))
    width = max(1.2, site.unit * 0.0035)
    return lights, stroke(posts, pale.near, width) + discs, lamps


def _parapet(site: Site) -> str:
    """A low railing between the square and the city."""
    pale = site.palette
    d = 5.0
    reach = site.reach(d)
    size = site.person(d)
    (x0, y), (x1, _) = site.pt(-reach, 0, d), site.pt(reach, 0, d)
    posts = ""
    x = site.cx
    while x < x1:
        posts += cell(x - size * 0.02, y - size * 0.5, size * 0.04, size * 0.5)
        posts += cell(2 * site.cx - x - size * 0.02, y - size * 0.5, size * 0.04, size * 0.5)
        x += size * 0.22
    rails = cell(x0, y - size * 0.54, x1 - x0, size * 0.07) + cell(
        x0, y - size * 0.06, x1 - x0, size * 0.08
    )
    return path(posts + rails, site.tone(d)) + box(
        x0, y - size * 0.55, x1 - x0, max(1, size * 0.02), pale.rim, opacity=0.4
    )


def _ancient(site: Site) -> tuple[Plane, ...]:
    pale = site.palette
    warm = mix(pale.glow, pale.horizon, 0.45)
    back = _roofscape(site, 24, "back", 1.0) + haze(site, "haze-a", warm, 0.4, 0.12)
    name = site.id("dusk")
    x, y = site.pt(0, 2, 12)
    r = site.unit * 0.34
    back += pool(name, ((0.0, warm, 0.5), (1.0, warm, 0.0)), x, y, r) + disc(x, y, r, use(name))
    middle, gate_lamps = _wall(site)
    rows, lamps = _rows(site)
    floor = earth(site) + paving(site, half=1.5, slab=0.5) + puddles(site, 8)
    glow = site.id("glow")
    air = halo(glow, pale.glow, 0.5 * site.lit) + halos([*gate_lamps, *lamps], glow)
    lights: list[Light] = [
        ((lx, max(ly, site.pt(0, 0, 7)[1])), pale.glow, lr * 0.25) for lx, ly, lr in lamps
    ]
    return (
        Plane("place-back", 0.35, back + middle),
        Plane("place-ground", 0.65, floor + rows),
        *mirror(site, lights),
        Plane("place-light", 0.65, air, "flicker 0.18 3.3"),
        *eaves_and_lantern(site),
    )


def _roofscape(site: Site, d: float, name: str, scale: float) -> str:
    """Roofs behind roofs, with a pagoda among them."""
    hue = paint(site.palette, site.tone(d), lit=site.lit * 0.8, snowy=site.snowy)
    size = site.person(d) * scale
    foot = site.view.horizon + site.unit * 0.02
    reach = site.right - site.cx
    parts: list[str] = []
    for side in (-1, 1):
        at, index = -0.5 * size, 0
        while at < reach:
            rng = site.rng(name, side, index)
            half = size * rng.uniform(1.1, 2.4)
            x = site.cx + side * (at + half)
            tall = size * rng.uniform(1.8, 4.2)
            parts.append(box(x - half * 0.8, foot - tall, half * 1.6, tall, hue.body))
            parts.append(roof(x, foot - tall, half, size * rng.uniform(0.8, 1.3), hue))
            if index == 2 and side == _pagoda_side(site):
                parts.insert(
                    0,
                    tower(x, foot - tall, size * 1.5, (size * 1.9,) * 5, hue, bays=3, shrink=0.86),
                )
            at += half * 1.5
            index += 1
    return "".join(parts)


def _pagoda_side(site: Site) -> int:
    return site.rng("pagoda").choice((-1, 1))


def _wall(site: Site) -> tuple[str, list[tuple[float, float, float]]]:
    """The city wall with its battlements, an arched gate and a tower of two storeys on it."""
    d = 10.0
    tone = site.tone(d)
    hue = paint(site.palette, tone, lit=site.lit, snowy=site.snowy)
    size = site.person(d)
    x, foot = site.pt(0, 0, d)
    top = foot - size * 3.1
    left, right = site.left, site.right
    wall = box(left, top, right - left, foot - top + 4, tone)
    teeth = ""
    step = size * 0.42
    i = 0
    while i * step < right - site.cx:
        for s in (1, -1):
            teeth += cell(
                x + s * (i + 0.5) * step - step * 0.3, top - size * 0.3, step * 0.6, size * 0.32
            )
        i += 1
    bricks = ""
    for row in range(1, 9):
        bricks += f"M{n(left)} {n(top + row * size * 0.36)}H{n(right)}"
    warm = mix(hue.body, mix(site.palette.glow, site.palette.horizon, 0.4), 0.35 + 0.4 * site.lit)
    arch = (
        f"M{n(x - size * 0.85)} {n(foot + 2)}v{n(-size * 1.35)}a{n(size * 0.85)}"
        f" {n(size * 0.85)} 0 0 1 {n(size * 1.7)} 0v{n(size * 1.35)}Z"
    )
    base = (
        f"M{n(x - size * 5.2)} {n(foot + 2)}L{n(x - size * 4.6)} {n(top - size * 0.5)}"
        f"H{n(x + size * 4.6)}L{n(x + size * 5.2)} {n(foot + 2)}Z"
    )
    house = tower(
        x, top - size * 0.5, size * 3.4, (size * 2.0, size * 1.6), hue, bays=7, shrink=0.8
    )
    lamps: list[tuple[float, float, float]] = []
    silk = ""
    for u in (-2.6, -1.3, 1.3, 2.6):
        lx, ly = x + u * size, top - size * 1.7
        silk += lantern(lx, ly, size * 0.55, site.palette, site.lit)
        lamps.append((lx, ly, size * 1.1))
    body = (
        house
        + path(teeth, tone)
        + wall
        + path(base, tone)
        + stroke(bricks, hue.soft, max(0.6, size * 0.02), opacity=0.28)
        + box(x - size * 4.7, top - size * 0.5, size * 9.4, size * 0.09, hue.rim, opacity=0.7)
        + path(arch, warm)
        + silk
    )
    return body, lamps


def _rows(site: Site) -> tuple[str, list[tuple[float, float, float]]]:
    """Houses on both sides of the avenue, nearer and darker toward the lens."""
    parts: list[str] = []
    lamps: list[tuple[float, float, float]] = []
    for row, d in enumerate((7.2, 5.2, 3.7, 2.7)):
        hue = paint(site.palette, site.tone(d), lit=site.lit, snowy=site.snowy)
        size = site.person(d)
        for side in (-1, 1):
            edge, index = 1.75, 0
            while edge < site.reach(d):
                rng = site.rng("row", row, side, index)
                half = rng.uniform(0.95, 1.35)
                x, foot = site.pt(side * (edge + half), 0, d)
                tall = rng.uniform(1.25, 1.6)
                if rng.random() < 0.4:
                    parts.append(gable(x, foot, half * size, tall * size, size * 0.75, hue))
                else:
                    parts.append(storey(x, foot, half * size * 0.92, tall * size, hue, bays=3))
                    parts.append(roof(x, foot - tall * size, half * size * 1.2, size * 0.8, hue))
                lx = x - side * half * size * 0.8
                ly = foot - tall * size * 0.72
                parts.append(lantern(lx, ly, size * 0.3, site.palette, site.lit, cord=size * 0.1))
                lamps.append((lx, ly, size * 0.62))
                edge += half * 2 + rng.uniform(0.1, 0.35)
                index += 1
    return "".join(parts), lamps
