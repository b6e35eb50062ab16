"""Makes a contact sheet of a production's keyframes: `python docs/contact_sheet.py FOLDER OUT`."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import yaml
from PIL import Image

_GAP = 6
_GROUND = (17, 17, 20)
_MOST_BYTES = 300_000
"""What a page loads at once without a wait. Source: the README's own limit for a picture."""


def keyframes(folder: Path) -> list[Path]:
    """Gives the keyframes of a production's shots, in the order of its storyboard.

    Raises:
        SystemExit: the folder has no storyboard, or no keyframe yet.
    """
    board = folder / "storyboard.yaml"
    if not board.is_file():
        sys.exit(f"{folder} has no storyboard.yaml: name the folder of a production")
    shots = yaml.safe_load(board.read_text(encoding="utf-8"))["shots"]
    found = [folder / "shots" / shot["id"] / "keyframe.png" for shot in shots]
    found = [path for path in found if path.is_file()]
    if not found:
        sys.exit(f"{folder} has no keyframes yet: run `nightshoot resume {folder}`")
    return found


def sheet(pictures: list[Path], *, columns: int, width: int) -> Image.Image:
    """Lays pictures out in rows from the left, each `width` pixels wide."""
    stills = []
    for path in pictures:
        with Image.open(path) as picture:
            height = round(width * picture.height / picture.width)
            still = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
        stills.append(still)
    rows, height = math.ceil(len(stills) / columns), max(still.height for still in stills)
    size = (columns * (width + _GAP) + _GAP, rows * (height + _GAP) + _GAP)
    laid = Image.new("RGB", size, _GROUND)
    for place, still in enumerate(stills):
        row, column = divmod(place, columns)
        laid.paste(still, (_GAP + column * (width + _GAP), _GAP + row * (height + _GAP)))
    return laid


def save(laid: Image.Image, out: Path) -> int:
    """Writes the sheet as a JPEG of at most 300 kB; gives its size in bytes."""
    for quality in range(88, 30, -6):
        laid.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.stat().st_size <= _MOST_BYTES:
            break
    return out.stat().st_size


def main(arguments: list[str] | None = None) -> None:
    """Reads the command line and writes the sheet."""
    parser = argparse.ArgumentParser(description="A contact sheet of a production's keyframes.")
    parser.add_argument("folder", type=Path, help="a production's folder")
    parser.add_argument("out", type=Path, help="the JPEG to write")
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--width", type=int, default=200, help="of a still, in pixels")
    parser.add_argument("--most", type=int, default=0, help="lay out only the first so many")
    given = parser.parse_args(arguments)
    pictures = keyframes(given.folder)
    if given.most:
        pictures = pictures[: given.most]
    columns = max(1, min(given.columns, len(pictures)))
    size = save(sheet(pictures, columns=columns, width=given.width), given.out)
    sys.stdout.write(f"{given.out}: {len(pictures)} keyframes, {size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
