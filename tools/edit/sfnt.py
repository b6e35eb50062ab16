"""Reads what typesetting needs from an OpenType font: which glyphs it has, and how wide they are.

Source: OpenType specification 1.9, tables cmap (format 12), head, hhea, hmtx, maxp and OS/2.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nightshoot.errors import ArtifactError


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """A font's measures in font units, and its table of outlines as bytes; compared by identity."""

    units_per_em: int
    cell_height: int
    """Windows ascent plus descent: what an ASS font size counts, instead of the em."""
    firsts: tuple[int, ...]
    """The first code point of each run of the character map, ascending."""
    runs: tuple[tuple[int, int, int], ...]
    """(first code point, last code point, glyph of the first) of each run."""
    advances: tuple[int, ...]
    """The advance width by glyph; glyphs beyond the end have the last one's."""
    cff: bytes

    def glyph(self, character: str) -> int:
        """Gives the glyph of a character, or 0 where the font has none."""
        point = ord(character)
        index = bisect_right(self.firsts, point) - 1
        if index < 0:
            return 0
        first, last, glyph = self.runs[index]
        return glyph + point - first if point <= last else 0

    def advance_em(self, character: str) -> float:
        """Gives the advance width of a character in ems."""
        glyph = min(self.glyph(character), len(self.advances) - 1)
        return self.advances[glyph] / self.units_per_em

    def width_em(self, text: str) -> float:
        """Gives the width of a line in ems, without kerning."""
        return sum(self.advance_em(character) for character in text)


def _tables(data: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {}
    for index in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        tables[tag] = data[offset : offset + length]
    return tables


def _character_map(cmap: bytes) -> tuple[tuple[int, int, int], ...]:
    (count,) = struct.unpack_from(">H", cmap, 2)
    for index in range(count):
        _, _, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
        if struct.unpack_from(">H", cmap, offset) == (12,):
            (groups,) = struct.unpack_from(">I", cmap, offset + 12)
            flat = struct.unpack_from(f">{3 * groups}I", cmap, offset + 16)
            return tuple(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
    raise ValueError("no character map of format 12")


@lru_cache(maxsize=4)
def open_font(path: Path) -> Font:
    """Reads a font file.

    Raises:
        ArtifactError: the file cannot be read or is not such a font.
    """
    try:
        tables = _tables(path.read_bytes())
        runs = _character_map(tables[b"cmap"])
        (units,) = struct.unpack_from(">H", tables[b"head"], 18)
        (metrics,) = struct.unpack_from(">H", tables[b"hhea"], 34)
        advances = struct.unpack_from(">" + "Hh" * metrics, tables[b"hmtx"])[::2]
        ascent, descent = struct.unpack_from(">HH", tables[b"OS/2"], 74)
        cff = tables[b"CFF "]
    except (OSError, KeyError, ValueError, struct.error) as fault:
        raise ArtifactError(f"the font {path.name} cannot be read ({fault}): reinstall") from fault
    return Font(
        units_per_em=units,
        cell_height=ascent + descent,
        firsts=tuple(first for first, _, _ in runs),
        runs=runs,
        advances=advances,
        cff=cff,
    )
