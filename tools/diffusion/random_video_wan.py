"""Wan 2.1 and 2.2 with random weights: tiny, or as they are."""

from __future__ import annotations

from typing import Any

from nightshoot.tools.diffusion import random_video_words as video_words
from nightshoot.tools.diffusion import random_words as words


def wan21(*, full: bool) -> Any:
    """Gives a Wan 2.1 I2V 14B. Source: the config of Wan-AI/Wan2.1-I2V-14B-480P-Diffusers."""
    return _wan(full=full, looks=True)


def wan21_flf(*, full: bool) -> Any:
    """Gives a Wan 2.1 FLF2V 14B, which takes a last frame. Source: its config."""
    # Two pictures of 16 by 16 patches and a summary each.
    return _wan(full=full, looks=True, pos_embed_seq_len=2 * 257)


def wan22_a14b(*, full: bool) -> Any:
    """Gives a Wan 2.2 I2V A14B. Source: the config of Wan-AI/Wan2.2-I2V-A14B-Diffusers."""
    return _wan(full=full, looks=False, experts=2, boundary_ratio=0.9)


def wan22_5b(*, full: bool) -> Any:
    """Gives a Wan 2.2 TI2V 5B. Source: the config of Wan-AI/Wan2.2-TI2V-5B-Diffusers."""
    from diffusers import AutoencoderKLWan, WanPipeline, WanTransformer3DModel

    channels = 48 if full else 4
    vae = (
        {"base_dim": 160, "decoder_base_dim": 256}
        if full
        else {"base_dim": 4, "decoder_base_dim": 4, "num_res_blocks": 1, "dim_mult": [1, 1, 1, 1]}
    )
    sizes = {"num_attention_heads": 24, "ffn_dim": 14336, "num_layers": 30} if full else _tiny_wan()
    return WanPipeline(
        tokenizer=words.t5_tokenizer(),
        text_encoder=video_words.umt5_encoder(full=full),
        vae=AutoencoderKLWan(
            z_dim=channels,
            latents_mean=[0.0] * channels,
            latents_std=[1.0] * channels,
            is_residual=True,
            in_channels=12,
            out_channels=12,
            patch_size=2,
            scale_factor_spatial=16,
            **vae,
        ),
        transformer=WanTransformer3DModel(in_channels=channels, out_channels=channels, **sizes),
        scheduler=_unipc(flow_shift=5.0),
        expand_timesteps=True,
    )


def _wan(*, full: bool, looks: bool, experts: int = 1, **more: Any) -> Any:
    """Gives a Wan with the VAE of 2.1; with `looks`, one that also sees its picture by CLIP."""
    from diffusers import AutoencoderKLWan, WanImageToVideoPipeline, WanTransformer3DModel

    channels = 16 if full else 4
    sizes: dict[str, object] = {} if full else _tiny_wan()
    if looks:
        sizes |= {"image_dim": 1280 if full else 8, "added_kv_proj_dim": 5120 if full else 24}
    if "pos_embed_seq_len" in more:
        sizes["pos_embed_seq_len"] = more.pop("pos_embed_seq_len")
    transformers = [
        WanTransformer3DModel(in_channels=2 * channels + 4, out_channels=channels, **sizes)
        for _ in range(experts)
    ]
    vae = (
        {}
        if full
        else {
            "base_dim": 4,
            "z_dim": channels,
            "dim_mult": [1, 1, 1, 1],
            "num_res_blocks": 1,
            "latents_mean": [0.0] * channels,
            "latents_std": [1.0] * channels,
        }
    )
    return WanImageToVideoPipeline(
        tokenizer=words.t5_tokenizer(),
        text_encoder=video_words.umt5_encoder(full=full),
        vae=AutoencoderKLWan(**vae),
        scheduler=_unipc(flow_shift=5.0),
        image_encoder=video_words.clip_vision(projection=0, full=full) if looks else None,
        image_processor=video_words.clip_pictures() if looks else None,
        transformer=transformers[0],
        transformer_2=transformers[1] if experts > 1 else None,
        **more,
    )


def _tiny_wan() -> dict[str, object]:
    return {
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "text_dim": 32,
        "ffn_dim": 32,
        "num_layers": 2,
        "rope_max_seq_len": 64,
    }


def _unipc(*, flow_shift: float) -> Any:
    return video_words.scheduler(
        "UniPCMultistepScheduler",
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=flow_shift,
    )
