"""Space seen from within: a planet and stars behind a broad window, consoles below it."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    cell,
    disc,
    fall,
    mix,
    path,
    pool,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.svg import number as n


def spaceship(site: Site) -> tuple[Plane, ...]:
    """Paints the bridge of a ship: stars, a planet with its rings, the hull, lit consoles."""
    return (
        Plane("place-stars", 0.05, _stars(site), "flicker 0.1 5"),
        Plane("place-planet", 0.15, _planet(site)),
        Plane("place-hull", 0.6, _hull(site)),
        Plane("place-consoles", 0.8, _consoles(site), "flicker 0.06 2.3"),
    )


def _stars(site: Site) -> str:
    pale, rng = site.palette, site.rng("stars")
    deep = mix(pale.sky_top, "#050818", 0.72)
    name = site.id("void")
    body = fall(
        name, ((0.0, deep, 1.0), (1.0, mix(deep, pale.sky_mid, 0.3), 1.0)), site.top, site.bottom
    )
    body += site.canvas(use(name))
    cloud = site.id("nebula")
    x, y = site.cx + site.unit * 0.2, site.view.height * 0.3
    body += pool(
        cloud,
        ((0.0, pale.horizon, 0.3), (0.5, pale.sky_mid, 0.16), (1.0, pale.sky_mid, 0.0)),
        x,
        y,
        site.unit * 0.6,
    )
    body += disc(x, y, site.unit * 0.6, use(cloud))
    for tone, most, many in ((pale.light, 1.1, 190), ("#ffffff", 2.0, 40)):
        data = ""
        for _ in range(many):
            r = site.view.short / 720 * rng.uniform(0.4, most)
            px, py = rng.uniform(site.left, site.right), rng.uniform(site.top, site.bottom)
            data += (
                f"M{n(px - r)} {n(py)}a{n(r)} {n(r)} 0 1 0 {n(2 * r)} 0a{n(r)} "
                f"{n(r)} 0 1 0 {n(-2 * r)} 0Z"
            )
        body += path(data, tone, opacity=0.85)
    return body


def _planet(site: Site) -> str:
    """A planet lit from one side, banded, with a ring before and behind it."""
    pale, rng = site.palette, site.rng("planet")
    side = rng.choice((-1, 1))
    r = site.view.short * 0.27 * min(1.6, site.view.zoom)
    x, y = site.cx + side * 0.22 * site.view.width, 0.36 * site.view.height
    ball, clip = site.id("ball"), site.id("disc")
    warm = mix(pale.light, pale.glow, 0.25)
    stops = (
        (0.0, warm, 1.0),
        (0.45, mix(pale.horizon, pale.sky_mid, 0.4), 1.0),
        (1.0, mix(pale.sky_top, "#04060f", 0.6), 1.0),
    )
    light = pool(ball, stops, x - side * r * 0.6, y - r * 0.5, r * 1.75)
    bands = ""
    for k in range(7):
        at = y - r + 2 * r * (k + rng.uniform(0.2, 0.8)) / 7
        high = r * rng.uniform(0.05, 0.16)
        bands += (
            f"M{n(x - r)} {n(at)}q{n(r)} {n(r * 0.16)} {n(2 * r)} 0v{n(high)}"
            f"q{n(-r)} {n(r * 0.16)} {n(-2 * r)} 0Z"
        )
    tilt = f"rotate({n(-side * 18)} {n(x)} {n(y)})"
    rx, ry = r * 1.75, r * 0.34
    tone = mix(warm, pale.sky_mid, 0.35)

    def arc(sweep: int) -> str:
        return "".join(
            stroke(
                f"M{n(x - rx * k)} {n(y)}A{n(rx * k)} {n(ry * k)} 0 0 {sweep} "
                f"{n(x + rx * k)} {n(y)}",
                tone,
                r * wide,
                opacity=strength,
            )
            for k, wide, strength in ((1.0, 0.05, 0.55), (0.88, 0.1, 0.4), (0.76, 0.03, 0.6))
        )

    return (
        light
        + el("clipPath", disc(x, y, r, "#000"), id=clip)
        + el("g", arc(1), transform=tilt)
        + disc(x, y, r, use(ball))
        + el(
            "g",
            path(bands, mix(pale.sky_top, pale.horizon, 0.5), opacity=0.22),
            clip_path=f"url(#{clip})",
        )
        + el("g", arc(0), transform=tilt)
    )


def _hull(site: Site) -> str:
    """The wall with one broad window of three bays, ribs and a floor that mirrors it."""
    pale = site.palette
    ink = mix(pale.ink, pale.near, 0.25)
    edge = mix(ink, pale.rim, 0.6)
    wide, high, short = site.view.width, site.view.height, site.view.short
    floor = site.pt(0, 0, 2.6)[1]
    low, top = min(floor - short * 0.12, high * 0.72), high * 0.07
    left, right = wide * -0.02, wide * 1.02
    cut = short * 0.14
    hole = (
        f"M{n(left + cut)} {n(top)}H{n(right - cut)}L{n(right)} {n(top + cut)}"
        f"V{n(low - cut * 0.6)}L{n(right - cut)} {n(low)}"
        f"H{n(left + cut)}L{n(left)} {n(low - cut * 0.6)}V{n(top + cut)}Z"
    )
    body = path(
        cell(site.left, site.top, site.right - site.left, site.bottom - site.top) + hole,
        ink,
        fill_rule="evenodd",
    )
    bars = ""
    for u in (0.27, 0.73):
        x = left + (right - left) * u
        bars += (
            f"M{n(x - short * 0.022)} {n(top)}h{n(short * 0.044)}"
            f"L{n(x + short * 0.03)} {n(low)}h{n(-short * 0.06)}Z"
        )
    body += (
        path(bars, ink)
        + stroke(hole, edge, max(1.5, short * 0.006))
        + stroke(bars, edge, max(1.0, short * 0.002), opacity=0.5)
    )
    name = site.id("deck")
    body += fall(
        name, ((0.0, mix(ink, pale.sky_mid, 0.4), 1.0), (1.0, ink, 1.0)), floor, site.bottom
    )
    body += box(site.left, floor, site.right - site.left, site.bottom - floor, use(name))
    seams = ""
    for k in range(-9, 10):
        a, b = site.pt(k * 0.6, 0, 2.6), site.pt(k * 0.6, 0, 0.5)
        seams += f"M{n(a[0])} {n(a[1])}L{n(b[0])} {n(b[1])}"
    ribs = "".join(f"M{n(wide * u)} {n(site.top)}V{n(top)}" for u in (0.1, 0.3, 0.5, 0.7, 0.9))
    return body + stroke(seams + ribs, edge, max(0.8, short * 0.0015), opacity=0.3)


def _consoles(site: Site) -> str:
    """Slanting desks under the window, with screens, keys and small lamps."""
    pale, d = site.palette, 2.5
    size, rng = site.person(d), site.rng("consoles")
    ink = mix(pale.ink, pale.near, 0.12)
    x, foot = site.pt(0, 0, d)
    cool, warm = mix("#58c8e0", pale.light, 0.25), mix("#e8a04a", pale.light, 0.2)
    body = ""
    for k in range(-3, 4):
        cx = x + k * size * 0.95
        body += path(
            f"M{n(cx - size * 0.42)} {n(foot)}L{n(cx - size * 0.45)} "
                f"{n(foot - size * 0.36)}L{n(cx - size * 0.34)} "
                f"{n(foot - size * 0.52)}"
            f"H{n(cx + size * 0.34)}L{n(cx + size * 0.45)} "
                f"{n(foot - size * 0.36)}L{n(cx + size * 0.42)} {n(foot)}Z", ink,
        )  # fmt: skip
        tone = cool if rng.random() < 0.7 else warm
        body += path(
            f"M{n(cx - size * 0.26)} {n(foot - size * 0.38)}"
            f"L{n(cx - size * 0.21)} {n(foot - size * 0.48)}h{n(size * 0.42)}"
            f"L{n(cx + size * 0.26)} {n(foot - size * 0.38)}Z",
            tone,
            opacity=0.75,
        )
        wave = f"M{n(cx - size * 0.2)} {n(foot - size * 0.43)}"
        for i in range(8):
            wave += f"l{n(size * 0.05)} {n(size * 0.03 * math.sin(i * 1.7 + k))}"
        body += stroke(wave, ink, max(0.8, size * 0.01))
        for i in range(6):
            body += disc(
                cx + size * (-0.3 + 0.12 * i),
                foot - size * 0.28,
                size * 0.014,
                rng.choice((cool, warm, mix("#e0504a", pale.light, 0.1))),
            )
        body += stroke(
            f"M{n(cx - size * 0.34)} {n(foot - size * 0.52)}H{n(cx + size * 0.34)}",
            mix(ink, pale.rim, 0.6),
            max(0.8, size * 0.012),
        )
    return body
