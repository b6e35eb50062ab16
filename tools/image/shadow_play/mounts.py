"""What carries people: a sampan with a woven canopy, and a horse."""

from __future__ import annotations

import random
from dataclasses import dataclass

from nightshoot.domain.vocabulary import Facing
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.strokes import (
    Brush,
    brush_of,
    curve,
    group,
    limb,
    mixed,
    oval,
)
from nightshoot.tools.image.shadow_play.svg import number


@dataclass(frozen=True, slots=True)
class Mount:
    """A thing that people sit in or on, in frame pixels."""

    behind: str
    """What lies behind the people."""
    front: str
    """What lies before them."""
    seats: tuple[tuple[float, float], ...]
    """Where each one sits, from left to right."""


def _canopy(brush: Brush, left: float, right: float) -> str:
    """Paints a woven mat bent over hoops, with its lattice."""
    middle, deck, top = (left + right) / 2, -6.0, -31.0
    shape = (
        f"M{left - 1},{deck} C{left - 0.4},{top + 6} {left + 4},{top} {middle - 4},{top - 1.4} "
        f"C{right - 6},{top - 2} {right + 1.4},{top + 6} {right + 1},{deck} Z"
    )
    span = right - left
    hoops = " ".join(
        (
            f"M{left + span * k},{deck - 0.6} C{left + span * k},{top + 8 - 5 * bow} "
            f"{left + span * k},{top + 4 - 4 * bow} "
            f"{left + span * k + (0.5 - k) * 1.6:.2f},{top + 2.4 - 3.2 * bow:.2f}"
        )
        for k, bow in ((0.3, 0.82), (0.5, 1.0), (0.7, 0.84))
    )
    weave = " ".join(
        (
            f"M{left + 1.0 + (0.8 if row else 0)},{deck - 4.6 - 4.6 * row:.2f} "
            f"C{left + span * 0.3:.2f},{deck - 6.4 - 4.8 * row:.2f} "
            f"{right - span * 0.3:.2f},{deck - 6.4 - 4.8 * row:.2f} "
            f"{right - 1.0},{deck - 4.6 - 4.6 * row:.2f}"
        )
        for row in range(4)
    )
    mouth = (
        f"M{right - 0.6},{deck} C{right - 1},{top + 10} {right - 4},{top + 4} "
        f"{right - 7},{top + 1.6}"
    )
    return (
        brush.mass(shape, fill=mixed(brush.ink, brush.soft, 0.35))
        + brush.line(weave, 0.45, brush.soft, opacity=0.9)
        + brush.line(weave, 0.3, brush.rim, opacity=0.18, dash="1.2 1.6")
        + brush.line(hoops, 0.8, brush.lining)
        + brush.line(mouth, 0.5, brush.rim, opacity=0.45)
    )


def _hull(brush: Brush) -> str:
    """Paints a hull with raised ends, its gunwale and its planks; the waterline is at y = 0."""
    hull = (
        "M-100,-18 C-92,-15.4 -82,-11.6 -66,-8.6 C-40,-4.8 40,-4.8 66,-9.4 C80,-12.4 "
        "90,-17 98,-22 L101.6,-21 "
        "C96,-12 88,-3 74,2.2 C56,5.6 -56,5.6 -74,2.6 C-86,-1.4 -95,-9 -101,-16.4 Z"
    )
    gunwale = (
        "M-99,-16.8 C-90,-13.4 -82,-10 -66,-7 C-40,-3.2 40,-3.2 66,-7.8 C80,-10.8 90,-15.6 99,-20.4"
    )
    planks = "M-92,-8.6 C-80,-3.4 -68,-1.6 -60,-1 C-40,0.8 40,0.8 60,-1.4 C72,-3 84,-8 91,-13.4"
    return (
        brush.mass(hull, fill=brush.ink)
        + brush.line(gunwale, 0.9, mixed(brush.soft, brush.rim, 0.3))
        + brush.line(planks, 0.5, brush.soft)
        + brush.line(
            "M-70,-5.4 L-70,2 M-36,-3.2 L-36,4.4 M36,-3.2 L36,4.4 M70,-5.8 L70,1.8", 0.5, brush.soft
        )
    )


def _lantern(brush: Brush, x: float) -> str:
    """Paints a lantern that hangs from a bent pole at the stern."""
    paper = mixed(brush.glow, brush.light, 0.25)
    y = -34.0
    return (
        brush.line(
            (
                f"M{x - 4},-12 C{x - 5},-34 {x - 4},-46 {x + 2},-47 C{x + 5},-47 {x + 6},-45 "
                f"{x + 6},-41"
            ),
            0.9,
            brush.ink,
        )
        + brush.halo(x + 6, y, 34, brush.glow, 0.7)
        + brush.tone(oval(x + 6, y, 4.2, 5.2), paper)
        + brush.line(
            (
                f"M{x + 6},{y - 5} L{x + 6},{y + 5} M{x + 4},{y - 4.4} Q{x + 1.6},{y} "
                f"{x + 4},{y + 4.4} M{x + 8},{y - 4.4} Q{x + 10.4},{y} {x + 8},{y + 4.4}"
            ),
            0.35,
            mixed(brush.glow, brush.ink, 0.5),
        )
        + brush.line(
            f"M{x + 3.4},{y - 5.4} L{x + 8.6},{y - 5.4} M{x + 3.4},{y + 5.4} L{x + 8.6},{y + 5.4}",
            1.1,
            brush.ink,
        )
        + brush.line(
            f"M{x + 5.4},{y + 6} L{x + 5.4},{y + 10} M{x + 6.8},{y + 6} L{x + 6.8},{y + 10.6}",
            0.4,
            brush.glow,
        )
    )


_SEATS = {
    1: (46.0,),
    2: (-56.0, 54.0),
    3: (-62.0, 36.0, 68.0),
    4: (-72.0, -44.0, 44.0, 72.0),
    5: (-76.0, -50.0, 34.0, 56.0, 78.0),
    6: (-78.0, -57.0, -36.0, 36.0, 57.0, 78.0),
}
"""Where people sit along a hull that reaches from -100 to 100; the canopy is between them."""


_SIDE_BY_SIDE = (2.0, 58.0)
"""Where two people sit who are seen from near: together, the canopy behind them."""


def boat(
    *,
    palette: Palette,
    x: float,
    y: float,
    width: float,
    seats: int,
    seed: int,
    together: bool = False,
) -> Mount:
    """Paints a sampan; the same arguments always give the same drawing.

    Args:
        palette: the shot's colours.
        x: the middle of the hull in frame pixels.
        y: the waterline in frame pixels.
        width: the hull's length in frame pixels.
        seats: how many people it carries, 1 to 6; more share the seats of six.
        seed: decides at which end the lantern hangs and how the canopy sits.
        together: two people sit side by side rather than at either end of the canopy.
    """
    chance = random.Random(seed)
    scale = width / 200.0
    brush = brush_of(palette, None, scale, ("boat", x, y, width, seats, seed, palette))
    flip = -1.0 if chance.random() < 0.5 else 1.0
    places = _SEATS[min(max(seats, 1), 6)]
    left, right = (-24.0, 20.0) if seats != 1 else (-52.0, 10.0)
    if seats >= 3:
        left, right = (-32.0, 14.0) if seats == 3 else (-26.0, 24.0) if seats < 6 else (-20.0, 20.0)
    if together and seats == 2:
        places, (left, right) = _SIDE_BY_SIDE, (-68.0, -22.0)
    place = f"translate({number(x)} {number(y)}) scale({flip * scale:.5g} {scale:.5g})"
    deck = "M-88,-10 C-60,-5 60,-5 86,-12 L80,0 L-80,0 Z"
    behind = brush.tone(deck, brush.soft) + _canopy(brush, left, right) + _lantern(brush, 86.0)
    sitting = sorted(
        (x + flip * seat * scale, y - (4.6 + abs(seat) * 0.02) * scale) for seat in places
    )
    return Mount(group(behind, place), group(_hull(brush), place), tuple(sitting))


def _horse_legs(brush: Brush, *, near: bool) -> str:
    """Paints two legs of a walking horse."""
    fore, hind = (
        (
            ((21, -38), (24, -22), (20, -10), (21, -2.6)),
            ((-25, -42), (-24, -25), (-30, -14), (-29, -2.6)),
        )
        if near
        else (
            ((18, -38), (30, -27), (29, -15), (33.5, -8)),
            ((-22, -42), (-15, -25), (-20, -14), (-15, -2.6)),
        )
    )
    fill = brush.ink if near else mixed(brush.ink, brush.soft, 0.5)
    parts = brush.mass(
        limb(fore, (5.6, 3.6, 2.1, 1.6)), limb(hind, (8.4, 4.4, 2.3, 1.7)), fill=fill
    )
    for x, y in (fore[-1], hind[-1]):
        hoof = (
            f"M{x - 1.8:.2f},{y - 0.4:.2f} L{x + 1.8:.2f},{y - 0.4:.2f} "
            f"L{x + 3:.2f},{y + 2.6:.2f} L{x - 2.2:.2f},{y + 2.6:.2f} Z"
        )
        parts += brush.tone(hoof, brush.soft)
    return parts


_BODY = (
    "M-34,-62 C-28,-67 -18,-66 -8,-63.4 C2,-61.4 10,-63 17,-68 C23,-73 27,-82 "
    "32,-90 C34,-94.6 37,-97.4 40,-98.6 "
    "L40.4,-104 L43.6,-99.4 C47,-98 49.4,-94.4 52,-89.4 C55,-84 58.6,-79 "
    "60.6,-75.6 C61.4,-73 59.8,-70.8 57.4,-70.2 "
    "C54.6,-69.8 52.6,-71.4 50.6,-73.4 C47,-76 44.6,-77.6 43,-77.4 C40,-74 "
    "37.6,-66 35,-58 C33,-50 30,-43 25.4,-38.6 "
    "C18,-34 4,-33 -6,-35 C-14,-36.6 -18,-36 -24,-34 C-32,-33 -38,-40 -38.6,-49 "
    "C-38.6,-55 -37.4,-59 -34,-62 Z"
)


def horse(
    *, palette: Palette, x: float, y: float, height: float, facing: Facing, seed: int
) -> Mount:
    """Paints a walking horse with saddle and bridle, from the side whatever the facing.

    Args:
        palette: the shot's colours.
        x: the middle of the back in frame pixels.
        y: the ground in frame pixels.
        height: from the ground to the tips of the ears in frame pixels.
        facing: which way it walks; toward and away are taken as right and left.
        seed: decides the tail's and the mane's fall.
    """
    chance = random.Random(seed)
    scale = height / 104.0
    brush = brush_of(palette, None, scale, ("horse", x, y, height, facing, seed, palette))
    accent = mixed(palette.glow, palette.ink, 0.35)
    blow = 3.0 * chance.random()
    tail = (
        f"M-36,-60 C-46,-62 -52,-52 -{53 + blow:.2f},-38 C-54,-28 "
        f"-{58 + blow:.2f},-20 -{63 + blow:.2f},-13 C-52,-14 -46,-22 -44,-32 C-42,-42 "
        "-40,-50 -34,-54 Z"
    )
    mane = (
        "M41,-100 C34,-99 27,-92 23,-84 C19,-77 15,-71 8,-66 C10,-62 12,-60 "
        f"{16 + blow:.2f},-58 C18,-64 22,-66 25,-68 "
        "C24,-72 28,-75 30,-78 C30,-82 33,-85 36,-88 C36,-92 39,-95 43,-97 Z"
    )
    strands = (
        curve([(38.0, -97.0), (28.0, -85.0), (18.0, -70.0)])
        + " "
        + curve([(-38.0, -58.0), (-49.0, -44.0), (-56.0, -22.0)])
    )
    cloth = (
        "M-15,-65.4 C-9,-64 1,-62.6 9,-63.4 C10,-56 9.4,-49 7,-45 C0,-43.4 -9,-43.4 "
        "-14,-45 C-16.4,-51 -16.6,-59 -15,-65.4 Z"
    )
    saddle = (
        "M-14,-66 C-15,-69.6 -12,-70 -10.4,-67.6 C-6,-64.6 2,-64 6,-66.6 C7,-70 "
        "10,-69.6 9,-65 C4,-61 -8,-61.4 -14,-66 Z"
    )
    bridle = "M46,-98.4 L43.4,-79 M54.6,-84.8 L48.4,-76.4 M49.4,-90 L44,-84"
    rein = "M51.6,-79.4 C42,-72 24,-64 9,-66"
    girth = "M-4,-45 L-4.4,-35.4 M9,-60 C18,-56 27,-55 35,-57.4 M-15.4,-58 C-24,-56 -32,-54 -38,-51"
    behind = (
        _horse_legs(brush, near=False)
        + brush.mass(tail, fill=brush.ink)
        + brush.mass(_BODY, fill=brush.ink)
        + _horse_legs(brush, near=True)
        + brush.tone(
            (
                "M-34,-46 C-30,-36 -22,-36 -18,-42 C-22,-52 -32,-52 -34,-46 Z M15,-46 "
                "C18,-37 25,-38 27,-44 C26,-52 18,-54 15,-46 Z"
            ),
            brush.ink,
        )
        + brush.mass(mane, fill=brush.soft, rim=0.6)
        + brush.line(strands, 0.5, brush.rim, opacity=0.25)
        + brush.tone(oval(48.6, -90.6, 0.9, 0.9), brush.rim)
        + brush.mass(cloth, fill=mixed(brush.ink, accent, 0.55), rim=0.6)
        + brush.line(
            "M-12.6,-46.4 C-7,-45 0,-45 5.6,-46.4 M8.6,-61 C9,-56 8.6,-51 7,-47.4", 0.6, accent
        )
        + brush.line(girth, 0.9, accent, opacity=0.9)
        + brush.tone(
            oval(27, -52.4, 1.4, 2.2)
            + " "
            + oval(18, -53.4, 1.2, 2.0)
            + " "
            + oval(-26, -52.6, 1.2, 2.0),
            accent,
        )
        + brush.mass(saddle, fill=brush.soft)
        + brush.line(bridle, 0.7, accent)
    )
    front = brush.line(rein, 0.6, accent)
    side = -1.0 if facing in (Facing.LEFT, Facing.AWAY) else 1.0
    place = f"translate({number(x)} {number(y)}) scale({side * scale:.5g} {scale:.5g})"
    return Mount(
        group(behind, place), group(front, place), ((x - 2.0 * side * scale, y - 65.0 * scale),)
    )
