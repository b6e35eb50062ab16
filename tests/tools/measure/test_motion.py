"""The motion of a picture is found: how far, which way, how it grows and turns, and by whom."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.tools.measure.motion import Luma, motion_of

WIDE, HIGH, FPS, COUNT = 180, 320, 24.0, 48


def scenery(seed: int = 3, wide: int = 2 * WIDE, high: int = 2 * HIGH) -> Luma:
    coarse = np.random.default_rng(seed).integers(20, 236, (high // 16, wide // 16), np.uint8)
    return cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def led(
    x: float = 0, y: float = 0, grown: float = 1.0, degrees: float = 0, count: int = COUNT
) -> Luma:
    """Gives a picture that goes x and y (shares of the frame), grows and turns about its middle."""
    picture, frames = scenery(), []
    for share in np.linspace(0, 1, count):
        matrix = cv2.getRotationMatrix2D((WIDE, HIGH), -degrees * share, grown**share)
        matrix[:, 2] += (x * share * WIDE - WIDE / 2, y * share * HIGH - HIGH / 2)
        frames.append(cv2.warpAffine(picture, matrix, (WIDE, HIGH)))
    return np.stack(frames).astype(np.uint8)


@pytest.mark.parametrize(("x", "y"), [(0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1), (0.06, -0.04)])
def test_way_is_found_in_shares_of_the_frame(x: float, y: float) -> None:
    motion = motion_of(led(x, y), FPS)
    assert motion.net_x == pytest.approx(x, abs=0.003)
    assert motion.net_y == pytest.approx(y, abs=0.003)
    assert motion.zoom == pytest.approx(0, abs=0.003)
    assert motion.roll == pytest.approx(0, abs=0.003)
    assert motion.spread_x[-1] - motion.spread_x[0] < 0.01


@pytest.mark.parametrize("grown", [1.15, 1 / 1.15])
def test_growth_is_found_about_the_middle(grown: float) -> None:
    motion = motion_of(led(grown=grown), FPS)
    assert motion.zoom == pytest.approx(math.log(grown), abs=0.02)
    assert abs(motion.net_x) < 0.005
    assert abs(motion.net_y) < 0.005


@pytest.mark.parametrize("degrees", [5.0, -5.0])
def test_roll_is_found_clockwise(degrees: float) -> None:
    assert motion_of(led(degrees=degrees), FPS).roll == pytest.approx(
        math.radians(degrees), abs=0.01
    )


def test_someone_who_walks_through_is_not_the_camera() -> None:
    film = led()
    walker = scenery(seed=9, wide=60, high=160)
    for index, frame in enumerate(film):
        left = index * 2
        frame[120:280, left : left + 60] = walker
    motion = motion_of(film, FPS)
    assert abs(motion.net_x) < 0.003
    assert motion.standing > 0.5


def crowded(film: Luma, boxes: list[tuple[int, int, int, int]]) -> Luma:
    """Puts bodies into boxes (left, top, width, height) that sway each in a way of its own."""
    film = film.copy()
    for number, (left, top, wide, high) in enumerate(boxes):
        body, reach = scenery(seed=20 + number, wide=wide + 40, high=high + 40), 4 + 3 * number % 7
        for index, frame in enumerate(film):
            turn = index / FPS * math.tau
            x = 20 + round(reach * math.sin(turn * (0.7 + 0.23 * number)))
            y = 20 + round(reach * math.cos(turn * (1.1 - 0.17 * number)))
            frame[top : top + high, left : left + wide] = body[y : y + high, x : x + wide]
    return film


TALKER = [(35, 40, 110, 90), (35, 130, 110, 110), (35, 240, 110, 70)]
"""Somebody in the middle: a head, a chest, hands."""


def test_the_background_on_both_sides_is_the_camera_and_not_who_fills_the_frame() -> None:
    still = motion_of(crowded(led(), TALKER), FPS)
    assert still.told
    assert abs(still.net_x) < 0.01
    assert abs(still.net_y) < 0.01
    panned = motion_of(crowded(led(x=-0.1), TALKER), FPS)
    assert panned.told
    assert panned.net_x == pytest.approx(-0.1, abs=0.02)


def test_a_crowd_that_hides_the_background_hides_the_camera() -> None:
    crowd = [(60 * column, 64 * row, 60, 64) for row in range(5) for column in range(3)]
    motion = motion_of(crowded(led(), crowd), FPS)
    assert not (motion.told and motion.seen)


def test_planes_at_their_depths_spread_the_ways() -> None:
    film = led(x=0.05)
    film[:, HIGH // 2 :] = led(x=0.2)[:, HIGH // 2 :]
    motion = motion_of(film, FPS)
    assert motion.spread_x[1] == pytest.approx(0.05, abs=0.01)
    assert motion.spread_x[5] == pytest.approx(0.2, abs=0.02)


def test_there_and_back_is_a_path_without_a_way() -> None:
    there = led(x=0.05, count=24)
    motion = motion_of(np.concatenate([there, there[::-1]]), FPS)
    assert motion.path_x == pytest.approx(0.1, abs=0.01)
    assert abs(motion.net_x) < 0.005


def test_frame_rate_does_not_change_the_way() -> None:
    slow, quick = motion_of(led(x=0.1, count=24), 12.0), motion_of(led(x=0.1, count=120), 60.0)
    assert slow.net_x == pytest.approx(quick.net_x, abs=0.003)
    assert slow.speed == pytest.approx(quick.speed, rel=0.15)


def test_fastest_frame_is_where_the_jolt_is() -> None:
    calm = led()
    film = np.concatenate([calm[:36], led(x=0.08, count=4), np.repeat(led(x=0.08)[-1:], 20, 0)])
    assert 33 <= motion_of(film, FPS).fastest <= 40


@pytest.mark.parametrize(
    "film",
    [
        np.full((30, HIGH, WIDE), 90, np.uint8),
        np.zeros((1, HIGH, WIDE), np.uint8),
        np.zeros((2, 64, 64), np.uint8),
        np.random.default_rng(1).integers(0, 255, (30, 96, 54), np.uint8),
    ],
    ids=["flat", "one frame", "two frames", "noise"],
)
def test_nothing_to_track_is_said_not_guessed(film: NDArray[np.uint8]) -> None:
    motion = motion_of(film, FPS)
    assert not motion.seen


def test_same_film_moves_the_same() -> None:
    film = led(x=0.03, grown=1.05)
    assert motion_of(film, FPS) == motion_of(film, FPS)
