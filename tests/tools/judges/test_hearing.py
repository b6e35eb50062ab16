from __future__ import annotations

import pytest

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.judges.hearing import compare, sounds_of
from nightshoot.tools.judges.numbers import number_words

ZH, EN = Locale.ZH, Locale.EN


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("今天晚上的月亮真好看。", "今天晚上的月亮真好看"),
        ("她推开门。", "他推開門"),
        ("重庆的长江", "虫庆的常江"),
        ("明天早上九点开会", "明天早上9点开会"),
        ("花了一百零五块", "花了105块"),
        ("请打开 WiFi，好吗？", "请打开wi-fi 好吗"),
        ("我爱 AI。", "我愛 A.I."),
    ],
)
def test_chinese_that_sounds_the_same_is_the_same(line: str, heard: str) -> None:
    assert compare(line, heard, ZH).share == 0


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("It was 25 minutes.", "it was twenty-five minutes"),
        ("I have 105 dogs!", "I have one hundred and five dogs."),
        ("On the 21st, in 1984.", "on the twenty first in nineteen eighty-four"),
        ("Mr. Li said it's OK.", "Mister Li said its okay"),
        ("Everyone saw the A.I.", "every one saw the AI"),
        ("It cost $5.", "It cost five dollars."),
        ("We had 1,250 men.", "we had 1250 men"),
    ],
)
def test_english_that_is_written_otherwise_is_the_same(line: str, heard: str) -> None:
    assert compare(line, heard, EN).share == 0


def test_a_word_spelt_otherwise_counts_in_part_and_is_not_lost() -> None:
    found = compare("Su Shi loved colour", "Sue She loved color", EN)
    assert 0 < found.edits < 1
    assert found.lost == ()


def test_what_is_lost_is_told_in_runs() -> None:
    found = compare("别怕，不管发生什么事，我都会站在你身边。", "别怕 我会站在你身边", ZH)
    assert found.lost == ("不管发生什么事", "都")
    assert found.edits == 8
    assert found.count == 17
    found = compare("The boy gave his last piece of bread to the dog", "the boy gave to a dog", EN)
    assert found.lost == ("his last piece of bread", "the")


def test_another_line_and_silence_are_far_off() -> None:
    line = "他在这座城市生活了十年"
    assert compare(line, "雨下得很大街上的行人都跑了", ZH).share > 0.8
    assert compare(line, "", ZH).share == 1
    assert compare(line, "", ZH).lost == (line,)


def test_what_is_heard_besides_counts() -> None:
    found = compare("好的", "好的 谢谢观看", ZH)
    assert found.share == 2
    assert found.lost == ()


def test_a_line_without_words_has_no_count() -> None:
    assert compare("……！", "你好", ZH).count == 0
    assert sounds_of("——", EN) == ()


def test_a_sign_without_a_reading_stands_for_itself() -> None:
    assert compare("㐂寿", "㐂寿", ZH).share == 0
    assert compare("\U000323af好", "\U000323af好", ZH).share == 0


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("40", "forty"),
        ("105", "one hundred five"),
        ("2000017", "two million seventeen"),
        ("007", "zero zero seven"),
        ("2nd", "second"),
        ("30th", "thirtieth"),
        ("112th", "one hundred twelfth"),
        ("90s", "nineties"),
        ("1234567890123", "one two three four five six seven eight nine zero one two three"),
        ("x1", ""),
    ],
)
def test_figures_are_written_out(figures: str, words: str) -> None:
    assert number_words(figures) == words
