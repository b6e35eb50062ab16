"""What a table of the settings file says of an image model, and what is found on disk for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import InputError
from nightshoot.tools.diffusion import weights
from nightshoot.tools.diffusion.families import Family, family_named, family_of
from nightshoot.tools.diffusion.image_dialects import dialect_of
from nightshoot.tools.diffusion.orders import Adapter, Kind, ModelSpec
from nightshoot.tools.diffusion.presets import Wishes
from nightshoot.tools.diffusion.schedulers import recipe_named
from nightshoot.tools.diffusion.tuning import Tuning


class PainterConfig(Wishes):
    """What `[image.NAME]` may hold with `backend = "diffusers"`, besides how the model is run."""

    model: str = Field(min_length=1)
    """A folder in diffusers' layout, or a name on the Hub, `org/name`, that is in its cache."""
    family: str = ""
    """A card's name, for a model whose `model_index.json` does not say it; empty: it does."""
    download: bool = False
    """Fetch a model of the Hub that is not in the cache, when it is first asked about."""
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=0, le=30)
    pixels: int | None = Field(default=None, ge=64 * 64)
    """The area to paint at, for a model that was trained on another than its family."""
    adapters: tuple[Adapter, ...] = ()
    """LoRAs that are always on."""
    few_steps: bool | str = False
    """The model, or one of its adapters, is distilled to few steps: true for the family's usual
    kind, or the kind's name: `lcm`, `lightning`, `hyper`."""
    ip_adapter: str = ""
    image_encoder: str = ""
    references: int = Field(default=1, ge=1, le=4)
    """How many pictures an IP-Adapter is given at once; their people are blended."""
    reference_weight: float = Field(default=0.6, ge=0, le=1)
    """How much an IP-Adapter counts. Source: the range 0.5 to 0.8 in diffusers' documentation,
    using-diffusers/ip_adapter."""
    controlnets: dict[ControlKind, str] = Field(default_factory=dict)
    tiny_vae: str = ""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if bool(self.ip_adapter) != bool(self.image_encoder):
            raise ValueError(
                "ip_adapter and image_encoder go together: the encoder is the one that the adapter "
                "was trained with"
            )
        return self

    @property
    def wishes(self) -> Wishes:
        """How the model is to be run."""
        return Wishes.model_validate(self.model_dump(include=set(Wishes.model_fields)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """An image model that is there, with all that goes with it. Paths are absolute."""

    family: Family
    folder: Path
    revision: str
    adapters: tuple[Adapter, ...]
    controlnets: Mapping[ControlKind, str]
    ip_adapter: str
    image_encoder: str
    tiny_vae: str
    schedule: str
    steps: int
    guidance: float
    references: int
    """How many reference pictures one painting may have."""

    def spec(self, tuning: Tuning) -> ModelSpec:
        """Gives what has to be loaded."""
        return ModelSpec(
            kind=Kind.IMAGE,
            family=self.family.name,
            path=str(self.folder),
            revision=self.revision,
            adapters=self.adapters,
            controlnets=dict(self.controlnets),
            ip_adapter=self.ip_adapter,
            image_encoder=self.image_encoder,
            tiny_vae=self.tiny_vae,
            schedule=self.schedule,
            tuning=tuning,
        )

    def deciding(self) -> dict[str, object]:
        """Gives what decides the pixels besides the family, its weights and the tuning, as JSON.

        A LoRA that was trained anew under the same name is another one.

        Raises:
            InputError: a file is missing or broken.
        """
        return {
            "schedule": self.schedule,
            "steps": self.steps,
            "guidance": self.guidance,
            "references": self.references,
            "adapters": [
                (weights.revision_of_file(Path(one.path)), one.scale) for one in self.adapters
            ],
            "controlnets": {
                kind.value: _revision_of_part(folder) for kind, folder in self.controlnets.items()
            },
            "ip_adapter": self.ip_adapter and weights.revision_of_file(Path(self.ip_adapter)),
            "image_encoder": self.image_encoder and _revision_of_part(self.image_encoder),
            "tiny_vae": self.tiny_vae and _revision_of_part(self.tiny_vae),
        }

    def check(self) -> None:
        """Looks at all files, without reading weights.

        Raises:
            InputError: one is missing, cut short, or pickled.
        """
        weights.check_folder(self.folder)
        for path in (*(one.path for one in self.adapters), self.ip_adapter):
            if path and not path.endswith(".safetensors"):
                raise InputError(
                    f"{path} is not called *.safetensors: pickled weights can run any code when "
                    "they are read; take the safetensors of the same author"
                )
        self.deciding()


def setup_of(config: PainterConfig, start: Path) -> Setup:
    """Finds the model that the settings name.

    Args:
        config: the table.
        start: what relative paths start from.

    Raises:
        InputError: it is not there, or what is to go with it does not.
    """
    folder = weights.resolve(config.model, start, download=config.download)
    index = weights.read_index(folder)
    family = (
        family_named(config.family)
        if config.family
        else family_of(index.pipeline, Kind.IMAGE, folder)
    )
    _check_extras(family, config)

    def there(path: str) -> str:
        return str((start / Path(path).expanduser()).resolve()) if path else ""

    schedule, steps, guidance = _sampling(family, config)
    return Setup(
        family=family,
        folder=folder,
        revision=weights.revision_of(folder),
        adapters=tuple(Adapter(path=there(one.path), scale=one.scale) for one in config.adapters),
        controlnets={kind: there(path) for kind, path in sorted(config.controlnets.items())},
        ip_adapter=there(config.ip_adapter),
        image_encoder=there(config.image_encoder),
        tiny_vae=there(config.tiny_vae),
        schedule=schedule,
        steps=steps,
        guidance=guidance,
        references=config.references if config.ip_adapter else family.references,
    )


def _check_extras(family: Family, config: PainterConfig) -> None:
    if family.kind is not Kind.IMAGE:
        raise InputError(f"{family.title} makes video: put it into a table [video.NAME]")
    if config.ip_adapter and not family.ip_adapter:
        raise InputError(
            f"{family.title} takes no IP-Adapter here: leave ip_adapter out"
            + (", it sees pictures by itself" if family.references else "")
        )
    for kind in config.controlnets:
        if kind not in family.controls:
            raise InputError(
                f"there is no ControlNet for {kind.value} with {family.title}: leave "
                f"controlnets.{kind.value} out"
            )


def _sampling(family: Family, config: PainterConfig) -> tuple[str, int, float]:
    """Gives the few-step recipe, the steps and the guidance. Raises InputError."""
    dialect = dialect_of(family.name)
    schedule, steps, guidance = "", family.num_inference_steps, family.guidance_scale
    if isinstance(config.few_steps, str):
        recipe = recipe_named(config.few_steps)
        schedule, steps, guidance = config.few_steps, recipe.steps, recipe.guidance_scale
    elif config.few_steps:
        if not family.few_steps:
            raise InputError(f"no few-step model of {family.title} is known: leave few_steps out")
        schedule = dialect.few_steps
        steps, guidance = family.few_steps, family.few_guidance_scale
    if config.steps is not None and config.steps < dialect.least_steps:
        raise InputError(f"{family.title} takes at least {dialect.least_steps} steps")
    return (
        schedule,
        config.steps if config.steps is not None else steps,
        config.guidance if config.guidance is not None else guidance,
    )


def _revision_of_part(folder: str) -> str:
    """Gives the identity of a folder with one network, such as a ControlNet. Raises InputError."""
    files = sorted(
        path
        for path in Path(folder).glob("*")
        if path.suffix in {".safetensors", ".json"} and path.is_file()
    )
    if not any(path.suffix == ".safetensors" for path in files):
        raise InputError(
            f"{folder} holds no weights (*.safetensors): it has to be a folder in diffusers' layout"
        )
    told = "\n".join(f"{path.name} {weights.identity(path)}" for path in files)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
