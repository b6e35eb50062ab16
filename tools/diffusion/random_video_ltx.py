"""LTX-Video and LTX-2 with random weights: tiny, or as they are."""

from __future__ import annotations

from typing import Any

from nightshoot.tools.diffusion import random_video_words as video_words
from nightshoot.tools.diffusion import random_words as words


def ltx(*, full: bool) -> Any:
    """Gives an LTX-Video 2B 0.9."""
    return _ltx(full=full, finishes=False, scheduler=_shifted())


def ltx_condition(*, full: bool) -> Any:
    """Gives an LTX-Video 2B 0.9.5, whose VAE finishes the denoising.

    The scheduler has no schedule of its own. In full, its VAE is that of 0.9, which is near in
    size and speed.
    """
    from diffusers import FlowMatchEulerDiscreteScheduler

    return _ltx(full=full, finishes=True, scheduler=FlowMatchEulerDiscreteScheduler())


def ltx2(*, full: bool) -> Any:
    """Gives an LTX-2 19B. Source: the defaults of its parts in diffusers, which are its own."""
    from diffusers import (
        AutoencoderKLLTX2Audio,
        AutoencoderKLLTX2Video,
        LTX2Pipeline,
        LTX2VideoTransformer3DModel,
    )
    from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder

    encoder = video_words.gemma3(full=full)
    hidden = encoder.config.text_config.hidden_size
    layers = encoder.config.text_config.num_hidden_layers
    tiny = not full
    return LTX2Pipeline(
        transformer=LTX2VideoTransformer3DModel(
            caption_channels=hidden, **(_TINY_LTX2 if tiny else {})
        ),
        connectors=LTX2TextConnectors(
            caption_channels=hidden,
            text_proj_in_factor=layers + 1,
            **(_tiny_connectors() if tiny else {}),
        ),
        vae=AutoencoderKLLTX2Video(
            spatial_compression_ratio=32,
            temporal_compression_ratio=8,
            **(_TINY_LTX2_VAE if tiny else {}),
        ),
        audio_vae=AutoencoderKLLTX2Audio(**(_TINY_AUDIO_VAE if tiny else {})),
        vocoder=LTX2Vocoder(**(_TINY_VOCODER if tiny else {})),
        scheduler=_shifted(),
        text_encoder=encoder,
        tokenizer=video_words.gemma_tokenizer(),
    )


def _ltx(*, full: bool, finishes: bool, scheduler: Any) -> Any:
    """Source: the defaults of LTXVideoTransformer3DModel, which are those of the 2B."""
    from diffusers import AutoencoderKLLTXVideo, LTXPipeline, LTXVideoTransformer3DModel

    blocks = {
        "latent_channels": 8,
        "block_out_channels": (8, 8, 8, 8),
        "decoder_block_out_channels": (8, 8, 8, 8),
        "layers_per_block": (1, 1, 1, 1, 1),
        "decoder_layers_per_block": (1, 1, 1, 1, 1),
    }
    sizes = {
        "in_channels": 8,
        "out_channels": 8,
        "num_attention_heads": 4,
        "attention_head_dim": 8,
        "cross_attention_dim": 32,
        "num_layers": 1,
        "caption_channels": 32,
    }
    return LTXPipeline(
        transformer=LTXVideoTransformer3DModel(**({} if full else sizes)),
        vae=AutoencoderKLLTXVideo(timestep_conditioning=finishes, **({} if full else blocks)),
        scheduler=scheduler,
        text_encoder=words.t5_encoder(full=full),
        tokenizer=words.t5_tokenizer(),
    )


def _shifted() -> Any:
    """Gives LTX's scheduler, which moves its steps with the size. Source: its config."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True,
        base_shift=0.95,
        max_shift=2.05,
        base_image_seq_len=1024,
        shift_terminal=0.1,
    )


_TINY_LTX2 = {
    "in_channels": 4,
    "out_channels": 4,
    "num_attention_heads": 2,
    "attention_head_dim": 8,
    "cross_attention_dim": 16,
    "audio_in_channels": 4,
    "audio_out_channels": 4,
    "audio_num_attention_heads": 2,
    "audio_attention_head_dim": 4,
    "audio_cross_attention_dim": 8,
    "num_layers": 2,
    "rope_double_precision": False,
}


_TINY_LTX2_VAE = {
    "latent_channels": 4,
    "block_out_channels": (8, 16, 32, 64),
    "decoder_block_out_channels": (8, 16, 32),
    "layers_per_block": (1, 1, 1, 1, 1),
    "decoder_layers_per_block": (1, 1, 1, 1),
}


_TINY_AUDIO_VAE = {
    "base_channels": 4,
    "ch_mult": (1,),
    "num_res_blocks": 1,
    "resolution": 32,
    "latent_channels": 2,
    "mel_bins": 8,
}


_TINY_VOCODER = {
    "in_channels": 16,
    "hidden_channels": 32,
    "upsample_kernel_sizes": [4, 4],
    "upsample_factors": [2, 2],
    "resnet_kernel_sizes": [3],
    "resnet_dilations": [[1, 3, 5]],
    "output_sampling_rate": 16000,
}


def _tiny_connectors() -> dict[str, object]:
    sizes: dict[str, object] = {"connector_rope_base_seq_len": 32, "rope_double_precision": False}
    for kind in ("video", "audio"):
        sizes[f"{kind}_connector_num_attention_heads"] = 2
        sizes[f"{kind}_connector_attention_head_dim"] = 8
        sizes[f"{kind}_connector_num_layers"] = 1
        sizes[f"{kind}_connector_num_learnable_registers"] = None
    return sizes
