from __future__ import annotations

from collections.abc import Callable

import pytest

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure
from nightshoot.domain.vocabulary import ShotSize
from nightshoot.tools.judges.figures import reference_region, region, shown

Plan = Callable[..., ShotPlan]


def placed(plan: Plan, size: ShotSize, *xs: float, subject: int | None = None) -> ShotPlan:
    usual = plan()
    figures = tuple(Figure(character=f"c{place}", x=x) for place, x in enumerate(xs))
    return usual.model_copy(
        update={
            "camera": Camera(size=size),
            "staging": usual.staging.model_copy(update={"figures": figures, "subject": subject}),
        }
    )


@pytest.mark.parametrize("size", list(ShotSize))
def test_regions_lie_within_the_picture_and_hold_something(plan: Plan, size: ShotSize) -> None:
    for x in (-1.0, 0.0, 1.0):
        given = placed(plan, size, x)
        for box in (region(given, given.staging.figures[0]), reference_region(given)):
            left, top, right, bottom = box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1


def test_figures_are_looked_for_where_they_were_staged(plan: Plan) -> None:
    given = placed(plan, ShotSize.WS, -0.8, 0.8)
    left, right = (region(given, figure) for figure in given.staging.figures)
    assert (left[0] + left[2]) / 2 < 0.4
    assert (right[0] + right[2]) / 2 > 0.6


def test_a_close_framing_shows_its_subject_in_the_middle(plan: Plan) -> None:
    given = placed(plan, ShotSize.CU, -0.8, 0.8, subject=1)
    (figure,) = shown(given)
    assert figure.character == "c1"
    box = region(given, figure)
    assert (box[0] + box[2]) / 2 == pytest.approx(0.5, abs=0.01)


def test_a_face_is_compared_with_a_face(plan: Plan) -> None:
    tall = {}
    for size in (ShotSize.CU, ShotSize.MS, ShotSize.WS):
        _, top, _, bottom = reference_region(placed(plan, size, 0.0))
        tall[size] = bottom - top
    assert tall[ShotSize.CU] < tall[ShotSize.MS] < tall[ShotSize.WS]
