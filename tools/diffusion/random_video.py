"""Video families with random weights: tiny for tests, the real architecture for benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from nightshoot.tools.diffusion import random_video_words as video_words
from nightshoot.tools.diffusion import random_words as words
from nightshoot.tools.diffusion.random_video_ltx import ltx, ltx2, ltx_condition
from nightshoot.tools.diffusion.random_video_unets import i2vgen_xl, svd, svd14
from nightshoot.tools.diffusion.random_video_wan import wan21, wan21_flf, wan22_5b, wan22_a14b


def cogvideox(*, full: bool) -> Any:
    """Gives a CogVideoX 5B I2V, of one size. Source: the config of THUDM/CogVideoX-5b-I2V."""
    sizes = (
        {"num_attention_heads": 48, "num_layers": 42, "in_channels": 32, "text_embed_dim": 4096}
        if full
        else {**_TINY_COG, "sample_width": 12, "sample_height": 8, "sample_frames": 49}
    )
    return _cogvideox(full=full, use_learned_positional_embeddings=True, **sizes)


def cogvideox15(*, full: bool) -> Any:
    """Gives a CogVideoX 1.5 5B I2V. Source: the config of THUDM/CogVideoX1.5-5B-I2V."""
    sizes = (
        {
            "num_attention_heads": 48,
            "num_layers": 42,
            "in_channels": 32,
            "text_embed_dim": 4096,
            "ofs_embed_dim": 512,
            "sample_width": 300,
            "sample_height": 300,
            "sample_frames": 81,
        }
        if full
        else {
            **_TINY_COG,
            "ofs_embed_dim": 2,
            "sample_width": 300,
            "sample_height": 300,
            "sample_frames": 81,
        }
    )
    return _cogvideox(
        full=full,
        use_learned_positional_embeddings=False,
        patch_size_t=2,
        patch_bias=False,
        **sizes,
    )


def hunyuan15(*, full: bool) -> Any:
    """Gives a HunyuanVideo 1.5 I2V. Source: the defaults of its transformer, which are its own."""
    from diffusers import (
        AutoencoderKLHunyuanVideo15,
        ClassifierFreeGuidance,
        FlowMatchEulerDiscreteScheduler,
        HunyuanVideo15ImageToVideoPipeline,
        HunyuanVideo15Transformer3DModel,
    )
    from transformers import ByT5Tokenizer

    sizes = {
        "in_channels": 9,
        "out_channels": 4,
        "num_attention_heads": 2,
        "attention_head_dim": 8,
        "num_layers": 1,
        "num_refiner_layers": 1,
        "mlp_ratio": 2.0,
        "text_embed_dim": 16,
        "text_embed_2_dim": 32,
        "image_embed_dim": 12,
        "rope_axes_dim": (2, 2, 4),
        "target_size": 64,
    }
    vae = {
        "latent_channels": 4,
        "block_out_channels": (16, 16, 16, 16, 16),
        "layers_per_block": 1,
        "downsample_match_channel": False,
        "upsample_match_channel": False,
    }
    return HunyuanVideo15ImageToVideoPipeline(
        transformer=HunyuanVideo15Transformer3DModel(task_type="i2v", **({} if full else sizes)),
        vae=AutoencoderKLHunyuanVideo15(**({} if full else vae)),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
        text_encoder=video_words.qwen_text(full=full),
        tokenizer=words.qwen_tokenizer(),
        text_encoder_2=video_words.byt5_encoder(full=full),
        tokenizer_2=ByT5Tokenizer(),
        guider=ClassifierFreeGuidance(guidance_scale=6.0),
        image_encoder=video_words.siglip_vision(full=full),
        feature_extractor=video_words.siglip_pictures(full=full),
    )


BUILDERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        builder.__name__: builder
        for builder in (
            cogvideox,
            cogvideox15,
            hunyuan15,
            i2vgen_xl,
            ltx,
            ltx2,
            ltx_condition,
            svd,
            svd14,
            wan21,
            wan21_flf,
            wan22_5b,
            wan22_a14b,
        )
    }
)
"""What gives a pipeline of each video family: `builder(full=False)`."""


_TINY_COG = {
    "num_attention_heads": 2,
    "attention_head_dim": 16,
    "in_channels": 8,
    "out_channels": 4,
    "time_embed_dim": 2,
    "text_embed_dim": 32,
    "num_layers": 1,
}


def _cogvideox(*, full: bool, **sizes: Any) -> Any:
    from diffusers import (
        AutoencoderKLCogVideoX,
        CogVideoXImageToVideoPipeline,
        CogVideoXTransformer3DModel,
    )

    vae = (
        {"scaling_factor": 0.7}
        if full
        else {
            "block_out_channels": (8, 8, 8, 8),
            "latent_channels": 4,
            "layers_per_block": 1,
            "norm_num_groups": 2,
        }
    )
    return CogVideoXImageToVideoPipeline(
        tokenizer=words.t5_tokenizer(),
        text_encoder=words.t5_encoder(full=full),
        vae=AutoencoderKLCogVideoX(
            down_block_types=("CogVideoXDownBlock3D",) * 4,
            up_block_types=("CogVideoXUpBlock3D",) * 4,
            **vae,
        ),
        transformer=CogVideoXTransformer3DModel(use_rotary_positional_embeddings=True, **sizes),
        scheduler=video_words.scheduler(
            "CogVideoXDPMScheduler",
            **video_words.NOISE,
            beta_schedule="scaled_linear",
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
            snr_shift_scale=1.0,
            timestep_spacing="trailing",
        ),
    )
