"""The floor gives work the lane of what it needs, and films share it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from nightshoot.errors import TooLate
from nightshoot.graphs.floor import Floor
from nightshoot.tools.fake import FakeCamera, FakePainter
from nightshoot.turns import Standing


class Painter(FakePainter):
    """A painter that says what it needs."""

    def __init__(self, name: str, **wants: object) -> None:
        super().__init__(name=name)
        self.capabilities = replace(self.capabilities, **wants)  # type: ignore[arg-type]


def test_all_that_needs_processors_shares_one_lane_as_wide_as_there_are() -> None:
    floor = Floor(processors=3)
    lanes = floor.of(painter=FakePainter(), camera=FakeCamera(), voice=None)
    shared = {lanes.painting, lanes.filming, lanes.judging, lanes.speaking, lanes.cutting}
    assert len(shared) == 1
    assert lanes.cutting.width == 3
    assert lanes.writing not in shared


def test_a_service_has_a_lane_of_its_own_as_wide_as_it_wants() -> None:
    floor = Floor()
    far = Painter("far", offline=False, at_once=7)
    lanes = floor.of(painter=far, camera=FakeCamera(), voice=None)
    assert (lanes.painting.name, lanes.painting.width) == ("image/far", 7)
    assert floor.lane_of("image", Painter("other", offline=False)) is not lanes.painting


def test_whatever_needs_the_gpu_shares_one_place_and_its_judges_do_not_wait_for_cuts() -> None:
    floor = Floor()
    lanes = floor.of(painter=Painter("near", vram_gib=8.0), camera=FakeCamera(), voice=None)
    assert (lanes.painting.name, lanes.painting.width) == ("gpu", 1)
    assert floor.lane_of("video", Painter("another", vram_gib=24.0)) is lanes.painting
    assert lanes.judging is not lanes.cutting


def test_films_of_one_floor_have_the_same_lanes() -> None:
    floor = Floor()
    first = floor.of(painter=FakePainter(), camera=FakeCamera(), voice=None)
    second = floor.of(painter=FakePainter(), camera=FakeCamera(), voice=None)
    assert first.all == second.all
    assert set(floor.lanes) == set(first.all)


def test_a_judge_has_a_lane_of_its_own() -> None:
    floor = Floor()
    judge = Painter("identity", at_once=None)
    assert floor.lane_of_judge(judge).width == 1
    assert floor.lane_of_judge(judge) is floor.lane_of_judge(judge)


async def test_an_end_holds_for_lanes_that_are_asked_for_later_too() -> None:
    floor = Floor()
    assert floor.pace.left_s() is None
    early = floor.lane_of("image", FakePainter())
    floor.end_at(asyncio.get_running_loop().time() - 1)
    late = floor.lane_of("image", Painter("far", offline=False))
    assert floor.pace.left_s() == 0.0
    for lane in (early, late):
        with pytest.raises(TooLate):
            async with lane.turn(Standing(film="one")):
                pass


def test_a_person_may_say_how_wide_a_lane_is() -> None:
    floor = Floor(widths={"cpu": 5, "image/far": 1})
    far = Painter("far", offline=False, at_once=7)
    lanes = floor.of(painter=far, camera=FakeCamera(), voice=None)
    assert (lanes.painting.width, lanes.cutting.width) == (1, 5)
