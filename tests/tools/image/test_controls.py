"""Control pictures: near is bright, and edges are where things are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, ControlKind, Figure, Staging
from nightshoot.domain.vocabulary import (
    CameraAngle,
    Dressing,
    Era,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.errors import InputError
from nightshoot.tools.image.controls import control_picture
from nightshoot.tools.image.shadow_play.compose import view_of

PlanOf = Callable[..., ShotPlan]


def staged(
    plan: PlanOf,
    setting: Setting,
    size: ShotSize = ShotSize.WS,
    figures: tuple[Figure, ...] = (Figure(character="su"),),
    weather: Weather = Weather.CLEAR,
    angle: CameraAngle = CameraAngle.EYE,
    **parts: object,
) -> ShotPlan:
    staging = Staging(
        setting=setting,
        era=Era.ANCIENT,
        time_of_day=TimeOfDay.DAY,
        mood=Mood.SERENE,
        figures=figures,
        weather=weather,
    )
    usual: dict[str, object] = {
        "staging": staging,
        "camera": Camera(size=size, angle=angle),
        "width": 180,
        "height": 320,
    }
    return plan(**(usual | parts))


def drawn(plan: ShotPlan, kind: ControlKind, scratch: Path) -> NDArray[np.uint8]:
    """Gives the grey of the written picture, after checking its form."""
    path = control_picture(plan, kind, scratch)
    assert path.parent == scratch
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.shape == (plan.height, plan.width, 3)
    assert picture.dtype == np.uint8
    assert (picture[..., 0] == picture[..., 1]).all()
    assert (picture[..., 0] == picture[..., 2]).all()
    return np.asarray(picture[..., 0], np.uint8)


@pytest.mark.parametrize("setting", list(Setting))
def test_depth_has_a_near_person_before_a_far_place(
    setting: Setting, plan: PlanOf, tmp_path: Path
) -> None:
    shot = staged(plan, setting)
    with_person = drawn(shot, ControlKind.DEPTH, tmp_path)
    without = drawn(staged(plan, setting, figures=()), ControlKind.DEPTH, tmp_path)
    assert with_person.max() == 255
    view = view_of(shot)
    chest = int(view.floor - 0.7 * view.person)
    centre = slice(shot.width // 2 - 20, shot.width // 2 + 20)
    # The person covers some of these columns, and stands before all that is behind them.
    assert with_person[chest, centre].max() > without[chest, centre].min() + 25


def test_the_ground_comes_nearer_towards_the_lower_edge_and_the_sky_is_black(
    plan: PlanOf, tmp_path: Path
) -> None:
    shot = staged(plan, Setting.RIVER, figures=())
    depth = drawn(shot, ControlKind.DEPTH, tmp_path).astype(int)
    assert np.median(depth[5]) == 0
    middle = np.median(depth[int(view_of(shot).horizon) + 4 : 300], axis=1)
    assert (np.diff(middle) >= 0).all(), "nearer and nearer, without a step back"
    assert np.diff(middle).max() <= 3, "and smoothly"
    assert middle[-1] > middle[0] + 60


def test_depth_is_calm_in_rain_and_fog(plan: PlanOf, tmp_path: Path) -> None:
    clear = drawn(staged(plan, Setting.STREET), ControlKind.DEPTH, tmp_path).astype(int)
    rain = drawn(
        staged(plan, Setting.STREET, weather=Weather.RAIN), ControlKind.DEPTH, tmp_path
    ).astype(int)
    assert (np.abs(clear - rain) > 8).mean() < 0.03


def test_a_close_up_is_one_bright_shape(plan: PlanOf, tmp_path: Path) -> None:
    depth = drawn(staged(plan, Setting.ROOM, ShotSize.CU), ControlKind.DEPTH, tmp_path)
    bright = (depth > 240).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(bright)
    assert 0.2 < bright.mean() < 0.9
    assert stats[1:count, cv2.CC_STAT_AREA].max() > 0.95 * bright.sum()


@pytest.mark.parametrize("setting", list(Setting))
def test_edges_are_white_lines_on_black(setting: Setting, plan: PlanOf, tmp_path: Path) -> None:
    edges = drawn(staged(plan, setting), ControlKind.CANNY, tmp_path)
    assert set(np.unique(edges)) == {0, 255}
    assert 0.005 < (edges > 0).mean() < 0.25


def test_edges_trace_the_outline_that_depth_has(plan: PlanOf, tmp_path: Path) -> None:
    shot = staged(plan, Setting.ROOM, ShotSize.CU, width=360, height=640)
    edges = drawn(shot, ControlKind.CANNY, tmp_path)
    depth = drawn(shot, ControlKind.DEPTH, tmp_path)
    outline = cv2.Canny((depth > 240).astype(np.uint8) * 255, 100, 200) > 0
    near = cv2.dilate(edges, np.ones((9, 9), np.uint8)) > 0
    assert (near & outline).sum() > 0.7 * outline.sum()


def test_edges_are_free_of_rain_and_snow(plan: PlanOf, tmp_path: Path) -> None:
    def count(weather: Weather) -> int:
        shot = staged(plan, Setting.DESERT, weather=weather)
        return int((drawn(shot, ControlKind.CANNY, tmp_path) > 0).sum())

    clear = count(Weather.CLEAR)
    assert count(Weather.RAIN) < 1.3 * clear
    assert count(Weather.SNOW) < 1.3 * clear


def test_a_boat_is_in_both(plan: PlanOf, tmp_path: Path) -> None:
    rower = Figure(character="su", mount=Dressing.BOAT)
    afloat = staged(plan, Setting.RIVER, figures=(rower,))
    empty = staged(plan, Setting.RIVER, figures=())
    for kind, least in ((ControlKind.DEPTH, 0.02), (ControlKind.CANNY, 0.005)):
        one = drawn(afloat, kind, tmp_path).astype(int)
        two = drawn(empty, kind, tmp_path).astype(int)
        water = slice(int(view_of(afloat).horizon), None)
        assert (np.abs(one - two)[water] > 20).mean() > least


@pytest.mark.parametrize("kind", [ControlKind.DEPTH, ControlKind.CANNY])
def test_the_same_plan_gives_the_same_bytes_and_a_note_changes_nothing(
    kind: ControlKind, plan: PlanOf, tmp_path: Path
) -> None:
    pictures = []
    for note in ("", "", "brighter, please"):
        path = control_picture(staged(plan, Setting.PALACE, note=note), kind, tmp_path)
        pictures.append(path.read_bytes())
    assert pictures[0] == pictures[1] == pictures[2]


@pytest.mark.parametrize("size", [(64, 64), (320, 180), (182, 326)])
@pytest.mark.parametrize("angle", [CameraAngle.DUTCH, CameraAngle.OVERHEAD, CameraAngle.LOW])
def test_every_size_and_angle_can_be_drawn(
    size: tuple[int, int], angle: CameraAngle, plan: PlanOf, tmp_path: Path
) -> None:
    shot = staged(plan, Setting.CITY, angle=angle, width=size[0], height=size[1])
    for kind in (ControlKind.DEPTH, ControlKind.CANNY):
        assert drawn(shot, kind, tmp_path).any()


def test_a_pose_has_to_be_given(plan: PlanOf, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"shot s01: a pose .* give a picture"):
        control_picture(plan(), ControlKind.POSE, tmp_path)
    assert not list(tmp_path.iterdir())
