"""A request's text made plain for reading, its quoted parts, and the numbers in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese

_PLAIN = str.maketrans(
    "，。；：！？（）、０１２３４５６７８９％～－—–’‘“”「」『』《》\u3000\t\r",
    ',.;:!?(),0123456789%~---\'\'""""""""   ',
)
"""One character for one, so that places in the plain text are places in the request."""

_QUOTED = re.compile(
    r"“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|《([^《》]*)》|\"([^\"]*)\"|‘([^‘’]*)’(?![A-Za-z])"
    r"|(?<![\w'’])'([^']*(?:\w'\w[^']*)*)'(?![\w])"
)
"""Quotation marks of both languages; an apostrophe inside a word opens nothing."""

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}

CHINESE_NUMBER = r"(?:\d+|[零〇一二两三四五六七八九十百]+)"


def _either(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_TENS_OF = "|".join(_TENS)
ENGLISH_NUMBER = (
    rf"(?:\d+|(?:{_TENS_OF})-(?:{_either(_ENGLISH[1:10])})|{_either(_ENGLISH)}|{_TENS_OF})"
)
ORDINAL = (
    rf"(?:\d+(?:st|nd|rd|th)|(?:{_TENS_OF})-(?:{_either(_ORDINALS[1:10])})|{_either(_ORDINALS)})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quoted part of a request: words to be used, never to be obeyed."""

    start: int
    end: int
    text: str


def language(text: str) -> Locale:
    """Gives the language that the answer to `text` is in; what is quoted does not count."""
    return Locale.ZH if has_chinese(_QUOTED.sub(" ", text)) else Locale.EN


def plain(text: str) -> str:
    """Gives `text` with plain punctuation and small letters, of the same length."""
    return "".join(
        low if len(low := char.lower()) == 1 else char for char in text.translate(_PLAIN)
    )


def quotes(text: str) -> tuple[Quote, ...]:
    """Gives the quoted parts of `text`, in order."""
    found = []
    for match in _QUOTED.finditer(text):
        said = next(part for part in match.groups() if part is not None)
        if said.strip():
            found.append(Quote(start=match.start(), end=match.end(), text=said.strip()))
    return tuple(found)


def number(text: str) -> int:
    """Gives the value of a number or an ordinal in digits or in words of either language.

    Raises:
        ValueError: it is none.
    """
    word = text.strip().lower()
    digits = re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", word)
    if digits:
        return int(digits.group(1))
    for words in (_ENGLISH, _ORDINALS):
        if word in words:
            return words.index(word)
    if word in _TENS:
        return _TENS[word]
    tens, _, ones = word.partition("-")
    if tens in _TENS and ones:
        return _TENS[tens] + number(ones)
    return _chinese(word)


def _chinese(word: str) -> int:
    """Gives the value of a Chinese numeral up to 999."""
    if not word or any(char not in _DIGITS and char not in "十百" for char in word):
        raise ValueError(f"{word!r} is no number")
    if all(char in _DIGITS for char in word):
        return int("".join(str(_DIGITS[char]) for char in word))
    total, digit = 0, None
    for char in word:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
    return total + (digit or 0)
