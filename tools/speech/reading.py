"""What of a line is said aloud, and how long it takes to be read where there is no voice."""

from __future__ import annotations

import re
import unicodedata

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.speech.numerals import chinese_numerals, english_numerals

_STAGE = re.compile(r"（[^（）]*）|\([^()]*\)|【[^【】]*】|\[[^\[\]]*\]|〔[^〔〕]*〕|［[^［］]*］")
_OVERRIDE = re.compile(r"\{[^{}]*\}")
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[\x21-\x7e]+")
_BRACKETS = str.maketrans("", "", "（）()【】[]〔〕［］{}")
_MARKS = re.compile(r"[*_`#~|<>\\^=]+")
_WIDE: dict[int, int | str] = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()
}
_WIDE |= {ord("％"): "%", ord("＄"): "$", 0x3000: " "}
_KEPT_SYMBOLS = frozenset("$¥￥€£%℃°+&@/")
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U0003ffff]")
"""One Chinese character."""

_HAN_PER_S = 5.0
"""Chinese characters a second, without pauses: the pace of the voices, so that a film without them
is as long as one with them. Source: benchmarks/voices.py, 4.9 to 5.2 a second; a caption may have
up to 9 (Netflix Timed Text Style Guide, Simplified Chinese), so that this is read with ease."""
_WORDS_PER_S = 3.4
"""English words a second, without pauses. Source: as above, 3.3 to 3.6; at 15 letters a second it
stays under the 20 that a caption may have."""
_PAUSES = {"，": 0.15, "、": 0.1, "；": 0.25, "：": 0.2, ",": 0.15, ";": 0.25, ":": 0.2, "—": 0.1}
_PAUSES |= dict.fromkeys("。！？.!?…", 0.3)
"""Seconds that a mark costs inside a line. Source: measured as above."""
_AT_LEAST_S = 5 / 6
"""No caption stays shorter. Source: Netflix Timed Text Style Guide, minimum duration."""


def cleaned_text(text: str) -> str:
    """Strips what is not said: stage brackets, markup, addresses, emoji, control characters.

    A line that is nothing but a bracket is kept without its bracket, since something was meant to
    be heard. Figures stay as they are written.
    """
    text = text.translate(_WIDE).replace("\u2028", "\n").replace("\u2029", "\n")
    text = _LINK.sub(r"\1", text)
    text = _ADDRESS.sub(" ", _TAG.sub(" ", _OVERRIDE.sub(" ", text)))
    outside = text
    while (shorter := _STAGE.sub(" ", outside)) != outside:
        outside = shorter
    if not has_words(outside):
        outside = text
    outside = _MARKS.sub(" ", outside.translate(_BRACKETS))
    outside = "".join(character for character in outside if _is_said(character))
    lines = (_SPACES.sub(" ", line).strip() for line in outside.split("\n"))
    return "\n".join(line for line in lines if line)


def _is_said(character: str) -> bool:
    if character == "\n" or character in _KEPT_SYMBOLS:
        return True
    category = unicodedata.category(character)
    if character in "\u200d\ufe0e\ufe0f\u20e3":
        return False
    return category[0] in "LNPZM" and category not in {"Zl", "Zp"}


def has_words(text: str) -> bool:
    """Says whether anything in the text can be spoken: a letter, a character or a figure."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def spoken_text(text: str, locale: Locale) -> str:
    """Gives the words to say: cleaned, with figures written as the locale says them.

    Lines are joined; each ends with a mark, so that a voice pauses there. Gives an empty string
    where nothing can be said.
    """
    cleaned = cleaned_text(text)
    if not has_words(cleaned):
        return ""
    stop = "。" if locale is Locale.ZH else "."
    lines = cleaned.split("\n")
    joined = " ".join(
        line if index == len(lines) - 1 or unicodedata.category(line[-1])[0] == "P" else line + stop
        for index, line in enumerate(lines)
    )
    numerals = chinese_numerals if locale is Locale.ZH else english_numerals
    return numerals(joined).strip()


def reading_duration_s(text: str, locale: Locale) -> float:
    """Estimates in seconds how long the line takes to be said or read with ease.

    Deterministic, and the same whether or not a voice is installed. At least 5/6 of a second.
    """
    said = spoken_text(text, locale)
    characters = len(HAN.findall(said))
    words = len(re.findall(r"[^\W_]+(?:['’][^\W_]+)*", HAN.sub(" ", said)))
    inside = said.rstrip("".join(_PAUSES) + "”’\"' ")
    pauses = sum(_PAUSES.get(mark, 0.0) for mark in re.sub(r"([—….!?])\1+", r"\1", inside))
    return round(max(_AT_LEAST_S, characters / _HAN_PER_S + words / _WORDS_PER_S + pauses), 3)
