"""How far a film has come, by its events."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightshoot.events import (
    ActionDone,
    Event,
    FilmFinished,
    ShotFlagged,
    Stage,
    StageFinished,
    StageStarted,
    StepDone,
    TakeRejected,
    TokensUsed,
)
from nightshoot.headway import WEIGHTS, Headway

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def made(key: str, *, tool: str = "image/x", shot: str = "s01", usd: float = 0.0) -> ActionDone:
    return ActionDone(tool=tool, key=key, shot=shot, reused=False, cost_usd=usd, gpu_s=2.0)


def written() -> list[Event]:
    stages = (Stage.CONCEPT, Stage.SCREENPLAY, Stage.STORYBOARD)
    events: list[Event] = []
    for stage in stages:
        events += [StageStarted(stage=stage), StageFinished(stage=stage)]
    return events


def shooting(shots: int) -> list[Event]:
    return [
        StageStarted(stage=Stage.KEYFRAMES, units=shots),
        StageStarted(stage=Stage.TAKES, units=shots),
    ]


def test_the_weights_are_one_film() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert set(WEIGHTS) == set(Stage)


def test_nothing_is_done_at_first() -> None:
    headway = Headway()
    assert (headway.share, headway.stage, headway.shots) == (0, None, 0)
    assert headway.left_s(1e9) is None


def test_a_shot_more_is_a_share_more() -> None:
    headway = Headway()
    for event in (*written(), *shooting(4)):
        headway(event)
    assert headway.share == pytest.approx(0.25)
    assert headway.stage is Stage.KEYFRAMES
    headway(StepDone(stage=Stage.KEYFRAMES, shot="s01"))
    headway(StepDone(stage=Stage.TAKES, shot="s01"))
    assert headway.share == pytest.approx(0.25 + (0.25 + 0.32) / 4)
    assert (headway.shots_done, headway.shots) == (1, 4)


def test_a_run_that_goes_on_behind_a_stage_counts_it_as_done() -> None:
    headway = Headway()
    headway(StageStarted(stage=Stage.CUT))
    assert headway.share == pytest.approx(1 - WEIGHTS[Stage.CUT] - WEIGHTS[Stage.FILM])
    assert headway.stage is Stage.CUT


def test_takes_and_what_was_paid_are_counted_once() -> None:
    headway = Headway()
    for event in (
        made("a", usd=0.5),
        made("b", tool="video/x", usd=1.0),
        made("b", tool="video/x", usd=1.0).model_copy(update={"reused": True, "cost_usd": 0.0}),
        made("card", tool="video/multiplane", shot=""),
        TakeRejected(shot="s01", take=1, note="", measures=()),
        ShotFlagged(shot="s01", note=""),
        ShotFlagged(shot="s01", note=""),
        made("c", tool="critic/advise", usd=0.2),
        TokensUsed(agent="critic", requests=2, prompt_tokens=1, completion_tokens=1, cost_usd=0.3),
    ):
        headway(event)
    assert (headway.takes, headway.rejected, headway.flagged) == (1, 1, 1)
    assert headway.cost_usd == pytest.approx(1.8), "answers that were no good cost as well"
    assert headway.gpu_s == pytest.approx(8.0)


def test_what_is_left_follows_from_the_pace_of_what_was_made() -> None:
    clock = Time()
    headway = Headway(clock)
    for event in (*written(), *shooting(4)):
        # Found from before: it goes by in no time, and says nothing of the pace.
        headway(event)
    assert headway.left_s(clock.now) is None
    for shot in ("s01", "s02"):
        clock.now += 60
        headway(made(f"k{shot}", shot=shot))
        headway(StepDone(stage=Stage.KEYFRAMES, shot=shot))
    # An eighth of the work in two minutes: five eighths are left.
    assert headway.left_s(clock.now) == pytest.approx(0.625 / 0.125 * 120)
    headway(FilmFinished(duration_s=1, frames=24))
    assert (headway.left_s(clock.now), headway.share, headway.stage) == (0, 1, None)


@given(
    shots=st.integers(1, 30),
    again=st.booleans(),
    order=st.randoms(use_true_random=False),
)
def test_the_share_never_becomes_less(shots: int, again: bool, order: object) -> None:
    steps: list[Event] = []
    for number in range(shots):
        if not again:
            steps.append(StepDone(stage=Stage.KEYFRAMES, shot=str(number)))
        steps.append(StepDone(stage=Stage.TAKES, shot=str(number)))
    order.shuffle(steps)  # type: ignore[attr-defined]
    events = [
        *written(),
        *shooting(shots),
        *steps,
        *(StageFinished(stage=stage) for stage in (Stage.KEYFRAMES, Stage.TAKES)),
        StageStarted(stage=Stage.CUT),
        StageFinished(stage=Stage.CUT),
        StageStarted(stage=Stage.FILM, units=3),
        *[StepDone(stage=Stage.FILM)] * 4,
        FilmFinished(duration_s=1, frames=24),
    ]
    headway = Headway()
    shares = []
    for event in events:
        headway(event)
        shares.append(headway.share)
    assert all(one <= other for one, other in pairwise(shares))
    assert shares[-1] == 1


def test_a_real_film_comes_to_its_end_stage_by_stage(bench: Callable[..., Bench]) -> None:
    one = bench()
    one.make()
    headway, seen = Headway(), []
    for event in one.events:
        headway(event)
        if headway.stage not in seen:
            seen.append(headway.stage)
    assert [stage for stage in seen if stage] == list(Stage)
    assert (headway.share, headway.shots, headway.shots_done, headway.takes) == (1, 3, 3, 3)
