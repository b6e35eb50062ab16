"""Puts the operations of a request together: one for one thing, and none that contradict."""

from __future__ import annotations

from collections.abc import Sequence

from nightshoot.domain.revision import (
    AdjustGrade,
    Operation,
    Regenerate,
    SetCamera,
    SetCaptions,
    SetFilm,
    SetLook,
    SetMusic,
    SetStaging,
    SetVoice,
)
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.resolving import Resolver

_JOINED = (SetCamera, SetStaging, AdjustGrade, SetLook, SetVoice, SetMusic, SetCaptions, SetFilm)
_TARGETS = ("op", "shots", "character", "speaker")


def merged(operations: Sequence[Operation], resolver: Resolver) -> list[Operation]:
    """Gives the operations with those of one kind on one thing joined, in their order.

    Raises:
        Unclear: two of them ask for different things of one and the same.
        Impossible: together they leave no shot.
    """
    found: list[Operation] = []
    for operation in operations:
        place = next((i for i, one in enumerate(found) if _same_target(one, operation)), None)
        if place is None:
            found.append(operation)
        elif found[place] != operation:
            found[place] = _joined(found[place], operation, resolver)
    taken = {s for one in found if isinstance(one, SetCamera | SetStaging) for s in one.shots}
    kept = [
        one
        for one in found
        if not (isinstance(one, Regenerate) and not one.note and set(one.shots) <= taken)
    ]
    gone = {s for one in kept if one.op == "delete_shot" for s in one.shots}
    if gone >= set(resolver.film.ids):
        raise Impossible(resolver.reply("not_all"))
    return kept


def _same_target(one: Operation, other: Operation) -> bool:
    if one == other:
        return True
    if type(one) is not type(other) or not isinstance(one, _JOINED):
        return False
    return all(getattr(one, name, None) == getattr(other, name, None) for name in _TARGETS)


def _joined(one: Operation, other: Operation, resolver: Resolver) -> Operation:
    changes: dict[str, object] = {}
    for name, field in type(other).model_fields.items():
        wanted, before = getattr(other, name), getattr(one, name)
        if name in _TARGETS or wanted == field.default:
            continue
        if before not in (field.default, wanted):
            what = resolver.request.original.strip()
            raise Unclear(resolver.reply("two_things", what=what))
        changes[name] = wanted
    return one.model_copy(update=changes)
