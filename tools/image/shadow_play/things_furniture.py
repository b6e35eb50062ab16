"""Furniture: tables, beds, shelves, desks with computers."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.furnishings import vase
from nightshoot.tools.image.shadow_play.lamps import VERMILION
from nightshoot.tools.image.shadow_play.lattice import Kind, lattice, valance
from nightshoot.tools.image.shadow_play.site import (
    box,
    cell,
    disc,
    down,
    mix,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import Plane, el

_TABLEWARE = 0.6
"""How much of its drawing a pot is: 0.17 of an adult high on a table for chairs."""


def table(spot: Spot) -> tuple[Plane, ...]:
    """A scroll-ended table with a wine pot, cups and a brush stand; a plain one today."""
    ink, rim = spot.ink, spot.rim
    if spot.modern:
        top = cell(-72, -46, 144, 5) + "M-62 -41L-66 0H-62L-56 -41ZM62 -41L66 0H62L56 -41Z"
        cups = "M-31 -52h5.6l-0.7 6h-4.2ZM20 -53h5.6l-0.8 7h-4ZM-25.4 -50.6q3.4 0 2.8 2t-3.2 1.4"
        flask = "M46 -46V-56Q46 -59 47.8 -60V-66H50.2V-60Q52 -59 52 -56V-46Z"
        return (
            spot.plane(
                spot.shade(78)
                + path(top + flask, ink)
                + path(cups, ink)
                + stroke("M-72 -46H72", rim, 1.4)
            ),
        )
    board = "M-92 -50Q-98 -58 -90 -62Q-86 -56 -80 -54H80Q86 -56 90 -62Q98 -58 92 -50L88 -46H-88Z"
    legs = (
        "M-72 -46C-78 -30 -66 -14 -74 0H-64C-58 -14 -68 -30 -62 -46ZM72 "
        "-46C78 -30 66 -14 74 0H64C58 -14 68 -30 62 -46Z"
    )
    apron = "M-62 -46q12 16 30 9q16 -6 32 0q16 -6 32 0q18 7 30 -9Z"
    pot = (
        "M-40 -54Q-50 -64 -40 -72Q-34 -76 -36 -82H-26Q-28 -76 -22 -72Q-12 "
        "-64 -22 -54ZM-24 -62q12 -2 13 -14l-3 0q-2 8 -11 9Z"
    )
    cups = "M6 -62h10l-2.5 8h-5ZM24 -62h10l-2.5 8h-5Z"
    stand = cell(52, -58, 22, 4) + "M54 -58V-80M72 -58V-80"
    brushes = "M50 -80H76M56 -80V-64M63 -80V-62M70 -80V-65"
    return (
        spot.plane(
            spot.shade(92)
            + path(board + legs + apron, ink)
            + el(
                "g",
                path(pot + cups + stand, ink)
                + stroke(brushes + "M54 -58V-80M72 -58V-80", ink, 1.8),
                transform=f"translate(0 -54) scale({_TABLEWARE}) translate(0 54)",
            )
            + stroke("M-80 -54H80", rim, 1.4)
            + stroke("M-44 -41q14 8 26 2M18 -39q14 6 26 -2", spot.soft, 1)
        ),
    )


def bed(spot: Spot) -> tuple[Plane, ...]:
    """A canopy bed with carved boards and drawn curtains; a plain one with pillows today."""
    ink, pale = spot.ink, spot.palette
    cloth = mix(ink, mix(pale.glow, pale.light, 0.4), 0.35)
    if spot.modern:
        frame = path("M-118 0V-62Q-118 -70 -108 -70H-100V-20H112V0H104V-8H-110V0Z", ink)
        sheet = path("M-100 -36Q-20 -46 60 -40Q112 -40 114 -30V-16H-100Z", cloth) + path(
            "M-30 -42Q40 -52 114 -34V-10Q50 -14 -24 -14Z", mix(cloth, ink, 0.45)
        )
        pillow = box(-98, -50, 44, 16, mix(cloth, pale.light, 0.4), rx=7)
        return (
            spot.plane(
                spot.shade(122)
                + frame
                + pillow
                + sheet
                + stroke("M-30 -42Q40 -52 114 -34", spot.rim, 1.4)
            ),
        )
    posts = "".join(cell(x - 4, -206, 8, 206) for x in (-116, -60, 60, 116))
    base = "M-124 -40H124V-30L118 -26V0H106Q104 -16 90 -18H-90Q-104 -16 -106 0H-118V-26L-124 -30Z"
    back = box(-116, -190, 232, 150, mix(cloth, ink, 0.72)) + path(
        "M-108 -46Q-60 -60 0 -56Q60 -60 108 -46V-38H-108Z", cloth
    )
    quilt = box(52, -64, 52, 18, mix(silk_of(spot), ink, 0.2), rx=8) + box(
        -104, -60, 34, 14, mix(cloth, pale.light, 0.4), rx=6
    )
    rails = lattice(-116, -74, 56, 34, Kind.STEP, 17) + lattice(60, -74, 56, 34, Kind.STEP, 17)
    drapes = "".join(
        (
            f"M{s * 60} -186C{s * 62} -130 {s * 70} -110 {s * 92} -96C{s * 84} "
            f"-80 {s * 84} -60 {s * 80} -42H{s * 116}V-186Z"
        )
        for s in (-1, 1)
    )
    crown = valance(-112, -190, 224, 26, ink, pitch=16) + path(
        cell(-124, -212, 248, 14) + cell(-120, -196, 240, 7), ink
    )
    tassels = (
        stroke("M-90 -96v26M90 -96v26", spot.gold, 3)
        + disc(-90, -97, 4, spot.gold)
        + disc(90, -97, 4, spot.gold)
    )
    body = (
        back
        + quilt
        + path(drapes, mix(cloth, ink, 0.35), opacity=0.92)
        + path(posts + base, ink)
        + stroke(rails, ink, 2.2)
        + crown
        + tassels
        + box(-124, -212, 248, 1.5, spot.gold)
        + box(-124, -40, 248, 1.5, spot.rim)
    )
    return (spot.plane(spot.shade(126) + body),)


def silk_of(spot: Spot) -> str:
    """Red silk by lamplight."""
    return mix(VERMILION, spot.palette.glow, 0.25)


def shelf(spot: Spot) -> tuple[Plane, ...]:
    """A tall case of books and scrolls with a few treasures among them."""
    ink, rng = spot.ink, spot.rng
    back = mix(ink, mix(spot.palette.glow, spot.palette.light, 0.2), 0.22)
    tones = (mix(ink, back, 0.35), mix(ink, spot.gold, 0.4), mix(ink, VERMILION, 0.28))
    books = ["", "", ""]
    for row in range(5):
        foot = -14.0 - row * 36
        x = -62.0
        while x < 54:
            if rng.random() < 0.12:
                books[1] += vase(x + 9, foot, 15, 26)
                x += 20
                continue
            wide, tall = rng.uniform(4, 8.5), rng.uniform(20, 29)
            if not spot.modern and rng.random() < 0.35:
                pile = rng.randrange(2, 5)
                books[0] += "".join(cell(x, foot - 5.4 * (k + 1), 20, 4.6) for k in range(pile))
                x += 22
                continue
            books[rng.choice((0, 0, 0, 1, 2))] += cell(x, foot - tall, wide, tall)
            x += wide + 0.8
    boards = "".join(cell(-68, -14.0 - row * 36, 136, 4) for row in range(6))
    case = boards + cell(-72, -200, 7, 200) + cell(65, -200, 7, 200) + cell(-76, -204, 152, 7)
    shapes = "".join(path(data, tone) for data, tone in zip(books, tones, strict=True))
    feet = path("M-72 0V-10H72V0H60Q56 -8 40 -8H-40Q-56 -8 -60 0Z", ink)
    return (
        spot.plane(
            spot.shade(80)
            + box(-70, -200, 140, 196, back)
            + shapes
            + path(case, ink)
            + feet
            + box(-76, -204, 152, 1.4, spot.rim)
        ),
    )


def computer(spot: Spot) -> tuple[Plane, ...]:
    """A desk with a glowing monitor, a keyboard and a cup."""
    ink, pale = spot.ink, spot.palette
    key = spot.id("screen")
    cold = mix(pale.light, pale.sky_mid, 0.25)
    glass = down(key, ((0.0, cold, 1.0), (1.0, mix(cold, pale.middle, 0.5), 1.0)))
    desk = (
        cell(-78, -45, 156, 5)
        + cell(-72, -40, 5, 40)
        + cell(67, -40, 5, 40)
        + cell(36, -40, 32, 24)
    )
    stand = "M-3 -52H3V-46H11V-44.6H-11V-46H-3Z"
    rows = "".join(cell(-18, -76 + k * 4, w, 1.6) for k, w in enumerate((17, 26, 12, 21)))
    body = (
        spot.light(0, -66, 78, strength=0.45)
        + box(-25, -82, 50, 31, ink, rx=1.8)
        + box(-23, -80, 46, 26.5, use(key))
        + path(rows, mix(cold, ink, 0.4))
        + path(desk + stand + "M-16 -47H16V-45H-16ZM46 -51.4h5l-0.8 6.4h-3.4Z", ink)
        + stroke("M-78 -45H78", spot.rim, 1.2)
    )
    return (spot.plane(spot.shade(82) + glass + body),)
