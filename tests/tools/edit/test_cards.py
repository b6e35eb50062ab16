from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from nightshoot.domain.vocabulary import Era, Locale, Mood, Setting, TimeOfDay, Weather
from nightshoot.tools.edit.cards import end_card, title_card
from nightshoot.tools.edit.fonts import sans_font, serif_font
from nightshoot.tools.edit.lettering import set_columns, settable
from nightshoot.tools.edit.outlines import glyph_path
from nightshoot.tools.edit.sfnt import open_font
from nightshoot.tools.image.shadow_play.palette import Palette, palette_for
from nightshoot.tools.image.shadow_play.svg import OVERSCAN

SIZES = [(180, 320), (320, 180), (200, 200)]
CREDITS = [("编剧", "rehearsal"), ("画面", "shadow-play"), ("音乐", "pluck")]


@pytest.fixture(scope="module")
def palette() -> Palette:
    return palette_for(
        mood=Mood.SERENE,
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.CLEAR,
        setting=Setting.RIVER,
        era=Era.ANCIENT,
        seed=3,
    )


def title_of(
    text: str,
    palette: Palette,
    size: tuple[int, int],
    *,
    subtitle: str = "",
    locale: Locale = Locale.ZH,
    era: Era = Era.ANCIENT,
    seed: int = 5,
) -> str:
    return title_card(
        title=text,
        subtitle=subtitle,
        locale=locale,
        width=size[0],
        height=size[1],
        palette=palette,
        era=era,
        seed=seed,
    )


def shown(svg: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The frame in the middle of the canvas, without any font, as (height, width, 3) RGB."""
    data = bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    left, top = round(OVERSCAN * size[0]), round(OVERSCAN * size[1])
    return np.asarray(picture.crop((left, top, left + size[0], top + size[1])))


def ink(svg: str, plain: str, size: tuple[int, int]) -> NDArray[np.bool_]:
    one, other = shown(svg, size).astype(int), shown(plain, size).astype(int)
    return np.asarray(np.abs(one - other).max(axis=2) > 60, dtype=np.bool_)


@pytest.mark.parametrize("path", [sans_font(), serif_font()])
def test_outlines_are_those_that_freetype_draws(path: Path) -> None:
    text = "赤壁賦鬱ÅgQ&@永0%《》"
    font, size = open_font(path), 96
    parts = [glyph_path(font, c, x=20 + 100 * i, y=100, size=size) for i, c in enumerate(text)]
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="1450" height="140">'
    svg = f'{head}<rect width="100%" height="100%" fill="#fff"/><path d="{"".join(parts)}"/></svg>'
    ours = np.asarray(
        Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("L")
    )
    picture = Image.new("L", (1450, 140), 255)
    pen = ImageDraw.Draw(picture)
    face = ImageFont.truetype(str(path), size)
    for place, character in enumerate(text):
        pen.text((20 + 100 * place, 100), character, font=face, anchor="ls")
    theirs = np.asarray(picture)
    overlap = ((ours < 128) & (theirs < 128)).sum() / ((ours < 128) | (theirs < 128)).sum()
    # FreeType hints its outlines to whole pixels, so edges differ by part of one.
    assert overlap > 0.87


def test_a_font_knows_its_widths_and_what_it_lacks() -> None:
    font = open_font(sans_font())
    assert font.advance_em("国") == 1.0
    assert 0.2 < font.advance_em("i") < 0.35
    assert font.glyph("😀") == 0


@pytest.mark.parametrize("size", SIZES)
def test_the_title_stands_inside_the_disc(palette: Palette, size: tuple[int, int]) -> None:
    for text, locale in (
        ("赤壁赋", Locale.ZH),
        ("The Red Cliff", Locale.EN),
        ("长" * 60, Locale.ZH),
    ):
        mask = ink(
            title_of(text, palette, size, locale=locale),
            title_of("", palette, size, locale=locale),
            size,
        )
        ys, xs = np.nonzero(mask)
        assert ys.size > 0.002 * mask.size
        assert xs.min() > 0.08 * size[0]
        assert xs.max() < 0.92 * size[0]
        assert ys.min() > 0.08 * size[1]
        assert ys.max() < 0.85 * size[1]


def test_a_chinese_title_is_upright_and_an_english_one_level(palette: Palette) -> None:
    size = (360, 640)
    spans = []
    for text, locale in (("赤壁赋", Locale.ZH), ("Red Cliff", Locale.EN)):
        svg = title_of(text, palette, size, locale=locale)
        group = ET.fromstring(svg).find("{*}g[@id='title']")
        assert group is not None
        numbers = group[0].attrib["d"].replace("M", " ").replace("L", " ").replace("C", " ")
        values = [float(v) for v in numbers.replace("Z", " ").split()]
        spans.append((max(values[::2]) - min(values[::2]), max(values[1::2]) - min(values[1::2])))
    assert spans[0][1] > 2 * spans[0][0]
    assert spans[1][0] > spans[1][1]


@pytest.mark.parametrize("era", list(Era))
def test_cards_are_planes_that_the_camera_can_film(palette: Palette, era: Era) -> None:
    titled = title_of("夜", palette, (360, 640), era=era)
    ended = end_card(
        lines=CREDITS, locale=Locale.ZH, width=360, height=640, palette=palette, era=era, seed=5
    )
    for svg in (titled, ended):
        planes = ET.fromstring(svg).findall("{*}g")
        depths = {plane.attrib["id"]: float(plane.attrib["data-depth"]) for plane in planes}
        assert len(depths) == len(planes) >= 8
        assert min(depths.values()) == 0.0
        assert depths["title"] == 1.0
        assert max(depths.values()) <= 2.0
        assert "<text" not in svg


def test_hostile_and_unprintable_titles_are_painted(palette: Palette) -> None:
    for text in ("</svg><script>&\"'", "😀🎬", "مرحبا", "a\x00b\u202ec", "../../x", "A" * 60):
        ET.fromstring(title_of(text, palette, (360, 640), subtitle=text))
    assert settable("夜😀行\u202e") == "夜行"


def test_columns_break_between_words() -> None:
    setting = set_columns("我在凌晨三点等你的消息", width=170, height=300, em=90)
    assert "".join(setting.rows) == "我在凌晨三点等你的消息"
    for word in ("凌晨", "消息"):
        assert any(word in row for row in setting.rows)


@pytest.mark.parametrize("size", SIZES)
def test_credits_are_legible_and_inside_the_frame(palette: Palette, size: tuple[int, int]) -> None:
    width, height = size
    many = [*CREDITS, ("Voices", "a very long name of a voice " * 6)]
    cards = [
        end_card(
            lines=lines,
            locale=Locale.ZH,
            width=width,
            height=height,
            palette=palette,
            era=Era.ANCIENT,
            seed=5,
        )
        for lines in (many, [])
    ]
    ys, xs = np.nonzero(ink(cards[0], cards[1], size))
    assert ys.size > 20
    assert xs.min() > 0.05 * width
    assert xs.max() < 0.95 * width
    assert ys.max() < 0.96 * height


def test_the_same_card_is_the_same_text_and_another_seed_another_land(palette: Palette) -> None:
    size = (360, 640)
    assert title_of("夜", palette, size) == title_of("夜", palette, size)
    assert title_of("夜", palette, size) != title_of("夜", palette, size, seed=6)
