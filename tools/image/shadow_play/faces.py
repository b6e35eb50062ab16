"""Busts: a head from near, its features, and the shoulders and collar below it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nightshoot.domain.screenplay import Look
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import Age, Facing, Gesture, Headgear, HeldProp, Posture, Sex
from nightshoot.tools.image.shadow_play.arms import armed
from nightshoot.tools.image.shadow_play.bodies import HEAD, pose_of
from nightshoot.tools.image.shadow_play.busts import shouldered
from nightshoot.tools.image.shadow_play.dress import MODERN, Wearer
from nightshoot.tools.image.shadow_play.frontal import frontal as full_face
from nightshoot.tools.image.shadow_play.gestures import Holder
from nightshoot.tools.image.shadow_play.hair import Head
from nightshoot.tools.image.shadow_play.heads import headed
from nightshoot.tools.image.shadow_play.strokes import Brush, Point, group, mixed
from nightshoot.tools.image.shadow_play.svg import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Who is seen from near, and what they do."""

    figure: Figure
    look: Look
    brush: Brush
    tilt: float = 0.0
    """Degrees that the head is bent down more than the gesture asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bust:
    """A bust, painted in body units."""

    body: str
    arm: str
    sway: tuple[float, float] | None
    pivot: Point
    head: Point
    """The centre of the head."""


_NECK = 2.2
"""How much longer a neck is from near, in body units."""
_ROOTS = ((-9.6, -16.0), (9.0, -17.5))
_FRONT_ROOTS = ((13.5, -8.0), (-13.5, -8.0))
"""Where arms leave the broader trunk of a bust."""

_STILL_HANDS = frozenset(
    {Gesture.REST, Gesture.HANDS_BEHIND, Gesture.LOOK_UP, Gesture.LOOK_DOWN, Gesture.FOLD_ARMS}
)


def _eye(portrait: Portrait, brush: Brush, nod: float) -> str:
    """Paints the eye and the brow of a profile; who looks down or plays has the eyes closed."""
    look = portrait.look
    closed = nod > 5.5
    woman = look.sex is Sex.FEMALE
    pale = mixed(brush.skin, brush.rim, 0.85)
    brow = "M17,-14.6 C22,-18.6 28,-18.4 33,-15" if woman else "M15,-15 C20,-19.4 28,-19.6 34.4,-14"
    if look.age is Age.OLD:
        brow = "M14,-12 C20,-19 28,-19 35,-13 M14,-12 C13,-9 12,-7 10,-5"
    line = brush.line(brow, 1.3 if woman else 1.9, pale, opacity=0.55)
    if closed:
        lids = "M17.6,-3.6 C21,-0.4 26.4,0 30,-2.6"
        lashes = "M29.4,-2.4 L31.6,-0.6 M27,-1.2 L28.8,0.9" if woman else ""
        return (
            line + brush.line(lids, 1.2, pale) + (brush.line(lashes, 0.7, pale) if lashes else "")
        )
    white = (
        "M16.8,-3.4 C20.6,-8.4 26.6,-8.6 30,-6.4 C29.8,-4.6 29,-3 28,-2 C24.4,-1.4 "
        "20,-1.6 16.8,-3.4 Z"
    )
    iris = "M25.4,-7.6 C28.2,-7.2 28.4,-2.6 25.8,-1.8 C23.6,-2.4 23.4,-6.8 25.4,-7.6 Z"
    wing = "M16.4,-3.2 C20.4,-8.8 26.8,-9.2 31,-6.6"
    under = "M18.4,-2.6 C22,-1 25.4,-1 27.8,-1.6"
    folds = "M12,-1 C15,0.6 17,2.6 18,5 M13,-4 L9,-5.4" if look.age is Age.OLD else ""
    return (
        line
        + brush.tone(white, mixed(brush.skin, brush.light, 0.5), 0.9)
        + brush.tone(iris, brush.ink)
        + brush.line(wing, 1.3, pale)
        + brush.line(under, 0.5, pale, opacity=0.5)
        + (brush.line(folds, 0.6, pale, opacity=0.4) if folds else "")
    )


def _modelled(brush: Brush, bearded: bool) -> str:
    """Paints how light lies on a profile: on the cheek, beside the nose and warm from below."""
    cheek = "M8,6 C14,2 24,3 30,9 C34,13 33,18 28,20 C21,23 13,22 9,17 C6,13 5,9 8,6 Z"
    bone = "M30,6 C25,12 15,17 3,17"
    under = (
        "M32,40 C31,45 28,47.6 24,47.4 C15,46 5,41 -2,34 C6,37 16,40 24,39.6 "
        "C28,39.4 30,39.4 32,40 Z"
    )
    bridge = "M33.4,-6 C35,-1 38.4,5 41.4,10.4 C39,11 36,9 34.4,4 C33.4,1 32.8,-3 33.4,-6 Z"
    warm = mixed(brush.skin, brush.glow, 0.55)
    return (
        brush.halo(17.0, 10.0, 18.0, brush.glow, 0.20)
        + brush.tone(cheek, warm, 0.08)
        + ("" if bearded else brush.tone(under, warm, 0.28))
        + brush.tone(bridge, brush.rim, 0.14)
        + brush.line(bone, 0.7, brush.rim, opacity=0.14)
    )


def _profile(portrait: Portrait, brush: Brush, nod: float) -> str:
    """Paints the features of a profile, in head units."""
    look = portrait.look
    lips = (
        mixed("#a3202c", brush.rim, 0.08)
        if look.sex is Sex.FEMALE
        else mixed(brush.skin, brush.rim, 0.34)
    )
    mouth = (
        "M38.8,24.6 C36,22.4 33,23.6 28.6,27.4 C32,27 34,27 35,27.2 C36.6,27.4 38,30 "
        "37,32.4 C34,33.6 31,31 28.6,27.4 "
        "C32,24 36,23 38.8,24.6 Z"
    )
    bearded = look.sex is Sex.MALE and look.age is Age.OLD
    nostril = "M36.6,15 C34.6,13 33,14.6 33.6,17"
    cheek = "M24,20 C21,24 21,28 23,31" if look.age is Age.OLD else ""
    jaw = "M-5,14 C-4,24 0,32 8,38"
    return (
        _modelled(brush, bearded or (look.headgear is Headgear.BEARD))
        + _eye(portrait, brush, nod)
        + brush.line(nostril, 0.7, brush.rim, opacity=0.4)
        + ("" if bearded else brush.tone(mouth, lips, 0.95))
        + brush.line("M28.8,27.4 C32,26.8 34,26.8 35.4,27.3", 0.6, brush.ink)
        + brush.line(jaw, 0.6, brush.rim, opacity=0.16)
        + (brush.line(cheek, 0.6, brush.rim, opacity=0.35) if cheek else "")
    )


def portrayed(portrait: Portrait) -> Bust:
    """Paints a bust: shoulders, head, features and, where the gesture asks for them, hands."""
    figure, look, brush = portrait.figure, portrait.look, portrait.brush
    frontal = figure.facing in (Facing.TOWARD, Facing.AWAY)
    away = figure.facing is Facing.AWAY
    stoop = 3.0 if look.age is Age.OLD else 0.0
    pose = pose_of(Posture.STANDING, frontal=frontal, away=away, stoop=stoop)
    pose = replace(pose, neck_more=_NECK)
    wearer = Wearer(pose=pose, dress=look.dress, sex=look.sex, build=look.build, brush=brush)
    modern = look.dress in MODERN
    holder = Holder(
        wearer=wearer,
        posture=Posture.STANDING,
        gesture=figure.gesture,
        prop=figure.holding,
        paper=not modern,
        fine=True,
        roots=_FRONT_ROOTS if frontal else _ROOTS,
    )
    nod = holder.deed.head + (10.0 if figure.posture is Posture.BOWING else 0.0)
    if holder.gesture is not Gesture.PLAY:
        nod += portrait.tilt
    head = Head(
        gear=look.headgear,
        sex=look.sex,
        age=look.age,
        modern=modern,
        frontal=frontal,
        away=away,
        fine=True,
    )
    small = brush.scaled(HEAD / 100.0)
    painted = headed(head, small)
    features = (
        "" if away else full_face(look, small, nod) if frontal else _profile(portrait, small, nod)
    )
    turn = "" if frontal else f" rotate({number(pose.turn(nod))} -8 36)"
    x, y = pose.head
    place = (
        f"translate({number(x)} {number(y + (nod * 0.05 if frontal else 0.0))}) "
        f"scale({HEAD / 100.0:.5g}){turn}"
    )
    top = group(painted.front + features, place)
    back = group(painted.behind, place)
    arms = armed(holder)
    hands = (
        figure.gesture not in _STILL_HANDS
        or holder.tool is HeldProp.UMBRELLA
        or (figure.holding is not None and holder.deed.near[1] < 20.0 and not holder.deed.under)
    )
    torso = shouldered(wearer, nod)
    if not hands:
        return Bust(
            body=back + torso + top if not away else torso + top + back,
            arm="",
            sway=None,
            pivot=(0.0, 0.0),
            head=(x, y),
        )
    far = arms.far if holder.tool is not HeldProp.UMBRELLA else ""
    moving = arms.sway is not None
    near = "" if moving else arms.near
    # Seen from before, both hands are in front of the chest.
    body = back + torso + top + far + near if frontal else far + torso + top + near
    if away:
        body = far + near + torso + top + back
    if away and moving:
        body, moving = far + arms.near + torso + top, False
    return Bust(
        body=body,
        arm=arms.near if moving else "",
        sway=arms.sway if moving else None,
        pivot=arms.pivot,
        head=(x, y),
    )
