"""A text in pieces: sentences, clauses and lines short enough for a caption, losing nothing.

What the pieces say, joined again without white space, is what the text said.
"""

from __future__ import annotations

import re

from nightshoot.tools.writer.rehearsal.lexicon import has_chinese

MOST_CHARACTERS = 34
"""The most Chinese characters in a line: 8.1 s of speech; a shot of one line stays under 9 s."""
MOST_WORDS = 22
"""The most English words in a line: 8.5 s of speech."""
MOST_LETTERS = 160
"""The most letters of a line in any script; bounds a text without spaces."""

_SHORT = 0.65
"""Sentences that are together at most so much of a line share one."""

_SENTENCE = re.compile(
    r".+?(?:[。！？!?…]+[”’」』\"'）)]*|(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\bSt)\.+[”’\"')]*(?=\s|$)|\n+|$)",
    re.DOTALL,
)
_CLAUSE = re.compile(
    r".+?(?:[，、；：,;:—。！？!?…]+[”’」』\"'）)]*(?=\s|[^\d\s]|$)|\n+|$)", re.DOTALL
)
_CHINESE = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")
_SAID = re.compile(r"[^\W_]")


def speakable(text: str) -> bool:
    """Whether there is a letter, a digit or a character to speak."""
    return _SAID.search(text) is not None


def tidy(text: str) -> str:
    """Gives the text on one line, without control characters and doubled spaces."""
    cleaned = "".join(" " if c.isspace() else c for c in text if c.isspace() or ord(c) >= 32)
    cleaned = re.sub(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x7f-\x9f]", "", cleaned)
    return re.sub(r" {2,}", " ", cleaned).strip()


def sentences(text: str) -> tuple[str, ...]:
    """Splits a text at full stops and line ends; a piece without anything to say is joined on."""
    return _pieces(_SENTENCE, text)


def clauses(text: str) -> tuple[str, ...]:
    """Splits a text at commas and stronger marks."""
    return _pieces(_CLAUSE, text)


def _pieces(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in pattern.finditer(text):
        piece = tidy(match.group())
        if not piece:
            continue
        if not speakable(piece) and found:
            found[-1] += piece
        else:
            found.append(piece)
    if len(found) > 1 and not speakable(found[0]):
        found[:2] = [found[0] + found[1]]
    return tuple(found)


def weight(text: str) -> float:
    """Measures a text in lines: 1.0 is as much as one line may hold."""
    characters = len(_CHINESE.findall(text))
    others = _CHINESE.sub(" ", text)
    words = sum(any(map(str.isalnum, word)) for word in others.split())
    return max(characters / MOST_CHARACTERS + words / MOST_WORDS, len(text) / MOST_LETTERS)


def lines(text: str) -> tuple[str, ...]:
    """Splits a text into lines: whole sentences where they fit, else clauses, else words."""
    found: list[str] = []
    for sentence in sentences(text):
        joined = _joined(found[-1], sentence) if found else sentence
        if found and weight(joined) <= _SHORT:
            found[-1] = joined
        elif weight(sentence) <= 1:
            found.append(sentence)
        else:
            found += _packed(clauses(sentence))
    return tuple(found)


def _packed(pieces: tuple[str, ...]) -> list[str]:
    """Joins neighbours into lines of about equal weight."""
    small = [part for piece in pieces for part in _halved(piece)]
    total = sum(map(weight, small))
    aim = total / max(1, -(-total // 1))
    found: list[str] = []
    for part in small:
        joined = _joined(found[-1], part) if found else part
        if found and weight(joined) <= 1 and weight(found[-1]) < aim * 0.8:
            found[-1] = joined
        else:
            found.append(part)
    return found


def _joined(left: str, right: str) -> str:
    tight = has_chinese(left[-1:]) or has_chinese(right[:1]) or left[-1:] in "，。、；：！？…—"
    return left + right if tight else f"{left} {right}"


def _halved(text: str) -> list[str]:
    """Splits what has no marks: between words, or between characters where there are none."""
    if weight(text) <= 1:
        return [text]
    units = text.split(" ") if " " in text else _units(text)
    if len(units) == 1:
        return [text[i : i + MOST_LETTERS] for i in range(0, len(text), MOST_LETTERS)]
    joint = " " if " " in text else ""
    half, found = "", []
    for unit in units:
        longer = f"{half}{joint}{unit}" if half else unit
        if half and weight(longer) > 0.9:
            found.append(half)
            half = unit
        else:
            half = longer
    found.append(half)
    return [part for piece in found for part in (_halved(piece) if weight(piece) > 1 else [piece])]


def _units(text: str) -> list[str]:
    import rjieba

    return list(rjieba.cut(text)) if has_chinese(text) else [text]
