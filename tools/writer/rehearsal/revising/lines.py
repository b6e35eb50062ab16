"""Finds the lines that a request names: by who says them, by their place, or by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nightshoot.domain.screenplay import NARRATOR
from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.patterns import rows
from nightshoot.tools.writer.rehearsal.revising.skeleton import Skeleton
from nightshoot.tools.writer.rehearsal.revising.text import number
from nightshoot.tools.writer.rehearsal.revising.tokens import LineWish, Mark, Reference, Token


def line_tokens(bones: Skeleton, film: FilmRead) -> Iterator[Token]:
    """Gives a token for every place that names a line; they may overlap."""
    for _, pattern in rows("references.yaml", "lines"):
        for match in pattern.finditer(bones.text):
            wish = _wish(match, bones, film)
            if wish is None:
                continue
            start, end = match.span()
            if start and bones.text[start].isascii() and bones.text[start - 1].isalnum():
                continue
            yield Token(
                mark=Mark.LINE,
                start=bones.places[start],
                end=bones.places[end - 1] + _width(bones, end - 1),
                text=match.group(),
                value=wish,
            )


def _width(bones: Skeleton, place: int) -> int:
    token = bones.tokens[place]
    return token.end - token.start if token else 1


def _wish(match: re.Match[str], bones: Skeleton, film: FilmRead) -> LineWish | None:
    found = match.groupdict()

    def held(*names: str) -> Token | None:
        for name in names:
            if found.get(name):
                return bones.token(match.start(name))
        return None

    quote = held("q")
    if quote is not None:
        return LineWish(saying=film.saying(str(quote.value)), quoted=True)
    shots, person, narrator = held("s", "s2"), held("p"), held("narr")
    if narrator is not None and narrator.value != NARRATOR:
        return None
    order, that = found.get("ord"), bool(found.get("that"))
    if not (shots or person or order or that):
        return None
    speaker = str((narrator or person).value) if (narrator or person) else ""  # type: ignore[union-attr]
    noun = found.get("noun") or ""
    kind = "narration" if noun in ("旁白", "narration", "voiceover", "voice-over") else ""
    return LineWish(
        shots=shots.value if shots and isinstance(shots.value, Reference) else None,
        speaker=speaker,
        place=_place(order),
        that=that and not (shots or person or order),
        kind="narration" if narrator else "dialogue" if noun in ("对白", "dialogue") else kind,
    )


def _place(order: str | None) -> int | None:
    if not order or order in ("唯一", "only"):
        return None
    if order in ("最后", "last", "final", "closing"):
        return -1
    if order in ("开头", "头", "opening"):
        return 1
    if "last" in order:
        return -number(re.split(r"[- ]", order)[0])
    if order.startswith("倒数第"):
        return -number(order[3:])
    return number(order.removeprefix("第"))
