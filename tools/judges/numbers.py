"""Writes whole figures out as English words, however a recogniser wrote them down."""

from __future__ import annotations

import re

_ONES = (
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
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_FIGURES = re.compile(r"(?P<value>[0-9]{1,12})(?P<ending>st|nd|rd|th|s)?")


def number_words(text: str) -> str:
    """Gives a figure in words, without `and`: `105` is `one hundred five`, `2nd` is `second`.

    Gives an empty string where the text is none. A figure that begins with nought, or is longer
    than a billion has digits, is read digit by digit.
    """
    found = _FIGURES.fullmatch(text)
    if found is None:
        return " ".join(_ONES[int(one)] for one in text) if re.fullmatch("[0-9]+", text) else ""
    figures, ending = found["value"], found["ending"]
    if len(figures) > 1 and figures[0] == "0":
        return " ".join(_ONES[int(one)] for one in figures)
    said = _integer(int(figures))
    if ending is None:
        return said
    return _plural(said) if ending == "s" else _ordinal(said)


def _integer(value: int) -> str:
    if value < 20:
        return _ONES[value]
    for size, name in _GROUPS:
        if value >= size:
            rest = value % size
            return f"{_integer(value // size)} {name}{f' {_integer(rest)}' if rest else ''}"
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]} {_ONES[ones]}" if ones else _TENS[tens]


def _ordinal(said: str) -> str:
    *before, last = said.split()
    last = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return " ".join((*before, last))


def _plural(said: str) -> str:
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"
