"""What the camera does in a shot: each move of the vocabulary as a pure function of time.

A move gives one `Pose` a frame. A pose says how far the camera has gone in each of its freedoms;
`Pose.matrix` says where that puts a plane of the picture. The keyframe is the first frame of every
move but two: pull out and zoom out begin closer and end on it, so that no move needs more canvas
than there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.storyboard import Camera, Point
from nightshoot.domain.vocabulary import CameraMove, MoveStrength
from nightshoot.errors import InputError

Matrix = NDArray[np.float64]
"""(2, 3): maps points of the canvas to points of the frame, both in frame pixels."""

FLOOR = 0.15
"""How much of a sideways move the farthest plane makes. A true sky would stand still; on a
multiplane stand it moves a little, and a picture that is mostly sky is still seen to move."""

BEYOND = 0.6
"""How much faster than the subject a plane moves for each unit of depth in front of it. Below 1, so
that a plane at depth 2 reaches the canvas' edge only after the subject has gone a sixth of the
frame."""

HELD = 0.05
"""Planes whose depth differs from 1 by no more than this are the subject that a follow holds."""

REFERENCE_S = 4.0
"""The length of the shot for which the reaches below hold."""

LENGTH_RANGE = (0.7, 1.25)
"""A move's reach grows with the square root of the shot's length, within these factors: at equal
strength, a long shot goes farther and a short one faster."""

_Reach = dict[MoveStrength, float]


def _reach(gentle: float, medium: float, strong: float) -> _Reach:
    return {
        MoveStrength.GENTLE: gentle,
        MoveStrength.MEDIUM: medium,
        MoveStrength.STRONG: strong,
    }


# Shares of the frame's width or height at the subject's depth, for a shot of REFERENCE_S. The
# strongest, times 1.25 for length and times the nearest plane's parallax, stays within the canvas;
# the gentlest moves the subject by 18 pixels of 270.
PAN = _reach(0.070, 0.120, 0.190)
TRUCK = _reach(0.065, 0.100, 0.135)
FOLLOW = _reach(0.065, 0.100, 0.135)
ORBIT = _reach(0.070, 0.110, 0.160)
CRANE = _reach(0.065, 0.090, 0.125)

UPWARD = 0.75
"""How much of a sideways walk's reach the camera rises or sinks. A rise uncovers what lies between
a plane's foot and the next plane's top, where paintings have the least to show."""

PUSH = _reach(1.14, 1.24, 1.38)
"""How many times larger the subject gets."""
ZOOM = _reach(1.12, 1.22, 1.38)
ROLL = _reach(2.5, 5.0, 8.0)
"""Degrees."""
SHAKE = _reach(0.008, 0.014, 0.022)
"""The largest shift of the hand-held camera, as a share of the frame's shorter side."""

SHAKE_HZ = (0.35, 2.3)
"""The band of a hand-held camera's sway: breath and steps, not tremor."""
SHAKE_DEGREES = 22.0
"""Degrees of roll for each unit of shift: 0.3 degrees where the shift is 0.014."""
ORBIT_PUSH = 1.05
CRANE_PUSH = 1.04
CRANE_TILT = 0.25
"""How much of a crane's rise its tilt takes back, so that the subject stays in the frame."""

RAMP = 0.18
"""The share of a follow that is spent getting up to speed, and again slowing down."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera is, in each of its freedoms; all zero is the shot's own framing.

    Shifts are shares of the frame's size, of the camera: right and down are positive, and the
    picture goes the other way.
    """

    pan_x: float = 0.0
    pan_y: float = 0.0
    """Turning: planes shift nearly alike."""
    truck_x: float = 0.0
    truck_y: float = 0.0
    """Walking: planes shift by their depth."""
    follow_x: float = 0.0
    """Walking beside the subject, whose plane stays."""
    orbit_x: float = 0.0
    """Walking around the subject: what is behind it goes with the camera, what is before it not."""
    dolly: float = 0.0
    """The share of the way to the subject that is gone; near planes grow faster."""
    zoom: float = 0.0
    """The logarithm of the scale of all planes alike."""
    roll: float = 0.0
    """Radians, clockwise as the picture turns."""

    def scaled(self, factor: float) -> Pose:
        """Gives the pose `factor` of the way from the shot's own framing to this one."""
        return Pose(*(getattr(self, field.name) * factor for field in fields(self)))

    def scale(self, depth: float) -> float:
        """Gives how large a plane at `depth` is, against the shot's own framing."""
        return math.exp(self.zoom) / (1.0 - self.dolly * parallax(depth))

    def shift(self, depth: float) -> tuple[float, float]:
        """Gives how far a plane at `depth` moves right and down, in shares of the frame."""
        near = parallax(depth)
        turn = 0.9 + 0.1 * near
        held = 0.0 if abs(depth - 1.0) <= HELD else near
        x = self.pan_x * turn + self.truck_x * near + self.follow_x * held
        x += self.orbit_x * (near - 1.0)
        return -x, -(self.pan_y * turn + self.truck_y * near)

    def matrix(self, depth: float, frame: tuple[int, int], focus: tuple[float, float]) -> Matrix:
        """Gives where a plane at `depth` comes to lie.

        Args:
            depth: the plane's depth, 0 to 2.
            frame: the frame's width and height in pixels.
            focus: the point that a push or a zoom goes to, in frame pixels.
        """
        width, height = frame
        scale, (x, y) = self.scale(depth), self.shift(depth)
        cos, sin = math.cos(self.roll), math.sin(self.roll)
        # The plane is shifted and scaled about the focus, then turned about the frame's centre.
        middle_x, middle_y = width / 2, height / 2
        far_x = scale * (x * width - focus[0]) + focus[0] - middle_x
        far_y = scale * (y * height - focus[1]) + focus[1] - middle_y
        return np.array(
            [
                [scale * cos, -scale * sin, middle_x + cos * far_x - sin * far_y],
                [scale * sin, scale * cos, middle_y + sin * far_x + cos * far_y],
            ]
        )


def parallax(depth: float) -> float:
    """Gives how much of a sideways move a plane makes: 1 at the subject, more in front of it."""
    return FLOOR + (1 - FLOOR) * depth if depth <= 1 else 1 + BEYOND * (depth - 1)


def ease(share: float) -> float:
    """Gives how much of a move is done after `share` of its time; it starts and ends at rest."""
    return share * share * (3 - 2 * share)


def walk(share: float) -> float:
    """Gives how much of a follow is done: constant speed between two ramps of length `RAMP`."""
    if share > 0.5:
        return 1 - walk(1 - share)
    top = 1 / (1 - RAMP)
    if share < RAMP:
        return top * share * share / (2 * RAMP)
    return top * (share - RAMP / 2)


def poses(
    camera: Camera, *, num_frames: int, fps: Fraction, seed: int, heading: int = 1
) -> tuple[Pose, ...]:
    """Gives the camera's pose at each frame, as the storyboard asks for it.

    Args:
        camera: the move and its strength, or a path that replaces them.
        num_frames: how many frames the take has.
        fps: frames per second.
        seed: decides the sway of a hand-held camera.
        heading: where the subject goes: 1 to the right, -1 to the left.

    Raises:
        InputError: a point of the path has no positive zoom.
    """
    seconds = float(num_frames / fps)
    shares = [index / max(1, num_frames - 1) for index in range(num_frames)]
    if camera.path:
        return tuple(_on_path(camera.path, ease(share)) for share in shares)
    if camera.move is CameraMove.HANDHELD:
        hand = _Hand(seed, SHAKE[camera.strength])
        return tuple(hand.at(float(index / fps)) for index in range(num_frames))
    low, high = LENGTH_RANGE
    length = min(high, max(low, math.sqrt(seconds / REFERENCE_S)))
    end = _END[camera.move](camera.strength, length, heading)
    if camera.move in (CameraMove.PULL_OUT, CameraMove.ZOOM_OUT):
        shares.reverse()
    run = walk if camera.move is CameraMove.FOLLOW else ease
    return tuple(end.scaled(run(share)) for share in shares)


def _dolly(times: float, length: float) -> float:
    """Gives the share of the way at which the subject is `times` as large, for a longer move."""
    return 1 - math.exp(-math.log(times) * length)


def _crane(strength: MoveStrength, length: float, heading: int) -> Pose:
    rise = CRANE[strength] * length
    return Pose(truck_y=-rise, pan_y=rise * CRANE_TILT, dolly=_dolly(CRANE_PUSH, length))


_End = Callable[[MoveStrength, float, int], Pose]

_END: dict[CameraMove, _End] = {
    CameraMove.STATIC: lambda strength, length, heading: Pose(),
    CameraMove.PAN_LEFT: lambda strength, length, heading: Pose(pan_x=-PAN[strength] * length),
    CameraMove.PAN_RIGHT: lambda strength, length, heading: Pose(pan_x=PAN[strength] * length),
    CameraMove.TILT_UP: lambda strength, length, heading: Pose(pan_y=-PAN[strength] * length),
    CameraMove.TILT_DOWN: lambda strength, length, heading: Pose(pan_y=PAN[strength] * length),
    CameraMove.PUSH_IN: lambda strength, length, heading: Pose(
        dolly=_dolly(PUSH[strength], length)
    ),
    CameraMove.PULL_OUT: lambda strength, length, heading: Pose(
        dolly=_dolly(PUSH[strength], length)
    ),
    CameraMove.TRUCK_LEFT: lambda strength, length, heading: Pose(
        truck_x=-TRUCK[strength] * length
    ),
    CameraMove.TRUCK_RIGHT: lambda strength, length, heading: Pose(
        truck_x=TRUCK[strength] * length
    ),
    CameraMove.PEDESTAL_UP: lambda strength, length, heading: Pose(
        truck_y=-UPWARD * TRUCK[strength] * length
    ),
    CameraMove.PEDESTAL_DOWN: lambda strength, length, heading: Pose(
        truck_y=UPWARD * TRUCK[strength] * length
    ),
    CameraMove.FOLLOW: lambda strength, length, heading: Pose(
        follow_x=heading * FOLLOW[strength] * length
    ),
    CameraMove.ORBIT: lambda strength, length, heading: Pose(
        orbit_x=heading * ORBIT[strength] * length, dolly=_dolly(ORBIT_PUSH, length)
    ),
    CameraMove.CRANE: _crane,
    CameraMove.ROLL: lambda strength, length, heading: Pose(
        roll=math.radians(ROLL[strength] * length)
    ),
    CameraMove.ZOOM_IN: lambda strength, length, heading: Pose(
        zoom=math.log(ZOOM[strength]) * length
    ),
    CameraMove.ZOOM_OUT: lambda strength, length, heading: Pose(
        zoom=math.log(ZOOM[strength]) * length
    ),
}


def _on_path(path: tuple[Point, ...], share: float) -> Pose:
    if min(zoom for _, _, zoom in path) <= 0:
        raise InputError("the zoom of a camera path must be above 0; 1.0 is the shot's own framing")
    points = [np.array(point) for point in path]
    while len(points) > 1:
        points = [(1 - share) * a + share * b for a, b in pairwise(points)]
    x, y, zoom = (float(value) for value in points[0])
    return Pose(truck_x=x, truck_y=y, dolly=1 - 1 / zoom)


class _Hand:
    """A hand-held camera: a few slow waves of random phase, at rest in the keyframe's framing."""

    waves = 4

    def __init__(self, seed: int, reach: float) -> None:
        random = Random(f"hand {seed}")
        self.reach = reach
        low, high = SHAKE_HZ
        ratio = (high / low) ** (1 / (self.waves - 1))
        self.axes = [
            [
                (
                    low * ratio**wave * random.uniform(0.85, 1.15),
                    random.uniform(0, math.tau),
                    1 / (1 + wave),
                )
                for wave in range(self.waves)
            ]
            for _ in range(3)
        ]

    def at(self, seconds: float) -> Pose:
        x, y, roll = (self._wave(axis, seconds) for axis in self.axes)
        return Pose(
            pan_x=self.reach * x,
            pan_y=self.reach * y * 0.7,
            roll=math.radians(SHAKE_DEGREES * self.reach * roll),
        )

    def _wave(self, axis: list[tuple[float, float, float]], seconds: float) -> float:
        total = sum(weight for _, _, weight in axis)
        start = sum(weight * math.sin(phase) for _, phase, weight in axis)
        now = sum(weight * math.sin(math.tau * hz * seconds + phase) for hz, phase, weight in axis)
        # The first frame is the keyframe: its own offset is let go within the first second.
        return (now - start * (1 - ease(min(1.0, seconds)))) / total


def flattened(track: Sequence[Pose]) -> tuple[Pose, ...]:
    """Gives the same moves for a picture without depth, where only the whole picture can go."""
    return tuple(
        replace(
            pose, truck_x=pose.truck_x + pose.follow_x - pose.orbit_x, follow_x=0.0, orbit_x=0.0
        )
        for pose in track
    )
