"""Paints by a job service that a file describes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import InputError
from nightshoot.tools.hosted.account import Account, Lines
from nightshoot.tools.hosted.decoding import Kind
from nightshoot.tools.hosted.pictures import write_at_size
from nightshoot.tools.hosted.rising import Rising
from nightshoot.tools.hosted.service_camera import not_ready
from nightshoot.tools.hosted.settings import ServiceConfig
from nightshoot.tools.hosted.templates import placeholders
from nightshoot.tools.hosted.wording import picture_prompt
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Painting, Progress
from nightshoot.tools.registry import Surroundings


class ServicePainter:
    """Paints a plan as one job of a service, and crops what comes to the plan's size."""

    Config: ClassVar[type[ServiceConfig]] = ServiceConfig

    def __init__(self, name: str = "service", account: Account | None = None) -> None:
        """Keeps the account; without one it is not ready."""
        self._name = name
        self._account = account

    @classmethod
    def configured(
        cls, name: str, config: ServiceConfig, around: Surroundings, lines: Lines | None = None
    ) -> Self:
        """Gives the painter that a table describes. Raises InputError where it cannot be used."""
        return cls(
            name,
            Account.of(
                config, around, table=f"image.{name}", makes="picture", lines=lines or Lines()
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
        """Costs money; any size; one reference picture where the request has a place for it."""
        service = self._account.service if self._account else None
        takes = service is not None and "reference" in placeholders(service.submit.body)
        return Capabilities(
            needs=("network", f"a key of {service.title}" if service else "a key"),
            licence=service.terms if service else "the service's terms",
            deterministic=False,
            offline=False,
            paid=True,
            fits=True,
            references=int(takes),
            at_once=service.at_once if service else None,
            longest_s=self._account.longest_s if self._account else None,
        )

    def available(self) -> Available:
        """Says whether a table and its keys are there."""
        return self._account.available() if self._account else not_ready("image")

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the price of a picture, by the description's prices."""
        del plan
        return Estimate(cost_usd=self._ready().price_of_picture())

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints `plan`; a job that is written down is gone on with, and never sent again.

        Raises:
            InputError: the key or the credit will not do.
            TransientError: another try goes on with the same job.
            BackendError: the service failed or refused it, or its outcome is not known.
        """
        account, rising = self._ready(), Rising(progress)
        known = [person.reference for person in plan.cast if person.reference]
        pictures = {"reference": files[known[0]]} if known and self.capabilities.references else {}
        order, notes = await asyncio.to_thread(
            account.order, plan, picture_prompt(plan), seconds=0, pictures=pictures
        )
        report = await account.run(job, order, rising)
        found = await account.download(report, scratch / "painted", Kind.PICTURE, job)
        picture = await asyncio.to_thread(
            write_at_size, found, scratch / "keyframe.png", width=plan.width, height=plan.height
        )
        found.unlink()
        rising(1.0)
        return Painting(picture=picture, cost_usd=report.cost_usd, notes=notes)

    def _ready(self) -> Account:
        if self._account is None:
            raise InputError(not_ready("image").why)
        return self._account
