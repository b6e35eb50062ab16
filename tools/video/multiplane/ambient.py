"""What planes do by themselves: mist drifts, boats bob, reeds sway, lanterns flicker.

All motions are functions of the time in seconds, and those with a period repeat exactly. Where in
its period a plane begins follows from its motion and the take's seed: planes with the same motion
(a lantern and its glow, a boat and its reflection) move as one.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightshoot.errors import InputError
from nightshoot.tools.image.shadow_play.svg import Motion
from nightshoot.tools.video.multiplane.camera import Matrix
from nightshoot.tools.video.multiplane.coverage import Rect

BOB_ROLL = 0.12
"""Radians of roll for each unit of (amplitude / half the plane's width): a boat follows a wave that
is several times as long as itself."""
BOB_ROLL_MOST = math.radians(1.0)

ROW_WAVES = ((0.090, 1, 0.6), (0.034, -2, 0.4))
"""A shimmer's waves over the rows: length as a share of the frame's height, turns in a period,
share of the amplitude. Two waves that run against each other keep it from looking like a comb."""
COLUMN_WAVES = ((0.55, 1, 0.75), (0.21, 2, 0.25))
"""A wave's waves over the columns: length as a share of the plane's width, turns, share."""

FLICKER_WAVES = ((1, 0.5), (2, 0.3), (5, 0.2))
"""A flicker's waves: turns in a period, share."""

_ARGUMENTS = {
    Motion.STILL: 0,
    Motion.DRIFT: 1,
    Motion.SCROLL: 2,
    Motion.BOB: 2,
    Motion.SWAY: 4,
    Motion.BREATHE: 4,
    Motion.FLICKER: 2,
    Motion.SHIMMER: 2,
    Motion.WAVE: 2,
    Motion.DART: 2,
}
_PERIODIC = frozenset(
    {Motion.BOB, Motion.SWAY, Motion.BREATHE, Motion.FLICKER, Motion.SHIMMER, Motion.WAVE}
)


@dataclass(frozen=True, slots=True)
class Ripple:
    """Displacement of rows sideways, or of columns up and down: a sum of sines."""

    waves: tuple[tuple[float, float, float], ...]
    """Length in pixels, phase in radians, amplitude in pixels."""

    def at(self, along: NDArray[np.float32]) -> NDArray[np.float32]:
        """Gives the displacement in pixels at each position in pixels."""
        total = np.zeros_like(along)
        for length, phase, amplitude in self.waves:
            total += np.float32(amplitude) * np.sin(along * np.float32(math.tau / length) + phase)
        return total


@dataclass(frozen=True, slots=True)
class Change:
    """What a plane's motion has made of it at one moment."""

    matrix: Matrix
    """(2, 3): where its points have gone on the canvas."""
    light: float = 1.0
    """What is left of its light."""
    rows: Ripple | None = None
    columns: Ripple | None = None


def _shifted(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


def _turned(angle: float, x: float, y: float) -> Matrix:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y]])


@dataclass(frozen=True, slots=True)
class Ambient:
    """A plane's motion: its kind, its arguments, and the words it was read from."""

    kind: Motion
    arguments: tuple[float, ...] = ()

    @property
    def wraps(self) -> tuple[bool, bool]:
        """Whether it goes around the canvas sideways, and up and down."""
        if self.kind is Motion.DRIFT:
            return True, False
        scrolls = self.kind is Motion.SCROLL
        return scrolls, scrolls

    @property
    def still(self) -> bool:
        """Whether it does nothing at all."""
        return self.kind is Motion.STILL or not any(self.arguments[: self._strengths])

    @property
    def _strengths(self) -> int:
        return 2 if self.kind in (Motion.SCROLL, Motion.DART) else 1

    def phase(self, seed: int) -> float:
        """Gives where in its period it begins, in radians; the same for the same seed."""
        words = f"{self.kind.value} {self.arguments} {seed}".encode()
        number = int.from_bytes(hashlib.sha256(words).digest()[:8], "big")
        return math.tau * number / 2**64

    def slid(self, seconds: float) -> tuple[float, float]:
        """Gives how far a motion without a period has gone, in pixels."""
        if self.kind is Motion.DRIFT:
            return self.arguments[0] * seconds, 0.0
        if self.kind in (Motion.SCROLL, Motion.DART):
            return self.arguments[0] * seconds, self.arguments[1] * seconds
        return 0.0, 0.0

    def at(self, seconds: float, *, phase: float, box: Rect, height: float) -> Change:
        """Gives what the motion has made of the plane after `seconds`.

        Drift and scroll are not in the matrix: who draws the plane wraps it by `slid`.

        Args:
            seconds: the time from the take's first frame.
            phase: from `phase`.
            box: what the plane covers, in frame pixels.
            height: the frame's height in pixels.
        """
        if self.kind is Motion.DART:
            return Change(_shifted(*self.slid(seconds)))
        if self.still or self.kind not in _PERIODIC:
            return Change(_shifted(0.0, 0.0))
        amount, period = self.arguments[:2]
        # The remainder keeps a period exact however long the take is.
        turn = math.tau * math.fmod(seconds, period) / period + phase
        return self._periodic(amount, turn, box, height)

    def _periodic(self, amount: float, turn: float, box: Rect, height: float) -> Change:
        swing = math.sin(turn)
        match self.kind:
            case Motion.BOB:
                x, y = (box.left + box.right) / 2, box.bottom
                steep = min(BOB_ROLL_MOST, BOB_ROLL * abs(amount) / max(1.0, box.width / 2))
                roll = _turned(steep * math.cos(turn), x, y)
                roll[1, 2] += amount * swing
                return Change(roll)
            case Motion.SWAY:
                # A gust and its echo: leaves and lanterns do not swing like a metronome.
                gust = 0.8 * swing + 0.2 * math.sin(2 * turn)
                return Change(_turned(math.radians(amount) * gust, *self.arguments[2:]))
            case Motion.BREATHE:
                y = self.arguments[3]
                tall = 1 + amount * (0.5 + 0.5 * swing)
                return Change(np.array([[1.0, 0.0, 0.0], [0.0, tall, y * (1 - tall)]]))
            case Motion.FLICKER:
                wave = sum(share * math.sin(turns * turn) for turns, share in FLICKER_WAVES)
                return Change(_shifted(0.0, 0.0), light=max(0.0, 1 - amount * (0.5 - 0.5 * wave)))
            case Motion.SHIMMER:
                return Change(_shifted(0.0, 0.0), rows=_ripple(ROW_WAVES, amount, turn, height))
            case _:
                return Change(
                    _shifted(0.0, 0.0), columns=_ripple(COLUMN_WAVES, amount, turn, box.width)
                )

    def reach(self, seen: Rect, seconds: float) -> Rect:
        """Gives the part of the plane that may come to lie within `seen` during the take."""
        if self.kind is Motion.DART:
            x, y = self.slid(seconds)
            return seen.joined(Rect(seen.left - x, seen.top - y, seen.right - x, seen.bottom - y))
        return seen.grown(*self._sideways_and_up(seen))

    def _sideways_and_up(self, seen: Rect) -> tuple[float, float]:
        amount = abs(self.arguments[0]) if self.arguments else 0.0
        match self.kind:
            case Motion.BOB:
                side = BOB_ROLL_MOST * max(seen.width, seen.height)
                return side, amount + side
            case Motion.SWAY:
                _, _, x, y = self.arguments
                far = max(math.hypot(x - a, y - b) for a, b in seen.corners)
                move = 2 * abs(math.sin(math.radians(amount) / 2)) * far
                return move, move
            case Motion.BREATHE:
                y = self.arguments[3]
                return 0.0, amount * max(abs(y - seen.top), abs(y - seen.bottom))
            case Motion.SHIMMER:
                return amount, 0.0
            case Motion.WAVE:
                return 0.0, amount
            case _:
                return 0.0, 0.0


def _ripple(
    waves: tuple[tuple[float, int, float], ...], amount: float, turn: float, whole: float
) -> Ripple:
    return Ripple(
        tuple(
            (max(4.0, share * whole), math.fmod(turns * turn, math.tau), part * amount)
            for share, turns, part in waves
        )
    )


def parse_motion(text: str) -> Ambient:
    """Reads a motion such as `bob 4 5`.

    Raises:
        InputError: there is no such motion, or its arguments are not the numbers it needs.
    """
    name, *rest = text.split() or ["still"]
    if name not in {motion.value for motion in Motion}:
        known = ", ".join(motion.value for motion in Motion)
        raise InputError(f"there is no motion {name!r}; there are {known}")
    kind = Motion(name)
    try:
        arguments = tuple(float(part) for part in rest)
    except ValueError:
        arguments = (math.nan,)
    if len(arguments) != _ARGUMENTS[kind] or not all(map(math.isfinite, arguments)):
        raise InputError(f"the motion {text!r} needs {_ARGUMENTS[kind]} numbers after its name")
    if kind in _PERIODIC and arguments[1] <= 0:
        raise InputError(f"the motion {text!r} needs a period above 0")
    return Ambient(kind, arguments)
