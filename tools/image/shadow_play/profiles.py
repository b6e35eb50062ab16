"""Skylines: the shapes of mountain ranges, karst towers, dunes and mesas."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import Setting
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.shapes import Noise, Point, canvas

Profile = Callable[[float], float]
"""A skyline: its height at a place, both in units of the shorter side at zoom 1."""


def _range(noise: Noise, high: float) -> Profile:
    """A mountain range with sharp crests."""

    def height(u: float) -> float:
        total, amount, gain = 0.0, 1.0, 0.0
        for octave in range(5):
            value = noise.at(u * 1.5 * 2**octave + 31.0 * octave)
            total += amount * (1.0 - abs(2.0 * value - 1.0))
            gain += amount
            amount *= 0.46
        return high * math.pow(total / gain, 1.6) * 1.25

    return height


def _hills(noise: Noise, high: float) -> Profile:
    """Soft hills."""
    return lambda u: high * noise.layered(u * 1.3, 4, 0.36)


def _karst(noise: Noise, high: float) -> Profile:
    """Steep rounded towers, as along the Li River."""

    def height(u: float) -> float:
        best = 0.10 * noise.layered(u * 2.0)
        cell = math.floor(u * 2.6)
        for index in (cell - 1, cell, cell + 1):
            middle = (index + 0.25 + 0.5 * noise.at(index * 7.1)) / 2.6
            tall, wide = noise.at(index * 3.7 + 0.5), 0.09 + 0.10 * noise.at(index * 5.3)
            lean = 0.35 * (noise.at(index * 9.1) - 0.5)
            away = abs((u - middle) / wide + lean * (1.0 - abs(u - middle) / wide))
            if away < 1.0:
                best = max(best, (0.25 + 1.1 * tall**1.4) * (1.0 - away**2.1) ** 0.62)
        return high * (best * (0.90 + 0.2 * noise.layered(u * 9.0)) + 0.05 * noise.at(u * 21.0))

    return height


def dunes(noise: Noise, high: float) -> Profile:
    """Dunes: a long windward slope and a short lee."""

    def height(u: float) -> float:
        v = u * 1.1 + 0.35 * noise.at(u * 0.7)
        base, t = math.floor(v), v - math.floor(v)
        crest, nxt = 0.35 + 0.65 * noise.at(base * 1.7), 0.35 + 0.65 * noise.at((base + 1) * 1.7)
        shape = math.pow(t / 0.72, 1.5) if t < 0.72 else math.pow((1.0 - t) / 0.28, 0.8)
        blend = crest if t < 0.86 else crest + (nxt - crest) * (t - 0.86) / 0.14
        return high * (0.12 + 0.88 * shape * blend)

    return height


def _mesas(noise: Noise, high: float) -> Profile:
    """Flat-topped rocks that the wind has left standing."""

    def height(u: float) -> float:
        value = noise.layered(u * 1.9, 2)
        cliff = min(1.0, max(0.0, (value - 0.46) * 9.0))
        talus = 0.16 * min(1.0, max(0.0, (value - 0.30) * 4.0))
        steps = 0.55 + 0.45 * round(noise.at(u * 0.8 + 5.0) * 3) / 3
        return high * (0.08 + talus + 0.85 * cliff * steps + 0.03 * noise.at(u * 24.0))

    return height


_SHAPES: dict[Setting, tuple[tuple[Callable[[Noise, float], Profile], ...], tuple[float, ...]]] = {
    Setting.RIVER: ((_range, _karst, _range), (0.27, 0.20, 0.10)),
    Setting.SEA: ((_hills, _range), (0.16, 0.08)),
    Setting.MOUNTAIN: ((_range, _karst), (0.66, 0.50, 0.34, 0.18)),
    Setting.FOREST: ((_hills, _range), (0.34, 0.22)),
    Setting.DESERT: ((dunes, _mesas), (0.26, 0.17)),
    Setting.FIELD: ((_hills, _range), (0.26, 0.15, 0.08)),
}
"""Which shapes a setting's skyline may take, and how high its ranges are, farthest first."""


def profiles(staging: Staging, view: View, seed: int) -> tuple[tuple[Profile, float], ...]:
    """Gives the skylines of a place, farthest first, and how far each stands below the horizon."""
    if staging.setting not in _SHAPES:
        return ()
    kinds, heights = _SHAPES[staging.setting]
    rng = Random(f"ridges {seed}")
    kind = rng.choice(kinds)
    tall = max(1.0, view.height / view.width) ** 0.55
    if view.zoom >= 2.0:  # behind a face the hills lie low, so that the light is seen
        tall = min(tall, 0.30 * view.height / (view.short * view.zoom * heights[0]))
    found = []
    for index, high in enumerate(heights):
        noise = Noise(f"{seed} ridge {index}")
        shape = kind if kind is not _karst or index < len(heights) - 1 else _hills
        sunk = 0.012 * index * view.short
        found.append((shape(noise, high * tall * rng.uniform(0.85, 1.2)), sunk))
    return tuple(found)


def skyline(profile: Profile, view: View, base: float, step: float = 5.0) -> list[Point]:
    """Gives the points of a skyline over the whole canvas, standing on the line `base`."""
    left, _, right, _ = canvas(view)
    scale = view.short * view.zoom
    count = int((right - left) / (step * view.short / 720.0))
    xs = (left + (right - left) * i / count for i in range(count + 1))
    return [(x, base - scale * profile((x - view.width / 2) / scale)) for x in xs]
