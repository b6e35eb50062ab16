"""What a night may still use, and how much of it a film may: when it is begun, and while it runs.

The sum of what ended films have used and running ones may still use never passes a limit of the
night. Money, GPU time and takes are three purses under the same rules: a film runs as long as none
of them that is limited is empty.
"""

from __future__ import annotations

import math
import sqlite3
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nightshoot.domain.limits import ROUNDING, Currency, Limits, Used
from nightshoot.queueing.rows import Night, Queued, used_in

LEAST = {Currency.USD: 0.005, Currency.GPU_S: 10.0, Currency.TAKES: 1.0}
"""With less than this left, nothing further is begun. Source: the cheapest calls known cost tenths
of a cent, and no film is made of one call; our painter on a GPU asks for ten seconds at least for a
picture (`nightshoot.tools.diffusion.painter`); and there is no half take."""

_WORTH_IT = 1.1
"""An entry that ran short is begun again in the same night when it would have so many times what
it had: what it made is reused, but its documents are read and its graph is run each time."""

_STILL_NEEDED = 0.25
"""The least share of what films usually use that a running one is taken to need yet, however much
it has had: its next step. Source: a take is the dearest, and a film of 20 s has four or five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an entry may use."""

    base: Used
    """What its folder had used before this night."""
    ceiling: Limits
    """What its folder may use in all."""


def committed(db: sqlite3.Connection, night: int, *, without: int = 0) -> Used:
    """Gives what a night's films have used and may still use, one entry left out."""
    return _summed(
        db,
        "MAX(0, CASE WHEN state = 'running' AND ceiling_{0} IS NOT NULL"
        " THEN MAX(ceiling_{0}, used_{0}) ELSE used_{0} END - base_{0})",
        night,
        without,
    )


def used_up(db: sqlite3.Connection, night: int, *, without: int = 0) -> Used:
    """Gives what a night's films have used, one entry left out."""
    return _summed(db, "MAX(0, used_{0} - base_{0})", night, without)


def _summed(db: sqlite3.Connection, amount: str, night: int, without: int) -> Used:
    sums = ", ".join(
        f"COALESCE(SUM({amount.format(currency)}), 0) AS {currency}" for currency in Currency
    )
    row = db.execute(
        f"SELECT {sums} FROM entries WHERE night = ? AND id != ?",  # noqa: S608 names of columns
        (night, without),
    ).fetchone()
    return Used.model_validate(dict(row))


def usual(db: sqlite3.Connection, night: int) -> Mapping[Currency, float]:
    """Gives what the median film used that was finished in a night; nothing before there is one."""
    costs = ", ".join(f"MAX(0, used_{one} - base_{one}) AS {one}" for one in Currency)
    rows = db.execute(
        f"SELECT {costs} FROM entries WHERE night = ? AND state = 'done'",  # noqa: S608
        (night,),
    ).fetchall()
    return {one: statistics.median(row[one] for row in rows) for one in Currency if rows}


def is_short(db: sqlite3.Connection, night: Night, *, waiting: int) -> bool:
    """Whether what is left of a night would not do for the films that wait, were they as usual."""
    if not night.limits.given:
        return False
    films, left = usual(db, night.id), night.limits.left(committed(db, night.id))
    return any(
        amount < films.get(currency, 0.0) * waiting for currency, amount in left.given.items()
    )


def suffices(limits: Limits, gone: Used) -> bool:
    """Whether enough is left of each limit to begin anything; a limit of nothing is met by that."""
    return all(
        limit < LEAST[currency] or limit - gone.of(currency) >= LEAST[currency] - ROUNDING
        for currency, limit in limits.given.items()
    )


def granted(
    one: Queued, night: Night, *, others: Used, spent: Used, claimants: int
) -> Grant | None:
    """Gives what an entry may use if it is begun now, or None where the night is short.

    What is left is shared by those that can be begun now.

    Args:
        one: the entry.
        night: this one.
        others: what the night's other films have used and may still use.
        spent: what its folder has used, open reservations included.
        claimants: how many entries can be begun now, this one included.
    """
    tonight = one.night == night.id
    base = one.base if tonight else spent
    if not suffices(night.limits, others + spent.beyond(base)):
        return None
    left = night.limits.left(others + spent.beyond(base))
    ceiling = {
        currency: spent.of(currency) + _portion(currency, amount, claimants)
        for currency, amount in left.given.items()
    }
    if tonight:
        for currency, before in one.ceiling.given.items():
            if currency in ceiling and one.used.of(currency) > spent.of(currency):
                # Whoever made it was given up, but perhaps lives, and may use what it was given.
                ceiling[currency] = max(ceiling[currency], before)
        if not _worth_it(one, base, ceiling):
            return None
    return Grant(base=base, ceiling=_limits(ceiling))


def _portion(currency: Currency, left: float, claimants: int) -> float:
    """Gives what one of some claimants gets; where it is little, fewer of them get something."""
    each = left / max(1, min(claimants, int(left / LEAST[currency])))
    return math.floor(each) if currency is Currency.TAKES else each


def _worth_it(one: Queued, base: Used, ceiling: Mapping[Currency, float]) -> bool:
    """Whether an entry that ran short has more now of something that it may have run short of."""
    short = {currency: was for currency, was in one.short.given.items() if currency in ceiling}
    for currency, was in short.items():
        had, has = was - base.of(currency), ceiling[currency] - base.of(currency)
        if has + ROUNDING >= max(had * _WORTH_IT, had + LEAST[currency]):
            return True
    return not short


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a running film may use in all, after the rest of the night was shared anew."""

    told: Limits
    """What it is told to keep to."""
    ceiling: Limits
    """What has to be held for it until it is known to keep to that."""


def shared_anew(
    db: sqlite3.Connection,
    night: Night,
    number: int,
    *,
    base: Used,
    spent: Used,
    told: Limits,
    beginning: int,
) -> Share:
    """Gives what a running film may use in all, as others use less or more than they were given.

    By the median of this night's finished films it is known about what each still needs. The best
    film's need is met first: the highest priority, then the one that was begun first. What all
    need and nobody does is shared evenly. So films are finished one after another where the night
    is short, and not all of them nearly.

    Args:
        db: the tables, in a transaction.
        night: this one.
        number: the film's entry.
        base: what its folder had used before this night.
        spent: what its folder has used.
        told: what it keeps to now.
        beginning: for how many films something is to be left that could be begun now.
    """
    rows = db.execute(
        "SELECT * FROM entries WHERE night = ? AND state = 'running'"
        " ORDER BY priority DESC, begun_at, id",
        (night.id,),
    ).fetchall()
    own = spent.beyond(base)
    films = [
        own if row["id"] == number else used_in(row, "used").beyond(used_in(row, "base"))
        for row in rows
    ]
    place = [row["id"] for row in rows].index(number)
    others, all_used = (
        committed(db, night.id, without=number),
        used_up(db, night.id, without=number),
    )
    usually = usual(db, night.id)
    now: dict[Currency, float] = {}
    held: dict[Currency, float] = {}
    for currency, limit in night.limits.given.items():
        free = max(0.0, limit - all_used.of(currency) - own.of(currency))
        share = _share(
            currency,
            free,
            [film.of(currency) for film in films],
            place,
            usually.get(currency, 0.0),
            beginning,
        )
        most = base.of(currency) + limit - others.of(currency)
        used = spent.of(currency)
        now[currency] = max(used, min(used + share, most))
        if currency is Currency.TAKES:
            now[currency] = math.floor(now[currency])
        held[currency] = max(now[currency], told.of(currency) or 0.0)
    return Share(told=_limits(now), ceiling=_limits(held))


def _share(
    currency: Currency,
    free: float,
    films: Sequence[float],
    place: int,
    usually: float,
    beginning: int,
) -> float:
    """Gives a film's share of what is free: its need, as far as better films leave it, and more.

    Args:
        currency: of all amounts.
        free: what nobody has used.
        films: what the running films have used, the best first.
        place: where this one stands among them.
        usually: what a film uses by the end; 0: not known yet.
        beginning: how many more films share.
    """
    needs = [max(usually - film, usually * _STILL_NEEDED) for film in films]
    needs += [usually] * beginning
    before = sum(needs[:place])
    need = min(needs[place], max(0.0, free - before))
    even = max(0.0, free - sum(needs)) / len(needs)
    share = need + even
    return math.ceil(share - ROUNDING) if currency is Currency.TAKES else share


def _limits(amounts: Mapping[Currency, float]) -> Limits:
    takes = amounts.get(Currency.TAKES)
    return Limits(
        usd=amounts.get(Currency.USD),
        gpu_s=amounts.get(Currency.GPU_S),
        takes=None if takes is None else int(takes),
    )
