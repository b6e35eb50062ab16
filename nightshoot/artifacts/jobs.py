"""Jobs that run at services: what was asked for is written down before it is waited for."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from nightshoot.artifacts.database import Database, Row
from nightshoot.errors import ArtifactError
from nightshoot.files import told_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('sending', 'running')),
    id TEXT NOT NULL,
    at REAL NOT NULL
) WITHOUT ROWID
"""


class JobState(StrEnum):
    """How much is known of a job."""

    NONE = "none"
    """Nothing was ever sent: a new job may be."""
    SENDING = "sending"
    """It was about to be sent; whether the service has it, and wants money, is not known."""
    RUNNING = "running"
    """The service gave it an id: it is asked about, never sent again."""


class Job(Protocol):
    """One action's job at a service. Each change is on the disk when the call returns."""

    @property
    def token(self) -> str:
        """The action's key: the same on every try, for services that take a token of the caller."""
        ...

    @property
    def state(self) -> JobState:
        """How much is known of it."""
        ...

    @property
    def id(self) -> str:
        """The service's id for it; empty unless it is running."""
        ...

    def sending(self) -> None:
        """Writes down that it is about to be sent."""
        ...

    def running(self, id: str) -> None:  # noqa: A002
        """Writes down the service's id for it."""
        ...

    def ended(self) -> None:
        """Writes down that there is no such job, or that it failed: a new one may be sent."""
        ...

    def given_up(self) -> None:
        """Counts the money of a job whose outcome will not be known, before another is sent.

        Raises:
            BudgetExceeded: there is no money for both.
        """
        ...


class LooseJob:
    """A job that nothing outlives, for calls outside an action."""

    def __init__(
        self,
        token: str = "loose",  # noqa: S107
        *,
        state: JobState = JobState.NONE,
        id: str = "",  # noqa: A002
    ) -> None:
        self.token = token
        self.state = state
        self.id = id

    def sending(self) -> None:
        """Notes it."""
        self.state = JobState.SENDING

    def running(self, id: str) -> None:  # noqa: A002
        """Notes it."""
        self.state, self.id = JobState.RUNNING, id

    def ended(self) -> None:
        """Notes it."""
        self.state, self.id = JobState.NONE, ""

    def given_up(self) -> None:
        """Counts nothing: there is no account."""


class Jobs:
    """The jobs of an action log, in its database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._db.execute(_SCHEMA)

    def of(self, key: str, *, given_up: Callable[[], None] = lambda: None) -> Job:
        """Gives the job of the action with this key; `given_up` counts its money once more."""
        return _KeptJob(self, key, given_up)

    def forget(self, key: str) -> None:
        """Removes a job: its action has its result, or it may be sent anew."""
        self.execute("DELETE FROM jobs WHERE key = ?", (key,))

    def note(self, key: str, state: JobState, id: str) -> None:  # noqa: A002
        """Writes down a job's state."""
        self.execute(
            "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?)", (key, state.value, id, time.time())
        )

    def find(self, key: str) -> tuple[JobState, str]:
        """Gives a job's state and id."""
        rows = self.execute("SELECT state, id FROM jobs WHERE key = ?", (key,))
        return (JobState(rows[0][0]), rows[0][1]) if rows else (JobState.NONE, "")

    def execute(self, statement: str, values: tuple[object, ...]) -> list[Row]:
        """Runs a statement and gives its rows. Raises ArtifactError."""
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise ArtifactError(f"the jobs cannot be written down: {told_of(error)}") from error


class _KeptJob:
    def __init__(self, jobs: Jobs, token: str, count: Callable[[], None]) -> None:
        self._jobs = jobs
        self._count = count
        self.token = token

    @property
    def state(self) -> JobState:
        return self._jobs.find(self.token)[0]

    @property
    def id(self) -> str:
        return self._jobs.find(self.token)[1]

    def sending(self) -> None:
        self._jobs.note(self.token, JobState.SENDING, "")

    def running(self, id: str) -> None:  # noqa: A002
        self._jobs.note(self.token, JobState.RUNNING, id)

    def ended(self) -> None:
        self._jobs.forget(self.token)

    def given_up(self) -> None:
        self._count()
