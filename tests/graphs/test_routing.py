"""Where the shot's loop goes next."""

from __future__ import annotations

import pytest

from nightshoot.graphs import routing
from nightshoot.graphs.state import ShotState, merged


@pytest.mark.parametrize(
    ("then", "place"), [("keyframe", "keyframe"), ("take", "take"), ("end", "__end__")]
)
def test_the_loop_goes_where_the_last_step_decided(then: str, place: str) -> None:
    assert routing.onward({"shot": "s01", "then": then}) == place


def test_a_shot_that_has_not_begun_is_painted_first() -> None:
    state: ShotState = {"shot": "s01"}
    assert routing.onward(state) == "keyframe"


def test_merging_the_same_step_twice_changes_nothing() -> None:
    once = merged({"s01": "a"}, {"s02": "b"})
    assert merged(once, {"s02": "b"}) == once == {"s01": "a", "s02": "b"}
