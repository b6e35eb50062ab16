from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import CameraMove, MoveStrength, ShotSize
from nightshoot.errors import InputError
from nightshoot.tools.video.multiplane.camera import Pose, ease, flattened, parallax, poses, walk
from nightshoot.tools.video.multiplane.coverage import Rect, Stand, closer, contained, mapped

RATE = Fraction(24)
DEPTHS = (0.0, 0.3, 0.7, 1.0, 1.5, 2.0)
BACKWARD = {CameraMove.PULL_OUT, CameraMove.ZOOM_OUT}


def camera(
    move: CameraMove,
    strength: MoveStrength = MoveStrength.MEDIUM,
    path: tuple[tuple[float, float, float], ...] = (),
) -> Camera:
    return Camera(size=ShotSize.WS, move=move, strength=strength, path=path)


def track(
    move: CameraMove, strength: MoveStrength = MoveStrength.MEDIUM, frames: int = 96
) -> tuple[Pose, ...]:
    return poses(camera(move, strength), num_frames=frames, fps=RATE, seed=5)


def stand(frame: tuple[int, int], over: float = 0.3, share: float = 0.5) -> Stand:
    wide, high = frame
    canvas = Rect(-over * wide, -over * high, (1 + over) * wide, (1 + over) * high)
    return Stand(frame, canvas, (wide * share, high * share))


@pytest.mark.parametrize("frame", [(180, 320), (320, 180), (240, 240)])
@pytest.mark.parametrize("strength", MoveStrength)
@pytest.mark.parametrize("move", CameraMove)
def test_no_move_needs_more_canvas_than_there_is(
    move: CameraMove, strength: MoveStrength, frame: tuple[int, int]
) -> None:
    for frames in (24, 96, 480):
        for share in (0.25, 0.5, 0.7):
            asked = track(move, strength, frames)
            assert stand(frame, 0.28, share).covers(asked[:: frames // 12], DEPTHS)


@pytest.mark.parametrize("move", CameraMove)
def test_one_end_of_every_move_is_the_shots_own_framing(move: CameraMove) -> None:
    moved = track(move)
    assert moved[-1 if move in BACKWARD else 0] == Pose()
    assert (moved[0] != moved[-1]) == (move is not CameraMove.STATIC)


@pytest.mark.parametrize(
    "move", [move for move in CameraMove if move not in {CameraMove.STATIC, CameraMove.HANDHELD}]
)
def test_moves_start_and_end_at_rest_and_stronger_ones_go_farther(move: CameraMove) -> None:
    travel = []
    for strength in MoveStrength:
        moved = track(move, strength)
        steps = [
            float(
                np.abs(
                    b.matrix(0.3, (270, 480), (135, 240)) - a.matrix(0.3, (270, 480), (135, 240))
                ).sum()
            )
            for a, b in pairwise(moved)
        ]
        assert steps[0] < 0.2 * max(steps)
        assert steps[-1] < 0.2 * max(steps)
        travel.append(sum(steps))
    gentle, medium, strong = travel
    assert gentle < medium < strong


def test_gentle_moves_are_still_seen_at_270_by_480() -> None:
    middle, frame = (135.0, 240.0), (270, 480)
    for move in CameraMove:
        if move in {CameraMove.STATIC, CameraMove.HANDHELD, CameraMove.ROLL}:
            continue
        moved = track(move, MoveStrength.GENTLE)
        first, last = (
            mapped(pose.matrix(depth, frame, middle), Rect(0, 0, *frame))
            for pose in (moved[0], moved[-1])
            for depth in [0.3 if move in {CameraMove.FOLLOW, CameraMove.ORBIT} else 1.0]
        )
        grown = max(last.width / first.width, first.width / last.width) - 1
        slid = max(
            abs(last.left + last.right - first.left - first.right) / 2 / frame[0],
            abs(last.top + last.bottom - first.top - first.bottom) / 2 / frame[1],
        )
        least = 0.025 if move in {CameraMove.FOLLOW, CameraMove.ORBIT} else 0.04
        assert slid >= least or grown >= 0.06, move


def test_longer_shots_go_farther_within_bounds() -> None:
    reach = [track(CameraMove.PAN_RIGHT, frames=count)[-1].pan_x for count in (12, 48, 120, 2000)]
    assert reach[0] < reach[1] < reach[2] < reach[3]
    assert reach[3] / reach[0] < 2


def test_parallax_grows_with_depth() -> None:
    shares = [parallax(depth) for depth in DEPTHS]
    assert shares == sorted(shares)
    assert parallax(1.0) == 1.0


@pytest.mark.parametrize("curve", [ease, walk])
def test_time_curves_are_whole_and_never_turn_back(curve: object) -> None:
    assert callable(curve)
    done = [curve(index / 200) for index in range(201)]
    assert (done[0], done[-1]) == (0.0, 1.0)
    assert all(b > a for a, b in pairwise(done))


def test_follow_keeps_one_speed_between_its_ramps() -> None:
    steps = np.diff([walk(index / 100) for index in range(101)])[20:80]
    assert np.ptp(steps) < 1e-9


def test_path_replaces_the_move_and_passes_its_ends_exactly() -> None:
    points = ((0.1, 0.0, 1.2), (0.0, 0.1, 1.4), (-0.1, -0.05, 1.3))
    moved = poses(camera(CameraMove.ROLL, path=points), num_frames=48, fps=RATE, seed=1)
    for pose, (x, y, zoom) in ((moved[0], points[0]), (moved[-1], points[-1])):
        centre = pose.matrix(1.0, (100, 200), (50, 100)) @ (50 + 100 * x, 100 + 200 * y, 1)
        assert centre == pytest.approx((50, 100))
        assert pose.scale(1.0) == pytest.approx(zoom)
    assert all(pose.roll == 0 for pose in moved)


def test_path_beyond_the_canvas_is_drawn_in() -> None:
    points = ((0.0, 0.0, 1.0), (0.9, 0.9, 0.4))
    moved = poses(camera(CameraMove.STATIC, path=points), num_frames=24, fps=RATE, seed=1)
    place = stand((180, 320))
    kept = contained(moved, (0.0, 2.0), place)
    assert not place.covers(moved, DEPTHS)
    assert place.covers(kept, DEPTHS)
    assert kept[-1].truck_x > 0.05


def test_path_without_a_positive_zoom_is_refused() -> None:
    with pytest.raises(InputError, match="zoom"):
        poses(
            camera(CameraMove.STATIC, path=((0, 0, 1), (0, 0, 0))), num_frames=9, fps=RATE, seed=1
        )


def test_hands_differ_by_seed_and_stay_smooth() -> None:
    def hand(seed: int) -> list[float]:
        moved = poses(camera(CameraMove.HANDHELD), num_frames=96, fps=RATE, seed=seed)
        return [pose.pan_x for pose in moved]

    assert hand(1) == hand(1)
    assert hand(1) != hand(2)
    assert np.abs(np.diff(hand(1))).max() < 0.25 * np.ptp(hand(1))


@pytest.mark.parametrize("strength", MoveStrength)
@pytest.mark.parametrize("move", CameraMove)
def test_flat_pictures_are_never_left_and_still_moved_over(
    move: CameraMove, strength: MoveStrength
) -> None:
    for frame in ((180, 320), (320, 180)):
        place = stand(frame, 0.0)
        moved = closer(flattened(track(move, strength))[::5], place)
        assert place.covers(moved, (1.0,))
        first, last = (pose.matrix(1.0, frame, place.focus) for pose in (moved[0], moved[-1]))
        if move is CameraMove.STATIC:
            assert moved == (Pose(),) * len(moved)
        elif move is not CameraMove.HANDHELD:
            corner = np.abs((last - first) @ (0, 0, 1)).max()
            assert corner > 0.03 * min(frame)
