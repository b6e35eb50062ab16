"""What is left of the film's money, and what is still needed for shots that have no take yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from nightshoot.budget import Budget


@dataclass(slots=True)
class _Debt:
    cost_usd: float
    key: str = ""
    """Of the action that will pay it, once that is known."""


@dataclass(frozen=True, slots=True)
class Purse:
    """Which actions are sure to come, so that nothing else takes the money that they need."""

    budget: Budget
    _debts: dict[str, dict[str, _Debt]] = field(default_factory=dict)

    @property
    def bounded(self) -> bool:
        """Whether there is a ceiling at all."""
        return self.budget.ceiling_usd is not None

    def knows(self, shot: str) -> bool:
        """Whether it is known what a shot still needs."""
        return shot in self._debts

    def owe(self, shot: str, *, painting_usd: float, filming_usd: float, key: str = "") -> None:
        """Notes what a shot's next take needs.

        Args:
            shot: its id; what was noted for it before is forgotten.
            painting_usd: the most that its keyframe can cost.
            filming_usd: the most that filming can cost.
            key: the action that paints, where there is one.
        """
        self._debts[shot] = {"paint": _Debt(painting_usd, key), "film": _Debt(filming_usd)}

    def keyed(self, shot: str, key: str) -> None:
        """Notes the action that films a shot."""
        debt = self._debts.get(shot, {}).get("film")
        if debt:
            debt.key = key

    def painted(self, shot: str) -> None:
        """Notes that a shot's keyframe is there."""
        self._debts.get(shot, {}).pop("paint", None)

    def done(self, shot: str) -> None:
        """Notes that a shot needs nothing more."""
        self._debts[shot] = {}

    def covers(self, need_usd: float, *, shot: str = "") -> bool:
        """Whether the ceiling covers a need and all that is sure to come.

        Args:
            need_usd: what would be spent besides.
            shot: whose own next take does not count, as the need stands in its place.
        """
        if self.budget.ceiling_usd is None:
            return True
        coming = sum(
            debt.cost_usd
            for of, debts in self._debts.items()
            if of != shot
            for debt in debts.values()
            # What has been reserved or paid is in `spent` already.
            if debt.cost_usd and not (debt.key and self.budget.counts(debt.key))
        )
        left = self.budget.ceiling_usd - self.budget.spent.cost_usd
        return need_usd + coming <= left + 1e-9
