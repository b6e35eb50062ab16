"""Builds a model folder of any family with random weights, without a download.

Tiny ones are for tests: real classes, real files, the real way of loading, and pictures of noise.
Full ones have the real architecture, for benchmarks of speed and memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from nightshoot.tools.diffusion.families import family_named
from nightshoot.tools.diffusion.image_reading import left_out
from nightshoot.tools.diffusion.orders import Kind
from nightshoot.tools.diffusion.upstream import quiet
from nightshoot.tools.diffusion.weights import INDEX, read_index

_MODULES = {
    Kind.IMAGE: "nightshoot.tools.diffusion.random_image",
    Kind.VIDEO: "nightshoot.tools.diffusion.random_video",
}
"""Each has `BUILDERS`: by the family's name, what gives its pipeline, `builder(full=False)`."""

_GAIN = 1.5
"""By how much a tiny layer's deviation exceeds what would keep its input's. Source: tried out."""


def build(
    family: str, folder: Path, *, full: bool = False, seed: int = 0, dtype: str = "float32"
) -> Path:
    """Writes a model of this family into `folder`, in diffusers' layout; gives the folder.

    Args:
        family: a name of `nightshoot.tools.diffusion.families`.
        folder: is made where it is missing.
        full: the real architecture: tens of gigabytes and minutes, rather than a megabyte.
        seed: decides the weights.
        dtype: what the weights are made and kept in, by torch's name: `float32`, `bfloat16`.

    Raises:
        InputError: there is no such family.
    """
    import torch

    module = import_module(_MODULES[family_named(family).kind])
    builders: Mapping[str, Callable[..., Any]] = module.BUILDERS
    usual = torch.get_default_dtype()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.set_default_dtype(getattr(torch, dtype))
        try:
            pipe = builders[family](full=full)
            if not full:
                _enliven(pipe)
        finally:
            torch.set_default_dtype(usual)
    write(pipe, folder)
    return folder


def write(pipe: Any, folder: Path) -> None:
    """Saves a pipeline as its makers do, for readers that need no torchvision as well."""
    reader = getattr(pipe, "processor", None)
    if reader is not None:
        pipe.register_modules(processor=None)
    pipe.save_pretrained(folder, safe_serialization=True)
    named: dict[str, list[str]] = {}
    if reader is not None:
        reader.save_pretrained(folder / "processor")
        named["processor"] = ["transformers", "Qwen2VLProcessor"]
    if type(getattr(pipe, "text_encoder", None)).__name__.startswith("Mistral3"):
        # The makers' folder holds a processor for pictures and words, of which words are used.
        named["tokenizer"] = ["transformers", "PixtralProcessor"]
    if named:
        index = folder / INDEX
        said = json.loads(index.read_text(encoding="utf-8"))
        index.write_text(json.dumps(said | named, indent=2), encoding="utf-8")


def _enliven(pipe: Any) -> None:
    """Makes the weights of a tiny model larger, so that words and seeds are seen in its pictures.

    As layers begin, few and narrow ones pass on next to nothing of what goes into them.
    """
    import torch

    for name in ("vae", "unet", "transformer", "transformer_2"):
        part = getattr(pipe, name, None)
        if isinstance(part, torch.nn.Module):
            _enlarge(part)


def _enlarge(part: Any) -> None:
    import torch

    with torch.no_grad():
        for weights in part.parameters():
            if weights.dim() > 1:
                weights.normal_(std=_GAIN / weights[0].numel() ** 0.5)


def control_net(family: str, folder: Path, *, seed: int = 0) -> Path:
    """Writes a tiny ControlNet for a family's tiny model; it has an effect, as a trained one has.

    Args:
        family: one with ControlNets: `sd15`, `sdxl`, `flux1`, `qwen_image`.
        folder: is made where it is missing.
        seed: decides the weights.
    """
    import torch

    module = import_module(_MODULES[Kind.IMAGE])
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        with quiet():
            net = module.CONTROL_NETS[family]()
        with torch.no_grad():
            # A ControlNet begins as zeros and without effect.
            for weights in net.parameters():
                if not weights.any():
                    weights.normal_(std=0.3)
        _enlarge(net)
    net.save_pretrained(folder, safe_serialization=True)
    return folder


def lora(
    folder: Path,
    path: Path,
    *,
    seed: int = 0,
    rank: int = 2,
    strength: float = 0.5,
    words: bool = False,
) -> Path:
    """Writes a LoRA for the attention of a model's UNet or transformer, as training does.

    Args:
        folder: the model that it is for.
        path: the safetensors file to write.
        seed: decides the weights.
        rank: of its matrices.
        strength: the deviation of its weights; large enough to see.
        words: it changes a CLIP text encoder too.
    """
    import torch
    from diffusers import DiffusionPipeline

    pipe = DiffusionPipeline.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, **left_out(read_index(folder))
    )
    part = "unet" if hasattr(pipe, "unet") else "transformer"
    targets = {part: ["to_q", "to_v"]}
    if words:
        targets["text_encoder"] = ["q_proj", "v_proj"]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers = {
            f"{name}_lora_layers": _lora_layers(getattr(pipe, name), modules, rank, strength)
            for name, modules in targets.items()
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    type(pipe).save_lora_weights(
        path.parent, **layers, weight_name=path.name, safe_serialization=True
    )
    return path


def _lora_layers(network: Any, modules: list[str], rank: int, strength: float) -> dict[str, Any]:
    import torch
    from peft import LoraConfig, get_peft_model_state_dict

    network.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=modules))
    return {
        name: torch.randn_like(weights) * strength
        for name, weights in get_peft_model_state_dict(network).items()
    }


def ip_adapter(folder: Path, path: Path, encoder: Path, *, seed: int = 0) -> Path:
    """Writes an IP-Adapter for a model with a UNet, and the image encoder that goes with it.

    Args:
        folder: the model that it is for.
        path: the safetensors file to write.
        encoder: the folder of the image encoder.
        seed: decides the weights.
    """
    import torch
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import (
        CLIPImageProcessorPil,
        CLIPVisionConfig,
        CLIPVisionModelWithProjection,
    )

    unet = UNet2DConditionModel.from_pretrained(folder / "unet", use_safetensors=True)
    width, tokens, embedded = int(unet.config.cross_attention_dim), 4, 16
    weights: dict[str, Any] = {}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        number = 1
        for name, processor in unet.attn_processors.items():
            del processor
            if name.endswith("attn1.processor"):
                continue
            out = unet.get_submodule(name.removesuffix(".processor")).to_k.out_features
            # Only every second number is a cross-attention's, in files as trained.
            weights[f"ip_adapter.{number}.to_k_ip.weight"] = torch.randn(out, width)
            weights[f"ip_adapter.{number}.to_v_ip.weight"] = torch.randn(out, width)
            number += 2
        weights["image_proj.proj.weight"] = torch.randn(tokens * width, embedded)
        weights["image_proj.proj.bias"] = torch.randn(tokens * width)
        weights["image_proj.norm.weight"] = torch.ones(width)
        weights["image_proj.norm.bias"] = torch.zeros(width)
        sees = CLIPVisionModelWithProjection(
            CLIPVisionConfig(
                hidden_size=16,
                intermediate_size=16,
                num_hidden_layers=2,
                num_attention_heads=2,
                projection_dim=embedded,
                image_size=32,
                patch_size=8,
            )
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, str(path))
    sees.save_pretrained(encoder)
    CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    ).save_pretrained(encoder)
    return path
