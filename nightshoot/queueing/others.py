"""The other runners of a queue: whether they live, and what becomes of what the dead have left.

A runner counts up a number; another one that has seen the number stand still for the length of a
lease, by its own clock that never goes back, takes the entries over. Nobody compares the clocks of
two machines, and a clock that is set to another time changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.limits import Used
from nightshoot.queueing.clock import Clock
from nightshoot.queueing.owners import Owner
from nightshoot.queueing.queue import Queue
from nightshoot.queueing.rows import Queued, change, columns, held_in, note, queued

LEASE_S = 60.0
"""How long a silent runner keeps its entries. Source: a beat a second is written; sixty that are
missing are no busy disk, and SQLite itself waits for a minute."""

MOST_DEATHS = 5
"""How often whoever makes an entry may die of it, or with it, before it is set aside. More than the
tries: a power cut or a kill is seldom the film's fault."""


@dataclass(slots=True, kw_only=True)
class Others:
    """What one runner knows of the others."""

    queue: Queue
    owner: Owner
    """The one."""
    clock: Clock
    spent: Callable[[Path], Used]
    """Gives what a folder has used, open reservations included."""
    lease_s: float = LEASE_S
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    """The last beat of each other runner, and when it was first seen, by the monotonic clock."""

    def alive(self, db: sqlite3.Connection) -> int:
        """Gives how many of them may be alive."""
        rows = db.execute("SELECT owner FROM owners WHERE nonce != ?", (self.owner.nonce,))
        return sum(not self._surely_dead(row["owner"]) for row in rows.fetchall())

    def recover(self) -> tuple[Queued, ...]:
        """Takes entries from runners that are dead; gives them as they stand now."""
        lost: list[Queued] = []
        with self.queue.tables.reading() as db:
            rows = db.execute(
                "SELECT entries.*, owners.owner AS told, owners.beat AS beat FROM entries"
                " LEFT JOIN owners ON owners.nonce = entries.owner"
                " WHERE state = 'running' AND entries.owner != ?",
                (self.owner.nonce,),
            ).fetchall()
        for row in rows:
            proved = self._surely_dead(row["told"])
            if proved or self._silent(row["owner"], row["beat"]):
                lost += self._lose(row, proved=proved)
        self._forget_idle()
        return tuple(lost)

    def _forget_idle(self) -> None:
        """Forgets runners that are dead and hold nothing."""
        with self.queue.tables.reading() as db:
            rows = db.execute(
                "SELECT * FROM owners WHERE nonce != ? AND nonce NOT IN"
                " (SELECT owner FROM entries WHERE state = 'running')",
                (self.owner.nonce,),
            ).fetchall()
        gone = [
            row["nonce"]
            for row in rows
            if self._surely_dead(row["owner"]) or self._silent(row["nonce"], row["beat"])
        ]
        if gone:
            with self.queue.tables.writing() as db:
                db.executemany("DELETE FROM owners WHERE nonce = ?", [(nonce,) for nonce in gone])

    def _surely_dead(self, told: str | None) -> bool:
        return told is not None and Owner.model_validate_json(told).surely_dead(self.owner)

    def _silent(self, nonce: str, beat: int | None) -> bool:
        """Whether a runner's count has stood still for the length of a lease."""
        now, count = self.clock.monotonic(), -1 if beat is None else beat
        seen = self._seen.get(nonce)
        if seen is None or seen[0] != count:
            self._seen[nonce] = (count, now)
            return False
        return now - seen[1] > self.lease_s

    def _lose(self, lost: sqlite3.Row, *, proved: bool) -> list[Queued]:
        """Takes an entry from its runner, unless that let it go meanwhile.

        Args:
            lost: the entry.
            proved: the runner is dead for certain; else what it was given counts as used.
        """
        now, number = self.clock.wall(), lost["id"]
        with self.queue.tables.writing() as db:
            row = db.execute(
                "SELECT * FROM entries WHERE id = ? AND lease = ? AND state = 'running'"
                " AND owner = ?",
                (number, lost["lease"], lost["owner"]),
            ).fetchone()
            if row is not None:
                used = self.spent(Path(row["folder"]))
                # What it was given may have become more since it was looked at.
                change(
                    db, "entries", number, columns("used", used if proved else held_in(row, used))
                )
                self._take(db, row, now)
                note(db, now, number, "taken over", "its runner is gone")
            # Only once it holds nothing: whoever is killed here leaves the rest to be taken over at
            # once. A runner that only slept writes itself in again at its next beat.
            db.execute(
                "DELETE FROM owners WHERE nonce = ?1 AND NOT EXISTS"
                " (SELECT 1 FROM entries WHERE owner = ?1 AND state = 'running')",
                (lost["owner"],),
            )
            after = db.execute("SELECT * FROM entries WHERE id = ?", (number,)).fetchone()
        return [queued(after)] if row is not None else []

    def _take(self, db: sqlite3.Connection, row: sqlite3.Row, now: float) -> None:
        """Has a lost runner's entry wait, unless it was called off or killed too many."""
        deaths = row["deaths"] + 1
        state = EntryState.WAITING if deaths < MOST_DEATHS else EntryState.SET_ASIDE
        state = EntryState.CANCELLED if row["cancel"] else state
        died = state is EntryState.SET_ASIDE
        db.execute(
            "UPDATE entries SET state = ?, owner = NULL, lease = lease + 1, deaths = ?, cause = ?,"
            " error = ?, cancel = 0, ended_at = ? WHERE id = ?",
            (
                state.value,
                deaths,
                Cause.DIED.value if died else None,
                f"whoever made it died {deaths} times" if died else "",
                None if state.open else now,
                row["id"],
            ),
        )
