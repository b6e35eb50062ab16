"""Where the shot's loop goes next."""

from __future__ import annotations

import pytest

from nightshoot.graphs import routing
from nightshoot.graphs.state import ShotState, merged


def state(passed: bool, takes: int) -> ShotState:
    return {
        "shot": "s01",
        "passed": passed,
        "takes": {str(n): f"t{n}" for n in range(1, takes + 1)},
    }


@pytest.mark.parametrize(
    ("passed", "takes", "then"),
    [(True, 1, "take"), (False, 1, "keyframe"), (False, 2, "keyframe"), (False, 3, "take")],
)
def test_a_bad_keyframe_is_painted_again_until_the_takes_are_used_up(
    passed: bool, takes: int, then: str
) -> None:
    assert routing.after_keyframe(state(passed, takes), most_takes=3) == then


@pytest.mark.parametrize(
    ("passed", "takes", "then"),
    [(True, 1, "__end__"), (False, 2, "keyframe"), (False, 3, "__end__"), (True, 3, "__end__")],
)
def test_a_bad_take_is_shot_again_until_the_takes_are_used_up(
    passed: bool, takes: int, then: str
) -> None:
    assert routing.after_take(state(passed, takes), most_takes=3) == then


def test_takes_are_counted_and_ordered_by_number_not_by_text() -> None:
    twelve = state(False, 12)
    assert routing.next_take(twelve) == 13
    assert routing.in_order(twelve)[-1] == "t12"
    assert routing.next_take({"shot": "s01"}) == 1


def test_merging_the_same_step_twice_changes_nothing() -> None:
    once = merged({"s01": "a"}, {"s02": "b"})
    assert merged(once, {"s02": "b"}) == once == {"s01": "a", "s02": "b"}
