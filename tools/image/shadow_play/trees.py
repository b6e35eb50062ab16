"""Willow, pine, bamboo, plum and reeds, as silhouettes with a little light in them.

Each gives markup in frame pixels; `x`, `y` is where the trunk meets the ground, `tall` its height.
"""

from __future__ import annotations

import math
from random import Random

from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import (
    Point,
    blade,
    bow,
    fill,
    line,
    points_text,
    tapered,
)
from nightshoot.tools.image.shadow_play.svg import el


def limb(start: Point, angle: float, length: float, bend: float, rng: Random) -> list[Point]:
    """Gives the spine of a branch that turns by `bend` radians on its way, unevenly."""
    points, x, y = [start], *start
    steps = 6
    for _ in range(steps):
        angle += bend / steps + rng.uniform(-0.16, 0.16)
        x += math.cos(angle) * length / steps
        y += math.sin(angle) * length / steps
        points.append((x, y))
    return points


def _root(x: float, y: float, tall: float, thick: float, tone: str) -> str:
    """Gives the foot of a trunk: roots that spread, and the shade on the ground."""
    w, h = thick * 1.5, thick * 1.1
    path = (
        f"M{x - w:.1f} {y + 0.12 * h:.1f}Q{x - 0.55 * w:.1f} {y - 0.1 * h:.1f} {x - 0.36 * w:.1f} "
        f"{y - h:.1f}H{x + 0.36 * w:.1f}Q{x + 0.55 * w:.1f} {y - 0.1 * h:.1f} {x + w:.1f} "
        f"{y + 0.12 * h:.1f}Q{x:.1f} {y - 0.15 * h:.1f} {x - w:.1f} {y + 0.12 * h:.1f}Z"
    )
    shade = el(
        "ellipse", cx=x, cy=y, rx=tall * 0.16, ry=tall * 0.012, fill=tone, fill_opacity="0.35"
    )
    return shade + fill(path, tone)


def widths(thick: float, count: int, end: float = 0.18) -> list[float]:
    """Gives widths that taper from `thick` to `end` of it."""
    return [thick * (1.0 + (end - 1.0) * i / (count - 1)) for i in range(count)]


def willow(*, palette: Palette, x: float, y: float, tall: float, seed: int, tone: str) -> str:
    """Gives a willow by the water: a leaning trunk and curtains of hanging leaves."""
    rng = Random(f"willow {seed}")
    way = rng.choice((-1.0, 1.0))
    trunk = limb((x, y), -math.pi / 2 + way * 0.12, tall * 0.62, way * 0.35, rng)
    body = fill(tapered(trunk, widths(tall * 0.075, len(trunk), 0.4)), tone)
    body += _root(x, y, tall, tall * 0.075, tone)
    boughs = ""
    hang, leaves = "", ""
    for index in range(8):
        spread = -math.pi / 2 + (index / 7 - 0.5) * 2.7
        bough = limb(
            trunk[-1],
            spread,
            tall * rng.uniform(0.17, 0.27),
            (1.0 if math.cos(spread) > 0 else -1.0) * 1.3,
            rng,
        )
        boughs += tapered(bough, widths(tall * 0.022, len(bough), 0.3))
        for px, py in bough[1:]:
            for _ in range(2):
                length = tall * rng.uniform(0.22, 0.5)
                sway = way * length * rng.uniform(-0.04, 0.12)
                sx = px + rng.uniform(-0.02, 0.02) * tall
                hang += bow((sx, py), (sway * 0.2, length * 0.5), (sway, length))
                for k in range(4, 13):
                    t = k / 12
                    lx, ly = sx + sway * t * t, py + length * t
                    side = 1 if k % 2 else -1
                    leaf = tall * 0.030
                    leaves += f"M{lx:.1f} {ly:.1f}l{side * leaf * 0.35:.1f} {leaf:.1f}"
    body += fill(boughs, tone)
    body += line(hang, tone, max(0.8, tall * 0.004), 0.8)
    return body + line(leaves, mix(tone, palette.horizon, 0.12), max(1.0, tall * 0.007), 0.85)


def pine(*, palette: Palette, x: float, y: float, tall: float, seed: int, tone: str) -> str:
    """Gives an old pine: a crooked trunk and flat clouds of needles with a lit upper edge."""
    rng = Random(f"pine {seed}")
    way = rng.choice((-1.0, 1.0))
    trunk = limb((x, y), -math.pi / 2 - way * 0.25, tall * 0.95, way * 0.55, rng)
    body = fill(tapered(trunk, widths(tall * 0.07, len(trunk), 0.25)), tone)
    body += _root(x, y, tall, tall * 0.07, tone)
    limbs, pads = "", [(trunk[-1], tall * 0.20)]
    for index, t in enumerate((2, 3, 4, 5)):
        side = way if index % 2 else -way
        angle = -math.pi / 2 + side * rng.uniform(1.1, 1.4)
        arm = limb(
            trunk[t], angle, tall * rng.uniform(0.22, 0.36) * (1.2 - 0.12 * t), side * 0.35, rng
        )
        limbs += tapered(arm, widths(tall * 0.026, len(arm), 0.35))
        pads += [
            (arm[-1], tall * rng.uniform(0.15, 0.21)),
            (arm[3], tall * rng.uniform(0.10, 0.15)),
        ]
    body += fill(limbs, tone)
    for (px, py), size in pads:
        body += _needles(px, py, size, rng, palette=palette, tone=tone)
    return body


def _needles(x: float, y: float, size: float, rng: Random, *, palette: Palette, tone: str) -> str:
    """Gives one flat cloud of pine needles: fans of strokes above a soft underside."""
    base = ""
    steps = 9
    top: list[Point] = []
    for i in range(steps + 1):
        t = i / steps
        arch = math.sin(t * math.pi) ** 0.7 * size * 0.42
        top.append((x + (t - 0.5) * 2 * size, y - arch * rng.uniform(0.75, 1.1)))
    under = points_text(((x, y + size * 0.16), top[0]))
    base += f"M{points_text(top[:1])}L{points_text(top[1:])}Q{under}Z"
    spikes, lit = "", ""
    for i in range(26):
        t = i / 25
        px = x + (t - 0.5) * 1.9 * size
        py = y - math.sin(t * math.pi) ** 0.7 * size * 0.30
        angle = -math.pi / 2 + (t - 0.5) * 1.5 + rng.uniform(-0.25, 0.25)
        length = size * rng.uniform(0.14, 0.24)
        stroke = f"M{px:.1f} {py:.1f}l{math.cos(angle) * length:.1f} {math.sin(angle) * length:.1f}"
        spikes += stroke
        if i % 2:
            lit += stroke
    width = max(0.8, size * 0.03)
    return (
        fill(base, tone)
        + line(spikes, tone, width)
        + line(lit, mix(tone, palette.rim, 0.4), width * 0.6, 0.5)
    )


def bamboo(
    *,
    palette: Palette,
    x: float,
    y: float,
    tall: float,
    seed: int,
    tone: str,
    stems: int = 5,
    spread: float = 0.22,
) -> str:
    """Gives a stand of bamboo: jointed stems and leaves in hanging threes."""
    rng = Random(f"bamboo {seed}")
    canes, joints, leaves = "", "", ""
    for index in range(stems):
        sx = (
            x
            + (index / max(1, stems - 1) - 0.5) * 2 * spread * tall
            + rng.uniform(-0.03, 0.03) * tall
        )
        height, lean = tall * rng.uniform(0.75, 1.1), rng.uniform(-0.10, 0.10)
        width = tall * rng.uniform(0.014, 0.024)
        knots = 9
        spine = [
            (sx + lean * height * (k / knots) ** 2, y - height * k / knots)
            for k in range(knots + 1)
        ]
        canes += tapered(spine, widths(width, len(spine), 0.35))
        for k in range(1, knots):
            kx, ky = spine[k]
            joints += f"M{kx - width * 0.62:.1f} {ky:.1f}h{width * 1.24:.1f}"
            if k < 4 or rng.random() < 0.25:
                continue
            side = rng.choice((-1, 1))
            reach = tall * rng.uniform(0.05, 0.11)
            tip = (kx + side * reach, ky - reach * 0.35)
            canes += blade((kx, ky), ((kx + tip[0]) / 2, ky - reach * 0.3), tip, width * 0.5)
            for fan in range(4):
                angle = math.pi / 2 - side * (fan * 0.42 - 0.2) - side * 0.3
                length = tall * rng.uniform(0.06, 0.10)
                end = (tip[0] + math.cos(angle) * length, tip[1] + math.sin(angle) * length)
                bend = ((tip[0] + end[0]) / 2, (tip[1] + end[1]) / 2)
                leaves += blade(tip, bend, end, length * 0.17)
    body = fill(canes, tone) + line(
        joints, mix(tone, palette.rim, 0.45), max(0.7, tall * 0.004), 0.7
    )
    return body + fill(leaves, mix(tone, palette.ground, 0.12))


def plum(*, palette: Palette, x: float, y: float, tall: float, seed: int, tone: str) -> str:
    """Gives a plum tree in blossom: an angular trunk, bare branches, five-petalled flowers."""
    rng = Random(f"plum {seed}")
    way = rng.choice((-1.0, 1.0))
    trunk = limb((x, y), -math.pi / 2 + way * 0.35, tall * 0.6, -way * 0.7, rng)
    body = fill(tapered(trunk, widths(tall * 0.075, len(trunk), 0.45)), tone)
    body += _root(x, y, tall, tall * 0.075, tone)
    wood, flowers = "", ""
    for index in range(9):
        start = trunk[2 + index % 5]
        angle = -math.pi / 2 + rng.uniform(-1.15, 1.15)
        branch = limb(start, angle, tall * rng.uniform(0.25, 0.5), rng.uniform(-0.5, 0.5), rng)
        wood += tapered(branch, widths(tall * 0.024, len(branch), 0.2))
        for point in branch[2:]:
            if rng.random() < 0.75:
                flowers += blossom(
                    point[0] + rng.uniform(-1, 1) * tall * 0.015,
                    point[1] + rng.uniform(-1, 1) * tall * 0.015,
                    tall * rng.uniform(0.012, 0.024),
                    rng,
                )
    return body + fill(wood, tone) + fill(flowers, petal_colour(palette), 0.95)


def petal_colour(palette: Palette) -> str:
    """Gives the red of plum blossom in this light."""
    return mix("#e2556b", palette.light, 0.22)


def blossom(x: float, y: float, r: float, rng: Random) -> str:
    """Gives a flower of five round petals."""
    start, path = rng.uniform(0, math.tau), ""
    for petal in range(5):
        angle = start + petal * math.tau / 5
        px, py, pr = x + math.cos(angle) * r, y + math.sin(angle) * r, r * 0.72
        path += (
            f"M{px - pr:.1f} {py:.1f}a{pr:.1f} {pr:.1f} 0 1 0 {2 * pr:.1f} 0"
            f"a{pr:.1f} {pr:.1f} 0 1 0 {-2 * pr:.1f} 0Z"
        )
    return path


def reeds(
    *,
    palette: Palette,
    x: float,
    y: float,
    wide: float,
    tall: float,
    seed: int,
    tone: str,
    count: int = 22,
) -> str:
    """Gives a clump of reeds: blades that bow, and plumes that catch the light."""
    rng = Random(f"reeds {seed}")
    blades, stems, plumes = "", "", ""
    wind = rng.choice((-1.0, 1.0)) * rng.uniform(0.10, 0.22)
    for _ in range(count):
        bx = x + rng.gauss(0.0, 0.45) * wide / 2
        height = tall * rng.uniform(0.35, 1.0) * (1.0 - 0.35 * min(1.0, abs(bx - x) / wide))
        lean = wind + rng.uniform(-0.16, 0.16)
        tip = (bx + lean * height * 1.7, y - height * 0.86)
        blades += blade(
            (bx, y),
            (bx + lean * height * 0.35, y - height * 0.72),
            tip,
            tall * rng.uniform(0.016, 0.032),
        )
    for _ in range(max(2, count // 4)):
        bx = x + rng.gauss(0.0, 0.4) * wide / 2
        height = tall * rng.uniform(0.75, 1.12)
        lean = wind * 0.7 + rng.uniform(-0.07, 0.07)
        top = (bx + lean * height, y - height)
        stems += bow((bx, y), (lean * height * 0.3, -height * 0.6), (lean * height, -height))
        droop = tall * 0.16
        way = 1.0 if wind > 0 else -1.0
        for k in range(9):
            t = k / 8
            sx, sy = top[0] + way * droop * 0.35 * t, top[1] - droop * (0.25 - t * 0.75)
            plume = way * droop
            plumes += bow((sx, sy), (plume * 0.16, droop * 0.02), (plume * 0.26, droop * 0.2))
    body = fill(blades, tone) + line(stems, tone, max(1.0, tall * 0.008))
    return body + line(plumes, mix(tone, palette.rim, 0.35), max(1.0, tall * 0.009), 0.9)
