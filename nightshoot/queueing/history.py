"""What a night did over time: turns in lanes, spendings and pauses, in the queue's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from nightshoot.queueing.rows import Tables

KEPT_NIGHTS = 14
"""Of how many nights it is kept. Source: 100,000 turns and as many spendings take 10 MB of the file
(measured); a usual night has some thousands."""

_PATIENCE_MS = 250
"""How long a write waits for a file that somebody else has locked. Source: a queue's transactions
take milliseconds, and the runner that asks has films to look after."""

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS turns (night INTEGER NOT NULL, shift TEXT NOT NULL,"
    " entry INTEGER NOT NULL, lane TEXT NOT NULL, place INTEGER NOT NULL, model TEXT NOT NULL,"
    " asked_at REAL NOT NULL, begun_at REAL NOT NULL, ended_at REAL NOT NULL,"
    " swapped INTEGER NOT NULL, failed INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS turns_by_night ON turns (night)",
    "CREATE TABLE IF NOT EXISTS spendings (night INTEGER NOT NULL, at REAL NOT NULL,"
    " entry INTEGER NOT NULL, usd REAL NOT NULL, gpu_s REAL NOT NULL, takes INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS spendings_by_night ON spendings (night)",
    "CREATE TABLE IF NOT EXISTS lane_pauses (night INTEGER NOT NULL, shift TEXT NOT NULL,"
    " lane TEXT NOT NULL, why TEXT NOT NULL, begun_at REAL NOT NULL, ended_at REAL NOT NULL,"
    " PRIMARY KEY (night, shift, lane, why, begun_at))",
    "CREATE TABLE IF NOT EXISTS shifts (night INTEGER NOT NULL, shift TEXT NOT NULL,"
    " begun_at REAL NOT NULL, seen_at REAL NOT NULL, PRIMARY KEY (night, shift))",
)

_TABLES = ("turns", "spendings", "lane_pauses", "shifts")


NOWHERE = -1
"""The place of what never had one: a wait for a provider that was away."""


class LaneTurn(NamedTuple):
    """One turn in a lane, or a wait that came to none. All times are seconds since the epoch."""

    shift: str
    entry: int
    """Whose; 0: no entry's."""
    lane: str
    place: int
    """Which of the lane's places: which GPU; or `NOWHERE`."""
    model: str
    """What had to be loaded for it; empty: nothing."""
    asked_at: float
    begun_at: float
    ended_at: float
    swapped: int
    """1: its model was loaded for it."""
    failed: int
    """1: it ended by a fault, or was stopped."""


class Spending(NamedTuple):
    """What one action used."""

    at: float
    entry: int
    usd: float
    gpu_s: float
    takes: int


class LanePause(NamedTuple):
    """A time in which a lane, or a model in it, let nobody begin."""

    shift: str
    lane: str
    why: str
    begun_at: float
    ended_at: float
    """As far as is known: it may have gone on."""


class Shift(NamedTuple):
    """A time in which one runner was at work."""

    shift: str
    """Its name: what it did is told by it."""
    begun_at: float
    seen_at: float
    """When it last said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightHistory:
    """All that was written down of a night, each in the order in which it was written."""

    turns: tuple[LaneTurn, ...] = ()
    """Those that had a place."""
    kept: tuple[LaneTurn, ...] = ()
    """Waits for providers that were away."""
    spendings: tuple[Spending, ...] = ()
    pauses: tuple[LanePause, ...] = ()
    shifts: tuple[Shift, ...] = ()


class History:
    """What nights did, in the file of a queue; its tables are made when they are first written to.

    The times are those of each runner's own clock, which nobody set while it ran: see `Recorder`.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._ready = False

    def add(
        self,
        night: int,
        *,
        turns: Collection[LaneTurn] = (),
        spendings: Collection[Spending] = (),
        pauses: Collection[LanePause] = (),
        shift: Shift | None = None,
    ) -> None:
        """Writes down what happened, all of it or nothing.

        A pause that is known, and a shift, take the end that is given now.

        Raises:
            ArtifactError: the file cannot be written, or somebody else has it locked.
        """
        with self._impatient(), self._tables.writing() as db:
            if not self._ready:
                for statement in _SCHEMA:
                    db.execute(statement)
                for table in _TABLES:
                    db.execute(
                        f"DELETE FROM {table} WHERE night <= ?",  # noqa: S608 one of ours
                        (night - KEPT_NIGHTS,),
                    )
            db.executemany(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(night, *turn) for turn in turns],
            )
            db.executemany(
                "INSERT INTO spendings VALUES (?, ?, ?, ?, ?, ?)",
                [(night, *spending) for spending in spendings],
            )
            db.executemany(
                "INSERT OR REPLACE INTO lane_pauses VALUES (?, ?, ?, ?, ?, ?)",
                [(night, *pause) for pause in pauses],
            )
            if shift is not None:
                db.execute("INSERT OR REPLACE INTO shifts VALUES (?, ?, ?, ?)", (night, *shift))
        self._ready = True

    def of(self, night: int) -> NightHistory:
        """Gives what a night did; nothing where nothing was written down.

        Raises:
            ArtifactError: the file cannot be read.
        """
        with self._tables.reading() as db:
            found = db.execute(
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN (?, ?, ?, ?)",
                _TABLES,
            ).fetchone()[0]
            if found < len(_TABLES):
                return NightHistory()
            rows = db.cursor()
            # Plain tuples: there may be a hundred thousand.
            rows.row_factory = None
            turns = [
                LaneTurn._make(row)
                for row in rows.execute(
                    "SELECT shift, entry, lane, place, model, asked_at, begun_at, ended_at,"
                    " swapped, failed FROM turns WHERE night = ? ORDER BY rowid",
                    (night,),
                )
            ]
            return NightHistory(
                turns=tuple(turn for turn in turns if turn.place != NOWHERE),
                kept=tuple(turn for turn in turns if turn.place == NOWHERE),
                spendings=tuple(
                    map(
                        Spending._make,
                        rows.execute(
                            "SELECT at, entry, usd, gpu_s, takes FROM spendings WHERE night = ?"
                            " ORDER BY rowid",
                            (night,),
                        ),
                    )
                ),
                pauses=tuple(
                    map(
                        LanePause._make,
                        rows.execute(
                            "SELECT shift, lane, why, begun_at, ended_at FROM lane_pauses"
                            " WHERE night = ? ORDER BY rowid",
                            (night,),
                        ),
                    )
                ),
                shifts=tuple(
                    map(
                        Shift._make,
                        rows.execute(
                            "SELECT shift, begun_at, seen_at FROM shifts WHERE night = ?"
                            " ORDER BY begun_at",
                            (night,),
                        ),
                    )
                ),
            )

    @contextmanager
    def _impatient(self) -> Iterator[None]:
        """Has the file wait for others for a moment only; the queue itself waits for longer."""
        with self._tables.reading() as db:
            before = db.execute("PRAGMA busy_timeout").fetchone()[0]
            _wait_for(db, _PATIENCE_MS)
            try:
                yield
            finally:
                _wait_for(db, before)


def _wait_for(db: sqlite3.Connection, milliseconds: int) -> None:
    db.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
