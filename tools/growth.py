"""Whether a process keeps more and more memory: judged between two requests, by what was usual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

_FIRST = 2
"""How many requests of a kind show what is usual: the first one loads code and fills caches, the
second one shows what stays."""

_TIMES = 1.5
_FLOOR_GIB = 2.0
"""How much a process may keep: so many times what is usual, and this. What allocators keep for
later, and what an unloaded model leaves, should stay below it; a leak does not. Chosen, and not yet
tried with large weights on a GPU: too low costs a load now and then, too high some memory."""


class Growth:
    """What a process kept after its first requests, and whether it keeps too much now.

    Its memory is compared with what it had when the same models were loaded, after the first
    requests of each kind: so loading another model is no growth, and neither is a larger picture.
    """

    def __init__(self, limit_gib: float | None = None) -> None:
        """Starts with nothing known.

        Args:
            limit_gib: of the computer's memory; None: half as much again as usual and 2 GiB. Where
                its first requests alone need more than that, the limit is not kept.
        """
        self._limit_gib = limit_gib
        self._requests: Counter[tuple[frozenset[str], str]] = Counter()
        self._begun: dict[tuple[str, frozenset[str]], float] = {}
        """The most that it had after the first requests of all, by memory and models."""
        self._usual: dict[tuple[str, frozenset[str]], float] = {}
        """The most that it had after the first requests of any kind."""

    def begin(self) -> None:
        """Forgets everything: another process has taken its place."""
        self._requests.clear()
        self._begun.clear()
        self._usual.clear()

    def excess(
        self,
        models: Collection[str],
        work: str,
        *,
        ram_gib: float | None,
        vram_gib: float | None = None,
    ) -> str:
        """Says what the process keeps too much of, in words; empty: nothing.

        Args:
            models: the keys of the loaded models.
            work: what kind of request was just done; equal kinds need equal memory.
            ram_gib: what it keeps of the computer's memory; None: unknown.
            vram_gib: what it keeps of the GPU's memory.
        """
        group = frozenset(models)
        self._requests[group, work] += 1
        self._requests[group, ""] += 1
        for memory, kept_gib, limit_gib in (
            ("the computer's", ram_gib, self._limit_gib),
            ("the GPU's", vram_gib, None),
        ):
            if kept_gib is None:
                continue
            known = memory, group
            if self._requests[group, ""] <= _FIRST:
                self._begun[known] = max(kept_gib, self._begun.get(known, 0.0))
            begun = self._begun.get(known, kept_gib)
            keeps_limit = limit_gib is not None and begun <= limit_gib
            if self._requests[group, work] <= _FIRST and not keeps_limit:
                self._usual[known] = max(kept_gib, self._usual.get(known, 0.0))
            usual = self._usual.get(known, begun)
            allowed = limit_gib if keeps_limit and limit_gib else _TIMES * usual + _FLOOR_GIB
            if kept_gib > allowed:
                return (
                    f"{kept_gib:.1f} GiB of {memory} memory, {begun:.1f} at first and "
                    f"{allowed:.1f} at most"
                )
        return ""
