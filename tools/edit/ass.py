"""Writes captions as an ASS script for libass: legible on a phone, and nothing in a line is obeyed.

The script's clock is not seconds: one frame lasts 100 ms, whatever the film's rate, and `conform`
runs the picture past libass at that rate. ASS counts time in hundredths of a second, too coarse for
exact frames at the usual rates.

Source: libass 0.17, `ass_parse.c` (escapes: a backslash before a brace makes it a character) and
`ass_font.c` (a font size is the Windows ascent plus descent, not the em); Netflix Timed Text Style
Guides (at most two lines, bottom centre); title-safe area by SMPTE ST 2046-1 (5 % a side), widened
in upright pictures, where phone players lay their buttons over the lowest eighth.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from nightshoot.domain.brief import CaptionSize
from nightshoot.domain.cut import Caption
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.edit.captions import CAPTION_SCALE
from nightshoot.tools.edit.fonts import CAPTION_FAMILY, sans_font
from nightshoot.tools.edit.sfnt import Font, open_font

FRAME_S = 0.1
"""How long one frame lasts on the script's clock."""

_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Caption,{family},{size:.2f},&H00F7FBFF,&H00F7FBFF,&H30140E0A,&H90000000,\
{bold},0,0,0,100,100,{spacing:.2f},0,1,{outline:.2f},{shadow:.2f},2,{side},{side},{bottom},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def caption_em(*, width: int, height: int) -> float:
    """Gives the size of a caption's em in pixels."""
    aspect = width / height
    if aspect < 0.8:
        return 0.056 * width
    if aspect < 1.4:
        return 0.047 * width
    return 0.057 * height


def safe_area(*, width: int, height: int) -> tuple[int, int]:
    """Gives the margins of captions in pixels: at each side, and below."""
    aspect = width / height
    if aspect < 0.8:
        return round(0.08 * width), round(0.135 * height)
    if aspect < 1.4:
        return round(0.07 * width), round(0.08 * height)
    return round(0.08 * width), round(0.07 * height)


def missing_glyphs(text: str) -> frozenset[str]:
    """Gives the characters of `text` that the caption font cannot draw; gaps do not count."""
    font = open_font(sans_font())
    return frozenset(c for c in text if not c.isspace() and not font.glyph(c))


def drawable(text: str) -> str:
    """Gives what of a caption is burned in: no character without a glyph, no empty line.

    Right-to-left scripts and emoji are not in the font; the SRT file keeps them.
    """
    missing = missing_glyphs(text)
    kept = "".join(
        c
        for c in unicodedata.normalize("NFC", text)
        if c not in missing and (c == "\n" or unicodedata.category(c)[0] != "C")
    )
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


def ass_escaped(text: str) -> str:
    """Gives text that libass shows as it stands: no tag, escape or field of the script.

    A backslash becomes the full-width one, because libass has no escape for it.
    """
    safe = text.replace("\\", "＼").replace("{", "\\{").replace("}", "\\}")
    return safe.replace("\r", "").replace("\n", "\\N")


def ass_script(
    captions: Sequence[Caption],
    *,
    locale: Locale,
    width: int,
    height: int,
    size: CaptionSize = CaptionSize.MEDIUM,
) -> str:
    """Gives the ASS script of `captions`, whose frames count from the first frame shown.

    A line that is wider than the safe area is set smaller, so nothing is ever cut off.
    """
    font = open_font(sans_font())
    em = caption_em(width=width, height=height) * CAPTION_SCALE[size]
    side, bottom = safe_area(width=width, height=height)
    head = _HEAD.format(
        width=width,
        height=height,
        family=CAPTION_FAMILY,
        size=em * font.cell_height / font.units_per_em,
        bold=-1,
        spacing=em * (0.03 if locale is Locale.ZH else 0.0),
        outline=em * 0.062,
        shadow=em * 0.035,
        side=side,
        bottom=bottom,
    )
    lines = []
    for caption in captions:
        shown = drawable(caption.text)
        if shown:
            scale = _fitting_scale(font, shown, em, width - 2 * side)
            tag = "" if scale >= 1 else f"{{\\fscx{100 * scale:.1f}\\fscy{100 * scale:.1f}}}"
            start, end = _clock(caption.start), _clock(caption.end)
            lines.append(f"Dialogue: 0,{start},{end},Caption,,0,0,0,,{tag}{ass_escaped(shown)}\n")
    return head + "".join(lines)


def _fitting_scale(font: Font, text: str, em: float, room: float) -> float:
    # A twentieth more than the advances: emboldening, outline and letter spacing.
    widest = max(font.width_em(line) for line in text.split("\n")) * em * 1.05
    return min(1.0, room / widest)


def _clock(frame: int) -> str:
    # Half a frame early, so that rounding never moves a caption to a neighbouring frame.
    tenths = max(0, frame) * 10 - 5
    hundredths = max(0, tenths)
    seconds, hundredths = divmod(hundredths, 100)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{hundredths:02}"
