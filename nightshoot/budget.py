"""Money and GPU time: reserved before they are spent, settled after, never past a ceiling."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled'))
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What an account has used; a reservation counts as used until it is settled or given back."""

    cost_usd: float
    gpu_s: float


class Reservation:
    """Money and time set apart for one action."""

    def __init__(self, budget: Budget, row: int) -> None:
        self._budget = budget
        self._row = row
        self.settled = False
        self.unknown = False
        """The action failed, but what it asked for may still cost: the reservation stays open."""

    def settle(self, *, cost_usd: float, gpu_s: float) -> None:
        """Puts what was really used in the place of what was reserved."""
        self._budget._settle(self._row, cost_usd, gpu_s)  # noqa: SLF001
        self.settled = True


class Budget:
    """An account with ceilings, kept on the disk: a process that dies leaves its reservations.

    A reservation that was never settled, because the process was killed between asking and hearing,
    counts as spent: its outcome is unknown.
    """

    def __init__(
        self,
        path: Path,
        *,
        account: str,
        ceiling_usd: float | None = None,
        ceiling_gpu_s: float | None = None,
    ) -> None:
        self.account = account
        self.ceiling_usd = ceiling_usd
        self.ceiling_gpu_s = ceiling_gpu_s
        self._path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                path, check_same_thread=False, timeout=60, isolation_level=None
            )
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(_SCHEMA)
            self._db.execute("CREATE INDEX IF NOT EXISTS by_account ON spending (account)")
        except (sqlite3.Error, OSError) as error:
            raise ArtifactError(f"the ledger {path} cannot be opened: {told_of(error)}") from error

    def close(self) -> None:
        """Closes the ledger."""
        with self._lock:
            self._db.close()

    @property
    def spent(self) -> Spent:
        """What the account has used so far, open reservations included."""
        with self._telling():
            cost, gpu = self._db.execute(
                "SELECT COALESCE(SUM(cost_usd), 0), COALESCE(SUM(gpu_s), 0) FROM spending"
                " WHERE account = ?",
                (self.account,),
            ).fetchone()
        return Spent(cost_usd=cost, gpu_s=gpu)

    def counts(self, action: str) -> bool:
        """Whether what an action costs is in `spent` already, reserved or settled."""
        with self._telling():
            found = self._db.execute(
                "SELECT 1 FROM spending WHERE account = ? AND action = ? LIMIT 1",
                (self.account, action),
            ).fetchone()
        return found is not None

    @contextmanager
    def reserved(self, action: str, estimate: Estimate) -> Iterator[Reservation]:
        """Reserves `estimate` while an action runs; gives it back where the action fails by itself.

        An action that costs nothing by its estimate is not written down. A reservation that the
        same action left open, killed or with an unknown outcome, is taken up and not made twice.

        Raises:
            BudgetExceeded: the estimate would pass a ceiling; nothing was reserved.
        """
        if not estimate.cost_usd and not estimate.gpu_s:
            yield _Free(self, 0)
            return
        row = self._reserve(action, estimate)
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

    def _reserve(self, action: str, estimate: Estimate) -> int:
        with self._lock, self._telling():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                open_row = self._db.execute(
                    "DELETE FROM spending WHERE account = ? AND action = ? AND state = 'reserved'"
                    " RETURNING cost_usd, gpu_s",
                    (self.account, action),
                ).fetchall()
                estimate = Estimate(
                    cost_usd=max([estimate.cost_usd, *(row[0] for row in open_row)]),
                    gpu_s=max([estimate.gpu_s, *(row[1] for row in open_row)]),
                )
                spent = self.spent
                for name, used, wanted, ceiling in (
                    ("USD", spent.cost_usd, estimate.cost_usd, self.ceiling_usd),
                    ("GPU seconds", spent.gpu_s, estimate.gpu_s, self.ceiling_gpu_s),
                ):
                    if ceiling is not None and used + wanted > ceiling + 1e-9:
                        raise BudgetExceeded(
                            f"the next step may take {wanted:.2f} {name}, but {used:.2f} of "
                            f"{ceiling:.2f} are used: raise the budget and run `nightshoot resume`"
                        )
                row = self._db.execute(
                    "INSERT INTO spending (account, action, cost_usd, gpu_s, state)"
                    " VALUES (?, ?, ?, ?, 'reserved')",
                    (self.account, action, estimate.cost_usd, estimate.gpu_s),
                ).lastrowid
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        assert row is not None
        return row

    def _settle(self, row: int, cost_usd: float, gpu_s: float) -> None:
        with self._lock, self._telling():
            self._db.execute(
                "UPDATE spending SET cost_usd = ?, gpu_s = ?, state = 'settled' WHERE id = ?",
                (cost_usd, gpu_s, row),
            )

    def _give_back(self, row: int) -> None:
        with self._lock, self._telling():
            self._db.execute("DELETE FROM spending WHERE id = ?", (row,))

    def _charge(self, action: str, cost_usd: float, gpu_s: float) -> None:
        with self._lock, self._telling():
            self._db.execute(
                "INSERT INTO spending (account, action, cost_usd, gpu_s, state)"
                " VALUES (?, ?, ?, ?, 'settled')",
                (self.account, action, cost_usd, gpu_s),
            )


class _Free(Reservation):
    """The reservation of an action that should cost nothing; if it does, it is written down."""

    def settle(self, *, cost_usd: float, gpu_s: float) -> None:
        if cost_usd or gpu_s:
            self._budget._charge("unforeseen", cost_usd, gpu_s)  # noqa: SLF001
        self.settled = True
