"""Curves and fills that people, mounts and props are drawn with.

Everything is drawn in local units, in which a standing adult is 100 tall, faces right, stands on
y = 0 and rises towards negative y. The caller scales, mirrors and moves the whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.svg import el, number

Point = tuple[float, float]
Warp = Callable[[Point], Point]

_PAIR = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


def points(text: str) -> tuple[Point, ...]:
    """Gives the `x,y` pairs of `text` in order."""
    return tuple((float(x), float(y)) for x, y in _PAIR.findall(text))


def pair(point: Point) -> str:
    """Gives a point as path data."""
    return f"{number(point[0])},{number(point[1])}"


def warped(path: str, change: Warp) -> str:
    """Gives path data (absolute M, L, C, Q and Z in `x,y` pairs) with its points changed."""

    def changed(match: re.Match[str]) -> str:
        return pair(change((float(match[1]), float(match[2]))))

    return _PAIR.sub(changed, path)


def mirrored(path: str) -> str:
    """Gives path data with left and right exchanged."""
    return warped(path, lambda p: (-p[0], p[1]))


def moved(path: str, dx: float, dy: float) -> str:
    """Gives path data moved by an offset."""
    return warped(path, lambda p: (p[0] + dx, p[1] + dy))


def lerp(a: Point, b: Point, t: float) -> Point:
    """Gives the point a share `t` of the way from `a` to `b`."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)


def plus(a: Point, b: Point, share: float = 1.0) -> Point:
    """Gives `a + share * b`."""
    return (a[0] + share * b[0], a[1] + share * b[1])


def unit(a: Point, b: Point) -> Point:
    """Gives the direction from `a` to `b`; downward where they coincide."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    return (dx / length, dy / length) if length > 1e-9 else (0.0, 1.0)


def turned(point: Point, degrees: float, about: Point = (0.0, 0.0)) -> Point:
    """Gives a point turned clockwise on the screen about another."""
    angle = math.radians(degrees)
    x, y = point[0] - about[0], point[1] - about[1]
    cos, sin = math.cos(angle), math.sin(angle)
    return (about[0] + x * cos - y * sin, about[1] + x * sin + y * cos)


def line(*through: Point) -> str:
    """Gives a straight-sided open path."""
    return "M" + " L".join(pair(point) for point in through)


def closed(*through: Point) -> str:
    """Gives a straight-sided closed path."""
    return line(*through) + " Z"


def curve(through: Sequence[Point], *, tension: float = 1.0, start: bool = True) -> str:
    """Gives an open path that passes smoothly through points (Catmull-Rom as Bezier curves).

    With `start` False the leading move is left out, to go on from where a path stands.
    """
    parts = ["M" + pair(through[0])] if start else []
    for i in range(len(through) - 1):
        before, here = through[max(i - 1, 0)], through[i]
        there, after = through[i + 1], through[min(i + 2, len(through) - 1)]
        one = (
            here[0] + tension * (there[0] - before[0]) / 6,
            here[1] + tension * (there[1] - before[1]) / 6,
        )
        two = (
            there[0] - tension * (after[0] - here[0]) / 6,
            there[1] - tension * (after[1] - here[1]) / 6,
        )
        parts.append(f"C{pair(one)} {pair(two)} {pair(there)}")
    return " ".join(parts)


def limb(joints: Sequence[Point], widths: Sequence[float]) -> str:
    """Gives a tapering outline along joints; `widths` are half widths at each joint."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (joint, width) in enumerate(zip(joints, widths, strict=True)):
        ahead = unit(joints[max(i - 1, 0)], joints[min(i + 1, len(joints) - 1)])
        normal = (ahead[1], -ahead[0])
        left.append(plus(joint, normal, width))
        right.append(plus(joint, normal, -width))
    tip = plus(joints[-1], unit(joints[-2], joints[-1]), widths[-1] * 0.7)
    root = plus(joints[0], unit(joints[1], joints[0]), widths[0] * 0.7)
    return (
        curve(left)
        + f" Q{pair(plus(tip, unit(right[-1], left[-1]), widths[-1] * 0.6))} {pair(tip)}"
        + f" Q{pair(plus(tip, unit(left[-1], right[-1]), widths[-1] * 0.6))} {pair(right[-1])} "
        + curve(right[::-1], start=False)
        + f" Q{pair(root)} {pair(left[0])} Z"
    )


def bezier(controls: Sequence[Point], share: float) -> Point:
    """Gives the point a share (0 to 1, by segment) along a chain of cubic Bezier segments."""
    count = (len(controls) - 1) // 3
    where = min(max(share, 0.0), 1.0) * count
    index = min(int(where), count - 1)
    t = where - index
    a, b, c, d = controls[3 * index : 3 * index + 4]
    ab, bc, cd = lerp(a, b, t), lerp(b, c, t), lerp(c, d, t)
    return lerp(lerp(ab, bc, t), lerp(bc, cd, t), t)


def oval(x: float, y: float, rx: float, ry: float) -> str:
    """Gives an ellipse as path data, so that it can be warped like the rest."""
    k = 0.5523
    return (
        f"M{pair((x + rx, y))} C{pair((x + rx, y + k * ry))} "
        f"{pair((x + k * rx, y + ry))} {pair((x, y + ry))}"
        f" C{pair((x - k * rx, y + ry))} {pair((x - rx, y + k * ry))} {pair((x - rx, y))}"
        f" C{pair((x - rx, y - k * ry))} {pair((x - k * rx, y - ry))} {pair((x, y - ry))}"
        f" C{pair((x + k * rx, y - ry))} {pair((x + rx, y - k * ry))} {pair((x + rx, y))} Z"
    )


def mixed(a: str, b: str, share: float) -> str:
    """Gives the colour a share of the way from `a` to `b`, both `#rrggbb`."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def group(body: str, transform: str) -> str:
    """Gives drawings under a transform."""
    return el("g", body, transform=transform) if body else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """The colours of one figure, and how light falls on it."""

    ink: str
    soft: str
    cloth: str
    """The robe: ink with a breath of the accent."""
    lining: str
    """Sleeves, folds and second layers."""
    skin: str
    hair: str
    accent: str
    light: str
    glow: str
    rim: str
    rim_width: float
    """In the units that the brush paints in."""
    pixel: float
    """One frame pixel in the units that the brush paints in: no line is thinner than it."""
    key: str
    """Makes ids of definitions unique to the drawing."""

    def scaled(self, factor: float) -> Brush:
        """Gives the brush for a group that is drawn `factor` times as large."""
        return Brush(
            ink=self.ink,
            soft=self.soft,
            cloth=self.cloth,
            lining=self.lining,
            skin=self.skin,
            hair=self.hair,
            accent=self.accent,
            light=self.light,
            glow=self.glow,
            rim=self.rim,
            rim_width=self.rim_width / factor,
            pixel=self.pixel / factor,
            key=self.key,
        )

    def mass(self, *paths: str, fill: str | None = None, rim: float = 1.0) -> str:
        """Paints outlines as one dark mass with a line of light along its upper front edge.

        The mass is the outline shifted away from the light over the same outline in the rim's
        colour: the line is widest where the edge faces the light and thins out as it turns away.
        """
        together = " ".join(paths)
        away = (
            f"translate({number(-0.8 * self.rim_width * rim)} {number(0.6 * self.rim_width * rim)})"
        )
        lit = el("path", d=together, fill=self.rim) if rim else ""
        return lit + el("path", d=together, fill=fill or self.cloth, transform=away)

    def tone(self, path: str, fill: str | None = None, opacity: float = 1.0) -> str:
        """Paints an inner shape without an edge of light."""
        if opacity >= 1.0:
            return el("path", d=path, fill=fill or self.soft)
        return el("path", d=path, fill=fill or self.soft, fill_opacity=opacity)

    def line(
        self,
        path: str,
        width: float,
        colour: str | None = None,
        *,
        opacity: float = 1.0,
        dash: str = "",
        cap: str = "round",
    ) -> str:
        """Draws a line, at least 0.6 of a pixel wide."""
        more = {"stroke_opacity": number(opacity)} if opacity < 1.0 else {}
        if dash:
            more["stroke_dasharray"] = dash
        return el(
            "path",
            d=path,
            fill="none",
            stroke=colour or self.accent,
            stroke_width=max(width, 0.6 * self.pixel),
            stroke_linecap=cap,
            stroke_linejoin="round",
            **more,
        )

    def halo(self, x: float, y: float, radius: float, colour: str, strength: float) -> str:
        """Paints a soft round light."""
        name = f"h{digest(self.key, x, y, radius, colour)}"
        stops = "".join(
            el("stop", offset=number(at), stop_color=colour, stop_opacity=number(strength * share))
            for at, share in ((0.0, 1.0), (0.25, 0.55), (0.6, 0.14), (1.0, 0.0))
        )
        return el("radialGradient", stops, id=name) + el(
            "circle", cx=x, cy=y, r=radius, fill=f"url(#{name})"
        )


def digest(*parts: object) -> str:
    """Gives a short name that depends on nothing but `parts`."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:10]


def brush_of(palette: Palette, accent: str | None, scale: float, key: Iterable[object]) -> Brush:
    """Gives a figure's brush; `scale` is frame pixels for each unit, no accent is plain ink."""
    tint = accent or palette.ink_soft
    return Brush(
        ink=palette.ink,
        soft=palette.ink_soft,
        cloth=mixed(palette.ink, tint, 0.10),
        lining=mixed(palette.ink_soft, tint, 0.16 if accent else 0.0),
        skin=mixed(mixed(palette.ink, palette.glow, 0.10), palette.light, 0.045),
        hair=palette.ink,
        accent=tint,
        light=palette.light,
        glow=palette.glow,
        rim=palette.rim,
        rim_width=min(max(0.42 * scale, 0.9), 3.0) / scale,
        pixel=1.0 / scale,
        key=digest(*key),
    )
