"""Finds the shots that a request names by what is in them: who, where, when, and what happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nightshoot.domain.storyboard import Shot
from nightshoot.domain.vocabulary import Dressing, Gesture, HeldProp, Posture, Sex, ShotSize, Term
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese
from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.vocabulary import vocabulary

_ATTRIBUTES = ("size", "time_of_day", "weather", "setting")
"""What the documents say of every shot: for these words they are right, whatever is described."""

_EMPTY = frozenset(
    [
        "的",
        "地",
        "得",
        "了",
        "着",
        "在",
        "里",
        "中",
        "上",
        "下",
        "和",
        "跟",
        "与",
        "是",
        "有",
        "把",
        "将",
        "那",
        "这",
        "个",
        "场",
        "戏",
        "时",
        "时候",
        "一",
        "位",
        "她",
        "他",
        "一个",
        "那个",
        "这个",
        "里面",
        "拍",
        "手里",
        "身上",
        "正在",
        "正",
        "就是",
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "with",
        "and",
        "by",
        "is",
        "are",
        "was",
        "be",
        "being",
        "where",
        "when",
        "which",
        "that",
        "who",
        "into",
        "from",
        "it",
        "its",
        "as",
        "one",
        "under",
        "over",
        "she",
        "he",
        "her",
        "his",
        "him",
        "their",
        "they",
        "two",
        "up",
        "out",
    ]
)
"""Words that tell no shot from another; pronouns are read as people before."""

_WOMEN = frozenset(
    [
        "她",
        "女人",
        "女子",
        "女孩",
        "女主",
        "女主角",
        "姑娘",
        "she",
        "her",
        "woman",
        "women",
        "girl",
        "heroine",
    ]
)
_MEN = frozenset(
    ["他", "男人", "男子", "男孩", "男主", "男主角", "he", "his", "him", "man", "hero"]
)

_CLOSE = (ShotSize.MCU, ShotSize.CU, ShotSize.ECU)

Test = Callable[[Shot], bool]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a description, with the test of whether a shot has it."""

    text: str
    start: int
    end: int
    tests: tuple[Test, ...]
    """The stricter first; empty: the word tells nothing."""


def stem(word: str) -> str:
    """Gives an English word without the endings of number and tense."""
    bare = re.sub(r"'s$|'$", "", word.lower())
    for ending in ("ing", "ies", "ed", "es", "s"):
        if bare.endswith(ending) and len(bare) - len(ending) >= 3:
            bare = bare[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "aeiouls":
        bare = bare[:-1]
    return bare[:-1] if len(bare) > 3 and bare.endswith("e") else bare


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in re.findall(r"[a-zA-Z']+", text))


@cache
def _alike(word: str) -> tuple[Term, ...]:
    """Gives the terms of the trade's lists that a word names."""
    wanted = stem(word)
    return tuple(
        term
        for kind in (Dressing, HeldProp, Posture, Gesture)
        for term in kind
        if word in (term.chinese, *term.aliases)
        or wanted in {stem(name) for name in (term.value, *term.aliases) if name.isascii()}
    )


def says(text: str, word: str) -> bool:
    """Whether a text holds a word, in any number and tense."""
    return word in text if has_chinese(word) else stem(word) in _stems(text)


def described(
    text: str, film: FilmRead, start: int, end: int, *, forwards: bool
) -> tuple[int, int, tuple[str, ...]] | None:
    """Gives the longest description at an end of `text[start:end]` that fits any shot.

    Args:
        text: the plain text of a request.
        film: its film.
        start: where to look.
        end: up to where.
        forwards: the description begins at `start`, else it ends at `end`.

    Returns:
        Where it begins and ends, and the shots that it fits; None where it fits none.
    """
    words = list(_words(text, start, end, film))
    best = None
    for count in range(1, len(words) + 1):
        chosen = words[:count] if forwards else words[len(words) - count :]
        told = [word for word in chosen if word.tests]
        if not told or not (chosen[-1] if forwards else chosen[0]).tests:
            continue
        shots = _fitting(told, film)
        if not shots:
            break
        best = (chosen[0].start, chosen[-1].end, shots)
    return best


def _fitting(words: Sequence[Word], film: FilmRead) -> tuple[str, ...]:
    """Gives the shots that have all the words: by the strictest reading that any shot fits."""
    for strict in (True, False):
        found = tuple(
            shot.id
            for shot in film.shots.values()
            if all(
                any(test(shot) for test in (word.tests[:1] if strict else word.tests))
                for word in words
            )
        )
        if found:
            return found
    return ()


def _words(text: str, start: int, end: int, film: FilmRead) -> Iterator[Word]:
    place = start
    while place < end:
        name = next((pair for pair in film.names if text.startswith(pair[0], place)), None)
        if name and place + len(name[0]) <= end:
            stop = place + len(name[0])
            yield Word(name[0], place, stop, (_has_person((name[1],)),))
            place = stop
            continue
        match = re.compile(r"[a-z0-9'-]+|[\u3400-\u9fff]+").match(text, place, end)
        if match is None:
            place += 1
            continue
        if match.group()[0].isascii():
            stop = _attribute_end(text, place, end) or match.end()
            yield _word(text[place:stop], place, film)
            place = stop
            continue
        stop = match.end()
        for known, _ in film.names:
            found = text.find(known, place, stop)
            stop = found if found > place else stop
        yield from _chinese(text, place, stop, film)
        place = stop


def _attribute_end(text: str, place: int, end: int) -> int:
    word = vocabulary().at(text, place)
    kinds = {one.kind for one in vocabulary().meanings(word)}
    return place + len(word) if kinds & {*_ATTRIBUTES} and place + len(word) <= end else 0


def _chinese(text: str, start: int, end: int, film: FilmRead) -> Iterator[Word]:
    import rjieba

    place = start
    for word in rjieba.cut(text[start:end]):
        yield _word(word, place, film)
        place += len(word)


def _word(word: str, place: int, film: FilmRead) -> Word:
    stop = place + len(word)
    bare = re.sub(r"'s$", "", word)
    if bare in _WOMEN or bare in _MEN:
        sex = Sex.FEMALE if bare in _WOMEN else Sex.MALE
        return Word(word, place, stop, (_has_person(film.by_sex(sex)),))
    attributes = [one for one in vocabulary().meanings(bare) if one.kind in _ATTRIBUTES] or _inside(
        bare
    )
    if attributes:
        return Word(
            word, place, stop, (lambda shot: all(_is(shot, *_pair(a)) for a in attributes),)
        )
    if not bare or bare in _EMPTY:
        return Word(word, place, stop, ())
    terms = _alike(bare)
    spelled = {
        bare,
        *(name for term in terms for name in (term.chinese, *term.aliases, term.value)),
    }

    def told(shot: Shot) -> bool:
        return any(says(shot.description, name) for name in spelled)

    def staged(shot: Shot) -> bool:
        return any(term in _things(shot) for term in terms)

    def heard(shot: Shot) -> bool:
        return any(says(line.text, bare) for line in film.lines(shot.id))

    return Word(word, place, stop, (told, staged, heard))


def _inside(word: str) -> list[object]:
    """Gives the attributes that the two halves of a Chinese word name, as in `rain-night`."""
    if len(word) != 2 or not has_chinese(word):
        return []
    halves = [
        [one for one in vocabulary().meanings(half) if one.kind in _ATTRIBUTES] for half in word
    ]
    return [one for half in halves for one in half] if all(halves) else []


def _pair(meaning: object) -> tuple[str, str]:
    return str(getattr(meaning, "kind", "")), str(getattr(meaning, "value", ""))


def _is(shot: Shot, kind: str, value: str) -> bool:
    holder = shot.camera if kind == "size" else shot.staging
    return str(getattr(holder, kind).value) == value


def _has_person(people: tuple[str, ...]) -> Test:
    return lambda shot: any(one in people for one in _seen(shot))


def _seen(shot: Shot) -> tuple[str, ...]:
    """Gives the characters in the picture; a close framing shows its subject alone."""
    figures = shot.staging.figures
    if shot.camera.size in _CLOSE and figures:
        return (figures[shot.staging.subject or 0].character,)
    return tuple(one.character for one in figures)


def _things(shot: Shot) -> set[Term]:
    staging = shot.staging
    return {
        *staging.dressing,
        *(figure.posture for figure in staging.figures),
        *(figure.gesture for figure in staging.figures),
        *(figure.holding for figure in staging.figures if figure.holding),
    }
