"""Roofs of a modern city: a terrace with a parapet, a tank, machines and a string of lamps."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.city import haze
from nightshoot.tools.image.shadow_play.ground import earth, paving, puddles
from nightshoot.tools.image.shadow_play.lamps import VERMILION, halos
from nightshoot.tools.image.shadow_play.site import Site, box, cell, disc, halo, mix, path, stroke
from nightshoot.tools.image.shadow_play.skyline import skyline
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

_EDGE = 2.3
"""How far the parapet is."""


def rooftop(site: Site) -> tuple[Plane, ...]:
    """Paints a roof above the city: its towers begin below the parapet."""
    pale = site.palette
    warm = mix(pale.glow, VERMILION, 0.3)
    back = skyline(site, 30, 0.40, "back", density=0.24)
    back += haze(site, "haze-a", mix(pale.horizon, warm, 0.4 * site.lit), 0.5, 0.24)
    front = skyline(site, 11, 0.24, "front", density=0.4)
    front += haze(site, "haze-b", mix(pale.horizon, warm, 0.6 * site.lit), 0.4, 0.13)
    roof = earth(site) + paving(site, half=2.6, slab=0.7) + puddles(site, 6) + _parapet(site)
    side = site.rng("tank").choice((-1, 1))
    roof += _tank(site, side) + _machines(site, -side)
    lamps, glows = _string(site, side)
    glow = site.id("glow")
    air = halo(glow, mix(pale.glow, pale.light, 0.25), 0.5 * site.lit) + halos(glows, glow)
    return (
        Plane("place-back", 0.15, back),
        Plane("place-middle", 0.3, front),
        Plane("place-ground", 0.75, roof),
        Plane("place-light", 0.8, air + lamps, "flicker 0.1 3.9"),
    )


def _parapet(site: Site) -> str:
    """The wall at the roof's edge, with a coping that the light catches and a rail on it."""
    tone, size = site.tone(1.9), site.person(_EDGE)
    y = site.pt(0, 0, _EDGE)[1]
    left, wide = site.left, site.right - site.left
    top = y - size * 0.42
    rail = f"M{n(left)} {n(top - size * 0.16)}h{n(wide)}"
    x = left
    while x < site.right:
        rail += f"M{n(x)} {n(top)}v{n(-size * 0.16)}"
        x += size * 0.55
    return (
        box(left, top, wide, y - top + 2, tone)
        + box(left, top - size * 0.04, wide, size * 0.08, mix(tone, site.palette.ink, 0.3))
        + box(left, top - size * 0.045, wide, max(1.0, size * 0.012), site.palette.rim, opacity=0.6)
        + stroke(rail, tone, max(1.0, size * 0.022))
    )


def _tank(site: Site, side: int) -> str:
    """A water tank on legs, with a ladder and an aerial."""
    pale, d = site.palette, 2.15
    size = site.person(d)
    x, foot = site.pt(side * (1.5 if site.view.width > site.view.height else 0.85), 0, d)
    tone = site.tone(1.7)
    legs = "".join(
        f"M{n(x + u * size)} {n(foot)}L{n(x + u * size * 0.85)} {n(foot - size * 0.8)}"
        for u in (-0.36, -0.1, 0.16, 0.36)
    )
    legs += (
        f"M{n(x - size * 0.36)} {n(foot - size * 0.1)}L{n(x + size * 0.32)} {n(foot - size * 0.7)}"
    )
    drum = box(x - size * 0.4, foot - size * 1.5, size * 0.8, size * 0.72, tone, rx=size * 0.04)
    hoops = "".join(
        f"M{n(x - size * 0.4)} {n(foot - size * h)}h{n(size * 0.8)}" for h in (0.95, 1.15, 1.35)
    )
    lid = path(
        f"M{n(x - size * 0.44)} {n(foot - size * 1.48)}L{n(x)} "
        f"{n(foot - size * 1.78)}L{n(x + size * 0.44)} {n(foot - size * 1.48)}Z",
        tone,
    )
    ladder = (
        f"M{n(x + size * 0.26)} {n(foot)}V{n(foot - size * 1.5)}"
        f"M{n(x + size * 0.36)} {n(foot)}V{n(foot - size * 1.5)}"
    )
    ladder += "".join(
        f"M{n(x + size * 0.26)} {n(foot - size * 0.12 * k)}h{n(size * 0.1)}" for k in range(1, 12)
    )
    mast = f"M{n(x - side * size * 0.75)} {n(foot)}V{n(foot - size * 1.7)}"
    for k in range(4):
        half = size * (0.2 - 0.035 * k)
        mast += (
            f"M{n(x - side * size * 0.75 - half)} {n(foot - size * (1.3 + 0.1 * k))}h{n(2 * half)}"
        )
    lamp = disc(
        x - side * size * 0.75, foot - size * 1.72, size * 0.022, mix("#e0402c", pale.light, 0.1)
    )
    rim = f"M{n(x + size * 0.4)} {n(foot - size * 1.48)}V{n(foot - size * 0.8)}"
    return (
        stroke(legs, tone, max(1.2, size * 0.045)) + drum + lid
        + stroke(hoops, mix(tone, pale.horizon, 0.25), max(0.8, size * 0.012))
        + stroke(ladder + mast, tone, max(0.8, size * 0.018)) + lamp
        + stroke(rim, pale.rim, max(0.8, size * 0.012), opacity=0.5)
    )  # fmt: skip


def _machines(site: Site, side: int) -> str:
    """Two cooling machines with round fans, and a pipe."""
    pale, d = site.palette, 2.0
    size = site.person(d)
    tone = site.tone(1.6)
    body = ""
    start = 1.25 if site.view.width > site.view.height else 0.62
    for k in range(2):
        x, foot = site.pt(side * (start + 0.5 * k), 0, d)
        body += box(
            x - size * 0.21, foot - size * 0.4, size * 0.42, size * 0.36, tone, rx=size * 0.02
        )
        body += path(
            cell(x - size * 0.18, foot - size * 0.05, size * 0.05, size * 0.05)
            + cell(x + size * 0.13, foot - size * 0.05, size * 0.05, size * 0.05),
            tone,
        )
        body += disc(x, foot - size * 0.22, size * 0.13, mix(tone, pale.ink, 0.5))
        blades = "".join(
            f"M{n(x)} {n(foot - size * 0.22)}l{n(size * 0.12 * a)} {n(size * 0.12 * b)}"
            for a, b in ((1, 0), (-0.5, 0.85), (-0.5, -0.85))
        )
        body += stroke(blades, mix(tone, pale.horizon, 0.3), max(0.8, size * 0.02))
        body += box(
            x - size * 0.21,
            foot - size * 0.4,
            size * 0.42,
            max(0.8, size * 0.012),
            pale.rim,
            opacity=0.5,
        )
    return body


def _string(site: Site, side: int) -> tuple[str, list[tuple[float, float, float]]]:
    """A string of bulbs from the tank across the roof to a pole beyond the frame."""
    pale, size = site.palette, site.person(1.9)
    y = site.pt(0, 1.62, 1.9)[1]
    x0, x1 = site.left, site.right
    lit = max(0.35, site.lit)
    bulb = mix(pale.near, mix(pale.light, pale.glow, 0.25), lit)
    cord, bulbs = f"M{n(x0)} {n(y)}", ""
    glows: list[tuple[float, float, float]] = []
    spans = 3
    for k in range(spans):
        a, b = x0 + (x1 - x0) * k / spans, x0 + (x1 - x0) * (k + 1) / spans
        cord += f"Q{n((a + b) / 2)} {n(y + size * 0.42)} {n(b)} {n(y)}"
        for i in range(1, 7):
            t = i / 7
            px, py = a + (b - a) * t, y + size * 0.42 * 2 * t * (1 - t) + size * 0.04
            bulbs += disc(px, py, size * 0.022, bulb)
            glows.append((px, py, size * 0.17))
    return stroke(cord, pale.ink, max(0.8, size * 0.008)) + bulbs, glows
