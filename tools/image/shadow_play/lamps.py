"""Lights: lanterns with tassels, their halos, and their long reflections on wet ground."""

from __future__ import annotations

from collections.abc import Iterable

from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.site import (
    Point,
    Site,
    box,
    disc,
    down,
    mix,
    oval,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import number as n

VERMILION = "#c8301c"
"""Lacquer and lantern silk: the one red of the trade, tinted by each palette."""


def silk(palette: Palette, lit: float) -> str:
    """The colour of lantern silk, from dark to glowing."""
    red = mix(VERMILION, palette.glow, 0.22)
    return mix(mix(red, palette.near, 0.45), red, lit)


def lantern(x: float, y: float, size: float, palette: Palette, lit: float, cord: float = 0) -> str:
    """A round red lantern; (x, y) is its middle, `size` its height, `cord` the line above it."""
    red, gold = silk(palette, lit), mix(palette.glow, palette.light, 0.3)
    gold = mix(mix(gold, palette.ink, 0.45), gold, lit)
    rx, ry, cap = size * 0.42, size * 0.36, size * 0.1
    inner = mix(red, palette.light, 0.12 + 0.55 * lit)
    ribs = "".join(
        f"M{n(x)} {n(y - ry)}Q{n(x + u * rx * 2)} {n(y)} {n(x)} {n(y + ry)}"
        for u in (-0.62, -0.25, 0.25, 0.62)
    )
    tassel = "".join(
        f"M{n(x + u * size)} {n(y + ry + cap)}l{n(u * size * 0.3)} {n(size * 0.42)}"
        for u in (-0.07, -0.025, 0.025, 0.07)
    )
    knot = y + ry + cap
    return (
        (
            box(x - size * 0.012, y - ry - cap - cord, size * 0.024, cord, palette.ink)
            if cord
            else ""
        )
        + oval(x, y, rx, ry, red)
        + oval(x, y + ry * 0.06, rx * 0.62, ry * 0.82, inner, opacity=0.55)
        + oval(x, y + ry * 0.1, rx * 0.28, ry * 0.5, mix(inner, palette.light, lit), opacity=0.7)
        + stroke(ribs, mix(red, palette.ink, 0.35), size * 0.018, opacity=0.7)
        + box(x - size * 0.17, y - ry - cap * 0.6, size * 0.34, cap, gold)
        + box(x - size * 0.17, y + ry - cap * 0.4, size * 0.34, cap, gold)
        + stroke(tassel, gold, size * 0.022)
        + disc(x, knot, size * 0.035, red)
    )


def palace_lantern(
    x: float, y: float, size: float, palette: Palette, lit: float, cord: float = 0
) -> str:
    """A six-sided lantern of wood and silk with a small roof; (x, y) is its middle."""
    wood = mix(palette.ink, VERMILION, 0.18)
    gold = mix(palette.ink, mix(palette.glow, palette.light, 0.3), 0.35 + 0.5 * lit)
    w, h = size * 0.3, size * 0.3
    pane = mix(mix(palette.near, palette.glow, 0.3), mix(palette.light, palette.glow, 0.35), lit)

    def at(u: float, v: float) -> str:
        return f"{n(x + u * w)} {n(y + v * h)}"

    body = f"M{at(-0.8, -1)}L{at(0.8, -1)}L{at(1, 0.2)}L{at(0.8, 1)}L{at(-0.8, 1)}L{at(-1, 0.2)}Z"
    cover = (
        f"M{at(-1.5, -1.15)}Q{at(-0.8, -1.05)} {at(-0.35, -1.55)}L{at(0.35, -1.55)}"
        f"Q{at(0.8, -1.05)} {at(1.5, -1.15)}L{at(1.35, -0.95)}L{at(-1.35, -0.95)}Z"
    )
    bars = f"M{at(-0.28, -1)}L{at(-0.36, 0.2)}L{at(-0.28, 1)}M{at(0.28, -1)}L{at(0.36, 0.2)}"
    bars += f"L{at(0.28, 1)}M{at(-1, 0.2)}L{at(1, 0.2)}"
    tassels = "".join(
        f"M{at(u, -1)}L{at(u, 0.1 if abs(u) > 1 else 1)}M{at(u, 1)}L{at(u, 2.2 - abs(u) * 0.5)}"
        for u in (-0.1, 0.1)
    )
    side = "".join(f"M{at(u, -0.95)}L{at(u, 0.5)}" for u in (-1.38, -1.3, 1.3, 1.38))
    return (
        (box(x - size * 0.01, y - 1.5 * h - cord, size * 0.02, cord, palette.ink) if cord else "")
        + path(body, pane)
        + stroke(body + bars, wood, size * 0.026)
        + path(cover, wood)
        + stroke(tassels + side, gold, size * 0.018)
    )


def halos(points: Iterable[tuple[float, float, float]], name: str) -> str:
    """Circles of light: x, y, radius; `name` is a gradient made by `site.halo`."""
    return "".join(disc(x, y, r, use(name)) for x, y, r in points)


def reflections(site: Site, lights: Iterable[tuple[Point, str, float]], name: str) -> str:
    """Long soft streaks below lights on wet ground: where each begins, its colour, its width."""
    parts: list[str] = []
    for index, ((x, y), colour, wish) in enumerate(lights):
        rng = site.rng(name, index)
        gradient = site.id(f"{name}-{index}")
        stops = ((0.0, colour, 0.0), (0.15, colour, 0.42), (1.0, colour, 0.0))
        width = min(wish, site.unit * 0.028)
        length = site.unit * rng.uniform(0.14, 0.36)
        parts.append(down(gradient, stops))
        parts.append(box(x - width / 2, y, width, length, use(gradient), rx=width / 2))
        for _ in range(3):
            dash = width * rng.uniform(1.2, 2.6)
            at = y + length * rng.uniform(0.1, 0.8)
            parts.append(box(x - dash / 2, at, dash, max(1.0, width * 0.12), colour, opacity=0.35))
    return "".join(parts)
