"""The accelerator as torch shows it: what it is, how much room it has, how much we may take.

Nothing here imports torch before it is asked to: a process that makes nothing never loads it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from nightshoot.errors import InputError
from nightshoot.tools.diffusion import memory
from nightshoot.tools.diffusion.messages import DeviceFacts
from nightshoot.tools.diffusion.model import OutOfMemory

GIB = 2**30

_OWN_MEMORY = ("cuda", "xpu")
"""Kinds of devices with memory of their own, that torch can say the size of."""


class Accelerator(Protocol):
    """Where models live."""

    def facts(self) -> DeviceFacts:
        """Says what it is."""
        ...

    def free_gib(self, device: str) -> float | None:
        """Gives the room that is left on a device for a model, or None where nobody knows."""
        ...

    def limit(self, gib: float, device: str) -> None:
        """Takes no more than this of a device from now on."""
        ...

    def empty(self) -> None:
        """Gives back what is kept and no longer used."""
        ...


class TorchAccelerator:
    """The one that torch computes on."""

    def __init__(self, device: str = "auto") -> None:
        """Keeps the name: `auto`, `cpu`, `mps`, `cuda`, `cuda:1`, `xpu`."""
        self._device = device

    def facts(self) -> DeviceFacts:
        """Says what it is; imports torch where it is installed, which takes seconds.

        Raises:
            InputError: torch does not see the device that was named.
        """
        if find_spec("torch") is None:
            return DeviceFacts()
        import torch

        device = self._chosen(torch)
        kind = device.partition(":")[0]
        version = str(torch.__version__)
        if kind in _OWN_MEMORY:
            backend = getattr(torch, kind)
            if not backend.is_available():
                raise InputError(
                    f"[gpu] in the settings names the device {device}, which torch {version} does "
                    "not see: install torch for it, or leave `device` out"
                )
            free, total = backend.mem_get_info(device)
            return DeviceFacts(
                device=device,
                name=backend.get_device_name(device),
                vram_gib=round(total / GIB, 2),
                free_gib=round(free / GIB, 2),
                torch=version,
            )
        if kind == "mps":
            total = torch.mps.recommended_max_memory()
            free = total - torch.mps.driver_allocated_memory()
            return DeviceFacts(
                device=device,
                name="Apple GPU",
                vram_gib=round(total / GIB, 2),
                free_gib=round(max(0, free) / GIB, 2),
                torch=version,
            )
        return DeviceFacts(device=device, name="CPU", torch=version)

    def free_gib(self, device: str) -> float | None:
        """Counts what torch keeps for later as free; None before anything was computed."""
        kind = device.partition(":")[0]
        torch: Any = sys.modules.get("torch")
        if torch is None or kind not in _OWN_MEMORY:
            return None
        backend = getattr(torch, kind)
        if not backend.is_initialized():
            return None
        index = _index(backend, device)
        free, _ = backend.mem_get_info(index)
        kept = backend.memory_reserved(index) - backend.memory_allocated(index)
        return float(free + kept) / GIB

    def limit(self, gib: float, device: str) -> None:
        """Has torch refuse more, where it is a GPU with memory of its own."""
        kind = device.partition(":")[0]
        if find_spec("torch") is None or kind not in _OWN_MEMORY:
            return
        import torch

        backend = getattr(torch, kind)
        if backend.is_available():
            index = _index(backend, device)
            _, total = backend.mem_get_info(index)
            backend.set_per_process_memory_fraction(min(1.0, gib * GIB / total), index)

    def empty(self) -> None:
        """Collects what nothing refers to, and empties torch's cache."""
        if "torch" in sys.modules:
            memory.free()
        else:
            gc.collect()

    def _chosen(self, torch: Any) -> str:
        if self._device != "auto":
            return self._device
        if torch.cuda.is_available():
            return "cuda"
        if getattr(torch, "xpu", None) is not None and torch.xpu.is_available():
            return "xpu"
        return "mps" if torch.backends.mps.is_available() else "cpu"


def reserved_gib() -> float | None:
    """Gives what torch keeps of all GPUs' memory for this process; None where it uses none.

    What it keeps for later counts too: no other program can have it.
    """
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return None
    kept = 0
    used = False
    for kind in _OWN_MEMORY:
        backend = getattr(torch, kind, None)
        if backend is not None and backend.is_initialized():
            used = True
            kept += sum(map(backend.memory_reserved, range(backend.device_count())))
    return kept / GIB if used else None


def _index(backend: Any, device: str) -> int:
    """Gives the number of a device; some of torch's functions take no name without one."""
    _, _, number = device.partition(":")
    return int(number) if number else int(backend.current_device())


def free_ram_gib() -> float | None:
    """Gives how much of the computer's memory programs may still take, or None: it does not say.

    Source: proc(5), MemAvailable.
    """
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    kib = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return int(kib) / 2**20 if kib else None


def is_out_of_memory(error: BaseException) -> bool:
    """Says whether an error, or one that caused it, is that there is no room left."""
    return any(
        isinstance(one, OutOfMemory) or memory.is_out_of_memory(one) for one in _causes(error)
    )


def is_broken(error: BaseException) -> bool:
    """Says whether an error leaves the accelerator unusable for the process.

    Source: CUDA C++ Programming Guide, "Error Checking": after an illegal address, an assertion or
    a failed launch every later call fails until the process ends.
    """
    return any(
        type(one).__name__ == "AcceleratorError"
        or (isinstance(one, RuntimeError) and any(saying in str(one) for saying in _SAYINGS))
        for one in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__


_SAYINGS = (
    "CUDA error:",
    "HIP error:",
    "device-side assert",
    "CUBLAS_STATUS_EXECUTION_FAILED",
    "CUDNN_STATUS_EXECUTION_FAILED",
)
