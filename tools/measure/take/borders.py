"""Whether a take has letterbox bars, pillars or a frame around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.small import fitted, sampled

BARS = 0.012
"""Source: measured. 100 clean takes have 0.0; 600 times bars of 3 percent have 0.0132 and
more, mostly 0.03."""

_FRAMES = 6
_EVEN = 6.0
"""How much a bar's brightness may vary, of 255, from its 2nd to its 98th percentile: compression
rings beside the picture."""
_OTHER = 2.0
"""Levels of 255 from which the picture is not the bar; an even sky's gradient has less."""
_STRAIGHT = 0.5
"""The share of a bar's length beyond which there must be picture at once."""
_RINGING = 2
"""Rows over which scaling and compression soften a bar's edge."""


class Borders:
    """Measures the even bars at opposite edges that the keyframe does not have."""

    scale = Scale(
        id="borders",
        unit="share of the height or width",
        direction=Direction.AT_MOST,
        threshold=BARS,
    )

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives the larger of the shares that bars above and below, or left and right, take."""
        luma = shown.footage.luma
        frames = luma[sampled(len(luma), _FRAMES)]
        if shown.keyframe is None:
            found = bars(frames)
        else:
            before = fitted(shown.keyframe, luma.shape[1:])[None, :, :, 1]
            turned = frames.transpose(0, 2, 1), before.transpose(0, 2, 1)
            found = max(_added(frames, before), _added(*turned))
        return self.scale.finding(
            found,
            "The picture has bars or a frame around it; fill the whole frame to its edges.",
            frame=0,
        )


def bars(frames: NDArray[np.uint8]) -> float:
    """Gives the share of the height, or of the width, that even bars at both ends take.

    Args:
        frames: `(frames, height, width)`, all of which must have the bars.
    """
    return max(_both(frames), _both(frames.transpose(0, 2, 1)))


def _both(frames: NDArray[np.uint8]) -> float:
    """Gives the share of rows that bars of one tone at the top and the bottom take."""
    top, bottom = _end(frames), _end(frames[:, ::-1])
    if not (top.straight and bottom.straight) or abs(top.tone - bottom.tone) > _EVEN:
        return 0.0
    return float((top.depth + bottom.depth) / frames.shape[1])


def _added(frames: NDArray[np.uint8], before: NDArray[np.uint8]) -> float:
    """Gives the share of rows that bars at the top and the bottom take more than the keyframe's.

    A bar that is seen at one end proves the other, where a picture as dark as the bar hides it.

    Args:
        frames: `(frames, height, width)`.
        before: `(1, height, width)`, the keyframe at that size.
    """
    ends = [(frames, before), (frames[:, ::-1], before[:, ::-1])]
    found = [(_end(there), _end(keyframe)) for there, keyframe in ends]
    depths = [one.beyond(known) for one, known in found]
    for this, other in ((0, 1), (1, 0)):
        end = found[this][0]
        if depths[this] and end.straight and not depths[other]:
            rows = ends[other][0][:, : depths[this]].astype(np.float32) - end.tone
            hidden = np.abs(np.percentile(rows, (2, 98))).max() <= _OTHER
            depths[other] = depths[this] if hidden else 0
    return float(sum(depths) / frames.shape[1]) if all(depths) else 0.0


@dataclass(frozen=True, slots=True)
class _End:
    """What lies at one edge of the picture."""

    depth: int
    """How many rows from the edge on are one tone in all frames."""
    tone: float
    straight: bool
    """Whether there is picture at once beyond, all along."""

    def beyond(self, known: _End) -> int:
        """Gives how many rows more this is than what the keyframe has there.

        An edge that is straight, and was not there, is a bar's, whatever even sky lies behind it.
        """
        same = abs(self.depth - known.depth) <= _RINGING or abs(self.tone - known.tone) <= _OTHER
        if self.straight and not (known.straight and same):
            return self.depth
        return max(0, self.depth - known.depth)


def _end(frames: NDArray[np.uint8]) -> _End:
    """Gives how many rows from the top on are one tone in all frames, up to a straight edge.

    An even sky or wall ends at whatever stands before it, here or there; a bar ends everywhere,
    also where the picture beyond it is nearly as dark.
    """
    tone = float(np.median(frames[:, 0]))
    half = frames.shape[1] // 2
    even = next((row for row in range(half) if _is_uneven(frames[:, row], tone)), half)
    near = frames[:, : even + _RINGING + 1].astype(np.float32)
    for row in range(1, even + 1):
        inside, last = near[:, min(row + _RINGING, half)], near[:, max(0, row - _RINGING)]
        if (np.abs(inside - last) > _OTHER).mean() >= _STRAIGHT:
            # What is as dark as the bar lies up to two rows further on.
            step = np.abs(near[:, row : row + _RINGING + 1] - last[:, None]) > _OTHER
            found = (step.mean(axis=(0, 2)) >= _STRAIGHT).argmax()
            return _End(min(even, row + int(found)), tone, straight=True)
    return _End(even if even < half else 0, tone, straight=False)


def _is_uneven(row: NDArray[np.uint8], tone: float) -> bool:
    low, high = np.percentile(row, (2, 98))
    return bool(high - tone > _EVEN or tone - low > _EVEN)
