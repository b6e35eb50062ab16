"""The paper windows of a study: lattice leaves or a moon window, with bamboo before the light."""

from __future__ import annotations

import math
from collections.abc import Callable

from nightshoot.tools.image.shadow_play.interior import (
    Tones,
)
from nightshoot.tools.image.shadow_play.lattice import Kind, lattice, window
from nightshoot.tools.image.shadow_play.site import (
    Site,
    box,
    disc,
    mix,
    path,
    pool,
    stroke,
    use,
)
from nightshoot.tools.image.shadow_play.svg import el
from nightshoot.tools.image.shadow_play.svg import number as n

BACK = 2.5
"""The distance of a room's back wall."""


def paper_window(site: Site, hue: Tones, middle: float) -> str:
    """A wide window of four lattice leaves, with the shadow of bamboo on its paper."""
    size = site.person(BACK)
    rng = site.rng("window")
    kind = rng.choice((Kind.STEP, Kind.DIAMOND, Kind.ICE, Kind.COIN))
    x, y = site.pt(middle - 0.77, 2.08, BACK)
    wide, tall = size * 1.54, size * 1.5
    name = site.id("paper")
    hot = mix(hue.bright, site.palette.light, 0.7)
    stops = ((0.0, hot, 1.0), (0.6, hue.bright, 1.0), (1.0, mix(hue.bright, hue.mid, 0.5), 1.0))
    paper = pool(name, stops, x + wide * 0.45, y + tall * 0.4, wide * 0.7)
    body = window(
        x, y, wide, tall, glass=use(name), bars=hue.dark, kind=kind, pitch=size * 0.17, leaves=4
    )
    shade = _bamboo_shadow(x, y, wide, tall, site.rng("bamboo").random)
    clip = site.id("pane")
    cut = el("clipPath", box(x, y, wide, tall, "#000"), id=clip)
    return (
        paper + cut + body + el("g", path(shade, hue.dark, opacity=0.3), clip_path=f"url(#{clip})")
    )


def moon_window(site: Site, hue: Tones, middle: float) -> str:
    """A round window with cracked ice about its rim and a branch before the light."""
    size = site.person(BACK)
    x, y = site.pt(middle, 1.32, BACK)
    r = size * 0.78
    name, clip = site.id("paper"), site.id("pane")
    hot = mix(hue.bright, site.palette.light, 0.8)
    stops = ((0.0, hot, 1.0), (0.65, hue.bright, 1.0), (1.0, mix(hue.bright, hue.mid, 0.45), 1.0))
    parts = [pool(name, stops, x, y - r * 0.1, r), disc(x, y, r, use(name))]
    parts.append(el("clipPath", disc(x, y, r, "#000"), id=clip))
    crack = lattice(
        x - r, y - r, 2 * r, 2 * r, Kind.ICE, r * 0.27, site.rng("ice").randrange(1 << 30)
    )
    hole = r * 0.56
    inner = stroke(crack, hue.dark, size * 0.014) + disc(x, y, hole, use(name))
    inner += disc(x, y, hole, "none", stroke=hue.dark, stroke_width=size * 0.025)
    inner += path(
        _bamboo_shadow(x - r, y - r, 2 * r, 2 * r, site.rng("bamboo").random),
        hue.dark,
        opacity=0.42,
    )
    parts.append(el("g", inner, clip_path=f"url(#{clip})"))
    parts.append(disc(x, y, r, "none", stroke=hue.deep, stroke_width=size * 0.09))
    parts.append(disc(x, y, r * 0.965, "none", stroke=hue.line, stroke_width=size * 0.012))
    return "".join(parts)


def _bamboo_shadow(x: float, y: float, wide: float, tall: float, draw: Callable[[], float]) -> str:
    """Stems and leaves of bamboo as one path over a rectangle."""
    data = ""
    for _ in range(3):
        sx = x + wide * (0.08 + 0.5 * draw())
        lean = wide * (draw() * 0.2 - 0.05)
        w = wide * 0.012
        for k in range(4):
            a, b = k / 4, (k + 0.96) / 4
            data += (
                f"M{n(sx + lean * a)} {n(y + tall * (1 - a))}"
                f"L{n(sx + lean * b)} {n(y + tall * (1 - b))}"
                f"h{n(w)}L{n(sx + lean * a + w)} {n(y + tall * (1 - a))}Z"
            )
        for _ in range(11):
            t = 0.25 + 0.75 * draw()
            lx, ly = sx + lean * t, y + tall * (1 - t)
            turn = (
                math.pi * (0.08 + 0.5 * draw()) * (1 if draw() < 0.6 else -1)
                + math.pi / 2
                - math.pi / 2
            )
            long = wide * (0.1 + 0.1 * draw())
            dx, dy = long * math.cos(turn), long * abs(math.sin(turn))
            ox, oy = -dy * 0.13, dx * 0.13
            data += (
                f"M{n(lx)} {n(ly)}Q{n(lx + dx * 0.4 + ox)} {n(ly + dy * 0.4 + oy)} {n(lx + dx)}"
                f" {n(ly + dy)}Q{n(lx + dx * 0.4 - ox)} {n(ly + dy * 0.4 - oy)} {n(lx)}"
                f" {n(ly)}Z"
            )
    return data
