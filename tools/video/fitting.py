"""Brings a plan to what a video model can make: its size, its rate, its numbers of frames.

Pure arithmetic: it runs before anything is loaded or reserved, and what it cannot bring there it
refuses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from nightshoot.errors import InputError

MOST_STRETCHES = 6
"""How many calls of the model one take may be made of. Each begins from the last frame of the one
before, and what drifts there (colour, faces) is never mended. Source: six stretches of the shortest
model (16 frames at 8 fps) are 11.4 s, more than a shot of short drama lasts."""

TOLD_FPS = (Fraction(16), Fraction(30))
"""The rates that a model which can be told any rate is told. Source: LTX-Video's and LTX-2's model
cards show 24, 25 and 30; LTX-Video's training videos were not brought to one rate (arXiv
2501.00103), and 16 is the slowest that other models of the kind are trained at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a model can make."""

    name: str
    """For messages."""
    size_multiple: int
    best_pixels: int
    """The area that it is best at."""
    max_pixels: int
    frame_rule: tuple[int, int]
    """`(a, b)`: the number of frames is a multiple of `a`, at least one, plus `b`."""
    max_frames: int
    """In one call."""
    fps: Fraction | None
    """The rate that its motion is right at; None: it can be told."""
    most_stretches: int = MOST_STRETCHES


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """What a model is asked for, to make one take."""

    width: int
    height: int
    fps: Fraction
    stretches: tuple[int, ...]
    """How many frames each call makes; a later one begins with the last frame of the one before."""

    @property
    def num_frames(self) -> int:
        """How many frames there are in all, each shown once."""
        return sum(self.stretches) - (len(self.stretches) - 1)


def fit(*, width: int, height: int, fps: Fraction, num_frames: int, rules: Rules) -> Fitting:
    """Gives what the model has to make for a take of this size, rate and length.

    Args:
        width: of the film, in pixels.
        height: of the film, in pixels.
        fps: of the film.
        num_frames: of the take, at the film's rate; at least 1.
        rules: what the model can make.

    Raises:
        InputError: the take is longer than the model can give.
    """
    model_fps = rules.fps or told_rate(fps)
    # The last frame of the take lies (num_frames - 1) / fps after the first.
    needed = math.ceil((num_frames - 1) * model_fps / fps) + 1
    wide, high = fit_size(width, height, rules)
    return Fitting(
        width=wide, height=high, fps=model_fps, stretches=_stretches(needed, num_frames, fps, rules)
    )


def fit_size(width: int, height: int, rules: Rules) -> tuple[int, int]:
    """Gives a size of nearly the same shape, near the model's best area and within its largest."""
    step = rules.size_multiple
    best = min(rules.best_pixels, rules.max_pixels)
    ideal = math.sqrt(best * width / height)
    longest = max(step, rules.max_pixels // step // step * step)
    found = []
    for wide in _around(ideal, step):
        for high in _around(wide * height / width, step):
            size = (min(wide, longest), min(high, longest))
            if size[0] * size[1] <= rules.max_pixels or size == (step, step):
                found.append((_unlike(size, width, height, best), size))
    if not found:
        # So narrow a shape, or so small a limit, that only the shape can give way.
        narrow = step if width <= height else longest
        found.append((0.0, (narrow, longest if narrow == step else step)))
    return min(found)[1]


def longest_take(fps: Fraction, rules: Rules) -> int:
    """Gives how many frames of the film's rate the longest possible take has."""
    model_fps = rules.fps or told_rate(fps)
    most = _most_frames(rules)
    return math.floor(rules.most_stretches * (most - 1) * fps / model_fps) + 1


def told_rate(fps: Fraction) -> Fraction:
    """Gives the rate to tell a model that can be told any: the film's, or a whole part of it.

    A whole part or a whole multiple keeps the frames of the film on frames of the model.
    """
    slowest, fastest = TOLD_FPS
    if fps > fastest:
        return fps / math.ceil(fps / fastest)
    if fps < slowest:
        return fps * math.ceil(slowest / fps)
    return fps


def round_up(frames: int, rule: tuple[int, int]) -> int:
    """Gives the smallest number of frames that keeps the rule and is not below `frames`."""
    step, plus = rule
    return max(1, math.ceil((frames - plus) / step)) * step + plus


def _most_frames(rules: Rules) -> int:
    step, plus = rules.frame_rule
    return max(1, (rules.max_frames - plus) // step) * step + plus


def _stretches(needed: int, num_frames: int, fps: Fraction, rules: Rules) -> tuple[int, ...]:
    """Shares the frames out evenly: a short last stretch would move otherwise than the rest."""
    most = _most_frames(rules)
    count = max(1, math.ceil((needed - 1) / (most - 1)))
    if count > rules.most_stretches:
        longest = longest_take(fps, rules)
        raise InputError(
            f"a shot of {float(num_frames / fps):.1f} s is too long for {rules.name}, which gives "
            f"{float(longest / fps):.1f} s at most ({rules.most_stretches} times {most} frames): "
            "divide the shot in storyboard.yaml, or choose another camera"
        )
    shares = []
    left = needed - 1
    for remaining in range(count, 0, -1):
        frames = min(most, round_up(math.ceil(left / remaining) + 1, rules.frame_rule))
        shares.append(frames)
        left -= frames - 1
    return tuple(shares)


def _around(length: float, step: int) -> tuple[int, ...]:
    below = max(step, math.floor(length / step) * step)
    return (below, below + step)


def _unlike(size: tuple[int, int], width: int, height: int, best: int) -> float:
    """Gives how far a size is from the shape and the area that are wanted, in octaves.

    Another shape loses picture, another area only some detail: so the shape weighs more.
    """
    shape = abs(math.log2(size[0] / size[1] * height / width))
    area = abs(math.log2(size[0] * size[1] / best))
    return 4 * shape + area
