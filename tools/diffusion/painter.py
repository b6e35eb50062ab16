"""Paints keyframes with a diffusion model on this machine, whatever its family.

    [image.flux]
    backend = "diffusers"
    model = "/models/FLUX.1-dev"

A family is known by the model's own `model_index.json`; how it is called stands on its card.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.backend import (
    not_configured,
    readiness,
    tuning_here,
    version_of,
)
from nightshoot.tools.diffusion.image_dialects import dialect_of
from nightshoot.tools.diffusion.image_setup import PainterConfig, Setup, setup_of
from nightshoot.tools.diffusion.orders import (
    ControlPicture,
    ImageRequest,
    ModelSpec,
    PersonLora,
)
from nightshoot.tools.diffusion.presets import in_words
from nightshoot.tools.diffusion.sizes import LONGEST_SIDES, Size, painted_size
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Painting, Progress
from nightshoot.tools.registry import Surroundings

_VERSION = "1"

"""What the extra `gpu` brings."""

_MOST_WAITING = 4
"""How many plans are handed over at once, for the GPU's process to batch as it has room. Source:
the most that a preset ever batches."""

_STEP_S = 0.1
"""Seconds that a step of a megapixel takes at most, for each GiB that the family asks for.
Source: an estimate, unverified: twice what SDXL takes on a GPU of 12 GiB, to offload."""

_DECODE_S = 10.0
"""Seconds for the words and the decoding. Source: an estimate, unverified."""


class DiffusersPainter:
    """One configured image model of any family. It is loaded in the GPU's process when it paints.

    Not verified here: weights as published, as none can be downloaded; each family is tested with
    random weights of its own architecture.
    """

    Config: ClassVar[type[PainterConfig]] = PainterConfig

    def __init__(
        self,
        name: str = "diffusers",
        config: PainterConfig | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Keeps what it is told; a folder is looked at when it is first asked about."""
        self._name = name
        self._config = config
        self._around = around

    @classmethod
    def configured(cls, name: str, config: PainterConfig, around: Surroundings) -> Self:
        """Gives the painter of a table of the settings file."""
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
        decides = found.deciding() | {
            "reference_weight": self._config.reference_weight,
            "pixels": self._config.pixels or found.family.best_pixels,
        }
        return version_of(_VERSION, found.family, found.revision, self._tuning, decides)

    @property
    def capabilities(self) -> Capabilities:
        """What the family's card says, with the ControlNets and the IP-Adapter that are set.

        Raises:
            InputError: the model is not there.
        """
        if self._config is None:
            return Capabilities(needs=('the extra "gpu"', "a model"), licence="the model's own")
        family = self._found.family
        return Capabilities(
            needs=('the extra "gpu"', f"a GPU with {family.vram_gib:g} GiB, or less and patience"),
            licence=family.licence,
            vram_gib=family.vram_gib,
            size_multiple=family.size_multiple,
            max_pixels=family.max_pixels,
            fits=True,
            references=self._found.references,
            controls=tuple(sorted(self._found.controlnets)),
            loras=True,
            at_once=self._config.at_once or _MOST_WAITING,
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
            return not_configured("image")
        return readiness(self._check)

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the GPU time that the plan may take at most.

        Raises:
            InputError: the plan's shape is too long, or it asks for what is not set up.
        """
        found, size = self._found, self._painted_size(plan)
        self._check_controls(plan)
        steps_s = _STEP_S * found.steps * found.family.vram_gib * size.pixels / 1e6
        return Estimate(gpu_s=round(_DECODE_S + steps_s, 1))

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints the keyframe at the family's own size and brings it to the plan's.

        Raises:
            InputError: the model, or a file that the plan names, cannot be used.
            TransientError: the GPU's process died; it may do it on another try.
            BackendError: the model failed.
        """
        del job
        spec, request = self.spec(), self.request(plan, scratch / f"{plan.shot}.png", files)
        result = await self._gpu.make(spec, request, progress)
        return Painting(picture=Path(result.out), gpu_s=result.gpu_s, notes=result.notes)

    def spec(self) -> ModelSpec:
        """Gives what has to be loaded. Raises InputError."""
        return self._found.spec(self._tuning)

    def request(self, plan: ShotPlan, out: Path, files: Mapping[str, Path]) -> ImageRequest:
        """Gives what the model is asked for a plan. Raises InputError."""
        found, config = self._found, self._told
        self._check_controls(plan)
        size = self._painted_size(plan)
        people = [person.reference for person in plan.cast if person.reference]
        return ImageRequest(
            prompt=plan.prompt,
            negative_prompt=plan.negative_prompt if found.family.negative_prompt else "",
            width=size.width,
            height=size.height,
            seed=plan.seed,
            num_inference_steps=found.steps,
            guidance_scale=found.guidance,
            references=tuple(
                str(_file(files, digest, "a reference"))
                for digest in people[: self._found.references]
            ),
            reference_weight=config.reference_weight,
            controls=tuple(
                ControlPicture(
                    kind=control.kind,
                    path=str(_file(files, control.picture, "a control picture")),
                    weight=control.weight,
                )
                for control in plan.controls
            ),
            loras=tuple(
                PersonLora(
                    path=str(_file(files, person.lora, f"the LoRA of {person.name}")),
                    scale=person.lora_scale,
                )
                for person in plan.cast
                if person.lora
            ),
            out_width=plan.width,
            out_height=plan.height,
            out=str(out),
        )

    @property
    def _told(self) -> PainterConfig:
        if self._config is None:
            raise InputError(self.available().why)
        return self._config

    @property
    def _gpu(self) -> Gpu:
        if self._around is None:
            raise InputError(self.available().why)
        return self._around.gpu

    @cached_property
    def _found(self) -> Setup:
        """The model on disk. Raises InputError."""
        return setup_of(self._told, self._around.folder if self._around else Path())

    def _check(self) -> None:
        """Looks for the model. Raises InputError where it is not there, or will not do."""
        self._found.check()

    @cached_property
    def _tuning(self) -> Tuning:
        """How the model is run, by what the GPU's process says that it has."""
        found = self._found
        return tuning_here(self._gpu, found.family, found.folder, self._told.wishes)

    def _check_controls(self, plan: ShotPlan) -> None:
        found = self._found
        kinds = [control.kind for control in plan.controls]
        missing = [kind for kind in kinds if kind not in found.controlnets]
        if missing:
            raise InputError(
                f"{self._name} has no ControlNet for {missing[0].value}: set "
                f"controlnets.{missing[0].value} in [image.{self._name}]"
            )
        if len(set(kinds)) < len(kinds):
            raise InputError(f"shot {plan.shot} has two control pictures of one kind: keep one")
        several = len({found.controlnets[kind] for kind in kinds}) > 1
        if several and not dialect_of(found.family.name).many_control_nets:
            raise InputError(
                f"{found.family.title} takes one ControlNet a shot: keep one of the controls "
                f"{', '.join(kinds)} of shot {plan.shot}"
            )

    def _painted_size(self, plan: ShotPlan) -> Size:
        family = self._found.family
        size = painted_size(
            plan.width,
            plan.height,
            multiple=family.size_multiple,
            best_pixels=self._told.pixels or family.best_pixels,
            max_pixels=family.max_pixels,
        )
        if size is None:
            raise InputError(
                f"{plan.width}x{plan.height} is too long a shape for {family.title}: choose a "
                f"--size whose longer side is at most {LONGEST_SIDES:g} times the shorter"
            )
        return size


def _file(files: Mapping[str, Path], digest: str, what: str) -> Path:
    if digest not in files:
        raise InputError(f"{what} of the plan, {digest[:12]}, was not handed over")
    return files[digest].resolve()
