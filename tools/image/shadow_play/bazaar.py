"""Markets: stalls under awnings along both sides of a street, with lamps, fruit and steam."""

from __future__ import annotations

from random import Random

from nightshoot.tools.image.shadow_play.lamps import VERMILION, halos, lantern
from nightshoot.tools.image.shadow_play.site import Site, box, disc, halo, mix, path, stroke
from nightshoot.tools.image.shadow_play.street import street
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n

_CLOTHS = ("#a8382a", "#2f6f78", "#c8962c", "#6a4a7a", "#4f7a4a")


def market(site: Site) -> tuple[Plane, ...]:
    """Paints the street of the story's time, lined with stalls."""
    rows: list[str] = []
    lamps: list[tuple[float, float, float]] = []
    for index, d in enumerate((6.4, 4.6, 3.3, 2.35, 1.65)):
        rows += [_stall(site, side, d, site.rng("stall", side, index), lamps) for side in (-1, 1)]
    glow = site.id("stall-glow")
    warm = mix(site.palette.glow, site.palette.light, 0.2)
    air = halo(glow, warm, 0.2 + 0.45 * site.lit) + halos(lamps, glow)
    planes = [plane for plane in street(site) if plane.depth <= 1.0]
    fronts = next(k for k, plane in enumerate(planes) if plane.id == "place-fronts")
    planes.insert(fronts + 1, Plane("place-stalls", 0.88, "".join(rows) + air))
    return tuple(planes[:6])


def _stall(
    site: Site, side: int, d: float, rng: Random, lamps: list[tuple[float, float, float]]
) -> str:
    """One stall: a striped awning on poles, a table with a cloth, heaps of goods, a lamp."""
    pale, size = site.palette, site.person(d)
    narrow = 0.8 if site.view.width < site.view.height else 1.05
    x, foot = site.pt(side * (narrow + 0.5), 0, d)
    near = site.tone(d)
    lit = max(0.3, site.lit)
    cloth = mix(rng.choice(_CLOTHS), near, 0.4)
    pale_cloth = mix(mix(pale.light, pale.glow, 0.3), near, 0.45)
    wide, top = size * 1.0, foot - size * 1.25
    body = ""
    for u in (-0.48, 0.48):
        body += box(x + u * wide - size * 0.015, top, size * 0.03, foot - top, near)
    count = 7
    for k in range(count):
        a, b = -0.56 + 1.12 * k / count, -0.56 + 1.12 * (k + 1) / count
        tone = cloth if k % 2 == 0 else pale_cloth
        x0, x1 = x + a * wide, x + b * wide
        body += path(
            f"M{n(x + a * wide * 0.8)} {n(top - size * 0.26)}"
                f"L{n(x + b * wide * 0.8)} {n(top - size * 0.26)}"
            f"L{n(x1)} {n(top)}v{n(size * 0.05)}q{n((x0 - x1) / 2)} "
                f"{n(size * 0.09)} {n(x0 - x1)} 0V{n(top)}Z", tone,
        )  # fmt: skip
    body += box(x - wide * 0.5, foot - size * 0.44, wide, size * 0.44, mix(near, pale.ink, 0.35))
    body += path(
        f"M{n(x - wide * 0.52)} {n(foot - size * 0.47)}h{n(wide * 1.04)}"
        f"l{n(-wide * 0.02)} {n(size * 0.2)}h{n(-wide)}Z",
        mix(cloth, pale.ink, 0.3),
    )
    body += _heaps(x, foot - size * 0.47, wide, size, near, rng, lit, pale.glow)
    ly = top + size * 0.16
    lx = x + wide * rng.uniform(-0.3, 0.3)
    if site.modern:
        bulb = mix(near, mix(pale.light, pale.glow, 0.2), lit)
        body += stroke(f"M{n(lx)} {n(top)}V{n(ly)}", near, max(0.8, size * 0.01)) + disc(
            lx, ly, size * 0.045, bulb
        )
    else:
        body += lantern(lx, ly, size * 0.22, pale, lit, cord=size * 0.12)
    lamps.append((lx, ly, size * 0.55))
    return body


def _heaps(
    x: float, y: float, wide: float, size: float, near: str, rng: Random, lit: float, glow: str
) -> str:
    """Fruit in heaps, bowls that steam, or bolts of cloth, lit by the lamp above."""
    body = ""
    for k in range(3):
        cx = x + wide * (-0.32 + 0.32 * k)
        kind = rng.randrange(3)
        tone = mix(mix(rng.choice(_CLOTHS), VERMILION, 0.25), glow, 0.3 * lit)
        tone = mix(tone, near, 0.25)
        if kind == 0:
            for row, many in enumerate((4, 3, 2)):
                for i in range(many):
                    body += disc(
                        cx + (i - (many - 1) / 2) * size * 0.062,
                        y - size * (0.03 + 0.05 * row),
                        size * 0.034,
                        tone,
                    )
        elif kind == 1:
            body += path(
                f"M{n(cx - size * 0.13)} {n(y - size * 0.1)}h{n(size * 0.26)}"
                f"q{n(-size * 0.02)} {n(size * 0.1)} {n(-size * 0.08)} "
                f"{n(size * 0.1)}h{n(-size * 0.1)}q{n(-size * 0.06)} 0 "
                f"{n(-size * 0.08)} {n(-size * 0.1)}Z",
                tone,
            )
        else:
            for row in range(3):
                body += box(
                    cx - size * 0.13,
                    y - size * 0.055 * (row + 1),
                    size * 0.26,
                    size * 0.045,
                    mix(tone, near, 0.2 * row),
                    rx=size * 0.02,
                )
    return body
