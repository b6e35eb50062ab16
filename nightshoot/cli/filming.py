"""Turns an entry of a batch into a film: as `make` would, within what the night can pay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nightshoot.batch import Make, Order
from nightshoot.budget import Budget
from nightshoot.cli.ordering import ordered
from nightshoot.cli.wiring import studio
from nightshoot.domain.batch import BatchEntry
from nightshoot.domain.sizes import ASPECTS
from nightshoot.events import Sink
from nightshoot.graphs.workshop import Workshop
from nightshoot.production import Production
from nightshoot.studio import Studio
from nightshoot.workplace import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class NightStudio(Studio):
    """A studio whose films may cost no more than the night can pay, whatever their own ceiling."""

    ceiling_usd: float | None

    def workshop(
        self, production: Production, emit: Sink, stack: ExitStack | AsyncExitStack
    ) -> Workshop:
        """Opens the workshop of a production, with the lower of the two ceilings.

        The folder does not say so: the next night's is another.
        """
        # A dataclass with slots has no `super()` without arguments.
        shop = Studio.workshop(self, production, emit, stack)
        own = shop.budget.ceiling_usd
        if self.ceiling_usd is not None:
            shop.budget.ceiling_usd = (
                self.ceiling_usd if own is None else min(own, self.ceiling_usd)
            )
        return shop

    @classmethod
    def of(cls, plain: Studio, ceiling_usd: float | None) -> NightStudio:
        """Gives a studio with a night's ceiling."""
        return cls(
            settings=plain.settings,
            fitting=plain.fitting,
            prompts=plain.prompts,
            retry=plain.retry,
            ceiling_usd=ceiling_usd,
        )


def film_maker(
    environment: Mapping[str, str],
    defaults: Mapping[str, Any],
    *,
    opened: Callable[[Mapping[str, str]], Studio] = studio,
) -> Make:
    """Gives what makes one film of a batch.

    Args:
        environment: of the process.
        defaults: the options of `make` where nothing is said, by name.
        opened: gives the studio, one for each film.
    """

    def make(order: Order) -> Report:
        if Production.is_production(order.folder):
            production = Production.open(order.folder)
        else:
            production = ordered_entry(order.entry, order.folder, environment, defaults)
        with production.held(wait=True):
            # Whoever had it before was given up, and may be finishing it.
            pass
        night = NightStudio.of(opened(environment), order.ceiling_usd)
        return night.produce(production, sink=order.watch)

    return make


def ordered_entry(
    entry: BatchEntry, folder: Path, environment: Mapping[str, str], defaults: Mapping[str, Any]
) -> Production:
    """Makes the folder of an entry's film. Raises InputError as `make` does."""
    options = dict(defaults) | entry.options.given | {"out": folder}
    options["other_image"] = tuple(entry.options.other_image)
    options["other_video"] = tuple(entry.options.other_video)
    # A brief is never taken for a file that happens to have such a name.
    source = entry.path or f"{entry.brief}\n"
    size = ASPECTS[str(options.pop("aspect"))]
    return ordered(source, default_size=size, environment=environment, **options)


def spender(ledger: Path) -> Callable[[Path], float]:
    """Gives what says how much a film's folder has cost, open reservations included."""

    def spent(folder: Path) -> float:
        if not ledger.is_file():
            return 0.0
        budget = Budget(ledger, account=str(folder.resolve()))
        try:
            return budget.spent.cost_usd
        finally:
            budget.close()

    return spent
