"""How a model is run: precision, offload, batch and the like, chosen by how much VRAM there is."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from nightshoot.domain.value import Value


class Precision(StrEnum):
    """In which numbers the model computes."""

    FP32 = "fp32"
    FP16 = "fp16"
    BF16 = "bf16"


class Quantization(StrEnum):
    """In which numbers the transformer's or UNet's and the text encoders' weights are kept."""

    NONE = "none"
    INT8 = "int8"
    NF4 = "nf4"


class Offload(StrEnum):
    """What waits in the computer's memory while it is not needed; each is slower than the last."""

    NONE = "none"
    MODEL = "model"
    GROUP = "group"
    SEQUENTIAL = "sequential"


class Cache(StrEnum):
    """Which steps reuse what the step before computed."""

    NONE = "none"
    FIRST_BLOCK = "first_block"
    FASTER = "faster"


class Tuning(Value):
    """How one model is run. Where the picture depends on it, it is part of an action's key."""

    device: str = Field(default="cpu", pattern=r"^(cpu|mps|(cuda|xpu)(:\d+)?)$")
    """`cpu`, `cuda`, `cuda:1`, `mps`."""
    precision: Precision = Precision.FP32
    vae_fp32: bool = False
    """The VAE alone computes in FP32, for families whose decoder needs it."""
    quantization: Quantization = Quantization.NONE
    offload: Offload = Offload.NONE
    tiled_vae: bool = False
    attention: str = ""
    """A diffusers attention backend, such as `flash`, `sage`, `_native_cudnn`; empty: its own."""
    cache: Cache = Cache.NONE
    cache_threshold: float = Field(default=0.08, gt=0, lt=1)
    compile: bool = False
    """Compile the repeated blocks: the first call is slow, the others are quicker."""
    at_once: int = Field(default=1, ge=1, le=64)
    """How many requests of one size are made in one call."""

    @property
    def own_memory(self) -> bool:
        """Whether the device has memory of its own, so that offload makes room in it."""
        return self.device not in {"cpu", "mps"}

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.quantization is not Quantization.NONE and not self.own_memory:
            raise ValueError(f"quantization needs a GPU, not the device {self.device}")
        if self.offload is not Offload.NONE and not self.own_memory:
            raise ValueError(
                f"offload makes room on a GPU with memory of its own, not on {self.device}"
            )
        if self.quantization is Quantization.NF4 and self.offload in {
            Offload.GROUP,
            Offload.SEQUENTIAL,
        }:
            # bitsandbytes keeps what it needs to read 4-bit weights beside them, on their device.
            raise ValueError(f"nf4 goes with offload none or model, not {self.offload.value}")
        if self.cache is not Cache.NONE and self.at_once > 1:
            # Whether a step is skipped is decided for the batch as a whole.
            raise ValueError(
                f"at_once must be 1 with cache {self.cache.value}: else what is made together "
                "differs from what is made alone"
            )
        return self


def cheaper(tuning: Tuning, *, quantize: bool = False) -> tuple[Tuning, str] | None:
    """Gives the next tuning that needs less memory, with what it means; None: there is none.

    A smaller batch comes first, down to one, then a tiled VAE, then more and more offload. None of
    these changes what is painted beyond rounding and the blended seams of tiles. Quantization
    does, and so comes last, and only where the user allows it; with it a model is loaded anew.

    Args:
        tuning: what did not fit.
        quantize: the weights may be quantized.
    """
    if tuning.at_once > 1:
        fewer = tuning.at_once // 2
        return _with(tuning, at_once=fewer), f"{fewer} at a time instead of {tuning.at_once}"
    if not tuning.tiled_vae:
        return _with(tuning, tiled_vae=True), "pictures are decoded in tiles"
    if not tuning.own_memory:
        return None
    for offload, sentence in _OFFLOADS:
        later = _ORDER.index(offload) > _ORDER.index(tuning.offload)
        if later and _allowed(tuning, offload):
            return _with(tuning, offload=offload), sentence
    if quantize and tuning.quantization is not Quantization.NF4:
        smaller = (
            Quantization.INT8 if tuning.quantization is Quantization.NONE else Quantization.NF4
        )
        bits = "8" if smaller is Quantization.INT8 else "4"
        return (
            _with(tuning, quantization=smaller, offload=Offload.MODEL),
            f"the weights are kept in {bits} bits, which changes the picture a little",
        )
    return None


_ORDER = tuple(Offload)

_OFFLOADS = (
    (Offload.MODEL, "each part of the model waits in the computer's memory until its turn"),
    (Offload.GROUP, "the model's blocks come to the GPU a few at a time, which is slower"),
    (Offload.SEQUENTIAL, "the model's layers come to the GPU one by one, which is much slower"),
)


def _allowed(tuning: Tuning, offload: Offload) -> bool:
    if tuning.quantization is Quantization.NF4:
        return offload is Offload.MODEL
    # Accelerate's layer hooks rebuild parameters, which torchao's tensors do not survive.
    return not (tuning.quantization is Quantization.INT8 and offload is Offload.SEQUENTIAL)


def _with(tuning: Tuning, **changed: object) -> Tuning:
    """Gives a checked copy; compiled blocks and offload by layer do not go together."""
    if changed.get("offload") in {Offload.GROUP, Offload.SEQUENTIAL}:
        changed["compile"] = False
    return Tuning.model_validate(tuning.model_dump() | changed)


def pixels_of(tuning: Tuning) -> str:
    """Gives the part of a tuning that changes the picture, for a backend's version.

    Precision, quantization, tiles, caches and the attention's algorithm do. The device, offload,
    compilation and the batch only round otherwise, so a film may move to another machine without
    being made anew.
    """
    parts = [tuning.precision.value]
    if tuning.vae_fp32 and tuning.precision is not Precision.FP32:
        parts.append("vae-fp32")
    if tuning.quantization is not Quantization.NONE:
        parts.append(tuning.quantization.value)
    if tuning.tiled_vae:
        parts.append("tiled")
    if tuning.attention:
        parts.append(tuning.attention)
    if tuning.cache is not Cache.NONE:
        parts.append(f"{tuning.cache.value}-{tuning.cache_threshold:g}")
    return "+".join(parts)
