"""A split screen shows both versions of a shot from their first frames to the longer one's end."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from nightshoot.errors import NightshootError
from nightshoot.tools.edit.ffmpeg import run_ffmpeg
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.edit.split_screen import split_screen


def take(folder: Path, colour: str, frames: int) -> Path:
    source = f"color=c={colour}:s=180x320:r=24:d={frames / 24}"
    run_ffmpeg(["-f", "lavfi", "-i", source, "-frames:v", str(frames), f"{colour}.mp4"], cwd=folder)
    return folder / f"{colour}.mp4"


def test_both_sides_are_shown_until_the_longer_one_ends(tmp_path: Path) -> None:
    red, blue = take(tmp_path, "red", 12), take(tmp_path, "blue", 20)
    made = split_screen(
        [(red, blue), (None, red)],
        width=180,
        height=320,
        fps=Fraction(24),
        title="夜游",
        scratch=tmp_path,
    )
    probed = probe(made)
    assert (probed.width, probed.height, probed.num_frames) == (368, 320, 32)
    with av.open(str(made)) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    last_of_first = shown[19].astype(np.int16)
    assert last_of_first[160, 90] == pytest.approx([254, 0, 0], abs=30)
    assert last_of_first[160, 280] == pytest.approx([0, 0, 254], abs=30)
    second = shown[25].astype(np.int16)
    assert second[160, 90].max() < 40
    assert second[160, 280] == pytest.approx([254, 0, 0], abs=30)


def test_a_broken_take_is_an_error_in_a_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(NightshootError):
        split_screen(
            [(broken, None)], width=180, height=320, fps=Fraction(24), title="", scratch=tmp_path
        )
