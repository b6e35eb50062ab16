"""Draws text as SVG paths from a font's own outlines, so that a painting needs no font.

Source: Adobe Technical Notes 5176 (Compact Font Format) and 5177 (Type 2 Charstring Format).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from nightshoot.tools.edit.sfnt import Font

Index = tuple[bytes, ...]
_REALS = "0123456789.EE?-?"


def _index(data: bytes, start: int) -> tuple[Index, int]:
    (count,) = struct.unpack_from(">H", data, start)
    if count == 0:
        return (), start + 2
    size = data[start + 2]
    table = start + 3
    offsets = [
        int.from_bytes(data[table + size * i : table + size * (i + 1)], "big")
        for i in range(count + 1)
    ]
    zero = table + size * (count + 1) - 1
    items = tuple(data[zero + a : zero + b] for a, b in pairwise(offsets))
    return items, zero + offsets[-1]


def _real(data: bytes, at: int) -> tuple[float, int]:
    text = ""
    while True:
        for nibble in (data[at] >> 4, data[at] & 15):
            if nibble == 15:
                return float(text), at + 1
            text += "E-" if nibble == 12 else _REALS[nibble]
        at += 1


def _dictionary(data: bytes) -> dict[int, list[float]]:
    entries: dict[int, list[float]] = {}
    operands: list[float] = []
    at = 0
    while at < len(data):
        byte = data[at]
        at += 1
        if byte <= 21:
            if byte == 12:
                byte = 1200 + data[at]
                at += 1
            entries[byte], operands = operands, []
        elif byte == 28:
            operands.append(struct.unpack_from(">h", data, at)[0])
            at += 2
        elif byte == 29:
            operands.append(struct.unpack_from(">i", data, at)[0])
            at += 4
        elif byte == 30:
            value, at = _real(data, at)
            operands.append(value)
        elif byte <= 246:
            operands.append(byte - 139)
        else:
            sign, base = (1, 247) if byte <= 250 else (-1, 251)
            operands.append(sign * ((byte - base) * 256 + data[at] + 108))
            at += 1
    return entries


@dataclass(frozen=True, slots=True)
class _Outlines:
    """The charstrings of a CID-keyed CFF font and the subroutines they call."""

    charstrings: Index
    global_subroutines: Index
    local_subroutines: tuple[Index, ...]
    """By font dictionary."""
    firsts: tuple[int, ...]
    dictionaries: tuple[int, ...]
    """Glyphs from `firsts[i]` on belong to font dictionary `dictionaries[i]`."""

    def local_of(self, glyph: int) -> Index:
        return self.local_subroutines[self.dictionaries[bisect_right(self.firsts, glyph) - 1]]


def _selection(cff: bytes, at: int, glyphs: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if cff[at] == 0:
        return tuple(range(glyphs)), tuple(cff[at + 1 : at + 1 + glyphs])
    (count,) = struct.unpack_from(">H", cff, at + 1)
    flat = struct.unpack_from(">" + "HB" * count, cff, at + 3)
    return flat[::2], flat[1::2]


def _subroutines(cff: bytes, dictionary: bytes) -> Index:
    private = _dictionary(dictionary).get(18)
    if private is None:
        return ()
    size, at = int(private[0]), int(private[1])
    offset = _dictionary(cff[at : at + size]).get(19)
    return _index(cff, at + int(offset[0]))[0] if offset else ()


@lru_cache(maxsize=2)
def _outlines(cff: bytes) -> _Outlines:
    _, at = _index(cff, cff[2])
    tops, at = _index(cff, at)
    _, at = _index(cff, at)
    global_subroutines, _ = _index(cff, at)
    top = _dictionary(tops[0])
    charstrings, _ = _index(cff, int(top[17][0]))
    if 1236 in top:
        dictionaries, _ = _index(cff, int(top[1236][0]))
        firsts, chosen = _selection(cff, int(top[1237][0]), len(charstrings))
    else:
        dictionaries, firsts, chosen = (tops[0],), (0,), (0,)
    local = tuple(_subroutines(cff, dictionary) for dictionary in dictionaries)
    return _Outlines(charstrings, global_subroutines, local, firsts, chosen)


class _Pen:
    """Runs one glyph's charstring and keeps its contours, in font units with y upward."""

    def __init__(self, outlines: _Outlines, glyph: int) -> None:
        self._global = outlines.global_subroutines
        self._local = outlines.local_of(glyph)
        self._stack: list[float] = []
        self._x = self._y = 0.0
        self._hints = 0
        self._done = False
        self.contours: list[list[tuple[float, ...]]] = []
        self._run(outlines.charstrings[glyph])

    def _move(self, dx: float, dy: float) -> None:
        self._x, self._y = self._x + dx, self._y + dy
        self.contours.append([(self._x, self._y)])

    def _line(self, dx: float, dy: float) -> None:
        self._x, self._y = self._x + dx, self._y + dy
        self.contours[-1].append((self._x, self._y))

    def _curve(self, *d: float) -> None:
        x1, y1 = self._x + d[0], self._y + d[1]
        x2, y2 = x1 + d[2], y1 + d[3]
        self._x, self._y = x2 + d[4], y2 + d[5]
        self.contours[-1].append((x1, y1, x2, y2, self._x, self._y))

    def _run(self, code: bytes) -> None:
        at = 0
        while at < len(code) and not self._done:
            byte = code[at]
            at += 1
            if byte == 28:
                self._stack.append(struct.unpack_from(">h", code, at)[0])
                at += 2
            elif byte == 255:
                self._stack.append(struct.unpack_from(">i", code, at)[0] / 65536)
                at += 4
            elif byte >= 247:
                sign, base = (1, 247) if byte <= 250 else (-1, 251)
                self._stack.append(sign * ((byte - base) * 256 + code[at] + 108))
                at += 1
            elif byte >= 32:
                self._stack.append(byte - 139)
            elif byte == 11:
                return
            elif byte in (19, 20):
                self._count_hints()
                at += (self._hints + 7) // 8
            elif byte == 12:
                self._flex(code[at])
                at += 1
            else:
                self._operate(byte)

    def _count_hints(self) -> None:
        self._hints += len(self._stack) // 2
        self._stack.clear()

    def _call(self, subroutines: Index) -> None:
        count = len(subroutines)
        bias = 107 if count < 1240 else 1131 if count < 33900 else 32768
        self._run(subroutines[int(self._stack.pop()) + bias])

    def _operate(self, operator: int) -> None:
        if operator == 10:
            self._call(self._local)
        elif operator == 29:
            self._call(self._global)
        elif operator in (1, 3, 18, 23):
            self._count_hints()
        elif operator == 14:
            self._done = True
        else:
            self._draw(operator)
            self._stack.clear()

    def _draw(self, operator: int) -> None:
        stack = self._stack
        drawers: dict[int, Callable[[], None]] = {
            # A width may precede the first move's own operands, so they are read from the end.
            4: lambda: self._move(0, stack[-1]),
            21: lambda: self._move(*stack[-2:]),
            22: lambda: self._move(stack[-1], 0),
            5: lambda: self._lines(stack),
            6: lambda: self._steps(horizontal=True),
            7: lambda: self._steps(horizontal=False),
            8: lambda: self._curves(stack),
            24: self._curves_then_line,
            25: self._lines_then_curve,
            26: lambda: self._flat_curves(horizontal=False),
            27: lambda: self._flat_curves(horizontal=True),
            30: lambda: self._turns(horizontal=False),
            31: lambda: self._turns(horizontal=True),
        }
        drawers[operator]()

    def _lines(self, values: list[float]) -> None:
        for i in range(0, len(values), 2):
            self._line(values[i], values[i + 1])

    def _steps(self, *, horizontal: bool) -> None:
        for value in self._stack:
            self._line(*((value, 0) if horizontal else (0, value)))
            horizontal = not horizontal

    def _curves(self, values: list[float]) -> None:
        for i in range(0, len(values) - 5, 6):
            self._curve(*values[i : i + 6])

    def _curves_then_line(self) -> None:
        self._curves(self._stack[:-2])
        self._line(*self._stack[-2:])

    def _lines_then_curve(self) -> None:
        self._lines(self._stack[:-6])
        self._curve(*self._stack[-6:])

    def _flat_curves(self, *, horizontal: bool) -> None:
        values = self._stack
        side = values.pop(0) if len(values) % 4 else 0.0
        for i in range(0, len(values), 4):
            a, b, c, d = values[i : i + 4]
            self._curve(*((a, side, b, c, d, 0) if horizontal else (side, a, b, c, 0, d)))
            side = 0.0

    def _turns(self, *, horizontal: bool) -> None:
        values = self._stack
        last = values.pop() if len(values) % 4 else 0.0
        for i in range(0, len(values), 4):
            a, b, c, d = values[i : i + 4]
            end = last if i + 4 == len(values) else 0.0
            self._curve(*((a, 0, b, c, end, d) if horizontal else (0, a, b, c, d, end)))
            horizontal = not horizontal

    def _flex(self, operator: int) -> None:
        v = self._stack
        if operator == 34:
            self._curve(v[0], 0, v[1], v[2], v[3], 0)
            self._curve(v[4], 0, v[5], -v[2], v[6], 0)
        elif operator == 35:
            self._curves(v[:12])
        elif operator == 36:
            self._curve(v[0], v[1], v[2], v[3], v[4], 0)
            self._curve(v[5], 0, v[6], v[7], v[8], -(v[1] + v[3] + v[7]))
        elif operator == 37:
            dx, dy = sum(v[0:10:2]), sum(v[1:10:2])
            end = (v[10], -dy) if abs(dx) > abs(dy) else (-dx, v[10])
            self._curve(*v[:6])
            self._curve(*v[6:10], *end)
        self._stack.clear()


@lru_cache(maxsize=512)
def glyph_contours(font: Font, glyph: int) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """Gives a glyph's closed contours in font units with y upward.

    The first point of a contour is `(x, y)`; each next one a line to `(x, y)` or a cubic curve
    `(x1, y1, x2, y2, x, y)`. The non-zero winding rule fills them.
    """
    pen = _Pen(_outlines(font.cff), glyph)
    return tuple(tuple(contour) for contour in pen.contours)


def glyph_path(font: Font, character: str, *, x: float, y: float, size: float) -> str:
    """Gives SVG path data of one character.

    Args:
        font: the font to draw with; a character that it has not gives an empty path.
        character: a single character.
        x: where the glyph's origin lies, in pixels.
        y: where its baseline lies, in pixels, downward.
        size: the em in pixels.
    """
    glyph = font.glyph(character)
    if not glyph:
        return ""
    scale = size / font.units_per_em
    parts = []
    for contour in glyph_contours(font, glyph):
        for index, points in enumerate(contour):
            pairs = zip(points[::2], points[1::2], strict=True)
            placed = (f"{x + a * scale:.1f} {y - b * scale:.1f}" for a, b in pairs)
            letter = "M" if index == 0 else "L" if len(points) == 2 else "C"
            parts.append(letter + " ".join(placed))
        parts.append("Z")
    return "".join(parts)
