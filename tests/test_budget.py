"""Money and GPU time: reserved before, settled after, never past a ceiling."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightshoot.budget import Budget, Spent
from nightshoot.domain.shot import Estimate
from nightshoot.errors import ArtifactError, BackendError, BudgetExceeded

DOLLAR = Estimate(cost_usd=1.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def spent(budget: Budget) -> float:
    return budget.spent.cost_usd


def test_a_reservation_counts_until_it_is_settled(ledger: Path) -> None:
    budget = Budget(ledger, account="a", ceiling_usd=5)
    with budget.reserved("x", Estimate(cost_usd=2.0, gpu_s=10)) as reservation:
        assert budget.spent == Spent(cost_usd=2.0, gpu_s=10)
        reservation.settle(cost_usd=0.5, gpu_s=3)
    assert budget.spent == Spent(cost_usd=0.5, gpu_s=3)
    budget.close()


@pytest.mark.parametrize(
    "estimate", [Estimate(cost_usd=1.01), Estimate(gpu_s=60.1), Estimate(cost_usd=2, gpu_s=61)]
)
def test_what_would_pass_a_ceiling_is_refused_and_nothing_reserved(
    ledger: Path, estimate: Estimate
) -> None:
    budget = Budget(ledger, account="a", ceiling_usd=1.0, ceiling_gpu_s=60)
    with pytest.raises(BudgetExceeded, match="raise the budget"), budget.reserved("x", estimate):
        pytest.fail("it must not run")
    assert budget.spent == Spent(cost_usd=0, gpu_s=0)
    budget.close()


def test_the_ceiling_itself_may_be_reached(ledger: Path) -> None:
    budget = Budget(ledger, account="a", ceiling_usd=1.0)
    for _ in range(10):  # ten tenths are more than one in binary
        with budget.reserved("x", Estimate(cost_usd=0.1)) as reservation:
            reservation.settle(cost_usd=0.1, gpu_s=0)
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
    again = Budget(ledger, account="a", ceiling_usd=1.5)
    assert spent(again) == 1.0
    with pytest.raises(BudgetExceeded), again.reserved("y", DOLLAR):
        pass
    again.close()


def test_accounts_do_not_share(ledger: Path) -> None:
    one, two = (Budget(ledger, account=name, ceiling_usd=1) for name in "ab")
    with one.reserved("x", DOLLAR), two.reserved("x", DOLLAR):
        assert spent(one) == spent(two) == 1
    one.close()
    two.close()


def test_a_free_action_may_run_when_the_money_is_spent(ledger: Path) -> None:
    budget = Budget(ledger, account="a", ceiling_usd=0)
    with budget.reserved("x", Estimate()) as reservation:
        reservation.settle(cost_usd=0, gpu_s=0)
    assert spent(budget) == 0
    budget.close()


def test_an_unforeseen_cost_is_written_down(ledger: Path) -> None:
    budget = Budget(ledger, account="a")
    with budget.reserved("x", Estimate()) as reservation:
        reservation.settle(cost_usd=0.3, gpu_s=0)
    assert spent(budget) == 0.3
    budget.close()


def test_two_at_once_cannot_pass_the_ceiling_together(ledger: Path) -> None:
    budgets = [Budget(ledger, account="a", ceiling_usd=3) for _ in range(4)]
    begin, refused = threading.Barrier(8), []

    def use(budget: Budget, action: str) -> None:
        begin.wait()
        try:
            with budget.reserved(action, DOLLAR) as reservation:
                reservation.settle(cost_usd=1, gpu_s=0)
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
    dead = Budget(ledger, account="a", ceiling_usd=3)

    def breaks_off() -> None:
        with dead.reserved("x", Estimate(cost_usd=2)) as reservation:
            reservation.unknown = True
            raise BackendError("the service took it, and then there was silence")

    with pytest.raises(BackendError):
        breaks_off()
    assert spent(dead) == 2
    dead.close()
    budget = Budget(ledger, account="a", ceiling_usd=3)
    assert spent(budget) == 2
    with pytest.raises(BudgetExceeded), budget.reserved("y", Estimate(cost_usd=1.5)):
        pass
    assert spent(budget) == 2
    with budget.reserved("x", Estimate(cost_usd=2)) as reservation:
        assert spent(budget) == 2
        reservation.settle(cost_usd=1.25, gpu_s=0)
    assert spent(budget) == 1.25
    budget.close()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from(["settle", "fail"])), max_size=12))
def test_the_ceiling_holds_for_any_order(steps: list[tuple[float, str]]) -> None:
    budget = Budget(Path(":memory:"), account="a", ceiling_usd=3)
    for cost, end in steps:
        try:
            with budget.reserved("x", Estimate(cost_usd=cost)) as reservation:
                if end == "fail":
                    raise BackendError("no")
                reservation.settle(cost_usd=cost, gpu_s=0)
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
        reservation.settle(cost_usd=0.4, gpu_s=0)
    assert budget.counts("paint")
    other = Budget(tmp_path / "ledger.sqlite", account="other")
    assert not other.counts("paint"), "another film's money is not this one's"
    budget.close()
    other.close()
