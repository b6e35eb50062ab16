"""The built places: whole, steady, inside the canvas, and different from each other."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import resvg_py
from PIL import Image

from nightshoot.domain.storyboard import Staging
from nightshoot.domain.vocabulary import (
    CameraAngle,
    Era,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.image.shadow_play.framing import View, view_for
from nightshoot.tools.image.shadow_play.palette import Palette, palette_for
from nightshoot.tools.image.shadow_play.places import BUILT, INDOORS, backdrop
from nightshoot.tools.image.shadow_play.svg import Plane, document

SMALL = (108, 192)


def staged(
    setting: Setting,
    era: Era = Era.ANCIENT,
    time: TimeOfDay = TimeOfDay.NIGHT,
    weather: Weather = Weather.CLEAR,
) -> Staging:
    return Staging(setting=setting, era=era, time_of_day=time, weather=weather, mood=Mood.ROMANTIC)


def colours(staging: Staging) -> Palette:
    return palette_for(
        mood=staging.mood,
        time_of_day=staging.time_of_day,
        weather=staging.weather,
        setting=staging.setting,
        era=staging.era,
        seed=1,
    )


def framed(
    setting: Setting, size: ShotSize = ShotSize.WS, angle: CameraAngle = CameraAngle.EYE
) -> View:
    width, height = SMALL
    return view_for(size=size, angle=angle, width=width, height=height, setting=setting)


def painted(staging: Staging, view: View, seed: int = 5) -> tuple[Plane, ...]:
    return backdrop(staging=staging, palette=colours(staging), view=view, seed=seed)


def pixels(planes: tuple[Plane, ...], view: View) -> np.ndarray:
    """The whole canvas as (height, width, 4) uint8 RGBA."""
    text = document(width=view.width, height=view.height, defs="", planes=planes)
    data = bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


EVERY = [
    pytest.param(setting, era, time, id=f"{setting}-{era}-{time}")
    for setting in sorted(BUILT)
    for era in Era
    for time in TimeOfDay
]


@pytest.mark.parametrize(("setting", "era", "time"), EVERY)
def test_place_covers_what_the_sky_does_not(setting: Setting, era: Era, time: TimeOfDay) -> None:
    view = framed(setting)
    planes = painted(staged(setting, era, time), view)
    canvas = pixels(planes, view)
    # The outermost pixel is half covered where the canvas is not a whole number of pixels.
    alpha = canvas[1:-1, 1:-1, 3]
    if setting not in INDOORS:
        alpha = alpha[int(view.horizon + 0.3 * view.height) + 2 :]
    assert alpha.min() == 255
    assert canvas[..., :3].std() > 8


@pytest.mark.parametrize("setting", sorted(BUILT))
@pytest.mark.parametrize("size", [ShotSize.EWS, ShotSize.MS, ShotSize.CU])
@pytest.mark.parametrize("angle", [CameraAngle.HIGH, CameraAngle.LOW, CameraAngle.OVERHEAD])
def test_no_framing_opens_a_hole(setting: Setting, size: ShotSize, angle: CameraAngle) -> None:
    view = framed(setting, size, angle)
    alpha = pixels(painted(staged(setting), view), view)[1:-1, 1:-1, 3]
    if setting not in INDOORS:
        # Blur softens the line of the horizon itself.
        alpha = alpha[int(view.horizon + 0.3 * view.height + 3 * view.blur) + 2 :]
        alpha = alpha[
            : -int(3 * view.blur) - 1, int(3 * view.blur) : alpha.shape[1] - int(3 * view.blur)
        ]
    assert alpha.size == 0 or alpha.min() == 255


@pytest.mark.parametrize("weather", [Weather.CLEAR, Weather.STORM, Weather.SNOW])
@pytest.mark.parametrize("setting", sorted(BUILT))
@pytest.mark.parametrize("era", list(Era))
def test_planes_are_few_well_formed_and_share_no_id(
    setting: Setting, era: Era, weather: Weather
) -> None:
    view = framed(setting)
    planes = painted(staged(setting, era, weather=weather), view)
    assert 2 <= len(planes) <= 6
    assert all(0 < plane.depth <= 2 and plane.id.startswith("place-") for plane in planes)
    text = document(width=view.width, height=view.height, defs="", planes=planes)
    root = ET.fromstring(text)
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
    assert "<text" not in text


@pytest.mark.parametrize("setting", sorted(BUILT))
def test_same_arguments_give_the_same_bytes_and_other_seeds_another_place(
    setting: Setting,
) -> None:
    view, staging = framed(setting), staged(setting)
    assert painted(staging, view, 5) == painted(staging, view, 5)
    shots = [pixels(painted(staging, view, seed), view)[..., :3].astype(int) for seed in (5, 6, 8)]
    changed = max(np.abs(shots[0] - other).mean() for other in shots[1:])
    assert changed > (0.5 if setting is Setting.PALACE else 1.5)


def test_a_closer_framing_magnifies_the_same_street() -> None:
    staging = staged(Setting.STREET)
    wide, near = framed(Setting.STREET), framed(Setting.STREET, ShotSize.MS)
    far_lamps, near_lamps = (
        next(plane.body for plane in painted(staging, view) if plane.id == "place-light")
        for view in (wide, near)
    )

    def radii(body: str) -> list[float]:
        return [float(r) for r in re.findall(r'<circle[^>]* r="([\d.]+)"', body)]

    first, second = radii(far_lamps), radii(near_lamps)
    assert len(first) == len(second)
    grown = np.array(second) / np.array(first)
    assert grown.mean() == pytest.approx(near.zoom / wide.zoom, rel=0.05)


def test_lamps_burn_by_night_and_not_by_day() -> None:
    view = framed(Setting.STREET)
    glow = {}
    for time in (TimeOfDay.DAY, TimeOfDay.NIGHT):
        planes = [
            p for p in painted(staged(Setting.STREET, time=time), view) if p.id == "place-light"
        ]
        glow[time] = int(pixels(tuple(planes), view)[..., 3].sum())
    assert glow[TimeOfDay.NIGHT] > 4 * glow[TimeOfDay.DAY]


def test_rain_brings_reflections_that_shimmer() -> None:
    view = framed(Setting.CITY)
    wet = painted(staged(Setting.CITY, Era.MODERN, weather=Weather.RAIN), view)
    dry = painted(staged(Setting.CITY, Era.MODERN), view)
    assert any(plane.motion.startswith("shimmer") for plane in wet)
    assert not any(plane.motion.startswith("shimmer") for plane in dry)


def test_snow_whitens_the_ground() -> None:
    view = framed(Setting.VILLAGE)
    bright = {}
    for weather in (Weather.CLEAR, Weather.SNOW):
        planes = painted(staged(Setting.VILLAGE, time=TimeOfDay.DAY, weather=weather), view)
        rows = pixels(tuple(p for p in planes if p.id == "place-ground"), view)
        bright[weather] = rows[int(view.height * 1.1), :, :3].mean()
    assert bright[Weather.SNOW] > bright[Weather.CLEAR] + 10


def test_close_framings_blur_the_place_and_keep_the_lens_free() -> None:
    view = framed(Setting.ROOM, ShotSize.CU)
    planes = painted(staged(Setting.ROOM), view)
    assert sum("feGaussianBlur" in plane.body for plane in planes) == 1
    assert all(plane.depth <= 1 for plane in planes)
