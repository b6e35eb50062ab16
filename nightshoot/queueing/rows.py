"""The tables of a queue, and their rows as values."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field

from nightshoot.domain.batch import BatchEntry, Cause, EntryState
from nightshoot.domain.limits import Currency, Limits, Used
from nightshoot.domain.value import Value
from nightshoot.errors import ArtifactError
from nightshoot.files import told_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    entry TEXT NOT NULL,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    cause TEXT,
    error TEXT NOT NULL DEFAULT '',
    failures INTEGER NOT NULL DEFAULT 0,
    deaths INTEGER NOT NULL DEFAULT 0,
    folder TEXT NOT NULL DEFAULT '',
    lease INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    cancel INTEGER NOT NULL DEFAULT 0,
    night INTEGER,
    base_usd REAL NOT NULL DEFAULT 0,
    base_gpu_s REAL NOT NULL DEFAULT 0,
    base_takes INTEGER NOT NULL DEFAULT 0,
    used_usd REAL NOT NULL DEFAULT 0,
    used_gpu_s REAL NOT NULL DEFAULT 0,
    used_takes INTEGER NOT NULL DEFAULT 0,
    ceiling_usd REAL,
    ceiling_gpu_s REAL,
    ceiling_takes INTEGER,
    short_usd REAL,
    short_gpu_s REAL,
    short_takes INTEGER,
    worked_s REAL NOT NULL DEFAULT 0,
    report TEXT,
    added_at REAL NOT NULL,
    begun_at REAL,
    ended_at REAL
);
CREATE INDEX IF NOT EXISTS by_state ON entries (state, priority);
CREATE INDEX IF NOT EXISTS by_night ON entries (night);
CREATE TABLE IF NOT EXISTS owners (
    nonce TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    beat INTEGER NOT NULL,
    beaten_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS nights (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    begun_at REAL NOT NULL,
    ended_at REAL,
    limit_usd REAL,
    limit_gpu_s REAL,
    limit_takes INTEGER,
    ended TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS pauses (
    reason TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS faults (
    list TEXT NOT NULL,
    place TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    entry INTEGER,
    what TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS by_entry ON events (entry);
"""

_OPEN = "state IN ('waiting', 'failed')"

_INDEX = (
    "CREATE INDEX IF NOT EXISTS to_begin ON entries"
    f" (priority DESC, failures, begun_at IS NULL, id, begun_at, worked_s) WHERE {_OPEN}"
)
"""Holds all that the next entry is chosen by, in the usual order; queues of before get it too."""

TO_BEGIN = f"entries INDEXED BY to_begin WHERE {_OPEN}"
"""What can be begun. SQLite, which knows of no row how rare its state is, would take `by_state`."""

VERSION = 2
"""Of the tables; a queue of another version is refused rather than misread."""


class Queued(Value):
    """An entry as it stands in the queue."""

    id: int
    entry: BatchEntry
    name: str
    place: str
    """Where it stands in its list."""
    priority: int
    state: EntryState
    cause: Cause | None = None
    error: str = ""
    failures: int = 0
    """How many tries failed since a person last asked for it."""
    deaths: int = 0
    """How often whoever made it died."""
    folder: str = ""
    """Where it is made; empty until it is first begun."""
    night: int | None = None
    """The night in which it was last begun."""
    base: Used = Used()
    """What its folder had used before that night."""
    used: Used = Used()
    """What its folder has used, as last looked at: in the last beats, or when it was let go."""
    ceiling: Limits = Limits()
    """What its folder may use in all while it runs."""
    short: Limits = Limits()
    """The ceilings that it could not be finished with."""
    worked_s: float = 0.0
    """How long it was worked on, over all tries."""
    report: str = ""
    """What came of it, as JSON; empty until it is done."""
    added_at: float
    begun_at: float | None = None
    ended_at: float | None = None

    @property
    def cost(self) -> Used:
        """What it used in the night in which it was last begun."""
        return self.used.beyond(self.base)


_PLAIN = tuple(
    name
    for name in Queued.model_fields
    if name not in ("entry", "report", "base", "used", "ceiling", "short")
)
"""The fields that are columns of their own."""


class Night(Value):
    """A night's work on a queue."""

    id: int
    begun_at: float
    ended_at: float | None = None
    limits: Limits = Limits()
    """The most that its films may use together."""
    ended: str = ""
    """Why it ended; empty while it goes on."""


class Happening(Value):
    """Something that happened to an entry, or to the queue."""

    at: float
    entry: int | None = None
    what: str = Field(min_length=1)
    detail: str = ""


class Tables:
    """The file of a queue: opened, written in transactions, safe for several processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, check_same_thread=False, timeout=60, isolation_level=None
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            # A film that is done stays done through a power cut.
            self._db.execute("PRAGMA synchronous=FULL")
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, VERSION):
                raise ArtifactError(
                    f"{path} is a queue of form {found}, and this nightshoot knows form {VERSION}: "
                    "use the nightshoot that wrote it"
                )
            if not found:
                self._db.executescript(
                    f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;"
                )
            self._db.execute(_INDEX)
        except (sqlite3.Error, OSError) as error:
            raise ArtifactError(f"the queue {path} cannot be opened: {told_of(error)}") from error

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Gives the tables for one change that is made whole or not at all.

        Raises:
            ArtifactError: the file cannot be written.
        """
        with self._lock, self._telling():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            try:
                self._db.execute("COMMIT")
            except sqlite3.Error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Gives the tables for reading."""
        with self._lock, self._telling():
            yield self._db

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ArtifactError(
                f"the queue {self.path} cannot be used: {told_of(error)}"
            ) from error


def queued(row: sqlite3.Row) -> Queued:
    """Gives a row of the entries as a value."""
    told = {name: row[name] for name in _PLAIN}
    told |= {"entry": BatchEntry.model_validate_json(row["entry"]), "report": row["report"] or ""}
    told |= {"base": used_in(row, "base"), "used": used_in(row, "used")}
    told |= {"ceiling": limits_in(row, "ceiling"), "short": limits_in(row, "short")}
    return Queued.model_validate(told)


def night_in(row: sqlite3.Row) -> Night:
    """Gives a row of the nights as a value."""
    return Night(
        id=row["id"],
        begun_at=row["begun_at"],
        ended_at=row["ended_at"],
        limits=limits_in(row, "limit"),
        ended=row["ended"],
    )


def used_in(row: sqlite3.Row, name: str) -> Used:
    """Gives what three columns say was used, such as `base_usd`, `base_gpu_s`, `base_takes`."""
    return Used(usd=row[f"{name}_usd"], gpu_s=row[f"{name}_gpu_s"], takes=row[f"{name}_takes"])


def limits_in(row: sqlite3.Row, name: str) -> Limits:
    """Gives what three columns say may be used."""
    return Limits(usd=row[f"{name}_usd"], gpu_s=row[f"{name}_gpu_s"], takes=row[f"{name}_takes"])


def held_in(row: sqlite3.Row, spent: Used | None = None) -> Used:
    """Gives what an entry has used, or may still use where it runs.

    Args:
        row: the entry.
        spent: what it is known to have used now; None: what was written down.
    """
    used = used_in(row, "used") if spent is None else spent
    ceiling = limits_in(row, "ceiling")
    if row["state"] != EntryState.RUNNING:
        return used
    return used.or_more(
        Used(usd=ceiling.usd or 0, gpu_s=ceiling.gpu_s or 0, takes=ceiling.takes or 0)
    )


def columns(name: str, amounts: Used | Limits) -> dict[str, float | None]:
    """Gives the values of three columns by their names."""
    return {f"{name}_{currency}": amounts.of(currency) for currency in Currency}


def change(db: sqlite3.Connection, table: str, number: int, to: Mapping[str, float | None]) -> None:
    """Gives columns of one row other values, by their names."""
    assigned = ", ".join(f"{column} = :{column}" for column in to)
    db.execute(f"UPDATE {table} SET {assigned} WHERE id = :id", dict(to) | {"id": number})  # noqa: S608


def note(db: sqlite3.Connection, at: float, entry: int | None, what: str, detail: str = "") -> None:
    """Writes down what happened."""
    db.execute(
        "INSERT INTO events (at, entry, what, detail) VALUES (?, ?, ?, ?)",
        (at, entry, what, detail),
    )
