"""Single things: each draws something of the right size, in either era."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import resvg_py
from PIL import Image

from nightshoot.domain.vocabulary import (
    Dressing,
    Era,
    Mood,
    Setting,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import palette_for
from nightshoot.tools.image.shadow_play.svg import Plane, document
from nightshoot.tools.image.shadow_play.things import MADE, thing

SCALE = 60.0
VIEW = View(width=400, height=400, horizon=300, floor=360, person=SCALE, zoom=1.0, blur=0.0)
COLOURS = palette_for(
    mood=Mood.WARM,
    time_of_day=TimeOfDay.NIGHT,
    weather=Weather.CLEAR,
    setting=Setting.VILLAGE,
    era=Era.ANCIENT,
    seed=1,
)
# Heights in adults that each thing must keep to, wide enough for both eras.
TALL = {
    Dressing.BANNERS: (2.3, 3.3),
    Dressing.BED: (0.5, 2.3),
    Dressing.BENCH: (0.3, 0.8),
    Dressing.BRIDGE: (1.2, 2.6),
    Dressing.CANDLE: (0.6, 0.8),
    Dressing.CAR: (0.8, 1.8),
    Dressing.CART: (0.7, 1.8),
    Dressing.COMPUTER: (0.8, 1.2),
    Dressing.CROWD: (0.9, 1.8),
    Dressing.DOOR: (2.0, 2.5),
    Dressing.FIRE: (0.5, 1.5),
    Dressing.GATE: (2.0, 3.8),
    Dressing.GRAVE: (0.8, 1.3),
    Dressing.PAGODA: (4.5, 8.5),
    Dressing.PAVILION: (2.4, 4.0),
    Dressing.SCREEN: (1.5, 1.9),
    Dressing.SHELF: (1.9, 2.2),
    Dressing.STREETLAMP: (1.6, 3.3),
    Dressing.TABLE: (0.5, 1.0),
    Dressing.TENT: (1.1, 2.6),
    Dressing.WELL: (1.4, 2.1),
    Dressing.WINDOW: (1.1, 2.1),
    Dressing.LIGHTHOUSE: (5.8, 6.8),
    Dressing.CAT: (0.25, 0.45),
    Dressing.DOG: (0.4, 0.6),
    Dressing.HORSE: (0.9, 1.6),
}


def made(
    item: Dressing, era: Era, *, seed: int = 3, scale: float = SCALE, behind: bool = True
) -> tuple[Plane, ...]:
    return thing(
        item=item,
        palette=COLOURS,
        view=VIEW,
        x=200.0,
        y=380.0,
        scale=scale,
        seed=seed,
        era=era,
        behind=behind,
    )


def alpha(planes: tuple[Plane, ...]) -> np.ndarray:
    text = document(width=VIEW.width, height=VIEW.height, defs="", planes=planes)
    data = bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))[..., 3]


def height_of(planes: tuple[Plane, ...]) -> float:
    # Halos are translucent: what is nearly opaque is the thing itself.
    rows = np.flatnonzero((alpha(planes) > 200).any(axis=1))
    return float(rows[-1] - rows[0] + 1)


@pytest.mark.parametrize("era", list(Era))
@pytest.mark.parametrize("item", sorted(TALL))
def test_thing_has_its_height_against_an_adult(item: Dressing, era: Era) -> None:
    low, high = TALL[item]
    assert low <= height_of(made(item, era)) / SCALE <= high


# Sparks above a fire are smaller than a pixel when it is small.
@pytest.mark.parametrize("item", sorted(set(TALL) - {Dressing.FIRE}))
def test_thing_grows_with_the_adult_beside_it(item: Dressing) -> None:
    small = height_of(made(item, Era.ANCIENT, scale=25.0))
    large = height_of(made(item, Era.ANCIENT, scale=50.0))
    assert large / small == pytest.approx(2.0, rel=0.2)


@pytest.mark.parametrize("era", list(Era))
def test_lanterns_hang_from_above_the_frame_and_stay_over_the_ground(era: Era) -> None:
    canvas = alpha(made(Dressing.LANTERNS, era))
    assert canvas[:3].any()
    rows = np.flatnonzero((canvas > 200).any(axis=1))
    assert rows[-1] < 380 + 0.3 * VIEW.height - SCALE


@pytest.mark.parametrize("era", list(Era))
@pytest.mark.parametrize("item", sorted(MADE))
def test_planes_are_few_well_formed_and_share_no_id(item: Dressing, era: Era) -> None:
    planes = made(item, era)
    assert 1 <= len(planes) <= 2
    assert all(0.3 <= plane.depth <= 1.1 for plane in planes)
    text = document(width=VIEW.width, height=VIEW.height, defs="", planes=planes)
    ids = [node.get("id") for node in ET.fromstring(text).iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
    assert made(item, era) == planes


def test_something_before_the_people_is_nearer_than_they_are() -> None:
    assert made(Dressing.TABLE, Era.ANCIENT, behind=False)[0].depth > 1.0
    assert made(Dressing.TABLE, Era.ANCIENT, behind=True)[0].depth < 1.0


@pytest.mark.parametrize(
    ("item", "motion"),
    [
        (Dressing.FIRE, "flicker"),
        (Dressing.CANDLE, "flicker"),
        (Dressing.LANTERNS, "sway"),
        (Dressing.BANNERS, "wave"),
        (Dressing.LIGHTHOUSE, "sway"),
        (Dressing.CAT, "sway"),
        (Dressing.DOG, "sway"),
    ],
)
def test_what_lives_moves(item: Dressing, motion: str) -> None:
    assert any(plane.motion.startswith(motion) for plane in made(item, Era.ANCIENT))


@pytest.mark.parametrize("item", [Dressing.BANNERS, Dressing.CROWD, Dressing.SHELF, Dressing.FIRE])
def test_other_seeds_draw_another_one(item: Dressing) -> None:
    first, second = (alpha(made(item, Era.ANCIENT, seed=seed)).astype(int) for seed in (3, 4))
    texts = ["".join(p.body for p in made(item, Era.ANCIENT, seed=seed)) for seed in (3, 4)]
    assert texts[0] != texts[1]
    assert item is Dressing.SHELF or np.abs(first - second).sum() > 1000


def test_old_and_new_forms_differ() -> None:
    for item in (Dressing.GATE, Dressing.BED, Dressing.STREETLAMP, Dressing.CAR, Dressing.TENT):
        old, new = alpha(made(item, Era.ANCIENT)), alpha(made(item, Era.MODERN))
        assert (np.abs(old.astype(int) - new) > 100).sum() > 100


def test_a_lighthouse_is_no_pagoda() -> None:
    tower, pagoda = (
        alpha(made(item, Era.MODERN)) > 200 for item in (Dressing.LIGHTHOUSE, Dressing.PAGODA)
    )
    both, either = (tower & pagoda).sum(), (tower | pagoda).sum()
    assert both / either < 0.6
    # A smooth shaft, wider at its foot: no eaves stand out on the way up.
    rows = np.flatnonzero(tower.any(axis=1))
    shaft = tower[rows[0] + len(rows) // 4 : rows[-1] - len(rows) // 8].sum(axis=1)
    assert (np.diff(shaft) < -2).sum() == 0


def test_animals_look_into_the_picture() -> None:
    def leaning(x: float) -> float:
        planes = thing(
            item=Dressing.DOG,
            palette=COLOURS,
            view=VIEW,
            x=x,
            y=300.0,
            scale=200.0,
            seed=3,
            era=Era.MODERN,
        )
        columns = (alpha(planes)[: int(340 + 0.3 * VIEW.height - 60)] > 200).sum(axis=0)
        middle = round(x + 0.3 * VIEW.width)
        return float(columns[middle:].sum() - columns[:middle].sum())

    assert leaning(120.0) > 0 > leaning(280.0)
