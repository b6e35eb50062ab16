"""A forest from within: rows of trunks, a canopy, rays of light."""

from __future__ import annotations

import math
from random import Random

from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import (
    blade,
    canvas,
    fill,
    linear,
    points_text,
    smooth,
    tapered,
)
from nightshoot.tools.image.shadow_play.trees import limb, widths


def trunks(*, palette: Palette, view: View, seed: int, row: int) -> str:
    """Gives a row of forest trunks with undergrowth and a canopy; row 0 is the farthest of 3."""
    rng = Random(f"trunks {seed} {row}")
    left, top, right, bottom = canvas(view)
    tone = (mix(palette.far, palette.middle, 0.35), palette.middle, palette.near)[row]
    base = view.horizon + (0.01, 0.06, 0.15)[row] * view.height * view.zoom**0.5
    thick = (0.018, 0.035, 0.065)[row] * view.short * view.zoom
    count = (15, 9, 5)[row]
    wood, leaf = "", ""
    for index in range(count):
        u = (index + rng.uniform(0.15, 0.85)) / count - 0.5
        x = view.width / 2 + u * (right - left) * max(1.0, view.zoom * 0.8)
        if row == 2 and abs(x - view.width / 2) < 0.26 * view.width:
            x += math.copysign(0.3 * view.width, x - view.width / 2)
        lean = rng.uniform(-0.05, 0.05) * view.height
        spine = [(x, base + 0.02 * view.height), (x + lean * 0.2, base * 0.6), (x + lean, top - 10)]
        w = thick * rng.uniform(0.7, 1.3)
        wood += tapered(spine, (w * 1.5, w, w * 0.75))
        for _ in range(3):
            t = rng.uniform(0.15, 0.75)
            start = (x + lean * (1 - t), base * t)
            side = rng.choice((-1, 1))
            arm = limb(
                start,
                -math.pi / 2 + side * 0.95,
                view.short * rng.uniform(0.08, 0.22),
                side * 0.3,
                rng,
            )
            wood += tapered(arm, widths(w * 0.32, len(arm), 0.2))
    for _ in range((110, 90, 70)[row]):
        x = rng.uniform(left, right)
        y = view.height * (-0.06 + 0.27 * rng.random() ** (2.4 - 0.4 * row))
        leaf += _clump(x, y, view.short * rng.uniform(0.035, 0.09) * (1.25 - y / view.height), rng)
    for _ in range(30):
        x = rng.uniform(left, right)
        leaf += _clump(x, base + 0.010 * view.height, view.short * rng.uniform(0.02, 0.05), rng)
    leaf += f"M{left:.1f} {top:.1f}H{right:.1f}V{-0.05 * view.height:.1f}H{left:.1f}Z"
    leafy = mix(tone, palette.ground, 0.25)
    lit = mix(tone, mix(palette.ground, palette.horizon, 0.4), (0.35, 0.30, 0.0)[row])
    name = f"forest-floor-{row}"
    floor = linear(
        name,
        (0, base),
        (0, base + (0.08, 0.16, 0.25)[row] * view.height),
        (0.0, lit, 1.0),
        (1.0, mix(tone, palette.ground_near, 0.6), 1.0),
    )
    floor += fill(f"M{left:.1f} {base:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}Z", f"url(#{name})")
    return floor + fill(wood, tone) + fill(leaf, leafy)


def shafts(*, palette: Palette, view: View, x: float, y: float, seed: int) -> str:
    """Gives rays of light that fall from (x, y) between trees, fading towards the ground."""
    rng = Random(f"shafts {seed}")
    body = linear(
        "shafts",
        (x, y),
        (x, view.height * 0.9),
        (0.0, palette.light, 0.34),
        (0.5, palette.light, 0.13),
        (1.0, palette.light, 0.0),
    )
    path, reach = "", view.height * 1.1
    for index in range(7):
        angle = math.pi / 2 + (index - 3) * 0.20 + rng.uniform(-0.05, 0.05)
        half = rng.uniform(0.015, 0.045)
        ends = [
            (x + math.cos(a) * reach, y + math.sin(a) * reach) for a in (angle - half, angle + half)
        ]
        path += f"M{x:.1f} {y:.1f}L{points_text(ends)}Z"
    return body + fill(path, "url(#shafts)")


def _clump(x: float, y: float, size: float, rng: Random) -> str:
    """Gives a clump of leaves: a soft blob and single leaves that stand out of it."""
    points = []
    for k in range(9):
        angle = k * math.tau / 9
        r = size * rng.uniform(0.6, 1.1)
        points.append((x + math.cos(angle) * r * 1.4, y + math.sin(angle) * r * 0.75))
    path = smooth(points, close=True)
    for _ in range(5):
        angle = rng.uniform(0, math.tau)
        start = (x + math.cos(angle) * size * 1.1, y + math.sin(angle) * size * 0.6)
        turn = angle + rng.uniform(-0.7, 0.7)
        tip = (start[0] + math.cos(turn) * size * 0.5, start[1] + math.sin(turn) * size * 0.4)
        path += blade(start, ((start[0] + tip[0]) / 2, (start[1] + tip[1]) / 2), tip, size * 0.22)
    return path
