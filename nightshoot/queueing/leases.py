"""Leases: which runner makes which entry, with heartbeats, so that nothing is made twice.

Whoever has a lease is known to live by its heartbeats: see `nightshoot.queueing.others`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.budget import Ledger
from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.limits import Currency, Limits, Used
from nightshoot.queueing import nights
from nightshoot.queueing.clock import Clock
from nightshoot.queueing.others import LEASE_S, Others
from nightshoot.queueing.owners import Owner
from nightshoot.queueing.purse import (
    Grant,
    committed,
    granted,
    is_short,
    shared_anew,
    suffices,
)
from nightshoot.queueing.queue import Queue
from nightshoot.queueing.rows import (
    TO_BEGIN,
    Night,
    Queued,
    change,
    columns,
    limits_in,
    note,
    queued,
    used_in,
)

MOST_TRIES = 2
"""How often an entry may fail before it is set aside."""

_ORDER = "priority DESC, failures, begun_at IS NULL, id"
"""Who is begun first: the highest priority, then what never failed, then what was begun before."""

_ORDER_IF_SHORT = "priority DESC, begun_at IS NULL, worked_s DESC, failures, id"
"""The same where money or time will not do for all: what is nearly done is finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An entry that this runner may make."""

    queued: Queued
    lease: int
    """Counts who had it: whoever lost it has an older number, and changes nothing any more."""
    folder: Path
    limits: Limits
    """What the folder may use in all, for the night's sake, when it is begun; `topped_up` says what
    it may use later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """How a claim ended."""

    state: EntryState
    cause: Cause | None = None
    error: str = ""
    report: str = ""
    short: bool = False
    """What the night could give it did not suffice: it waits until there is more."""
    lacking: Currency | None = None
    """Of what there was too little; None: it is not known."""
    worked_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Offer:
    """What a runner is given: a claim, or what stood against the entries that were open."""

    claim: Claim | None = None
    short: int = 0
    """Entries for which the night has no money, no GPU time or no takes."""
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
    spent: Callable[[Path], Used]
    """Gives what a folder has used, open reservations included."""
    ledger: Ledger | None = None
    """Where `spent` looks; None: it is not known whether others look there too."""
    lease_s: float = LEASE_S
    _told: dict[int, Limits] = field(default_factory=dict)
    """What each film that this runner makes was last told to keep to."""
    _others: Others = field(init=False)

    def __post_init__(self) -> None:
        """Begins to watch the other runners."""
        self._others = Others(
            queue=self.queue,
            owner=self.owner,
            clock=self.clock,
            spent=self.spent,
            lease_s=self.lease_s,
        )

    def join(self, limits: Limits) -> Night:
        """Takes part in the night that goes on, or begins one.

        A night goes on until a runner found nothing more to do. What is given as a limit holds for
        the night; beside another runner, the lower of the two does.

        Raises:
            InputError: a limit is given, and another runner works without one; or there are limits,
                and what the night has used is counted in another ledger.
        """
        now = self.clock.wall()
        with self.queue.tables.writing() as db:
            others = bool(self._others.alive(db))
            db.execute(
                "INSERT OR IGNORE INTO owners (nonce, owner, beat, beaten_at) VALUES (?, ?, 0, ?)",
                (self.owner.nonce, self.owner.model_dump_json(), now),
            )
            night = nights.joined(db, limits, now=now, others=others)
            if self.ledger is not None:
                nights.counted_in(db, night, self.ledger)
            return night

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
            if over and not self._others.alive(db):
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
        return self._others.recover()

    @property
    def at_work(self) -> int:
        """How many entries other runners hold."""
        with self.queue.tables.reading() as db:
            row = db.execute(
                "SELECT COUNT(*) AS n FROM entries WHERE state = 'running' AND owner != ?",
                (self.owner.nonce,),
            ).fetchone()
        return int(row["n"])

    def priorities(self) -> dict[int, int]:
        """Gives the priorities of the entries that this runner holds, as they are now."""
        with self.queue.tables.reading() as db:
            rows = db.execute(
                "SELECT id, priority FROM entries WHERE state = 'running' AND owner = ?",
                (self.owner.nonce,),
            ).fetchall()
        return {row["id"]: row["priority"] for row in rows}

    def claim(
        self,
        night: Night,
        *,
        slots: int,
        worked_over_s: float | None = None,
        without: Collection[int] = (),
        resting: Collection[int] = (),
        pressed: bool = False,
    ) -> Offer:
        """Claims the best entry that can be begun: one runner has it, and no other.

        The highest priority goes first, then what never failed, then what was begun before. Where
        the night is short, what was begun before and worked on most goes first of its priority: it
        is short where less is left than the entries that wait would use, by this night's median.

        Args:
            night: this one.
            slots: how many films this runner could begin now.
            worked_over_s: only what was worked on for longer than this would end in time; None: all
                would.
            without: entries that have been found to come too late.
            resting: entries that are not to be tried yet.
            pressed: the night is short of time.

        Raises:
            ArtifactError: the queue or the ledger cannot be used.
        """
        short = rest = 0
        spare: list[tuple[Queued, Used, Used]] = []
        with self.queue.tables.writing() as db:
            if db.execute("SELECT 1 FROM pauses LIMIT 1").fetchone():
                return Offer()
            night = nights.read(db, night.id)
            late = _late(db, worked_over_s, without)
            count, rows = self._waiting(db, night, worked_over_s, without, pressed=pressed)
            everybody = committed(db, night.id)
            enough = suffices(night.limits, everybody)
            for place, row in enumerate(rows):
                others = everybody
                if row["night"] == night.id:
                    others = others.beyond(used_in(row, "used").beyond(used_in(row, "base")))
                if not enough and (others is everybody or not suffices(night.limits, others)):
                    short += 1
                    continue
                if row["id"] in resting:
                    rest += 1
                    continue
                one = queued(row)
                spent = self.spent(Path(one.folder)) if one.folder else Used()
                grant = granted(
                    one,
                    night,
                    others=others,
                    spent=spent,
                    claimants=min(slots, count - place),
                )
                if grant is not None:
                    claim = self._begun(db, night, one, grant, spent)
                    return Offer(claim=claim, short=short, late=late, resting=rest)
                short += 1
                spare.append((one, others, spent))
            for one, others, spent in spare:
                # Where a share is too little for each of them, the first has all that is left.
                grant = granted(one, night, others=others, spent=spent, claimants=1)
                if grant is not None:
                    claim = self._begun(db, night, one, grant, spent)
                    return Offer(claim=claim, short=short - 1, late=late, resting=rest)
        return Offer(short=short, late=late, resting=rest)

    def _waiting(
        self,
        db: sqlite3.Connection,
        night: Night,
        worked_over_s: float | None,
        without: Collection[int],
        *,
        pressed: bool,
    ) -> tuple[int, Iterator[sqlite3.Row]]:
        """Gives how many entries are to be made, and those that can end in time, the best first."""
        told = db.execute(
            f"SELECT COUNT(*) AS n, COUNT(begun_at) AS begun FROM {TO_BEGIN}"  # noqa: S608
        ).fetchone()
        short = told["begun"] and (pressed or is_short(db, night, waiting=told["n"]))
        order = _ORDER_IF_SHORT if short else _ORDER
        # Numbers first: the rows are wide, and mostly the first few are looked at.
        numbers = db.execute(
            f"SELECT id FROM {TO_BEGIN} AND worked_s > ? ORDER BY {order}",  # noqa: S608
            (-1.0 if worked_over_s is None else worked_over_s,),
        ).fetchall()
        return told["n"], (
            db.execute("SELECT * FROM entries WHERE id = ?", (row["id"],)).fetchone()
            for row in numbers
            if row["id"] not in without
        )

    def _begun(
        self, db: sqlite3.Connection, night: Night, one: Queued, grant: Grant, spent: Used
    ) -> Claim:
        folder = one.folder or self._placed(db, one)
        now = self.clock.wall()
        change(
            db,
            "entries",
            one.id,
            columns("base", grant.base)
            | columns("ceiling", grant.ceiling)
            | columns("used", one.used.or_more(spent)),
        )
        db.execute(
            "UPDATE entries SET state = 'running', owner = ?, lease = lease + 1, cancel = 0,"
            " folder = ?, night = ?, begun_at = COALESCE(begun_at, ?), cause = NULL, error = ''"
            " WHERE id = ?",
            (self.owner.nonce, folder, night.id, now, one.id),
        )
        note(db, now, one.id, "begun", folder)
        row = db.execute("SELECT * FROM entries WHERE id = ?", (one.id,)).fetchone()
        self._told[one.id] = grant.ceiling
        return Claim(
            queued=queued(row), lease=row["lease"], folder=Path(folder), limits=grant.ceiling
        )

    def topped_up(self, claim: Claim, *, slots: int = 0) -> Limits:
        """Gives what a running film may use in all from now on: more than before, or less.

        The rest of the night is shared anew among those that run, as others end below what they
        were given; see `nightshoot.queueing.purse.shared_anew`. Nobody is given less than they have
        used. The film must keep to what this gives before it is asked again: what is taken from it
        is given to another one only then, so that the ceilings never add up to more than the
        night's.

        Args:
            claim: the film.
            slots: how many films this runner could begin besides.
        """
        number, told = claim.queued.id, self._told.get(claim.queued.id, claim.limits)
        spent = self.spent(claim.folder)
        with self.queue.tables.writing() as db:
            row = self._mine(db, claim)
            if row is None:
                return told
            night = nights.read(db, row["night"])
            waiting = db.execute(
                "SELECT COUNT(*) AS n FROM entries WHERE state IN ('waiting', 'failed')"
            ).fetchone()["n"]
            share = shared_anew(
                db,
                night,
                number,
                base=used_in(row, "base"),
                spent=spent,
                told=told,
                beginning=min(slots, waiting),
            )
            # What a runner that was given up may have used of it counts until this one lets go.
            used = spent.or_more(claim.queued.used)
            if used_in(row, "used") != used or limits_in(row, "ceiling") != share.ceiling:
                held = columns("ceiling", share.ceiling)
                change(db, "entries", number, held | columns("used", used))
        self._told[number] = share.told
        return share.told

    def release(self, claim: Claim, ended: Released) -> Queued | None:
        """Writes down how a claim ended; gives the entry, or None where it was lost before."""
        told = self._told.pop(claim.queued.id, claim.limits)
        used = self.spent(claim.folder)
        with self.queue.tables.writing() as db:
            row = self._mine(db, claim)
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
                " owner = NULL, cancel = 0, worked_s = worked_s + ?, ended_at = ? WHERE id = ?",
                (
                    state.value,
                    ended.cause.value if ended.cause else None,
                    ended.error,
                    ended.report or row["report"],
                    failures,
                    ended.worked_s,
                    None if state.open else now,
                    claim.queued.id,
                ),
            )
            change(db, "entries", claim.queued.id, columns("used", used) | _short(told, ended))
            note(db, now, claim.queued.id, state.value, ended.error)
            after = db.execute("SELECT * FROM entries WHERE id = ?", (claim.queued.id,)).fetchone()
        return queued(after)

    def _mine(self, db: sqlite3.Connection, claim: Claim) -> sqlite3.Row | None:
        """Gives the entry of a claim; None where it was lost."""
        row: sqlite3.Row | None = db.execute(
            "SELECT * FROM entries WHERE id = ? AND lease = ? AND state = 'running'",
            (claim.queued.id, claim.lease),
        ).fetchone()
        return row

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


def _late(db: sqlite3.Connection, worked_over_s: float | None, without: Collection[int]) -> int:
    """Gives how many entries would not end in time."""
    if worked_over_s is None and not without:
        return 0
    rows = db.execute(
        f"SELECT id, worked_s FROM {TO_BEGIN}"  # noqa: S608
        if without
        else f"SELECT COUNT(*) AS n FROM {TO_BEGIN} AND worked_s <= ?",  # noqa: S608
        () if without else (worked_over_s,),
    ).fetchall()
    if not without:
        return int(rows[0]["n"])
    most = float("-inf") if worked_over_s is None else worked_over_s
    return sum(row["id"] in without or row["worked_s"] <= most for row in rows)


def _short(told: Limits, ended: Released) -> dict[str, float | None]:
    """Gives the columns that say what an entry could not be finished with, if it ran short."""
    if not ended.short:
        return {}
    lacking = [ended.lacking] if ended.lacking else list(told.given)
    return {f"short_{currency}": told.of(currency) for currency in lacking}


def _taken(db: sqlite3.Connection, folder: Path) -> bool:
    """Whether a folder is another entry's, or holds something."""
    row = db.execute("SELECT 1 FROM entries WHERE folder = ? LIMIT 1", (str(folder),)).fetchone()
    if row is not None:
        return True
    return folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))
