"""Hospitals: a corridor of doors under light panels, and a ward with a bed and a drip."""

from __future__ import annotations

import math

from nightshoot.domain.vocabulary import Dressing
from nightshoot.tools.image.shadow_play.fittings import (
    band,
    lights,
    panorama,
    shell,
    side_door,
    strips,
    tinted,
)
from nightshoot.tools.image.shadow_play.interior import Tones, shaft
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    cell,
    disc,
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

_TILES = "#8fb8ae"
"""The pale green that wards are painted."""


def _tall(site: Site, tall: float) -> float:
    return tall / math.pow(site.back, 0.3)


def hospital(site: Site) -> tuple[Plane, ...]:
    """Paints a ward where a bed stands in it, and else the corridor before the wards."""
    return ward(site) if Dressing.BED in site.staging.dressing else clinic(site)


def clinic(site: Site) -> tuple[Plane, ...]:
    """Paints a hospital's corridor: tinted, with a lit cross over its end."""
    return _corridor(site, tinted(site, _TILES, 0.5, light=0.12), cross=True)


def corridor(site: Site) -> tuple[Plane, ...]:
    """Paints the corridor of an office, a school or a house of flats."""
    return _corridor(site, tinted(site, "#a89c86", 0.25, light=0.06), cross=False)


def _corridor(site: Site, hue: Tones, *, cross: bool) -> tuple[Plane, ...]:
    end, half, tall = 7.0, 1.3, _tall(site, 1.75)
    back, front = shell(site, hue, end, half, tall, slab=0.65)
    back += _end_doors(site, hue, end, cross=cross)
    for side in (-1, 1):
        w = side * half
        front += band(site, w, 0.0, 0.42, end, mix(hue.mid, hue.dark, 0.55))
        front += band(site, w, 0.42, 0.46, end, mix(hue.mid, hue.bright, 0.3))
        front += band(site, w, 0.0, 0.06, end, hue.deep)
        rng = site.rng("doors", side)
        d = 0.75 + rng.uniform(0.0, 0.35)
        while d < end * 0.85:
            front += side_door(site, hue, w, d, d + 0.55, lit=rng.random() < 0.5)
            d += 0.55 + rng.uniform(0.75, 1.1) * (0.7 + d * 0.25)
    front += _bench(site, hue, half)
    panels, glows = strips(site, hue, end, tall, (0.0,), wide=0.3)
    return (
        Plane("place-wall", 0.5, back),
        Plane("place-floor", 0.8, front + panels + _gleams(site, hue, end)),
        lights(site, glows),
    )


def _end_doors(site: Site, hue: Tones, d: float, *, cross: bool) -> str:
    """The swing doors that close a corridor, light behind their panes, and a sign above."""
    size = site.person(d)
    x, foot = site.pt(0, 0, d)
    name = site.id("beyond")
    hot = mix(hue.bright, site.palette.light, 0.6)
    stops = ((0.0, hot, 0.95), (0.4, hue.bright, 0.5), (1.0, hue.bright, 0.0))
    body = pool(name, stops, x, foot - size * 0.7, size * 1.7)
    body += box(x - size * 1.3, foot - size * 1.7, size * 2.6, size * 1.8, use(name))
    for s in (-1, 1):
        left = x + (s - 1) * size * 0.25
        body += box(left, foot - size * 1.25, size * 0.5, size * 1.25, mix(hue.mid, hue.dark, 0.6))
        body += box(left + size * 0.13, foot - size * 1.05, size * 0.24, size * 0.42, hot)
    body += box(x - size * 0.01, foot - size * 1.25, size * 0.02, size * 1.25, hue.deep)
    sign = size * 0.13
    y = foot - size * 1.48
    if cross:
        body += path(
            cell(x - sign, y - sign * 0.34, 2 * sign, sign * 0.68)
            + cell(x - sign * 0.34, y - sign, sign * 0.68, 2 * sign),
            mix("#d8402c", site.palette.light, 0.12),
        )
    else:
        body += box(x - sign * 1.6, y - sign * 0.5, sign * 3.2, sign, mix(hue.line, "#57b06a", 0.6))
    return body


def _bench(site: Site, hue: Tones, half: float) -> str:
    """A row of moulded seats along one wall."""
    side = site.rng("bench").choice((-1, 1))
    w, inner = side * half, side * (half - 0.3)
    body = ""
    for k in range(4):
        near, far = 2.0 + k * 0.36, 2.28 + k * 0.36
        seat = site.quad((w, 0.28, near), (inner, 0.28, near), (inner, 0.28, far), (w, 0.28, far))
        rest = site.quad((w, 0.3, near), (w, 0.58, near), (w, 0.58, far), (w, 0.3, far))
        body = poly(rest, mix(hue.dark, hue.line, 0.3)) + poly(seat, hue.deep) + body
        legs = trace(site.quad((inner, 0.28, near), (inner, 0.0, near)), close=False)
        body += stroke(legs, hue.deep, max(1.0, site.person(near) * 0.02))
    return body


def _gleams(site: Site, hue: Tones, end: float) -> str:
    """The light panels mirrored in a waxed floor, broken and pale."""
    body = ""
    d = end * 0.94
    while d > 0.75:
        body += trace(site.quad((-0.26, 0, d), (0.26, 0, d), (0.2, 0, d * 0.8), (-0.2, 0, d * 0.8)))
        d *= 0.66
    return path(body, hue.bright, opacity=0.2)


def ward(site: Site) -> tuple[Plane, ...]:
    """Paints a ward: blinds before the light, a curtain on its rail, a lamp strip, a drip."""
    hue = tinted(site, _TILES, 0.5, light=0.12)
    d, half, tall = 2.7, 2.5, _tall(site, 1.9)
    back, front = shell(site, hue, d, half, tall, slab=0.5)
    side = site.rng("ward").choice((-1, 1))
    span = (-0.75 - side * 0.55, 0.75 - side * 0.55)
    back += panorama(site, hue, d, span, (0.55, 1.55), 3) + _blinds(site, hue, d, span)
    size = site.person(d)
    x, foot = site.pt(side * 1.3, 0, d)
    rail = cell(x - size * 0.8, foot - size * 0.95, size * 1.6, size * 0.14)
    back += path(rail, mix(hue.mid, hue.dark, 0.5))
    back += box(x - size * 0.5, foot - size * 0.93, size, size * 0.04, hue.bright)
    front += shaft(site, hue, span[0], span[1], 0.8, d)
    front += _curtain(site, hue, side, d) + _drip(site, hue, side * 0.62, d - 0.4)
    front += _bed(site, hue, side)
    panels, glows = strips(site, hue, d, tall, (-0.8, 0.8), wide=0.26)
    return (
        Plane("place-wall", 0.6, back),
        Plane("place-floor", 0.8, front + panels),
        lights(site, [*glows, (x, foot - size * 0.9, size * 0.7)]),
    )


def _blinds(site: Site, hue: Tones, d: float, span: tuple[float, float]) -> str:
    (x0, y0), (x1, _) = site.pt(span[0], 1.55, d), site.pt(span[1], 1.0, d)
    size = site.person(d)
    slats = "".join(cell(x0, y0 + k * size * 0.05, x1 - x0, size * 0.022) for k in range(1, 12))
    cords = cell(x0 + size * 0.2, y0, size * 0.008, size * 0.58)
    return path(slats + cords, mix(hue.bright, hue.mid, 0.35), opacity=0.85)


def _curtain(site: Site, hue: Tones, side: int, d: float) -> str:
    """A curtain drawn half way along a rail that hangs from the ceiling."""
    near, far = 1.25, d - 0.2
    w = side * 1.85
    cloth = mix(mix(hue.mid, _TILES, 0.4), hue.dark, 0.25)
    body = ""
    count = 9
    for k in range(count):
        a, b = far + (near - far) * k / count, far + (near - far) * (k + 1) / count
        tone = mix(cloth, hue.bright if k % 2 else hue.dark, 0.22)
        body += poly(site.quad((w, 0.22, a), (w, 1.5, a), (w, 1.5, b), (w, 0.22, b)), tone)
    rail = trace(site.quad((w, 1.52, far), (w, 1.52, 0.6)), close=False)
    return body + stroke(rail, hue.line, max(1.0, site.person(1.5) * 0.02))


def _drip(site: Site, hue: Tones, u: float, d: float) -> str:
    """A stand with a drip bag, and a monitor with a line of green."""
    size = site.person(d)
    x, foot = site.pt(u, 0, d)
    pole = (
        f"M{n(x)} {n(foot)}V{n(foot - size * 1.2)}M{n(x - size * 0.13)} {n(foot)}"
        f"H{n(x + size * 0.13)}"
    )
    pole += f"M{n(x - size * 0.1)} {n(foot - size * 1.2)}H{n(x + size * 0.1)}"
    bag = box(
        x - size * 0.13, foot - size * 1.18, size * 0.1, size * 0.2,
        mix(hue.bright, site.palette.light, 0.4), rx=size * 0.02, opacity=0.85,
    )  # fmt: skip
    mx, my = x + size * 0.3, foot - size * 0.95
    green = mix("#5fe08a", hue.bright, 0.2)
    pulse = (
        f"M{n(mx - size * 0.13)} {n(my)}h{n(size * 0.07)}l{n(size * 0.02)} {n(-size * 0.07)}"
        f"l{n(size * 0.025)} {n(size * 0.11)}l{n(size * 0.02)} {n(-size * 0.04)}h{n(size * 0.12)}"
    )
    monitor = box(
        mx - size * 0.17, my - size * 0.12, size * 0.34, size * 0.24, hue.deep, rx=size * 0.02
    )
    monitor += path(cell(mx - size * 0.015, my + size * 0.12, size * 0.03, size * 0.83), hue.deep)
    tube = (
        f"M{n(x - size * 0.08)} {n(foot - size * 0.98)}q{n(-size * 0.1)} "
        f"{n(size * 0.4)} {n(size * 0.05)} {n(size * 0.55)}"
    )
    return (
        stroke(pole, hue.deep, max(1.0, size * 0.02))
        + bag
        + stroke(tube, hue.bright, max(0.6, size * 0.006), opacity=0.7)
        + monitor
        + stroke(pulse, green, max(0.8, size * 0.01))
        + disc(mx + size * 0.12, my + size * 0.08, size * 0.012, green)
    )


def _bed(site: Site, hue: Tones, side: int) -> str:
    """A bed on wheels with rails, its head raised, a pillow and a turned-down sheet."""
    d = 2.15
    size = site.person(d)
    x, foot = site.pt(side * 1.32, 0, d)
    white = mix(hue.bright, site.palette.light, 0.3)

    def at(u: float, v: float) -> str:
        return f"{n(x + side * u * size)} {n(foot - v * size)}"

    frame = (
        f"M{at(-0.62, 0.3)}L{at(0.62, 0.3)}M{at(-0.6, 0.3)}L{at(-0.6, 0.06)}"
        f"M{at(0.6, 0.3)}L{at(0.6, 0.06)}"
    )
    frame += f"M{at(-0.64, 0.56)}L{at(-0.64, 0.28)}M{at(0.66, 0.74)}L{at(0.66, 0.28)}"
    rails = f"M{at(-0.2, 0.54)}L{at(0.26, 0.54)}M{at(-0.2, 0.47)}L{at(0.26, 0.47)}"
    rails += "".join(f"M{at(u, 0.54)}L{at(u, 0.34)}" for u in (-0.2, 0.03, 0.26))
    mattress = (
        f"M{at(-0.62, 0.32)}L{at(-0.62, 0.41)}L{at(0.2, 0.41)}L{at(0.6, 0.62)}"
        f"L{at(0.64, 0.54)}L{at(0.24, 0.32)}Z"
    )
    sheet = (
        f"M{at(-0.63, 0.25)}L{at(-0.63, 0.43)}C{at(-0.4, 0.48)} {at(-0.1, 0.46)} "
        f"{at(0.14, 0.43)}L{at(0.12, 0.27)}C{at(-0.1, 0.22)} {at(-0.4, 0.27)} "
        f"{at(-0.63, 0.25)}Z"
    )
    fold = f"M{at(0.02, 0.44)}L{at(0.16, 0.43)}L{at(0.14, 0.27)}L{at(0.0, 0.25)}Z"
    pillow = (
        f"M{at(0.26, 0.47)}C{at(0.3, 0.56)} {at(0.5, 0.68)} {at(0.58, 0.66)}"
        f"C{at(0.62, 0.62)} {at(0.5, 0.52)} {at(0.42, 0.48)}C{at(0.36, 0.44)} "
        f"{at(0.28, 0.43)} {at(0.26, 0.47)}Z"
    )
    wheels = "".join(
        disc(x + side * u * size, foot - size * 0.04, size * 0.04, hue.deep) for u in (-0.58, 0.58)
    )
    return (
        wheels
        + stroke(frame, hue.deep, max(1.0, size * 0.03), stroke_linecap="round")
        + path(mattress, mix(hue.mid, hue.dark, 0.3))
        + path(pillow, white)
        + path(sheet, mix(_TILES, hue.mid, 0.35))
        + path(fold, white)
        + stroke(rails, hue.line, max(1.0, size * 0.018))
    )
