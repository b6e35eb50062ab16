"""What grows near the lens: a bough from an upper corner, grass along the lower edge."""

from __future__ import annotations

import math
from random import Random

from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import Point, blade, canvas, fill, tapered
from nightshoot.tools.image.shadow_play.trees import blossom, limb, petal_colour, widths


def bough(*, kind: str, palette: Palette, view: View, side: int, seed: int, size: float) -> str:
    """Gives a branch that reaches into the frame from an upper corner, near the lens.

    Args:
        kind: `willow`, `pine`, `bamboo`, `plum` or `leaves`.
        palette: the colours of the shot.
        view: the framing.
        side: the corner, left (-1) or right (1).
        seed: decides the branch's shape.
        size: how far it reaches, as a fraction of the frame's width.
    """
    rng = Random(f"bough {kind} {seed}")
    reach = size * min(view.width, 0.95 * view.height) * 1.25
    start = (
        view.width / 2 + side * (0.5 * view.width + 0.2 * view.short),
        view.height * rng.uniform(-0.06, 0.03),
    )
    angle = math.pi if side > 0 else 0.0
    spine = limb(start, angle - side * 0.28, reach, -side * rng.uniform(0.0, 0.25), rng)
    thick = 0.040 * view.short
    ink = palette.ink
    body = fill(tapered(spine, widths(thick, len(spine), 0.15)), ink)
    twigs, leaves, bloom = "", "", ""
    for index, point in enumerate(spine[1:]):
        for fork in range(2):
            lean = angle + (0.9 if fork else -0.75) * side * rng.uniform(0.5, 1.0)
            twig = limb(point, lean, reach * rng.uniform(0.14, 0.30), rng.uniform(-0.3, 0.3), rng)
            twigs += tapered(twig, widths(thick * 0.26, len(twig), 0.2))
            ends = twig[3::3] if kind == "willow" else twig[2:]
            for px, py in ends:
                grown = _dress(kind, (px, py), view, rng)
                leaves, bloom = leaves + grown[0], bloom + grown[1]
        if kind == "willow" and index > 0:
            leaves += _dress(kind, point, view, rng)[0]
    body += fill(twigs, ink) + (fill(leaves, ink) if leaves else "")
    return body + (fill(bloom, petal_colour(palette), 0.95) if bloom else "")


def _dress(kind: str, at: Point, view: View, rng: Random) -> tuple[str, str]:
    """Gives what grows at one point of a branch near the lens: leaves, and flowers."""
    leaves, bloom = "", ""
    x, y = at
    s = view.short
    if kind == "plum":
        bloom += blossom(
            x + rng.uniform(-6, 6), y + rng.uniform(-6, 6), s * rng.uniform(0.008, 0.015), rng
        )
    elif kind == "pine":
        for k in range(9):
            angle = -math.pi / 2 + (k - 4) * 0.36 + rng.uniform(-0.1, 0.1)
            length = s * rng.uniform(0.045, 0.075)
            end = (x + math.cos(angle) * length, y + math.sin(angle) * length)
            leaves += blade(at, ((x + end[0]) / 2, (y + end[1]) / 2), end, s * 0.005)
    elif kind == "willow":
        length = s * rng.uniform(0.12, 0.34)
        sway = s * rng.uniform(-0.02, 0.05)
        leaves += blade(at, (x, y + length * 0.5), (x + sway, y + length), s * 0.0035)
        for k in range(2, 13):
            t = k / 13
            lx, ly = x + sway * t * t, y + length * t
            way = 1 if k % 2 else -1
            end = (lx + way * s * 0.016, ly + s * 0.042)
            leaves += blade((lx, ly), (lx + way * s * 0.013, ly + s * 0.02), end, s * 0.007)
    else:
        count, wide = (4, 0.15) if kind == "bamboo" else (3, 0.42)
        for k in range(count):
            angle = math.pi / 2 + (k - (count - 1) / 2) * 0.55 + rng.uniform(-0.2, 0.2)
            length = s * (rng.uniform(0.08, 0.13) if kind == "bamboo" else rng.uniform(0.03, 0.055))
            end = (x + math.cos(angle) * length, y + math.sin(angle) * length)
            leaves += blade(at, ((x + end[0]) / 2, (y + end[1]) / 2), end, length * wide)
    return leaves, bloom


def grass(*, palette: Palette, view: View, seed: int, tall: float) -> str:
    """Gives blades of grass along the lower edge, near the lens."""
    rng = Random(f"grass {seed}")
    left, _, right, _ = canvas(view)
    path = ""
    base = view.height * 1.04
    for _ in range(70):
        x = rng.uniform(left, right)
        edge = min(1.0, abs(x - view.width / 2) / (view.width / 2))
        height = tall * rng.uniform(0.3, 1.0) * (0.35 + 0.65 * edge)
        lean = rng.uniform(-0.35, 0.35)
        path += blade(
            (x, base),
            (x, base - height * 0.6),
            (x + lean * height, base - height),
            0.012 * view.short,
        )
    return fill(path, palette.ink)
