"""The words that tell a stage, compiled once from the data files beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar, cast

import yaml

from nightshoot.domain.vocabulary import Term

TermT = TypeVar("TermT", bound=Term)

_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A word of the lists found in a text."""

    start: int
    end: int
    value: str
    """The term or the list that the word stands for."""
    word: str


def has_chinese(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _CJK.search(text) is not None


def term(kind: type[TermT], value: str) -> TermT:
    """Gives the term of a closed list with this value."""
    return next(one for one in kind if one.value == value)


def data(name: str) -> object:
    """Gives the parsed data file of this name in this package."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return loader(text).get_single_data()


@dataclass(frozen=True, slots=True)
class WordList:
    """One list of words, each standing for a value."""

    long: re.Pattern[str] | None
    """Chinese words of two characters or more, longest first."""
    single: Mapping[str, str]
    english: re.Pattern[str] | None
    values: Mapping[str, tuple[str, ...]]
    """All the values of a word; a word may stand for more than one (a war: fleet and banners)."""
    not_single: frozenset[str]

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Finds every word in `text`, in the order of the text."""
        found: list[Hit] = []
        if has_chinese(text):
            found += self._chinese(text)
        if self.english is not None and _LATIN.search(text):
            for match in self.english.finditer(text):
                word = match.group(1).casefold()
                found += self._hit(match.start(), match.end(), word)
        return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end)))

    def _hit(self, start: int, end: int, word: str) -> list[Hit]:
        return [
            Hit(start=start, end=end, value=value, word=word) for value in self.values.get(word, ())
        ]

    def _chinese(self, text: str) -> list[Hit]:
        found: list[Hit] = []
        taken: set[int] = set()
        if self.long is not None:
            for match in self.long.finditer(text):
                taken.update(range(match.start(), match.end()))
                found += self._hit(match.start(), match.end(), match.group())
        if not self.single:
            return found
        # Its dictionary takes long to load, and an English text needs none.
        import rjieba

        position = 0
        for token in rjieba.cut(text):
            last = position + len(token) - 1
            key = token if len(token) == 1 else token[-1] if len(token) == 2 else ""
            fits = key in self.single and token not in self.not_single and last not in taken
            if fits:
                found += self._hit(last, last + 1, key)
            position += len(token)
        return found

    def first(self, text: str) -> str | None:
        """Gives the value of the first word in `text`, or None."""
        hits = self.hits(text)
        return hits[0].value if hits else None

    def most(self, text: str) -> str | None:
        """Gives the value with the most words in `text` (the earlier at a tie), or None."""
        counts: dict[str, int] = {}
        for hit in self.hits(text):
            counts[hit.value] = counts.get(hit.value, 0) + 1
        return max(counts, key=lambda value: counts[value]) if counts else None

    def counts(self, text: str) -> dict[str, int]:
        """Counts the words of each value in `text`."""
        counts: dict[str, int] = {}
        for hit in self.hits(text):
            counts[hit.value] = counts.get(hit.value, 0) + 1
        return counts


def word_list(words: Mapping[str, Iterable[str]], *, not_single: Iterable[str] = ()) -> WordList:
    """Compiles a list from the words of each value."""
    values: dict[str, list[str]] = {}
    for value, spelled in words.items():
        for word in spelled:
            values.setdefault(str(word).casefold(), []).append(value)
    chinese = sorted((w for w in values if has_chinese(w)), key=lambda w: (-len(w), w))
    long = [w for w in chinese if len(w) > 1]
    latin = sorted((w for w in values if not has_chinese(w)), key=lambda w: (-len(w), w))
    english = (
        rf"(?<![\w])({'|'.join(map(re.escape, latin))})(?:s|es|d|ed|ing|'s)?(?![\w])"
        if latin
        else None
    )
    return WordList(
        long=re.compile("|".join(map(re.escape, long))) if long else None,
        single={w: w for w in chinese if len(w) == 1},
        english=re.compile(english, re.IGNORECASE) if english else None,
        values={word: tuple(dict.fromkeys(all_)) for word, all_ in values.items()},
        not_single=frozenset(not_single),
    )


@cache
def _merged() -> tuple[dict[str, dict[str, list[str]]], tuple[str, ...]]:
    merged: dict[str, dict[str, list[str]]] = {}
    not_single: tuple[str, ...] = ()
    for locale in ("zh", "en"):
        tables = cast("dict[str, dict[str, list[str]] | list[str]]", data(f"words.{locale}.yaml"))
        for name, table in tables.items():
            if name == "not_single":
                not_single += tuple(cast("list[str]", table))
                continue
            by_value = table if isinstance(table, dict) else {"yes": table}
            for value, words in by_value.items():
                merged.setdefault(name, {}).setdefault(value, []).extend(map(str, words))
    return merged, not_single


@cache
def words(name: str) -> WordList:
    """Gives the list of this name (`setting`, `mood`, ...), Chinese and English together."""
    merged, not_single = _merged()
    return word_list(merged[name], not_single=not_single)
