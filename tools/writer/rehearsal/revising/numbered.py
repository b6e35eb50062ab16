"""Finds the shots that a request names by number, by place in the film, or as all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.patterns import rows
from nightshoot.tools.writer.rehearsal.revising.text import (
    CHINESE_NUMBER,
    ENGLISH_NUMBER,
    ORDINAL,
    number,
)
from nightshoot.tools.writer.rehearsal.revising.tokens import Reference, Way

Found = tuple[int, int, Reference]

_RANGE = re.compile(r"^\s*(?:到|至|~|-|to|through|thru|till|until)\s*$")
_NUMBER = re.compile(f"{CHINESE_NUMBER}|{ORDINAL}|{ENGLISH_NUMBER}")
_BESIDE = re.compile(r"分镜头|镜头|镜|个|号|第|shots?|the|#|\s")
"""What may stand between a number and the next besides what joins them."""


def numbered(text: str, film: FilmRead) -> Iterator[Found]:
    """Gives every place of a plain text that names shots; places may overlap."""
    for name, pattern in rows("references.yaml", "numbered"):
        for match in pattern.finditer(text):
            if match.group()[:1].isascii() and _inside_word(text, match.start()):
                continue
            yield match.start(), match.end(), _MAKERS[name](match, film)


def _inside_word(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isascii() and text[start - 1].isalnum()


def _given(
    shots: tuple[str, ...], *, everything: bool = False, ranged: bool = False, scene: bool = False
) -> Reference:
    return Reference(
        way=Way.GIVEN if shots else Way.MISSING,
        shots=shots,
        everything=everything,
        ranged=ranged,
        scene=scene,
    )


def _count(match: re.Match[str]) -> int:
    return number(match.group("count"))


def _head(match: re.Match[str], film: FilmRead) -> Reference:
    count = _count(match)
    return _given(film.ids[:count] if 0 < count <= len(film.ids) else ())


def _tail(match: re.Match[str], film: FilmRead) -> Reference:
    count = _count(match)
    return _given(film.ids[-count:] if 0 < count <= len(film.ids) else ())


def _back(match: re.Match[str], film: FilmRead) -> Reference:
    named = match.groupdict()
    count = 2 if named.get("pen") else number(str(named["n"]))
    return _given((film.ids[-count],) if 0 < count <= len(film.ids) else ())


def _listed(match: re.Match[str], film: FilmRead) -> Reference:
    """Gives the shots of a list such as `3, 5 and 7` or `3 to 5`."""
    return _in_list(match.group(), film)


def _in_list(text: str, film: FilmRead) -> Reference:
    found: list[str] = []
    ranged, last, end = False, 0, 0
    unclear: tuple[tuple[str, ...], ...] = ()
    for part in _NUMBER.finditer(text):
        try:
            value = number(part.group())
        except ValueError:
            continue
        joined = _BESIDE.sub(" ", text[end : part.start()])
        values = [value]
        if last and _RANGE.match(joined):
            values, ranged = list(range(last + 1, value + 1)), True
            if not values:
                return Reference(way=Way.MISSING)
        for one in values:
            called = film.numbered(one)
            if not called:
                return Reference(way=Way.MISSING)
            if len(called) > 1:
                unclear = (*unclear, *((shot,) for shot in called))
            found += called
        last, end = value, part.end()
    shots = tuple(one for one in film.ids if one in found)
    if unclear:
        return Reference(way=Way.FOUND, shots=shots, groups=unclear)
    return _given(shots, ranged=ranged)


def _scene(match: re.Match[str], film: FilmRead) -> Reference:
    named = match.groupdict()
    return _nth_scene(number(str(named.get("n") or named.get("o"))), film)


def _nth_scene(place: int, film: FilmRead) -> Reference:
    scenes = list(film.scenes.values())
    if not place or abs(place) > len(scenes):
        return Reference(way=Way.MISSING)
    return _given(scenes[place - 1 if place > 0 else place], scene=True)


def _one_id(match: re.Match[str], film: FilmRead) -> Reference:
    return _given((match.group(),) if match.group() in film.shots else ())


_MAKERS: dict[str, Callable[[re.Match[str], FilmRead], Reference]] = {
    "id": _one_id,
    "all": lambda _, film: _given(film.ids, everything=True),
    "head": _head,
    "tail": _tail,
    "back": _back,
    "first": lambda _, film: _given(film.ids[:1]),
    "last": lambda _, film: _given(film.ids[-1:]),
    "list": _listed,
    "counted": lambda match, film: _in_list(match.group("which"), film),
    "scene": _scene,
    "sceneback": lambda match, film: _nth_scene(-number(match.group("n")), film),
    "scenelast": lambda _, film: _nth_scene(-1, film),
    "scenefirst": lambda _, film: _nth_scene(1, film),
    "next": lambda *_: Reference(way=Way.NEXT),
    "previous": lambda *_: Reference(way=Way.PREVIOUS),
    "that": lambda *_: Reference(way=Way.THAT),
}
