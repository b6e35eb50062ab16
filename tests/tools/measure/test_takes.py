"""Takes and keyframes are judged by their pixels: good ones pass, spoiled ones are convicted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Mood,
    MoveStrength,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.errors import BackendError
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.frames import WIDTH, Footage, decode, read_picture
from nightshoot.tools.measure.keyframes import judge_keyframe
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.takes import MEASURES, judge_take
from nightshoot.tools.video.encode import FrameWriter
from nightshoot.tools.video.multiplane.filmer import Multiplane

Frame = NDArray[np.uint8]
WIDE, HIGH, FPS, COUNT = 136, 240, Fraction(24), 36


def judged(shot: ShotPlan, take: Footage) -> Review:
    return judge_take(TakeShown(plan=shot, footage=take))


def plan(
    *,
    size: ShotSize = ShotSize.WS,
    move: CameraMove = CameraMove.TRUCK_LEFT,
    people: int = 0,
    setting: Setting = Setting.ROOM,
    weather: Weather = Weather.CLEAR,
    mood: Mood = Mood.SERENE,
    time_of_day: TimeOfDay = TimeOfDay.DAY,
    path: tuple[tuple[float, float, float], ...] = (),
    seed: int = 5,
) -> ShotPlan:
    return ShotPlan(
        shot="s01",
        prompt="a shot",
        staging=Staging(
            setting=setting,
            era=Era.MODERN,
            time_of_day=time_of_day,
            weather=weather,
            mood=mood,
            figures=(Figure(),) * people,
        ),
        camera=Camera(size=size, move=move, strength=MoveStrength.GENTLE, path=path),
        width=WIDE,
        height=HIGH,
        fps=FPS,
        num_frames=COUNT,
        seed=seed,
    )


def scene(seed: int = 1) -> Frame:
    coarse = np.random.default_rng(seed).integers(40, 216, (12, 8, 3), np.uint8)
    return cv2.resize(coarse, (WIDE, HIGH), interpolation=cv2.INTER_NEAREST).astype(np.uint8)


def filmed(
    path: Path,
    frame: Callable[[int], Frame],
    *,
    count: int = COUNT,
    fps: Fraction = FPS,
    size: tuple[int, int] = (WIDE, HIGH),
) -> Footage:
    with FrameWriter(path, width=size[0], height=size[1], fps=fps) as writer:
        for number in range(count):
            writer.write(np.ascontiguousarray(frame(number), np.uint8))
    return decode(path)


def sliding(number: int) -> Frame:
    return np.roll(scene(), number, axis=1)


def flat(value: int) -> Callable[[int], Frame]:
    return lambda _: np.full((HIGH, WIDE, 3), value, np.uint8)


def failed(review: Review) -> list[str]:
    return [finding.measure for finding in review.findings if not finding.passed]


def test_a_good_take_passes_every_measure(tmp_path: Path) -> None:
    review = judged(plan(), filmed(tmp_path / "t.mp4", sliding))
    judged_by = {finding.measure for finding in review.findings}
    silent = {name.partition(":")[0] for name in review.not_judged}
    assert judged_by | silent == {measure.scale.id for measure in MEASURES}
    assert len({measure.scale.id for measure in MEASURES}) == len(MEASURES)
    assert judged_by >= {"frame_count", "format", "black_frames", "blank_frames", "camera_motion"}
    assert review.passed
    assert review.note == ""


def test_brightness_is_decoded_over_the_full_range(tmp_path: Path) -> None:
    for value in (0, 128, 255):
        take = filmed(tmp_path / f"{value}.mp4", flat(value), count=3)
        assert abs(float(take.luma.mean()) - value) <= 1
        assert take.luma.shape == (3, HIGH, WIDE)


def test_a_large_take_is_measured_small(tmp_path: Path) -> None:
    wide = np.zeros((360, 640, 3), np.uint8)
    wide[:, 320:] = 255
    take = filmed(tmp_path / "t.mp4", lambda _: wide, count=2, size=(640, 360))
    assert take.luma.shape == (2, round(360 * WIDTH / 640), WIDTH)
    assert (take.width, take.height, take.fps) == (640, 360, FPS)
    assert take.luma[0, :, : WIDTH // 2 - 2].max() < 3
    assert take.luma[0, :, WIDTH // 2 + 2 :].min() > 252


@pytest.mark.parametrize(
    ("frame", "measures"),
    [
        (flat(0), ["black_frames", "blank_frames", "dynamic_degree"]),
        (flat(128), ["blank_frames", "dynamic_degree"]),
        (lambda _: scene(), ["dynamic_degree", "camera_motion"]),
        (lambda n: sliding(n) if n != 17 else flat(0)(n), ["black_frames", "blank_frames"]),
        (lambda n: sliding(n) if n != 17 else flat(90)(n), ["blank_frames"]),
        (lambda n: (sliding(n) * 0.012).astype(np.uint8), None),
    ],
    ids=["black", "grey", "frozen", "one frame black", "one frame grey", "all but black"],
)
def test_a_spoiled_take_is_convicted_of_what_is_wrong(
    tmp_path: Path, frame: Callable[[int], Frame], measures: list[str] | None
) -> None:
    review = judged(plan(), filmed(tmp_path / "t.mp4", frame))
    if measures is None:
        assert "black_frames" in failed(review)
    else:
        assert set(measures) <= set(failed(review))
    assert review.note


def test_the_frame_that_convicts_is_named(tmp_path: Path) -> None:
    take = filmed(tmp_path / "t.mp4", lambda n: flat(0)(n) if n == 17 else sliding(n))
    black = next(f for f in judged(plan(), take).findings if f.measure == "black_frames")
    assert black.frame == 17


def test_a_take_of_the_wrong_length_size_or_rate_is_convicted(tmp_path: Path) -> None:
    short = filmed(tmp_path / "a.mp4", sliding, count=COUNT - 2)
    assert failed(judged(plan(), short)) == ["frame_count"]
    quick = filmed(tmp_path / "b.mp4", sliding, fps=Fraction(25))
    assert failed(judged(plan(), quick)) == ["format"]
    small = filmed(tmp_path / "c.mp4", lambda n: sliding(n)[:200], size=(WIDE, 200))
    assert failed(judged(plan(), small)) == ["format"]


def test_a_single_frame_and_two_are_judged_too(tmp_path: Path) -> None:
    for count in (1, 2):
        take = filmed(tmp_path / f"{count}.mp4", sliding, count=count)
        assert "frame_count" in failed(judged(plan(), take))


@pytest.mark.parametrize(
    ("shot", "moves"),
    [
        (plan(move=CameraMove.STATIC), False),
        (plan(move=CameraMove.STATIC, people=1, size=ShotSize.EWS), False),
        (plan(move=CameraMove.STATIC, people=1, size=ShotSize.MS), True),
        (plan(move=CameraMove.STATIC, size=ShotSize.CU), False),
        (plan(move=CameraMove.STATIC, path=((0, 0, 1), (0, 0, 1.2))), True),
        (plan(move=CameraMove.FOLLOW), True),
    ],
)
def test_stillness_is_a_fault_only_where_something_has_to_move(
    tmp_path: Path, shot: ShotPlan, moves: bool
) -> None:
    review = judged(shot, filmed(tmp_path / "t.mp4", lambda _: scene()))
    assert ("dynamic_degree" in failed(review)) is moves
    silent = {name.partition(":")[0] for name in review.not_judged}
    assert ("dynamic_degree" in silent) is not moves


def made(shot: ShotPlan, scratch: Path) -> tuple[Review, Review]:
    """Paints and films a shot with the embedded tools; gives both verdicts."""
    painting = asyncio.run(ShadowPlay().paint(plan=shot, scratch=scratch, progress=lambda _: None))
    footage = asyncio.run(
        Multiplane().film(
            plan=shot,
            keyframe=painting.picture,
            layers=painting.layers,
            scratch=scratch,
            progress=lambda _: None,
        )
    )
    keyframe = judge_keyframe(shot, read_picture(painting.picture))
    return keyframe, judged(shot, decode(footage.video))


@pytest.mark.parametrize(
    "shot",
    [
        plan(move=CameraMove.STATIC),
        plan(move=CameraMove.STATIC, people=1, size=ShotSize.MS),
        plan(
            setting=Setting.HEAVEN,
            time_of_day=TimeOfDay.DAWN,
            weather=Weather.FOG,
            size=ShotSize.CU,
            move=CameraMove.FOLLOW,
            seed=663,
        ),
        plan(
            setting=Setting.FIELD,
            time_of_day=TimeOfDay.NIGHT,
            weather=Weather.RAIN,
            mood=Mood.TENSE,
            size=ShotSize.MS,
            people=3,
            seed=876,
        ),
    ],
    ids=["calmest", "calm person", "flattest", "darkest"],
)
def test_the_calmest_flattest_and_darkest_that_we_make_pass(tmp_path: Path, shot: ShotPlan) -> None:
    keyframe, take = made(shot, tmp_path)
    assert failed(keyframe) == []
    assert failed(take) == []


@pytest.mark.parametrize(
    ("picture", "measures"),
    [
        (scene(), []),
        (flat(0)(0), ["black_frames", "blank_frames"]),
        (flat(200)(0), ["blank_frames"]),
        (scene()[:100], ["format"]),
    ],
)
def test_a_keyframe_is_judged_before_it_is_filmed(picture: Frame, measures: list[str]) -> None:
    assert failed(judge_keyframe(plan(), picture)) == measures


def test_a_picture_is_read_from_any_path_and_anything_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "夜 [1].png"
    path.write_bytes(cv2.imencode(".png", scene())[1].tobytes())
    assert np.array_equal(read_picture(path), scene())
    for content in (b"no picture", b"\x89PNG\r\n\x1a\n"):
        path.write_bytes(content)
        with pytest.raises(BackendError, match="not a picture"):
            read_picture(path)


@pytest.mark.parametrize("content", [b"", b"no video at all", b"\x00\x00\x00\x18ftypmp42"])
def test_a_file_that_is_no_video_is_a_backend_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.mp4"
    path.write_bytes(content)
    with pytest.raises(BackendError, match=r"t\.mp4"):
        decode(path)


def test_a_file_without_a_picture_track_is_a_backend_error(tmp_path: Path) -> None:
    import wave

    path = tmp_path / "t.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(800))
    with pytest.raises(BackendError, match=r"t\.wav"):
        decode(path)


def finding(value: float, threshold: float, direction: Direction) -> Finding:
    return Finding(
        measure="m", value=value, unit="u", threshold=threshold, direction=direction, note="bad."
    )


def test_takes_are_ranked_by_what_passed_then_by_how_far() -> None:
    least, most = Direction.AT_LEAST, Direction.AT_MOST
    good, near, far = finding(4, 3, least), finding(2.9, 3, least), finding(9, 3, most)
    ranked = [
        Review(findings=(good, good)),
        Review(findings=(good, near)),
        Review(findings=(good, far)),
        Review(findings=(far, far)),
    ]
    scores = [review.score for review in ranked]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4
    assert ranked[2].note == "bad."
    assert Review(findings=()).passed
