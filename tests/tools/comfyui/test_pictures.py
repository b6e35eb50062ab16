"""A picture from a server counts only when it is whole."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from nightshoot.errors import BackendError
from nightshoot.tools.comfyui.pictures import check_picture


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_that_is_cut_off_is_refused(suffix: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    data = cv2.imencode(suffix, noise)[1].tobytes()
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(data)
    check_picture(path)
    for share in (0.0, 0.1, 0.5, 0.98):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(BackendError, match=r"cut off|no picture"):
            check_picture(path)


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"\x89PNG\r\n\x1a\n", b"\x00" * 5000])
def test_what_is_no_picture_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    with pytest.raises(BackendError, match="no picture"):
        check_picture(path)
