"""Sets titles and credits as SVG paths: columns of Chinese, letter-spaced lines of Latin."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.edit.captions import caption_lines
from nightshoot.tools.edit.fonts import serif_font
from nightshoot.tools.edit.outlines import glyph_path
from nightshoot.tools.edit.phrases import cleaned
from nightshoot.tools.edit.sfnt import Font, open_font

_UPRIGHT = str.maketrans(
    "（）《》〈〉“”‘’「」『』…—：；【】", "︵︶︽︾︿﹀﹁﹂﹃﹄﹁﹂﹃﹄︙︱︓︔︻︼"
)
"""The forms that marks have in a column. Source: Unicode block CJK Compatibility Forms."""

_PITCH = 1.1
"""From character to character in a column, in ems."""
_GUTTER = 1.34
"""From column to column, in ems."""
_MANY = 0.7
"""What the type of several columns is worth against one: a title of four stands in one."""
_MOST = 24
"""Longer columns and lines than this are never the ones that let the type be largest."""
_LEADING = 1.4
"""From line to line, in ems."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Text broken into columns or lines, and the em that makes it fit, in pixels."""

    rows: tuple[str, ...]
    em: float
    vertical: bool

    @property
    def width(self) -> float:
        """How wide the columns stand, in pixels; 0.0 for lines."""
        return len(self.rows) * self.em * _GUTTER if self.vertical else 0.0

    @property
    def height(self) -> float:
        """How high the columns or the lines stand, in pixels."""
        if self.vertical:
            return max((len(row) for row in self.rows), default=0) * self.em * _PITCH
        return len(self.rows) * self.em * _LEADING


def serif() -> Font:
    """Gives the typeface of titles and credits."""
    return open_font(serif_font())


def settable(text: str) -> str:
    """Gives the text without what the typeface cannot draw."""
    font = serif()
    kept = "".join(c for c in cleaned(text) if c == " " or font.glyph(c))
    return " ".join(kept.split())


def is_chinese(text: str) -> bool:
    """Whether a text can stand in columns: most of it is full-width."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return 2 * wide > len(text.replace(" ", ""))


def set_columns(text: str, *, width: float, height: float, em: float) -> Setting:
    """Breaks Chinese into the columns that allow the largest type within a box, up to `em`."""
    options = []
    for length in range(2, max(2, min(_MOST, len(text))) + 1):
        rows = caption_lines(text, Locale.ZH, max_units=length, max_lines=1)
        # Half-width letters take a whole place in a column.
        longest = max(len(row) for row in rows)
        size = min(em, width / (len(rows) * _GUTTER), height / (longest * _PITCH))
        worth = size if len(rows) == 1 else _MANY * size
        options.append((round(worth, 3), -len(rows), size, rows))
    _, _, size, rows = max(options)
    return Setting(tuple(row.translate(_UPRIGHT) for row in rows), size, vertical=True)


def set_lines(
    text: str, *, locale: Locale, width: float, height: float, em: float, tracking: float
) -> Setting:
    """Breaks text into the lines that allow the largest type within a box, up to `em`."""
    font = serif()
    options = []
    for length in range(6, max(6, min(_MOST, len(text))) + 1):
        rows = caption_lines(text, locale, max_units=length, max_lines=1)
        widest = max(line_width(font, row, tracking) for row in rows)
        size = min(em, width / widest, height / (len(rows) * _LEADING))
        options.append((round(size, 3), -len(rows), rows))
    size, _, rows = max(options)
    return Setting(rows, size, vertical=False)


def line_width(font: Font, text: str, tracking: float) -> float:
    """Gives the width of a line in ems, with `tracking` ems between letters."""
    return max(0.01, font.width_em(text) + tracking * (len(text) - 1))


def columns_path(setting: Setting, *, centre: float, top: float) -> str:
    """Gives path data of columns around x = `centre`, the first one at the right."""
    font, em = serif(), setting.em
    right = centre + (len(setting.rows) - 1) / 2 * em * _GUTTER
    parts = []
    for column, row in enumerate(setting.rows):
        middle = right - column * em * _GUTTER
        for place, character in enumerate(row):
            x = middle - font.advance_em(character) * em / 2
            parts.append(
                glyph_path(font, character, x=x, y=top + (place * _PITCH + 0.9) * em, size=em)
            )
    return "".join(parts)


def lines_path(setting: Setting, *, centre: float, top: float, tracking: float) -> str:
    """Gives path data of lines that are centred on x = `centre`."""
    return "".join(
        line_path(
            row,
            x=centre,
            y=top + (index * _LEADING + 1.05) * setting.em,
            em=setting.em,
            tracking=tracking,
            anchor=0.5,
        )
        for index, row in enumerate(setting.rows)
    )


def line_path(
    text: str, *, x: float, y: float, em: float, tracking: float = 0.0, anchor: float = 0.0
) -> str:
    """Gives path data of one line with its baseline at `y`.

    Args:
        text: what to set.
        x: where the line is anchored, in pixels.
        y: the baseline, in pixels.
        em: the size in pixels.
        tracking: the space between letters in ems.
        anchor: which part of the line lies at `x`: 0.0 its start, 0.5 its middle, 1.0 its end.
    """
    font = serif()
    pen = x - anchor * line_width(font, text, tracking) * em
    parts = []
    for character in text:
        parts.append(glyph_path(font, character, x=pen, y=y, size=em))
        pen += (font.advance_em(character) + tracking) * em
    return "".join(parts)
