"""A night's work on a queue: order, money, time, and whatever breaks."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nightshoot.batch import REST_S, Order
from nightshoot.budget import Budget
from nightshoot.domain.batch import Cause
from nightshoot.domain.limits import Limits, Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import (
    ArtifactError,
    BackendError,
    BudgetExceeded,
    InputError,
    Refused,
    TooLate,
    TransientError,
)
from nightshoot.queueing import Owner, SystemClock
from nightshoot.workplace import Report

Place = Any
Reported = Callable[..., Report]

HOUR = 3600.0


class Crew:
    """Makes films that take time and money, and can be told to fail."""

    def __init__(self, place: Place, reported: Reported) -> None:
        self.place, self.reported = place, reported
        self.made: list[str] = []
        self.errors: dict[str, list[Exception]] = {}
        self.takes_s = 0.0
        self.awaiting = ""

    def __call__(self, order: Order) -> Report:
        self.made.append(order.entry.name)
        if self.takes_s:
            self.place.clock.advance(self.takes_s)
        if self.errors.get(order.entry.name):
            raise self.errors[order.entry.name].pop(0)
        return self.reported(order, awaiting=self.awaiting, film="" if self.awaiting else "f.mp4")


@pytest.fixture
def crew(place: Place, reported: Reported) -> Crew:
    return Crew(place, reported)


def test_every_film_is_made_once_in_order_and_the_night_is_over(place: Place, crew: Crew) -> None:
    place.add("later", "last")
    place.add("first", priority=2)
    outcome = place.run(crew)
    assert (outcome.ended, crew.made) == ("done", ["first", "later", "last"])
    assert set(place.states().values()) == {"done"}
    assert place.run(crew).ended == "done"
    assert len(crew.made) == 3, "what is done is not made again"
    assert place.named("first").report, "its report is kept"


def test_an_empty_queue_is_done(place: Place, crew: Crew) -> None:
    assert place.run(crew).ended == "done"


@pytest.mark.parametrize(
    ("error", "tries", "state", "cause"),
    [
        (InputError("there is no painter x"), 1, "set_aside", Cause.INPUT),
        (Refused("no such words"), 1, "set_aside", Cause.REFUSED),
        (BudgetExceeded("its own ceiling"), 1, "set_aside", Cause.BUDGET),
        (BackendError("no GPU"), 2, "set_aside", Cause.BACKEND),
        (TransientError("busy"), 2, "set_aside", Cause.PASSING),
        (ArtifactError("the store is broken"), 2, "set_aside", Cause.STORE),
        (KeyError("sk-a-key-that-must-not-be-seen"), 2, "set_aside", Cause.UNFORESEEN),
    ],
)
def test_one_films_failure_touches_no_other(
    place: Place, crew: Crew, error: Exception, tries: int, state: str, cause: Cause
) -> None:
    place.add("before", "broken", "after")
    crew.errors["broken"] = [error] * 9
    assert place.run(crew).ended == "done"
    assert place.states() == {"before": "done", "broken": state, "after": "done"}
    assert crew.made.count("broken") == tries
    one = place.named("broken")
    assert one.cause is cause
    assert one.error
    assert "sk-" not in one.error


def test_a_fault_that_passes_costs_a_second_try_after_the_others(place: Place, crew: Crew) -> None:
    place.add("shaky", "steady")
    crew.errors["shaky"] = [TransientError("busy")]
    begun = place.clock.monotonic()
    place.run(crew)
    assert crew.made == ["shaky", "steady", "shaky"]
    assert place.clock.monotonic() - begun >= REST_S, "an outage lasts longer than a moment"
    assert set(place.states().values()) == {"done"}


def test_a_full_disk_pauses_the_queue_and_the_next_run_goes_on(place: Place, crew: Crew) -> None:
    place.add("moon", "sea")
    full = ArtifactError("no space left to write to /films: free some and run `nightshoot resume`")
    crew.errors["moon"] = [full]
    assert place.run(crew, disk_patience_s=9.0).ended == "disk"
    assert place.states() == {"moon": "waiting", "sea": "waiting"}
    assert "no space left" in place.queue.paused
    assert place.run(crew).ended == "done"
    assert place.queue.paused == ""
    assert place.named("moon").failures == 0, "a full disk is not the film's fault"


def test_a_person_pauses_while_it_runs_and_goes_on_later(place: Place, crew: Crew) -> None:
    place.add("moon", "sea")
    waits = 0

    def make(order: Order) -> Report:
        if order.entry.name == "moon":
            place.queue.pause()
        return crew(order)

    wait = place.clock.wait

    def wait_and_resume(event: threading.Event, timeout_s: float) -> None:
        nonlocal waits
        wait(event, timeout_s)
        if place.queue.paused and place.states()["moon"] == "done":
            waits += 1
            assert place.states()["sea"] == "waiting"
            if waits == 5:
                place.queue.resume()

    place.clock.wait = wait_and_resume
    assert place.run(make).ended == "done"
    assert (waits, crew.made) == (5, ["moon", "sea"])


def test_nothing_is_begun_that_by_this_nights_films_cannot_end_in_time(
    place: Place, crew: Crew
) -> None:
    place.add(*(f"film {number}" for number in range(9)))
    crew.takes_s = HOUR
    # The clock goes on by a poll while the runner waits: too little to matter, however long.
    outcome = place.run(crew, until=place.clock.wall() + 4.5 * HOUR, poll_s=0.001)
    assert outcome.ended == "deadline"
    assert len(crew.made) == 4, "a fifth would end half an hour late"
    assert list(place.states().values()).count("waiting") == 5
    crew.takes_s = 0.0
    assert place.run(crew).ended == "done"


def test_what_found_that_it_would_come_too_late_is_not_begun_again_that_night(
    place: Place, crew: Crew
) -> None:
    place.add("sea", "moon")
    crew.takes_s = 0.1 * HOUR
    crew.errors["moon"] = [TooLate("it could not end in time")] * 99
    outcome = place.run(crew, until=place.clock.wall() + HOUR, poll_s=0.001)
    assert (outcome.ended, crew.made) == ("deadline", ["sea", "moon"])
    assert place.states() == {"moon": "waiting", "sea": "done"}
    crew.errors.clear()
    assert place.run(crew).ended == "done", "another night makes it"


def test_before_any_film_is_done_those_that_came_too_late_say_how_long_one_takes(
    place: Place, crew: Crew
) -> None:
    place.add("moon", "sea", "hill")
    crew.takes_s = 0.1 * HOUR
    crew.errors["moon"] = [TooLate("it could not end in time")]
    outcome = place.run(crew, until=place.clock.wall() + HOUR, poll_s=0.001)
    assert (outcome.ended, crew.made) == ("deadline", ["moon"])


def test_after_the_deadline_nothing_is_begun_at_all(place: Place, crew: Crew) -> None:
    place.add("moon")
    assert place.run(crew, until=place.clock.wall() - 1).ended == "deadline"
    assert crew.made == []


def test_a_film_that_waits_for_approval_is_set_aside_and_says_so(place: Place, crew: Crew) -> None:
    place.add("moon", review=True)
    crew.awaiting = "storyboard"
    place.run(crew)
    one = place.named("moon")
    assert (one.state.value, one.cause) == ("set_aside", Cause.APPROVAL)
    assert "approval of the storyboard" in one.error


def waiting_film(begun: threading.Event) -> Callable[[Order], Awaitable[Report]]:
    """Gives what makes a film that waits for a service for ever."""

    async def wait(order: Order) -> Report:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    return wait


def test_a_film_is_called_off_while_it_waits_for_a_service(place: Place) -> None:
    place.add("moon")
    begun = threading.Event()
    runner = place.runner(waiting_film(begun))

    def call_off() -> None:
        begun.wait(200)
        place.queue.cancel(1)

    helper = threading.Thread(target=call_off)
    helper.start()
    assert runner.run().ended == "done"
    helper.join()
    assert place.states() == {"moon": "cancelled"}


def test_told_to_stop_it_gives_its_films_back_and_a_new_run_goes_on(
    place: Place, crew: Crew
) -> None:
    place.add("moon", "sea", "hill")
    begun = threading.Event()
    runner = place.runner(waiting_film(begun), films_at_once=2)

    def stop() -> None:
        begun.wait(200)
        runner.stop()

    helper = threading.Thread(target=stop)
    helper.start()
    assert runner.run().ended == "stopped"
    helper.join()
    assert set(place.states().values()) == {"waiting"}
    assert {one.failures for one in place.queue.entries()} == {0}
    assert place.run(crew).ended == "done"
    assert sorted(crew.made) == ["hill", "moon", "sea"]


def test_two_runners_make_no_film_twice(place: Place, crew: Crew) -> None:
    place.add(*(f"film {number}" for number in range(30)))
    clock = SystemClock()
    real: dict[str, object] = {"clock": clock, "poll_s": 0.01, "beat_s": 0.02}

    async def make(order: Order) -> Report:
        await asyncio.sleep(0.002)
        return crew(order)

    # By the hand's clock, which each of them moves, one would soon seem dead to the other.
    runners = [
        place.runner(make, films_at_once=2, leases=place.leases(clock=clock), **real)
        for _ in range(2)
    ]
    threads = [threading.Thread(target=runner.run) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(crew.made) == sorted(f"film {number}" for number in range(30))
    assert set(place.states().values()) == {"done"}
    assert place.queue.night.ended == "done"


class Spender:
    """Makes films of steps that use what chance will have, and dies or fails on the way.

    What came of a step is never known, and counts.
    """

    def __init__(self, place: Place, reported: Reported, seed: int) -> None:
        self.reported = reported
        self.chance = random.Random(seed)
        self.most = Used()

        self.folders: set[Path] = set()
        self.ledger = place.out / "ledger.sqlite"

    def spent(self, folder: Path) -> Used:
        with closing(Budget(self.ledger, account=folder.name)) as budget:
            return budget.spent

    def total(self) -> Used:
        return sum((self.spent(place) for place in self.folders), Used())

    async def __call__(self, order: Order) -> Report:
        self.folders.add(order.folder)
        budget = Budget(self.ledger, account=order.folder.name)
        order.allowance.bind(budget)
        with closing(budget):
            for step in range(self.chance.randint(1, 6)):
                estimate = Estimate(
                    cost_usd=self.chance.choice((0.0, 0.01, 0.3, 1.0, 2.5)),
                    gpu_s=self.chance.choice((0.0, 5.0, 300.0)),
                    takes=self.chance.choice((0, 1)),
                )
                with budget.reserved(f"step {step}", estimate) as reservation:
                    reservation.unknown = True
                    self.most = self.most.or_more(self.total())
                    if self.chance.random() < 0.15:
                        raise self.chance.choice((TransientError("busy"), BackendError("failed")))
                    await asyncio.sleep(self.chance.choice((0, 0.002)))
        return self.reported(order)


@pytest.mark.parametrize("seed", range(5))
def test_the_nights_limits_are_never_passed(place: Place, reported: Reported, seed: int) -> None:
    chance = random.Random(seed)
    limits = Limits(
        usd=chance.choice((None, 0.0, 1.0, 4.0, 10.0)),
        gpu_s=chance.choice((None, 0.0, 700.0, 2000.0)),
        takes=chance.choice((None, 0, 3, 11)),
    )
    for number in range(8):
        own = chance.choice((None, None, 2.0))
        place.add(f"film {number}", priority=chance.randint(0, 2), budget_usd=own)
    spender = Spender(place, reported, seed)
    outcome = place.run(
        spender,
        leases=place.leases(spent=spender.spent),
        limits=limits,
        films_at_once=chance.randint(1, 4),
    )
    assert limits.passed(spender.most) is None
    assert outcome.ended in ("done", "budget")
    used, total = place.queue.used(outcome.night), spender.total()
    assert (used.usd, used.gpu_s) == pytest.approx((total.usd, total.gpu_s))
    assert used.takes == total.takes
    assert "running" not in place.states().values()


def test_what_is_left_of_the_night_is_given_to_one_film_and_then_the_next(
    place: Place, reported: Reported
) -> None:
    place.add("dear", "cheap")
    ceilings: list[float | None] = []

    def make(order: Order) -> Report:
        ceilings.append(order.allowance.limits.usd)
        if order.entry.name == "dear":
            place.spent[order.folder.name] = Used(usd=7.5)
            raise BudgetExceeded("the next step may cost 4.00 USD", currency="usd")
        return reported(order)

    outcome = place.run(make, limits=Limits(usd=10.0))
    assert ceilings == [10.0, 2.5]
    assert outcome.ended == "budget"
    assert place.states() == {"dear": "waiting", "cheap": "done"}
    assert place.queue.night.ended == "budget"


def test_another_night_has_money_of_its_own_and_the_film_goes_on(
    place: Place, reported: Reported
) -> None:
    place.add("dear")
    ceilings: list[float | None] = []

    def make(order: Order) -> Report:
        ceilings.append(order.allowance.limits.usd)
        spent = place.spent.get(order.folder.name, Used())
        if order.allowance.limits.usd is not None and order.allowance.limits.usd < 15:
            place.spent[order.folder.name] = spent + Used(usd=8.0)
            raise BudgetExceeded("the next step may cost 4.00 USD", currency="usd")
        return reported(order)

    assert place.run(make, limits=Limits(usd=10.0)).ended == "budget"
    assert place.run(make, limits=Limits(usd=10.0)).ended == "done"
    assert ceilings == [10.0, 18.0], "eight are spent, and ten more may be"


def test_what_a_lost_runner_may_still_spend_counts_as_spent(place: Place, crew: Crew) -> None:
    place.add("moon", "sea")
    lost = place.leases(Owner(host="x", place="", pid=1, started="", nonce="lost"))
    claim = lost.claim(lost.join(Limits(usd=10.0)), slots=2).claim
    assert claim.limits.usd == 5.0
    ceilings: dict[str, float | None] = {}

    def make(order: Order) -> Report:
        ceilings[order.entry.name] = order.allowance.limits.usd
        return crew(order)

    assert place.run(make, limits=Limits(usd=10.0)).ended == "done"
    assert ceilings["sea"] == pytest.approx(5.0), "the lost one's five dollars are not given away"
    assert crew.made == ["sea", "moon"], "it was taken over when its lease had run out"


def test_a_broken_queue_ends_the_run_with_its_reason(place: Place, crew: Crew) -> None:
    place.add("moon")

    def make(order: Order) -> Report:
        with place.queue.tables.writing() as db:
            db.execute("DROP TABLE owners")
            db.execute("ALTER TABLE entries RENAME TO lost")
        return crew(order)

    with pytest.raises(ArtifactError, match="cannot be used"):
        place.run(make)
