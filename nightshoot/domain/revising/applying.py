"""Applies operations to a film's documents: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from nightshoot.domain.revising import film, moving, people, pictures, script, shots
from nightshoot.domain.revising.conflicts import conflicts
from nightshoot.domain.revising.documents import Documents
from nightshoot.domain.revising.draft import Draft, Wrong
from nightshoot.domain.revising.telling import Impossible, Told, both, opening
from nightshoot.domain.revising.touching import repainted
from nightshoot.domain.revision import Operation, PickTake, RewriteLine
from nightshoot.domain.rules import board_violations
from nightshoot.domain.value import Value

_HANDLERS: Mapping[str, Callable[[Draft, Any], Told]] = {
    "rewrite_line": script.rewrite_line,
    "set_delivery": script.set_delivery,
    "add_line": script.add_line,
    "delete_line": script.delete_line,
    "describe": pictures.describe,
    "set_camera": pictures.set_camera,
    "set_staging": pictures.set_staging,
    "adjust_grade": pictures.adjust_grade,
    "set_length": pictures.set_length,
    "set_transition": pictures.set_transition,
    "set_look": people.set_look,
    "rename": people.rename,
    "set_voice": people.set_voice,
    "add_shot": shots.add_shot,
    "delete_shot": shots.delete_shot,
    "move_shot": moving.move_shot,
    "split_shot": shots.split_shot,
    "merge_shots": shots.merge_shots,
    "pick_take": film.pick_take,
    "regenerate": film.regenerate,
    "set_music": film.set_music,
    "set_captions": film.set_captions,
    "set_film": film.set_film,
    "release_pin": film.release_pin,
}


class Applied(Value):
    """What a revision makes of a film's documents."""

    documents: Documents
    told: tuple[Told, ...]
    """For each operation, what it changes and what follows from that."""
    also: tuple[Told, ...] = ()
    """What follows from all of them together."""


def applied(documents: Documents, operations: Sequence[Operation]) -> Applied:
    """Gives the documents with the operations done, in the order given.

    Deterministic, and without effect on the world. An operation that changes nothing is told and
    leaves the documents equal. Shots, beats and lines keep their ids; new ones get ids that were
    not there before: the second half of `s07`, or a shot put after it, is `s07b`.

    Raises:
        Impossible: something does not exist, cannot be so, or contradicts something else; the error
            has a sentence for each fault, and nothing is done.
    """
    faults = [_rule(text) for text in board_violations(documents.screenplay, documents.storyboard)]
    if faults:
        raise Impossible(faults)
    faults += conflicts(documents, operations)
    draft, told = Draft(documents), list[Told]()
    for op in operations:
        try:
            told.append(_HANDLERS[op.op](draft, op))
        except Wrong as wrong:
            faults.append(wrong.told)
    faults += _left_in_another_language(draft, operations)
    if faults:
        raise Impossible(faults)
    draft.renumber()
    return _without_old_picks(draft, _checked(draft), operations, told)


def _rule(text: str) -> Told:
    return both(text, text)


def _checked(draft: Draft) -> Documents:
    """Gives the new documents, which break no rule of the domain. Raises Impossible."""
    try:
        documents = Documents.model_validate(draft.finished())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise Impossible(
            [_rule(f"{'.'.join(map(str, one['loc']))}: {one['msg']}") for one in found]
        ) from None
    broken = board_violations(documents.screenplay, documents.storyboard)
    if broken:
        raise Impossible(map(_rule, broken))
    # What did not change is the very same, however it was written.
    same = documents == draft.before
    return draft.before if same else documents


def _left_in_another_language(draft: Draft, operations: Sequence[Operation]) -> list[Told]:
    """Tells of lines that would stay in the old language when the film's changes."""
    if draft.options.locale is draft.before.options.locale:
        return []
    rewritten = {op.line for op in operations if isinstance(op, RewriteLine)}
    old = {line.id for line in draft.before.screenplay.lines}
    left = [line.id for line in draft.lines if line.id in old - rewritten]
    if not left:
        return []
    listed = ", ".join(left[:5]) + (" …" if len(left) > 5 else "")
    return [
        both(
            f"换语言要同时改写全部台词，还差 {len(left)} 句：{listed}。",
            f"Another language needs every line rewritten as well; {len(left)} are not: {listed}.",
        )
    ]


def _without_old_picks(
    draft: Draft, after: Documents, operations: Sequence[Operation], told: list[Told]
) -> Applied:
    """Drops picks of shots that are painted otherwise now, and tells of it.

    Raises:
        Impossible: one of them was picked in this very revision.
    """
    changed = repainted(draft.before, after)
    picked = {op.shot for op in operations if isinstance(op, PickTake)}
    old = [pick for pick in after.picks if pick.shot in changed]
    faults = [
        both(
            f"{draft.called(pick.shot).zh}既要改画面，又要用旧的一条，只能取其一。",
            f"{opening(draft.called(pick.shot).en)} is changed, and an old take of it picked: "
            "decide on one.",
        )
        for pick in old
        if pick.shot in picked
    ]
    if faults:
        raise Impossible(faults)
    also = tuple(
        both(
            f"{draft.called(pick.shot).zh}改了，先前选定的那一条不再算数。",
            f"The take that was picked for {draft.called(pick.shot).en} no longer holds, as the "
            "shot changed.",
        )
        for pick in old
    )
    if old:
        kept = tuple(pick for pick in after.picks if pick.shot not in changed)
        after = after.model_copy(update={"picks": kept})
    return Applied(documents=after, told=tuple(told), also=also)
