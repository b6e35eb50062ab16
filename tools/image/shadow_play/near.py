"""What stands between the lens and the place: eaves, a curtain, wires, a branch, a pillar, reeds.

It frames the picture and makes the camera's move felt. It keeps to the edges of the frame, and is
left out where a face fills it.
"""

from __future__ import annotations

import math

from nightshoot.tools.image.shadow_play.eaves import corner
from nightshoot.tools.image.shadow_play.lamps import halos, lantern
from nightshoot.tools.image.shadow_play.lattice import Kind, lattice
from nightshoot.tools.image.shadow_play.roofs import paint
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    cell,
    disc,
    down,
    halo,
    mix,
    path,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n


def _dark(site: Site) -> str:
    return mix(site.palette.ink, site.palette.near, 0.12)


def _side(site: Site) -> int:
    return site.rng("lens").choice((-1, 1))


def eaves_and_lantern(site: Site) -> tuple[Plane, ...]:
    """An upturned eave in an upper corner and a lantern that hangs from it."""
    if not site.lensed:
        return ()
    side, wide, high, short = _side(site), site.view.width, site.view.height, site.view.short
    hue = paint(site.palette, _dark(site), lit=site.lit, snowy=False)
    x = wide / 2 + side * (wide * 0.5 - short * 0.38)
    roof = corner(x, high * 0.1, short * 0.62, side, hue)
    size = short * 0.15
    lx, ly = wide / 2 + side * (wide * 0.5 - short * 0.14), high * 0.1 + short * 0.145 + size * 1.15
    glow = site.id("near-glow")
    light = halo(glow, site.palette.glow, 0.55 * site.lit) + halos([(lx, ly, size * 1.7)], glow)
    light += lantern(lx, ly, size, site.palette, site.lit, cord=high * 0.12)
    if site.wet:
        # Reflections take a plane of their own in the rain; the lantern gives up its own.
        return (Plane("place-lens", 1.4, light + roof),)
    sway = f"sway 1.6 4.2 {n(lx)} {n(ly - high * 0.15)}"
    return (
        Plane("place-near-lantern", 1.35, light, sway),
        Plane("place-lens", 1.4, roof),
    )


def wires_and_sign(site: Site) -> tuple[Plane, ...]:
    """Power lines that cross the sky and a pole at one edge of the frame."""
    if not site.lensed:
        return ()
    side, wide, high = _side(site), site.view.width, site.view.height
    ink, short = _dark(site), site.view.short
    px = wide / 2 + side * wide * 0.43
    thick = short * 0.032
    pole = box(px - thick / 2, site.top, thick, site.bottom - site.top, ink)
    for level, reach in ((0.06, 0.2), (0.12, 0.15)):
        y = high * level
        pole += box(px - short * reach / 2, y, short * reach, short * 0.014, ink)
        pole += path(
            "".join(
                cell(
                    px + short * u * reach / 2 - short * 0.008,
                    y - short * 0.026,
                    short * 0.016,
                    short * 0.03,
                )
                for u in (-0.9, -0.5, 0.5, 0.9)
            ),
            ink,
        )
    pole += box(
        px - side * short * 0.05 - short * 0.03,
        high * 0.16,
        short * 0.06,
        short * 0.1,
        ink,
        rx=short * 0.012,
    )
    pole += box(px - short * 0.05, high * 0.16 + short * 0.03, short * 0.1, short * 0.02, ink)
    wires = ""
    far = wide / 2 - side * wide
    for index in range(5):
        y0 = high * (0.055 + 0.02 * index)
        y1 = high * (-0.06 + 0.035 * index)
        wires += (
            f"M{n(px)} {n(y0)}Q{n((px + far) / 2)} {n(max(y0, y1) + high * 0.07)} {n(far)} {n(y1)}"
        )
        wires += (
            f"M{n(px)} {n(y0)}Q{n(px + side * wide * 0.2)} {n(y0 + high * 0.02)}"
            f" {n(px + side * wide * 0.6)} {n(y0 - high * 0.02)}"
        )
    body = stroke(wires, ink, max(1.0, short * 0.0042)) + pole
    rim = box(px - side * thick / 2 - 1, site.top, 2, site.bottom - site.top, site.palette.rim)
    return (Plane("place-lens", 1.4, body + f'<g opacity="0.35">{rim}</g>'),)


def swag(site: Site) -> tuple[Plane, ...]:
    """A heavy curtain with a gold edge that hangs across the top and is tied at both sides."""
    if not site.lensed:
        return ()
    wide, high, short = site.view.width, site.view.height, site.view.short
    ink, gold = _dark(site), mix(site.palette.ink, site.palette.glow, 0.62)
    cloth = site.id("cloth")
    fold = mix(ink, mix("#6a1418", site.palette.near, 0.35), 0.5)
    parts = [down(cloth, ((0.0, ink, 1.0), (0.75, ink, 1.0), (1.0, fold, 1.0)))]
    hang = high * 0.045
    half = wide * 0.5
    cut = ""
    for side in (-1, 1):
        out = wide / 2 + side * wide * 0.85
        inner = wide / 2
        cut = (
            f"M{n(inner)} {n(site.top)}L{n(inner)} {n(hang)}"
            f"Q{n(wide / 2 + side * half * 0.72)} {n(hang + high * 0.02)} "
            f"{n(wide / 2 + side * half * 0.93)} {n(hang + high * 0.2)}"
            f"L{n(out)} {n(hang + high * 0.24)}L{n(out)} {n(site.top)}Z"
        )
        parts.append(path(cut, use(cloth)))
        edge = (
            f"M{n(inner)} {n(hang)}Q{n(wide / 2 + side * half * 0.72)} {n(hang + high * 0.02)} "
            f"{n(wide / 2 + side * half * 0.93)} {n(hang + high * 0.2)}L{n(out)}"
            f" {n(hang + high * 0.24)}"
        )
        parts.append(stroke(edge, gold, short * 0.007))
        parts.append(_fringe(wide / 2 + side * half * 0.0, hang, side, half, high, short, gold))
        parts.append(
            _tail(
                wide / 2 + side * half * 0.93, hang + high * 0.2, side, wide, high, short, ink, gold
            )
        )
    folds = ""
    for i in range(-5, 6):
        x = wide / 2 + i * half * 0.17
        folds += (
            f"M{n(x * 0.6 + wide * 0.2)} {n(site.top)}Q{n(x)} {n(hang * 0.2)}"
            f" {n(x + i * half * 0.03)}"
            f" {n(hang * 0.8)}"
        )
    parts.append(stroke(folds, fold, short * 0.008, opacity=0.8))
    return (Plane("place-lens", 1.45, "".join(parts), "wave 1.2 6"),)


def _fringe(
    x: float, y: float, side: int, half: float, high: float, short: float, gold: str
) -> str:
    """Threads along the curtain's edge."""
    data = ""
    for i in range(42):
        t = (i + 0.5) / 42
        px = (1 - t) ** 2 * 0 + 2 * t * (1 - t) * 0.72 + t * t * 0.93
        py = 2 * t * (1 - t) * 0.02 + t * t * 0.2
        data += f"M{n(x + side * half * px)} {n(y + high * py)}v{n(short * 0.022)}"
    return stroke(data, gold, short * 0.0028, opacity=0.7)


def _tail(
    x: float, y: float, side: int, wide: float, high: float, short: float, ink: str, gold: str
) -> str:
    """What hangs down below the tie, with a tassel."""
    out = x + side * wide * 0.4
    body = (
        f"M{n(x)} {n(y - high * 0.01)}C{n(x - side * wide * 0.015)} {n(y + high * 0.05)} "
        f"{n(x + side * wide * 0.02)} {n(y + high * 0.13)} {n(x + side * wide * 0.005)} "
        f"{n(y + high * 1.2)}L{n(out)} {n(y + high * 1.2)}L{n(out)} {n(y - high * 0.05)}Z"
    )
    knot = disc(x + side * wide * 0.01, y + high * 0.006, short * 0.018, gold)
    threads = "".join(
        f"M{n(x + side * wide * 0.01)} {n(y + high * 0.012)}l{n(short * u)} {n(short * 0.11)}"
        for u in (-0.018, -0.009, 0.0, 0.009, 0.018)
    )
    return path(body, ink) + knot + stroke(threads, gold, short * 0.004)


def branch(site: Site, colour: str | None = None) -> tuple[Plane, ...]:
    """A branch with leaves that reaches in from an upper corner."""
    if not site.lensed:
        return ()
    side, wide, high, short = _side(site), site.view.width, site.view.height, site.view.short
    ink = colour or _dark(site)
    rng = site.rng("branch")
    x, y = wide / 2 + side * wide * 0.82, high * 0.0
    twigs, leaves = "", ""
    angle = math.pi - 0.12 if side > 0 else 0.12
    step = short * 0.075
    for _ in range(12):
        angle += rng.uniform(-0.16, 0.16) - side * 0.012
        nx, ny = x + step * math.cos(angle), y + step * abs(math.sin(angle)) * 0.8 + short * 0.008
        twigs += f"M{n(x)} {n(y)}L{n(nx)} {n(ny)}"
        for _ in range(7):
            lx, ly = nx + rng.uniform(-1, 1) * step, ny + rng.uniform(-0.5, 1.5) * step
            leaves += f"M{n(nx)} {n(ny)}L{n(lx)} {n(ly)}"
            for _ in range(3):
                turn, size = rng.uniform(0, 6.3), short * rng.uniform(0.016, 0.034)
                tx, ty = lx + size * math.cos(turn), ly + size * abs(math.sin(turn))
                bend = size * 0.4
                leaves += (
                    f"M{n(lx)} {n(ly)}Q{n((lx + tx) / 2 + bend)} {n((ly + ty) / 2 - bend)} {n(tx)} "
                    f"{n(ty)}Q{n((lx + tx) / 2 - bend)} {n((ly + ty) / 2 + bend)} {n(lx)} {n(ly)}Z"
                )
        x, y = nx, ny
    body = stroke(twigs, ink, short * 0.013, stroke_linecap="round")
    body += el_leaves(leaves, ink, short)
    pivot = wide / 2 + side * wide * 0.8
    return (Plane("place-lens", 1.5, body, f"sway 0.5 5.5 {n(pivot)} 0"),)


def el_leaves(data: str, ink: str, short: float) -> str:
    """Leaves and the stalks that carry them."""
    return path(data, ink, stroke=ink, stroke_width=short * 0.0028)


def frame_of_window(site: Site) -> tuple[Plane, ...]:
    """The dark post and the carved corner of an opening that the lens looks through."""
    if not site.lensed:
        return ()
    side, wide, high, short = _side(site), site.view.width, site.view.height, site.view.short
    ink, rim = _dark(site), mix(site.palette.ink, site.palette.glow, 0.35)
    edge = wide / 2 + side * wide * 0.44
    outer = wide / 2 + side * wide * 0.85
    left = min(edge, outer)
    post = box(left, site.top, abs(outer - edge), site.bottom - site.top, ink)
    line = box(edge - 1.2, site.top, 2.4, site.bottom - site.top, rim, opacity=0.6)
    beam = box(site.left, site.top, site.right - site.left, high * 0.035 - site.top, ink)
    reach = short * 0.3
    x0 = edge - reach if side > 0 else edge
    carved = lattice(x0, high * 0.035, reach, reach * 0.5, Kind.STEP, reach * 0.25)
    cloud = (
        f"M{n(edge)} {n(high * 0.035)}v{n(reach * 1.1)}"
        f"q{n(-side * reach * 0.12)} {n(-reach * 0.1)} {n(-side * reach * 0.1)} {n(-reach * 0.34)}"
        f"q{n(-side * reach * 0.22)} {n(-reach * 0.02)} {n(-side * reach * 0.24)}"
        f" {n(-reach * 0.26)}Z"
    )
    return (
        Plane(
            "place-lens",
            1.45,
            post + line + beam + stroke(carved, ink, short * 0.008) + path(cloud, ink),
        ),
    )
