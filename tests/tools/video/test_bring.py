from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError
from nightshoot.tools.measure import frames
from nightshoot.tools.video.bring import bring_to_plan
from nightshoot.tools.video.encode import FrameWriter


def filmed(path: Path, *, width: int, height: int, fps: Fraction, count: int) -> Path:
    """A video whose brightness rises with time: 40 at 0 s, 40 more each second."""
    with FrameWriter(path, width=width, height=height, fps=fps) as writer:
        for number in range(count):
            level = round(40 + 40 * float(number / fps))
            writer.write(np.full((height, width, 3), level, np.uint8))
    return path


@pytest.mark.parametrize("rate", [Fraction(16), Fraction(24), Fraction(30), Fraction(30000, 1001)])
def test_size_rate_and_length_are_the_plans_and_time_runs_at_its_own_speed(
    rate: Fraction, tmp_path: Path, plan: Callable[..., ShotPlan]
) -> None:
    source = filmed(tmp_path / "source.mp4", width=160, height=96, fps=rate, count=round(2 * rate))
    wanted = plan(num_frames=24)
    heard: list[float] = []
    out = bring_to_plan(source, wanted, tmp_path / "out.mp4", progress=heard.append)
    seen = frames.decode(out)
    assert (seen.width, seen.height, seen.fps) == (wanted.width, wanted.height, wanted.fps)
    assert len(seen.luma) == 24
    levels = seen.luma.mean(axis=(1, 2))
    original = frames.decode(source).luma.mean(axis=(1, 2))
    slope = (levels[-1] - levels[0]) / (23 / 24)
    expected = (original[-1] - original[0]) / ((len(original) - 1) / float(rate))
    assert slope == pytest.approx(expected, rel=0.1)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_the_middle_of_the_picture_is_kept(tmp_path: Path, plan: Callable[..., ShotPlan]) -> None:
    picture = np.zeros((128, 256, 3), np.uint8)
    picture[:, 96:160] = 200
    source = tmp_path / "source.mp4"
    with FrameWriter(source, width=256, height=128, fps=Fraction(24)) as writer:
        for _ in range(6):
            writer.write(picture)
    out = bring_to_plan(
        source, plan(width=64, height=128), tmp_path / "out.mp4", progress=lambda _: None
    )
    assert frames.decode(out).luma.min() > 150


def test_a_little_too_short_holds_its_last_frame_and_much_too_short_is_refused(
    tmp_path: Path, plan: Callable[..., ShotPlan]
) -> None:
    source = filmed(tmp_path / "source.mp4", width=64, height=64, fps=Fraction(24), count=24)
    held = bring_to_plan(source, plan(num_frames=30), tmp_path / "out.mp4", progress=lambda _: None)
    seen = frames.decode(held)
    assert len(seen.luma) == 30
    assert np.abs(seen.luma[-1].astype(int) - seen.luma[24]).max() <= 2
    with pytest.raises(BackendError, match=r"lasts 1\.00 s where the shot needs 1\.33 s"):
        bring_to_plan(source, plan(num_frames=32), tmp_path / "no.mp4", progress=lambda _: None)
    assert not (tmp_path / "no.mp4").exists()


def test_what_is_no_video_is_told(tmp_path: Path, plan: Callable[..., ShotPlan]) -> None:
    page = tmp_path / "page.mp4"
    page.write_bytes(b"<html>not found</html>")
    with pytest.raises(BackendError, match=r"page\.mp4 cannot be decoded"):
        bring_to_plan(page, plan(), tmp_path / "out.mp4", progress=lambda _: None)
