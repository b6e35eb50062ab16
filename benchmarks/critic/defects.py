"""Spoils clean takes: each defect at graded severities, on the frames that measures see.

A grade is a physical amount (percent, share, seconds), so that a figure can be compared with what
people notice; `noticed` is the grade from which a viewer notices, a convention of this benchmark
with its reason beside it. Injection is deterministic: the same take, grade and seed give the same
frames.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.vocabulary import CameraMove
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.shown import TakeShown

Spoil = Callable[[TakeShown, float, TakeShown, np.random.Generator], TakeShown]
"""Gives a spoiled take from a clean one, a grade, another clean take, and a source of chance."""

_Numbers = NDArray[np.float64]


def camera_moves(shown: TakeShown) -> bool:
    """Whether the board asks for a camera that moves."""
    return shown.plan.camera.move is not CameraMove.STATIC


def _always(_: TakeShown) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Defect:
    """One way in which a take goes wrong."""

    id: str
    measures: tuple[str, ...]
    """Those that should convict it, any of them."""
    unit: str
    grades: tuple[float, ...]
    """From mild to severe."""
    noticed: float
    """The first grade that a viewer notices."""
    spoil: Spoil
    applies: Callable[[TakeShown], bool] = _always
    """Whether a clean take can have the defect."""


def spoiled(
    defect: Defect, grade: float, clean: TakeShown, other: TakeShown, seed: int
) -> TakeShown:
    """Gives a take with one defect.

    Args:
        defect: what goes wrong.
        grade: how badly, in the defect's unit.
        clean: the take; it is not changed.
        other: another take, for defects that mix two.
        seed: decides where and how, within the grade.
    """
    return defect.spoil(clean, grade, other, np.random.default_rng(seed))


def with_frames(shown: TakeShown, luma: Picture, color: Picture) -> TakeShown:
    return TakeShown(shown.plan, replace(shown.footage, luma=luma, color=color), shown.keyframe)


def lit(shown: TakeShown, gains: _Numbers, offset: float = 0.0) -> TakeShown:
    """Multiplies each frame's brightness, about `offset` of 255."""
    film = shown.footage

    def shone(frames: Picture) -> Picture:
        levels = np.arange(256)
        tables = np.clip(np.rint((levels - offset) * gains[:, None]), 0, 255).astype(np.uint8)
        return np.stack([cv2.LUT(f, t) for f, t in zip(frames, tables, strict=True)])

    return with_frames(shown, shone(film.luma), shone(film.color))


def _flickering(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    return lit(s, 1 + grade / 100 * rng.choice((-1.0, 1.0), len(s.footage.luma)))


def _pumping(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    seconds = np.arange(len(s.footage.luma)) / float(s.footage.fps)
    turns = rng.uniform(1.5, 4.0) * seconds + rng.uniform()
    return lit(s, 1 + grade / 100 * np.sin(math.tau * turns))


def _blur(frames: Picture, sigmas: _Numbers) -> Picture:
    return np.stack(
        [
            cv2.GaussianBlur(frame, (0, 0), sigma) if sigma > 0.2 else frame
            for frame, sigma in zip(frames, sigmas, strict=True)
        ]
    ).astype(np.uint8)


def _blurred_by(shown: TakeShown, shares: _Numbers) -> TakeShown:
    film = shown.footage
    luma = _blur(film.luma, shares * film.luma.shape[2])
    return with_frames(shown, luma, _blur(film.color, shares * film.color.shape[2]))


def _soft(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    return _blurred_by(s, np.full(len(s.footage.luma), grade / 100))


def _softening(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    way = np.linspace(-0.6, 1.4, len(s.footage.luma))
    return _blurred_by(s, grade / 100 * np.clip(way, 0, 1))


def _enlarged(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    """Films at a lower resolution and enlarges it."""

    def through(frame: Picture) -> Picture:
        size = (frame.shape[1], frame.shape[0])
        small = (max(1, round(size[0] / grade)), max(1, round(size[1] / grade)))
        down = cv2.resize(frame, small, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(down, size, interpolation=cv2.INTER_CUBIC), np.uint8)

    return with_frames(s, np.stack([through(frame) for frame in s.footage.luma]), s.footage.color)


def _spliced(s: TakeShown, grade: float, other: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Goes over to another take within `grade` frames."""
    count = len(s.footage.luma)
    at = rng.uniform(0.3, 0.7) * count
    ramp = np.clip((np.arange(count) - at) / grade + 1, 0, 1)
    return _mixed(s, other, np.floor(ramp) if grade == 1 else ramp)


def _mixed(s: TakeShown, other: TakeShown, shares: _Numbers) -> TakeShown:
    def mix(own: Picture, theirs: Picture) -> Picture:
        size = (own.shape[2], own.shape[1])
        frames = []
        for index, (frame, share) in enumerate(zip(own, shares, strict=True)):
            if share <= 0:
                frames.append(frame)
                continue
            there = cv2.resize(theirs[index % len(theirs)], size, interpolation=cv2.INTER_AREA)
            frames.append(cv2.addWeighted(frame, 1 - share, there, share, 0))
        return np.stack(frames).astype(np.uint8)

    return with_frames(
        s, mix(s.footage.luma, other.footage.luma), mix(s.footage.color, other.footage.color)
    )


def _stranger(s: TakeShown, grade: float, other: TakeShown, _rng: np.random.Generator) -> TakeShown:
    return _mixed(s, other, np.full(len(s.footage.luma), grade))


def _moved(shown: TakeShown, poses: NDArray[np.float64]) -> TakeShown:
    """Moves each frame: columns are x and y in shares of the width, and the scale."""

    def moved(frames: Picture) -> Picture:
        height, width = frames.shape[1:3]
        done = []
        for frame, (x, y, scale) in zip(frames, poses, strict=True):
            away = ((1 - scale) * width / 2 + x * width, (1 - scale) * height / 2 + y * width)
            matrix = np.array([[scale, 0, away[0]], [0, scale, away[1]]])
            done.append(
                cv2.warpAffine(frame, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
            )
        return np.stack(done).astype(np.uint8)

    return with_frames(shown, moved(shown.footage.luma), moved(shown.footage.color))


def _poses(count: int) -> _Numbers:
    return np.tile([0.0, 0.0, 1.0], (count, 1))


def _reframed(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    poses = _poses(len(s.footage.luma))
    poses[round(rng.uniform(0.3, 0.7) * len(poses)) :, 2] = 1 + grade / 100
    return _moved(s, poses)


def _punched(s: TakeShown, grade: float, _: TakeShown, _rng: np.random.Generator) -> TakeShown:
    poses = _poses(len(s.footage.luma))
    poses[:, 2] = 1 + grade / 100
    return _moved(s, poses)


def _shaken(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    poses = _poses(len(s.footage.luma))
    seconds = np.arange(len(poses)) / float(s.footage.fps)
    for axis in (0, 1):
        turns = rng.uniform(2.5, 5.0) * seconds + rng.uniform()
        poses[:, axis] = grade / 100 * np.sin(math.tau * turns)
    poses[:, 2] = 1 + 2 * grade / 100
    return _moved(s, poses)


def _whipped(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    poses = _poses(len(s.footage.luma))
    seconds = np.arange(len(poses)) / float(s.footage.fps)
    begun = rng.uniform(0.2, 0.6) * seconds[-1]
    # 0.9 of a width in all: so much of it is still there to be seen when it stops.
    poses[:, 0] = rng.choice((-1, 1)) * np.clip((seconds - begun) * grade, 0, 0.9)
    return _moved(s, poses)


def _bars(above: bool, beside: bool) -> Spoil:
    def barred(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
        tone = int(rng.choice((0, 0, 16, 255)))

        def with_bars(frames: Picture) -> Picture:
            height, width = frames.shape[1:3]
            done = np.full_like(frames, tone)
            rows = round(grade / 200 * height) if above else 0
            columns = round(grade / 200 * width) if beside else 0
            inside = (slice(None), slice(rows, height - rows), slice(columns, width - columns))
            done[inside] = frames[inside]
            return done

        return with_frames(s, with_bars(s.footage.luma), with_bars(s.footage.color))

    return barred


def _burnt(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Lets the next brightest `grade` percent of the picture burn out, from somewhere on."""
    strongest = s.footage.color.max(axis=3)
    clear = 100 * float((strongest < 252).mean())
    level = max(4.0, float(np.percentile(strongest, max(1.0, clear - grade))))
    return lit(s, _onset(len(s.footage.luma), 255 / level * 1.03, rng))


def _crushed(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Drowns the next darkest `grade` percent in black, from somewhere on."""
    strongest = s.footage.color.max(axis=3)
    black = 100 * float((strongest <= 3).mean())
    level = float(np.percentile(strongest, min(99.0, black + grade)))
    gains = _onset(len(s.footage.luma), 1.0, rng)
    spoiled_from = round(rng.uniform(0.0, 0.5) * len(gains))
    dark = lit(s, np.full(len(gains), 255 / max(8.0, 255 - level)), level + 1)
    luma, color = s.footage.luma.copy(), s.footage.color.copy()
    luma[spoiled_from:], color[spoiled_from:] = (
        dark.footage.luma[spoiled_from:],
        dark.footage.color[spoiled_from:],
    )
    return with_frames(s, luma, color)


def _onset(count: int, gain: float, rng: np.random.Generator) -> _Numbers:
    begun = rng.uniform(0.0, 0.5) * count
    return 1 + (gain - 1) * np.clip((np.arange(count) - begun) / 6, 0, 1)


def _cast(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Drifts the chroma by `grade` on average, bright parts more, over the first two thirds."""
    angle = rng.uniform(0, math.tau)
    way = grade * np.array([math.cos(angle), math.sin(angle)], np.float32)
    color = []
    for frame, share in zip(
        s.footage.color, np.clip(np.linspace(0, 1.5, len(s.footage.color)), 0, 1), strict=True
    ):
        lab = cv2.cvtColor(frame.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        bright = lab[:, :, :1]
        lab[:, :, 1:] += way * np.float32(share) * (bright + 10) / (bright.mean() + 10)
        rgb = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1)
        color.append(np.rint(rgb * 255).astype(np.uint8))
    return with_frames(s, s.footage.luma, np.stack(color))


def _stopped(s: TakeShown, grade: float, _: TakeShown, rng: np.random.Generator) -> TakeShown:
    count = len(s.footage.luma)
    long = min(round(grade * float(s.footage.fps)), count // 2)
    begun = rng.integers(count // 4, count - long)
    order = np.arange(count)
    order[begun : begun + long] = begun
    return with_frames(s, s.footage.luma[order], s.footage.color[order])


DEFECTS: tuple[Defect, ...] = (
    # 1 % is about what an eye finds at 8 to 20 Hz when it looks for it (de Lange, JOSA 48, 1958).
    Defect(
        "flicker", ("temporal_flickering",), "% of brightness", (0.5, 1, 2, 4, 8), 2, _flickering
    ),
    Defect("pumping", ("temporal_flickering",), "% of brightness", (1, 2, 4, 8, 16), 4, _pumping),
    # 0.75 % of the width is a Gaussian of 5 pixels at 720p.
    Defect(
        "blur",
        ("imaging_quality", "sharpness_kept"),
        "sigma, % of the width",
        (0.25, 0.5, 0.75, 1.2, 2.0),
        0.75,
        _soft,
    ),
    Defect(
        "blurring_away",
        ("imaging_quality", "sharpness_kept"),
        "sigma, % of the width",
        (0.25, 0.5, 0.75, 1.2, 2.0),
        0.75,
        _softening,
    ),
    Defect(
        "low_resolution",
        ("imaging_quality", "sharpness_kept"),
        "times enlarged",
        (1.5, 2, 3, 4, 6),
        3,
        _enlarged,
    ),
    Defect("cut", ("jump_cut",), "frames of transition", (8, 4, 2, 1), 1, _spliced),
    Defect("reframed", ("jump_cut",), "% larger", (2, 5, 10, 20, 40), 20, _reframed),
    Defect("shake", ("violent_motion",), "% of the width", (1, 3, 6, 12), 6, _shaken),
    Defect("whip", ("violent_motion",), "widths a second", (0.5, 1, 2, 4), 2, _whipped),
    Defect("letterbox", ("borders",), "% of the height", (1, 3, 6, 12, 24), 3, _bars(True, False)),
    Defect("pillars", ("borders",), "% of the width", (1, 3, 6, 12, 24), 3, _bars(False, True)),
    Defect("frame", ("borders",), "% of each side", (1, 3, 6, 12, 24), 3, _bars(True, True)),
    Defect("burnt", ("clipped_exposure",), "% of the picture", (4, 8, 16, 32, 64), 16, _burnt),
    Defect("crushed", ("clipped_exposure",), "% of the picture", (4, 8, 16, 32, 64), 32, _crushed),
    # 2.3 is the least difference that is seen side by side (Mahy et al., 1994); a take has no side.
    Defect("cast", ("colour_cast",), "chroma in CIELAB", (2, 4, 8, 16), 8, _cast),
    Defect(
        "stranger", ("first_frame",), "share of another picture", (0.25, 0.5, 0.75, 1), 1, _stranger
    ),
    Defect("punched_in", ("first_frame",), "% larger", (5, 15, 30, 60), 60, _punched),
    Defect("stopped", ("frozen_stretch",), "seconds", (0.25, 0.5, 1, 2), 1, _stopped, camera_moves),
)
