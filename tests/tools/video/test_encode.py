from __future__ import annotations

import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.errors import ArtifactError, BackendError, InputError
from nightshoot.tools.video.encode import FrameWriter, to_i420

SIZE = (64, 96)
RATE = Fraction(24)


def coloured(shade: int) -> NDArray[np.uint8]:
    frame = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    frame[: SIZE[1] // 2] = (220, 40, 30)
    frame[SIZE[1] // 2 :] = (20, shade, 200)
    return frame


def write(path: Path, count: int, rate: Fraction = RATE) -> Path:
    with FrameWriter(path, width=SIZE[0], height=SIZE[1], fps=rate) as writer:
        for index in range(count):
            writer.write(coloured(index * 3))
    return path


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_every_frame_arrives_at_the_rate_that_was_asked_for(tmp_path: Path, rate: Fraction) -> None:
    with av.open(str(write(tmp_path / "take.mp4", 31, rate))) as film:
        stream = film.streams.video[0]
        times = [frame.time for frame in film.decode(stream)]
        assert stream.average_rate == rate
        assert stream.codec_context.pix_fmt == "yuv420p"
    assert len(times) == 31
    steps = {round((b - a) * float(rate), 2) for a, b in pairwise(float(t or 0) for t in times)}
    assert steps == {1}


def test_colours_survive_and_are_tagged_bt709(tmp_path: Path) -> None:
    with av.open(str(write(tmp_path / "take.mp4", 3))) as film:
        frame = next(film.decode(video=0))
        context = film.streams.video[0].codec_context
        assert (context.colorspace, context.color_range) == (1, 1)
        assert (context.color_primaries, context.color_trc) == (1, 1)
    seen = frame.to_ndarray(format="rgb24").astype(int)
    assert np.abs(seen[20, 30] - (220, 40, 30)).max() <= 6
    assert np.abs(seen[80, 30] - (20, 0, 200)).max() <= 6


def test_conversion_agrees_with_the_standard() -> None:
    random = np.random.default_rng(5)
    colours = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    frame = colours.repeat(2, axis=0).repeat(2, axis=1)
    red, green, blue = np.moveaxis(colours.astype(float) / 255, 2, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    packed = to_i420(frame)
    assert np.abs(packed[:16:2, ::2] - (16 + 219 * luma)).max() <= 1
    chroma = packed[16:].reshape(2, 8, 8)
    assert np.abs(chroma[0] - (128 + 224 * (blue - luma) / 1.8556)).max() <= 1
    assert np.abs(chroma[1] - (128 + 224 * (red - luma) / 1.5748)).max() <= 1


def test_same_frames_are_the_same_bytes(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one.mp4", 12), write(tmp_path / "other.mp4", 12)
    assert one.read_bytes() == other.read_bytes()


def test_odd_sizes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="even"):
        FrameWriter(tmp_path / "x.mp4", width=63, height=96, fps=RATE)


def test_frames_of_another_shape_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    with (
        pytest.raises(ValueError, match="uint8"),
        FrameWriter(path, width=SIZE[0], height=SIZE[1], fps=RATE) as writer,
    ):
        writer.write(np.zeros((10, 10, 3), np.uint8))
    assert not path.exists()


def test_what_ffmpeg_says_last_is_the_error(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"could not write x\.mp4: .*No such file"):
        write(tmp_path / "no such folder" / "x.mp4", 400)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_is_an_artifact_error() -> None:
    with (
        pytest.raises(ArtifactError, match="disk is full"),
        FrameWriter(Path("/dev/full"), width=SIZE[0], height=SIZE[1], fps=RATE) as writer,
    ):
        writer.write(coloured(1))
    assert Path("/dev/full").exists()


def test_failing_body_ends_the_encoder(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    seen: list[int] = []

    def shoot() -> None:
        with FrameWriter(path, width=SIZE[0], height=SIZE[1], fps=RATE) as writer:
            writer.write(coloured(1))
            assert writer.pid is not None
            seen.append(writer.pid)
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        shoot()
    with pytest.raises(ProcessLookupError):
        os.kill(seen[0], 0)
    assert not path.exists()


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    path = write(tmp_path / "-a:b 'c' %03d.mp4", 2)
    assert path.stat().st_size > 0
