"""Draws figures as SVG: curves as small multiples, and a matrix of shares as a heat map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from benchmarks.critic.figures import Caught, Curve

INK, PALE, GRID = "#1d2733", "#5b6876", "#d9dee4"
BOLD, THIN, DOT = "#0b5cad", "#d9822b", "#b3261e"

MOST_REJECTED = 0.2
"""The right edge of the panels: nobody uses a measure that rejects more clean takes than that."""

_PANEL = (216, 150)
_GAP = (22, 66)
_ACROSS = 4
_FONT = "font-family='Helvetica, Arial, sans-serif'"


def _text(x: float, y: float, words: str, size: int = 13, **more: str) -> str:
    options = " ".join(f"{name.replace('_', '-')}='{value}'" for name, value in more.items())
    fill = "" if "fill" in more else f"fill='{INK}'"
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' {fill} {options}>{escape(words)}</text>"
    )


def _page(width: float, height: float, parts: Sequence[str]) -> str:
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' "
            f"width='{width:.0f}' height='{height:.0f}' {_FONT}>",
            f"<rect width='{width:.0f}' height='{height:.0f}' fill='#ffffff'/>",
            *parts,
            "</svg>\n",
        ]
    )


def curves(found: Mapping[str, Curve], title: str) -> str:
    """Gives one panel a measure: spoiled takes caught over clean takes rejected, in shares."""
    left, top = 62, 84
    rows = -(-len(found) // _ACROSS)
    width = left + _ACROSS * (_PANEL[0] + _GAP[0])
    height = top + rows * (_PANEL[1] + _GAP[1]) + 6
    parts = [
        _text(left, 30, title, 19, font_weight="bold"),
        f"<line x1='{left}' x2='{left + 34}' y1='52' y2='52' stroke='{BOLD}' stroke-width='3'/>",
        _text(left + 42, 57, "as a viewer notices, and worse", 14),
        f"<line x1='{left + 270}' x2='{left + 304}' y1='52' y2='52' stroke='{THIN}' "
        "stroke-width='2' stroke-dasharray='6 4'/>",
        _text(left + 312, 57, "all grades, the unnoticeable too", 14),
        f"<circle cx='{left + 560}' cy='52' r='6' fill='{DOT}'/>",
        _text(left + 574, 57, "our threshold", 14),
    ]
    for number, (name, curve) in enumerate(found.items()):
        x = left + number % _ACROSS * (_PANEL[0] + _GAP[0])
        y = top + number // _ACROSS * (_PANEL[1] + _GAP[1]) + 16
        parts += _panel(x, y, name, curve, first=number % _ACROSS == 0)
    return _page(width, height, parts)


def _panel(x: float, y: float, name: str, curve: Curve, *, first: bool) -> list[str]:
    wide, high = _PANEL
    parts = [_text(x, y - 8, name, 14, font_weight="bold")]
    area = f"area {curve.area_noticed:.3f}"
    parts.append(_text(x + wide, y - 8, area, 12, text_anchor="end", fill=PALE))
    for share in (0.0, 0.5, 1.0):
        level = y + high * (1 - share)
        parts.append(f"<line x1='{x}' x2='{x + wide}' y1='{level}' y2='{level}' stroke='{GRID}'/>")
        if first:
            parts.append(_text(x - 8, level + 5, f"{share:.0%}", 12, text_anchor="end"))
    for share in (0.0, 0.1, 0.2):
        at = x + wide * share / MOST_REJECTED
        parts.append(f"<line x1='{at}' x2='{at}' y1='{y}' y2='{y + high}' stroke='{GRID}'/>")
        anchor = {0.0: "start", MOST_REJECTED: "end"}.get(share, "middle")
        parts.append(_text(at, y + high + 17, f"{share:.0%}", 12, text_anchor=anchor))
    parts.append(
        _text(
            x + wide / 2, y + high + 33, "clean takes rejected", 12, text_anchor="middle", fill=PALE
        )
    )
    for points, look in (
        (curve.all_grades, f"stroke='{THIN}' stroke-width='2' stroke-dasharray='6 4'"),
        (curve.noticed, f"stroke='{BOLD}' stroke-width='3'"),
    ):
        way = " ".join(f"{x + wide * a:.1f},{y + high * (1 - b):.1f}" for a, b in _cropped(points))
        parts.append(f"<polyline points='{way}' fill='none' {look}/>")
    rejected, caught = curve.threshold
    at = x + wide * min(1.0, rejected / MOST_REJECTED)
    parts.append(f"<circle cx='{at:.1f}' cy='{y + high * (1 - caught):.1f}' r='6' fill='{DOT}'/>")
    return parts


def _cropped(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Gives a curve up to the right edge, in shares of the panel."""
    shown: list[tuple[float, float]] = []
    for before, (rejected, caught) in zip([points[0], *points], points, strict=False):
        if rejected <= MOST_REJECTED:
            shown.append((rejected / MOST_REJECTED, caught))
            continue
        way = (MOST_REJECTED - before[0]) / (rejected - before[0])
        shown.append((1.0, before[1] + way * (caught - before[1])))
        break
    return shown


def matrix(found: Mapping[str, Caught], measures: Sequence[str], title: str) -> str:
    """Gives a heat map: a row a defect, a column a measure, in per cent of takes convicted.

    Cells with a frame are those that should convict.
    """
    left, top, cell, tall = 186, 196, 46, 25
    rows = [name for name in found if found[name].fired_of]
    width = left + cell * len(measures) + 40
    height = top + tall * len(rows) + 26
    parts = [
        _text(16, 30, title, 19, font_weight="bold"),
        _text(16, 52, "per cent of takes that each measure convicts", 14, fill=PALE),
    ]
    for at, name in enumerate(measures):
        x, y = left + cell * (at + 0.5) + 4, top - 10
        parts.append(_text(x, y, name, 13, transform=f"rotate(-48 {x:.1f} {y:.1f})"))
    for row, name in enumerate(rows):
        y = top + tall * row
        parts.append(_text(left - 10, y + 17, name.replace("_", " "), 13, text_anchor="end"))
        one = found[name]
        for at, measure in enumerate(measures):
            share = one.fired.get(measure, 0) / one.fired_of
            x = left + cell * at
            fill = _shade(share)
            meant = measure in one.measures
            edge = f"stroke='{DOT}' stroke-width='2'" if meant else f"stroke='{GRID}'"
            inset = 1.5 if meant else 0.5
            parts.append(
                f"<rect x='{x + inset}' y='{y + inset}' width='{cell - 2 * inset}' "
                f"height='{tall - 2 * inset}' fill='{fill}' {edge}/>"
            )
            if share:
                ink = "#ffffff" if share > 0.55 else INK
                shown = _text(
                    x + cell / 2, y + 17, f"{100 * share:.0f}", 13, text_anchor="middle", fill=ink
                )
                parts.append(shown)
    foot = "framed in red: the measures that are meant to convict the defect"
    parts.append(_text(left, height - 8, foot, 13, fill=PALE))
    return _page(width, height, parts)


def _shade(share: float) -> str:
    """Gives white at nought to deep blue at one."""
    low, high = (255, 255, 255), (11, 92, 173)
    mixed = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{level:02x}" for level in mixed)
