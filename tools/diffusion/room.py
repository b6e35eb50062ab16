"""What a model needs to be loaded: room on the GPU, room in the computer, or less of both."""

from __future__ import annotations

from pathlib import Path

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.orders import ModelSpec
from nightshoot.tools.diffusion.tuning import Offload, cheaper
from nightshoot.tools.gpu_device import GIB, free_ram_gib


def expected_gib(spec: ModelSpec) -> float:
    """Gives what a model should take on the GPU while it works; 0.0 where nobody knows."""
    if not spec.tuning.own_memory:
        return 0.0
    from nightshoot.tools.diffusion import presets

    try:
        return presets.expected_gib(spec)
    except InputError:
        # Loading it says better what is wrong with the folder.
        return 0.0


def has_ram(spec: ModelSpec) -> bool:
    """Whether the computer's memory has room for the weights that this model keeps there.

    Linux ends a process that takes more than there is, with every model in it.
    """
    if spec.tuning.own_memory and spec.tuning.offload is Offload.NONE:
        return True
    size = sum(file.stat().st_size for file in Path(spec.path).rglob("*.safetensors"))
    free = free_ram_gib()
    return free is None or size / GIB < free


def cheaper_to_load(spec: ModelSpec) -> tuple[ModelSpec, str] | None:
    """Gives a spec with the next offload, the one setting that makes loading need less room."""
    step = cheaper(spec.tuning.model_copy(update={"at_once": 1, "tiled_vae": True}))
    if step is None or step[0].offload is spec.tuning.offload:
        return None
    less = {"offload": step[0].offload, "compile": step[0].compile}
    return spec.model_copy(update={"tuning": spec.tuning.model_copy(update=less)}), step[1]
