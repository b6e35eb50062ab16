"""A clean take that is made in memory: a sharp, varied picture under a slow camera."""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Staging
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.measure.frames import Footage
from nightshoot.tools.measure.shown import TakeShown

# The injectors are part of the benchmarks, which are not installed.
sys.path.append(str(Path(__file__).resolve().parents[4]))

WIDE, HIGH, COUNT = 180, 320, 48


def _world(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(50, 190, (HIGH // 40 + 1, (WIDE + 120) // 40 + 1, 3), np.uint8)
    world = cv2.resize(coarse, (WIDE + 120, HIGH), interpolation=cv2.INTER_CUBIC)
    for _ in range(60):
        x, y = rng.integers(0, (WIDE + 120, HIGH))
        across, down = rng.integers(6, 40, 2)
        colour = tuple(int(one) for one in rng.integers(30, 220, 3))
        cv2.rectangle(world, (int(x), int(y)), (int(x + across), int(y + down)), colour, -1)
    return world


@pytest.fixture(scope="session")
def take() -> Callable[..., TakeShown]:
    """Gives a clean take of `seed`, with its keyframe, in the weather asked for."""

    def made(
        seed: int = 1,
        *,
        weather: Weather = Weather.CLEAR,
        move: CameraMove = CameraMove.TRUCK_RIGHT,
        count: int = COUNT,
    ) -> TakeShown:
        world = _world(seed)
        frames = [world[:, number : number + WIDE] for number in range(count)]
        if move is CameraMove.ZOOM_OUT:
            frames.reverse()
        small = [
            cv2.resize(one, (WIDE // 4, HIGH // 4), interpolation=cv2.INTER_AREA) for one in frames
        ]
        footage = Footage(
            luma=np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in frames]),
            color=np.stack(small),
            width=WIDE,
            height=HIGH,
            fps=Fraction(24),
        )
        plan = ShotPlan(
            shot="s01",
            prompt="a shot",
            staging=Staging(
                setting=Setting.STREET,
                era=Era.MODERN,
                time_of_day=TimeOfDay.DAY,
                weather=weather,
                mood=Mood.SERENE,
            ),
            camera=Camera(size=ShotSize.WS, move=move),
            width=WIDE,
            height=HIGH,
            fps=Fraction(24),
            num_frames=count,
            seed=seed,
        )
        return TakeShown(plan, footage, np.ascontiguousarray(world[:, :WIDE, ::-1]))

    return made
