"""Understands what is asked of the camera: size, angle, move, length and transition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nightshoot.domain.revision import Operation, SetCamera, SetLength, SetTransition
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    MoveStrength,
    ShotSize,
    Transition,
)
from nightshoot.tools.writer.rehearsal.lexicon import term
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.clause import Change
from nightshoot.tools.writer.rehearsal.revising.scope import Scope
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Reference, Way

LONGER, SHORTER = 1.4, 0.7
"""What `a bit longer` and `a bit shorter` come to: they undo each other to a fiftieth. Source: a
choice; editors speak of a third or a half, and less than a fifth is hardly noticed."""

_TO = (
    "到",
    "成",
    "为",
    "改到",
    "改成",
    "改为",
    "变成",
    "调到",
    "to",
    "for",
    "last",
    "lasts",
    "runs",
    "run",
)


def camera(scope: Scope) -> list[Operation]:
    """Gives the operations on framing and movement."""
    clause = scope.clause
    high = _height(scope)
    near = [one for one in clause.changes() if one.value in ("closer", "wider")]
    size, angle = scope.one_of("size"), scope.one_of("angle") or high
    if (
        not near
        and not size
        and not angle
        and not clause.has("move")
        and not clause.has("strength")
    ):
        return _paced(scope)
    move = scope.one_of("move")
    if (
        move in ("push_in", "pull_out")
        and _graded(scope)
        and not clause.has("strength")
        and not size
    ):
        return _stepped(scope, 1 if move == "push_in" else -1, 1, angle, "", "")
    strength = scope.one_of("strength")
    spoken_of = clause.claim("object", "camera")
    if near:
        clause.claim("verb", "move")
    if strength and not (spoken_of or move or size or angle or near):
        raise Unclear(scope.resolver.reply("unknown", what=clause.text))
    if strength and not move and not size and not angle and not near:
        moving = [one for one in scope.shots() if _camera(scope, one).move is not CameraMove.STATIC]
        if len(moving) < len(scope.shots()):
            raise Unclear(scope.resolver.reply("unknown", what=clause.text))
    if near and not size:
        return _relative(scope, near, angle, move, strength)
    for one in near:
        clause.take_change(one)
    return [_set(scope.shots(), size, angle, move, strength)]


def _height(scope: Scope) -> str:
    """Gives the angle of a camera that should stand higher or lower."""
    if not scope.clause.has("object", "camera"):
        return ""
    found = [one for one in scope.clause.changes() if one.value in ("higher", "lower")]
    for one in found:
        scope.clause.take_change(one)
    return {"higher": "high", "lower": "low"}[found[0].value] if found else ""


def _graded(scope: Scope) -> bool:
    """Whether a move is asked for by degrees, as a framing is: `pull back a bit`."""
    found = scope.clause.has("degree")
    return found and scope.clause.claim("degree")


def _relative(
    scope: Scope, near: Sequence[Change], angle: str, move: str, strength: str
) -> list[Operation]:
    ways = {one.value for one in near}
    if len(ways) > 1:
        raise Unclear(scope.resolver.reply("two_things", what=scope.clause.text))
    for one in near:
        scope.clause.take_change(one)
    steps = max(one.steps for one in near)
    return _stepped(scope, 1 if ways == {"closer"} else -1, steps, angle, move, strength)


def _stepped(
    scope: Scope, way: int, steps: int, angle: str, move: str, strength: str
) -> list[Operation]:
    """Gives one operation for each size that comes out."""
    order = list(ShotSize)
    found: dict[ShotSize, list[str]] = {}
    for shot in scope.shots():
        now = order.index(_camera(scope, shot).size)
        wanted = min(len(order) - 1, max(0, now + way * steps))
        if wanted == now:
            name = "closest" if way > 0 else "widest"
            called = scope.resolver.film.call(shot, scope.resolver.locale)
            raise Impossible(scope.resolver.reply(name, what=called))
        found.setdefault(order[wanted], []).append(shot)
    return [_set(shots, size.value, angle, move, strength) for size, shots in found.items()]


def _set(shots: Iterable[str], size: str, angle: str, move: str, strength: str) -> SetCamera:
    return SetCamera(
        shots=tuple(shots),
        size=term(ShotSize, size) if size else None,
        angle=term(CameraAngle, angle) if angle else None,
        move=term(CameraMove, move) if move else None,
        strength=term(MoveStrength, strength) if strength else None,
    )


def _camera(scope: Scope, shot: str):  # type: ignore[no-untyped-def]
    return scope.resolver.film.shots[shot].camera


def _paced(scope: Scope) -> list[Operation]:
    """Gives a slower or a faster move, where a move is spoken of."""
    clause = scope.clause
    paced = [one for one in clause.changes() if one.value in ("slower", "faster")]
    if not paced:
        return []
    way = paced[0].value
    if not clause.has("object", "camera"):
        name = "slow_what" if way == "slower" else "fast_what"
        raise Unclear(scope.resolver.reply(name))
    clause.claim("object", "camera")
    clause.take_change(paced[0])
    order = list(MoveStrength)
    found: dict[MoveStrength, list[str]] = {}
    for shot in scope.shots():
        now = order.index(_camera(scope, shot).strength)
        wanted = now + (-1 if way == "slower" else 1)
        if not 0 <= wanted < len(order):
            called = scope.resolver.film.call(shot, scope.resolver.locale)
            name = "gentlest" if way == "slower" else "fastest"
            raise Impossible(scope.resolver.reply(name, what=called))
        found.setdefault(order[wanted], []).append(shot)
    return [_set(shots, "", "", "", strength.value) for strength, shots in found.items()]


def length(scope: Scope) -> list[Operation]:
    """Gives the operations on how long shots last."""
    clause = scope.clause
    changes = [one for one in clause.changes() if one.value in ("longer", "shorter")]
    seconds = clause.marked(Mark.SECONDS)
    if not changes and not seconds:
        return []
    if len(seconds) > 1 or len({one.value for one in changes}) > 1:
        raise Unclear(scope.resolver.reply("two_things", what=clause.text))
    cut = [
        token for token, value in clause.of("verb", "delete") if token.text in ("cut", "剪掉", "剪")
    ]
    for one in changes:
        clause.take_change(one)
    clause.take(*seconds, *(cut if changes or seconds else ()))
    clause.claim("object", "length", "time")
    shorter = bool(changes and changes[0].value == "shorter") or (bool(cut) and not changes)
    amount = float(str(seconds[0].value)) if seconds else 0.0
    relative = bool(seconds) and (bool(changes) or bool(cut)) and not _absolute(scope)
    found: dict[float, list[str]] = {}
    for shot in scope.shots():
        now = scope.resolver.film.shots[shot].min_duration_s
        if relative:
            wanted = now - amount if shorter else now + amount
        elif seconds:
            wanted = amount
        else:
            factor = SHORTER if shorter else LONGER
            wanted = now * factor ** (max(one.steps for one in changes))
        found.setdefault(round(wanted, 1), []).append(shot)
    return [_lasting(scope, value, shots) for value, shots in found.items()]


def _absolute(scope: Scope) -> bool:
    """Whether seconds are what a length comes to, not by what it changes."""
    tokens = scope.clause.tokens
    place = next(i for i, token in enumerate(tokens) if token.mark is Mark.SECONDS)
    before = [token.text for token in tokens[max(0, place - 1) : place]]
    after = [token.text for token in tokens[place + 1 : place + 2]]
    return any(word in _TO for word in before) or after in (["long"], ["长"])


def _lasting(scope: Scope, value: float, shots: list[str]) -> SetLength:
    if not 0.5 <= value <= 60:
        raise Impossible(scope.resolver.reply("length", what=f"{value:g}"))
    return SetLength(shots=tuple(shots), min_duration_s=value)


def _from_to(scope: Scope) -> bool:
    """Whether two shots are named as where a transition comes from and where it goes to."""
    return any(
        isinstance(token.value, Reference)
        and token.value.ranged
        and len(token.value.shots) == 2
        and scope.clause.request.text[: token.start].rstrip().endswith(("from", "从"))
        for token in scope.named
    )


def transition(scope: Scope) -> list[Operation]:
    """Gives the operations on how shots give way to the next."""
    clause, film = scope.clause, scope.resolver.film
    if not clause.has("transition"):
        return []
    wanted = term(Transition, scope.one_of("transition"))
    clause.claim("object", "transition")
    nexts = [
        token
        for token in scope.named
        if isinstance(token.value, Reference) and token.value.way is Way.NEXT
    ]
    clause.take(*nexts)
    between = clause.claim("position", "between")
    before = clause.claim("position", "before")
    clause.claim("position", "after", "end") if scope.named else None
    several = len(scope.named) > 1 or (_from_to(scope) and not between)
    shots = scope.shots()
    if between or several:
        places = [film.position(one) for one in shots]
        if len(shots) < 2 or places != list(range(places[0], places[0] + len(places))):
            raise Unclear(scope.resolver.reply("unknown", what=clause.text))
        shots = shots[:-1]
    if before:
        shots = tuple(one for one in (film.before(shot) for shot in shots) if one)
        if not shots:
            raise Impossible(scope.resolver.reply("no_next"))
    return [SetTransition(shots=shots, transition=wanted)]
