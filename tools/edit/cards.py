"""Paints the title card and the end card as layered SVG, in the form that the camera films.

The lettering is drawn as outlines, so that nobody who opens or films the card needs its typeface.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from nightshoot.domain.vocabulary import Era, Locale
from nightshoot.tools.edit.backdrop import Stage, backdrop_defs, backdrop_planes
from nightshoot.tools.edit.lettering import (
    Setting,
    columns_path,
    is_chinese,
    line_path,
    line_width,
    lines_path,
    serif,
    set_columns,
    set_lines,
    settable,
)
from nightshoot.tools.image.shadow_play.colours import lightness
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.svg import Plane, document, el, number

VERSION = "2"
"""Changes whenever the same request gives other bytes."""

_SEAL_RED = "#b02a1f"
_SEAL_TEXT = "影"
_TRACKING = 0.14
"""Between the capitals of a Latin title, in ems. Source: capitals are letter-spaced by 5 to 15 %
(Bringhurst, The Elements of Typographic Style, 3.2.2)."""
_HEADINGS = {Locale.ZH: "剧终", Locale.EN: "The End"}


def title_card(
    *,
    title: str,
    subtitle: str,
    locale: Locale,
    width: int,
    height: int,
    palette: Palette,
    era: Era,
    seed: int,
) -> str:
    """Gives the painting of the title card as layered SVG.

    The title stands in a backlit disc: Chinese in columns, anything else in lines. A long one is
    set smaller; characters that the typeface has not are left out.

    Args:
        title: the film's title.
        subtitle: a short line under the disc, or empty.
        locale: the language of the film.
        width: of the frame, in pixels.
        height: of the frame, in pixels.
        palette: the colours.
        era: ridges for an ancient story, roofs for a modern one.
        seed: varies the land.
    """
    upright = height > width * 1.25
    stage = Stage(
        width=width,
        height=height,
        x=width / 2,
        y=height * (0.40 if upright else 0.44),
        radius=width * 0.385 if upright else height * 0.335,
        skyline=0.70 if upright else 0.80,
    )
    setting = _title_setting(settable(title), locale, stage.radius)
    lettering = _lettered(setting, stage, palette)
    lettering += _seal(setting, stage, seed)
    lettering += _subtitle(settable(subtitle), locale, stage, palette)
    return _painted(stage, palette, era, seed, Plane("title", 1.0, lettering))


def end_card(
    *,
    lines: Sequence[tuple[str, str]],
    locale: Locale,
    width: int,
    height: int,
    palette: Palette,
    era: Era,
    seed: int,
    heading: str = "",
) -> str:
    """Gives the painting of the end card as layered SVG.

    Args:
        lines: the credits in order: what was done, and by whom or by what.
        locale: the language of the film.
        width: of the frame, in pixels.
        height: of the frame, in pixels.
        palette: the colours.
        era: ridges for an ancient story, roofs for a modern one.
        seed: varies the land; the title card's gives the same place.
        heading: what the disc says; empty: 剧终 or The End.
    """
    upright = height > width * 1.25
    stage = Stage(
        width=width,
        height=height,
        x=width / 2,
        y=height * (0.27 if upright else 0.25),
        radius=width * 0.235 if upright else height * 0.18,
        skyline=0.50 if upright else 0.47,
    )
    setting = _title_setting(settable(heading or _HEADINGS[locale]), locale, stage.radius)
    left, _, right, bottom = stage.box
    top = height * stage.skyline
    veil = el(
        "rect", x=left, y=top, width=right - left, height=bottom - top, fill="url(#card-veil)"
    )
    credits_ = _credits(lines, stage, palette, top=height * (0.60 if upright else 0.58))
    return _painted(
        stage,
        palette,
        era,
        seed,
        Plane("veil", 0.95, veil),
        Plane("title", 1.0, _lettered(setting, stage, palette)),
        Plane("credits", 1.0, credits_),
    )


def _painted(stage: Stage, palette: Palette, era: Era, seed: int, *lettering: Plane) -> str:
    behind, before = backdrop_planes(stage, palette, era=era, seed=seed)
    return document(
        width=stage.width,
        height=stage.height,
        defs=backdrop_defs(stage, palette),
        planes=(*behind, *lettering, *before),
    )


def _title_setting(title: str, locale: Locale, radius: float) -> Setting:
    """Sets a title into a box inscribed in the disc, higher than wide for columns."""
    if not title:
        return Setting((), radius * 0.3, vertical=False)
    if locale is Locale.ZH and is_chinese(title):
        high = 1.5 * radius
        return set_columns(title, width=_inscribed(high, radius), height=high, em=radius * 0.46)
    wide = 1.62 * radius
    return set_lines(
        title if is_chinese(title) else title.upper(),
        locale=locale,
        width=wide,
        height=_inscribed(wide, radius) * 0.9,
        em=radius * 0.3,
        tracking=_TRACKING,
    )


def _inscribed(side: float, radius: float) -> float:
    """Gives the other side of a rectangle in a circle, a little off its edge."""
    reach = 0.95 * radius
    return 2 * math.sqrt(reach * reach - side * side / 4)


def _lettered(setting: Setting, stage: Stage, palette: Palette) -> str:
    top = stage.y - setting.height / 2
    if setting.vertical:
        path = columns_path(setting, centre=stage.x, top=top)
    else:
        path = lines_path(setting, centre=stage.x, top=top, tracking=_TRACKING)
    # A hair of stroke gives the regular weight the body that a title needs.
    return el(
        "path",
        d=path or "M0 0",
        fill=palette.ink,
        stroke=palette.ink,
        stroke_width=setting.em * 0.012,
        stroke_linejoin="round",
    )


def _seal(setting: Setting, stage: Stage, seed: int) -> str:
    """A red seal with its character left blank, where a painter would set it."""
    side = stage.radius * 0.15
    if setting.vertical:
        out = setting.width / 2 + side * 0.62
        x = stage.x - out
        # As low as the columns reach, or as the disc is wide enough for its outer corner.
        rim = math.sqrt(max(0.0, (0.95 * stage.radius) ** 2 - (out + side / 2) ** 2))
        y = stage.y + max(0.0, min(setting.height / 2 - side * 0.9, rim - side / 2))
    else:
        x, y = stage.x, stage.y + min(stage.radius * 0.72, setting.height / 2 + side * 1.2)
    rng = Random(f"seal {seed}")
    corners = []
    for place in range(40):
        angle = math.tau * place / 40
        # A squircle with a worn edge.
        reach = side / 2 / (abs(math.cos(angle)) ** 8 + abs(math.sin(angle)) ** 8) ** (1 / 8)
        reach *= rng.uniform(0.965, 1.02)
        corners.append(
            f"{number(x + reach * math.cos(angle))} {number(y + reach * math.sin(angle))}"
        )
    glyph = line_path(_SEAL_TEXT, x=x, y=y + side * 0.28, em=side * 0.76, anchor=0.5)
    return el("path", d=f"M{' L'.join(corners)}Z", fill=_SEAL_RED) + el(
        "path", d=glyph, fill="#fbf0dc", stroke="#fbf0dc", stroke_width=side * 0.012
    )


def _subtitle(text: str, locale: Locale, stage: Stage, palette: Palette) -> str:
    if not text:
        return ""
    tracking = 0.18 if is_chinese(text) else 0.06
    setting = set_lines(
        text,
        locale=locale,
        width=stage.width * 0.76,
        height=stage.height * 0.1,
        em=stage.short * 0.038,
        tracking=tracking,
    )
    top = stage.y + stage.radius * 1.1 + (stage.height - stage.y - stage.radius * 1.1) * 0.26
    path = lines_path(setting, centre=stage.x, top=top, tracking=tracking)
    return el("path", d=path, fill=_against(palette.far, palette.middle, palette=palette))


def _against(*grounds: str, palette: Palette) -> str:
    """Gives the light or the ink, whichever stands out better from every ground."""
    return max(
        (palette.light, palette.ink),
        key=lambda tone: min(abs(lightness(tone) - lightness(ground)) for ground in grounds),
    )


def _credits(
    lines: Sequence[tuple[str, str]], stage: Stage, palette: Palette, *, top: float
) -> str:
    """Two columns that meet in the middle: what was done at the left, by whom at the right."""
    font = serif()
    pairs = [(settable(role), settable(name)) for role, name in lines]
    room = stage.width * 0.40
    widest = max((line_width(font, text, 0.06) for pair in pairs for text in pair), default=1.0)
    space = (
        (stage.height * (0.87 if stage.height > stage.width else 0.95) - top)
        / max(1, len(pairs))
        / 1.9
    )
    em = min(stage.short * 0.036, space, max(room / widest, stage.short * 0.014))
    roles, names = [], []
    gap = em * 0.9
    for index, (role, name) in enumerate(pairs):
        y = top + (index * 1.9 + 1) * em
        roles.append(
            line_path(_cut(role, room / em), x=stage.x - gap, y=y, em=em, tracking=0.06, anchor=1)
        )
        names.append(line_path(_cut(name, room / em), x=stage.x + gap, y=y, em=em, tracking=0.06))
    return el("path", d="".join(roles) or "M0 0", fill=palette.light, opacity=0.72) + el(
        "path", d="".join(names) or "M0 0", fill=palette.light
    )


def _cut(text: str, room: float) -> str:
    """Gives as much of a line as fits, in ems; what is cut off is marked."""
    font = serif()
    if line_width(font, text, 0.06) <= room:
        return text
    while text and line_width(font, text + "…", 0.06) > room:
        text = text[:-1]
    return text + "…"
