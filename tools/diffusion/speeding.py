"""What makes a loaded pipeline quicker or smaller: tiles, attention, caches, compiled blocks.

Each function gives a sentence for what this model or this machine does not take, and nothing where
all went well.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.tuning import Cache, Tuning

_PLAIN_ATTENTION = "native"
"""PyTorch's own scaled dot product attention: what diffusers uses unless told otherwise."""

_FASTER_EVERY = 2
"""Attention is computed at every second step. Source: FasterCache, arXiv 2410.19355."""


def denoisers(pipe: Any) -> Iterator[tuple[str, Any]]:
    """Gives the networks that are called at each step, by their component's name."""
    for name in ("unet", "transformer", "transformer_2"):
        network = getattr(pipe, name, None)
        if network is not None:
            yield name, network


def tile(pipe: Any, tuning: Tuning) -> list[str]:
    """Has the VAE work on tiles whose seams are blended, or on the whole."""
    vae: Any = getattr(pipe, "vae", None)
    if hasattr(vae, "use_slicing"):
        # One picture of a batch at a time: a fraction of the memory at the same speed.
        vae.enable_slicing()
    if not hasattr(vae, "enable_tiling"):
        return ["its VAE cannot work on tiles"] if tuning.tiled_vae else []
    if tuning.tiled_vae:
        try:
            vae.enable_tiling()
        except NotImplementedError:
            return ["its VAE cannot work on tiles"]
    elif getattr(vae, "use_tiling", False):
        vae.disable_tiling()
    return []


def set_attention(pipe: Any, tuning: Tuning) -> list[str]:
    """Sets the attention's algorithm.

    Diffusers keeps the last one that was set for the whole process, so the plain one is set too:
    else a model would compute with what another one asked for.

    Raises:
        InputError: diffusers knows no such algorithm.
    """
    from diffusers.models.attention_dispatch import AttentionBackendName

    wanted = tuning.attention or _PLAIN_ATTENTION
    known = sorted(name.value for name in AttentionBackendName)
    if wanted not in known:
        raise InputError(f"there is no attention {wanted!r}: choose from {', '.join(known)}")
    with _quiet():
        return [
            f"attention {wanted} is not used in {name}: {reason}"
            for name, network in denoisers(pipe)
            if (reason := _attend(network, wanted)) and tuning.attention
        ]


def _attend(network: Any, wanted: str) -> str:
    """Sets a network's attention; says why it could not, or ""."""
    if not hasattr(network, "set_attention_backend") or not _dispatches(network):
        return "it is of an older kind, without a choice"
    try:
        network.set_attention_backend(wanted)
    except (RuntimeError, ImportError, ValueError) as error:
        network.set_attention_backend(_PLAIN_ATTENTION)
        return _said(error)
    return ""


def _dispatches(network: Any) -> bool:
    """Whether any of its attention layers looks at the backend that is set."""
    return any(
        hasattr(getattr(module, "processor", None), "_attention_backend")
        for module in network.modules()
    )


def set_cache(pipe: Any, tuning: Tuning) -> list[str]:
    """Has steps reuse what the step before computed, where the model has been taught how."""
    if tuning.cache is Cache.NONE:
        return []
    notes = []
    for name, network in denoisers(pipe):
        reason = _no_cache(pipe, network, tuning.cache)
        if not reason:
            try:
                with _quiet():
                    network.enable_cache(_cache_config(pipe, tuning))
                continue
            except (ValueError, AttributeError, IndexError) as error:
                reason = _said(error)
        notes.append(f"the cache {tuning.cache.value} is not used in {name}: {reason}")
    return notes


@contextmanager
def cache_where_told(pipe: Any) -> Iterator[None]:
    """Sets the cache aside while a pipeline works that does not tell the network its passes.

    The cache was set up for another pipeline that shares the network, and would fail with this one,
    as with one for ControlNets.
    """
    if "cache_context" in _names(pipe):
        yield
        return
    aside = [
        (network, network._cache_config)  # noqa: SLF001 - there is no public way to ask
        for _, network in denoisers(pipe)
        if getattr(network, "is_cache_enabled", False)
    ]
    for network, _ in aside:
        network.disable_cache()
    try:
        yield
    finally:
        with _quiet():
            for network, config in aside:
                network.enable_cache(config)


def _no_cache(pipe: Any, network: Any, cache: Cache) -> str:
    """Says why a cache would fail in the middle of a picture, or "" where it would not."""
    if not hasattr(network, "enable_cache"):
        return "this kind of network has none"
    if "cache_context" not in _names(pipe):
        return f"{type(pipe).__name__} does not tell it which pass is which"
    if cache is Cache.FIRST_BLOCK:
        return _unknown_blocks(network)
    return ""


def _unknown_blocks(network: Any) -> str:
    from diffusers.hooks._common import _ALL_TRANSFORMER_BLOCK_IDENTIFIERS
    from diffusers.hooks._helpers import TransformerBlockRegistry

    blocks = [
        block
        for name in _ALL_TRANSFORMER_BLOCK_IDENTIFIERS
        for block in getattr(network, name, None) or ()
    ]
    if len(blocks) < 2:
        return "it has no row of blocks"
    for kind in sorted({type(block) for block in blocks}, key=lambda kind: kind.__name__):
        try:
            TransformerBlockRegistry.get(kind)
        except ValueError:
            return f"diffusers does not know how its {kind.__name__} passes things on"
    return ""


def _cache_config(pipe: Any, tuning: Tuning) -> Any:
    from diffusers import FasterCacheConfig, FirstBlockCacheConfig

    if tuning.cache is Cache.FIRST_BLOCK:
        return FirstBlockCacheConfig(threshold=tuning.cache_threshold)
    return FasterCacheConfig(
        spatial_attention_block_skip_range=_FASTER_EVERY,
        current_timestep_callback=lambda: pipe.current_timestep,
        # Passes with and without the prompt are one batch, which can be told apart, or two calls.
        is_guidance_distilled="cond_uncond" not in _constants(pipe),
        tensor_format="BFCHW" if "CogVideoX" in type(pipe).__name__ else "BCFHW",
    )


def _names(pipe: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = inspect.unwrap(type(pipe).__call__).__code__.co_names
    return names


def _constants(pipe: Any) -> tuple[object, ...]:
    constants: tuple[object, ...] = inspect.unwrap(type(pipe).__call__).__code__.co_consts
    return constants


def compile_blocks(
    pipe: Any, tuning: Tuning, *, found: Callable[[str], str | None] = shutil.which
) -> list[str]:
    """Compiles the blocks that a network repeats: minutes less than compiling the whole.

    Args:
        pipe: a pipeline on its device.
        tuning: whether to.
        found: gives the path of a program, or None where it is not installed.

    Source: diffusers' documentation, optimization/fp16, Regional compilation.
    """
    if not tuning.compile:
        return []
    if reason := _no_compiler(tuning, found):
        return [f"nothing is compiled: {reason}"]
    notes = []
    for name, network in denoisers(pipe):
        try:
            # Sizes differ between shots; a graph for any size would be slower for each.
            network.compile_repeated_blocks(fullgraph=False, dynamic=False)
        except (ValueError, AttributeError) as error:
            notes.append(f"{name} is not compiled: {_said(error)}")
    return notes


def _no_compiler(tuning: Tuning, found: Callable[[str], str | None]) -> str:
    if not any(found(compiler) for compiler in ("cc", "gcc", "clang", "cl")):
        return "there is no C compiler: install gcc, or set compile = false"
    if tuning.own_memory and find_spec("triton") is None:
        return "triton is not installed: pip install triton, or set compile = false"
    return ""


def take_back(pipe: Any) -> None:
    """Ends caches and forgets compiled blocks."""
    for _, network in denoisers(pipe):
        if getattr(network, "is_cache_enabled", False):
            network.disable_cache()
        for module in network.modules():
            if getattr(module, "_compiled_call_impl", None) is not None:
                module._compiled_call_impl = None  # noqa: SLF001 - the reverse of Module.compile


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps diffusers from warning that what it offers is experimental."""
    from diffusers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
