"""Films for which there is too little money, GPU time, takes or time are made more plainly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nightshoot.artifacts import Job
from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Shortage
from nightshoot.domain.limits import Limits
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import BudgetExceeded, TooLate
from nightshoot.events import Reported, Stage
from nightshoot.graphs.floor import Floor
from nightshoot.tools.fake import Defect, FakeCamera, FakePainter
from nightshoot.tools.protocols import NO_FILES, Capabilities, Footage, Progress
from nightshoot.tools.video.multiplane.filmer import Multiplane
from nightshoot.workplace import Allowance, Report, Terms

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

BenchOf = Callable[..., Bench]


class Model(FakeCamera):
    """A camera that needs a GPU; on the floor it is given, time goes by as it films."""

    def __init__(self, *, take_s: float = 0.0, floor: Floor | None = None, **given: Any) -> None:
        super().__init__(name="model", **given)
        self.capabilities = Capabilities(licence="Apache-2.0", vram_gib=1)
        self._take_s = take_s
        self._floor = floor

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        return Estimate(cost_usd=self._cost_usd, gpu_s=self._take_s)

    async def film(
        self,
        *,
        plan: ShotPlan,
        keyframe: Path,
        layers: Path | None,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Footage:
        footage = await super().film(
            plan=plan, keyframe=keyframe, layers=layers, scratch=scratch, progress=progress
        )
        if self._floor is not None and self._floor.pace.ends_at is not None:
            self._floor.end_at(self._floor.pace.ends_at - self._take_s)
        return footage


@pytest.fixture
def night(bench: BenchOf) -> Callable[..., tuple[Bench, Callable[..., Report]]]:
    """Gives a bench with a model for a camera and the multiplane camera besides, and how to run it.

    A run is given the limits, and the seconds that are left; it ends with the takes, but for where
    the film is looked at.
    """

    def build(camera: Model, **parts: object) -> tuple[Bench, Callable[..., Report]]:
        one = bench(camera=camera, **parts)
        crew = one.tools
        one.tools = lambda: replace(crew(), card_camera=Multiplane())  # type: ignore[method-assign]

        def make(
            limits: Limits | None = None,
            *,
            thrifty: bool = True,
            left_s: float | None = None,
            floor: Floor | None = None,
            until: Stage | None = Stage.TAKES,
        ) -> Report:
            floor = floor or Floor(processors=2)
            terms = Terms(
                floor=floor, allowance=Allowance(limits=limits or Limits()), thrifty=thrifty
            )

            async def run() -> Report:
                if left_s is not None:
                    floor.end_at(asyncio.get_running_loop().time() + left_s)
                studio = replace(one.studio(), terms=terms)
                return await studio.aproduce(one.production(), sink=one.events.append, until=until)

            return asyncio.run(run())

        return one, make

    return build


Night = Callable[..., tuple[Bench, Callable[..., Report]]]


def test_money_for_half_of_the_shots_films_the_first_ones_as_ordered(night: Night) -> None:
    camera = Model(cost_usd=0.5)
    _, make = night(camera, painter=FakePainter(cost_usd=0.1))
    # Three keyframes for 0.3, and money for one take and a half.
    report = make(Limits(usd=1.05))
    assert camera.calls == ["s01"]
    assert report.plain_shots == {"s02": "money", "s03": "money"}
    assert report.cost_usd == pytest.approx(0.8)
    assert report.takes == 3


def test_a_shot_that_is_filmed_plainly_is_marked_and_told_once(night: Night) -> None:
    one, make = night(Model(cost_usd=0.5))
    assert make(Limits(usd=0.6), until=None).film
    page = (one.folder / "storyboard.html").read_text(encoding="utf-8")
    assert page.count("从简拍摄：预算不足") == 2
    review = (one.folder / "shots" / "s02" / "review.yaml").read_text(encoding="utf-8")
    assert "economised: money" in review
    told = [event.text for event in one.events if isinstance(event, Reported)]
    assert sum("too little money" in text for text in told) == 1


def test_takes_are_given_to_the_first_shots_and_none_is_taken_twice(night: Night) -> None:
    camera = Model(flaws={"*": Defect.FROZEN})
    _, make = night(camera)
    report = make(Limits(takes=2))
    assert sorted(camera.calls) == ["s01", "s02"]
    assert report.plain_shots == {"s03": "takes"}


def test_gpu_time_that_suffices_for_one_take_films_one(night: Night) -> None:
    camera = Model(take_s=100)
    _, make = night(camera)
    report = make(Limits(gpu_s=150))
    assert camera.calls == ["s01"]
    assert set(report.plain_shots.values()) == {"gpu_time"}


def test_a_deadline_that_allows_no_retake_leaves_every_first_take(night: Night) -> None:
    floor = Floor(processors=2)
    camera = Model(take_s=1000, floor=floor, flaws={"s01": Defect.FROZEN})
    one, make = night(camera)
    report = make(left_s=3900, floor=floor)
    assert sorted(camera.calls) == ["s01", "s02", "s03"]
    assert report.plain_shots == {}
    assert report.flagged_shots == ("s01",)
    review = (one.folder / "shots" / "s01" / "review.yaml").read_text(encoding="utf-8")
    assert "ended: time" in review


def test_a_deadline_that_allows_no_model_at_all_is_kept_by_the_plain_camera(night: Night) -> None:
    camera = Model(take_s=100_000)
    _, make = night(camera)
    report = make(left_s=3000, until=None)
    assert report.film
    assert camera.calls == []
    assert report.plain_shots == {"s01": "time", "s02": "time", "s03": "time"}
    assert report.flagged == 0, "the critic has nothing against a flat keyframe, filmed plainly"


def test_a_film_counts_on_its_share_of_the_gpu_alone(night: Night) -> None:
    floor = Floor(processors=2)
    floor.pace.films = 3
    camera = Model(take_s=1000, floor=floor)
    _, make = night(camera)
    # Alone, it could have all three takes in this time.
    report = make(left_s=3900, floor=floor)
    assert camera.calls == ["s01"]
    assert report.plain_shots == {"s02": "time", "s03": "time"}


def test_a_film_made_by_hand_is_not_made_more_plainly(night: Night) -> None:
    camera = Model(cost_usd=0.5)
    _, make = night(camera)
    with pytest.raises(BudgetExceeded):
        make(Limits(usd=0.6), thrifty=False)
    assert len(camera.calls) == 1


def test_keyframes_that_cannot_be_paid_are_not_begun(night: Night) -> None:
    painter = FakePainter(cost_usd=0.5)
    _, make = night(Model(cost_usd=1.0), painter=painter)
    with pytest.raises(BudgetExceeded, match="keyframe of every shot") as caught:
        make(Limits(usd=1.4))
    assert caught.value.currency == "usd"
    assert painter.calls == []


def test_a_film_that_cannot_end_in_time_is_not_begun(night: Night) -> None:
    class Slow(FakePainter):
        """Says that a keyframe takes long."""

        def estimate(self, *, plan: ShotPlan) -> Estimate:
            return Estimate(gpu_s=1000)

    painter = Slow()
    _, make = night(Model(), painter=painter)
    with pytest.raises(TooLate, match="however plainly"):
        # Its two processors paint at once.
        make(left_s=1400)
    assert painter.calls == []


def test_more_money_makes_a_film_that_waited_as_ordered(night: Night) -> None:
    camera, painter = Model(cost_usd=0.5), FakePainter(cost_usd=0.5)
    _, make = night(camera, painter=painter)
    with pytest.raises(BudgetExceeded):
        make(Limits(usd=1.4))
    report = make(Limits(usd=9.0))
    assert report.plain_shots == {}
    assert sorted(camera.calls) == ["s01", "s02", "s03"]


def test_a_finished_film_keeps_its_plain_takes_when_there_is_money_again(night: Night) -> None:
    camera = Model(cost_usd=0.5)
    _, make = night(camera)
    once = make(Limits(usd=0.6), until=None)
    again = make(thrifty=False, until=None)
    assert again.plain_shots == once.plain_shots == {"s02": "money", "s03": "money"}
    assert camera.calls == ["s01"], "nobody asked for a dear take"


def test_a_plain_take_that_a_person_rejects_is_filmed_as_ordered(night: Night) -> None:
    camera = Model(cost_usd=0.5)
    one, make = night(camera)
    make(Limits(usd=0.6), until=None)
    production = one.production()
    (note,) = production.takes_of("s03")
    assert note.economised is Shortage.MONEY
    production.rule(
        Ruling(
            shot="s03",
            made=note.video,
            take=note.number,
            verdict=Verdict.REJECTED,
            note="as ordered, please",
            by="somebody",
            at="2026-01-01T00:00:00+00:00",
        )
    )
    report = make(thrifty=False, until=None)
    assert camera.calls == ["s01", "s03"]
    assert report.plain_shots == {"s02": "money"}


def test_a_take_that_its_lane_refuses_is_filmed_plainly_all_the_same(night: Night) -> None:
    camera = Model(take_s=1000)
    _, make = night(camera)
    # Enough for a take, but not for loading the model before it, which the lane alone reckons with.
    report = make(left_s=1015)
    assert camera.calls == []
    assert report.plain_shots == {"s01": "time", "s02": "time", "s03": "time"}


def test_where_the_plain_camera_was_ordered_nothing_can_be_saved(night: Night) -> None:
    camera = Model()
    camera.name = "multiplane"
    _, make = night(camera)
    with pytest.raises(BudgetExceeded, match="more shots than takes") as caught:
        make(Limits(takes=2))
    assert caught.value.currency == "takes"
