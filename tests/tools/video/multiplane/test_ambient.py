from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.tools.image.shadow_play import svg
from nightshoot.tools.image.shadow_play.svg import Motion, Plane, el
from nightshoot.tools.video.multiplane.ambient import parse_motion
from nightshoot.tools.video.multiplane.camera import Pose
from nightshoot.tools.video.multiplane.compositor import Compositor, Layer
from nightshoot.tools.video.multiplane.coverage import Rect, Stand
from nightshoot.tools.video.multiplane.planes import read_picture
from nightshoot.tools.video.multiplane.rasters import rasterise

WIDE, HIGH = 120, 200
FRAME = Rect(0, 0, WIDE, HIGH)
Shoot = Callable[[float], NDArray[np.uint8]]

BAR = el("rect", x=40, y=60, width=40, height=80, fill="#ffffff")
FIELD = "".join(
    el("rect", x=-36 + 24 * column, y=-60 + 20 * row, width=12, height=6, fill="#ffffff")
    for column in range(8)
    for row in range(16)
)


def stage(folder: Path, motion: str, body: str = BAR, seed: int = 1, roll: float = 0.0) -> Shoot:
    """Gives a camera that shows one white plane on black at any second."""
    path = folder / "layers.svg"
    plane = Plane("it", 1.0, body, motion)
    path.write_text(svg.document(width=WIDE, height=HIGH, defs="", planes=(plane,)))
    picture = read_picture(path)
    ambient = picture.planes[0].ambient
    seen = ambient.reach(FRAME.grown(12, 12), 20.0)
    raster = rasterise(picture, picture.planes, seen=seen, density=1.0, wraps=ambient.wraps)
    assert raster is not None
    layer = Layer(raster, 1.0, ambient, ambient.phase(seed), seen)
    stand = Stand((WIDE, HIGH), picture.canvas, (WIDE / 2, HIGH / 2))
    compositor = Compositor([layer], stand, (WIDE, HIGH))
    return lambda seconds: compositor.frame(Pose(roll=roll), seconds)[..., 0].copy()


def middle(frame: NDArray[np.uint8]) -> tuple[float, float]:
    ys, xs = np.nonzero(frame > 127)
    return float(xs.mean()), float(ys.mean())


@pytest.mark.parametrize(
    ("motion", "period"),
    [
        ("bob 5 4", 4),
        ("sway 4 3 60 140", 3),
        ("breathe 0.1 5 60 140", 5),
        ("flicker 0.6 2", 2),
        ("shimmer 6 3", 3),
        ("wave 6 2.5", 2.5),
    ],
)
def test_motions_with_a_period_move_and_repeat_exactly(
    tmp_path: Path, motion: str, period: float
) -> None:
    shoot = stage(tmp_path, motion)
    frames = [shoot(period * step / 12) for step in range(12)]
    for one, next_one in zip(frames, [*frames[1:], shoot(period)], strict=True):
        assert (one != next_one).any()
    assert np.abs(shoot(0.0).astype(int) - shoot(7 * period)).max() <= 1
    assert (stage(tmp_path, motion, seed=2)(0.0) != frames[0]).any()


def test_bob_rises_and_sinks_by_its_amplitude(tmp_path: Path) -> None:
    shoot = stage(tmp_path, "bob 8 4")
    heights = [middle(shoot(second / 10))[1] for second in range(40)]
    assert max(heights) - min(heights) == pytest.approx(16, abs=1.5)


def test_sway_swings_about_its_point(tmp_path: Path) -> None:
    shoot = stage(tmp_path, "sway 10 4 60 140")
    frames = [shoot(second / 10) for second in range(40)]
    top = [float(np.nonzero(frame[70] > 127)[0].mean()) for frame in frames]
    bottom = [float(np.nonzero(frame[137] > 127)[0].mean()) for frame in frames]
    assert np.ptp(top) > 15
    assert np.ptp(bottom) < 7


def test_breathe_stretches_up_from_its_point(tmp_path: Path) -> None:
    shoot = stage(tmp_path, "breathe 0.2 4 60 140")
    rows = [np.nonzero((shoot(second / 10) > 127).any(axis=1))[0] for second in range(40)]
    tops, bottoms = [int(row[0]) for row in rows], [int(row[-1]) for row in rows]
    assert np.ptp(tops) == pytest.approx(16, abs=1)
    assert np.ptp(bottoms) <= 1


def test_flicker_takes_light_away_by_its_amount_at_most(tmp_path: Path) -> None:
    shoot = stage(tmp_path, "flicker 0.5 2")
    light = [int(shoot(second / 20)[100, 60]) for second in range(40)]
    assert 120 <= min(light) < 170
    assert 220 < max(light) <= 255


def test_shimmer_slides_rows_and_wave_lifts_columns(tmp_path: Path) -> None:
    rows, columns = stage(tmp_path, "shimmer 6 3")(0.4), stage(tmp_path, "wave 6 3")(0.4)
    left = [int(np.nonzero(row > 127)[0][0]) for row in rows[65:135]]
    top = [int(np.nonzero(column > 127)[0][0]) for column in columns[:, 44:76].T]
    assert 4 < np.ptp(left) <= 13
    assert 3 < np.ptp(top) <= 13
    assert np.abs(np.diff(left)).max() <= 4
    assert (columns > 127).any(axis=0).sum() == pytest.approx(40, abs=1)


@pytest.mark.parametrize(
    ("motion", "speed"),
    [("drift 20", (20, 0)), ("scroll -16 40", (-16, 40)), ("dart 15 -10", (15, -10))],
)
def test_sliding_motions_start_where_they_stand_and_keep_their_speed(
    tmp_path: Path, motion: str, speed: tuple[float, float]
) -> None:
    shoot = stage(tmp_path, motion)
    assert middle(shoot(0.0)) == pytest.approx((59.5, 99.5), abs=0.1)
    assert middle(shoot(1.0)) == pytest.approx((59.5 + speed[0], 99.5 + speed[1]), abs=0.3)


@pytest.mark.parametrize("roll", [0.0, 0.05])
@pytest.mark.parametrize("motion", ["drift 48", "scroll 48 0", "scroll 0 80", "scroll -96 160"])
def test_planes_that_wrap_come_around_without_a_seam(
    tmp_path: Path, motion: str, roll: float
) -> None:
    # The pattern repeats within the canvas, so a seamless wrap shows the same at each whole step.
    shoot = stage(tmp_path, motion, FIELD, roll=roll)
    first = shoot(0.0).astype(int)
    for second in range(1, 14):
        assert np.abs(shoot(float(second)) - first).max() <= 2
    assert np.abs(shoot(0.1) - first).max() > 100


def test_what_drifts_out_comes_back_on_the_other_side(tmp_path: Path) -> None:
    shoot = stage(tmp_path, "drift 40")
    canvas = 1.6 * WIDE
    assert shoot(1.9).max() > 200
    assert shoot(2.4).max() == 0
    assert shoot(3.0).max() > 200
    assert np.abs(shoot(canvas / 40).astype(int) - shoot(0.0)).max() <= 2


def test_dart_leaves_the_picture_for_good(tmp_path: Path) -> None:
    shoot = stage(tmp_path, "dart 60 0")
    assert shoot(2.0).max() == 0
    assert shoot(10.0).max() == 0


def test_planes_with_the_same_motion_move_as_one() -> None:
    lamp, glow = parse_motion("sway 2 4 10 20"), parse_motion("sway  2.0 4 10 20")
    assert lamp.phase(3) == glow.phase(3)
    assert lamp.phase(3) != lamp.phase(4)
    assert lamp.phase(3) != parse_motion("sway 2 4 11 20").phase(3)


def test_every_motion_of_the_painter_can_be_read() -> None:
    arguments = {Motion.STILL: 0, Motion.DRIFT: 1, Motion.SWAY: 4, Motion.BREATHE: 4}
    for motion in Motion:
        words = " ".join([motion.value, *["1.5"] * arguments.get(motion, 2)])
        assert parse_motion(words).kind is motion
