from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightshoot.domain.cut import Caption
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.edit.captions import (
    MIN_CAPTION_S,
    READING_UNITS_A_SECOND,
    caption_lines,
    captions_for,
    line_units,
    reading_time_s,
)
from nightshoot.tools.edit.phrases import CLOSING, OPENING, letters_of, units_of
from nightshoot.tools.protocols import Word

ZH, EN = Locale.ZH, Locale.EN
FPS = Fraction(24)
CHINESE = (
    "壬戌之秋，七月既望，苏子与客泛舟游于赤壁之下。清风徐来，水波不兴。",
    "况吾与子渔樵于江渚之上，侣鱼虾而友麋鹿，驾一叶之扁舟，举匏樽以相属。",
    "你还记得《红楼梦》里的那句话吗？“假作真时真亦假，无为有处有还无。”",
    "他在昨天晚上十点半的时候终于从医院里走了出来……",
    "我没有钱，没有房子，没有工作，什么都没有！你为什么还要跟着我？",
)


def timed(
    text: str,
    locale: Locale,
    *,
    duration_s: float,
    words: tuple[Word, ...] = (),
    start: int = 0,
    size: tuple[int, int] = (720, 1280),
) -> tuple[Caption, ...]:
    return captions_for(
        text=text,
        locale=locale,
        speaker="a",
        start_frame=start,
        duration_s=duration_s,
        words=words,
        fps=FPS,
        width=size[0],
        height=size[1],
    )


@pytest.mark.parametrize("text", CHINESE)
def test_chinese_lines_fit_and_keep_every_character_in_order(text: str) -> None:
    screens = caption_lines(text, ZH, max_units=13)
    lines = [line for screen in screens for line in screen.split("\n")]
    assert max(units_of(line, ZH) for line in lines) <= 13
    assert all(len(screen.split("\n")) <= 2 for screen in screens)
    assert letters_of("".join(screens)) == letters_of(text)


@pytest.mark.parametrize("text", CHINESE)
def test_chinese_never_breaks_inside_a_word(text: str) -> None:
    import rjieba

    lines = "\n".join(caption_lines(text, ZH, max_units=13))
    joined = lines.replace(" ", "")
    for word in rjieba.cut(text):
        if len(letters_of(word)) == len(word):
            assert word in joined


@pytest.mark.parametrize("text", CHINESE)
def test_chinese_lines_neither_begin_with_closing_marks_nor_end_with_dropped_ones(
    text: str,
) -> None:
    for line in "\n".join(caption_lines(text, ZH, max_units=13)).split("\n"):
        assert line[0] not in CLOSING + "，。、；：？！…"
        assert line[-1] not in OPENING + "，。、；"
        assert not set(line) & set("，。；")


def test_chinese_shows_commas_as_gaps_and_keeps_questions_and_book_marks() -> None:
    assert caption_lines("清风徐来，水波不兴。", ZH, max_units=13) == ("清风徐来 水波不兴",)
    assert caption_lines("琴、棋、书、画，样样精通。", ZH, max_units=13) == (
        "琴、棋、书、画 样样精通",
    )
    (screen,) = caption_lines("你读过《红楼梦》吗？", ZH, max_units=13)
    assert screen == "你读过《红楼梦》吗？"
    assert caption_lines("“走。”", ZH, max_units=13) == ("“走”",)


def test_two_sentences_go_to_two_lines_or_screens_where_one_line_is_too_short() -> None:
    screens = caption_lines("我什么都没有！你为什么还要跟着我？", ZH, max_units=13)
    lines = "\n".join(screens).split("\n")
    assert lines == ["我什么都没有！", "你为什么还要跟着我？"]


def test_numbers_and_latin_words_in_chinese_stay_whole() -> None:
    text = "会议在12:30开始，一共3,000元，用iPhone 17 Pro拍的，it's ok。"
    shown = " ".join(caption_lines(text, ZH, max_units=13))
    for whole in ("12:30", "3,000", "iPhone", "it's"):
        assert whole in shown


def test_english_breaks_at_clauses_and_keeps_its_marks() -> None:
    text = "With the wind we wander, as if riding the void, not knowing where we shall stop."
    screens = caption_lines(text, EN, max_units=26)
    assert screens[0] == "With the wind we wander,\nas if riding the void,"
    assert " ".join(" ".join(screens).split()) == text
    for line in "\n".join(screens).split("\n"):
        assert units_of(line, EN) <= 26
        assert line.split()[-1].lower() not in {"the", "a", "of", "to"}


def test_a_text_without_spaces_is_cut_to_fit_and_loses_nothing() -> None:
    text = "a" * 400
    lines = "\n".join(caption_lines(text, EN, max_units=26)).split("\n")
    assert max(map(len, lines)) <= 26
    assert "".join(lines) == text


def test_breaking_four_hundred_characters_takes_little_time(
    cpu_s: Callable[[Callable[[], object]], float],
) -> None:
    caption_lines("热身", ZH, max_units=13)
    assert cpu_s(lambda: caption_lines("很" * 400, ZH, max_units=13)) < 1.5


def test_control_characters_and_overrides_are_left_out_and_emoji_stay_whole() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    shown = "".join(caption_lines(f"\u202eab\x00c\x07 {family}", EN, max_units=26))
    assert shown == f"abc {family}"


def test_nothing_to_say_gives_no_caption() -> None:
    assert caption_lines(" \n\x00", ZH, max_units=13) == ()
    assert timed("  ", ZH, duration_s=1.0) == ()


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.sampled_from([ZH, EN]))
def test_any_text_becomes_lines_that_fit(text: str, locale: Locale) -> None:
    for screen in caption_lines(text, locale, max_units=20):
        lines = screen.split("\n")
        assert 1 <= len(lines) <= 2
        # A mark may hang over, and clusters of joined characters are never split.
        if not set(text) & set("\u200d\ufe0f"):
            assert all(units_of(line, locale) <= 24 for line in lines)


def test_captions_follow_one_another_without_overlap_and_readably() -> None:
    captions = timed(CHINESE[0], ZH, duration_s=9.0, start=12)
    assert captions[0].start == 12
    for one, other in pairwise(captions):
        assert one.end == other.start
    for caption in captions:
        seconds = (caption.end - caption.start) / 24
        assert seconds >= MIN_CAPTION_S - 1 / 24
        assert units_of(caption.text, ZH) / seconds <= READING_UNITS_A_SECOND[ZH]


def test_captions_change_when_the_voice_reaches_their_first_word() -> None:
    text = "我什么都没有，也什么都不想要。你为什么还要跟着我走那么远？"
    first, second = caption_lines(text, ZH, max_units=13)
    heard = [
        Word(text=letter, start_s=0.1 * i, end_s=0.1 * i + 0.1)
        for i, letter in enumerate(letters_of(first))
    ]
    heard += [
        Word(text=letter, start_s=4.0 + 0.2 * i, end_s=4.2 + 0.2 * i)
        for i, letter in enumerate(letters_of(second))
    ]
    captions = timed(text, ZH, duration_s=heard[-1].end_s, words=tuple(heard))
    assert [caption.text for caption in captions] == [first, second]
    assert captions[1].start == 4 * 24


def test_word_times_that_do_not_match_the_text_still_give_ordered_captions() -> None:
    words = (Word(text="one", start_s=0.0, end_s=1.0), Word(text="…", start_s=1.0, end_s=1.1))
    captions = timed(CHINESE[1], ZH, duration_s=6.0, words=words)
    assert all(one.end <= other.start for one, other in pairwise(captions))
    assert all(caption.start < caption.end for caption in captions)


def test_a_line_said_in_no_time_still_gives_captions_of_a_frame_or_more() -> None:
    captions = timed("很长的话" * 30, ZH, duration_s=0.1)
    assert all(caption.end > caption.start for caption in captions)
    assert all(one.end <= other.start for one, other in pairwise(captions))
    (short,) = timed("好。", ZH, duration_s=0.1)
    assert (short.end - short.start) / 24 >= MIN_CAPTION_S


def test_lines_are_longer_in_wide_pictures() -> None:
    units = [line_units(ZH, width=w, height=h) for w, h in ((720, 1280), (720, 720), (1280, 720))]
    assert units == sorted(set(units))
    assert 12 <= units[0] <= 14
    assert 18 <= units[2] <= 20


def test_reading_time_grows_with_the_text() -> None:
    assert reading_time_s("好。", ZH) == MIN_CAPTION_S
    assert reading_time_s("清风徐来，水波不兴。", ZH) == pytest.approx(2.0)
    assert reading_time_s("a" * 28, EN) == pytest.approx(2.0)
