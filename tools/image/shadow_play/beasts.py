"""Animals beside people: a cat that sits, a dog that stands, a horse without its rider."""

from __future__ import annotations

from nightshoot.domain.vocabulary import Facing
from nightshoot.tools.image.shadow_play.mounts import horse
from nightshoot.tools.image.shadow_play.site import disc, mix, path, stroke
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.svg import number as n

_CAT = (
    "M-9 0C-12 -6 -12 -14 -8 -19C-6 -22 -4 -23 -3 -25C-5 -28 -5 -31 -4.4 "
    "-34L-1.6 -31.4C0 -32 2 -32 3.6 -31.6"
    "L6.4 -34.4C7.2 -31.6 7.2 -29.6 6.6 -27.6C7.6 -26.4 7.4 -24.8 6 -24C4.6 -23 3.8 -22.4 4 -20"
    "C5.4 -15 5.2 -9 5.4 -4C5.6 -2.4 7.4 -2 7.4 0L2.4 0C1.8 -2 1.6 -4 1.4 -6L0.4 0Z"
)
_CAT_TAIL = "M-8 -1C-16 1 -20 -3 -18.4 -8.6C-17.4 -12 -20 -13 -20.6 -15.6"
_DOG = (
    "M-22 -30C-24 -27 -24.4 -22 -23 -18C-24 -12 -25.6 -6 -25 0L-20.4 0C-20 -6 -18 -10 -15.6 -14"
    "C-14 -10 -14.6 -4 -14 0L-9.6 0C-9.4 -6 -9 -12 -8 -16.4C-3 -15 3 -15 7 "
    "-16.6C7.6 -11 8 -5 8.2 0L12.4 0"
    "C12.6 -6 12.8 -11 13.4 -15.4C14.6 -11 14.8 -5 15.2 0L19.4 0C19.4 -8 19.4 "
    "-16 20 -22C21 -27 22.4 -30 23.4 -33"
    "C26 -33.6 29.6 -34 32 -35.4C33.6 -36.6 33.6 -38.6 32 -39.4C29 -40.6 27 -43 24.4 -45.4"
    "C22.4 -47.4 19.4 -47.6 17.4 -46C14.4 -45.4 13 -42 12.6 -38.6C12.4 -36.4 11 -34.4 8.4 -33"
    "C-2 -31 -12 -32 -22 -30Z"
)
_DOG_EAR = "M18 -46C14.6 -45 13.4 -41 13.6 -36.6C15 -35.4 17 -36 18 -38.4C19 -41 19.6 -44 18 -46Z"
_DOG_TAIL = "M-22 -29C-28 -31 -30 -37 -28 -43C-27.6 -45 -29 -46.6 -30.4 -47"


def _mirror(spot: Spot, body: str) -> str:
    """Turns what stands at the left of the middle about, to look into the picture."""
    return el("g", body, transform="scale(-1 1)") if spot.x > spot.view.width / 2 else body


def _swung(spot: Spot, tail: str, root: tuple[float, float], motion: str) -> Plane:
    side = -1.0 if spot.x > spot.view.width / 2 else 1.0
    x, y = spot.x + side * root[0] * spot.scale / 100, spot.y + root[1] * spot.scale / 100
    return spot.plane(_mirror(spot, tail), name="tail", motion=f"sway {motion} {n(x)} {n(y)}")


def cat(spot: Spot) -> tuple[Plane, ...]:
    """A cat that sits upright with its tail about it; its eye catches the light."""
    coat = mix(spot.ink, spot.palette.ink, 0.4)
    eye = mix(spot.gold, spot.palette.light, 0.35)
    whiskers = "M6 -25.4L12 -26.4M6 -24.8L12 -24.2M5.4 -25L0 -24"
    body = (
        spot.shade(15)
        + path(_CAT, coat)
        + stroke(
            "M6.4 -34.4C7.2 -31.6 7.2 -29.6 6.6 -27.6C7.6 -26.4 7.4 -24.8 6 -24", spot.rim, 0.9
        )
        + stroke("M4 -20C5.4 -15 5.2 -9 5.4 -4", spot.rim, 0.9)
        + stroke(
            "M-3 -25C-5 -28 -5 -31 -4.4 -34L-1.6 -31.4C0 -32 2 -32 3.6 -31.6L6.4 -34.4",
            spot.rim,
            0.7,
        )
        + stroke("M-6 -3C-4 -8 -4 -12 -1.6 -15", spot.soft, 0.7)
        + stroke(whiskers, spot.rim, 0.25, opacity=0.7)
        + path("M2.6 -28.4Q4 -30 5.4 -28.4Q4 -27 2.6 -28.4Z", eye)
        + path("M3.8 -29.1h0.5v1.6h-0.5Z", coat)
    )
    tail = stroke(_CAT_TAIL, coat, 3.0, stroke_linecap="round") + stroke(
        _CAT_TAIL, spot.rim, 0.4, opacity=0.6
    )
    return (_swung(spot, tail, (-8, -1), "3 2.6"), spot.plane(_mirror(spot, body)))


def dog(spot: Spot) -> tuple[Plane, ...]:
    """A dog that stands and looks up, a collar about its neck; its tail wags."""
    coat = mix(spot.ink, spot.palette.ink, 0.35)
    red = mix("#b8402c", spot.ink, 0.25)
    body = (
        spot.shade(30)
        + path(_DOG, coat)
        + path(_DOG_EAR, mix(coat, spot.soft, 0.35))
        + stroke("M12.6 -35.6C15 -33.2 19 -32 22.8 -32.4", red, 1.8)
        + disc(20, -30.8, 1.1, spot.gold)
        + stroke(
            "M20 -22C21 -27 22.4 -30 23.4 -33C26 -33.6 29.6 -34 32 -35.4C33.6 "
            "-36.6 33.6 -38.6 32 -39.4C29 -40.6 27 -43 24.4 -45.4C22.4 -47.4 "
            "19.4 -47.6 17.4 -46",
            spot.rim,
            0.9,
        )
        + stroke("M-22 -30C-12 -32 -2 -31 8.4 -33", spot.rim, 0.8, opacity=0.8)
        + stroke("M-16 -15C-14 -18 -13 -21 -14 -24M10 -17C11 -20 13 -23 16 -24", spot.soft, 0.7)
        + disc(24.4, -41.4, 0.9, mix(spot.gold, spot.palette.light, 0.4))
        + disc(32.4, -38.2, 1.2, spot.palette.ink)
        + stroke("M31 -35.6C29.6 -35.8 28.4 -36.4 27.4 -37.2", spot.palette.ink, 0.5)
    )
    tail = stroke(_DOG_TAIL, coat, 3.4, stroke_linecap="round") + stroke(
        _DOG_TAIL, spot.rim, 0.5, opacity=0.6
    )
    return (_swung(spot, tail, (-22, -29), "9 0.9"), spot.plane(_mirror(spot, body)))


def tethered(spot: Spot) -> tuple[Plane, ...]:
    """A saddled horse without a rider."""
    facing = Facing.LEFT if spot.x > spot.view.width / 2 else Facing.RIGHT
    beast = horse(palette=spot.palette, x=0.0, y=0.0, height=100.0, facing=facing, seed=spot.seed)
    motion = f"bob {n(0.002 * spot.scale)} 3.4"
    return (spot.plane(spot.shade(80) + beast.behind + beast.front, motion=motion),)
