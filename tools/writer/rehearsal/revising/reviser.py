"""Answers the reviser: what a request comes to, by rule; never by a guess."""

from __future__ import annotations

from dataclasses import replace

from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revising import Documents, applied
from nightshoot.domain.revising import Impossible as NotPossible
from nightshoot.domain.revision import Operation, Question, Revision
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.camera import camera, length, transition
from nightshoot.tools.writer.rehearsal.revising.character import look, voice
from nightshoot.tools.writer.rehearsal.revising.clause import Clause, clauses, sentences
from nightshoot.tools.writer.rehearsal.revising.conversation import answered, repeated
from nightshoot.tools.writer.rehearsal.revising.film import FilmRead
from nightshoot.tools.writer.rehearsal.revising.filmwide import captions, music, shape
from nightshoot.tools.writer.rehearsal.revising.forms import formed
from nightshoot.tools.writer.rehearsal.revising.marking import read
from nightshoot.tools.writer.rehearsal.revising.merging import merged
from nightshoot.tools.writer.rehearsal.revising.picture import grade, staging
from nightshoot.tools.writer.rehearsal.revising.resolving import Resolver
from nightshoot.tools.writer.rehearsal.revising.scope import Scope
from nightshoot.tools.writer.rehearsal.revising.spoken import SPOKEN
from nightshoot.tools.writer.rehearsal.revising.structure import (
    again,
    delete,
    merge,
    move,
    pins,
    split,
    takes,
)
from nightshoot.tools.writer.rehearsal.revising.text import language
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Token
from nightshoot.tools.writer.rehearsal.revising.wishes import asks_nothing, is_question
from nightshoot.tools.writer.rehearsal.revising.worded import NOTED, WORDED

_RULES = (
    music, captions, shape, voice, pins, takes, move, merge, split, length, delete, transition,
    look, camera, grade, staging, again,
)  # fmt: skip
"""In this order: sound and the whole film first, so that `louder` is never about a shot."""


_FORMS = {"spoken": SPOKEN, "worded": WORDED}


def revise(order: RevisionOrder) -> Revision:
    """Gives the operations of a request, else a question, else why it cannot be done."""
    try:
        operations = understood(order)
        applied(Documents.of(order), operations)
    except NotPossible as fault:
        return Revision(refused=fault.texts(language(order.request)))
    except Unclear as asked:
        choices = tuple(one for one in asked.choices if _is_clear(order, one))
        return Revision(question=Question(text=asked.text, choices=choices))
    except Impossible as reason:
        return Revision(refused=(str(reason),))
    return Revision(operations=tuple(operations))


def _is_clear(order: RevisionOrder, request: str) -> bool:
    """Whether a choice is a request that can be done and needs no further question."""
    try:
        chosen = order.model_copy(update={"request": request})
        applied(Documents.of(order), understood(chosen))
    except (Unclear, Impossible, NotPossible):
        return False
    return True


def understood(order: RevisionOrder, forced: tuple[str, ...] = ()) -> list[Operation]:
    """Gives the operations of a request.

    Args:
        order: the request with the documents.
        forced: shots that stand in for those of the request, where it is repeated for others.

    Raises:
        Unclear: something must be asked.
        Impossible: something cannot be done.
    """
    request = read(order.request, FilmRead(order))
    resolver = Resolver(request, forced=forced)
    if not forced:
        answer = answered(request)
        if answer is not None:
            return understood(answer)
        again_ = repeated(resolver)
        if again_ is not None:
            shots, earlier = again_
            return understood(earlier, shots)
    if is_question(request):
        raise Impossible(resolver.reply("question"))
    found: list[Operation] = []
    idle = True
    for sentence in sentences(request):
        operations = _sentence(sentence, resolver)
        idle = idle and operations is None
        found += operations or []
    if not found:
        raise Impossible(resolver.reply("nothing", what=order.request.strip()))
    return merged(found, resolver)


def _sentence(tokens: tuple[Token, ...], resolver: Resolver) -> list[Operation] | None:
    whole = formed(_FORMS, resolver, tokens) if _has_no_pause(tokens) else None
    if whole is None:
        whole = _long(tokens, resolver)
    if whole is not None:
        return whole
    noted = replace(resolver)
    try:
        return _clauses(tokens, resolver)
    except (Unclear, Impossible):
        note = formed({"noted": NOTED}, noted, tokens)
        if note is None:
            raise
        return note


def _has_no_pause(tokens: tuple[Token, ...]) -> bool:
    return all(token.text != "," for token in tokens if token.mark is Mark.STOP)


def _long(tokens: tuple[Token, ...], resolver: Resolver) -> list[Operation] | None:
    """Gives what a sentence with pauses asks for whose own words may hold them: after a colon."""
    if not any(token.mark is Mark.STOP and token.text == ":" for token in tokens):
        quoted = any(token.mark is Mark.QUOTE for token in tokens)
        return formed({"spoken": SPOKEN}, resolver, tokens) if quoted else _added(tokens, resolver)
    return formed(_FORMS, resolver, tokens)


def _added(tokens: tuple[Token, ...], resolver: Resolver) -> list[Operation] | None:
    """Gives what a sentence asks for that opens with `after shot 5,` and adds a shot."""
    if any(token.text in ("add", "insert", "加", "插入", "插") for token in tokens):
        return formed({"worded": WORDED}, resolver, tokens)
    return None


def _clauses(tokens: tuple[Token, ...], resolver: Resolver) -> list[Operation] | None:
    found: list[Operation] = []
    nothing = True
    excepted: tuple[str, ...] = ()
    waiting: list[Token] = []
    for part in _reference_first(_pauses(tokens), resolver):
        said = formed(_FORMS, resolver, (*waiting, *part))
        if said is not None:
            found += said
            nothing, waiting = False, []
            continue
        for clause in clauses(resolver.request, part):
            whole = Clause(resolver.request, (*waiting, *clause.tokens))
            excepted = excepted or _excepted(whole, resolver)
            if not whole.left:
                continue
            if _only_references(whole):
                waiting = list(whole.tokens)
                continue
            waiting = []
            if asks_nothing(whole, resolver):
                continue
            found += _clause(Scope(whole, resolver, excepted))
            nothing = False
    if waiting:
        left = Clause(resolver.request, tuple(waiting))
        raise Unclear(resolver.reply("unknown", what=left.text))
    return None if nothing else found


def _reference_first(parts: list[tuple[Token, ...]], resolver: Resolver) -> list[tuple[Token, ...]]:
    """Gives the parts with a reference that comes last, `closer, shot 3`, at the front."""
    if len(parts) < 2 or any(token.mark is Mark.SHOTS for part in parts[:-1] for token in part):
        return parts
    last = Clause(resolver.request, parts[-1])
    if not last.left or any(token.mark is not Mark.SHOTS for token in last.left):
        return parts
    return [parts[-1], *parts[:-1]]


def _pauses(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.mark is Mark.STOP and token.text in ",:()":
            found.append([])
        else:
            found[-1].append(token)
    return [tuple(part) for part in found if part]


def _excepted(clause: Clause, resolver: Resolver) -> tuple[str, ...]:
    """Takes what a clause leaves out, such as `except shot 5`."""
    words = clause.of("except")
    if not words:
        return ()
    start = words[0][0].start
    named = [token for token in clause.marked(Mark.SHOTS) if token.start > start][:1]
    before = resolver.shots
    found = tuple(one for token in named for one in resolver.resolve(token))
    resolver.shots = before
    clause.take(*(token for token, _ in words), *named)
    clause.claim("together")
    return found


def _only_references(clause: Clause) -> bool:
    return all(token.mark in (Mark.SHOTS, Mark.PERSON) for token in clause.left)


def _clause(scope: Scope) -> list[Operation]:
    """Gives the operations of a clause, of which every word must be accounted for.

    Raises:
        Unclear: a word is not understood, or it is not clear what is meant.
        Impossible: it cannot be done.
    """
    found: list[Operation] = []
    for rule in _RULES:
        if rule is again and found:
            scope.clause.claim("verb", "again")
            continue
        found += rule(scope)
    left = scope.clause.left
    if left or not found:
        words = scope.resolver.request.words
        what = words(left[0].start, left[-1].end) if left else scope.clause.text
        raise Unclear(scope.resolver.reply("unknown", what=what))
    if hasattr(found[-1], "shots"):
        scope.resolver.topic = ""
    return found
