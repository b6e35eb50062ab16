"""Money, GPU time and takes: reserved before, settled after, never past a limit."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightshoot.budget import Budget
from nightshoot.domain.limits import Limits, Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import ArtifactError, BackendError, BudgetExceeded

DOLLAR = Estimate(cost_usd=1.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def spent(budget: Budget) -> float:
    return budget.spent.usd


def test_a_reservation_counts_until_it_is_settled(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=5))
    with budget.reserved("x", Estimate(cost_usd=2.0, gpu_s=10)) as reservation:
        assert budget.spent == Used(usd=2.0, gpu_s=10)
        reservation.settle(Used(usd=0.5, gpu_s=3))
    assert budget.spent == Used(usd=0.5, gpu_s=3)
    budget.close()


@pytest.mark.parametrize(
    "estimate", [Estimate(cost_usd=1.01), Estimate(gpu_s=60.1), Estimate(cost_usd=2, gpu_s=61)]
)
def test_what_would_pass_a_ceiling_is_refused_and_nothing_reserved(
    ledger: Path, estimate: Estimate
) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=1.0, gpu_s=60))
    with pytest.raises(BudgetExceeded, match="raise the budget"), budget.reserved("x", estimate):
        pytest.fail("it must not run")
    assert budget.spent == Used()
    budget.close()


def test_the_ceiling_itself_may_be_reached(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=1.0))
    for _ in range(10):  # ten tenths are more than one in binary
        with budget.reserved("x", Estimate(cost_usd=0.1)) as reservation:
            reservation.settle(Used(usd=0.1))
    with pytest.raises(BudgetExceeded), budget.reserved("x", Estimate(cost_usd=0.01)):
        pass
    budget.close()


def test_an_action_that_fails_gives_its_reservation_back(ledger: Path) -> None:
    budget = Budget(ledger, account="a")
    with pytest.raises(BackendError), budget.reserved("x", DOLLAR):
        raise BackendError("no")
    assert spent(budget) == 0
    budget.close()


def test_an_action_that_was_cut_off_counts_as_spent(ledger: Path) -> None:
    budget = Budget(ledger, account="a")
    with pytest.raises(asyncio.CancelledError), budget.reserved("x", DOLLAR):
        raise asyncio.CancelledError
    budget.close()
    again = Budget(ledger, account="a", limits=Limits(usd=1.5))
    assert spent(again) == 1.0
    with pytest.raises(BudgetExceeded), again.reserved("y", DOLLAR):
        pass
    again.close()


def test_accounts_do_not_share(ledger: Path) -> None:
    one, two = (Budget(ledger, account=name, limits=Limits(usd=1)) for name in "ab")
    with one.reserved("x", DOLLAR), two.reserved("x", DOLLAR):
        assert spent(one) == spent(two) == 1
    one.close()
    two.close()


def test_a_free_action_may_run_when_the_money_is_spent(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=0))
    with budget.reserved("x", Estimate()) as reservation:
        reservation.settle(Used())
    assert spent(budget) == 0
    budget.close()


def test_an_unforeseen_cost_is_written_down(ledger: Path) -> None:
    budget = Budget(ledger, account="a")
    with budget.reserved("x", Estimate()) as reservation:
        reservation.settle(Used(usd=0.3))
    assert spent(budget) == 0.3
    budget.close()


def test_two_at_once_cannot_pass_the_ceiling_together(ledger: Path) -> None:
    budgets = [Budget(ledger, account="a", limits=Limits(usd=3)) for _ in range(4)]
    begin, refused = threading.Barrier(8), []

    def use(budget: Budget, action: str) -> None:
        begin.wait()
        try:
            with budget.reserved(action, DOLLAR) as reservation:
                reservation.settle(Used(usd=1))
        except BudgetExceeded as error:
            refused.append(error)

    threads = [threading.Thread(target=use, args=(budgets[n % 4], f"x{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spent(budgets[0]) == 3
    assert len(refused) == 5
    for budget in budgets:
        budget.close()


def test_what_a_killed_or_unknown_action_left_open_is_taken_up_once(ledger: Path) -> None:
    dead = Budget(ledger, account="a", limits=Limits(usd=3))

    def breaks_off() -> None:
        with dead.reserved("x", Estimate(cost_usd=2)) as reservation:
            reservation.unknown = True
            raise BackendError("the service took it, and then there was silence")

    with pytest.raises(BackendError):
        breaks_off()
    assert spent(dead) == 2
    dead.close()
    budget = Budget(ledger, account="a", limits=Limits(usd=3))
    assert spent(budget) == 2
    with pytest.raises(BudgetExceeded), budget.reserved("y", Estimate(cost_usd=1.5)):
        pass
    assert spent(budget) == 2
    with budget.reserved("x", Estimate(cost_usd=2)) as reservation:
        assert spent(budget) == 2
        reservation.settle(Used(usd=1.25))
    assert spent(budget) == 1.25
    budget.close()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from(["settle", "fail"])), max_size=12))
def test_the_ceiling_holds_for_any_order(steps: list[tuple[float, str]]) -> None:
    budget = Budget(Path(":memory:"), account="a", limits=Limits(usd=3))
    for cost, end in steps:
        try:
            with budget.reserved("x", Estimate(cost_usd=cost)) as reservation:
                if end == "fail":
                    raise BackendError("no")
                reservation.settle(Used(usd=cost))
        except (BudgetExceeded, BackendError):
            pass
        assert spent(budget) <= 3 + 1e-6
    budget.close()


def test_a_ledger_that_is_none_is_told(ledger: Path) -> None:
    ledger.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(ArtifactError, match=r"ledger\.sqlite cannot be opened"):
        Budget(ledger, account="a")


def test_a_ledger_that_breaks_later_is_an_artifact_error(ledger: Path) -> None:
    budget = Budget(ledger, account="a")
    budget.close()
    with pytest.raises(ArtifactError, match="ledger"), budget.reserved("x", DOLLAR):
        pass


def test_it_is_known_whether_an_action_is_counted_already(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "ledger.sqlite", account="film")
    assert not budget.counts("paint")
    with budget.reserved("paint", Estimate(cost_usd=0.5)) as reservation:
        assert budget.counts("paint")
        reservation.settle(Used(usd=0.4))
    assert budget.counts("paint")
    other = Budget(tmp_path / "ledger.sqlite", account="other")
    assert not other.counts("paint"), "another film's money is not this one's"
    budget.close()
    other.close()


def test_takes_are_reserved_and_settled_as_money_is(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(takes=2))
    for number in range(2):
        with budget.reserved(f"take {number}", Estimate(takes=1)) as reservation:
            reservation.settle(Used(takes=1))
    with pytest.raises(BudgetExceeded) as told, budget.reserved("take 3", Estimate(takes=1)):
        pytest.fail("it must not be filmed")
    assert told.value.currency == "takes"
    with budget.reserved("music", Estimate(cost_usd=1)) as reservation:
        reservation.settle(Used(usd=1))
    assert budget.spent == Used(usd=1, takes=2), "what films nothing is not refused"
    budget.close()


@pytest.mark.parametrize(
    ("limits", "estimate", "says"),
    [
        (Limits(usd=1), Estimate(cost_usd=1.5), "may cost 1.50 USD, but 0.00 USD of 1.00 USD are"),
        (Limits(gpu_s=9000), Estimate(gpu_s=36_000), "may take 10.0 GPU hours, but 0.0 GPU sec"),
        (Limits(gpu_s=9000), Estimate(gpu_s=9001), "of 2.5 GPU hours are used"),
        (Limits(takes=1), Estimate(takes=2), "may film 2 takes, but 0 takes of 1 take are used"),
    ],
)
def test_what_is_used_up_is_told_in_words(
    ledger: Path, limits: Limits, estimate: Estimate, says: str
) -> None:
    budget = Budget(ledger, account="a", limits=limits)
    with pytest.raises(BudgetExceeded) as told, budget.reserved("x", estimate):
        pass
    assert says in str(told.value)
    budget.close()


def test_limits_that_are_set_anew_hold_from_the_next_reservation(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=5))
    with budget.reserved("x", DOLLAR) as reservation:
        budget.limits = Limits(usd=0.5)
        reservation.settle(Used(usd=1))
    with pytest.raises(BudgetExceeded), budget.reserved("y", Estimate(cost_usd=0.01)):
        pass
    with budget.reserved("free", Estimate()):
        pass
    budget.limits = Limits(usd=2)
    with budget.reserved("y", DOLLAR) as reservation:
        reservation.settle(Used(usd=1))
    budget.limits = Limits()
    with budget.reserved("z", DOLLAR):
        assert spent(budget) == 3
    budget.close()


def test_limits_wait_for_the_reservation_that_is_being_written(ledger: Path) -> None:
    """Whoever has set them may take it that nothing more is written under the old ones."""
    budget = Budget(ledger, account="a", limits=Limits(usd=1))
    seen: list[float] = []

    def reserve() -> None:
        with budget.reserved("x", DOLLAR):
            pass

    def tighten() -> None:
        budget.limits = Limits(usd=0)
        seen.append(spent(budget))

    slow = sqlite3.connect(ledger, isolation_level=None)
    slow.execute("BEGIN IMMEDIATE")
    first = threading.Thread(target=reserve)
    first.start()
    while budget._lock.acquire(blocking=False):
        budget._lock.release()
    second = threading.Thread(target=tighten)
    second.start()
    slow.execute("COMMIT")
    slow.close()
    first.join()
    second.join()
    assert seen == [1.0]
    budget.close()


def test_an_overrun_is_seen_and_nothing_more_is_begun(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=2))
    with budget.reserved("x", DOLLAR) as reservation:
        reservation.settle(Used(usd=7.5))
    assert spent(budget) == 7.5
    more = budget.reserved("y", Estimate(cost_usd=0.001))
    with pytest.raises(BudgetExceeded, match=r"7\.50 USD of 2\.00 USD"), more:
        pass
    budget.close()


def test_a_ledger_from_before_there_were_takes_goes_on(ledger: Path) -> None:
    db = sqlite3.connect(ledger)
    db.execute(
        "CREATE TABLE spending (id INTEGER PRIMARY KEY, account TEXT NOT NULL, action TEXT NOT"
        " NULL, cost_usd REAL NOT NULL, gpu_s REAL NOT NULL, state TEXT NOT NULL CHECK (state IN"
        " ('reserved', 'settled')))"
    )
    db.execute("INSERT INTO spending VALUES (7, 'a', 'x', 1.5, 3.0, 'settled')")
    db.execute("INSERT INTO spending VALUES (8, 'a', 'y', 0.5, 0.0, 'reserved')")
    db.commit()
    db.close()
    opened: list[Budget] = []
    threads = [
        threading.Thread(target=lambda: opened.append(Budget(ledger, account="a")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.spent for one in opened] == [Used(usd=2.0, gpu_s=3.0)] * 8
    with opened[0].reserved("z", Estimate(takes=1)) as reservation:
        reservation.settle(Used(takes=1))
    assert opened[7].spent == Used(usd=2.0, gpu_s=3.0, takes=1)
    for one in opened:
        one.close()


def test_gpu_time_of_tries_that_fail_is_used_and_nothing_is_tried_beyond_the_ceiling(
    ledger: Path,
) -> None:
    budget = Budget(ledger, account="a", limits=Limits(gpu_s=60))

    def fails() -> None:
        with budget.reserved("take", Estimate(gpu_s=25)) as reservation:
            for _ in range(9):
                reservation.begin()
                reservation.lose(20, over=False)

    with pytest.raises(BudgetExceeded, match="GPU"):
        fails()
    # Two tries and what a third may take are 65 s: it is not begun.
    assert budget.spent == Used(gpu_s=40)
    assert not budget.counts("take")
    budget.close()


def test_gpu_time_of_a_killed_try_counts_as_what_was_reserved_and_waiting_as_nothing(
    ledger: Path,
) -> None:
    dead = Budget(ledger, account="a")
    at_work, waiting = (dead.reserved(name, Estimate(gpu_s=20, takes=1)) for name in ("x", "y"))
    at_work.__enter__().begin()
    waiting.__enter__()
    dead.close()
    budget = Budget(ledger, account="a", limits=Limits(gpu_s=70))
    for name in ("x", "y"):
        with budget.reserved(name, Estimate(gpu_s=20, takes=1)) as reservation:
            reservation.begin()
            reservation.settle(Used(gpu_s=15, takes=1))
    assert budget.spent == Used(gpu_s=50, takes=2)
    budget.close()


def test_what_was_stopped_counts_for_as_long_as_it_worked(ledger: Path) -> None:
    budget = Budget(ledger, account="a")

    def stopped() -> None:
        with budget.reserved("x", Estimate(gpu_s=20)) as reservation:
            reservation.begin()
            reservation.lose(3, over=True)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        stopped()
    assert budget.spent == Used(gpu_s=3)
    budget.close()


def test_a_request_whose_outcome_nobody_will_hear_counts_beside_the_next(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=1.5))
    with budget.reserved("x", Estimate(cost_usd=0.6)) as reservation:
        reservation.ask_again()
        assert spent(budget) == 1.2
        with pytest.raises(BudgetExceeded):
            reservation.ask_again()
        reservation.settle(Used(usd=0.5))
    assert spent(budget) == pytest.approx(1.1)
    budget.close()


def test_what_is_asked_anew_each_time_counts_each_time_it_was_cut_off(ledger: Path) -> None:
    budget = Budget(ledger, account="a", limits=Limits(usd=2.5))
    for _ in range(2):
        with (
            pytest.raises(asyncio.CancelledError),
            budget.reserved("x", DOLLAR, asks_anew=True),
        ):
            raise asyncio.CancelledError
    assert spent(budget) == 2
    with pytest.raises(BudgetExceeded), budget.reserved("x", DOLLAR, asks_anew=True):
        pytest.fail("it must not be sent")
    budget.close()
