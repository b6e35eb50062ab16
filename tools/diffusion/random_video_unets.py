"""I2VGen-XL and Stable Video Diffusion with random weights: tiny, or as they are."""

from __future__ import annotations

from typing import Any

from nightshoot.tools.diffusion import random_video_words as video_words
from nightshoot.tools.diffusion import random_words as words


def i2vgen_xl(*, full: bool) -> Any:
    """Gives an I2VGen-XL. Source: the defaults of I2VGenXLUNet, which are its own."""
    from diffusers import AutoencoderKL, I2VGenXLPipeline, I2VGenXLUNet

    unet = (
        {}
        if full
        else {
            "block_out_channels": (4, 8),
            "layers_per_block": 1,
            "down_block_types": ("CrossAttnDownBlock3D", "DownBlock3D"),
            "up_block_types": ("UpBlock3D", "CrossAttnUpBlock3D"),
            "cross_attention_dim": 8,
            "attention_head_dim": 4,
            "norm_num_groups": 2,
        }
    )
    text = (
        {"hidden": 1024, "layers": 23, "heads": 16}
        if full
        else {"hidden": 8, "layers": 2, "heads": 2}
    )
    return I2VGenXLPipeline(
        vae=AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            latent_channels=4,
            **_vae_blocks(full=full),
        ),
        text_encoder=words.clip_text(**text, projection=0, act="gelu"),
        tokenizer=words.clip_tokenizer(),
        image_encoder=video_words.clip_vision(projection=1024 if full else 8, full=full),
        feature_extractor=video_words.clip_pictures(),
        unet=I2VGenXLUNet(**unet),
        scheduler=video_words.scheduler(
            "DDIMScheduler",
            **video_words.NOISE,
            beta_schedule="squaredcos_cap_v2",
            clip_sample=False,
            rescale_betas_zero_snr=True,
            prediction_type="v_prediction",
            timestep_spacing="leading",
            steps_offset=1,
        ),
    )


def svd(*, full: bool) -> Any:
    """Gives a Stable Video Diffusion XT, of 25 frames."""
    return _svd(25, full=full)


def svd14(*, full: bool) -> Any:
    """Gives a Stable Video Diffusion, of 14 frames."""
    return _svd(14, full=full)


def _svd(frames: int, *, full: bool) -> Any:
    """Source: the defaults of UNetSpatioTemporalConditionModel, which are its own."""
    from diffusers import (
        AutoencoderKLTemporalDecoder,
        StableVideoDiffusionPipeline,
        UNetSpatioTemporalConditionModel,
    )

    unet = (
        {}
        if full
        else {
            "block_out_channels": (32, 64),
            "down_block_types": (
                "CrossAttnDownBlockSpatioTemporal",
                "DownBlockSpatioTemporal",
            ),
            "up_block_types": ("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
            "cross_attention_dim": 8,
            "num_attention_heads": 4,
            "projection_class_embeddings_input_dim": 96,
            "addition_time_embed_dim": 32,
            "layers_per_block": 1,
            "transformer_layers_per_block": 1,
        }
    )
    vae = (
        {"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2}
        if full
        else {"block_out_channels": (32, 32, 32, 32), "layers_per_block": 1}
    )
    return StableVideoDiffusionPipeline(
        vae=AutoencoderKLTemporalDecoder(
            down_block_types=("DownEncoderBlock2D",) * 4, latent_channels=4, **vae
        ),
        image_encoder=video_words.clip_vision(projection=1024 if full else 8, full=full),
        unet=UNetSpatioTemporalConditionModel(num_frames=frames, **unet),
        scheduler=video_words.scheduler(
            "EulerDiscreteScheduler",
            **video_words.NOISE,
            beta_schedule="scaled_linear",
            interpolation_type="linear",
            prediction_type="v_prediction",
            sigma_max=700.0,
            sigma_min=0.002,
            steps_offset=1,
            timestep_spacing="leading",
            timestep_type="continuous",
            use_karras_sigmas=True,
        ),
        feature_extractor=video_words.clip_pictures(),
    )


def _vae_blocks(*, full: bool) -> dict[str, object]:
    if full:
        return {"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2}
    return {"block_out_channels": (8, 8, 8, 8), "layers_per_block": 1, "norm_num_groups": 2}
