"""What a hand holds, drawn upright about the hand at (0, 0) in body units and then turned."""

from __future__ import annotations

import math
from collections.abc import Callable

from nightshoot.domain.vocabulary import HeldProp
from nightshoot.tools.image.shadow_play.strokes import Brush, Point, group, line, mixed, oval
from nightshoot.tools.image.shadow_play.svg import number

FLUTE = 31.0
"""A vertical flute is about a third as long as its player is tall."""


def _paper(brush: Brush) -> str:
    return mixed(brush.light, brush.ink, 0.22)


def _cup(brush: Brush) -> str:
    bowl = (
        "M-3.2,-6.4 L3.2,-6.4 C3.2,-3 2,-1.2 0.6,-0.9 L0.6,0.8 L2,2 L-2,2 L-0.6,0.8 "
        "L-0.6,-0.9 C-2,-1.2 -3.2,-3 -3.2,-6.4 Z"
    )
    return (
        brush.mass(bowl, fill=brush.lining)
        + brush.line("M-3.2,-6.3 L3.2,-6.3", 0.7)
        + brush.line("M-2.4,-3.4 C-1,-2.8 1,-2.8 2.4,-3.4", 0.4)
    )


def _flute(brush: Brush) -> str:
    pipe = (
        f"M-0.7,-{FLUTE * 0.42:.1f} L0.7,-{FLUTE * 0.42:.1f} L0.85,{FLUTE * 0.58:.1f} "
        f"L-0.85,{FLUTE * 0.58:.1f} Z"
    )
    holes = line((0, -4), (0, FLUTE * 0.44))
    tassel = (
        f"M0,{FLUTE * 0.56:.1f} C2,{FLUTE * 0.62:.1f} 1,{FLUTE * 0.7:.1f} 2.4,{FLUTE * 0.78:.1f}"
    )
    return (
        brush.mass(pipe, fill=mixed(brush.lining, brush.rim, 0.3), rim=0.8)
        + brush.line(holes, 0.5, brush.ink, dash="0.1 2.4")
        + brush.line(tassel, 0.7)
    )


def _sword(brush: Brush) -> str:
    blade = "M-1,-3.4 L-0.8,-42 L0,-46 L0.8,-42 L1,-3.4 Z"
    guard = "M-3.4,-2.2 C-1.6,-4 1.6,-4 3.4,-2.2 L2.4,-1.4 L-2.4,-1.4 Z"
    tassel = "M0,6 C2,8.6 -1.4,11 0.8,15.6 M0,6 C0.6,9 -2.8,11 -1.2,15"
    return (
        brush.mass(blade, fill=mixed(brush.soft, brush.light, 0.7), rim=0.8)
        + brush.line("M0,-4 L0,-41", 0.25, brush.ink, opacity=0.7)
        + brush.line("M0,-1 L0,5.4", 1.5, brush.lining)
        + brush.tone(guard, brush.accent)
        + brush.line(tassel, 0.6)
    )


def _spear(brush: Brush, below: float) -> str:
    tip = "M0,-72 C1.8,-68 2,-64 0.7,-60 L-0.7,-60 C-2,-64 -1.8,-68 0,-72 Z"
    tassel = "M-0.8,-60 C-3,-56 -3.4,-53 -2.6,-50 C-1,-52 1,-52 2.6,-50 C3.4,-53 3,-56 0.8,-60 Z"
    return (
        brush.line(line((0, -60), (0, below)), 1.3, brush.lining)
        + brush.line(line((0.35, -60), (0.35, below)), 0.3, brush.rim, opacity=0.5)
        + brush.mass(tip, fill=mixed(brush.soft, brush.light, 0.75))
        + brush.tone(tassel, brush.accent)
    )


def _bow(brush: Brush) -> str:
    stave = (
        "M-6,-24 C-3.6,-22 -2,-18 0.4,-13 C2.4,-8 0.6,-3 0,0 C0.6,3 2.4,8 0.4,13 "
        "C-2,18 -3.6,22 -6,24"
    )
    return (
        brush.line(stave, 1.5, brush.lining)
        + brush.line(stave, 0.35, brush.rim, opacity=0.6)
        + brush.line("M-6,-24 L-6,24", 0.3, brush.rim, opacity=0.8)
        + brush.line("M0.2,-3 L0.2,3", 2.0)
    )


def _fan(brush: Brush) -> str:
    spread = [math.radians(-62 + 124 * k / 10) for k in range(11)]
    rim = [(15 * math.sin(a), -15 * math.cos(a)) for a in spread]
    inner = [(6 * math.sin(a), -6 * math.cos(a)) for a in spread]
    leaf = line(*rim) + " L" + line(*inner[::-1])[1:] + " Z"
    ribs = " ".join(line((0, 0), p) for p in rim[::2])
    band = line(*[(11.5 * math.sin(a), -11.5 * math.cos(a)) for a in spread])
    return (
        brush.line(ribs, 0.5, brush.lining)
        + brush.mass(leaf, fill=_paper(brush), rim=0.8)
        + brush.line(ribs, 0.25, brush.ink, opacity=0.5)
        + brush.line(band, 1.5)
    )


def _letter(brush: Brush) -> str:
    sheet = (
        "M-1,-9 C2,-10 7,-9.4 9.6,-8.6 C8.8,-3 9.4,2 10,6.4 C6,6.8 2,6 -1.4,6.6 "
        "C-0.8,1 -1.6,-4 -1,-9 Z"
    )
    lines = "M1.4,-7 L1.2,4.4 M3.8,-7.2 L3.8,2 M6.2,-6.8 L6.4,4.2 M8.2,-6.6 L8.2,0"
    return (
        brush.mass(sheet, fill=_paper(brush))
        + brush.line(lines, 0.45, brush.ink, opacity=0.55)
        + brush.tone("M7.2,3 L8.9,3 L8.9,4.9 L7.2,4.9 Z", brush.accent)
    )


def _book(brush: Brush) -> str:
    back = "M-0.6,-5.4 C-3.4,-7 -7,-6.8 -8.6,-6 L-8.2,5.4 C-6,4.6 -3,4.8 -0.4,6 Z"
    face = "M-0.6,-5.4 C2.2,-7 6.6,-6.8 8.8,-6 L9,5.4 C6.4,4.6 2.6,4.6 -0.4,6 Z"
    return (
        brush.mass(back, face, fill=brush.lining)
        + brush.tone("M0,-4.8 C2.6,-6.2 6,-6 8,-5.4 L8.2,4.4 C6,3.8 2.8,3.8 0.2,5 Z", _paper(brush))
        + brush.line(
            "M2,-4 L2.2,3 M4.2,-4.6 L4.4,2.6 M6.4,-4.4 L6.6,2.6", 0.4, brush.ink, opacity=0.55
        )
        + brush.line("M-8.4,-5.8 L-8,5.2", 0.8)
    )


def _brush_pen(brush: Brush) -> str:
    return (
        brush.line("M0,-9 L0,6.6", 0.9, brush.lining)
        + brush.line("M0.2,-9 L0.2,6", 0.3, brush.rim, opacity=0.7)
        + brush.tone(
            "M-1.1,6.4 L1.1,6.4 C1.2,8.6 0.5,10 0,11 C-0.5,10 -1.2,8.6 -1.1,6.4 Z", brush.ink
        )
        + brush.line("M-0.6,6.2 L0.6,6.2", 0.7)
        + brush.line("M0,-9 L0,-10.4", 0.7)
    )


def _lantern(brush: Brush) -> str:
    paper = mixed(brush.glow, brush.accent, 0.35)
    frame = "M-3.6,12.4 L3.6,12.4 M-3.6,25.6 L3.6,25.6"
    ribs = "M0,12.6 L0,25.4 M-2.4,13 C-5,17 -5,21 -2.4,25 M2.4,13 C5,17 5,21 2.4,25"
    return (
        brush.halo(0, 19, 30, brush.glow, 0.75)
        + brush.line("M-6,-3 L0,0 L0,12", 0.6, brush.lining)
        + brush.tone(oval(0, 19, 6.4, 7.4), paper)
        + brush.tone(oval(0, 19.6, 3.4, 4.6), brush.light, 0.85)
        + brush.line(ribs, 0.35, brush.accent, opacity=0.8)
        + brush.line(frame, 1.5, brush.ink)
        + brush.line("M-1,26.6 L-1,32 M0.2,26.6 L0.2,33 M1.3,26.6 L1.3,31.6", 0.5)
    )


def _staff(brush: Brush, below: float) -> str:
    return (
        brush.line(
            (
                "M-3.6,-19.6 C-1.4,-24.4 3,-22 1.2,-18.4 C0.2,-16 0,-12 0.2,-6 C-0.2,2 "
                f"0.3,10 0,{below:.1f}"
            ),
            1.7,
            brush.lining,
        )
        + brush.line(f"M0.5,-14 C0.3,-8 0.6,2 0.5,{below:.1f}", 0.3, brush.rim, opacity=0.55)
        + brush.line("M0.6,-14 C3,-12 2.4,-9 3.4,-6.4", 0.7)
    )


def _oar(brush: Brush, below: float) -> str:
    end = max(below, 10.0)
    blade = (
        f"M-0.8,{end - 16:.1f} C-2.6,{end - 10:.1f} -2.6,{end:.1f} -1.4,{end + 4:.1f} "
        f"L1.4,{end + 4:.1f} C2.6,{end:.1f} 2.6,{end - 10:.1f} 0.8,{end - 16:.1f} Z"
    )
    return (
        brush.line(line((0, -13), (0, end - 12)), 1.5, brush.lining)
        + brush.line(line((0.4, -13), (0.4, end - 12)), 0.3, brush.rim, opacity=0.6)
        + brush.mass(blade, fill=brush.lining)
        + brush.line("M-2.2,-13 L2.2,-13", 1.4, brush.lining)
    )


def _zither(brush: Brush) -> str:
    board = (
        "M-18,-1.6 C-19.4,-1.4 -19.6,1.2 -18.4,1.8 L21,2.6 C23,2 23,-1.6 21.4,-2.2 "
        "C10,-3.6 -8,-3.4 -18,-1.6 Z"
    )
    strings = "M-17,-1.9 C-4,-3.4 10,-3.5 21,-2.4"
    return (
        brush.mass(board, fill=brush.lining)
        + brush.line(strings, 0.35, brush.rim, opacity=0.85)
        + brush.line("M-14,0.2 L19,0.6", 0.5, dash="0.1 3")
        + brush.line("M20.6,2 C21.6,5 20.4,7 21.4,10 M19.6,2 C20.2,5 19,7 19.8,9.4", 0.6)
    )


def _flower(brush: Brush) -> str:
    blossoms = "".join(
        brush.tone(
            oval(x + 1.7 * math.cos(k * 1.2566), y + 1.7 * math.sin(k * 1.2566), 1.35, 1.35),
            brush.accent,
        )
        for x, y in ((1.2, -15.0), (4.8, -9.8), (-2.4, -9.4))
        for k in range(5)
    )
    hearts = "".join(
        brush.tone(oval(x, y, 0.8, 0.8), brush.light)
        for x, y in ((1.2, -15.0), (4.8, -9.8), (-2.4, -9.4))
    )
    return (
        brush.line(
            "M0,4 C0.6,-3 -0.4,-9 1.2,-14.4 M0.2,-5 L4.6,-9.6 M0,-4 L-2.2,-9", 0.8, brush.lining
        )
        + blossoms
        + hearts
    )


def _phone(brush: Brush) -> str:
    return (
        brush.halo(2.4, -3.4, 15, brush.light, 0.6)
        + brush.mass("M-2.4,-8.6 L2.6,-8.6 L2.6,2.4 L-2.4,2.4 Z", fill=brush.ink, rim=0.8)
        + brush.tone("M-1.9,-7.9 L2.1,-7.9 L2.1,1.6 L-1.9,1.6 Z", brush.light)
        + brush.line("M-1.2,-6 L1.2,-6 M-1.2,-4.4 L0.6,-4.4", 0.5)
    )


def _bag(brush: Brush) -> str:
    body = (
        "M-6.4,5 C-6.6,3.8 -6,3.4 -5,3.4 L5.6,3.4 C6.6,3.4 7,4 6.8,5 L7.8,15.6 "
        "C7.8,16.8 7,17.4 6,17.4 L-5.6,17.4 C-6.8,17.4 -7.4,16.8 -7.4,15.6 Z"
    )
    return (
        brush.line("M-3.4,3.6 C-3,-0.6 3.4,-0.6 3.8,3.6", 0.9, brush.lining)
        + brush.mass(body, fill=mixed(brush.ink, brush.accent, 0.5))
        + brush.line("M-6.6,7.4 L7,7.4", 0.7)
        + brush.tone("M-0.8,6.4 L1.4,6.4 L1.4,9 L-0.8,9 Z", brush.accent)
    )


def _box(brush: Brush) -> str:
    return (
        brush.mass("M-5.6,-6.4 L6.8,-6.4 L6.8,2.4 L-5.6,2.4 Z", fill=brush.lining)
        + brush.line("M0.6,-6.4 L0.6,2.4 M-5.6,-4 L6.8,-4", 0.9)
        + brush.line("M0.6,-6.4 C-4,-11 -3,-6.6 0.6,-6.4 C5,-11 4.4,-6.6 0.6,-6.4", 0.8)
    )


def _key(brush: Brush) -> str:
    gold = mixed(brush.accent, brush.light, 0.35)
    return (
        brush.line("M0,0 L0,-5.4", 0.5, brush.lining)
        + brush.line(oval(0, 2.4, 2.1, 2.1), 0.9, gold)
        + brush.line("M0,4.5 L0,11 M0,9 L2.4,9 M0,11 L2,11", 0.9, gold)
    )


_DRAWN: dict[HeldProp, Callable[[Brush], str]] = {
    HeldProp.CUP: _cup,
    HeldProp.FLUTE: _flute,
    HeldProp.SWORD: _sword,
    HeldProp.BOW: _bow,
    HeldProp.FAN: _fan,
    HeldProp.LETTER: _letter,
    HeldProp.BOOK: _book,
    HeldProp.BRUSH: _brush_pen,
    HeldProp.LANTERN: _lantern,
    HeldProp.ZITHER: _zither,
    HeldProp.FLOWER: _flower,
    HeldProp.PHONE: _phone,
    HeldProp.BAG: _bag,
    HeldProp.BOX: _box,
    HeldProp.KEY: _key,
}
_LONG: dict[HeldProp, Callable[[Brush, float], str]] = {
    HeldProp.SPEAR: _spear,
    HeldProp.STAFF: _staff,
    HeldProp.OAR: _oar,
}


def held(prop: HeldProp, brush: Brush, hand: Point, tilt: float, below: float) -> str:
    """Paints a prop (an umbrella apart) in a hand.

    Args:
        prop: what is held.
        brush: the holder's brush.
        hand: where the hand is.
        tilt: degrees that the prop leans forward from upright.
        below: how far a pole reaches down from the hand.
    """
    body = _LONG[prop](brush, below) if prop in _LONG else _DRAWN[prop](brush)
    return group(body, f"translate({number(hand[0])} {number(hand[1])}) rotate({number(tilt)})")


def umbrella(brush: Brush, hand: Point, head: Point, paper: bool) -> str:
    """Paints an open umbrella over a head: oiled paper on ribs, or cloth in scallops.

    Args:
        brush: the holder's brush; the canopy takes the accent.
        hand: where the hand holds the shaft.
        head: the centre of the head that keeps dry.
        paper: of oiled paper rather than of cloth.
    """
    # The shaft stands upright before the face, never across it.
    x = head[0] + max(-8.0, min(8.0, hand[0] - head[0]))
    wide, rise, rim = (30.0, 12.0, head[1] - 15.5) if paper else (28.0, 15.0, head[1] - 13.0)
    top = rim - rise
    dark = mixed(brush.accent, brush.ink, 0.38)
    if paper:
        dome = (
            f"M{x - wide},{rim} C{x - wide * 0.6},{rim - rise * 0.55} {x - 6},{top + 1} "
            f"{x},{top} C{x + 6},{top + 1} {x + wide * 0.6},{rim - rise * 0.55} "
            f"{x + wide},{rim} C{x + wide * 0.5},{rim + 3.4} {x - wide * 0.5},{rim + 3.4} "
            f"{x - wide},{rim} Z"
        )
        under = (
            f"M{x - wide},{rim} C{x - wide * 0.5},{rim + 3.4} "
            f"{x + wide * 0.5},{rim + 3.4} {x + wide},{rim} C{x + wide * 0.5},{rim + 0.6} "
            f"{x - wide * 0.5},{rim + 0.6} {x - wide},{rim} Z"
        )
    else:
        bays = 5
        width = 2 * wide / bays
        scallops = " ".join(
            (
                f"Q{x + wide - (k + 0.5) * width:.2f},{rim - 4.2 - (1.6 if k == 2 else 0):.2f} "
                f"{x + wide - (k + 1) * width:.2f},{rim:.2f}"
            )
            for k in range(bays)
        )
        dome = (
            f"M{x - wide},{rim} C{x - wide * 0.86},{top + 4} {x - wide * 0.4},{top} "
            f"{x},{top} C{x + wide * 0.4},{top} {x + wide * 0.86},{top + 4} "
            f"{x + wide},{rim} {scallops} Z"
        )
        under = (
            f"M{x - wide * 0.5},{rim - 3.2} C{x - wide * 0.3},{rim - 7} "
            f"{x + wide * 0.3},{rim - 7} {x + wide * 0.5},{rim - 3.2} "
            f"C{x + wide * 0.2},{rim - 4.6} {x - wide * 0.2},{rim - 4.6} "
            f"{x - wide * 0.5},{rim - 3.2} Z"
        )
    ribs = " ".join(
        (
            f"M{x:.2f},{top:.2f} C{x + k * 0.5:.2f},{top + 1.2:.2f} "
            f"{x + k * 0.9:.2f},{rim - rise * 0.5:.2f} {x + k:.2f},{rim:.2f}"
        )
        for k in (-wide * 0.6, -wide * 0.2, wide * 0.2, wide * 0.6)
    )
    shaft = line((x, top - 2.6), (hand[0], hand[1] + 5.0))
    return (
        brush.line(shaft, 1.0, brush.lining)
        + brush.mass(dome, fill=brush.accent)
        + brush.tone(under, dark)
        + brush.line(ribs, 0.4, dark, opacity=0.8)
        + brush.line(line((x, top), (x, top - 2.8)), 1.2, brush.ink)
    )
