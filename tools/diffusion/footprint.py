"""How much memory a model takes, part by part, and what a tuning makes of it.

Counted in 16 bits a number, whatever the files hold, since that is how models are run on a GPU.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from nightshoot.domain.value import Value
from nightshoot.tools.diffusion.tuning import Offload, Precision, Quantization, Tuning
from nightshoot.tools.diffusion.weights import Index, numbers_in

_BLOCK = re.compile(r"(\w+\.\d+)\.")
"""A block that offload brings to the GPU by itself: a list of modules of the network's own."""

_BYTES = 2

_QUANTIZED = {Quantization.NONE: 1.0, Quantization.INT8: 0.53, Quantization.NF4: 0.29}
"""What is left of 16 bits. Source: 8 and 4.13 bits a weight (QLoRA, arXiv 2305.14314, section 3,
with a scale for each 64 weights), and 3 % for norms and embeddings, which stay as they are."""


class Part(Value):
    """One network of a model."""

    gib: float = Field(ge=0)
    """All of it."""
    streamed_gib: float = Field(ge=0)
    """The most of it that is on the GPU at one time where its blocks come and go: two blocks, the
    one at work and the next, and what is in none."""

    @classmethod
    def of(cls, numbers: Mapping[str, int], *, layers: bool = False) -> Part:
        """Gives the part of a network's tensors, by how many numbers each has.

        Args:
            numbers: the tensors.
            layers: it is brought layer by layer, as those are that have no blocks of their own.
        """
        total = sum(numbers.values())
        streamed = _by_blocks(numbers)
        if layers or not comes_in_blocks(numbers):
            streamed = sum(sorted(numbers.values())[-2:])
        return cls(gib=_gib(total), streamed_gib=_gib(min(total, streamed)))


def comes_in_blocks(numbers: Mapping[str, int]) -> bool:
    """Whether bringing a network to the GPU block by block saves at least half of it.

    A UNet's few blocks are too large, and some networks have none: those come layer by layer.

    Args:
        numbers: how many numbers each of its tensors has, by the tensor's name.
    """
    return 2 * _by_blocks(numbers) <= sum(numbers.values())


def _by_blocks(numbers: Mapping[str, int]) -> int:
    """Gives how many numbers are there at most: two blocks, and what is in none."""
    blocks: defaultdict[str, int] = defaultdict(int)
    rest = 0
    for name, count in numbers.items():
        if block := _BLOCK.match(name):
            blocks[block[1]] += count
        else:
            rest += count
    return rest + 2 * max(blocks.values(), default=0)


def parts_of(index: Index) -> dict[str, Part]:
    """Gives the parts of a model on disk, by name, from the headers of its weights.

    Raises:
        InputError: a weights file is broken.
    """
    found = {}
    for component in index.components:
        files = component.weights()
        if component.has_weights and files:
            halves = [path for path in files if ".fp16" in path.name]
            plain = [path for path in files if ".fp16" not in path.name]
            numbers: dict[str, int] = {}
            for path in plain or halves:
                stat = path.stat()
                numbers |= _numbers(path, stat.st_size, stat.st_mtime_ns)
            found[component.name] = Part.of(numbers, layers=component.library != "diffusers")
    return found


@lru_cache(maxsize=512)
def _numbers(path: Path, size: int, mtime_ns: int) -> Mapping[str, int]:
    del size, mtime_ns
    return numbers_in(path)


def weights_gib(parts: Iterable[Part]) -> float:
    """Gives the size of all parts together."""
    return sum(part.gib for part in parts)


class Working(Value):
    """What a model takes besides its weights while it works, in GiB at its own precision."""

    step_gib: float = Field(ge=0)
    """The results inside the denoiser at one step, for one request."""
    decode_gib: float = Field(ge=0)
    """The results inside the VAE; a batch is decoded one by one."""
    tiled_gib: float = Field(ge=0)
    """The same, on tiles."""


def need_gib(parts: Mapping[str, Part], working: Working, tuning: Tuning) -> float:
    """Gives how much of the GPU's memory a model is expected to take while it works.

    Args:
        parts: its networks.
        working: what it takes besides.
        tuning: how it is run.
    """
    wide = 2.0 if tuning.precision is Precision.FP32 else 1.0
    sizes = {name: part.gib * wide * _kept(name, tuning) for name, part in parts.items()}
    step = working.step_gib * wide * tuning.at_once
    decode = (working.tiled_gib if tuning.tiled_vae else working.decode_gib) * wide
    vae = sizes.pop("vae", 0.0)
    if tuning.vae_fp32 and tuning.precision is not Precision.FP32:
        vae *= 2
    largest = max(sizes.values(), default=0.0)
    match tuning.offload:
        case Offload.NONE:
            return sum(sizes.values()) + vae + max(step, decode)
        case Offload.MODEL:
            return max(largest + step, vae + decode)
        case Offload.GROUP:
            streamed = max(
                (
                    part.streamed_gib * wide * _kept(name, tuning)
                    for name, part in parts.items()
                    if name != "vae"
                ),
                default=0.0,
            )
            return vae + max(streamed + step, decode)
        case Offload.SEQUENTIAL:
            return max(step, decode)


def _kept(name: str, tuning: Tuning) -> float:
    if name.startswith(("transformer", "unet", "text_encoder")):
        return _QUANTIZED[tuning.quantization]
    return 1.0


def _gib(numbers: int) -> float:
    return round(numbers * _BYTES / 2**30, 3)
