"""What a case makes stale, in the words in which it was written down."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.revise.cases import Case, order
from nightshoot.domain.revising import Documents, Part, applied, touched
from nightshoot.domain.revision import Operation


def stale(case: Case, operations: Sequence[Operation]) -> dict[str, tuple[str, ...]]:
    """Gives what operations on a case's film make stale for certain, by part."""
    before = Documents.of(order(case))
    found = touched(before, applied(before, operations).documents)
    by_part = {
        part.value: tuple(one.shot for one in found.shots if part in one.certain) for part in Part
    }
    by_part |= {"film": tuple(one.value for one in found.film), "gone": found.gone}
    return {name: shots for name, shots in by_part.items() if shots}
