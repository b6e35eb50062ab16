"""The action log: what was asked of which tool, and what came of it, once and for all."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from pydantic import BaseModel

from nightshoot.artifacts.claims import LET_GO, Claim, Claims
from nightshoot.artifacts.database import Database, Row
from nightshoot.artifacts.jobs import Job, Jobs, JobState
from nightshoot.artifacts.store import Store
from nightshoot.budget import Budget, Reservation
from nightshoot.domain.limits import Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import ArtifactError, BackendError
from nightshoot.files import told_of, writing_to
from nightshoot.retry import Retry

Record = TypeVar("Record", bound=BaseModel)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS actions (
    key TEXT PRIMARY KEY,
    tool TEXT NOT NULL,
    version TEXT NOT NULL,
    model TEXT NOT NULL,
    request TEXT NOT NULL,
    inputs TEXT NOT NULL,
    outputs TEXT NOT NULL,
    record TEXT NOT NULL,
    cost_usd REAL NOT NULL,
    gpu_s REAL NOT NULL,
    wall_s REAL NOT NULL,
    made_at REAL NOT NULL
) WITHOUT ROWID
"""


_AT_ONCE = 500
"""Rows that are read at once where all are gone through."""

_FIRST_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.5
"""How often who waits for another process looks whether it is done: after this, then twice this and
so on up to that. Measured: a look takes 0.25 ms of a processor, so at most 0.05 % of it."""


def canonical(value: BaseModel) -> str:
    """Gives the JSON text that stands for a value: sorted keys, no spaces."""
    return json.dumps(
        value.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What a forecast takes for the result of an action that it does not perform."""

    roles: tuple[str, ...] = ()
    """The roles of the files that there will be."""
    record: BaseModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A request to a tool. Equal actions have equal results, so the second one is never made."""

    tool: str
    version: str
    request: BaseModel
    model: str = ""
    """The model and the revision of its weights."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Digests of the files that the tool reads, by role."""
    estimate: Estimate = field(default_factory=Estimate)
    assumed: Assumed | None = field(default=None, compare=False)
    """For a forecast; None: it is quick and costs nothing, so that a forecast performs it."""

    @property
    def key(self) -> str:
        """The SHA-256 of everything that decides the result, as 64 hex digits."""
        parts = {
            "tool": self.tool,
            "version": self.version,
            "model": self.model,
            "request": json.loads(canonical(self.request)),
            "inputs": dict(self.inputs),
        }
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a tool made, before the store has it."""

    outputs: Mapping[str, Path] = field(default_factory=dict)
    """Files in the scratch folder, by role; the store takes them over."""
    record: BaseModel | None = None
    """Facts about the result, such as a duration or a document."""
    cost_usd: float | None = None
    """What it really cost; None: what was estimated."""
    gpu_s: float | None = None
    """GPU time that it really took; None: what was estimated."""
    paid: bool = False
    """The budget has had the money already, request by request: it is recorded, not charged."""
    wall_s: float | None = None
    """How long the work took, without the wait for its turn; None: all of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The recorded result of an action."""

    key: str
    outputs: Mapping[str, str]
    """Digests by role."""
    record: str
    cost_usd: float
    gpu_s: float
    """What it took when it was made."""
    wall_s: float
    """How long it took when it was made, in seconds."""
    reused: bool

    def read(self, model: type[Record]) -> Record:
        """Gives the recorded facts as a value of `model`."""
        return model.model_validate_json(self.record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A row of the log, as far as cleaning needs it."""

    key: str
    tool: str
    outputs: tuple[str, ...]
    """Digests of the files that it made."""
    digests: frozenset[str]
    """Every digest that its row names: of inputs, outputs, and in the request and the record."""
    made_at: float
    """Seconds since the epoch."""


class Stint:
    """The time in which the tries of an action do their work, the wait for their turns left out.

    GPU time that a try takes before it fails is used, as that of one which succeeds is.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Keeps the clock, in seconds."""
        self._clock = clock
        self.reservation: Reservation | None = None
        """Counts what is lost; given by the log before the first try."""
        self.worked_s = 0.0
        """How long the latest try has worked."""
        self.lost_s = 0.0
        """How long tries that came to nothing have worked."""

    @contextmanager
    def working(self) -> Iterator[None]:
        """Measures a try. Raises BudgetExceeded where those before took what it would need."""
        if self.reservation is not None:
            self.reservation.begin()
        begun = self._clock()
        try:
            yield
        except BaseException as error:
            self._lose(self._clock() - begun, over=not isinstance(error, Exception))
            raise
        self.worked_s = self._clock() - begun

    def _lose(self, seconds: float, *, over: bool) -> None:
        self.lost_s += seconds
        if self.reservation is not None:
            self.reservation.lose(seconds, over=over)


_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class ActionLog:
    """Actions and their results, in SQLite beside the store.

    An action is made by one at a time, in this process and all others (`claims`): who asks for it
    meanwhile waits, and has its result without paying.

    A result is on the disk, and synced, before its row is: a row never points at nothing. A kill
    between the two costs at most the one action that was running.
    """

    def __init__(self, store: Store, *, retry: Retry | None = None) -> None:
        self.store = store
        self._retry = retry or Retry()
        self._running: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._reservations: dict[str, Reservation] = {}
        path = store.root / "actions.sqlite"
        try:
            with writing_to(path):
                self._db = Database(path)
                self._db.execute(_SCHEMA)
                self._jobs = Jobs(self._db)
                self._claims = Claims(path, store.root / "claimants")
        except sqlite3.Error as error:
            raise ArtifactError(
                f"the action log {path} cannot be opened: {told_of(error)}"
            ) from error

    def job(self, action: Action) -> Job:
        """Gives the record of the job that an action runs at a service, if it runs one."""
        key = action.key

        def given_up() -> None:
            if reservation := self._reservations.get(key):
                reservation.ask_again()

        return self._jobs.of(key, given_up=given_up)

    def close(self) -> None:
        """Closes the log; what it was making is free for others."""
        self._claims.close()
        self._db.close()

    def find(self, key: str) -> Outcome | None:
        """Gives the recorded result, or None where there is none or its files are broken."""
        row = self._row_of(key)
        return None if row is None else self._whole(key, row)

    def _row_of(self, key: str) -> Row | None:
        try:
            rows = self._db.execute(
                "SELECT outputs, record, cost_usd, gpu_s, wall_s, made_at FROM actions"
                " WHERE key = ?",
                (key,),
            )
        except sqlite3.Error as error:
            raise ArtifactError(f"the action log cannot be read: {told_of(error)}") from error
        return rows[0] if rows else None

    def _whole(self, key: str, row: Row) -> Outcome | None:
        outputs = json.loads(row[0])
        if not all(self.store.holds_whole(digest) for digest in outputs.values()):
            return None
        return Outcome(
            key=key,
            outputs=outputs,
            record=row[1],
            cost_usd=row[2],
            gpu_s=row[3],
            wall_s=row[4],
            reused=True,
        )

    def times(self, tool: str, count: int) -> list[float]:
        """Gives how long the last performances of a tool took, in seconds, latest first."""
        try:
            rows = self._db.execute(
                "SELECT wall_s FROM actions WHERE tool = ? ORDER BY made_at DESC LIMIT ?",
                (tool, count),
            )
        except sqlite3.Error as error:
            raise ArtifactError(f"the action log cannot be read: {told_of(error)}") from error
        return [row[0] for row in rows]

    def recorded(self) -> Iterator[Recorded]:
        """Gives every row. Raises ArtifactError where the log cannot be read."""
        try:
            last = ""
            while rows := self._db.execute(
                "SELECT key, tool, request, inputs, outputs, record, made_at FROM actions"
                " WHERE key > ? ORDER BY key LIMIT ?",
                (last, _AT_ONCE),
            ):
                for key, tool, request, inputs, outputs, record, made_at in rows:
                    text = f"{request} {inputs} {outputs} {record}"
                    yield Recorded(
                        key=key,
                        tool=tool,
                        outputs=tuple(json.loads(outputs).values()),
                        digests=frozenset(_DIGEST.findall(text)),
                        made_at=made_at,
                    )
                last = rows[-1][0]
        except sqlite3.Error as error:
            raise ArtifactError(f"the action log cannot be read: {told_of(error)}") from error

    def forget(self, keys: Iterable[str]) -> None:
        """Removes rows, all or none. Raises ArtifactError where the log cannot be written."""
        try:
            with self._db.transaction():
                self._db.execute_each("DELETE FROM actions WHERE key = ?", ((key,) for key in keys))
        except sqlite3.Error as error:
            raise ArtifactError(f"the action log cannot be written: {told_of(error)}") from error

    async def perform(
        self,
        action: Action,
        make: Callable[[Path], Awaitable[Made]],
        *,
        budget: Budget,
        stint: Stint | None = None,
    ) -> Outcome:
        """Gives the action's result: the recorded one, or a new one made, stored and recorded.

        Where another process, or another log of this one, makes it, this waits for as long as that
        takes; where the other one fails, leaves or dies, this one makes it.

        Args:
            action: what is asked.
            make: makes the result in the scratch folder that it is given; tried again on
                TransientError, each time in an empty folder.
            budget: reserves the estimate before, and is settled after.
            stint: what `make` does its work within, so that tries that fail are counted.

        Raises:
            BudgetExceeded: the estimate would pass a ceiling.
            BackendError: the tool could not, after every try.
            ArtifactError: the result could not be stored.
        """
        key = action.key
        async with self._running.setdefault(key, asyncio.Lock()):
            claim = self._claims.of(key)
            try:
                found = await self._found_or_claimed(key, claim)
                return found or await self._performed(action, key, make, budget, claim, stint)
            except BaseException:
                # Not in a thread: all of them may be busy for long, and who is cancelled ends now.
                claim.let_go()
                raise

    async def perform_unclaimed(
        self,
        action: Action,
        make: Callable[[Path], Awaitable[Made]],
        *,
        budget: Budget,
    ) -> Outcome:
        """Does as `perform` does, but another process may make the same at the same time.

        For what is quick and free: this waits for no other process, and none waits for this.
        """
        key = action.key
        async with self._running.setdefault(key, asyncio.Lock()):
            found = await asyncio.to_thread(self.find, key)
            return found or await self._performed(action, key, make, budget, None)

    async def _found_or_claimed(self, key: str, claim: Claim) -> Outcome | None:
        """Gives the recorded result, or None once the claim is ours."""
        look_s = _FIRST_LOOK_S
        while True:
            found, ours = await asyncio.to_thread(self._look, key, claim)
            if found is not None or ours:
                return found
            await asyncio.sleep(look_s)
            look_s = min(2 * look_s, _LONGEST_LOOK_S)

    def _look(self, key: str, claim: Claim) -> tuple[Outcome | None, bool]:
        row = self._row_of(key)
        found = None if row is None else self._whole(key, row)
        return found, found is None and claim.take(None if row is None else row[5])

    async def _performed(
        self,
        action: Action,
        key: str,
        make: Callable[[Path], Awaitable[Made]],
        budget: Budget,
        claim: Claim | None,
        stint: Stint | None = None,
    ) -> Outcome:
        with (
            budget.reserved(key, action.estimate) as reservation,
            self._counting(key, reservation, stint),
        ):
            try:
                made, outputs, seconds = await self._retry(lambda: self._make(make))
            except Exception as error:
                if isinstance(error, BackendError) and error.charged:
                    # Counted before the job is forgotten: killed in between, it is counted again.
                    told = error.cost_usd
                    usd = action.estimate.cost_usd if told is None else told
                    reservation.settle(Used(usd=usd))
                    self._jobs.forget(key)
                reservation.unknown = self._jobs.of(key).state is not JobState.NONE
                raise
            used = _used(made, action.estimate)
            row = self._row(action, key, made, outputs, used, seconds)
            await asyncio.to_thread(self._insert, row, claim)
            usd = 0.0 if made.paid else used.cost_usd
            reservation.settle(Used(usd=usd, gpu_s=used.gpu_s, takes=used.takes))
            self._jobs.forget(key)
        return Outcome(
            key=key,
            outputs=outputs,
            record=row[7],
            cost_usd=used.cost_usd,
            gpu_s=used.gpu_s,
            wall_s=seconds,
            reused=False,
        )

    @contextmanager
    def _counting(self, key: str, reservation: Reservation, stint: Stint | None) -> Iterator[None]:
        """Has what is given up, and what fails, counted with a reservation meanwhile."""
        self._reservations[key] = reservation
        if stint is not None:
            stint.reservation = reservation
        try:
            yield
        finally:
            del self._reservations[key]

    async def _make(
        self, make: Callable[[Path], Awaitable[Made]]
    ) -> tuple[Made, dict[str, str], float]:
        with self.store.scratch() as scratch:
            begun = time.monotonic()
            with writing_to(self.store.root):
                made = await make(scratch)
            outputs = {
                role: await asyncio.to_thread(self.store.put, path)
                for role, path in made.outputs.items()
            }
            taken_s = time.monotonic() - begun if made.wall_s is None else made.wall_s
            return made, outputs, taken_s

    @staticmethod
    def _row(
        action: Action,
        key: str,
        made: Made,
        outputs: dict[str, str],
        used: Estimate,
        seconds: float,
    ) -> tuple[str, str, str, str, str, str, str, str, float, float, float, float]:
        return (
            key,
            action.tool,
            action.version,
            action.model,
            canonical(action.request),
            json.dumps(dict(action.inputs), sort_keys=True),
            json.dumps(outputs, sort_keys=True),
            made.record.model_dump_json() if made.record else "{}",
            used.cost_usd,
            used.gpu_s,
            seconds,
            time.time(),
        )

    def _insert(self, row: tuple[object, ...], claim: Claim | None) -> None:
        """Records a result, and ends the claim to it by the same change."""
        with writing_to(self.store.root):
            try:
                with self._db.transaction():
                    self._db.execute(
                        f"INSERT OR REPLACE INTO actions VALUES ({', '.join('?' * len(row))})",  # noqa: S608
                        row,
                    )
                    if claim is not None and claim.row is not None:
                        self._db.execute(LET_GO, claim.row)
            except sqlite3.Error as error:
                raise ArtifactError(
                    f"the action log cannot be written: {told_of(error)}"
                ) from error
        if claim is not None:
            claim.settled()


def _used(made: Made, estimate: Estimate) -> Estimate:
    """Gives what an action used: what its tool reports, else what was estimated."""
    return Estimate(
        cost_usd=estimate.cost_usd if made.cost_usd is None else made.cost_usd,
        gpu_s=estimate.gpu_s if made.gpu_s is None else made.gpu_s,
        takes=estimate.takes,
    )
