"""Finds the places of a request that name shots by what is in them, such as `the boat scene`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nightshoot.tools.writer.rehearsal.revising.described import described
from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.tokens import Reference, Way

Found = tuple[int, int, Reference]

_SIZES = r"(?:extreme )?close[- ]?ups|wides|wide shots|medium shots|close[- ]?up(?= of)"

_AFTER = re.compile(
    rf"(?:(?P<all>all|every|each|both)(?: of)?(?: the)? |(?P<the>the|that|this|those) )?"
    rf"(?P<noun>shots?|scenes?|one|{_SIZES}|parts?|moments?|bits?|ones) "
    r"(?:where|in which|when|of|with|that shows?|showing|featuring|that has|at|by|on the)\s+"
)
"""English, the description behind: `the shot where she reads the letter`."""

_BEFORE = re.compile(
    r"(?:(?P<all>all|every|each|both)(?: of)?(?: the| of)? "
    r"|(?P<the>the|that|this|those|these) |(?<![a-z]))"
    rf"(?P<what>(?:(?!(?:the|and|all|that|this|every|each|of|make|in|on|is|put)\b)"
    r"[a-z0-9'-]+ ){1,4}?)"
    rf"(?P<noun>shots?|scenes?|{_SIZES})(?![a-z])"
)
"""English, the description before: `the boat scene`, `all night shots`, `Ruth's close-ups`."""

_CHINESE = re.compile(
    r"(?P<all1>所有|全部|每个)?(?:的)?(?P<what>[^,.;:!?()\ue000-\ue0ff\"\s]{1,14}?)的?"
    r"(?:(?P<all2>所有|全部|每(?:一)?个|那些|这些|那几个|这几个)的?(?P<n1>镜头|画面|戏)"
    r"|(?P<that>那|这)(?:一)?(?P<unit>个|场|段|条)?(?P<n2>镜头|戏)?"
    r"|(?P<n3>镜头|(?:的)?戏))(?P<all3>都|全都|全部)?"
)
"""Chinese: the description comes first."""


def named(text: str, film: FilmRead) -> Iterator[Found]:
    """Gives every place of a plain text that describes shots, with those that it fits."""
    for match in _AFTER.finditer(text):
        stop = _clause_end(text, match.end())
        hit = described(text, film, match.end(), stop, forwards=True)
        noun = match.group("noun")
        if hit and (match["all"] or match["the"] or _plural(noun)):
            shots = _of_size(hit[2], noun, film)
            yield (
                match.start(),
                hit[1],
                _reference(
                    shots, film, many=_plural(noun) or bool(match["all"]), scene="scene" in noun
                ),
            )
    for match in _BEFORE.finditer(text):
        yield from _before(text, match, film)
    place = 0
    while match2 := _CHINESE.search(text, place):
        place = match2.end() if match2.end() > place else place + 1
        yield from _chinese(text, match2, film)


def _before(text: str, match: re.Match[str], film: FilmRead) -> Iterator[Found]:
    noun, what = match.group("noun"), match.span("what")
    if not (match["all"] or match["the"] or "'s" in match["what"] or _plural(noun)):
        return
    hit = described(text, film, what[0], what[1], forwards=False)
    if not hit:
        return
    whole = not text[what[0] : hit[0]].strip()
    start = match.start() if whole else hit[0]
    yield (
        start,
        match.end(),
        _reference(
            _of_size(hit[2], noun, film),
            film,
            many=_plural(noun) or bool(match["all"]),
            scene="scene" in noun,
        ),
    )


def _chinese(text: str, match: re.Match[str], film: FilmRead) -> Iterator[Found]:
    what = match.span("what")
    hit = described(text, film, what[0], what[1], forwards=False)
    if not hit:
        return
    gap = text[hit[1] : what[1]].strip("的 ")
    unit = match["unit"] or ""
    scene = unit in ("场", "段") or "戏" in (match["n1"] or match["n2"] or match["n3"] or "")
    if gap or (match["that"] and not unit and not match["n2"]):
        return
    if (
        unit == "个"
        and not match["n2"]
        and not re.match(r"$|[,.;!?\s再更都要也]", text[match.end() :])
    ):
        return
    many = bool(match["all1"] or match["all2"] or match["all3"])
    whole = hit[0] == what[0]
    start = match.start() if whole else hit[0]
    yield start, match.end(), _reference(hit[2], film, many=many, scene=scene)


def _clause_end(text: str, start: int) -> int:
    found = re.compile(r"[,.;:!?\"\ue000-\ue0ff]").search(text, start)
    return found.start() if found else len(text)


def _plural(noun: str) -> bool:
    return noun.endswith("s")


def _of_size(shots: tuple[str, ...], noun: str, film: FilmRead) -> tuple[str, ...]:
    """Keeps the shots that the noun fits, such as close-ups."""
    kinds = {
        "close": ("CU", "MCU", "ECU"),
        "extreme": ("ECU",),
        "wide": ("WS", "EWS"),
        "medium": ("MS",),
    }
    for word, sizes in kinds.items():
        if noun.startswith(word):
            exact = "CU" if word == "close" else sizes[0]
            fitting = [one for one in shots if film.shots[one].camera.size.value == exact]
            return tuple(fitting) or tuple(
                one for one in shots if film.shots[one].camera.size.value in sizes
            )
    return shots


def _reference(shots: tuple[str, ...], film: FilmRead, *, many: bool, scene: bool) -> Reference:
    if scene:
        scenes = tuple(group for group in film.scenes.values() if set(group) & set(shots))
        whole = tuple(one for group in scenes for one in group)
        if len(scenes) == 1 or many:
            return Reference(way=Way.GIVEN, shots=whole, scene=True, described=True)
        return Reference(way=Way.FOUND, shots=whole, groups=scenes, scene=True, described=True)
    if many or len(shots) == 1:
        return Reference(way=Way.GIVEN if shots else Way.MISSING, shots=shots, described=True)
    return Reference(
        way=Way.FOUND, shots=shots, groups=tuple((one,) for one in shots), described=True
    )
