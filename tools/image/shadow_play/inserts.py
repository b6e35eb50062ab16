"""Inserts: what a hand holds, in the closest framing, with the hand that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import Gesture, HeldProp, ShotSize
from nightshoot.tools.image.shadow_play.figures import look_of
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.hands import fist, pinch
from nightshoot.tools.image.shadow_play.held import held
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.strokes import Brush, Point, brush_of, group, mixed
from nightshoot.tools.image.shadow_play.svg import Plane, number


@dataclass(frozen=True, slots=True)
class _Set:
    """How a thing is shown: where its middle is from the hand, how large, how it leans."""

    middle: Point
    share: float
    """One body unit as a fraction of the frame's shorter side."""
    tilt: float = 0.0
    flat: bool = False
    """Held by its edge between thumb and fingers, not in a fist."""
    other: Point | None = None
    """Where the second hand holds it, or None."""


_SETS: dict[HeldProp, _Set] = {
    HeldProp.LETTER: _Set((4.2, -1.0), 0.046, 2.0, flat=True, other=(9.4, 1.6)),
    HeldProp.PHONE: _Set((0.0, -2.6), 0.060, 6.0, flat=True),
    HeldProp.CUP: _Set((0.0, -1.6), 0.056, flat=True, other=(2.7, -1.8)),
    HeldProp.KEY: _Set((0.0, 4.0), 0.056, -16.0, flat=True),
    HeldProp.LANTERN: _Set((0.0, 14.0), 0.027),
    HeldProp.FAN: _Set((0.0, -6.0), 0.036, 8.0),
    HeldProp.BOOK: _Set((0.2, 0.0), 0.046, 0.0, flat=True, other=(8.8, 2.0)),
    HeldProp.BRUSH: _Set((0.0, 4.0), 0.052, 22.0, flat=True),
    HeldProp.FLOWER: _Set((1.0, -5.0), 0.046, 6.0, flat=True),
    HeldProp.BOX: _Set((0.6, -2.0), 0.050, 0.0, flat=True, other=(6.8, 0.4)),
    HeldProp.BAG: _Set((0.2, 8.0), 0.036),
    HeldProp.SWORD: _Set((0.0, -7.0), 0.046, 14.0),
    HeldProp.FLUTE: _Set((0.0, 0.0), 0.044, 24.0),
    HeldProp.SPEAR: _Set((0.0, 0.0), 0.046, 8.0),
    HeldProp.STAFF: _Set((0.0, -5.0), 0.044, 5.0),
    HeldProp.OAR: _Set((0.0, 0.0), 0.046, 16.0),
    HeldProp.BOW: _Set((0.0, 0.0), 0.034, 6.0),
}
"""An umbrella and a zither tell more from farther off: there the face is shown."""

_LEFT_EDGE = {
    HeldProp.BOOK: (-8.0, 2.0),
    HeldProp.BOX: (-5.4, 0.4),
    HeldProp.PHONE: (-2.2, 0.8),
    HeldProp.CUP: (-2.5, -1.8),
}
"""Where the hand holds a thing that is not drawn about its left edge."""


def shown_of(figure: Figure) -> HeldProp | None:
    """Gives what an insert of a figure shows, or None where it shows the face."""
    if figure.gesture is Gesture.WRITE:
        return HeldProp.BRUSH
    if figure.gesture is Gesture.READ and figure.holding is None:
        return HeldProp.LETTER
    return figure.holding if figure.holding in _SETS else None


def is_insert(plan: ShotPlan, figure: Figure) -> bool:
    """Whether a framing shows what a figure holds rather than its face."""
    return plan.camera.size is ShotSize.ECU and shown_of(figure) is not None


def insert(
    *, plan: ShotPlan, figure: Figure, view: View, palette: Palette, side: float
) -> tuple[Plane, ...]:
    """Gives the planes of an insert: the hand behind the thing, the thing, the fingers before it.

    Args:
        plan: the shot.
        figure: who holds it.
        view: the framing.
        palette: the colours of the shot.
        side: where the figure looks: the arm comes from the other side.
    """
    prop = shown_of(figure)
    assert prop is not None
    shown = _SETS[prop]
    look = look_of(plan.look_of(figure.character), plan.staging.era, plan.seed)
    scale = shown.share * view.short
    key = ("insert", figure.model_dump_json(), look.model_dump_json(), view, plan.seed, palette)
    brush = brush_of(palette, look.accent, scale, key)
    rng = Random(f"insert {plan.seed}")
    x = view.width * (0.5 + rng.uniform(-0.02, 0.02))
    y = view.height * (0.46 + rng.uniform(-0.015, 0.015))
    flip = -1.0 if side < 0 else 1.0
    place = (
        f"translate({number(x)} {number(y)}) scale({number(flip * scale)} {number(scale)}) "
        f"translate({number(-shown.middle[0])} {number(-shown.middle[1])})"
    )
    hand = (pinch if shown.flat else fist)(brush, look.dress)
    at = _LEFT_EDGE.get(prop, (0.0, 0.0))
    move = f"translate({number(at[0])} {number(at[1])})"
    behind, before = group(hand.behind, move), group(hand.before, move)
    if shown.other is not None:
        second = pinch(brush, look.dress)
        turn = f"translate({number(shown.other[0])} {number(shown.other[1])}) scale(-1 1)"
        behind += group(second.behind, turn)
        before += group(second.before, turn)
    thing = held(prop, brush, (0.0, 0.0), shown.tilt, 60.0)
    if figure.gesture is Gesture.WRITE:
        behind = _sheet(brush) + behind
    whole = group(behind + thing + before, place)
    motion = f"sway 0.5 3.8 {number(x - flip * 0.6 * view.width)} {number(1.1 * view.height)}"
    return (Plane("figure-insert", 1.0, whole, motion),)


def _sheet(brush: Brush) -> str:
    """Gives the paper that is written on, with some strokes on it and its edge in the light."""
    paper = mixed(brush.light, brush.ink, 0.24)
    strokes = (
        "M2,15.5 L2.2,23 M6,15.8 L6.4,21 M10,16 L10.6,24 M14,16.4 L14.8,22 M-2.4,15.4 L-2.2,19"
    )
    return (
        brush.tone("M-30,42 L-16,12.6 L26,15.4 L38,42 Z", paper)
        + brush.line("M-16,12.6 L26,15.4", 0.3, brush.rim)
        + brush.line(strokes, 0.9, brush.ink, opacity=0.75)
    )
