"""Vehicles from within: a railway carriage and a car, with the world going by outside."""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.fittings import Glow, lights, tinted
from nightshoot.tools.image.shadow_play.interior import Tones, floor
from nightshoot.tools.image.shadow_play.shapes import Noise
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    cell,
    disc,
    fall,
    mix,
    oval,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

_D = 2.2
"""The distance of the carriage's far wall."""


def _outside(site: Site, low: float, high: float) -> str:
    """The land beyond the windows: a sky, two ridges and a plain, the same at both canvas ends."""
    pale, name = site.palette, site.id("land")
    left, wide = site.left, site.right - site.left
    horizon = low - (low - high) * 0.32
    stops = ((0.0, pale.sky_top, 1.0), (0.55, pale.sky_mid, 1.0), (1.0, pale.horizon, 1.0))
    body = fall(name, stops, high, horizon) + box(
        left, site.top, wide, site.bottom - site.top, use(name)
    )
    size = low - high
    for row, (tone, lift) in enumerate(((pale.far, 0.42), (pale.middle, 0.24))):
        noise = Noise(f"{site.seed} outside {row}")
        data = f"M{n(left)} {n(site.bottom)}"
        for k in range(81):
            t = k / 80
            # Two stretches of the noise cross over, so that the land goes on where it wraps around.
            h = noise.layered(6 * t + 6, 3) * (1 - t) + noise.layered(6 * t, 3) * t
            data += f"L{n(left + wide * t)} {n(horizon - size * lift * (h - 0.25))}"
        body += path(data + f"L{n(left + wide)} {n(site.bottom)}Z", tone)
    return body + box(
        left, horizon + size * 0.02, wide, site.bottom - horizon, mix(pale.near, pale.ground, 0.4)
    )


def _trackside(site: Site, low: float, high: float) -> str:
    """Poles, wires and bushes beside the line."""
    pale, left, wide = site.palette, site.left, site.right - site.left
    size = low - high
    data, wires = "", ""
    for k in range(4):
        x = left + wide * (k + 0.3) / 4
        data += cell(x - size * 0.02, high - size * 0.2, size * 0.04, size * 1.3)
        data += cell(x - size * 0.14, high + size * 0.02, size * 0.28, size * 0.03)
        step = wide / 4
        for dx in (-0.12, 0.12):
            wires += (
                f"M{n(x + dx * size)} {n(high + size * 0.02)}q{n(step / 2)} "
                f"{n(size * 0.16)} {n(step)} 0"
            )
    rng = site.rng("bushes")
    bushes = ""
    for _ in range(16):
        r = size * rng.uniform(0.08, 0.2)
        bushes += disc(left + wide * rng.uniform(0.05, 0.95), low - size * 0.05, r, pale.near)
    tone = mix(pale.near, pale.ink, 0.3)
    return bushes + path(data, tone) + stroke(wires, tone, max(0.8, size * 0.012))


def train(site: Site) -> tuple[Plane, ...]:
    """Paints a carriage along its length: a row of windows, seats, a rack, lamps above."""
    hue = tinted(site, "#7f8f8c", 0.25, light=0.02)
    size = site.person(_D)
    x, foot = site.pt(0, 0, _D)
    low, high = foot - size * 0.55, foot - size * 1.22
    ceiling = foot - size * (1.62 / math.pow(site.back, 0.25))
    pitch, wide = size * 1.15, size * 0.86
    first = math.floor((site.left - x) / pitch) - 1
    last = math.ceil((site.right - x) / pitch) + 1
    holes, frames, blinds = "", "", ""
    for k in range(first, last + 1):
        cx = x + k * pitch + pitch / 2
        holes += _pane(cx, low, high, wide, size * 0.07)
        frames += f"M{n(cx - wide / 2)} {n(low - size * 0.12)}h{n(wide)}"
        blinds += cell(cx - wide / 2, high, wide, size * 0.1 * (k % 3))
    name = site.id("panel")
    stops = (
        (0.0, mix(hue.mid, hue.dark, 0.35), 1.0),
        (0.6, mix(hue.mid, hue.bright, 0.12), 1.0),
        (1.0, hue.dark, 1.0),
    )
    solid = cell(site.left, site.top, site.right - site.left, site.bottom - site.top)
    wall = fall(name, stops, ceiling, foot) + path(solid + holes, use(name), fill_rule="evenodd")
    wall += path(blinds, mix(hue.bright, hue.mid, 0.5), opacity=0.8)
    wall += stroke(holes, hue.deep, max(1.2, size * 0.035)) + stroke(
        holes, hue.line, max(0.8, size * 0.008), opacity=0.7
    )
    wall += stroke(frames, hue.deep, max(0.8, size * 0.014))
    wall += box(
        site.left, low + size * 0.1, site.right - site.left, size * 0.03, hue.line, opacity=0.4
    )
    wall += _roof(site, hue, ceiling, size)
    front = floor(site, hue, _D, 9.0, slab=0.7) + _seats(
        site, hue, foot, size, (first, last), pitch
    )
    glows: list[Glow] = [
        (x + (k + 0.5) * pitch * 2, ceiling - size * 0.02, size * 0.7) for k in range(-3, 3)
    ]
    return (
        Plane(
            "place-beyond", 0.1, _outside(site, low, high), f"drift {n(-0.03 * site.view.width)}"
        ),
        Plane(
            "place-track", 0.3, _trackside(site, low, high), f"drift {n(-0.5 * site.view.width)}"
        ),
        Plane("place-wall", 0.6, wall),
        Plane("place-floor", 0.75, front),
        lights(site, glows, _straps(site, hue, ceiling, size), 0.4),
    )


def _pane(cx: float, low: float, high: float, wide: float, r: float) -> str:
    """Path data of a window with round corners."""
    w, h = wide - 2 * r, low - high - 2 * r
    return (
        f"M{n(cx - wide / 2 + r)} {n(high)}h{n(w)}a{n(r)} {n(r)} 0 0 1 {n(r)} {n(r)}v{n(h)}"
        f"a{n(r)} {n(r)} 0 0 1 {n(-r)} {n(r)}h{n(-w)}a{n(r)} {n(r)} 0 0 1 {n(-r)} {n(-r)}v{n(-h)}"
        f"a{n(r)} {n(r)} 0 0 1 {n(r)} {n(-r)}Z"
    )


def _roof(site: Site, hue: Tones, y: float, size: float) -> str:
    """The ceiling with a strip of light, and a rack with cases on it."""
    left, wide = site.left, site.right - site.left
    lamp = mix(hue.mid, mix(site.palette.light, "#ffffff", 0.15), max(0.5, site.lit))
    rack = y + size * 0.24
    rng = site.rng("cases")
    cases, at = "", left
    while at < site.right:
        w, h = size * rng.uniform(0.22, 0.5), size * rng.uniform(0.1, 0.2)
        if rng.random() < 0.55:
            cases += cell(at, rack - h, w, h)
        at += w + size * rng.uniform(0.1, 0.5)
    return (
        box(left, site.top, wide, y - site.top, mix(hue.deep, hue.dark, 0.6))
        + box(left, y - size * 0.045, wide, size * 0.05, lamp)
        + path(cases, hue.deep)
        + box(left, rack, wide, size * 0.03, hue.deep)
        + box(left, rack, wide, max(0.8, size * 0.008), hue.line)
    )


def _seats(
    site: Site, hue: Tones, foot: float, size: float, span: tuple[int, int], pitch: float
) -> str:
    """Pairs of seats back to back between the windows, with head rests."""
    x = site.cx
    cloth = mix(mix(hue.deep, "#7a2f2a", 0.45), hue.dark, 0.25)
    body = ""
    for k in range(span[0], span[1] + 1):
        cx = x + k * pitch
        back = cell(cx - size * 0.085, foot - size * 0.78, size * 0.17, size * 0.62)
        seat = cell(cx - size * 0.4, foot - size * 0.3, size * 0.8, size * 0.12)
        legs = cell(cx - size * 0.3, foot - size * 0.18, size * 0.05, size * 0.18) + cell(
            cx + size * 0.25, foot - size * 0.18, size * 0.05, size * 0.18
        )
        body += path(legs, hue.deep) + path(back + seat, cloth)
        body += box(
            cx - size * 0.11,
            foot - size * 0.86,
            size * 0.22,
            size * 0.14,
            mix(hue.bright, hue.mid, 0.6),
            rx=size * 0.03,
        )
        body += box(
            cx - size * 0.4,
            foot - size * 0.3,
            size * 0.8,
            max(0.8, size * 0.012),
            hue.line,
            opacity=0.6,
        )
    return body


def _straps(site: Site, hue: Tones, y: float, size: float) -> str:
    """Hand grips on a rail."""
    data, rings = "", ""
    for k in range(-7, 8):
        x = site.cx + k * size * 0.52
        data += f"M{n(x)} {n(y)}v{n(size * 0.2)}"
        rings += disc(
            x,
            y + size * 0.25,
            size * 0.045,
            "none",
            stroke=hue.deep,
            stroke_width=max(1.0, size * 0.018),
        )
    rail = box(site.left, y + size * 0.0, site.right - site.left, size * 0.018, hue.deep)
    return rail + stroke(data, hue.deep, max(0.8, size * 0.014)) + rings


def car(site: Site) -> tuple[Plane, ...]:
    """Paints the inside of a car from its side: two windows, seats, a wheel, lamps going by."""
    hue = tinted(site, "#5f6f7f", 0.2)
    wide, high, short = site.view.width, site.view.height, site.view.short
    size = min(site.view.person, 1.9 * high)
    low = min(site.view.floor - size * 0.56, high * 0.72)
    top = low - max(size * 0.42, 0.44 * high)
    left, right = site.left, site.right
    mid = wide * 0.5
    ink = mix(hue.deep, hue.dark, 0.55)
    post = short * 0.05
    front = (
        f"M{n(mid + post)} {n(top)}L{n(mid + wide * 0.34)} {n(top + short * 0.02)}"
        f"L{n(right)} {n(low - short * 0.05)}V{n(low)}H{n(mid + post)}Z"
    )
    rear = (
        f"M{n(mid - post)} {n(top)}L{n(mid - wide * 0.4)} {n(top + short * 0.02)}"
        f"Q{n(mid - wide * 0.62)} {n(top + short * 0.06)} {n(mid - wide * 0.7)} "
        f"{n(low)}H{n(mid - post)}Z"
    )
    solid = cell(left, site.top, right - left, site.bottom - site.top)
    door = path(solid + front + rear, ink, fill_rule="evenodd")
    door += stroke(front + rear, hue.line, max(1.0, short * 0.004), opacity=0.7)
    door += box(left, low + short * 0.07, right - left, short * 0.008, hue.line, opacity=0.4)
    door += box(
        mid + wide * 0.1, low + short * 0.13, wide * 0.2, short * 0.03, hue.deep, rx=short * 0.015
    )
    seats = _car_seats(site, hue, low, short)
    return (
        Plane("place-beyond", 0.1, _street_lights(site, low, top), f"drift {n(-0.12 * wide)}"),
        Plane("place-wall", 0.7, door),
        Plane("place-seats", 0.85, seats),
        *_near_door(site, hue),
    )


def _near_door(site: Site, hue: Tones) -> tuple[Plane, ...]:
    """The door on this side, whose sill hides the laps; close framings do not reach down to it."""
    if not site.lensed and site.view.blur > 0.006 * site.view.short:
        return ()
    short, y = site.view.short, 0.80 * site.view.height
    ink = mix(site.palette.ink, hue.deep, 0.4)
    sill = (
        f"M{n(site.left)} {n(y + short * 0.03)}Q{n(site.cx)} {n(y - short * 0.03)} "
        f"{n(site.right)} {n(y)}"
    )
    body = path(f"{sill}V{n(site.bottom)}H{n(site.left)}Z", ink)
    body += stroke(sill, hue.line, max(1.0, short * 0.005), opacity=0.8)
    return (Plane("place-door", 1.12, body),)


def _street_lights(site: Site, low: float, top: float) -> str:
    """A street out of focus: soft lamps and signs in front of dark houses."""
    pale, name = site.palette, site.id("blur-sky")
    left, wide, short = site.left, site.right - site.left, site.view.short
    stops = ((0.0, pale.sky_top, 1.0), (0.7, pale.sky_mid, 1.0), (1.0, pale.horizon, 1.0))
    body = fall(name, stops, top, low) + box(
        left, site.top, wide, site.bottom - site.top, use(name)
    )
    rng = site.rng("street lights")
    at = left
    while at < site.right:
        w = short * rng.uniform(0.12, 0.3)
        body += box(
            at,
            top + (low - top) * rng.uniform(0.05, 0.6),
            w,
            site.bottom,
            mix(pale.middle, pale.near, rng.random()),
        )
        at += w
    hues = (
        pale.glow,
        pale.light,
        mix(pale.glow, "#d8402c", 0.55),
        mix(pale.light, pale.water, 0.4),
    )
    for _ in range(34):
        x, y = rng.uniform(left, site.right), rng.uniform(top, low)
        r = short * rng.uniform(0.015, 0.05)
        tone, strength = rng.choice(hues), (0.15 + 0.4 * site.lit) * rng.uniform(0.5, 1.0)
        body += disc(x, y, r, tone, opacity=strength) + disc(
            x, y, r * 0.8, tone, opacity=strength * 0.5
        )
    return body


def _car_seats(site: Site, hue: Tones, low: float, short: float) -> str:
    """The backs of two seats with head rests, and a steering wheel before the front one."""
    wide = site.view.width
    tone = mix(site.palette.ink, hue.dark, 0.3)
    body = ""
    for x in (wide * 0.5 - short * 0.36, wide * 0.5 - short * 1.2):
        back = (
            f"M{n(x)} {n(site.bottom)}L{n(x - short * 0.1)} "
            f"{n(low - short * 0.16)}q{n(short * 0.01)} {n(-short * 0.06)} "
            f"{n(short * 0.1)} {n(-short * 0.05)}q{n(short * 0.08)} "
            f"{n(short * 0.01)} {n(short * 0.1)} {n(short * 0.1)}"
            f"L{n(x + short * 0.24)} {n(site.bottom)}Z"
        )
        rest = box(
            x - short * 0.1, low - short * 0.36, short * 0.15, short * 0.14, tone, rx=short * 0.05
        )
        post = stroke(
            f"M{n(x - short * 0.03)} {n(low - short * 0.24)}v{n(short * 0.08)}", tone, short * 0.016
        )
        body += (
            path(back, tone)
            + rest
            + post
            + stroke(back, hue.line, max(1.0, short * 0.003), opacity=0.5)
        )
    x, y = wide * 0.5 + short * 0.62, low + short * 0.04
    return body + oval(
        x, y, short * 0.07, short * 0.22, "none", stroke=tone, stroke_width=short * 0.035,
        transform=f"rotate(24 {n(x)} {n(y)})",
    )  # fmt: skip
