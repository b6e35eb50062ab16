"""A camera whose takes a ComfyUI workflow films."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Self

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import InputError
from nightshoot.tools.comfyui.backend import Setup, not_configured, sized
from nightshoot.tools.comfyui.farm import Order
from nightshoot.tools.comfyui.footage import check_file, finish_video
from nightshoot.tools.comfyui.results import Wanted
from nightshoot.tools.comfyui.settings import CameraConfig, Scalar
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Footage, Progress
from nightshoot.tools.registry import Surroundings
from nightshoot.tools.video.fitting import round_up, told_rate


class ComfyCamera:
    """Films a take by a workflow that takes at least a keyframe, and a prompt if it has words."""

    Config: ClassVar[type[CameraConfig]] = CameraConfig

    def __init__(self, setup: Setup | None = None, config: CameraConfig | None = None) -> None:
        """Makes a camera that is not ready; `configured` makes one that is."""
        self._setup = setup
        self._config = config

    @classmethod
    def configured(cls, name: str, config: CameraConfig, around: Surroundings) -> Self:
        """Gives the camera that a table `[video.NAME]` describes."""
        needed = ("keyframe",) if config.wordless else ("keyframe", "prompt")
        return cls(Setup.of(name, config, around, needed=needed), config)

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
        """Brings any plan to the model's size and rate; refuses what is longer than one call."""
        if self._setup is None or self._config is None:
            return Capabilities(licence="that of the models in the workflow", offline=False)
        return replace(
            self._setup.capabilities(self._config),
            frame_rule=self._config.frame_rule,
            max_frames=self._config.max_frames,
            fps=self._config.fps,
        )

    def available(self) -> Available:
        """Looks at the workflow and the settings; no server is asked."""
        if self._setup is None:
            return not_configured("video")
        return self._setup.available()

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the GPU time that the settings reserve; nothing is paid.

        Raises:
            InputError: the backend is not configured, its workflow cannot be used, or the shot is
                longer than one call of the model.
        """
        setup, config = self._ready()
        setup.require()
        self._length(plan, config)
        return Estimate(gpu_s=config.gpu_s)

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
        """Films `plan` from its keyframe into `scratch`.

        Raises:
            InputError: the workflow cannot run: what it lacks is named; or the shot is too long.
            TransientError: no server answered, memory ran out, or the job was interrupted.
            BackendError: the workflow failed, or gave no video of the shot's length.
        """
        del layers
        setup, config = self._ready()
        document = setup.require()
        fps, num_frames = self._length(plan, config)
        width, height = sized(plan, config, setup.name)
        values: dict[str, Scalar] = {
            **setup.values_of(plan, config, width=width, height=height),
            "frames": num_frames,
            "fps": int(fps) if fps.denominator == 1 else float(fps),
            "duration": float(plan.num_frames / plan.fps),
        }
        delivery = await setup.farm.deliver(
            Order(
                document=document,
                values=values | config.own_values(),
                pictures={**setup.pictures_of(plan, files), "keyframe": keyframe},
                wanted=Wanted.VIDEO,
                check=check_file,
            ),
            scratch,
            lambda share: progress(share * _FILMED),
            job,
        )
        video = await asyncio.to_thread(
            finish_video,
            delivery.files,
            plan,
            scratch / "take.mp4",
            fps=fps,
            progress=lambda share: progress(_FILMED + (1 - _FILMED) * share),
        )
        return Footage(
            video=video,
            gpu_s=delivery.gpu_s,
            notes=setup.once(*setup.notes(plan), *self._notes(setup, config), *delivery.notes),
        )

    @staticmethod
    def _length(plan: ShotPlan, config: CameraConfig) -> tuple[Fraction, int]:
        """Gives the rate and the number of frames that the workflow is asked for."""
        fps = config.fps or told_rate(plan.fps)
        # The last frame of the take lies (num_frames - 1) / fps after the first.
        needed = math.ceil((plan.num_frames - 1) * fps / plan.fps) + 1
        num_frames = max(1, round_up(needed, config.frame_rule))
        if num_frames > config.max_frames:
            raise InputError(
                f"a shot of {float(plan.num_frames / plan.fps):.1f} s needs {num_frames} frames of "
                f"the workflow, whose max_frames is {config.max_frames}: divide the shot in "
                "storyboard.yaml, or raise max_frames if the model can give more"
            )
        return fps, num_frames

    @staticmethod
    def _notes(setup: Setup, config: CameraConfig) -> tuple[str, ...]:
        told = []
        if "frames" not in setup.takes:
            told.append(
                f"The workflow of {setup.name} takes no number of frames: it gives as many as are "
                "saved there."
            )
        if "fps" not in setup.takes and config.fps is None:
            told.append(
                f"The workflow of {setup.name} takes no rate, and the settings name none: what its "
                "video says is believed."
            )
        return tuple(told)

    def _ready(self) -> tuple[Setup, CameraConfig]:
        if self._setup is None or self._config is None:
            raise InputError(not_configured("video").why)
        return self._setup, self._config


_FILMED = 0.9
"""The share that is told when the video is here; the rest is for bringing it to the plan."""
