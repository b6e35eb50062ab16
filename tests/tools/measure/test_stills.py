"""Stills are the frames that they say they are, in their colours, and never enlarged."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nightshoot.errors import BackendError
from nightshoot.tools.measure.frames import read_picture
from nightshoot.tools.measure.stills import frames_of, shrunk, write_still
from nightshoot.tools.video.encode import FrameWriter


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Ten frames, each of a red of its own: 100, 110, ... 190 beside a blue of 60."""
    path = tmp_path / "take.mp4"
    with FrameWriter(path, width=64, height=96, fps=Fraction(24)) as writer:
        for number in range(10):
            writer.write(np.full((96, 64, 3), (100 + 10 * number, 30, 60), np.uint8))
    return path


def test_frames_are_found_by_their_numbers_and_keep_their_colours(video: Path) -> None:
    found = frames_of(video, [9, 0, 4])
    assert sorted(found) == [0, 4, 9]
    for number, frame in found.items():
        assert frame.shape == (96, 64, 3)
        assert frame.dtype == np.uint8
        assert np.allclose(frame.mean((0, 1)), (60, 30, 100 + 10 * number), atol=3)


def test_what_lies_beyond_the_end_is_left_out(video: Path) -> None:
    assert sorted(frames_of(video, [-1, 9, 10, 400])) == [9]
    assert frames_of(video, []) == {}


def test_what_is_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "take.mp4").write_bytes(b"no video")
    with pytest.raises(BackendError, match="cannot be decoded"):
        frames_of(tmp_path / "take.mp4", [0])


@pytest.mark.parametrize(
    ("size", "limits", "wanted"),
    [
        ((1920, 1080), {"shorter": 480}, (853, 480)),
        ((1920, 1080), {"longer": 768}, (768, 432)),
        ((1080, 1920), {"longer": 768}, (432, 768)),
        ((300, 200), {"longer": 768, "shorter": 480}, (300, 200)),
        ((2000, 3), {"longer": 100}, (100, 1)),
        ((1920, 1080), {}, (1920, 1080)),
    ],
)
def test_a_picture_is_made_small_and_never_large(
    size: tuple[int, int], limits: dict[str, int], wanted: tuple[int, int]
) -> None:
    assert shrunk(np.zeros((*size, 3), np.uint8), **limits).shape == (*wanted, 3)


def test_a_still_is_written_as_its_name_ends(tmp_path: Path) -> None:
    picture = np.full((40, 30, 3), (10, 200, 90), np.uint8)
    png = write_still(picture, tmp_path / "a.png")
    jpeg = write_still(picture, tmp_path / "a.jpg")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert jpeg.read_bytes().startswith(b"\xff\xd8\xff")
    assert np.array_equal(read_picture(png), picture)
    assert np.allclose(read_picture(jpeg), picture, atol=3)
