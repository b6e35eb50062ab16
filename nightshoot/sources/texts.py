"""Text as people save it: its bytes, its language, and what does not belong in it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError

MOST_LETTERS = 60_000
"""The longest text that is taken. Source: two hours, the longest film, speak 30,000 characters of
Chinese at 4.2 a second or 60,000 letters of unhurried English; a short drama is a hundredth."""

LONGEST_TITLE = 60
"""As the screenplay has it."""

MOST_BYTES = 20 * 2**20
"""The largest file that is opened at all."""

_ENCODINGS = ("utf-8-sig", "gb18030")
_TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_KEPT_CONTROLS = "\n\t"


def read_bytes(path: Path) -> bytes:
    """Gives a file's bytes.

    Raises:
        InputError: it cannot be read, is empty, or is too large.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(f"{path} has {size / 2**20:.0f} MiB: that is no script; shorten it")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if not data.strip():
        raise InputError(f"{path} is empty: write a story, a screenplay or a storyboard into it")
    return data


def decoded(data: bytes, *, name: str) -> str:
    """Gives a file's text for a film, cleaned.

    Raises:
        InputError: it is not text, it is empty, or it is too long for a film.
    """
    return cleaned(plain(data, name=name), name=name)


def plain(data: bytes, *, name: str) -> str:
    """Gives a file's text, line by line as it stands: UTF-8, UTF-16 with its mark, or GB 18030.

    Raises:
        InputError: it is not text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in data:
        encodings = ()
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_prose(text):
            return without_controls(text)
    raise InputError(f"{name} is not a text that can be read: save it as text in UTF-8")


def cleaned(text: str, *, name: str) -> str:
    """Gives text without control characters, with plain line ends.

    Raises:
        InputError: nothing is left, or it is too long for a film.
    """
    text = without_controls(text).strip()
    letters = sum(unicodedata.category(char)[0] in "LN" for char in text)
    if not text:
        raise InputError(f"{name} is empty: say in a line or a page what the film is about")
    if letters > MOST_LETTERS:
        raise InputError(
            f"{name} has {letters:,} letters: at most {MOST_LETTERS:,} fit into a film; "
            "shorten it, or make one film of each chapter"
        )
    return text


def without_controls(text: str) -> str:
    """Gives text with plain line ends and without what is not a character to be read."""
    text = _TERMINAL_COLOURS.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return "".join(
        char
        for char in text.replace("\u2029", "\n")
        if char in _KEPT_CONTROLS or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")
    )


def titled(text: str) -> str:
    """Gives a title: one line that is no longer than a title may be."""
    return " ".join(without_controls(text).split())[:LONGEST_TITLE].strip()


def locale_of(text: str) -> Locale:
    """Gives the language of a text: Chinese where a tenth of its letters are Han characters."""
    han = sum("\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff" for char in text)
    letters = sum(char.isalpha() for char in text)
    return Locale.ZH if han and han * 10 >= letters else Locale.EN


def _is_prose(text: str) -> bool:
    """Whether a decoding makes sense: hardly any control or unassigned characters.

    A few are forgiven even in a short text, as where it was copied out of a terminal.
    """
    sample = text[:100_000]
    strange = sum(
        unicodedata.category(char) in ("Cc", "Cn", "Co") and char not in "\n\r\t\f\x0b"
        for char in sample
    )
    return strange <= max(3, len(sample) // 50)
