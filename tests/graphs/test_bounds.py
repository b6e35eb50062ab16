"""When a loop ends, whatever the next take would be."""

from __future__ import annotations

import pytest

from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Ending, Take
from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Storyboard
from nightshoot.graphs.bounds import Bounds, counted, too_dear, used_up


@pytest.fixture
def plan(board: Storyboard) -> ShotPlan:
    shot = board.shots[0]
    return ShotPlan(
        shot=shot.id,
        prompt="a river",
        staging=shot.staging,
        camera=shot.camera,
        width=128,
        height=228,
        fps=24,
        num_frames=48,
        seed=1,
    )


def review(value: float) -> Review:
    finding = Finding(
        measure="sharpness",
        value=value,
        unit="of 1",
        threshold=10,
        direction=Direction.AT_LEAST,
        note="",
    )
    return Review(findings=(finding,))


def takes(plan: ShotPlan, *values: float, rejected: tuple[int, ...] = ()) -> list[Take]:
    made = []
    for number, value in enumerate(values, start=1):
        ruling = Ruling(shot="s01", made=f"v{number}", take=number, verdict=Verdict.REJECTED)
        made.append(
            Take(
                number=number,
                plan=plan,
                keyframe="k",
                video=f"v{number}",
                keyframe_review=review(20),
                video_review=review(value),
                cost_usd=1.0,
                work_s=60.0,
                ruling=ruling if number in rejected else None,
            )
        )
    return made


MANY = Bounds(takes=20)


@pytest.mark.parametrize(
    ("values", "ending"),
    [
        ((1, 2), None),
        ((2, 1, 1), Ending.NO_BETTER),
        ((1, 2, 1), None),
        ((1, 2, 1, 1.5), Ending.NO_BETTER),
        ((1, 2, 1, 3), None),
        ((1, 1, 1), Ending.NO_BETTER),
        ((1, 2, 3, 4, 5), None),
    ],
)
def test_two_takes_in_a_row_that_are_no_better_end_it(
    plan: ShotPlan, values: tuple[float, ...], ending: Ending | None
) -> None:
    assert used_up(takes(plan, *values), MANY) is ending


def test_takes_that_a_person_rejected_do_not_count(plan: ShotPlan) -> None:
    made = takes(plan, 1, 2, 3, rejected=(1, 3))
    assert [take.number for take in counted(made)] == [2]
    assert used_up(made, Bounds(takes=2)) is None
    assert used_up(takes(plan, 1, 2, 3, rejected=(1,)), Bounds(takes=2)) is Ending.TAKES
    assert not too_dear(made, Bounds(takes=9, cost_usd=2.0), next_usd=1.0)


def test_the_same_pixels_again_do_count(plan: ShotPlan) -> None:
    same = [
        take.model_copy(update={"video": "v1"}) for take in takes(plan, 1, 1, 1, rejected=(1, 2, 3))
    ]
    assert len(counted(same)) == 2, "else a rejection could go on for ever"


def test_time_ends_it_before_it_is_passed(plan: ShotPlan) -> None:
    made = takes(plan, 1, 2)
    assert used_up(made, Bounds(takes=9, work_s=179)) is Ending.TIME
    assert used_up(made, Bounds(takes=9, work_s=181)) is None


def test_money_ends_it_before_it_is_passed(plan: ShotPlan) -> None:
    made = takes(plan, 1, 2)
    assert too_dear(made, Bounds(takes=9, cost_usd=2.9), next_usd=1.0)
    assert not too_dear(made, Bounds(takes=9, cost_usd=3.0), next_usd=1.0)
    assert not too_dear(made, MANY, next_usd=1000.0)
