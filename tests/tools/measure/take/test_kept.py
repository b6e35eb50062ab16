"""Detail that is lost, light that pumps in a storm and moves that stop are told from good takes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.critic.defects import spoiled
from benchmarks.critic.signals import ALL_DEFECTS
from nightshoot.domain.review import Finding
from nightshoot.domain.vocabulary import CameraMove, Weather
from nightshoot.tools.measure.protocol import Measure, NotJudged
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.take.detail_kept import DetailKept
from nightshoot.tools.measure.take.frozen_stretch import FrozenStretch
from nightshoot.tools.measure.take.temporal_flickering import TemporalFlickering

Take = Callable[..., TakeShown]
BY_ID = {defect.id: defect for defect in ALL_DEFECTS}


def with_defect(shown: TakeShown, name: str, grade: float | None = None) -> TakeShown:
    defect = BY_ID[name]
    return spoiled(defect, defect.noticed if grade is None else grade, shown, shown, seed=3)


def judged(measure: Measure[TakeShown], shown: TakeShown) -> Finding:
    found = measure(shown)
    assert isinstance(found, Finding)
    return found


@pytest.mark.parametrize("defect", ["washed_out", "dim"])
def test_a_picture_without_contrast_or_light_has_lost_its_detail(take: Take, defect: str) -> None:
    finding = judged(DetailKept(), with_defect(take(1), defect))
    assert not finding.passed
    assert finding.value == pytest.approx(0.1, abs=0.05)


def test_grain_that_is_smeared_away_is_lost_detail(take: Take) -> None:
    clean = take(1)
    grain = np.random.default_rng(1).normal(0, 12, clean.footage.luma.shape[1:])
    rough = np.clip(clean.footage.luma + grain, 0, 255).astype(np.uint8)
    keyframe = np.repeat(rough[0][:, :, None], 3, axis=2)
    footage = clean.footage.__class__(
        luma=rough, color=clean.footage.color, width=180, height=320, fps=clean.footage.fps
    )
    shown = TakeShown(clean.plan, footage, keyframe)
    assert judged(DetailKept(), shown).value == pytest.approx(1, abs=0.05)
    assert not judged(DetailKept(), with_defect(shown, "smeared", 4.1)).passed


def test_a_softness_that_nobody_sees_and_a_dusk_keep_their_detail(take: Take) -> None:
    assert judged(DetailKept(), with_defect(take(1), "blur", 0.25)).passed
    assert judged(DetailKept(), with_defect(take(1), "dim", 75)).passed


def test_detail_is_missed_only_where_the_keyframe_has_some(take: Take) -> None:
    clean = take(1)
    flat = np.full((320, 180, 3), 90, np.uint8)
    assert isinstance(DetailKept()(TakeShown(clean.plan, clean.footage, flat)), NotJudged)
    assert isinstance(DetailKept()(TakeShown(clean.plan, clean.footage)), NotJudged)


@pytest.mark.parametrize(
    ("defect", "grade"), [("flicker", 2), ("flicker", 8), ("pumping", 4), ("pumping", 16)]
)
def test_light_that_pumps_is_told_in_a_storm_too(take: Take, defect: str, grade: float) -> None:
    stormy = take(1, weather=Weather.STORM, count=72)
    assert judged(TemporalFlickering(), stormy).value == 0
    assert not judged(TemporalFlickering(), with_defect(stormy, defect, grade)).passed


def test_light_that_breathes_slowly_is_told_in_a_storm_too(take: Take) -> None:
    stormy = take(1, weather=Weather.STORM, count=96)
    assert not judged(TemporalFlickering(), with_defect(stormy, "breathing")).passed


def test_a_gentle_move_that_stops_is_told_and_one_that_goes_on_is_not(take: Take) -> None:
    gentle = with_defect(take(1, count=72), "nearly_still", 20)
    assert judged(FrozenStretch(), gentle).passed
    assert not judged(FrozenStretch(), with_defect(gentle, "stopped")).passed


def test_a_fixed_camera_may_rest_on_a_calm_room(take: Take) -> None:
    """Water in a tenth of the picture moves; the rest of the room hardly does after a while."""
    clean = take(1, move=CameraMove.STATIC, count=60)
    luma = np.repeat(clean.footage.luma[:1], 60, axis=0)
    rng = np.random.default_rng(2)
    for number, frame in enumerate(luma):
        less = 40 if number < 40 else 2
        frame[290:] = np.clip(frame[290:] + rng.integers(-less, less + 1, (30, 180)), 0, 255)
    footage = clean.footage.__class__(
        luma=luma, color=clean.footage.color, width=180, height=320, fps=clean.footage.fps
    )
    assert judged(FrozenStretch(), TakeShown(clean.plan, footage, clean.keyframe)).passed
