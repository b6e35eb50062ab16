"""The plain: grass, dunes, broken rock or snow from the horizon to the lens, and the bank."""

from __future__ import annotations

from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import Mood, Setting, Weather
from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.profiles import dunes, skyline
from nightshoot.tools.image.shadow_play.rims import lit_edge
from nightshoot.tools.image.shadow_play.shapes import (
    Noise,
    Point,
    bow,
    canvas,
    dot,
    fill,
    line,
    linear,
    points_text,
    poly,
    smooth,
)
from nightshoot.tools.image.shadow_play.sky import Disc


def plain(
    *, staging: Staging, palette: Palette, view: View, seed: int, disc: Disc
) -> tuple[str, str]:
    """Gives the plain from the horizon to beyond the lower edge: its far half and its near half.

    The plain lies in bands, each with an edge of its own: grass, dune crests, broken rock, drifts.
    """
    left, _, right, bottom = canvas(view)
    rng = Random(f"ground {seed}")
    low = min(view.floor, view.height * 1.02)
    rows = (0.0, 0.12, 0.30, 0.56)
    halves = ["", ""]
    for index, share in enumerate(rows):
        y = view.horizon + (low - view.horizon) * share
        name = f"band-{index}"
        top = mix(
            mix(palette.ground, palette.ground_near, share),
            mix(palette.horizon, palette.ground, 0.35),
            0.42 * (1 - share),
        )
        foot = mix(palette.ground, palette.ground_near, 0.25 + 0.75 * share)
        noise = Noise(f"{seed} band {index}")
        crest = _band_edge(staging, view, noise, y, share)
        outline = poly(crest, close=False)
        reach = 0.30 * view.height * (0.35 + share)
        body = linear(
            name, (0, y - 0.02 * view.height), (0, y + reach), (0.0, top, 1.0), (1.0, foot, 1.0)
        )
        body += fill(
            f"{outline}L{right:.1f} {bottom:.1f}L{left:.1f} {bottom:.1f}Z", f"url(#{name})"
        )
        if staging.setting is Setting.DESERT:
            body += _lee(crest, view, share, mix(palette.ground_near, palette.ink, 0.35))
        body += lit_edge(name, outline, palette, view, disc, strength=0.55)
        if staging.setting in _GRASSY and staging.weather is not Weather.SNOW:
            tone = mix(foot, palette.ink, 0.35)
            body += _grass_edge(crest, view, rng, share, tone)
        if index == 0 and staging.setting is Setting.FIELD:
            body += _copse(crest, view, rng, mix(foot, palette.ink, 0.25))
        if index >= 2 and staging.mood in _BLOOMING:
            body += _flowers(staging, palette, view, rng, y=y, share=share)
        if index == 3:
            body += _foreground(staging, palette, view, rng, y)
        halves[index // 3] += body + _pebbles(staging, palette, view, rng, y=y, share=share)
    return halves[0], halves[1]


_BLOOMING = (Mood.JOYFUL, Mood.ROMANTIC, Mood.SERENE, Mood.WARM)
"""Moods in which meadows flower."""


def _copse(crest: list[Point], view: View, rng: Random, tone: str) -> str:
    """Stands round trees on the far edge of a field, some alone and some in a row."""
    scale = view.short * view.zoom
    path = ""
    for _ in range(rng.choice((2, 3, 4))):
        x, _ = crest[rng.randrange(len(crest))]
        for k in range(rng.choice((1, 1, 3, 5))):
            size = scale * rng.uniform(0.018, 0.042)
            at = x + k * scale * rng.uniform(0.035, 0.06)
            foot = _height_at(crest, at)
            wood = size * 0.2
            path += f"M{at - wood / 2:.1f} {foot + 2:.1f}h{wood:.1f}v{-size:.1f}h{-wood:.1f}Z"
            for dx, dy, r in ((0, 1.7, 0.85), (-0.6, 1.2, 0.62), (0.6, 1.25, 0.66)):
                cx, cy, radius = at + dx * size, foot - dy * size, r * size
                path += dot(cx, cy, radius)
    return fill(path, tone)


def _height_at(crest: list[Point], x: float) -> float:
    return min((abs(at - x), y) for at, y in crest)[1]


def _flowers(
    staging: Staging, palette: Palette, view: View, rng: Random, *, y: float, share: float
) -> str:
    """Strews flowers in the grass."""
    if staging.setting is not Setting.FIELD or staging.weather is Weather.SNOW:
        return ""
    left, _, right, _ = canvas(view)
    hues = {Mood.ROMANTIC: "#e88aa0", Mood.SERENE: "#f1ead2", Mood.JOYFUL: "#f2c14a"}
    path = ""
    for _ in range(70):
        r = view.short / 720.0 * (0.8 + 3.4 * share) * rng.uniform(0.6, 1.1)
        x, at = rng.uniform(left, right), y + view.height * rng.uniform(0.0, 0.12 + 0.3 * share)
        path += f"M{x - r:.1f} {at:.1f}a{r:.1f} {r * 0.8:.1f} 0 1 0 {2 * r:.1f} 0"
        path += f"a{r:.1f} {r * 0.8:.1f} 0 1 0 {-2 * r:.1f} 0Z"
    hue = hues.get(staging.mood, "#e9a35c")
    return fill(path, mix(hue, palette.ground, 0.25), 0.85)


_GRASSY = (Setting.FIELD, Setting.MOUNTAIN, Setting.FOREST)


def _band_edge(staging: Staging, view: View, noise: Noise, y: float, share: float) -> list[Point]:
    """Gives the upper edge of one band of the plain."""
    grow = 0.25 + share
    if staging.setting is Setting.DESERT:
        dune = dunes(noise, 0.20 * grow)
        return skyline(lambda u: dune(u / (0.55 + share)) - 0.05 * grow, view, y, 6.0)
    if staging.setting is Setting.MOUNTAIN:
        return skyline(
            lambda u: grow * (0.16 * (noise.layered(u * 2.2, 4, 0.55) - 0.5)), view, y, 6.0
        )
    return skyline(lambda u: grow * 0.10 * (noise.layered(u * 1.4, 3, 0.35) - 0.5), view, y, 8.0)


def _lee(crest: list[Point], view: View, share: float, colour: str) -> str:
    """Lays the shade on the short side of each dune, and ripples on the long one."""
    path, ripples = "", ""
    unit = view.short / 720.0 * (0.5 + 1.5 * share)
    index = 0
    while index < len(crest) - 2:
        x, y = crest[index]
        if crest[index + 1][1] > y + 0.9:
            stop = index + 1
            while stop < len(crest) - 1 and crest[stop + 1][1] > crest[stop][1] + 0.2:
                stop += 1
            ex, ey = crest[stop]
            path += (
                f"M{x:.1f} {y:.1f}L{points_text(crest[index + 1 : stop + 1])}"
                f"Q{(x + ex) / 2 - (ex - x) * 0.5:.1f} {ey + 0.4 * (ey - y):.1f} "
                f"{x - (ex - x) * 0.25:.1f} {ey + 1.5 * (ey - y):.1f}"
                f"Q{x - (ex - x) * 0.2:.1f} {y + 0.55 * (ey - y):.1f} {x:.1f} {y:.1f}Z"
            )
            index = stop
        index += 1
    for index in range(4, len(crest) - 8, 9):
        x, y = crest[index]
        for k in range(1, 4):
            dy = (10 + 15 * k) * unit
            ripples += (
                f"M{x - 20 * unit * k:.1f} {y + dy:.1f}q{22 * unit:.1f} {-6 * unit:.1f} "
                f"{46 * unit:.1f} {2 * unit:.1f}"
            )
    return fill(path, colour, 0.34) + line(ripples, colour, 1.5 * unit, 0.16)


def _grass_edge(crest: list[Point], view: View, rng: Random, share: float, colour: str) -> str:
    """Grows blades along the edge of a band, longer towards the lens."""
    unit = view.short / 720.0
    tall = (5.0 + 34.0 * share) * unit
    path = ""
    for x, y in crest:
        for _ in range(2):
            bx = x + rng.uniform(-4, 4) * unit
            height = tall * rng.uniform(0.4, 1.1)
            lean = height * rng.uniform(-0.35, 0.5)
            path += bow((bx, y + 2), (lean * 0.2, -height * 0.6), (lean, -height))
    return line(path, colour, (1.0 + 1.3 * share) * unit, 0.8)


def _foreground(staging: Staging, palette: Palette, view: View, rng: Random, y: float) -> str:
    """Roughens the near ground: tufts, ripples or trodden snow, larger towards the lens."""
    left, _, right, bottom = canvas(view)
    unit = view.short / 720.0
    dark = mix(palette.ground_near, palette.ink, 0.45)
    tufts, lit = "", ""
    for _ in range(130):
        t = rng.random()
        x, at = rng.uniform(left, right), y + (bottom - y) * (0.06 + 0.94 * t)
        size = (7.0 + 34.0 * t) * unit
        if staging.setting in _GRASSY and staging.weather is not Weather.SNOW:
            for lean in (-0.5, -0.15, 0.12, 0.45):
                tip = size * rng.uniform(0.7, 1.2)
                tufts += bow((x, at), (lean * tip * 0.25, -tip * 0.6), (lean * tip, -tip))
        else:
            stroke = bow((x, at), (size * 1.4, -size * 0.22), (size * 3.1, size * 0.06))
            if rng.random() < 0.5:
                tufts += stroke
            else:
                lit += stroke
    body = line(tufts, dark, 2.0 * unit, 0.50)
    return body + (
        line(lit, mix(palette.ground, palette.horizon, 0.4), 2.0 * unit, 0.22) if lit else ""
    )


def _pebbles(
    staging: Staging, palette: Palette, view: View, rng: Random, *, y: float, share: float
) -> str:
    """Strews stones with a lit upper edge on rocky ground."""
    if staging.setting not in (Setting.MOUNTAIN, Setting.DESERT, Setting.SEA):
        return ""
    left, _, right, _ = canvas(view)
    unit = view.short / 720.0 * (0.35 + 1.6 * share)
    count = 5 if staging.setting is Setting.DESERT else 11
    path = ""
    for _ in range(count):
        x, dy = rng.uniform(left, right), rng.uniform(0.02, 0.11) * view.height * (0.3 + share)
        w, h = rng.uniform(9, 30) * unit, rng.uniform(5, 13) * unit
        path += (
            f"M{x - w:.1f} {y + dy:.1f}L{x - 0.55 * w:.1f} {y + dy - h:.1f}L{x + 0.2 * w:.1f} "
            f"{y + dy - 1.15 * h:.1f}L{x + 0.8 * w:.1f} {y + dy - 0.5 * h:.1f}L{x + w:.1f} "
            f"{y + dy:.1f}Z"
        )
    tone = mix(palette.ground_near, palette.ink, 0.4)
    return fill(path, tone, 0.85) + line(path, palette.rim, 1.1 * view.short / 720.0, 0.16)


def bank(*, palette: Palette, view: View, seed: int) -> str:
    """Gives a shore under the subject's feet, for people at the waterside."""
    left, _, right, bottom = canvas(view)
    noise = Noise(f"{seed} bank")
    rise = 0.05 * view.person
    edge = skyline(
        lambda u: 0.05 * noise.layered(u * 2.2, 3) / view.zoom, view, view.floor + 0.2 * rise, 10.0
    )
    body = linear(
        "bank-fall",
        (0, view.floor - rise),
        (0, view.floor + 0.25 * view.height),
        (0.0, mix(palette.near, palette.ground, 0.4), 1.0),
        (1.0, palette.ink, 1.0),
    )
    outline = smooth(edge)
    body += fill(f"{outline}L{right:.1f} {bottom:.1f}L{left:.1f} {bottom:.1f}Z", "url(#bank-fall)")
    return body + line(outline, palette.rim, 1.6 * view.short / 720.0, 0.4)
