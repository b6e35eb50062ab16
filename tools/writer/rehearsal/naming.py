"""What a story calls its place and its thing."""

from __future__ import annotations

import re

from nightshoot.domain.venue import venue_word
from nightshoot.domain.vocabulary import Era, HeldProp, Locale
from nightshoot.tools.writer.rehearsal.grammar import Genre, grammar
from nightshoot.tools.writer.rehearsal.lexicon import Hit, has_chinese, term, words
from nightshoot.tools.writer.rehearsal.reading import NOT_A_PLACE, Place

_NAMED_THING = re.compile(r"(?!.*(?:call|drink|will|note|present|paddle))[a-z -]+")


def place_name_of(text: str, place: Place, locale: Locale) -> str:
    """Gives the place as the user calls it, words side by side together: `neon city`."""
    for hit in words("setting").hits(text):
        whole = text[hit.start : _end_of_place(text, hit)].casefold().removesuffix("'s")
        fits = hit.value == place.setting and whole not in NOT_A_PLACE and hit.word != "公司"
        if fits and has_chinese(hit.word) == (locale is Locale.ZH):
            word = text[hit.start : _end_of_place(text, hit)]
            if locale is Locale.ZH:
                if len(word) > 1:
                    return word
            elif word[0].isupper() and hit.start:
                return word
            else:
                return f"the {_singular(word, hit.word)}"
    venue = venue_word(text, place.setting, place.era)
    if venue and venue != "公司" and has_chinese(venue) == (locale is Locale.ZH):
        return venue if locale is Locale.ZH else f"the {venue}"
    return grammar(locale).places[place.setting]


def _end_of_place(text: str, hit: Hit) -> int:
    end = hit.end
    for other in words("setting").hits(text):
        if other.value == hit.value and other.start - end in {0, 1} and other.end > end:
            between = text[end : other.start]
            end = other.end if between in {"", " "} else end
    return end


def _singular(word: str, listed: str) -> str:
    return listed if word.casefold() in {f"{listed}s", f"{listed}es", listed} else word.casefold()


def thing_of(text: str, genre: Genre, era: Era, locale: Locale) -> tuple[HeldProp, str]:
    """Gives the thing that the story is about and what the narrator calls it."""
    book = grammar(locale)
    for hit in words("prop").hits(text):
        if locale is Locale.ZH and has_chinese(hit.word):
            for pattern, measure in book.measures:
                if re.search(pattern, hit.word):
                    return term(
                        HeldProp, hit.value
                    ), f"那{measure}{hit.word.removeprefix(f'一{measure}')}"
        elif locale is Locale.EN and _NAMED_THING.fullmatch(hit.word):
            return term(HeldProp, hit.value), f"the {hit.word}"
    if era is Era.MODERN and genre.object_modern:
        return genre.object_modern
    return genre.object
