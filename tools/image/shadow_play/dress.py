"""Clothes: how garments are cut, and how they lie on a body."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nightshoot.domain.vocabulary import Build, Dress, Sex
from nightshoot.tools.image.shadow_play.bodies import Pose, Surface
from nightshoot.tools.image.shadow_play.strokes import (
    Brush,
    Point,
    warped,
)

MODERN = frozenset({Dress.SUIT, Dress.COAT, Dress.CASUAL, Dress.SKIRT, Dress.UNIFORM})
"""What people of our day wear; who sits in these sits on a chair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a garment is cut."""

    length: float = 1.0
    """How far down the cloth reaches from the waist, 1.0 being the floor; 0.0: trousers only."""
    flare: float = 1.0
    sleeve: float = 17.0
    """How far the sleeve's mouth hangs down from the wrist; below 6 the sleeve is narrow."""
    arm: float = 3.4
    """Half the width of the sleeve at the shoulder."""
    bare: bool = False
    """Legs without trousers."""
    jacket: bool = False
    """The trunk is cut square and ends below the waist."""
    boots: bool = False


_CUTS = {
    Dress.ROBE: Cut(),
    Dress.COURT_ROBE: Cut(flare=1.2, sleeve=24.0, arm=4.2),
    Dress.GOWN: Cut(flare=1.06, sleeve=20.0, arm=2.9),
    Dress.ARMOR: Cut(length=0.6, flare=1.12, sleeve=3.0, arm=3.8, boots=True),
    Dress.PEASANT: Cut(length=0.36, flare=1.05, sleeve=4.0, arm=3.4, boots=True),
    Dress.STRAW_CAPE: Cut(length=0.36, flare=1.05, sleeve=4.0, arm=3.4, boots=True),
    Dress.CLOAK: Cut(flare=0.9, sleeve=9.0),
    Dress.SUIT: Cut(length=0.0, sleeve=2.4, arm=3.3, jacket=True),
    Dress.COAT: Cut(length=0.6, flare=0.98, sleeve=3.6, arm=3.7, jacket=True),
    Dress.CASUAL: Cut(length=0.0, sleeve=3.2, arm=3.7, jacket=True),
    Dress.SKIRT: Cut(length=0.58, flare=1.18, sleeve=2.2, arm=2.7, bare=True),
    Dress.UNIFORM: Cut(length=0.0, sleeve=2.6, arm=3.2, jacket=True),
}


_PLEATED = Cut(length=0.46, flare=1.2, sleeve=2.4, arm=2.9, bare=True, jacket=True)


def cut_of(dress: Dress, sex: Sex) -> Cut:
    """Gives how a garment is cut; a woman's uniform has a pleated skirt."""
    return _PLEATED if dress is Dress.UNIFORM and sex is Sex.FEMALE else _CUTS[dress]


_SIDE_ROBE = (
    "M6.9,1.5 C7.2,-4 9.4,-8 9.2,-13 C9,-18 6.6,-22 3.4,-24.4 L2.6,-27 L-3.4,-27.4 "
    "C-4.4,-25 -8.2,-23.4 -9,-18 C-9.8,-12 -7.8,-6 -6.9,1.5 Z"
)


_SIDE_JACKET = (
    "M7.4,12.5 C8,6 6.6,1 7,-3 C8.6,-8 8.9,-13 8.4,-17 C7.6,-21 5.6,-23.4 "
    "3.2,-25 L2.6,-27 L-3.2,-27.4 "
    "C-4.2,-25.6 -7.8,-24.4 -8.8,-20 C-9.6,-14 -8,-6 -7.4,-1 C-7.8,4 -8.8,8 "
    "-8.8,12.5 C-4,13.4 3,13.4 7.4,12.5 Z"
)


_FRONT_ROBE = (
    "M6.9,1.5 C7.4,-5 8.6,-9 9.6,-13 C10.6,-18 9.8,-21.6 4,-24.2 L3,-27.4 L-3,-27.4 L-4,-24.2 "
    "C-9.8,-21.6 -10.6,-18 -9.6,-13 C-8.6,-9 -7.4,-5 -6.9,1.5 Z"
)


_FRONT_JACKET = (
    "M8.6,12.5 C8.8,6 7.4,1 7.8,-4 C9.4,-10 10.2,-15 10.6,-19.6 C10.4,-22.4 "
    "7.4,-23.4 3.8,-24.8 L3,-27.4 "
    "L-3,-27.4 L-3.8,-24.8 C-7.4,-23.4 -10.4,-22.4 -10.6,-19.6 C-10.2,-15 "
    "-9.4,-10 -7.8,-4 C-7.4,1 -8.8,6 "
    "-8.6,12.5 C-4,13.6 4,13.6 8.6,12.5 Z"
)


_BULK = {Build.SLIM: 0.88, Build.AVERAGE: 1.0, Build.STOUT: 1.26, Build.SMALL: 0.9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wearer:
    """A body in its clothes, ready to be painted."""

    pose: Pose
    dress: Dress
    sex: Sex
    build: Build
    brush: Brush

    @property
    def cut(self) -> Cut:
        """How the clothes are cut."""
        return cut_of(self.dress, self.sex)

    @property
    def wide_sleeves(self) -> bool:
        """Whether sleeves hang from the wrist."""
        return self.cut.sleeve >= 6.0

    @property
    def bulk(self) -> float:
        """How broad the body is against an average one."""
        return _BULK[self.build] * (0.94 if self.sex is Sex.FEMALE else 1.0)

    def fit(self, point: Point) -> Point:
        """Gives where a point of the trunk lies on this wearer."""
        x, y = point
        near_waist = math.exp(-((y / 7.0) ** 2))
        broad = self.bulk * (1.0 - (0.16 if self.sex is Sex.FEMALE else 0.03) * near_waist)
        belly = 3.2 * near_waist if self.build is Build.STOUT and x > 0 else 0.0
        if self.pose.frontal:
            belly = math.copysign(0.4 * belly, x)
        return self.pose.upper((x * broad + belly, y))

    def worn(self, path: str) -> str:
        """Gives path data of the trunk as it lies on this wearer."""
        return warped(path, self.fit)

    @property
    def trunk(self) -> str:
        """The outline from the neck to the waist or the jacket's hem."""
        square = self.cut.jacket or self.dress in (Dress.PEASANT, Dress.STRAW_CAPE, Dress.ARMOR)
        if self.pose.frontal:
            return self.worn(_FRONT_JACKET if square else _FRONT_ROBE)
        return self.worn(_SIDE_JACKET if square else _SIDE_ROBE)

    @property
    def cloth(self) -> Surface:
        """The skirt of the robe on this wearer."""
        middle, flare = self.pose.waist[0], self.cut.flare
        top = self.pose.waist[1]

        def widened(point: Point) -> Point:
            drop = min(1.0, max(0.0, (point[1] - top) / 30.0))
            tight = 0.86 if self.sex is Sex.FEMALE and not self.pose.low else 1.0
            share = self.bulk * (tight + (flare - tight) * drop)
            return (middle + (point[0] - middle) * share, point[1])

        return self.pose.robe.changed(widened)
