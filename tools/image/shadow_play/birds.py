"""Birds on the wing."""

from __future__ import annotations

from random import Random

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import TimeOfDay
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import fill
from nightshoot.tools.image.shadow_play.sky import Disc
from nightshoot.tools.image.shadow_play.svg import Plane


def birds(
    *, staging: Staging, palette: Palette, view: View, seed: int, disc: Disc
) -> tuple[Plane, ...]:
    """Gives a flock that crosses the sky: crows by night, geese in a wedge by day."""
    rng = Random(f"birds {seed}")
    way = 1.0 if disc.x > view.width / 2 else -1.0
    unit = view.short / 720.0 * view.zoom**0.6
    path = ""
    wedge = staging.time_of_day in (TimeOfDay.DAWN, TimeOfDay.DAY, TimeOfDay.DUSK)
    start_x = disc.x - way * view.width * rng.uniform(0.20, 0.34)
    start_y = max(0.10 * view.height, min(disc.y + 0.05 * view.height, 0.44 * view.height))
    for index in range(9 if wedge else 7):
        if wedge:
            arm, rank = (1 if index % 2 else -1), (index + 1) // 2
            x = start_x - way * rank * 34 * unit
            y = start_y + arm * rank * 15 * unit
            size = 15.0
        else:
            x = start_x + rng.uniform(-0.17, 0.17) * view.short
            y = start_y + rng.uniform(-0.10, 0.10) * view.short
            size = rng.uniform(13, 24)
        path += _bird(
            x + rng.uniform(-4, 4) * unit,
            y + rng.uniform(-4, 4) * unit,
            size * unit,
            way,
            rng.uniform(-0.7, 1.0),
        )
    speed = way * 0.07 * view.width
    body = fill(path, palette.ink, 0.92)
    return (Plane("birds", 0.25, body, f"dart {speed:.1f} {-0.012 * view.height:.1f}"),)


def _bird(x: float, y: float, size: float, way: float, lift: float) -> str:
    """Gives a bird: two wings bent at the wrist, a body with beak and tail; `lift` beats them."""

    def at(u: float, v: float) -> str:
        return f"{x + way * u * size:.1f} {y + v * size:.1f}"

    far, near = -0.75 * lift - 0.15, -0.95 * lift - 0.2
    return (
        f"M{at(0.62, 0.02)}Q{at(0.35, -0.16)} {at(0.15, -0.08)}"
        f"Q{at(0.10, near * 0.8)} {at(-0.45, near)}Q{at(-0.10, near * 0.4)} {at(-0.18, 0.0)}"
        f"L{at(-0.72, 0.10)}L{at(-0.55, 0.20)}Q{at(0.1, 0.26)} {at(0.62, 0.02)}Z"
        f"M{at(0.24, -0.05)}Q{at(0.40, far * 0.8)} {at(0.95, far)}"
        f"Q{at(0.45, far * 0.4)} {at(0.02, 0.05)}Z"
    )
