"""Where the people stand, sit, ride or row in the frame, and the planes that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import Dressing, Gesture, HeldProp, Posture, ShotSize
from nightshoot.tools.image.shadow_play.arranging import (
    CROWNS,
    WIDE,
    arranged,
    side_of,
    subject_of,
)
from nightshoot.tools.image.shadow_play.crews import Cast, afloat_cast, empty_boat
from nightshoot.tools.image.shadow_play.dressing import WATER
from nightshoot.tools.image.shadow_play.figures import (
    Part,
    bust,
    full_figure,
    seat_height,
)
from nightshoot.tools.image.shadow_play.framing import CLOSE, HEADS, View
from nightshoot.tools.image.shadow_play.inserts import insert, is_insert
from nightshoot.tools.image.shadow_play.mounts import horse
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.places import INDOORS
from nightshoot.tools.image.shadow_play.shapes import fill, line, linear
from nightshoot.tools.image.shadow_play.svg import Plane, el

_BROAD = (HeldProp.LETTER, HeldProp.BOOK, HeldProp.BOX)
"""What reaches farther from the face than a fist does."""

_STEP_BACK = {ShotSize.MCU: (0.92, 0.155), ShotSize.CU: (0.85, 0.17)}
"""How much smaller a head is, and how far aside, where an upright frame must hold the hands too."""


def people(*, plan: ShotPlan, view: View, palette: Palette) -> Cast:
    """Gives the people of a shot at the framing's size, back to front."""
    if not plan.staging.figures:
        return empty_boat(plan, view, palette)
    if plan.camera.size in CLOSE:
        return Cast(planes=_close(plan, view, palette))
    afloat = [f for f in plan.staging.figures if f.mount is Dressing.BOAT]
    ashore = [f for f in plan.staging.figures if f.mount is not Dressing.BOAT]
    standing = _ashore(plan, ashore, view, palette)
    if not afloat:
        rest = empty_boat(plan, view, palette)
        return replace(rest, planes=rest.planes + standing)
    cast = afloat_cast(plan, afloat, view, palette)
    return replace(cast, planes=cast.planes + standing)


def _close(plan: ShotPlan, view: View, palette: Palette) -> tuple[Plane, ...]:
    figure = subject_of(plan)
    assert figure is not None
    if is_insert(plan, figure):
        return insert(plan=plan, figure=figure, view=view, palette=palette, side=side_of(figure))
    # No two close framings of one person are the same picture: the camera stood a little elsewhere.
    rng = Random(f"close {plan.seed}")
    head = view.person / HEADS * rng.uniform(0.92, 1.05)
    full = figure.gesture in WIDE or figure.holding is not None
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
        if far and upright and figure.posture not in CROWNS:
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
