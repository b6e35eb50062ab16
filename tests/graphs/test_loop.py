"""A shot's loop: what is changed for the next take, what is kept, and when it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nightshoot.artifacts import Action, Made, Outcome
from nightshoot.domain.film import Ending, ShotResult
from nightshoot.domain.limits import Limits
from nightshoot.domain.remedy import RemedyKind
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Figure, Shot, Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import CameraMove, Dressing, Gesture, MoveStrength
from nightshoot.errors import BackendError, BudgetExceeded
from nightshoot.graphs.context import Turn
from nightshoot.graphs.requests import Planned
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.fake import Defect, FakeCamera, FakePainter
from nightshoot.tools.image.shadow_play.painter import ShadowPlay

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object


class Nothing(Value):
    """A request for nothing."""


ShotOf = Callable[..., ShotResult]
BenchOf = Callable[..., Bench]


def kinds(result: ShotResult) -> list[tuple[RemedyKind, ...]]:
    return [tuple(one.kind for one in take.remedies) for take in result.takes]


@pytest.fixture
def first(board: Storyboard) -> Shot:
    return board.shots[0]


def test_a_good_shot_is_taken_once(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop()
    result = shot_of(one)
    assert (len(result.takes), result.ended, result.flagged) == (1, Ending.PASSED, False)
    assert (result.take.painter, result.take.camera) == ("fake", "fake")
    assert result.take.remedies == ()


def test_a_camera_that_stands_still_is_asked_for_more_on_the_same_keyframe(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    one = loop(camera=FakeCamera(flaws={"*": Defect.LAZY}))
    result = shot_of(one)
    assert [take.plan.camera.strength for take in result.takes] == [
        MoveStrength.MEDIUM,
        MoveStrength.STRONG,
    ]
    assert RemedyKind.STRONGER in kinds(result)[1]
    told = {remedy.kind: remedy for remedy in result.takes[1].remedies}[RemedyKind.STRONGER]
    assert told.told == "medium to strong"
    assert "dynamic_degree" in told.reasons
    assert result.ended is Ending.PASSED
    assert one.painter.calls == ["s01"], "the keyframe that passed is not painted again"
    assert result.takes[1].kept == 1
    assert result.takes[1].keyframe == result.takes[0].keyframe


def test_a_take_that_is_torn_is_drawn_again_and_then_asked_for_gently(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    one = loop(camera=FakeCamera(flaws={"*": Defect.RUSHED}))
    result = shot_of(one)
    assert RemedyKind.GENTLER in kinds(result)[-1]
    assert result.take.plan.camera.strength is MoveStrength.GENTLE
    assert result.ended is Ending.PASSED
    assert one.painter.calls == ["s01"]


def test_a_layered_picture_is_painted_for_the_way_that_its_camera_goes(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    one = loop(painter=ShadowPlay(), camera=FakeCamera(flaws={"*": Defect.LAZY}))
    first, second = shot_of(one).takes
    assert (first.kept, second.kept) == (0, 0)
    assert second.plan.camera.strength is MoveStrength.STRONG
    assert (second.plan.seed, second.plan.note) == (first.plan.seed, first.plan.note)
    assert second.keyframe == first.keyframe, "the same picture, with as much around it as needed"


def test_new_words_for_the_camera_bring_a_new_seed_and_the_note(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    one = loop(camera=FakeCamera(flaws={"*": Defect.LAZY}))
    old, new = (take.plan for take in shot_of(one).takes)
    assert old.seed != new.seed
    assert new.note == "更亮一些。"
    wordings = [ask.given for ask in one.writer.asked if ask.task == "prompt_engineer/word"]
    again = wordings[1].shot.camera.strength  # type: ignore[attr-defined]
    assert again is MoveStrength.STRONG, "who words it is told of the stronger move"


def test_a_length_is_mended_by_another_camera_not_by_words(loop: BenchOf, shot_of: ShotOf) -> None:
    other = FakeCamera(name="other")
    one = loop(camera=FakeCamera(flaws={"*": Defect.SHORT}), cameras=(other,))
    result = shot_of(one)
    assert kinds(result) == [(), (RemedyKind.OTHER_CAMERA,)]
    assert [take.camera for take in result.takes] == ["fake", "other"]
    assert result.takes[1].remedies[0].told == "fake to other"
    assert other.calls == ["s01"]
    assert one.painter.calls == ["s01"]


def test_a_painter_that_cannot_is_followed_by_the_next_one(loop: BenchOf, shot_of: ShotOf) -> None:
    other = FakePainter(name="other")
    one = loop(painter=FakePainter(flaws={"*": Defect.BLACK}), painters=(other,))
    result = shot_of(one)
    assert kinds(result) == [(), (RemedyKind.REWORDED,), (RemedyKind.OTHER_PAINTER,)]
    assert result.take.painter == "other"
    assert one.camera.calls == ["s01"], "a rejected keyframe is not filmed"


def test_a_crowded_shot_is_staged_more_simply_but_keeps_its_subject(
    loop: BenchOf, shot_of: ShotOf, first: Shot
) -> None:
    crowd = (
        Figure(),
        Figure(character="su", gesture=Gesture.RAISE),
        Figure(),
    )
    staging = first.staging.model_copy(
        update={"figures": crowd, "dressing": (Dressing.BOAT,), "subject": 1}
    )
    drawn = first.model_copy(update={"staging": staging})
    one = loop(painter=FakePainter(flaws={"*": Defect.CROWDED}))
    result = shot_of(one, drawn=drawn)
    assert kinds(result) == [(), (RemedyKind.REWORDED,), (RemedyKind.SIMPLER,)]
    left = result.take.plan.staging
    assert [figure.character for figure in left.figures] == ["su"]
    assert (left.subject, left.dressing) == (0, ())
    assert "2 people" in result.take.remedies[0].told
    assert result.ended is Ending.PASSED


def test_nothing_is_ever_asked_for_twice(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(
        painter=FakePainter(spoils={"*": [Defect.BLACK, None, Defect.BLANK]}),
        camera=FakeCamera(flaws={"*": Defect.BLACK}),
        cameras=(FakeCamera(name="other", flaws={"*": Defect.FROZEN}),),
        takes=12,
    )
    result = shot_of(one)
    requests = [
        (take.painter, take.camera, take.keyframe, take.plan.model_dump_json())
        for take in result.takes
    ]
    assert len(set(requests)) == len(requests) > 3
    painted = [plan.model_dump_json() for plan in one.painter.plans]
    assert len(set(painted)) == len(painted)


def test_a_camera_that_ignores_the_seed_is_not_asked_for_another_draw(
    loop: BenchOf, shot_of: ShotOf, first: Shot
) -> None:
    still = first.model_copy(
        update={"camera": first.camera.model_copy(update={"move": CameraMove.STATIC})}
    )
    deaf = FakeCamera(flaws={"*": Defect.BLACK}, ignores=("seed", "prompt", "note", "cast"))
    one = loop(camera=deaf)
    result = shot_of(one, drawn=still)
    assert len(one.painter.calls) == len(result.takes), "only another keyframe is another take"
    assert all(take.kept == 0 for take in result.takes)


def test_what_undoes_the_last_change_is_not_asked_for(loop: BenchOf, shot_of: ShotOf) -> None:
    class Fickle(FakeCamera):
        """Tears at a medium move and stands still at a gentle one."""

        def _flaw(self, plan: ShotPlan) -> Defect | None:
            gentle = plan.camera.strength is MoveStrength.GENTLE
            return Defect.FROZEN if gentle else Defect.RUSHED

    camera = Fickle(ignores=("seed", "prompt", "note", "cast"))
    result = shot_of(loop(camera=camera))
    strengths = [take.plan.camera.strength.value for take in result.takes]
    assert strengths[:2] == ["medium", "gentle"]
    assert result.takes[1].kept == 1
    third = result.takes[2]
    assert RemedyKind.STRONGER not in kinds(result)[2], "it would be the first take again"
    assert third.keyframe != result.takes[0].keyframe


def test_where_no_remedy_is_left_the_shot_is_flagged_at_once(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    deaf = FakeCamera(flaws={"*": Defect.SHORT}, ignores=("seed", "prompt", "note", "cast"))
    result = shot_of(loop(camera=deaf, takes=9))
    assert (len(result.takes), result.ended, result.flagged) == (1, Ending.NO_REMEDY, True)


def test_takes_that_do_not_get_better_end_the_loop_early(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(painter=FakePainter(flaws={"*": Defect.BLACK}), takes=9)
    result = shot_of(one)
    assert result.ended is Ending.NO_BETTER
    assert len(one.painter.calls) == 3
    assert one.camera.calls == ["s01"], "the best keyframe is filmed all the same, once"
    assert result.flagged


def test_the_takes_are_bounded(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(camera=FakeCamera(flaws={"*": Defect.FROZEN}), takes=2)
    result = shot_of(one)
    assert (len(result.takes), result.ended, result.flagged) == (2, Ending.TAKES, True)


# Candidates


def test_all_candidates_are_judged_and_the_best_goes_on(loop: BenchOf, shot_of: ShotOf) -> None:
    spoils = {"s01": [Defect.BLACK, None, Defect.BLANK]}
    one = loop(painter=FakePainter(spoils=spoils), options={"candidates": 3})
    result = shot_of(one)
    assert one.painter.calls == ["s01"] * 3
    assert len({plan.seed for plan in one.painter.plans}) == 3
    assert len(result.takes) == 1, "one good candidate of three saves the take"
    take = result.take
    assert [one.review.passed for one in take.candidates].count(True) == 1
    chosen = next(one for one in take.candidates if one.review.passed)
    assert (take.keyframe, take.plan.seed) == (chosen.picture, chosen.seed)


def test_a_candidate_that_fails_for_good_does_not_lose_the_others(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    spoils = {"s01": [Defect.BROKEN]}
    one = loop(painter=FakePainter(spoils=spoils), options={"candidates": 2})
    result = shot_of(one)
    assert result.ended is Ending.PASSED
    assert result.take.candidates == ()
    with pytest.raises(BackendError, match="broke s02"):
        shot_of(
            loop(
                painter=FakePainter(flaws={"s02": Defect.BROKEN}),
                options={"candidates": 2},
            ),
            shot="s02",
        )


def test_candidates_after_the_first_wait_for_money(loop: BenchOf, shot_of: ShotOf) -> None:
    # Three shots' first takes need 3 * (0.2 + 0.1): 0.1 is left, no second keyframe.
    one = loop(
        painter=FakePainter(cost_usd=0.2),
        camera=FakeCamera(cost_usd=0.1),
        options={"candidates": 4},
        budget_usd=1.0,
    )
    assert shot_of(one).take.candidates == ()
    assert one.painter.calls == ["s01"]


# Money and time


def test_a_shot_stops_before_it_costs_too_much(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(
        painter=FakePainter(cost_usd=0.1),
        camera=FakeCamera(cost_usd=0.5, flaws={"*": Defect.FROZEN}),
        options={"shot_usd": 1.2},
        takes=5,
    )
    result = shot_of(one)
    # 0.6, and 0.5 for filming the same keyframe again; a third would come to 1.6.
    assert (len(result.takes), result.ended) == (2, Ending.MONEY)
    assert sum(take.cost_usd for take in result.takes) == pytest.approx(1.1)
    assert result.flagged


def test_a_shot_stops_before_it_takes_too_long(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(
        camera=FakeCamera(flaws={"*": Defect.FROZEN}, delay_s=0.2),
        options={"shot_minutes": 0.3 / 60},
        takes=9,
    )
    result = shot_of(one)
    assert (len(result.takes), result.ended) == (1, Ending.TIME)
    assert result.take.work_s >= 0.2


def test_work_counts_as_it_was_recorded(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(painter=FakePainter(delay_s=0.05))
    first, again = shot_of(one), shot_of(one)
    assert first.take.work_s == again.take.work_s > 0


def test_waiting_for_a_turn_is_no_work(
    loop: BenchOf, workshop_of: Callable[[Bench], Workshop]
) -> None:
    shop = workshop_of(loop())
    lane = asyncio.Semaphore(1)

    ended: list[float] = []

    async def make(_: Path) -> Made:
        await asyncio.sleep(0.2)
        ended.append(time.monotonic())
        return Made()

    async def both() -> list[Outcome]:
        actions = (Action(tool=f"t{number}", version="1", request=Nothing()) for number in (1, 2))
        return list(await asyncio.gather(*(shop.perform(one, make, lane=lane) for one in actions)))

    outcomes = asyncio.run(both())
    since_first = time.monotonic() - ended[0]
    assert all(one.wall_s >= 0.2 for one in outcomes)
    assert min(one.wall_s for one in outcomes) <= since_first, "the later one's wait is none of it"
    assert [shop.log.find(one.key) for one in outcomes] == [
        replace(one, reused=True) for one in outcomes
    ]


def test_a_retake_leaves_the_money_for_shots_that_have_no_take(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    # 1.2 are left after the first take; the other two shots need 1.0, another take 0.3.
    one = loop(
        painter=FakePainter(cost_usd=0.2),
        camera=FakeCamera(cost_usd=0.3, flaws={"s01": Defect.FROZEN}),
        budget_usd=1.7,
    )
    result = shot_of(one)
    assert (len(result.takes), result.ended) == (1, Ending.MONEY)


def test_a_retake_is_made_where_the_money_does_reach(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(
        painter=FakePainter(cost_usd=0.2),
        camera=FakeCamera(cost_usd=0.3, flaws={"s01": Defect.FROZEN}),
        budget_usd=1.8,
    )
    result = shot_of(one)
    assert (len(result.takes), result.ended) == (2, Ending.MONEY)


def test_a_run_anew_decides_as_the_first_one_did(loop: BenchOf, shot_of: ShotOf) -> None:
    one = loop(
        painter=FakePainter(cost_usd=0.2),
        camera=FakeCamera(cost_usd=0.3, flaws={"s01": Defect.FROZEN}),
        budget_usd=1.8,
    )
    once = shot_of(one)
    calls = list(one.camera.calls)
    assert shot_of(one) == once
    assert one.camera.calls == calls, "what was made is neither made nor paid again"


def test_a_first_take_that_cannot_be_paid_stops_the_film(loop: BenchOf, shot_of: ShotOf) -> None:
    with pytest.raises(BudgetExceeded):
        shot_of(loop(painter=FakePainter(cost_usd=0.2), budget_usd=0.1))


def test_a_retake_that_turns_out_too_dear_ends_the_loop_only(
    loop: BenchOf, shot_of: ShotOf
) -> None:
    def spent(shop: Workshop, turn: Turn) -> None:
        if turn.then == "take" and turn.takes and shop.fetch(turn.order, Planned).number == 2:
            shop.budget.limits = Limits(usd=shop.budget.spent.usd)

    camera = FakeCamera(cost_usd=0.1, flaws={"*": Defect.FROZEN})
    result = shot_of(loop(camera=camera, budget_usd=9.0, takes=4), before=spent)
    assert (len(result.takes), result.ended) == (1, Ending.MONEY)
    assert result.take.video
    assert camera.calls == ["s01"]
