"""What the painter and the camera have in common: readiness, version, and how the model is run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.families import Family
from nightshoot.tools.diffusion.presets import Wishes, preset
from nightshoot.tools.diffusion.tuning import Tuning, pixels_of
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.protocols import Available

_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "peft", "safetensors")


def not_configured(kind: str) -> Available:
    """Says which table makes a backend of this kind."""
    return Available(
        ready=False,
        why=f"name a model: [{kind}.NAME] in the settings file with "
        'backend = "diffusers" and model = "FOLDER"',
    )


def readiness(check: Callable[[], None]) -> Available:
    """Looks for the packages, then for the model's files.

    Args:
        check: raises InputError where the files will not do.
    """
    missing = [package for package in _PACKAGES if find_spec(package) is None]
    if missing:
        return Available(
            ready=False, why=f"{missing[0]} is not installed: pip install 'nightshoot[gpu]'"
        )
    try:
        check()
    except InputError as error:
        return Available(ready=False, why=str(error))
    return Available(ready=True)


def tuning_here(gpu: Gpu, family: Family, folder: Path, wishes: Wishes) -> Tuning:
    """Gives how a model is run, by what the GPU's process says that it has.

    Raises:
        InputError: the wishes do not go together.
        BackendError: the GPU's process cannot say.
    """
    facts, limit = gpu.facts(), gpu.config.vram_gib
    return preset(
        family,
        min(facts.vram_gib, limit) if limit else facts.vram_gib,
        "cpu" if facts.device == "none" else facts.device,
        wishes=wishes,
        folder=folder,
    )


def version_of(
    version: str, family: Family, revision: str, tuning: Tuning, decides: Mapping[str, object]
) -> str:
    """Names ours, diffusers', the family, the weights and all settings that change pixels.

    Args:
        version: our own.
        family: the model's.
        revision: of the weights.
        tuning: how it is run.
        decides: the settings that change pixels besides, as JSON.
    """
    settings = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:12]
    return "+".join(
        (
            version,
            f"diffusers-{metadata.version('diffusers')}",
            family.name,
            revision,
            pixels_of(tuning),
            settings,
        )
    )
