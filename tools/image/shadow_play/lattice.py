"""Openwork: the carved lattices of windows, doors and screens, and frames around them."""

from __future__ import annotations

from enum import StrEnum
from random import Random

from nightshoot.tools.image.shadow_play.site import box, path, stroke
from nightshoot.tools.image.shadow_play.svg import number as n


class Kind(StrEnum):
    """The patterns that carpenters cut."""

    GRID = "grid"
    DIAMOND = "diamond"
    STEP = "step"
    COIN = "coin"
    ICE = "ice"


def lattice(
    x: float, y: float, width: float, height: float, kind: Kind, pitch: float, seed: int = 0
) -> str:
    """Gives path data of a lattice that fills a rectangle; draw it with a stroke.

    Args:
        x: the left edge.
        y: the upper edge.
        width: of the rectangle.
        height: of the rectangle.
        kind: the pattern.
        pitch: about the distance between bars; it is adjusted to divide the rectangle.
        seed: chooses where cracked ice breaks.
    """
    columns = max(1, round(width / max(1.0, pitch)))
    rows = max(1, round(height / max(1.0, pitch)))
    w, h = width / columns, height / rows
    if kind is Kind.ICE:
        return _ice(x, y, width, height, columns, rows, seed)
    if kind is Kind.GRID:
        return _rules(x, y, width, height, columns, rows)
    data = ""
    for row in range(rows):
        for column in range(columns):
            data += _CELLS[kind](x + column * w, y + row * h, w, h)
    return data


def _rules(x: float, y: float, width: float, height: float, columns: int, rows: int) -> str:
    data = "".join(f"M{n(x + i * width / columns)} {n(y)}v{n(height)}" for i in range(1, columns))
    return data + "".join(f"M{n(x)} {n(y + i * height / rows)}h{n(width)}" for i in range(1, rows))


def _diamond(x: float, y: float, w: float, h: float) -> str:
    cx, cy = x + w / 2, y + h / 2
    inner = 0.26
    return (
        f"M{n(x)} {n(y)}h{n(w)}M{n(x)} {n(y)}v{n(h)}"
        f"M{n(cx)} {n(cy - h * inner)}L{n(cx + w * inner)} {n(cy)}L{n(cx)} {n(cy + h * inner)}"
        f"L{n(cx - w * inner)} {n(cy)}Z"
    )


def _step(x: float, y: float, w: float, h: float) -> str:
    """A square in a square, held by four bars (步步锦)."""
    a, b = 0.28, 0.44
    return (
        f"M{n(x)} {n(y)}h{n(w)}M{n(x)} {n(y)}v{n(h)}"
        f"M{n(x + w * a)} {n(y + h * a)}h{n(w * b)}v{n(h * b)}h{n(-w * b)}Z"
        f"M{n(x + w / 2)} {n(y)}v{n(h * a)}M{n(x + w / 2)} {n(y + h * (a + b))}v{n(h * a)}"
        f"M{n(x)} {n(y + h / 2)}h{n(w * a)}M{n(x + w * (a + b))} {n(y + h / 2)}h{n(w * a)}"
    )


def _coin(x: float, y: float, w: float, h: float) -> str:
    """Four petals about each crossing, as on old coins."""
    x2, y2 = x + w, y + h
    return (
        f"M{n(x)} {n(y)}Q{n(x + w * 0.85)} {n(y + h * 0.15)} {n(x2)} {n(y2)}"
        f"Q{n(x + w * 0.15)} {n(y + h * 0.85)} {n(x)} {n(y)}"
        f"M{n(x2)} {n(y)}Q{n(x2 - w * 0.15)} {n(y + h * 0.85)} {n(x)} {n(y2)}"
        f"Q{n(x + w * 0.15)} {n(y + h * 0.15)} {n(x2)} {n(y)}"
    )


_CELLS = {Kind.DIAMOND: _diamond, Kind.STEP: _step, Kind.COIN: _coin}


def _ice(
    x: float, y: float, width: float, height: float, columns: int, rows: int, seed: int
) -> str:
    """Cracked ice (冰裂纹): a shaken grid of which some bars are left out."""
    rng = Random(seed)
    w, h = width / columns, height / rows

    def knot(i: int, j: int) -> str:
        dx = 0.0 if i in (0, columns) else rng.uniform(-0.36, 0.36) * w
        dy = 0.0 if j in (0, rows) else rng.uniform(-0.36, 0.36) * h
        return f"{n(x + i * w + dx)} {n(y + j * h + dy)}"

    knots = [[knot(i, j) for i in range(columns + 1)] for j in range(rows + 1)]
    data = ""
    for j in range(rows):
        for i in range(columns):
            here = knots[j][i]
            if i and rng.random() < 0.85:
                data += f"M{here}L{knots[j + 1][i]}"
            if j and rng.random() < 0.85:
                data += f"M{here}L{knots[j][i + 1]}"
            if rng.random() < 0.45:
                data += f"M{here}L{knots[j + 1][i + 1]}"
    return data


def window(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    glass: str,
    bars: str,
    kind: Kind,
    pitch: float,
    leaves: int = 1,
    seed: int = 0,
) -> str:
    """A framed window of one or more leaves: paper that glows behind openwork."""
    frame = max(1.5, pitch * 0.22)
    thin = max(0.7, pitch * 0.075)
    parts = [box(x, y, width, height, glass)]
    wide = width / leaves
    data = ""
    for leaf in range(leaves):
        inner = x + leaf * wide + frame
        data += lattice(
            inner, y + frame, wide - 2 * frame, height - 2 * frame, kind, pitch, seed + leaf
        )
    parts.append(stroke(data, bars, thin))
    edges = "".join(
        f"M{n(x + leaf * wide)} {n(y)}h{n(wide)}v{n(height)}h{n(-wide)}Z" for leaf in range(leaves)
    )
    parts.append(stroke(edges, bars, frame))
    return "".join(parts)


def valance(x: float, y: float, width: float, height: float, colour: str, *, pitch: float) -> str:
    """A carved board that hangs under a beam (挂落), with corner brackets like clouds."""
    line = max(0.8, height * 0.07)
    data = lattice(x, y, width, height * 0.55, Kind.STEP, pitch)
    corners = ""
    reach = min(width * 0.3, height * 1.9)
    for edge, s in ((x, 1.0), (x + width, -1.0)):
        corners += (
            f"M{n(edge)} {n(y)}h{n(s * reach)}"
            f"q{n(-s * reach * 0.08)} {n(height * 0.5)} {n(-s * reach * 0.3)} {n(height * 0.46)}"
            f"q{n(s * reach * 0.02)} {n(height * 0.3)} {n(-s * reach * 0.24)} {n(height * 0.3)}"
            f"q{n(-s * reach * 0.02)} {n(height * 0.5)} {n(-s * reach * 0.26)} {n(height * 0.46)}"
            f"q{n(-s * reach * 0.06)} {n(height * 0.5)} {n(-s * reach * 0.2)} {n(height * 0.9)}Z"
        )
    return (
        stroke(data, colour, line)
        + box(x, y + height * 0.55 - line, width, line * 2, colour)
        + path(corners, colour)
    )
