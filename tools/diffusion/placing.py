"""Where a pipeline's weights are while it works: on the device, or brought there when needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nightshoot.tools.diffusion.footprint import comes_in_blocks
from nightshoot.tools.diffusion.memory import free
from nightshoot.tools.diffusion.tuning import Offload, Tuning

_STAYS = ("vae",)
"""Parts that group offload leaves on the device: small ones, which tiles and streams do not mix
with. Source: the warning in diffusers' ModelMixin.enable_group_offload."""

_BLOCKS = 1
"""How many blocks come at once: with a stream that fetches the next one, more only take room.
Source: diffusers' documentation, optimization/memory, Group offloading."""


def place(pipe: Any, tuning: Tuning) -> list[str]:
    """Puts a pipeline on its device, or sets up its offload; says what could not be done."""
    import torch

    device = torch.device(tuning.device)
    match tuning.offload:
        case Offload.NONE:
            pipe.to(device)
        case Offload.MODEL:
            pipe.enable_model_cpu_offload(device=device)
        case Offload.GROUP:
            return offload_groups(pipe, device)
        case Offload.SEQUENTIAL:
            pipe.enable_sequential_cpu_offload(device=device)
    return []


def offload_groups(pipe: Any, device: Any) -> list[str]:
    """Sets up the offload by blocks, ahead of need by a stream where the device has them.

    A part without blocks of a handy size, and each of another library, is brought layer by layer.
    """
    import torch
    from diffusers.hooks import apply_group_offloading

    notes = []
    for name, part in pipe.components.items():
        if not isinstance(part, torch.nn.Module):
            continue
        if name in _STAYS:
            part.to(device)
            continue
        numbers = {tensor: values.numel() for tensor, values in part.named_parameters()}
        blocks = hasattr(part, "enable_group_offload") and comes_in_blocks(numbers)
        options = {
            "onload_device": device,
            "offload_device": torch.device("cpu"),
            "offload_type": "block_level" if blocks else "leaf_level",
            "num_blocks_per_group": _BLOCKS if blocks else None,
            "use_stream": device.type == "cuda",
            # Pins what is on its way rather than all of it: half the memory of the computer.
            "low_cpu_mem_usage": device.type == "cuda",
        }
        if getattr(part, "_supports_group_offloading", True):
            # Some of it is on the device where it did not fit whole.
            part.to(torch.device("cpu"))
            apply_group_offloading(part, **options)
        else:
            part.to(device)
            notes.append(f"{name} cannot be offloaded by blocks and stays on {device}")
    return notes


def take_back(pipe: Any) -> None:
    """Removes what offload set up and brings the weights back to the computer's memory."""
    import torch

    offloaded = bool(getattr(pipe, "_all_hooks", None))
    for part in modules(pipe):
        offloaded |= hasattr(part, "_hf_hook") or _forget_groups(part)
    if not offloaded:
        return
    pipe.remove_all_hooks()
    pipe._all_hooks = []  # noqa: SLF001 - else the pipeline sets them up again after its next call
    for part in modules(pipe):
        # Parameters left on meta by layer offload are restored by the removal of its hooks.
        part.to(torch.device("cpu"))
    free()


def modules(pipe: Any) -> Iterator[Any]:
    """Gives the networks of a pipeline."""
    import torch

    for part in pipe.components.values():
        if isinstance(part, torch.nn.Module):
            yield part


def _forget_groups(part: Any) -> bool:
    from diffusers.hooks import HookRegistry
    from diffusers.hooks import group_offloading as groups

    names = (
        groups._GROUP_OFFLOADING,  # noqa: SLF001 - there is no public way to end group offload
        groups._LAYER_EXECUTION_TRACKER,  # noqa: SLF001
        groups._LAZY_PREFETCH_GROUP_OFFLOADING,  # noqa: SLF001
    )
    found = False
    for module in part.modules():
        registry = getattr(module, "_diffusers_hook", None)
        if isinstance(registry, HookRegistry):
            for name in names:
                if registry.get_hook(name) is not None:
                    registry.remove_hook(name, recurse=False)
                    found = True
    return found
