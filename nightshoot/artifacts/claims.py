"""Claims: who makes an action now, so that nobody else makes it at the same time.

A claim is a row in the action log's database; whoever wants the same action waits until it is gone.
A claimant has a file of its own, `claimants/ID`, which stays locked for as long as its log is open
and its process lives (`liveness`); what the dead claimed is free.

This holds among the processes of one computer. The log's SQLite, which writes ahead, is for one
computer too: two that work in one shared folder at the same time may harm it, claims or not. One
after the other may. A claim that a dead process of another computer left is taken over once the
file server has given up that computer's locks (NFSv4: when its lease ends); where a folder is
mounted with locks that stay local (NFS `nolock` or `local_lock`, CIFS `nobrl`), at once, and from
the living too. A file system without locks is refused.

Source: https://www.sqlite.org/wal.html ("All processes using a database must be on the same host
computer"); flock(2), "NFS details"; RFC 8881, section 8.3.
"""

from __future__ import annotations

import itertools
import logging
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from nightshoot.artifacts.database import Database, Row
from nightshoot.artifacts.liveness import Living
from nightshoot.errors import ArtifactError
from nightshoot.files import told_of

_log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS claims (
    key TEXT PRIMARY KEY,
    claimant TEXT NOT NULL,
    number INTEGER NOT NULL
) WITHOUT ROWID
"""

_TAKE = """
INSERT INTO claims (key, claimant, number)
SELECT ?1, ?2, ?3 WHERE (SELECT made_at FROM actions WHERE key = ?1) IS ?4
ON CONFLICT (key) DO UPDATE SET number = excluded.number WHERE claimant = excluded.claimant
RETURNING 1
"""
"""Claims an action that nobody else claims and whose result is still the one that was seen."""

LET_GO = "DELETE FROM claims WHERE key = ? AND claimant = ? AND number = ?"
"""Ends one claim, and no later one to the same action. Its values: `Claim.row`."""


class Claims:
    """The claims of one action log. Safe for threads."""

    def __init__(self, database: Path, folder: Path) -> None:
        """Keeps the places; files are opened with the first claim.

        Args:
            database: of the action log, with the table `actions`.
            folder: where claimants have their files.
        """
        self._database = database
        self._folder = folder
        self._gate = threading.Lock()
        self._us: Claimant | None = None
        self._closed = False
        self._numbers = itertools.count(1)

    def of(self, key: str) -> Claim:
        """Gives a claim to the action with this key, which is yet to be taken."""
        return Claim(self, key, next(self._numbers))

    def claimant(self) -> Claimant:
        """Gives the claimant that this log is. Raises ArtifactError where it cannot be one."""
        with self._gate:
            if self._closed:
                raise ArtifactError("the action log is closed: nothing more is made with it")
            if self._us is None:
                self._us = Claimant(self._database, self._folder)
            return self._us

    def close(self) -> None:
        """Lets go of everything; nothing can be claimed any more."""
        with self._gate:
            us, self._us, self._closed = self._us, None, True
        if us is not None:
            us.leave()


class Claim:
    """A claim to one action: taken perhaps, and then let go of. The next one is another claim."""

    def __init__(self, claims: Claims, key: str, number: int) -> None:
        self._claims = claims
        self._key = key
        self._number = number
        self._gate = threading.Lock()
        self._ours: Claimant | None = None
        self._over = False

    @property
    def row(self) -> tuple[str, str, int] | None:
        """Its row in the database; None: it is not ours."""
        ours = self._ours
        return None if ours is None else (self._key, ours.id, self._number)

    def take(self, seen_at: float | None) -> bool:
        """Claims the action; says whether it is ours now. What the dead claimed is taken over.

        Args:
            seen_at: when the recorded result that will not do was made; None: there was none.
                Where another one has been recorded since, nothing is claimed.

        Raises:
            ArtifactError: the store cannot be written to, or its file system has no locks.
        """
        with self._gate:
            # Whoever asked may have been cancelled while a thread was on its way here.
            if self._over:
                return False
            us = self._claims.claimant()
            if us.takes(self._key, self._number, seen_at):
                self._ours = us
            return self._ours is not None

    def let_go(self) -> None:
        """Ends it, now and for ever. Safe to call twice, and where it was never taken.

        Where the disk refuses, it stays until the log is closed or claims the action again.
        """
        with self._gate:
            row, ours = self.row, self._ours
            self._over, self._ours = True, None
            if row is not None and ours is not None:
                ours.lets_go(row)

    def settled(self) -> None:
        """Notes that its row was removed by whoever recorded the result."""
        with self._gate:
            self._over, self._ours = True, None


class Claimant:
    """One action log among those that make actions in a store."""

    def __init__(self, database: Path, folder: Path) -> None:
        """Makes and locks its file, and removes what the dead left.

        Raises:
            ArtifactError: the store cannot be written to, or its file system has no locks.
        """
        self._folder = folder
        self._living = Living.new(folder)
        self.id = self._living.path.name
        try:
            # Not synced: a claim need not outlive the power, as its claimant does not.
            self._db = Database(database, synced=False)
            self._db.execute(_SCHEMA)
        except sqlite3.Error as error:
            self._living.remove()
            raise _refused(error) from error
        self._sweep()

    def takes(self, key: str, number: int, seen_at: float | None) -> bool:
        """Claims an action that nobody claims, or the dead, or this claimant."""
        held = self._run("SELECT claimant FROM claims WHERE key = ?", (key,))
        if held and held[0][0] != self.id and not self._buries(held[0][0]):
            return False
        return bool(self._run(_TAKE, (key, self.id, number, seen_at)))

    def lets_go(self, row: tuple[str, str, int]) -> None:
        """Removes one claim's row."""
        try:
            self._db.execute(LET_GO, row)
        except sqlite3.Error as error:
            _log.warning("the claim to the action %s stays for now: %s", row[0], told_of(error))

    def leave(self) -> None:
        """Removes its claims and its file. Whatever it cannot remove counts as a dead one's."""
        try:
            self._db.execute("DELETE FROM claims WHERE claimant = ?", (self.id,))
        except sqlite3.Error as error:
            _log.warning("claims to actions stay behind: %s", told_of(error))
            self._living.release()
        else:
            self._living.remove()
        self._db.close()

    def _sweep(self) -> None:
        named = {path.name for path in self._folder.iterdir()}
        named |= {row[0] for row in self._run("SELECT DISTINCT claimant FROM claims")}
        for name in named - {self.id}:
            # Another user's is none of our business, until something of theirs is wanted.
            with suppress(ArtifactError):
                self._buries(name)

    def _buries(self, claimant: str) -> bool:
        """Removes what a claimant left, if it is dead; says whether it is."""
        living = Living.taken(self._folder / claimant)
        if living is None:
            return False
        try:
            self._run("DELETE FROM claims WHERE claimant = ?", (claimant,))
        except ArtifactError:
            living.release()
            raise
        living.remove()
        return True

    def _run(self, statement: str, values: tuple[object, ...] = ()) -> list[Row]:
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise _refused(error) from error


def _refused(error: sqlite3.Error) -> ArtifactError:
    return ArtifactError(f"an action cannot be claimed in the action log: {told_of(error)}")
