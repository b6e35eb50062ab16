"""A keyframe is judged by the measures of one picture, each with its verdict or its silence."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.domain.review import Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Staging
from nightshoot.domain.vocabulary import Era, Mood, Setting, ShotSize, TimeOfDay, Weather
from nightshoot.tools.measure.keyframes import judge_keyframe

WIDE, HIGH = 540, 960
Picture = NDArray[np.uint8]

PLAN = ShotPlan(
    shot="s01",
    prompt="a shot",
    staging=Staging(
        setting=Setting.STREET,
        era=Era.MODERN,
        time_of_day=TimeOfDay.DAY,
        weather=Weather.FOG,
        mood=Mood.SERENE,
    ),
    camera=Camera(size=ShotSize.WS),
    width=WIDE,
    height=HIGH,
    fps=Fraction(24),
    num_frames=24,
    seed=1,
)


def painting() -> Picture:
    coarse = np.random.default_rng(3).integers(40, 210, (16, 9, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (WIDE, HIGH), interpolation=cv2.INTER_NEAREST), np.uint8)


def portrait() -> Picture:
    """Gives a dark figure on plain white, as references are painted."""
    picture = np.full((HIGH, WIDE, 3), 250, np.uint8)
    cv2.ellipse(picture, (WIDE // 2, HIGH // 2), (120, 330), 0, 0, 360, (60, 50, 40), -1)
    return picture


def boxed(picture: Picture, above: int, beside: int) -> Picture:
    done = np.zeros_like(picture)
    inside = (slice(above, HIGH - above), slice(beside, WIDE - beside))
    done[inside] = picture[inside]
    return done


def failed(review: Review) -> list[str]:
    return [finding.measure for finding in review.findings if not finding.passed]


@pytest.mark.parametrize(
    ("picture", "measures"),
    [
        (painting(), []),
        (portrait(), []),
        (cv2.GaussianBlur(painting(), (0, 0), 0.01 * WIDE), ["imaging_quality"]),
        (boxed(painting(), 40, 0), ["borders"]),
        (boxed(painting(), 0, 20), ["borders"]),
        (boxed(painting(), 30, 30), ["borders"]),
    ],
    ids=["good", "plain ground", "blurred", "letterbox", "pillars", "frame"],
)
def test_a_spoiled_keyframe_is_convicted_of_what_is_wrong(
    picture: Picture, measures: list[str]
) -> None:
    review = judge_keyframe(PLAN, picture)
    assert failed(review) == measures
    assert bool(review.note) is bool(measures)


def test_a_bar_on_one_side_only_is_a_dark_edge_of_the_scene() -> None:
    picture = painting()
    picture[:60] = 0
    assert failed(judge_keyframe(PLAN, picture)) == []


def test_sharpness_is_not_judged_where_there_are_no_edges() -> None:
    ramp = np.linspace(60, 200, HIGH)[:, None, None] * np.ones((1, WIDE, 3))
    review = judge_keyframe(PLAN, ramp.astype(np.uint8))
    assert failed(review) == []
    assert [said.split(":")[0] for said in review.not_judged] == ["imaging_quality"]
