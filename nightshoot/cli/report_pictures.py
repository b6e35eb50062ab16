"""The pictures of the morning's page: posters, and the frames that convict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from nightshoot.errors import BackendError
from nightshoot.events import ShotFlagged, read_events
from nightshoot.pages.exhibits import Exhibited, exhibited

_POSTER, _FLAGGED = 400, 168
"""The shorter side in pixels of a poster and of a flagged shot: near twice what the page shows
them at, and 20 films of 1080x1920 stay below 2 MB (measured: 20 to 60 KB a poster)."""

_QUALITY = 80

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C reads ten times as fast: a night has many storyboards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a film is known by."""

    title: str
    """Empty where its storyboard cannot be read."""
    poster: bytes
    """A small JPEG; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A flagged shot, for a person to look at."""

    why: str
    picture: bytes
    """A small JPEG; empty where there is none."""


def faced(folder: Path) -> Face:
    """Gives a film's title, and the keyframe of its first shot as a poster."""
    board = _board(folder)
    pictures = sorted(folder.glob("shots/*/keyframe.png"))
    first = folder / "shots" / _first_shot(board) / "keyframe.png"
    if not first.is_file() and pictures:
        first = pictures[0]
    title = board.get("title")
    return Face(title=title if isinstance(title, str) else "", poster=_jpeg(first, _POSTER))


def looks(folder: Path, shots: tuple[str, ...]) -> dict[str, Look]:
    """Gives why shots are flagged, and the frame that shows it, else the keyframe."""
    if not shots:
        return {}
    try:
        known = exhibited((folder / "storyboard.html").read_text("utf-8"))
    except (OSError, UnicodeError):
        known = {}
    said = {
        logged.event.shot: logged.event.note
        for logged in read_events(folder / "events.jsonl")
        if isinstance(logged.event, ShotFlagged)
    }
    return {
        shot: Look(
            why=(one := known.get(shot, Exhibited())).why or said.get(shot, ""),
            picture=_smaller(one.frame) or _jpeg(folder / f"shots/{shot}/keyframe.png", _FLAGGED),
        )
        for shot in shots
    }


def _board(folder: Path) -> Mapping[str, object]:
    try:
        board = yaml.load((folder / "storyboard.yaml").read_bytes(), _LOADER)  # noqa: S506 safe
    except (OSError, yaml.YAMLError):
        # The page is for looking: what a person broke there is told when the film is resumed.
        return {}
    return board if isinstance(board, dict) else {}


def _first_shot(board: Mapping[str, object]) -> str:
    shots = board.get("shots")
    first = shots[0] if isinstance(shots, list) and shots else None
    shot = first.get("id") if isinstance(first, dict) else None
    return shot if isinstance(shot, str) and "/" not in shot else "none"


def _jpeg(path: Path, side: int) -> bytes:
    from nightshoot.graphs.page_pictures import small_jpeg

    try:
        return small_jpeg(path, side) if path.is_file() else b""
    except BackendError:
        return b""


def _smaller(data: bytes) -> bytes:
    """Gives a JPEG as small as the page needs it; empty where it is none."""
    if not data:
        return b""
    import cv2
    import numpy as np

    from nightshoot.tools.measure.stills import shrunk

    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        return b""
    small = shrunk(picture.astype(np.uint8), shorter=_FLAGGED)
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])
