"""What rooms of one kind share: ceiling lights, doors along a wall, a wide window, desks, counters.

Lengths are heights of an adult, as `site.Site` has them; `w` is the x of a side wall.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nightshoot.tools.image.shadow_play.interior import Tones, ceiling, floor, sides, tones, wall
from nightshoot.tools.image.shadow_play.lamps import halos
from nightshoot.tools.image.shadow_play.site import (
    Point,
    Site,
    box,
    cell,
    disc,
    fall,
    halo,
    mix,
    path,
    poly,
    stroke,
    trace,
    use,
)
from nightshoot.tools.image.shadow_play.skyline import skyline
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.svg import number as n

Glow = tuple[float, float, float]
"""Where a lamp's halo lies, and its radius, in frame pixels."""


def tinted(site: Site, tint: str, share: float, *, light: float = 0.0) -> Tones:
    """Gives a room's colours drawn towards a tint (tiles, steel, old wood), and lightened."""
    hue = tones(site)
    lamp = mix(site.palette.light, hue.bright, 0.4)
    return replace(
        hue,
        bright=mix(mix(hue.bright, tint, share * 0.3), lamp, 0.3),
        mid=mix(mix(hue.mid, tint, share), lamp, light),
        dark=mix(mix(hue.dark, tint, share * 0.45), lamp, light * 0.25),
        line=mix(hue.line, tint, share * 0.4),
    )


def shell(
    site: Site, hue: Tones, d: float, half: float, tall: float, *, slab: float = 0.6
) -> tuple[str, str]:
    """Gives an empty room that covers the canvas: its back wall and ceiling; its sides and floor.

    Light panels reach the ceiling and the sides, which would be almost ink in a room of one lamp.
    """
    back = wall(site, hue, d, 1.0, tall) + ceiling(site, hue, d, half, tall, beams=half)
    edge = site.pt(0, tall, d)[1]
    if edge > site.top:
        name = site.id("over")
        stops = ((0.0, hue.dark, 0.4), (1.0, hue.mid, 0.55))
        back += fall(name, stops, min(0.0, edge - 2), edge)
        back += box(site.left, site.top, site.right - site.left, edge - site.top, use(name))
    front = sides(site, hue, d, half, tall)
    for w in (-half, half):
        quad = site.quad((w, 0, d), (w, tall, d), (w, tall, 0.3), (w, 0, 0.3))
        front += poly(quad, mix(hue.dark, hue.mid, 0.5), opacity=0.55)
    return back, front + floor(site, hue, d, half, slab=slab)


def strips(
    site: Site, hue: Tones, far: float, tall: float, us: Iterable[float], *, wide: float = 0.22
) -> tuple[str, list[Glow]]:
    """Gives light panels in the ceiling, from the back wall to the lens, and their halos."""
    lamp = mix(hue.mid, mix(site.palette.light, "#ffffff", 0.2), max(0.55, site.lit))
    body, glows = "", []
    for u in us:
        d = far * 0.94
        while d > 0.75:
            near = d * 0.84
            quad = site.quad(
                (u - wide, tall, d),
                (u + wide, tall, d),
                (u + wide, tall, near),
                (u - wide, tall, near),
            )
            body += trace(quad)
            glows.append((*_middle(quad), site.person(d) * wide * 2.6))
            d *= 0.66
    return path(body, lamp), glows


def _middle(quad: list[Point]) -> Point:
    return sum(x for x, _ in quad) / len(quad), sum(y for _, y in quad) / len(quad)


def lights(site: Site, glows: list[Glow], body: str = "", strength: float = 0.34) -> Plane:
    """Gives the plane of a room's lamps: their halos, which tremble a little."""
    name = site.id("glow")
    warm = mix(site.palette.light, site.palette.glow, 0.4)
    air = halo(name, warm, strength * (0.45 + 0.55 * site.lit)) + halos(glows, name)
    return Plane("place-light", 0.8, air + body, "flicker 0.05 4.3")


def side_door(site: Site, hue: Tones, w: float, near: float, far: float, *, lit: bool) -> str:
    """Gives a door in a side wall with a frame, a pane and a handle."""
    frame = site.quad((w, 0, near), (w, 1.28, near), (w, 1.28, far), (w, 0, far))
    inset = (far - near) * 0.09
    leaf = site.quad(
        (w, 0, near + inset), (w, 1.22, near + inset), (w, 1.22, far - inset), (w, 0, far - inset)
    )
    a, b = near + (far - near) * 0.3, far - (far - near) * 0.3
    pane = site.quad((w, 0.72, a), (w, 1.1, a), (w, 1.1, b), (w, 0.72, b))
    glass = mix(hue.dark, hue.bright, 0.75 if lit else 0.22)
    x, y = site.pt(w, 0.56, near + (far - near) * 0.2)
    return (
        poly(frame, mix(hue.dark, hue.mid, 0.42))
        + poly(leaf, mix(hue.deep, hue.dark, 0.75))
        + poly(pane, glass)
        + disc(x, y, max(1.0, site.person(near) * 0.022), hue.line)
    )


def band(site: Site, w: float, low: float, high: float, far: float, colour: str) -> str:
    """Gives a stripe along a side wall: a rail, a skirting, a painted dado."""
    quad = site.quad((w, low, far), (w, high, far), (w, high, 0.3), (w, low, 0.3))
    return poly(quad, colour)


def panorama(
    site: Site,
    hue: Tones,
    d: float,
    span: tuple[float, float],
    rise: tuple[float, float],
    panes: int,
) -> str:
    """Gives a window onto a city: sky, towers, mullions.

    `span` is its left and right, `rise` its sill and its lintel.
    """
    pale, size = site.palette, site.person(d)
    (x0, y0), (x1, y1) = site.pt(span[0], rise[1], d), site.pt(span[1], rise[0], d)
    sky, clip = site.id(f"sky-{span[0]:.1f}"), site.id(f"pane-{span[0]:.1f}")
    stops = (
        (0.0, pale.sky_top, 1.0),
        (0.5, pale.sky_mid, 1.0),
        (0.9, pale.horizon, 1.0),
        (1.0, mix(pale.horizon, pale.glow, 0.4), 1.0),
    )
    view = box(x0, y0, x1 - x0, y1 - y0, use(sky))
    view += skyline(site, 26, 0.2, "outside-far", density=0.25) + skyline(site, 12, 0.12, "outside")
    view += box(x0, site.view.horizon + site.unit * 0.02, x1 - x0, y1, site.tone(8))
    bars = cell(x0, y0 + (y1 - y0) * 0.22, x1 - x0, size * 0.03)
    for i in range(panes + 1):
        x = x0 + (x1 - x0) * i / panes
        bars += cell(x - size * 0.02, y0, size * 0.04, y1 - y0)
    bars += cell(x0 - size * 0.03, y0 - size * 0.04, x1 - x0 + size * 0.06, size * 0.06)
    bars += cell(x0 - size * 0.05, y1 - size * 0.02, x1 - x0 + size * 0.1, size * 0.07)
    return (
        fall(sky, stops, y0, site.view.horizon + size * 0.1)
        + el("clipPath", box(x0, y0, x1 - x0, y1 - y0, "#000"), id=clip)
        + el("g", view, clip_path=f"url(#{clip})")
        + path(bars, hue.deep)
    )


def wall_clock(site: Site, hue: Tones, u: float, h: float, d: float) -> str:
    """Gives a round clock on the back wall."""
    x, y = site.pt(u, h, d)
    r = site.person(d) * 0.11
    hands = f"M{n(x)} {n(y)}V{n(y - r * 0.72)}M{n(x)} {n(y)}L{n(x + r * 0.5)} {n(y + r * 0.22)}"
    return (
        disc(x, y, r, hue.deep)
        + disc(x, y, r * 0.84, mix(hue.bright, hue.mid, 0.15))
        + stroke(hands, hue.deep, max(0.8, r * 0.1), stroke_linecap="round")
    )


def slab_desk(x: float, y: float, size: float, hue: Tones, *, screen: float = 0.0) -> str:
    """Gives a plain desk seen from before, with a glowing screen where `screen` (0 to 1) is lit."""
    wide, tall = size * 0.62, size * 0.42
    top = y - tall
    body = cell(x - wide / 2, top, wide, size * 0.035)
    for u in (-0.45, 0.42):
        body += cell(x + u * wide, top, size * 0.03, tall)
    body += cell(x - wide * 0.45, top, wide * 0.9, tall * 0.5)
    parts = path(body, hue.deep)
    parts += box(x - wide / 2, top, wide, max(0.8, size * 0.008), hue.line, opacity=0.7)
    if screen > 0:
        w, h = size * 0.3, size * 0.18
        glass = mix(hue.dark, hue.bright, 0.25 + 0.6 * screen)
        parts += path(cell(x - w * 0.06, top - h * 0.4, w * 0.12, h * 0.4), hue.deep)
        parts += box(x - w / 2, top - h * 1.3, w, h, hue.deep, rx=size * 0.01)
        parts += box(x - w / 2 + size * 0.01, top - h * 1.24, w - size * 0.02, h * 0.86, glass)
    return parts


def chair(x: float, y: float, size: float, hue: Tones) -> str:
    """Gives a chair seen from behind: a back on two posts, a seat, four legs."""
    w = size * 0.2
    legs = (
        f"M{n(x - w * 0.9)} {n(y)}V{n(y - size * 0.55)}M{n(x + w * 0.9)} {n(y)}"
        f"V{n(y - size * 0.55)}"
    )
    return (
        stroke(legs, hue.deep, max(1.0, size * 0.026))
        + box(x - w, y - size * 0.56, 2 * w, size * 0.16, hue.deep, rx=size * 0.02)
        + box(x - w, y - size * 0.27, 2 * w, size * 0.04, hue.deep)
        + box(x - w, y - size * 0.56, 2 * w, max(0.8, size * 0.008), hue.line, opacity=0.6)
    )
