"""Money that a service took for nothing is spent money."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nightshoot.artifacts import Action, ActionLog, Made, Store
from nightshoot.artifacts.jobs import JobState
from nightshoot.budget import Budget
from nightshoot.domain.limits import Limits
from nightshoot.domain.shot import Estimate
from nightshoot.errors import BackendError, BudgetExceeded
from nightshoot.retry import Retry

ACTION = Action(
    tool="video/one", version="1", request=Estimate(gpu_s=1), estimate=Estimate(cost_usd=0.4)
)


@pytest.fixture
def performed(tmp_path: Path) -> Callable[..., object]:
    """Performs the action once, with a service that fails the job; gives the log and the budget."""
    log = ActionLog(Store(tmp_path / "store"), retry=Retry(attempts=1))
    budget = Budget(tmp_path / "ledger.sqlite", account="film", limits=Limits(usd=1.0))

    async def perform(*, charged: bool, cost_usd: float | None) -> tuple[ActionLog, Budget]:
        async def fail(scratch: Path) -> Made:
            log.job(ACTION).running("job-1")
            error = BackendError("the service failed the job")
            error.charged, error.cost_usd = charged, cost_usd
            if not charged:
                log.job(ACTION).ended()
            raise error

        with pytest.raises(BackendError, match="failed the job"):
            await log.perform(ACTION, fail, budget=budget)
        return log, budget

    return perform


@pytest.mark.parametrize(
    ("charged", "said", "spent"), [(True, None, 0.4), (True, 0.1, 0.1), (False, None, 0.0)]
)
async def test_a_failed_job_is_counted_as_far_as_it_was_charged(
    performed: Callable[..., object], charged: bool, said: float | None, spent: float
) -> None:
    log, budget = await performed(charged=charged, cost_usd=said)  # type: ignore[misc]
    assert budget.spent.usd == pytest.approx(spent)
    assert log.job(ACTION).state is JobState.NONE, "another may be sent"


async def test_failed_jobs_that_were_charged_use_up_the_budget(
    performed: Callable[..., object],
) -> None:
    for _ in range(2):
        log, budget = await performed(charged=True, cost_usd=None)  # type: ignore[misc]

    async def never(scratch: Path) -> Made:
        raise AssertionError("there is no money for a third")

    with pytest.raises(BudgetExceeded):
        await log.perform(ACTION, never, budget=budget)
    assert budget.spent.usd == pytest.approx(0.8)
