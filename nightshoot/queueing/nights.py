"""Nights: when one begins, goes on and ends, and what its films may use together."""

from __future__ import annotations

import sqlite3

from nightshoot.budget import Ledger
from nightshoot.domain.limits import Currency, Limits
from nightshoot.errors import InputError
from nightshoot.queueing.rows import Night, change, columns, limits_in, night_in

_LONGEST_S = 18 * 3600.0
"""A night that was interrupted longer ago than this is over, and its budget with it."""

_OPTIONS = {
    Currency.USD: "--budget-usd",
    Currency.GPU_S: "--gpu-hours",
    Currency.TAKES: "--takes-in-all",
}


def joined(db: sqlite3.Connection, limits: Limits, *, now: float, others: bool) -> Night:
    """Gives the night that goes on, or a new one, with the limits that hold from now on.

    Args:
        db: the tables, in a transaction.
        limits: what is asked for; None: what was known holds.
        now: seconds since the epoch.
        others: other runners work in the night, so that of two limits the lower one holds.

    Raises:
        InputError: a limit is given, and the others work without one.
    """
    row = db.execute(
        "SELECT * FROM nights WHERE ended_at IS NULL AND (begun_at > ? OR ?)"
        " ORDER BY id DESC LIMIT 1",
        (now - _LONGEST_S, others),
    ).fetchone()
    if row is None:
        db.execute(
            "UPDATE nights SET ended_at = ?, ended = 'interrupted' WHERE ended_at IS NULL", (now,)
        )
        number = db.execute("INSERT INTO nights (begun_at) VALUES (?)", (now,)).lastrowid
        assert number is not None
        both = limits
    else:
        number, both = row["id"], _both(limits_in(row, "limit"), limits, others=others)
    change(db, "nights", number, columns("limit", both))
    return read(db, number)


_LEDGERS = (
    "CREATE TABLE IF NOT EXISTS ledgers"
    " (night INTEGER NOT NULL, id TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (night, id))"
)


def counted_in(db: sqlite3.Connection, night: Night, ledger: Ledger) -> None:
    """Notes in which ledger a night's runners count what its films use.

    Raises:
        InputError: another one of this night counts in another ledger, and there are limits, which
            two that do not see each other's counts would pass.
    """
    db.execute(_LEDGERS)
    row = db.execute(
        "SELECT path FROM ledgers WHERE night = ? AND id != ?", (night.id, ledger.id)
    ).fetchone()
    if row is not None and night.limits.given:
        raise InputError(
            f"what this night's films use is counted in {row['path']}, and here it would be in "
            f"{ledger.path}: its limits hold only where all count together. Give this run the same "
            "NIGHTSHOOT_HOME as the others, or give it another --out"
        )
    db.execute(
        "INSERT OR IGNORE INTO ledgers VALUES (?, ?, ?)", (night.id, ledger.id, str(ledger.path))
    )


def read(db: sqlite3.Connection, number: int) -> Night:
    """Gives a night as it stands now."""
    return night_in(db.execute("SELECT * FROM nights WHERE id = ?", (number,)).fetchone())


def _both(known: Limits, limits: Limits, *, others: bool) -> Limits:
    for currency in limits.given:
        if others and known.of(currency) is None:
            raise InputError(
                f"another runner works on this queue without {_OPTIONS[currency]}: stop it, or "
                "leave out yours"
            )
    if others:
        return known.tightened(limits)
    return known.model_copy(update={one.value: getattr(limits, one) for one in limits.given})
