"""What a table of the settings file says of a video model, and what is found on disk for it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from pydantic import Field

from nightshoot.errors import InputError
from nightshoot.tools.diffusion import weights
from nightshoot.tools.diffusion.families import Family, family_named, family_of
from nightshoot.tools.diffusion.orders import Adapter, Kind, ModelSpec
from nightshoot.tools.diffusion.presets import Wishes
from nightshoot.tools.diffusion.schedulers import recipe_named
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.diffusion.video_recipes import recipe_of
from nightshoot.tools.video.fitting import MOST_STRETCHES, Rules, round_up


class CameraConfig(Wishes):
    """What `[video.NAME]` may hold with `backend = "diffusers"`, besides how the model is run."""

    model: str = Field(min_length=1)
    """A folder in diffusers' layout, or a name on the Hub, `org/name`, that is in its cache."""
    family: str = ""
    """A card's name, for a model whose `model_index.json` does not say it; empty: it does."""
    download: bool = False
    """Fetch a model of the Hub that is not in the cache, when it is first asked about."""
    steps: int | None = Field(default=None, ge=2, le=200)
    guidance: float | None = Field(default=None, ge=0, le=30)
    pixels: int | None = Field(default=None, ge=64 * 64)
    """The area to film at, as 399360 for 480P or 921600 for 720P; None: the family's best."""
    frames: int | None = Field(default=None, ge=2)
    """The most frames of one call, where memory is short; a longer shot is filmed in stretches."""
    adapters: tuple[Adapter, ...] = ()
    """LoRAs that are always on. For a model of two transformers, a file with `high` or `low` in its
    name goes into the one it says, another into both."""
    few_steps: bool | str = False
    """The model, or one of its adapters, is distilled to few steps: true for the family's usual
    kind, or the kind's name: `wan_lightning`."""
    flow_shift: float = Field(default=0.0, ge=0, le=20)
    """Moves the steps towards the noisy end; 0: as the family does at this size."""

    @property
    def wishes(self) -> Wishes:
        """How the model is to be run."""
        return Wishes.model_validate(self.model_dump(include=set(Wishes.model_fields)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A video model that is there, with all that goes with it. Paths are absolute."""

    family: Family
    folder: Path
    revision: str
    adapters: tuple[Adapter, ...]
    schedule: str
    steps: int
    guidance: float
    flow_shift: float
    rules: Rules

    def spec(self, tuning: Tuning) -> ModelSpec:
        """Gives what has to be loaded."""
        return ModelSpec(
            kind=Kind.VIDEO,
            family=self.family.name,
            path=str(self.folder),
            revision=self.revision,
            adapters=self.adapters,
            schedule=self.schedule,
            tuning=tuning,
        )

    def deciding(self) -> dict[str, object]:
        """Gives what decides the pixels besides the family, its weights and the tuning, as JSON.

        Raises:
            InputError: a LoRA is missing or broken.
        """
        return {
            "schedule": self.schedule,
            "steps": self.steps,
            "guidance": self.guidance,
            "flow_shift": self.flow_shift,
            "pixels": self.rules.best_pixels,
            "frames": self.rules.max_frames,
            "fps": str(self.rules.fps),
            "adapters": [
                (weights.revision_of_file(Path(one.path)), one.scale) for one in self.adapters
            ],
        }

    def check(self) -> None:
        """Looks at all files, without reading weights.

        Raises:
            InputError: one is missing, cut short, or pickled.
        """
        weights.check_folder(self.folder)
        for adapter in self.adapters:
            if not adapter.path.endswith(".safetensors"):
                raise InputError(
                    f"{adapter.path} is not called *.safetensors: pickled weights can run any code "
                    "when they are read; take the safetensors of the same author"
                )
        self.deciding()


def setup_of(name: str, config: CameraConfig, start: Path) -> Setup:
    """Finds the model that the settings name.

    Args:
        name: the table's, for messages.
        config: the table.
        start: what relative paths start from.

    Raises:
        InputError: it is not there, or it does not take what is set.
    """
    folder = weights.resolve(config.model, start, download=config.download)
    index = weights.read_index(folder)
    family = (
        family_named(config.family)
        if config.family
        else family_of(index.pipeline, Kind.VIDEO, folder)
    )
    if family.kind is not Kind.VIDEO:
        raise InputError(f"{family.title} makes pictures: put it into a table [image.NAME]")
    schedule, steps, guidance = _sampling(family, config)
    adapters = tuple(
        Adapter(path=str((start / Path(one.path).expanduser()).resolve()), scale=one.scale)
        for one in config.adapters
    )
    return Setup(
        family=family,
        folder=folder,
        revision=weights.revision_of(folder),
        adapters=adapters,
        schedule=schedule,
        steps=steps,
        guidance=guidance,
        flow_shift=config.flow_shift,
        rules=_rules(name, family, config),
    )


def _rules(name: str, family: Family, config: CameraConfig) -> Rules:
    most = min(config.frames or family.max_frames, family.max_frames)
    least = round_up(2, family.frame_rule)
    if most < least:
        raise InputError(
            f"[video.{name}] in the settings: frames = {config.frames} is too few for "
            f"{family.title}, which makes {least} at least"
        )
    return Rules(
        name=f"{name} ({family.title})",
        size_multiple=family.size_multiple,
        best_pixels=min(config.pixels or family.best_pixels, family.max_pixels),
        max_pixels=family.max_pixels,
        frame_rule=family.frame_rule,
        max_frames=most,
        fps=None if family.fps is None else Fraction(family.fps),
        most_stretches=1 if family.last_frame_needed else MOST_STRETCHES,
    )


def _sampling(family: Family, config: CameraConfig) -> tuple[str, int, float]:
    """Gives the few-step recipe, the steps and the guidance. Raises InputError."""
    schedule, steps, guidance = "", family.num_inference_steps, family.guidance_scale
    if isinstance(config.few_steps, str):
        recipe = recipe_named(config.few_steps)
        schedule, steps, guidance = config.few_steps, recipe.steps, recipe.guidance_scale
    elif config.few_steps:
        if not family.few_steps:
            raise InputError(f"no few-step model of {family.title} is known: leave few_steps out")
        schedule = recipe_of(family.name).few_steps
        steps, guidance = family.few_steps, family.few_guidance_scale
    return (
        schedule,
        config.steps if config.steps is not None else steps,
        config.guidance if config.guidance is not None else guidance,
    )
