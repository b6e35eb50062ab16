"""Leases: which runner makes which entry, with heartbeats, so that nothing is made twice.

A runner counts up a number; another one that has seen the number stand still for the length of a
lease, by its own clock that never goes back, takes the entries over. Nobody compares the clocks of
two machines, and a clock that is set to another time changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.domain.batch import Cause, EntryState
from nightshoot.errors import InputError
from nightshoot.queueing.clock import Clock
from nightshoot.queueing.owners import Owner
from nightshoot.queueing.purse import granted
from nightshoot.queueing.queue import Queue
from nightshoot.queueing.rows import Night, Queued, note, queued

LEASE_S = 60.0
"""How long a silent runner keeps its entries. Source: a beat a second is written; sixty that are
missing are no busy disk, and SQLite itself waits for a minute."""

MOST_TRIES = 2
"""How often an entry may fail before it is set aside."""

MOST_DEATHS = 5
"""How often whoever makes an entry may die of it, or with it, before it is set aside. More than the
tries: a power cut or a kill is seldom the film's fault."""

_LONGEST_NIGHT_S = 18 * 3600.0
"""A night that was interrupted longer ago than this is over, and its budget with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An entry that this runner may make."""

    queued: Queued
    lease: int
    """Counts who had it: whoever lost it has an older number, and changes nothing any more."""
    folder: Path
    ceiling_usd: float | None
    """What the folder may cost in all, for the night's sake; None: the night has no ceiling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """How a claim ended."""

    state: EntryState
    cause: Cause | None = None
    error: str = ""
    report: str = ""
    short: bool = False
    """The night's money did not suffice: it waits until there is more."""
    worked_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Offer:
    """What a runner is given: a claim, or what stood against the entries that were open."""

    claim: Claim | None = None
    short: int = 0
    """Entries for which the night has no money."""
    late: int = 0
    """Entries that would not end in time."""
    resting: int = 0
    """Entries that failed a moment ago."""


@dataclass(slots=True, kw_only=True)
class Leases:
    """One runner's part in a queue."""

    queue: Queue
    owner: Owner
    clock: Clock
    out: Path
    """The folder that the films' folders lie in."""
    slug: Callable[[str], str]
    """Gives a name as the name of a folder."""
    spent: Callable[[Path], float]
    """Gives what a folder has cost in USD, open reservations included."""
    lease_s: float = LEASE_S
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    """The last beat of each other runner, and when it was first seen, by the monotonic clock."""

    def join(self, budget_usd: float | None) -> Night:
        """Takes part in the night that goes on, or begins one.

        A night goes on until a runner found nothing more to do. What is given for the budget holds
        for the night; beside another runner, the lower of the two does.

        Raises:
            InputError: a budget is given, and another runner works without one.
        """
        now = self.clock.wall()
        with self.queue.tables.writing() as db:
            others = self._others(db)
            db.execute(
                "INSERT OR IGNORE INTO owners (nonce, owner, beat, beaten_at) VALUES (?, ?, 0, ?)",
                (self.owner.nonce, self.owner.model_dump_json(), now),
            )
            row = db.execute(
                "SELECT * FROM nights WHERE ended_at IS NULL AND (begun_at > ? OR ?)"
                " ORDER BY id DESC LIMIT 1",
                (now - _LONGEST_NIGHT_S, bool(others)),
            ).fetchone()
            if row is None:
                db.execute(
                    "UPDATE nights SET ended_at = ?, ended = 'interrupted' WHERE ended_at IS NULL",
                    (now,),
                )
                db.execute(
                    "INSERT INTO nights (begun_at, budget_usd) VALUES (?, ?)", (now, budget_usd)
                )
            elif budget_usd is not None:
                known = row["budget_usd"]
                if others and known is None:
                    raise InputError(
                        "another runner works on this queue without a budget: stop it, or leave "
                        "out --budget-usd"
                    )
                both = min(budget_usd, known) if others else budget_usd
                db.execute("UPDATE nights SET budget_usd = ? WHERE id = ?", (both, row["id"]))
            row = db.execute("SELECT * FROM nights ORDER BY id DESC LIMIT 1").fetchone()
        return Night.model_validate(dict(row))

    def leave(self, ended: str, *, night: Night, over: bool) -> None:
        """Takes part no longer.

        Args:
            ended: why.
            night: the one that it took part in.
            over: it is over, unless others still work; else it goes on with the next run.
        """
        now = self.clock.wall()
        with self.queue.tables.writing() as db:
            db.execute("DELETE FROM owners WHERE nonce = ?", (self.owner.nonce,))
            if over and not self._others(db):
                db.execute(
                    "UPDATE nights SET ended_at = ?, ended = ? WHERE id = ? AND ended_at IS NULL",
                    (now, ended, night.id),
                )
            note(db, now, None, "ended", ended)

    def beat(self, claims: Collection[Claim]) -> dict[int, str]:
        """Says that this runner lives; gives the entries that it must stop, with why."""
        now = self.clock.wall()
        with self.queue.tables.writing() as db:
            db.execute(
                "INSERT INTO owners (nonce, owner, beat, beaten_at) VALUES (?, ?, 0, ?)"
                " ON CONFLICT (nonce) DO UPDATE SET beat = beat + 1,"
                " beaten_at = excluded.beaten_at",
                (self.owner.nonce, self.owner.model_dump_json(), now),
            )
            found = {}
            for claim in claims:
                row = db.execute(
                    "SELECT lease, cancel, state FROM entries WHERE id = ?", (claim.queued.id,)
                ).fetchone()
                if row["lease"] != claim.lease or row["state"] != "running":
                    found[claim.queued.id] = "taken over by another runner"
                elif row["cancel"]:
                    found[claim.queued.id] = "cancelled"
        return found

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

    @property
    def at_work(self) -> int:
        """How many entries other runners hold."""
        with self.queue.tables.reading() as db:
            row = db.execute(
                "SELECT COUNT(*) AS n FROM entries WHERE state = 'running' AND owner != ?",
                (self.owner.nonce,),
            ).fetchone()
        return int(row["n"])

    def claim(
        self,
        night: Night,
        *,
        slots: int,
        in_time: Callable[[Queued], bool] = lambda _: True,
        rested: Callable[[Queued], bool] = lambda _: True,
    ) -> Offer:
        """Claims the best entry that can be begun: one runner has it, and no other.

        The highest priority goes first, then what never failed, then what was begun before.

        Args:
            night: this one.
            slots: how many films this runner could begin now.
            in_time: whether an entry would end in time.
            rested: whether an entry may be tried already.

        Raises:
            ArtifactError: the queue or the ledger cannot be used.
        """
        short = late = resting = 0
        with self.queue.tables.writing() as db:
            if db.execute("SELECT 1 FROM pauses LIMIT 1").fetchone():
                return Offer()
            told = db.execute("SELECT * FROM nights WHERE id = ?", (night.id,)).fetchone()
            night = Night.model_validate(dict(told))
            rows = db.execute(
                "SELECT * FROM entries WHERE state IN ('waiting', 'failed') ORDER BY"
                " priority DESC, failures, begun_at IS NULL, id"
            ).fetchall()
            for place, row in enumerate(rows):
                one = queued(row)
                if not in_time(one):
                    late += 1
                    continue
                if not rested(one):
                    resting += 1
                    continue
                grant = granted(
                    db,
                    night,
                    one,
                    spent_usd=self.spent(Path(one.folder)) if one.folder else 0.0,
                    claimants=min(slots, len(rows) - place),
                )
                if grant is None:
                    short += 1
                    continue
                folder = one.folder or self._placed(db, one)
                db.execute(
                    "UPDATE entries SET state = 'running', owner = ?, lease = lease + 1,"
                    " cancel = 0, folder = ?, night = ?, base_usd = ?, ceiling_usd = ?, used_usd ="
                    " MAX(used_usd, ?), begun_at = COALESCE(begun_at, ?), cause = NULL, error = ''"
                    " WHERE id = ?",
                    (
                        self.owner.nonce,
                        folder,
                        night.id,
                        grant.base_usd,
                        grant.ceiling_usd,
                        grant.base_usd,
                        self.clock.wall(),
                        one.id,
                    ),
                )
                note(db, self.clock.wall(), one.id, "begun", folder)
                now = db.execute("SELECT * FROM entries WHERE id = ?", (one.id,)).fetchone()
                claim = Claim(
                    queued=queued(now),
                    lease=now["lease"],
                    folder=Path(folder),
                    ceiling_usd=grant.ceiling_usd,
                )
                return Offer(claim=claim, short=short, late=late, resting=resting)
        return Offer(short=short, late=late, resting=resting)

    def release(self, claim: Claim, ended: Released) -> Queued | None:
        """Writes down how a claim ended; gives the entry, or None where it was lost before."""
        used = self.spent(claim.folder)
        with self.queue.tables.writing() as db:
            row = db.execute(
                "SELECT * FROM entries WHERE id = ? AND lease = ? AND state = 'running'",
                (claim.queued.id, claim.lease),
            ).fetchone()
            if row is None:
                return None
            state, failures = ended.state, row["failures"]
            if state is EntryState.FAILED:
                failures += 1
                state = EntryState.SET_ASIDE if failures >= MOST_TRIES else state
            if row["cancel"] and state in (EntryState.WAITING, EntryState.FAILED):
                state = EntryState.CANCELLED
            now = self.clock.wall()
            db.execute(
                "UPDATE entries SET state = ?, cause = ?, error = ?, report = ?, failures = ?,"
                " owner = NULL, cancel = 0, used_usd = ?, worked_s = worked_s + ?, short_usd = ?,"
                " ended_at = ? WHERE id = ?",
                (
                    state.value,
                    ended.cause.value if ended.cause else None,
                    ended.error,
                    ended.report or row["report"],
                    failures,
                    used,
                    ended.worked_s,
                    claim.ceiling_usd if ended.short else row["short_usd"],
                    None if state.open else now,
                    claim.queued.id,
                ),
            )
            note(db, now, claim.queued.id, state.value, ended.error)
            after = db.execute("SELECT * FROM entries WHERE id = ?", (claim.queued.id,)).fetchone()
        return queued(after)

    def _others(self, db: sqlite3.Connection) -> int:
        """Gives how many other runners may be alive."""
        rows = db.execute("SELECT owner FROM owners WHERE nonce != ?", (self.owner.nonce,))
        return sum(not self._surely_dead(row["owner"]) for row in rows.fetchall())

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

    def _lose(self, row: sqlite3.Row, *, proved: bool) -> list[Queued]:
        """Takes an entry from its runner, unless that let it go meanwhile.

        Args:
            row: the entry.
            proved: the runner is dead for certain; else what it was given counts as spent.
        """
        used = self.spent(Path(row["folder"]))
        if not proved and row["ceiling_usd"] is not None:
            used = max(used, row["ceiling_usd"])
        deaths = row["deaths"] + 1
        state = EntryState.WAITING if deaths < MOST_DEATHS else EntryState.SET_ASIDE
        state = EntryState.CANCELLED if row["cancel"] else state
        died = state is EntryState.SET_ASIDE
        error = f"whoever made it died {deaths} times" if died else ""
        now = self.clock.wall()
        with self.queue.tables.writing() as db:
            changed = db.execute(
                "UPDATE entries SET state = ?, owner = NULL, lease = lease + 1, deaths = ?,"
                " used_usd = ?, cause = ?, error = ?, cancel = 0, ended_at = ?"
                " WHERE id = ? AND lease = ? AND state = 'running' AND owner = ?",
                (
                    state.value,
                    deaths,
                    used,
                    Cause.DIED.value if died else None,
                    error,
                    None if state.open else now,
                    row["id"],
                    row["lease"],
                    row["owner"],
                ),
            ).rowcount
            # A runner that only slept writes itself in again at its next beat.
            db.execute("DELETE FROM owners WHERE nonce = ?", (row["owner"],))
            if changed:
                note(db, now, row["id"], "taken over", "its runner is gone")
            after = db.execute("SELECT * FROM entries WHERE id = ?", (row["id"],)).fetchone()
        return [queued(after)] if changed else []

    def _placed(self, db: sqlite3.Connection, one: Queued) -> str:
        """Gives a folder that no film has, for an entry's film."""
        wanted = one.entry.options.out
        out = self.out.resolve()
        folder = (out / wanted if wanted else out / self.slug(one.name)).resolve()
        first, number = folder, 2
        while _taken(db, folder):
            folder = first.with_name(f"{first.name}-{number}")
            number += 1
        return str(folder)


def _taken(db: sqlite3.Connection, folder: Path) -> bool:
    """Whether a folder is another entry's, or holds something."""
    row = db.execute("SELECT 1 FROM entries WHERE folder = ? LIMIT 1", (str(folder),)).fetchone()
    if row is not None:
        return True
    return folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))
