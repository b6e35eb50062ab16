"""Boats with their crew: where they float in the frame, and their image in the water."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import Dressing, Facing, ShotSize
from nightshoot.tools.image.shadow_play.arranging import crown_of, subject_of
from nightshoot.tools.image.shadow_play.figures import Part, full_figure
from nightshoot.tools.image.shadow_play.framing import CLOSE, View
from nightshoot.tools.image.shadow_play.mounts import Mount, boat
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import linear
from nightshoot.tools.image.shadow_play.svg import Plane, el

_LIVING = 2
"""How many arms of a crew move by themselves: each takes a plane of the painting's few."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The planes of the people, and what of them the water mirrors."""

    planes: tuple[Plane, ...]
    mirrored: str = ""
    waterline: float = 0.0


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
    high = max(crown_of(plan, figure) for figure in figures)
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


def afloat_cast(plan: ShotPlan, figures: list[Figure], view: View, palette: Palette) -> Cast:
    """Gives a boat with its crew, as one that bobs, and the arms that live."""
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


def empty_boat(plan: ShotPlan, view: View, palette: Palette) -> Cast:
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
