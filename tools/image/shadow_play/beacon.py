"""The lighthouse: a banded tower on its rock, and the beam that goes round above the sea."""

from __future__ import annotations

from itertools import pairwise

from nightshoot.tools.image.shadow_play.site import box, cell, disc, mix, path, stroke, use
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.svg import number as n

_TOP = -520.0
"""The y of the gallery."""
_LAMP = _TOP - 34
_FOOT, _HEAD = 62.0, 40.0
"""Half the tower's width on its rock and below the gallery."""


def lighthouse(spot: Spot) -> tuple[Plane, ...]:
    """A round tower in bands with a gallery, a glazed lamp room under a dome, and its beam."""
    ink, rim, pale = spot.ink, spot.rim, spot.palette
    white = mix(ink, mix(pale.horizon, pale.light, 0.4), 0.34)
    dark = mix(ink, pale.ink, 0.3)
    lamp = mix(ink, mix(pale.light, pale.glow, 0.3), 0.45 + 0.55 * spot.lit)

    def half(y: float) -> float:
        share: float = ((y + 24) / (_TOP + 24)) ** 0.8
        return _FOOT + (_HEAD - _FOOT) * share

    bands = ""
    edges = [-24 + (_TOP + 24) * k / 7 for k in range(8)]
    for k, (low, high) in enumerate(pairwise(edges)):
        a, b = half(low), half(high)
        data = (
            f"M{n(-a)} {n(low)}Q0 {n(low + 9)} {n(a)} {n(low)}L{n(b)} {n(high)}Q0 "
            f"{n(high + 7)} {n(-b)} {n(high)}Z"
        )
        bands += path(data, white if k % 2 else dark)
    shade = (
        f"M{n(-_FOOT)} -24L{n(-_HEAD)} {_TOP}H{n(-_HEAD * 0.2)}Q{n(-_HEAD * 0.5)} "
        f"-260 {n(-_FOOT * 0.25)} -18Z"
    )
    panes = "".join(
        f"M{n(x - 5)} {y}v-16a5 5 0 0 1 10 0v16Z" for x, y in ((8, -120), (14, -250), (6, -380))
    )
    door = "M-13 -20v-34a13 13 0 0 1 26 0v34Z"
    rails = "".join(f"M{x} {_TOP - 3}v-17" for x in range(-52, 53, 13))
    rails += f"M-54 {_TOP - 20}H54M-54 {_TOP - 11}H54"
    room = box(-24, _LAMP - 26, 48, 56, lamp)
    mullions = "".join(f"M{x} {_LAMP + 30}v-56" for x in (-24, -8, 8, 24)) + f"M-24 {_LAMP + 2}h48"
    dome = f"M-31 {_LAMP - 26}Q-26 {_LAMP - 56} 0 {_LAMP - 62}Q26 {_LAMP - 56} 31 {_LAMP - 26}Z"
    dome += f"M-2 {_LAMP - 60}h4v-26h-4Z"
    rock = (
        "M-250 6L-196 -14L-160 -10L-118 -34L-74 -30L-58 -44L60 -42L84 -26L128 "
        "-30L170 -8L214 -12L262 6Z"
    )
    ledges = "M-160 -10L-140 4M-118 -34L-96 -6M-58 -44L-40 -12M84 -26L70 0M128 -30L140 -2"
    body = (
        path(rock, mix(ink, pale.ink, 0.45))
        + stroke(ledges, rim, 1.4, opacity=0.5)
        + stroke("M-118 -34L-74 -30L-58 -44L60 -42L84 -26L128 -30", rim, 1.8, opacity=0.7)
        + bands
        + path(shade, pale.ink, opacity=0.28)
        + stroke(f"M{n(_FOOT)} -24Q{n(_FOOT * 0.78)} -240 {n(_HEAD)} {_TOP}", rim, 2.2)
        + path(panes, lamp)
        + path(door, dark)
        + path(
            cell(-56, _TOP - 4, 112, 9) + f"M-46 {_TOP + 5}L-38 {_TOP + 22}H38L46 {_TOP + 5}Z", dark
        )
        + room
        + disc(0, _LAMP, 10, mix(lamp, "#ffffff", 0.4))
        + stroke(mullions, dark, 2.6)
        + path(dome, dark)
        + stroke(rails, dark, 2.2)
        + stroke(f"M2 {_LAMP - 61}Q26 {_LAMP - 56} 31 {_LAMP - 26}", rim, 1.8)
    )
    return (_beam(spot), spot.plane(body))


def _beam(spot: Spot) -> Plane:
    """Two wedges of light from the lamp, which swing, and its halo; faint by day."""
    warm = mix(spot.palette.light, spot.palette.glow, 0.2)
    body = ""
    for side, reach in ((-1, 900.0), (1, 620.0)):
        name = spot.id(f"beam{side}")
        stops = "".join(
            el("stop", offset=at, stop_color=warm, stop_opacity=strength * spot.lit)
            for at, strength in ((0.0, 0.62), (0.35, 0.22), (1.0, 0.0))
        )
        body += el(
            "linearGradient", stops, id=name, x1=0.0, x2=side * reach, y1=0.0, y2=0.0,
            gradientUnits="userSpaceOnUse",
        )  # fmt: skip
        data = f"M0 {_LAMP - 6}L{n(side * reach)} {n(_LAMP - 92)}V{n(_LAMP + 64)}L0 {_LAMP + 6}Z"
        body += path(data, use(name))
    body += spot.light(0, _LAMP, 110, strength=0.75)
    y = spot.y + _LAMP * spot.scale / 100
    return spot.plane(body, name="beam", motion=f"sway 5 7.5 {n(spot.x)} {n(y)}")
