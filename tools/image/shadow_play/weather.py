"""What falls or drifts through the air; every field of it wraps around the canvas both ways."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import Dressing, Mood, Setting, TimeOfDay, Weather
from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.mists import mist
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import bow, canvas, dot, fill, line, puff
from nightshoot.tools.image.shadow_play.sky import lightning
from nightshoot.tools.image.shadow_play.svg import Plane, el

_STRIKES = 0.45
"""How many shots of a storm show lightning."""

_INDOORS = (Setting.ROOM, Setting.PALACE)


def weather_planes(
    *, staging: Staging, palette: Palette, view: View, seed: int
) -> tuple[tuple[Plane, ...], tuple[Plane, ...]]:
    """Gives what the air holds behind the people and before them."""
    if staging.setting in _INDOORS:
        return _mood_planes(staging, palette, view, seed)
    match staging.weather:
        case Weather.RAIN | Weather.STORM:
            return _rain(palette, view, seed, storm=staging.weather is Weather.STORM)
        case Weather.SNOW:
            return _snow(palette, view, seed)
        case Weather.FOG:
            return _fog(palette, view, seed)
        case Weather.WIND:
            return (), _wind(staging, palette, view, seed)
        case _:
            return _mood_planes(staging, palette, view, seed)


def _wrapped(
    view: View, rng: Random, count: int, draw: Callable[[float, float], str], reach: float
) -> str:
    """Strews shapes over the canvas; one that crosses an edge enters at the opposite edge too."""
    left, top, right, bottom = canvas(view)
    wide, high = right - left, bottom - top
    path = ""
    for _ in range(count):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        state = rng.getstate()
        for dx in (-wide, 0.0, wide):
            for dy in (-high, 0.0, high):
                inside = (
                    left - reach < x + dx < right + reach and top - reach < y + dy < bottom + reach
                )
                if inside:
                    rng.setstate(state)
                    path += draw(x + dx, y + dy)
    return path


def _rain(
    palette: Palette, view: View, seed: int, *, storm: bool
) -> tuple[tuple[Plane, ...], tuple[Plane, ...]]:
    rng = Random(f"rain {seed}")
    force = 1.7 if storm else 1.0
    # A flash in every shot would be a signboard: it strikes in about half of them.
    strikes = storm and Random(f"strike {seed}").random() < _STRIKES
    flash = (lightning(palette=palette, view=view, seed=seed),) if strikes else ()
    unit = view.short / 720.0
    lean = rng.choice((-1, 1)) * rng.uniform(0.10, 0.2) * force
    colour = mix(palette.light, palette.horizon, 0.4)

    def field(count: int, low: float, high: float, width: float, opacity: float) -> str:
        def streak(x: float, y: float) -> str:
            length = rng.uniform(low, high) * unit
            return f"M{x:.1f} {y:.1f}l{lean * length:.1f} {length:.1f}"

        path = _wrapped(view, rng, count, streak, high * unit)
        return line(path, colour, width * unit, opacity)

    far = field(int(190 * force), 18, 44, 0.9, 0.26)
    near = field(int(75 * force), 50, 120, 1.7, 0.34)
    fall = view.height * 0.9
    slow, fast = fall * 0.8, fall * 1.3
    return (
        (*flash, Plane("rain-far", 0.7, far, f"scroll {lean * slow:.1f} {slow:.1f}")),
        (Plane("rain-near", 1.25, near, f"scroll {lean * fast:.1f} {fast:.1f}"),),
    )


def _snow(palette: Palette, view: View, seed: int) -> tuple[tuple[Plane, ...], tuple[Plane, ...]]:
    rng = Random(f"snow {seed}")
    unit = view.short / 720.0
    white = mix(palette.light, "#ffffff", 0.6)

    def field(count: int, low: float, high: float, opacity: float) -> str:
        def flake(x: float, y: float) -> str:
            return dot(x, y, rng.uniform(low, high) * unit)

        return fill(_wrapped(view, rng, count, flake, high * unit), white, opacity)

    far = field(240, 1.0, 2.4, 0.7)
    near = field(46, 3.2, 7.5, 0.75)
    wind = rng.choice((-1, 1)) * rng.uniform(0.02, 0.06) * view.width
    return (
        (Plane("snow-far", 0.7, far, f"scroll {wind:.1f} {0.05 * view.height:.1f}"),),
        (Plane("snow-near", 1.3, near, f"scroll {1.7 * wind:.1f} {0.11 * view.height:.1f}"),),
    )


def _fog(palette: Palette, view: View, seed: int) -> tuple[tuple[Plane, ...], tuple[Plane, ...]]:
    behind = mist(
        palette=palette,
        view=view,
        seed=seed + 1,
        base=(view.horizon + min(view.floor, view.height)) / 2,
        thick=0.30 * view.short,
        opacity=0.6,
    )
    before = mist(
        palette=palette,
        view=view,
        seed=seed + 2,
        base=view.height * 0.95,
        thick=0.34 * view.short,
        opacity=0.5,
    )
    return (
        (Plane("fog-far", 0.75, behind, f"drift {0.014 * view.width:.1f}"),),
        (Plane("fog-near", 1.2, before, f"drift {-0.022 * view.width:.1f}"),),
    )


def _wind(staging: Staging, palette: Palette, view: View, seed: int) -> tuple[Plane, ...]:
    """Gives what the wind carries: sand in a desert, leaves elsewhere."""
    rng = Random(f"wind {seed}")
    unit = view.short / 720.0
    way = rng.choice((-1.0, 1.0))
    if staging.setting is Setting.DESERT:

        def grain(x: float, y: float) -> str:
            length = way * rng.uniform(20, 90) * unit
            return f"M{x:.1f} {y:.1f}q{length * 0.5:.1f} {-3 * unit:.1f} {length:.1f} 0"

        body = line(
            _wrapped(view, rng, 130, grain, 95 * unit),
            mix(palette.horizon, palette.light, 0.4),
            1.3 * unit,
            0.4,
        )
        return (Plane("sand", 1.2, body, f"scroll {way * 0.5 * view.width:.1f} 0"),)

    def leaf(x: float, y: float) -> str:
        return _petal(x, y, rng.uniform(6, 14) * unit, rng.uniform(0, 360))

    def gust(x: float, y: float) -> str:
        length, curl = way * rng.uniform(120, 300) * unit, rng.uniform(14, 26) * unit
        return bow((x, y), (length * 0.5, -1.2 * curl), (length, 0)) + (
            f"t{length * 0.35:.1f} {-1.4 * curl:.1f}q{-length * 0.02:.1f} {-0.7 * curl:.1f} "
            f"{-length * 0.09:.1f} {-0.3 * curl:.1f}"
        )

    body = line(_wrapped(view, rng, 20, gust, 420 * unit), palette.light, 2.0 * unit, 0.30)
    brown = mix(palette.ink, palette.glow, 0.3)
    body += fill(_wrapped(view, rng, 64, leaf, 18 * unit), brown, 0.9)
    motion = f"scroll {way * 0.32 * view.width:.1f} {0.06 * view.height:.1f}"
    return (Plane("leaves", 1.2, body, motion),)


def _petal(x: float, y: float, size: float, angle: float) -> str:
    """Gives a curled petal or a leaf at an angle in degrees."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def at(u: float, v: float) -> str:
        return f"{x + (u * c - v * s) * size:.1f} {y + (u * s + v * c) * size:.1f}"

    return f"M{at(-1, 0)}Q{at(-0.2, -0.85)} {at(1, -0.1)}Q{at(0.1, 0.35)} {at(-1, 0)}Z"


def _mood_planes(
    staging: Staging, palette: Palette, view: View, seed: int
) -> tuple[tuple[Plane, ...], tuple[Plane, ...]]:
    """Gives what the mood lets float: petals, sparks, fireflies, dust in a beam."""
    rng = Random(f"motes {seed}")
    unit = view.short / 720.0
    mood, night = staging.mood, staging.time_of_day is TimeOfDay.NIGHT
    dusky = night or staging.time_of_day is TimeOfDay.DUSK
    green = staging.setting in (Setting.FOREST, Setting.FIELD, Setting.COURTYARD, Setting.VILLAGE)
    green = green or (
        mood is Mood.MYSTERIOUS and staging.setting in (Setting.RIVER, Setting.MOUNTAIN)
    )
    inside = staging.setting in _INDOORS
    blossom = Dressing.PLUM in staging.dressing
    if blossom or (mood is Mood.ROMANTIC and not inside):

        def petal(x: float, y: float) -> str:
            return _petal(x, y, rng.uniform(5.0, 10.0) * unit, rng.uniform(0, 360))

        pink = mix("#f2a0ae", palette.light, 0.35)
        body = fill(_wrapped(view, rng, 30, petal, 12 * unit), pink, 0.85)
        motion = f"scroll {0.05 * view.width:.1f} {0.055 * view.height:.1f}"
        return (), (Plane("petals", 1.2, body, motion),)
    if mood is Mood.FURIOUS or (mood in (Mood.HEROIC, Mood.TENSE) and dusky and not inside):
        ember = mix(palette.glow, "#ff7a2e", 0.4)
        return (), (
            Plane(
                "sparks",
                1.2,
                _motes(view, rng, 60, 1.2, 3.2, colour=ember, opacity=0.9),
                f"scroll {0.03 * view.width:.1f} {-0.1 * view.height:.1f}",
            ),
        )
    if green and night and mood in (Mood.MYSTERIOUS, Mood.SERENE, Mood.WARM, Mood.JOYFUL):
        light = _fireflies(view, rng, mix("#e6ff9a", palette.light, 0.3))
        return (Plane("fireflies", 0.9, light, "flicker 0.6 3.1"),), ()
    if inside or mood in (Mood.WARM, Mood.MYSTERIOUS, Mood.JOYFUL):
        return (), (
            Plane(
                "dust",
                1.15,
                _motes(view, rng, 46, 0.9, 2.4, colour=palette.rim, opacity=0.5),
                f"scroll {0.008 * view.width:.1f} {-0.008 * view.height:.1f}",
            ),
        )
    return (), ()


def _motes(
    view: View, rng: Random, count: int, low: float, high: float, *, colour: str, opacity: float
) -> str:
    unit = view.short / 720.0

    def mote(x: float, y: float) -> str:
        return dot(x, y, rng.uniform(low, high) * unit)

    return fill(_wrapped(view, rng, count, mote, high * unit), colour, opacity)


def _fireflies(view: View, rng: Random, colour: str) -> str:
    unit = view.short / 720.0
    body = puff("firefly", colour, 0.75)
    dots = ""
    for _ in range(22):
        x = view.width * rng.uniform(0.0, 1.0)
        y = min(view.height * 0.96, view.horizon + view.height * rng.gauss(0.1, 0.1))
        body += el("circle", cx=x, cy=y, r=rng.uniform(9, 17) * unit, fill="url(#firefly)")
        dots += dot(x, y, 2.0 * unit)
    return body + fill(dots, "#fffff0", 0.95)
