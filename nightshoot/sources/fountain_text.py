"""Fountain, the plain-text form of screenplays: read through fountain-py, and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nightshoot.domain.brief import ScriptItem, ScriptKind, Source, SourceKind
from nightshoot.domain.screenplay import NARRATOR, LineKind, Screenplay
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.sources.texts import locale_of, titled

if TYPE_CHECKING:
    from fountain import FountainElement

_HEADING = re.compile(r"^(INT|EXT|EST|INT\.?/EXT|I/E)[. ]", re.MULTILINE)
_CHINESE_HEADING = re.compile(
    r"^\.?(?:内景|外景|内外景|内|外)?[．.。\s]*\S.{0,38}[\s\-—－]+(?:日|夜|晨|昏|黄昏|清晨|傍晚|黎明|深夜|白天)$"
)
_PLAIN_CHINESE_HEADING = re.compile(r"^\.?(?:内景|外景|内外景)[．.。\s]+\S", re.MULTILINE)
_NARRATORS = ("旁白", "画外音", "解说", "narrator", "narration")
_VOICE_OVER = ("v.o.", "vo", "v.o", "旁白", "画外音")
_PARENTHETICAL = re.compile(r"^[（(]([^（）()]+)[）)](.*)$")
_FULL_WIDTH = str.maketrans("~#=>!@.(（", "～＃＝＞！＠．［［")
_TITLE = re.compile(r"^title\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)


def is_fountain(text: str) -> bool:
    """Whether a text is plainly Fountain: it has two scene headings, or a title and one."""
    headings = len(_HEADING.findall(text)) + len(_PLAIN_CHINESE_HEADING.findall(text))
    return headings >= 2 or bool(headings and re.match(r"title\s*:", text, re.IGNORECASE))


def read_fountain(text: str, *, name: str, locale: Locale | None) -> Source:
    """Reads a Fountain screenplay; every line is kept with its speaker, in order.

    Args:
        text: the whole text.
        name: the title where the title page has none.
        locale: the film's language, or None to tell it from the text.

    Raises:
        InputError: nothing in it is seen or said.
    """
    from fountain import FountainParser

    document = FountainParser().parse(text)
    items = tuple(_Reader().read(document.elements))
    if not any(item.kind is not ScriptKind.ACT for item in items):
        raise InputError(f"{name} has neither action nor dialogue: write at least one scene")
    title = _TITLE.search(text.split("\n\n", 1)[0])
    cast = dict.fromkeys(item.speaker for item in items if item.speaker)
    return Source(
        kind=SourceKind.SCREENPLAY,
        text=text,
        title=titled(re.sub(r"[*_]+", "", title[1])) or name if title else name,
        locale=locale or locale_of(text),
        cast=tuple(cast),
        script=items,
    )


class _Reader:
    """Follows who is speaking while it goes through the elements."""

    def __init__(self) -> None:
        self.speaker = ""
        self.kind = ScriptKind.DIALOGUE
        self.delivery = ""

    def read(self, elements: list[FountainElement]) -> Iterator[ScriptItem]:
        for element in elements:
            yield from self._read_one(element)

    def _read_one(self, element: FountainElement) -> Iterator[ScriptItem]:
        from fountain import ElementType

        text = element.text.strip()
        if element.type is ElementType.DUAL_DIALOGUE:
            yield from self._both_sides(element)
        elif element.type is ElementType.CHARACTER:
            self._cue(text, str(element.metadata.get("extension", "")))
        elif element.type is ElementType.PARENTHETICAL:
            self.delivery = text.strip("()（） ")
        elif element.type in (ElementType.DIALOGUE, ElementType.LYRICS):
            yield from self._say(text)
        elif element.type is ElementType.SCENE_HEADING:
            yield ScriptItem(kind=ScriptKind.PLACE, text=text.lstrip(". "))
        elif element.type is ElementType.SECTION:
            yield ScriptItem(kind=ScriptKind.ACT, text=text.lstrip("# "))
        elif element.type in (ElementType.ACTION, ElementType.CENTERED):
            yield from _seen(text)

    def _both_sides(self, element: FountainElement) -> Iterator[ScriptItem]:
        from fountain import FountainElement

        for side in ("left", "right"):
            character = element.metadata[f"{side}_character"]
            lines = element.metadata[f"{side}_dialogue"]
            if isinstance(character, FountainElement):
                yield from self._read_one(character)
            if isinstance(lines, list):
                yield from self.read(lines)

    def _cue(self, name: str, extension: str) -> None:
        bracket = re.search(r"[（(](.+?)[）)]\s*$", name)
        if bracket:
            name, extension = name[: bracket.start()].strip(), bracket[1]
        narrates = name.casefold() in _NARRATORS
        over = extension.strip().casefold() in _VOICE_OVER
        self.kind = ScriptKind.NARRATION if narrates or over else ScriptKind.DIALOGUE
        self.speaker = "" if narrates else name
        self.delivery = ""

    def _say(self, text: str) -> Iterator[ScriptItem]:
        for line in text.split("\n"):
            bracket = _PARENTHETICAL.match(line.strip())
            said = bracket[2].strip() if bracket else line.strip()
            if bracket:
                self.delivery = bracket[1].strip()
            if said:
                yield ScriptItem(
                    kind=self.kind,
                    text=said,
                    speaker=self.speaker,
                    delivery=self.delivery,
                )
                self.delivery = ""


def _seen(text: str) -> Iterator[ScriptItem]:
    """Gives action, and the Chinese scene headings that the parser takes for action."""
    for part in text.split("\n"):
        heading = part.strip()
        if _CHINESE_HEADING.match(heading):
            yield ScriptItem(kind=ScriptKind.PLACE, text=heading.lstrip(". "))
        elif heading:
            yield ScriptItem(kind=ScriptKind.STAGE, text=heading)


def fountain_of(screenplay: Screenplay) -> str:
    """Gives a screenplay as Fountain, which `read_fountain` reads back to the same words.

    Marks that Fountain has a use for are escaped, or written in full width where it has no escape.
    """
    chinese = screenplay.locale is Locale.ZH
    blocks = [f"Title: {_one_line(screenplay.title)}\nCredit: {screenplay.written_by}"]
    for scene in screenplay.scenes:
        place = _one_line(scene.place) or scene.setting.label(screenplay.locale)
        time = scene.time_of_day.label(screenplay.locale)
        blocks.append(f".{place} - {time}" if chinese else f".{place.upper()} - {time.upper()}")
        for beat in scene.beats:
            if beat.action.strip():
                blocks.append("!" + _escaped(beat.action))
            for line in beat.lines:
                if line.speaker == NARRATOR:
                    cue = "旁白" if chinese else "NARRATOR"
                else:
                    cue = _one_line(screenplay.character(line.speaker).name)
                if line.kind is LineKind.NARRATION:
                    cue += " (V.O.)"
                delivery = f"({_one_line(line.delivery)})\n" if line.delivery else ""
                blocks.append(f"@{cue}\n{delivery}{_led(_escaped(line.text))}")
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    text = re.sub(r"([\\*_])", r"\\\1", _one_line(text))
    return text.replace("[[", "[ [").replace("/\\*", "/ \\*")


def _led(text: str) -> str:
    """Gives a spoken line whose first letter does not make it something else."""
    return text[:1].translate(_FULL_WIDTH) + text[1:]


def _one_line(text: str) -> str:
    return " ".join(text.split())
