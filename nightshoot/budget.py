"""Money, GPU time and takes: reserved before they are used, settled after."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    takes INTEGER NOT NULL DEFAULT 0
)
"""

_VERBS = {Currency.USD: "cost", Currency.GPU_S: "take", Currency.TAKES: "film"}


class Reservation:
    """What is set apart for one action."""

    def __init__(self, budget: Budget, row: int) -> None:
        self._budget = budget
        self._row = row
        self.settled = False
        self.unknown = False
        """The action failed, but what it asked for may still cost: the reservation stays open."""

    def settle(self, used: Used) -> None:
        """Puts what was really used in the place of what was reserved."""
        self._budget._settle(self._row, used)  # noqa: SLF001
        self.settled = True


class Budget:
    """An account with limits, kept on the disk: a process that dies leaves its reservations.

    A reservation that was never settled, because the process was killed between asking and hearing,
    counts as used: its outcome is unknown.

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
            self._count_takes()
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
    def reserved(self, action: str, estimate: Estimate) -> Iterator[Reservation]:
        """Reserves `estimate` while an action runs; gives it back where the action fails by itself.

        An action that uses nothing by its estimate is not written down. A reservation that the
        same action left open, killed or with an unknown outcome, is taken up and not made twice.

        Raises:
            BudgetExceeded: the estimate would pass a limit; nothing was reserved.
        """
        wanted = Used(usd=estimate.cost_usd, gpu_s=estimate.gpu_s, takes=estimate.takes)
        if wanted.nothing:
            yield _Free(self, 0)
            return
        row = self._reserve(action, wanted)
        reservation = Reservation(self, row)
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

    def _count_takes(self) -> None:
        """Gives a ledger the column for takes, if it was begun before there was one."""

        def counted() -> bool:
            columns = self._db.execute("PRAGMA table_info(spending)").fetchall()
            return any(column[1] == "takes" for column in columns)

        if counted():
            return
        with self._writing():
            # Another process may have been quicker.
            if not counted():
                self._db.execute("ALTER TABLE spending ADD COLUMN takes INTEGER NOT NULL DEFAULT 0")

    def _spent(self) -> Used:
        usd, gpu_s, takes = self._db.execute(
            "SELECT COALESCE(SUM(cost_usd), 0), COALESCE(SUM(gpu_s), 0), COALESCE(SUM(takes), 0)"
            " FROM spending WHERE account = ?",
            (self.account,),
        ).fetchone()
        return Used(usd=usd, gpu_s=gpu_s, takes=takes)

    def _reserve(self, action: str, wanted: Used) -> int:
        with self._writing():
            for usd, gpu_s, takes in self._db.execute(
                "DELETE FROM spending WHERE account = ? AND action = ? AND state = 'reserved'"
                " RETURNING cost_usd, gpu_s, takes",
                (self.account, action),
            ).fetchall():
                wanted = wanted.or_more(Used(usd=usd, gpu_s=gpu_s, takes=takes))
            self._refuse(self._spent(), wanted)
            return self._insert(action, wanted, "reserved")

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
