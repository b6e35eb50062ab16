"""Opinions: the rubric is answered whole, with grounds, and becomes findings."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from nightshoot.domain.opinion import (
    LEAST_MARK,
    RUBRIC,
    Aspect,
    LookedAt,
    Mark,
    Opinion,
    opinion_violations,
)
from nightshoot.domain.review import Direction

FRAMES = (None, 0, 24)
"""A reference, then two frames of a take."""


def mark(aspect: Aspect = Aspect.PEOPLE, **parts: object) -> Mark:
    given = {"aspect": aspect, "evidence": "One man, picture 2.", "picture": 2, "mark": 5}
    return Mark.model_validate(given | parts)


def opinion(*changed: Mark, subject: LookedAt = LookedAt.TAKE, seen: str = "A man.") -> Opinion:
    instead = {one.aspect: one for one in changed}
    marks = tuple(instead.get(aspect, mark(aspect)) for aspect in RUBRIC[subject])
    return Opinion(seen=seen, marks=marks)


@pytest.mark.parametrize("subject", list(LookedAt))
def test_a_whole_opinion_breaks_no_rule(subject: LookedAt) -> None:
    assert opinion_violations(opinion(subject=subject), subject, FRAMES) == ()


def test_motion_is_asked_of_takes_alone() -> None:
    assert set(RUBRIC[LookedAt.TAKE]) == set(Aspect)
    assert set(Aspect) - set(RUBRIC[LookedAt.KEYFRAME]) == {Aspect.MOTION}
    broken = opinion_violations(opinion(), LookedAt.KEYFRAME, FRAMES)
    assert broken == ("The aspect motion has 1 marks; give 0.",)
    short = opinion(subject=LookedAt.KEYFRAME)
    broken = opinion_violations(short, LookedAt.TAKE, FRAMES)
    assert broken == ("The aspect motion has 0 marks; give 1.",)


def test_each_aspect_has_one_mark() -> None:
    whole = opinion()
    doubled = whole.model_copy(update={"marks": (*whole.marks, mark(Aspect.PLACE, mark=4))})
    assert opinion_violations(doubled, LookedAt.TAKE, FRAMES) == (
        "The aspect place has 2 marks; give 1.",
    )
    nothing = Opinion(seen="A man.", marks=())
    assert len(opinion_violations(nothing, LookedAt.TAKE, FRAMES)) == len(Aspect)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"evidence": "  "}, "evidence is empty"),
        ({"evidence": "无"}, "evidence is empty"),
        ({"picture": 4}, "no picture 4; the numbers are 1 to 3"),
        ({"picture": 0}, "no picture 0"),
        ({"mark": 2, "fix": ""}, "a mark of 2 needs a fix"),
        ({"mark": 1, "fix": " None "}, "a mark of 1 needs a fix"),
        ({"mark": 2, "fix": "One man.", "picture": None}, "convicts, one of 2, 3"),
        ({"mark": 2, "fix": "One man.", "picture": 1}, "convicts, one of 2, 3"),
    ],
)
def test_a_mark_without_grounds_is_a_broken_rule(parts: dict[str, object], says: str) -> None:
    (broken,) = opinion_violations(opinion(mark(Aspect.PEOPLE, **parts)), LookedAt.TAKE, FRAMES)
    assert broken.startswith("people: ")
    assert says in broken


@pytest.mark.parametrize(
    "parts", [{"mark": LEAST_MARK}, {"picture": None}, {"picture": 1}, {"fix": "none"}]
)
def test_a_mark_that_passes_needs_no_fix_and_no_frame(parts: dict[str, object]) -> None:
    assert opinion_violations(opinion(mark(Aspect.PEOPLE, **parts)), LookedAt.TAKE, FRAMES) == ()


def test_what_is_seen_must_be_said() -> None:
    (broken,) = opinion_violations(opinion(seen=" "), LookedAt.TAKE, FRAMES)
    assert broken.startswith("`seen` is empty")


@pytest.mark.parametrize("value", [0, 6, -1])
def test_a_mark_is_of_five(value: int) -> None:
    with pytest.raises(ValidationError):
        mark(mark=value)


@pytest.mark.parametrize(("value", "passed"), [(1, False), (2, False), (3, True), (5, True)])
def test_three_passes_and_two_does_not(value: int, passed: bool) -> None:
    found = opinion(mark(mark=value, fix="Show one man.", picture=3)).findings(FRAMES)
    first = found[0]
    assert (first.measure, first.value, first.unit) == ("opinion.people", value, "marks of 5")
    assert (first.threshold, first.direction) == (3, Direction.AT_LEAST)
    assert first.passed is passed
    assert first.frame == 24
    assert first.note == ("One man, picture 2." if passed else "One man, picture 2. Show one man.")


def test_findings_stand_in_the_rubrics_order_and_a_reference_is_no_frame() -> None:
    backwards = Opinion(seen="x", marks=tuple(mark(one, picture=1) for one in reversed(Aspect)))
    found = backwards.findings(FRAMES)
    assert [one.measure for one in found] == [f"opinion.{aspect}" for aspect in Aspect]
    assert {one.frame for one in found} == {None}
