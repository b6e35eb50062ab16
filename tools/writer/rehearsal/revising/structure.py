"""Understands what is asked of the order of shots, their takes and what is pinned."""

from __future__ import annotations

from nightshoot.domain.revision import (
    DeleteLine,
    DeleteShot,
    MergeShots,
    MoveShot,
    Operation,
    PickTake,
    Regenerate,
    ReleasePin,
    SplitShot,
)
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.scope import Scope
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Token


def delete(scope: Scope) -> list[Operation]:
    """Gives the operations that take shots or lines out."""
    clause, resolver = scope.clause, scope.resolver
    if not clause.has("verb", "delete"):
        return []
    lines = (*clause.marked(Mark.LINE), *clause.marked(Mark.QUOTE))
    if lines:
        clause.claim("verb", "delete")
        clause.claim("object", "line")
        clause.take(*lines)
        return [DeleteLine(line=resolver.line(token)) for token in lines]
    if not scope.named or clause.has("object", "pin", "keyframe", "file"):
        return []
    clause.claim("verb", "delete")
    shots = scope.shots()
    if len(shots) == len(resolver.film.ids):
        raise Impossible(resolver.reply("not_all"))
    return [DeleteShot(shots=shots)]


def merge(scope: Scope) -> list[Operation]:
    """Gives the operation that makes one shot of several."""
    clause, resolver = scope.clause, scope.resolver
    if not clause.claim("verb", "merge"):
        return []
    clause.claim("halves", "one")
    shots = scope.shots()
    places = [resolver.film.position(one) for one in shots]
    if len(shots) < 2 or places != list(range(places[0], places[0] + len(shots))):
        raise Impossible(resolver.reply("neighbours", what=clause.text))
    return [MergeShots(shots=shots)]


def split(scope: Scope) -> list[Operation]:
    """Gives the operation that makes two shots of one."""
    clause, resolver = scope.clause, scope.resolver
    if not clause.claim("verb", "split"):
        return []
    clause.claim("halves", "halves")
    before = ""
    lines = (*clause.marked(Mark.LINE), *clause.marked(Mark.QUOTE))
    if lines and clause.claim("position", "before"):
        clause.take(*lines[:1])
        before = resolver.line(lines[0])
    return [SplitShot(shot=_single(scope), before=before)]


def _single(scope: Scope) -> str:
    shots = scope.shots()
    if len(shots) > 1:
        raise Impossible(scope.resolver.reply("one_only", what=scope.clause.text))
    return shots[0]


def move(scope: Scope) -> list[Operation]:
    """Gives the operations that put shots elsewhere."""
    clause, resolver, film = scope.clause, scope.resolver, scope.resolver.film
    named = scope.named
    if clause.has("verb", "swap") and named:
        return _swap(scope, named)
    put = named and any(token.text in ("put", "放") for token in clause.tokens)
    if not (put or clause.has("verb", "move")) or not clause.has("position"):
        return []
    clause.claim("verb", "move", "use")
    where = scope.one_of("position")
    clause.take(*named)
    if where in ("start", "end") and len(named) <= 1:
        shots = resolver.resolve(named[0]) if named else resolver.now()
        after = film.ids[-1] if where == "end" else ""
    elif where in ("after", "before") and len(named) == 2:
        shots = resolver.resolve(named[0])
        goals = resolver.resolve(named[1])
        left = [one for one in film.ids if one not in shots]
        if any(one in shots for one in goals):
            raise Impossible(resolver.reply("same_again", what=clause.text))
        place = left.index(goals[-1] if where == "after" else goals[0])
        after = left[place] if where == "after" else (left[place - 1] if place else "")
    elif where in ("after", "before") and len(named) == 1:
        goals = resolver.resolve(named[0])
        raise Unclear(resolver.reply("which_shot"))
    else:
        raise Unclear(resolver.reply("nowhere"))
    return _moved(scope, shots, after)


def _moved(scope: Scope, shots: tuple[str, ...], after: str) -> list[Operation]:
    film = scope.resolver.film
    order = [one for one in film.ids if one not in shots]
    place = order.index(after) + 1 if after in order else len(order) if after else 0
    if (*order[:place], *shots, *order[place:]) == film.ids:
        raise Impossible(scope.resolver.reply("same_again", what=scope.clause.text))
    goals = (order[place - 1] if place else "", *shots)
    return [MoveShot(shot=one, after=goal) for one, goal in zip(shots, goals, strict=False)]


def _swap(scope: Scope, named: tuple[Token, ...]) -> list[Operation]:
    clause, film = scope.clause, scope.resolver.film
    clause.claim("verb", "swap")
    clause.claim("position")
    shots = scope.shots()
    if len(shots) != 2:
        raise Unclear(scope.resolver.reply("unknown", what=clause.text))
    first, second = shots
    if film.before(second) == first:
        return [MoveShot(shot=first, after=second)]
    return [
        MoveShot(shot=second, after=film.before(first)),
        MoveShot(shot=first, after=film.before(second)),
    ]


def takes(scope: Scope) -> list[Operation]:
    """Gives the operations that choose among takes."""
    clause, resolver = scope.clause, scope.resolver
    numbered = clause.marked(Mark.TAKE)
    other = clause.has("verb", "retake")
    if not numbered and not other:
        return []
    clause.take(*numbered)
    clause.claim("verb", "retake", "use", "other", "move")
    clause.claim("object", "take")
    shot = _single(scope)
    made = next((one for one in resolver.film.order.takes if one.shot == shot), None)
    count = made.takes if made else 0
    called = resolver.film.call(shot, resolver.locale)
    if numbered:
        wanted = numbered[0].value
        if len(numbered) > 1 or not isinstance(wanted, int) or not 1 <= wanted <= count:
            raise Impossible(resolver.reply("no_take", shot=called, take=wanted, count=count))
        return [PickTake(shot=shot, take=wanted)]
    others = [n for n in range(1, count + 1) if made is None or n != made.best]
    if not others:
        return [Regenerate(shots=(shot,))]
    if len(others) > 1:
        choices = tuple(resolver.reply("take_choice", shot=called, take=n) for n in others)
        raise Unclear(resolver.reply("which_take"), choices)
    return [PickTake(shot=shot, take=others[0])]


def again(scope: Scope) -> list[Operation]:
    """Gives the operation that takes shots again; it comes after every other rule."""
    clause = scope.clause
    if not clause.has("verb", "again"):
        return []
    clause.claim("verb", "again")
    clause.claim("object", "take")
    clause.claim("more")
    return [Regenerate(shots=scope.shots())]


def pins(scope: Scope) -> list[Operation]:
    """Gives the operation that lets go of a file that a person put in."""
    clause, resolver = scope.clause, scope.resolver
    files = clause.marked(Mark.FILE)
    spoken_of = clause.has("object", "pin") or clause.has("verb", "release")
    if not spoken_of and not (files and clause.has("verb", "off", "delete")):
        return []
    if not (clause.has("verb", "release", "off", "delete") or clause.has("object", "pin")):
        return []
    what = clause.text
    clause.claim("verb", "release", "off", "delete")
    clause.claim("object", "pin", "file")
    frame = clause.claim("object", "keyframe")
    known = resolver.film.order.pins
    found = list(known)
    if files:
        clause.take(*files)
        found = [one for one in known if one.lower() == files[0].text]
    elif scope.named:
        shots = scope.shots()
        found = [one for one in known if any(f"/{shot}/" in f"/{one}" for shot in shots)]
    clause.claim("object")
    if frame:
        found = [one for one in found if "keyframe" in one]
    if not found:
        raise Impossible(resolver.reply("no_pin", what=what, pins=", ".join(known) or "—"))
    if len(found) > 1:
        choices = tuple(resolver.reply("pin_choice", file=one) for one in found)
        raise Unclear(resolver.reply("which_pin"), choices)
    return [ReleasePin(file=found[0])]
