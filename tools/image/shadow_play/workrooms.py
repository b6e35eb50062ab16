"""Offices and classrooms: desks in rows under light panels."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.fittings import (
    chair,
    lights,
    panorama,
    shell,
    slab_desk,
    strips,
    tinted,
    wall_clock,
)
from nightshoot.tools.image.shadow_play.furnishings import pot_plant
from nightshoot.tools.image.shadow_play.interior import Tones, shaft
from nightshoot.tools.image.shadow_play.site import Site, box, cell, disc, mix, path, poly, stroke
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

_WIDE = 3.0


def office(site: Site) -> tuple[Plane, ...]:
    """Paints an open office: glass from wall to wall, rows of screens, panels of light."""
    hue = tinted(site, "#9fb0bf", 0.35, light=0.05)
    d, tall = 3.8, 1.9 / math.pow(site.back, 0.3)
    back, front = shell(site, hue, d, _WIDE, tall, slab=0.8)
    back += panorama(site, hue, d, (-2.6, 2.6), (0.3, 1.62), 8)
    front += shaft(site, hue, -2.2, 2.2, 0.6, d)
    lit = max(0.45, site.lit)
    glows: list[tuple[float, float, float]] = []
    rows = ((3.1, (-2.1, -1.3, 1.3, 2.1)), (2.25, (-1.75, -1.0, 1.15, 1.9)))
    for place, (row, us) in enumerate(rows):
        for index, u in enumerate(us):
            on = site.rng("desk", place, index).random() < 0.7
            x, y = site.pt(u, 0, row)
            front += slab_desk(x, y, site.person(row), hue, screen=lit if on else 0.12)
            front += chair(x, y + site.person(row) * 0.03, site.person(row), hue)
            if on:
                glows.append((x, y - site.person(row) * 0.5, site.person(row) * 0.35))
    side = site.rng("plant").choice((-1, 1))
    x, y = site.pt(side * 2.55, 0, 2.6)
    front += pot_plant(x, y, site.person(2.6), hue, site.rng("leaves"))
    panels, over = strips(site, hue, d, tall, (-1.2, 1.2), wide=0.3)
    return (
        Plane("place-wall", 0.55, back),
        Plane("place-floor", 0.8, front + panels),
        lights(site, [*glows, *over]),
    )


def classroom(site: Site) -> tuple[Plane, ...]:
    """Paints a classroom: a blackboard, windows along one side, desks on both sides of an aisle."""
    hue = tinted(site, "#b7a878", 0.3, light=0.08)
    d, tall = 3.6, 1.95 / math.pow(site.back, 0.3)
    back, front = shell(site, hue, d, 2.3, tall, slab=0.45)
    back += _board(site, hue, d) + wall_clock(site, hue, 0.0, 1.72, d)
    side = site.rng("windows").choice((-1, 1))
    front += _windows(site, hue, side * 2.3, d)
    front += shaft(site, hue, side * 1.5 - 0.5, side * 1.5 + 0.5, 0.9, d)
    x, y = site.pt(-side * 0.95, 0, 3.2)
    front += slab_desk(x, y, site.person(3.2) * 1.15, hue)
    for row in (2.7, 2.05, 1.55):
        for u in (-1.75, -1.0, 1.0, 1.75):
            x, y = site.pt(u, 0, row)
            front += slab_desk(x, y, site.person(row) * 0.9, hue)
            front += chair(x, y + site.person(row) * 0.04, site.person(row) * 0.92, hue)
    panels, glows = strips(site, hue, d, tall, (-1.0, 1.0), wide=0.12)
    return (
        Plane("place-wall", 0.55, back),
        Plane("place-floor", 0.8, front + panels),
        lights(site, glows, strength=0.24),
    )


def _board(site: Site, hue: Tones, d: float) -> str:
    """A blackboard with a chalk circle, a triangle, a curve and rows of strokes."""
    size = site.person(d)
    x, foot = site.pt(0, 0, d)
    wide, high, top = size * 2.7, size * 0.86, foot - size * 1.5
    slate = mix(mix(hue.deep, "#2c5a48", 0.45), hue.dark, 0.2)
    chalk = mix(hue.bright, "#ffffff", 0.3)
    left = x - wide / 2
    lines = (
        f"M{n(x + size * 0.55)} {n(top + high * 0.78)}l{n(size * 0.26)} {n(-high * 0.55)}"
        f"l{n(size * 0.26)} {n(high * 0.55)}Z"
        f"M{n(x + size * 0.1)} {n(top + high * 0.8)}V{n(top + high * 0.2)}M{n(x - size * 0.1)} "
        f"{n(top + high * 0.7)}h{n(size * 0.56)}M{n(x - size * 0.06)} {n(top + high * 0.62)}"
        f"q{n(size * 0.2)} {n(-high * 0.7)} {n(size * 0.42)} {n(-high * 0.3)}"
    )
    rng = site.rng("chalk")
    for row in range(5):
        at = left + size * 0.15
        y = top + high * (0.2 + row * 0.14)
        while at < x - size * 0.35:
            long = size * rng.uniform(0.05, 0.16)
            lines += f"M{n(at)} {n(y)}h{n(long)}"
            at += long + size * 0.05
    return (
        box(left - size * 0.04, top - size * 0.04, wide + size * 0.08, high + size * 0.08, hue.line)
        + box(left, top, wide, high, slate)
        + stroke(lines, chalk, max(0.8, size * 0.012), opacity=0.75, stroke_linecap="round")
        + disc(
            x + size * 1.12, top + high * 0.32, size * 0.14, "none", stroke=chalk,
            stroke_width=max(0.8, size * 0.012),
        )
        + path(cell(left, top + high + size * 0.03, wide, size * 0.05), hue.deep)
        + box(left - size * 0.3, foot - size * 0.09, wide + size * 0.6, size * 0.1, hue.dark)
    )  # fmt: skip


def _windows(site: Site, hue: Tones, w: float, far: float) -> str:
    """Tall windows along a side wall, with the sky in them and curtains tied back between."""
    pale = site.palette
    body, d = "", far * 0.96
    for _ in range(4):
        near = d * 0.72
        glass = mix(mix(pale.horizon, pale.light, 0.3), pale.sky_mid, 0.25)
        body += poly(site.quad((w, 0.5, d), (w, 1.55, d), (w, 1.55, near), (w, 0.5, near)), glass)
        for share in (0.0, 0.5, 1.0):
            at = d + (near - d) * share
            wide = 0.012 * at
            body += poly(
                site.quad(
                    (w, 0.5, at + wide),
                    (w, 1.55, at + wide),
                    (w, 1.55, at - wide),
                    (w, 0.5, at - wide),
                ),
                hue.deep,
            )
        a, b = near, near * 0.93
        cloth = mix(hue.bright, hue.mid, 0.4)
        body += poly(site.quad((w, 0.42, a), (w, 1.62, a), (w, 1.62, b), (w, 0.42, b)), cloth)
        d = near * 0.93
    sill = poly(site.quad((w, 0.46, far), (w, 0.5, far), (w, 0.5, 0.3), (w, 0.46, 0.3)), hue.deep)
    return body + sill
