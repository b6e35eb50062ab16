"""When a shot's loop ends without a good take: pure functions of its takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.film import Ending, Take

NO_BETTER_AFTER = 2
"""Retakes in a row without a better score after which the loop ends. Source: a choice; one may be
bad luck, and with the usual three takes the bound never comes before the last of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the takes of one shot may come to."""

    takes: int
    cost_usd: float | None = None
    work_s: float | None = None

    @classmethod
    def of(cls, options: FilmOptions) -> Bounds:
        """Gives the bounds that a film was ordered with."""
        minutes = options.shot_minutes
        return cls(
            takes=options.takes,
            cost_usd=options.shot_usd,
            work_s=None if minutes is None else minutes * 60,
        )


def counted(takes: Sequence[Take]) -> tuple[Take, ...]:
    """Gives the takes that count against the bounds: not those that a person rejected.

    The same pixels that come back count: else a rejection could go on for ever. Nor does that count
    of which nothing came as long as there is no take: what may be tried then is bounded by itself
    (`remedies`).
    """
    found: list[Take] = []
    rejected: set[str] = set()
    filmed = False
    for take in takes:
        filmed = filmed or bool(take.video)
        if take.failure and not filmed:
            continue
        made = take.video or take.keyframe
        if take.rejected_by_person and made not in rejected:
            rejected.add(made)
        else:
            found.append(take)
    return tuple(found)


def used_up(takes: Sequence[Take], bounds: Bounds) -> Ending | None:
    """Says whether the takes so far end the loop, whatever the next one would be."""
    count = counted(takes)
    if len(count) >= bounds.takes:
        return Ending.TAKES
    if no_better(count):
        return Ending.NO_BETTER
    spent_s = sum(take.work_s for take in count)
    # Another take is taken to need as long as those before did on the average.
    if bounds.work_s is not None and count and spent_s + spent_s / len(count) > bounds.work_s:
        return Ending.TIME
    return None


def too_dear(takes: Sequence[Take], bounds: Bounds, *, next_usd: float) -> bool:
    """Whether another take for `next_usd` at most could bring the shot above its money."""
    count = [*counted(takes), *(take for take in takes if take.failure)]
    spent = sum(take.cost_usd for take in {take.number: take for take in count}.values())
    return bounds.cost_usd is not None and spent + next_usd > bounds.cost_usd + 1e-9


def no_better(takes: Sequence[Take]) -> bool:
    """Whether the last takes in a row were none of them better than the best before them."""
    if len(takes) <= NO_BETTER_AFTER:
        return False
    last = takes[-NO_BETTER_AFTER:]
    # As each is no better than the best before it, all are compared with the same one.
    best = max(take.score for take in takes[:-NO_BETTER_AFTER])
    return all(take.score <= best for take in last)
