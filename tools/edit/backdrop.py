"""The stage of the cards: a backlit disc over ridges or roofs, mist, and grass near the lens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from nightshoot.domain.vocabulary import Era
from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.svg import OVERSCAN, Plane, el, number

_STEP = 0.02
"""How finely outlines are sampled, as a fraction of the frame's shorter side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The geometry of a card. All lengths are frame pixels."""

    width: int
    height: int
    x: float
    y: float
    """The centre of the disc."""
    radius: float
    skyline: float
    """Where the land begins, as a fraction of the height."""

    @property
    def short(self) -> int:
        """The shorter side."""
        return min(self.width, self.height)

    @property
    def rise(self) -> float:
        """How far the land may rise, in pixels, and hide no more than the foot of the disc."""
        free = self.skyline * self.height - self.y - 0.84 * self.radius
        return max(0.04 * self.short, free)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the canvas, overscan included."""
        across, down = OVERSCAN * self.width, OVERSCAN * self.height
        return -across, -down, self.width + across, self.height + down


def backdrop_defs(stage: Stage, palette: Palette) -> str:
    """Gives the gradients and filters that the planes of the backdrop use."""
    sky = [(0.0, palette.sky_top), (0.45, palette.sky_mid), (0.72, palette.horizon)]
    sky.append((1.0, mix(palette.horizon, palette.far, 0.6)))
    halo = [(0.0, 0.75), (0.42, 0.42), (0.7, 0.14), (1.0, 0.0)]
    mist = [(0.0, 0.6), (0.5, 0.28), (1.0, 0.0)]
    bright = mix(palette.light, "#ffffff", 0.25)
    edge = mix(palette.light, palette.glow, 0.28)
    return "".join(
        [
            _gradient("card-sky", [(at, colour, 1.0) for at, colour in sky]),
            _radial("card-mist", [(at, palette.horizon, a) for at, a in mist]),
            _gradient("card-veil", [(0.0, palette.ink, 0.0), (0.14, palette.ink, 0.84)]),
            _radial("card-halo", [(at, palette.light, a) for at, a in halo]),
            _radial(
                "card-disc",
                [
                    (0.0, bright, 1.0),
                    (0.8, palette.light, 1.0),
                    (1.0, edge, 1.0),
                ],
            ),
            el(
                "filter",
                el("feGaussianBlur", stdDeviation=stage.short * 0.02),
                id="card-soft",
                x="-50%",
                y="-50%",
                width="200%",
                height="200%",
            ),
        ]
    )


def backdrop_planes(
    stage: Stage, palette: Palette, *, era: Era, seed: int
) -> tuple[list[Plane], list[Plane]]:
    """Gives the planes behind the lettering and those before it."""
    rng = Random(f"card {seed}")
    left, top, right, bottom = stage.box
    sky = el("rect", x=left, y=top, width=right - left, height=bottom - top, fill="url(#card-sky)")
    behind = [
        Plane("sky", 0.0, sky),
        Plane("halo", 0.35, _halo(stage), "flicker 0.05 6"),
        Plane("disc", 0.5, _disc(stage, palette, rng)),
    ]
    land = _roofs if era is Era.MODERN else _ridge
    for index, depth in enumerate((0.45, 0.65, 0.9)):
        base = stage.height * (stage.skyline + 0.075 * index)
        behind.append(
            Plane(f"land-{index}", depth, land(stage, palette, rng, base=base, index=index))
        )
        if index < 2:
            drift = stage.width * (0.012 + 0.008 * index)
            behind.append(
                Plane(
                    f"mist-{index}", depth + 0.1, _mist(stage, base, rng), f"drift {number(drift)}"
                )
            )
    sway = f"sway 1.2 5 {number(stage.width / 2)} {number(stage.height * 1.1)}"
    if era is Era.MODERN:
        return behind, [Plane("railing", 1.4, _railing(stage, palette))]
    return behind, [Plane("grass", 1.5, _grass(stage, palette, rng), sway)]


def _stops(stops: list[tuple[float, str, float]]) -> str:
    return "".join(
        el("stop", offset=at, stop_color=colour, stop_opacity=alpha) for at, colour, alpha in stops
    )


def _gradient(name: str, stops: list[tuple[float, str, float]]) -> str:
    return el("linearGradient", _stops(stops), id=name, x1="0", y1="0", x2="0", y2="1")


def _radial(name: str, stops: list[tuple[float, str, float]]) -> str:
    return el("radialGradient", _stops(stops), id=name)


def _halo(stage: Stage) -> str:
    return el("circle", cx=stage.x, cy=stage.y, r=stage.radius * 2.1, fill="url(#card-halo)")


def _disc(stage: Stage, palette: Palette, rng: Random) -> str:
    """The disc with faint seas, as the moon has and handmade paper too, and two thin rings."""
    parts = [el("circle", cx=stage.x, cy=stage.y, r=stage.radius, fill="url(#card-disc)")]
    tone = mix(palette.light, palette.middle, 0.5)
    for _ in range(9):
        angle, reach = rng.uniform(0, math.tau), stage.radius * math.sqrt(rng.random()) * 0.7
        parts.append(
            el(
                "ellipse",
                cx=stage.x + reach * math.cos(angle),
                cy=stage.y + reach * math.sin(angle),
                rx=stage.radius * rng.uniform(0.1, 0.25),
                ry=stage.radius * rng.uniform(0.06, 0.16),
                fill=tone,
                opacity=round(rng.uniform(0.06, 0.13), 3),
                filter="url(#card-soft)",
            )
        )
    for factor, width, opacity in ((1.06, 0.006, 0.75), (1.095, 0.0025, 0.6)):
        parts.append(
            el(
                "circle",
                cx=stage.x,
                cy=stage.y,
                r=stage.radius * factor,
                fill="none",
                stroke=palette.light,
                stroke_width=stage.short * width * 0.6,
                opacity=opacity,
            )
        )
    return "".join(parts)


def _closed(points: list[tuple[float, float]], stage: Stage) -> str:
    left, _, right, bottom = stage.box
    head = "M" + " L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"{head} L{number(right)} {number(bottom)} L{number(left)} {number(bottom)}Z"


def _ridge(stage: Stage, palette: Palette, rng: Random, *, base: float, index: int) -> str:
    """A mountain ridge: a sum of waves whose short ones are weak, with sharpened crests."""
    left, _, right, _ = stage.box
    tone = _land_tone(palette, index)
    waves = [
        (rng.uniform(0.75, 1.25) * 2.0**octave, rng.uniform(0, math.tau), 0.52**octave)
        for octave in range(7)
    ]
    height = min(stage.short * 0.15, stage.rise) * (1 - 0.2 * index)
    step = stage.short * _STEP / 2
    points = []
    for place in range(int((right - left) / step) + 2):
        x = left + place * step
        phase = x / stage.short * 2.4
        swell = sum((1 - abs(math.sin(phase * f + p))) * a for f, p, a in waves)
        points.append((x, base - height * (swell - 0.55)))
    body = el("path", d=_closed(points, stage), fill=tone)
    if index < 2:
        line = "M" + " L".join(f"{number(x)} {number(y)}" for x, y in points)
        width = stage.short * 0.0022
        body += el("path", d=line, fill="none", stroke=palette.rim, stroke_width=width, opacity=0.3)
    return body


def _roofs(stage: Stage, palette: Palette, rng: Random, *, base: float, index: int) -> str:
    """A skyline of towers; the nearer rows have lit windows."""
    left, _, right, bottom = stage.box
    tone = _land_tone(palette, index)
    parts = []
    x = left
    while x < right:
        wide = stage.short * rng.uniform(0.07, 0.15)
        high = min(stage.short * 0.26, stage.rise) * rng.uniform(0.16, 1.0) * (1 - 0.2 * index)
        top = base - high
        parts.append(el("rect", x=x, y=top, width=wide + 1, height=bottom - top, fill=tone))
        if rng.random() < 0.25:
            mast = stage.short * rng.uniform(0.03, 0.07)
            parts.append(el("rect", x=x + wide / 2, y=top - mast, width=2, height=mast, fill=tone))
        parts.append(
            _windows(stage, palette, rng, tower=(x, top, wide), chance=0.16 + 0.05 * index)
        )
        x += wide
    return "".join(parts)


def _land_tone(palette: Palette, index: int) -> str:
    return (palette.far, palette.middle, palette.near)[index]


def _windows(
    stage: Stage,
    palette: Palette,
    rng: Random,
    *,
    tower: tuple[float, float, float],
    chance: float,
) -> str:
    """Lit windows of a tower at (x, top) of a width; `chance` is the share that is lit."""
    x, top, wide = tower
    size = stage.short * 0.009
    places = [
        (x + size * (1 + column * 2.4), top + size * (1.6 + row * 3))
        for row in range(7)
        for column in range(int(wide / (size * 2.4)))
    ]
    lit = [place for place in places if rng.random() < chance]
    return "".join(
        el(
            "rect",
            x=left,
            y=upper,
            width=size,
            height=size * 1.4,
            fill=palette.glow,
            opacity=round(rng.uniform(0.4, 0.9), 2),
        )
        for left, upper in lit
    )


def _mist(stage: Stage, base: float, rng: Random) -> str:
    left, _, right, _ = stage.box
    return "".join(
        el(
            "ellipse",
            cx=rng.uniform(left, right),
            cy=base + stage.height * rng.uniform(0.0, 0.05),
            rx=stage.width * rng.uniform(0.25, 0.5),
            ry=stage.height * rng.uniform(0.02, 0.04),
            fill="url(#card-mist)",
            opacity=round(rng.uniform(0.3, 0.6), 2),
        )
        for _ in range(5)
    )


def _railing(stage: Stage, palette: Palette) -> str:
    """The railing of a roof from which the city is seen."""
    left, _, right, bottom = stage.box
    top = stage.height * (0.93 if stage.height > stage.width else 0.92)
    thick = stage.short * 0.011
    bars = [
        el("rect", x=left, y=top, width=right - left, height=thick, rx=thick / 2),
        el("rect", x=left, y=top + thick * 2.4, width=right - left, height=thick * 0.4),
    ]
    step = stage.short * 0.055
    for place in range(int((right - left) / step)):
        wide = thick * (0.9 if place % 6 == 0 else 0.35)
        x = left + place * step
        bars.append(el("rect", x=x, y=top, width=wide, height=bottom - top))
    return el("g", "".join(bars), fill=palette.ink)


def _grass(stage: Stage, palette: Palette, rng: Random) -> str:
    """Blades at both lower corners, out of the way of the lettering."""
    left, _, right, bottom = stage.box
    blades = []
    for _ in range(46):
        side = rng.choice((-1, 1))
        root = (left if side < 0 else right) - side * stage.width * abs(rng.gauss(0, 0.17))
        root -= side * stage.width * 0.2
        length = stage.height * rng.uniform(0.3, 0.54) * (0.8 if stage.width > stage.height else 1)
        lean = -side * stage.width * rng.uniform(-0.02, 0.16)
        thick = stage.short * rng.uniform(0.003, 0.008)
        tip = (root + lean, bottom - length)
        bend = (root + lean * 0.15, bottom - length * 0.6)
        blades.append(
            f"M{number(root - thick)} {number(bottom)}"
            f"Q{number(bend[0] - thick)} {number(bend[1])} {number(tip[0])} {number(tip[1])}"
            f"Q{number(bend[0] + thick)} {number(bend[1])} {number(root + thick)} {number(bottom)}Z"
        )
    return el("path", d="".join(blades), fill=palette.ink)
