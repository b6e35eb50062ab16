"""Understands what only makes sense after what was said before: an answer, `more`, `the same`."""

from __future__ import annotations

from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revision import Turn
from nightshoot.tools.writer.rehearsal.revising.asking import Unclear
from nightshoot.tools.writer.rehearsal.revising.clause import Clause
from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.marking import Request, read
from nightshoot.tools.writer.rehearsal.revising.patterns import part
from nightshoot.tools.writer.rehearsal.revising.resolving import Resolver
from nightshoot.tools.writer.rehearsal.revising.text import (
    number,
)
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Reference, Token, Way


def answered(request: Request) -> RevisionOrder | None:
    """Gives the request that an answer to the last question makes, or None where it is none."""
    order = request.film.order
    if not order.turns or order.turns[-1].revision.question is None:
        return None
    last, earlier = order.turns[-1], order.turns[:-1]
    question = last.revision.question
    choices = question.choices if question else ()
    match = part("references.yaml", "CHOICE").fullmatch(request.text.strip(" .,!"))
    if match and choices:
        said = match["zh"] or match["en"] or match["n"]
        place = number(said) if said else len(choices)
        if 1 <= place <= len(choices):
            return _instead(order, choices[place - 1], earlier)
    return _filled_in(request, last, earlier)


def _instead(order: RevisionOrder, words: str, earlier: tuple[Turn, ...]) -> RevisionOrder:
    return order.model_copy(update={"request": words, "turns": earlier})


def _filled_in(request: Request, last: Turn, earlier: tuple[Turn, ...]) -> RevisionOrder | None:
    """Gives the last request with the shot or the person that was asked for in its place."""
    order = request.film.order
    clause = Clause(request, tuple(t for t in request.tokens if t.mark is not Mark.STOP))
    left = clause.left
    if len(left) != 1 or left[0].mark not in (Mark.SHOTS, Mark.PERSON):
        return None
    before = read(last.request, request.film)
    words = request.words(left[0].start, left[0].end)
    open_ = next((t for t in (*before.tokens, *before.inner) if _is_open(t, left[0])), None)
    if open_ is not None:
        owning = open_.text in ("her", "his", "hers")
        return _instead(order, before.instead(open_, words + ("'s" if owning else "")), earlier)
    if left[0].mark is Mark.SHOTS:
        joint = "，" if before.locale.value == "zh" else ": "
        return _instead(order, f"{words}{joint}{last.request}", earlier)
    return None


def _is_open(token: Token, answer: Token) -> bool:
    """Whether a token of the last request is what the answer says."""
    if token.mark is not answer.mark:
        return False
    if isinstance(token.value, Reference):
        return token.value.way in (Way.FOUND, Way.THAT)
    return token.value in ("female", "male")


def repeated(resolver: Resolver) -> tuple[tuple[str, ...], RevisionOrder] | None:
    """Gives the shots and the request of `the same for the next` or `more`, or None.

    Raises:
        Unclear: nothing was changed before that could be done again.
        Impossible: the shots are not there.
    """
    request = resolver.request
    clause = Clause(request, tuple(t for t in request.tokens if t.mark is not Mark.STOP))
    same = clause.claim("same") or _too(clause)
    clause.claim("complaint")
    named = clause.marked(Mark.SHOTS)
    others = [token for token in clause.left if token.mark is not Mark.SHOTS]
    if same:
        others = [t for t in others if not t.values("joint")]
        if others or clause.has("keep"):
            return None
    elif named or any(not t.values("degree") for t in others) or not _asks_more(clause):
        return None
    turn = _last_change(request.film)
    if turn is None:
        raise Unclear(resolver.reply("nothing_before"))
    place, last = turn
    if not same and not any(t.values("change") for t in read(last.request, request.film).tokens):
        raise Unclear(resolver.reply("unknown", what=request.original.strip()))
    shots = tuple(s for token in named for s in resolver.resolve(token)) or resolver.recent()
    if not shots and last.revision.operations[-1].op not in ("set_music", "set_captions"):
        raise resolver.which_shot()
    order = request.film.order
    return shots, order.model_copy(update={"request": last.request, "turns": order.turns[:place]})


def _too(clause: Clause) -> bool:
    """Whether a clause says no more than `and shot 5 too`."""
    others = [t for t in clause.left if t.mark is not Mark.SHOTS and not t.values("joint")]
    also = [t for t in others if t.values("too")]
    said = bool(also) or any(t.text in ("也", "also") for t in clause.tokens)
    if not said or len(others) > len(also) or not clause.marked(Mark.SHOTS):
        return False
    clause.take(*also)
    return True


def _asks_more(clause: Clause) -> bool:
    return any(token.values("more") or token.values("degree") for token in clause.tokens)


def _last_change(film: FilmRead) -> tuple[int, Turn] | None:
    """Gives the last turn that changed something and did not itself repeat another."""
    turns = film.order.turns
    for place in range(len(turns) - 1, -1, -1):
        turn = turns[place]
        if not turn.revision.operations:
            continue
        words = Clause(read(turn.request, film), read(turn.request, film).tokens)
        plain = [t for t in words.left if t.mark is not Mark.SHOTS]
        if words.has("same") or all(t.values("degree") for t in plain):
            continue
        return place, turn
    return None
