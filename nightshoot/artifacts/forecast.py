"""A log that performs nothing dear: it finds out what would have to be made."""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from nightshoot.artifacts.actions import Action, ActionLog, Made, Outcome, Stint
from nightshoot.budget import Budget

_RECENT = 20
"""How many performances of a tool say how long the next one takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """An action that would have to be performed."""

    action: Action
    wall_s: float | None
    """How long the tool took lately, the median; None: it was never used."""


class ForecastLog(ActionLog):
    """Answers from the record where it can; assumes a result where something must be made.

    What follows from an assumed result has keys that no record has, so it is foreseen too: what the
    log lists at the end is what a run would make, but for takes that the critic will reject.
    """

    def __init__(self, log: ActionLog) -> None:
        """Looks into another log, which stays open."""
        self._log = log
        self.store = log.store
        self.foreseen: dict[str, Foreseen] = {}
        self._usual: dict[str, float | None] = {}

    def close(self) -> None:
        """Leaves the other log open."""

    def job(self, action: Action) -> object:  # type: ignore[override]
        """Is never asked: nothing is sent to a service."""
        raise AssertionError(f"a forecast does not perform {action.tool}")

    def find(self, key: str) -> Outcome | None:
        """Gives what the other log has."""
        return self._log.find(key)

    def times(self, tool: str, count: int) -> list[float]:
        """Gives what the other log has."""
        return self._log.times(tool, count)

    async def perform(
        self,
        action: Action,
        make: Callable[[Path], Awaitable[Made]],
        *,
        budget: Budget,
        stint: Stint | None = None,
    ) -> Outcome:
        """Gives the recorded result, that of an action that costs nothing, or an assumed one."""
        key = action.key
        if action.assumed is None:
            # A forecast waits for nobody, and nobody waits for a forecast.
            return await self._log.perform_unclaimed(action, make, budget=budget)
        found = self._log.find(key)
        if found is not None:
            return found
        self.foreseen[key] = Foreseen(action=action, wall_s=self._usual_s(action.tool))
        record = action.assumed.record
        return Outcome(
            key=key,
            outputs={role: assumed_digest(key, role) for role in action.assumed.roles},
            record=record.model_dump_json() if record else "{}",
            cost_usd=action.estimate.cost_usd,
            gpu_s=action.estimate.gpu_s,
            wall_s=0.0,
            reused=False,
        )

    def _usual_s(self, tool: str) -> float | None:
        if tool not in self._usual:
            times = self._log.times(tool, _RECENT)
            self._usual[tool] = statistics.median(times) if times else None
        return self._usual[tool]


def assumed_digest(key: str, role: str) -> str:
    """Gives a digest that stands for a file which is not there."""
    return hashlib.sha256(f"assumed {role} of {key}".encode()).hexdigest()
