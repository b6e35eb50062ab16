"""Each measure of a take's signal convicts what it is for, and leaves good takes alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.critic.benign import HAPPENINGS, Happening
from benchmarks.critic.defects import DEFECTS, Defect, spoiled
from benchmarks.critic.signals import SIGNAL, convicting
from nightshoot.domain.vocabulary import CameraMove, Weather
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.shown import TakeShown

Take = Callable[..., TakeShown]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_clean_take_passes_with_and_without_its_keyframe(take: Take, seed: int) -> None:
    shown = take(seed)
    assert convicting(shown, SIGNAL) == {}
    assert convicting(TakeShown(shown.plan, shown.footage), SIGNAL) == {}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.id)
def test_what_a_viewer_notices_is_convicted_by_the_right_measure(
    take: Take, defect: Defect
) -> None:
    shown = spoiled(defect, defect.noticed, take(1), take(2), seed=4)
    against = convicting(shown, SIGNAL)
    assert set(against) & set(defect.measures)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.id)
def test_a_spoiled_take_is_the_same_every_time_and_the_clean_one_stays_clean(
    take: Take, defect: Defect
) -> None:
    clean, other = take(1), take(2)
    before = clean.footage.luma.copy(), clean.footage.color.copy()
    first, again = (spoiled(defect, defect.grades[-1], clean, other, seed=9) for _ in range(2))
    assert np.array_equal(first.footage.luma, again.footage.luma)
    assert np.array_equal(first.footage.color, again.footage.color)
    assert first.footage.luma.shape == clean.footage.luma.shape
    assert first.footage.color.dtype == np.uint8
    changed = not np.array_equal(first.footage.luma, before[0])
    assert changed or not np.array_equal(first.footage.color, before[1])
    assert np.array_equal(clean.footage.luma, before[0])
    assert np.array_equal(clean.footage.color, before[1])


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.id)
def test_each_defect_has_four_grades_at_least_and_says_which_one_is_noticed(
    defect: Defect,
) -> None:
    assert len(defect.grades) >= 4
    assert defect.noticed in defect.grades
    assert set(defect.measures) <= {measure.scale.id for measure in SIGNAL}


@pytest.mark.parametrize("happens", HAPPENINGS, ids=lambda one: one.__name__)
def test_what_may_happen_in_a_good_take_is_no_defect(take: Take, happens: Happening) -> None:
    for seed in (1, 2):
        assert convicting(happens(take(seed), np.random.default_rng(seed)), SIGNAL) == {}


def test_flicker_is_convicted_in_a_storm_too(take: Take) -> None:
    flicker = next(defect for defect in DEFECTS if defect.id == "flicker")
    shown = spoiled(flicker, 4, take(1, weather=Weather.STORM), take(2), seed=1)
    assert "temporal_flickering" in convicting(shown, SIGNAL)


def test_a_move_that_ends_on_the_keyframe_is_compared_there(take: Take) -> None:
    shown = take(1, move=CameraMove.ZOOM_OUT)
    measure = next(one for one in SIGNAL if one.scale.id == "first_frame")
    found = measure(shown)
    assert not isinstance(found, NotJudged)
    assert (found.frame, found.passed) == (len(shown.footage.luma) - 1, True)


def test_the_frame_of_a_cut_is_named(take: Take) -> None:
    cut = next(defect for defect in DEFECTS if defect.id == "cut")
    shown = spoiled(cut, 1, take(1), take(2), seed=3)
    jumped = np.abs(np.diff(shown.footage.luma.astype(int), axis=0)).mean(axis=(1, 2))
    measure = next(one for one in SIGNAL if one.scale.id == "jump_cut")
    found = measure(shown)
    assert not isinstance(found, NotJudged)
    assert found.frame == int(jumped.argmax()) + 1


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_very_short_takes_are_judged_or_said_not_to_be(take: Take, count: int) -> None:
    shown = take(1, count=count)
    for measure in SIGNAL:
        found = measure(shown)
        assert isinstance(found, NotJudged) or found.passed, measure.scale.id


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_take_of_one_tone_ends_no_measure(take: Take, tone: int) -> None:
    shown = take(1)
    film = shown.footage
    flat = replace(film, luma=np.full_like(film.luma, tone), color=np.full_like(film.color, tone))
    for keyframe in (shown.keyframe, None):
        for measure in SIGNAL:
            found = measure(TakeShown(shown.plan, flat, keyframe))
            assert isinstance(found, NotJudged) or np.isfinite(found.value)


def test_without_a_keyframe_the_first_frame_is_not_judged(take: Take) -> None:
    shown = take(1)
    measure = next(one for one in SIGNAL if one.scale.id == "first_frame")
    assert isinstance(measure(TakeShown(shown.plan, shown.footage)), NotJudged)
