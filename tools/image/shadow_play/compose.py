"""Composes a shot: from its plan to the planes of a painting, back to front, as SVG text."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.venue import Venue, venue_of
from nightshoot.domain.vocabulary import Dressing, Era, Posture, Setting, ShotSize
from nightshoot.tools.image.shadow_play.arranging import side_of, subject_of
from nightshoot.tools.image.shadow_play.crews import mirrored
from nightshoot.tools.image.shadow_play.desks import desk_of
from nightshoot.tools.image.shadow_play.details import detail_planes, pool, shows_pool
from nightshoot.tools.image.shadow_play.dressing import WATER, dressing_planes
from nightshoot.tools.image.shadow_play.fleet import sails
from nightshoot.tools.image.shadow_play.forest import shafts, trunks
from nightshoot.tools.image.shadow_play.framing import CLOSE, View, view_for
from nightshoot.tools.image.shadow_play.land import clear_of_hills, land_planes, ridges
from nightshoot.tools.image.shadow_play.lens import lens_planes
from nightshoot.tools.image.shadow_play.palette import Palette, palette_for
from nightshoot.tools.image.shadow_play.people import people
from nightshoot.tools.image.shadow_play.places import BUILT, INDOORS, backdrop
from nightshoot.tools.image.shadow_play.plain import bank
from nightshoot.tools.image.shadow_play.setups import seen_from, set_up_of, tilted
from nightshoot.tools.image.shadow_play.shapes import canvas
from nightshoot.tools.image.shadow_play.sky import Disc, disc_of, sky
from nightshoot.tools.image.shadow_play.svg import Plane, document, el, is_soft
from nightshoot.tools.image.shadow_play.water import glints, shore, surface
from nightshoot.tools.image.shadow_play.weather import weather_planes

MOST_PLANES = 12
"""How many planes a painting may have: each costs the camera a warp a frame."""

_SHARED = re.compile(
    r"<(linearGradient|radialGradient|filter|pattern|clipPath|mask)\b[^>]*?(?:/>|>.*?</\1>)",
    re.DOTALL,
)
_BLUR = re.compile(r"(<feGaussianBlur(?![^>]*color-interpolation))")
_DEFS = re.compile(r"</?defs>")


def compose(plan: ShotPlan) -> str:
    """Gives the painting of a shot as layered SVG; equal plans give equal text."""
    planes = tilted(plan, planes_of(_heeded(plan)))
    defs, bodies = _hoisted(_joined(planes))
    return document(width=plan.width, height=plan.height, defs=defs, planes=bodies)


def _heeded(plan: ShotPlan) -> ShotPlan:
    """Gives the plan with the critic's note in its seed: another note is another take."""
    if not plan.note:
        return plan
    mixed = zlib.crc32(f"{plan.seed} {plan.note}".encode()) & 0x7FFFFFFF
    return plan.model_copy(update={"seed": mixed})


def _steered(plan: ShotPlan) -> ShotPlan:
    """Gives the plan of a scene in a car, seen whole: a car in a street with its people within."""
    staging = plan.staging
    if venue_of(plan.place, staging.setting, staging.era) is not Venue.CAR:
        return plan
    if plan.camera.size in (*CLOSE, ShotSize.MS):
        return plan
    afoot = tuple(one for one in staging.figures if one.posture is not Posture.SITTING)
    street = staging.model_copy(
        update={
            "setting": Setting.STREET,
            "figures": afoot,
            "subject": None,
            "dressing": tuple(dict.fromkeys((Dressing.CAR, *staging.dressing)))[:8],
        }
    )
    return plan.model_copy(update={"staging": street, "place": ""})


_COVERED = (Venue.CAR, Venue.STATION, Venue.SPACESHIP)
"""Venues with a roof in a setting without one: no rain falls in them."""


def view_of(plan: ShotPlan) -> View:
    """Gives the framing of a plan."""
    return view_for(
        size=plan.camera.size,
        angle=plan.camera.angle,
        width=plan.width,
        height=plan.height,
        setting=plan.staging.setting,
    )


def planes_of(plan: ShotPlan) -> tuple[Plane, ...]:
    """Gives the planes of a shot before they are joined, back to front."""
    plan = _steered(plan)
    staging, view = plan.staging, view_of(plan)
    palette = palette_for(
        mood=staging.mood,
        time_of_day=staging.time_of_day,
        weather=staging.weather,
        setting=staging.setting,
        era=staging.era,
        seed=plan.place_seed,
    )
    close = plan.camera.size in CLOSE
    star = subject_of(plan)
    side = side_of(star) if star else 0.0
    set_up = set_up_of(plan, side)
    faced = abs(side) if set_up.reverse else side
    disc = disc_of(staging=staging, view=view, seed=plan.place_seed, side=faced)
    disc = clear_of_hills(disc=disc, staging=staging, view=view, seed=plan.place_seed)
    empty = close and star is None
    if empty and shows_pool(plan):
        place: tuple[Plane, ...] = pool(palette=palette, view=view, seed=plan.place_seed, disc=disc)
        behind, before = weather_planes(staging=staging, palette=palette, view=view, seed=plan.seed)
        return (*place, *before)
    place = _place(plan, palette, view, disc)
    far = tuple(plane for plane in place if plane.depth <= 1.0)
    near = tuple(plane for plane in place if plane.depth > 1.0)
    if not staging.figures:
        near = seen_from(near, plan, set_up)
    behind, before = weather_planes(staging=staging, palette=palette, view=view, seed=plan.seed)
    if venue_of(plan.place, staging.setting, staging.era) in _COVERED:
        behind, before = (), ()
    things, fronts = (
        ((), ())
        if empty
        else dressing_planes(
            plan=plan, palette=palette, view=view, disc=disc, desk=desk_of(plan, view)
        )
    )
    if view.blur > 0 and things:
        things = _softened(things, view, "things")
    far, things = seen_from(far, plan, set_up), seen_from(things, plan, set_up)
    centre = detail_planes(plan=plan, palette=palette, view=view) if empty else ()
    cast = people(plan=plan, view=view, palette=palette)
    image = mirrored(cast, view, palette)
    water_light = _water_light(plan, palette, view, disc)
    lens = lens_planes(plan=plan, palette=palette, view=view, away=-side)
    return (
        *far,
        *things,
        *behind,
        *water_light,
        *((image,) if image else ()),
        *_bank(plan, palette, view),
        *cast.planes,
        *centre,
        *fronts,
        *before,
        *near,
        *lens,
    )


def _place(plan: ShotPlan, palette: Palette, view: View, disc: Disc) -> tuple[Plane, ...]:
    """Gives what surrounds the people, the sky first."""
    staging, seed = plan.staging, plan.place_seed
    venue = venue_of(plan.place, staging.setting, staging.era)
    if staging.setting in INDOORS or venue is Venue.SPACESHIP:
        return backdrop(staging=staging, palette=palette, view=view, seed=seed, venue=venue)
    heaven = sky(staging=staging, palette=palette, view=view, seed=seed, take=plan.seed, disc=disc)
    if staging.setting in BUILT:
        built = backdrop(staging=staging, palette=palette, view=view, seed=seed, venue=venue)
        return (*heaven, *built)
    land = land_planes(staging=staging, palette=palette, view=view, seed=seed, disc=disc)
    if staging.setting in WATER:
        hills = ridges(staging=staging, palette=palette, view=view, seed=seed, disc=disc)
        body = surface(palette=palette, view=view, mirrored=hills[-1:])
        body += shore(palette=palette, view=view)
        if staging.setting is Setting.SEA and staging.era is Era.ANCIENT:
            body += sails(palette=palette, view=view, seed=seed)
        land = (*land, Plane("water", 0.45, body))
    elif staging.setting is Setting.FOREST:
        rows = tuple(
            Plane(f"trunks-{row}", depth, trunks(palette=palette, view=view, seed=seed, row=row))
            for row, depth in ((0, 0.4), (1, 0.55), (2, 0.72))
        )
        land = (*land[:2], *rows[:2])
        if disc.strength > 0.3:
            light = shafts(palette=palette, view=view, x=disc.x, y=disc.y, seed=seed)
            land = (*land, Plane("shafts", 0.6, light, "flicker 0.3 5.1"))
        land = (*land, rows[2])
    if view.blur <= 0:
        return (*heaven, *land)
    tall = None if staging.setting is Setting.FOREST else view.horizon - 0.38 * view.height
    return (*heaven, *_softened(land, view, "land", tall))


def _softened(
    planes: tuple[Plane, ...], view: View, name: str, tall: float | None = None
) -> tuple[Plane, ...]:
    """Joins still planes into one that is out of focus; what moves by itself stays apart.

    Blurring costs by the area, so `tall` says where the highest of them begins.
    """
    still = [plane for plane in planes if plane.motion == "still"]
    moving = tuple(plane for plane in planes if plane.motion.startswith("drift"))
    body = "".join(plane.body for plane in planes if plane not in moving)
    left, top, right, bottom = canvas(view)
    if tall is not None:
        top = max(top, tall)
    lens = el(
        "filter",
        el("feGaussianBlur", stdDeviation=view.blur, color_interpolation_filters="sRGB"),
        id=f"soft-{name}",
        filterUnits="userSpaceOnUse",
        x=left,
        y=top,
        width=right - left,
        height=bottom - top,
    )
    depth = max((plane.depth for plane in still), default=0.6) * 0.8
    soft = Plane(f"{name}-soft", depth, lens + el("g", body, filter=f"url(#soft-{name})"))
    return (soft, *moving[:1])


def _water_light(plan: ShotPlan, palette: Palette, view: View, disc: Disc) -> tuple[Plane, ...]:
    if plan.staging.setting not in WATER or view.blur > 0.015 * view.short:
        return ()
    body = glints(staging=plan.staging, palette=palette, view=view, seed=plan.seed, disc=disc)
    return (Plane("glints", 0.8, body, f"shimmer {0.008 * view.short:.1f} 2.9"),)


def _bank(plan: ShotPlan, palette: Palette, view: View) -> tuple[Plane, ...]:
    """Gives people at the waterside a shore to stand on."""
    ashore = [figure for figure in plan.staging.figures if figure.mount is None]
    if plan.staging.setting not in WATER or not ashore or plan.camera.size in CLOSE:
        return ()
    return (Plane("bank", 0.96, bank(palette=palette, view=view, seed=plan.place_seed)),)


def _joined(planes: tuple[Plane, ...]) -> tuple[Plane, ...]:
    """Joins neighbours that share depth and motion, then the nearest in depth while too many."""
    list_ = [plane for plane in planes if plane.body]
    index = 0
    while index + 1 < len(list_):
        one, two = list_[index], list_[index + 1]
        alike = one.motion == two.motion == "still" and is_soft(one.id) == is_soft(two.id)
        if alike and abs(one.depth - two.depth) < 0.06:
            list_[index : index + 2] = [replace(one, body=one.body + two.body)]
        else:
            index += 1
    while len(list_) > MOST_PLANES:
        at = min(range(len(list_) - 1), key=lambda i: _cost(list_[i], list_[i + 1]))
        one, two = list_[at], list_[at + 1]
        motion = one.motion if two.motion == "still" else two.motion
        if "still" in (one.motion, two.motion):
            motion = "still"
        name = one.id if is_soft(two.id) else two.id
        list_[at : at + 2] = [replace(two, id=name, body=one.body + two.body, motion=motion)]
    seen: dict[str, int] = {}
    unique = []
    for plane in list_:
        count = seen[plane.id] = seen.get(plane.id, 0) + 1
        unique.append(plane if count == 1 else replace(plane, id=f"{plane.id}-{count}"))
    return tuple(unique)


def _cost(one: Plane, two: Plane) -> float:
    """Gives what joining two neighbours would spoil: parallax, and motion that is lost."""
    cost = abs(one.depth - two.depth)
    if is_soft(one.id) != is_soft(two.id):
        cost += 0.6  # together they would be drawn as finely as the sharp one needs
    if one.depth == 0.0:
        cost += 0.3  # the sky is infinitely far: it must not move with the hills
    if one.motion != two.motion:
        kinds = {one.motion.split()[0], two.motion.split()[0]}
        cost += 0.5 if kinds & {"scroll", "dart", "drift", "shimmer", "bob"} else 0.2
    return cost


def _hoisted(planes: tuple[Plane, ...]) -> tuple[str, tuple[Plane, ...]]:
    """Moves gradients and filters to the root, each id once; a clash gets a name of its own."""
    known: dict[str, str] = {plane.id: "" for plane in planes}
    bodies = []
    for plane in planes:
        body = _DEFS.sub("", plane.body)
        renamed: dict[str, str] = {}
        for match in _SHARED.finditer(body):
            # Blurring in sRGB spares a conversion of each pixel to linear light and back.
            text = _BLUR.sub(r'\1 color-interpolation-filters="sRGB"', match.group(0))
            found = re.search(r'\bid="([^"]+)"', text)
            if found is None:
                continue
            name = found.group(1)
            if known.setdefault(name, text) != text:
                other = f"{name}-{plane.id}"
                renamed[name] = other
                known.setdefault(other, text.replace(f'id="{name}"', f'id="{other}"', 1))
        body = _SHARED.sub("", body)
        for name, other in renamed.items():
            body = body.replace(f"url(#{name})", f"url(#{other})")
        bodies.append(replace(plane, body=body))
    return "".join(known.values()), tuple(bodies)
