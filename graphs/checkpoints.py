"""The graphs' checkpoints, in SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


class Checkpoints(AsyncSqliteSaver):
    """LangGraph's SQLite checkpoints with whole numbers as channel versions.

    The saver's own versions are random strings of 49 characters, repeated for each channel in each
    checkpoint, so that concurrent writers of one thread may be told apart. A production's folder is
    held by one process and a thread runs once at a time, so counting is enough; it takes 40 % off
    a shot's checkpoints (measured: 12.2 KB against 20.7 KB for six steps).
    """

    def get_next_version(self, current: int | None, channel: None) -> int:  # type: ignore[override]
        """Gives the version after `current`."""
        return (current or 0) + 1


def usable(path: Path) -> bool:
    """Whether a file of checkpoints is there and whole; a broken one is removed.

    Nothing is lost with it: what was made is in the action log.
    """
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as database:
            if database.execute("PRAGMA quick_check").fetchone() == ("ok",):
                return True
    except sqlite3.DatabaseError:
        pass
    discard(path)
    return False


def discard(path: Path) -> None:
    """Removes a file of checkpoints and what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
