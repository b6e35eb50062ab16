"""Rooms: a study behind paper windows, or a flat, an office, a café above the lights of a city."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.furnishings import (
    curio_shelf,
    hanging_scroll,
    pendant,
    pot_plant,
    side_table,
    sofa,
    workplace,
)
from nightshoot.tools.image.shadow_play.interior import (
    Tones,
    ceiling,
    floor,
    lintel,
    shaft,
    sides,
    tones,
    wall,
)
from nightshoot.tools.image.shadow_play.lamps import halos, palace_lantern
from nightshoot.tools.image.shadow_play.near import frame_of_window, swag
from nightshoot.tools.image.shadow_play.panes import BACK, moon_window, paper_window
from nightshoot.tools.image.shadow_play.site import (
    Site,
    across,
    box,
    cell,
    fall,
    halo,
    mix,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.skyline import skyline
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.svg import number as n

_HALF = 2.7
_TALL = 2.75


def room(site: Site) -> tuple[Plane, ...]:
    """Paints the room of the story's time."""
    return _modern(site) if site.modern else _study(site)


def _tall(site: Site) -> float:
    # Seen from far the room is loftier: the ceiling would fill the frame otherwise.
    return _TALL / math.pow(site.back, 0.4)


def _study(site: Site) -> tuple[Plane, ...]:
    hue = tones(site)
    rng = site.rng("study")
    size = site.person(BACK)
    side = rng.choice((-1, 1))
    middle = -side * 0.38
    back = wall(site, hue, BACK, 1.2, _tall(site)) + ceiling(site, hue, BACK, _HALF, _tall(site))
    back += _wainscot(site, hue)
    back += (moon_window if rng.random() < 0.5 else paper_window)(site, hue, middle)
    x, y = site.pt(side * 1.07, 0.08, BACK)
    back += curio_shelf(x, y, size, hue, site.rng("curios"))
    for u in (-1.72, 2.08):
        x, y = site.pt(side * u, 2.05, BACK)
        back += hanging_scroll(x, y, size, hue, site.rng("scroll", str(u)))
    back += _posts(site, hue, side) + lintel(site, hue, BACK - 0.15, _HALF, 2.42)
    front = sides(site, hue, BACK, _HALF, _tall(site)) + floor(site, hue, BACK, _HALF, slab=0.4)
    front += shaft(site, hue, middle - 0.7, middle + 0.7, 1.0, BACK)
    x, y = site.pt(-side * 1.62, 0, BACK - 0.25)
    front += side_table(x, y, site.person(BACK - 0.25), hue, site.rng("vase"))
    lx, ly = site.pt(side * 0.5, 2.0, 2.0)
    lamp = palace_lantern(
        lx, ly, site.person(2.0) * 0.46, site.palette, max(0.35, site.lit), cord=size * 2
    )
    glow = site.id("glow")
    air = halo(glow, site.palette.glow, 0.2 + 0.4 * site.lit) + halos(
        [(lx, ly, site.person(2.0) * 0.7)], glow
    )
    lens = frame_of_window(site) if rng.random() < 0.5 else swag(site)
    return (
        Plane("place-wall", 0.6, back),
        Plane("place-floor", 0.8, front),
        Plane("place-lamps", 0.8, air + lamp, "flicker 0.1 2.7"),
        *lens,
    )


def _wainscot(site: Site, hue: Tones) -> str:
    """Panelled wood along the foot of the back wall."""
    size = site.person(BACK)
    (x0, y0), (x1, y1) = site.pt(-_HALF, 0.5, BACK), site.pt(_HALF, 0, BACK)
    wood = mix(hue.dark, hue.mid, 0.22)
    panels = ""
    step = size * 0.45
    x = x0
    while x < x1 - step * 0.5:
        panels += cell(x + step * 0.1, y0 + size * 0.08, step * 0.8, y1 - y0 - size * 0.16)
        x += step
    return (
        box(x0, y0, x1 - x0, y1 - y0 + 4, wood)
        + stroke(panels, mix(wood, hue.bright, 0.22), max(0.8, size * 0.01))
        + box(x0, y0, x1 - x0, max(1.0, size * 0.02), hue.line, opacity=0.7)
    )


def _posts(site: Site, hue: Tones, side: int) -> str:
    size = site.person(BACK - 0.15)
    parts = ""
    for u in (-_HALF, -side * 1.28, side * 0.53, _HALF):
        x, foot = site.pt(u, 0, BACK - 0.15)
        top = site.pt(u, _tall(site), BACK - 0.15)[1]
        parts += box(x - size * 0.07, top, size * 0.14, foot - top, hue.deep)
        inner = x + size * (0.055 if u < 0 else -0.07)
        parts += box(inner, top, size * 0.015, foot - top, hue.line, opacity=0.5)
    return parts


def _modern(site: Site) -> tuple[Plane, ...]:
    hue = tones(site)
    rng = site.rng("modern")
    kind = rng.choice(("flat", "office", "cafe"))
    size = site.person(BACK)
    back = wall(site, hue, BACK, 1.3, _tall(site)) + ceiling(
        site, hue, BACK, _HALF, _tall(site), beams=0.9
    )
    back += _city_window(site, hue)
    front = sides(site, hue, BACK, _HALF, _tall(site))
    front += floor(site, hue, BACK, _HALF, slab=0.9 if kind == "office" else 0.34)
    front += shaft(site, hue, -1.5, 1.5, 0.7, BACK)
    side = rng.choice((-1, 1))
    d = BACK - 0.3
    x, y = site.pt(-side * 0.78, 0, d)
    far = site.person(d)
    if kind == "flat":
        front += sofa(x, y, far, hue)
    else:
        front += workplace(x, y, far, hue, screen=kind == "office", lit=max(0.4, site.lit))
    x, y = site.pt(side * 1.0, 0, d)
    front += pot_plant(x, y, far, hue, site.rng("plant"))
    lamps: list[tuple[float, float, float]] = []
    body = ""
    spots = ((-0.75, 2.1), (0.0, 2.02), (0.75, 2.1)) if kind == "cafe" else ((side * 0.55, 2.05),)
    for u, h in spots:
        lx, ly = site.pt(u, h, 1.9)
        body += pendant(lx, ly, site.person(1.9), hue, site.palette, max(0.3, site.lit), size * 2.5)
        lamps.append((lx, ly, site.person(1.9) * 0.55))
    glow = site.id("glow")
    air = halo(glow, site.palette.glow, 0.15 + 0.4 * site.lit) + halos(lamps, glow)
    return (
        Plane("place-wall", 0.6, back),
        Plane("place-floor", 0.8, front),
        Plane("place-lamps", 0.8, air + body, "flicker 0.05 4.1"),
        *_drape(site, hue),
    )


def _city_window(site: Site, hue: Tones) -> str:
    """A window from wall to wall with the sky and a skyline outside, mullions and curtains."""
    pale, size = site.palette, site.person(BACK)
    (x0, y0), (x1, y1) = site.pt(-2.1, 2.4, BACK), site.pt(2.1, 0.28, BACK)
    sky, clip = site.id("sky"), site.id("pane")
    stops = (
        (0.0, pale.sky_top, 1.0),
        (0.5, pale.sky_mid, 1.0),
        (0.85, pale.horizon, 1.0),
        (1.0, mix(pale.horizon, pale.glow, 0.4), 1.0),
    )
    view = box(x0, y0, x1 - x0, y1 - y0, use(sky))
    view += skyline(site, 26, 0.2, "outside-far", density=0.25) + skyline(site, 12, 0.13, "outside")
    low = fall(sky, stops, y0, site.view.horizon + size * 0.1)
    ground = box(x0, site.view.horizon + site.unit * 0.025, x1 - x0, y1, site.tone(8))
    cut = el("clipPath", box(x0, y0, x1 - x0, y1 - y0, "#000"), id=clip)
    bars = ""
    for i in range(7):
        x = x0 + (x1 - x0) * i / 6
        wide = size * (0.07 if i % 3 == 0 else 0.035)
        bars += cell(x - wide / 2, y0, wide, y1 - y0)
    bars += cell(x0, y0 + (y1 - y0) * 0.22, x1 - x0, size * 0.035)
    bars += cell(x0 - size * 0.05, y0 - size * 0.05, x1 - x0 + size * 0.1, size * 0.08)
    bars += cell(x0 - size * 0.08, y1 - size * 0.02, x1 - x0 + size * 0.16, size * 0.09)
    fold = site.id("drape")
    cloth = mix(hue.mid, hue.dark, 0.45)
    ramp = tuple((i / 8, mix(cloth, hue.deep if i % 2 else hue.mid, 0.4), 1.0) for i in range(9))
    drapes = across(fold, ramp)
    for left in (x0 - size * 0.25, x1 - size * 0.3):
        drapes += box(left, y0 - size * 0.12, size * 0.55, y1 - y0 + size * 0.38, use(fold))
    return (
        low
        + cut
        + el("g", view + ground, clip_path=f"url(#{clip})")
        + path(bars, hue.deep)
        + drapes
        + box(x0 - size * 0.4, y0 - size * 0.17, x1 - x0 + size * 0.8, size * 0.06, hue.deep)
    )


def _drape(site: Site, hue: Tones) -> tuple[Plane, ...]:
    """A curtain or the edge of a door close to the lens, at one side of the frame."""
    if not site.lensed:
        return ()
    side = site.rng("drape").choice((-1, 1))
    wide, high, short = site.view.width, site.view.height, site.view.short
    edge = wide / 2 + side * wide * 0.42
    out = wide / 2 + side * wide * 0.9
    ink = mix(site.palette.ink, site.palette.near, 0.12)
    data = (
        f"M{n(edge)} {n(site.top)}C{n(edge - side * short * 0.05)} {n(high * 0.3)}"
        f" {n(edge + side * short * 0.06)} {n(high * 0.6)} {n(edge + side * short * 0.01)}"
        f" {n(site.bottom)}H{n(out)}V{n(site.top)}Z"
    )
    folds = "".join(
        (
            f"M{n(edge + side * short * u)} {n(site.top)}C{n(edge + side * short * (u - 0.03))}"
            f" {n(high * 0.3)} {n(edge + side * short * (u + 0.05))} {n(high * 0.6)}"
            f" {n(edge + side * short * u)} {n(site.bottom)}"
        )
        for u in (0.05, 0.1, 0.16, 0.23)
    )
    rim = mix(ink, hue.bright, 0.4)
    body = path(data, ink) + stroke(folds, mix(ink, hue.mid, 0.2), short * 0.008)
    body += stroke(data, rim, short * 0.003, opacity=0.5)
    return (Plane("place-lens", 1.5, body, "wave 1.5 7"),)
