"""Boats and tables: who sits in or at one is whole, in the frame, and of the right size."""

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
from nightshoot.tools.image.shadow_play.compose import planes_of, view_of
from nightshoot.tools.image.shadow_play.desks import desk_of
from nightshoot.tools.image.shadow_play.painter import rasterised
from nightshoot.tools.image.shadow_play.palette import palette_for
from nightshoot.tools.image.shadow_play.people import people
from nightshoot.tools.image.shadow_play.svg import document

WIDE, UPRIGHT = (320, 180), (180, 320)
NEAR = (ShotSize.MWS, ShotSize.MS)


def sailor(posture: Posture, x: float = 0.0, *, facing: Facing = Facing.RIGHT) -> Figure:
    return Figure(character="a", posture=posture, x=x, facing=facing, mount=Dressing.BOAT)


def plan(
    size: ShotSize,
    frame: tuple[int, int],
    *figures: Figure,
    setting: Setting = Setting.RIVER,
    dressing: tuple[Dressing, ...] = (),
) -> ShotPlan:
    return ShotPlan(
        shot="s1",
        prompt="a shot",
        staging=Staging(
            setting=setting,
            era=Era.MODERN,
            time_of_day=TimeOfDay.DAY,
            weather=Weather.CLEAR,
            mood=Mood.SERENE,
            figures=figures,
            dressing=dressing,
        ),
        camera=Camera(size=size),
        cast=(
            Cast(id="a", name="a", look=Look(dress=Dress.SUIT)),
            Cast(id="pink", name="p", look=Look(accent="#ff00ff")),
            Cast(id="green", name="g", look=Look(accent="#00ff00")),
        ),
        width=frame[0],
        height=frame[1],
        fps=Fraction(24),
        num_frames=48,
        seed=1,
        place_seed=3,
    )


def cast_coloured(shot: ShotPlan, prefix: str) -> npt.NDArray[np.int16]:
    """The planes of the people in the frame, on black, BGR."""
    planes = tuple(plane for plane in planes_of(shot) if plane.id.startswith(prefix))
    svg = document(width=shot.width, height=shot.height, defs="", planes=planes)
    data = np.frombuffer(rasterised(svg, width=shot.width, height=shot.height), np.uint8)
    pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert pixels is not None
    return pixels.astype(np.int16)


def cast_drawn(shot: ShotPlan, prefix: str) -> npt.NDArray[np.int16]:
    """How light the planes of the people are in the frame."""
    return np.asarray(cast_coloured(shot, prefix).max(axis=2), np.int16)


def waterline(shot: ShotPlan) -> float:
    palette = palette_for(
        mood=shot.staging.mood,
        time_of_day=shot.staging.time_of_day,
        weather=shot.staging.weather,
        setting=shot.staging.setting,
        era=shot.staging.era,
        seed=shot.place_seed,
    )
    return people(plan=shot, view=view_of(shot), palette=palette).waterline


@pytest.mark.parametrize("frame", [WIDE, UPRIGHT])
def test_legs_of_who_sits_in_a_boat_stay_inside_it(frame: tuple[int, int]) -> None:
    shot = plan(ShotSize.MWS, frame, sailor(Posture.SITTING))
    rows = np.flatnonzero((cast_drawn(shot, "boat") > 0).any(axis=1))
    hull = 0.045 * 2.0 * frame[0]
    assert rows.max() < waterline(shot) + hull


@pytest.mark.parametrize("frame", [WIDE, UPRIGHT])
@pytest.mark.parametrize("size", NEAR)
@pytest.mark.parametrize("posture", [Posture.STANDING, Posture.ROWING, Posture.SITTING])
def test_the_head_of_who_is_in_a_boat_has_room(
    frame: tuple[int, int], size: ShotSize, posture: Posture
) -> None:
    shot = plan(size, frame, sailor(posture))
    drawn = cast_drawn(shot, "boat") > 40
    crown = int(np.flatnonzero(drawn.any(axis=1)).min()) / frame[1]
    assert 0.08 < crown < 0.5


@pytest.mark.parametrize("frame", [WIDE, UPRIGHT])
@pytest.mark.parametrize("size", NEAR)
def test_two_in_a_boat_are_both_in_the_frame(frame: tuple[int, int], size: ShotSize) -> None:
    left = sailor(Posture.SITTING, -0.3).model_copy(update={"character": "pink"})
    right = sailor(Posture.SITTING, 0.3, facing=Facing.LEFT)
    shot = plan(size, frame, left, right.model_copy(update={"character": "green"}))
    blue, green, red = np.moveaxis(cast_coloured(shot, "boat"), 2, 0)
    for seen in (np.minimum(red, blue) - green > 60, green - np.maximum(red, blue) > 60):
        columns = np.flatnonzero(seen.any(axis=0))
        assert len(columns) > 0.02 * frame[0]
        assert columns.min() > 0.02 * frame[0]
        assert columns.max() < 0.98 * frame[0]


def test_a_table_stands_before_who_sits_at_it() -> None:
    sitting = Figure(character="a", posture=Posture.SITTING)
    shot = plan(ShotSize.MS, WIDE, sitting, setting=Setting.ROOM, dressing=(Dressing.TABLE,))
    order = [plane.id.split("-")[0] for plane in planes_of(shot)]
    assert order.index("thing") > max(k for k, name in enumerate(order) if name == "figure")
    desk = desk_of(shot, view_of(shot))
    assert desk is not None
    top = desk.y - 0.46 * desk.scale
    assert 0.4 * WIDE[1] < top < 0.9 * WIDE[1]


def test_a_table_stays_behind_who_stands() -> None:
    standing = Figure(character="a", posture=Posture.STANDING)
    shot = plan(ShotSize.MS, WIDE, standing, setting=Setting.ROOM, dressing=(Dressing.TABLE,))
    order = [plane.id.split("-")[0] for plane in planes_of(shot)]
    assert order.index("thing") < order.index("figure")
    assert desk_of(shot, view_of(shot)) is None


@pytest.mark.parametrize("gesture", [Gesture.READ, Gesture.REST])
@pytest.mark.parametrize("size", [ShotSize.MCU, ShotSize.CU])
def test_a_letter_is_inside_an_upright_close_framing(size: ShotSize, gesture: Gesture) -> None:
    reader = Figure(character="a", gesture=gesture, holding=HeldProp.LETTER)
    shot = plan(size, UPRIGHT, reader, setting=Setting.ROOM)
    drawn = cast_drawn(shot, "figure")
    paper = drawn[:, int(0.6 * UPRIGHT[0]) :] > 150
    assert paper.sum() > 200
    assert paper[:, -1].sum() < 0.06 * paper.shape[0]


def test_a_joyful_night_is_blue_and_its_lights_are_warm() -> None:
    palette = palette_for(
        mood=Mood.JOYFUL,
        time_of_day=TimeOfDay.NIGHT,
        weather=Weather.CLEAR,
        setting=Setting.RIVER,
        era=Era.ANCIENT,
        seed=3,
    )
    red, green, blue = (int(palette.water[k : k + 2], 16) for k in (1, 3, 5))
    assert blue > green > red
    red, _, blue = (int(palette.light[k : k + 2], 16) for k in (1, 3, 5))
    assert red > blue
