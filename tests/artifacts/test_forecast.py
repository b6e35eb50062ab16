"""A forecast lists what would have to be made, and makes none of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightshoot.artifacts import Action, ActionLog, Assumed, ForecastLog, Made, Store
from nightshoot.budget import Budget
from nightshoot.domain.limits import Limits
from nightshoot.domain.shot import Estimate
from nightshoot.domain.value import Value


class Order(Value):
    text: str


class Fact(Value):
    length: int


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ActionLog]:
    opened = ActionLog(Store(tmp_path / "store"))
    yield opened
    opened.close()


@pytest.fixture
def budget(tmp_path: Path) -> Iterator[Budget]:
    opened = Budget(tmp_path / "ledger.sqlite", account="film", limits=Limits(usd=1.0))
    yield opened
    opened.close()


def painting(text: str) -> Action:
    return Action(
        tool="image/dear",
        version="1",
        request=Order(text=text),
        estimate=Estimate(cost_usd=0.4),
        assumed=Assumed(roles=("picture",), record=Fact(length=0)),
    )


def filming(keyframe: str) -> Action:
    return Action(
        tool="video/dear",
        version="1",
        request=Order(text="film"),
        inputs={"keyframe": keyframe},
        estimate=Estimate(cost_usd=2.0),
        assumed=Assumed(roles=("video",)),
    )


async def really(scratch: Path) -> Made:
    (scratch / "picture").write_text("painted")
    return Made(outputs={"picture": scratch / "picture"}, record=Fact(length=7))


async def never(_: Path) -> Made:
    raise AssertionError("a forecast makes nothing that costs")


def test_what_is_recorded_is_answered_and_what_follows_from_a_change_is_foreseen(
    log: ActionLog, budget: Budget
) -> None:
    async def scenario() -> None:
        made = await log.perform(painting("a boat"), really, budget=budget)
        forecast = ForecastLog(log)
        same = await forecast.perform(painting("a boat"), never, budget=budget)
        assert (same.outputs, same.reused) == (made.outputs, True)
        assert not forecast.foreseen

        other = await forecast.perform(painting("two boats"), never, budget=budget)
        assert other.read(Fact) == Fact(length=0)
        again = await forecast.perform(painting("two boats"), never, budget=budget)
        assert again.outputs == other.outputs
        await forecast.perform(filming(other.outputs["picture"]), never, budget=budget)
        assert [one.action.tool for one in forecast.foreseen.values()] == [
            "image/dear",
            "video/dear",
        ]
        first, second = forecast.foreseen.values()
        assert first.wall_s is not None
        assert second.wall_s is None
        assert budget.spent.usd == pytest.approx(0.4)
        assert log.find(painting("two boats").key) is None

    asyncio.run(scenario())


def test_what_is_quick_and_free_is_done_and_kept(log: ActionLog, budget: Budget) -> None:
    async def scenario() -> None:
        forecast = ForecastLog(log)
        wording = Action(tool="word", version="1", request=Order(text="a boat"))
        assert (await forecast.perform(wording, really, budget=budget)).read(Fact).length == 7
        assert log.find(wording.key) is not None
        assert not forecast.foreseen

    asyncio.run(scenario())


def test_what_is_assumed_is_no_part_of_an_actions_key() -> None:
    plain = Action(tool="image/dear", version="1", request=Order(text="a boat"))
    assert plain.key == painting("a boat").key
