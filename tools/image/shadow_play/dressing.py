"""Where the things of a shot stand: far things behind, furniture beside, lights above."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.venue import venue_of
from nightshoot.domain.vocabulary import Dressing, Era, Posture, Setting, ShotSize
from nightshoot.tools.image.shadow_play.birds import birds
from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.fleet import fleet
from nightshoot.tools.image.shadow_play.framing import CLOSE, View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.places import INDOORS
from nightshoot.tools.image.shadow_play.shapes import fill, points_text
from nightshoot.tools.image.shadow_play.sky import Disc
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.things import thing
from nightshoot.tools.image.shadow_play.trees import bamboo, pine, plum, reeds, willow
from nightshoot.tools.image.shadow_play.venues import has_own

WATER = (Setting.RIVER, Setting.SEA)
_TREES = {
    Dressing.WILLOW: (willow, 2.5),
    Dressing.PINE: (pine, 2.9),
    Dressing.BAMBOO: (bamboo, 2.4),
    Dressing.PLUM: (plum, 2.0),
}
"""How each tree is drawn, and how many adults high it grows."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the floor."""

    x: float
    """A share of the half width, from the middle."""
    near: float
    """From the horizon (0) to the subject's feet (1)."""
    behind: bool = True
    """Whether it stands behind the people."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a table stands at which somebody sits, in frame pixels."""

    x: float
    y: float
    scale: float
    """The height of an adult for whom the table would be of the usual size."""


_BRAZIER = 0.55
"""How large a fire indoors is against one in a camp."""

_DESKS = (Dressing.TABLE, Dressing.COMPUTER)
"""What people sit at."""

_SPOTS: dict[Dressing, Spot] = {
    Dressing.BRIDGE: Spot(0.30, 0.34),
    Dressing.PAVILION: Spot(0.52, 0.42),
    Dressing.PAGODA: Spot(0.46, 0.20),
    Dressing.GATE: Spot(0.0, 0.40),
    Dressing.LANTERNS: Spot(0.0, 0.9),
    Dressing.BANNERS: Spot(0.66, 0.50),
    Dressing.CROWD: Spot(0.0, 0.34),
    Dressing.TABLE: Spot(0.0, 0.96),
    Dressing.CANDLE: Spot(0.72, 0.82),
    Dressing.SCREEN: Spot(0.46, 0.50),
    Dressing.WINDOW: Spot(-0.46, 0.55),
    Dressing.DOOR: Spot(0.62, 0.58),
    Dressing.BED: Spot(0.55, 0.70),
    Dressing.SHELF: Spot(-0.70, 0.62),
    Dressing.STREETLAMP: Spot(0.72, 0.86),
    Dressing.CAR: Spot(0.42, 0.60),
    Dressing.CART: Spot(0.46, 0.60),
    Dressing.BENCH: Spot(0.36, 0.94),
    Dressing.TENT: Spot(0.52, 0.40),
    Dressing.FIRE: Spot(0.0, 0.98),
    Dressing.GRAVE: Spot(0.46, 0.66),
    Dressing.WELL: Spot(-0.56, 0.62),
    Dressing.COMPUTER: Spot(0.30, 0.66),
    Dressing.LIGHTHOUSE: Spot(0.46, 0.30),
    Dressing.CAT: Spot(-0.44, 0.97),
    Dressing.DOG: Spot(-0.46, 0.96),
    Dressing.HORSE: Spot(0.50, 0.80),
}


def dressing_planes(
    *, plan: ShotPlan, palette: Palette, view: View, disc: Disc, desk: Desk | None = None
) -> tuple[tuple[Plane, ...], tuple[Plane, ...]]:
    """Gives the things behind the people and those before them, farthest first.

    Tables stand at `desk` where somebody sits at one.
    """
    staging = plan.staging
    behind: list[tuple[float, Plane]] = []
    before: list[Plane] = []
    rng = Random(f"dressing {plan.place_seed}")
    flip = rng.choice((-1.0, 1.0))
    for index, item in enumerate(named(plan)):
        seed = plan.place_seed + 101 * index
        if _is_left_out(item, plan, desk):
            continue
        if item is Dressing.BIRDS:
            planes = birds(staging=staging, palette=palette, view=view, seed=plan.seed, disc=disc)
            behind += [(0.0, plane) for plane in planes]
        elif item is Dressing.FLEET:
            planes = fleet(palette=palette, view=view, seed=plan.place_seed)
            behind += [(0.05, plane) for plane in planes]
        elif item is Dressing.REEDS:
            behind.append((0.6, _reed_bed(palette, view, seed, flip)))
        elif item in _TREES and staging.setting in WATER and plan.camera.size is not ShotSize.EWS:
            continue  # a bough near the lens stands for it: see `lens`
        elif item is Dressing.PINE and plan.camera.size in CLOSE:
            continue  # its crown would hang over the head like a cloud
        elif item in _TREES:
            behind.append((0.5, _tree(item, plan, palette, view, side=flip)))
            flip = -flip
        else:
            spot, own = _SPOTS[item], desk if item in _DESKS else None
            planes = _thing(item, plan, palette, view, seed=seed, flip=flip, desk=own)
            if spot.behind and own is None:
                behind += [(spot.near, plane) for plane in planes]
            else:
                before += planes
    behind.sort(key=lambda pair: pair[0])
    return tuple(plane for _, plane in behind), tuple(before)


def named(plan: ShotPlan) -> tuple[Dressing, ...]:
    """Gives the things of a shot, each once: a tower by a sea of our day is a lighthouse."""
    staging = plan.staging
    lit = staging.setting is Setting.SEA and staging.era is Era.MODERN
    lit = lit or any(word in plan.place.casefold() for word in ("lighthouse", "灯塔"))
    found = (
        Dressing.LIGHTHOUSE if lit and item is Dressing.PAGODA else item
        for item in staging.dressing
    )
    return tuple(dict.fromkeys(found))


def _is_left_out(item: Dressing, plan: ShotPlan, desk: Desk | None) -> bool:
    """Whether something else stands for a thing, or it has no place here."""
    staging = plan.staging
    venue = venue_of(plan.place, staging.setting, staging.era)
    if has_own(venue, item, used=desk is not None):
        return True
    if item is Dressing.REEDS:
        return staging.setting not in WATER
    if item is Dressing.WINDOW:
        return staging.setting is Setting.ROOM  # every room has its own
    if item is Dressing.TABLE:  # the computer's desk is the one
        return desk is not None and Dressing.COMPUTER in staging.dressing
    if item is Dressing.HORSE:  # its rider brings it
        ridden = any(
            figure.mount is Dressing.HORSE or figure.posture is Posture.RIDING
            for figure in staging.figures
        )
        return ridden or staging.setting in (*INDOORS, *WATER)
    return item is Dressing.BOAT  # see `people`


def _thing(
    item: Dressing,
    plan: ShotPlan,
    palette: Palette,
    view: View,
    *,
    seed: int,
    flip: float,
    desk: Desk | None,
) -> tuple[Plane, ...]:
    staging, spot = plan.staging, _SPOTS[item]
    tall = min(view.person, 1.3 * view.height) if plan.camera.size in CLOSE else view.person
    floor = view.horizon + (view.floor - view.horizon) * tall / view.person
    near = spot.near
    x = view.width * (0.5 + 0.5 * flip * spot.x)
    y = view.horizon + (floor - view.horizon) * near
    scale = tall * near
    if staging.setting in WATER and near < 0.7:
        y = view.horizon + 0.012 * view.height
        scale = (0.05 + 0.06 * near) * view.short * view.zoom
    elif near < 0.6 and plan.camera.size is ShotSize.EWS:
        scale = max(scale, 0.07 * view.short)
    if item is Dressing.FIRE and staging.setting in INDOORS:
        scale *= _BRAZIER
    if desk is not None:
        x, y, scale = desk.x, desk.y, desk.scale
    return thing(
        item=item,
        palette=palette,
        view=view,
        x=x,
        y=y,
        scale=scale,
        seed=seed,
        era=staging.era,
        behind=spot.behind and desk is None,
        afar=plan.camera.size is ShotSize.EWS and staging.setting not in INDOORS,
    )


def _tree(item: Dressing, plan: ShotPlan, palette: Palette, view: View, *, side: float) -> Plane:
    draw, adults = _TREES[item]
    near = 0.5
    drop = min(view.floor, 1.05 * view.height) - view.horizon
    y = view.horizon + drop * near
    scale = min(view.person, 0.9 * view.height) * near
    tall = max(adults * scale, 0.42 * view.short)
    tall = min(tall, 1.5 * view.height)
    x = view.width * (0.5 + 0.43 * side)
    tone = mix(palette.near, palette.ink, 0.45)
    body = ""
    if plan.staging.setting in WATER:
        x = view.width * (0.5 + 0.38 * side)
        body = _islet(x, y, tall * 0.8, tone, palette)
    body += draw(palette=palette, x=x, y=y, tall=tall, seed=plan.place_seed, tone=tone)
    return Plane(f"tree-{item.value}", 0.8, body, f"sway 0.35 5.2 {x:.1f} {y:.1f}")


def _islet(x: float, y: float, wide: float, tone: str, palette: Palette) -> str:
    """Gives a hump of land in the water and its dark image."""
    points = [(x - wide, y), (x - wide * 0.5, y - wide * 0.09), (x, y - wide * 0.06)]
    end = points_text(((x + wide * 0.6, y - wide * 0.12), (x + wide, y)))
    mound = f"M{points_text(points[:1])}Q{points_text(points[1:])}Q{end}Z"
    image = el(
        "ellipse",
        cx=x,
        cy=y,
        rx=wide * 0.95,
        ry=wide * 0.05,
        fill=palette.water_near,
        fill_opacity="0.6",
    )
    return image + fill(mound, tone)


def _reed_bed(palette: Palette, view: View, seed: int, side: float) -> Plane:
    """Gives reeds in the middle distance, at the water's edge."""
    y = view.horizon + 0.28 * (view.height - view.horizon)
    x = view.width * (0.5 + 0.36 * side)
    tone = mix(palette.near, palette.ink, 0.2)
    tall = 0.15 * view.short * view.zoom
    body = reeds(
        palette=palette, x=x, y=y, wide=0.5 * view.short, tall=tall, seed=seed, tone=tone, count=34
    )
    return Plane("reed-bed", 0.7, body, f"sway 0.7 3.8 {x:.1f} {y:.1f}")
