"""Money, GPU time and takes: reserved before they are used, settled after."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from nightshoot.domain.limits import ROUNDING, Currency, Limits, Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import ArtifactError, BudgetExceeded
from nightshoot.files import told_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spending (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    action TEXT NOT NULL,
    cost_usd REAL NOT NULL,
    gpu_s REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled')),
    takes INTEGER NOT NULL DEFAULT 0,
    begun INTEGER NOT NULL DEFAULT 0
)
"""

_NAMED = """
CREATE TABLE IF NOT EXISTS named (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL)
"""

_LATER = ("takes", "begun")
"""Columns that ledgers of before do not have. `begun`: the GPU was at work for a reservation."""

_UNHEARD = "unheard:"
"""Before the name of an action: a request of which nobody will hear whether it is paid."""
_LOST = "lost:"
"""The same: GPU time of tries that came to nothing."""

_VERBS = {Currency.USD: "cost", Currency.GPU_S: "take", Currency.TAKES: "film"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A file of what films have used, told apart from any other wherever it is looked at from."""

    id: str
    path: Path

    @classmethod
    def at(cls, path: Path) -> Ledger:
        """Gives the ledger of a path, made where there is none.

        Raises:
            ArtifactError: it cannot be opened.
        """
        Budget(path, account="").close()
        try:
            with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as db:
                db.execute(_NAMED)
                db.execute("INSERT OR IGNORE INTO named VALUES (1, ?)", (secrets.token_hex(8),))
                found = db.execute("SELECT id FROM named").fetchone()
        except sqlite3.Error as error:
            raise ArtifactError(f"the ledger {path} cannot be used: {told_of(error)}") from error
        return cls(id=str(found[0]), path=path)


class Reservation:
    """What is set apart for one action."""

    def __init__(self, budget: Budget, row: int, action: str, wanted: Used) -> None:
        self._budget = budget
        self._row = row
        self._action = action
        self._wanted = wanted
        self._lost = False
        self.settled = False
        self.unknown = False
        """The action failed, but what it asked for may still cost: the reservation stays open."""

    def settle(self, used: Used) -> None:
        """Puts what was really used in the place of what was reserved."""
        self._budget._settle(self._row, used)  # noqa: SLF001
        self.settled = True

    def ask_again(self) -> None:
        """Counts what an earlier request of the action may have cost, besides the next one.

        It counts for good: nobody will hear what became of it.

        Raises:
            BudgetExceeded: there is no money for both; the next one must not be sent.
        """
        self._budget._set_apart(  # noqa: SLF001
            f"{_UNHEARD}{self._action}", Used(usd=self._wanted.usd)
        )

    def begin(self) -> None:
        """Notes that the GPU begins to work on a try: it counts, though nobody lives to tell.

        Raises:
            BudgetExceeded: the tries before have taken what this one would need.
        """
        if self._wanted.gpu_s:
            self._budget._begin(self._row, again=self._lost)  # noqa: SLF001

    def lose(self, gpu_s: float, *, over: bool) -> None:
        """Counts the GPU time of a try that came to nothing.

        Args:
            gpu_s: for how long it had the GPU.
            over: there will be no other try now, though the reservation may stay open.
        """
        if self._wanted.gpu_s:
            self._lost = True
            self._budget._lose(self._row, self._action, gpu_s, over=over)  # noqa: SLF001


class Budget:
    """An account with limits, kept on the disk: a process that dies leaves its reservations.

    A reservation that was never settled, because the process was killed between asking and hearing,
    counts as used: its outcome is unknown. GPU time that a try has taken is used, whatever came of
    it; where the process was killed meanwhile, that is what was reserved for it.

    What is reserved never passes a limit, however many threads and processes reserve at once. What
    is used passes none either, as long as nothing takes more than was estimated for it. A service
    that charges more than it said has charged it: the overrun is in `used`, nothing further is
    begun that would need the currency, and the limit is passed by the overruns of what was running,
    and by no more.
    """

    def __init__(self, path: Path, *, account: str, limits: Limits | None = None) -> None:
        self.account = account
        self._limits = limits or Limits()
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, check_same_thread=False, timeout=60, isolation_level=None
            )
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(_SCHEMA)
            self._db.execute("CREATE INDEX IF NOT EXISTS by_account ON spending (account)")
            self._add_columns()
        except (sqlite3.Error, OSError) as error:
            raise ArtifactError(f"the ledger {path} cannot be opened: {told_of(error)}") from error

    def close(self) -> None:
        """Closes the ledger."""
        with self._lock:
            self._db.close()

    @property
    def limits(self) -> Limits:
        """What the account may use in all. It may be set to less or more at any time.

        Once it is set, every reservation that is not made yet keeps to it, and none that kept to
        the one before is still to be written.
        """
        return self._limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        with self._lock:
            self._limits = limits

    @property
    def spent(self) -> Used:
        """What the account has used so far, open reservations included."""
        with self._lock, self._telling():
            return self._spent()

    def counts(self, action: str) -> bool:
        """Whether what an action uses is in `spent` already, reserved or settled."""
        with self._lock, self._telling():
            found = self._db.execute(
                "SELECT 1 FROM spending WHERE account = ? AND action = ? LIMIT 1",
                (self.account, action),
            ).fetchone()
        return found is not None

    @contextmanager
    def reserved(
        self, action: str, estimate: Estimate, *, asks_anew: bool = False
    ) -> Iterator[Reservation]:
        """Reserves `estimate` while an action runs; gives it back where the action fails by itself.

        An action that uses nothing by its estimate is not written down. A reservation that the
        same action left open, killed or with an unknown outcome, is taken up and not made twice.

        Args:
            action: its name.
            estimate: the most that it will use.
            asks_anew: it never goes on with what was asked before. What was left open then may have
                been paid and counts besides.

        Raises:
            BudgetExceeded: the estimate would pass a limit; nothing was reserved.
        """
        wanted = Used(usd=estimate.cost_usd, gpu_s=estimate.gpu_s, takes=estimate.takes)
        if wanted.nothing:
            yield _Free(self, 0, action, wanted)
            return
        row = self._reserve(action, wanted, asks_anew=asks_anew)
        reservation = Reservation(self, row, action, wanted)
        try:
            yield reservation
        except Exception:
            if not (reservation.settled or reservation.unknown):
                self._give_back(row)
            raise

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ArtifactError(
                f"the ledger {self._path} cannot be used: {told_of(error)}"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Holds the ledger for one change, made whole or not at all."""
        with self._lock, self._telling():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _add_columns(self) -> None:
        """Gives a ledger the columns that there were not yet when it was begun."""

        def missing() -> list[str]:
            rows = self._db.execute("PRAGMA table_info(spending)").fetchall()
            return [name for name in _LATER if all(row[1] != name for row in rows)]

        if not missing():
            return
        with self._writing():
            # Another process may have been quicker.
            for name in missing():
                self._db.execute(
                    f"ALTER TABLE spending ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0"
                )

    def _spent(self) -> Used:
        usd, gpu_s, takes = self._db.execute(
            "SELECT COALESCE(SUM(cost_usd), 0), COALESCE(SUM(gpu_s), 0), COALESCE(SUM(takes), 0)"
            " FROM spending WHERE account = ?",
            (self.account,),
        ).fetchone()
        return Used(usd=usd, gpu_s=gpu_s, takes=takes)

    def _reserve(self, action: str, wanted: Used, *, asks_anew: bool) -> int:
        with self._writing():
            if asks_anew:
                self._db.execute(
                    "UPDATE spending SET action = ? WHERE account = ? AND action = ?"
                    " AND state = 'reserved'",
                    (f"{_UNHEARD}{action}", self.account, action),
                )
            for usd, gpu_s, takes, begun in self._db.execute(
                "DELETE FROM spending WHERE account = ? AND action = ? AND state = 'reserved'"
                " RETURNING cost_usd, gpu_s, takes, begun",
                (self.account, action),
            ).fetchall():
                wanted = wanted.or_more(Used(usd=usd, gpu_s=0 if begun else gpu_s, takes=takes))
                if begun:
                    # Whoever had it was killed at work: how long it had worked, nobody knows.
                    self._insert(f"{_LOST}{action}", Used(gpu_s=gpu_s), "settled")
            self._refuse(self._spent(), wanted)
            return self._insert(action, wanted, "reserved")

    def _set_apart(self, action: str, wanted: Used) -> None:
        with self._writing():
            self._refuse(self._spent(), wanted)
            self._insert(action, wanted, "reserved")

    def _begin(self, row: int, *, again: bool) -> None:
        with self._writing():
            if again:
                # What is reserved is in `spent`; the tries before are too.
                held = Used(gpu_s=self._gpu_s_of(row))
                self._refuse(self._spent().beyond(held), held)
            self._db.execute("UPDATE spending SET begun = 1 WHERE id = ?", (row,))

    def _lose(self, row: int, action: str, gpu_s: float, *, over: bool) -> None:
        with self._writing():
            self._db.execute(
                "UPDATE spending SET begun = 0, gpu_s = CASE WHEN ? THEN 0 ELSE gpu_s END"
                " WHERE id = ?",
                (over, row),
            )
            self._insert(f"{_LOST}{action}", Used(gpu_s=gpu_s), "settled")

    def _gpu_s_of(self, row: int) -> float:
        found = self._db.execute("SELECT gpu_s FROM spending WHERE id = ?", (row,)).fetchone()
        return float(found[0])

    def _refuse(self, spent: Used, wanted: Used) -> None:
        """Raises BudgetExceeded where what is wanted would pass a limit.

        What asks for nothing of a currency is not refused for its sake, though it be overdrawn.
        """
        for currency, limit in self._limits.given.items():
            used, more = spent.of(currency), wanted.of(currency)
            if more and used + more > limit + ROUNDING:
                raise BudgetExceeded(
                    f"the next step may {_VERBS[currency]} {currency.said(more)}, but "
                    f"{currency.said(used)} of {currency.said(limit)} are used: raise the budget "
                    "and run `nightshoot resume`",
                    currency=currency.value,
                )

    def _insert(self, action: str, used: Used, state: str) -> int:
        row = self._db.execute(
            "INSERT INTO spending (account, action, cost_usd, gpu_s, takes, state)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (self.account, action, used.usd, used.gpu_s, used.takes, state),
        ).lastrowid
        assert row is not None
        return row

    def _settle(self, row: int, used: Used) -> None:
        with self._lock, self._telling():
            self._db.execute(
                "UPDATE spending SET cost_usd = ?, gpu_s = ?, takes = ?, state = 'settled'"
                " WHERE id = ?",
                (used.usd, used.gpu_s, used.takes, row),
            )

    def _give_back(self, row: int) -> None:
        with self._lock, self._telling():
            self._db.execute("DELETE FROM spending WHERE id = ?", (row,))

    def _charge(self, action: str, used: Used) -> None:
        with self._lock, self._telling():
            self._insert(action, used, "settled")


class _Free(Reservation):
    """The reservation of an action that should use nothing; if it does, it is written down."""

    def settle(self, used: Used) -> None:
        if not used.nothing:
            self._budget._charge("unforeseen", used)  # noqa: SLF001
        self.settled = True
