"""A SQLite database that several threads use: one statement at a time, and closed between two."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = tuple[Any, ...]


class Database:
    """A connection behind a lock.

    A run that fails leaves threads behind that are still looking something up. SQLite's connection
    must not be closed under them: the interpreter would crash. Here they are told.
    """

    def __init__(self, path: Path, *, synced: bool = True) -> None:
        """Opens the database, and makes it where there is none.

        Args:
            path: the file.
            synced: a change is on the disk when it is done; else the last ones may be lost when the
                power fails, none is ever half there, and what another connection syncs stays.

        Raises:
            sqlite3.Error: it cannot be opened.
        """
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            path, check_same_thread=False, timeout=60, isolation_level=None
        )
        self.execute("PRAGMA journal_mode=WAL")
        self.execute(f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> list[Row]:
        """Runs a statement and gives its rows. Raises sqlite3.Error."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def execute_each(self, statement: str, values: Iterable[tuple[object, ...]]) -> None:
        """Runs a statement for each of the values. Raises sqlite3.Error."""
        with self._lock:
            self._connection.executemany(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes what happens meanwhile one change, done whole or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Closes it, once no statement runs; a later one raises sqlite3.ProgrammingError."""
        with self._lock:
            self._connection.close()
