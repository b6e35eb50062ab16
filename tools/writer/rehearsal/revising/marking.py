"""Reads a request into tokens: references first, then words, and what is no word that is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nightshoot.domain.screenplay import NARRATOR
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.lines import line_tokens
from nightshoot.tools.writer.rehearsal.revising.naming import named
from nightshoot.tools.writer.rehearsal.revising.numbered import numbered
from nightshoot.tools.writer.rehearsal.revising.patterns import part
from nightshoot.tools.writer.rehearsal.revising.skeleton import skeleton
from nightshoot.tools.writer.rehearsal.revising.text import (
    language,
    number,
    plain,
    quotes,
)
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Reference, Token, Value, Way
from nightshoot.tools.writer.rehearsal.revising.vocabulary import vocabulary

_STOPS = ",.;:!?()\n"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was read."""

    original: str
    text: str
    """The same, made plain; as long as the original."""
    locale: Locale
    tokens: tuple[Token, ...]
    inner: tuple[Token, ...]
    """References that are a part of those to lines."""
    film: FilmRead

    def words(self, start: int, end: int) -> str:
        """Gives a part of the request as it was written."""
        return self.original[start:end].strip(' ,.;:!?，。；：！？、\n"“”')

    def instead(self, token: Token, words: str) -> str:
        """Gives the request with other words for a token."""
        after = self.original[token.end :]
        gap = " " if words[-1:].isascii() and after[:1].isascii() and after[:1].isalnum() else ""
        return self.original[: token.start] + words + gap + after


class _Marks:
    """The tokens found so far; what comes first keeps its place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.inner: list[Token] = []

    def add(self, mark: Mark, start: int, end: int, value: Value) -> None:
        if self.free(start, end):
            self.tokens.append(
                Token(mark=mark, start=start, end=end, text=self.text[start:end], value=value)
            )

    def free(self, start: int, end: int) -> bool:
        return all(end <= one.start or one.end <= start for one in self.tokens)

    @property
    def masked(self) -> str:
        """The text with a letter that is in no word wherever a token stands."""
        letters = list(self.text)
        for token in self.tokens:
            letters[token.start : token.end] = "\ue0ff" * (token.end - token.start)
        return "".join(letters)


def read(original: str, film: FilmRead) -> Request:
    """Gives a request with its tokens in order, of which none overlap."""
    text = plain(original)
    marks = _Marks(text)
    for quote in quotes(original):
        marks.add(Mark.QUOTE, quote.start, quote.end, quote.text)
    _measures(marks)
    _references(marks, film)
    _people(marks, film)
    _lines(marks, film)
    tokens = sorted((*marks.tokens, *_words(marks)), key=lambda token: token.start)
    return Request(original, text, language(original), tuple(tokens), tuple(marks.inner), film)


def _measures(marks: _Marks) -> None:
    for match in part("references.yaml", "FILE").finditer(marks.masked):
        marks.add(Mark.FILE, match.start(), match.end(), match.group())
    for match in part("references.yaml", "PIXELS").finditer(marks.masked):
        sizes = [int(part) for part in match.groups() if part]
        marks.add(Mark.PIXELS, match.start(), match.end(), (sizes[0], sizes[1]))
    for match in part("references.yaml", "SECONDS").finditer(marks.masked):
        if match.start() and marks.text[match.start() - 1] in "第.":
            continue
        if (
            match.group(1)[0].isalpha()
            and match.group(1).isascii()
            and _inside(marks.text, match.start())
        ):
            continue
        marks.add(Mark.SECONDS, match.start(), match.end(), _seconds(match))
    for match in part("references.yaml", "TAKE").finditer(marks.masked):
        named_by = next(part for part in match.groups() if part)
        marks.add(Mark.TAKE, match.start(), match.end(), number(named_by))


def _inside(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isascii() and text[start - 1].isalnum()


def _seconds(match: re.Match[str]) -> float:
    said = match.group(1)
    if said in ("半", "half a"):
        return 0.5
    if said == "a":
        return 1.0
    value = float(said) if re.fullmatch(r"\d+(?:\.\d+)?", said) else float(number(said))
    return value + (0.5 if match.group(2) == "秒半" else 0.0)


def _references(marks: _Marks, film: FilmRead) -> None:
    """Marks what names shots: by number, then by what is in them, then as `that one`."""
    masked = marks.masked
    by_number = list(numbered(masked, film))
    loose = (Way.THAT, Way.NEXT, Way.PREVIOUS)
    everything = [one for one in by_number if one[2].everything]
    _longest(marks, (o for o in by_number if o[2].way not in loose and not o[2].everything))
    _longest(marks, (*everything, *named(marks.masked, film)))
    _longest(marks, (one for one in by_number if one[2].way in loose))


def _longest(marks: _Marks, found: Iterable[tuple[int, int, Reference]]) -> None:
    for start, end, reference in sorted(found, key=lambda one: (one[0] - one[1], one[0])):
        marks.add(Mark.SHOTS, start, end, reference)


def _people(marks: _Marks, film: FilmRead) -> None:
    masked = marks.masked
    for name, person in film.names:
        edge = r"(?![a-z])" if name[-1:].isascii() else ""
        front = r"(?<![a-z])" if name[:1].isascii() else ""
        for match in re.finditer(front + re.escape(name) + edge, masked):
            marks.add(Mark.PERSON, match.start(), match.end(), person)
    for match in part("references.yaml", "NARRATOR").finditer(marks.masked):
        marks.add(Mark.PERSON, match.start(), match.end(), NARRATOR)
    for match in part("references.yaml", "PRONOUNS").finditer(marks.masked):
        sex = "female" if match["female"] or match["she"] else "male"
        marks.add(Mark.PERSON, match.start(), match.end(), sex)


def _lines(marks: _Marks, film: FilmRead) -> None:
    """Marks what names lines; the references inside are part of it."""
    found = sorted(
        line_tokens(skeleton(marks.text, marks.tokens), film),
        key=lambda token: (token.start - token.end, token.start),
    )
    kept: list[Token] = []
    for token in found:
        if all(token.end <= one.start or one.end <= token.start for one in kept):
            kept.append(token)
    marks.inner = [
        one
        for one in marks.tokens
        if any(token.start <= one.start and one.end <= token.end for token in kept)
    ]
    marks.tokens = [one for one in marks.tokens if one not in marks.inner] + kept


def _words(marks: _Marks) -> list[Token]:
    masked, words = marks.masked, vocabulary()
    found: list[Token] = []
    place = 0
    while place < len(masked):
        char = masked[place]
        if char in "\ue0ff ":
            place += 1
            continue
        word = words.at(masked, place)
        if word:
            found.append(_token(Mark.WORD, place, word))
        elif char in _STOPS:
            found.append(_token(Mark.STOP, place, char))
        else:
            loose = re.compile(r"[a-z0-9'-]+|[^\ue0ff]").match(masked, place)
            found.append(_token(Mark.UNKNOWN, place, loose.group() if loose else char))
        place = found[-1].end
    return found


def _token(mark: Mark, place: int, text: str) -> Token:
    return Token(
        mark=mark,
        start=place,
        end=place + len(text),
        text=text,
        meanings=vocabulary().meanings(text) if mark is Mark.WORD else (),
    )
