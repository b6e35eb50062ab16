"""A job at a service is on the disk before it is waited for, and forgotten with its result."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightshoot.artifacts import Action, ActionLog, JobState, Made, Store
from nightshoot.budget import Budget
from nightshoot.domain.limits import Limits, Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import BackendError
from nightshoot.retry import Retry

ACTION = Action(
    tool="video/service",
    version="1",
    request=Estimate(gpu_s=1),
    estimate=Estimate(cost_usd=2),
)


@pytest.fixture
def budget(tmp_path: Path) -> Budget:
    return Budget(tmp_path / "ledger.sqlite", account="a", limits=Limits(usd=3))


def opened(tmp_path: Path) -> ActionLog:
    return ActionLog(Store(tmp_path / "store"), retry=Retry(attempts=1))


async def test_an_id_outlives_the_process_and_its_money_stays_reserved(
    tmp_path: Path, budget: Budget
) -> None:
    log = opened(tmp_path)

    async def dies(_: Path) -> Made:
        job = log.job(ACTION)
        job.sending()
        assert log.job(ACTION).state is JobState.SENDING
        job.running("job-7")
        raise BackendError("the power failed")

    with pytest.raises(BackendError, match="power"):
        await log.perform(ACTION, dies, budget=budget)
    assert budget.spent.usd == 2
    log.close()

    again = opened(tmp_path)
    assert (again.job(ACTION).state, again.job(ACTION).id) == (JobState.RUNNING, "job-7")

    async def fetches(scratch: Path) -> Made:
        assert again.job(ACTION).id == "job-7"
        (scratch / "take").write_bytes(b"film")
        return Made(outputs={"video": scratch / "take"}, cost_usd=1.5)

    outcome = await again.perform(ACTION, fetches, budget=budget)
    assert outcome.cost_usd == 1.5
    assert budget.spent.usd == 1.5
    assert again.job(ACTION).state is JobState.NONE
    again.close()
    budget.close()


async def test_a_job_that_the_service_does_not_have_gives_its_money_back(
    tmp_path: Path, budget: Budget
) -> None:
    log = opened(tmp_path)

    async def refused(_: Path) -> Made:
        job = log.job(ACTION)
        job.sending()
        job.ended()
        raise BackendError("refused")

    with pytest.raises(BackendError, match="refused"):
        await log.perform(ACTION, refused, budget=budget)
    assert budget.spent.usd == 0
    log.close()
    budget.close()


async def test_what_was_paid_request_by_request_is_not_charged_again(
    tmp_path: Path, budget: Budget
) -> None:
    log = opened(tmp_path)
    action = Action(tool="critic/advise", version="1", request=Estimate())

    async def asks(_: Path) -> Made:
        with budget.reserved(f"{action.key}/1", Estimate(cost_usd=0.5)) as reservation:
            reservation.settle(Used(usd=0.2))
        return Made(cost_usd=0.2, paid=True)

    outcome = await log.perform(action, asks, budget=budget)
    assert outcome.cost_usd == 0.2
    assert budget.spent.usd == 0.2
    log.close()
    budget.close()
