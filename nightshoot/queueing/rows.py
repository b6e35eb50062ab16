"""The tables of a queue, and their rows as values."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field

from nightshoot.domain.batch import BatchEntry, Cause, EntryState
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
    used_usd REAL NOT NULL DEFAULT 0,
    ceiling_usd REAL,
    short_usd REAL,
    worked_s REAL NOT NULL DEFAULT 0,
    report TEXT,
    added_at REAL NOT NULL,
    begun_at REAL,
    ended_at REAL
);
CREATE INDEX IF NOT EXISTS by_state ON entries (state, priority);
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
    budget_usd REAL,
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

VERSION = 1
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
    base_usd: float = 0.0
    """What its folder had cost before that night."""
    used_usd: float = 0.0
    """What its folder has cost, as known when it was last let go."""
    ceiling_usd: float | None = None
    """What its folder may cost in all while it runs."""
    short_usd: float | None = None
    """The ceiling of the night's money that it could not be finished with."""
    worked_s: float = 0.0
    """How long it was worked on, over all tries."""
    report: str = ""
    """What came of it, as JSON; empty until it is done."""
    added_at: float
    begun_at: float | None = None
    ended_at: float | None = None

    @property
    def cost_usd(self) -> float:
        """What it cost in the night in which it was last begun."""
        return max(0.0, self.used_usd - self.base_usd)


class Night(Value):
    """A night's work on a queue."""

    id: int
    begun_at: float
    ended_at: float | None = None
    budget_usd: float | None = None
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
    told = {name: row[name] for name in row.keys() if name in Queued.model_fields}  # noqa: SIM118
    told |= {"entry": BatchEntry.model_validate_json(row["entry"]), "report": row["report"] or ""}
    return Queued.model_validate(told)


def note(db: sqlite3.Connection, at: float, entry: int | None, what: str, detail: str = "") -> None:
    """Writes down what happened."""
    db.execute(
        "INSERT INTO events (at, entry, what, detail) VALUES (?, ?, ?, ?)",
        (at, entry, what, detail),
    )
