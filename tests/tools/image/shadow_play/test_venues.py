"""Venues: each covers its frame in planes, and looks like no other and no plain setting."""

from __future__ import annotations

import io
import itertools
import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import resvg_py
from PIL import Image

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.venue import MODERN, SETTINGS, Venue
from nightshoot.domain.vocabulary import (
    CameraAngle,
    Dressing,
    Era,
    Mood,
    Posture,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.image.shadow_play.compose import planes_of
from nightshoot.tools.image.shadow_play.framing import View, view_for
from nightshoot.tools.image.shadow_play.palette import palette_for
from nightshoot.tools.image.shadow_play.places import backdrop
from nightshoot.tools.image.shadow_play.svg import Plane, document
from nightshoot.tools.image.shadow_play.venues import DRAWN, has_own

UPRIGHT, BROAD = (90, 160), (160, 90)
OPEN = {Venue.MARKET, Venue.ROOFTOP}
"""Places with a sky of their setting's above them."""

EVERY = [
    pytest.param(venue, era, id=f"{venue}-{era}")
    for venue in Venue
    for era in Era
    if era is Era.MODERN or venue not in MODERN
]


def setting_of(venue: Venue) -> Setting:
    order = (Setting.ROOM, Setting.STREET, Setting.CITY, Setting.PALACE, Setting.HEAVEN)
    if venue is Venue.SPACESHIP:
        return Setting.HEAVEN
    return next(setting for setting in order if setting in SETTINGS[venue])


def painted(
    venue: Venue | None,
    era: Era = Era.MODERN,
    *,
    setting: Setting | None = None,
    size: ShotSize = ShotSize.WS,
    angle: CameraAngle = CameraAngle.EYE,
    frame: tuple[int, int] = BROAD,
    time: TimeOfDay = TimeOfDay.NIGHT,
    seed: int = 5,
) -> tuple[tuple[Plane, ...], View]:
    place = setting or setting_of(venue or Venue.OFFICE)
    staging = Staging(setting=place, era=era, time_of_day=time, mood=Mood.WARM)
    view = view_for(size=size, angle=angle, width=frame[0], height=frame[1], setting=place)
    palette = palette_for(
        mood=staging.mood,
        time_of_day=time,
        weather=Weather.CLEAR,
        setting=place,
        era=era,
        seed=seed,
    )
    planes = backdrop(staging=staging, palette=palette, view=view, seed=seed, venue=venue)
    return planes, view


def pixels(planes: tuple[Plane, ...], view: View) -> np.ndarray:
    """The whole canvas as (height, width, 4) uint8 RGBA."""
    text = document(width=view.width, height=view.height, defs="", planes=planes)
    data = bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


@cache
def luma(venue: Venue | None, era: Era, setting: Setting) -> np.ndarray:
    planes, view = painted(venue, era, setting=setting)
    rgba = pixels(planes, view).astype(float)
    return np.asarray(rgba[..., :3].mean(axis=2) * rgba[..., 3] / 255)


def test_every_venue_is_drawn() -> None:
    assert set(DRAWN) == set(Venue)


@pytest.mark.parametrize("frame", [UPRIGHT, BROAD], ids=["upright", "broad"])
@pytest.mark.parametrize(("venue", "era"), EVERY)
def test_venue_covers_what_the_sky_does_not(venue: Venue, era: Era, frame: tuple[int, int]) -> None:
    planes, view = painted(venue, era, frame=frame)
    canvas = pixels(planes, view)
    alpha = canvas[1:-1, 1:-1, 3]
    if venue in OPEN:
        alpha = alpha[int(view.horizon + 0.3 * view.height) + 2 :]
    assert alpha.min() == 255
    assert canvas[..., :3].std() > 8


@pytest.mark.parametrize("venue", list(Venue))
@pytest.mark.parametrize("size", [ShotSize.EWS, ShotSize.MS, ShotSize.CU])
@pytest.mark.parametrize("angle", [CameraAngle.LOW, CameraAngle.OVERHEAD])
def test_no_framing_opens_a_hole(venue: Venue, size: ShotSize, angle: CameraAngle) -> None:
    planes, view = painted(venue, size=size, angle=angle)
    edge = int(3 * view.blur) + 2
    alpha = pixels(planes, view)[edge:-edge, edge:-edge, 3]
    if setting_of(venue) is not Setting.ROOM:
        alpha = alpha[int(view.horizon + 0.3 * view.height) + 2 :]
    assert alpha.size == 0 or alpha.min() == 255


@pytest.mark.parametrize(("venue", "era"), EVERY)
def test_planes_are_few_well_formed_and_share_no_id(venue: Venue, era: Era) -> None:
    planes, view = painted(venue, era)
    assert 2 <= len(planes) <= 6
    assert all(0 < plane.depth <= 2 and plane.id.startswith("place-") for plane in planes)
    assert len({plane.depth for plane in planes}) >= 2
    text = document(width=view.width, height=view.height, defs="", planes=planes)
    ids = [node.get("id") for node in ET.fromstring(text).iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
    assert "<text" not in text
    assert painted(venue, era)[0] == planes


@pytest.mark.parametrize(("venue", "era"), EVERY)
def test_a_venue_does_not_look_like_its_plain_setting(venue: Venue, era: Era) -> None:
    setting = setting_of(venue)
    if setting is Setting.HEAVEN:
        setting = Setting.ROOM  # heaven is no built place
    gap = np.abs(luma(venue, era, setting) - luma(None, era, setting))
    # A market is the street with stalls along it, which covers least: 0.11 of the canvas.
    assert float((gap > 12).mean()) > 0.09


def test_no_two_venues_of_one_setting_look_alike() -> None:
    by_setting = {
        setting: [venue for venue in Venue if setting_of(venue) is setting] for setting in Setting
    }
    for setting, venues in by_setting.items():
        for one, other in itertools.combinations(venues, 2):
            if {one, other} == {Venue.CORRIDOR, Venue.HOSPITAL}:
                continue  # a hospital without a bed is its corridor, in another colour
            gap = np.abs(luma(one, Era.MODERN, setting) - luma(other, Era.MODERN, setting))
            assert float((gap > 12).mean()) > 0.12, (one, other)


def shot(
    place: str,
    *,
    setting: Setting = Setting.ROOM,
    size: ShotSize = ShotSize.WS,
    weather: Weather = Weather.CLEAR,
    dressing: tuple[Dressing, ...] = (),
    posture: Posture = Posture.STANDING,
) -> ShotPlan:
    return ShotPlan(
        shot="s1",
        prompt="a shot",
        place=place,
        staging=Staging(
            setting=setting,
            era=Era.MODERN,
            time_of_day=TimeOfDay.NIGHT,
            weather=weather,
            mood=Mood.TENSE,
            figures=(Figure(posture=posture),),
            dressing=dressing,
        ),
        camera=Camera(size=size),
        width=160,
        height=90,
        fps=Fraction(24),
        num_frames=24,
        seed=1,
        place_seed=3,
    )


def ids(plan: ShotPlan) -> set[str]:
    return {plane.id for plane in planes_of(plan)}


def test_the_painter_reads_the_venue_from_the_place() -> None:
    assert "place-track" in ids(shot("火车上"))
    assert "place-track" in ids(shot("a night train"))
    assert "place-track" not in ids(shot(""))


def test_the_world_goes_by_outside_a_train_and_wraps_around() -> None:
    planes, view = painted(Venue.TRAIN)
    land = next(plane for plane in planes if plane.id == "place-beyond")
    assert land.motion.startswith("drift")
    canvas = pixels((land,), view)[..., :3].astype(int)
    assert np.abs(canvas[:, 2] - canvas[:, -3]).mean() < 3


def test_a_car_is_looked_into_from_near_and_stands_in_a_street_from_afar() -> None:
    near = shot("出租车", size=ShotSize.MS, posture=Posture.SITTING)
    wide = shot("出租车", size=ShotSize.WS, posture=Posture.SITTING)
    assert "place-door" in ids(near)
    assert not any(name.startswith("thing-car") for name in ids(near))
    assert any(name.startswith("thing-car") for name in ids(wide))
    assert not any(name.startswith("figure") for name in ids(wide))


def test_no_rain_falls_under_a_roof() -> None:
    def rains(place: str) -> bool:
        plan = shot(place, setting=Setting.STREET, weather=Weather.RAIN)
        return any("scroll" in plane.motion for plane in planes_of(plan))

    assert rains("街角")
    assert not rains("火车站")


def test_a_venue_has_its_own_furniture_but_a_desk_that_somebody_uses_stays() -> None:
    furnished = (Dressing.BED, Dressing.TABLE)
    assert not any("thing-" in name for name in ids(shot("医院走廊", dressing=furnished)))
    assert any("thing-bed" in name for name in ids(shot("", dressing=furnished)))
    seated = shot("办公室", dressing=(Dressing.TABLE,), posture=Posture.SITTING)
    assert any("thing-table" in name for name in ids(seated))
    assert not has_own(None, Dressing.BED, used=False)
    assert has_own(Venue.ROOFTOP, Dressing.STREETLAMP, used=False)


def test_a_bed_makes_a_hospital_a_ward() -> None:
    def walls(dressing: tuple[Dressing, ...]) -> str:
        planes = planes_of(shot("医院", dressing=dressing))
        return next(plane.body for plane in planes if plane.id == "place-wall")

    assert walls((Dressing.BED,)) != walls(())
