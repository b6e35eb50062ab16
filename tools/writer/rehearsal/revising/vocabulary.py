"""The words of requests, compiled once: which kind of thing each word names, and which of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from nightshoot.tools.writer.rehearsal.lexicon import has_chinese


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a word may stand for."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word, with all that it may stand for."""

    words: dict[str, tuple[Meaning, ...]]
    pattern: re.Pattern[str]
    """The longest word at a place."""

    def at(self, text: str, place: int) -> str:
        """Gives the longest word that begins at a place of a plain text, or an empty text."""
        found = self.pattern.match(text, place)
        return found.group() if found else ""

    def meanings(self, word: str) -> tuple[Meaning, ...]:
        """Gives what a word stands for; nothing where it is not known."""
        return self.words.get(" ".join(word.split()), ())


@cache
def vocabulary() -> Vocabulary:
    """Gives the words of the data file beside this module."""
    text = files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tables = cast("dict[str, dict[str, list[str]]]", loader(text).get_single_data())
    words: dict[str, list[Meaning]] = {}
    for kind, table in tables.items():
        for value, spelled in table.items():
            for word in spelled:
                meaning = Meaning(kind, value)
                if meaning not in words.setdefault(str(word).lower(), []):
                    words[str(word).lower()].append(meaning)
    return Vocabulary({word: tuple(found) for word, found in words.items()}, _pattern(list(words)))


def _pattern(words: list[str]) -> re.Pattern[str]:
    longest = sorted(words, key=lambda word: (-len(word), word))
    latin = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in longest if not has_chinese(w))
    chinese = "|".join(re.escape(word) for word in longest if has_chinese(word))
    return re.compile(rf"(?<![a-z0-9])(?:{latin})(?![a-z0-9])|'s(?![a-z0-9])|{chinese}")
