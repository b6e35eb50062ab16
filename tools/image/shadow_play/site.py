"""Where a place stands in the frame: its canvas, its perspective and its light.

A place is laid out in three dimensions and projected from one point, so that its floor, its walls
and its people agree. Lengths are heights of a standing adult; `d` is the distance from the lens, 1
at the widest framing's subject. What a place holds depends on its seed alone, never on the view:
closer framings see the same doors and lanterns, only larger.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import Era, Setting, TimeOfDay, Weather
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.svg import OVERSCAN, el, number

PERSON = 0.435
"""The height of an adult at distance 1 where the zoom is 1, as a fraction of the frame's height."""

Point = tuple[float, float]

_LIT = {TimeOfDay.DAWN: 0.55, TimeOfDay.DAY: 0.12, TimeOfDay.DUSK: 0.85, TimeOfDay.NIGHT: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that a place's drawing needs to know."""

    staging: Staging
    palette: Palette
    view: View
    seed: int

    @property
    def left(self) -> float:
        """The left edge of the canvas, a little beyond it."""
        return -OVERSCAN * self.view.width - 4

    @property
    def right(self) -> float:
        """The right edge of the canvas, a little beyond it."""
        return (1 + OVERSCAN) * self.view.width + 4

    @property
    def top(self) -> float:
        """The upper edge of the canvas, a little beyond it."""
        return -OVERSCAN * self.view.height - 4

    @property
    def bottom(self) -> float:
        """The lower edge of the canvas, a little beyond it."""
        return (1 + OVERSCAN) * self.view.height + 4

    @property
    def cx(self) -> float:
        """The x of the vanishing point."""
        return self.view.width / 2

    @property
    def back(self) -> float:
        """How far an extreme wide shot steps back: its people against `PERSON`, at most 1."""
        return min(1.0, self.view.person / (PERSON * self.view.height))

    @property
    def inside(self) -> bool:
        """Whether the place has a ceiling."""
        return self.staging.setting in (Setting.PALACE, Setting.ROOM)

    @property
    def unit(self) -> float:
        """What the frame's height has become on the plane at distance 1, in pixels."""
        # The place steps back with its people, but less than they do: it is far away already.
        return self.view.height * self.view.zoom * math.pow(self.back, 0.3 if self.inside else 0.55)

    @property
    def eye(self) -> float:
        """The height of the lens in adults, as the people's feet and the horizon tell it."""
        seen = (self.view.floor - self.view.horizon) / self.view.person
        return max(0.1, min(0.85 if self.inside else 1.5, seen))

    def person(self, d: float) -> float:
        """The height of an adult at distance `d`, in pixels."""
        return PERSON * self.unit / d

    def pt(self, x: float, h: float, d: float) -> Point:
        """Projects: `x` to the right of the middle, `h` above the ground, `d` from the lens."""
        size = self.person(d)
        return self.cx + x * size, self.view.horizon + (self.eye - h) * size

    def quad(self, *corners: tuple[float, float, float]) -> list[Point]:
        """Projects a polygon."""
        return [self.pt(*corner) for corner in corners]

    def reach(self, d: float) -> float:
        """How far to each side the canvas is seen at distance `d`, in adults."""
        return (self.right - self.cx) / self.person(d) + 0.1

    def rng(self, *names: str | int) -> Random:
        """A source of choices for one part of the place, the same in each framing."""
        return Random("/".join(str(name) for name in (self.seed, *names)))

    def id(self, name: str) -> str:
        """An id for a gradient or a filter that no other painter uses."""
        return f"{self.staging.setting.value}-{name}-{self.seed}"

    @property
    def lit(self) -> float:
        """How bright lamps are against the sky, 0 to 1."""
        bright = _LIT[self.staging.time_of_day]
        dark_sky = self.staging.weather in (Weather.RAIN, Weather.STORM, Weather.FOG, Weather.SNOW)
        return min(1.0, bright + 0.3) if dark_sky else bright

    @property
    def modern(self) -> bool:
        """Whether the story lives today."""
        return self.staging.era is Era.MODERN

    @property
    def wet(self) -> bool:
        """Whether the ground mirrors the lights."""
        return self.staging.weather in (Weather.RAIN, Weather.STORM)

    @property
    def snowy(self) -> bool:
        """Whether roofs and ground are white."""
        return self.staging.weather is Weather.SNOW

    @property
    def lensed(self) -> bool:
        """Whether something may stand near the lens: not where it would cross a face."""
        return self.view.person < 1.6 * self.view.height

    def tone(self, d: float) -> str:
        """The colour of what stands at distance `d`: paler and nearer to the sky with distance."""
        pale = self.palette
        if d <= 4:
            return mix(mix(pale.near, pale.ink, 0.42), pale.near, max(0.0, (d - 1.5) / 2.5))
        if d <= 9:
            return mix(pale.near, pale.middle, (d - 4) / 5)
        return mix(pale.middle, pale.far, min(1.0, (d - 9) / 14))

    def canvas(self, fill: str) -> str:
        """A rectangle over the whole canvas."""
        return box(self.left, self.top, self.right - self.left, self.bottom - self.top, fill)


def channels(colour: str) -> tuple[int, int, int]:
    """Gives red, green and blue of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(a: str, b: str, share: float) -> str:
    """Gives the colour that lies `share` of the way from `a` to `b`."""
    pairs = zip(channels(a), channels(b), strict=True)
    return "#" + "".join(f"{round(p + (q - p) * share):02x}" for p, q in pairs)


def trace(points: Sequence[Point], *, close: bool = True) -> str:
    """Gives path data through the points."""
    body = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{body}{'Z' if close else ''}"


def poly(points: Sequence[Point], fill: str, **more: str | float) -> str:
    """A filled polygon."""
    return el("path", d=trace(points), fill=fill, **more)


def path(data: str, fill: str, **more: str | float) -> str:
    """A filled path."""
    return el("path", d=data, fill=fill, **more) if data else ""


def stroke(data: str, colour: str, width: float, **more: str | float) -> str:
    """A drawn path without a filling."""
    if not data:
        return ""
    return el("path", d=data, fill="none", stroke=colour, stroke_width=width, **more)


def box(x: float, y: float, width: float, height: float, fill: str, **more: str | float) -> str:
    """A filled rectangle; nothing where it has no area."""
    if width <= 0 or height <= 0:
        return ""
    return el("rect", x=x, y=y, width=width, height=height, fill=fill, **more)


def cell(x: float, y: float, width: float, height: float) -> str:
    """Path data of a rectangle, for many of one colour in one path."""
    w = number(width)
    return f"M{number(x)} {number(y)}h{w}v{number(height)}h-{w}z"


def disc(x: float, y: float, r: float, fill: str, **more: str | float) -> str:
    """A filled circle."""
    return el("circle", cx=x, cy=y, r=r, fill=fill, **more)


def oval(x: float, y: float, rx: float, ry: float, fill: str, **more: str | float) -> str:
    """A filled ellipse."""
    return el("ellipse", cx=x, cy=y, rx=rx, ry=ry, fill=fill, **more)


Stop = tuple[float, str, float]
"""Where on the gradient, the colour, the opacity."""


def _stops(stops: Sequence[Stop]) -> str:
    return "".join(
        el("stop", offset=at, stop_color=colour, stop_opacity=opacity)
        for at, colour, opacity in stops
    )


def fall(name: str, stops: Sequence[Stop], top: float, bottom: float) -> str:
    """Defines a gradient that goes down from y `top` to y `bottom`."""
    body = _stops(stops)
    units = "userSpaceOnUse"
    return el(
        "linearGradient", body, id=name, x1=0.0, y1=top, x2=0.0, y2=bottom, gradientUnits=units
    )


def across(name: str, stops: Sequence[Stop]) -> str:
    """Defines a gradient from the left to the right side of whatever it fills."""
    return el("linearGradient", _stops(stops), id=name)


def down(name: str, stops: Sequence[Stop]) -> str:
    """Defines a gradient from the top to the bottom of whatever it fills."""
    return el("linearGradient", _stops(stops), id=name, x1=0.0, y1=0.0, x2=0.0, y2=1.0)


def pool(name: str, stops: Sequence[Stop], x: float, y: float, r: float) -> str:
    """Defines a round gradient about a point of the frame."""
    body = _stops(stops)
    return el("radialGradient", body, id=name, cx=x, cy=y, r=r, gradientUnits="userSpaceOnUse")


def halo(name: str, colour: str, strength: float = 0.7) -> str:
    """Defines the light about a lamp, for circles of any size."""
    stops = ((0.0, colour, strength), (0.35, colour, strength * 0.4), (1.0, colour, 0.0))
    return el("radialGradient", _stops(stops), id=name)


def use(name: str) -> str:
    """Refers to a gradient."""
    return f"url(#{name})"
