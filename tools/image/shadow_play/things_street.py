"""Things of the street: lamps, lanterns on strings, benches, cars, carts."""

from __future__ import annotations

from nightshoot.tools.image.shadow_play.lamps import lantern, palace_lantern
from nightshoot.tools.image.shadow_play.site import (
    box,
    cell,
    disc,
    down,
    halo,
    mix,
    oval,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import OVERSCAN, Plane
from nightshoot.tools.image.shadow_play.svg import number as n


def lanterns(spot: Spot) -> tuple[Plane, ...]:
    """Lanterns that hang from above the picture at different heights and sway together."""
    rng, view = spot.rng, spot.view
    size = min(spot.scale * 0.34, view.short * 0.17)
    top = -OVERSCAN * view.height
    count = rng.choice((3, 4, 5))
    key = spot.id("halo")
    lights, bodies = halo(key, spot.palette.glow, 0.5 * (0.4 + 0.6 * spot.lit)), ""
    for k in range(count):
        u = k - (count - 1) / 2
        x = spot.x + u * size * rng.uniform(1.5, 1.9)
        # They hang over the heads, but never above the picture where people fill it.
        y = max(
            spot.y - spot.scale * (1.75 - 0.1 * abs(u)), view.height * 0.1
        ) - size * rng.uniform(0.0, 0.9)
        y = max(y, view.height * 0.07)
        lights += oval(x, y, size * 1.5, size * 1.5, use(key))
        bodies += lantern(x, y, size, spot.palette, max(0.5, spot.lit), cord=y - top)
    sway = f"sway 1.2 4.4 {n(spot.x)} {n(top)}"
    return (Plane(spot.id("body"), spot.depth, lights + bodies, sway),)


def roped_lanterns(spot: Spot) -> tuple[Plane, ...]:
    """Lanterns on a rope between two poles: from afar, cords into the sky would hang on nothing."""
    scale, key = spot.scale, spot.id("halo")
    half, tall = 1.5 * scale, 1.75 * scale
    top, size = spot.y - tall, 0.22 * scale
    ink = spot.ink
    bodies = "".join(
        box(spot.x + side * half - 0.02 * scale, top, 0.04 * scale, tall, ink) for side in (-1, 1)
    )
    bodies += stroke(
        f"M{n(spot.x - half)} {n(top)}Q{n(spot.x)} {n(top + 0.36 * scale)} "
        f"{n(spot.x + half)} {n(top)}",
        ink,
        max(1.0, 0.014 * scale),
    )
    lights = halo(key, spot.palette.glow, 0.5 * (0.4 + 0.6 * spot.lit))
    for share in (-0.66, -0.22, 0.22, 0.66):
        x, y = spot.x + share * half, top + 0.18 * scale * (1 - share * share) + 0.2 * scale
        lights += oval(x, y, size * 1.6, size * 1.6, use(key))
        bodies += lantern(x, y, size, spot.palette, max(0.5, spot.lit), cord=0.2 * scale)
    sway = f"sway 0.3 4.4 {n(spot.x)} {n(spot.y)}"
    return (Plane(spot.id("body"), spot.depth, lights + bodies, sway),)


def streetlamp(spot: Spot) -> tuple[Plane, ...]:
    """A lamp post with its cone of light; of stone and paper in old times."""
    ink, lamp = spot.ink, spot.hue.lamp
    pale = mix(spot.palette.light, spot.palette.glow, 0.3)
    if not spot.modern:
        post = "M-9 0L-6 -14H6L9 0ZM-3 -14h6V-150h-6ZM-2 -150Q2 -176 30 -178l1 4Q8 -172 3 -150Z"
        glow = spot.light(28, -140, 84)
        body = path(post, ink) + box(2, -148, 1.2, 132, spot.rim)
        hung = palace_lantern(28, -140, 62, spot.palette, max(0.5, spot.lit), cord=12)
        return (
            spot.plane(spot.shade(20) + body),
            spot.plane(glow + hung, name="light", motion="flicker 0.12 2.3"),
        )
    post = (
        "M-10 0L-7 -22H7L10 0ZM-3.4 -22L-2.2 -280H2.2L3.4 -22ZM-2 -278Q0 "
        "-314 44 -314l0 5Q8 -307 3 -278ZM-5 -92h10v5h-10Z"
    )
    head = "M34 -316H74Q80 -308 76 -305H36Q30 -308 34 -316Z"
    cone = spot.id("cone")
    strength = 0.34 * spot.lit
    light = down(cone, ((0.0, pale, strength), (0.7, pale, strength * 0.3), (1.0, pale, 0.0)))
    light += path("M42 -305H70L140 0H-28Z", use(cone)) + spot.light(56, -304, 78)
    light += oval(56, -304, 17, 4, mix(lamp, pale, spot.lit))
    light += oval(56, 0, 84, 9, pale, opacity=0.16 * spot.lit)
    body = path(post + head, ink) + stroke("M2.4 -24L1.6 -278", spot.rim, 1)
    return (
        spot.plane(light, name="light", motion="flicker 0.06 3.8"),
        spot.plane(spot.shade(20) + body),
    )


def bench(spot: Spot) -> tuple[Plane, ...]:
    """A bench: slats on iron today, a plank on curved feet before."""
    ink, rim = spot.ink, spot.rim
    if spot.modern:
        slats = cell(-62, -30, 124, 5) + "".join(cell(-60, -y, 120, 5) for y in (44, 52, 60))
        legs = (
            "M-52 0Q-46 -16 -52 -28L-48 -62H-44L-47 -28Q-40 -14 -44 0ZM52 0Q46 "
            "-16 52 -28L48 -62H44L47 -28Q40 -14 44 0Z"
        )
        arms = "M-54 -42h14M40 -42h14"
        body = (
            path(slats, ink)
            + path(legs, ink)
            + stroke(arms, ink, 3.5)
            + stroke("M-60 -60H60M-62 -30H62", rim, 1.1)
        )
        return (spot.plane(spot.shade(66) + body),)
    legs = (
        "M-50 -26C-56 -16 -40 -8 -48 0H-40C-34 -8 -46 -16 -40 -26ZM50 -26C"
        "56 -16 40 -8 48 0H40C34 -8 46 -16 40 -26Z"
    )
    apron = "M-40 -26q10 12 22 7q18 -4 18 -4q0 0 18 4q12 5 22 -7Z"
    body = path(cell(-66, -32, 132, 7) + legs + apron, ink) + stroke("M-66 -32H66", rim, 1.2)
    return (spot.plane(spot.shade(66) + body),)


def car(spot: Spot) -> tuple[Plane, ...]:
    """A car from the side with its lights on; it was a carriage in old times."""
    if not spot.modern:
        return cart(spot)
    ink, rim, pale = spot.ink, spot.rim, spot.palette
    taxi = spot.rng.random() < 0.4
    side = 1 if spot.rng.random() < 0.5 else -1
    shell = (
        "M-128 -22C-134 -40 -124 -48 -100 -51L-76 -54C-58 -74 -44 -84 -8 "
        "-85H18C44 -84 60 -70 74 -54C104 -52 126 -46 129 -34L130 -20Q130 "
        "-12 122 -12H-122Q-128 -14 -128 -22Z"
    )
    glass = "M-66 -54C-52 -70 -40 -78 -10 -79V-54ZM-4 -79H18C38 -78 50 -68 62 -54H-4Z"
    inside = mix(ink, pale.horizon, 0.42)
    wheels = "".join(
        disc(x, -15, 19, pale.ink)
        + disc(x, -15, 11, mix(ink, pale.rim, 0.25))
        + disc(x, -15, 4, pale.ink)
        for x in (-76, 78)
    )
    driver = path("M22 -54q1 -12 8 -13q-3 -10 5 -11q8 1 5 11q8 2 8 13Z", ink)
    beam, red = spot.id("beam"), spot.id("red")
    light = halo(beam, mix(pale.light, pale.glow, 0.2), 0.85 * spot.lit) + halo(
        red, "#e03018", 0.7 * spot.lit
    )
    light += oval(152, -32, 84, 30, use(beam)) + oval(-130, -36, 34, 24, use(red))
    lamps = path("M112 -44q14 2 15 12h-12q-6 -4 -3 -12Z", mix(pale.light, pale.glow, 0.15)) + path(
        "M-127 -42h10v10h-11Z", "#d83820"
    )
    lines = "M-7 -52V-16M-66 -54L-72 -30M-128 -34H124M70 -54L64 -20M-24 -44h10M34 -44h10"
    sign = box(-14, -95, 26, 10, mix(pale.glow, pale.light, 0.4 * spot.lit), rx=2.5) if taxi else ""
    body = (
        light
        + sign
        + path(shell, ink)
        + path(glass, inside)
        + driver
        + stroke(lines, spot.soft, 1)
        + stroke(
            (
                "M-100 -51L-76 -54C-58 -74 -44 -84 -8 -85H18C44 -84 60 -70 74 -54C"
                "104 -52 126 -46 129 -34"
            ),
            rim,
            1.8,
        )
        + wheels
        + lamps
    )
    if side < 0:
        body = f'<g transform="scale(-1 1)">{body}</g>'
    return (spot.plane(spot.shade(134) + body),)


def cart(spot: Spot) -> tuple[Plane, ...]:
    """A two-wheeled carriage with a curtained hood and shafts; a handcart today."""
    ink, rim, soft = spot.ink, spot.rim, spot.soft
    spokes = "".join(
        f"M0 -38L{n(36 * c)} {n(-38 + 36 * s)}"
        for c, s in (
            (1, 0),
            (0.87, 0.5),
            (0.5, 0.87),
            (0, 1),
            (-0.5, 0.87),
            (-0.87, 0.5),
            (-1, 0),
            (-0.87, -0.5),
            (-0.5, -0.87),
            (0, -1),
            (0.5, -0.87),
            (0.87, -0.5),
        )
    )
    wheel = (
        disc(0, -38, 36, "none", stroke=ink, stroke_width=5)
        + stroke(spokes, ink, 2.6)
        + disc(0, -38, 7, ink)
    )
    wheel += stroke("M-34 -50A36 36 0 0 1 34 -50", rim, 1.2)
    if spot.modern:
        bed = "M-70 -52H62L70 -58L132 -66L132 -61L72 -50V-44H-70Z"
        load = "M-60 -52q0 -30 28 -30q4 -20 30 -18q26 -6 30 18q28 2 28 30Z"
        return (
            spot.plane(
                spot.shade(90)
                + path(load, mix(ink, spot.palette.ground, 0.3))
                + path(bed, ink)
                + wheel
                + stroke("M-70 -52H62L132 -66", rim, 1.3)
            ),
        )
    hood = "M-70 -58V-128Q-70 -152 -10 -156Q50 -152 58 -128V-58Z"
    top = (
        "M-88 -126Q-84 -146 -60 -152Q-10 -170 42 -152Q68 -146 78 -124Q66 "
        "-132 52 -132H-62Q-78 -132 -88 -126Z"
    )
    panes = box(-48, -120, 34, 36, spot.hue.lamp) + box(-2, -120, 38, 36, spot.hue.lamp)
    curtain = path("M-2 -120h38v36q-8 -10 -19 -6q-12 -4 -19 6Z", mix(ink, "#8a2018", 0.4))
    bars = "M-37 -120v36M-26 -120v36M-48 -108h34M-48 -96h34"
    shafts = "M-84 -54H70L168 -66L168 -62L74 -46H-84Z"
    fringe = "".join(f"M{x} -130v7" for x in range(-66, 60, 6))
    tassel = stroke("M-80 -130v22M70 -128v22", spot.gold, 2)
    body = (
        path(hood, ink)
        + panes
        + curtain
        + stroke(bars, ink, 2)
        + path(top, ink)
        + stroke(fringe, spot.gold, 1.4)
        + tassel
        + path(shafts, ink)
        + stroke("M-60 -152Q-10 -170 42 -152Q68 -146 78 -124", rim, 1.6)
        + stroke("M-70 -66H58", soft, 2)
        + wheel
    )
    return (spot.plane(spot.shade(100) + body),)
