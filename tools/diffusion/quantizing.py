"""Quantization configurations for a pipeline's large parts, one kind a setting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.tuning import Precision, Quantization
from nightshoot.tools.diffusion.weights import Component

PACKAGES = {Quantization.INT8: "torchao", Quantization.NF4: "bitsandbytes"}
"""Who quantizes: torchao's 8-bit weights work with every offload but by layer, and compile;
bitsandbytes is the one that has NF4. Source: diffusers' documentation, quantization/overview."""


def quantized_parts(components: Iterable[Component]) -> list[Component]:
    """Gives the parts worth it: the networks that denoise, and those that read text."""
    return [
        part
        for part in components
        if part.has_weights and part.name.startswith(("transformer", "unet", "text_encoder"))
    ]


def quantization_config(
    components: Iterable[Component],
    quantization: Quantization,
    precision: Precision,
    *,
    installed: Callable[[str], bool] = lambda name: find_spec(name) is not None,
) -> Any:
    """Gives diffusers' configuration for a pipeline, or None where nothing is quantized.

    Raises:
        InputError: the package that does it is not installed.
    """
    if quantization is Quantization.NONE:
        return None
    package = PACKAGES[quantization]
    if not installed(package):
        raise InputError(
            f'quantization = "{quantization.value}" needs {package}: pip install {package}, or set '
            'quantization = "none"'
        )
    from diffusers import PipelineQuantizationConfig

    mapping = {
        part.name: _config(quantization, precision, ours=part.library == "diffusers")
        for part in quantized_parts(components)
    }
    return PipelineQuantizationConfig(quant_mapping=mapping) if mapping else None


def _config(quantization: Quantization, precision: Precision, *, ours: bool) -> Any:
    """Gives one part's configuration: diffusers and transformers each have a class of their own."""
    import diffusers
    import transformers

    library = diffusers if ours else transformers
    if quantization is Quantization.INT8:
        weights_only = import_module("torchao.quantization").Int8WeightOnlyConfig()
        return library.TorchAoConfig(weights_only)
    return library.BitsAndBytesConfig(
        load_in_4bit=True,
        # NF4, computed in the model's own numbers. Source: QLoRA, arXiv 2305.14314.
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=precision_of(precision),
    )


def precision_of(precision: Precision) -> Any:
    """Gives PyTorch's dtype."""
    import torch

    return {
        Precision.FP32: torch.float32,
        Precision.FP16: torch.float16,
        Precision.BF16: torch.bfloat16,
    }[precision]
