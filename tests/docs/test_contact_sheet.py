"""The contact sheet lays a production's keyframes out in the order of its storyboard."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

SCRIPT = Path(__file__).parents[2] / "docs" / "contact_sheet.py"
COLOURS = {"s01": (200, 30, 30), "s02": (30, 200, 30), "s03": (30, 30, 200)}


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("contact_sheet", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    order = ("s03", "s01", "s02")
    board = "shots:\n" + "".join(f"- id: {shot}\n" for shot in order)
    (tmp_path / "storyboard.yaml").write_text(board, encoding="utf-8")
    for shot in order:
        home = tmp_path / "shots" / shot
        home.mkdir(parents=True)
        Image.new("RGB", (90, 160), COLOURS[shot]).save(home / "keyframe.png")
    return tmp_path


def test_sheet_shows_keyframes_in_the_boards_order(script: ModuleType, folder: Path) -> None:
    out = folder / "sheet.jpg"
    script.main([str(folder), str(out), "--columns", "2", "--width", "45"])
    with Image.open(out) as sheet:
        assert sheet.size == (2 * 51 + 6, 2 * 86 + 6)
        centres = [sheet.getpixel(place) for place in ((28, 46), (79, 46), (28, 132), (79, 132))]
    wanted = [*(COLOURS[shot] for shot in ("s03", "s01", "s02")), (17, 17, 20)]
    for seen, colour in zip(centres, wanted, strict=True):
        assert isinstance(seen, tuple)
        assert all(abs(a - b) < 12 for a, b in zip(seen, colour, strict=True))


def test_folder_without_keyframes_is_told_what_to_do(script: ModuleType, folder: Path) -> None:
    for picture in folder.glob("shots/*/keyframe.png"):
        picture.unlink()
    with pytest.raises(SystemExit, match="nightshoot resume"):
        script.main([str(folder), str(folder / "sheet.jpg")])
    with pytest.raises(SystemExit, match=r"no storyboard\.yaml"):
        script.main([str(folder / "shots"), str(folder / "sheet.jpg")])
