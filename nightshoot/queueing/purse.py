"""What a night may still spend, and how much of it an entry is given when it is begun."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from nightshoot.queueing.queue import committed
from nightshoot.queueing.rows import Night, Queued

_LEAST_USD = 0.005
"""Half a cent: with less in the night's purse nothing further is begun that may cost. Source: the
cheapest calls that are known cost tenths of a cent, and no film is made of one call."""

_WORTH_IT = 1.1
"""An entry that ran short is begun again in the same night when it would have so many times what
it had: what it made is reused, but its documents are read and its graph is run each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an entry may cost."""

    base_usd: float
    """What its folder had cost before this night."""
    ceiling_usd: float | None
    """What its folder may cost in all; None: the night has no ceiling."""


def granted(
    db: sqlite3.Connection, night: Night, row: Queued, *, spent_usd: float, claimants: int
) -> Grant | None:
    """Gives what an entry may cost if it is begun now, or None where the night is short of money.

    All that running films may still cost counts as spent, so that the sum of all ceilings never
    passes the night's. What is left is shared by those that can be begun now.

    Args:
        db: the tables, in a transaction.
        night: this one.
        row: the entry.
        spent_usd: what its folder has cost, open reservations included.
        claimants: how many entries can be begun now, this one included.
    """
    tonight = row.night == night.id
    base = row.base_usd if tonight else spent_usd
    if night.budget_usd is None:
        return Grant(base_usd=base, ceiling_usd=None)
    others = committed(db, night.id, without=row.id)
    left = max(0.0, night.budget_usd - others - max(0.0, spent_usd - base))
    if left < _LEAST_USD and night.budget_usd >= _LEAST_USD:
        return None
    ceiling = spent_usd + left / max(1, claimants)
    if tonight and row.ceiling_usd is not None and row.used_usd > spent_usd:
        # Whoever made it was given up, but perhaps lives, and may spend what it was given.
        ceiling = max(ceiling, row.ceiling_usd)
    if tonight and row.short_usd is not None:
        before, now = row.short_usd - base, ceiling - base
        if now < max(before * _WORTH_IT, before + _LEAST_USD):
            return None
    return Grant(base_usd=base, ceiling_usd=ceiling)
