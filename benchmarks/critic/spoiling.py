"""A painter and a camera that spoil a known share of what they make, in known ways.

The embedded painter and camera do the work; then a picture or a take is spoiled as `defects` does,
at the grade that a viewer notices, or in the coarse ways in which models and services fail. The
truth is kept beside: which files are spoiled, and how. The same request goes wrong the same way; a
new seed is a new draw.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.critic.defects import DEFECTS, spoiled
from benchmarks.critic.delivery import OPPOSITES
from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.domain.vocabulary import CameraMove
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.frames import Footage as Decoded
from nightshoot.tools.measure.frames import Picture, read_picture
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.protocols import (
    NO_FILES,
    Available,
    Capabilities,
    Footage,
    Painting,
    Progress,
)
from nightshoot.tools.video.encode import FrameWriter
from nightshoot.tools.video.multiplane.filmer import Multiplane

KEYFRAME_USD, TAKE_USD = 0.02, 0.10
"""What a picture and a take cost. Source: hosted models ask 0.01 to 0.04 USD for a picture and 0.05
to 0.5 for a clip of five seconds: docs/services.md."""

KEYFRAME_WAYS = ("black", "blank", "blur", "frame")
"""How a keyframe is spoiled; each as likely."""

TAKE_WAYS = (
    "black",
    "short",
    "frozen",
    "wrong_move",
    "flicker",
    "cut",
    "blur",
    "blurring_away",
    "stopped",
    "cast",
    "burnt",
    "shake",
    "stranger",
    "letterbox",
)
"""How a take is spoiled; each as likely."""

_UNSEEN_IN_A_STILL = frozenset({"frozen", "stopped"})
"""Nobody notices these where the camera stands."""

_OTHERWISE = {
    CameraMove.STATIC: CameraMove.PAN_RIGHT,
    CameraMove.FOLLOW: CameraMove.TILT_UP,
    CameraMove.ORBIT: CameraMove.TILT_UP,
    CameraMove.CRANE: CameraMove.PAN_LEFT,
    CameraMove.ROLL: CameraMove.STATIC,
    CameraMove.HANDHELD: CameraMove.STATIC,
} | OPPOSITES
"""What is filmed instead of the board's move."""

_MISSING = 5
"""Frames that a short take lacks."""

_BY_ID = {defect.id: defect for defect in DEFECTS}


@dataclass(slots=True)
class Truth:
    """What was made, and what is wrong with it; for one film."""

    share: float
    """How much of what is painted, and of what is filmed from good pictures, is spoiled."""
    draw: str
    """Decides what goes wrong, with the request."""
    uneven: bool = False
    """Some shots are hard: the share differs from shot to shot, and is as given on average."""
    ways: dict[str, str] = field(default_factory=dict)
    """By the SHA-256 of a picture's or a take's file, what is wrong with it; empty: nothing."""
    painted: Counter[str] = field(default_factory=Counter)
    """Pictures by what is wrong with them."""
    filmed: Counter[str] = field(default_factory=Counter)
    """Takes by what is wrong with them; a spoiled keyframe spoils its takes."""

    @property
    def cost_usd(self) -> float:
        """What all of it cost."""
        return KEYFRAME_USD * self.painted.total() + TAKE_USD * self.filmed.total()

    def way(self, plan: ShotPlan, ways: tuple[str, ...]) -> str:
        """Gives how the making of a plan goes wrong; empty: it goes well."""
        chance = random.Random(f"{self.draw} {ways[-1]} {plan.model_dump_json()}")
        share = self.share
        if self.uneven and 0 < share < 1:
            # Beta with the mean `share`: most shots are easy, a few fail nearly every time.
            share = random.Random(f"{self.draw} {plan.shot}").betavariate(share, 1 - share)
        return chance.choice(ways) if chance.random() < share else ""

    def note(self, path: Path, way: str, made: Counter[str]) -> None:
        """Keeps what is wrong with a file."""
        self.ways[_digest(path)] = way
        made[way] += 1

    def of(self, path: Path) -> str:
        """Gives what is wrong with a file that was made; empty: nothing."""
        return self.ways[_digest(path)]


class SpoilingPainter:
    """The embedded painter, some of whose pictures are spoiled."""

    name = "spoiling-painter"
    version = "1"
    capabilities = Capabilities(licence="Apache-2.0", layers=True)

    def __init__(self, truth: Truth) -> None:
        self._truth, self._painter = truth, ShadowPlay()

    def available(self) -> Available:
        """It is always ready."""
        return Available(ready=True)

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives its price."""
        del plan
        return Estimate(cost_usd=KEYFRAME_USD)

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints; a spoiled picture comes without its layers, which are good."""
        painting = await self._painter.paint(
            plan=plan, scratch=scratch, progress=progress, files=files, job=job
        )
        way = self._truth.way(plan, KEYFRAME_WAYS)
        if way:
            picture = read_picture(painting.picture)[:, :, ::-1]
            worse = _spoiled(way, picture[None], plan, None)[0]
            cv2.imwrite(str(painting.picture), worse[:, :, ::-1])
        self._truth.note(painting.picture, way, self._truth.painted)
        return Painting(picture=painting.picture, layers=None if way else painting.layers)


class SpoilingCamera:
    """The embedded camera, some of whose takes are spoiled."""

    name = "spoiling-camera"
    version = "1"
    capabilities = Capabilities(licence="Apache-2.0", layers=True)

    def __init__(self, truth: Truth, other: Picture) -> None:
        """Makes a camera.

        Args:
            truth: is told what goes wrong.
            other: frames of another film, `(frames, height, width, 3)` uint8 RGB, which a cut or a
                stranger shows.
        """
        self._truth, self._other, self._camera = truth, other, Multiplane()

    def available(self) -> Available:
        """It is always ready."""
        return Available(ready=True)

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives its price."""
        del plan
        return Estimate(cost_usd=TAKE_USD)

    async def film(
        self,
        *,
        plan: ShotPlan,
        keyframe: Path,
        layers: Path | None,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Footage:
        """Films, and spoils some of it."""
        move = plan.camera.move
        ways = tuple(
            way
            for way in TAKE_WAYS
            if move is not CameraMove.STATIC or way not in _UNSEEN_IN_A_STILL
        )
        way = self._truth.way(plan, ways)
        wanted = plan
        if way == "wrong_move":
            camera = plan.camera.model_copy(update={"move": _OTHERWISE[move], "path": ()})
            wanted = plan.model_copy(update={"camera": camera})
        footage = await self._camera.film(
            plan=wanted,
            keyframe=keyframe,
            layers=layers,
            scratch=scratch,
            progress=progress,
            files=files,
            job=job,
        )
        if way and way != "wrong_move":
            frames = rgb_frames(footage.video)
            _write(footage.video, _spoiled(way, frames, plan, self._other), plan.fps)
        known = self._truth.of(keyframe)
        self._truth.note(footage.video, known or way, self._truth.filmed)
        return Footage(video=footage.video)


def rgb_frames(path: Path) -> Picture:
    """Gives every frame of a video, `(frames, height, width, 3)` uint8 RGB."""
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def _spoiled(way: str, frames: Picture, plan: ShotPlan, other: Picture | None) -> Picture:
    if way == "black":
        return np.zeros_like(frames)
    if way == "blank":
        return np.full_like(frames, 128)
    if way == "frozen":
        return np.repeat(frames[:1], len(frames), axis=0)
    if way == "short":
        return frames[:-_MISSING]
    defect = _BY_ID[way]
    clean = _shown(plan, frames)
    another = clean if other is None else _shown(plan, other)
    return spoiled(defect, defect.noticed, clean, another, plan.seed).footage.color


def _shown(plan: ShotPlan, frames: Picture) -> TakeShown:
    """Gives a take as the defects want it, its colour at full size."""
    luma = np.stack([cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames])
    return TakeShown(
        plan,
        Decoded(
            luma=luma.astype(np.uint8),
            color=np.ascontiguousarray(frames),
            width=plan.width,
            height=plan.height,
            fps=plan.fps,
        ),
    )


def _write(path: Path, frames: Picture, fps: Fraction) -> None:
    height, width = frames.shape[1:3]
    with FrameWriter(path, width=width, height=height, fps=fps) as writer:
        for frame in frames:
            writer.write(np.ascontiguousarray(frame, np.uint8))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
