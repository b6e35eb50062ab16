"""A runner in a process of its own that spends as wildly as its budgets let it, until it is killed.

    python spending.py FOLDER SEED OVERRUN

Its films are threads with real budgets on one ledger, which all processes share; what they cost is
drawn by chance, up to what was estimated or, with an OVERRUN of more than 0, that share above it.
Whoever sees more used than the night may use writes it into `faults`; each overrun that is settled
is written into `overruns` before it is.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.budget import Budget
from nightshoot.domain.batch import EntryState
from nightshoot.domain.limits import Currency, Limits, Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import BackendError, BudgetExceeded
from nightshoot.queueing import Claim, Leases, Owner, Queue, Released, SystemClock

STEPS = 8
"""How many steps a film is made of."""


def append(file: Path, line: str) -> None:
    with file.open("a") as handle:
        handle.write(line + "\n")


@dataclass
class Film:
    """A film while it is made."""

    claim: Claim
    budget: Budget
    chance: random.Random
    out: Path
    overrun: float
    thread: threading.Thread | None = None
    released: Released = field(default_factory=lambda: Released(state=EntryState.WAITING))

    def make(self) -> None:
        """Makes what steps are left; a step that is done is not done again."""
        try:
            for number in range(STEPS):
                if not (self.claim.folder / f"step-{number}").exists():
                    self.step(number)
            self.released = Released(state=EntryState.DONE)
        except BudgetExceeded as error:
            lacking = Currency(error.currency)
            self.released = Released(state=EntryState.WAITING, short=True, lacking=lacking)
        except BackendError as error:
            self.released = Released(state=EntryState.WAITING, error=str(error))

    def step(self, number: int) -> None:
        """Reserves, works, and settles, fails, or is never heard of again."""
        chance = self.chance
        most = Estimate(
            cost_usd=chance.choice((0.0, 0.02, 0.3, 1.1)),
            gpu_s=chance.choice((0.0, 12.0, 80.0)),
            takes=chance.choice((0, 1)),
        )
        with self.budget.reserved(f"{number}", most) as reservation:
            self.look()
            time.sleep(chance.choice((0, 0.001, 0.004)))
            if chance.random() < 0.2:
                reservation.unknown = chance.random() < 0.5
                raise BackendError("no")
            share = chance.random()
            if self.overrun and chance.random() < 0.6:
                share = 1 + self.overrun
                over = Used(usd=most.cost_usd * self.overrun, gpu_s=most.gpu_s * self.overrun)
                append(self.out / "overruns", over.model_dump_json())
            used = Used(usd=most.cost_usd * share, gpu_s=most.gpu_s * share, takes=most.takes)
            (self.claim.folder / f"step-{number}").touch()
            reservation.settle(used)
        self.look()

    def look(self) -> None:
        """Adds up what all films of all processes have used, and says where that is too much."""
        limits = Limits.model_validate_json((self.out / "limits").read_text())
        with closing(sqlite3.connect(self.out / "ledger.sqlite", timeout=60)) as db:
            row = db.execute("SELECT SUM(cost_usd), SUM(gpu_s), SUM(takes) FROM spending")
            usd, gpu_s, takes = (amount or 0 for amount in row.fetchone())
        used = Used(usd=usd, gpu_s=gpu_s, takes=takes)
        over = [Used.model_validate_json(line) for line in lines(self.out / "overruns")]
        if limits.passed(used.beyond(sum(over, Used()))):
            append(self.out / "faults", json.dumps([used.model_dump(), limits.model_dump()]))


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.is_file() else []


def main() -> None:
    out, seed, overrun = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    chance, clock = random.Random(seed), SystemClock()
    queue = Queue(out / "batch.sqlite", clock=clock)

    def spent(folder: Path) -> Used:
        with closing(Budget(out / "ledger.sqlite", account=folder.name)) as budget:
            return budget.spent

    leases = Leases(queue=queue, owner=Owner.here(), clock=clock, out=out, slug=str, spent=spent)
    night = leases.join(Limits.model_validate_json((out / "limits").read_text()))
    films: list[Film] = []
    append(out / "begun", str(seed))
    while True:
        leases.beat([film.claim for film in films])
        leases.recover()
        for film in [one for one in films if one.thread and not one.thread.is_alive()]:
            leases.release(film.claim, film.released)
            film.budget.close()
            films.remove(film)
        for film in films:
            film.budget.limits = leases.topped_up(film.claim, slots=3 - len(films))
        offer = leases.claim(night, slots=3 - len(films)) if len(films) < 3 else None
        if offer is not None and offer.claim is not None:
            claim = offer.claim
            claim.folder.mkdir(exist_ok=True)
            budget = Budget(out / "ledger.sqlite", account=claim.folder.name, limits=claim.limits)
            film = Film(claim, budget, random.Random(chance.random()), out, overrun)
            film.thread = threading.Thread(target=film.make, daemon=True)
            film.thread.start()
            films.append(film)
        elif not films and not leases.at_work:
            break
        time.sleep(0.002)
    append(out / "said", "short" if offer is not None and offer.short else "done")


if __name__ == "__main__":
    main()
