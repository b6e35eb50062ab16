"""Which change answers which fault."""

from __future__ import annotations

import itertools

import pytest

from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Take
from nightshoot.domain.remedy import Remedy, RemedyKind
from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging, Storyboard
from nightshoot.domain.vocabulary import (
    CameraMove,
    Dressing,
    Gesture,
    HeldProp,
    MoveStrength,
)
from nightshoot.graphs.remedies import (
    KEYFRAME,
    PERSON,
    TAKE,
    Answer,
    Means,
    answers,
    gentler,
    simpler,
    stronger,
)
from nightshoot.tools.measure import keyframes, takes
from nightshoot.tools.measure.take import camera_move

ALL = Means(painters=1, cameras=1)
NONE = Means(painters=0, cameras=0)


def failed(measure: str, note: str = "It is bad.") -> Finding:
    return Finding(
        measure=measure,
        value=1,
        unit="faults",
        threshold=0,
        direction=Direction.AT_MOST,
        note=note,
    )


GOOD = Review(findings=())


@pytest.fixture
def plan(board: Storyboard) -> ShotPlan:
    shot = board.shots[0]
    return ShotPlan(
        shot=shot.id,
        prompt="a river",
        staging=shot.staging.model_copy(
            update={"dressing": (Dressing.BOAT,), "figures": (Figure(character="su"), Figure())}
        ),
        camera=shot.camera,
        width=128,
        height=228,
        fps=24,
        num_frames=48,
        seed=1,
    )


def filmed(plan: ShotPlan, *findings: Finding, **fields: object) -> Take:
    given = {"number": 1, "keyframe": "k", "video": "v", "painter": "p", "camera": "c"} | fields
    return Take(plan=plan, keyframe_review=GOOD, video_review=Review(findings=findings), **given)


def painted(plan: ShotPlan, *findings: Finding, number: int = 1) -> Take:
    return Take(
        number=number,
        plan=plan,
        keyframe="k",
        keyframe_review=Review(findings=findings),
        painter="p",
    )


def told(answer: Answer) -> tuple[set[str], bool]:
    return {kind.value for kind in answer.kinds}, answer.paints


def ladder(take: Take, means: Means = ALL) -> list[tuple[set[str], bool]]:
    return [told(answer) for answer in answers([take], means)]


def test_every_measure_of_pictures_and_takes_has_its_remedies() -> None:
    assert {measure.scale.id for measure in keyframes.MEASURES} <= set(KEYFRAME)
    assert {measure.scale.id for measure in takes.MEASURES} <= set(TAKE)


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("dynamic_degree", [({"stronger"}, False), ({"new_seed"}, False)]),
        ("violent_motion", [({"gentler"}, False), ({"new_seed"}, False)]),
        ("jump_cut", [({"new_seed"}, False), ({"gentler"}, False)]),
        ("frame_count", [({"other_camera"}, False), ({"new_seed"}, False)]),
        ("format", [({"other_camera"}, False)]),
        ("colour_cast", [({"new_seed"}, False), ({"other_camera"}, False)]),
        ("scene_continuity", [({"reworded"}, True), ({"new_seed"}, True)]),
        ("opinion.motion", [({"gentler"}, False), ({"new_seed"}, False)]),
        ("never heard of", [({"new_seed"}, False), ({"other_camera"}, False)]),
    ],
)
def test_a_bad_take_is_answered_by_what_its_reason_calls_for(
    plan: ShotPlan, measure: str, wanted: list[tuple[set[str], bool]]
) -> None:
    assert ladder(filmed(plan, failed(measure)))[: len(wanted)] == wanted


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("black_frames", ["reworded", "other_painter", "simpler"]),
        ("format", ["other_painter"]),
        ("opinion.anatomy", ["new_seed", "simpler", "reworded", "other_painter"]),
        ("unasked_text", ["reworded", "new_seed", "other_painter"]),
    ],
)
def test_a_bad_keyframe_is_painted_anew(plan: ShotPlan, measure: str, wanted: list[str]) -> None:
    assert ladder(painted(plan, failed(measure))) == [({kind}, True) for kind in wanted]


def test_a_camera_that_should_move_and_stands_is_told_so_and_asked_for_more(
    plan: ShotPlan,
) -> None:
    still = camera_move._DOES[CameraMove.STATIC]
    note = f"The camera {still}, but the board asks for push in."
    assert ladder(filmed(plan, failed("camera_motion", note)))[0] == (
        {"reworded", "stronger"},
        False,
    )
    other = "The camera pans left, but the board asks for push in."
    assert ladder(filmed(plan, failed("camera_motion", other)))[0] == ({"new_seed"}, False)


def test_what_brings_on_the_others_is_answered_first(plan: ShotPlan) -> None:
    take = filmed(plan, failed("dynamic_degree"), failed("black_frames"), failed("frame_count"))
    first = next(answers([take], ALL))
    assert first.kinds == {RemedyKind.OTHER_CAMERA}
    assert first.remedies[0].reasons == ("frame_count",)


def test_several_remedies_go_together_but_never_gentler_and_stronger(plan: ShotPlan) -> None:
    take = filmed(plan, failed("violent_motion"), failed("jump_cut"))
    first = next(answers([take], ALL))
    assert first.kinds == {RemedyKind.GENTLER}, "one change that answers both is enough"
    assert first.remedies[0].reasons == ("violent_motion", "jump_cut")
    torn = filmed(plan, failed("violent_motion"), failed("dynamic_degree"))
    both = {RemedyKind.GENTLER, RemedyKind.STRONGER}
    assert not any(answer.kinds >= both for answer in answers([torn], ALL))
    joined = next(answers([filmed(plan, failed("jump_cut"), failed("dynamic_degree"))], ALL))
    assert joined.kinds == {RemedyKind.NEW_SEED}


def test_what_was_tried_for_the_same_reason_comes_last_or_never_again(plan: ShotPlan) -> None:
    fault = failed("black_frames")
    tried = [painted(plan, fault)]
    order = []
    for number in range(2, 7):
        answer = next(answers(tried, ALL))
        order.append(next(iter(answer.kinds)).value)
        tried.append(
            painted(plan, fault, number=number).model_copy(update={"remedies": answer.remedies})
        )
    assert order == ["reworded", "other_painter", "simpler", "reworded", "reworded"]


def test_what_was_tried_for_another_reason_may_help_here(plan: ShotPlan) -> None:
    other = (Remedy(kind=RemedyKind.STRONGER, reasons=("frozen_stretch",)),)
    takes = [
        filmed(plan, failed("frozen_stretch")),
        filmed(plan, failed("dynamic_degree"), number=2, kept=1, remedies=other),
    ]
    assert next(answers(takes, ALL)).kinds == {RemedyKind.STRONGER}


def test_others_are_asked_only_where_there_are_any(plan: ShotPlan) -> None:
    for measure, phase in itertools.product(("format", "black_frames", "jump_cut"), (0, 1)):
        take = (filmed, painted)[phase](plan, failed(measure))
        for answer in answers([take], NONE):
            assert not answer.kinds & {RemedyKind.OTHER_CAMERA, RemedyKind.OTHER_PAINTER}
    assert list(answers([filmed(plan, failed("format"))], NONE)) == []


def test_a_camera_that_does_not_read_or_draw_is_not_asked_to(plan: ShotPlan) -> None:
    deaf = Means(painters=0, cameras=0, camera_ignores=frozenset({"seed", "prompt"}))
    for measure in TAKE:
        for answer in answers([filmed(plan, failed(measure))], deaf):
            assert answer.paints or answer.kinds & {RemedyKind.GENTLER, RemedyKind.STRONGER}


def test_a_persons_word_goes_before_every_measure(plan: ShotPlan) -> None:
    ruling = Ruling(shot="s01", made="v", take=1, verdict=Verdict.REJECTED, note="夜里")
    first = next(answers([filmed(plan, failed("frame_count"), ruling=ruling)], ALL))
    assert told(first) == ({"reworded"}, True)
    assert first.remedies[0].reasons == (PERSON,)


def test_a_strength_at_its_end_cannot_go_further(plan: ShotPlan) -> None:
    camera = plan.camera
    assert [camera.strength, (stronger(camera) or camera).strength] == ["medium", "strong"]
    assert stronger(camera.model_copy(update={"strength": MoveStrength.STRONG})) is None
    assert gentler(camera.model_copy(update={"strength": MoveStrength.GENTLE})) is None
    assert gentler(camera.model_copy(update={"move": CameraMove.STATIC})) is None
    path = Camera(size=camera.size, move=camera.move, path=((0, 0, 1), (0.1, 0, 1)))
    assert stronger(path) is None


def test_a_staging_is_simplified_step_by_step_down_to_its_subject(plan: ShotPlan) -> None:
    figures = (
        Figure(),
        Figure(character="li"),
        Figure(character="su", gesture=Gesture.RAISE, holding=HeldProp.CUP),
    )
    staging = plan.staging.model_copy(update={"figures": figures, "subject": 2})
    steps: list[Staging] = []
    while (left := simpler(steps[-1] if steps else staging)) is not None:
        steps.append(left)
    assert [[one.character for one in step.figures] for step in steps] == [
        ["li", "su"],
        ["li", "su"],
        ["su"],
    ]
    assert [step.subject for step in steps] == [1, 1, 0]
    assert all(step.dressing == () for step in steps)
    assert (steps[1].figures[1].gesture, steps[1].figures[1].holding) == (Gesture.REST, None)
    assert steps[0].figures[1].gesture is Gesture.RAISE


def test_the_only_thing_in_an_empty_place_is_its_subject(plan: ShotPlan) -> None:
    empty = plan.staging.model_copy(
        update={"figures": (), "dressing": (Dressing.BOAT, Dressing.PINE)}
    )
    left = simpler(empty)
    assert left is not None
    assert left.dressing == (Dressing.BOAT,)
    assert simpler(left) is None
