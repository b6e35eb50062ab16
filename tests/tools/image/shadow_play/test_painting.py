from __future__ import annotations

import asyncio
import re
import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import resvg_py

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import (
    CameraAngle,
    Dressing,
    Era,
    Facing,
    Mood,
    Posture,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.image.shadow_play.colours import lightness
from nightshoot.tools.image.shadow_play.compose import MOST_PLANES, compose, planes_of
from nightshoot.tools.image.shadow_play.framing import view_for
from nightshoot.tools.image.shadow_play.painter import ShadowPlay, rasterised
from nightshoot.tools.image.shadow_play.palette import palette_for
from nightshoot.tools.image.shadow_play.svg import OVERSCAN, document

Pixels = npt.NDArray[np.uint8]

PAIR = (
    Figure(character="su", x=-0.4, facing=Facing.RIGHT),
    Figure(character="ke", x=0.4, facing=Facing.LEFT),
)
AFLOAT = tuple(
    figure.model_copy(update={"posture": Posture.SITTING, "mount": Dressing.BOAT})
    for figure in PAIR
)


def plan(
    *,
    setting: Setting = Setting.RIVER,
    time_of_day: TimeOfDay = TimeOfDay.NIGHT,
    weather: Weather = Weather.CLEAR,
    mood: Mood = Mood.SERENE,
    size: ShotSize = ShotSize.WS,
    angle: CameraAngle = CameraAngle.EYE,
    figures: tuple[Figure, ...] = (),
    dressing: tuple[Dressing, ...] = (),
    width: int = 108,
    height: int = 192,
    seed: int = 1,
    place_seed: int = 3,
) -> ShotPlan:
    return ShotPlan(
        shot="s1",
        prompt="a shot",
        staging=Staging(
            setting=setting,
            era=Era.ANCIENT,
            time_of_day=time_of_day,
            weather=weather,
            mood=mood,
            figures=figures,
            dressing=dressing,
        ),
        camera=Camera(size=size, angle=angle),
        width=width,
        height=height,
        fps=Fraction(24),
        num_frames=48,
        seed=seed,
        place_seed=place_seed,
    )


def painted(shot: ShotPlan) -> Pixels:
    data = rasterised(compose(shot), width=shot.width, height=shot.height)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return pixels.astype(np.uint8)


def differing(one: Pixels, other: Pixels) -> float:
    """The share of pixels that differ visibly."""
    gap = np.abs(one.astype(int) - other.astype(int)).max(axis=2)
    return float((gap > 16).mean())


def dark_share(shot: ShotPlan) -> float:
    """The share of the frame that the people cover."""
    people = [plane for plane in planes_of(shot) if plane.id.startswith("figure")]
    svg = document(width=shot.width, height=shot.height, defs="", planes=tuple(people))
    data = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    pixels = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    left, top = round(OVERSCAN * shot.width), round(OVERSCAN * shot.height)
    frame = pixels[top : top + shot.height, left : left + shot.width, 3]
    return float((frame > 128).mean())


def test_equal_plans_give_equal_bytes() -> None:
    assert compose(plan(figures=PAIR)) == compose(plan(figures=PAIR))
    assert rasterised(compose(plan()), width=108, height=192) == rasterised(
        compose(plan()), width=108, height=192
    )


@pytest.mark.parametrize("setting", [Setting.RIVER, Setting.MOUNTAIN, Setting.FOREST])
def test_another_place_seed_gives_a_visibly_different_place(setting: Setting) -> None:
    one, other = (painted(plan(setting=setting, place_seed=seed)) for seed in (3, 4))
    assert differing(one, other) > 0.10


def test_another_take_differs_but_keeps_the_place() -> None:
    one, other = (
        plan(figures=AFLOAT, weather=Weather.RAIN, seed=seed, setting=Setting.RIVER)
        for seed in (1, 2)
    )
    assert compose(one) != compose(other)
    assert differing(painted(one), painted(other)) < 0.15


@pytest.mark.parametrize("setting", [Setting.MOUNTAIN, Setting.CITY, Setting.ROOM, Setting.SEA])
def test_another_take_and_another_note_change_the_painting(setting: Setting) -> None:
    first, second = (compose(plan(setting=setting, seed=seed)) for seed in (1, 2))
    noted = plan(setting=setting, seed=1).model_copy(update={"note": "more light"})
    assert len({first, second, compose(noted)}) == 3


@pytest.mark.parametrize("setting", list(Setting))
@pytest.mark.parametrize("time_of_day", list(TimeOfDay))
def test_every_place_at_every_hour_is_neither_black_nor_flat(
    setting: Setting, time_of_day: TimeOfDay
) -> None:
    picture = painted(
        plan(setting=setting, time_of_day=time_of_day, figures=PAIR, width=90, height=160)
    )
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(float)
    assert picture.shape == (160, 90, 3)
    assert grey.mean() > 14.0
    assert np.percentile(grey, 98) - np.percentile(grey, 2) > 55.0


@pytest.mark.parametrize("weather", list(Weather))
def test_every_weather_shows(weather: Weather) -> None:
    picture = painted(plan(setting=Setting.FIELD, weather=weather, time_of_day=TimeOfDay.DAY))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(float)
    assert np.percentile(grey, 98) - np.percentile(grey, 2) > 40.0
    if weather is not Weather.CLEAR:
        clear = painted(plan(setting=Setting.FIELD, time_of_day=TimeOfDay.DAY))
        assert differing(picture, clear) > 0.008


@pytest.mark.parametrize("setting", [Setting.FIELD, Setting.MOUNTAIN, Setting.STREET])
def test_people_grow_from_framing_to_framing(setting: Setting) -> None:
    solo = (PAIR[0].model_copy(update={"x": 0.0}),)
    wide, full, close = (
        dark_share(plan(setting=setting, size=size, figures=solo, time_of_day=TimeOfDay.DAY))
        for size in (ShotSize.EWS, ShotSize.WS, ShotSize.CU)
    )
    assert wide < full < close
    assert wide < 0.08
    assert close > 0.30


@pytest.mark.parametrize("size", [ShotSize.EWS, ShotSize.WS, ShotSize.MS, ShotSize.CU])
def test_the_canvas_beyond_the_frame_is_opaque(size: ShotSize) -> None:
    for setting in (Setting.RIVER, Setting.ROOM, Setting.MOUNTAIN, Setting.CITY, Setting.HEAVEN):
        for angle in (CameraAngle.DUTCH, CameraAngle.LOW):
            text = compose(plan(setting=setting, size=size, angle=angle, width=72, height=128))
            data = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True)
            canvas = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
            assert canvas is not None
            alpha = canvas[1:-1, 1:-1, 3] if canvas.shape[2] == 4 else np.array([255])
            assert alpha.min() >= 250, f"{setting} {size} {angle}"


@pytest.mark.parametrize(("width", "height"), [(180, 320), (320, 180), (200, 200), (64, 64)])
def test_the_picture_has_the_size_of_the_plan(width: int, height: int) -> None:
    picture = painted(plan(width=width, height=height, figures=AFLOAT))
    assert picture.shape == (height, width, 3)


def test_crowded_paintings_stay_within_the_number_of_planes() -> None:
    crowd = tuple(Figure(character=f"p{i}", x=i / 3 - 1) for i in range(6))
    shot = plan(
        setting=Setting.STREET,
        weather=Weather.STORM,
        figures=crowd,
        dressing=(Dressing.LANTERNS, Dressing.CART, Dressing.WILLOW, Dressing.BIRDS),
    )
    ids = re.findall(r'<g id="([^"]+)" data-depth="([^"]+)"', compose(shot))
    assert 4 <= len(ids) <= MOST_PLANES
    assert len({name for name, _ in ids}) == len(ids)
    assert all(0.0 <= float(depth) <= 2.0 for _, depth in ids)


def test_each_reference_to_a_gradient_or_filter_has_its_definition() -> None:
    for setting in Setting:
        text = compose(plan(setting=setting, figures=PAIR, size=ShotSize.MCU))
        names = re.findall(r'\bid="([^"]+)"', text)
        assert len(names) == len(set(names))
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(names)


def test_motions_and_depths_are_as_the_camera_reads_them() -> None:
    counts = {"still": 0, "drift": 1, "scroll": 2, "bob": 2, "sway": 4, "breathe": 4}
    counts |= {"flicker": 2, "shimmer": 2, "wave": 2, "dart": 2}
    for weather in Weather:
        text = compose(plan(figures=AFLOAT, weather=weather, dressing=(Dressing.BIRDS,)))
        for motion in re.findall(r'data-motion="([^"]+)"', text):
            name, *numbers = motion.split()
            assert len([float(number) for number in numbers]) == counts[name]


@pytest.mark.parametrize(
    "dressing", [(), (Dressing.CANDLE,), (Dressing.LANTERNS,), (Dressing.PLUM,)]
)
@pytest.mark.parametrize("setting", [Setting.RIVER, Setting.ROOM, Setting.FOREST, Setting.HEAVEN])
def test_close_ups_without_people_show_a_detail(
    setting: Setting, dressing: tuple[Dressing, ...]
) -> None:
    picture = painted(plan(setting=setting, size=ShotSize.CU, dressing=dressing))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(float)
    assert np.percentile(grey, 98) - np.percentile(grey, 2) > 35.0


def test_water_seen_close_holds_the_moon() -> None:
    picture = painted(plan(size=ShotSize.CU))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    assert 0.02 < (grey > 200).mean() < 0.30


def test_every_dressing_is_drawn() -> None:
    bare = painted(plan(setting=Setting.FIELD, time_of_day=TimeOfDay.DAY))
    for item in Dressing:
        if item in (Dressing.HORSE, Dressing.REEDS):
            continue  # a horse comes with its rider; reeds grow by water
        dressed = painted(plan(setting=Setting.FIELD, time_of_day=TimeOfDay.DAY, dressing=(item,)))
        assert differing(bare, dressed) > 0.0008, item


def test_palettes_differ_by_mood_and_keep_light_behind_dark() -> None:
    seen = set()
    for mood in Mood:
        for time_of_day in TimeOfDay:
            palette = palette_for(
                mood=mood, time_of_day=time_of_day, weather=Weather.CLEAR,
                setting=Setting.MOUNTAIN, era=Era.ANCIENT, seed=5,
            )  # fmt: skip
            seen.add((palette.sky_top, palette.horizon))
            assert lightness(palette.light) > lightness(palette.horizon) - 0.02
            assert lightness(palette.horizon) > lightness(palette.near) + 0.12
            assert lightness(palette.far) > lightness(palette.middle) > lightness(palette.near)
            assert lightness(palette.near) > lightness(palette.ink)
    assert len(seen) == len(Mood) * len(TimeOfDay)


def test_angles_move_the_horizon() -> None:
    def horizon(angle: CameraAngle) -> float:
        return view_for(
            size=ShotSize.WS, angle=angle, width=720, height=1280, setting=Setting.RIVER
        ).horizon

    order = [CameraAngle.OVERHEAD, CameraAngle.HIGH, CameraAngle.EYE, CameraAngle.LOW]
    assert [horizon(angle) for angle in order] == sorted(horizon(angle) for angle in order)


def test_feet_of_wide_framings_stay_above_the_captions_in_a_tall_frame() -> None:
    view = view_for(
        size=ShotSize.WS, angle=CameraAngle.EYE, width=720, height=1280, setting=Setting.FIELD
    )
    assert view.floor <= 0.84 * 1280
    assert 0.40 * 1280 <= view.person <= 0.55 * 1280


def test_the_painter_writes_picture_and_layers(tmp_path: Path) -> None:
    shares: list[float] = []
    shot = plan(figures=AFLOAT)
    painting = asyncio.run(ShadowPlay().paint(plan=shot, scratch=tmp_path, progress=shares.append))
    assert painting.layers is not None
    assert painting.layers.read_text(encoding="utf-8") == compose(shot)
    picture = cv2.imread(str(painting.picture), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.shape == (192, 108, 3)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_keyframe_is_painted_in_little_time() -> None:
    shot = plan(width=720, height=1280, figures=AFLOAT)
    start = time.process_time()
    painted(shot)
    assert time.process_time() - start < 4.0


@pytest.mark.parametrize(
    ("era", "place", "tower"),
    [
        (Era.MODERN, "", "lighthouse"),
        (Era.ANCIENT, "", "pagoda"),
        (Era.ANCIENT, "灯塔下", "lighthouse"),
    ],
)
def test_a_tower_by_the_sea_of_today_is_a_lighthouse(era: Era, place: str, tower: str) -> None:
    shot = plan(setting=Setting.SEA, dressing=(Dressing.PAGODA,))
    staging = shot.staging.model_copy(update={"era": era})
    shot = shot.model_copy(update={"staging": staging, "place": place})
    things = {plane.id for plane in planes_of(shot) if plane.id.startswith("thing-")}
    assert things
    assert all(name.startswith(f"thing-{tower}") for name in things)


def test_a_horse_stands_alone_where_nobody_rides_it() -> None:
    free = plan(setting=Setting.FIELD, figures=PAIR, dressing=(Dressing.HORSE,))
    rider = (Figure(character="su", mount=Dressing.HORSE),)
    ridden = plan(setting=Setting.FIELD, figures=rider, dressing=(Dressing.HORSE,))
    assert any(plane.id.startswith("thing-horse") for plane in planes_of(free))
    assert not any(plane.id.startswith("thing-horse") for plane in planes_of(ridden))
