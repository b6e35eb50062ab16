"""Keeps the canvas' edge out of the frame, by construction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nightshoot.tools.video.multiplane.camera import Matrix, Pose

CLOSER = 1.35
"""A flat picture is magnified this many times at most, to give a move room. Source: a picture of
the frame's own size is visibly soft from about 1.4 on."""

STEPS = 12
"""Halvings when a reach is searched for: exact to a tenth of a pixel, on the safe side."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in frame pixels; right and bottom are beyond it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four corners, in the order in which they are drawn."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )

    def grown(self, x: float, y: float) -> Rect:
        """Gives the rectangle with `x` more on the left and right, and `y` above and below."""
        return Rect(self.left - x, self.top - y, self.right + x, self.bottom + y)

    def joined(self, other: Rect) -> Rect:
        """Gives the smallest rectangle that holds both."""
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def cut(self, other: Rect) -> Rect:
        """Gives what lies in both; it is empty where its width or height is not positive."""
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def holds(self, other: Rect) -> bool:
        """Says whether `other` lies within, or on the edge to a thousandth of a pixel."""
        slack = 1e-3
        return (
            other.left >= self.left - slack
            and other.top >= self.top - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


def mapped(matrix: Matrix, rect: Rect) -> Rect:
    """Gives the upright rectangle around `rect` as `matrix` maps it."""
    (a, b, x), (c, d, y) = matrix.tolist()
    across = [a * left + b * top + x for left, top in rect.corners]
    down = [c * left + d * top + y for left, top in rect.corners]
    return Rect(min(across), min(down), max(across), max(down))


def inverted(matrix: Matrix) -> Matrix:
    """Gives the map back, from the frame to the canvas."""
    (a, b, x), (c, d, y) = matrix.tolist()
    area = a * d - b * c
    a, b, c, d = d / area, -b / area, -c / area, a / area
    return np.array([[a, b, -a * x - b * y], [c, d, -c * x - d * y]])


@dataclass(frozen=True, slots=True)
class Stand:
    """The stand on which the planes lie: what the camera can see of them."""

    frame: tuple[int, int]
    """Width and height in pixels."""
    canvas: Rect
    focus: tuple[float, float]
    """The point that a push or a zoom goes to."""

    def matrix(self, pose: Pose, depth: float) -> Matrix:
        """Gives where a plane at `depth` comes to lie."""
        return pose.matrix(depth, self.frame, self.focus)

    def seen(self, pose: Pose, depth: float) -> Rect:
        """Gives the part of a plane at `depth` that the frame shows."""
        return mapped(inverted(self.matrix(pose, depth)), Rect(0.0, 0.0, *self.frame))

    def covers(self, track: Iterable[Pose], depths: Sequence[float]) -> bool:
        """Says whether no plane's edge is ever seen."""
        return all(self.canvas.holds(self.seen(pose, depth)) for pose in track for depth in depths)


def contained(track: Sequence[Pose], depths: Sequence[float], stand: Stand) -> tuple[Pose, ...]:
    """Gives the track with its reach cut as far as the canvas needs; most need no cut.

    Args:
        track: the poses of a take.
        depths: the depths of the planes.
        stand: the canvas must hold the frame where the pose is all zero.
    """
    if stand.covers(track, depths):
        return tuple(track)
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if stand.covers([pose.scaled(middle) for pose in track], depths):
            low = middle
        else:
            high = middle
    return tuple(pose.scaled(low) for pose in track)


def closer(track: Sequence[Pose], stand: Stand) -> tuple[Pose, ...]:
    """Gives the track for a picture at depth 1 with no canvas to spare.

    The picture is magnified as little as the move needs, and the move is centred upon it. Where
    `CLOSER` is not enough, the reach is cut.
    """

    def at(zoom: float, factor: float) -> tuple[Pose, ...]:
        moved = _centred([pose.scaled(factor) for pose in track])
        return tuple(replace(pose, zoom=pose.zoom + zoom) for pose in moved)

    def searched(good: float, bad: float, make: str) -> float:
        for _ in range(STEPS):
            middle = (good + bad) / 2
            tried = at(middle, 1.0) if make == "zoom" else at(limit, middle)
            good, bad = (middle, bad) if stand.covers(tried, (1.0,)) else (good, middle)
        return good

    limit = math.log(CLOSER)
    if stand.covers(track, (1.0,)):
        return tuple(track)
    if stand.covers(at(limit, 1.0), (1.0,)):
        return at(searched(limit, 0.0, "zoom"), 1.0)
    return at(limit, searched(0.0, 1.0, "factor"))


def _centred(track: Sequence[Pose]) -> list[Pose]:
    def middle(values: list[float]) -> float:
        return (min(values) + max(values)) / 2

    x = middle([pose.pan_x + pose.truck_x for pose in track])
    y = middle([pose.pan_y + pose.truck_y for pose in track])
    return [replace(pose, pan_x=pose.pan_x - x, pan_y=pose.pan_y - y) for pose in track]
