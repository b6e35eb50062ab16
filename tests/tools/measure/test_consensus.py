"""The background is told from a subject by what goes as one and lies on both sides."""

from __future__ import annotations

import numpy as np

from nightshoot.tools.measure.consensus import Numbers, as_one, background

WIDE = 270
HOPS = 8


def points(count: int, left: float, right: float, seed: int) -> Numbers:
    drawn = np.random.default_rng(seed)
    return np.column_stack([drawn.uniform(left, right, count), drawn.uniform(-200, 200, count)])


def panned(start: Numbers, x: float) -> Numbers:
    """Gives where points are that all go x pixels a hop, each a little off."""
    drawn = np.random.default_rng(1)
    steps = np.arange(HOPS + 1)[:, None, None] * np.array([x, 0.0])
    return np.asarray(start + steps + drawn.normal(0, 0.1, (HOPS + 1, *start.shape)), np.float64)


def scattered(start: Numbers, seed: int) -> Numbers:
    """Gives where points are that each wander."""
    steps = np.random.default_rng(seed).normal(0, 3, (HOPS, *start.shape))
    went = np.concatenate([np.zeros((1, *start.shape)), np.cumsum(steps, axis=0)])
    return np.asarray(start + went, np.float64)


def test_a_fifth_of_the_points_on_both_sides_are_found_among_those_that_wander() -> None:
    wall = panned(points(30, -130, 130, 2), x=-2)
    body = scattered(points(120, -80, 80, 3), 4)
    found = background(np.concatenate([wall, body], axis=1), WIDE)
    assert found is not None
    assert found[:30].mean() > 0.9
    assert found[30:].mean() < 0.05


def test_what_lies_in_the_middle_is_not_the_background_however_much_it_is() -> None:
    chest = panned(points(90, -40, 40, 2), x=3)
    wall = panned(points(25, -130, 130, 5), x=0)
    found = background(np.concatenate([chest, wall], axis=1), WIDE)
    assert found is not None
    assert found[90:].mean() > 0.9
    assert found[:90].mean() < 0.1


def test_there_is_no_background_where_everything_wanders_or_little_is_followed() -> None:
    assert background(scattered(points(100, -130, 130, 3), 4), WIDE) is None
    assert background(panned(points(9, -130, 130, 3), 0), WIDE) is None
    assert background(panned(points(60, -40, 40, 3), 0), WIDE) is None


def test_points_go_as_one_where_every_hop_is_near_its_way() -> None:
    path = panned(points(50, -130, 130, 2), x=2)
    ways = np.tile([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]], (HOPS, 1, 1))
    assert as_one(path, ways).all()
    path[3:, :5] += 4
    assert as_one(path, ways).sum() == 45


def test_the_same_points_have_the_same_background() -> None:
    path = np.concatenate(
        [panned(points(40, -130, 130, 2), 1), scattered(points(60, -130, 130, 3), 4)], axis=1
    )
    first, second = background(path, WIDE), background(path, WIDE)
    assert first is not None
    assert second is not None
    assert (first == second).all()
