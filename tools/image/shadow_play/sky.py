"""The sky: its gradient, the disc of the sun or the moon, stars, clouds, paper fibres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import Mood, Setting, TimeOfDay, Weather
from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import (
    canvas,
    fill,
    line,
    linear,
    points_text,
    poly,
    puff,
    radial,
    rect,
    smooth,
)
from nightshoot.tools.image.shadow_play.svg import Plane, el


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """The sun or the moon."""

    x: float
    y: float
    radius: float
    strength: float
    """How much of it comes through the weather, 0 to 1."""


_THROUGH = {
    Weather.CLOUDY: 0.55,
    Weather.FOG: 0.5,
    Weather.RAIN: 0.0,
    Weather.STORM: 0.0,
    Weather.SNOW: 0.35,
    Weather.WIND: 0.8,
}


def disc_of(*, staging: Staging, view: View, seed: int, side: float = 0.0) -> Disc:
    """Gives the place of the sun or moon; close framings hang it on the `side` (-1 to 1)."""
    rng = Random(f"disc {seed}")
    place = rng.choice((-1.0, 1.0)) * rng.uniform(0.12, 0.27)
    height, size = rng.uniform(0.38, 0.52), rng.uniform(0.105, 0.14)
    sunken = rng.uniform(0.55, 1.5)
    strength = _THROUGH.get(staging.weather, 1.0)
    radius = size * view.short * view.zoom**0.5
    time = staging.time_of_day
    if view.zoom >= 2.0:
        radius = 0.30 * view.short
        x = view.width * 0.5 + side * view.width * 0.24
        return Disc(x=x, y=view.height * 0.29, radius=radius, strength=strength)
    x = view.width * (0.5 + place)
    if time is TimeOfDay.NIGHT:
        y = max(view.horizon * height, radius * 1.35)
    elif time is TimeOfDay.DAY:
        radius *= 0.72
        y = max(view.horizon * height * 0.75, radius * 1.4)
    else:
        radius *= 1.18
        low = max(0.16, 0.30 - 0.06 * sunken) * view.short
        y = view.horizon - low - radius * (sunken - 0.6) * 0.6
    return Disc(x=x, y=y, radius=radius, strength=strength)


_FAIR = (Weather.CLEAR, Weather.CLOUDY, Weather.WIND)


def sky(
    *, staging: Staging, palette: Palette, view: View, seed: int, take: int, disc: Disc
) -> tuple[Plane, ...]:
    """Gives the farthest plane, which fills the canvas, and stars that twinkle before it.

    The clouds belong to the place (`seed`), the paper and the twinkling to the take.
    """
    rng, paper = Random(f"sky {seed}"), Random(f"paper {take}")
    left, top, right, bottom = canvas(view)
    low = min(bottom, max(view.horizon, view.height * 0.4))
    start = top * 0.6
    body = linear(
        "sky-fall",
        (0, start),
        (0, low),
        (0.0, palette.sky_top, 1.0),
        (0.55, palette.sky_mid, 1.0),
        (0.86, mix(palette.sky_mid, palette.horizon, 0.72), 1.0),
        (1.0, palette.horizon, 1.0),
    )
    body += rect(left, top, right - left, bottom - top, "url(#sky-fall)")
    body += _fibres(palette, view, paper)
    night = staging.time_of_day is TimeOfDay.NIGHT or staging.setting is Setting.HEAVEN
    clear = staging.weather in (Weather.CLEAR, Weather.WIND)
    if night and clear:
        body += _stars(palette, view, rng, 130, 0.55)
        if staging.setting is Setting.HEAVEN or staging.mood is Mood.MYSTERIOUS:
            body += _star_river(palette, view, rng)
    body += _halo(palette, disc, staging.time_of_day)
    body += _streaks(staging, palette, view, rng)
    if staging.time_of_day is not TimeOfDay.NIGHT and staging.weather in _FAIR:
        body += _heaps(palette, view, rng)
    body += _face(palette, disc, staging.time_of_day, rng)
    if staging.weather in (Weather.CLOUDY, Weather.STORM, Weather.RAIN):
        body += _overcast(palette, view, rng, dark=staging.weather is not Weather.CLOUDY)
    planes = [Plane("sky", 0.0, body)]
    if night and clear and view.zoom < 2.0:
        twinkle = _stars(palette, view, paper, 26, 1.0)
        planes.append(Plane("stars", 0.02, twinkle, "flicker 0.55 2.7"))
    return tuple(planes)


def _fibres(palette: Palette, view: View, rng: Random) -> str:
    """Draws the fibres of the paper that the shadows fall on."""
    left, top, right, bottom = canvas(view)
    unit = view.short / 720.0
    parts = {palette.light: "", palette.ink: ""}
    for index in range(260):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        angle, length = rng.uniform(0, math.pi), rng.uniform(6, 26) * unit
        dx, dy = math.cos(angle) * length, math.sin(angle) * length
        bend = rng.uniform(-0.22, 0.22)
        middle = (x + dx * 0.5 - dy * bend, y + dy * 0.5 + dx * bend)
        path = f"M{x:.1f} {y:.1f}Q{points_text((middle, (x + dx, y + dy)))}"
        parts[palette.light if index % 2 else palette.ink] += path
    return "".join(line(path, colour, 1.0 * unit, 0.05) for colour, path in parts.items())


def _stars(palette: Palette, view: View, rng: Random, count: int, opacity: float) -> str:
    left, top, right, _ = canvas(view)
    unit = view.short / 720.0
    parts: dict[float, str] = {}
    for _ in range(count):
        x, height = rng.uniform(left, right), rng.random() ** 1.35
        y = top + (view.horizon * 0.9 - top) * height
        r = rng.choice((0.7, 0.9, 1.2, 1.2, 1.8)) * unit
        parts[r] = parts.get(r, "") + f"M{x - r:.1f} {y:.1f}a{r:.2f} {r:.2f} 0 1 0 {2 * r:.2f} 0Z"
        parts[r] += f"M{x + r:.1f} {y:.1f}a{r:.2f} {r:.2f} 0 1 0 {-2 * r:.2f} 0Z"
    return "".join(fill(parts[r], palette.light, opacity * min(1.0, 0.45 + r)) for r in parts)


def _star_river(palette: Palette, view: View, rng: Random) -> str:
    """Draws the Milky Way: puffs of light along a slope, and dust between them."""
    body = puff("star-river", mix(palette.horizon, palette.light, 0.5), 0.16)
    lean = rng.choice((-1.0, 1.0)) * rng.uniform(0.5, 0.8)
    for step in range(13):
        t = step / 12.0 - 0.5
        x = view.width * (0.5 + t * 1.5)
        y = view.horizon * (0.42 + t * lean) + rng.uniform(-0.04, 0.04) * view.short
        wide, high = (rng.uniform(a, b) * view.short for a, b in ((0.22, 0.36), (0.10, 0.17)))
        turn = f"rotate({math.degrees(math.atan(lean * view.horizon / view.width / 1.5)):.1f}"
        body += el(
            "ellipse",
            cx=x,
            cy=y,
            rx=wide,
            ry=high,
            fill="url(#star-river)",
            transform=f"{turn} {x:.1f} {y:.1f})",
        )
    return body


def _halo(palette: Palette, disc: Disc, time: TimeOfDay) -> str:
    if disc.strength <= 0.0:
        return ""
    reach = disc.radius * (2.6 if time is TimeOfDay.NIGHT else 4.4)
    colour = mix(palette.light, palette.horizon, 0.35)
    body = radial(
        "halo",
        (disc.x, disc.y),
        reach,
        (0.0, colour, 0.85 * disc.strength),
        (0.36, colour, 0.52 * disc.strength),
        (0.62, colour, 0.20 * disc.strength),
        (1.0, colour, 0.0),
    )
    return body + el("circle", cx=disc.x, cy=disc.y, r=reach, fill="url(#halo)")


def _face(palette: Palette, disc: Disc, time: TimeOfDay, rng: Random) -> str:
    """Draws the disc; the moon has its soft grey seas, the sun deepens towards the horizon."""
    if disc.strength <= 0.0:
        return ""
    x, y, r = disc.x, disc.y, disc.radius
    if time is TimeOfDay.NIGHT:
        body = el("circle", cx=x, cy=y, r=r, fill=palette.light, fill_opacity=disc.strength)
        body += puff("moon-sea", mix(palette.light, palette.sky_mid, 0.5), 0.15)
        for _ in range(8):
            angle, away = rng.uniform(0, math.tau), r * rng.uniform(0.1, 0.55)
            size = r * rng.uniform(0.22, 0.44)
            cx, cy = x + math.cos(angle) * away, y + math.sin(angle) * away
            body += el(
                "ellipse",
                cx=cx,
                cy=cy,
                rx=size,
                ry=size * rng.uniform(0.6, 0.95),
                fill="url(#moon-sea)",
            )
        return body
    top, low = palette.light, mix(palette.light, palette.glow, 0.55)
    if time is TimeOfDay.DAY:
        low = mix(palette.light, palette.horizon, 0.3)
    body = linear("sun-fall", (0, y - r), (0, y + r), (0.0, top, 1.0), (1.0, low, 1.0))
    return body + el("circle", cx=x, cy=y, r=r, fill="url(#sun-fall)", fill_opacity=disc.strength)


def _streaks(staging: Staging, palette: Palette, view: View, rng: Random) -> str:
    """Draws long brush strokes of cloud that gather towards the horizon."""
    left, top, right, _ = canvas(view)
    count = {Weather.CLEAR: 34, Weather.CLOUDY: 60}.get(staging.weather, 44)
    lit = mix(palette.horizon, palette.light, 0.4)
    dark = mix(palette.sky_top, palette.sky_mid, 0.35)
    body = ""
    for _ in range(count):
        t = rng.random() ** 0.6
        y = top + (view.horizon - top) * t
        wide = rng.uniform(0.14, 0.62) * view.short * (1.25 - 0.4 * t)
        high = wide * rng.uniform(0.012, 0.03)
        x = rng.uniform(left, right)
        colour = lit if rng.random() < 0.35 + 0.5 * t else dark
        body += fill(_brush(x, y, wide, high, rng), colour, rng.uniform(0.05, 0.15))
    return body


def _heaps(palette: Palette, view: View, rng: Random) -> str:
    """Draws heaped clouds with a lit crown that melt away below."""
    body = ""
    for index in range(rng.choice((1, 2, 2, 3))):
        wide = rng.uniform(0.22, 0.42) * view.short * view.zoom**0.5
        x = view.width * rng.uniform(0.0, 1.0)
        y = view.horizon * rng.uniform(0.30, 0.72)
        crown = mix(palette.horizon, palette.light, 0.7)
        name = f"heap-{index}"
        body += linear(
            name,
            (0, y - 0.42 * wide),
            (0, y + 0.02 * wide),
            (0.0, crown, 0.62),
            (0.6, mix(crown, palette.sky_mid, 0.25), 0.30),
            (1.0, palette.sky_mid, 0.0),
        )
        path, t = f"M{x - wide:.1f} {y:.1f}", 0.0
        while t < 1.0:
            step = min(rng.uniform(0.09, 0.22), 1.0 - t)
            t = 1.0 if t + step > 0.95 else t + step
            rise = 0.36 * math.sin(math.pi * t) ** 0.75 * rng.uniform(0.75, 1.1)
            r = step * wide * 1.06
            path += (
                f"A{r:.1f} {r * 0.92:.1f} 0 0 1 {x - wide + 2 * wide * t:.1f} {y - rise * wide:.1f}"
            )
        body += fill(path + "Z", f"url(#{name})")
    return body


def _brush(x: float, y: float, wide: float, high: float, rng: Random) -> str:
    """Gives a horizontal stroke that starts and ends in a point, with an uneven edge."""
    upper, lower = [(x - wide, y)], []
    for step in range(1, 6):
        t = step / 6.0
        swell = math.sin(t * math.pi) ** 0.8 * high
        px = x - wide + 2 * wide * t
        upper.append((px, y - swell * rng.uniform(0.5, 1.2)))
        lower.append((px, y + swell * rng.uniform(0.3, 1.0)))
    upper.append((x + wide, y))
    return smooth(upper + lower[::-1], close=True)


def _overcast(palette: Palette, view: View, rng: Random, *, dark: bool) -> str:
    """Draws heavy cloud: billows hanging from the top, darker the higher."""
    left, top, right, _ = canvas(view)
    body = ""
    for row in range(3):
        base = view.horizon * (0.62 - 0.22 * row)
        deep = mix(palette.sky_mid, palette.sky_top, 0.45 + 0.25 * row)
        colour = mix(deep, palette.ink, 0.16 * row if dark else 0.0)
        edge = [(left, top), (left, base)]
        x = left
        while x < right:
            wide = rng.uniform(0.16, 0.42) * view.short
            drop = wide * rng.uniform(0.12, 0.26)
            edge += [(x + wide * t, base + drop * math.sin(t * math.pi)) for t in (0.2, 0.5, 0.8)]
            edge.append((x + wide, base + rng.uniform(-0.02, 0.03) * view.short))
            x += wide
        edge += [(right, base), (right, top)]
        name = f"billow-{row}"
        body += linear(
            name,
            (0, base - 0.25 * view.short),
            (0, base + 0.1 * view.short),
            (0.0, colour, 0.85),
            (1.0, colour, 0.10 if row < 2 else 0.3),
        )
        body += fill(
            smooth(edge[1:-1]) + f"L{points_text(edge[-1:])}L{points_text(edge[:1])}Z",
            f"url(#{name})",
        )
    return body


def lightning(*, palette: Palette, view: View, seed: int) -> Plane:
    """Gives a forked flash that comes and goes."""
    rng = Random(f"lightning {seed}")
    x, y = view.width * rng.uniform(0.2, 0.8), -0.05 * view.height
    path = [(x, y)]
    forks = ""
    while y < view.horizon * 0.92:
        x += rng.uniform(-0.05, 0.05) * view.short
        y += rng.uniform(0.03, 0.07) * view.short
        path.append((x, y))
        if rng.random() < 0.3:
            fork = [(x, y)]
            lean = rng.choice((-1, 1))
            for _ in range(3):
                fx, fy = fork[-1]
                fork.append(
                    (
                        fx + lean * rng.uniform(0.02, 0.06) * view.short,
                        fy + rng.uniform(0.02, 0.05) * view.short,
                    )
                )
            forks += poly(fork, close=False)
    unit = view.short / 720.0
    bolt = poly(path, close=False)
    body = line(bolt, palette.light, 14 * unit, 0.12) + line(bolt, palette.light, 3.2 * unit)
    return Plane(
        "lightning", 0.05, body + line(forks, palette.light, 1.4 * unit, 0.8), "flicker 0.95 1.9"
    )
