"""A fleet of warships under sail, stem to stern along the horizon."""

from __future__ import annotations

from random import Random

from nightshoot.tools.image.shadow_play.colours import mix
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import fill, line
from nightshoot.tools.image.shadow_play.svg import Plane


def fleet(*, palette: Palette, view: View, seed: int) -> tuple[Plane, ...]:
    """Gives two lines of ships: pale ones at the horizon, darker ones before them."""
    rng = Random(f"fleet {seed}")
    planes = []
    for row, (count, size, depth) in enumerate(((9, 0.085, 0.22), (5, 0.17, 0.5))):
        tone = (
            mix(palette.middle, palette.far, 0.5)
            if row == 0
            else mix(palette.near, palette.ink, 0.3)
        )
        base = view.horizon + (0.008 + 0.05 * row) * view.height
        body = ""
        for index in range(count):
            x = view.width * ((index + rng.uniform(0.2, 0.8)) / count * 1.5 - 0.25)
            body += _ship(
                x,
                base + rng.uniform(0, 0.012) * view.height,
                size * view.short * view.zoom * rng.uniform(0.8, 1.15),
                tone=tone,
                palette=palette,
                rng=rng,
                detailed=row == 1,
            )
        amplitude = (0.8 + 1.6 * row) * view.short / 720.0
        planes.append(Plane(f"fleet-{row}", depth, body, f"bob {amplitude:.2f} {4.3 - row:.1f}"))
    return tuple(planes)


def sails(*, palette: Palette, view: View, seed: int) -> str:
    """Gives one or two sails far out, for a sea that would be empty."""
    rng = Random(f"sails {seed}")
    tone = mix(palette.middle, palette.far, 0.3)
    body = ""
    for _ in range(rng.choice((1, 2))):
        size = 0.06 * view.short * view.zoom * rng.uniform(0.7, 1.3)
        x = view.width * rng.uniform(0.08, 0.92)
        body += _ship(
            x,
            view.horizon + 0.10 * size,
            size,
            tone=tone,
            palette=palette,
            rng=rng,
            detailed=False,
        )
    return body


def _ship(
    x: float, y: float, size: float, *, tone: str, palette: Palette, rng: Random, detailed: bool
) -> str:
    """Gives a junk: a hull with a high stern, and battened sails."""

    def at(u: float, v: float) -> str:
        return f"{x + u * size:.1f} {y - v * size:.1f}"

    hull = (
        f"M{at(-0.62, 0.22)}Q{at(-0.2, 0.06)} {at(0.34, 0.10)}L{at(0.60, 0.30)}"
        f"L{at(0.66, 0.29)}L{at(0.48, -0.02)}L{at(-0.44, -0.02)}Z"
    )
    cabin = f"M{at(0.26, 0.10)}L{at(0.28, 0.25)}L{at(0.54, 0.29)}L{at(0.50, 0.08)}Z"
    masts = f"M{at(-0.22, 0.05)}L{at(-0.24, 0.98)}M{at(0.14, 0.05)}L{at(0.13, 1.22)}"
    body = fill(hull + cabin, tone)
    sails, battens = "", ""
    for mast, top, wide in ((-0.23, 0.92, 0.25), (0.14, 1.14, 0.33)):
        belly = wide * rng.uniform(0.85, 1.15)
        sails += (
            f"M{at(mast - belly, 0.20)}Q{at(mast - belly * 1.18, top * 0.6)} "
            f"{at(mast - belly * 0.42, top)}L{at(mast + belly * 0.42, top * 0.93)}"
            f"Q{at(mast + belly * 0.66, top * 0.5)} {at(mast + belly * 0.5, 0.22)}Z"
        )
        for step in range(1, 5):
            v = 0.2 + (top - 0.2) * step / 5
            battens += f"M{at(mast - belly, v)}L{at(mast + belly * 0.55, v - 0.02)}"
    body += fill(sails, mix(tone, palette.glow, 0.10))
    body += line(masts, tone, max(1.0, size * 0.02))
    if detailed:
        body += line(battens, mix(tone, palette.rim, 0.3), max(0.8, size * 0.01), 0.6)
        flag = f"M{at(0.13, 1.22)}Q{at(0.26, 1.30)} {at(0.40, 1.20)}L{at(0.13, 1.10)}Z"
        body += fill(flag, mix("#a5232a", tone, 0.25))
        body += line(hull, palette.rim, max(0.8, size * 0.008), 0.4)
    return body
