"""The shell of a room: walls lit from one side, a floor in perspective, a ceiling with beams."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.domain.vocabulary import TimeOfDay
from nightshoot.tools.image.shadow_play.lattice import valance
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    disc,
    fall,
    mix,
    poly,
    pool,
    stroke,
    trace,
    use,
)
from nightshoot.tools.image.shadow_play.svg import number as n


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of one interior."""

    bright: str
    """Paper or glass with the light behind it."""
    mid: str
    """A wall that the light reaches."""
    dark: str
    """Wood, and corners that it does not reach."""
    deep: str
    """The corners of the room, almost ink."""
    line: str
    """Gilding and edges."""


def tones(site: Site) -> Tones:
    """Chooses them: daylight comes in pale, lamplight warm."""
    pale = site.palette
    day = site.staging.time_of_day in (TimeOfDay.DAY, TimeOfDay.DAWN)
    bright = mix(pale.light, pale.glow, 0.18 if day else 0.34)
    mid = mix(mix(pale.glow, pale.ground, 0.45), pale.near, 0.18 if day else 0.34)
    dark = mix(pale.near, pale.ink, 0.55)
    return Tones(
        bright=bright,
        mid=mid,
        dark=mix(dark, mid, 0.12),
        deep=mix(pale.ink, dark, 0.5),
        line=mix(dark, mix(pale.glow, pale.light, 0.25), 0.62),
    )


def wall(site: Site, hue: Tones, d: float, high: float, tall: float) -> str:
    """The back wall over the whole canvas: bright about its middle, dark in the corners."""
    x, y = site.pt(0, high, d)
    name = site.id("wall")
    stops = (
        (0.0, mix(hue.mid, hue.bright, 0.5), 1.0),
        (0.3, hue.mid, 1.0),
        (0.62, mix(hue.mid, hue.dark, 0.65), 1.0),
        (1.0, hue.deep, 1.0),
    )
    # A round gradient is dear by the pixel: it covers only what ceiling and floor leave free.
    top = max(site.top, site.pt(0, tall, d)[1] - site.unit * 0.04)
    low = min(site.bottom, site.pt(0, 0, d)[1] + site.unit * 0.1)
    lit = box(site.left, top, site.right - site.left, low - top, use(name))
    return pool(name, stops, x, y, site.unit * 0.72) + site.canvas(hue.deep) + lit


def sides(site: Site, hue: Tones, d: float, half: float, tall: float) -> str:
    """The two side walls, from the back wall to behind the lens."""
    parts: list[str] = []
    for s in (-1, 1):
        w = s * half
        quad = site.quad((w, 0, d), (w, tall, d), (w, tall, 0.3), (w, 0, 0.3))
        parts.append(poly(quad, mix(hue.dark, hue.deep, 0.4)))
        (x, low), (_, top) = site.pt(w, 0, d), site.pt(w, tall, d)
        parts.append(box(x - 1, top, 2, low - top, hue.line, opacity=0.35))
        rails = ""
        for h in (0.12, 0.55):
            rails += trace(site.quad((w, h, d), (w, h, 0.3)), close=False)
        parts.append(stroke(rails, mix(hue.dark, hue.mid, 0.3), max(1.0, site.unit * 0.003)))
    return "".join(parts)


def ceiling(
    site: Site, hue: Tones, d: float, half: float, tall: float, *, beams: float = 0.62
) -> str:
    """The ceiling from the back wall to above the lens, with coffers."""
    top = site.pt(0, tall, d)[1]
    if top <= site.top:
        return ""
    name = site.id("ceiling")
    stops = (
        (0.0, hue.deep, 1.0),
        (0.7, mix(hue.deep, hue.dark, 0.7), 1.0),
        (1.0, mix(hue.dark, hue.mid, 0.3), 1.0),
    )
    parts = [fall(name, stops, min(site.top, top - 1), top)]
    parts.append(box(site.left, site.top, site.right - site.left, top - site.top, use(name)))
    data = ""
    at = d
    while at > 0.5:
        (x0, y), (x1, _) = site.pt(-half, tall, at), site.pt(half, tall, at)
        data += f"M{n(x0)} {n(y)}H{n(x1)}"
        at *= 0.84
    count = int(half / beams)
    for i in range(-count, count + 1):
        data += trace(site.quad((i * beams, tall, d), (i * beams, tall, 0.5)), close=False)
    parts.append(
        stroke(data, mix(hue.dark, hue.mid, 0.35), max(1.2, site.unit * 0.004), opacity=0.55)
    )
    return "".join(parts)


def floor(site: Site, hue: Tones, d: float, half: float, *, slab: float) -> str:
    """The floor from the back wall to the bottom of the canvas, tiled or boarded, with a sheen."""
    top = site.pt(0, 0, d)[1]
    if top >= site.bottom:
        return ""
    name, sheen = site.id("floor"), site.id("floor-light")
    pale = site.palette
    near = mix(pale.ground_near, pale.ink, 0.45)
    stops = (
        (0.0, mix(hue.mid, hue.dark, 0.25), 1.0),
        (0.4, mix(hue.dark, hue.mid, 0.35), 1.0),
        (1.0, near, 1.0),
    )
    parts = [fall(name, stops, top, top + max(2.0, min(site.bottom - top, site.unit * 0.5)))]
    parts.append(box(site.left, top, site.right - site.left, site.bottom - top, use(name)))
    data, at = "", d
    while at > 0.42:
        y = site.pt(0, 0, at)[1]
        data += f"M{n(site.left)} {n(y)}H{n(site.right)}"
        at *= 0.86
    count = int(half * 2.4 / slab)
    for i in range(-count, count + 1):
        data += trace(site.quad(((i + 0.5) * slab, 0, d), ((i + 0.5) * slab, 0, 0.4)), close=False)
    parts.append(stroke(data, mix(near, pale.ink, 0.5), max(0.9, site.unit * 0.0018), opacity=0.5))
    x = site.cx
    light = ((0.0, hue.bright, 0.5), (1.0, hue.bright, 0.0))
    r = site.unit * 0.3
    glow = disc(x, top, r, use(sheen), transform=f"translate(0 {n(top * 0.55)}) scale(1 0.45)")
    parts.append(pool(sheen, light, x, top, r) + glow)
    return "".join(parts)


def boards(x: float, y: float, half: float, high: float, hue: Tones) -> str:
    """A carved crest above a frame: a board with a raised middle and an empty gilded plaque."""
    crest = (
        f"M{n(x - half * 1.04)} {n(y)}v{n(-high * 0.5)}"
        f"q{n(half * 0.3)} {n(-high * 0.1)} {n(half * 0.5)} {n(-high * 0.4)}"
        f"q{n(half * 0.3)} {n(-high * 0.5)} {n(half * 0.54)} {n(-high * 0.5)}"
        f"q{n(half * 0.24)} 0 {n(half * 0.54)} {n(high * 0.5)}"
        f"q{n(half * 0.2)} {n(high * 0.3)} {n(half * 0.5)} {n(high * 0.4)}v{n(high * 0.5)}Z"
    )
    plaque = box(
        x - half * 0.28,
        y - high * 1.12,
        half * 0.56,
        high * 0.75,
        hue.deep,
        stroke=hue.line,
        stroke_width=max(1.0, high * 0.05),
    )
    return poly([], "none") + _crest(crest, hue, high) + plaque


def _crest(data: str, hue: Tones, high: float) -> str:
    return stroke(data, hue.line, max(1.0, high * 0.06)) + f'<path d="{data}" fill="{hue.dark}"/>'


def lintel(site: Site, hue: Tones, d: float, half: float, h: float) -> str:
    """A beam across the room with a carved valance under it."""
    size = site.person(d)
    (x0, y), (x1, _) = site.pt(-half, h, d), site.pt(half, h, d)
    return (
        box(x0, y - size * 0.22, x1 - x0, size * 0.22, hue.deep)
        + box(x0, y - size * 0.03, x1 - x0, max(1.0, size * 0.018), hue.line, opacity=0.8)
        + valance(x0, y, x1 - x0, size * 0.26, hue.deep, pitch=size * 0.17)
    )


def shaft(site: Site, hue: Tones, left: float, right: float, top: float, d: float) -> str:
    """The light of a window that falls across the floor toward the lens."""
    name = site.id("shaft")
    far, near = d, max(0.8, d * 0.42)
    quad = site.quad(
        (left, 0, far), (right, 0, far), (right * 1.25 + 0.2, 0, near), (left * 1.25 - 0.2, 0, near)
    )
    y0, y1 = quad[0][1], quad[2][1]
    strength = 0.5 * min(1.0, top)
    bars = ""
    for i in range(1, 6):
        u = i / 6
        a = site.pt(left + (right - left) * u, 0, far)
        b = site.pt(left * 1.25 - 0.2 + (right * 1.25 - left * 1.25 + 0.4) * u, 0, near)
        bars += f"M{n(a[0])} {n(a[1])}L{n(b[0])} {n(b[1])}"
    for d_ in (far * 0.84, far * 0.68, far * 0.54):
        if d_ > near:
            (x0, y), (x1, _) = site.pt(left * 1.1, 0, d_), site.pt(right * 1.1, 0, d_)
            bars += f"M{n(x0)} {n(y)}H{n(x1)}"
    light = fall(name, ((0.0, hue.bright, strength), (1.0, hue.bright, 0.0)), y0, y1)
    return (
        light
        + poly(quad, use(name))
        + stroke(bars, hue.dark, max(1.0, site.unit * 0.004), opacity=0.25)
    )
