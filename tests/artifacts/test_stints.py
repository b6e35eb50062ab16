"""GPU time is used by the tries that fail too, and a job that is paid again may be paid twice."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from nightshoot.artifacts import Action, ActionLog, JobState, Made, Stint, Store
from nightshoot.budget import Budget
from nightshoot.domain.limits import Limits, Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import BackendError, BudgetExceeded, TransientError
from nightshoot.retry import Retry
from nightshoot.tools.hosted.discipline import Discipline, Manners, NotTaken, Pacing, Unsure

TAKE = Action(
    tool="video/gpu", version="1", request=Estimate(gpu_s=1), estimate=Estimate(gpu_s=30, takes=1)
)
SENT = Action(
    tool="video/far", version="1", request=Estimate(gpu_s=2), estimate=Estimate(cost_usd=0.4)
)


class Clock:
    """Seconds that go on when a try says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ActionLog]:
    retry = Retry(attempts=3, first_wait_s=0.001, longest_wait_s=0.002)
    log = ActionLog(Store(tmp_path / "store"), retry=retry)
    yield log
    log.close()


@pytest.fixture
def budget(tmp_path: Path) -> Iterator[Budget]:
    budget = Budget(tmp_path / "ledger.sqlite", account="film")
    yield budget
    budget.close()


def tries(
    stint: Stint, clock: Clock, *ends: BaseException | None
) -> Callable[[Path], Awaitable[Made]]:
    """Gives tries of 10 s of GPU each, which end so."""
    coming = deque(ends)

    async def make(scratch: Path) -> Made:
        with stint.working():
            clock.now += 10
            end = coming.popleft()
            if end is not None:
                raise end
        return Made(gpu_s=10)

    return make


async def test_a_take_has_used_what_its_failed_tries_took(log: ActionLog, budget: Budget) -> None:
    clock = Clock()
    stint = Stint(clock)
    make = tries(stint, clock, TransientError("hot"), TransientError("hot"), None)
    await log.perform(TAKE, make, budget=budget, stint=stint)
    assert budget.spent == Used(gpu_s=30, takes=1)
    assert (stint.lost_s, stint.worked_s) == (20, 10)


async def test_a_failed_action_has_used_its_gpu_time_and_no_take(
    log: ActionLog, budget: Budget
) -> None:
    clock = Clock()
    stint = Stint(clock)
    with pytest.raises(BackendError):
        await log.perform(TAKE, tries(stint, clock, BackendError("no")), budget=budget, stint=stint)
    assert budget.spent == Used(gpu_s=10)


async def test_no_try_is_begun_that_could_pass_the_ceiling(log: ActionLog, tmp_path: Path) -> None:
    budget = Budget(tmp_path / "own.sqlite", account="film", limits=Limits(gpu_s=45))
    clock = Clock()
    stint = Stint(clock)
    make = tries(stint, clock, *[TransientError("hot")] * 3)
    with pytest.raises(BudgetExceeded):
        await log.perform(TAKE, make, budget=budget, stint=stint)
    assert budget.spent == Used(gpu_s=20)
    budget.close()


async def test_a_take_that_is_stopped_has_used_what_it_took_until_then(
    log: ActionLog, budget: Budget
) -> None:
    clock = Clock()
    stint = Stint(clock)
    with pytest.raises(asyncio.CancelledError):
        await log.perform(
            TAKE, tries(stint, clock, asyncio.CancelledError()), budget=budget, stint=stint
        )
    assert budget.spent.gpu_s == 10


@pytest.fixture
async def cut_off(log: ActionLog, budget: Budget) -> ActionLog:
    """A log with a job that was cut off while it was sent."""

    async def silent(scratch: Path) -> Made:
        log.job(SENT).sending()
        raise BackendError("silence")

    with pytest.raises(BackendError):
        await log.perform(SENT, silent, budget=budget)
    assert budget.spent.usd == 0.4
    return log


def paid_again(
    log: ActionLog, answer: Unsure | NotTaken | Made
) -> Callable[[Path], Awaitable[Made]]:
    """Gives what sends the job again, in a process of its own."""
    manners = Manners(service="far", console="here", table="video.far", pay_again=True)
    discipline = Discipline(manners, Pacing())

    async def send() -> Unsure | NotTaken | Made:
        return answer

    return lambda scratch: discipline.at_once(log.job(SENT), send)


async def test_a_job_that_is_paid_again_counts_twice(cut_off: ActionLog, budget: Budget) -> None:
    await cut_off.perform(SENT, paid_again(cut_off, Made(cost_usd=0.3)), budget=budget)
    assert budget.spent.usd == pytest.approx(0.7), "the first may be paid too"


async def test_each_one_that_is_cut_off_counts(cut_off: ActionLog, budget: Budget) -> None:
    for most in (0.8, 1.2):
        with pytest.raises(BackendError):
            await cut_off.perform(SENT, paid_again(cut_off, Unsure(why="cut off")), budget=budget)
        assert budget.spent.usd == pytest.approx(most)


async def test_a_job_is_not_paid_again_where_there_is_money_for_one_alone(
    cut_off: ActionLog, budget: Budget
) -> None:
    budget.limits = Limits(usd=0.7)
    with pytest.raises(BudgetExceeded):
        await cut_off.perform(SENT, paid_again(cut_off, Made(cost_usd=0.3)), budget=budget)
    assert budget.spent.usd == 0.4
    assert cut_off.job(SENT).state is JobState.SENDING, "the next night may pay it"
