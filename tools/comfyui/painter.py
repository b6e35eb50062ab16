"""A painter whose pictures a ComfyUI workflow makes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import InputError
from nightshoot.tools.comfyui.backend import Setup, not_configured, sized
from nightshoot.tools.comfyui.farm import Order
from nightshoot.tools.comfyui.pictures import check_picture, finish_picture
from nightshoot.tools.comfyui.results import Wanted
from nightshoot.tools.comfyui.settings import PainterConfig
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Painting, Progress
from nightshoot.tools.registry import Surroundings

NEEDED = ("prompt",)


class ComfyPainter:
    """Paints a keyframe by a workflow that takes at least a prompt."""

    Config: ClassVar[type[PainterConfig]] = PainterConfig

    def __init__(self, setup: Setup | None = None, config: PainterConfig | None = None) -> None:
        """Makes a painter that is not ready; `configured` makes one that is."""
        self._setup = setup
        self._config = config

    @classmethod
    def configured(cls, name: str, config: PainterConfig, around: Surroundings) -> Self:
        """Gives the painter that a table `[image.NAME]` describes."""
        return cls(Setup.of(name, config, around, needed=NEEDED), config)

    @property
    def name(self) -> str:
        """Gives the table's name."""
        return self._setup.name if self._setup else "comfyui"

    @property
    def version(self) -> str:
        """Changes with the workflow and with what the settings fill into it."""
        return self._setup.version if self._setup else "0"

    @property
    def capabilities(self) -> Capabilities:
        """Takes the references and the controls that the workflow has nodes for."""
        if self._setup is None or self._config is None:
            return Capabilities(licence="that of the models in the workflow", offline=False)
        return self._setup.capabilities(self._config)

    def available(self) -> Available:
        """Looks at the workflow and the settings; no server is asked."""
        if self._setup is None:
            return not_configured("image")
        return self._setup.available()

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the GPU time that the settings reserve; nothing is paid.

        Raises:
            InputError: the backend is not configured, or its workflow cannot be used.
        """
        del plan
        setup, config = self._ready()
        setup.require()
        return Estimate(gpu_s=config.gpu_s)

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints the keyframe of `plan` into `scratch`.

        The picture is brought to the plan's size: scaled to cover it, its overhang cut off evenly.

        Raises:
            InputError: the workflow cannot run: what it lacks is named.
            TransientError: no server answered, memory ran out, or the job was interrupted.
            BackendError: the workflow failed, or gave no picture.
        """
        setup, config = self._ready()
        document = setup.require()
        width, height = sized(plan, config, setup.name)
        delivery = await setup.farm.deliver(
            Order(
                document=document,
                values=setup.values_of(plan, config, width=width, height=height),
                pictures=setup.pictures_of(plan, files),
                wanted=Wanted.PICTURE,
                check=check_picture,
            ),
            scratch,
            progress,
            job,
        )
        picture = await asyncio.to_thread(
            finish_picture, delivery.files[0], plan, scratch / "keyframe.png"
        )
        return Painting(
            picture=picture,
            gpu_s=delivery.gpu_s,
            notes=setup.once(*setup.notes(plan), *delivery.notes),
        )

    def _ready(self) -> tuple[Setup, PainterConfig]:
        if self._setup is None or self._config is None:
            raise InputError(not_configured("image").why)
        return self._setup, self._config
