from __future__ import annotations

import pytest

from nightshoot.domain.cut import Caption
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.edit.ass import (
    ass_escaped,
    ass_script,
    caption_em,
    drawable,
    missing_glyphs,
    safe_area,
)


def events(*texts: str, width: int = 720, height: int = 1280) -> list[str]:
    captions = [Caption(start=10, end=20, text=text) for text in texts]
    script = ass_script(captions, locale=Locale.ZH, width=width, height=height)
    return [line for line in script.splitlines() if line.startswith("Dialogue")]


@pytest.mark.parametrize(
    "hostile",
    [r"{\an8\fs99}大", r"一\N二\h三", "{}", r"\{\\}", "a,b,,c", "100%;:[]'\"", "../../etc"],
)
def test_hostile_text_reaches_libass_as_plain_characters(hostile: str) -> None:
    (event,) = events(hostile)
    text = event.split(",", 9)[9]
    bare = text.replace("\\{", "").replace("\\}", "")
    assert not set(bare) & set("{}\\")
    assert text.replace("\\{", "{").replace("\\}", "}").replace("＼", "\\") == hostile


def test_a_newline_is_a_line_break_and_cannot_start_another_event() -> None:
    lines = events("上\nDialogue: 0,0:00:00.00,0:09:00.00,Caption,,0,0,0,,下")
    assert len(lines) == 1
    assert "上\\NDialogue" in lines[0]
    assert ass_escaped("a\r\nb") == "a\\Nb"


def test_the_clock_is_half_a_frame_early() -> None:
    (event,) = events("好")
    assert event.startswith("Dialogue: 0,0:00:00.95,0:00:01.95,")


def test_glyphs_that_the_font_lacks_are_reported_and_not_burned_in() -> None:
    assert missing_glyphs("你好😀مرحبا world") == frozenset("😀مرحبا")
    assert missing_glyphs("《红楼梦》？！……“”—、·") == frozenset()
    assert drawable("你好 😀 世界\n😀\u200d😀") == "你好 世界"
    assert events("😀") == []


def test_a_line_too_wide_for_the_safe_area_is_set_smaller() -> None:
    (wide,) = events("国" * 40)
    (fine,) = events("国" * 13)
    assert "\\fscx" in wide
    assert "\\fscx" not in fine


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (1280, 720), (720, 720)])
def test_size_and_margins_suit_the_aspect(size: tuple[int, int]) -> None:
    width, height = size
    em = caption_em(width=width, height=height)
    side, bottom = safe_area(width=width, height=height)
    if width < height:
        assert 0.052 <= em / width <= 0.058
        assert 0.12 <= bottom / height <= 0.14
    assert side / width == pytest.approx(0.08, abs=0.011)
    # Thirteen full-width characters fit in every picture.
    assert 13 * em <= width - 2 * side
