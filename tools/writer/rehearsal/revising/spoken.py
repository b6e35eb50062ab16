"""The forms of requests about lines: other words, another delivery, a new line."""

from __future__ import annotations

import re

from nightshoot.domain.revision import AddLine, Operation, RewriteLine, SetDelivery
from nightshoot.domain.screenplay import NARRATOR
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.film import folded
from nightshoot.tools.writer.rehearsal.revising.forms import Makers, Said
from nightshoot.tools.writer.rehearsal.revising.patterns import part
from nightshoot.tools.writer.rehearsal.revising.skeleton import L, P, Q, S
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Token


def _rewrite(said: Said) -> list[Operation]:
    token = said.token("line")
    if token is None:
        return []
    resolver = said.resolver
    line = resolver.line(token)
    if not said.quoted("tail") and not said.match.group("tail").lstrip().startswith(":"):
        words = said.words("tail")
        quoted = f"“{words}”" if resolver.locale is Locale.ZH else f'"{words}"'
        raise Unclear(
            resolver.reply("exact_words"), (resolver.request.original.replace(words, quoted),)
        )
    words = said.words("tail")
    return [RewriteLine(line=line, text=_in_place(said, token, line, words))]


def _in_place(said: Said, token: Token, line: str, words: str) -> str:
    """Gives the new text of a line; where a part of it was quoted, that part alone is another."""
    text = said.resolver.film.order.screenplay.line(line).text
    if token.mark is not Mark.QUOTE or folded(str(token.value)) == folded(text):
        return words
    quoted = str(token.value).strip(" ，。！？,.!?")
    place = text.casefold().find(quoted.casefold())
    if place < 0:
        raise Unclear(said.resolver.reply("which_line"))
    return text[:place] + words.rstrip("，。,.") + text[place + len(quoted) :]


def _direct(said: Said) -> list[Operation]:
    token = said.token("line")
    how = said.words("how")
    if token is None:
        return []
    speaker = said.token("who")
    if speaker is not None:
        said.resolver.who(speaker)
    line = said.resolver.line(token)
    if not part("forms.yaml", "DELIVERY").search(how.lower()) or re.search(
        rf"[{S}{L}{P}{Q}]", said.match.group("how")
    ):
        raise Unclear(said.resolver.reply("unknown", what=how))
    return [SetDelivery(line=line, delivery=re.sub(r"^(?:more |be )?(?=more )|^be ", "", how))]


def _add(said: Said) -> list[Operation]:
    resolver = said.resolver
    token = said.token("shot")
    shots = resolver.resolve(token) if token else resolver.now()
    if len(shots) != 1:
        raise Impossible(resolver.reply("one_only", what=resolver.request.original))
    shot, text = shots[0], said.words("tail")
    speaker = said.token("who")
    if speaker is not None:
        person = resolver.who(speaker)
    elif said.has("narration"):
        person = NARRATOR
    else:
        raise _ask_speaker(said, shot, text)
    lines = resolver.film.shots[shot].lines
    first = said.has("first") or not lines
    return [AddLine(shot=shot, speaker=person, text=text, after="" if first else lines[-1])]


def _ask_speaker(said: Said, shot: str, text: str) -> Unclear:
    resolver, film = said.resolver, said.resolver.film
    seen = [f.character for f in film.shots[shot].staging.figures if f.character]
    choices = tuple(
        resolver.reply(
            "says_choice",
            who=film.name(one, resolver.locale),
            text=text,
            shot=film.call(shot, resolver.locale),
        )
        for one in dict.fromkeys((*seen, NARRATOR))
    )
    return Unclear(resolver.reply("who_says"), choices)


SPOKEN: Makers = {"rewrite": _rewrite, "direct": _direct, "add": _add}
