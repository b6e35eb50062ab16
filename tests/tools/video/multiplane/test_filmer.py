"""Films small paintings with a marker of one colour at each depth, and measures where they go."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from fractions import Fraction
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Facing,
    Mood,
    MoveStrength,
    Setting,
    ShotSize,
    TimeOfDay,
)
from nightshoot.errors import InputError
from nightshoot.tools.image.shadow_play import svg
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.protocols import VideoGenerator
from nightshoot.tools.video.multiplane.filmer import Multiplane

WIDE, HIGH = 180, 320
CANVAS = {"x": -0.3 * WIDE, "y": -0.3 * HIGH, "width": 1.6 * WIDE, "height": 1.6 * HIGH}

Frames = NDArray[np.uint8]
FAR, SUBJECT, NEAR = 0, 1, 2
"""The markers' channels: red far away, green at the subject's depth, blue near the lens."""


def marker(
    name: str, depth: float, at: tuple[float, float], fill: str, motion: str = "still"
) -> Plane:
    x, y = at
    return Plane(
        name, depth, el("rect", x=x - 15, y=y - 15, width=30, height=30, fill=fill), motion
    )


def stage(*more: Plane) -> str:
    planes = (
        Plane("back", 0, el("rect", fill="#303030", **CANVAS)),
        marker("far", 0.2, (45, 70), "#ff0000"),
        marker("subject", 1.0, (90, 160), "#00ff00"),
        marker("near", 1.8, (130, 250), "#0000ff"),
        *more,
    )
    return svg.document(width=WIDE, height=HIGH, defs="", planes=planes)


def planned(
    move: CameraMove = CameraMove.STATIC,
    *,
    frames: int = 24,
    seed: int = 3,
    facing: Facing = Facing.RIGHT,
    size: tuple[int, int] = (WIDE, HIGH),
    path: tuple[tuple[float, float, float], ...] = (),
) -> ShotPlan:
    camera = Camera(size=ShotSize.WS, move=move, strength=MoveStrength.MEDIUM, path=path)
    staging = Staging(
        setting=Setting.RIVER,
        era=Era.ANCIENT,
        time_of_day=TimeOfDay.NIGHT,
        mood=Mood.SERENE,
        figures=(Figure(facing=facing),),
    )
    return ShotPlan(
        shot="s1",
        prompt="",
        staging=staging,
        camera=camera,
        width=size[0],
        height=size[1],
        fps=Fraction(24),
        num_frames=frames,
        seed=seed,
    )


def ignored(share: float) -> None:
    del share


def shot(
    folder: Path,
    plan: ShotPlan,
    layers: str | None,
    keyframe: Path | None = None,
    progress: Callable[[float], None] = ignored,
) -> Path:
    path = folder / "layers.svg"
    path.write_text(layers or "", encoding="utf-8")
    footage = asyncio.run(
        Multiplane().film(
            plan=plan,
            keyframe=keyframe or folder / "none.png",
            layers=None if layers is None else path,
            scratch=folder,
            progress=progress,
        )
    )
    return footage.video


def decoded(video: Path) -> Frames:
    with av.open(str(video)) as film:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])


def filmed(folder: Path, plan: ShotPlan, layers: str | None) -> Frames:
    return decoded(shot(folder, plan, layers))


def spot(frame: Frames, channel: int) -> tuple[float, float, float]:
    """Gives the middle and the side of the marker of this colour, in pixels."""
    others = np.delete(frame.astype(int), channel, axis=2).max(axis=2)
    ys, xs = np.nonzero((frame[..., channel] > 150) & (others < 110))
    return float(xs.mean()), float(ys.mean()), float(np.sqrt(xs.size))


def travels(frames: Frames) -> list[tuple[float, float, float]]:
    """Gives for each marker how far it went right and down, and how many times larger it got."""
    ends = [(spot(frames[0], channel), spot(frames[-1], channel)) for channel in range(3)]
    return [(b[0] - a[0], b[1] - a[1], b[2] / a[2]) for a, b in ends]


def test_footage_has_exactly_the_plans_frames_rate_and_size(tmp_path: Path) -> None:
    plan = planned(CameraMove.ORBIT, frames=17, size=(90, 160))
    with av.open(str(shot(tmp_path, plan, stage()))) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height) == (90, 160)
        assert stream.average_rate == 24
        assert len(list(film.decode(stream))) == 17
        assert len(film.streams) == 1


def test_static_camera_on_still_planes_stays(tmp_path: Path) -> None:
    frames = filmed(tmp_path, planned(), stage())
    assert np.ptp(frames, axis=0).max() <= 10
    assert spot(frames[0], SUBJECT)[:2] == pytest.approx((89.5, 159.5), abs=0.5)


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [
        (CameraMove.PAN_RIGHT, 0, -1),
        (CameraMove.PAN_LEFT, 0, 1),
        (CameraMove.TILT_DOWN, 1, -1),
        (CameraMove.TILT_UP, 1, 1),
    ],
)
def test_turning_the_camera_moves_all_planes_nearly_alike(
    tmp_path: Path, move: CameraMove, axis: int, sign: int
) -> None:
    moves = travels(filmed(tmp_path, planned(move), stage()))
    shifts = [sign * travel[axis] for travel in moves]
    assert min(shifts) > 0.05 * (WIDE, HIGH)[axis]
    assert max(shifts) < 1.25 * min(shifts)
    assert max(abs(travel[1 - axis]) for travel in moves) < 1
    assert all(travel[2] == pytest.approx(1, abs=0.03) for travel in moves)


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [
        (CameraMove.TRUCK_RIGHT, 0, -1),
        (CameraMove.TRUCK_LEFT, 0, 1),
        (CameraMove.PEDESTAL_DOWN, 1, -1),
        (CameraMove.PEDESTAL_UP, 1, 1),
        (CameraMove.CRANE, 1, 1),
    ],
)
def test_walking_the_camera_moves_near_planes_more(
    tmp_path: Path, move: CameraMove, axis: int, sign: int
) -> None:
    far, subject, near = (
        sign * travel[axis] for travel in travels(filmed(tmp_path, planned(move), stage()))
    )
    assert subject > 0.04 * (WIDE, HIGH)[axis]
    assert subject > 2 * far
    assert near > 1.3 * subject


def test_push_in_enlarges_near_planes_more_than_far_ones(tmp_path: Path) -> None:
    far, subject, near = travels(filmed(tmp_path, planned(CameraMove.PUSH_IN), stage()))
    assert 1.02 < far[2] < subject[2] < near[2]
    assert subject[2] > 1.1
    assert near[2] - 1 > 3 * (far[2] - 1)
    assert abs(subject[0]) < 2
    assert abs(subject[1]) < 2


def test_push_in_keeps_a_subject_that_stands_aside_in_its_place(tmp_path: Path) -> None:
    aside = stage().replace('x="75" y="145"', 'x="105" y="185"')
    assert aside != stage()
    _, subject, _ = travels(filmed(tmp_path, planned(CameraMove.PUSH_IN), aside))
    assert abs(subject[0]) < 1.5
    assert abs(subject[1]) < 1.5


def test_zoom_enlarges_all_planes_alike(tmp_path: Path) -> None:
    sizes = [
        travel[2] for travel in travels(filmed(tmp_path, planned(CameraMove.ZOOM_IN), stage()))
    ]
    assert min(sizes) > 1.1
    assert max(sizes) < 1.07 * min(sizes)


@pytest.mark.parametrize("move", [CameraMove.PULL_OUT, CameraMove.ZOOM_OUT])
def test_moving_out_ends_on_the_keyframe(tmp_path: Path, move: CameraMove) -> None:
    still = filmed(tmp_path, planned(frames=1), stage())
    frames = filmed(tmp_path, planned(move), stage())
    assert travels(frames)[SUBJECT][2] < 0.92
    assert np.abs(frames[-1].astype(int) - still[0]).mean() < 1


def test_orbit_moves_what_is_before_and_behind_the_subject_apart(tmp_path: Path) -> None:
    far, subject, near = travels(filmed(tmp_path, planned(CameraMove.ORBIT), stage()))
    assert far[0] > 0.02 * WIDE
    assert near[0] < -0.02 * WIDE
    assert abs(subject[0]) < 1.5


@pytest.mark.parametrize(("facing", "sign"), [(Facing.RIGHT, -1), (Facing.LEFT, 1)])
def test_follow_holds_the_subject_while_the_world_passes(
    tmp_path: Path, facing: Facing, sign: int
) -> None:
    plan = planned(CameraMove.FOLLOW, facing=facing)
    far, subject, near = travels(filmed(tmp_path, plan, stage()))
    assert abs(subject[0]) < 0.5
    assert sign * far[0] > 0.01 * WIDE
    assert sign * near[0] > 0.08 * WIDE


def test_roll_turns_the_picture_about_its_centre(tmp_path: Path) -> None:
    frames = filmed(tmp_path, planned(CameraMove.ROLL), stage())
    far, subject, near = travels(frames)
    assert abs(subject[0]) < 1
    start, end = spot(frames[0], FAR), spot(frames[-1], FAR)
    angles = [np.degrees(np.arctan2(at[1] - 160, at[0] - 90)) for at in (start, end)]
    assert angles[1] - angles[0] == pytest.approx(5 * 0.7, abs=0.6)
    assert far[0] * near[0] < 0


def test_hand_held_camera_never_rests_and_never_jumps(tmp_path: Path) -> None:
    frames = filmed(tmp_path, planned(CameraMove.HANDHELD, frames=48), stage())
    places = np.array([spot(frame, SUBJECT)[:2] for frame in frames])
    steps = np.hypot(*np.diff(places, axis=0).T)
    assert np.ptp(places, axis=0).max() > 1.0
    assert steps.max() < 1.5


def test_path_is_followed_to_its_end(tmp_path: Path) -> None:
    plan = planned(path=((0.0, 0.0, 1.0), (0.1, 0.1, 1.1), (0.1, -0.05, 1.25)))
    frames = filmed(tmp_path, plan, stage())
    x, y, side = spot(frames[-1], SUBJECT)
    assert side / spot(frames[0], SUBJECT)[2] == pytest.approx(1.25, abs=0.04)
    # The camera has gone a tenth of the width right and a twentieth of the height up.
    assert (x - 89.5, y - 159.5) == pytest.approx((-18 * 1.25, 16 * 1.25), abs=1.5)


@pytest.mark.parametrize("move", CameraMove)
def test_canvas_edge_is_never_in_the_frame(tmp_path: Path, move: CameraMove) -> None:
    for depth in (0.0, 0.5, 1.0, 2.0):
        wall = Plane("wall", depth, el("rect", fill="#ffffff", **CANVAS))
        layers = svg.document(width=WIDE, height=HIGH, defs="", planes=(wall,))
        assert filmed(tmp_path, planned(move, frames=7), layers).min() > 245, depth


def test_pictures_without_layers_are_filmed_within_their_edges(tmp_path: Path) -> None:
    keyframe = tmp_path / "key.png"
    picture = np.full((HIGH, WIDE, 3), 255, np.uint8)
    picture[145:175, 75:105] = 128
    cv2.imwrite(str(keyframe), picture)
    for move in CameraMove:
        frames = decoded(shot(tmp_path, planned(move, frames=9), None, keyframe))
        assert frames.min() > 100, move
        moved = np.abs(frames[-1].astype(int) - frames[0]).max()
        assert (moved > 12) == (move is not CameraMove.STATIC), move


def test_flat_pan_right_moves_the_picture_left(tmp_path: Path) -> None:
    keyframe = tmp_path / "key.png"
    noise = np.random.default_rng(1).integers(0, 255, (HIGH // 8, WIDE // 8), dtype=np.uint8)
    cv2.imwrite(str(keyframe), cv2.resize(noise, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC))
    frames = decoded(shot(tmp_path, planned(CameraMove.PAN_RIGHT), None, keyframe))
    first, last = (frame[..., 0].astype(np.float32) for frame in (frames[0], frames[-1]))
    (x, y), _ = cv2.phaseCorrelate(first, last, cv2.createHanningWindow((WIDE, HIGH), cv2.CV_32F))
    assert x < -0.05 * WIDE
    assert abs(y) < 1


def test_same_plan_is_the_same_bytes_and_another_seed_is_not(tmp_path: Path) -> None:
    layers = stage(marker("lamp", 1.0, (40, 200), "#ffff00", "bob 6 2"))
    one = shot(tmp_path, planned(seed=1, frames=8), layers).read_bytes()
    again = shot(tmp_path, planned(seed=1, frames=8), layers).read_bytes()
    other = shot(tmp_path, planned(seed=2, frames=8), layers).read_bytes()
    assert one == again
    assert one != other


def test_layers_of_another_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="their shapes differ"):
        shot(tmp_path, planned(size=(320, 180)), stage())


def test_layers_are_filmed_at_the_plans_own_size(tmp_path: Path) -> None:
    frames = filmed(tmp_path, planned(size=(2 * WIDE, 2 * HIGH), frames=2), stage())
    assert spot(frames[0], SUBJECT) == pytest.approx((179.5, 319.5, 60), abs=0.7)


def test_progress_grows_from_nothing_to_all(tmp_path: Path) -> None:
    told: list[float] = []
    shot(tmp_path, planned(frames=12), stage(), progress=told.append)
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert all(a <= b for a, b in pairwise(told))
    assert len(told) >= 12


async def test_cancelled_take_ends_its_encoder_and_leaves_no_file(tmp_path: Path) -> None:
    layers = tmp_path / "layers.svg"
    layers.write_text(stage(), encoding="utf-8")
    under_way = threading.Event()

    def progress(share: float) -> None:
        if share > 0.15:
            under_way.set()

    us = pytest.importorskip("psutil").Process()
    others = us.children()
    take = asyncio.create_task(
        Multiplane().film(
            plan=planned(CameraMove.ROLL, frames=3000),
            keyframe=tmp_path / "none.png",
            layers=layers,
            scratch=tmp_path,
            progress=progress,
        )
    )
    assert await asyncio.to_thread(under_way.wait, 60)
    encoders = [child for child in us.children() if child not in others]
    assert encoders
    take.cancel()
    with pytest.raises(asyncio.CancelledError):
        await take
    assert not any(encoder.is_running() for encoder in encoders)
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["layers.svg"]


def test_it_is_the_camera_that_the_package_names() -> None:
    (entry,) = entry_points(group="nightshoot.video", name="multiplane")
    camera: VideoGenerator = entry.load()()
    assert camera.name == "multiplane"
    assert camera.available().ready
    assert camera.estimate(plan=planned()).cost_usd == 0
