"""Whether every caption lies where no edge and no button of a player hides it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nightshoot.domain.cut import Caption
from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.edit.ass import ass_script
from nightshoot.tools.edit.fonts import sans_font
from nightshoot.tools.edit.parts import film_captions
from nightshoot.tools.edit.sfnt import open_font
from nightshoot.tools.measure.film.captions import quoted
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import NotJudged, Scale

SAFE = 0.05
"""The share of the picture at each edge that captions stay out of. Source: SMPTE ST 2046-1, the
safe title area is 90 % of the width and of the height."""

LOWEST_UPRIGHT = 0.125
"""The same below an upright picture. Source: players on phones lay their buttons over the lowest
eighth."""

HIGHEST = 0.6
"""How far up a caption may reach, as a share of the height from above. Source: two lines, the most
that the Netflix Timed Text Style Guides allow, stay below 0.7 of our pictures; at 0.6 a caption
begins to cover faces in a medium shot."""

_STYLE = re.compile(r"^Style: Caption,(?P<fields>.*)$", re.MULTILINE)
_LINE = re.compile(r"^Dialogue: (?:[^,]*,){9}(?P<text>.*)$", re.MULTILINE)
_SCALE = re.compile(r"^\{\\fscx(?P<across>[\d.]+)\\fscy(?P<down>[\d.]+)\}")


class CaptionSafeArea:
    """Measures the layout that is handed to the renderer of the captions."""

    scale = Scale(
        id="caption_safe_area",
        unit="of the picture",
        direction=Direction.AT_MOST,
        threshold=0,
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives how far the worst caption leaves the safe area, as a share of width or height."""
        captions = film_captions(shown.cut)
        outside = [(_outside(box), caption) for box, caption in _boxes(captions, shown)]
        if not outside:
            return NotJudged("the film has no captions")
        worst, caption = max(outside, key=lambda one: one[0])
        return self.scale.finding(
            worst,
            f"The caption “{quoted(caption)}” leaves the safe area; break it into shorter ones.",
            frame=caption.start,
        )


@dataclass(frozen=True, slots=True)
class _Box:
    """Where letters are, as shares of the picture from its left and upper edge."""

    left: float
    right: float
    top: float
    bottom: float
    upright: bool


def _outside(box: _Box) -> float:
    lowest = LOWEST_UPRIGHT if box.upright else SAFE
    worst = max(SAFE - box.left, box.right - (1 - SAFE), HIGHEST - box.top, box.bottom - 1 + lowest)
    return max(0.0, worst)


def _boxes(captions: tuple[Caption, ...], shown: FilmShown) -> Iterator[tuple[_Box, Caption]]:
    """Gives where each caption is drawn, read from the script that libass obeys."""
    font = open_font(sans_font())
    width, height = shown.cut.width, shown.cut.height
    for caption in captions:
        script = ass_script([caption], locale=shown.locale, width=width, height=height)
        style, line = _STYLE.search(script), _LINE.search(script)
        if style is None or line is None:
            # Nothing of it can be drawn.
            continue
        fields = style["fields"].split(",")
        size, spacing, outline = float(fields[1]), float(fields[12]), float(fields[15])
        left, right, bottom = (float(field) for field in fields[18:21])
        text, scale = line["text"], _SCALE.match(line["text"])
        across = float(scale["across"]) / 100 if scale else 1.0
        down = float(scale["down"]) / 100 if scale else 1.0
        rows = _SCALE.sub("", text).split("\\N")
        em = size * font.units_per_em / font.cell_height
        letters = max(font.width_em(row) * em + len(row) * spacing for row in rows) * across
        half = letters / 2 + outline
        middle = (left + width - right) / 2
        yield (
            _Box(
                left=(middle - half) / width,
                right=(middle + half) / width,
                top=1 - (bottom + len(rows) * size * down) / height,
                bottom=1 - bottom / height,
                upright=height > width,
            ),
            caption,
        )
