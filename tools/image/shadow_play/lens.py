"""What stands near the lens in the open: reeds, boughs, grass, rocks; it frames and moves most."""

from __future__ import annotations

from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import CameraAngle, Dressing, Setting, ShotSize
from nightshoot.tools.image.shadow_play.boughs import bough, grass
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import Point, canvas, fill, line, poly
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.trees import reeds

_BOUGHS = {
    Dressing.WILLOW: "willow",
    Dressing.PINE: "pine",
    Dressing.BAMBOO: "bamboo",
    Dressing.PLUM: "plum",
}
_NATIVE = {
    Setting.MOUNTAIN: "pine",
    Setting.FOREST: "leaves",
    Setting.RIVER: "willow",
}
_LOW = (Setting.RIVER, Setting.SEA, Setting.FIELD, Setting.DESERT, Setting.FOREST, Setting.MOUNTAIN)


def lens_planes(*, plan: ShotPlan, palette: Palette, view: View, away: float) -> tuple[Plane, ...]:
    """Gives at most two planes before everything; `away` is the side that holds no face."""
    size, setting = plan.camera.size, plan.staging.setting
    if size in (ShotSize.CU, ShotSize.ECU) or setting not in _LOW:
        return ()
    rng = Random(f"lens {plan.place_seed}")
    side = int(away) or rng.choice((-1, 1))
    planes = []
    kind = next((_BOUGHS[item] for item in plan.staging.dressing if item in _BOUGHS), None)
    kind = kind or (_NATIVE.get(setting) if rng.random() < 0.7 else None)
    if kind is not None and plan.camera.angle is not CameraAngle.OVERHEAD:
        reach = rng.uniform(0.42, 0.60)
        if size is ShotSize.MCU:
            reach = 0.36
        elif plan.staging.figures and size in (ShotSize.MWS, ShotSize.MS):
            # From here on heads reach up to where boughs hang.
            reach = 0.30
        body = bough(
            kind=kind, palette=palette, view=view, side=side, seed=plan.place_seed, size=reach
        )
        x = view.width / 2 + side * 0.72 * view.width
        planes.append(Plane("bough", 1.5, body, f"sway 0.6 5.4 {x:.1f} 0"))
    if size is not ShotSize.MCU:
        planes.append(_low(plan, palette, view, -side if kind else side, rng))
    return tuple(planes)


def _low(plan: ShotPlan, palette: Palette, view: View, side: int, rng: Random) -> Plane:
    """Gives what grows or lies along the lower edge, in one corner most of all."""
    setting, short = plan.staging.setting, view.short
    if plan.camera.size is ShotSize.EWS:
        short = int(1.5 * short)  # the widest pictures have the most bare ground to frame
    x = view.width * (0.5 + 0.44 * side)
    y = view.height * 1.06
    sway = f"sway 0.8 4.1 {x:.1f} {y:.1f}"
    if setting is Setting.RIVER:
        body = reeds(
            palette=palette,
            x=x,
            y=y,
            wide=0.62 * short,
            tall=0.62 * short,
            seed=plan.place_seed,
            tone=palette.ink,
            count=24,
        )
        return Plane("reeds", 1.55, body, sway)
    if setting in (Setting.FIELD, Setting.FOREST):
        body = grass(palette=palette, view=view, seed=plan.place_seed, tall=0.24 * short)
        return Plane("grass", 1.5, body, sway)
    return Plane("rocks", 1.4, _rocks(palette, view, side, rng, short))


def _rocks(palette: Palette, view: View, side: int, rng: Random, short: float) -> str:
    """Gives dark boulders in a lower corner with a lit edge."""
    _, _, _, bottom = canvas(view)
    edge = view.width / 2 + side * view.width * 0.82
    body = ""
    for size in (1.0, 0.6):
        reach, tall = 0.62 * short * size, 0.20 * short * size
        top: list[Point] = []
        steps = 7
        for i in range(steps + 1):
            t = i / steps
            x = edge - side * reach * (1.0 - t) * 1.25
            y = view.height * 1.04 - tall * (t**0.55) * rng.uniform(0.8, 1.15)
            top.append((x, y))
        body += fill(poly([(top[0][0], bottom), *top, (edge, bottom)]), palette.ink)
        body += line(poly(top, close=False), palette.rim, 1.6 * view.short / 720.0, 0.35)
    return body
