"""Lengthening: what the editor does for a take that is too short for its place in the cut."""

from __future__ import annotations

from pathlib import Path

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.film import Take
from nightshoot.domain.value import Value
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.edit import lengthen
from nightshoot.tools.edit.probe import probe

FRAME_COUNT = "frame_count"
"""The measure that says that a take is too short or too long."""


class LengthenOrder(Value):
    """What a take is brought to."""

    num_frames: int
    fps: str


def showable(shop: Workshop, take: Take) -> bool:
    """Whether a take can be cut: it was filmed, and is as long as the editor can bring it to."""
    if not take.video or take.video_review is None:
        return False
    if all(one.measure != FRAME_COUNT for one in take.video_review.failed):
        return True
    # The finding does not say whether it is too short; what is too long is trimmed.
    return lengthen.reach(_length(shop, take), take.plan.fps) >= take.plan.num_frames


async def brought(shop: Workshop, take: Take) -> str:
    """Gives the digest of a take's video, as long as its plan at least; tells what was done.

    Raises:
        BackendError: it is too short to be brought there.
    """
    review, plan = take.video_review, take.plan
    if review is None or all(one.measure != FRAME_COUNT for one in review.failed):
        return take.video
    available = _length(shop, take)
    if available >= plan.num_frames:
        return take.video
    source = shop.log.store.path(take.video)

    def work(scratch: Path) -> Made:
        video = lengthen.lengthen(
            source, scratch / "take.mp4", num_frames=plan.num_frames, fps=plan.fps
        )
        return Made(outputs={"video": video})

    outcome = await shop.compute(
        Action(
            tool="edit/lengthen",
            version=lengthen.VERSION,
            request=LengthenOrder(num_frames=plan.num_frames, fps=str(plan.fps)),
            inputs={"take": take.video},
            assumed=Assumed(roles=("video",)),
        ),
        work,
        lane=shop.lanes.cutting,
        shot=plan.shot,
    )
    shop.report_once(
        f"Shot {plan.shot}: its take has {available} frames where the cut needs "
        f"{plan.num_frames}: it is {lengthen.told(available, plan.num_frames)}. It is flagged: "
        f"look at it, or reject it with `nightshoot reject` to have it filmed again."
    )
    return outcome.outputs["video"]


def _length(shop: Workshop, take: Take) -> int:
    """Gives how many frames of the film's rate a take lasts."""
    return lengthen.frames_at(probe(shop.log.store.path(take.video)), take.plan.fps)
