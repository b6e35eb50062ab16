"""The action log: equal actions are made once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from nightshoot.artifacts import Action, ActionLog, Made, Store
from nightshoot.artifacts.actions import canonical
from nightshoot.budget import Budget
from nightshoot.domain.limits import Limits
from nightshoot.domain.shot import Estimate
from nightshoot.domain.value import Value
from nightshoot.errors import ArtifactError, BackendError, BudgetExceeded, TransientError
from nightshoot.retry import Retry


class Order(Value):
    text: str
    seed: int = 0


class Fact(Value):
    length: int


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


class Maker:
    """Makes a file out of the order, and counts."""

    def __init__(self, *errors: Exception, cost_usd: float | None = None) -> None:
        self.errors = list(errors)
        self.cost_usd = cost_usd
        self.calls = 0
        self.seen: list[list[str]] = []

    def __call__(self, text: str) -> Callable[[Path], Awaitable[Made]]:
        async def make(scratch: Path) -> Made:
            self.calls += 1
            self.seen.append(names_in(scratch))
            file = scratch / "out"
            file.write_text(text)
            await asyncio.sleep(0.005)
            if self.errors:
                raise self.errors.pop(0)
            return Made(
                outputs={"file": file}, record=Fact(length=len(text)), cost_usd=self.cost_usd
            )

        return make


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ActionLog]:
    retry = Retry(attempts=3, first_wait_s=0.001, longest_wait_s=0.002)
    log = ActionLog(Store(tmp_path / "store"), retry=retry)
    yield log
    log.close()


@pytest.fixture
def budget(tmp_path: Path) -> Iterator[Budget]:
    budget = Budget(tmp_path / "ledger.sqlite", account="a", limits=Limits(usd=1.0))
    yield budget
    budget.close()


def action(text: str = "a", *, cost: float = 0.0, **parts: str) -> Action:
    given = {"tool": "t", "version": "1", "model": ""} | parts
    return Action(
        tool=given["tool"],
        version=given["version"],
        model=given["model"],
        request=Order(text=text),
        estimate=Estimate(cost_usd=cost),
    )


async def test_the_same_action_is_made_once(log: ActionLog, budget: Budget) -> None:
    maker = Maker()
    first = await log.perform(action(), maker("a"), budget=budget)
    again = await log.perform(action(), maker("a"), budget=budget)
    assert (maker.calls, first.reused, again.reused) == (1, False, True)
    assert again.outputs == first.outputs
    assert again.read(Fact) == Fact(length=1)
    assert log.store.path(again.outputs["file"]).read_text() == "a"


async def test_a_result_is_there_for_the_next_process(
    log: ActionLog, budget: Budget, tmp_path: Path
) -> None:
    await log.perform(action(), Maker()("a"), budget=budget)
    other = ActionLog(Store(tmp_path / "store"))
    found = other.find(action().key)
    assert found is not None
    assert found.reused
    other.close()


def test_everything_that_decides_the_result_is_in_the_key() -> None:
    base = action()
    others = [
        action("b"),
        action(tool="u"),
        action(version="2"),
        action(model="m"),
        Action(tool="t", version="1", request=Order(text="a", seed=1)),
        Action(tool="t", version="1", request=Order(text="a"), inputs={"x": "0"}),
        Action(tool="t", version="1", request=Order(text="a"), inputs={"y": "0"}),
    ]
    assert len({one.key for one in (base, *others)}) == 8
    assert action(cost=1.0).key == base.key, "what it costs does not"


def test_the_key_does_not_depend_on_the_order_of_inputs() -> None:
    keys = {
        Action(tool="t", version="1", request=Order(text="a"), inputs=dict(inputs)).key
        for inputs in ((("x", "1"), ("y", "2")), (("y", "2"), ("x", "1")))
    }
    assert len(keys) == 1


def test_the_key_is_the_same_for_ever() -> None:
    assert canonical(Order(text="夜")) == '{"seed":0,"text":"夜"}'
    digest = "f9d7a3ad3ece8dbb69307f453fe5bd101ec7c2c7cfbf56e2ce95b69d30592aa7"
    assert action("夜").key == digest, "every film that is made already would be made again"


async def test_two_who_ask_at_once_share_one_result(log: ActionLog, budget: Budget) -> None:
    maker = Maker()
    outcomes = await asyncio.gather(
        *(log.perform(action(), maker("a"), budget=budget) for _ in range(5))
    )
    assert maker.calls == 1
    assert sorted(one.reused for one in outcomes) == [False, True, True, True, True]


async def test_those_who_wait_behind_a_failure_still_make_it_once(
    log: ActionLog, budget: Budget
) -> None:
    maker = Maker(BackendError("first fails"))
    late: list[asyncio.Task[object]] = []

    async def ask_and_call_another() -> None:
        try:
            await log.perform(action(), maker("a"), budget=budget)
        finally:
            late.append(asyncio.ensure_future(log.perform(action(), maker("a"), budget=budget)))

    first = asyncio.ensure_future(ask_and_call_another())
    await asyncio.sleep(0)
    second = asyncio.ensure_future(log.perform(action(), maker("a"), budget=budget))
    with pytest.raises(BackendError):
        await first
    await second
    await asyncio.gather(*late)
    assert maker.calls == 2, "the one that failed, and one more"


async def test_a_fault_is_tried_again_in_an_empty_folder(log: ActionLog, budget: Budget) -> None:
    maker = Maker(TransientError("1"), TransientError("2"))
    outcome = await log.perform(action(), maker("a"), budget=budget)
    assert not outcome.reused
    assert maker.seen == [[], [], []]


async def test_a_failure_leaves_nothing_behind(log: ActionLog, budget: Budget) -> None:
    with pytest.raises(BackendError):
        await log.perform(action(cost=0.5), Maker(BackendError("no"))("a"), budget=budget)
    assert log.find(action().key) is None
    assert budget.spent.usd == 0
    assert list((log.store.root / "scratch").iterdir()) == []


async def test_a_corrupt_result_is_made_again(log: ActionLog, budget: Budget) -> None:
    maker = Maker()
    outcome = await log.perform(action(), maker("a"), budget=budget)
    path = log.store.path(outcome.outputs["file"])
    path.chmod(0o644)
    path.write_text("b")
    healed = await log.perform(action(), maker("a"), budget=budget)
    assert not healed.reused
    assert log.store.path(healed.outputs["file"]).read_text() == "a"


async def test_money_is_reserved_settled_and_never_passed(log: ActionLog, budget: Budget) -> None:
    await log.perform(action("a", cost=0.6), Maker(cost_usd=0.5)("a"), budget=budget)
    assert budget.spent.usd == 0.5
    maker = Maker()
    with pytest.raises(BudgetExceeded):
        await log.perform(action("b", cost=0.6), maker("b"), budget=budget)
    assert maker.calls == 0
    again = await log.perform(action("a", cost=0.6), Maker()("a"), budget=budget)
    assert again.reused, "a recorded result costs nothing"
    assert budget.spent.usd == 0.5


async def test_a_tool_that_does_not_say_what_it_cost_has_cost_its_estimate(
    log: ActionLog, budget: Budget
) -> None:
    outcome = await log.perform(action(cost=0.6), Maker()("a"), budget=budget)
    assert outcome.cost_usd == budget.spent.usd == 0.6


async def test_a_full_disk_in_a_tool_is_an_artifact_error(log: ActionLog, budget: Budget) -> None:
    error = OSError(28, "No space left on device")
    with pytest.raises(ArtifactError, match="no space left"):
        await log.perform(action(), Maker(error)("a"), budget=budget)


def test_a_log_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "actions.sqlite").write_bytes(b"no database, this" * 100)
    with pytest.raises(ArtifactError, match=r"actions\.sqlite cannot be opened"):
        ActionLog(Store(tmp_path))


async def test_a_log_that_breaks_later_is_an_artifact_error(tmp_path: Path) -> None:
    log = ActionLog(Store(tmp_path))
    log.close()
    with pytest.raises(ArtifactError, match="action log"):
        log.find("0" * 64)


def test_a_log_that_is_closed_under_busy_threads_tells_them_and_crashes_nobody(
    tmp_path: Path,
) -> None:
    log = ActionLog(Store(tmp_path / "store"))
    told: list[str] = []

    def look() -> None:
        try:
            while True:
                log.find("0" * 64)
        except ArtifactError as error:
            told.append(str(error))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    log.close()
    for thread in threads:
        thread.join(60)
    assert len(told) == 4
    assert all("closed" in one for one in told)
