"""Films by a job service that a file describes, one that ships or one of your own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import BackendError, InputError
from nightshoot.tools.hosted.account import Account, Lines
from nightshoot.tools.hosted.decoding import Kind
from nightshoot.tools.hosted.rising import Rising
from nightshoot.tools.hosted.service import preset_names
from nightshoot.tools.hosted.settings import ServiceConfig
from nightshoot.tools.hosted.wording import video_prompt
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Footage, Progress
from nightshoot.tools.registry import Surroundings

_ENTRY = "service"


def not_ready(kind: str) -> Available:
    """Says which table makes a backend of the described services."""
    return Available(
        ready=False,
        why=f'write a table [{kind}.NAME] into the settings file with backend = "{_ENTRY}" and '
        f'service = "..." ({", ".join(preset_names())}, or the path of a .yaml file)',
    )


class ServiceCamera:
    """Films a plan as one job of a service, and brings what comes to the plan."""

    Config: ClassVar[type[ServiceConfig]] = ServiceConfig

    def __init__(self, name: str = _ENTRY, account: Account | None = None) -> None:
        """Keeps the account; without one it is not ready."""
        self._name = name
        self._account = account

    @classmethod
    def configured(
        cls, name: str, config: ServiceConfig, around: Surroundings, lines: Lines | None = None
    ) -> Self:
        """Gives the camera that a table describes. Raises InputError where it cannot be used."""
        return cls(
            name,
            Account.of(
                config, around, table=f"video.{name}", makes="video", lines=lines or Lines()
            ),
        )

    @property
    def name(self) -> str:
        """The name of its table."""
        return self._name

    @property
    def version(self) -> str:
        """Names the service, the model and the request that is made of a plan."""
        return self._account.version if self._account else "0"

    @property
    def capabilities(self) -> Capabilities:
        """Costs money; any size and rate; as long as the model's longest clip."""
        if self._account is None:
            return Capabilities(
                needs=("network", "a key"),
                licence="the service's terms",
                deterministic=False,
                offline=False,
                paid=True,
                fits=True,
            )
        service = self._account.service
        return Capabilities(
            needs=("network", f"a key of {service.title}"),
            licence=service.terms,
            deterministic=False,
            offline=False,
            paid=True,
            fits=True,
            last_frame=self._account.offer.last_frame,
            at_once=service.at_once,
            longest_s=self._account.longest_s,
        )

    def available(self) -> Available:
        """Says whether a table and its keys are there."""
        return self._account.available() if self._account else not_ready("video")

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the price of the clip that is asked for, by the description's prices.

        Raises:
            InputError: the shot is longer than the model's longest clip.
        """
        account = self._ready()
        return Estimate(cost_usd=account.price_of_clip(account.seconds_for(plan)))

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
        """Films `plan`; a job that is written down is gone on with, and never sent again.

        Raises:
            InputError: the plan, the key or the credit will not do.
            TransientError: another try goes on with the same job.
            BackendError: the service failed or refused it, or its outcome is not known.
        """
        from nightshoot.tools.video.bring import bring_to_plan

        del layers
        account, rising = self._ready(), Rising(progress)
        pictures = {"keyframe": keyframe}
        if plan.last_frame and account.offer.last_frame:
            pictures["last_frame"] = files[plan.last_frame]
        order, notes = await asyncio.to_thread(
            account.order,
            plan,
            video_prompt(plan),
            seconds=account.seconds_for(plan),
            pictures=pictures,
        )
        report = await account.run(job, order, rising)
        clip = await account.download(report, scratch / "clip", Kind.VIDEO, job)
        rising(0.93)
        try:
            video = await asyncio.to_thread(
                bring_to_plan, clip, plan, scratch / "take.mp4", progress=rising.part(0.93, 1.0)
            )
        except BackendError as error:
            raise account.dead_end(job, error) from error
        clip.unlink()
        return Footage(video=video, cost_usd=report.cost_usd, notes=notes)

    def _ready(self) -> Account:
        if self._account is None:
            raise InputError(not_ready("video").why)
        return self._account
