"""What people walk on out of doors: paving, earth, fields, snow, and the sheen of rain."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.lamps import reflections
from nightshoot.tools.image.shadow_play.site import (
    Point,
    Site,
    box,
    fall,
    mix,
    oval,
    path,
    poly,
    stroke,
    trace,
    use,
)
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

_ROWS = (14.0, 11.0, 9.0, 7.4, 6.1, 5.1, 4.3, 3.6, 3.0, 2.5, 2.1, 1.75, 1.45, 1.2, 1.0, 0.82)
"""The distances of the joints between rows of slabs: each row a fifth nearer than the last."""


def earth(site: Site) -> str:
    """The ground itself from the horizon to the bottom of the canvas."""
    pale = site.palette
    far, mid, near = mix(pale.ground, pale.horizon, 0.45), pale.ground, pale.ground_near
    if site.snowy:
        white = mix(pale.light, pale.sky_mid, 0.45)
        far, mid = mix(white, pale.horizon, 0.3), mix(white, pale.ground, 0.3)
        near = mix(white, pale.ground_near, 0.62)
    if site.wet:
        far, mid = mix(far, pale.horizon, 0.25), mix(mid, pale.water, 0.5)
    top = site.view.horizon
    name = site.id("earth")
    stops = ((0.0, far, 1.0), (0.28, mid, 1.0), (1.0, near, 1.0))
    high = min(site.bottom - top, site.unit * 0.62)
    return fall(name, stops, top, top + max(1.0, high)) + box(
        site.left, top, site.right - site.left, site.bottom - top, use(name)
    )


def paving(site: Site, *, half: float | None = None, slab: float = 0.5) -> str:
    """Joints of slabs that run to the vanishing point, `half` adults to each side of the middle."""
    pale = site.palette
    dark = mix(pale.ground_near, pale.ink, 0.35)
    data = ""
    for d in _ROWS:
        reach = min(half or site.reach(d), site.reach(d))
        (x0, y), (x1, _) = site.pt(-reach, 0, d), site.pt(reach, 0, d)
        data += f"M{n(x0)} {n(y)}H{n(x1)}"
    most = half or min(16.0, site.reach(4.0))
    count = int(most / slab)
    for i in range(-count, count + 1):
        (x0, y0), (x1, y1) = site.pt(i * slab, 0, 16), site.pt(i * slab, 0, 0.55)
        data += f"M{n(x0)} {n(y0)}L{n(x1)} {n(y1)}"
    return stroke(data, dark, max(0.8, site.unit * 0.0016), opacity=0.34)


def furrows(site: Site) -> str:
    """Rows of a field that bend away to the horizon, and paddies that hold the sky."""
    pale = site.palette
    dark = mix(pale.ground, pale.near, 0.55)
    shine = mix(pale.glint, pale.horizon, 0.3)
    rng = site.rng("paddies")
    parts: list[str] = []
    for index in range(26):
        d = 3.2 + index * 0.62
        x = rng.uniform(-1, 1) * 6.5
        if abs(x) < 0.9:
            x += 2.0
        wide, deep = rng.uniform(1.0, 2.6), rng.uniform(0.25, 0.5)
        quad = site.quad(
            (x - wide, 0, d),
            (x + wide, 0, d),
            (x + wide * 0.8, 0, d + deep),
            (x - wide, 0, d + deep),
        )
        parts.append(poly(quad, shine, opacity=rng.uniform(0.3, 0.6)))
        parts.append(stroke(trace(quad), dark, max(0.8, site.unit * 0.002), opacity=0.6))
    return "".join(parts)


def track(site: Site, half: float, bend: float) -> str:
    """A path of trodden earth that winds from the lens to the horizon."""
    pale = site.palette
    left: list[Point] = []
    right: list[Point] = []
    for d in (*_ROWS, 0.62, 0.45):
        middle = bend * 1.5 * math.sin(d / 14 * 5.2) * (d / 14) ** 0.5
        left.append(site.pt(middle - half, 0, d))
        right.append(site.pt(middle + half, 0, d))
    shade = mix(pale.ground, pale.horizon, 0.3)
    if site.snowy:
        shade = mix(pale.ground, pale.light, 0.3)
    return poly([*left, *reversed(right)], shade, opacity=0.32)


def tufts(site: Site, count: int) -> str:
    """Grass and pebbles scattered over the near ground."""
    data, pebbles = "", ""
    for index in range(count):
        rng = site.rng("tuft", index)
        d = 0.75 + 2.4 * rng.random() ** 0.8
        x, y = site.pt(rng.uniform(-2.6, 2.6), 0, d)
        size = site.person(d) * rng.uniform(0.02, 0.05)
        if rng.random() < 0.7:
            for lean in (-0.6, -0.1, 0.5):
                data += (
                    f"M{n(x + lean * size * 0.4)} {n(y)}q{n(lean * size * 0.2)} {n(-size * 0.7)} "
                )
                data += f"{n(lean * size * 1.3)} {n(-size)}"
        else:
            pebbles += oval(x, y, size * 0.5, size * 0.16, site.palette.near, opacity=0.5)
    return pebbles + stroke(data, site.palette.near, max(0.8, site.unit * 0.0022), opacity=0.75)


def puddles(site: Site, count: int) -> str:
    """Pools that hold the light of the sky, on wet ground."""
    if not site.wet:
        return ""
    parts: list[str] = []
    for index in range(count):
        rng = site.rng("puddle", index)
        d = rng.uniform(0.85, 3.4)
        x, y = site.pt(rng.uniform(-1.1, 1.1), 0, d)
        size = site.person(d) * rng.uniform(0.12, 0.34)
        shine = mix(site.palette.glint, site.palette.horizon, rng.uniform(0.2, 0.7))
        parts.append(oval(x, y, size, size * 0.11, shine, opacity=0.3))
        parts.append(
            oval(x - size * 0.1, y - size * 0.012, size * 0.6, size * 0.04, shine, opacity=0.4)
        )
    return "".join(parts)


def mirror(site: Site, lights: list[tuple[Point, str, float]]) -> tuple[Plane, ...]:
    """The plane of long reflections on wet ground; none where it is dry."""
    if not site.wet or not lights:
        return ()
    body = reflections(site, lights[:26], "mirror")
    motion = f"shimmer {n(site.unit * 0.004)} 2.6"
    return (Plane("place-mirror", 0.72, body, motion),)


def drift(x: float, y: float, wide: float, high: float, colour: str) -> str:
    """A heap of snow or earth against a wall; (x, y) is its middle on the ground."""
    data = (
        f"M{n(x - wide)} {n(y)}C{n(x - wide * 0.6)} {n(y - high * 0.3)} {n(x - wide * 0.3)} "
        f"{n(y - high)} {n(x)} {n(y - high)}S{n(x + wide * 0.6)} {n(y - high * 0.2)} "
        f"{n(x + wide)} {n(y)}Z"
    )
    return path(data, colour)
