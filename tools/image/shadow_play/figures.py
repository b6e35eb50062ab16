"""People of the shadow play: whole figures, and busts for close framings."""

from __future__ import annotations

import random
from dataclasses import dataclass

from nightshoot.domain.screenplay import Look
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import (
    Age,
    Build,
    Dress,
    Era,
    Facing,
    Headgear,
    HeldProp,
    Posture,
    Sex,
)
from nightshoot.tools.image.shadow_play.arms import armed
from nightshoot.tools.image.shadow_play.bodies import CHAIR, HEAD, Pose, pose_of
from nightshoot.tools.image.shadow_play.dress import MODERN, Wearer
from nightshoot.tools.image.shadow_play.faces import Portrait, portrayed
from nightshoot.tools.image.shadow_play.garments import clothed
from nightshoot.tools.image.shadow_play.gestures import Holder
from nightshoot.tools.image.shadow_play.hair import Head
from nightshoot.tools.image.shadow_play.heads import headed
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.strokes import Brush, Point, brush_of, group, line
from nightshoot.tools.image.shadow_play.svg import number


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a figure that moves as one."""

    body: str
    """SVG in frame pixels."""
    motion: str
    """As `svg.Motion` has it."""


_STATURE = {Age.CHILD: 0.62, Age.YOUNG: 1.0, Age.ADULT: 1.0, Age.OLD: 0.96}
_STATURE_BUILD = {Build.SLIM: 1.0, Build.AVERAGE: 1.0, Build.STOUT: 1.02, Build.SMALL: 0.92}
_HEAD_SHARE = {Age.CHILD: 1.3, Age.YOUNG: 1.0, Age.ADULT: 1.0, Age.OLD: 1.0}
_FEMALE = 0.955
"""Source: NCD-RisC, eLife 2016;5:e13410: women are 0.93 to 0.96 as tall as men of their country."""

_PASSERS_BY = {
    Era.ANCIENT: (
        (Dress.ROBE, Headgear.TOPKNOT, Sex.MALE),
        (Dress.PEASANT, Headgear.CAP, Sex.MALE),
        (Dress.GOWN, Headgear.HAIRPIN_BUN, Sex.FEMALE),
        (Dress.PEASANT, Headgear.BAMBOO_HAT, Sex.MALE),
    ),
    Era.MODERN: (
        (Dress.COAT, Headgear.SHORT_HAIR, Sex.MALE),
        (Dress.SUIT, Headgear.SHORT_HAIR, Sex.MALE),
        (Dress.COAT, Headgear.LONG_HAIR, Sex.FEMALE),
        (Dress.CASUAL, Headgear.PONYTAIL, Sex.FEMALE),
    ),
}


def look_of(look: Look | None, era: Era, seed: int) -> Look:
    """Gives a figure's look; somebody without one is dressed as a passer-by of the era."""
    if look is not None:
        return look
    dress, headgear, sex = random.Random(seed).choice(_PASSERS_BY[era])
    return Look(sex=sex, dress=dress, headgear=headgear)


def stature(look: Look | None) -> float:
    """Gives how tall a person stands against an adult man of average build."""
    if look is None:
        return 1.0
    female = _FEMALE if look.sex is Sex.FEMALE and look.age is not Age.CHILD else 1.0
    return _STATURE[look.age] * _STATURE_BUILD[look.build] * female


def seat_height(*, figure: Figure, look: Look | None, era: Era = Era.ANCIENT) -> float:
    """Gives how high a figure's seat lies above the floor, as a fraction of a standing adult.

    It is 0 for all but those who sit in the clothes of our day: they sit on a chair of their own
    (unless `figure.mount` carries them), and everybody else on the floor.
    """
    worn = look_of(look, era, 0).dress
    if figure.posture is Posture.SITTING and worn in MODERN and figure.mount is None:
        return CHAIR / 100.0 * stature(look)
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the local units of a figure lie in the frame."""

    x: float
    y: float
    scale: float
    mirror: bool
    down: bool

    @property
    def transform(self) -> str:
        """The same as an SVG transform."""
        side = -self.scale if self.mirror else self.scale
        laid = " translate(48 -12) rotate(-90)" if self.down else ""
        return (
            f"translate({number(self.x)} {number(self.y)}) scale({side:.5g} {self.scale:.5g}){laid}"
        )

    def at(self, point: Point) -> Point:
        """Gives where a local point lies in the frame."""
        px, py = (point[1] + 48.0, -point[0] - 12.0) if self.down else point
        return (self.x + (-px if self.mirror else px) * self.scale, self.y + py * self.scale)


def _head(wearer: Wearer, look: Look, nod: float, share: float) -> tuple[str, str]:
    """Paints the head on its neck; gives what hangs behind the trunk, and the rest."""
    pose, size = wearer.pose, HEAD * share
    head = Head(
        gear=look.headgear,
        sex=look.sex,
        age=look.age,
        modern=look.dress in MODERN,
        frontal=pose.frontal,
        away=pose.away,
    )
    painted = headed(head, wearer.brush.scaled(size / 100.0))
    x, y = pose.head
    y -= (size - HEAD) / 2.0
    if pose.frontal:
        y += nod * 0.06
        turn = ""
    else:
        turn = f" rotate({number(pose.turn(nod))} -8 36)"
    place = f"translate({number(x)} {number(y)}) scale({size / 100.0:.5g}){turn}"
    return group(painted.behind, place), group(painted.front, place)


def _stool(brush: Brush, pose: Pose) -> str:
    """Paints a plain stool under somebody who sits with hanging legs."""
    if not pose.chair:
        return ""
    legs = line((-9, 1), (-11, CHAIR)) + " " + line((11, 1), (13, CHAIR))
    return brush.line(legs, 1.8, brush.ink) + brush.mass(
        "M-13,-0.6 L15,-0.6 L15,2.2 L-13,2.2 Z", fill=brush.ink
    )


def full_figure(
    *,
    figure: Figure,
    look: Look | None,
    palette: Palette,
    x: float,
    y: float,
    height: float,
    seed: int,
    era: Era = Era.ANCIENT,
) -> tuple[Part, ...]:
    """Paints a whole person; the same arguments always give the same drawing.

    Args:
        figure: posture, gesture, what is held, which way it looks, what carries it.
        look: the character's look; None is a passer-by in plain ink.
        palette: the shot's colours.
        x: where the ground point between the feet lies, or the seat of who sits, kneels or rides.
        y: the same, downward, in frame pixels.
        height: how tall a standing adult is in frame pixels; age and build are applied here.
        seed: decides how the figure breathes, and who a passer-by is.
        era: dresses a passer-by.

    Returns:
        One or two parts, back to front: the body, and the near arm where it moves by itself.
    """
    worn = look_of(look, era, seed)
    scale = height * stature(worn) / 100.0
    key = (figure.model_dump_json(), worn.model_dump_json(), x, y, height, seed, palette)
    brush = brush_of(palette, worn.accent if look else None, scale, key)
    modern = worn.dress in MODERN
    pose = pose_of(
        figure.posture,
        frontal=figure.facing in (Facing.TOWARD, Facing.AWAY),
        away=figure.facing is Facing.AWAY,
        chair=modern and figure.mount is None,
        stoop=4.2 if worn.age is Age.OLD else 0.0,
    )
    wearer = Wearer(pose=pose, dress=worn.dress, sex=worn.sex, build=worn.build, brush=brush)
    holder = Holder(
        wearer=wearer,
        posture=figure.posture,
        gesture=figure.gesture,
        prop=figure.holding,
        paper=not modern,
    )
    arms = armed(holder)
    behind, front = _head(wearer, worn, holder.deed.head, _HEAD_SHARE[worn.age])
    place = _Place(x=x, y=y, scale=scale, mirror=figure.facing is Facing.LEFT, down=pose.down)
    seat = _stool(brush, pose) if figure.mount is None else ""
    body = clothed(wearer)
    alive = arms.sway is not None
    near = "" if alive else arms.near
    if pose.away:
        layers = seat + arms.far + near + body + front
    elif pose.frontal:
        layers = (
            behind + seat + body + arms.far + near + front
            if holder.tool is HeldProp.UMBRELLA
            else behind + seat + body + front + arms.far + near
        )
    elif holder.deed.under:
        layers = seat + arms.far + body + near + front
    else:
        layers = seat + arms.far + body + front + near
    period = 3.2 + 0.9 * random.Random(seed).random()
    parts = [
        Part(
            group(layers, place.transform),
            f"breathe 0.006 {number(period)} {number(x)} {number(y)}",
        )
    ]
    if arms.sway is not None:
        px, py = place.at(arms.pivot)
        moving = Part(
            group(arms.near, place.transform),
            f"sway {number(arms.sway[0])} {number(arms.sway[1])} {number(px)} {number(py)}",
        )
        parts = [moving, *parts] if pose.away else [*parts, moving]
    return tuple(parts)


def bust(
    *,
    figure: Figure,
    look: Look | None,
    palette: Palette,
    x: float,
    y: float,
    head: float,
    seed: int,
    era: Era = Era.ANCIENT,
) -> tuple[Part, ...]:
    """Paints a person from near: head, shoulders, and a hand where the gesture asks for one.

    Args:
        figure: gesture, what is held, which way it looks; the posture only bends the neck.
        look: the character's look; None is a passer-by in plain ink.
        palette: the shot's colours.
        x: the centre of the head in frame pixels.
        y: the same, downward.
        head: the head's height in frame pixels. The drawing reaches 4.5 heads further down.
        seed: decides how the figure breathes, and who a passer-by is.
        era: dresses a passer-by.

    Returns:
        One or two parts, back to front: the body, and the near arm where it moves by itself.
    """
    worn = look_of(look, era, seed)
    scale = head / HEAD
    key = (figure.model_dump_json(), worn.model_dump_json(), x, y, head, seed, palette)
    brush = brush_of(palette, worn.accent if look else None, scale, key)
    tilt = random.Random(f"tilt {seed}").uniform(-5.0, 4.0)
    portrait = Portrait(figure=figure, look=worn, brush=brush, tilt=tilt)
    painted = portrayed(portrait)
    side = -scale if figure.facing is Facing.LEFT else scale
    cx, cy = painted.head
    place = (
        f"translate({number(x)} {number(y)}) scale({side:.5g} {scale:.5g}) "
        f"translate({number(-cx)} {number(-cy)})"
    )
    period = 3.4 + 0.8 * random.Random(seed).random()
    parts = [
        Part(
            group(painted.body, place),
            f"breathe 0.004 {number(period)} {number(x)} {number(y + 4.5 * head)}",
        )
    ]
    if painted.sway is not None:
        px, py = x + (painted.pivot[0] - cx) * side, y + (painted.pivot[1] - cy) * scale
        parts.append(
            Part(
                group(painted.arm, place),
                (
                    f"sway {number(painted.sway[0])} {number(painted.sway[1])} {number(px)} "
                    f"{number(py)}"
                ),
            )
        )
    return tuple(parts)
