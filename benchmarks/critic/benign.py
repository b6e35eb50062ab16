"""What may happen in a good take, and looks like a defect to a careless measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import Weather
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.shown import TakeShown

Happening = Callable[[TakeShown, np.random.Generator], TakeShown]


def lightning(shown: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Strikes once in a storm: light for three frames, mostly from above, gone in half a second."""
    count = len(shown.footage.luma)
    at = int(rng.uniform(0.25, 0.6) * count)
    light = np.zeros(count)
    light[at : at + 14] = [
        1,
        0.9,
        0.6,
        0.9,
        0.7,
        0.55,
        0.4,
        0.3,
        0.22,
        0.16,
        0.1,
        0.06,
        0.03,
        0.01,
    ][: count - at]
    staging = shown.plan.staging.model_copy(update={"weather": Weather.STORM})
    plan = shown.plan.model_copy(update={"staging": staging})

    def struck(frames: Picture) -> Picture:
        high = np.linspace(1.0, 0.35, frames.shape[1]).reshape(-1, *[1] * (frames.ndim - 2))
        done = frames.copy()
        for index in np.nonzero(light)[0]:
            lit = done[index] * (1 + 0.5 * light[index] * high) + 40 * light[index] * high
            done[index] = np.clip(lit, 0, 245).astype(np.uint8)
        return done

    return _with(shown, plan, struck)


def rain(shown: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Lets bright streaks fall, new ones in every frame."""
    staging = shown.plan.staging.model_copy(update={"weather": Weather.RAIN})
    plan = shown.plan.model_copy(update={"staging": staging})
    places = rng.uniform(0, 1, (len(shown.footage.luma), 140, 2))

    def wet(frames: Picture) -> Picture:
        height, width = frames.shape[1:3]
        done = frames.copy()
        for frame, drops in zip(done, places, strict=True):
            streaks = np.zeros((height, width), np.uint8)
            for x, y in drops:
                begun = (int(x * width), int(y * height))
                ended = (begun[0] - width // 90, begun[1] + height // 24)
                cv2.line(streaks, begun, ended, 36, 1, cv2.LINE_AA)
            weight = streaks if frame.ndim == 2 else streaks[:, :, None]
            np.copyto(frame, np.minimum(frame.astype(np.uint16) + weight, 245).astype(np.uint8))
        return done

    return _with(shown, plan, wet)


def passer_by(shown: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Lets a dark figure a third of the width wide walk through in a second and a half."""
    seconds = np.arange(len(shown.footage.luma)) / float(shown.footage.fps)
    middle = (seconds - rng.uniform(0.1, 0.4)) / 1.5 * 1.4 - 0.2

    def passed(frames: Picture) -> Picture:
        height, width = frames.shape[1:3]
        done = frames.copy()
        for frame, x in zip(done, middle, strict=True):
            size = (max(1, width // 6), max(1, round(0.42 * height)))
            centre = (int(x * width), int(0.6 * height))
            cv2.ellipse(
                frame, centre, size, 0, 0, 360, (18, 16, 20)[: 1 if frame.ndim == 2 else 3], -1
            )
        return done

    return _with(shown, shown.plan, passed)


def lantern(shown: TakeShown, rng: np.random.Generator) -> TakeShown:
    """Lets a lantern's glow, a quarter of the width wide, tremble by a tenth."""
    seconds = np.arange(len(shown.footage.luma)) / float(shown.footage.fps)
    tremble = 0.1 * np.sin(2 * np.pi * (rng.uniform(2, 6) * seconds + rng.uniform()))
    at = rng.uniform(0.2, 0.8, 2)

    def glowing(frames: Picture) -> Picture:
        height, width = frames.shape[1:3]
        y, x = np.mgrid[:height, :width]
        away = ((x / width - at[0]) ** 2 + ((y / height - at[1]) * height / width) ** 2) / 0.03
        glow = np.exp(-away)[..., None] if frames.ndim == 4 else np.exp(-away)
        lit = [frame * (1 + share * glow) for frame, share in zip(frames, tremble, strict=True)]
        return np.asarray(np.clip(np.stack(lit), 0, 245), np.uint8)

    return _with(shown, shown.plan, glowing)


def dusk(shown: TakeShown, _rng: np.random.Generator) -> TakeShown:
    """Lets the light fade by a quarter over the take."""
    gains = np.linspace(1, 0.75, len(shown.footage.luma))

    def fading(frames: Picture) -> Picture:
        shaped = gains.reshape(-1, *[1] * (frames.ndim - 1))
        return np.rint(frames * shaped).astype(np.uint8)

    return _with(shown, shown.plan, fading)


HAPPENINGS: tuple[Happening, ...] = (lightning, rain, passer_by, lantern, dusk)


def _with(shown: TakeShown, plan: ShotPlan, change: Callable[[Picture], Picture]) -> TakeShown:
    film = shown.footage
    footage = replace(film, luma=change(film.luma), color=change(film.color))
    return replace(shown, plan=plan, footage=footage)
