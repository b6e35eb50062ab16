from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.domain.screenplay import Look
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import (
    CameraAngle,
    Dress,
    Dressing,
    Era,
    Facing,
    Gesture,
    HeldProp,
    Mood,
    Posture,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.image.shadow_play.compose import compose, planes_of
from nightshoot.tools.image.shadow_play.painter import rasterised
from nightshoot.tools.image.shadow_play.setups import SetUp, seen_from, set_up_of
from nightshoot.tools.image.shadow_play.svg import Plane, document, is_soft

Pixels = npt.NDArray[np.uint8]

MODERN = Cast(id="a", name="a", look=Look(dress=Dress.SUIT))


def plan(
    size: ShotSize,
    *figures: Figure,
    setting: Setting = Setting.CITY,
    era: Era = Era.MODERN,
    mood: Mood = Mood.TENSE,
    time_of_day: TimeOfDay = TimeOfDay.NIGHT,
    seed: int = 1,
) -> ShotPlan:
    return ShotPlan(
        shot="s1",
        prompt="a shot",
        staging=Staging(
            setting=setting,
            era=era,
            time_of_day=time_of_day,
            weather=Weather.CLEAR,
            mood=mood,
            figures=figures,
        ),
        camera=Camera(size=size, angle=CameraAngle.EYE),
        cast=(MODERN,),
        width=180,
        height=320,
        fps=Fraction(24),
        num_frames=48,
        seed=seed,
        place_seed=3,
    )


def painted(shot: ShotPlan) -> Pixels:
    data = rasterised(compose(shot), width=shot.width, height=shot.height)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return pixels.astype(np.uint8)


def crown(shot: ShotPlan) -> float:
    """Where the people begin, as a share of the frame's height."""
    people = tuple(plane for plane in planes_of(shot) if plane.id.startswith("figure"))
    svg = document(width=shot.width, height=shot.height, defs="", planes=people)
    frame = rasterised(svg, width=shot.width, height=shot.height)
    grey = cv2.imdecode(np.frombuffer(frame, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    rows = np.flatnonzero((grey > 0).any(axis=1))
    return float(rows[0]) / shot.height


@pytest.mark.parametrize("posture", [Posture.SITTING, Posture.KNEELING, Posture.BOWING])
@pytest.mark.parametrize("size", [ShotSize.MS, ShotSize.MWS])
def test_a_low_posture_is_framed_as_high_as_a_standing_one(
    posture: Posture, size: ShotSize
) -> None:
    low = crown(plan(size, Figure(character="a", posture=posture, facing=Facing.RIGHT)))
    assert low < 0.36


def test_people_who_sit_face_to_face_do_not_overlap() -> None:
    pair = (
        Figure(character="a", x=-0.3, facing=Facing.RIGHT, posture=Posture.SITTING),
        Figure(character="a", x=0.3, facing=Facing.LEFT, posture=Posture.SITTING),
    )
    shot = plan(ShotSize.WS, *pair, setting=Setting.ROOM)
    spans = []
    for index in (0, 1):
        planes = tuple(p for p in planes_of(shot) if p.id.startswith(f"figure-{index}"))
        svg = document(width=shot.width, height=shot.height, defs="", planes=planes)
        data = rasterised(svg, width=shot.width, height=shot.height)
        grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        columns = np.flatnonzero((grey > 24).any(axis=0))
        spans.append((int(columns[0]), int(columns[-1])))
    (_, left_end), (right_begin, _) = sorted(spans)
    assert left_end - right_begin < 0.08 * shot.width


def test_three_close_framings_of_one_person_are_three_pictures() -> None:
    person = Figure(character="a", facing=Facing.RIGHT)
    takes = [painted(plan(ShotSize.CU, person, seed=seed)) for seed in (1, 2, 3)]
    for one, other in ((0, 1), (1, 2), (0, 2)):
        gap = np.abs(takes[one].astype(int) - takes[other].astype(int)).max(axis=2)
        assert (gap > 16).mean() > 0.08


def test_who_looks_left_is_seen_from_the_other_side() -> None:
    left, right = (
        set_up_of(plan(ShotSize.CU, Figure(character="a", facing=facing)), side)
        for facing, side in ((Facing.LEFT, -1.0), (Facing.RIGHT, 1.0))
    )
    assert left.reverse
    assert not right.reverse


def test_a_set_up_moves_the_point_that_a_swing_goes_about() -> None:
    plane = Plane("reeds", 0.8, "<path/>", "sway 1 4 90.0 160.0")
    shot = plan(ShotSize.CU)
    (moved,) = seen_from((plane,), shot, SetUp(zoom=1.2, aside=0.1, reverse=True))
    assert moved.motion == "sway 1 4 108.0 160.0"
    assert seen_from((plane,), shot, SetUp()) == (plane,)


@pytest.mark.parametrize("seed", range(12))
def test_a_set_up_keeps_the_frame_within_the_frame_of_the_place(seed: int) -> None:
    for size in ShotSize:
        for figures in ((), (Figure(character="a"),)):
            found = set_up_of(plan(size, *figures, seed=seed), 1.0)
            room = 0.5 * (found.zoom - 1.0) + 1e-9
            assert max(abs(found.aside), abs(found.above)) <= room


def test_planes_out_of_focus_are_known_by_their_ids() -> None:
    ids = ("land-soft", "place-soft-2", "place-light", "soft-land")
    assert [is_soft(name) for name in ids] == [True, True, False, False]


@pytest.mark.parametrize("mood", [Mood.TENSE, Mood.MYSTERIOUS, Mood.DESOLATE])
@pytest.mark.parametrize("setting", [Setting.CITY, Setting.ROOM, Setting.FOREST, Setting.RIVER])
def test_no_night_is_too_dark_to_read(setting: Setting, mood: Mood) -> None:
    for size in (ShotSize.EWS, ShotSize.CU):
        shot = plan(size, Figure(character="a"), setting=setting, mood=mood)
        assert cv2.cvtColor(painted(shot), cv2.COLOR_BGR2GRAY).mean() > 18


@pytest.mark.parametrize("size", [ShotSize.WS, ShotSize.MS])
def test_a_crew_lifts_its_cups_while_the_boat_bobs(size: ShotSize) -> None:
    drinker = Figure(
        character="a",
        posture=Posture.SITTING,
        gesture=Gesture.RAISE,
        holding=HeldProp.CUP,
        facing=Facing.RIGHT,
        mount=Dressing.BOAT,
    )
    shot = plan(size, drinker, setting=Setting.RIVER, era=Era.ANCIENT)
    motions = [plane.motion.split()[0] for plane in planes_of(shot) if plane.id.startswith("boat")]
    assert motions == ["bob", "sway"]
