"""Curves, noise and gradients that all scenery is drawn with; lengths are frame pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random

from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.svg import OVERSCAN, el

Point = tuple[float, float]
Stop = tuple[float, str, float]
"""Where a gradient's colour stands (0 to 1), the colour, and its opacity."""

_LATTICE = 256


class Noise:
    """A smooth random curve over the whole number line; the same seed gives the same curve."""

    def __init__(self, seed: int | str) -> None:
        rng = Random(f"noise {seed}")
        self._values = [rng.random() for _ in range(_LATTICE)]

    def at(self, u: float) -> float:
        """Gives the curve's height at `u`, within 0 and 1; it bends about once a unit."""
        base = math.floor(u)
        t = u - base
        ease = t * t * (3.0 - 2.0 * t)
        left = self._values[base % _LATTICE]
        right = self._values[(base + 1) % _LATTICE]
        return left + (right - left) * ease

    def layered(self, u: float, octaves: int = 4, gain: float = 0.5) -> float:
        """Gives a rougher curve, within 0 and 1: each octave is twice as fine and fainter."""
        total, weight, amount = 0.0, 0.0, 1.0
        for octave in range(octaves):
            total += amount * self.at(u * 2**octave + 17.3 * octave)
            weight += amount
            amount *= gain
        return total / weight


def canvas(view: View) -> tuple[float, float, float, float]:
    """Gives left, top, right and bottom of the canvas, which goes beyond the frame."""
    wide, high = view.width * OVERSCAN, view.height * OVERSCAN
    return -wide, -high, view.width + wide, view.height + high


def points_text(points: Iterable[Point]) -> str:
    """Gives points as a path's numbers, to a tenth of a pixel."""
    return " ".join(f"{x:.1f} {y:.1f}" for x, y in points)


def bow(start: Point, bend: Point, end: Point) -> str:
    """Gives the path of one curved stroke; `bend` and `end` are counted from `start`."""
    return f"M{points_text((start,))}q{points_text((bend, end))}"


def dot(x: float, y: float, r: float) -> str:
    """Gives the path of a disc, so that many of one colour make one path."""
    return (
        f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0"
        f"a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0Z"
    )


def poly(points: Sequence[Point], *, close: bool = True) -> str:
    """Gives a path of straight lines through the points."""
    return f"M{points_text(points[:1])}L{points_text(points[1:])}" + ("Z" if close else "")


def smooth(points: Sequence[Point], *, close: bool = False) -> str:
    """Gives a path of soft curves through the points (a Catmull-Rom spline)."""
    count = len(points)
    if count < 3:
        return poly(points, close=close)

    def at(index: int) -> Point:
        if close:
            return points[index % count]
        return points[max(0, min(count - 1, index))]

    parts = [f"M{points_text(points[:1])}"]
    for i in range(count if close else count - 1):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = at(i - 1), at(i), at(i + 1), at(i + 2)
        first = (bx + (cx - ax) / 6.0, by + (cy - ay) / 6.0)
        second = (cx - (dx - bx) / 6.0, cy - (dy - by) / 6.0)
        parts.append(f"C{points_text((first, second, (cx, cy)))}")
    return "".join(parts) + ("Z" if close else "")


def blade(root: Point, bend: Point, tip: Point, width: float) -> str:
    """Gives the path of a leaf or a blade: widest near its root, ending in a point."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    length = math.hypot(dx, dy) or 1.0
    nx, ny = -dy / length * width / 2.0, dx / length * width / 2.0
    left, right = (root[0] - nx, root[1] - ny), (root[0] + nx, root[1] + ny)
    near, far = (bend[0] - nx, bend[1] - ny), (bend[0] + nx, bend[1] + ny)
    return f"M{points_text((left,))}Q{points_text((near, tip))}Q{points_text((far, right))}Z"


def tapered(spine: Sequence[Point], widths: Sequence[float]) -> str:
    """Gives the closed path of a limb: a spine with a width at each of its points."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(spine):
        ax, ay = spine[max(0, i - 1)]
        bx, by = spine[min(len(spine) - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * widths[i] / 2.0, (bx - ax) / length * widths[i] / 2.0
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    back = smooth(right[::-1])
    return smooth(left) + "L" + back[1:] + "Z"


def fill(path: str, colour: str, opacity: float = 1.0) -> str:
    """Gives a filled path; `colour` may be `url(#...)`."""
    if opacity >= 1.0:
        return el("path", d=path, fill=colour)
    return el("path", d=path, fill=colour, fill_opacity=f"{opacity:.3g}")


def line(path: str, colour: str, width: float, opacity: float = 1.0) -> str:
    """Gives a stroked path with round ends."""
    return el(
        "path",
        d=path,
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
        stroke_opacity=f"{opacity:.3g}",
    )


def rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Gives a filled rectangle."""
    return el("rect", x=x, y=y, width=width, height=height, fill=colour)


def _stops(stops: Sequence[Stop]) -> str:
    return "".join(
        el("stop", offset=f"{at:.3g}", stop_color=colour, stop_opacity=f"{opacity:.3g}")
        for at, colour, opacity in stops
    )


def linear(name: str, start: Point, end: Point, *stops: Stop) -> str:
    """Gives a linear gradient in frame pixels; paint with `url(#name)`."""
    return el(
        "linearGradient",
        _stops(stops),
        id=name,
        gradientUnits="userSpaceOnUse",
        x1=start[0],
        y1=start[1],
        x2=end[0],
        y2=end[1],
    )


def radial(name: str, centre: Point, radius: float, *stops: Stop) -> str:
    """Gives a radial gradient in frame pixels; paint with `url(#name)`."""
    return el(
        "radialGradient",
        _stops(stops),
        id=name,
        gradientUnits="userSpaceOnUse",
        cx=centre[0],
        cy=centre[1],
        r=radius,
    )


def puff(name: str, colour: str, opacity: float) -> str:
    """Gives a round gradient that fades to nothing and fits whatever shape it fills."""
    return el(
        "radialGradient",
        _stops(((0.0, colour, opacity), (0.45, colour, opacity * 0.6), (1.0, colour, 0.0))),
        id=name,
    )
