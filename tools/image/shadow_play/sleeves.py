"""Arms: bones, hands and the sleeves that follow them."""

from __future__ import annotations

import math
from dataclasses import replace

from nightshoot.domain.vocabulary import Dress
from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.strokes import (
    Brush,
    Point,
    curve,
    group,
    limb,
    line,
    pair,
    plus,
    unit,
)
from nightshoot.tools.image.shadow_play.svg import number
from nightshoot.tools.image.shadow_play.trims import pauldron

UPPER, FORE = 16.5, 15.5
"""The lengths of an upper arm and of a forearm to the middle of the fist."""


def elbow_of(shoulder: Point, wrist: Point, bend: Point, share: float = 1.0) -> tuple[Point, Point]:
    """Gives the elbow on the side that `bend` points to, and the wrist drawn within reach."""
    way = unit(shoulder, wrist)
    upper, fore = UPPER * share, FORE * share
    span = min(max(math.dist(shoulder, wrist), abs(upper - fore) + 1.0), (upper + fore) * 0.985)
    end = plus(shoulder, way, span)
    along = (upper**2 - fore**2 + span**2) / (2 * span)
    aside = math.sqrt(max(0.0, upper**2 - along**2))
    normal = (way[1], -way[0])
    if normal[0] * bend[0] + normal[1] * bend[1] < 0:
        normal = (-normal[0], -normal[1])
    return plus(plus(shoulder, way, along), normal, aside), end


_HANDS = {
    "fist": (
        "M-1.6,-1.9 C0,-2.6 2.6,-2.6 3.3,-1.3 C3.9,-0.2 3.7,1.5 2.7,2.1 C1.4,2.7 "
        "-0.4,2.4 -1.6,1.9 Z"
    ),
    "open": (
        "M-1.6,-1.8 C0,-2.2 1,-2.2 1.6,-2.4 C2,-3.8 2.8,-4.8 3.5,-4.5 C3.9,-4 "
        "3.3,-2.8 3.2,-2 C4.6,-2 6,-1.6 7.3,-1.1 "
        "C7.8,-0.8 7.6,-0.3 7.1,-0.2 C7.4,0.2 7.2,0.6 6.6,0.7 C6,1.6 3.8,2 2.4,2.2 "
        "C0.8,2.4 -0.6,2.1 -1.6,1.8 Z"
    ),
    "point": (
        "M-1.6,-1.9 C0,-2.5 1.8,-2.4 2.8,-2 L7.6,-1.7 C8.3,-1.5 8.3,-0.8 7.6,-0.7 "
        "L3.6,-0.5 C4,0.6 3.6,2 2.6,2.3 "
        "C1.2,2.6 -0.4,2.4 -1.6,1.9 Z"
    ),
    "clasp": (
        "M-1.6,-2.1 C0.4,-3.4 3.6,-3.2 4.4,-1.2 C4.8,0.8 4,2.6 2.4,2.9 C0.8,3.1 -0.6,2.6 -1.6,2 Z"
    ),
}


_KNUCKLES = "M0.8,-2.1 C1.6,-1.2 1.6,0.9 0.9,1.9 M2.1,-2 C2.8,-1 2.8,0.7 2.1,1.7"


def _hand(brush: Brush, wrist: Point, way: Point, kind: str, fine: bool) -> str:
    """Paints a hand that goes on from a wrist."""
    if kind == "none":
        return ""
    angle = math.degrees(math.atan2(way[1], way[0]))
    flip = " scale(1 -1)" if way[0] < -0.05 else ""
    body = brush.mass(_HANDS[kind], fill=brush.skin)
    if fine and kind in ("fist", "clasp", "point"):
        body += brush.line(_KNUCKLES, 0.2, brush.rim, opacity=0.45)
    if fine and kind == "open":
        body += brush.line("M3.4,-0.8 L6.8,-0.7 M3.2,0.2 L6.4,0.3", 0.2, brush.rim, opacity=0.4)
    return group(
        body, f"translate({number(wrist[0])} {number(wrist[1])}) rotate({number(angle)}){flip}"
    )


def _wide(wearer: Wearer, shoulder: Point, elbow: Point, wrist: Point, back: float) -> str:
    """Paints a wide sleeve: cloth hangs from the wrist, more the more level the forearm is."""
    brush, cut = wearer.brush, wearer.cut
    way = unit(elbow, wrist)
    drop = max(0.0, way[1])
    rise = max(0.0, -way[1])
    rise *= min(1.0, max(0.0, (0.6 - abs(way[0])) / 0.3))
    level = ((0.10 + 0.5 * rise) * cut.sleeve * back, cut.sleeve * (1.0 - 0.3 * rise))
    upright = (way[1] * back * 0.42 * cut.sleeve, 0.5 * cut.sleeve * 0.42)
    hang = (level[0] * (1 - drop) + upright[0] * drop, level[1] * (1 - drop) + upright[1] * drop)
    side = 1.0 if way[1] * hang[0] - way[0] * hang[1] < 0 else -1.0

    def outer(direction: Point) -> Point:
        return (direction[1] * side, -direction[0] * side)

    first, second = unit(shoulder, elbow), way
    arm = cut.arm * (0.8 + 0.2 * wearer.bulk)
    top = plus(shoulder, outer(first), arm)
    bend = plus(elbow, unit((0.0, 0.0), plus(outer(first), outer(second))), arm * 0.86)
    cuff = plus(wrist, outer(second), 2.5)
    tip = plus(wrist, hang)
    under = plus(plus(elbow, outer(second), -arm * 1.1), hang, 0.42)
    pit = plus(shoulder, outer(first), -arm * 1.2)
    belly = plus((tip[0] * 0.6 + under[0] * 0.4, tip[1] * 0.6 + under[1] * 0.4), hang, 0.06)
    cap = plus(plus(shoulder, first, -arm * 0.7), outer(first), -0.3 * arm)
    mouth = plus(((cuff[0] + tip[0]) / 2, (cuff[1] + tip[1]) / 2), second, 1.6)
    shape = (
        curve([top, bend, cuff])
        + f" Q{pair(mouth)} {pair(tip)} "
        + curve([tip, belly, under, pit], start=False)
        + f" Q{pair(cap)} {pair(top)} Z"
    )
    inset = tuple(plus(p, second, -1.5) for p in (cuff, mouth, tip))
    band = f"M{pair(inset[0])} Q{pair(inset[1])} {pair(inset[2])}"
    fold = curve(
        [plus(elbow, outer(second), -0.6), plus(elbow, hang, 0.3), plus(tip, second, -4.0)]
    )
    return (
        brush.mass(shape, fill=brush.cloth)
        + brush.line(fold, 0.5, brush.lining)
        + brush.line(band, 1.5)
        + brush.line(f"M{pair(cuff)} Q{pair(mouth)} {pair(tip)}", 0.3, brush.rim, opacity=0.5)
    )


def _narrow(wearer: Wearer, shoulder: Point, elbow: Point, wrist: Point) -> str:
    """Paints a fitted sleeve with a cuff."""
    brush, arm = wearer.brush, wearer.cut.arm * (0.8 + 0.2 * wearer.bulk)
    way = unit(elbow, wrist)
    shape = brush.mass(limb((shoulder, elbow, wrist), (arm, arm * 0.82, arm * 0.6)))
    edge = plus(wrist, way, -0.6)
    cuff = line(
        plus(edge, (way[1], -way[0]), arm * 0.55), plus(edge, (way[1], -way[0]), -arm * 0.55)
    )
    crease = curve([plus(elbow, (1.0, -1.6)), plus(elbow, (-0.6, 0.4))])
    return shape + brush.line(cuff, 1.0) + brush.line(crease, 0.4, brush.lining)


def _stream(brush: Brush, wrist: Point, forward: float) -> str:
    """Paints a dancer's long sleeve streaming from the wrist."""
    x, y = wrist
    f = forward
    upper = [
        (x, y - 1.6),
        (x + 12 * f, y - 9),
        (x + 24 * f, y - 3),
        (x + 30 * f, y + 10),
        (x + 40 * f, y + 15),
    ]
    lower = [
        (x + 40 * f, y + 15),
        (x + 28 * f, y + 16),
        (x + 20 * f, y + 3),
        (x + 11 * f, y - 3),
        (x, y + 3.4),
    ]
    middle = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(upper, lower[::-1], strict=True)
    ]
    return brush.mass(
        curve(upper) + " " + curve(lower, start=False) + " Z", fill=brush.lining
    ) + brush.line(curve(middle), 0.6, opacity=0.8)


def arm_of(
    wearer: Wearer,
    shoulder: Point,
    wrist: Point,
    *,
    bend: Point,
    flowing: bool,
    fine: bool,
    kind: str,
    length: float = 1.0,
) -> str:
    """Paints one arm: the hand, and the sleeve over its root.

    Args:
        wearer: whose arm it is.
        shoulder: where it leaves the trunk.
        wrist: where the hand is wanted; drawn within reach.
        bend: which way the elbow points.
        flowing: a dancer's long sleeve streams from the hand.
        fine: seen from near, with knuckles.
        kind: `fist`, `open`, `point`, `clasp` or `none`.
        length: how long the arm is against an average one.
    """
    elbow, end = elbow_of(shoulder, wrist, bend, length)
    way = unit(elbow, end)
    wide, brush = wearer.wide_sleeves, wearer.brush
    cuff = plus(end, way, -2.2)
    back = -1.0 if not wearer.pose.frontal or shoulder[0] < 0 else 1.0
    flow = _stream(wearer.brush, end, 1.0 if end[0] > shoulder[0] else -1.0) if flowing else ""
    if fine:
        # From near, a full edge of light along the upper arm would read as a hole in the chest.
        wearer = replace(
            wearer, brush=replace(wearer.brush, rim_width=0.4 * wearer.brush.rim_width)
        )
    sleeve = (
        _wide(wearer, shoulder, elbow, cuff, back)
        if wide
        else _narrow(wearer, shoulder, elbow, cuff)
    )
    guard = pauldron(wearer.brush, shoulder) if wearer.dress is Dress.ARMOR else ""
    return flow + _hand(brush, plus(end, way, -1.4), way, kind, fine) + sleeve + guard
