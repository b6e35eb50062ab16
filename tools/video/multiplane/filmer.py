"""The embedded camera: films a keyframe on a multiplane stand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Footage, Progress

VERSION = "1"
"""Raise it with every change that makes other pixels."""


class Multiplane:
    """The embedded camera. Films layered pictures with parallax, and flat ones without.

    The camera executes the storyboard's move or path exactly; planes move by themselves as the
    painting says. The same plan and picture give the same bytes.
    """

    name = "multiplane"
    version = VERSION
    capabilities = Capabilities(
        licence="Apache-2.0",
        layers=True,
        # The seed decides where mist and boats begin, and how a hand sways, no more.
        ignores=frozenset(
            {"prompt", "negative_prompt", "style", "note", "cast", "controls", "last_frame", "seed"}
        ),
    )

    def available(self) -> Available:
        """Says that it can be used: it needs nothing that is not installed with Nightshoot."""
        return Available(ready=True)

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the cost of a take, which is nothing."""
        return Estimate()

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
        """Films `plan` into `scratch`; see `VideoGenerator.film`.

        Where the awaiting task is cancelled, the work stops within a frame's time and its encoder
        is ended before the cancellation goes on.

        Raises:
            InputError: the picture cannot be read, or the plan's size is not even.
            BackendError: the encoder failed.
            ArtifactError: the disk is full, or the layers cannot be opened.
        """
        # The compositor brings OpenCV, which only a take needs.
        from nightshoot.tools.video.multiplane.take import TakeInTheMaking

        take = TakeInTheMaking(plan, keyframe, layers, scratch / f"{plan.shot}.mp4", progress)
        work = asyncio.ensure_future(asyncio.to_thread(take.film))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            take.stop.set()
            await asyncio.wait([work])
            # Whether it stopped or had just finished, nobody waits for it any more.
            work.exception()
            raise
