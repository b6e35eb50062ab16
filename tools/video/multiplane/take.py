"""One take: reads the picture, prepares its planes for the camera's way, films frame by frame."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby
from pathlib import Path

import numpy as np

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import Facing
from nightshoot.errors import InputError
from nightshoot.tools.image.shadow_play.svg import Motion, is_soft
from nightshoot.tools.protocols import Footage, Progress
from nightshoot.tools.video.encode import FrameWriter
from nightshoot.tools.video.multiplane.ambient import parse_motion
from nightshoot.tools.video.multiplane.camera import Pose, flattened, poses
from nightshoot.tools.video.multiplane.compositor import Compositor, Layer
from nightshoot.tools.video.multiplane.coverage import Rect, Stand, closer, contained
from nightshoot.tools.video.multiplane.planes import PaintedPlane, Picture, read_picture
from nightshoot.tools.video.multiplane.rasters import DENSEST, Raster, flat_raster, rasterise

PREPARED = 0.15
"""The share of a take's time that drawing its planes takes."""

SAFE = 0.02
"""Kept free of the canvas on each side, as a share of the frame: planes that bob or ripple bring
their own edge nearer by a few pixels."""

SOFT_SHARE = 1 / 3
"""How finely a plane out of focus is drawn. Source: the narrowest blur's standard deviation is 5.8
pixels of 720, still 1.9 of these; the blur's cost goes with the area."""
BEHIND_SHARE = 1 / 2
"""The same for what lies behind such a plane."""

FOCUS_X = (0.25, 0.75)
FOCUS_Y = (0.30, 0.70)
"""A push goes to the subject, but not so far aside that the composition is lost."""

SUBJECT_MOST = 0.6
"""A plane at the subject's depth that is wider than this share of the canvas is ground, not a
person."""

FLAT = 1.0
"""The depth of a picture without layers."""


class Stopped(Exception):
    """The take is no longer wanted."""


class TakeInTheMaking:
    """One take in the making. `film` runs in a thread; setting `stop` ends it at the next frame."""

    def __init__(
        self, plan: ShotPlan, keyframe: Path, layers: Path | None, video: Path, progress: Progress
    ) -> None:
        self.plan = plan
        self.keyframe = keyframe
        self.layers = layers
        self.video = video
        self.progress = progress
        self.stop = threading.Event()
        self.seconds = float(plan.num_frames / plan.fps)

    def film(self) -> Footage:
        """Films the take.

        Raises:
            Stopped: the take is no longer wanted; nothing is left of it.
            InputError: the picture cannot be read, or the plan's size is not even.
            BackendError: the encoder failed.
            ArtifactError: the disk is full, or the layers cannot be opened.
        """
        plan = self.plan
        track, compositor = self._flat() if self.layers is None else self._layered(self.layers)
        if not any(pose != track[0] for pose in track):
            compositor.settle(track[0])
        writer = FrameWriter(self.video, width=plan.width, height=plan.height, fps=plan.fps)
        with writer:
            for index, pose in enumerate(track):
                self._go_on(PREPARED + (1 - PREPARED) * index / len(track))
                writer.write(compositor.frame(pose, float(index / plan.fps)))
        self.progress(1.0)
        return Footage(video=self.video)

    def _go_on(self, share: float) -> None:
        if self.stop.is_set():
            raise Stopped
        self.progress(share)

    def _poses(self) -> tuple[Pose, ...]:
        plan = self.plan
        return poses(
            plan.camera,
            num_frames=plan.num_frames,
            fps=plan.fps,
            seed=plan.seed,
            heading=heading(plan),
        )

    def _flat(self) -> tuple[tuple[Pose, ...], Compositor]:
        size = (self.plan.width, self.plan.height)
        raster = flat_raster(self.keyframe, size)
        stand = Stand(size, raster.box, (size[0] / 2, size[1] / 2))
        track = closer(flattened(self._poses()), stand)
        layer = Layer(raster, FLAT, parse_motion("still"), 0.0, raster.box)
        return track, Compositor([layer], stand, size)

    def _layered(self, layers: Path) -> tuple[tuple[Pose, ...], Compositor]:
        plan = self.plan
        picture = read_picture(layers)
        unit = _unit(picture, plan)
        wide, high = picture.frame
        whole = Rect(0.0, 0.0, wide, high)
        safe = picture.canvas.grown(-SAFE * wide, -SAFE * high).joined(whole)
        middle = (wide / 2, high / 2)
        focus = middle if plan.camera.path else subject_point(picture)
        stand = Stand(picture.frame, safe, focus)
        depths = [plane.depth for plane in picture.planes] or [1.0]
        track = contained(self._poses(), (min(depths), max(depths)), stand)
        ready = []
        standing = _stands(track)
        fine = _fineness(picture.planes, standing=standing)
        groups = list(_moving_as_one(picture.planes, fine, standing=standing))
        for index, (group, share) in enumerate(groups):
            self._go_on(PREPARED * index / len(groups))
            layer = self._layer(picture, group, track, stand, unit * share)
            if layer is not None:
                ready.append(layer)
        return track, Compositor(ready, stand, (plan.width, plan.height))

    def _layer(
        self,
        picture: Picture,
        group: tuple[PaintedPlane, ...],
        track: Sequence[Pose],
        stand: Stand,
        unit: float,
    ) -> Layer | None:
        depth, ambient = group[0].depth, group[0].ambient
        shown = reduce(Rect.joined, (stand.seen(pose, depth) for pose in track))
        seen = ambient.reach(shown, self.seconds)
        largest = max(pose.scale(depth) for pose in track) if not any(ambient.wraps) else 1.0
        raster = rasterise(
            picture,
            group,
            seen=seen,
            density=unit * min(DENSEST, max(1.0, largest)),
            wraps=ambient.wraps,
        )
        if raster is None:
            return None
        return Layer(raster, depth, ambient, ambient.phase(self.plan.seed), seen)


def _unit(picture: Picture, plan: ShotPlan) -> float:
    """Gives the plan's pixels for each of the picture's."""
    wide, high = picture.frame
    unit = plan.width / wide
    if abs(high * unit - plan.height) > 1:
        raise InputError(
            f"the layers are {wide}x{high}, the take {plan.width}x{plan.height}: "
            "their shapes differ; paint the keyframe again"
        )
    return unit


def _stands(track: Sequence[Pose]) -> bool:
    return all(pose == Pose() for pose in track)


def _fineness(planes: Sequence[PaintedPlane], *, standing: bool) -> tuple[float, ...]:
    """Gives how finely each plane needs drawing: what is out of focus or behind such, less."""
    last = max((index for index, plane in enumerate(planes) if is_soft(plane.id)), default=-1)
    return tuple(
        SOFT_SHARE
        if is_soft(plane.id)
        else BEHIND_SHARE
        if index < last or _hazy(plane, standing)
        else 1.0
        for index, plane in enumerate(planes)
    )


def _hazy(plane: PaintedPlane, standing: bool) -> bool:
    """Says whether a plane has nothing fine to show: halos, and what falls past a moving camera.

    Under a standing camera rain goes in whole pixels and is copied, which a coarser plane is not.
    """
    kind = plane.ambient.kind
    if kind is Motion.FLICKER:
        return plane.id.endswith("light")
    return kind is Motion.SCROLL and not standing and plane.id.startswith("rain")


def _moving_as_one(
    planes: Sequence[PaintedPlane], fine: Sequence[float], *, standing: bool
) -> Iterable[tuple[tuple[PaintedPlane, ...], float]]:
    """Gives neighbours that never move against each other, to be drawn as one, and how finely."""

    def kind(index: int) -> tuple[int, float, float]:
        plane = planes[index]
        if not plane.ambient.still:
            return index, plane.depth, fine[index]
        return -1, 0.0 if standing else plane.depth, fine[index]

    for (_, _, share), members in groupby(range(len(planes)), key=kind):
        yield tuple(planes[index] for index in members), share


def heading(plan: ShotPlan) -> int:
    """Gives where the subject of a plan goes: -1 to the left, else 1."""
    figures = plan.staging.figures
    if not figures:
        return 1
    index = plan.staging.subject
    figure = figures[index if index is not None and index < len(figures) else 0]
    return -1 if figure.facing is Facing.LEFT else 1


def subject_point(picture: Picture) -> tuple[float, float]:
    """Gives the point of the frame that a push goes to: the middle of what stands at depth 1.

    Pictures without such a plane are pushed into at their centre.
    """
    wide, high = picture.frame
    x, y = wide / 2, high / 2
    found = []
    for plane in picture.planes:
        if abs(plane.depth - 1.0) > 0.05:
            continue
        small = rasterise(
            picture, (plane,), seen=Rect(0.0, 0.0, wide, high), density=64 / max(wide, high)
        )
        if small is not None and small.box.width < SUBJECT_MOST * picture.canvas.width:
            found.append(small)
    if found:
        x, y = _middle(found)
    return (
        min(max(x, FOCUS_X[0] * wide), FOCUS_X[1] * wide),
        min(max(y, FOCUS_Y[0] * high), FOCUS_Y[1] * high),
    )


def _middle(rasters: Sequence[Raster]) -> tuple[float, float]:
    """Gives the middle of everything that the rasters cover, by their alpha."""
    weights, xs, ys = 0.0, 0.0, 0.0
    for raster in rasters:
        alpha = raster.pixels[..., 3].astype(np.float64)
        high, wide = alpha.shape
        weight = float(alpha.sum())
        x = float((alpha.sum(axis=0) * (np.arange(wide) + 0.5)).sum()) / max(weight, 1.0)
        y = float((alpha.sum(axis=1) * (np.arange(high) + 0.5)).sum()) / max(weight, 1.0)
        scale_x, scale_y = raster.box.width / wide, raster.box.height / high
        weights += weight * scale_x * scale_y
        xs += weight * scale_x * scale_y * (raster.box.left + x * scale_x)
        ys += weight * scale_x * scale_y * (raster.box.top + y * scale_y)
    if not math.isfinite(weights) or weights <= 0:
        box = reduce(Rect.joined, (raster.box for raster in rasters))
        return (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return xs / weights, ys / weights
