"""Where people cook, eat and drink: kitchens, cafés and taverns."""

from __future__ import annotations

import math
from random import Random

from nightshoot.tools.image.shadow_play.fittings import Glow, lights, panorama, shell, tinted
from nightshoot.tools.image.shadow_play.furnishings import pendant, vase
from nightshoot.tools.image.shadow_play.interior import Tones, lintel, shaft
from nightshoot.tools.image.shadow_play.lamps import VERMILION, lantern
from nightshoot.tools.image.shadow_play.lattice import Kind, lattice
from nightshoot.tools.image.shadow_play.shapes import puff
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    cell,
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

_D = 2.6


def _tall(site: Site, tall: float) -> float:
    return tall / math.pow(site.back, 0.35)


def kitchen(site: Site) -> tuple[Plane, ...]:
    """Paints the kitchen of the story's time."""
    return _fitted(site) if site.modern else _hearth(site)


def _fitted(site: Site) -> tuple[Plane, ...]:
    """Cupboards and a counter around a window, a hood over a stove, pans on a rail, a fridge."""
    hue = tinted(site, "#c9b08a", 0.3, light=0.1)
    back, front = shell(site, hue, _D, 2.6, _tall(site, 2.0), slab=0.34)
    size = site.person(_D)
    x, foot = site.pt(0, 0, _D)
    side = site.rng("kitchen").choice((-1, 1))
    back += _tiles(x, foot, size, hue)
    back += panorama(site, hue, _D, (-0.5, 0.5), (0.72, 1.35), 2)
    wood = mix(hue.dark, hue.mid, 0.35)
    fronts, lines = "", ""
    for k in range(-6, 6):
        left = x + k * size * 0.4
        fronts += cell(left + size * 0.012, foot - size * 0.5, size * 0.376, size * 0.44)
        lines += f"M{n(left + size * 0.32)} {n(foot - size * 0.42)}v{n(size * 0.1)}"
        if abs(k + 0.5) > 2 and abs(k + 0.5 - side * 3) > 1:
            fronts += cell(left + size * 0.012, foot - size * 1.5, size * 0.376, size * 0.42)
            lines += f"M{n(left + size * 0.06)} {n(foot - size * 1.16)}v{n(-size * 0.1)}"
    top = cell(x - size * 2.6, foot - size * 0.56, size * 5.2, size * 0.055)
    back += box(x - size * 2.6, foot - size * 0.53, size * 5.2, size * 0.53, hue.deep)
    back += path(fronts, wood) + stroke(lines, hue.line, max(0.8, size * 0.014))
    back += path(top, mix(hue.bright, hue.mid, 0.55))
    back += _stove(x + side * size * 1.2, foot, size, hue) + _fridge(
        x - side * size * 1.75, foot, size, hue
    )
    back += _pans(x + side * size * 0.62, foot, size, hue) + _on_counter(
        x, foot, size, hue, site.rng("jars")
    )
    front += shaft(site, hue, -0.5, 0.5, 0.8, _D)
    glows: list[Glow] = []
    lamps = ""
    for u in (-0.4, 0.4):
        lx, ly = site.pt(u, 1.62, 1.9)
        lamps += pendant(
            lx, ly, site.person(1.9) * 0.8, hue, site.palette, max(0.3, site.lit), size * 2.5
        )
        glows.append((lx, ly, site.person(1.9) * 0.5))
    return (
        Plane("place-wall", 0.6, back),
        Plane("place-floor", 0.8, front),
        lights(site, glows, lamps),
    )


def _tiles(x: float, foot: float, size: float, hue: Tones) -> str:
    rows = "".join(
        f"M{n(x - size * 2.6)} {n(foot - size * (0.56 + 0.1 * k))}h{n(size * 5.2)}"
        for k in range(6)
    )
    rows += "".join(
        f"M{n(x + size * 0.13 * k)} {n(foot - size * 1.06)}v{n(size * 0.5)}" for k in range(-20, 21)
    )
    return stroke(rows, mix(hue.mid, hue.dark, 0.4), max(0.6, size * 0.006), opacity=0.5)


def _stove(x: float, foot: float, size: float, hue: Tones) -> str:
    """A stove with a pot that steams, under a hood."""
    hood = (
        f"M{n(x - size * 0.34)} {n(foot - size * 1.06)}L{n(x - size * 0.14)} {n(foot - size * 1.3)}"
        f"V{n(foot - size * 2.2)}H{n(x + size * 0.14)}V{n(foot - size * 1.3)}"
        f"L{n(x + size * 0.34)} {n(foot - size * 1.06)}Z"
    )
    pot = cell(x - size * 0.15, foot - size * 0.72, size * 0.3, size * 0.15)
    pot += cell(x - size * 0.2, foot - size * 0.7, size * 0.4, size * 0.025)
    pot += cell(x - size * 0.16, foot - size * 0.745, size * 0.32, size * 0.022)
    rim = f"M{n(x - size * 0.34)} {n(foot - size * 1.06)}H{n(x + size * 0.34)}"
    oven = box(
        x - size * 0.3, foot - size * 0.42, size * 0.6, size * 0.3, mix(hue.deep, hue.line, 0.16)
    )
    fire = "".join(
        disc(x + size * u, foot - size * 0.565, size * 0.014, "#5f9fe0") for u in (-0.1, 0.0, 0.1)
    )
    return (
        box(x - size * 0.36, foot - size * 0.555, size * 0.72, size * 0.555, hue.deep)
        + oven
        + path(hood + pot, mix(hue.deep, hue.dark, 0.5))
        + stroke(rim, hue.line, max(0.8, size * 0.012))
        + fire
    )


def _fridge(x: float, foot: float, size: float, hue: Tones) -> str:
    tone = mix(hue.mid, hue.dark, 0.45)
    return (
        box(x - size * 0.3, foot - size * 1.12, size * 0.6, size * 1.12, tone, rx=size * 0.03)
        + box(x - size * 0.3, foot - size * 0.72, size * 0.6, size * 0.012, hue.deep)
        + box(x + size * 0.2, foot - size * 0.66, size * 0.02, size * 0.3, hue.line)
        + box(x + size * 0.2, foot - size * 0.98, size * 0.02, size * 0.2, hue.line)
    )


def _pans(x: float, foot: float, size: float, hue: Tones) -> str:
    """A rail with a ladle, a pan, a sieve and a cloth hanging from it."""
    y = foot - size * 1.0
    body = stroke(
        f"M{n(x - size * 0.28)} {n(y)}h{n(size * 0.56)}", hue.line, max(0.8, size * 0.012)
    )
    hung = f"M{n(x - size * 0.2)} {n(y)}v{n(size * 0.17)}M{n(x)} {n(y)}v{n(size * 0.13)}"
    body += stroke(hung, hue.deep, max(0.8, size * 0.014))
    body += disc(x - size * 0.2, y + size * 0.2, size * 0.045, hue.deep)
    body += disc(x, y + size * 0.21, size * 0.085, hue.deep)
    return body + box(x + size * 0.14, y, size * 0.1, size * 0.24, mix(VERMILION, hue.dark, 0.45))


def _on_counter(x: float, foot: float, size: float, hue: Tones, rng: Random) -> str:
    """Bottles, jars and a board that lean against the tiles."""
    data, y = "", foot - size * 0.56
    for k in range(7):
        at = x - size * 1.1 + k * size * 0.34 + rng.uniform(-0.06, 0.06) * size
        if abs(at - x) < size * 0.1:
            continue
        high = size * rng.uniform(0.1, 0.22)
        data += cell(at, y - high, size * 0.07, high) + cell(
            at + size * 0.02, y - high * 1.35, size * 0.03, high * 0.4
        )
    return path(data, mix(hue.deep, hue.dark, 0.4))


def _hearth(site: Site) -> tuple[Plane, ...]:
    """A brick stove with two woks, fire in its mouths and steam; jars, a ladle rack, hung food."""
    hue = tinted(site, "#8a5a34", 0.25)
    back, front = shell(site, hue, _D, 2.6, _tall(site, 2.2), slab=0.45)
    size = site.person(_D)
    x, foot = site.pt(0, 0, _D)
    side = site.rng("hearth").choice((-1, 1))
    wx = x - side * size * 1.0
    paper = mix(hue.bright, site.palette.light, 0.5)
    back += box(wx - size * 0.5, foot - size * 1.5, size, size * 0.75, paper)
    back += stroke(
        lattice(wx - size * 0.5, foot - size * 1.5, size, size * 0.75, Kind.GRID, size * 0.14),
        hue.deep, max(1.0, size * 0.025),
    )  # fmt: skip
    back += lintel(site, hue, _D - 0.1, 2.6, 2.0)
    sx = x + side * size * 0.75
    back += _brick_stove(sx, foot, size, hue, site)
    back += _hung(x, foot - size * 1.75, size, hue, site.rng("hung"))
    for k, u in enumerate((-1.95, -1.6, -1.2)):
        high = size * (0.62 - 0.1 * k)
        back += path(vase(x - side * size * -u, foot, high * 0.8, high), hue.deep)
    front += shaft(site, hue, -side * 1.5, -side * 0.5, 0.7, _D)
    name = site.id("steam")
    steam = puff(name, mix(site.palette.light, hue.bright, 0.4), 0.28)
    rng = site.rng("steam")
    for k in range(9):
        t = k / 8
        steam += oval(
            sx + size * rng.uniform(-0.25, 0.25), foot - size * (0.75 + 0.95 * t),
            size * (0.16 + 0.2 * t), size * (0.13 + 0.12 * t), use(name),
        )  # fmt: skip
    glows = [(sx + size * u, foot - size * 0.2, size * 0.6) for u in (-0.28, 0.28)]
    return (
        Plane("place-wall", 0.6, back),
        Plane("place-steam", 0.65, steam, f"wave {n(0.006 * site.view.short)} 5.2"),
        Plane("place-floor", 0.8, front),
        lights(site, glows, strength=0.6),
    )


def _brick_stove(x: float, foot: float, size: float, hue: Tones, site: Site) -> str:
    wide, tall = size * 1.5, size * 0.55
    left, top = x - wide / 2, foot - tall
    flame = mix(site.palette.glow, site.palette.light, 0.25)
    bricks = "".join(f"M{n(left)} {n(top + k * tall / 5)}h{n(wide)}" for k in range(1, 5))
    for k in range(5):
        for i in range(7):
            bricks += (
                f"M{n(left + (i + 0.5 * (k % 2)) * wide / 7)} {n(top + k * tall / 5)}v{n(tall / 5)}"
            )
    body = box(left, top, wide, tall, hue.dark)
    body += stroke(bricks, hue.deep, max(0.7, size * 0.008), opacity=0.6)
    body += box(left - size * 0.05, top - size * 0.05, wide + size * 0.1, size * 0.07, hue.deep)
    for u in (-0.28, 0.28):
        cx = x + u * size
        body += path(
            f"M{n(cx - size * 0.13)} {n(foot)}v{n(-size * 0.2)}a{n(size * 0.13)}"
                f" {n(size * 0.13)} 0 0 1 "
            f"{n(size * 0.26)} 0v{n(size * 0.2)}Z", flame,
        )  # fmt: skip
        body += path(
            f"M{n(cx - size * 0.1)} {n(foot)}q{n(size * 0.03)} {n(-size * 0.2)} "
                f"{n(size * 0.06)} {n(-size * 0.06)}"
            f"q{n(size * 0.04)} {n(-size * 0.2)} {n(size * 0.08)} "
                f"{n(-size * 0.02)}q{n(size * 0.03)} {n(-size * 0.1)} "
            f"{n(size * 0.06)} {n(size * 0.08)}Z", mix(VERMILION, flame, 0.3),
        )  # fmt: skip
        body += oval(cx, top - size * 0.05, size * 0.24, size * 0.045, hue.deep)
        body += stroke(
            f"M{n(cx - size * 0.24)} {n(top - size * 0.05)}a{n(size * 0.24)} "
                f"{n(size * 0.045)} 0 0 1 {n(size * 0.48)} 0",
            hue.line, max(0.8, size * 0.012),
        )  # fmt: skip
    return body


def _hung(x: float, y: float, size: float, hue: Tones, rng: Random) -> str:
    """Garlic, peppers and dried fish on strings from a pole."""
    body = stroke(
        f"M{n(x - size * 1.4)} {n(y)}H{n(x + size * 1.4)}", hue.deep, max(1.0, size * 0.03)
    )
    for k in range(9):
        at = x + size * (-1.25 + k * 0.31)
        long = size * rng.uniform(0.25, 0.42)
        body += stroke(f"M{n(at)} {n(y)}v{n(long)}", hue.deep, max(0.7, size * 0.008))
        kind = rng.randrange(3)
        for i in range(5):
            dy = y + long * (0.35 + 0.16 * i)
            if kind == 0:
                body += disc(
                    at + size * 0.022 * (-1) ** i, dy, size * 0.03, mix(hue.bright, hue.mid, 0.4)
                )
            elif kind == 1:
                body += oval(
                    at + size * 0.025 * (-1) ** i,
                    dy,
                    size * 0.014,
                    size * 0.045,
                    mix(VERMILION, hue.dark, 0.25),
                )
        if kind == 2:
            body += oval(at, y + long, size * 0.035, size * 0.13, hue.dark)
    return body


def cafe(site: Site) -> tuple[Plane, ...]:
    """Paints a café or bar of today, or a tavern of old."""
    return _counter(site) if site.modern else _tavern(site)


def _counter(site: Site) -> tuple[Plane, ...]:
    """A bar with shelves of bottles behind it, three lamps above, a window and small tables."""
    hue = tinted(site, "#7a4a2c", 0.35, light=0.03)
    back, front = shell(site, hue, _D, 2.6, _tall(site, 2.2), slab=0.3)
    size = site.person(_D)
    side = site.rng("cafe").choice((-1, 1))
    cx, foot = site.pt(side * 0.85, 0, _D)
    back += panorama(site, hue, _D, (-side * 1.2 - 0.85, -side * 1.2 + 0.85), (0.3, 1.55), 4)
    back += _bottles(cx, foot, size, hue, site)
    near = site.person(_D - 0.3)
    bx, by = site.pt(side * 0.85, 0, _D - 0.3)
    front += box(bx - near * 0.95, by - near * 0.6, near * 1.9, near * 0.6, hue.deep)
    slats = "".join(
        cell(bx - near * 0.93 + k * near * 0.1, by - near * 0.52, near * 0.07, near * 0.5)
        for k in range(19)
    )
    front += path(slats, mix(hue.deep, hue.dark, 0.7))
    front += box(
        bx - near * 1.0, by - near * 0.63, near * 2.0, near * 0.05, mix(hue.dark, hue.line, 0.5)
    )
    front += _machine(bx - side * near * 0.4, by - near * 0.63, near, hue)
    for u, d in ((-1.55, 2.15), (-0.85, 2.3)):
        front += _round_table(*site.pt(side * u, 0, d), site.person(d), hue)
    front += shaft(site, hue, -side * 1.2 - 0.7, -side * 1.2 + 0.7, 0.7, _D)
    glows: list[Glow] = []
    lamps = ""
    for u, h in ((0.35, 1.5), (0.85, 1.43), (1.35, 1.5)):
        lx, ly = site.pt(side * u, h, 1.95)
        lamps += pendant(
            lx, ly, site.person(1.95) * 0.9, hue, site.palette, max(0.45, site.lit), size * 2.5
        )
        glows.append((lx, ly, site.person(1.95) * 0.55))
    return (
        Plane("place-wall", 0.6, back),
        Plane("place-floor", 0.8, front),
        lights(site, glows, lamps, 0.5),
    )


def _bottles(x: float, foot: float, size: float, hue: Tones, site: Site) -> str:
    """Three lit shelves of bottles and cups."""
    rng, glow = site.rng("bottles"), site.id("shelf")
    warm = mix(site.palette.glow, site.palette.light, 0.3)
    body = box(
        x - size * 0.9, foot - size * 1.55, size * 1.8, size * 1.0, mix(hue.mid, hue.bright, 0.3)
    )
    body += halo(glow, warm, 0.55) + disc(x, foot - size * 1.05, size * 0.85, use(glow))
    data = ""
    for row in range(3):
        y = foot - size * (1.24 - 0.3 * row)
        data += cell(x - size * 0.92, y, size * 1.84, size * 0.03)
        at = x - size * 0.84
        while at < x + size * 0.8:
            wide, high = size * rng.uniform(0.045, 0.075), size * rng.uniform(0.1, 0.2)
            data += cell(at, y - high, wide, high)
            if rng.random() < 0.6:
                data += cell(at + wide * 0.32, y - high * 1.35, wide * 0.36, high * 0.4)
            at += wide * rng.uniform(1.25, 1.9)
    data += cell(x - size * 0.94, foot - size * 1.58, size * 1.88, size * 0.05)
    data += cell(x - size * 0.94, foot - size * 1.55, size * 0.05, size * 1.0)
    data += cell(x + size * 0.89, foot - size * 1.55, size * 0.05, size * 1.0)
    return body + path(data, hue.deep)


def _machine(x: float, y: float, size: float, hue: Tones) -> str:
    """A coffee machine with cups on it."""
    data = cell(x - size * 0.17, y - size * 0.24, size * 0.34, size * 0.09)
    data += cell(x - size * 0.15, y - size * 0.16, size * 0.05, size * 0.16)
    data += cell(x + size * 0.1, y - size * 0.16, size * 0.05, size * 0.16)
    data += cell(x - size * 0.17, y - size * 0.03, size * 0.34, size * 0.03)
    for u in (-0.12, -0.04, 0.04):
        data += cell(x + u * size, y - size * 0.28, size * 0.06, size * 0.045)
    return path(data, mix(hue.deep, hue.dark, 0.3)) + box(
        x - size * 0.17, y - size * 0.24, size * 0.34, max(0.8, size * 0.01), hue.line
    )


def _round_table(x: float, y: float, size: float, hue: Tones) -> str:
    """A round table on one foot with two stools and a cup on it."""
    post = cell(x - size * 0.02, y - size * 0.42, size * 0.04, size * 0.4)
    for s in (-1, 1):
        post += cell(x + s * size * 0.38 - size * 0.015, y - size * 0.26, size * 0.03, size * 0.26)
    body = path(post, hue.deep) + oval(x, y - size * 0.43, size * 0.28, size * 0.035, hue.deep)
    body += oval(x, y, size * 0.15, size * 0.025, hue.deep)
    for s in (-1, 1):
        body += oval(x + s * size * 0.38, y - size * 0.27, size * 0.12, size * 0.025, hue.deep)
        body += oval(x + s * size * 0.38, y, size * 0.1, size * 0.018, hue.deep)
    rim = (
        f"M{n(x - size * 0.28)} {n(y - size * 0.435)}a{n(size * 0.28)} "
        f"{n(size * 0.035)} 0 0 1 {n(size * 0.56)} 0"
    )
    cup = box(
        x + size * 0.05,
        y - size * 0.51,
        size * 0.06,
        size * 0.06,
        mix(hue.bright, hue.mid, 0.4),
        rx=size * 0.01,
    )
    return body + stroke(rim, hue.line, max(0.8, size * 0.012)) + cup


def _tavern(site: Site) -> tuple[Plane, ...]:
    """A gallery with a carved rail, jars with red seals behind a counter, lanterns, benches."""
    hue = tinted(site, "#8a4a24", 0.25, light=0.02)
    back, front = shell(site, hue, _D, 2.6, _tall(site, 2.7), slab=0.4)
    size = site.person(_D)
    x, foot = site.pt(0, 0, _D)
    side = site.rng("tavern").choice((-1, 1))
    y = foot - size * 1.55
    back += box(x - size * 2.7, y, size * 5.4, size * 0.14, hue.deep)
    back += stroke(
        lattice(x - size * 2.6, y - size * 0.36, size * 5.2, size * 0.34, Kind.STEP, size * 0.17),
        hue.deep, max(1.0, size * 0.022),
    )  # fmt: skip
    back += box(x - size * 2.7, y - size * 0.4, size * 5.4, size * 0.05, hue.deep)
    for u in (-2.3, -1.15, 0.0, 1.15, 2.3):
        back += box(x + u * size - size * 0.05, y, size * 0.1, foot - y, hue.deep)
        back += box(x + u * size + size * 0.03, y, size * 0.014, foot - y, hue.line, opacity=0.5)
    jars = site.rng("jars")
    for row, h in enumerate((0.62, 0.98)):
        back += box(
            x + side * size * 0.6 - size * 0.5,
            foot - size * (h - 0.02),
            size,
            size * 0.03,
            hue.deep,
        )
        for k in range(4):
            at = x + side * size * 0.6 + size * (-0.36 + 0.24 * k)
            high = size * jars.uniform(0.2, 0.28)
            back += path(
                vase(at, foot - size * (h - 0.02), size * 0.2, high), mix(hue.deep, hue.dark, 0.4)
            )
            back += box(
                at - size * 0.04,
                foot - size * (h + 0.08) - row,
                size * 0.08,
                size * 0.08,
                mix(VERMILION, hue.dark, 0.15),
                transform=f"rotate(45 {n(at)} {n(foot - size * (h + 0.04))})",
            )
    near = site.person(_D - 0.35)
    bx, by = site.pt(side * 0.8, 0, _D - 0.35)
    front += box(bx - near * 0.85, by - near * 0.56, near * 1.7, near * 0.56, hue.deep)
    front += box(
        bx - near * 0.9, by - near * 0.6, near * 1.8, near * 0.05, mix(hue.dark, hue.line, 0.4)
    )
    for u, d in ((-1.5, 2.1), (-0.7, 2.35), (1.6, 1.75)):
        front += _trestle(*site.pt(side * u, 0, d), site.person(d), hue)
    glows: list[Glow] = []
    lamps = ""
    for u in (-1.6, -0.75, 0.75, 1.6):
        lx, ly = site.pt(u, 1.52, 2.2)
        big = site.person(2.2) * 0.3
        lamps += lantern(lx, ly, big, site.palette, max(0.5, site.lit), cord=size * 1.2)
        glows.append((lx, ly, big * 2.1))
    return (
        Plane("place-wall", 0.6, back),
        Plane("place-floor", 0.8, front),
        lights(site, glows, lamps, 0.5),
    )


def _trestle(x: float, y: float, size: float, hue: Tones) -> str:
    """A square table with a pot and bowls on it, and a bench on each side."""
    data = cell(x - size * 0.34, y - size * 0.44, size * 0.68, size * 0.04)
    for u in (-0.3, 0.26):
        data += cell(x + u * size, y - size * 0.42, size * 0.04, size * 0.42)
    for s in (-1, 1):
        data += cell(x + s * size * 0.52 - size * 0.1, y - size * 0.25, size * 0.2, size * 0.03)
        data += cell(x + s * size * 0.52 - size * 0.07, y - size * 0.24, size * 0.025, size * 0.24)
        data += cell(x + s * size * 0.52 + size * 0.05, y - size * 0.24, size * 0.025, size * 0.24)
    data += vase(x - size * 0.08, y - size * 0.44, size * 0.12, size * 0.16)
    data += cell(x + size * 0.08, y - size * 0.48, size * 0.08, size * 0.04)
    return path(data, hue.deep) + box(
        x - size * 0.34, y - size * 0.44, size * 0.68, max(0.8, size * 0.01), hue.line, opacity=0.8
    )
