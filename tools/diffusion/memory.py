"""The accelerator's memory: how running out of it is told, and how it is given back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nightshoot.tools.diffusion.model import OutOfMemory

_SAYINGS = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
)
"""How CUDA, cuBLAS, cuDNN, MPS and the CPU's allocator say it where PyTorch has no type for it.

Source: the messages of c10/cuda, aten/mps and c10/core/impl/alloc_cpu.cpp in PyTorch."""


@contextmanager
def out_of_memory_raised() -> Iterator[None]:
    """Raises OutOfMemory for whatever means that the accelerator's memory ran out."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        said = " ".join(str(error).split())[:300]
        # The error's traceback holds the tensors that filled the memory: it is not kept.
        raise OutOfMemory(said) from None


def is_out_of_memory(error: BaseException) -> bool:
    """Says whether an error means that memory ran out. `torch.OutOfMemoryError` is one by type."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(saying in said for saying in _SAYINGS)


def free() -> None:
    """Gives back what nothing refers to any more, the allocator's own reserves included."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def gib_of(pipe: Any) -> float:
    """Gives the size of a pipeline's weights on its accelerator, in GiB; 0 on the CPU."""
    import torch

    size, seen = 0, set()
    for part in pipe.components.values():
        if not isinstance(part, torch.nn.Module):
            continue
        for tensor in (*part.parameters(), *part.buffers()):
            if tensor.device.type not in {"cpu", "meta"} and id(tensor) not in seen:
                seen.add(id(tensor))
                size += tensor.numel() * tensor.element_size()
    return float(size / 2**30)
