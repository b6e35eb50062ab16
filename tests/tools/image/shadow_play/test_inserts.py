"""Inserts and faces from near: hands with what they hold, split light, pairs within the frame."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import resvg_py

from nightshoot.domain.screenplay import Look
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import (
    Dress,
    Era,
    Facing,
    Gesture,
    Headgear,
    HeldProp,
    Mood,
    Posture,
    Setting,
    Sex,
    ShotSize,
    TimeOfDay,
)
from nightshoot.tools.image.shadow_play.arranging import arranged
from nightshoot.tools.image.shadow_play.compose import planes_of, view_of
from nightshoot.tools.image.shadow_play.inserts import shown_of
from nightshoot.tools.image.shadow_play.svg import OVERSCAN, Plane, document

SHOWN = [prop for prop in HeldProp if prop not in (HeldProp.UMBRELLA, HeldProp.ZITHER)]


def plan(
    *figures: Figure,
    size: ShotSize = ShotSize.ECU,
    frame: tuple[int, int] = (180, 320),
    dress: Dress = Dress.ROBE,
    sex: Sex = Sex.MALE,
) -> ShotPlan:
    look = Look(sex=sex, dress=dress, headgear=Headgear.TOPKNOT, accent="#c8452f")
    return ShotPlan(
        shot="s1",
        prompt="a shot",
        staging=Staging(
            setting=Setting.ROOM,
            era=Era.MODERN if dress is Dress.SUIT else Era.ANCIENT,
            time_of_day=TimeOfDay.NIGHT,
            mood=Mood.WARM,
            figures=figures,
        ),
        camera=Camera(size=size),
        cast=(Cast(id="su", name="su", look=look),),
        width=frame[0],
        height=frame[1],
        fps=Fraction(24),
        num_frames=24,
        seed=1,
        place_seed=3,
    )


def figure_planes(shot: ShotPlan) -> tuple[Plane, ...]:
    return tuple(plane for plane in planes_of(shot) if plane.id.startswith("figure"))


def frame_of(shot: ShotPlan, planes: tuple[Plane, ...]) -> npt.NDArray[np.uint8]:
    """The frame as (height, width, 4) uint8 BGRA."""
    text = document(width=shot.width, height=shot.height, defs="", planes=planes)
    data = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True)
    pixels = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    left, top = round(OVERSCAN * shot.width), round(OVERSCAN * shot.height)
    return pixels[top : top + shot.height, left : left + shot.width].astype(np.uint8)


@pytest.mark.parametrize("frame", [(180, 320), (320, 180)], ids=["upright", "broad"])
@pytest.mark.parametrize("prop", SHOWN)
def test_the_closest_framing_of_who_holds_something_is_of_the_hand(
    prop: HeldProp, frame: tuple[int, int]
) -> None:
    shot = plan(Figure(character="su", holding=prop), frame=frame)
    planes = figure_planes(shot)
    assert [plane.id for plane in planes] == ["figure-insert"]
    solid = frame_of(shot, planes)[..., 3] > 200
    assert 0.08 < solid.mean() < 0.75
    height, width = solid.shape
    middle = solid[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    assert middle.mean() > 0.2
    assert not solid[:2].all()


def test_each_thing_gives_another_insert() -> None:
    shots = {
        prop: frame_of(s := plan(Figure(character="su", holding=prop)), figure_planes(s))
        for prop in (HeldProp.LETTER, HeldProp.PHONE, HeldProp.CUP, HeldProp.KEY, HeldProp.SWORD)
    }
    order = list(shots)
    for i, one in enumerate(order):
        for other in order[i + 1 :]:
            gap = np.abs(shots[one].astype(int) - shots[other].astype(int)).max(axis=2)
            assert (gap > 40).mean() > 0.08, (one, other)


def test_sleeves_of_old_and_of_today_differ() -> None:
    def sleeve(dress: Dress) -> npt.NDArray[np.uint8]:
        shot = plan(Figure(character="su", holding=HeldProp.SWORD), dress=dress)
        return frame_of(shot, figure_planes(shot))[..., 3]

    assert (sleeve(Dress.ROBE) > 128).mean() > (sleeve(Dress.SUIT) > 128).mean()


def test_the_arm_comes_from_behind_whoever_looks() -> None:
    for facing, side in ((Facing.RIGHT, 0), (Facing.LEFT, 1)):
        shot = plan(Figure(character="su", holding=HeldProp.STAFF, facing=facing))
        solid = frame_of(shot, figure_planes(shot))[..., 3] > 128
        halves = [half.mean() for half in np.array_split(solid[solid.shape[0] // 2 :], 2, axis=1)]
        assert halves[side] > halves[1 - side]


@pytest.mark.parametrize(
    ("figure", "size"),
    [
        (Figure(character="su"), ShotSize.ECU),
        (Figure(character="su", holding=HeldProp.LETTER), ShotSize.CU),
        (Figure(character="su", holding=HeldProp.UMBRELLA), ShotSize.ECU),
    ],
)
def test_faces_stay_faces(figure: Figure, size: ShotSize) -> None:
    assert all(plane.id != "figure-insert" for plane in figure_planes(plan(figure, size=size)))


def test_a_writers_insert_is_the_brush_and_a_readers_the_letter() -> None:
    assert shown_of(Figure(gesture=Gesture.WRITE)) is HeldProp.BRUSH
    assert shown_of(Figure(gesture=Gesture.READ)) is HeldProp.LETTER
    assert shown_of(Figure(gesture=Gesture.READ, holding=HeldProp.PHONE)) is HeldProp.PHONE
    assert shown_of(Figure()) is None


@pytest.mark.parametrize("sex", list(Sex))
def test_light_falls_on_one_half_of_a_face_seen_from_before(sex: Sex) -> None:
    shot = plan(
        Figure(character="su", facing=Facing.TOWARD), sex=sex, frame=(360, 640), size=ShotSize.ECU
    )
    grey = frame_of(shot, figure_planes(shot))[..., :3].astype(float).mean(axis=2)
    rows, middle = grey[220:420], 180
    dark, lit = rows[:, middle - 90 : middle - 12], rows[:, middle + 12 : middle + 90]
    assert lit.mean() > 1.06 * dark.mean()
    # Eyes, nose and lips are drawn: the face is no flat shape.
    assert rows[:, middle - 90 : middle + 90].std() > 8


@pytest.mark.parametrize("size", [ShotSize.MWS, ShotSize.MS])
@pytest.mark.parametrize("dress", [Dress.ROBE, Dress.SUIT])
def test_two_who_sit_keep_their_heads_in_an_upright_frame(size: ShotSize, dress: Dress) -> None:
    pair = (
        Figure(character="su", posture=Posture.SITTING, x=-0.4),
        Figure(character="su", posture=Posture.SITTING, x=0.4, facing=Facing.LEFT),
    )
    shot = plan(*pair, size=size, dress=dress, frame=(360, 640))
    tall, floor, spots = arranged(shot, shot.staging.figures, view_of(shot))
    assert spots[0] < spots[1]
    # A head is a seventh of its owner, and leans about as much to each side.
    assert min(spots) - 0.12 * tall > 0
    assert max(spots) + 0.12 * tall < shot.width
    assert floor < 0.82 * shot.height
    assert spots[1] - spots[0] < 0.64 * tall


def test_the_one_staged_at_the_right_sits_at_the_right() -> None:
    pair = (
        Figure(character="su", posture=Posture.SITTING, x=0.4, facing=Facing.LEFT),
        Figure(character="su", posture=Posture.SITTING, x=-0.4),
    )
    shot = plan(*pair, size=ShotSize.MS)
    _, _, spots = arranged(shot, shot.staging.figures, view_of(shot))
    assert spots[0] > spots[1]
