"""Modern towers against the sky, with windows that are lit as the day goes."""

from __future__ import annotations

from random import Random

from nightshoot.tools.image.shadow_play.roofs import paint
from nightshoot.tools.image.shadow_play.site import Site, cell, mix, path
from nightshoot.tools.image.shadow_play.svg import number as n


def skyline(site: Site, d: float, height: float, name: str, *, density: float = 0.34) -> str:
    """A row of towers that fills the canvas from side to side.

    Args:
        site: the place.
        d: the distance of the row.
        height: of the tallest tower, as a fraction of the widest framing's height.
        name: tells this row's choices from another's.
        density: the share of windows that are lit at night.
    """
    tone = site.tone(d)
    hue = paint(site.palette, tone, lit=site.lit)
    reach = (site.right - site.cx) / site.unit + 0.1
    body, warm, cool = "", "", ""
    for side in (-1, 1):
        at, index = -0.02, 0
        while at < reach:
            rng = site.rng(name, side, index)
            wide = rng.uniform(0.05, 0.105) * (1.0 if d > 12 else 1.3)
            # Towers grow toward the sides: the middle stays open for people and the light.
            lift = 0.5 + 0.5 * min(1.0, max(0.0, at) / 0.26)
            tall = height * rng.uniform(0.45, 1.0) * lift
            left = site.cx + side * (at + wide / 2) * site.unit - wide * site.unit / 2
            shape, lit, blue = _tower(
                site, rng, left, wide * site.unit, tall * site.unit, d, density
            )
            body, warm, cool = body + shape, warm + lit, cool + blue
            at += wide * rng.uniform(0.86, 1.18)
            index += 1
    chill = mix(mix(site.palette.light, site.palette.sky_mid, 0.35), tone, 0.25)
    soft = mix(hue.lamp, tone, min(0.6, d / 40))
    return path(body, tone) + path(warm, soft) + path(cool, mix(tone, chill, 0.3 + 0.6 * site.lit))


def _tower(
    site: Site, rng: Random, left: float, wide: float, tall: float, d: float, density: float
) -> tuple[str, str, str]:
    """One tower: its outline, its warm windows and its cold ones, as path data."""
    foot = site.view.horizon + site.unit * 0.34 / d + 2
    top = foot - tall
    shape = cell(left, top, wide, tall)
    style = rng.randrange(5)
    cx = left + wide / 2
    if style == 0:
        shape += cell(left + wide * 0.18, top - wide * 0.45, wide * 0.64, wide * 0.46)
        shape += cell(cx - wide * 0.02, top - wide * 1.2, wide * 0.04, wide)
    elif style == 1:
        shape += (
            f"M{n(left)} {n(top + 0.5)}L{n(left)} {n(top - wide * 0.32)}L{n(left + wide)}"
            f" {n(top + 0.5)}Z"
        )
    elif style == 2:
        for step in (0.14, 0.28):
            shape += cell(
                left + wide * step, top - wide * step * 1.6, wide * (1 - 2 * step), wide * 0.5
            )
    elif style == 3:
        for leg in (0.2, 0.62):
            shape += cell(left + wide * leg, top - wide * 0.14, wide * 0.2, wide * 0.15)
        shape += cell(left + wide * 0.78, top - wide * 0.5, wide * 0.025, wide * 0.5)
    columns = max(3, round(wide / (site.unit * 0.0135)))
    pitch = wide / (columns + 0.6)
    w, h, row = pitch * 0.52, pitch * 0.62, pitch * 1.35
    warm, cool = "", ""
    rows = min(90, int(tall / row) - 1)
    for j in range(rows):
        busy = rng.random() < 0.16
        for i in range(columns):
            if rng.random() > (0.8 if busy else density * 0.72):
                continue
            part = cell(left + pitch * (i + 0.5), top + row * (j + 0.8), w, h)
            if rng.random() < 0.24:
                cool += part
            else:
                warm += part
    return shape, warm, cool
