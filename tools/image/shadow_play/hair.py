"""Hair worn without a hat, and what all heads share."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.domain.vocabulary import Age, Headgear, Sex
from nightshoot.tools.image.shadow_play.strokes import Brush, curve, mirrored


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Whose head it is, and how it is seen."""

    gear: Headgear
    sex: Sex
    age: Age
    modern: bool
    frontal: bool = False
    away: bool = False
    fine: bool = False
    """Seen from near: strands and stitches are worth drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """Headgear in its layers."""

    front: str
    behind: str = ""
    """What hangs behind the head; seen from behind it comes before all else."""
    covers_ear: bool = False


_HAIR = (
    "M31.6,-32 C25,-50 4,-56 -12,-53.6 C-36,-50 -50,-30 -48.4,-8 C-47.4,10 "
    "-42,26 -31,37 C-27,33 -21,24 -17,14 "
    "C-14,8 -10,6 -6,9 C-4,8 -3,4 -2.6,0 C-1,-8 4,-14 9,-18 C15,-25 24,-29 31.6,-32 Z"
)
_FRONT_HAIR = (
    "M-37,8 C-45,-30 -30,-56 0,-57 C30,-56 45,-30 37,8 C35,0 33,-12 29,-20 C20,-31 8,-34 0,-35 "
    "C-8,-34 -20,-31 -29,-20 C-33,-12 -35,0 -37,8 Z"
)
_BACK_HAIR = (
    "M0,-57 C30,-57 44,-34 40,-4 C38,16 30,34 16,42 C8,45 -8,45 -16,42 C-30,34 "
    "-38,16 -40,-4 C-44,-34 -30,-57 0,-57 Z"
)
_STRANDS = (
    "M28,-36 C10,-46 -16,-44 -30,-30 M24,-33 C4,-38 -22,-32 -36,-12 M14,-24 "
    "C-6,-26 -26,-16 -36,6 M4,-13 C-10,-14 -24,-2 -30,18"
)
_BACK_STRANDS = (
    "M-4,-52 C-20,-40 -28,-10 -18,30 M4,-52 C20,-40 28,-10 18,30 M0,-52 C-4,-20 -4,10 0,38"
)


def scalp(head: Head, brush: Brush, fill: str) -> str:
    """Paints bound hair."""
    if head.away:
        shape, strands = _BACK_HAIR, _BACK_STRANDS
    elif head.frontal:
        shape, strands = (
            _FRONT_HAIR,
            "M-4,-52 C-18,-46 -26,-36 -30,-22 M4,-52 C18,-46 26,-36 30,-22",
        )
    else:
        shape, strands = _HAIR, _STRANDS
    lines = brush.line(strands, 0.6, brush.rim, opacity=0.22) if head.fine else ""
    return brush.mass(shape, fill=fill) + lines


def short(head: Head, brush: Brush, fill: str) -> Gear:
    """Paints short hair."""
    woman = head.sex is Sex.FEMALE
    if head.away:
        shape = (
            "M0,-60 C34,-60 50,-36 45,-4 C42,14 38,24 30,30 C12,36 -12,36 -30,30 C-38,24 "
            "-42,14 -45,-4 C-50,-36 -34,-60 0,-60 Z"
        )
        if woman:
            shape = (
                "M0,-60 C34,-60 50,-36 48,-4 C48,20 48,36 44,48 C14,56 -14,56 -44,48 C-48,36 "
                "-48,20 -48,-4 C-50,-36 -34,-60 0,-60 Z"
            )
    elif head.frontal:
        shape = (
            "M-38,0 C-50,-36 -30,-62 2,-62 C34,-62 48,-36 38,0 C36,-8 34,-16 32,-22 "
            "C20,-22 0,-26 -12,-34 C-18,-26 -28,-22 -32,-18 C-35,-10 -36,-6 -38,0 Z"
        )
        if woman:
            half = (
                "M0,-60 C36,-60 50,-34 47,0 C46,20 46,34 40,48 C32,46 30,40 31,30 C34,10 "
                "34,-10 28,-22 C16,-28 8,-30 0,-30 Z"
            )
            shape = half + " " + mirrored(half)
    else:
        shape = (
            "M35,-31 C39,-47 25,-61 2,-61 C-26,-62 -50,-44 -50,-14 C-50,4 -46,17 -39,28 "
            "C-35,25 -30,17 -26,9 C-22,0 -15,-3 -11,1 "
            "C-10,8 -7,9 -4.6,6 C-4,-4 3,-13 9,-17 C13,-26 25,-28 35,-31 Z"
        )
        if woman:
            shape = (
                "M34,-28 C38,-46 22,-60 0,-60 C-30,-60 -54,-40 -53,-6 C-53,16 -52,34 -46,50 "
                "C-30,56 -10,54 0,46 C6,40 4,30 6,18 "
                "C8,4 12,-8 20,-14 C26,-20 32,-24 34,-28 Z"
            )
    shine = (
        brush.line("M-34,-34 C-22,-50 0,-54 16,-46", 1.6, brush.rim, opacity=0.3)
        if not head.away
        else ""
    )
    clip = brush.line("M4,-36 L18,-30", 3.2) if woman and not head.away else ""
    return Gear(front=brush.mass(shape, fill=fill) + shine + clip, covers_ear=woman)


def long(head: Head, brush: Brush, fill: str) -> Gear:
    """Paints long loose hair."""
    if head.frontal:
        half = (
            "M0,-59 C38,-59 52,-30 48,4 C48,40 56,80 56,126 C50,138 38,142 28,138 "
            "C34,100 34,50 31,10 C34,-4 32,-16 27,-24 C14,-34 6,-38 0,-44 Z"
        )
        back = "M-44,-20 C-56,40 -56,90 -52,128 C-20,146 20,146 52,128 C56,90 56,40 44,-20 Z"
        if head.away:
            back = (
                "M0,-58 C34,-58 50,-36 48,-4 C50,40 58,90 54,128 C20,146 -20,146 -54,128 "
                "C-58,90 -50,40 -48,-4 C-50,-36 -34,-58 0,-58 Z"
            )
            return Gear(
                front=brush.mass(_BACK_HAIR, fill=fill),
                behind=brush.mass(back, fill=fill)
                + brush.line(
                    (
                        "M-20,-20 C-28,40 -28,90 -24,132 M4,-30 C2,30 4,90 2,136 M24,-20 C30,40 "
                        "32,90 28,130"
                    ),
                    0.9,
                    brush.rim,
                    opacity=0.25,
                ),
            )
        return Gear(
            front=brush.mass(half, mirrored(half), fill=fill),
            behind=brush.mass(back, fill=fill),
            covers_ear=True,
        )
    shape = (
        "M34,-30 C36,-48 20,-60 -4,-59 C-34,-58 -54,-38 -53,-6 C-53,30 -60,76 "
        "-64,124 C-60,140 -46,150 -30,146 C-22,120 -16,84 -6,52 "
        "C0,36 2,20 5,6 C8,-8 14,-18 22,-22 C28,-26 32,-28 34,-30 Z"
    )
    strands = (
        "M26,-36 C-10,-40 -36,-20 -40,20 C-42,60 -48,100 -50,130 M12,-26 C-14,-22 "
        "-24,10 -28,50 C-30,84 -36,110 -40,136"
    )
    clip = brush.line("M-6,-34 C2,-34 8,-30 14,-25", 3.0)
    return Gear(
        front=brush.mass(shape, fill=fill)
        + brush.line(strands, 0.8, brush.rim, opacity=0.25)
        + clip,
        covers_ear=True,
    )


def ponytail(head: Head, brush: Brush, fill: str) -> Gear:
    """Paints hair tied up behind."""
    if head.frontal:
        tail = "M-10,-44 C-24,10 -18,60 0,104 C18,60 24,10 10,-44 Z"
        if head.away:
            return Gear(
                front=scalp(head, brush, fill),
                behind=brush.mass(tail, fill=fill) + brush.line("M-9,-38 C-3,-34 3,-34 9,-38", 5.0),
            )
        peek = "M-8,-56 C-20,-76 20,-76 8,-56 Z"
        return Gear(front=scalp(head, brush, fill), behind=brush.mass(peek, fill=fill))
    tail = (
        "M-38,-42 C-64,-56 -82,-28 -80,14 C-78,48 -70,74 -58,96 C-56,70 -58,40 "
        "-55,14 C-53,-8 -46,-22 -37,-28 Z"
    )
    fringe = "M33,-31 C36,-20 33,-8 30,-2 C28,-12 26,-22 18,-26 Z"
    return Gear(
        front=brush.mass(tail, fill=fill)
        + scalp(head, brush, fill)
        + brush.mass(fringe, fill=fill, rim=0.6)
        + brush.line("M-41,-42 L-38,-27", 5.0)
    )


def bald(head: Head, brush: Brush, fill: str) -> Gear:
    """Paints the shine of a shaven head."""
    shine = (
        ""
        if head.away
        else brush.line(
            curve([(-20.0, -40.0), (-4.0, -45.0), (12.0, -42.0)]), 1.6, brush.rim, opacity=0.4
        )
    )
    return Gear(front=shine)
