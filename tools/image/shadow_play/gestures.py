"""Gestures: where the hands go, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nightshoot.domain.vocabulary import Gesture, HeldProp, Posture
from nightshoot.tools.image.shadow_play.dress import Wearer
from nightshoot.tools.image.shadow_play.strokes import (
    Point,
    plus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What two arms do. Hands are offsets from their shoulders, x forward (outward from before)."""

    near: Point
    far: Point = (0.0, 0.0)
    """(0, 0): as at rest."""
    tilt: float = 0.0
    """How the near hand's prop leans."""
    hand: str = "fist"
    sway: float = 0.0
    """Degrees that the near arm swings; 0.0 holds it still."""
    period: float = 3.0
    lift: bool = False
    """The elbow points forward, so that a raised sleeve clears the face."""
    head: float = 0.0
    """Degrees that the head nods down."""
    flowing: bool = False
    """Long sleeves stream from the hands."""
    under: bool = False
    """The arms are behind the back."""


_HOLD: dict[HeldProp, tuple[Point, float]] = {
    HeldProp.CUP: ((14.0, 15.0), 0.0),
    HeldProp.FLUTE: ((12.0, 21.0), 38.0),
    HeldProp.SWORD: ((6.0, 28.0), 118.0),
    HeldProp.SPEAR: ((15.0, 12.0), 0.0),
    HeldProp.BOW: ((8.0, 27.0), 24.0),
    HeldProp.FAN: ((13.0, 12.0), 14.0),
    HeldProp.LETTER: ((14.0, 17.0), 8.0),
    HeldProp.BOOK: ((13.0, 18.0), 20.0),
    HeldProp.BRUSH: ((14.0, 15.0), 12.0),
    HeldProp.UMBRELLA: ((13.5, 9.0), 0.0),
    HeldProp.LANTERN: ((20.0, 12.0), 0.0),
    HeldProp.STAFF: ((16.0, 13.0), 0.0),
    HeldProp.OAR: ((15.0, 12.0), 4.0),
    HeldProp.ZITHER: ((9.0, 21.0), 66.0),
    HeldProp.FLOWER: ((14.0, 11.0), 22.0),
    HeldProp.PHONE: ((14.0, 11.0), 14.0),
    HeldProp.BAG: ((2.0, 30.0), 0.0),
    HeldProp.BOX: ((15.0, 17.0), 0.0),
    HeldProp.KEY: ((16.0, 13.0), 0.0),
}
"""Where a hand at rest carries each prop, and how that leans."""


_LIFTED = (HeldProp.LETTER, HeldProp.BOOK, HeldProp.CUP, HeldProp.BOX)
"""What a hand at rest holds higher before the chest: from near to be in the frame, and above a
table."""

_REST: dict[Posture, tuple[Point, Point]] = {
    Posture.WALKING: ((-7.0, 28.0), (9.0, 27.0)),
    Posture.RUNNING: ((-13.0, 14.0), (17.0, 12.0)),
    Posture.RIDING: ((15.0, 16.0), (16.0, 15.0)),
    Posture.SITTING: ((13.5, 22.5), (13.0, 22.0)),
    Posture.KNEELING: ((13.5, 22.5), (13.0, 22.0)),
    Posture.LYING: ((6.0, 24.0), (5.0, 24.0)),
}


def _rest(wearer: Wearer, posture: Posture) -> Deed:
    """Gives arms that do nothing in particular."""
    if posture is Posture.BOWING:
        return Deed(near=(15.0, 15.0), far=(15.0, 14.0), hand="clasp")
    robed = ((9.6, 23.0), (10.0, 22.4)) if wearer.wide_sleeves else ((0.6, 31.4), (3.0, 31.0))
    near, far = _REST.get(posture, robed)
    return Deed(near=near, far=far)


def _holding(wearer: Wearer, posture: Posture, prop: HeldProp | None) -> Deed:
    """Gives arms of which one carries a prop."""
    deed = _rest(wearer, posture)
    if prop is None:
        return deed
    near, tilt = _HOLD[prop]
    if prop in (HeldProp.BOX, HeldProp.ZITHER):
        return replace(deed, near=near, far=plus(near, (0.0, 1.0)), tilt=tilt)
    if posture in (Posture.SITTING, Posture.KNEELING) and near[1] > 22:
        near = (15.0, 19.0)
    return replace(deed, near=near, tilt=tilt, hand="fist")


_BLADES = (HeldProp.SWORD, HeldProp.SPEAR, HeldProp.STAFF, HeldProp.OAR)

_DEEDS: dict[Gesture, Deed] = {
    Gesture.RAISE: Deed(near=(19.0, -14.5), tilt=2.0, sway=2.0, head=-7.0),
    Gesture.PLAY: Deed(near=(12.0, 7.0), far=(11.0, -2.0), sway=0.9, period=2.4, head=7.0),
    Gesture.POINT: Deed(near=(30.0, -4.0), hand="point"),
    Gesture.REACH: Deed(near=(28.0, 5.0), far=(22.0, 11.0), hand="open", sway=1.8, period=4.0),
    Gesture.HANDS_BEHIND: Deed(near=(-9.0, 21.0), far=(-9.0, 20.0), under=True),
    Gesture.CLASP: Deed(near=(17.0, 3.0), far=(12.5, 2.6), hand="clasp", head=8.0),
    Gesture.EMBRACE: Deed(near=(18.0, 7.0), far=(20.0, 1.0), hand="open", head=6.0),
    Gesture.WAVE: Deed(near=(19.0, -23.0), hand="open", sway=8.0, period=1.5, lift=True),
    Gesture.STRIKE: Deed(near=(23.0, -12.0), sway=6.0, period=1.2),
    Gesture.WRITE: Deed(
        near=(17.0, 12.0), far=(19.0, 20.0), tilt=-8.0, sway=1.6, period=1.2, head=13.0
    ),
    Gesture.READ: Deed(near=(16.0, 3.0), far=(16.0, 7.0), tilt=14.0, head=13.0),
    Gesture.FOLD_ARMS: Deed(near=(12.0, 12.0), far=(11.0, 8.0), hand="none"),
    Gesture.DANCE: Deed(
        near=(21.0, -21.0),
        far=(-24.0, 10.0),
        hand="open",
        sway=6.0,
        period=2.8,
        head=-10.0,
        lift=True,
        flowing=True,
    ),
}
"""What each gesture does with most props, seen from the side; the others rest."""

_SPECIAL: dict[tuple[Gesture, HeldProp | None], Deed] = {
    (Gesture.RAISE, None): Deed(near=(20.0, -23.0), hand="open", sway=2.5, lift=True),
    **{
        (Gesture.RAISE, blade): Deed(near=(20.0, -17.0), tilt=8.0, sway=2.0, lift=True)
        for blade in _BLADES
    },
    (Gesture.PLAY, HeldProp.ZITHER): Deed(
        near=(18.0, 19.0), far=(14.0, 18.0), hand="open", sway=1.6, period=1.3, head=9.0
    ),
    (Gesture.STRIKE, HeldProp.BOW): Deed(near=(29.0, -5.0), far=(6.0, -4.0), sway=0.6, period=2.0),
    **{
        (Gesture.STRIKE, blade): Deed(
            near=(17.0, -24.0), far=(19.0, 6.0), tilt=62.0, sway=7.0, period=1.7, lift=True
        )
        for blade in _BLADES
    },
    (Gesture.STRIKE, HeldProp.SWORD): Deed(
        near=(17.0, -24.0), far=(19.0, 6.0), tilt=-38.0, sway=7.0, period=1.7, lift=True
    ),
}
"""What a gesture does with certain props."""

_NOD = {Gesture.LOOK_UP: -24.0, Gesture.LOOK_DOWN: 22.0}


def _deed(wearer: Wearer, posture: Posture, gesture: Gesture, prop: HeldProp | None) -> Deed:
    """Gives what the arms do, seen from the side."""
    if posture is Posture.ROWING:
        return Deed(near=(17.0, 12.0), far=(16.0, 20.0), tilt=-14.0, sway=3.5, period=2.6)
    rest = _holding(wearer, posture, prop)
    deed = _SPECIAL.get((gesture, prop)) or _DEEDS.get(gesture)
    if deed is None:
        return replace(rest, head=_NOD.get(gesture, 0.0))
    return replace(deed, far=rest.far) if deed.far == (0.0, 0.0) else deed


_FRONTAL: dict[Gesture, tuple[Point, Point]] = {
    Gesture.CLASP: ((-7.2, 9.0), (-7.2, 9.6)),
    Gesture.PLAY: ((9.0, -8.0), (-5.0, -8.0)),
    Gesture.READ: ((-4.0, 13.0), (-4.0, 14.0)),
    Gesture.WRITE: ((-4.0, 13.0), (-4.0, 14.0)),
    Gesture.EMBRACE: ((-12.0, 10.0), (-12.0, 13.0)),
    Gesture.FOLD_ARMS: ((-12.0, 10.0), (-12.0, 13.0)),
    Gesture.HANDS_BEHIND: ((-3.0, 26.0), (-3.0, 26.0)),
    Gesture.DANCE: ((16.0, -20.0), (24.0, 8.0)),
}
"""Where hands go, seen from before, when not simply a little less to the side than forward."""


def _frontal(deed: Deed, gesture: Gesture, prop: HeldProp | None, robed: bool) -> Deed:
    """Gives the same deed seen from before: what goes forward goes to the side, a little less."""
    x, y = deed.near
    idle = (-6.6, 19.6) if robed else (4.0, 31.0)
    if gesture is Gesture.PLAY and prop is HeldProp.ZITHER:
        return replace(deed, near=(1.0, 21.0), far=(1.0, 20.0))
    if gesture in _FRONTAL:
        near, far = _FRONTAL[gesture]
        hidden = gesture in (Gesture.EMBRACE, Gesture.FOLD_ARMS)
        return replace(deed, near=near, far=far, hand="none" if hidden else deed.hand)
    if gesture in (Gesture.REST, Gesture.LOOK_UP, Gesture.LOOK_DOWN):
        if prop is None:
            return replace(deed, near=idle, far=idle, hand="none" if robed else deed.hand)
        return replace(deed, near=(min(x * 0.6, 9.0), y), far=idle)
    return replace(deed, near=(x * 0.66, y), far=idle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A wearer about to move the arms."""

    wearer: Wearer
    posture: Posture
    gesture: Gesture
    prop: HeldProp | None
    paper: bool
    """Umbrellas are of oiled paper."""
    fine: bool = False
    """Seen from near."""
    roots: tuple[Point, Point] | None = None
    """Where the near and the far arm leave a trunk broader than the body's own, from the waist."""

    @property
    def tool(self) -> HeldProp | None:
        """What the hands really need: what is played, written with, read or rowed with."""
        if self.posture is Posture.ROWING:
            return HeldProp.OAR
        if self.gesture is Gesture.PLAY and self.prop is not HeldProp.ZITHER:
            return HeldProp.FLUTE
        if self.gesture is Gesture.WRITE:
            return HeldProp.BRUSH
        if self.gesture is Gesture.READ and self.prop not in (HeldProp.BOOK, HeldProp.PHONE):
            return HeldProp.LETTER
        if self.gesture in (
            Gesture.CLASP,
            Gesture.FOLD_ARMS,
            Gesture.HANDS_BEHIND,
            Gesture.EMBRACE,
        ) and (self.prop is not HeldProp.UMBRELLA):
            return None
        return self.prop

    @property
    def deed(self) -> Deed:
        """What the arms do."""
        gesture = self.gesture
        if self.tool is HeldProp.UMBRELLA and gesture not in (Gesture.LOOK_UP, Gesture.LOOK_DOWN):
            gesture = Gesture.REST
        deed = _deed(self.wearer, self.posture, gesture, self.tool)
        if self.fine and gesture is Gesture.STRIKE and self.tool is HeldProp.SWORD:
            deed = replace(deed, tilt=16.0)  # drawn back, the blade would lie across the face
        seated = self.posture in (Posture.SITTING, Posture.KNEELING)
        if gesture is Gesture.WRITE and seated:
            deed = replace(deed, near=(17.0, 4.0), far=(19.0, 7.5))  # on a table, not on the lap
        if (self.fine or seated) and self.tool in _LIFTED and deed.near == _HOLD[self.tool][0]:
            x, y = deed.near
            deed = replace(deed, near=(x - 2.5, y - 8.0))
        return (
            _frontal(deed, gesture, self.tool, self.wearer.wide_sleeves)
            if self.wearer.pose.frontal
            else deed
        )
