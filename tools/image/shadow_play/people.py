"""Where the people stand, sit, ride or row in the frame, and the planes that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import Dressing, Facing, Gesture, HeldProp, Posture, ShotSize
from nightshoot.tools.image.shadow_play.dressing import WATER
from nightshoot.tools.image.shadow_play.figures import (
    Part,
    bust,
    full_figure,
    seat_height,
    stature,
)
from nightshoot.tools.image.shadow_play.framing import CLOSE, HEADS, View
from nightshoot.tools.image.shadow_play.inserts import insert, is_insert
from nightshoot.tools.image.shadow_play.mounts import Mount, boat, horse
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.places import INDOORS
from nightshoot.tools.image.shadow_play.shapes import fill, line, linear
from nightshoot.tools.image.shadow_play.svg import Plane, el

_SIDES = {Facing.LEFT: -1.0, Facing.RIGHT: 1.0}

_WIDE = (
    Gesture.RAISE,
    Gesture.REACH,
    Gesture.POINT,
    Gesture.WAVE,
    Gesture.STRIKE,
    Gesture.PLAY,
    Gesture.READ,
)
"""Gestures that need room before the face."""

_PAIR, _APART, _PAIR_FLOOR = 1.14, 0.26, 0.795
"""Two who sit in an upright frame: an adult's height and how far each head is from the middle, in
frame widths, and where the floor lies, in frame heights: captions take what is below."""

_SEATED = (Posture.SITTING, Posture.KNEELING)

_BROAD = (HeldProp.LETTER, HeldProp.BOOK, HeldProp.BOX)
"""What reaches farther from the face than a fist does."""

_STEP_BACK = {ShotSize.MCU: (0.92, 0.155), ShotSize.CU: (0.85, 0.17)}
"""How much smaller a head is, and how far aside, where an upright frame must hold the hands too."""

_LIVING = 2
"""How many arms of a crew move by themselves: each takes a plane of the painting's few."""

_CROWNS = {
    Posture.SITTING: 0.54,
    Posture.KNEELING: 0.62,
    Posture.LYING: 0.24,
    Posture.BOWING: 0.86,
}
"""How high the crown is above the ground or the seat, as a fraction of who stands upright."""

_HULLS = {
    ShotSize.EWS: (0.40, 0.74),
    ShotSize.WS: (0.87, 0.765),
    ShotSize.MWS: (1.35, 0.79),
    ShotSize.MS: (1.80, 0.83),
}
"""A boat's length as a fraction of the frame's width (of 1.35 heights if that is less), and where
its waterline lies as a fraction of the frame's height."""

_LOWEST = {ShotSize.MWS: (0.86, 0.95), ShotSize.MS: (0.88, 1.12)}
"""How low the waterline may lie, in frame heights, where a crew sits and where one of it stands."""

_HEADROOM = 0.165
"""The crown of a boat's crew from near, in frame heights: what `framing` has for others."""

_SEAT = 0.03
"""How high a seat lies above the waterline, as a fraction of the boat's length."""


def side_of(figure: Figure) -> float:
    """Gives where a figure looks: -1 left, 1 right, 0 toward the lens or away from it."""
    return _SIDES.get(figure.facing, 0.0)


def subject_of(plan: ShotPlan) -> Figure | None:
    """Gives the figure that a close framing shows, or None for a picture of the place."""
    figures = plan.staging.figures
    if not figures:
        return None
    index = plan.staging.subject
    return figures[index if index is not None else 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The planes of the people, and what of them the water mirrors."""

    planes: tuple[Plane, ...]
    mirrored: str = ""
    waterline: float = 0.0


def people(*, plan: ShotPlan, view: View, palette: Palette) -> Cast:
    """Gives the people of a shot at the framing's size, back to front."""
    if not plan.staging.figures:
        return _empty_boat(plan, view, palette)
    if plan.camera.size in CLOSE:
        return Cast(planes=_close(plan, view, palette))
    afloat = [f for f in plan.staging.figures if f.mount is Dressing.BOAT]
    ashore = [f for f in plan.staging.figures if f.mount is not Dressing.BOAT]
    standing = _ashore(plan, ashore, view, palette)
    if not afloat:
        rest = _empty_boat(plan, view, palette)
        return replace(rest, planes=rest.planes + standing)
    cast = _afloat(plan, afloat, view, palette)
    return replace(cast, planes=cast.planes + standing)


def _close(plan: ShotPlan, view: View, palette: Palette) -> tuple[Plane, ...]:
    figure = subject_of(plan)
    assert figure is not None
    if is_insert(plan, figure):
        return insert(plan=plan, figure=figure, view=view, palette=palette, side=side_of(figure))
    # No two close framings of one person are the same picture: the camera stood a little elsewhere.
    rng = Random(f"close {plan.seed}")
    head = view.person / HEADS * rng.uniform(0.92, 1.05)
    full = figure.gesture in _WIDE or figure.holding is not None
    aside = 0.13 if full else rng.uniform(0.06, 0.10)
    broad = figure.gesture in (Gesture.READ, Gesture.PLAY) or figure.holding in _BROAD
    if broad and plan.camera.size in _STEP_BACK and view.width < view.height:
        less, aside = _STEP_BACK[plan.camera.size]
        head *= less
    x = view.width * (0.5 - aside * side_of(figure))
    crown = view.floor - view.person + rng.uniform(-0.01, 0.03) * view.height
    parts = bust(
        figure=figure,
        look=plan.look_of(figure.character),
        palette=palette,
        x=x,
        y=crown + head / 2,
        head=head,
        seed=plan.seed,
        era=plan.staging.era,
    )
    planes = list(_planes("figure", parts, 4))
    others = [other for other in plan.staging.figures if other is not figure]
    if others and plan.camera.size is ShotSize.MCU and side_of(figure):
        planes.append(_shoulder(view, palette, side_of(figure)))
    return tuple(planes)


def _shoulder(view: View, palette: Palette, side: float) -> Plane:
    """Gives the shoulder of whoever is spoken to, at the edge of the frame near the lens."""
    edge = view.width * (0.5 + 0.66 * side)
    s = view.short
    low = view.height * 1.31
    top = view.height * 0.70
    inner = edge - side * 0.34 * s
    path = (
        f"M{inner:.1f} {low:.1f}C{inner:.1f} {top + 0.20 * s:.1f} {inner + side * 0.05 * s:.1f} "
        f"{top + 0.06 * s:.1f} {edge - side * 0.10 * s:.1f} {top:.1f}"
        f"L{edge + side * 0.2 * s:.1f} {top - 0.1 * s:.1f}V{low:.1f}Z"
    )
    return Plane("shoulder", 1.45, fill(path, palette.ink) + line(path, palette.ink_soft, 6.0, 0.5))


def _ashore(
    plan: ShotPlan, figures: Sequence[Figure], view: View, palette: Palette
) -> tuple[Plane, ...]:
    """Stands people side by side, those at the edges first and the subject last."""
    if not figures:
        return ()
    tall, floor, spots = arranged(plan, figures, view)
    subject = subject_of(plan)
    order = sorted(range(len(figures)), key=lambda i: figures[i] is subject)
    wide = plan.camera.size in (ShotSize.EWS, ShotSize.WS)
    far = wide and plan.staging.setting not in INDOORS and plan.staging.setting not in WATER
    few = len(figures) <= 2 and tall > 0.25 * view.height
    planes: list[Plane] = []
    for rank, index in enumerate(order):
        figure, x = figures[index], spots[index]
        foot = floor - (0.012 * view.height if rank < len(order) - 1 else 0.0)
        parts = _standing(plan, figure, palette, at=(x, foot), tall=tall)
        shade = _shadow(x, foot, tall, palette)
        upright = figure.mount is None and figure.posture is not Posture.RIDING
        if far and upright and figure.posture not in _CROWNS:
            shade = _cast_shadow(x, foot, tall, palette, view) + shade
        body = (Part(shade, "still"), *parts)
        name = f"figure-{rank}"
        if few:
            planes += _planes(name, body, 4)
        else:
            whole = "".join(part.body for part in body)
            motion = f"breathe 0.006 {3.4 + 0.3 * rank:.1f} {x:.1f} {foot:.1f}"
            planes.append(Plane(name, 1.0, whole, motion))
    if tall <= 0.25 * view.height and len(planes) > 1:
        return (Plane("figures", 1.0, "".join(plane.body for plane in planes)),)
    return tuple(planes)


def arranged(
    plan: ShotPlan, figures: Sequence[Figure], view: View
) -> tuple[float, float, tuple[float, ...]]:
    """Gives an adult's height, the floor's y and each one's x for people who are not in a boat."""
    tall, floor = view.person, view.floor
    if len(figures) > 1 and plan.camera.size in (ShotSize.MWS, ShotSize.MS):
        tall = max(0.72 * tall, min(tall, 1.55 * view.width))
        floor -= view.person - tall
    if plan.camera.size in (ShotSize.MWS, ShotSize.MS):
        tall, floor = _lifted(plan, figures, tall, floor)
    room = 0.80 * view.width
    gap = 0.40 * tall if plan.camera.size in (ShotSize.EWS, ShotSize.WS) else 0.36 * tall
    if any(figure.posture in _SEATED for figure in figures):
        if len(figures) == 2 and plan.camera.size in (ShotSize.MWS, ShotSize.MS):
            # Both heads stay well inside an upright frame: less of it is filled, and they sit low.
            less = min(1.0, _PAIR * view.width / tall)
            if less < 1.0:
                return less * tall, min(floor, _PAIR_FLOOR * view.height), _paired(view)
        gap = 0.64 * tall  # knees and skirts reach far forward
    if any(figure.mount is Dressing.HORSE for figure in figures):
        tall = min(tall, 0.70 * view.width) if view.floor < view.height else tall
        gap = max(gap, 0.85 * tall)
    if len(figures) > 1 and gap * (len(figures) - 1) > room:
        fit = room / (gap * (len(figures) - 1))
        if plan.camera.size in (ShotSize.EWS, ShotSize.WS):
            tall *= max(0.62, fit)
        gap *= fit
    spots = _spots(plan, figures, view, gap)
    if len(figures) == 1 and plan.camera.size is ShotSize.MS and view.width < view.height:
        figure = figures[0]
        if figure.gesture in (*_WIDE, Gesture.WRITE):  # room for the hands
            spots = (spots[0] - 0.11 * view.width * side_of(figure),)
    return tall, floor, spots


def _paired(view: View) -> tuple[float, float]:
    """Gives the x of two who sit in an upright frame, from left to right."""
    return (0.5 - _APART) * view.width, (0.5 + _APART) * view.width


def _crown(plan: ShotPlan, figure: Figure) -> float:
    """Gives how high a figure's crown is above the ground, as a fraction of an adult's height."""
    look = plan.look_of(figure.character)
    if figure.mount is Dressing.HORSE or figure.posture is Posture.RIDING:
        return 1.1
    seat = seat_height(figure=figure, look=look, era=plan.staging.era)
    return seat + _CROWNS.get(figure.posture, 1.0) * stature(look)


def _lifted(
    plan: ShotPlan, figures: Sequence[Figure], tall: float, floor: float
) -> tuple[float, float]:
    """Brings the highest head to the line where a standing adult's would be.

    Who sits, kneels or is a child is framed from nearer, not left below the frame's edge.
    """
    high = max(_crown(plan, figure) for figure in figures)
    if high >= 0.97:
        return tall, floor
    crown = floor - tall
    tall *= min(1.22, 0.94 / high)
    return tall, crown + high * tall


def _spots(plan: ShotPlan, figures: Sequence[Figure], view: View, gap: float) -> tuple[float, ...]:
    """Gives each figure's x: as staged, but never closer to its neighbour than `gap`."""
    spread = 0.40 if plan.camera.size in (ShotSize.EWS, ShotSize.WS) else 0.30
    wished = [view.width * (0.5 + spread * figure.x) for figure in figures]
    order = sorted(range(len(figures)), key=lambda i: (wished[i], i))
    placed = [wished[i] for i in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    middle = (placed[0] + placed[-1]) / 2
    hoped = (min(wished) + max(wished)) / 2
    shift = hoped - middle
    half = (placed[-1] - placed[0]) / 2
    margin = min(0.5 * view.width, half + 0.12 * view.width)
    centre = min(max(middle + shift, margin), view.width - margin)
    if plan.staging.subject is not None and plan.camera.size in (ShotSize.MWS, ShotSize.MS):
        star = subject_of(plan)
        at = next((k for k, i in enumerate(order) if figures[i] is star), None)
        if at is not None:
            centre -= 0.22 * (centre + placed[at] - middle - view.width / 2)
    spots = [0.0] * len(figures)
    for k, i in enumerate(order):
        spots[i] = placed[k] - middle + centre
    return tuple(spots)


def _standing(
    plan: ShotPlan, figure: Figure, palette: Palette, *, at: tuple[float, float], tall: float
) -> tuple[Part, ...]:
    x, y = at
    look = plan.look_of(figure.character)
    seed = plan.seed
    if figure.mount is not Dressing.HORSE and figure.posture is not Posture.RIDING:
        seat = seat_height(figure=figure, look=look, era=plan.staging.era)
        return full_figure(
            figure=figure,
            look=look,
            palette=palette,
            x=x,
            y=y - seat * tall,
            height=tall,
            seed=seed,
            era=plan.staging.era,
        )
    mount = horse(palette=palette, x=x, y=y, height=tall, facing=figure.facing, seed=seed)
    sx, sy = mount.seats[0]
    rider = full_figure(
        figure=figure.model_copy(update={"posture": Posture.RIDING}),
        look=look,
        palette=palette,
        x=sx,
        y=sy,
        height=tall,
        seed=seed,
        era=plan.staging.era,
    )
    whole = mount.behind + "".join(part.body for part in rider) + mount.front
    return (Part(whole, f"bob {0.004 * tall:.2f} 1.9"),)


def _shadow(x: float, y: float, tall: float, palette: Palette) -> str:
    return el(
        "ellipse",
        cx=x,
        cy=y,
        rx=0.22 * tall,
        ry=0.018 * tall,
        fill=palette.ink,
        fill_opacity="0.35",
    )


def _cast_shadow(x: float, y: float, tall: float, palette: Palette, view: View) -> str:
    """Gives the long shadow that somebody lit from behind throws towards the lens."""
    long = min(1.15 * tall, 0.24 * view.height)
    lean = 0.35 * (x / view.width - 0.5) * long
    foot, chest, head = 0.055 * tall, 0.09 * tall, 0.045 * tall
    neck = (x + 0.8 * lean, y + 0.8 * long)
    name = f"cast-{x:.0f}-{y:.0f}"
    shade = linear(name, (0, y), (0, y + long), (0.0, palette.ink, 0.55), (1.0, palette.ink, 0.0))
    path = (
        f"M{x - foot:.1f} {y:.1f}C{x - chest + 0.3 * lean:.1f} {y + 0.35 * long:.1f} "
        f"{neck[0] - 1.5 * head:.1f} {y + 0.6 * long:.1f} {neck[0] - head:.1f} {neck[1]:.1f}"
        f"L{x + lean - 0.6 * head:.1f} {y + long:.1f}H{x + lean + 0.6 * head:.1f}"
        f"L{neck[0] + head:.1f} {neck[1]:.1f}C{neck[0] + 1.5 * head:.1f} {y + 0.6 * long:.1f} "
        f"{x + chest + 0.3 * lean:.1f} {y + 0.35 * long:.1f} {x + foot:.1f} {y:.1f}Z"
    )
    return shade + el("path", d=path, fill=f"url(#{name})")


@dataclass(frozen=True, slots=True)
class _Boarded:
    """A boat in the frame, where its waterline lies, and the height of an adult in it."""

    craft: Mount
    waterline: float
    tall: float


def _hull(plan: ShotPlan, view: View, seats: int) -> tuple[float, float, float, float]:
    """Gives a boat's middle, waterline, length, and the height of an adult in it."""
    share, line_y = _HULLS[plan.camera.size]
    rng = Random(f"hull {plan.place_seed}")
    wide = share * min(view.width, 1.35 * view.height)
    tall = wide / (0.95 + 0.75 * max(1, seats))
    if plan.camera.size is not ShotSize.EWS:
        tall = min(tall, view.person * 1.1)
        wide = tall * (0.95 + 0.75 * max(1, seats))
    y = max(line_y * view.height, view.horizon + 0.06 * view.height)
    x = view.width * (0.5 + rng.uniform(-0.02, 0.02))
    return x, y, wide, tall


def _boarded(plan: ShotPlan, figures: list[Figure], view: View, palette: Palette) -> _Boarded:
    """Floats a boat in the frame; from near, the frame is set by the heads of its crew."""
    x, y, wide, tall = _hull(plan, view, len(figures))
    near = plan.camera.size in _LOWEST

    def at(x: float, y: float, wide: float) -> Mount:
        return boat(
            palette=palette,
            x=x,
            y=y,
            width=wide,
            seats=len(figures),
            seed=plan.place_seed,
            together=near,
        )

    if not near:
        return _Boarded(at(x, y, wide), y, tall)
    ratio, seats = wide / tall, at(x, y, wide).seats
    ends = seats[0][0], seats[-1][0]
    together = plan.staging.subject is None and len(figures) > 1
    if together:
        room = 0.52 if len(figures) == 2 else 0.70
        tall *= min(1.0, room * view.width / (ends[1] - ends[0]))
    high = max(_crown(plan, figure) for figure in figures)
    top, above = _HEADROOM * view.height, high + _SEAT * ratio
    low = _LOWEST[plan.camera.size][high > 0.75] * view.height
    y = min(max(top + above * tall, view.horizon + 0.06 * view.height, 0.70 * view.height), low)
    tall = min(tall, (y - top) / above)
    wide = tall * ratio
    seats = at(x, y, wide).seats
    star = subject_of(plan)
    if together:
        x -= (seats[0][0] + seats[-1][0] - view.width) / 2
    elif star in figures:
        seat = seats[figures.index(star)][0]
        x -= (seat - view.width / 2) * (0.75 if plan.staging.subject is not None else 0.35)
    return _Boarded(at(x, y, wide), y, tall)


def _afloat(plan: ShotPlan, figures: list[Figure], view: View, palette: Palette) -> Cast:
    figures = sorted(figures, key=lambda figure: figure.x)
    boarded = _boarded(plan, figures, view, palette)
    craft, y, tall = boarded.craft, boarded.waterline, boarded.tall
    crew = ""
    living: list[Part] = []
    for figure, (sx, sy) in zip(figures, craft.seats, strict=False):
        parts = full_figure(
            figure=figure,
            look=plan.look_of(figure.character),
            palette=palette,
            x=sx,
            y=sy,
            height=tall,
            seed=plan.seed,
            era=plan.staging.era,
        )
        arms = [part for part in parts if part.motion.startswith("sway")]
        still = plan.camera.size is ShotSize.EWS or figure.facing is Facing.AWAY
        if still or len(living) == _LIVING:
            arms = []
        crew += "".join(part.body for part in parts if part not in arms)
        living += arms
    whole = craft.behind + crew + craft.front
    # An arm that lives cannot bob as well: where one does, the boat lies calmer.
    amplitude = (0.0022 if living else 0.0045) * view.short * view.zoom
    planes = [Plane("boat", 1.0, whole, f"bob {amplitude:.2f} 4.6")]
    planes += [
        Plane(f"boat-arm-{index}", 1.0, part.body, part.motion) for index, part in enumerate(living)
    ]
    image = whole + "".join(part.body for part in living)
    return Cast(planes=tuple(planes), mirrored=image, waterline=y)


def _empty_boat(plan: ShotPlan, view: View, palette: Palette) -> Cast:
    """Gives a moored boat where the staging has one that nobody sits in."""
    if Dressing.BOAT not in plan.staging.dressing or plan.camera.size in CLOSE:
        return Cast(planes=())
    rng = Random(f"moored {plan.place_seed}")
    _, y, wide, _ = _hull(plan, view, 1)
    if plan.staging.figures:
        wide *= 0.55
        y = view.horizon + 0.4 * (y - view.horizon)
    x = view.width * (0.5 + rng.choice((-1, 1)) * rng.uniform(0.02, 0.22))
    craft = boat(palette=palette, x=x, y=y, width=wide * 0.8, seats=1, seed=plan.place_seed)
    whole = craft.behind + craft.front
    plane = Plane("boat", 0.95, whole, f"bob {0.0045 * view.short * view.zoom:.2f} 4.6")
    return Cast(planes=(plane,), mirrored=whole, waterline=y)


def mirrored(cast: Cast, view: View, palette: Palette) -> Plane | None:
    """Gives the image of the boat and its people in the water, which shivers."""
    if not cast.mirrored:
        return None
    squeeze = 0.78
    turned = f"matrix(1 0 0 {-squeeze} 0 {cast.waterline * (1 + squeeze):.1f})"
    body = el("g", cast.mirrored, transform=turned, opacity="0.30")
    veil = linear(
        "veil",
        (0, cast.waterline),
        (0, view.height),
        (0.0, palette.water, 0.0),
        (1.0, palette.water_near, 0.5),
    )
    return Plane("mirrored", 0.98, veil + body, f"shimmer {0.006 * view.short:.1f} 2.6")


def _planes(name: str, parts: Sequence[Part], most: int) -> tuple[Plane, ...]:
    """Joins neighbours of equal motion; past `most` planes the rest join the one before."""
    joined: list[Part] = []
    for part in parts:
        if joined and (joined[-1].motion == part.motion or len(joined) == most):
            joined[-1] = Part(joined[-1].body + part.body, joined[-1].motion)
        else:
            joined.append(part)
    return tuple(
        Plane(f"{name}-{index}", 1.0, part.body, part.motion) for index, part in enumerate(joined)
    )
