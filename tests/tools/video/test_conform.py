from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import cast

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.tools.video.conform import conformed, contained, covering, frame_places
from nightshoot.tools.video.interpolate import Between, Picture

WIDE, HIGH = 160, 240
SPEED = 40.0
"""Pixels a second."""


def texture(seed: int, width: int, height: int) -> Picture:
    """Soft stains and fine grain, so that motion can be followed and measured."""
    random = np.random.default_rng(seed)
    made: NDArray[np.float64] = np.full((height, width, 3), 128.0)
    for cells, strength in ((6, 60.0), (24, 40.0), (60, 15.0)):
        coarse = random.uniform(-1, 1, (cells, cells, 3))
        grown = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        made = made + strength * np.asarray(grown, np.float64)
    return np.asarray(np.clip(made, 0, 255), np.uint8)


def resized(picture: Picture, factor: int) -> Picture:
    size = (factor * picture.shape[1], factor * picture.shape[0])
    return cast("Picture", cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC))


GROUND = texture(1, 2 * WIDE, HIGH)
DISC = texture(2, 60, 60)


def scene(time_s: float) -> Picture:
    """A ground that slides to the left, and a disc before it that falls and turns."""
    slid = np.array([[1, 0, -SPEED * time_s], [0, 1, 0]], np.float32)
    ground = cv2.warpAffine(GROUND, slid, (WIDE, HIGH)).astype(np.float32)
    turned = cv2.getRotationMatrix2D((30, 30), 60 * time_s, 1.0)
    turned[:, 2] += np.array([50.0, 20.0 + 60.0 * time_s])
    mask = cv2.warpAffine(
        cv2.circle(np.zeros((60, 60), np.float32), (30, 30), 27, 1.0, -1), turned, (WIDE, HIGH)
    )[..., None]
    disc = cv2.warpAffine(DISC, turned, (WIDE, HIGH)).astype(np.float32)
    return np.clip(ground * (1 - mask) + disc * mask, 0, 255).astype(np.uint8)


def filmed(fps: Fraction, seconds: float = 1.0) -> list[Picture]:
    return [scene(float(n / fps)) for n in range(int(seconds * fps) + 1)]


def brought(frames: list[Picture], fps: Fraction, count: int, **more: bool) -> list[Picture]:
    return list(
        conformed(
            frames,
            fps=fps,
            out_width=WIDE,
            out_height=HIGH,
            out_fps=Fraction(24),
            out_frames=count,
            **more,
        )
    )


def likeness(one: Picture, other: Picture) -> float:
    """PSNR in dB."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def slides(pictures: list[Picture]) -> NDArray[np.float64]:
    """How far the ground slides from each picture to the next, in pixels."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures]
    unknown = np.empty((0, 0), np.float32)
    return np.array(
        [
            -np.median(flow.calc(one, other, unknown)[-70:-10, 30:-30, 0])
            for one, other in pairwise(grey)
        ]
    )


@pytest.mark.parametrize("fps", [Fraction(7), Fraction(8), Fraction(16), Fraction(25)])
def test_things_move_by_the_same_step_from_picture_to_picture(fps: Fraction) -> None:
    steps = slides(brought(filmed(fps), fps, 22))
    assert steps.mean() == pytest.approx(SPEED / 24, rel=0.02)
    # Measured 0.01 to 0.03. Taking the nearest frame: 1.6 from 7 and 0.7 from 16 fps.
    assert steps.std() / steps.mean() < 0.06


@pytest.mark.parametrize(("fps", "least"), [(Fraction(16), 36.0), (Fraction(8), 30.0)])
def test_what_lies_between_is_near_the_truth_and_no_mixture(fps: Fraction, least: float) -> None:
    frames = filmed(fps)
    found, mixed = [], []
    for number, picture in enumerate(brought(frames, fps, 22)):
        place = number * fps / 24
        share, before = float(place % 1), int(place)
        if share:
            truth = scene(number / 24)
            found.append(likeness(picture, truth))
            blend = frames[before] * (1 - share) + frames[before + 1] * share
            mixed.append(likeness(np.rint(blend).astype(np.uint8), truth))
    assert min(found) > least
    assert np.mean(found) > np.mean(mixed) + 5


def test_frames_that_fall_on_the_films_own_are_left_as_they_are() -> None:
    frames = filmed(Fraction(24))
    assert all(a is b for a, b in zip(brought(frames, Fraction(24), 24), frames, strict=False))
    every_second = brought(filmed(Fraction(48)), Fraction(48), 24)
    assert all((a == b).all() for a, b in zip(every_second, frames, strict=False))


@pytest.mark.parametrize("brightness", [1.0, 0.4])
def test_a_cut_stays_a_cut(brightness: float) -> None:
    one, other = (np.asarray(brightness * texture(seed, WIDE, HIGH), np.uint8) for seed in (5, 6))
    pictures = brought([one] * 4 + [other] * 4, Fraction(16), 11)
    for picture in pictures:
        assert max(likeness(picture, one), likeness(picture, other)) > 40
    assert Between.of(one, other).is_cut
    assert not Between.of(scene(0), scene(1 / 8)).is_cut


def test_a_flash_is_held_and_not_faded() -> None:
    dark = scene(0)
    light = np.asarray(np.minimum(dark.astype(np.int16) + 60, 255), np.uint8)
    for picture in brought([dark, dark, light, dark, dark], Fraction(16), 6):
        assert max(likeness(picture, dark), likeness(picture, light)) > 40


def test_a_still_picture_stays_still() -> None:
    still = scene(0)
    assert all(likeness(p, still) > 45 for p in brought([still] * 6, Fraction(16), 7))


def test_a_take_towards_a_last_frame_ends_on_it() -> None:
    frames = filmed(Fraction(16))
    pictures = brought(frames, Fraction(16), 20, to_the_end=True)
    assert len(pictures) == 20
    assert (pictures[-1] == frames[-1]).all()
    steps = slides(pictures)
    assert steps.std() / steps.mean() < 0.06


def test_the_same_frames_give_the_same_pictures() -> None:
    frames = filmed(Fraction(8), 0.5)
    one, other = (brought(frames, Fraction(8), 12) for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_too_few_frames_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="do not cover"):
        frame_places(8, fps=Fraction(8), out_fps=Fraction(24), out_frames=23)
    assert frame_places(8, fps=Fraction(8), out_fps=Fraction(24), out_frames=22)[-1] == 7


def test_one_picture_needs_one_frame() -> None:
    assert frame_places(1, fps=Fraction(8), out_fps=Fraction(24), out_frames=1) == [0]
    assert frame_places(
        5, fps=Fraction(8), out_fps=Fraction(24), out_frames=1, to_the_end=True
    ) == [0]


@pytest.mark.parametrize(("width", "height"), [(90, 160), (200, 120), (161, 240), (64, 64)])
def test_a_picture_of_any_shape_fills_the_size(width: int, height: int) -> None:
    covered = covering(texture(3, width, height), WIDE, HIGH)
    assert covered.shape == (HIGH, WIDE, 3)
    assert contained(covered, width, height).shape == (height, width, 3)


@pytest.mark.parametrize("canvas", [(240, 160), (176, 256), (256, 256)])
def test_what_is_put_inside_another_shape_comes_out_whole(canvas: tuple[int, int]) -> None:
    picture = cast("Picture", cv2.GaussianBlur(texture(4, WIDE, HIGH), (0, 0), 3))
    inside = contained(picture, *canvas)
    assert inside.shape == (canvas[1], canvas[0], 3)
    assert likeness(covering(inside, WIDE, HIGH), picture) > 32


def test_a_frame_much_larger_than_the_motion_search_is_followed_too() -> None:
    first, truth, second = (resized(scene(time_s), 5) for time_s in (0.0, 1 / 24, 1 / 12))
    assert likeness(Between.of(first, second).at(0.5), truth) > 33
