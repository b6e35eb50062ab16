"""Makes the picture between two frames by following the motion, so that a rate changes smoothly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
Sampled = TypeVar("Sampled", NDArray[np.uint8], NDArray[np.float32])

FLOW_SIDE = 512
"""The longer side, in pixels, at which motion is looked for. Source: measured as in `conform`, 8 to
24 fps: 384 39.4 dB, 512 39.5 dB, 640 39.6 dB and a tenth slower; presets below medium lose 2 dB."""

AGREE = 1.5
"""How far, in pixels at `FLOW_SIDE`, going there and back may miss before a place counts as hidden.
Source: the usual check of optical flow for hidden places (Sundaram et al., ECCV 2010) allows a
fixed part and one that grows with the motion; this is its fixed part, scaled."""

GROWS = 0.05
"""The part of the motion that the miss may grow by. Source: as `AGREE`."""

CUT_LEFT, CUT_SHARE = 8.0, 0.5
"""Two frames show different pictures where more than this mean difference (0 to 255), and more than
this share of what there was, remains after following the motion. Source: measured at 480x848:
motion at 4 and 8 fps leaves 4.1 at most (raw 22), noise of deviation 6 leaves 6; cuts between
pictures leave 33 and more, 0.66 of what there was, at 30 % of their brightness 10.6 and 0.65."""

_NO_FLOW = np.empty((0, 0), np.float32)
"""No motion is known beforehand."""


@dataclass(frozen=True, slots=True)
class Between:
    """Two neighbouring frames and the motion from each to the other.

    The motion is dense inverse search flow (Kroeger et al., ECCV 2016), both ways, at a small size.
    A picture between them is each frame moved by its part of the motion, mixed by nearness in time;
    where the two ways disagree, something is hidden in one frame, and the other is taken alone.
    """

    first: Picture
    second: Picture
    forward: Field
    """(height, width, 2) float32: where each pixel of `first` goes, in pixels."""
    backward: Field
    is_cut: bool
    """The frames show different pictures, so that nothing lies between them."""

    @classmethod
    def of(cls, first: Picture, second: Picture) -> Between:
        """Finds the motion between two frames, each `(height, width, 3)` uint8 RGB."""
        height, width = first.shape[:2]
        scale = min(1.0, FLOW_SIDE / max(height, width))
        small = (max(16, round(width * scale)), max(16, round(height * scale)))
        grey = [
            cv2.resize(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), small, interpolation=cv2.INTER_AREA)
            for one in (first, second)
        ]
        finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        fields: list[Field] = []
        for one, other in ((grey[0], grey[1]), (grey[1], grey[0])):
            flow = finder.calc(one, other, _NO_FLOW)
            wide = cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR)
            wide *= np.array([width / small[0], height / small[1]], np.float32)
            fields.append(cast("Field", wide))
        moved = _sampled(second, _grid(height, width) + fields[0])
        left = float(cv2.absdiff(moved, first).mean())
        there_was = float(cv2.absdiff(second, first).mean())
        is_cut = left > max(CUT_LEFT, CUT_SHARE * there_was)
        return cls(first, second, fields[0], fields[1], is_cut)

    def at(self, share: float) -> Picture:
        """Gives the picture at this share of the way from the first frame to the second.

        Args:
            share: 0.0 is the first frame, 1.0 the second.
        """
        if share <= 0.0:
            return self.first
        if share >= 1.0:
            return self.second
        nearest = self.first if share < 0.5 else self.second
        if self.is_cut:
            return nearest
        from_first = _origin(self.forward, share)
        from_second = _origin(self.backward, 1 - share)
        one = _sampled(self.first, from_first, cv2.INTER_CUBIC)
        other = _sampled(self.second, from_second, cv2.INTER_CUBIC)
        seen_first = (1 - share) * _trust(self.forward, self.backward, from_first)
        seen_second = share * _trust(self.backward, self.forward, from_second)
        total = seen_first + seen_second
        # Where neither way holds, the nearer frame alone is sharp; a mixture would be a ghost.
        near = 1.0 if share >= 0.5 else 0.0
        weight = np.where(total > 1e-3, seen_second / np.maximum(total, 1e-3), near)
        weight = cv2.GaussianBlur(weight.astype(np.float32), (5, 5), 0)[..., None]
        mixed = one.astype(np.float32) * (1 - weight) + other.astype(np.float32) * weight
        return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _grid(height: int, width: int) -> Field:
    across, down = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    return np.stack([across, down], axis=-1)


def _origin(flow: Field, share: float) -> Field:
    """Gives the place that each pixel of the picture between came from.

    What is there at `x` started at a `u` with `u + share * flow(u) = x`: found by going back a few
    times, which settles where motion is smooth.
    """
    grid = _grid(flow.shape[0], flow.shape[1])
    place = grid - share * flow
    for _ in range(2):
        place = grid - share * _sampled(flow, place)
    return place


def _trust(there: Field, back: Field, place: Field) -> Field:
    """Gives 1 where going there and back comes home, falling to 0 where it misses."""
    height, width = there.shape[:2]
    gone = _sampled(there, place)
    home = gone + _sampled(back, place + gone)
    far = np.linalg.norm(gone, axis=-1)
    scale = max(1.0, max(height, width) / FLOW_SIDE)
    allowed = AGREE * scale + GROWS * far
    missed = np.linalg.norm(home, axis=-1) / allowed
    inside = (
        (place[..., 0] >= -1)
        & (place[..., 0] <= width)
        & (place[..., 1] >= -1)
        & (place[..., 1] <= height)
    )
    trust: Field = (np.clip(2 - missed, 0, 1) * inside).astype(np.float32)
    return trust


def _sampled(picture: Sampled, place: Field, how: int = cv2.INTER_LINEAR) -> Sampled:
    across, down = cv2.split(place)
    taken = cv2.remap(picture, across, down, interpolation=how, borderMode=cv2.BORDER_REPLICATE)
    return cast("Sampled", taken)
