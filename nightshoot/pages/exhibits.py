"""Reads back what a film's `storyboard.html` shows of its flagged shots: why, and which frame."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from html.parser import HTMLParser

_SHOT, _JPEG = "#shot-", "data:image/jpeg;base64,"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibited:
    """What convicts the take of a shot that is in the film."""

    why: str = ""
    """The measures that it failed, in the film's language."""
    frame: bytes = b""
    """The frame that shows it, as JPEG; empty: none does, as where a keyframe failed."""


def exhibited(page: str) -> dict[str, Exhibited]:
    """Gives the flagged shots of a storyboard's page; none where it is no such page."""
    reader = _Reader()
    reader.feed(page)
    return {
        shot: Exhibited(why=" ".join(text.split()), frame=reader.frames.get(shot, b""))
        for shot, text in reader.why.items()
    }


class _Reader(HTMLParser):
    """Follows the page: the list of what needs a look, then the strips of takes."""

    def __init__(self) -> None:
        super().__init__()
        self.why: dict[str, str] = {}
        self.frames: dict[str, bytes] = {}
        self._alarm = self._says = self._used = self._evidence = False
        self._shot = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        classes = told.get("class", "").split()
        if tag == "section":
            self._alarm = "alarm" in classes
        elif tag == "a" and self._alarm:
            self._shot = told.get("href", "").removeprefix(_SHOT)
            self.why[self._shot] = ""
        elif tag == "span" and self._alarm:
            self._says = True
        elif tag == "article":
            self._shot, self._used = told.get("id", "").removeprefix(_SHOT[1:]), False
        elif tag == "li" and "take" in classes:
            self._used = "used" in classes
        elif tag == "figure":
            self._evidence = "evidence" in classes
        elif tag == "img" and self._evidence and self._used and self._shot in self.why:
            self.frames.setdefault(self._shot, _bytes(told.get("src", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._alarm = False
        elif tag == "span":
            self._says = False

    def handle_data(self, data: str) -> None:
        if self._alarm and self._says and self._shot:
            self.why[self._shot] += data


def _bytes(url: str) -> bytes:
    try:
        return base64.b64decode(url.removeprefix(_JPEG), validate=True)
    except binascii.Error:
        return b""
