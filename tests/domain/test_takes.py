"""What makes a take good: its verdicts, unless a person spoke."""

from __future__ import annotations

import pytest

from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Take
from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Storyboard


def review(good: bool) -> Review:
    finding = Finding(
        measure="m",
        value=0 if good else 1,
        unit="faults",
        threshold=0,
        direction=Direction.AT_MOST,
        note="",
    )
    return Review(findings=(finding,))


@pytest.mark.parametrize(
    ("keyframe", "video", "on", "verdict", "passed"),
    [
        (True, True, "", None, True),
        (False, True, "", None, False),
        (True, False, "", None, False),
        (True, False, "video", Verdict.APPROVED, True),
        (False, False, "video", Verdict.APPROVED, True),
        (True, True, "video", Verdict.REJECTED, False),
        (False, True, "picture", Verdict.APPROVED, True),
        (False, False, "picture", Verdict.APPROVED, False),
        (True, True, "picture", Verdict.REJECTED, False),
    ],
)
def test_a_persons_word_holds_for_what_they_saw(
    board: Storyboard, keyframe: bool, video: bool, on: str, verdict: Verdict | None, passed: bool
) -> None:
    shot = board.shots[0]
    plan = ShotPlan(
        shot=shot.id,
        prompt="a river",
        staging=shot.staging,
        camera=shot.camera,
        width=128,
        height=228,
        fps=24,
        num_frames=48,
        seed=1,
    )
    take = Take(
        number=1,
        plan=plan,
        keyframe="picture",
        video="video",
        keyframe_review=review(keyframe),
        video_review=review(video),
        ruling=Ruling(shot="s01", made=on, take=1, verdict=verdict) if verdict else None,
    )
    assert take.passed is passed
    unfilmed = take.model_copy(update={"video": "", "video_review": None})
    assert not unfilmed.passed
