"""Camera set-ups: the same place, turned, mirrored or seen from a step aside."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import CameraAngle, Setting, ShotSize
from nightshoot.tools.image.shadow_play.framing import CLOSE
from nightshoot.tools.image.shadow_play.svg import Motion, Plane, el

CANT = 7.0
"""Degrees by which a dutch angle tilts. Source: 5 to 15 degrees is common on set; a vertical frame
reads a small angle strongly."""

_Turn = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """Where the camera stood against the place's own framing."""

    zoom: float = 1.0
    aside: float = 0.0
    """How far the place is shifted, as a fraction of the frame's width."""
    above: float = 0.0
    """The same downward, of its height."""
    reverse: bool = False
    """Seen from the other side: left and right are exchanged."""


def set_up_of(plan: ShotPlan, side: float) -> SetUp:
    """Gives how a shot sees its place.

    Who looks left is filmed from the other side than who looks right, as in any dialogue, and no
    two close framings or two pictures of the place without people are cut from quite the same
    ground.

    Args:
        plan: the shot.
        side: where its subject looks, -1 left, 1 right, 0 neither or nobody.
    """
    rng = Random(f"set-up {plan.seed}")
    size, people = plan.camera.size, bool(plan.staging.figures)
    if size in CLOSE and people:
        zoom = rng.uniform(1.04, 1.30)
    elif not people and size not in CLOSE:
        indoors = plan.staging.setting in (Setting.ROOM, Setting.PALACE)
        zoom = rng.uniform(1.0, 1.2 if indoors else 1.5)
    elif size is ShotSize.MS:
        zoom = rng.uniform(1.0, 1.12)
    else:
        return SetUp()
    # Half of what the zoom gives away keeps the frame within the place's own frame.
    room = 0.5 * (zoom - 1.0)
    aside = rng.uniform(-room, room)
    if not people:
        aside = math.copysign(room * rng.uniform(0.5, 1.0), aside)
    return SetUp(
        zoom=zoom,
        aside=aside,
        above=rng.uniform(-0.3, 1.0) * room,
        reverse=size in CLOSE and side < 0,
    )


def seen_from(planes: tuple[Plane, ...], plan: ShotPlan, set_up: SetUp) -> tuple[Plane, ...]:
    """Gives planes as a set-up sees them; the canvas stays covered."""
    if set_up == SetUp():
        return planes
    flip = -1.0 if set_up.reverse else 1.0
    across, down = flip * set_up.zoom, set_up.zoom
    x = plan.width * (0.5 + set_up.aside) - across * plan.width / 2
    y = plan.height * (0.5 + set_up.above) - down * plan.height / 2
    move = f"matrix({across:.4f} 0 0 {down:.4f} {x:.1f} {y:.1f})"

    def turn(px: float, py: float) -> tuple[float, float]:
        return x + across * px, y + down * py

    return tuple(_moved(plane, move, turn) for plane in planes)


def tilted(plan: ShotPlan, planes: tuple[Plane, ...]) -> tuple[Plane, ...]:
    """Tilts the whole painting for a dutch angle, grown so that the canvas stays covered."""
    if plan.camera.angle is not CameraAngle.DUTCH:
        return planes
    way = Random(f"cant {plan.place_seed}").choice((-1.0, 1.0))
    cx, cy = plan.width / 2, plan.height / 2
    aspect = max(plan.width / plan.height, plan.height / plan.width)
    grow = 1.0 + 0.125 * aspect
    angle = way * CANT
    move = (
        f"translate({cx:.1f} {cy:.1f}) rotate({angle:.1f}) scale({grow:.3f}) "
        f"translate({-cx:.1f} {-cy:.1f})"
    )
    cosine, sine = math.cos(math.radians(angle)) * grow, math.sin(math.radians(angle)) * grow

    def turn(px: float, py: float) -> tuple[float, float]:
        x, y = px - cx, py - cy
        return cx + x * cosine - y * sine, cy + x * sine + y * cosine

    return tuple(_moved(plane, move, turn) for plane in planes)


def _moved(plane: Plane, move: str, turn: _Turn) -> Plane:
    """Moves a plane, and with it the point that a swing or a breath goes about."""
    name, *rest = plane.motion.split()
    motion = plane.motion
    if name in (Motion.SWAY, Motion.BREATHE):
        x, y = turn(float(rest[2]), float(rest[3]))
        motion = f"{name} {rest[0]} {rest[1]} {x:.1f} {y:.1f}"
    return replace(plane, body=el("g", plane.body, transform=move), motion=motion)
