"""Buildings that stand alone: bridges, pavilions, pagodas, gates, wells, graves."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.lattice import Kind, lattice, valance
from nightshoot.tools.image.shadow_play.roofs import brackets, roof, tower
from nightshoot.tools.image.shadow_play.site import box, cell, disc, mix, oval, path, stroke
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n


def bridge(spot: Spot) -> tuple[Plane, ...]:
    """A stone bridge of one high arch with a carved rail, or a flat one on piers today."""
    ink, soft, rim = spot.ink, spot.soft, spot.rim
    if spot.modern:
        deck = "M-330 -46Q0 -84 330 -46V-28Q0 -66 -330 -28Z"
        piers = "M-170 -52h22V6h-22ZM148 -52h22V6h-22Z"
        rails, cables = "", ""
        for k in range(-15, 16):
            foot = -66 + (k / 15) ** 2 * 19
            rails += f"M{k * 21} {n(foot)}v-22"
            if abs(k) < 15 and k % 2 == 0:
                cables += f"M0 -230L{k * 21} {n(foot)}"
        rails += "M-330 -68Q0 -106 330 -68"
        body = stroke(cables, ink, 1.2) + path("M-5 -232h10V0h-10Z" + deck + piers, ink)
        body += stroke(rails, ink, 2.2) + stroke("M-330 -46Q0 -84 330 -46", rim, 1.6)
        return (spot.plane(body),)
    body = (
        "M-290 4C-210 -4 -150 -120 0 -122C150 -120 210 -4 290 4Z"
        "M-92 4C-92 -62 -50 -92 0 -92C50 -92 92 -62 92 4Z"
    )
    stones = "".join(
        f"M{n(95 * c)} {n(4 - 97 * s)}L{n(112 * c)} {n(4 - 116 * s)}"
        for c, s in (
            (0.94, 0.34),
            (0.77, 0.64),
            (0.5, 0.87),
            (0.17, 0.98),
            (-0.17, 0.98),
            (-0.5, 0.87),
            (-0.77, 0.64),
            (-0.94, 0.34),
        )
    )
    rails, knobs = "", ""
    for k in range(-9, 10):
        x = k * 27.0
        t = abs(x) / 290
        y = -122 + 126 * (3 * t * t - 2 * t * t * t)
        rails += cell(x - 2.6, y - 24, 5.2, 26)
        knobs += disc(x, y - 26, 3.6, ink)
    band = "M-262 -18C-200 -28 -150 -140 0 -142C150 -140 200 -28 262 -18"
    mid = "M-262 -8C-200 -16 -150 -129 0 -131C150 -129 200 -16 262 -8"
    return (
        spot.plane(
            path(body, ink, fill_rule="evenodd")
            + path(rails, ink)
            + knobs
            + stroke(band, ink, 5)
            + stroke(mid, ink, 3)
            + stroke("M-92 4C-92 -62 -50 -92 0 -92C50 -92 92 -62 92 4", rim, 1.6)
            + stroke("M-112 4C-112 -76 -62 -108 0 -108C62 -108 112 -76 112 4" + stones, soft, 1.2)
            + stroke(
                "M-262 -20.5C-200 -30.5 -150 -142.5 0 -144.5C150 -142.5 200 -30.5 262 -20.5",
                rim,
                1.1,
            )
        ),
    )


def pavilion(spot: Spot) -> tuple[Plane, ...]:
    """An open pavilion: posts, a carved board, a bench rail, a double roof with a finial."""
    ink, hue = spot.ink, spot.hue
    two = spot.rng.random() < 0.45
    posts = "".join(cell(x - 4, -172, 8, 160) for x in (-92, -44, 44, 92))
    base = cell(-126, -8, 252, 10) + cell(-112, -16, 224, 9)
    rail = lattice(-92, -50, 48, 30, Kind.STEP, 16) + lattice(44, -50, 48, 30, Kind.STEP, 16)
    top = roof(0, -182, 146, 64, hue, ridge=0.2)
    if two:
        top = (
            roof(0, -262, 92, 62, hue, ridge=0.12)
            + path(cell(-58, -266, 116, 52), ink)
            + path(
                lattice(-58, -262, 116, 26, Kind.GRID, 12),
                "none",
                stroke=spot.soft,
                stroke_width=1.4,
            )
            + roof(0, -182, 146, 50, hue, ridge=0.44)
        )
    peak = -182 - 64 if not two else -262 - 62
    finial = path(f"M-5 {peak}Q-9 {peak - 12} 0 {peak - 18}Q9 {peak - 12} 5 {peak}Z", ink) + disc(
        0, peak - 21, 4, spot.gold
    )
    return (
        spot.plane(
            spot.shade(140)
            + finial
            + top
            + brackets(0, -168, 104, 14, hue)
            + valance(-88, -168, 176, 22, ink, pitch=14)
            + path(posts + base, ink)
            + stroke(rail, ink, 2)
            + path(cell(-96, -53, 56, 5) + cell(40, -53, 56, 5), ink)
            + box(-126, -8, 252, 1.4, spot.rim)
            + box(-86.5, -150, 1.4, 132, spot.rim)
            + box(49.5, -150, 1.4, 132, spot.rim)
        ),
    )


def pagoda(spot: Spot) -> tuple[Plane, ...]:
    """A pagoda of seven storeys with a spire; some of its windows are lit."""
    hue, storeys = spot.hue, spot.rng.choice((5, 7, 7))
    heights = tuple(74.0 * 0.94**k for k in range(storeys))
    body = tower(0, -18, 84, heights, hue, bays=3, shrink=0.9, eaves=1.62)
    peak = -18.0
    for index, height in enumerate(heights):
        rise = height * (0.75 if index == storeys - 1 else 0.5)
        peak -= height + height * 0.112 + rise * (1 if index == storeys - 1 else 0.72)
    spire = f"M-3 {n(peak + 6)}L0 {n(peak - 84)}L3 {n(peak + 6)}Z"
    rings = "".join(oval(0, peak - 10 - k * 11, 10 - k * 1.4, 2.6, spot.ink) for k in range(5))
    ball = disc(0, peak - 72, 4.5, spot.gold)
    steps = path(cell(-118, -10, 236, 12) + cell(-100, -19, 200, 10), spot.ink)
    return (
        spot.plane(
            spot.shade(130)
            + path(spire, spot.ink)
            + rings
            + ball
            + body
            + steps
            + box(-118, -10, 236, 1.6, spot.rim)
        ),
    )


def gate(spot: Spot) -> tuple[Plane, ...]:
    """A memorial arch of three bays with roofs and an empty plaque; wrought iron today."""
    ink, hue, rim = spot.ink, spot.hue, spot.rim
    if spot.modern:
        pillars = "M-150 0v-212h38V0ZM112 0v-212h38V0ZM-156 -212h50v-10h-50ZM106 -212h50v-10h-50Z"
        bars = "".join(
            f"M{x} 0V{n(-150 - 34 * (1 - (x / 112) ** 2))}" for x in range(-104, 105, 13)
        )
        frame = "M-112 -30H112M-112 -118H112M-112 -150Q0 -222 112 -150M-2 0V-186M2 0V-186"
        curls = "".join(f"M{x} -74a12 12 0 1 1 12 12a6 6 0 1 1 -2 -10" for x in (-84, -44, 20, 60))
        lamps = disc(-131, -232, 11, hue.lamp) + disc(131, -232, 11, hue.lamp)
        light = spot.light(-131, -232, 46) + oval(131, -232, 46, 46, f"url(#{spot.id('halo')})")
        body = light + path(pillars, ink) + stroke(bars, ink, 2.6) + stroke(frame + curls, ink, 3)
        return (
            spot.plane(
                spot.shade(170) + body + lamps + stroke("M-112 -212V0M112 0V-212", rim, 1.4)
            ),
        )
    posts = "".join(
        cell(x - 9, -230 if abs(x) < 100 else -178, 18, 230 if abs(x) < 100 else 178)
        for x in (-160, -72, 72, 160)
    )
    feet = "".join(cell(x - 17, -30, 34, 32) for x in (-160, -72, 72, 160))
    beams = (
        cell(-78, -196, 156, 14)
        + cell(-78, -232, 156, 12)
        + cell(-166, -150, 90, 11)
        + cell(76, -150, 90, 11)
        + cell(-166, -176, 90, 9)
        + cell(76, -176, 90, 9)
    )
    carved = (
        lattice(-66, -218, 132, 20, Kind.COIN, 11)
        + lattice(-152, -167, 72, 16, Kind.STEP, 16)
        + lattice(80, -167, 72, 16, Kind.STEP, 16)
    )
    plaque = box(-24, -262, 48, 30, ink, stroke=spot.gold, stroke_width=2)
    body = (
        roof(0, -266, 112, 52, hue)
        + brackets(0, -250, 80, 16, hue)
        + roof(-124, -192, 66, 36, hue)
        + roof(124, -192, 66, 36, hue)
        + brackets(-120, -180, 44, 12, hue)
        + brackets(120, -180, 44, 12, hue)
        + path(posts + feet + beams, ink)
        + stroke(carved, ink, 2.4)
        + valance(-63, -182, 126, 24, ink, pitch=16)
        + plaque
        + stroke("M-63 0V-180M81 0V-180M-151 0V-148M-81 0V-150", rim, 1.3)
    )
    return (spot.plane(spot.shade(180) + body),)


def well(spot: Spot) -> tuple[Plane, ...]:
    """A stone well under a small roof, with a windlass, a rope and a bucket."""
    ink, hue = spot.ink, spot.hue
    ring = "M-46 -38V-4Q0 10 46 -4V-38Z"
    stones = (
        "M-46 -26Q0 -14 46 -26M-46 -14Q0 -2 46 -14M-26 -36v13M-4 -33v12M20 "
        "-34v13M-36 -22v13M-14 -18v13M10 -17v12M34 -22v12"
    )
    frame = cell(-42, -130, 6, 96) + cell(36, -130, 6, 96) + cell(-50, -94, 100, 6)
    drum = box(-22, -98, 44, 14, ink, rx=4) + stroke("M50 -91h8v16", ink, 3)
    rope = (
        stroke("M4 -86V-58", spot.soft, 2)
        + path("M-6 -60H14L11 -42H-3Z", ink)
        + stroke("M-6 -60Q4 -74 14 -60", ink, 1.6)
    )
    mouth = oval(0, -38, 47, 7, mix(ink, spot.palette.ink, 0.6)) + stroke(
        "M-47 -38A47 7 0 0 1 47 -38", spot.rim, 1.4
    )
    body = (
        roof(0, -124, 74, 34, hue)
        + path(frame, ink)
        + drum
        + path(ring, ink)
        + stroke(stones, spot.soft, 1)
        + mouth
        + rope
    )
    return (spot.plane(spot.shade(66) + body),)


def grave(spot: Spot) -> tuple[Plane, ...]:
    """A mound behind a stele, with incense and bare twigs; the stone bears no writing."""
    ink, soft = spot.ink, spot.soft
    mound = mix(ink, spot.palette.ground, 0.3)
    rng = spot.rng
    grass = "".join(
        (
            f"M{n(x)} {n(-46 * (1 - (x / 92) ** 2))}q{n(rng.uniform(-4, 4))} -8 "
            f"{n(rng.uniform(-7, 7))} -14"
        )
        for x in range(-84, 85, 7)
    )
    stone = "M-24 0V-72Q-24 -92 0 -94Q24 -92 24 -72V0Z"
    cloud = "M-9 -70q-4 -6 2 -8q0 -6 7 -5q7 -1 7 5q6 2 2 8"
    inner = "M-16 -8V-68Q-16 -80 0 -82Q16 -80 16 -68V-8Z"
    base = cell(-34, -8, 68, 10) + cell(-11, -16, 22, 9)
    sticks = "M-5 -14V-34M0 -14V-38M5 -14V-33"
    tips = (
        disc(-5, -35, 1.4, spot.palette.glow)
        + disc(0, -39, 1.4, spot.palette.glow)
        + disc(5, -34, 1.4, spot.palette.glow)
    )
    smoke = stroke("M0 -40c6 -14 -8 -22 -2 -38s12 -18 6 -36", spot.palette.light, 1.6, opacity=0.14)
    body = (
        path("M-100 3C-86 -28 -50 -58 0 -60C50 -58 86 -28 100 3Z", mound)
        + stroke(grass, mound, 1.8)
        + path(stone, ink)
        + stroke(inner + cloud, soft, 1.4)
        + stroke("M24 0V-72Q24 -92 0 -94", spot.rim, 1.6)
        + path(base, ink)
        + stroke(sticks, soft, 1.1)
        + tips
        + smoke
    )
    return (spot.plane(spot.shade(110) + body),)
