"""Which drawing a venue has: places that a setting alone does not tell apart."""

from __future__ import annotations

from collections.abc import Callable

from nightshoot.domain.venue import Venue
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
