"""What a brief is about: situations of short drama, and what each brings to a stage of a film."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import Field, TypeAdapter

from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale, Mood, Setting
from nightshoot.tools.writer.rehearsal.grammar import Stage, Variant
from nightshoot.tools.writer.rehearsal.lexicon import data

_Told = tuple[str, ...]
"""What is seen, what is said and, if need be, a pattern that the brief must match."""
_Talk = tuple[str | _Told, ...]
"""Who speaks, what they say, what is seen, of each; and, last, a pattern if need be."""


class Motif(Value):
    """A situation."""

    cue: str
    noun: str = ""
    otherwise: str = Field(default="", alias="else")
    mood: Mood
    setting: Setting | None = None
    """Where it plays if the brief names no place."""
    title: tuple[str, ...]
    hook: tuple[_Told, ...] = ()
    setup: tuple[_Told, ...] = ()
    rise: tuple[_Told, ...] = ()
    reversal: tuple[_Told, ...] = ()
    end: tuple[_Told, ...] = ()
    pair: tuple[_Talk, ...] = ()
    alone: tuple[_Talk, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A motif that a brief has."""

    motif: Motif
    word: str
    """What the brief calls the thing that it turns on."""
    named: bool
    """The brief has that word; else it is the motif's own."""

    @property
    def slots(self) -> dict[str, str]:
        """Gives the words for the slots that are its own."""
        return {"word": self.word, "Word": self.word.capitalize()}

    @property
    def titles(self) -> tuple[str, ...]:
        """Gives its titles; one that holds the word only where the brief has it."""
        kept = [one for one in self.motif.title if self.named or "ord}" not in one]
        return tuple(kept) or self.motif.title

    def variants(self, stage: Stage, text: str) -> list[Variant]:
        """Gives the ways in which it tells a stage that are true of the brief.

        Those that ask for a word of the brief come alone where it has that word.
        """
        if stage == "turn":
            told = [*_talks(self.motif.pair, "pair", text), *_talks(self.motif.alone, "", text)]
        else:
            told = [_seen(one, text) for one in getattr(self.motif, stage)]
        fitting = [one for one in told if one is not None]
        closest = max((rank for rank, _ in fitting), default=0)
        return [variant for rank, variant in fitting if rank == closest or stage == "turn"]


def find_themes(text: str, locale: Locale) -> tuple[Theme, ...]:
    """Gives what a brief is about, the motif of which it holds most cues first."""
    found = []
    for order, motif in enumerate(motifs(locale).values()):
        cues = {match.group().casefold() for match in _matches(motif.cue, text)}
        if cues:
            close = sum(_is_close(talk, text) for talk in (*motif.pair, *motif.alone))
            found.append((-len(cues) - 0.5 * bool(close), order, _theme(motif, text)))
    return tuple(theme for _, _, theme in sorted(found, key=lambda one: one[:2]))


@cache
def motifs(locale: Locale) -> dict[str, Motif]:
    """Gives every motif that a language has, the more particular first."""
    return TypeAdapter(dict[str, Motif]).validate_python(data(f"motifs.{locale.value}.yaml"))


def _matches(pattern: str, text: str) -> Iterable[re.Match[str]]:
    return re.finditer(pattern, text, re.IGNORECASE)


def _theme(motif: Motif, text: str) -> Theme:
    match = re.search(rf"(?:{motif.noun})", text, re.IGNORECASE) if motif.noun else None
    word = match.group().casefold() if match else motif.otherwise
    return Theme(motif=motif, word=word, named=match is not None)


def _is_close(talk: _Talk, text: str) -> bool:
    """Whether a talk was written for a word that the brief has."""
    only = talk[-1]
    return isinstance(only, str) and re.search(only, text, re.IGNORECASE) is not None


def _needs(texts: Sequence[str]) -> tuple[str, ...]:
    whole = " ".join(texts)
    other = ("pair",) if re.search(r"\{(?:[Oo]ther|his_other|boss|junior)\}", whole) else ()
    return (*other, *(("absent",) if "{absent}" in whole else ()))


def _seen(told: _Told, text: str) -> tuple[int, Variant] | None:
    """Gives how near a telling is to the brief, with its variant; None: it is not true of it."""
    see, say, *only = told
    if only and re.search(only[0], text, re.IGNORECASE) is None:
        return None
    return len(only), Variant.model_validate({"see": see, "say": say, "if": _needs((see, say))})


def _talks(talks: tuple[_Talk, ...], need: str, text: str) -> list[tuple[int, Variant] | None]:
    found: list[tuple[int, Variant] | None] = []
    for talk in talks:
        said = tuple(one for one in talk if not isinstance(one, str))
        only = [one for one in talk if isinstance(one, str)]
        if only and re.search(only[0], text, re.IGNORECASE) is None:
            continue
        needs = {*_needs([part for one in said for part in one]), *([need] if need else ["alone"])}
        given = {"talk": said, "if": tuple(sorted(needs)), "close": bool(only)}
        found.append((len(only), Variant.model_validate(given)))
    return found
