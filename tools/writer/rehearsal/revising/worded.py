"""The forms of requests with words about shots and the film: pictures, notes, names, title."""

from __future__ import annotations

from nightshoot.domain.revision import (
    AddShot,
    Describe,
    Operation,
    Regenerate,
    Rename,
    SetFilm,
)
from nightshoot.domain.screenplay import NARRATOR
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import ShotSize
from nightshoot.tools.writer.rehearsal.lexicon import term
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.forms import Makers, Said
from nightshoot.tools.writer.rehearsal.revising.vocabulary import vocabulary

_MOST_WORDS = 5
"""A name of more words than this is a sentence. Source: the longest names of the examples."""


def _one_shot(said: Said) -> str:
    token = said.token("shot")
    shots = said.resolver.resolve(token) if token else said.resolver.now()
    if len(shots) != 1:
        raise Impossible(said.resolver.reply("one_only", what=said.resolver.request.original))
    return shots[0]


def _describe(said: Said) -> list[Operation]:
    return [Describe(shot=_one_shot(said), description=said.words("tail"))]


def _add_shot(said: Said) -> list[Operation]:
    film, resolver = said.resolver.film, said.resolver
    where = said.match.group("where")
    if said.has("shot"):
        token = said.token("shot")
        shots = resolver.resolve(token) if token else ()
        before = where in ("前面", "之前", "前", "前边", "before")
        after = film.before(shots[0]) if before else shots[-1]
    else:
        opening = where in ("片头", "开头", "最前面", "start", "beginning", "very beginning")
        after = "" if opening else film.ids[-1]
    size = said.match.groupdict().get("size")
    return [
        AddShot(
            after=after,
            description=said.words("tail"),
            camera=Camera(size=_size(size)) if size else None,
        )
    ]


def _size(text: str) -> ShotSize:
    words = text.strip()
    found = [m.value for m in vocabulary().meanings(words) if m.kind == "size"]
    if not found:
        found = [m.value for m in vocabulary().meanings(f"{words} shot") if m.kind == "size"]
    return term(ShotSize, found[0])


def _note(said: Said) -> list[Operation]:
    token = said.token("shot")
    shots = said.resolver.resolve(token) if token else said.resolver.now()
    return [Regenerate(shots=shots, note=said.words("tail"))]


def _rename(said: Said) -> list[Operation]:
    token = said.token("who")
    person = said.resolver.who(token) if token else ""
    name = said.words("tail")
    if person in ("", NARRATOR) or len(name) > 40 or len(name.split()) > _MOST_WORDS:
        raise Unclear(said.resolver.reply("unknown", what=said.resolver.request.original))
    return [Rename(character=person, name=name)]


def _title(said: Said) -> list[Operation]:
    return [SetFilm(title=said.words("tail")[:60])]


def _style(said: Said) -> list[Operation]:
    token = said.token("shot")
    if token is not None:
        shots = said.resolver.resolve(token)
        if shots != said.resolver.film.ids:
            raise Impossible(said.resolver.reply("style_one"))
    return [SetFilm(style=said.words("tail"))]


WORDED: Makers = {
    "describe": _describe,
    "add_shot": _add_shot,
    "note": _note,
    "rename": _rename,
    "title": _title,
    "style": _style,
}
NOTED: Makers = {"note": _note}
"""A wish to take a shot again, and what follows it, where that is no operation by itself."""
