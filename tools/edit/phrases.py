"""Cuts a spoken text into the smallest pieces that a caption must not break, and weighs the breaks.

A piece is a word with the marks that stick to it. Between two pieces stands a break with a weight:
0 at the end of a sentence, large where a reader would stumble. Chinese words and their parts of
speech come from jieba's dictionary; English breaks by clause and function word.

Source: where to break, Netflix Timed Text Style Guide (English: after punctuation, before
conjunctions and prepositions, never after an article; Simplified Chinese: no line begins with a
closing mark, no comma or full stop at the end), and GB/T 15834-2011 on marks at line edges.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from nightshoot.domain.vocabulary import Locale

OPENING = "“‘（《〈「『【〔［｛([{"
CLOSING = "”’）》〉」』】〕］｝)]}"
_SENTENCE = "。！？!?…．"
_CLAUSE = "；：;:—～"
_COMMA = "，,、·"
_DROPPED_ZH = "。，；．"
"""Marks that a Chinese caption shows as a gap in a line and not at all at its end."""
_MARK_RUN = re.compile(rf"[{re.escape(_SENTENCE + _CLAUSE + _COMMA + OPENING + CLOSING)}]")
_INNER = ",:;.'’-"
"""Marks that a number or a Latin word may hold: 3,000 and 12:30 and it's."""
_GAPS = re.compile(r"\s+")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

_JOINS_LEFT = frozenset("的地得了着过吗呢吧啊呀嘛哦矣也乎哉焉耳兮者们之上下里中内外前后间")
"""Words that belong to what stands before them."""
_STAYS_RIGHT = frozenset(
    "在从把被对向为以与和于由将让叫给比跟同及而则其之不未没很最更太再又也都就才此这那一"
)
"""Words that belong to what comes after them."""
_STARTERS = (
    "and but or nor so yet because if when while where who whom whose which that than as until "
    "unless though although before after since in on at by for with from to into of over under "
    "through between against without about like"
)
_EN_STARTERS = frozenset(_STARTERS.split())
_STICKERS = (
    "a an the my your his her its our their this that these those of to in on at by for with from "
    "and or but i is are was were be been not no very mr mrs ms dr don't i'm it's"
)
_EN_STICKERS = frozenset(_STICKERS.split())


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that stays whole, and the break after it."""

    text: str
    units: float
    gap: str
    """What joins it to the next piece in one line: nothing or a space."""
    weight: float
    """How bad a break after it is: 0 a sentence ends, 1 to 3 a clause, from 8 on between words."""
    letters: int
    """How many letters, digits and signs of the spoken text it holds; marks do not count."""


@lru_cache(maxsize=4096)
def units_of(text: str, locale: Locale) -> float:
    """Measures a line, in Chinese by the full-width character, in English by the letter.

    The same lines are measured again and again where a text is broken, so the last are kept.

    Source: Netflix Timed Text Style Guide counts half-width characters of Chinese lines as half.
    """
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    zero = sum(bool(unicodedata.combining(c)) or unicodedata.category(c) == "Cf" for c in text)
    narrow = len(text) - wide - zero
    return wide + narrow / 2 if locale is Locale.ZH else wide * 2 + narrow


def letters_of(text: str) -> str:
    """Gives the letters, digits and signs of a text: what a voice says, without marks and gaps."""
    return "".join(c for c in text if unicodedata.category(c)[0] in "LNSM")


def cleaned(text: str) -> str:
    """Gives the text without control characters and bidirectional overrides, gaps as one space.

    Joiners that emoji and Indic scripts need (U+200C, U+200D) stay.
    """
    kept = (
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFC", text)
        if c.isspace() or c in "\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
    return _GAPS.sub(" ", "".join(kept)).strip()


def pieces_of(text: str, locale: Locale, *, max_units: int) -> tuple[Piece, ...]:
    """Cuts `text` into pieces; one too long for a line is cut between letters as a last resort."""
    text = cleaned(text)
    raw = _chinese(text) if locale is Locale.ZH else _english(text)
    return tuple(part for piece in raw for part in _fitting(piece, locale, max_units))


def _fitting(piece: Piece, locale: Locale, max_units: int) -> Iterator[Piece]:
    if piece.units <= max_units:
        yield piece
        return
    start = 0
    for end in range(1, len(piece.text) + 1):
        here = piece.text[start:end]
        last = end == len(piece.text)
        joined = not last and (
            unicodedata.combining(piece.text[end])
            or piece.text[end] in "\u200d\ufe0f" + CLOSING
            or piece.text[end - 1] == "\u200d"
        )
        if last:
            yield replace(piece, text=here, units=units_of(here, locale), letters=_count(here))
        elif units_of(here, locale) >= max_units - 1 and not joined:
            yield Piece(here, units_of(here, locale), "", 30.0, _count(here))
            start = end


def _count(text: str) -> int:
    return len(letters_of(text))


def _weight_of_marks(marks: str) -> float:
    best = 8.0
    for mark in marks:
        if mark in _SENTENCE:
            best = min(best, 0.0)
        elif mark in _CLAUSE:
            best = min(best, 1.0)
        elif mark in "、·":
            best = min(best, 3.0)
        elif mark in _COMMA:
            best = min(best, 1.5)
    return best


# --- Chinese


def _chinese(text: str) -> list[Piece]:
    text = _westerly_marks(text)
    tokens = _chinese_tokens(text)
    pieces: list[Piece] = []
    opened, titles = "", 0
    index = 0
    while index < len(tokens):
        word, part = tokens[index]
        index += 1
        if word.isspace():
            continue
        if word in OPENING and len(word) == 1:
            opened += word
            titles += word in "《〈"
            continue
        marks = ""
        while index < len(tokens) and _is_after_mark(tokens[index][0]):
            marks += tokens[index][0]
            index += 1
        titles -= sum(mark in "》〉" for mark in marks)
        if _MARK_RUN.fullmatch(word):
            marks, word = word + marks, ""
        follows = tokens[index] if index < len(tokens) else ("", "")
        shown = "".join(m for m in marks if m not in _DROPPED_ZH and (m != "、" or follows[0]))
        dropped = len(shown) < len(marks) or follows[0].isspace()
        if not word and not opened and not shown:
            if pieces:
                pieces[-1] = replace(pieces[-1], gap=" ", weight=_weight_of_marks(marks))
            continue
        weight = _weight_of_marks(marks)
        if weight >= 8:
            weight = 2.0 if follows[0].isspace() else _between(word, part, *follows)
        if titles > 0:
            weight += 12
        body = opened + word + shown
        opened = ""
        gap = " " if dropped else ""
        pieces.append(Piece(body, units_of(body, Locale.ZH), gap, weight, _count(word)))
    if opened and pieces:
        body = pieces[-1].text + opened
        pieces[-1] = replace(pieces[-1], text=body, units=units_of(body, Locale.ZH))
    return pieces


def _is_after_mark(word: str) -> bool:
    return len(word) == 1 and word not in OPENING and bool(_MARK_RUN.fullmatch(word))


def _westerly_marks(text: str) -> str:
    """Makes half-width marks after Chinese characters full-width, and ellipses of one form."""
    text = re.sub(r"\.{3,}|。{2,}|…+", "……", text)
    text = re.sub(r"-{2,}|—+", "——", text)
    pairs = str.maketrans(",;:!?", "，；：！？")
    after = rf"(?<={_CHINESE.pattern})[,;:!?]"
    text = re.sub(after, lambda found: found[0].translate(pairs), text)
    return re.sub(rf"(?<={_CHINESE.pattern})\.(?=$|\s|[”’」』])", "。", text)


def _chinese_tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    start = 0
    for found in _MARK_RUN.finditer(text):
        tokens += _words(text[start : found.start()])
        tokens.append((found[0], "x"))
        start = found.end()
    tokens += _words(text[start:])
    return _rejoined(tokens)


def _words(run: str) -> list[tuple[str, str]]:
    if not run:
        return []
    import rjieba

    return [(word, part) for word, part in rjieba.tag(run)]


def _rejoined(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Puts back together what is one number or one Latin word."""
    joined: list[tuple[str, str]] = []
    for word, part in tokens:
        before = joined[-1][0] if joined else ""
        goes_on = before and _is_latin(before[-1]) and (_is_latin(word[0]) or word in _INNER)
        if goes_on or (len(before) > 1 and before[-1] in _INNER and _is_latin(word[0])):
            joined[-1] = (before + word, "eng")
        else:
            joined.append((word, part))
    return joined


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _between(word: str, part: str, following: str, next_part: str) -> float:
    weight = 8.0
    if following in _JOINS_LEFT or next_part[:1] in ("u", "y", "f", "q", "k"):
        weight += 8
    if word in _STAYS_RIGHT or part[:1] in ("p", "c", "d", "m", "r", "h"):
        weight += 5
    if next_part[:1] in ("p", "c"):
        weight -= 2
    if len(following) == 1 or len(word) == 1:
        weight += 2
    return weight


# --- English


def _english(text: str) -> list[Piece]:
    words = text.split(" ") if text else []
    pieces: list[Piece] = []
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        bare = word.strip(OPENING + CLOSING + "\"'.,;:!?").lower()
        next_bare = following.strip(OPENING + CLOSING + "\"'.,;:!?").lower()
        ending = word.rstrip(CLOSING + "\"'")
        weight = _weight_of_marks(ending[-1:] if not ending.endswith(".") else "。")
        if bare in ("mr", "mrs", "ms", "dr", "st"):
            weight = 20.0
        elif weight >= 8:
            weight = 12.0
            if bare in _EN_STICKERS:
                weight += 10
            elif next_bare in _EN_STARTERS:
                weight -= 4
        count = _count(word)
        if not count and pieces and not set(word) & set(OPENING):
            # A dash between spaces stays with the words before it.
            body = f"{pieces[-1].text} {word}"
            pieces[-1] = replace(
                pieces[-1], text=body, units=units_of(body, Locale.EN), weight=min(weight, 1.5)
            )
            continue
        pieces.append(Piece(word, units_of(word, Locale.EN), " ", weight, count))
    return pieces
