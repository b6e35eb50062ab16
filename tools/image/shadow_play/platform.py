"""Stations: a platform in perspective with a train along it, a canopy, lamps and a clock."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.fittings import Glow, lights, tinted, wall_clock
from nightshoot.tools.image.shadow_play.interior import Tones
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    disc,
    fall,
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

_END = 11.0


def station(site: Site) -> tuple[Plane, ...]:
    """Paints a platform under its canopy; a train stands at one side, a track lies beyond it."""
    hue = tinted(site, "#7f8790", 0.35)
    side = site.rng("train").choice((-1, 1))
    back = _far(site, hue)
    front = _floor(site, hue, side) + _train(site, hue, side)
    posts, glows, lamps = _canopy(site, hue, side)
    return (
        Plane("place-end", 0.4, back),
        Plane("place-ground", 0.7, front),
        Plane("place-posts", 0.8, posts),
        lights(site, glows, lamps, 0.5),
    )


def _far(site: Site, hue: Tones) -> str:
    """The light at the end of the canopy, over the whole canvas, and the clock that hangs there."""
    pale = site.palette
    x, y = site.pt(0, 0.6, _END)
    sky, glow = site.id("sky"), site.id("end")
    stops = ((0.0, pale.sky_top, 1.0), (0.6, pale.sky_mid, 1.0), (1.0, pale.horizon, 1.0))
    body = fall(sky, stops, 0, y + 2) + site.canvas(use(sky))
    hot = mix(pale.light, pale.glow, 0.3)
    body += pool(glow, ((0.0, hot, 0.9), (0.4, hot, 0.35), (1.0, hot, 0.0)), x, y, site.unit * 0.34)
    body += disc(x, y, site.unit * 0.34, use(glow))
    size = site.person(_END)
    for u, h in ((-3.0, 2.2), (-1.6, 3.2), (0.4, 2.4), (1.8, 3.6), (3.2, 2.6)):
        left, foot = site.pt(u, 0, _END)
        body += box(
            left, foot - size * h, size * 1.1, size * h, mix(pale.middle, pale.horizon, 0.3)
        )
    return body


def _floor(site: Site, hue: Tones, side: int) -> str:
    """The platform with its yellow line, its edge, and the rails below it."""
    pale, name = site.palette, site.id("slabs")
    top = site.pt(0, 0, _END)[1]
    stops = (
        (0.0, mix(hue.mid, pale.horizon, 0.3), 1.0),
        (0.4, mix(hue.mid, hue.dark, 0.5), 1.0),
        (1.0, mix(hue.dark, pale.ink, 0.5), 1.0),
    )
    body = fall(name, stops, top, site.bottom) + box(
        site.left, top, site.right - site.left, site.bottom - top, use(name)
    )
    pit = side * 1.25
    far = side * 60.0
    body += poly(
        site.quad((pit, 0, _END), (far, 0, _END), (far, 0, 0.3), (pit, 0, 0.3)),
        mix(hue.deep, pale.ink, 0.4),
    )
    line = side * 1.05
    warn = mix("#e0b030", hue.mid, 0.35)
    body += poly(
        site.quad(
            (line, 0, _END),
            (line + side * 0.09, 0, _END),
            (line + side * 0.09, 0, 0.3),
            (line, 0, 0.3),
        ),
        warn,
    )
    joints, d = "", _END
    while d > 0.4:
        joints += trace(site.quad((-side * 9.0, 0, d), (pit, 0, d)), close=False)
        d *= 0.84
    for u in (-1.6, -0.8, 0.0, 0.6):
        joints += trace(site.quad((u * side, 0, _END), (u * side, 0, 0.4)), close=False)
    return body + stroke(joints, hue.deep, max(0.8, site.unit * 0.0015), opacity=0.5)


def _train(site: Site, hue: Tones, side: int) -> str:
    """A train along the platform: a dark flank, a stripe, a row of lit windows and doors."""
    w = side * 1.38
    flank = mix(hue.dark, "#5a2420", 0.3)
    body = poly(site.quad((w, -0.1, 9.0), (w, 1.62, 9.0), (w, 1.62, 0.3), (w, -0.1, 0.3)), flank)
    body += poly(site.quad((w, 0.5, 9.0), (w, 0.56, 9.0), (w, 0.56, 0.3), (w, 0.5, 0.3)), hue.line)
    body += poly(
        site.quad((w, 1.62, 9.0), (w * 1.25, 1.74, 9.0), (w * 1.25, 1.74, 0.3), (w, 1.62, 0.3)),
        mix(flank, hue.deep, 0.5),
    )
    glass = mix(
        hue.dark, mix(site.palette.glow, site.palette.light, 0.45), 0.3 + 0.65 * max(0.5, site.lit)
    )
    panes, doors, d, k = "", "", 8.8, 0
    while d > 0.55:
        near = d * 0.87
        a, b = d * 0.985, near * 1.015
        if k % 4 == 3:
            doors += trace(site.quad((w, 0.0, a), (w, 1.42, a), (w, 1.42, b), (w, 0.0, b)))
            m = (a + b) / 2
            for p, q in ((a * 0.985, m * 1.01), (m * 0.99, b * 1.015)):
                panes += trace(site.quad((w, 0.7, p), (w, 1.3, p), (w, 1.3, q), (w, 0.7, q)))
        else:
            panes += trace(site.quad((w, 0.72, a), (w, 1.28, a), (w, 1.28, b), (w, 0.72, b)))
        d, k = near, k + 1
    return (
        body
        + path(doors, mix(flank, hue.bright, 0.22))
        + path(panes, glass)
        + stroke(panes, hue.deep, max(0.8, site.unit * 0.0015))
    )


def _canopy(site: Site, hue: Tones, side: int) -> tuple[str, list[Glow], str]:
    """Posts with brackets, the roof's underside, a bench, a clock and lamps on rods."""
    tall = 2.05
    tone = mix(hue.deep, hue.dark, 0.4)
    edge, out = side * 1.15, -side * 12.0
    roof = poly(
        site.quad((edge, tall, _END), (out, tall, _END), (out, tall, 0.3), (edge, tall, 0.3)), tone
    )
    ribs, d = "", _END * 0.9
    posts = ""
    glows: list[Glow] = []
    lamps = ""
    lamp = mix(hue.mid, mix(site.palette.light, "#ffffff", 0.15), max(0.5, site.lit))
    while d > 0.6:
        size = site.person(d)
        ribs += trace(site.quad((edge, tall, d), (out, tall, d)), close=False)
        x, foot = site.pt(-side * 1.25, 0, d)
        top = site.pt(-side * 1.25, tall, d)[1]
        if d > 1.1:
            posts += box(x - size * 0.045, top, size * 0.09, foot - top, hue.deep)
            posts += box(
                x + size * 0.03 * side, top, size * 0.012, foot - top, hue.line, opacity=0.5
            )
            arch = (
                f"M{n(x)} {n(top + size * 0.4)}Q{n(x)} {n(top)} "
                f"{n(x + side * size * 0.5)} {n(top)}M{n(x)} {n(top + size * 0.4)}"
                f"Q{n(x)} {n(top)} {n(x - side * size * 0.5)} {n(top)}"
            )
            posts += stroke(arch, hue.deep, max(1.0, size * 0.035))
        lx, ly = site.pt(-side * 0.1, tall - 0.16, d)
        lamps += box(lx - size * 0.2, ly, size * 0.4, size * 0.035, lamp) + box(
            lx - size * 0.01, ly - size * 0.16, size * 0.02, size * 0.16, hue.deep
        )
        glows.append((lx, ly, size * 0.6))
        d *= 0.68
    rim = trace(site.quad((edge, tall, _END), (edge, tall, 0.3)), close=False)
    d = 3.0
    clock = wall_clock(site, hue, side * 0.55, 1.72, d)
    x, y = site.pt(side * 0.55, 1.83, d)
    clock += box(x - 1, site.pt(0, tall, d)[1], 2, y - site.pt(0, tall, d)[1], hue.deep)
    return (
        roof
        + stroke(ribs, hue.deep, max(1.0, site.unit * 0.004))
        + stroke(rim, hue.line, max(1.0, site.unit * 0.003))
        + posts
        + _seat(site, hue, side)
        + clock,
        glows,
        lamps,
    )


def _seat(site: Site, hue: Tones, side: int) -> str:
    """A bench against the posts."""
    w, inner = -side * 1.25, -side * 0.95
    near, far = 2.3, 3.3
    body = poly(site.quad((w, 0.3, near), (w, 0.55, near), (w, 0.55, far), (w, 0.3, far)), hue.dark)
    body += poly(
        site.quad((w, 0.27, near), (inner, 0.27, near), (inner, 0.27, far), (w, 0.27, far)),
        hue.deep,
    )
    legs = "".join(
        trace(site.quad((inner, 0.27, d), (inner, 0.0, d)), close=False) for d in (near, far)
    )
    return body + stroke(legs, hue.deep, max(1.0, site.person(near) * 0.025))
