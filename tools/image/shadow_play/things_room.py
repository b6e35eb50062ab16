"""Things of a room: tables, candles, screens, windows, doors, beds, shelves, computers."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.lamps import VERMILION
from nightshoot.tools.image.shadow_play.lattice import Kind, lattice, valance, window
from nightshoot.tools.image.shadow_play.site import (
    box,
    cell,
    disc,
    down,
    mix,
    oval,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.svg import number as n

_CANDLE = 0.56
"""How much of its drawing a candle stand is: candle and flame are 0.16 of an adult, all 0.75."""


def candle(spot: Spot) -> tuple[Plane, ...]:
    """Candles on a stand of bronze, waist high, or in a glass today; the flames flicker."""
    ink, gold, pale = spot.ink, spot.gold, spot.palette
    wax = mix(mix(VERMILION, pale.glow, 0.25), ink, 0.2)
    hot, core = mix(pale.glow, pale.light, 0.45), pale.light
    if spot.modern:
        stand = "M-22 0V-3H22V0ZM-3 -3V-52H3V-3ZM-18 -52H18V-56H-18Z"
        spots = [(0.0, -67.5, 0.55)]
        body = box(-4, -66, 8, 10, mix(pale.light, wax, 0.4), opacity=0.8, rx=1.4)
    else:
        stand = (
            "M-20 0Q-16 -8 -4 -10L-3 -84H3L4 -10Q16 -8 20 0ZM-28 -84Q-20 -90 "
            "-3 -90V-98H3V-90Q20 -90 28 -84L26 -90M-32 -88h10v3h-10ZM22 -88h10v"
            "3h-10ZM-6 -98h12v3h-12Z"
        )
        stand += "M-10 -46Q0 -40 10 -46Q6 -38 0 -38Q-6 -38 -10 -46Z"
        spots = [(-27.0, -106.0, 0.7), (0.0, -118.0, 0.85), (27.0, -106.0, 0.7)]
        body = "".join(
            box(x - 3.2, y + 3, 6.4, (-88 if x else -98) - y - 3, wax, rx=1.4) for x, y, _ in spots
        )
        body += stroke("M-27 -86Q-24 -72 -3 -70M27 -86Q24 -72 3 -70", ink, 3)
    shine = stroke("M2 -51V-4" if spot.modern else "M2.4 -84L3.2 -12", gold, 1)
    flames = spot.light(0, spots[len(spots) // 2][1], 104, strength=0.8)
    for x, y, k in spots:
        flames += path(
            (
                f"M{n(x)} {n(y - 15 * k)}C{n(x + 1)} {n(y - 8 * k)} {n(x + 4.4 * k)}"
                f" {n(y - 3 * k)} {n(x + 3.4 * k)} {n(y)}Q{n(x)} {n(y + 4 * k)} {n(x - 3.4 * k)}"
                f" {n(y)}C{n(x - 4.4 * k)} {n(y - 4 * k)} {n(x - 1)} {n(y - 7 * k)} "
                f"{n(x)} {n(y - 15 * k)}Z"
            ),
            hot,
        )
        flames += oval(x, y - 2 * k, 1.5 * k, 3.4 * k, core)
    still = spot.shade(24) + path(stand, ink) + body + shine
    size = f"scale({0.9 if spot.modern else _CANDLE})"
    return (
        spot.plane(el("g", still, transform=size)),
        spot.plane(el("g", flames, transform=size), name="flames", motion="flicker 0.2 0.8"),
    )


def screen(spot: Spot) -> tuple[Plane, ...]:
    """A folding screen of six silk leaves with hills, a moon and cranes."""
    ink, pale = spot.ink, spot.palette
    rng, key = spot.rng, spot.id("silk")
    silk = mix(mix(pale.light, pale.glow, 0.35), ink, 0.3 - 0.2 * spot.lit)
    parts = [
        spot.shade(130),
        down(key, ((0.0, silk, 1.0), (1.0, mix(silk, pale.ground, 0.35), 1.0))),
    ]
    leaves, frames, base = "", "", ""
    for k in range(6):
        x, dip = -126 + k * 42.0, 5.0 if k % 2 else -5.0
        a, b = (-164 - dip, -164 + dip)
        leaves += (
            f"M{n(x)} {n(a)}L{n(x + 42)} {n(b)}V{n(-dip * 0.3 - 6)}L{n(x)} {n(dip * 0.3 - 6)}Z"
        )
        frames += (
            f"M{n(x)} {n(a)}L{n(x + 42)} {n(b)}V{n(-dip * 0.6)}M{n(x)} {n(a)}V{n(dip * 0.6)}"
            f"M{n(x)} {n(-32 + dip * 0.3)}L{n(x + 42)} {n(-32 - dip * 0.3)}M{n(x)}"
            f" {n(a + 14)}L{n(x + 42)} {n(b + 14)}"
        )
        base += lattice(x + 3, -28, 36, 22, Kind.STEP, 18)
    parts.append(path(leaves, use(key)))
    parts.append(disc(rng.choice((-60.0, 62.0)), -122, 15, mix(silk, pale.light, 0.75)))
    for low, shade in ((-84, 0.16), (-64, 0.3), (-48, 0.46)):
        data, x = f"M-126 -33V{low}", -126.0
        while x < 126:
            step = rng.uniform(16, 34)
            data += (
                f"Q{n(x + step / 2)} {n(low - rng.uniform(0, 26))} {n(min(126, x + step))}"
                f" {n(low + rng.uniform(-4, 8))}"
            )
            x += step
        parts.append(path(data + "V-33Z", mix(silk, ink, shade)))
    cranes = "".join(
        f"M{n(x)} {n(y)}q5 -7 10 -1q5 -6 11 -1" for x, y in ((-30, -118), (-8, -130), (-52, -134))
    )
    parts.append(stroke(cranes, mix(silk, ink, 0.7), 1.6))
    parts.append(
        path(cell(-126, -30, 252, 26), mix(ink, silk, 0.12)) + stroke(base, spot.gold, 1.1)
    )
    parts.append(
        stroke(frames, ink, 3.4)
        + stroke(
            "M-126 -169"
            + "".join(f"L{n(-126 + k * 42)} {-159 if k % 2 == 0 else -169}" for k in range(1, 7)),
            spot.gold,
            1,
        )
    )
    return (spot.plane("".join(parts)),)


def window_piece(spot: Spot) -> tuple[Plane, ...]:
    """A window in its own piece of wall: lattice and paper, or panes and a sill."""
    ink, pale = spot.ink, spot.palette
    rng, key = spot.rng, spot.id("pane")
    hot = mix(pale.light, pale.glow, 0.2)
    glass = down(key, ((0.0, hot, 1.0), (1.0, mix(hot, pale.glow, 0.6), 1.0)))
    if spot.modern:
        body = window(
            -62, -186, 124, 112, glass=use(key), bars=ink, kind=Kind.GRID, pitch=56, leaves=2
        )
        sill = path(cell(-74, -76, 148, 8) + cell(-70, -196, 140, 8), ink) + box(
            -74, -76, 148, 1.6, spot.rim
        )
        drape = path(
            "M-66 -188H-30Q-34 -130 -58 -82H-66ZM66 -188H30Q34 -130 58 -82H66Z",
            mix(ink, pale.glow, 0.2),
            opacity=0.85,
        )
        return (spot.plane(glass + spot.light(0, -130, 130, strength=0.4) + body + drape + sill),)
    kind = rng.choice((Kind.STEP, Kind.DIAMOND, Kind.ICE, Kind.COIN))
    body = window(
        -74, -190, 148, 116, glass=use(key), bars=ink, kind=kind, pitch=15, leaves=3, seed=spot.seed
    )
    frame = path(
        cell(-84, -200, 168, 9)
        + cell(-84, -76, 168, 9)
        + cell(-84, -200, 9, 132)
        + cell(75, -200, 9, 132),
        ink,
    )
    return (
        spot.plane(
            glass
            + spot.light(0, -132, 140, strength=0.4)
            + body
            + frame
            + valance(-72, -190, 144, 16, ink, pitch=12)
            + box(-84, -200, 168, 1.4, spot.gold)
        ),
    )


def door(spot: Spot) -> tuple[Plane, ...]:
    """A double door with lattice above panels, ajar on the light; one leaf with a knob today."""
    ink, pale = spot.ink, spot.palette
    lamp = mix(pale.light, pale.glow, 0.3)
    wood = mix(ink, VERMILION, 0.12)
    if spot.modern:
        frame = path("M-58 0V-220H58V0H48V-210H-48V0Z", ink) + box(-48, -210, 96, 210, lamp)
        leaf = path("M-48 -210L34 -203V7L-48 0Z", wood)
        panels = "M-36 -196L22 -191V-118L-36 -120ZM-36 -106L22 -103V-14L-36 -18Z"
        body = (
            spot.light(30, -90, 130, strength=0.45) + frame + leaf + stroke(panels, spot.soft, 1.4)
        )
        return (
            spot.plane(body + disc(24, -98, 4, spot.gold) + stroke("M34 -203V7", spot.rim, 1.6)),
        )
    frame = path("M-92 0V-236H92V0H80V-222H-80V0Z", ink) + box(-80, -222, 160, 222, lamp)
    leaves, bars, glow = "", "", ""
    for s in (-1, 1):
        a, b = s * 80, s * 14
        leaves += f"M{a} -200H{b}V0H{a}Z"
        x = min(a, b) + 7
        glow += cell(x, -192, 52, 104)
        bars += lattice(x, -192, 52, 104, Kind.STEP, 17)
    panels = "M-72 -78H-22V-50H-72ZM-72 -42H-22V-8H-72ZM22 -78H72V-50H22ZM22 -42H72V-8H22Z"
    rings = "".join(
        disc(s * 21, -104, 4.5, "none", stroke=spot.gold, stroke_width=1.8) for s in (-1, 1)
    )
    lintel = path(cell(-80, -222, 160, 24), wood) + stroke(
        lattice(-76, -219, 152, 16, Kind.COIN, 16), spot.gold, 1
    )
    body = (
        spot.light(0, -100, 150, strength=0.4)
        + frame
        + path(leaves, wood)
        + path(glow, mix(lamp, wood, 0.25))
        + stroke(bars, wood, 1.6)
        + stroke(panels, spot.soft, 1.5)
        + lintel
        + rings
        + stroke("M-14 -200V0M14 0V-200", spot.rim, 1.6)
        + path(cell(-96, -8, 192, 9), ink)
    )
    return (spot.plane(body),)
