"""How a take's picture moves as a whole: tracked points, and what the camera must have done.

Points are found on a grid, followed from hop to hop by pyramidal Lucas-Kanade with a check
backward, and kept while both agree. Over each hop a robust affine fit (Tukey's biweight) gives what
most of the picture does; moving people are few against it and lose their weight. Over each span of
a second the spread of the points' ways, zoom and roll taken out, is the parallax; points that go
otherwise than everything around them (rain, snow, noise) are left out of it.

Source: Bouguet, Pyramidal Implementation of the Lucas Kanade Feature Tracker (2000); Beaton and
Tukey (1974) for the weights; forward-backward check: Kalal et al., ICPR 2010.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from nightshoot.tools.measure.consensus import as_one, background

Luma = NDArray[np.uint8]
Points = NDArray[np.float32]
"""`(points, 2)`: x and y in pixels."""
_Numbers = NDArray[np.float64]
_Flags = NDArray[np.bool_]

HOP_S = 0.125
"""Between two frames that points are followed over. Source: measured, the gentlest move goes half a
pixel of 270 in it, the strongest 14: both well within the tracker's reach."""

SPAN_S = 1.0
"""Over which parallax is read: long enough that a plane's way stands out from the tracker's noise
(0.1 pixel a hop), short enough that a third of the points at least last."""

CELL_PX = 45
"""Side of the cells in which points are found, so that no corner of the picture has them all."""

_POINTS = 360
"""Looked for in the whole picture. Source: measured, 120 to 250 of them last a second."""
_LEAST_POINTS = 12
_SEEN_POINTS = 20
_TOLERANCE_PX = 0.4
"""How far a point may land from where it began when it is followed back."""
_NOISE_PX = 0.15
_STOOD_PX = 0.5
"""Less than a far plane goes in a second of the gentlest walk."""
_ROUNDS = 8
_NEIGHBOURS = 5
_AGREEING = 2
"""Of the neighbours, so many must go the same way, within a quarter of it and at least a pixel."""

MOST_AS_ONE = 0.5
"""Where fewer of the points go as one, a subject fills the picture, and its background is looked
for. Source: see `consensus.AS_ONE_PX`."""

SHARES = (5, 10, 25, 50, 75, 90, 95)
"""The percentiles of a spread."""

Spread = tuple[float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Motion:
    """What the picture did over a whole take.

    Ways are shares of the frame, x of its width and y of its height, right and down positive. They
    are the picture's: the camera went the other way.
    """

    path_x: float
    path_y: float
    """How far it went in all, back and forth."""
    net_x: float
    net_y: float
    """Where it got to."""
    zoom: float
    """The logarithm of how much larger it got in both directions."""
    roll: float
    """Radians, clockwise."""
    spread_x: Spread
    spread_y: Spread
    """Percentiles `SHARES` of the points' ways, zoom and roll taken out."""
    speed: float
    """The fastest hop: how far the edge of the picture goes, in shares of the width a second."""
    fastest: int
    """The frame in the middle of that hop."""
    points: float
    """How many points were followed through a span, on average."""
    standing: float
    """The share of points that stood in every span, at least; 0 to 1."""
    told: bool = True
    """Whether the picture could be told from what moves in it, in every span."""

    @property
    def seen(self) -> bool:
        """Whether there was enough texture to say anything."""
        return self.points >= _SEEN_POINTS


def motion_of(luma: Luma, fps: float) -> Motion:
    """Gives how a take moves.

    Args:
        luma: `(frames, height, width)` uint8.
        fps: frames per second.
    """
    hop = max(1, round(HOP_S * fps))
    size = luma.shape[1:]
    hops: list[_Numbers] = []
    frames: list[tuple[int, int]] = []
    spreads: list[_Numbers] = []
    counts: list[int] = []
    stood: list[float] = []
    told = True
    for first, last in _spans(len(luma), max(2 * hop, round(SPAN_S * fps) // hop * hop)):
        path, went, over = _tracked_through(luma, [*range(first, last, hop), last])
        frames += over
        stood.append(_standing(path[0], path[-1]))
        kept = _background(path, went, size)
        if kept is None:
            told = False
        else:
            path = path[:, kept]
            if not kept.all():
                went = [_affine(now, there, size) for now, there in pairwise(path)]
        hops += went
        start, end = _coherent(path[0], path[-1])
        counts.append(len(start))
        if len(start) >= _LEAST_POINTS:
            spreads.append(_spread(start, end, size))
    points = float(np.mean(counts)) if counts else 0.0
    if not hops or not spreads:
        return _unseen()
    motion = _summed(np.array(hops), np.sum(spreads, axis=0), frames, fps, points, min(stood))
    return replace(motion, told=told)


def _tracked_through(
    luma: Luma, places: list[int]
) -> tuple[Points, list[_Numbers], list[tuple[int, int]]]:
    """Follows points from frame to frame of a span.

    Gives where those that last were in each frame, `(frames, points, 2)`; what most points did in
    each hop; and between which frames.
    """
    now = _found(luma[places[0]])
    alive = np.ones(len(now), bool)
    path, went, over = [now], [], []
    for before, after in pairwise(places):
        if alive.sum() < _LEAST_POINTS:
            break
        there, kept = _followed(luma[before], luma[after], now)
        alive &= kept
        went.append(_affine(now[alive], there[alive], luma.shape[1:]))
        over.append((before, after))
        path.append(there)
        now = there
    return np.stack(path)[:, alive], went, over


def _background(path: Points, went: list[_Numbers], size: tuple[int, ...]) -> _Flags | None:
    """Says which points are the picture rather than a subject; None where it cannot be told."""
    height, width = size
    everything = np.ones(path.shape[1], bool)
    if path.shape[1] < _LEAST_POINTS:
        return everything
    centred = path.astype(np.float64) - (width / 2, height / 2)
    ways = np.array(
        [((x * width, y * height), (xx, yx), (xy, yy)) for x, y, xx, xy, yx, yy in went]
    )
    if as_one(centred, ways).mean() >= MOST_AS_ONE:
        return everything
    return background(centred, width)


def _unseen() -> Motion:
    nothing = (0.0,) * len(SHARES)
    return Motion(0, 0, 0, 0, 0, 0, _seven(nothing), _seven(nothing), 0, 0, 0, 0)


def _summed(
    hops: _Numbers,
    total: _Numbers,
    frames: list[tuple[int, int]],
    fps: float,
    points: float,
    standing: float,
) -> Motion:
    ways = hops[:, :2]
    # What the edge of the picture does, so that a zoom or a roll has a speed, too.
    edge = np.abs(hops[:, 2:6]).max(axis=1) / 2
    lengths = np.array([after - before for before, after in frames]) / fps
    speeds = (np.hypot(ways[:, 0], ways[:, 1]) + edge) / lengths
    fastest = int(speeds.argmax())
    num = len(SHARES)
    return Motion(
        path_x=float(np.abs(ways[:, 0]).sum()),
        path_y=float(np.abs(ways[:, 1]).sum()),
        net_x=float(ways[:, 0].sum()),
        net_y=float(ways[:, 1].sum()),
        zoom=float(total[2 * num]),
        roll=float(total[2 * num + 1]),
        spread_x=_seven(total[:num]),
        spread_y=_seven(total[num : 2 * num]),
        speed=float(speeds[fastest]),
        fastest=sum(frames[fastest]) // 2,
        points=points,
        standing=standing,
    )


def _seven(values: _Numbers | tuple[float, ...]) -> Spread:
    a, b, c, d, e, f, g = (float(value) for value in values)
    return a, b, c, d, e, f, g


def _spans(frames: int, length: int) -> Iterator[tuple[int, int]]:
    """Gives where each span begins and ends; a short rest belongs to the one before."""
    starts = list(range(0, max(frames - 1, 0), length))
    if len(starts) > 1 and frames - 1 - starts[-1] < length // 2:
        starts.pop()
    return zip(starts, [*starts[1:], frames - 1], strict=True) if starts else iter(())


def _found(luma: Luma) -> Points:
    height, width = luma.shape
    across, down = max(3, round(width / CELL_PX)), max(3, round(height / CELL_PX))
    most = max(4, round(_POINTS / (across * down)))
    found = []
    for row in range(down):
        for column in range(across):
            top, left = row * height // down, column * width // across
            cell = luma[top : (row + 1) * height // down, left : (column + 1) * width // across]
            corners = cv2.goodFeaturesToTrack(np.ascontiguousarray(cell), most, 0.02, 4)
            if corners is not None:
                found.append(corners[:, 0] + (left, top))
    return np.concatenate(found).astype(np.float32) if found else np.zeros((0, 2), np.float32)


def _followed(before: Luma, after: Luma, points: Points) -> tuple[Points, _Flags]:
    """Gives where points went, and which of them came back when followed back."""
    there, there_found = _tracked(before, after, points)
    back, back_found = _tracked(after, before, there)
    missed = np.linalg.norm(back - points, axis=1)
    return there, there_found & back_found & (missed < _TOLERANCE_PX)


def _tracked(before: Luma, after: Luma, points: Points) -> tuple[Points, _Flags]:
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, points.copy(), winSize=(15, 15), maxLevel=3, criteria=(3, 20, 0.02)
    )
    return there.astype(np.float32, copy=False), found[:, 0] == 1


def _coherent(begun: Points, ended: Points) -> tuple[Points, Points]:
    """Gives the points that go as some of their neighbours do."""
    if len(begun) <= _NEIGHBOURS:
        return begun, ended
    apart = ((begun[:, None] - begun[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    near = np.argpartition(apart, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
    went = ended - begun
    off = np.linalg.norm(went[near] - went[:, None], axis=2)
    same = off < np.maximum(1.0, 0.25 * np.linalg.norm(went, axis=1))[:, None]
    kept = same.sum(axis=1) >= _AGREEING
    return begun[kept], ended[kept]


def _standing(begun: Points, ended: Points) -> float:
    if not len(begun):
        return 0.0
    return float((np.linalg.norm(ended - begun, axis=1) < _STOOD_PX).mean())


def _affine(begun: Points, ended: Points, size: tuple[int, ...]) -> _Numbers:
    """Fits what most points did.

    Gives x in shares of the width, y of the height, and the four slopes xx, xy, yx, yy, where xy is
    what x does along y.
    """
    height, width = size
    if len(begun) < _LEAST_POINTS:
        return np.zeros(6)
    at = (begun - (width / 2, height / 2)) / width
    went = (ended - begun) / width
    columns = np.c_[np.ones(len(at)), at]
    weights = np.ones(len(at))
    solved = np.zeros((3, 2))
    for _ in range(_ROUNDS):
        # The small ridge keeps points on one line from having no answer.
        weighed = (columns * weights[:, None]).T
        solved = np.linalg.solve(weighed @ columns + 1e-9 * np.eye(3), weighed @ went)
        off = np.linalg.norm(went - columns @ solved, axis=1)
        far = 3 * max(1.4826 * float(np.median(off)), _NOISE_PX / width)
        weights = np.where(off < far, (1 - (off / far) ** 2) ** 2, 0.0)
    x, y = solved[0]
    return np.array([x, y * width / height, solved[1, 0], solved[2, 0], solved[1, 1], solved[2, 1]])


def _spread(begun: Points, ended: Points, size: tuple[int, ...]) -> _Numbers:
    """Gives the percentiles of the points' ways along x and y, then zoom and roll."""
    height, width = size
    _, _, xx, xy, yx, yy = _affine(begun, ended, size)
    # A picture that grows does so both ways; one that only shears shows planes at their depths.
    zoom = np.sign(xx) * min(abs(xx), abs(yy)) if xx * yy > 0 else 0.0
    roll = np.sign(yx) * min(abs(xy), abs(yx)) if xy * yx < 0 else 0.0
    at = begun - (width / 2, height / 2)
    turned = np.stack(
        [at[:, 0] * zoom - at[:, 1] * roll, at[:, 1] * zoom + at[:, 0] * roll], axis=1
    )
    left = (ended - begun - turned) / (width, height)
    across, down = np.percentile(left, SHARES, axis=0).T
    return np.concatenate([across, down, [zoom, roll]])
