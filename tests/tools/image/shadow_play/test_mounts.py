"""Boats and horses carry their people where the seats say."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
import resvg_py
from PIL import Image

from nightshoot.domain.vocabulary import Facing
from nightshoot.tools.image.shadow_play.mounts import Mount, boat, horse
from nightshoot.tools.image.shadow_play.palette import Palette

PALETTE = Palette(
    sky_top="#101a36",
    sky_mid="#2a4a74",
    horizon="#c8a878",
    light="#f6ecc8",
    glow="#ffb04a",
    far="#6d7f98",
    middle="#4a5c78",
    near="#22304a",
    ground="#22283a",
    ground_near="#12161f",
    water="#3a5a7c",
    water_near="#182538",
    glint="#f0dca8",
    ink="#0a0e18",
    ink_soft="#1c2738",
    rim="#f3e0ae",
)


def painted(mount: Mount) -> npt.NDArray[np.uint8]:
    body = mount.behind + mount.front
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400">{body}</svg>'
    png = bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))
    return np.asarray(Image.open(BytesIO(png)).convert("RGBA"))


@pytest.mark.parametrize("seats", range(1, 7))
def test_a_boat_seats_as_many_as_asked_on_its_deck(seats: int) -> None:
    mount = boat(palette=PALETTE, x=300.0, y=300.0, width=500.0, seats=seats, seed=2)
    assert mount == boat(palette=PALETTE, x=300.0, y=300.0, width=500.0, seats=seats, seed=2)
    assert len(mount.seats) == seats
    xs = [x for x, _ in mount.seats]
    assert xs == sorted(xs)
    assert all(300 - 215 < x < 300 + 215 for x in xs)
    assert all(300 - 0.06 * 500 < y < 300 for _, y in mount.seats)
    if seats == 2:
        assert xs[1] - xs[0] > 0.45 * 500
    for text in (mount.behind, mount.front):
        ET.fromstring(text)


def test_a_hull_spans_its_width_and_floats_at_the_waterline() -> None:
    pixels = painted(boat(palette=PALETTE, x=300.0, y=300.0, width=500.0, seats=2, seed=2))
    ys, xs = np.nonzero(pixels[..., 3] > 200)
    assert xs.max() - xs.min() == pytest.approx(503, abs=12)
    assert 300 < ys.max() < 300 + 0.05 * 500
    shine = (pixels[..., 3] > 8) & (pixels[..., 3] < 120)
    assert shine.sum() > 1500, "a lantern glows at the stern"


def test_seeds_turn_the_boat() -> None:
    sides = {
        boat(palette=PALETTE, x=300.0, y=300.0, width=500.0, seats=3, seed=seed).seats
        for seed in range(8)
    }
    assert len(sides) == 2


@pytest.mark.parametrize("facing", list(Facing))
def test_a_horse_stands_on_the_ground_with_its_saddle_on_its_back(facing: Facing) -> None:
    mount = horse(palette=PALETTE, x=300.0, y=350.0, height=250.0, facing=facing, seed=1)
    ET.fromstring(mount.behind)
    pixels = painted(mount)
    ys, xs = np.nonzero(pixels[..., 3] > 127)
    assert ys.max() == pytest.approx(350, abs=5)
    assert ys.min() == pytest.approx(100, abs=8)
    ((x, y),) = mount.seats
    assert pixels[int(y) + 6, int(x), 3] > 200
    assert pixels[int(y) - 25, int(x), 3] < 50
    head = xs[ys < 150].mean()
    assert bool(head > 300) is (facing in (Facing.RIGHT, Facing.TOWARD))
