"""What video families read words and pictures with, with random weights."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_SEEN = 224
"""The side of the picture that CLIP sees, tiny or not: the video pipelines take it for granted."""


NOISE: Mapping[str, float] = MappingProxyType({"beta_start": 0.00085, "beta_end": 0.012})
"""Source: the schedulers of Stable Diffusion and of what was built on it."""


def scheduler(name: str, **settings: Any) -> Any:
    """Gives a scheduler of diffusers; its numbers are on the CPU, wherever the networks are."""
    import diffusers
    import torch

    with torch.device("cpu"):
        return getattr(diffusers, name)(**settings)


def clip_vision(*, projection: int, full: bool) -> Any:
    """Gives CLIP's eye, ViT-H/14 in full; with `projection` above 0, the kind that projects.

    Source: the config of laion/CLIP-ViT-H-14-laion2B-s32B-b79K.
    """
    from transformers import CLIPVisionConfig, CLIPVisionModel, CLIPVisionModelWithProjection

    sizes = (
        {
            "hidden_size": 1280,
            "intermediate_size": 5120,
            "num_hidden_layers": 32,
            "num_attention_heads": 16,
        }
        if full
        else {
            "hidden_size": 8,
            "intermediate_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
        }
    )
    config = CLIPVisionConfig(
        **sizes,
        projection_dim=projection or 1024,
        image_size=_SEEN,
        patch_size=14,
    )
    return (CLIPVisionModelWithProjection if projection else CLIPVisionModel)(config)


def clip_pictures() -> Any:
    """Gives what prepares a picture for CLIP."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    return CLIPImageProcessorPil(size={"shortest_edge": _SEEN}, crop_size=_SEEN)


def siglip_vision(*, full: bool) -> Any:
    """Gives SigLIP's eye. Source: the config of google/siglip-so400m-patch14-384."""
    from transformers import SiglipVisionConfig, SiglipVisionModel

    sizes = (
        {
            "hidden_size": 1152,
            "intermediate_size": 4304,
            "num_hidden_layers": 27,
            "num_attention_heads": 16,
            "image_size": 384,
        }
        if full
        else {
            "hidden_size": 12,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 28,
        }
    )
    return SiglipVisionModel(SiglipVisionConfig(**sizes, patch_size=14))


def siglip_pictures(*, full: bool) -> Any:
    """Gives what prepares a picture for SigLIP."""
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    side = 384 if full else 28
    return SiglipImageProcessorPil(size={"height": side, "width": side})


def umt5_encoder(*, full: bool) -> Any:
    """Gives a UMT5 encoder: XXL in full. Source: the config of google/umt5-xxl."""
    from transformers import UMT5Config, UMT5EncoderModel

    sizes = (
        {
            "d_model": 4096,
            "d_ff": 10240,
            "num_layers": 24,
            "num_heads": 64,
            "d_kv": 64,
            "vocab_size": 256384,
        }
        if full
        else {
            "d_model": 32,
            "d_ff": 37,
            "num_layers": 2,
            "num_heads": 4,
            "d_kv": 8,
            "vocab_size": 1000,
        }
    )
    return UMT5EncoderModel(UMT5Config(**sizes, feed_forward_proj="gated-gelu"))


def byt5_encoder(*, full: bool) -> Any:
    """Gives a ByT5 encoder: small in full. Source: the config of google/byt5-small."""
    from transformers import T5Config, T5EncoderModel

    sizes = (
        {"d_model": 1472, "d_ff": 3584, "num_layers": 12, "num_heads": 6, "d_kv": 64}
        if full
        else {"d_model": 32, "d_ff": 37, "num_layers": 2, "num_heads": 4, "d_kv": 8}
    )
    return T5EncoderModel(T5Config(**sizes, vocab_size=384, feed_forward_proj="gated-gelu"))


def qwen_text(*, full: bool) -> Any:
    """Gives the language part of a Qwen2.5-VL, 7B in full."""
    from transformers import Qwen2_5_VLTextConfig, Qwen2_5_VLTextModel

    sizes = (
        {
            "hidden_size": 3584,
            "intermediate_size": 18944,
            "num_hidden_layers": 28,
            "num_attention_heads": 28,
            "num_key_value_heads": 4,
            "vocab_size": 152064,
        }
        if full
        else {
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 3,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "vocab_size": 1000,
        }
    )
    section = [16, 24, 24] if full else [1, 1, 2]
    return Qwen2_5_VLTextModel(
        Qwen2_5_VLTextConfig(
            **sizes,
            rope_parameters={
                "rope_type": "default",
                "rope_theta": 1_000_000.0,
                "mrope_section": section,
            },
            bos_token_id=None,
            eos_token_id=None,
        )
    )


def gemma3(*, full: bool) -> Any:
    """Gives a Gemma 3: 12B in full. Source: the config of google/gemma-3-12b-it."""
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration

    text = (
        {
            "hidden_size": 3840,
            "intermediate_size": 15360,
            "num_hidden_layers": 48,
            "num_attention_heads": 16,
            "num_key_value_heads": 8,
            "head_dim": 256,
            "vocab_size": 262208,
            "sliding_window": 1024,
        }
        if full
        else {
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "vocab_size": 1000,
            "sliding_window": 64,
        }
    )
    eyes = (
        {
            "hidden_size": 1152,
            "intermediate_size": 4304,
            "num_hidden_layers": 27,
            "num_attention_heads": 16,
            "image_size": 896,
        }
        if full
        else {
            "hidden_size": 8,
            "intermediate_size": 8,
            "num_hidden_layers": 1,
            "num_attention_heads": 1,
            "image_size": 28,
        }
    )
    return Gemma3ForConditionalGeneration(
        Gemma3Config(
            text_config=text,
            vision_config={**eyes, "patch_size": 14},
            mm_tokens_per_image=256 if full else 4,
            image_token_index=10,
            boi_token_index=11,
            eoi_token_index=12,
        )
    )


def gemma_tokenizer() -> Any:
    """Gives a Gemma tokenizer that knows single bytes."""
    from transformers import GemmaTokenizer

    special = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>")
    pieces = [*special, "▁", *(f"<0x{byte:02X}>" for byte in range(256))]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return GemmaTokenizer(vocab=vocabulary, merges=[], model_max_length=1024)
