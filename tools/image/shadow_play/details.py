"""Close framings without a face: water, a lantern, a cup by candlelight, leaves before the moon."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import Dressing, Era, Setting
from nightshoot.tools.image.shadow_play.boughs import bough
from nightshoot.tools.image.shadow_play.dressing import WATER, named
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.shapes import (
    canvas,
    fill,
    line,
    linear,
    puff,
    rect,
)
from nightshoot.tools.image.shadow_play.sky import Disc
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.things import thing
from nightshoot.tools.image.shadow_play.trees import reeds
from nightshoot.tools.image.shadow_play.water import ripples

_SIZES = {
    Dressing.CANDLE: (0.62, 0.36),
    Dressing.LANTERNS: (0.0, 0.0),
    Dressing.FIRE: (0.42, 1.0),
    Dressing.GRAVE: (0.60, 1.3),
    Dressing.COMPUTER: (0.62, 0.7),
    Dressing.WELL: (0.75, 1.7),
    Dressing.STREETLAMP: (1.35, 1.3),
    Dressing.WINDOW: (0.85, 1.5),
    Dressing.DOOR: (0.85, 2.0),
    Dressing.SCREEN: (0.75, 1.9),
    Dressing.BANNERS: (2.0, 1.9),
    Dressing.TENT: (0.9, 2.3),
    Dressing.TABLE: (0.45, 1.1),
    Dressing.BENCH: (0.35, 1.2),
    Dressing.CAR: (0.45, 1.9),
    Dressing.CART: (0.7, 2.0),
    Dressing.PAVILION: (1.3, 3.4),
    Dressing.PAGODA: (3.6, 5.5),
    Dressing.GATE: (2.0, 4.6),
    Dressing.BRIDGE: (0.7, 4.2),
    Dressing.LIGHTHOUSE: (4.4, 4.4),
    Dressing.CAT: (0.17, 0.62),
    Dressing.DOG: (0.27, 0.95),
    Dressing.HORSE: (0.92, 1.5),
}
"""What makes a picture by itself: the height above the ground that the frame is centred on, and how
much is seen across, both in adults."""

_MODERN = {Dressing.STREETLAMP: (2.8, 1.5), Dressing.CANDLE: (0.58, 0.32)}
"""Things of today whose shape differs."""

_BOUGHS = {
    Dressing.PLUM: "plum",
    Dressing.WILLOW: "willow",
    Dressing.PINE: "pine",
    Dressing.BAMBOO: "bamboo",
}
_NATIVE = {
    Setting.FOREST: "leaves",
    Setting.MOUNTAIN: "pine",
    Setting.COURTYARD: "plum",
    Setting.VILLAGE: "willow",
}


def pool(*, palette: Palette, view: View, seed: int, disc: Disc) -> tuple[Plane, ...]:
    """Gives water seen close, which fills the canvas, and reeds at its edge."""
    body = ripples(palette=palette, view=view, seed=seed, disc=disc)
    side = Random(f"pool side {seed}").choice((-1, 1))
    x, y = view.width * (0.5 + 0.5 * side), view.height * 1.05
    stems = reeds(
        palette=palette,
        x=x,
        y=y,
        wide=0.7 * view.short,
        tall=0.85 * view.short,
        seed=seed,
        tone=palette.ink,
        count=12,
    )
    return (
        Plane("pool", 0.7, body, f"shimmer {0.010 * view.short:.1f} 3.2"),
        Plane("pool-reeds", 1.4, stems, f"sway 0.9 4.4 {x:.1f} {y:.1f}"),
    )


def shows_pool(plan: ShotPlan) -> bool:
    """Whether a close framing without people is of water."""
    return plan.staging.setting in WATER and not _item_of(plan)


def _item_of(plan: ShotPlan) -> Dressing | None:
    return next((item for item in named(plan) if item in _SIZES), None)


def detail_planes(*, plan: ShotPlan, palette: Palette, view: View) -> tuple[Plane, ...]:
    """Gives the thing that a close framing without people is about, large and sharp."""
    item = _item_of(plan)
    if item is not None:
        return _shown(item, plan, palette, view)
    setting = plan.staging.setting
    kind = next((_BOUGHS[i] for i in plan.staging.dressing if i in _BOUGHS), _NATIVE.get(setting))
    if kind is not None:
        return _spray(kind, palette, view, plan.place_seed)
    if setting in (Setting.FIELD, Setting.DESERT, Setting.SEA, Setting.RIVER):
        return _stalks(palette, view, plan.place_seed)
    if setting is Setting.HEAVEN:
        return ()
    return _cup(plan, palette, view)


def _shown(item: Dressing, plan: ShotPlan, palette: Palette, view: View) -> tuple[Plane, ...]:
    """Gives one thing drawn as large as the frame allows."""
    x = view.width / 2
    if item is Dressing.LANTERNS:
        scale, grow = 0.5 * view.short, 2.3
        y = 0.19 * view.height + 1.75 * scale
    else:
        focus, span = _SIZES[item]
        if plan.staging.era is Era.MODERN:
            focus, span = _MODERN.get(item, (focus, span))
        scale, grow = view.short / span, 1.0
        y = 0.45 * view.height + focus * scale
    planes = thing(
        item=item,
        palette=palette,
        view=view,
        x=x,
        y=y,
        scale=scale,
        seed=plan.place_seed,
        era=plan.staging.era,
        behind=False,
    )
    move = f"translate({x * (1 - grow):.1f} 0) scale({grow})"
    return tuple(
        replace(
            plane, depth=1.0, body=el("g", plane.body, transform=move) if grow > 1 else plane.body
        )
        for plane in planes
    )


def _spray(kind: str, palette: Palette, view: View, seed: int) -> tuple[Plane, ...]:
    side = Random(f"spray {seed}").choice((-1, 1))
    body = bough(kind=kind, palette=palette, view=view, side=side, seed=seed, size=0.95)
    low = f"translate(0 {0.24 * view.height:.1f})"
    x = view.width / 2 + side * 0.72 * view.width
    return (Plane("spray", 1.0, el("g", body, transform=low), f"sway 0.8 4.6 {x:.1f} 0"),)


def _stalks(palette: Palette, view: View, seed: int) -> tuple[Plane, ...]:
    x, y = view.width * 0.5, view.height * 1.08
    body = reeds(
        palette=palette,
        x=x,
        y=y,
        wide=1.1 * view.width,
        tall=0.80 * view.height,
        seed=seed,
        tone=palette.ink,
        count=16,
    )
    return (Plane("stalks", 1.0, body, f"sway 0.9 4.2 {x:.1f} {y:.1f}"),)


def _cup(plan: ShotPlan, palette: Palette, view: View) -> tuple[Plane, ...]:
    """Gives a cup on a table's edge with steam in the light."""
    left, _, right, bottom = canvas(view)
    s, top = view.short, view.height * 0.70
    cx, rim_y, r = view.width * 0.5, top - 0.26 * s, 0.21 * s
    table = linear(
        "table-top",
        (0, top - 0.03 * s),
        (0, view.height),
        (0.0, palette.ink_soft, 1.0),
        (1.0, palette.ink, 1.0),
    )
    table += rect(left, top - 0.03 * s, right - left, bottom - top + 0.03 * s, "url(#table-top)")
    table += rect(left, top - 0.03 * s, right - left, 0.005 * s, palette.rim)
    bowl = (
        f"M{cx - r:.1f} {rim_y:.1f}C{cx - r:.1f} {rim_y + 0.17 * s:.1f} {cx - 0.6 * r:.1f} "
        f"{rim_y + 0.23 * s:.1f} {cx - 0.42 * r:.1f} {rim_y + 0.25 * s:.1f}"
        f"L{cx - 0.46 * r:.1f} {rim_y + 0.285 * s:.1f}H{cx + 0.46 * r:.1f}"
        f"L{cx + 0.42 * r:.1f} {rim_y + 0.25 * s:.1f}C{cx + 0.6 * r:.1f} {rim_y + 0.23 * s:.1f} "
        f"{cx + r:.1f} {rim_y + 0.17 * s:.1f} {cx + r:.1f} {rim_y:.1f}Z"
    )
    cup = fill(bowl, palette.ink) + line(bowl, palette.rim, 0.004 * s, 0.6)
    cup += el(
        "ellipse",
        cx=cx,
        cy=rim_y,
        rx=r,
        ry=0.16 * r,
        fill=palette.ink_soft,
        stroke=palette.rim,
        stroke_width=0.005 * s,
    )
    cup += el(
        "ellipse",
        cx=cx,
        cy=rim_y + 0.02 * r,
        rx=0.86 * r,
        ry=0.10 * r,
        fill=palette.glow,
        fill_opacity="0.7",
    )
    rng = Random(f"steam {plan.seed}")
    steam = puff("steam", palette.light, 0.45)
    for step in range(7):
        t = step / 6
        steam += el(
            "ellipse",
            cx=cx + s * (0.10 * t * rng.uniform(-1, 1)),
            cy=rim_y - s * (0.06 + 0.42 * t),
            rx=s * (0.07 + 0.07 * t),
            ry=s * (0.10 + 0.05 * t),
            fill="url(#steam)",
        )
    return (
        Plane("table-edge", 1.0, table + cup),
        Plane("steam", 1.0, steam, f"wave {0.008 * s:.1f} 4.5"),
    )
