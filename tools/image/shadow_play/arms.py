"""Two arms that do what a gesture says, with what they hold."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nightshoot.domain.vocabulary import Gesture, HeldProp, Posture
from nightshoot.tools.image.shadow_play.bodies import CHAIR, HEAD
from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.gestures import Deed, Holder
from nightshoot.tools.image.shadow_play.held import FLUTE, held, umbrella
from nightshoot.tools.image.shadow_play.sleeves import arm_of, elbow_of
from nightshoot.tools.image.shadow_play.strokes import (
    Brush,
    Point,
    line,
    plus,
    turned,
    unit,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """Two arms, painted."""

    far: str
    near: str
    sway: tuple[float, float] | None
    """Degrees and period in seconds of the near arm's swing, or None where it is still."""
    pivot: Point


def _mouth(wearer: Wearer, nod: float) -> Point:
    """Gives where the lips are, on a head that nods by `nod` degrees."""
    lips = (
        (0.0, 28.0)
        if wearer.pose.frontal
        else turned((38.0, 27.0), wearer.pose.turn(nod), (-8.0, 36.0))
    )
    return plus(wearer.pose.head, lips, HEAD / 100.0)


def _blown(wearer: Wearer, nod: float) -> tuple[Point, Point]:
    """Gives where a flute meets the lips, and which way it points: down, or aside from before."""
    return _mouth(wearer, nod), unit(
        (0.0, 0.0), (1.0, 0.10) if wearer.pose.frontal else (0.62, 0.80)
    )


def _prop(holder: Holder, deed: Deed, hand: Point) -> str:
    """Paints what the near hand holds."""
    wearer, prop, brush = holder.wearer, holder.tool, holder.wearer.brush
    if prop is None or prop is HeldProp.UMBRELLA:
        return "" if prop is None else umbrella(brush, hand, wearer.pose.head, holder.paper)
    ground = CHAIR if wearer.pose.chair else 29.0 if holder.posture is Posture.RIDING else 0.0
    below = max(6.0, ground - hand[1])
    if holder.posture is Posture.ROWING:
        return held(prop, brush, hand, deed.tilt, below + 14.0)
    if (holder.gesture, prop) == (Gesture.PLAY, HeldProp.FLUTE):
        lips, way = _blown(wearer, deed.head)
        tilt = math.degrees(math.atan2(-way[0], way[1]))
        return held(prop, brush, plus(lips, way, FLUTE * 0.40), tilt, below)
    if (holder.gesture, prop) == (Gesture.PLAY, HeldProp.ZITHER):
        return _laid_zither(wearer, hand, ground)
    if prop is HeldProp.BOW and holder.gesture in (Gesture.STRIKE, Gesture.POINT):
        return _drawn_bow(brush, hand)
    pole = prop in (HeldProp.SPEAR, HeldProp.STAFF, HeldProp.OAR)
    return held(prop, brush, hand, deed.tilt, 48.0 if pole and abs(deed.tilt) > 20 else below)


def _laid_zither(wearer: Wearer, hand: Point, ground: float) -> str:
    """Paints a zither on the lap of who sits, and on a stand before who does not."""
    brush, pose = wearer.brush, wearer.pose
    aside = -pose.shoulders[0][0] - 2.0 if pose.frontal else 1.0
    place = plus(hand, (aside, 4.4))
    x, y = place
    stand = f"{line((x - 13, y + 2), (x - 14, ground))} {line((x + 17, y + 2), (x + 18, ground))}"
    legs = "" if pose.low else brush.line(stand, 1.2, brush.ink)
    return legs + held(HeldProp.ZITHER, brush, place, 0.0, 0.0)


def _drawn_bow(brush: Brush, hand: Point) -> str:
    """Paints a bow at full draw with an arrow on it."""
    nock = plus(hand, (-23.0, 0.0))
    string = line(plus(hand, (-6.0, -24.0)), nock, plus(hand, (-6.0, 24.0)))
    return (
        held(HeldProp.BOW, brush, hand, 0.0, 0.0)
        + brush.line(string, 0.3, brush.rim, opacity=0.8)
        + brush.line(line(nock, plus(hand, (7.0, 0.0))), 0.7, brush.rim)
    )


_LIFTED = (Gesture.RAISE, Gesture.WAVE, Gesture.DANCE, Gesture.STRIKE)
"""Gestures whose raised sleeve would lie across the face from near."""


def _closer(holder: Holder, hand: Point) -> Point:
    """Gives a hand drawn in towards the face, so that a close framing holds it."""
    x, y = holder.wearer.pose.head
    broad = holder.tool in (HeldProp.LETTER, HeldProp.BOOK)
    aside = 7.6 if holder.wearer.pose.frontal else 9.4 if broad else 11.5
    lifted = holder.gesture in _LIFTED
    return (min(hand[0], x + aside), max(hand[1], y + 6.0) if lifted else hand[1])


def _widened(wearer: Wearer, shoulder: Point) -> Point:
    """Gives a shoulder as broad as its wearer."""
    middle = wearer.pose.waist[0] if wearer.pose.frontal else shoulder[0]
    return (middle + (shoulder[0] - middle) * wearer.bulk, shoulder[1])


def armed(holder: Holder) -> Arms:
    """Paints both arms of a figure with what they hold."""
    wearer, deed = holder.wearer, holder.deed
    pose, brush = wearer.pose, wearer.brush
    near_root, far_root = pose.shoulders
    near_root, far_root = _widened(wearer, near_root), _widened(wearer, far_root)
    side = -1.0 if pose.frontal else 1.0
    near_hand = plus(near_root, deed.near)
    if holder.fine:
        near_hand = _closer(holder, near_hand)
    far_hand = plus(far_root, (deed.far[0] * side, deed.far[1]))
    if (
        holder.tool is HeldProp.FLUTE
        and holder.gesture is Gesture.PLAY
        and holder.posture is not Posture.ROWING
    ):
        lips, way = _blown(wearer, deed.head)
        near_hand, far_hand = plus(lips, way, 17.0), plus(lips, way, 9.0)
    bend = (0.6, 0.8) if pose.frontal else (0.8, 0.5) if deed.lift else (-0.75, 0.65)
    far_bend = (-0.6, 0.8) if pose.frontal else (-0.75, 0.65)
    length = 1.0
    if holder.roots is not None:
        near_root, far_root = (pose.upper(root) for root in holder.roots)
        bend = (0.9, 0.5) if pose.frontal else (0.0, 1.0)
        far_bend = (-0.9, 0.5) if pose.frontal else (0.0, 1.0)
        length = 1.0 if pose.frontal else 1.34
    _, near_hand = elbow_of(near_root, near_hand, bend, length)
    tool = holder.tool
    kind = (
        deed.hand
        if tool is None or (tool is HeldProp.ZITHER and holder.gesture is Gesture.PLAY)
        else "fist"
    )
    if deed.hand in ("none", "clasp") and tool is None:
        kind = deed.hand
    near = _prop(holder, deed, near_hand) + arm_of(
        wearer,
        near_root,
        near_hand,
        bend=bend,
        flowing=deed.flowing,
        length=length,
        fine=holder.fine,
        kind=kind,
    )
    far_kind = (
        deed.hand
        if deed.hand == "none"
        or (
            deed.hand == "open"
            and holder.gesture
            in (Gesture.REACH, Gesture.EMBRACE, Gesture.DANCE, Gesture.REST, Gesture.PLAY)
        )
        else "fist"
    )
    far = arm_of(
        wearer,
        far_root,
        far_hand,
        bend=far_bend,
        flowing=deed.flowing,
        length=length,
        fine=holder.fine,
        kind=far_kind,
    )
    if holder.gesture is Gesture.WRITE and holder.posture is not Posture.ROWING:
        far = held(HeldProp.LETTER, brush, far_hand, 74.0, 0.0) + far
    return Arms(
        far=far, near=near, sway=(deed.sway, deed.period) if deed.sway else None, pivot=near_root
    )
