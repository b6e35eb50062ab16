from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.speech.numerals import chinese_integer
from nightshoot.tools.speech.reading import (
    cleaned_text,
    has_words,
    reading_duration_s,
    spoken_text,
)

ZH, EN = Locale.ZH, Locale.EN


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("（轻声）你来了。", "你来了。"),
        ("你来了[门响]，坐吧。【停顿】", "你来了 ，坐吧。"),
        ("{\\an8\\b1}走！<i>快走</i>", "走！ 快走"),
        ("**别动** _真的_", "别动 真的"),
        ("看[这里](https://example.com/a?b=c)吧 https://x.org/y", "看这里吧"),
        ("好耶🎉👨‍👩‍👧❤️！", "好耶！"),
        ("一\x00二\x07三\u200b四\u202e五", "一二三四五"),
        ("（旁白）", "旁白"),
        ("他说：“走。”", "他说：“走。”"),
    ],
)
def test_only_what_is_said_is_kept(written: str, said: str) -> None:
    assert cleaned_text(written) == said


@pytest.mark.parametrize("silent", ["", "   ", "……", "🎉", "（）", "***", "\x00\x01", "“”。"])
def test_a_line_without_words_gives_nothing_to_say(silent: str) -> None:
    assert spoken_text(silent, ZH) == ""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024年3月5日", "二零二四年三月五日"),
        ("他等了20年", "他等了二十年"),
        ("12:05的车，2:30到", "十二点零五分的车，两点三十分到"),
        ("涨了35%", "涨了百分之三十五"),
        ("1/3的人", "三分之一的人"),
        ("3.14", "三点一四"),
        ("1,250,000人", "一百二十五万人"),
        ("¥50和$3.5", "五十元和三点五美元"),
        ("2个人、12个人、第2层", "两个人、十二个人、第二层"),
        ("气温-5℃", "气温负五摄氏度"),
        ("3-5天", "三到五天"),
        ("电话13800138000", "电话一三八零零一三八零零零"),
        ("００７", "零零七"),
    ],
)
def test_figures_are_said_as_chinese_says_them(written: str, said: str) -> None:
    assert spoken_text(written, ZH) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (10, "十"),
        (11, "十一"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (10_000, "一万"),
        (10_010, "一万零一十"),
        (100_500, "十万零五百"),
        (100_000_001, "一亿零一"),
        (20_000_000, "二千万"),
    ],
)
def test_integers_have_their_noughts_where_chinese_has_them(value: int, said: str) -> None:
    assert chinese_integer(value) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("In 1984 and 1905, not 2000.", "In 19 84 and 19 oh 5, not 2000."),
        ("At 9:05, at 10:00, at 7:00 pm.", "At 9 oh 5, at 10 o'clock, at 7 pm."),
        ("It cost $1,250.50.", "It cost 1250 dollars and 50 cents."),
        ("£1 or $3.5 million", "1 pound or 3 point 5 million dollars"),
        ("40% of 3.14", "40 percent of 3 point 1 4"),
        ("12,000 men", "12000 men"),
    ],
)
def test_figures_are_said_as_english_says_them(written: str, said: str) -> None:
    assert spoken_text(written, EN) == said


def test_lines_are_joined_with_a_pause_between_them() -> None:
    assert spoken_text("他走了\n没有回头", ZH) == "他走了。 没有回头"


def test_reading_takes_longer_for_more_words_and_for_pauses() -> None:
    assert reading_duration_s("好", ZH) == pytest.approx(5 / 6, abs=0.001)
    short = reading_duration_s("他推开门走了进去", ZH)
    paused = reading_duration_s("他推开门，走了进去", ZH)
    longer = reading_duration_s("他推开门，走了进去，没有人在", ZH)
    assert short < paused < longer
    # A reader's pace, not faster than captions may go nor slower than a patient narrator.
    text = "壬戌之秋七月既望苏子与客泛舟游于赤壁之下"
    assert 4 < len(text) / reading_duration_s(text, ZH) < 6
    english = "The moon is bright tonight so let us walk along the river together"
    assert 2.8 < len(english.split()) / reading_duration_s(english, EN) < 3.8


def test_stage_directions_and_closing_marks_take_no_time() -> None:
    assert reading_duration_s("（他沉默了很久，慢慢转过身来）我不走了。", ZH) == reading_duration_s(
        "我不走了", ZH
    )


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.sampled_from([ZH, EN]))
def test_any_text_is_cleaned_without_complaint(text: str, locale: Locale) -> None:
    said = spoken_text(text, locale)
    assert has_words(said) or said == ""
    assert reading_duration_s(text, locale) >= 0.8
    assert not set(said) & set("\x00{}<>*\u202e")
