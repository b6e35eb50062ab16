"""A grade changes light and colour as it says, and a grade of nothing changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nightshoot.domain.storyboard import Grade
from nightshoot.tools.edit.ffmpeg import run_ffmpeg
from nightshoot.tools.edit.grading import cube, graded, grading

GREY = np.array([[0.45, 0.45, 0.45]])
RAMP = np.linspace(0, 1, 101)[:, None].repeat(3, axis=1)


def test_no_grade_is_no_filter_and_no_change(tmp_path: Path) -> None:
    assert grading(Grade(), folder=tmp_path, name="grade") == []
    assert not list(tmp_path.iterdir())
    np.testing.assert_array_equal(graded(RAMP, Grade()), RAMP)


@pytest.mark.parametrize(
    "grade",
    [
        Grade(exposure_stops=1),
        Grade(exposure_stops=-2),
        Grade(warmth=1),
        Grade(warmth=-1),
        Grade(saturation=-1),
        Grade(contrast=1),
        Grade(contrast=-1),
        Grade(exposure_stops=2, warmth=1, saturation=1, contrast=1),
    ],
)
def test_black_stays_black_and_a_ramp_stays_a_ramp(grade: Grade) -> None:
    ramp = graded(RAMP, grade)
    assert ramp[0] == pytest.approx([0, 0, 0], abs=1e-6)
    assert (np.diff(ramp.mean(axis=1)) >= -1e-9).all()
    assert ramp.min() >= 0
    assert ramp.max() <= 1


def test_one_stop_doubles_the_light_of_the_middle_tones() -> None:
    brighter = graded(GREY, Grade(exposure_stops=1))
    assert (brighter**2.4 / GREY**2.4) == pytest.approx(np.full((1, 3), 2.0), rel=0.01)


def test_warm_is_redder_and_no_brighter_and_cold_the_other_way() -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    for warmth, sign in ((0.5, 1), (-0.5, -1)):
        red, _, blue = tinted = graded(GREY, Grade(warmth=warmth))[0]
        assert sign * (red - blue) > 0.05
        assert tinted**2.4 @ weights == pytest.approx(0.45**2.4, rel=0.01)


def test_without_saturation_all_is_grey() -> None:
    grey = graded(np.array([[0.8, 0.2, 0.4]]), Grade(saturation=-1))[0]
    assert np.ptp(grey) < 1e-9


def test_ffmpeg_paints_what_the_table_says(tmp_path: Path) -> None:
    grade = Grade(exposure_stops=0.5, warmth=-0.6, contrast=0.3)
    colours = [(200, 90, 60), (40, 90, 160), (128, 128, 128), (12, 14, 20)]
    for number, colour in enumerate(colours):
        filters = grading(grade, folder=tmp_path, name="grade")
        source = f"color=c=0x{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}:s=32x32:d=0.1:r=10"
        into = ["format=rgb24", "scale=out_color_matrix=bt709:out_range=tv", "format=yuv420p"]
        back = ["scale=in_color_matrix=bt709:in_range=tv", "format=rgb24"]
        chain = ",".join([*into, *filters, *back])
        raw = f"out{number}.rgb"
        run_ffmpeg(
            ["-f", "lavfi", "-i", source, "-vf", chain, "-frames:v", "1", "-f", "rawvideo", raw],
            cwd=tmp_path,
        )
        painted = np.frombuffer((tmp_path / raw).read_bytes(), np.uint8).reshape(-1, 3)
        wanted = graded(np.array([colour]) / 255, grade)[0] * 255
        assert painted.mean(axis=0) == pytest.approx(wanted, abs=5)


def test_the_same_grade_is_the_same_table() -> None:
    assert cube(Grade(warmth=0.25)) == cube(Grade(warmth=0.25))
    assert cube(Grade(warmth=0.25)) != cube(Grade(warmth=0.5))
