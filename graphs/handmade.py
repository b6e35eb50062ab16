"""Keyframes and takes that a person put into the production's folder: they go before any tool's."""

from __future__ import annotations

from pathlib import Path

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.review import Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value
from nightshoot.errors import BackendError, InputError
from nightshoot.graphs.given_files import FileKind, GivenFiles
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.measure.frames import read_picture
from nightshoot.tools.video.bring import bring_to_plan
from nightshoot.tools.video.opening import opening_frame

_VERSION = "1"

NOT_JUDGED = Review(findings=(), not_judged=("all: a person gave it",))
"""Nobody judges what a person decided on."""


class BroughtOrder(Value):
    """What a person's file is brought to."""

    width: int
    height: int
    fps: str = ""
    num_frames: int = 1


class Handmade:
    """Brings a person's files to the film's size, rate and length; the files stay as they are."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._given = GivenFiles(workshop)

    async def keyframe(self, plan: ShotPlan) -> str | None:
        """Gives the digest of the person's keyframe, or of the first frame of their take.

        None where there is neither.

        Raises:
            InputError: the file is no picture, or no video.
        """
        name = f"shots/{plan.shot}/keyframe.png"
        if not self._shop.production.pinned(name):
            take = await self.take(plan)
            return None if take is None else await self._opening(plan, take)
        digest = await self._given.take(name, FileKind.PICTURE, field=name)
        source = self._shop.log.store.path(digest)

        def work(scratch: Path) -> Made:
            return Made(outputs={"picture": _covering(source, plan, scratch)})

        outcome = await self._shop.compute(
            Action(
                tool="bring/keyframe",
                version=_VERSION,
                request=BroughtOrder(width=plan.width, height=plan.height),
                inputs={"file": digest},
            ),
            work,
            lane=self._shop.lanes.cutting,
            shot=plan.shot,
        )
        return outcome.outputs["picture"]

    async def take(self, plan: ShotPlan) -> str | None:
        """Gives the digest of the person's take, as long as the plan, or None.

        Raises:
            InputError: the file is no video, or shorter than the shot has to be.
        """
        name = f"shots/{plan.shot}/take.mp4"
        if not self._shop.production.pinned(name):
            return None
        digest = await self._given.take(name, FileKind.VIDEO, field=name)
        source = self._shop.log.store.path(digest)

        def work(scratch: Path) -> Made:
            try:
                video = bring_to_plan(source, plan, scratch / "take.mp4", progress=lambda _: None)
            except BackendError as error:
                told = str(error).replace(f"the video {source.name}", name)
                raise InputError(f"{told}: give another, or take it away") from None
            return Made(outputs={"video": video})

        outcome = await self._shop.compute(
            Action(
                tool="bring/take",
                version=_VERSION,
                request=BroughtOrder(
                    width=plan.width,
                    height=plan.height,
                    fps=str(plan.fps),
                    num_frames=plan.num_frames,
                ),
                inputs={"file": digest},
                assumed=Assumed(roles=("video",)),
            ),
            work,
            lane=self._shop.lanes.cutting,
            shot=plan.shot,
        )
        return outcome.outputs["video"]

    async def _opening(self, plan: ShotPlan, take: str) -> str:
        store = self._shop.log.store

        def work(scratch: Path) -> Made:
            return Made(outputs={"picture": opening_frame(store.path(take), scratch)})

        outcome = await self._shop.compute(
            Action(
                tool="bring/opening",
                version=_VERSION,
                request=BroughtOrder(width=plan.width, height=plan.height),
                inputs={"take": take},
                assumed=Assumed(roles=("picture",)),
            ),
            work,
            lane=self._shop.lanes.cutting,
            shot=plan.shot,
        )
        return outcome.outputs["picture"]


def _covering(source: Path, plan: ShotPlan, scratch: Path) -> Path:
    """Scales a picture to cover the plan's and cuts its overhang off evenly; gives a PNG."""
    import cv2

    picture = read_picture(source)
    height, width = picture.shape[:2]
    scale = max(plan.width / width, plan.height / height)
    size = (max(plan.width, round(width * scale)), max(plan.height, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = picture if size == (width, height) else cv2.resize(picture, size, interpolation=way)
    left, top = (size[0] - plan.width) // 2, (size[1] - plan.height) // 2
    target = scratch / "keyframe.png"
    cv2.imwrite(str(target), scaled[top : top + plan.height, left : left + plan.width])
    return target
