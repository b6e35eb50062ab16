"""Furniture that belongs to a room itself: shelves, scrolls, a sofa, a desk, plants, lamps."""

from __future__ import annotations

import math
from random import Random

from nightshoot.tools.image.shadow_play.interior import Tones
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.site import box, cell, disc, mix, oval, path, stroke
from nightshoot.tools.image.shadow_play.svg import number as n


def curio_shelf(x: float, y: float, size: float, hue: Tones, rng: Random) -> str:
    """A stand of uneven compartments with vases, books and scrolls; (x, y) is its foot."""
    wide, tall = size * 0.95, size * 1.75
    left, top = x - wide / 2, y - tall
    back = mix(hue.mid, hue.bright, 0.25)
    wood = hue.deep
    parts = [box(left, top, wide, tall, mix(back, hue.dark, 0.3), opacity=0.85)]
    frame = cell(left, top, wide, tall)
    rows = (0.0, 0.2, 0.42, 0.62, 0.82)
    things, lines = "", ""
    for row, low in enumerate(rows):
        high = rows[row + 1] if row + 1 < len(rows) else 1.0
        y0, y1 = top + tall * low, top + tall * high
        lines += f"M{n(left)} {n(y1)}h{n(wide)}"
        split = rng.uniform(0.35, 0.65)
        lines += f"M{n(left + wide * split)} {n(y0)}V{n(y1)}"
        for a, b in ((0.0, split), (split, 1.0)):
            things += _curio(
                left + wide * (a + b) / 2, y1, wide * (b - a) * 0.7, (y1 - y0) * 0.8, rng
            )
    return (
        "".join(parts)
        + path(things, wood)
        + stroke(lines + frame, wood, size * 0.03)
        + stroke(frame, hue.line, max(0.8, size * 0.008), opacity=0.6)
    )


def _curio(x: float, y: float, wide: float, high: float, rng: Random) -> str:
    kind = rng.randrange(4)
    if kind == 0:
        return vase(x, y, min(wide, high * 0.6), high)
    if kind == 1:
        data, at = "", x - wide / 2
        while at < x + wide / 2 - wide * 0.12:
            w = wide * rng.uniform(0.08, 0.15)
            tall = high * rng.uniform(0.6, 0.95)
            data += cell(at, y - tall, w * 0.85, tall)
            at += w
        return data
    if kind == 2:
        data = ""
        for k in range(3):
            data += cell(
                x - wide * (0.42 - k * 0.05),
                y - high * 0.16 * (k + 1),
                wide * (0.84 - k * 0.1),
                high * 0.13,
            )
        return data
    r = min(wide, high) * 0.3
    return (
        f"M{n(x - r)} {n(y - r * 1.1)}a{n(r)} {n(r)} 0 1 1 {n(2 * r)} 0a{n(r)}"
        f" {n(r)} 0 1 1 {n(-2 * r)} 0Z"
    ) + cell(x - r * 0.6, y - r * 0.25, r * 1.2, r * 0.25)


def vase(x: float, y: float, wide: float, high: float) -> str:
    """Path data of a vase with a narrow neck that stands at (x, y)."""
    w = wide / 2
    return (
        f"M{n(x - w * 0.5)} {n(y)}C{n(x - w * 1.1)} {n(y - high * 0.35)} {n(x - w * 1.0)} "
        f"{n(y - high * 0.62)} {n(x - w * 0.28)} {n(y - high * 0.75)}L{n(x - w * 0.26)} "
        f"{n(y - high * 0.92)}L{n(x - w * 0.45)} {n(y - high)}H{n(x + w * 0.45)}"
        f"L{n(x + w * 0.26)} {n(y - high * 0.92)}L{n(x + w * 0.28)} {n(y - high * 0.75)}"
        f"C{n(x + w * 1.0)} {n(y - high * 0.62)} {n(x + w * 1.1)} {n(y - high * 0.35)} "
        f"{n(x + w * 0.5)} {n(y)}Z"
    )


def hanging_scroll(x: float, y: float, size: float, hue: Tones, rng: Random) -> str:
    """A scroll painting of hills under a moon; (x, y) is the middle of its upper rod."""
    wide, tall = size * 0.5, size * 1.3
    paper = mix(hue.bright, hue.mid, 0.35)
    left = x - wide / 2
    edge = mix(hue.mid, hue.dark, 0.35)
    parts = [box(left, y, wide, tall, edge)]
    px, py, pw, ph = left + wide * 0.1, y + tall * 0.12, wide * 0.8, tall * 0.74
    parts.append(box(px, py, pw, ph, paper))
    parts.append(
        disc(
            px + pw * rng.uniform(0.25, 0.75), py + ph * 0.2, pw * 0.11, mix(paper, hue.bright, 0.8)
        )
    )
    for low, shade in ((0.45, 0.22), (0.62, 0.4), (0.8, 0.6)):
        data = f"M{n(px)} {n(py + ph)}V{n(py + ph * (low + 0.08))}"
        for k in range(1, 6):
            peak = low - (rng.uniform(0.02, 0.16) if k % 2 else -0.03)
            data += (
                f"Q{n(px + pw * (k - 0.5) / 5)} {n(py + ph * (peak - 0.02))} {n(px + pw * k / 5)}"
                f" {n(py + ph * (low + rng.uniform(-0.02, 0.06)))}"
            )
        parts.append(path(data + f"V{n(py + ph)}Z", mix(paper, hue.dark, shade)))
    rods = cell(left - wide * 0.04, y - size * 0.02, wide * 1.08, size * 0.035)
    rods += cell(left - wide * 0.09, y + tall - size * 0.02, wide * 1.18, size * 0.05)
    cord = f"M{n(x - wide * 0.3)} {n(y)}L{n(x)} {n(y - size * 0.14)}L{n(x + wide * 0.3)} {n(y)}"
    return "".join(parts) + path(rods, hue.deep) + stroke(cord, hue.deep, max(0.8, size * 0.01))


def side_table(x: float, y: float, size: float, hue: Tones, rng: Random) -> str:
    """A tall stand with curved feet and a vase with a plum branch; (x, y) is its foot."""
    wood, wide, tall = hue.deep, size * 0.42, size * 0.52
    top = y - tall
    legs = "".join(
        (
            f"M{n(x + s * wide * 0.42)} {n(top)}C{n(x + s * wide * 0.5)} {n(top + tall * 0.5)}"
            f" {n(x + s * wide * 0.36)} {n(top + tall * 0.7)} {n(x + s * wide * 0.52)}"
            f" {n(y)}"
        )
        for s in (-1, 1)
    )
    apron = (
        f"M{n(x - wide * 0.42)} {n(top)}q{n(wide * 0.2)} {n(tall * 0.3)} {n(wide * 0.42)}"
        f" {n(tall * 0.16)}q{n(wide * 0.22)} {n(tall * 0.14)} {n(wide * 0.42)}"
        f" {n(-tall * 0.16)}Z"
    )
    twigs, flowers = "", ""
    bx, by = x, top - size * 0.38
    for s in (-1, 1):
        cx, cy, turn = bx, by, -math.pi / 2 + s * 0.35
        for _ in range(4):
            nx, ny = cx + size * 0.13 * math.cos(turn), cy + size * 0.13 * math.sin(turn)
            twigs += f"M{n(cx)} {n(cy)}L{n(nx)} {n(ny)}"
            flowers += disc(
                nx + rng.uniform(-1, 1) * size * 0.03,
                ny,
                size * 0.022,
                mix(hue.line, "#c8301c", 0.5),
            )
            cx, cy, turn = nx, ny, turn + rng.uniform(-0.5, 0.6) * s
    return (
        box(x - wide * 0.56, top - size * 0.035, wide * 1.12, size * 0.045, wood)
        + stroke(legs, wood, size * 0.045)
        + path(apron + vase(x, top - size * 0.03, size * 0.22, size * 0.36), wood)
        + stroke(twigs, wood, size * 0.016)
        + flowers
        + box(
            x - wide * 0.56,
            top - size * 0.035,
            wide * 1.12,
            max(0.8, size * 0.01),
            hue.line,
            opacity=0.7,
        )
    )


def sofa(x: float, y: float, size: float, hue: Tones) -> str:
    """A sofa with cushions and a floor lamp beside it; (x, y) is the middle of its foot."""
    ink, w = hue.deep, size * 1.25
    left = x - w / 2
    r = size * 0.07
    body = box(left, y - size * 0.52, w, size * 0.44, ink, rx=r)
    body += box(left - size * 0.08, y - size * 0.36, size * 0.2, size * 0.3, ink, rx=r)
    body += box(left + w - size * 0.12, y - size * 0.36, size * 0.2, size * 0.3, ink, rx=r)
    body += path(
        cell(left + size * 0.03, y - size * 0.1, size * 0.04, size * 0.1)
        + cell(left + w - size * 0.07, y - size * 0.1, size * 0.04, size * 0.1),
        ink,
    )
    seams = (
        f"M{n(left + size * 0.1)} {n(y - size * 0.27)}H{n(left + w - size * 0.1)}"
        f"M{n(x)} {n(y - size * 0.5)}V{n(y - size * 0.1)}"
    )
    pillow = box(
        left + size * 0.16,
        y - size * 0.46,
        size * 0.24,
        size * 0.22,
        mix(hue.dark, hue.line, 0.5),
        rx=size * 0.05,
        transform=f"rotate(-9 {n(left + size * 0.28)} {n(y - size * 0.35)})",
    )
    rim = stroke(
        f"M{n(left + r)} {n(y - size * 0.52)}H{n(left + w - r)}", hue.line, max(1.0, size * 0.012)
    )
    return body + stroke(seams, mix(ink, hue.mid, 0.3), size * 0.012) + pillow + rim


def workplace(x: float, y: float, size: float, hue: Tones, *, screen: bool, lit: float) -> str:
    """A table with two chairs; in an office a monitor glows on it, in a café there are cups."""
    ink, w, top = hue.deep, size * 1.15, y - size * 0.43
    legs = cell(x - w * 0.44, top, size * 0.035, size * 0.43) + cell(
        x + w * 0.41, top, size * 0.035, size * 0.43
    )
    body = box(x - w / 2, top - size * 0.025, w, size * 0.05, ink) + path(legs, ink)
    rim = box(x - w / 2, top - size * 0.025, w, max(1.0, size * 0.01), hue.line)
    if screen:
        glow = mix(hue.dark, hue.bright, 0.25 + 0.6 * lit)
        sw, sh = size * 0.4, size * 0.24
        body += box(x - sw / 2 - 2, top - size * 0.36, sw + 4, sh + 4, ink, rx=size * 0.012)
        body += box(x - sw / 2 + 1, top - size * 0.35, sw - 2, sh - 2, glow)
        body += path(
            cell(x - size * 0.015, top - size * 0.12, size * 0.03, size * 0.1)
            + cell(x - size * 0.09, top - size * 0.04, size * 0.18, size * 0.02),
            ink,
        )
    else:
        for u in (-0.22, 0.2):
            body += path(
                cell(x + u * w - size * 0.03, top - size * 0.09, size * 0.06, size * 0.07), ink
            )
            body += oval(x + u * w, top - size * 0.025, size * 0.055, size * 0.012, ink)
    for s in (-1, 1):
        cx = x + s * w * 0.62
        back = (
            f"M{n(cx + s * size * 0.12)} {n(y - size * 0.62)}Q{n(cx + s * size * 0.08)}"
            f" {n(y - size * 0.4)} {n(cx + s * size * 0.1)} {n(y - size * 0.26)}"
        )
        seat = (
            f"M{n(cx - size * 0.12)} {n(y - size * 0.26)}H{n(cx + size * 0.12)}M"
            f"{n(cx - size * 0.1)} {n(y - size * 0.26)}L{n(cx - size * 0.12)} {n(y)}"
            f"M{n(cx + size * 0.1)} {n(y - size * 0.26)}L{n(cx + size * 0.13)} {n(y)}"
        )
        body += stroke(back, ink, size * 0.05, stroke_linecap="round") + stroke(
            seat, ink, size * 0.028
        )
    return body + rim


def pot_plant(x: float, y: float, size: float, hue: Tones, rng: Random) -> str:
    """A plant with long leaves in a pot; (x, y) is its foot."""
    pot = (
        f"M{n(x - size * 0.13)} {n(y - size * 0.26)}H{n(x + size * 0.13)}L{n(x + size * 0.09)}"
        f" {n(y)}H{n(x - size * 0.09)}Z"
    )
    leaves = ""
    for i in range(13):
        turn = -math.pi / 2 + (i - 6) * 0.19 + rng.uniform(-0.08, 0.08)
        long = size * rng.uniform(0.5, 0.95)
        tx, ty = x + long * math.cos(turn), y - size * 0.24 + long * math.sin(turn) * 0.95
        bx, by = (x + tx) / 2, (y - size * 0.24 + ty) / 2 - size * 0.06
        w = size * 0.045
        leaves += (
            f"M{n(x)} {n(y - size * 0.24)}Q{n(bx - w)} {n(by)} {n(tx)} {n(ty + abs(tx - x) * 0.25)}"
            f"Q{n(bx + w)} {n(by)} {n(x)} {n(y - size * 0.24)}Z"
        )
    return path(leaves, mix(hue.deep, hue.dark, 0.5)) + path(pot, hue.deep)


def pendant(
    x: float, y: float, size: float, hue: Tones, palette: Palette, lit: float, cord: float
) -> str:
    """A lamp on a cord; (x, y) is its bulb."""
    shade = (
        f"M{n(x - size * 0.16)} {n(y)}Q{n(x - size * 0.15)} {n(y - size * 0.16)}"
        f" {n(x - size * 0.03)} {n(y - size * 0.17)}H{n(x + size * 0.03)}Q{n(x + size * 0.15)}"
        f" {n(y - size * 0.16)} {n(x + size * 0.16)} {n(y)}Z"
    )
    bulb = mix(hue.mid, mix(palette.light, palette.glow, 0.25), lit)
    return (
        box(x - size * 0.006, y - size * 0.17 - cord, size * 0.012, cord, hue.deep)
        + oval(x, y, size * 0.13, size * 0.035, bulb)
        + disc(x, y, size * 0.05, bulb)
        + path(shade, hue.deep)
        + stroke(
            f"M{n(x - size * 0.16)} {n(y)}H{n(x + size * 0.16)}", hue.line, max(1.0, size * 0.012)
        )
    )
