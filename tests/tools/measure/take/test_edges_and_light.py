"""Bars are told from even pictures behind them, and lights that stay burnt from lightning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nightshoot.domain.vocabulary import Weather
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.take.borders import Borders, bars
from nightshoot.tools.measure.take.clipped_exposure import ClippedExposure

Take = Callable[..., TakeShown]

_BAR = 5
"""Rows: 3 percent of the height, above and below together."""


def _edged(shown: TakeShown, rows: int, tone: int) -> TakeShown:
    """Gives the take and its keyframe with even ground at both ends, which belongs there."""
    assert shown.keyframe is not None
    return TakeShown(
        shown.plan,
        replace(shown.footage, luma=_banded(shown.footage.luma, rows, tone)),
        _banded(shown.keyframe[None], rows, tone)[0],
    )


def _banded(frames: Picture, rows: int, tone: int) -> Picture:
    done = frames.copy()
    done[:, :rows] = tone
    done[:, -rows:] = tone
    return done


def _barred(shown: TakeShown, tone: int, rows: int = _BAR) -> TakeShown:
    luma = _banded(shown.footage.luma, rows, tone)
    return TakeShown(shown.plan, replace(shown.footage, luma=luma), shown.keyframe)


@pytest.mark.parametrize(("ground", "tone"), [(4, 16), (4, 0), (187, 0), (187, 255), (20, 16)])
def test_bars_are_found_before_a_picture_that_is_even_at_its_edges(
    take: Take, ground: int, tone: int
) -> None:
    shown = _edged(take(1), 3 * _BAR, ground)
    assert Borders()(shown).value == 0
    assert not Borders()(_barred(shown, tone)).passed


def test_a_bar_that_is_seen_at_one_end_proves_the_one_that_the_dark_hides(take: Take) -> None:
    shown = take(1)
    assert shown.keyframe is not None
    luma, keyframe = shown.footage.luma.copy(), shown.keyframe.copy()
    luma[:, :40], keyframe[:40] = 1, 1
    dark = TakeShown(shown.plan, replace(shown.footage, luma=luma), keyframe)
    assert Borders()(dark).value == 0
    assert not Borders()(_barred(dark, 0)).passed


def test_bars_that_the_approved_keyframe_has_are_not_held_against_the_take(take: Take) -> None:
    shown = _edged(take(1), 2 * _BAR, 0)
    assert Borders()(shown).passed
    assert Borders()(_barred(shown, 3, 2 * _BAR)).passed


def test_an_even_picture_whose_light_changes_gets_no_bars(take: Take) -> None:
    shown = _edged(take(1), 3 * _BAR, 180)
    dim = TakeShown(
        shown.plan,
        replace(shown.footage, luma=(shown.footage.luma * 0.8).astype(np.uint8)),
        shown.keyframe,
    )
    assert Borders()(dim).passed


def test_even_ends_of_unlike_tones_are_no_bars_of_a_keyframe() -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(60, 140, (1, 200, 100)).astype(np.uint8)
    picture[:, :8], picture[:, -8:] = 200, 20
    assert bars(picture) == 0
    picture[:, -8:] = 200
    assert bars(picture) == pytest.approx(0.08)


def _lit(shown: TakeShown, first: int, last: int, rows: int) -> TakeShown:
    color = shown.footage.color.copy()
    color[first:last, :rows] = 255
    return TakeShown(shown.plan, replace(shown.footage, color=color), shown.keyframe)


@pytest.mark.parametrize(("first", "last", "passed"), [(10, 22, True), (30, 48, False)])
def test_in_a_storm_what_flashes_may_burn_and_what_stays_burnt_may_not(
    take: Take, first: int, last: int, passed: bool
) -> None:
    shown = take(1, weather=Weather.STORM)
    assert ClippedExposure()(shown).passed
    assert ClippedExposure()(_lit(shown, first, last, 20)).passed is passed
    calm = take(1)
    assert not ClippedExposure()(_lit(calm, first, last, 20)).passed


def test_bright_ground_that_burns_out_counts_as_burnt(take: Take) -> None:
    shown = take(1)
    assert shown.keyframe is not None
    color, keyframe = shown.footage.color.copy(), shown.keyframe.copy()
    color[:, :20] = 246
    keyframe[: 4 * 20] = 246
    pale = TakeShown(shown.plan, replace(shown.footage, color=color), keyframe)
    assert ClippedExposure()(pale).passed
    assert not ClippedExposure()(_lit(pale, 20, 48, 20)).passed
