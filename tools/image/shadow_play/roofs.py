"""Roofs with upturned eaves, bracket sets, ridge beasts; storeys and towers under them."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.tools.image.shadow_play.lattice import Kind, lattice
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.site import box, cell, mix, path, stroke, trace
from nightshoot.tools.image.shadow_play.svg import number as n


@dataclass(frozen=True, slots=True)
class Paint:
    """The few colours of one building."""

    body: str
    """The silhouette."""
    soft: str
    """Lines carved into it."""
    rim: str
    """The edge that the light catches."""
    lamp: str
    """A window with somebody at home, or a dark one."""
    snow: str = ""
    """What lies on the roof; empty: nothing."""


def paint(palette: Palette, body: str, *, lit: float, snowy: bool = False) -> Paint:
    """Chooses a building's colours from its silhouette's and from how far lamps are lit."""
    warm = mix(palette.glow, palette.light, 0.35)
    return Paint(
        body=body,
        soft=mix(body, palette.horizon, 0.22),
        rim=mix(body, palette.rim, 0.55),
        lamp=mix(mix(body, palette.horizon, 0.4), warm, lit),
        snow=mix(body, mix(palette.light, palette.sky_mid, 0.35), 0.78) if snowy else "",
    )


def roof(x: float, y: float, half: float, rise: float, hue: Paint, *, ridge: float = 0.56) -> str:
    """A hipped roof seen from the front.

    Args:
        x: its middle.
        y: the lower edge of the eaves.
        half: half of its width at the tips of the eaves.
        rise: its height.
        hue: its colours.
        ridge: the length of the ridge against the width.
    """
    top, lift, bar = y - rise, rise * 0.3, rise * 0.13
    crest = half * ridge
    tip = y - lift

    def hip(side: int) -> str:
        return (
            f"L{n(x + side * crest)} {n(top)}"
            f"C{n(x + side * (crest + (half - crest) * 0.2))} {n(y - rise * 0.42)} "
            f"{n(x + side * half * 0.86)} {n(y - rise * 0.13)} {n(x + side * half)} {n(tip)}"
        )

    under = (
        f"C{n(x + half * 0.9)} {n(y - lift * 0.15)} {n(x + half * 0.7)} {n(y)} "
        f"{n(x + half * 0.5)} {n(y)}L{n(x - half * 0.5)} {n(y)}"
        f"C{n(x - half * 0.7)} {n(y)} {n(x - half * 0.9)} {n(y - lift * 0.15)} "
        f"{n(x - half)} {n(tip)}"
    )
    left = (
        f"C{n(x - half * 0.86)} {n(y - rise * 0.13)} "
        f"{n(x - crest - (half - crest) * 0.2)} {n(y - rise * 0.42)} {n(x - crest)} {n(top)}"
    )
    parts = [path(f"M{n(x - crest)} {n(top)}{hip(1)}{under}{left}Z", hue.snow or hue.body)]
    tiles = ""
    count = max(4, min(22, int(half / max(2.5, rise * 0.11))))
    for i in range(1, count):
        u = -1 + 2 * i / count
        foot = y - (lift * max(0.0, abs(u) - 0.5) * 0.5)
        tiles += f"M{n(x + u * crest)} {n(top)}Q{n(x + u * (crest + half) / 2 * 0.9)} "
        tiles += f"{n(y - rise * 0.35)} {n(x + u * half * 0.94)} {n(foot)}"
    parts.append(stroke(tiles, hue.soft, max(0.6, rise * 0.018), opacity=0.55))
    edge = f"M{n(x + half)} {n(tip)}{under}"
    parts.append(stroke(edge, hue.rim, max(0.8, rise * 0.035), opacity=0.85))
    parts.append(box(x - crest, top - bar, 2 * crest, bar * 1.4, hue.body))
    parts.append(_beasts(x, top - bar, crest, half, rise, hue))
    return "".join(parts)


def _beasts(x: float, top: float, crest: float, half: float, rise: float, hue: Paint) -> str:
    """The dragon fins at both ends of the ridge and the small beasts that walk down the hips."""
    size = rise * 0.3
    data = ""
    for side in (-1, 1):
        cx = x + side * crest
        data += (
            f"M{n(cx - side * size * 0.5)} {n(top + size * 0.5)}"
            f"Q{n(cx - side * size * 0.35)} {n(top - size * 0.15)} {n(cx + side * size * 0.1)} "
            f"{n(top - size * 0.7)}"
            f"Q{n(cx - side * size * 0.45)} {n(top - size * 0.85)} "
            f"{n(cx - side * size * 0.35)} {n(top - size * 0.5)}"
            f"Q{n(cx - side * size * 0.3)} {n(top - size * 1.25)} {n(cx + side * size * 0.35)} "
            f"{n(top - size)}Q{n(cx + side * size * 0.75)} {n(top - size * 0.4)} "
            f"{n(cx + side * size * 0.3)} {n(top + size * 0.6)}Z"
        )
        if rise > 14:
            for step in range(4):
                u = 0.62 + step * 0.09
                bx = x + side * (crest + (half - crest) * u)
                by = top + rise * (1.13 - 0.42 * (1 - u) - 0.13 - (0.2 * (u - 0.55)))
                s = rise * 0.055
                data += f"M{n(bx - s)} {n(by)}L{n(bx + side * s * 0.6)} {n(by - s * 3)}"
                data += f"L{n(bx + s * 1.2)} {n(by)}Z"
    return path(data, hue.body)


def brackets(x: float, y: float, half: float, height: float, hue: Paint) -> str:
    """A row of bracket sets (dougong) between a beam and the eaves; y is their lower edge."""
    count = max(3, round(2 * half / (height * 1.5)))
    pitch = 2 * half / count
    data = ""
    for i in range(count + 1):
        cx = x - half + i * pitch
        for low, wide in ((0.0, 0.16), (0.3, 0.3), (0.62, 0.44)):
            w = pitch * wide * 2
            data += cell(cx - w / 2, y - height * (low + 0.3), w, height * 0.22)
        data += cell(cx - pitch * 0.09, y - height, pitch * 0.18, height)
    return path(data, hue.body) + box(x - half, y - height * 0.06, 2 * half, height * 0.16, hue.rim)


def storey(
    x: float,
    base: float,
    half: float,
    height: float,
    hue: Paint,
    *,
    bays: int = 3,
    kind: Kind = Kind.GRID,
    door: bool = True,
) -> str:
    """Columns with glowing lattice panels between them, a beam on top; `base` is their foot."""
    top = base - height
    pitch = 2 * half / bays
    post = pitch * 0.11
    glass, bars = "", ""
    for i in range(bays):
        left = x - half + i * pitch + post
        wide = pitch - 2 * post
        sill = 0.0 if door and i == bays // 2 else height * 0.28
        glass += cell(left, top + height * 0.16, wide, height * 0.84 - sill)
        bars += lattice(left, top + height * 0.16, wide, height * 0.84 - sill, kind, pitch * 0.2)
    posts = "".join(
        cell(x - half + i * pitch - post, top, 2 * post, height) for i in range(bays + 1)
    )
    return (
        box(x - half, top, 2 * half, height, hue.body)
        + path(glass, hue.lamp)
        + stroke(bars, hue.body, max(0.6, pitch * 0.022))
        + path(posts + cell(x - half - post, top, 2 * (half + post), height * 0.12), hue.body)
        + box(x - half, top + height * 0.12, 2 * half, max(0.7, height * 0.015), hue.soft)
    )


def tower(
    x: float,
    base: float,
    half: float,
    heights: tuple[float, ...],
    hue: Paint,
    *,
    bays: int = 5,
    shrink: float = 0.78,
    eaves: float = 1.32,
) -> str:
    """Storeys with a roof over each, the lowest first; gate towers and pagodas."""
    parts: list[str] = []
    foot = base
    for index, height in enumerate(heights):
        last = index == len(heights) - 1
        rise = height * (0.75 if last else 0.5)
        mid = height * 0.14
        room = storey(x, foot, half, height, hue, bays=max(1, bays - index), door=index == 0)
        brim = foot - height - mid * 0.8
        cover = roof(
            x,
            brim + mid * 0.2,
            half * eaves,
            rise,
            hue,
            ridge=0.55 if last else 0.62 * shrink + 0.1,
        )
        parts.append(room + brackets(x, foot - height, half, mid, hue) + cover)
        foot, half = brim - rise * 0.72, half * shrink
    # Drawn from the top down, so that each roof covers the foot of the storey above it.
    return "".join(reversed(parts))


def gable(x: float, base: float, half: float, height: float, rise: float, hue: Paint) -> str:
    """A plain tiled house seen from the long side: white-edged roof, a door, two windows."""
    eave = base - height
    over = half * 1.14
    body = box(x - half, eave - 1, 2 * half, height + 1, hue.body)
    curve = (
        f"M{n(x - over)} {n(eave + rise * 0.06)}Q{n(x - half * 0.98)} {n(eave - rise * 0.35)} "
        f"{n(x - half * 0.86)} {n(eave - rise)}Q{n(x)} {n(eave - rise * 0.9)} {n(x + half * 0.86)} "
        f"{n(eave - rise)}Q{n(x + half * 0.98)} {n(eave - rise * 0.35)} {n(x + over)} "
        f"{n(eave + rise * 0.06)}Z"
    )
    tiles = "".join(
        f"M{n(x + u * half * 0.12)} {n(eave - rise * 0.92)}L{n(x + u * over * 0.14)} "
        f"{n(eave + rise * 0.05)}"
        for u in range(-7, 8)
    )
    ends = "".join(
        f"M{n(x + s * half * 0.7)} {n(eave - rise * 0.95)}Q{n(x + s * half * 0.9)} "
        f"{n(eave - rise)} {n(x + s * half * 0.98)} {n(eave - rise * 1.25)}L"
        f"{n(x + s * half * 0.86)} "
        f"{n(eave - rise * 0.88)}Z"
        for s in (-1, 1)
    )
    return (
        body
        + path(curve, hue.snow or hue.body)
        + stroke(tiles, hue.soft, max(0.6, rise * 0.025), opacity=0.5)
        + path(ends, hue.body)
        + stroke(
            trace([(x - over, eave + rise * 0.06), (x + over, eave + rise * 0.06)], close=False),
            hue.rim,
            max(0.8, rise * 0.04),
        )
        + _openings(x, base, half, height, hue)
    )


def _openings(x: float, base: float, half: float, height: float, hue: Paint) -> str:
    w, h = half * 0.36, height * 0.42
    panes = cell(x - half * 0.72, base - height * 0.78, w, h)
    panes += cell(x + half * 0.36, base - height * 0.78, w, h)
    bars = lattice(x - half * 0.72, base - height * 0.78, w, h, Kind.GRID, w * 0.33)
    bars += lattice(x + half * 0.36, base - height * 0.78, w, h, Kind.GRID, w * 0.33)
    door = cell(x - half * 0.2, base - height * 0.8, half * 0.4, height * 0.8)
    return (
        path(panes, hue.lamp)
        + stroke(bars, hue.body, max(0.6, w * 0.05))
        + path(door, hue.soft)
        + box(x - 0.5, base - height * 0.8, 1, height * 0.8, hue.body)
    )


def thatch(x: float, base: float, half: float, height: float, rise: float, hue: Paint) -> str:
    """A thatched cottage: a soft heavy roof with a ragged edge over a low wall."""
    eave, over = base - height, half * 1.28
    ragged = ""
    steps = 14
    for i in range(steps + 1):
        u = 1 - 2 * i / steps
        dip = (0.1 if i % 2 else -0.02) * rise + abs(u) * rise * 0.12
        ragged += f"L{n(x + u * over)} {n(eave + dip)}"
    shape = (
        f"M{n(x - over)} {n(eave + rise * 0.1)}C{n(x - over * 0.92)} {n(eave - rise * 0.55)} "
        f"{n(x - half * 0.7)} {n(eave - rise)} {n(x - half * 0.35)} {n(eave - rise)}"
        f"Q{n(x)} {n(eave - rise * 1.1)} {n(x + half * 0.35)} {n(eave - rise)}"
        f"C{n(x + half * 0.7)} {n(eave - rise)} {n(x + over * 0.92)} {n(eave - rise * 0.55)} "
        f"{n(x + over)} {n(eave + rise * 0.1)}{ragged}Z"
    )
    straw = "".join(
        f"M{n(x + u * half * 0.07)} {n(eave - rise * 0.9)}L{n(x + u * over * 0.13)} "
        f"{n(eave - rise * 0.04)}"
        for u in range(-6, 7)
    )
    bands = "".join(
        f"M{n(x - half * w)} {n(eave - rise * v)}Q{n(x)} {n(eave - rise * (v + 0.06))} "
        f"{n(x + half * w)} {n(eave - rise * v)}"
        for v, w in ((0.82, 0.6), (0.5, 0.9))
    )
    return (
        box(x - half, eave - 1, 2 * half, height + 1, mix(hue.body, hue.soft, 0.4))
        + _openings(x, base, half, height, hue)
        + path(shape, hue.snow or hue.body)
        + stroke(straw + bands, hue.soft, max(0.6, rise * 0.02), opacity=0.6)
    )
