"""Man-made things that stand about the people: one drawing for each word of the list."""

from __future__ import annotations

from collections.abc import Callable

from nightshoot.domain.vocabulary import Dressing, Era
from nightshoot.tools.image.shadow_play import (
    beacon,
    beasts,
    things_building,
    things_camp,
    things_furniture,
    things_room,
    things_street,
)
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import Plane

_THINGS: dict[Dressing, Callable[[Spot], tuple[Plane, ...]]] = {
    Dressing.BANNERS: things_camp.banners,
    Dressing.BED: things_furniture.bed,
    Dressing.BENCH: things_street.bench,
    Dressing.BRIDGE: things_building.bridge,
    Dressing.CANDLE: things_room.candle,
    Dressing.CAR: things_street.car,
    Dressing.CAT: beasts.cat,
    Dressing.CART: things_street.cart,
    Dressing.COMPUTER: things_furniture.computer,
    Dressing.CROWD: things_camp.crowd,
    Dressing.DOG: beasts.dog,
    Dressing.DOOR: things_room.door,
    Dressing.FIRE: things_camp.fire,
    Dressing.GATE: things_building.gate,
    Dressing.GRAVE: things_building.grave,
    Dressing.HORSE: beasts.tethered,
    Dressing.LANTERNS: things_street.lanterns,
    Dressing.LIGHTHOUSE: beacon.lighthouse,
    Dressing.PAGODA: things_building.pagoda,
    Dressing.PAVILION: things_building.pavilion,
    Dressing.SCREEN: things_room.screen,
    Dressing.SHELF: things_furniture.shelf,
    Dressing.STREETLAMP: things_street.streetlamp,
    Dressing.TABLE: things_furniture.table,
    Dressing.TENT: things_camp.tent,
    Dressing.WELL: things_building.well,
    Dressing.WINDOW: things_room.window_piece,
}

MADE = frozenset(_THINGS)
"""The dressing that this module draws."""


def thing(
    *,
    item: Dressing,
    palette: Palette,
    view: View,
    x: float,
    y: float,
    scale: float,
    seed: int,
    era: Era,
    behind: bool = True,
    afar: bool = False,
) -> tuple[Plane, ...]:
    """Draws one thing. The same arguments give the same bytes.

    Args:
        item: what it is, one of `MADE`.
        palette: the colours of the shot.
        view: the framing.
        x: of the point on the ground under its middle, in frame pixels.
        y: of that point; lanterns hang from the top of the picture above it.
        scale: the height of a standing adult at that place, in pixels.
        seed: chooses among its forms.
        era: chooses between the old and the modern form.
        behind: False where it stands before the people.
        afar: seen whole and out of doors; lanterns then hang on a rope of their own.

    Returns:
        One or two planes, with ids that begin with `thing-`.

    Raises:
        KeyError: the item is not one of `MADE`.
    """
    spot = Spot(
        item=item,
        palette=palette,
        view=view,
        x=x,
        y=y,
        scale=scale,
        seed=seed,
        era=era,
        behind=behind,
    )
    if afar and item is Dressing.LANTERNS:
        return things_street.roped_lanterns(spot)
    return _THINGS[item](spot)
