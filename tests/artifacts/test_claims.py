"""Claims among the logs of one process: two films, two threads, a cancelled task."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nightshoot.artifacts import Action, ActionLog, Assumed, ForecastLog, Made, Store
from nightshoot.budget import Budget
from nightshoot.domain.shot import Estimate
from nightshoot.errors import ArtifactError, BackendError
from nightshoot.retry import Retry

ACTION = Action(tool="t", version="1", request=Estimate(), estimate=Estimate(cost_usd=1))
KEY = ACTION.key


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], ActionLog]]:
    logs: list[ActionLog] = []

    def open_one() -> ActionLog:
        logs.append(ActionLog(Store(tmp_path / "store"), retry=Retry(attempts=1)))
        return logs[-1]

    yield open_one
    for log in logs:
        log.close()


@pytest.fixture
def budget(tmp_path: Path) -> Iterator[Budget]:
    budget = Budget(tmp_path / "ledger.sqlite", account="a")
    yield budget
    budget.close()


def held(tmp_path: Path) -> list[str]:
    """Gives the keys that are claimed."""
    database = sqlite3.connect(tmp_path / "store" / "actions.sqlite")
    try:
        return [row[0] for row in database.execute("SELECT key FROM claims")]
    finally:
        database.close()


def made_at(log: ActionLog) -> float | None:
    row = log._row_of(KEY)
    return None if row is None else float(row[5])


class Making:
    """A making that goes on when it is told to."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.calls = 0

    async def __call__(self, scratch: Path) -> Made:
        self.calls += 1
        self.began.set()
        await self.goes_on.wait()
        (scratch / "take").write_text("a")
        return Made(outputs={"video": scratch / "take"})


async def test_two_films_of_one_process_make_it_once(
    opened: Callable[[], ActionLog], budget: Budget, tmp_path: Path
) -> None:
    one, other, making = opened(), opened(), Making()
    first = asyncio.create_task(one.perform(ACTION, making, budget=budget))
    await making.began.wait()
    assert held(tmp_path) == [KEY]
    second = asyncio.create_task(other.perform(ACTION, making, budget=budget))
    await asyncio.sleep(0.1)
    making.goes_on.set()
    assert [(await first).reused, (await second).reused] == [False, True]
    assert making.calls == 1
    assert budget.spent.usd == 1
    assert held(tmp_path) == []


async def test_a_broken_result_is_made_again_by_one_of_two(
    opened: Callable[[], ActionLog], budget: Budget
) -> None:
    one, other, making = opened(), opened(), Making()
    making.goes_on.set()
    outcome = await one.perform(ACTION, making, budget=budget)
    place = one.store.path(outcome.outputs["video"])
    place.chmod(0o644)
    place.write_text("broken")
    outcomes = await asyncio.gather(
        *(log.perform(ACTION, making, budget=budget) for log in (one, other))
    )
    assert sorted(outcome.reused for outcome in outcomes) == [False, True]
    assert making.calls == 2


async def test_a_result_that_comes_between_the_look_and_the_claim_is_not_made_again(
    opened: Callable[[], ActionLog], budget: Budget
) -> None:
    one, other, making = opened(), opened(), Making()
    making.goes_on.set()
    seen_at = made_at(other)
    await one.perform(ACTION, making, budget=budget)
    assert not other._claims.of(KEY).take(seen_at)
    assert other._claims.of(KEY).take(made_at(other))


async def test_a_log_that_is_closed_in_the_middle_leaves_the_action_to_others(
    opened: Callable[[], ActionLog], budget: Budget
) -> None:
    one, other, making = opened(), opened(), Making()
    first = asyncio.create_task(one.perform(ACTION, making, budget=budget))
    await making.began.wait()
    one.close()
    assert other._claims.of(KEY).take(None)
    making.goes_on.set()
    with pytest.raises(ArtifactError, match="action log"):
        await first
    with pytest.raises(ArtifactError, match="closed"):
        one._claims.of(KEY).take(None)


async def test_who_is_cancelled_while_making_lets_go(
    opened: Callable[[], ActionLog], budget: Budget, tmp_path: Path
) -> None:
    one, making = opened(), Making()
    first = asyncio.create_task(one.perform(ACTION, making, budget=budget))
    await making.began.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert held(tmp_path) == []


async def test_who_fails_lets_go(
    opened: Callable[[], ActionLog], budget: Budget, tmp_path: Path
) -> None:
    async def fails(_: Path) -> Made:
        raise BackendError("no")

    with pytest.raises(BackendError):
        await opened().perform(ACTION, fails, budget=budget)
    assert held(tmp_path) == []


def test_a_claim_that_was_let_go_of_is_not_taken_by_a_thread_that_comes_late(
    opened: Callable[[], ActionLog], tmp_path: Path
) -> None:
    log = opened()
    assert log._claims.of("0" * 64).take(None)
    claim = log._claims.of(KEY)
    claim.let_go()
    assert not claim.take(None)
    assert held(tmp_path) == ["0" * 64]


def test_a_late_end_of_one_claim_does_not_end_the_next(
    opened: Callable[[], ActionLog], tmp_path: Path
) -> None:
    claims = opened()._claims
    first, second = claims.of(KEY), claims.of(KEY)
    assert first.take(None)
    # The first one's end was refused by the disk: its row is there still.
    assert second.take(None)
    first.let_go()
    assert held(tmp_path) == [KEY]
    second.let_go()
    second.let_go()
    assert held(tmp_path) == []


async def test_a_forecast_claims_nothing_and_waits_for_nobody(
    opened: Callable[[], ActionLog], budget: Budget, tmp_path: Path
) -> None:
    making = Making()
    making.goes_on.set()
    forecast = ForecastLog(opened())
    dear = Action(tool="t", version="1", request=Estimate(gpu_s=9), assumed=Assumed())
    for action in (ACTION, dear):
        await forecast.perform(action, making, budget=budget)
    assert making.calls == 1
    assert not (tmp_path / "store" / "claimants").exists()
    quick = Action(tool="t", version="1", request=Estimate(gpu_s=8))
    assert opened()._claims.of(quick.key).take(None)
    assert not (await forecast.perform(quick, making, budget=budget)).reused


def test_what_is_found_needs_no_claim(opened: Callable[[], ActionLog], tmp_path: Path) -> None:
    log = opened()
    assert log.find(KEY) is None
    assert not (tmp_path / "store" / "claimants").exists()


def test_fifty_logs_leave_no_file(opened: Callable[[], ActionLog], tmp_path: Path) -> None:
    for _ in range(50):
        log = opened()
        assert log._claims.of(KEY).take(None)
        log.close()
    assert list((tmp_path / "store" / "claimants").iterdir()) == []


def test_a_folder_for_claimants_that_cannot_be_is_told(
    opened: Callable[[], ActionLog], tmp_path: Path
) -> None:
    log = opened()
    (tmp_path / "store" / "claimants").write_text("a file")
    with pytest.raises(ArtifactError, match="claimants cannot be written to: File exists"):
        log._claims.of(KEY).take(None)
