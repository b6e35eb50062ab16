"""Reserves the money of each request to an endpoint, and counts what the agents use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nightshoot.budget import Budget, Reservation
from nightshoot.domain.limits import Used
from nightshoot.domain.shot import Estimate
from nightshoot.llm import Usage


class Tab:
    """One action's requests. Fits `llm.Meter`."""

    def __init__(self, budget: Budget, action: str, note: Callable[[str], None]) -> None:
        """Keeps the account.

        Args:
            budget: has the money.
            action: the key of the action that the requests are for.
            note: is told what the user should know.
        """
        self.note = note
        self.used = Usage()
        self._budget = budget
        self._action = action
        self._requests = 0

    @contextmanager
    def request(self, *, most_usd: float) -> Iterator[_Bill]:
        """Reserves what one request may cost. Raises BudgetExceeded."""
        self._requests += 1
        name = f"{self._action}/{self._requests}"
        estimate = Estimate(cost_usd=most_usd)
        # A request that was cut off may be billed, and is never asked about.
        with self._budget.reserved(name, estimate, asks_anew=True) as reservation:
            yield _Bill(self, reservation)

    def count(self, usage: Usage) -> None:
        """Adds what a request used."""
        self.used += usage


class _Bill:
    def __init__(self, tab: Tab, reservation: Reservation) -> None:
        self._tab = tab
        self._reservation = reservation

    def pay(self, usage: Usage) -> None:
        self._tab.count(usage)
        self._reservation.settle(Used(usd=usage.cost_usd))
