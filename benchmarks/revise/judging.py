"""Compares what was understood with what was expected, whatever the order or grouping of shots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.revise.cases import Case
from benchmarks.revise.staleness import stale
from nightshoot.domain.revision import Operation, Revision

_ORDERED = ("move_shot", "add_shot", "delete_shot", "merge_shots", "split_shot")


@dataclass(frozen=True, slots=True)
class Judged:
    """One case with what came of it."""

    case: Case
    revision: Revision
    exact: bool
    guessed: bool
    """Something was changed, and not what was expected."""


def judged(case: Case, revision: Revision) -> Judged:
    """Gives the judgement of an answer to a case."""
    if case.outcome == "ask":
        asked = revision.question is not None
        exact = (
            asked and len(revision.question.choices if revision.question else ()) >= case.choices
        )
    elif case.outcome == "refuse":
        exact = bool(revision.refused)
    else:
        exact = plain(revision.operations) == plain(case.operations)
        if exact and case.stale is not None:
            exact = stale(case, revision.operations) == dict(case.stale)
    return Judged(case, revision, exact, bool(revision.operations) and not exact)


def plain(operations: Sequence[Operation]) -> list[str]:
    """Gives operations with one for each shot and thing, sorted where their order says nothing."""
    set_by: dict[str, dict[str, object]] = {}
    ordered: list[str] = []
    for operation in operations:
        fields = operation.model_dump(mode="json", exclude_none=True)
        if operation.op in _ORDERED:
            ordered.append(json.dumps(fields, sort_keys=True, ensure_ascii=False))
            continue
        for shot in fields.pop("shots", [""]):
            who = fields.get("character", fields.get("speaker", "")) if not shot else ""
            line = fields.get("line", "")
            key = f"{operation.op} {shot} {who} {line} {fields.get('text', '')}"
            set_by.setdefault(key, {}).update({"shot": shot, **fields} if shot else fields)
    rest = [json.dumps(one, sort_keys=True, ensure_ascii=False) for one in set_by.values()]
    return [*ordered, *sorted(rest)]
