"""One pass over JSON as models write it: quotes, commas, marks and comments of every kind.

The pass tells two things apart that look alike at first sight: JSON that is written badly, which is
put right, and JSON that is not over, which is never closed here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum, auto

_OPENERS = {"{": "}", "[": "]"}
_MARKS = {"｛": "{", "｝": "}", "［": "[", "］": "]", "：": ":", "，": ",", "、": ","}
"""Full-width marks that stand for JSON's own where they are not inside a text."""
_QUOTES = "\"'“”„‟＂‘’`"
_PARTNERS = {"“": '“”"', "”": '”“"', "„": '”“"', "‟": '”"', "‘": "’'", "’": "’'", "＂": '＂"'}
_SPACES = " \t\r\n\u00a0\u3000\ufeff\u200b"
_WORDS = {
    "true": "true",
    "false": "false",
    "null": "null",
    "none": "null",
    "undefined": "null",
    "nan": "null",
    "infinity": "null",
    "-infinity": "null",
}
"""Literals of JSON, Python and JavaScript; what is no number becomes null, which is no value."""
_KEY_AHEAD = re.compile(
    r"[\"'“”‘’＂`][^\"'“”‘’＂`\n]{0,80}[\"'“”‘’＂`]\s*[:：]|[A-Za-z_]\w{0,60}\s*[:：]"
)
_ITEM_AHEAD = re.compile(r"[\"'“‘＂\[{［｛\]］]|[-+]?\d|(true|false|null|None|True|False)\b")
_BARE = re.compile(r"[^,，\n{}\[\]｛｝［］\"“”]+")
_BARE_KEY = re.compile(r"[^\s:：,，{}\[\]｛｝［］\"“”]+")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_COMMENT = re.compile(r"//[^\n]*|/\*.{0,2000}?\*/|#[^\n]*", re.DOTALL)
"""Bounded, for each `/*` without an end is looked for again from the next one."""
_HEX = re.compile(r"[0-9a-fA-F]{4}")


class _Wants(Enum):
    KEY = auto()
    COLON = auto()
    VALUE = auto()
    COMMA = auto()


@dataclass(slots=True)
class _Frame:
    opener: str
    wants: _Wants


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that begins with a bracket, in JSON's own marks."""

    text: str
    """JSON as far as it could be put right; cut short where `whole` is False."""
    end: int
    """Where it ends in the original."""
    whole: bool
    """Whether its bracket was closed by the writer."""


def scan(text: str, start: int) -> Span:
    """Reads the value that begins with the bracket at `start`.

    Args:
        text: what a model wrote.
        start: the index of a `{` or a `[`, full-width or not.
    """
    return _Scanner(text, start).run()


@dataclass(slots=True)
class _Scanner:
    text: str
    at: int
    out: list[str] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)

    def run(self) -> Span:
        text = self.text
        while self.at < len(text):
            char = text[self.at]
            mark = _MARKS.get(char, char)
            if char in _SPACES:
                self.at += 1
            elif comment := _comment_at(text, self.at):
                self.at = comment
            elif mark in "{[":
                self._open(mark)
            elif mark in "}]":
                self._close(mark)
                if not self.stack:
                    return Span("".join(self.out), self.at, whole=True)
            elif mark == ",":
                self._comma()
            elif mark == ":":
                self._colon()
            elif char in _QUOTES:
                self._quoted()
            else:
                self._bare()
        return Span("".join(self.out), self.at, whole=False)

    def _open(self, mark: str) -> None:
        self._before_value()
        self.stack.append(_Frame(mark, _Wants.KEY if mark == "{" else _Wants.VALUE))
        self.out.append(mark)
        self.at += 1

    def _close(self, mark: str) -> None:
        self.at += 1
        if mark not in (_OPENERS[frame.opener] for frame in self.stack):
            return
        while self.stack:
            frame = self.stack.pop()
            if frame.wants is _Wants.COLON:
                self.out.append(":null")
            elif frame.wants is _Wants.VALUE and self.out[-1] == ":":
                self.out.append("null")
            while self.out[-1] == ",":
                self.out.pop()
            closer = _OPENERS[frame.opener]
            self.out.append(closer)
            if self.stack:
                self.stack[-1].wants = _Wants.COMMA
            if closer == mark:
                return

    def _comma(self) -> None:
        self.at += 1
        frame = self.stack[-1]
        if frame.wants is _Wants.COLON:
            self.out.append(":null")
        elif frame.wants is _Wants.VALUE and self.out[-1] == ":":
            self.out.append("null")
        elif frame.wants is not _Wants.COMMA:
            return
        self.out.append(",")
        frame.wants = _Wants.KEY if frame.opener == "{" else _Wants.VALUE

    def _colon(self) -> None:
        self.at += 1
        if self.stack[-1].wants is _Wants.COLON:
            self.out.append(":")
            self.stack[-1].wants = _Wants.VALUE

    def _before_value(self) -> None:
        """Puts in the comma or the colon that was forgotten before what begins here."""
        if not self.stack:
            return
        frame = self.stack[-1]
        if frame.wants is _Wants.COMMA:
            self.out.append(",")
            frame.wants = _Wants.KEY if frame.opener == "{" else _Wants.VALUE
        elif frame.wants is _Wants.COLON:
            self.out.append(":")
            frame.wants = _Wants.VALUE

    def _quoted(self) -> None:
        quote = self.text[self.at]
        if self.stack[-1].wants is not _Wants.KEY or self.stack[-1].opener == "[":
            self._before_value()
        frame = self.stack[-1]
        content, self.at, ended = _string(self.text, self.at + 1, quote, frame)
        if not ended:
            # The text is over inside the quotes: the span stays open.
            self.at = len(self.text)
        self._put(json.dumps(content, ensure_ascii=False))

    def _bare(self) -> None:
        if self.stack[-1].wants is not _Wants.KEY:
            self._before_value()
        key = self.stack[-1].wants is _Wants.KEY
        match = (_BARE_KEY if key else _BARE).match(self.text, self.at)
        if match is None:
            self.at += 1
            return
        self.at = match.end()
        word = _COMMENT.sub("", match[0]).strip()
        if key:
            self._put(json.dumps(word, ensure_ascii=False))
        elif word:
            self._put(_literal(word))

    def _put(self, value: str) -> None:
        frame = self.stack[-1]
        self.out.append(value)
        frame.wants = _Wants.COLON if frame.wants is _Wants.KEY else _Wants.COMMA


def _literal(word: str) -> str:
    """Gives JSON for a word without quotes: a literal, a number, or else a text."""
    if (literal := _WORDS.get(word.casefold())) is not None:
        return literal
    number = unicodedata.normalize("NFKC", word).replace("_", "").removeprefix("+")
    if number.startswith("."):
        number = f"0{number}"
    number = number.removesuffix(".")
    return number if _NUMBER.fullmatch(number) else json.dumps(word, ensure_ascii=False)


def _comment_at(text: str, at: int) -> int:
    """Gives where a comment that begins at `at` ends, or 0."""
    if text[at] not in "/#":
        return 0
    match = _COMMENT.match(text, at)
    return match.end() if match else 0


def _string(text: str, at: int, quote: str, frame: _Frame) -> tuple[str, int, bool]:
    """Gives a text's content, the index behind its quote, and whether the quote was there."""
    enders = _PARTNERS.get(quote, quote)
    parts: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\\":
            piece, at = _escape(text, at)
            parts.append(piece)
        elif char in enders and _ends(text, at + 1, frame):
            return "".join(parts), at + 1, True
        else:
            parts.append(char)
            at += 1
    return "".join(parts), at, False


def _escape(text: str, at: int) -> tuple[str, int]:
    """Gives what the backslash at `at` stands for and where it ends; a stray one is kept."""
    follower = text[at + 1 : at + 2]
    if follower == "u" and (match := _HEX.match(text, at + 2)):
        return _code_point(text, at, int(match[0], 16))
    plain = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "\n"}
    if follower in plain:
        return plain[follower], at + 2
    if follower and follower in "\\/" + _QUOTES:
        return follower, at + 2
    return "\\", at + 1


def _code_point(text: str, at: int, code: int) -> tuple[str, int]:
    low = _HEX.match(text, at + 8) if text.startswith("\\u", at + 6) else None
    if 0xD800 <= code < 0xDC00 and low and 0xDC00 <= int(low[0], 16) < 0xE000:
        pair = 0x10000 + ((code - 0xD800) << 10) + int(low[0], 16) - 0xDC00
        return chr(pair), at + 12
    return chr(code), at + 6


def _ends(text: str, at: int, frame: _Frame) -> bool:
    """Whether a quote before `at` ends its text, rather than quoting something inside of it."""
    after = _skip(text, at)
    if after >= len(text):
        return True
    mark = _MARKS.get(text[after], text[after])
    if frame.wants is _Wants.KEY:
        return mark in ":,}"
    if mark in "}]":
        return True
    ahead = _KEY_AHEAD if frame.opener == "{" else _ITEM_AHEAD
    if mark == ",":
        following = _skip(text, after + 1)
        return (
            following >= len(text)
            or text[following] in "}]｝］"
            or ahead.match(text, following) is not None
        )
    # A comma was forgotten at the end of a line.
    return "\n" in text[at:after] and ahead.match(text, after) is not None


def _skip(text: str, at: int) -> int:
    """Gives the index of the next character that is neither space nor comment."""
    while at < len(text):
        if text[at] in _SPACES:
            at += 1
        elif comment := _comment_at(text, at):
            at = comment
        else:
            break
    return at
