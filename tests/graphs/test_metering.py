"""Money for words: reserved request by request, counted by agent, told to the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from nightshoot.errors import BudgetExceeded, GaveUp
from nightshoot.events import TokensUsed
from nightshoot.llm import Ask, Out, Usage
from nightshoot.tools.fake import ScriptedWriter

if TYPE_CHECKING:
    from tests.conftest import Bench


class Priced(ScriptedWriter):
    """A scripted writer that costs a quarter of a dollar a request, and says so of its price."""

    closed = 0
    gives_up = ""

    async def write(self, ask: Ask[Out]) -> Out:
        ask.meter.note("The price is a guess.")
        with ask.meter.request(most_usd=0.5) as bill:
            answer = await super().write(ask)
            bill.pay(Usage(requests=1, prompt_tokens=80, completion_tokens=20, cost_usd=0.25))
        if ask.task == self.gives_up:
            raise GaveUp("it broke the rules three times")
        return answer

    async def aclose(self) -> None:
        self.closed += 1


def priced(bench: Callable[..., Bench], **parts: object) -> Bench:
    made = bench(**parts)
    made.writer = Priced(made.writer._answers)
    return made


def test_each_agents_requests_are_counted_and_told(bench: Callable[..., Bench]) -> None:
    made = priced(bench)
    report = made.make()
    assert report.film
    assert report.writing["prompt_engineer"].requests == 3
    assert report.writing["screenwriter"].model_dump() == {
        "requests": 1,
        "prompt_tokens": 80,
        "completion_tokens": 20,
        "cost_usd": 0.25,
    }
    assert report.cost_usd == 6 * 0.25
    assert [note for note in report.notes if "price" in note] == ["The price is a guess."]
    told = [event for event in made.events if isinstance(event, TokensUsed)]
    assert sum(event.cost_usd for event in told) == report.cost_usd
    assert made.writer.closed == 1  # type: ignore[attr-defined]
    again = made.make()
    assert again.cost_usd == 0
    assert again.writing == {}


def test_a_ceiling_stops_before_the_request_that_would_pass_it(
    bench: Callable[..., Bench],
) -> None:
    made = priced(bench, budget_usd=0.8)
    with pytest.raises(BudgetExceeded):
        made.make()
    tasks = [ask.task for ask in made.writer.asked]
    assert tasks == ["ideation/conceive", "screenwriter/write"], "a third might cost 0.50 more"


def test_answers_that_were_no_good_cost_as_much(bench: Callable[..., Bench]) -> None:
    made = priced(bench)
    made.writer.gives_up = "storyboarder/board"  # type: ignore[attr-defined]
    with pytest.raises(GaveUp):
        made.make()
    told = [event for event in made.events if isinstance(event, TokensUsed)]
    assert [event.agent for event in told] == ["ideation", "screenwriter", "storyboarder"]
