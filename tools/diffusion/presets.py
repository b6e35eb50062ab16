"""Which tuning a model gets on a GPU of a given size: the quickest that fits, unless one is told.

What each family's parts take stands in `presets.yaml`. A model that is on disk is measured instead:
a small one of a family then gets the tuning of a small one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.families import Family, families
from nightshoot.tools.diffusion.footprint import Part, Working, need_gib, parts_of, weights_gib
from nightshoot.tools.diffusion.orders import Kind, ModelSpec
from nightshoot.tools.diffusion.tuning import (
    Cache,
    Offload,
    Precision,
    Quantization,
    Tuning,
)
from nightshoot.tools.diffusion.weights import read_index

SIZES_GIB = (6, 8, 12, 16, 24, 32, 48, 80)
"""The VRAM of the GPUs that are common; tables show these."""

_RESERVED_GIB = 0.8
_RESERVED_SHARE = 0.04
"""What a model does not get: CUDA's own context, kernels and the allocator's gaps, more on a larger
GPU. Source: 0.5 to 0.8 GiB for a context with cuDNN and cuBLAS loaded, by PyTorch's notes on CUDA
memory; unverified on each size."""

_MOST_AT_ONCE = 4
"""Source: above this, pictures of a megapixel keep a GPU as busy as one does; small ones gain up to
about four."""


class Wishes(Value):
    """What a user sets about how a model is run; what is None is chosen by the GPU's size."""

    device: str | None = None
    precision: Precision | None = None
    vae_fp32: bool | None = None
    quantization: Quantization | None = None
    offload: Offload | None = None
    tiled_vae: bool | None = None
    attention: str | None = None
    cache: Cache | None = None
    cache_threshold: float | None = None
    compile: bool | None = None
    at_once: int | None = None
    quantize: bool = False
    """Where the weights do not fit, they may be quantized rather than brought to the GPU piece by
    piece: quicker, and the picture changes a little."""


class Needs(Value):
    """What is known of a family's size, and how it is run."""

    # Read from a list of two in YAML.
    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: Precision
    """What it was trained in, or is known to work in."""
    vae_fp32: bool = False
    compiles: bool = False
    """Its repeated blocks are compiled where all of it is on the GPU, and that pays."""
    working: tuple[float, float, float]
    """GiB besides the weights: at a step, to decode, and to decode on tiles."""
    parts: dict[str, tuple[float, float]]
    """GiB in 16 bits of each network: all of it, and what is on the GPU at one time where its
    blocks come and go."""

    def besides(self) -> Working:
        """Gives what one request takes besides the weights, at the family's best size."""
        step, decode, tiled = self.working
        return Working(step_gib=step, decode_gib=decode, tiled_gib=tiled)

    def footprint(self) -> dict[str, Part]:
        """Gives the parts."""
        return {
            name: Part(gib=whole, streamed_gib=streamed)
            for name, (whole, streamed) in self.parts.items()
        }


@cache
def _table() -> Mapping[str, Needs]:
    text = files("nightshoot.tools.diffusion").joinpath("presets.yaml").read_text("utf-8")
    return TypeAdapter(dict[str, Needs]).validate_python(yaml.safe_load(text))


def known() -> tuple[str, ...]:
    """Gives the names of the families whose parts are known."""
    return tuple(_table())


def needs_of(family: Family) -> Needs:
    """Gives what is known of a family's size.

    A family that the table lacks is taken to be one network of the size that its card says.
    """
    found = _table().get(family.name)
    if found is not None:
        return found
    whole = round(0.8 * family.vram_gib, 2)
    rest = round(family.vram_gib - whole, 2)
    return Needs(
        precision=Precision.BF16,
        working=(rest, rest, rest),
        parts={"transformer": (whole, round(whole / 8, 2))},
    )


def preset(
    family: Family,
    vram_gib: float,
    device: str,
    *,
    wishes: Wishes = Wishes(),  # noqa: B008 - frozen
    folder: Path | None = None,
) -> Tuning:
    """Gives the quickest tuning that is expected to fit.

    Args:
        family: the model's family.
        vram_gib: the GPU's memory in GiB; not looked at on the CPU.
        device: as PyTorch names it: `cpu`, `cuda`, `cuda:1`, `mps`.
        wishes: what the user set: it is kept, and the rest is chosen around it.
        folder: the model on disk, to be measured; None: the family's best known weights.

    Raises:
        InputError: the wishes do not go together, or the folder holds no model.
    """
    device = wishes.device or device
    needs = needs_of(family)
    parts = needs.footprint() if folder is None else parts_of(read_index(folder))
    working = needs.besides()
    room = _room(vram_gib)
    refused: list[InputError] = []
    best: Tuning | None = None
    plain = _plain(needs, device)
    for choice in _choices(device, wishes):
        try:
            tuning = overridden(plain, wishes.model_copy(update=choice))
        except InputError as error:
            refused.append(error)
            continue
        best = tuning
        if device == "cpu" or need_gib(parts, working, tuning) <= room:
            break
    if best is None:
        raise refused[0]
    spare = {
        count: need_gib(parts, working, best.model_copy(update={"at_once": count})) <= room
        for count in range(2, _MOST_AT_ONCE + 1)
    }
    return _quickened(best, family, needs, wishes, [n for n, fits in spare.items() if fits])


def overridden(tuning: Tuning, wishes: Wishes) -> Tuning:
    """Gives a tuning with what the user set. Raises InputError where it does not go together."""
    changed = wishes.model_dump(exclude_none=True, exclude={"quantize"})
    if changed.get("cache", Cache.NONE) is not Cache.NONE and wishes.at_once is None:
        changed["at_once"] = 1
    try:
        return Tuning.model_validate(tuning.model_dump() | changed)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{where}: {reason}" if where else reason) from None


def expected_gib(spec: ModelSpec) -> float:
    """Gives what a model is expected to take on the GPU, before it was ever loaded.

    Raises:
        InputError: its folder holds no model.
    """
    family = next((one for one in families() if one.name == spec.family), None)
    if family is None or not spec.tuning.own_memory:
        return 0.0
    parts = parts_of(read_index(Path(spec.path)))
    return need_gib(parts, needs_of(family).besides(), spec.tuning)


def _room(vram_gib: float) -> float:
    return vram_gib - _RESERVED_GIB - _RESERVED_SHARE * vram_gib


def _plain(needs: Needs, device: str) -> Tuning:
    on = Wishes(device=device)
    if device != "cpu":
        # On a processor half precision is mostly emulated, and slower.
        on = Wishes(device=device, precision=needs.precision, vae_fp32=needs.vae_fp32)
    return overridden(Tuning(), on)


def _choices(device: str, wishes: Wishes) -> Iterator[dict[str, object]]:
    """Gives ways to fit, the quickest first; what the user set is the same in all of them."""
    ways: list[dict[str, object]] = [{}, {"tiled_vae": True}]
    if device not in {"cpu", "mps"}:
        model = {"tiled_vae": True, "offload": Offload.MODEL}
        ways += [{"offload": Offload.MODEL}, model]
        if wishes.quantize:
            for kind in (Quantization.INT8, Quantization.NF4):
                ways += [
                    {"quantization": kind, "tiled_vae": True},
                    {"quantization": kind, **model},
                ]
        ways += [
            {"tiled_vae": True, "offload": Offload.GROUP},
            {"tiled_vae": True, "offload": Offload.SEQUENTIAL},
        ]
    said = wishes.model_dump(exclude_none=True)
    for way in ways:
        yield {name: value for name, value in way.items() if name not in said}


def _quickened(
    tuning: Tuning,
    family: Family,
    needs: Needs,
    wishes: Wishes,
    batches: Sequence[int],
) -> Tuning:
    """Gives the tuning with what room is left used for speed: the batches are those that fit."""
    extra: dict[str, object] = {}
    whole = tuning.own_memory and tuning.offload is Offload.NONE
    if whole and needs.compiles and wishes.compile is None:
        extra["compile"] = tuning.quantization is not Quantization.NF4
    if (
        whole
        and family.kind is Kind.IMAGE
        and wishes.at_once is None
        and tuning.cache is Cache.NONE
    ):
        extra["at_once"] = max(batches, default=1)
    return Tuning.model_validate(tuning.model_dump() | extra)


class Row(Value):
    """One family, for a table."""

    family: str
    kind: Kind
    title: str
    licence: str
    source: str
    weights_gib: float
    """In 16 bits."""
    vram_gib: float
    """All on the GPU."""
    presets: dict[int, str] = Field(default_factory=dict)
    """By the GPU's GiB, in words."""


def rows() -> tuple[Row, ...]:
    """Gives every family with its presets, pictures first."""
    return tuple(
        Row(
            family=family.name,
            kind=family.kind,
            title=family.title,
            licence=family.licence,
            source=family.source,
            weights_gib=round(weights_gib(needs_of(family).footprint().values()), 1),
            vram_gib=family.vram_gib,
            presets={size: in_words(preset(family, size, "cuda")) for size in SIZES_GIB},
        )
        for family in families()
    )


def in_words(tuning: Tuning) -> str:
    """Gives a tuning as a table shows it: `bf16, model offload, tiled`."""
    parts = [tuning.precision.value]
    if tuning.quantization is not Quantization.NONE:
        parts.append(tuning.quantization.value)
    if tuning.offload is not Offload.NONE:
        parts.append(f"{tuning.offload.value} offload")
    if tuning.tiled_vae:
        parts.append("tiled")
    if tuning.cache is not Cache.NONE:
        parts.append(f"{tuning.cache.value} cache")
    if tuning.compile:
        parts.append("compiled")
    if tuning.at_once > 1:
        parts.append(f"{tuning.at_once} at once")
    return ", ".join(parts)
