"""Operations of one revision that contradict one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nightshoot.domain.revising.documents import Documents
from nightshoot.domain.revising.telling import Told, both, opening
from nightshoot.domain.revision import (
    AddLine,
    AddShot,
    AdjustGrade,
    DeleteLine,
    DeleteShot,
    Describe,
    MergeShots,
    MoveShot,
    Operation,
    PickTake,
    Regenerate,
    ReleasePin,
    SetVoice,
    SplitShot,
)

_Slot = tuple[str, str, str]
"""A kind of thing, its id, and what of it is set."""

_TARGETS = ("shots", "line", "shot", "character", "speaker")
"""The fields of an operation that say what it changes."""


_NO_VALUES = (AddLine, AddShot, DeleteShot, SplitShot, MergeShots, ReleasePin)


def conflicts(documents: Documents, operations: Sequence[Operation]) -> tuple[Told, ...]:
    """Says where operations set one thing to two values, or change what another takes away."""
    found: dict[Told, None] = {}
    values: dict[_Slot, object] = {}
    for op in operations:
        for slot, value in _set_by(op):
            if slot in values and values[slot] != value:
                found[_twice(documents, slot)] = None
            values.setdefault(slot, value)
    for told in _changed_and_gone(documents, operations):
        found[told] = None
    return tuple(found)


def _set_by(op: Operation) -> Iterator[tuple[_Slot, object]]:
    """Gives what an operation sets, and to what; adding sets nothing that there was."""
    if isinstance(op, _NO_VALUES):
        return
    if isinstance(op, DeleteLine):
        yield ("line", op.line, "text"), None
        return
    if isinstance(op, (PickTake, Regenerate)):
        shots = (op.shot,) if isinstance(op, PickTake) else op.shots
        for shot in dict.fromkeys(shots):
            yield ("shot", shot, "take"), op.take if isinstance(op, PickTake) else object()
        return
    if isinstance(op, MoveShot):
        yield ("shot", op.shot, "place"), op.after
        return
    if isinstance(op, SetVoice):
        yield ("speaker", op.speaker, "voice"), (op.voice, op.temper)
        return
    said = op.model_dump(exclude={"op", *_TARGETS}, exclude_defaults=True)
    kind = next((name for name in _TARGETS if hasattr(op, name)), "")
    ids = op.shots if hasattr(op, "shots") else (str(getattr(op, kind)) if kind else "film",)
    for one in dict.fromkeys((ids,) if isinstance(ids, str) else ids):
        for name, value in said.items():
            # What adds up says something else each time that it is said.
            adds = isinstance(op, AdjustGrade) or name == "again"
            yield (kind.rstrip("s") or op.op, one, name), object() if adds else value


def _twice(documents: Documents, slot: _Slot) -> Told:
    kind, one, name = slot
    thing = both(one, one)
    if kind == "shot":
        thing = _shot(documents, one)
    elif kind == "line":
        thing = both(f"台词 {one}", f"line {one}")
    return both(
        f"{thing.zh}的 {name} 被改了两次，只能取一次。",
        f"{opening(thing.en)}: {name} is changed twice, to different values or on top of each "
        "other: decide on one.",
    )


def _shot(documents: Documents, shot_id: str) -> Told:
    number = {shot.id: shot.number for shot in documents.storyboard.shots}.get(shot_id, shot_id)
    return both(f"第{number}镜", f"shot {number}")


def _changed_and_gone(documents: Documents, operations: Sequence[Operation]) -> Iterator[Told]:
    """Tells of shots that one operation takes away and another changes."""
    heard = {shot.id: shot.lines for shot in documents.storyboard.shots}
    for op in operations:
        gone = _gone(op, heard)
        lines = {line for shot in gone for line in heard.get(shot, ())}
        if isinstance(op, MergeShots):
            lines = set()
        for other in operations:
            if other is op:
                continue
            for shot in _changed(other):
                if shot in gone:
                    thing = _shot(documents, shot)
                    yield both(
                        f"{thing.zh}要被去掉，同时又要改它，只能取其一。",
                        f"{opening(thing.en)} is taken away and changed as well: decide on one.",
                    )
            line = getattr(other, "line", "")
            if line in lines and not isinstance(other, DeleteLine):
                yield both(
                    f"台词 {line} 随镜头删去，同时又要改它，只能取其一。",
                    f"Line {line} goes with its shot and is changed as well: decide on one.",
                )


def _gone(op: Operation, heard: Mapping[str, tuple[str, ...]]) -> set[str]:
    if isinstance(op, DeleteShot):
        return set(op.shots)
    if isinstance(op, MergeShots):
        ordered = [shot for shot in heard if shot in op.shots]
        return set(ordered[1:])
    return set()


def _changed(op: Operation) -> tuple[str, ...]:
    if isinstance(op, DeleteShot):
        return ()
    shots = getattr(op, "shots", None)
    if shots is not None:
        return tuple(shots)
    if isinstance(op, (AddLine, Describe, MoveShot, PickTake, SplitShot)):
        return (op.shot,)
    return ()
