from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightshoot.errors import InputError
from nightshoot.tools.video.fitting import (
    MOST_STRETCHES,
    Fitting,
    Rules,
    fit,
    fit_size,
    longest_take,
    round_up,
    told_rate,
)

WAN = Rules(
    name="wan",
    size_multiple=16,
    best_pixels=832 * 480,
    max_pixels=1280 * 720,
    frame_rule=(4, 1),
    max_frames=81,
    fps=Fraction(16),
)
SVD = replace(WAN, name="svd", size_multiple=64, frame_rule=(25, 0), max_frames=25, fps=Fraction(7))
LTX = replace(WAN, name="ltx", size_multiple=32, frame_rule=(8, 1), max_frames=257, fps=None)
SHORT = replace(WAN, name="i2vgen", frame_rule=(16, 0), max_frames=16, fps=Fraction(8))

RULES = st.sampled_from([WAN, SVD, LTX, SHORT])
RATES = st.sampled_from(
    [Fraction(12), Fraction(24_000, 1001), Fraction(24), Fraction(25), Fraction(30), Fraction(60)]
)


def fitted(rules: Rules, num_frames: int, fps: Fraction = Fraction(24)) -> Fitting:
    return fit(width=720, height=1280, fps=fps, num_frames=num_frames, rules=rules)


@given(rules=RULES, fps=RATES, num_frames=st.integers(1, 2000))
def test_every_take_is_covered_by_whole_stretches_or_refused(
    rules: Rules, fps: Fraction, num_frames: int
) -> None:
    try:
        found = fitted(rules, num_frames, fps)
    except InputError:
        assert num_frames > longest_take(fps, rules)
        return
    assert num_frames <= longest_take(fps, rules)
    step, plus = rules.frame_rule
    assert 1 <= len(found.stretches) <= MOST_STRETCHES
    for frames in found.stretches:
        assert frames <= rules.max_frames
        assert frames >= step + plus
        assert (frames - plus) % step == 0
    end_s = Fraction(num_frames - 1) / fps
    assert (found.num_frames - 1) / found.fps >= end_s


@given(rules=RULES, fps=RATES, num_frames=st.integers(1, 2000))
def test_no_more_is_filmed_than_the_frame_rule_asks_for(
    rules: Rules, fps: Fraction, num_frames: int
) -> None:
    try:
        found = fitted(rules, num_frames, fps)
    except InputError:
        return
    step, plus = rules.frame_rule
    needed = math.ceil((num_frames - 1) * found.fps / fps) + 1
    most = round_up(rules.max_frames - step + 1, rules.frame_rule)
    assert len(found.stretches) == max(1, math.ceil((needed - 1) / (most - 1)))
    assert found.num_frames - needed < max(step + plus, step * len(found.stretches))


@given(
    rules=RULES, width=st.integers(64, 4096).map(lambda n: n // 2 * 2), height=st.integers(64, 4096)
)
def test_the_size_keeps_the_models_rules(rules: Rules, width: int, height: int) -> None:
    wide, high = fit_size(width, height, rules)
    assert wide % rules.size_multiple == 0
    assert high % rules.size_multiple == 0
    assert 0 < wide * high <= rules.max_pixels


@given(rules=RULES, shape=st.floats(0.4, 2.5), side=st.integers(200, 2000))
def test_usual_shapes_are_kept_near_the_best_area(rules: Rules, shape: float, side: int) -> None:
    width, height = round(side * shape), side
    wide, high = fit_size(width, height, rules)
    assert wide / high == pytest.approx(width / height, rel=0.16)
    assert 0.7 < wide * high / rules.best_pixels < 1.45


def test_a_portrait_film_is_filmed_in_portrait() -> None:
    found = fitted(WAN, 72)
    assert (found.width, found.height) == (480, 848)
    assert found.fps == 16
    assert found.stretches == (49,)


def test_a_shot_that_is_too_long_names_the_longest() -> None:
    with pytest.raises(InputError, match=r"37\.5 s is too long for wan, which gives 30\.0 s"):
        fitted(WAN, 900)
    assert fitted(WAN, longest_take(Fraction(24), WAN)).stretches == (81,) * 6


def test_a_model_that_cannot_go_on_from_a_frame_films_one_stretch() -> None:
    once = replace(WAN, most_stretches=1)
    assert fitted(once, 121).stretches == (81,)
    with pytest.raises(InputError, match="too long"):
        fitted(once, 122)


@pytest.mark.parametrize(
    ("film", "told"),
    [
        (Fraction(24), Fraction(24)),
        (Fraction(24_000, 1001), Fraction(24_000, 1001)),
        (Fraction(60), Fraction(30)),
        (Fraction(48), Fraction(24)),
        (Fraction(12), Fraction(24)),
        (Fraction(8), Fraction(16)),
    ],
)
def test_a_model_is_told_the_films_rate_or_a_whole_part_of_it(
    film: Fraction, told: Fraction
) -> None:
    assert told_rate(film) == told
