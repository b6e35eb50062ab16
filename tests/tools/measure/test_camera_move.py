"""A camera that does something else than the board asks for is convicted, and told so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nightshoot.domain.review import Finding
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Staging
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Mood,
    MoveStrength,
    Setting,
    ShotSize,
    TimeOfDay,
)
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.camera_moves import may_be, possible_moves
from nightshoot.tools.measure.frames import Footage, decode
from nightshoot.tools.measure.motion import Motion, motion_of
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.take.camera_move import CameraMotion
from nightshoot.tools.video.multiplane.filmer import Multiplane

FPS = Fraction(24)
OPPOSITES = [
    (CameraMove.PAN_LEFT, CameraMove.PAN_RIGHT),
    (CameraMove.TRUCK_LEFT, CameraMove.TRUCK_RIGHT),
    (CameraMove.TILT_UP, CameraMove.TILT_DOWN),
    (CameraMove.PEDESTAL_UP, CameraMove.PEDESTAL_DOWN),
    (CameraMove.PUSH_IN, CameraMove.PULL_OUT),
    (CameraMove.ZOOM_IN, CameraMove.ZOOM_OUT),
]


def plan(move: CameraMove, strength: MoveStrength = MoveStrength.MEDIUM) -> ShotPlan:
    return ShotPlan(
        shot="s01",
        prompt="a shot",
        staging=Staging(
            setting=Setting.VILLAGE, era=Era.ANCIENT, time_of_day=TimeOfDay.DAY, mood=Mood.SERENE
        ),
        camera=Camera(size=ShotSize.WS, move=move, strength=strength),
        width=270,
        height=480,
        fps=FPS,
        num_frames=48,
        seed=4,
    )


@pytest.fixture(scope="session")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[CameraMove, Footage]:
    async def film(place: Path) -> dict[CameraMove, Footage]:
        painting = await ShadowPlay().paint(
            plan=plan(CameraMove.STATIC), scratch=place, progress=lambda _: None
        )
        made = {}
        for move in CameraMove:
            take = await Multiplane().film(
                plan=plan(move),
                keyframe=painting.picture,
                layers=painting.layers,
                scratch=place,
                progress=lambda _: None,
            )
            made[move] = decode(take.video)
        return made

    return asyncio.run(film(tmp_path_factory.mktemp("moves")))


def judged(asked: ShotPlan, footage: Footage) -> Finding:
    finding = CameraMotion()(TakeShown(plan=asked, footage=footage))
    assert isinstance(finding, Finding)
    return finding


def test_every_move_of_our_own_camera_passes(takes: dict[CameraMove, Footage]) -> None:
    wrong = {move: judged(plan(move), take).note for move, take in takes.items()}
    wrong = {
        move: wrong[move] for move, take in takes.items() if not judged(plan(move), take).passed
    }
    assert wrong == {}


def test_opposites_are_never_confused(takes: dict[CameraMove, Footage]) -> None:
    for one, other in OPPOSITES:
        assert not judged(plan(other), takes[one]).passed
        assert not judged(plan(one), takes[other]).passed


@pytest.mark.parametrize(
    ("asked", "filmed"),
    [
        (CameraMove.PUSH_IN, CameraMove.PAN_RIGHT),
        (CameraMove.PUSH_IN, CameraMove.STATIC),
        (CameraMove.STATIC, CameraMove.PAN_LEFT),
        (CameraMove.STATIC, CameraMove.HANDHELD),
        (CameraMove.STATIC, CameraMove.PUSH_IN),
        (CameraMove.PAN_LEFT, CameraMove.TILT_UP),
        (CameraMove.ROLL, CameraMove.ZOOM_IN),
        (CameraMove.HANDHELD, CameraMove.STATIC),
        (CameraMove.CRANE, CameraMove.TRUCK_LEFT),
        (CameraMove.ORBIT, CameraMove.ROLL),
    ],
)
def test_another_move_is_convicted(
    takes: dict[CameraMove, Footage], asked: CameraMove, filmed: CameraMove
) -> None:
    assert not judged(plan(asked), takes[filmed]).passed


def test_note_says_what_was_seen_what_was_asked_and_what_to_do(
    takes: dict[CameraMove, Footage],
) -> None:
    finding = judged(plan(CameraMove.PUSH_IN), takes[CameraMove.PAN_RIGHT])
    assert "pans right" in finding.note
    assert "of the width" in finding.note
    assert "asks for medium push in: move the camera toward the subject" in finding.note
    assert finding.frame is not None
    assert 0 < finding.frame < 48


def test_strength_far_off_is_said_and_not_held_against_the_take(
    takes: dict[CameraMove, Footage],
) -> None:
    strong = judged(plan(CameraMove.PAN_RIGHT, MoveStrength.GENTLE), speeded(takes))
    assert strong.passed
    assert "stronger than gentle" in strong.note


def speeded(takes: dict[CameraMove, Footage]) -> Footage:
    """Gives a pan right that goes on from where the take ends: the picture slid by a fifth more."""
    luma = takes[CameraMove.PAN_RIGHT].luma
    tiled = np.concatenate([luma[0], luma[0][:, ::-1]], axis=1)
    slid = [np.roll(tiled, -round(index * 1.6), axis=1)[:, :270] for index in range(48)]
    return replace(takes[CameraMove.PAN_RIGHT], luma=np.stack(slid))


def test_path_of_its_own_short_take_and_bare_picture_are_not_judged(
    takes: dict[CameraMove, Footage],
) -> None:
    take, asked = takes[CameraMove.PAN_LEFT], plan(CameraMove.PAN_LEFT)
    path = asked.model_copy(
        update={
            "camera": Camera(size=ShotSize.WS, path=((0.0, 0.0, 1.0), (0.1, 0.0, 1.0))),
        }
    )
    short = replace(take, luma=take.luma[:20])
    bare = replace(take, luma=np.full_like(take.luma, 128))
    for shown in (TakeShown(path, take), TakeShown(asked, short), TakeShown(asked, bare)):
        assert isinstance(CameraMotion()(shown), NotJudged)


def test_what_hides_the_camera_leaves_it_unjudged(takes: dict[CameraMove, Footage]) -> None:
    shown = TakeShown(plan(CameraMove.PAN_LEFT), takes[CameraMove.PAN_RIGHT])
    # The cached motion is put in place of the one that would be found.
    shown.__dict__["motion"] = replace(shown.motion, told=False)
    found = CameraMotion()(shown)
    assert isinstance(found, NotJudged)
    assert "hides what the camera does" in found.why


def still(**values: float) -> Motion:
    nothing = motion_of(np.zeros((1, 64, 64), np.uint8), 24.0)
    return replace(nothing, points=100.0, **values)  # type: ignore[arg-type]


def test_every_answer_has_no_opposites() -> None:
    drawn = np.random.default_rng(5)
    for _ in range(3000):
        x, y, zoom, roll = drawn.normal(0, 0.04, 4)
        spread = tuple(np.sort(drawn.normal(x, 0.05, 7)))
        motion = replace(
            still(net_x=x, net_y=y, zoom=zoom, roll=roll),
            path_x=abs(x) * drawn.uniform(1, 3),
            path_y=abs(y) * drawn.uniform(1, 3),
            spread_x=spread,
        )
        moves = possible_moves(motion)
        assert moves
        assert not any(one in moves and other in moves for one, other in OPPOSITES)


def test_breathing_picture_passes_for_static() -> None:
    assert may_be(CameraMove.STATIC, still(net_y=0.005, path_y=0.03, zoom=0.01))
    assert not may_be(CameraMove.STATIC, still(zoom=0.08))


def test_hand_that_walks_is_still_a_hand() -> None:
    walked = still(net_x=0.05, path_x=0.09, net_y=0.01, path_y=0.04, zoom=0.06)
    assert may_be(CameraMove.HANDHELD, walked)
    assert not may_be(CameraMove.HANDHELD, still(net_x=0.05, path_x=0.05))


def test_planes_that_part_around_a_held_subject_are_an_orbit() -> None:
    parting = replace(
        still(net_x=-0.003, zoom=0.013, standing=0.01),
        spread_x=(-0.02, -0.016, -0.012, 0, 0.01, 0.021, 0.03),
    )
    assert may_be(CameraMove.ORBIT, parting)
    passing = replace(parting, standing=0.5)
    assert not may_be(CameraMove.ORBIT, passing)
    assert may_be(CameraMove.STATIC, passing)


def test_a_picture_that_grows_while_one_plane_slides_may_be_a_short_orbit() -> None:
    spread = (-0.001, -0.001, 0, 0, 0.002, 0.0117, 0.012)
    sliding = replace(still(net_x=0.0018, zoom=0.035), spread_x=spread)
    assert may_be(CameraMove.ORBIT, sliding)
    straight = replace(sliding, spread_x=(-0.012, -0.009, -0.005, 0, 0.005, 0.009, 0.012))
    assert not may_be(CameraMove.ORBIT, straight)


@pytest.mark.parametrize(("aside", "passes"), [(0.0146, True), (0.03, False)])
def test_a_push_past_something_near_goes_a_little_aside(aside: float, passes: bool) -> None:
    spread = (-0.054, -0.028, -0.022, -0.013, -0.007, -0.001, 0.004)
    motion = replace(still(net_x=-aside, zoom=0.061), spread_x=spread)
    assert may_be(CameraMove.PUSH_IN, motion) is passes
