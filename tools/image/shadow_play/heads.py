"""Heads: the outline of a face, its hair, and what is worn on it.

A head is drawn in its own units: 100 tall, the crown at y = -50, the chin at y = 50, looking right.
"""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.domain.vocabulary import Age, Headgear, Sex
from nightshoot.tools.image.shadow_play import hats
from nightshoot.tools.image.shadow_play.hair import Head
from nightshoot.tools.image.shadow_play.strokes import Brush, mirrored, mixed, oval

_WOMAN = (
    "M-28,36 C-40,26 -46,6 -44,-14 C-41,-38 -22,-50 -3,-50 C14,-50 27,-43 "
    "32.4,-29 C34.6,-22 34.2,-15 32.8,-9 "
    "C33.6,-4 37.6,4 42.4,10.4 C43.8,12.6 42.6,14.6 39.4,15.4 C37,16 35.8,17.2 "
    "36,19 C37.6,20.4 39.8,22.2 39.2,24.8 "
    "C38.6,26.6 36,26.8 34.4,27.4 C36.8,28.2 38.4,30.2 37.4,32.6 C36.4,34.6 "
    "33.6,35.2 33,37.2 C33,39.6 35.6,41.4 34.8,44.8 "
    "C33.6,49 29.4,50.8 25,50.2 C15,48.8 5,43 -3,35 C-8,40 -18,44 -28,36 Z"
)
_MAN = (
    "M-28,36 C-40,26 -46,6 -44.6,-14 C-41,-38 -22,-50 -3,-50 C14,-50 28,-43 "
    "33.4,-29 C35.6,-22 36.6,-17 35.8,-12 "
    "C34.2,-8 33.8,-6.4 34.8,-3 C37,3 40.4,8 44,13 C45.2,15.4 43.6,17.2 40,17.6 "
    "C37.4,18 36.2,18.8 36.2,20.4 "
    "C37.2,22 38.8,23.6 38.2,26 C37.6,27.4 35.6,27.6 34.2,28.2 C36.2,29 "
    "37.6,30.8 36.8,33 C35.8,35 33.6,35.6 33.2,37.4 "
    "C33.4,39.6 36.6,41.2 36.2,45.4 C35.2,49.8 30.6,51.2 26,50.8 C15,50 4,46 "
    "-4,38 C-9,43 -18,44 -28,36 Z"
)
_OLD = (
    "M-28,36 C-40,26 -46,6 -44.6,-14 C-41,-38 -22,-50 -3,-50 C14,-50 28,-43 "
    "33.4,-29 C35.4,-22 36.8,-17 36.2,-12.4 "
    "C34,-9 33,-6.6 34.4,-3.4 C38.6,1.6 43.4,7.6 45,13.4 C45.2,17 43,19 "
    "39.6,18.6 C36.6,18.6 34.6,19.6 34.6,21.4 "
    "C35.2,23 36.2,24.4 35.6,26 C34.8,27.4 33.4,27.8 32.4,28.4 C34,29.4 35.2,31 "
    "34.4,32.8 C33.4,34.8 32,35.6 32.2,37.4 "
    "C33,39.4 37.2,40.8 37.2,45 C36.4,49.4 31,51 26,50.4 C16,49 6,44 -2,36 C-8,42 -18,44 -28,36 Z"
)
_CHILD = (
    "M-28,38 C-42,28 -48,6 -46,-14 C-43,-38 -22,-50 -3,-50 C16,-50 31,-43 "
    "35.4,-28 C37.4,-20 37,-12 34,-5 "
    "C34,0 36.4,5 39.6,10.6 C41,13 39.6,15 37,15.6 C35.4,16.2 34.8,17.4 35,19 "
    "C36.6,20.6 38,22.4 37.4,24.6 "
    "C36.8,26.4 34.8,26.8 33.6,27.4 C35.4,28.4 36.6,30.4 35.6,32.4 C34.4,34.4 "
    "32,35 31.4,36.8 C31.8,39.4 33.4,41.4 32.2,44.6 "
    "C30.6,48.8 26,50.6 20,50 C10,49 2,44 -5,37 C-10,42 -18,45 -28,38 Z"
)
_FRONT = (
    "M0,-50 C22,-50 35,-34 35,-10 C35,8 31,26 21,38 C14,46 7,50 0,50 C-7,50 "
    "-14,46 -21,38 C-31,26 -35,8 -35,-10 "
    "C-35,-34 -22,-50 0,-50 Z"
)
_FRONT_SOFT = (
    "M0,-50 C22,-50 35,-34 34,-10 C33,8 28,24 17,37 C11,45 5,50 0,50 C-5,50 "
    "-11,45 -17,37 C-28,24 -33,8 -34,-10 "
    "C-35,-34 -22,-50 0,-50 Z"
)
_EAR = "M-9,-1 C-13,-7 -6,-10 -4,-4 C-2,2 -6,8 -9,10 C-11,8 -8,4 -9,-1 Z"
_EARS = "M34,-6 C41,-10 42,2 38,9 C36,12 33,12 33,8 Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A head in its layers."""

    behind: str
    """Hangs behind the trunk."""
    front: str


def outline(head: Head) -> str:
    """Gives the outline of the bare head."""
    if head.frontal:
        return _FRONT_SOFT if head.sex is Sex.FEMALE or head.age is Age.CHILD else _FRONT
    if head.age is Age.CHILD:
        return _CHILD
    if head.age is Age.OLD and head.sex is Sex.MALE:
        return _OLD
    return _WOMAN if head.sex is Sex.FEMALE else _MAN


def hair_of(brush: Brush, age: Age) -> str:
    """Gives the colour of hair: ink, and grey with age."""
    return (
        mixed(brush.soft, brush.rim, 0.42) if age is Age.OLD else mixed(brush.ink, brush.soft, 0.55)
    )


_SIDE_MOUSTACHE = "M38,23.6 C33,24.6 27,29 23.6,36 C28,32.6 34,29.6 37.6,27.6 Z"
_SIDE_LONG = (
    "M35,28 C30,30.6 22,32 14,28 C8,30 6,36 8,46 C12,66 16,96 27,122 C31,108 "
    "38,84 39.6,62 C40.4,52 39,44 37,38 "
    "C35.6,35 34.6,32 35,28 Z"
)
_SIDE_SHORT = (
    "M34,36 C28,34 20,36 12,34 C6,36 4,40 8,46 C14,56 22,62 31,62 C36,58 38.4,52 "
    "37.4,46 C36.4,41 34,39 34,36 Z"
)
_FRONT_LONG = (
    "M-22,26 C-14,22 -8,21 0,24 C8,21 14,22 22,26 C24,40 20,58 14,78 C10,94 "
    "4,110 0,122 C-4,110 -10,94 -14,78 "
    "C-20,58 -24,40 -22,26 Z"
)
_FRONT_SHORT = (
    "M-22,26 C-14,22 -8,21 0,24 C8,21 14,22 22,26 C22,40 14,60 0,62 C-14,60 -22,40 -22,26 Z"
)


def _beard(head: Head, brush: Brush) -> str:
    """Paints a beard where the head wears one."""
    long = head.gear is Headgear.BEARD or (head.age is Age.OLD and not head.modern)
    if head.away or head.sex is Sex.FEMALE or head.age is Age.CHILD:
        return ""
    if head.gear is not Headgear.BEARD and head.age is not Age.OLD:
        return ""
    fill = hair_of(brush, head.age)
    if head.frontal:
        shape = _FRONT_LONG if long else _FRONT_SHORT
        mouth = brush.tone("M-8,29.4 C-3,27.4 3,27.4 8,29.4 C3,32.4 -3,32.4 -8,29.4 Z", brush.skin)
        return brush.mass(shape, fill=fill, rim=0.6) + mouth
    strands = (
        "M20,42 C23,66 26,86 28,104 M28,40 C31,60 31,80 30,96 M14,40 C17,58 20,74 23,88"
        if long
        else ""
    )
    lines = brush.line(strands, 0.7, brush.rim, opacity=0.35) if strands else ""
    return (
        brush.mass(_SIDE_LONG if long else _SIDE_SHORT, fill=fill, rim=0.8)
        + lines
        + brush.tone(_SIDE_MOUSTACHE, fill)
    )


def _calm(brush: Brush) -> str:
    """Paints what a face seen from before shows at a distance: lids, a nose, a mouth."""
    lids = (
        "M9,-3 C13,0 19,0 24,-3.4 M-9,-3 C-13,0 -19,0 -24,-3.4 M3,-4 C3,4 5,10 6,14 "
        "C3,17 0,17 -2,16"
    )
    return brush.line(lids, 1.6, brush.rim, opacity=0.4) + brush.line(
        "M-8,29 C-3,30.6 3,30.6 8,29", 2.2, brush.rim, opacity=0.32
    )


def headed(head: Head, brush: Brush) -> Painted:
    """Paints a head with its hair and its hat, in the head's own units."""
    fill = hair_of(brush, head.age)
    gear = hats.worn(head, brush, fill)
    if head.away:
        bare = brush.mass(outline(head), fill=brush.skin)
        ears = brush.mass(_EARS, mirrored(_EARS), fill=brush.skin)
        return Painted(behind="", front=ears + bare + gear.front + gear.behind)
    skull = brush.mass(outline(head), fill=brush.skin)
    if head.frontal:
        ears = brush.mass(_EARS, mirrored(_EARS), fill=brush.skin)
        calm = "" if head.fine else _calm(brush)
        return Painted(
            behind=gear.behind, front=ears + skull + calm + _beard(head, brush) + gear.front
        )
    ear = brush.tone(_EAR, mixed(brush.skin, brush.rim, 0.16))
    drop = (
        ""
        if head.fine
        else brush.line("M18,-4 C22,-1.6 26,-1.8 30,-4", 1.8, brush.rim, opacity=0.5)
    )
    if head.sex is Sex.FEMALE and head.age is not Age.CHILD and not gear.covers_ear:
        drop += brush.line("M-8,11 L-8,19", 1.0) + brush.tone(oval(-8, 22, 2.6, 3.4), brush.accent)
    return Painted(
        behind="",
        front=gear.behind
        + skull
        + _beard(head, brush)
        + gear.front
        + (ear if not gear.covers_ear else "")
        + drop,
    )
