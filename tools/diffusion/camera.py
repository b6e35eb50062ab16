"""Films takes with a diffusion model on this machine, whatever its family.

    [video.wan]
    backend = "diffusers"
    model = "/models/Wan2.2-TI2V-5B-Diffusers"

A family is known by the model's own `model_index.json`; what it can take stands on its card.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Self

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.domain.vocabulary import CameraMove, MoveStrength
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.backend import (
    not_configured,
    readiness,
    tuning_here,
    version_of,
)
from nightshoot.tools.diffusion.orders import ModelSpec, VideoRequest
from nightshoot.tools.diffusion.presets import in_words
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.diffusion.video_setup import CameraConfig, Setup, setup_of
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Footage, Progress
from nightshoot.tools.registry import Surroundings
from nightshoot.tools.video.fitting import Fitting, fit

_VERSION = "1"

"""What the extra `gpu` brings."""

_WAITING = 2
"""How many plans are handed over at once: one is filmed, and the next is there when it is done."""

_MOST_SECONDS = 1800.0
"""The most that one stretch is expected to hold the GPU. Source: 40 steps of Wan 2.2 A14B at 720P
take 20 minutes or more on one GPU by its model card's table; unverified."""

_STILL = 0.3
"""How much is to move where the camera does not: people, water and weather still do."""

_MOTION: Mapping[MoveStrength, float] = MappingProxyType(
    {MoveStrength.GENTLE: 0.35, MoveStrength.MEDIUM: 0.5, MoveStrength.STRONG: 0.75}
)
"""How much is to move, by the camera's move: the middle is each family's own default. What that
means in a family's numbers stands in its recipe, with its source."""


class DiffusersCamera:
    """One configured video model of any family. It is loaded in the GPU's process when it films.

    Not verified here: weights as published, as none can be downloaded; each family is tested with
    random weights of its own architecture.
    """

    Config: ClassVar[type[CameraConfig]] = CameraConfig

    def __init__(
        self,
        name: str = "diffusers",
        config: CameraConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told; a folder is looked at when it is first asked about."""
        self._name = name
        self._config = config
        self._around = around

    @classmethod
    def configured(cls, name: str, config: CameraConfig, around: Surroundings) -> Self:
        """Gives the camera of a table of the settings file."""
        return cls(name, config, around)

    @property
    def name(self) -> str:
        """The table's name."""
        return self._name

    @property
    def version(self) -> str:
        """Names ours, diffusers', the family, the weights and all settings that change pixels.

        The first time, the GPU's process is asked what it computes on.

        Raises:
            InputError: the model is not there.
        """
        if self._config is None:
            return _VERSION
        found = self._found
        return version_of(_VERSION, found.family, found.revision, self._tuning, found.deciding())

    @property
    def capabilities(self) -> Capabilities:
        """What the family's card says.

        Raises:
            InputError: the model is not there.
        """
        if self._config is None:
            return Capabilities(
                needs=('the extra "gpu"', "a model"), licence="the model's own", fits=True
            )
        family, rules = self._found.family, self._found.rules
        return Capabilities(
            needs=('the extra "gpu"', f"a GPU with {family.vram_gib:g} GiB, or less and patience"),
            licence=family.licence,
            vram_gib=family.vram_gib,
            size_multiple=rules.size_multiple,
            max_pixels=rules.max_pixels,
            frame_rule=rules.frame_rule,
            max_frames=rules.max_frames,
            fps=rules.fps,
            fits=True,
            last_frame=family.last_frame,
            at_once=_WAITING,
        )

    def tuned(self) -> str:
        """Says how the model is run here, such as `bf16, model offload`. Starts the GPU's process.

        Raises:
            InputError: the table cannot be used.
        """
        return in_words(self._tuning)

    def available(self) -> Available:
        """Looks for the packages and for the model's files, without reading weights."""
        if self._config is None:
            return not_configured("video")
        return readiness(self._check)

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the GPU time that the plan may take at most.

        Raises:
            InputError: the shot is too long for the model, or lacks a last frame that it needs, or
                has one that it does not take.
        """
        return Estimate(gpu_s=_MOST_SECONDS * len(self._fitted(plan).stretches))

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
        """Films at the model's own size, rate and length, and brings that to the plan's.

        Raises:
            InputError: the model, the keyframe or the last frame cannot be used.
            TransientError: the GPU's process died; it may do it on another try.
            BackendError: the model failed.
        """
        del layers, job
        request = self.request(plan, keyframe, scratch / f"{plan.shot}.mp4", files)
        result = await self._gpu.make(self.spec(), request, progress)
        return Footage(video=Path(result.out), gpu_s=result.gpu_s, notes=result.notes)

    def spec(self) -> ModelSpec:
        """Gives what has to be loaded. Raises InputError."""
        return self._found.spec(self._tuning)

    def request(
        self, plan: ShotPlan, keyframe: Path, out: Path, files: Mapping[str, Path]
    ) -> VideoRequest:
        """Gives what the model is asked for a plan. Raises InputError."""
        found, fitted = self._found, self._fitted(plan)
        if plan.last_frame and plan.last_frame not in files:
            raise InputError(f"the last frame of shot {plan.shot} was not handed over")
        return VideoRequest(
            prompt=plan.prompt,
            negative_prompt=plan.negative_prompt if found.family.negative_prompt else "",
            keyframe=str(keyframe.resolve()),
            last_frame=str(files[plan.last_frame].resolve()) if plan.last_frame else "",
            width=fitted.width,
            height=fitted.height,
            seed=plan.seed,
            num_inference_steps=found.steps,
            guidance_scale=found.guidance,
            motion=motion_of(plan),
            flow_shift=found.flow_shift,
            stretches=fitted.stretches,
            fps=fitted.fps,
            out_width=plan.width,
            out_height=plan.height,
            out_frames=plan.num_frames,
            out_fps=plan.fps,
            out=str(out.resolve()),
        )

    @property
    def _gpu(self) -> Gpu:
        if self._around is None:
            raise InputError(self.available().why)
        return self._around.gpu

    @cached_property
    def _found(self) -> Setup:
        """The model on disk. Raises InputError."""
        if self._config is None or self._around is None:
            raise InputError(self.available().why)
        return setup_of(self._name, self._config, self._around.folder)

    def _check(self) -> None:
        """Looks for the model. Raises InputError where it is not there, or will not do."""
        self._found.check()

    @cached_property
    def _tuning(self) -> Tuning:
        """How the model is run, by what the GPU's process says that it has."""
        found = self._found
        assert self._config is not None, "what is found was told"
        return tuning_here(self._gpu, found.family, found.folder, self._config.wishes)

    def _fitted(self, plan: ShotPlan) -> Fitting:
        found = self._found
        if plan.width % 2 or plan.height % 2:
            raise InputError(f"a film's sides must be even, not {plan.width}x{plan.height}")
        if found.family.last_frame_needed and not plan.last_frame:
            raise InputError(
                f"{found.rules.name} films between two pictures, and shot {plan.shot} has no last "
                f"frame: put one at shots/{plan.shot}/last_frame.png, or choose another camera"
            )
        if plan.last_frame and not found.family.last_frame:
            raise InputError(
                f"{found.rules.name} takes no last frame: remove shots/{plan.shot}/last_frame.png, "
                "or choose another camera"
            )
        return fit(
            width=plan.width,
            height=plan.height,
            fps=plan.fps,
            num_frames=plan.num_frames,
            rules=found.rules,
        )


def motion_of(plan: ShotPlan) -> float:
    """Gives how much is to move, 0.0 to 1.0, by the camera's move and its strength."""
    if plan.camera.move is CameraMove.STATIC:
        return _STILL
    return _MOTION[plan.camera.strength]
