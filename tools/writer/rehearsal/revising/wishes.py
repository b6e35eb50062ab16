"""Tells a wish from what is none: a question, a prohibition, a wish to keep something."""

from __future__ import annotations

import re

from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.clause import Clause
from nightshoot.tools.writer.rehearsal.revising.marking import Request
from nightshoot.tools.writer.rehearsal.revising.patterns import part
from nightshoot.tools.writer.rehearsal.revising.resolving import Resolver
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Reference, Way

_IDLE = (
    "degree",
    "more",
    "want",
    "touch",
    "keep",
    "negation",
    "rest",
    "same",
    "together",
    "except",
)
"""Kinds of words that say nothing of what should be different."""


def is_question(request: Request) -> bool:
    """Whether any sentence of a request asks for an answer and not for a change."""
    text = request.text
    for token in request.tokens:
        if token.mark is Mark.QUOTE:
            text = text[: token.start] + "q" * (token.end - token.start) + text[token.end :]
    text = re.split(r":", text)[0] if ":" in text and "?" not in text.split(":")[0] else text
    for sentence in re.findall(r"[^.!?;\n]+[.!?;\n]?", text):
        if part("forms.yaml", "POLITE").search(sentence.strip()):
            continue
        if sentence.rstrip().endswith("?") or (
            part("forms.yaml", "ASKS").search(sentence.strip())
            and not sentence.strip().startswith("do ")
        ):
            return True
    return False


def asks_nothing(clause: Clause, resolver: Resolver) -> bool:
    """Whether a clause only says what should stay as it is, or that something is not liked.

    Raises:
        Unclear: it forbids one thing and says another.
        Impossible: it asks for what this reviser never does.
    """
    if clause.has("undo"):
        raise Impossible(resolver.reply("undo"))
    if clause.has("translate") or (clause.has("language") and not clause.marked(Mark.QUOTE)):
        raise Impossible(resolver.reply("translate"))
    complained = clause.claim("complaint")
    if complained and not clause.left:
        return True
    forbids, keeps = clause.has("negation"), clause.has("keep")
    if not forbids and not keeps:
        return False
    if forbids and not keeps and _drops(clause):
        return False
    content = [
        token
        for token in clause.left
        if token.mark in (Mark.WORD, Mark.UNKNOWN, Mark.SECONDS, Mark.TAKE, Mark.QUOTE)
        and not any(token.values(kind) for kind in (*_IDLE, "object"))
    ]
    too = clause.has("too") or clause.has("less")
    refused = all(token.values("verb") or token.values("change") for token in content)
    alone = keeps and any(token.text in ("only", "just", "只", "仅") for token in clause.tokens)
    if len(content) > 1 or too or alone or not (keeps or refused):
        raise Unclear(resolver.reply("unknown", what=clause.text))
    for token in clause.marked(Mark.SHOTS):
        # `As it is` means no shot.
        if isinstance(token.value, Reference) and token.value.way is not Way.THAT:
            resolver.resolve(token)
    return True


def _drops(clause: Clause) -> bool:
    """Whether a clause wants to be without music or captions, and says no more."""
    objects = {value for _, value in clause.of("object")}
    others = ("touch", "verb", "change", "more")
    return bool(objects & {"music", "captions"}) and not any(clause.has(one) for one in others)
