"""Queue: what people do with it: add, look, re-prioritise, pause, cancel, retry."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from nightshoot.domain.batch import BatchEntry, BatchFault, Cause, EntryState, keyed
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import InputError
from nightshoot.queueing.clock import Clock
from nightshoot.queueing.purse import committed
from nightshoot.queueing.rows import (
    Happening,
    Night,
    Queued,
    Tables,
    change,
    columns,
    night_in,
    note,
    queued,
)

BY_HAND = "by hand"
"""The reason of a pause that a person asked for, and only a person ends."""

DISK = "disk"
"""The reason of a pause because the disk was full; the next run tries again."""

_AGAIN = (EntryState.SET_ASIDE, EntryState.FAILED, EntryState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What adding a list came to."""

    new: int
    known: int
    """Entries that were in the queue before; nothing was added for them."""
    moved: int
    """How many of those have another priority now."""


class Queue:
    """The films of a batch, in one file."""

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self.tables = Tables(path)
        self._clock = clock

    def close(self) -> None:
        """Closes the file."""
        self.tables.close()

    def add(self, entries: Sequence[BatchEntry], places: Sequence[str] = ()) -> Added:
        """Adds entries; those that are known already are not added again.

        The priority of a known entry that is still to be made becomes the one that is given now.
        """
        now = self._clock.wall()
        new = moved = 0
        with self.tables.writing() as db:
            for at, (key, entry) in enumerate(keyed(entries)):
                place = places[at] if at < len(places) else ""
                made = db.execute(
                    "INSERT INTO entries (key, entry, name, place, priority, added_at)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                    (
                        key,
                        entry.model_dump_json(exclude_defaults=True),
                        entry.name,
                        place,
                        entry.priority,
                        now,
                    ),
                )
                if made.rowcount:
                    new += 1
                    note(db, now, made.lastrowid, "added", place)
                    continue
                moved += db.execute(
                    "UPDATE entries SET priority = ? WHERE key = ? AND priority != ?"
                    " AND state IN ('waiting', 'failed', 'running')",
                    (entry.priority, key, entry.priority),
                ).rowcount
        return Added(new=new, known=len(entries) - new, moved=moved)

    def note_faults(self, name: str, faults: Sequence[BatchFault]) -> None:
        """Keeps what could not be used of a list, for the report, in the place of what was."""
        with self.tables.writing() as db:
            db.execute("DELETE FROM faults WHERE list = ?", (name,))
            db.executemany(
                "INSERT INTO faults (list, place, text) VALUES (?, ?, ?)",
                [(name, fault.where, fault.text) for fault in faults],
            )

    def faults(self) -> tuple[BatchFault, ...]:
        """Gives what could not be used of the lists, as they were last read."""
        with self.tables.reading() as db:
            rows = db.execute("SELECT place, text FROM faults ORDER BY rowid").fetchall()
        return tuple(BatchFault(where=row["place"], text=row["text"]) for row in rows)

    def entries(self) -> tuple[Queued, ...]:
        """Gives all entries in the order in which they were added."""
        with self.tables.reading() as db:
            rows = db.execute("SELECT * FROM entries ORDER BY id").fetchall()
        return tuple(map(queued, rows))

    @property
    def open(self) -> int:
        """How many entries are still to be made, those that run included."""
        with self.tables.reading() as db:
            row = db.execute(
                "SELECT COUNT(*) AS n FROM entries WHERE state IN ('waiting', 'failed', 'running')"
            ).fetchone()
        return int(row["n"])

    def entry(self, number: int) -> Queued:
        """Gives one entry. Raises InputError where there is none."""
        with self.tables.reading() as db:
            row = db.execute("SELECT * FROM entries WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise InputError(f"there is no entry {number}: see `nightshoot batch status`")
        return queued(row)

    def happenings(self, number: int | None = None) -> tuple[Happening, ...]:
        """Gives what happened, to one entry or at all, oldest first."""
        with self.tables.reading() as db:
            rows = db.execute(
                "SELECT at, entry, what, detail FROM events WHERE ?1 IS NULL OR entry = ?1"
                " ORDER BY id",
                (number,),
            ).fetchall()
        return tuple(Happening.model_validate(dict(row)) for row in rows)

    def prioritise(self, number: int, priority: int) -> None:
        """Gives an entry another priority. Raises InputError where it is to be made no more."""
        with self.tables.writing() as db:
            found = self._state(db, number)
            if not found.open:
                raise InputError(f"entry {number} is {_said(found)}: there is nothing to order")
            db.execute("UPDATE entries SET priority = ? WHERE id = ?", (priority, number))
            note(db, self._clock.wall(), number, "prioritised", str(priority))

    def cancel(self, number: int) -> bool:
        """Calls an entry off; gives whether it is running and will stop in a moment.

        Raises:
            InputError: it is done, or called off already.
        """
        with self.tables.writing() as db:
            found = self._state(db, number)
            now = self._clock.wall()
            if found is EntryState.RUNNING:
                db.execute("UPDATE entries SET cancel = 1 WHERE id = ?", (number,))
                note(db, now, number, "asked to stop")
                return True
            if found in (EntryState.DONE, EntryState.CANCELLED):
                raise InputError(f"entry {number} is {_said(found)}: there is nothing to cancel")
            db.execute(
                "UPDATE entries SET state = 'cancelled', ended_at = ? WHERE id = ?", (now, number)
            )
            note(db, now, number, "cancelled")
            return False

    def retry(
        self, numbers: Collection[int] = (), *, cause: Cause | None = None, every: bool = False
    ) -> tuple[int, ...]:
        """Has entries made again that failed, were set aside or called off; gives their numbers.

        Args:
            numbers: these.
            cause: all that failed or were set aside for this cause.
            every: all that failed or were set aside.

        Raises:
            InputError: one of `numbers` is not to be retried.
        """
        with self.tables.writing() as db:
            for number in numbers:
                found = self._state(db, number)
                if found not in _AGAIN:
                    raise InputError(f"entry {number} is {_said(found)}: there is nothing to retry")
            chosen = set(numbers)
            if every or cause is not None:
                chosen |= {
                    row["id"]
                    for row in db.execute(
                        "SELECT id FROM entries WHERE state IN ('set_aside', 'failed')"
                        " AND (?1 IS NULL OR cause = ?1)",
                        (cause.value if cause else None,),
                    )
                }
            now = self._clock.wall()
            for number in sorted(chosen):
                db.execute(
                    "UPDATE entries SET state = 'waiting', cause = NULL, error = '', failures = 0,"
                    " deaths = 0, cancel = 0, ended_at = NULL WHERE id = ?",
                    (number,),
                )
                change(db, "entries", number, columns("short", Limits()))
                note(db, now, number, "retried")
        return tuple(sorted(chosen))

    def pause(self, *, reason: str = BY_HAND, text: str = "a person paused it") -> None:
        """Has nothing further begun; what runs goes on."""
        now = self._clock.wall()
        with self.tables.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO pauses (reason, text, at) VALUES (?, ?, ?)",
                (reason, text, now),
            )
            note(db, now, None, "paused", text)

    def resume(self, *, reason: str | None = None) -> bool:
        """Ends a pause, or all; gives whether there was one."""
        with self.tables.writing() as db:
            ended = db.execute(
                "DELETE FROM pauses WHERE ?1 IS NULL OR reason = ?1", (reason,)
            ).rowcount
            if ended:
                note(db, self._clock.wall(), None, "resumed")
        return bool(ended)

    @property
    def paused(self) -> str:
        """Why nothing is begun; empty where it is not paused."""
        with self.tables.reading() as db:
            row = db.execute("SELECT text FROM pauses ORDER BY at LIMIT 1").fetchone()
        return str(row["text"]) if row else ""

    @property
    def night(self) -> Night | None:
        """The last night, or the one that goes on."""
        with self.tables.reading() as db:
            row = db.execute("SELECT * FROM nights ORDER BY id DESC LIMIT 1").fetchone()
        return night_in(row) if row else None

    def lengths_s(self, night: int) -> tuple[float, ...]:
        """Gives how long each film took that was done in a night, in seconds of work."""
        with self.tables.reading() as db:
            rows = db.execute(
                "SELECT worked_s FROM entries WHERE night = ? AND state = 'done'", (night,)
            ).fetchall()
        return tuple(row["worked_s"] for row in rows)

    def used(self, night: int) -> Used:
        """Gives what a night has used; what a running film may still use counts as used."""
        with self.tables.reading() as db:
            return committed(db, night)

    def _state(self, db: sqlite3.Connection, number: int) -> EntryState:
        row = db.execute("SELECT state FROM entries WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise InputError(f"there is no entry {number}: see `nightshoot batch status`")
        return EntryState(row["state"])


def _said(state: EntryState) -> str:
    return state.value.replace("_", " ")
