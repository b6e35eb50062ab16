"""Turns an entry of a batch into a film: as `make` would, within what the night can pay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nightshoot.batch import Order
from nightshoot.budget import Budget
from nightshoot.cli.ordering import ordered
from nightshoot.domain.batch import BatchEntry
from nightshoot.domain.limits import Used
from nightshoot.domain.sizes import ASPECTS
from nightshoot.graphs.floor import Floor
from nightshoot.production import Production
from nightshoot.studio import Studio
from nightshoot.workplace import Report, Terms


class FilmMaker:
    """Makes the films of a batch side by side, with one set of tools."""

    def __init__(
        self,
        place: Studio,
        environment: Mapping[str, str],
        defaults: Mapping[str, Any],
        *,
        floor: Floor,
    ) -> None:
        """Makes nothing yet.

        Args:
            place: where the films are made; its fitting gives equal crews the same tools.
            environment: of the process.
            defaults: the options of `make` where nothing is said, by name.
            floor: the lanes that the films share.
        """
        self._place = place
        self._environment = environment
        self._defaults = defaults
        self._floor = floor

    async def __call__(self, order: Order) -> Report:
        """Makes a film, or goes on with it. Raises as `Studio.produce` does."""
        production = await asyncio.to_thread(self._production, order)
        terms = Terms(
            floor=self._floor,
            standing=order.standing,
            allowance=order.allowance,
            thrifty=order.thrifty,
        )
        night = replace(self._place, terms=terms)
        return await night.aproduce(production, sink=order.sink)

    def _production(self, order: Order) -> Production:
        if Production.is_production(order.folder):
            production = Production.open(order.folder)
        else:
            production = ordered_entry(order.entry, order.folder, self._environment, self._defaults)
        with production.held(wait=True):
            # Whoever had it before was given up, and may be finishing it.
            pass
        return production


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


def spender(ledger: Path) -> Callable[[Path], Used]:
    """Gives what says how much a film's folder has used, open reservations included."""

    def spent(folder: Path) -> Used:
        if not ledger.is_file():
            return Used()
        budget = Budget(ledger, account=str(folder.resolve()))
        try:
            return budget.spent
        finally:
            budget.close()

    return spent
