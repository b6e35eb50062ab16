"""Ranges of hills with mist between them, cliffs, and all the land of a natural place."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import Setting, TimeOfDay, Weather
from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.mists import cloud_bank, mist
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.plain import plain
from nightshoot.tools.image.shadow_play.profiles import Profile, profiles, skyline
from nightshoot.tools.image.shadow_play.rims import lit_edge
from nightshoot.tools.image.shadow_play.shapes import (
    Noise,
    Point,
    canvas,
    fill,
    line,
    linear,
    points_text,
    poly,
)
from nightshoot.tools.image.shadow_play.sky import Disc
from nightshoot.tools.image.shadow_play.svg import Plane

_WOODED = (Setting.RIVER, Setting.MOUNTAIN, Setting.FOREST, Setting.FIELD)
"""Settings whose nearest hills carry trees on their crest."""


def clear_of_hills(*, disc: Disc, staging: Staging, view: View, seed: int) -> Disc:
    """Gives the sun or moon moved to a gap between the hills, where most of it is seen."""
    skylines = profiles(staging, view, seed)
    if not skylines or view.zoom >= 2.0:
        return disc
    scale = view.short * view.zoom

    def crest(x: float) -> float:
        spots = (x - 0.6 * disc.radius, x, x + 0.6 * disc.radius)
        return min(
            view.horizon + sunk - scale * profile((at - view.width / 2) / scale)
            for profile, sunk in skylines
            for at in spots
        )

    margin = disc.radius * 0.8
    choices = [disc.x + sign * step * view.width * 0.06 for step in range(9) for sign in (1, -1)]
    choices = [x for x in choices if margin < x < view.width - margin]
    low = staging.time_of_day in (TimeOfDay.DAWN, TimeOfDay.DUSK)
    part = 0.25 if low else 1.15
    shown = disc.y + part * disc.radius
    best = next((x for x in choices if crest(x) > shown), None)
    if best is None:
        best = max(choices, key=crest)
    y = min(disc.y, max(crest(best) - part * disc.radius, disc.radius * 1.15))
    return replace(disc, x=best, y=y)


def ridges(
    *, staging: Staging, palette: Palette, view: View, seed: int, disc: Disc
) -> tuple[str, ...]:
    """Gives the ranges of hills, farthest first, each standing in its own mist."""
    rng = Random(f"creases {seed}")
    skylines = profiles(staging, view, seed)
    return tuple(
        _ridge(
            f"ridge-{index}",
            profile,
            index / max(1, len(skylines) - 1),
            staging=staging,
            palette=palette,
            view=view,
            disc=disc,
            base=view.horizon + sunk,
            rng=rng,
        )
        for index, (profile, sunk) in enumerate(skylines)
    )


def _ridge(
    name: str,
    profile: Profile,
    nearness: float,
    *,
    staging: Staging,
    palette: Palette,
    view: View,
    disc: Disc,
    base: float,
    rng: Random,
) -> str:
    tone = (
        mix(palette.far, palette.middle, nearness * 2)
        if nearness < 0.5
        else mix(palette.middle, palette.near, (nearness - 0.5) * 1.7)
    )
    mist = mix(tone, mix(palette.horizon, palette.sky_mid, 0.45), 0.72 - 0.45 * nearness)
    crest = skyline(profile, view, base)
    top = min(y for _, y in crest)
    left, _, right, bottom = canvas(view)
    foot = min(bottom, base + 0.04 * view.height)
    body = linear(
        name,
        (0, top),
        (0, base),
        (0.0, tone, 1.0),
        (0.35, mix(tone, mist, 0.30), 1.0),
        (1.0, mist, 1.0),
    )
    outline = poly(crest, close=False)
    body += fill(f"{outline}L{right:.1f} {foot:.1f}L{left:.1f} {foot:.1f}Z", f"url(#{name})")
    body += _creases(crest, base, mix(tone, palette.ink, 0.45), view, rng, nearness=nearness)
    if nearness == 1.0 and staging.setting in _WOODED:
        body += _crest_trees(crest, base, mix(tone, palette.ink, 0.15), view, rng)
    if staging.weather is Weather.SNOW:
        body += _snow_caps(crest, base, palette, rng, amount=0.8 - 0.3 * nearness)
    return body + lit_edge(name, outline, palette, view, disc, strength=0.35 + 0.4 * nearness)


def _creases(
    crest: list[Point], base: float, colour: str, view: View, rng: Random, *, nearness: float
) -> str:
    """Draws the dry brush strokes that run down from the peaks (皴)."""
    path = ""
    for index in range(3, len(crest) - 3, 3):
        x, y = crest[index]
        tall = base - y
        slope = crest[index + 2][1] - crest[index - 2][1]
        if tall < 0.03 * view.short or rng.random() < 0.45:
            continue
        lean = (1.0 if slope > 0 else -1.0) * rng.uniform(0.1, 0.5)
        start = y + tall * rng.uniform(0.04, 0.3)
        length = tall * rng.uniform(0.08, 0.30)
        middle = (x + lean * length * 0.3, start + length * 0.5)
        path += f"M{x:.1f} {start:.1f}Q{points_text((middle, (x + lean * length, start + length)))}"
    return line(path, colour, 2.0 * view.short / 720.0, 0.10 + 0.07 * nearness) if path else ""


def _crest_trees(crest: list[Point], base: float, colour: str, view: View, rng: Random) -> str:
    """Plants small pines along a crest, in clumps."""
    clumps = Noise(f"clumps {rng.random()}")
    unit = view.short / 720.0 * view.zoom
    path = ""
    for x, y in crest:
        thick = clumps.at(x / (95.0 * unit))
        if rng.random() > thick * 1.5 - 0.45 or base - y < 3.0 * unit:
            continue
        at = x + rng.uniform(-3, 3)
        tall = unit * rng.uniform(9, 26) * (0.5 + 0.7 * thick)
        wide = tall * rng.uniform(0.16, 0.24)
        path += (
            f"M{at - wide:.1f} {y + 2 * unit:.1f}L{at - wide * 0.35:.1f} {y - tall * 0.45:.1f}"
            f"L{at - wide * 0.6:.1f} {y - tall * 0.45:.1f}L{at:.1f} {y - tall:.1f}"
            f"L{at + wide * 0.6:.1f} {y - tall * 0.45:.1f}L{at + wide * 0.35:.1f} "
            f"{y - tall * 0.45:.1f}L{at + wide:.1f} {y + 2 * unit:.1f}Z"
        )
    return fill(path, colour) if path else ""


def _snow_caps(
    crest: list[Point], base: float, palette: Palette, rng: Random, *, amount: float
) -> str:
    """Lays snow on the upper slopes, ragged below."""
    upper, lower = [], []
    for index in range(0, len(crest), 2):
        x, y = crest[index]
        depth = (base - y) * rng.uniform(0.16, 0.5)
        upper.append((x, y))
        lower.append((x + 0.02 * (base - y) * rng.uniform(-1, 1), y + depth))
    white = mix(palette.light, "#f2f7fc", 0.6)
    return fill(poly(upper + lower[::-1]), white, 0.75 * amount)


def crag(*, palette: Palette, view: View, seed: int, side: int) -> str:
    """Gives a cliff of layered rock that enters from one side, left (-1) or right (1)."""
    rng = Random(f"crag {seed} {side}")
    _, _, _, bottom = canvas(view)
    edge_x = view.width / 2 + side * view.width * 0.85
    body = ""
    for layer in range(3):
        reach = view.width * (0.44 - 0.10 * layer) * rng.uniform(0.85, 1.1)
        top = view.horizon - view.short * view.zoom * (0.42 - 0.14 * layer) * rng.uniform(0.8, 1.1)
        tone = mix(palette.middle, palette.near, 0.35 + 0.4 * layer)
        points: list[Point] = [(edge_x, bottom), (edge_x, top - 0.05 * view.short)]
        steps = 9
        for i in range(steps + 1):
            t = i / steps
            jag = rng.uniform(-0.018, 0.018) * view.short
            points.append(
                (edge_x - side * (reach * t**0.75 + jag), top + (bottom - top) * t**2.3 + jag)
            )
        name = f"crag-{side}-{layer}"
        body += linear(
            name,
            (0, top),
            (0, view.horizon + 0.2 * view.height),
            (0.0, tone, 1.0),
            (1.0, mix(tone, palette.far, 0.45), 1.0),
        )
        outline = poly(points)
        body += fill(outline, f"url(#{name})")
        body += line(poly(points[1:], close=False), palette.rim, 1.4 * view.short / 720.0, 0.28)
    return body


def land_planes(
    *, staging: Staging, palette: Palette, view: View, seed: int, disc: Disc
) -> tuple[Plane, ...]:
    """Gives the ranges with mist between them and the ground, as few planes as depth allows."""
    if staging.setting is Setting.HEAVEN:
        return _heaven(palette, view, seed)
    bodies = ridges(staging=staging, palette=palette, view=view, seed=seed, disc=disc)
    if not bodies:
        return ()
    half = max(1, len(bodies) // 2)
    planes = [Plane("ridges-far", 0.12, "".join(bodies[:half]))]
    strength = 0.85 if staging.weather is Weather.FOG else 0.42
    thick = (0.20 if staging.weather is Weather.FOG else 0.12) * view.short * view.zoom
    veil = mist(
        palette=palette,
        view=view,
        seed=seed,
        base=view.horizon - 0.35 * thick,
        thick=thick,
        opacity=strength,
    )
    planes.append(Plane("mist-far", 0.2, veil, f"drift {0.008 * view.width:.1f}"))
    near = "".join(bodies[half:])
    if staging.setting is Setting.MOUNTAIN:
        side = Random(f"side {seed}").choice((-1, 1))
        near += crag(palette=palette, view=view, seed=seed, side=side)
    planes.append(Plane("ridges-near", 0.3, near))
    if staging.setting not in (Setting.RIVER, Setting.SEA):
        halves = plain(staging=staging, palette=palette, view=view, seed=seed, disc=disc)
        planes.append(Plane("ground-far", 0.5, halves[0]))
        planes.append(Plane("ground-near", 0.85, halves[1]))
    return tuple(planes)


def _heaven(palette: Palette, view: View, seed: int) -> tuple[Plane, ...]:
    """A sea of clouds in three banks, the nearest under the subject's feet."""
    far = cloud_bank(
        name="bank-0",
        palette=palette,
        view=view,
        seed=seed,
        base=view.horizon,
        size=0.16 * view.short * view.zoom,
        tone=0.35,
    )
    gap = view.floor - view.horizon
    middle = cloud_bank(
        name="bank-1",
        palette=palette,
        view=view,
        seed=seed,
        base=view.horizon + 0.4 * gap,
        size=0.22 * view.short * view.zoom,
        tone=0.65,
    )
    near = cloud_bank(
        name="bank-2",
        palette=palette,
        view=view,
        seed=seed,
        base=view.floor,
        size=0.30 * view.short * view.zoom,
        tone=0.9,
    )
    return (
        Plane("clouds-far", 0.15, far),
        Plane("clouds-middle", 0.4, middle),
        Plane("clouds-near", 0.85, near),
    )
