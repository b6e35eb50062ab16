"""The critic is no worse than its published figures, and the gate that says so can fail."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.critic import clean, gate, pages
from benchmarks.critic.clean import Clean, Part
from benchmarks.critic.figures import (
    Caught,
    Count,
    Figures,
    clopper_pearson,
    part_figures,
    read_figures,
)
from benchmarks.critic.signals import ALL_DEFECTS, CLEAN, DEFECT, Told
from nightshoot.domain.review import Finding
from nightshoot.tools.measure.protocol import Measure, NotJudged
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.take.borders import Borders
from nightshoot.tools.measure.take.first_frame import FirstFrame
from nightshoot.tools.measure.takes import MEASURES

BY_ID = {defect.id: defect for defect in ALL_DEFECTS}


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> list[Clean]:
    """The gate's takes, painted and filmed once."""
    return gate.sample(tmp_path_factory.mktemp("sample"))


class Other:
    """A measure with another threshold than ours."""

    def __init__(self, measure: Measure[TakeShown], threshold: float) -> None:
        self.scale = replace(measure.scale, threshold=threshold)
        self._measure = measure

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Judges as the measure does, against the other threshold."""
        found = self._measure(shown)
        if isinstance(found, NotJudged):
            return found
        return found.model_copy(update={"threshold": self.scale.threshold})


def test_the_critic_is_no_worse_than_its_floor(sample: list[Clean]) -> None:
    assert gate.worse(gate.score(sample), gate.read_floor()) == []


def test_the_floor_asks_for_every_defect_and_lets_few_clean_takes_be_rejected() -> None:
    floor = gate.read_floor()
    assert set(floor.caught) == {defect.id for defect in ALL_DEFECTS}
    assert sum(floor.caught.values()) >= 0.95 * len(gate.SPOILED) * len(floor.caught)
    assert sum(floor.rejected.values()) <= 0.02 * gate.TAKES


@pytest.mark.parametrize(
    ("measure", "threshold", "defect"),
    [(FirstFrame(), 0.2, "stranger"), (Borders(), 0.5, "letterbox")],
    ids=["first_frame", "borders"],
)
def test_a_threshold_that_is_loosened_fails_the_gate(
    sample: list[Clean], measure: Measure[TakeShown], threshold: float, defect: str
) -> None:
    loose: Sequence[Measure[TakeShown]] = (Other(measure, threshold),)
    found = gate.score(sample, loose, [BY_ID[defect]])
    below = gate.worse(found, gate.read_floor())
    assert [one.partition(" ")[0] for one in below] == [defect]


def test_a_threshold_that_is_tightened_fails_the_gate(sample: list[Clean]) -> None:
    found = gate.score(sample, (Other(FirstFrame(), 0.9999),), ())
    assert any(
        one.startswith("first_frame rejects") for one in gate.worse(found, gate.read_floor())
    )


def test_a_measure_that_is_gone_fails_the_gate(sample: list[Clean]) -> None:
    left = [measure for measure in MEASURES if measure.scale.id != "colour_cast"]
    found = gate.score(sample, left, [BY_ID["cast"]])
    assert gate.worse(found, gate.read_floor()) == ["cast is caught in 0 of 3 takes, not in 3"]


def test_no_story_and_no_file_is_in_two_parts() -> None:
    told = [story for part in Part for story in clean.stories(part)]
    filed = [name for part in Part for name in clean.REAL[part]]
    assert len(set(told)) == len(told)
    assert len(set(filed)) == len(filed)


def test_the_takes_of_a_part_are_the_same_every_time_and_of_both_shapes() -> None:
    first, again = (clean.plans(Part.FRESH, 30) for _ in range(2))
    assert first == again
    assert {plan.width > plan.height for _, plan in first} == {True, False}
    assert len({plan.camera.move for _, plan in first}) >= 18


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 150, 0.0, 0.0198), (20, 20, 0.861, 1.0), (5, 50, 0.0402, 0.1988)],
)
def test_bounds_are_those_of_clopper_and_pearson(
    hits: int, of: int, low: float, high: float
) -> None:
    assert clopper_pearson(hits, of) == pytest.approx((low, high), abs=5e-4)


def told(kind: str, value: float, *, failed: bool, grade: float = 0.0, index: int = 0) -> Told:
    names = ("first_frame",) if failed else ()
    name = "stranger" if kind == DEFECT else ""
    return Told(kind, name, grade, "a story", index, {"first_frame": value}, names)


def test_figures_count_by_grade_and_the_curve_meets_the_threshold() -> None:
    records = [
        *(told(CLEAN, 0.99, failed=False, index=index) for index in range(9)),
        told(CLEAN, 0.85, failed=True, index=9),
        *(told(DEFECT, 0.95, failed=False, grade=0.25, index=index) for index in range(4)),
        *(told(DEFECT, 0.5, failed=True, grade=1, index=index) for index in range(4)),
    ]
    found = part_figures(records, [BY_ID["stranger"]], [FirstFrame.scale])
    assert found.clean == Count(hits=1, of=10)
    caught = found.caught["stranger"]
    assert dict(caught.grades)[0.25].hits == 0
    assert caught.at_noticed == Count(hits=4, of=4)
    assert caught.fired == {"first_frame": 4}
    curve = found.curves["first_frame"]
    assert curve.threshold == (0.1, 1.0)
    assert curve.area_noticed == 1.0
    assert 0.9 < curve.area_all < 1.0
    assert curve.noticed[0] == (0.0, 0.0)
    assert curve.all_grades[-1] == (1.0, 1.0)


def test_the_page_and_its_pictures_are_as_the_figures_are() -> None:
    stale = [one for one in pages.stale(read_figures()) if not one.startswith("figures.json")]
    assert stale == [], "run python -m benchmarks.critic --write"


def test_a_page_that_is_stale_is_found_and_written(tmp_path: Path) -> None:
    page = tmp_path / "critic.md"
    names = pages.tables(Figures())
    marks = (f"<!-- figures: {name} -->\nold\n<!-- end of figures -->\n" for name in names)
    page.write_text("# The critic\n\n" + "\n".join(marks) + "\nthe end\n", "utf-8")
    figures = read_figures()
    assert "critic.md" in pages.stale(figures, page, tmp_path)
    pages.write(figures, page, tmp_path)
    left = [one for one in pages.stale(figures, page, tmp_path) if not one.startswith("figures.")]
    assert left == []
    assert page.read_text("utf-8").endswith("the end\n")
    assert "old" not in page.read_text("utf-8")


def test_a_caught_defect_knows_its_noticed_grade() -> None:
    grades = ((1.0, Count(hits=0, of=5)), (2.0, Count(hits=5, of=5)))
    assert Caught(unit="%", noticed=2.0, grades=grades).at_noticed.share == 1.0
