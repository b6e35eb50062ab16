"""Architecture and interiors: what surrounds the people where the place is made by hands."""

from __future__ import annotations

from collections.abc import Callable

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.venue import Venue
from nightshoot.domain.vocabulary import Setting
from nightshoot.tools.image.shadow_play.city import city
from nightshoot.tools.image.shadow_play.courtyard import courtyard
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palace import palace
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.room import room
from nightshoot.tools.image.shadow_play.site import Site, mix
from nightshoot.tools.image.shadow_play.site import box as fill
from nightshoot.tools.image.shadow_play.street import street
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.venues import DRAWN
from nightshoot.tools.image.shadow_play.village import village

_PLACES: dict[Setting, Callable[[Site], tuple[Plane, ...]]] = {
    Setting.CITY: city,
    Setting.COURTYARD: courtyard,
    Setting.PALACE: palace,
    Setting.ROOM: room,
    Setting.STREET: street,
    Setting.VILLAGE: village,
}

BUILT = frozenset(_PLACES)
"""The settings that this module paints."""

INDOORS = frozenset({Setting.PALACE, Setting.ROOM})
"""The settings whose planes cover the sky whole."""


def backdrop(
    *, staging: Staging, palette: Palette, view: View, seed: int, venue: Venue | None = None
) -> tuple[Plane, ...]:
    """Paints everything of a built place but sky, sun, moon, weather and people.

    The same arguments give the same bytes, and the same seed the same place in each framing.
    Interiors cover the whole canvas; places out of doors cover it from the horizon down. Planes
    beyond depth 1 stand before the people and belong after them.

    Args:
        staging: the setting, one of `BUILT`; its era, hour and weather decide the rest.
        palette: the colours of the shot.
        view: the framing.
        seed: the place's own seed.
        venue: what kind of such a place it is; None: what its setting mostly is.

    Returns:
        At most six planes, back to front, with ids that begin with `place-`.

    Raises:
        KeyError: the setting is not one of `BUILT`.
    """
    site = Site(staging=staging, palette=palette, view=view, seed=seed)
    planes = (DRAWN[venue] if venue in DRAWN else _PLACES[staging.setting])(site)
    return _softened(site, planes) if view.blur >= 0.5 else planes


def _softened(site: Site, planes: tuple[Plane, ...]) -> tuple[Plane, ...]:
    """Throws what stands behind the people out of focus, as one plane under one filter."""
    behind = [plane for plane in planes if plane.depth <= 1.0]
    before = [plane for plane in planes if plane.depth > 1.0]
    # Halos and reflections are soft already, and go on moving without the filter's cost.
    moving = [plane for plane in behind if plane.id in ("place-light", "place-mirror")]
    solid = [plane for plane in behind if plane not in moving]
    name = site.id("blur")
    area = {
        "x": site.left - 8,
        "y": site.top - 8,
        "width": site.right - site.left + 16,
        "height": site.bottom - site.top + 16,
    }
    soft = el("feGaussianBlur", stdDeviation=site.view.blur)
    # Blurring in sRGB spares two conversions of every pixel.
    lens = el(
        "filter",
        soft,
        id=name,
        filterUnits="userSpaceOnUse",
        color_interpolation_filters="sRGB",
        **area,
    )
    body = "".join(plane.body for plane in solid)
    # A blurred edge lets the backing through: walls and ground need something opaque behind it.
    tone = mix(site.palette.near, site.palette.ground_near, 0.5)
    top = site.top if site.staging.setting in INDOORS else site.view.horizon + site.view.blur
    back = fill(site.left, top, site.right - site.left, site.bottom - top, tone)
    depth = max((plane.depth for plane in solid), default=0.6) * 0.75
    merged = Plane("place-soft", depth, lens + back + el("g", body, filter=f"url(#{name})"))
    return (merged, *moving, *before)
