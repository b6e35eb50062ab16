"""Which drawing a venue has: places that a setting alone does not tell apart."""

from __future__ import annotations

from collections.abc import Callable

from nightshoot.domain.venue import Venue
from nightshoot.domain.vocabulary import Dressing
from nightshoot.tools.image.shadow_play.bazaar import market
from nightshoot.tools.image.shadow_play.carriage import car, train
from nightshoot.tools.image.shadow_play.eateries import cafe, kitchen
from nightshoot.tools.image.shadow_play.heights import rooftop
from nightshoot.tools.image.shadow_play.orbit import spaceship
from nightshoot.tools.image.shadow_play.platform import station
from nightshoot.tools.image.shadow_play.retreats import prison, temple
from nightshoot.tools.image.shadow_play.site import Site
from nightshoot.tools.image.shadow_play.stacks import library, shop
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.ward import corridor, hospital
from nightshoot.tools.image.shadow_play.workrooms import classroom, office

DRAWN: dict[Venue, Callable[[Site], tuple[Plane, ...]]] = {
    Venue.CORRIDOR: corridor,
    Venue.HOSPITAL: hospital,
    Venue.OFFICE: office,
    Venue.CLASSROOM: classroom,
    Venue.KITCHEN: kitchen,
    Venue.CAFE: cafe,
    Venue.LIBRARY: library,
    Venue.SHOP: shop,
    Venue.TRAIN: train,
    Venue.CAR: car,
    Venue.STATION: station,
    Venue.MARKET: market,
    Venue.ROOFTOP: rooftop,
    Venue.TEMPLE: temple,
    Venue.PRISON: prison,
    Venue.SPACESHIP: spaceship,
}
"""Each covers the canvas as `places.backdrop` asks of a setting."""


_FURNITURE = frozenset(
    {
        Dressing.BED,
        Dressing.COMPUTER,
        Dressing.DOOR,
        Dressing.SCREEN,
        Dressing.SHELF,
        Dressing.TABLE,
        Dressing.WINDOW,
    }
)
_DESKS = frozenset({Dressing.COMPUTER, Dressing.TABLE})
_OPEN = frozenset({Dressing.CAR, Dressing.CART, Dressing.GATE, Dressing.STREETLAMP, Dressing.TENT})


def has_own(venue: Venue | None, item: Dressing, *, used: bool) -> bool:
    """Whether a venue has its own of a thing, or no room for it.

    Args:
        venue: the place; None has nothing of its own.
        item: what the board puts there.
        used: whether somebody sits at it: a table is then set even where desks are drawn.
    """
    if venue is None or (used and item in _DESKS):
        return False
    if venue is Venue.HOSPITAL:
        return item in _FURNITURE - {Dressing.TABLE, Dressing.SCREEN}
    if venue in (Venue.ROOFTOP, Venue.STATION, Venue.MARKET):
        return item in _FURNITURE | _OPEN
    return item in _FURNITURE
