"""Image families with random weights: tiny for tests, the real architecture for benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from nightshoot.tools.diffusion import random_words as words

_DOWN = ("DownEncoderBlock2D",) * 4
_UP = ("UpDecoderBlock2D",) * 4


def sd15(*, full: bool) -> Any:
    """Gives a Stable Diffusion 1.5. Source: the configs of stable-diffusion-v1-5."""
    from diffusers import StableDiffusionPipeline, UNet2DConditionModel

    unet = {"cross_attention_dim": 768, "attention_head_dim": 8} if full else _tiny_unet()
    return StableDiffusionPipeline(
        vae=_vae(full=full, latent_channels=4),
        text_encoder=_clip_l(full=full),
        tokenizer=words.clip_tokenizer(),
        unet=UNet2DConditionModel(sample_size=64, **unet),
        scheduler=_discrete("PNDMScheduler", skip_prk_steps=True),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(*, full: bool) -> Any:
    """Gives a Stable Diffusion XL. Source: the configs of stable-diffusion-xl-base-1.0."""
    from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel

    unet = (
        {
            "block_out_channels": (320, 640, 1280),
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            "transformer_layers_per_block": (1, 2, 10),
            "attention_head_dim": (5, 10, 20),
            "cross_attention_dim": 2048,
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": 2816,
        }
        if full
        else {
            **_tiny_unet(),
            "cross_attention_dim": 64,
            "addition_time_embed_dim": 8,
            "projection_class_embeddings_input_dim": 6 * 8 + 32,
        }
    )
    second = {"hidden": 1280, "layers": 32, "heads": 20} if full else _TINY_CLIP
    return StableDiffusionXLPipeline(
        vae=_vae(full=full, latent_channels=4, scaling_factor=0.13025, force_upcast=True),
        text_encoder=_clip_l(full=full),
        text_encoder_2=words.clip_text(**second, projection=1280 if full else 32, act="gelu"),
        tokenizer=words.clip_tokenizer(),
        tokenizer_2=words.clip_tokenizer(),
        unet=UNet2DConditionModel(
            sample_size=128,
            use_linear_projection=True,
            addition_embed_type="text_time",
            **unet,
        ),
        scheduler=_discrete("EulerDiscreteScheduler"),
    )


def flux1(*, full: bool) -> Any:
    """Gives a FLUX.1 [dev]. Source: the defaults of FluxTransformer2DModel, which are its own."""
    from diffusers import FluxPipeline

    return FluxPipeline(**_flux1_parts(full=full))


def flux1_schnell(*, full: bool) -> Any:
    """Gives a FLUX.1 [schnell], which has no input for guidance."""
    from diffusers import FluxPipeline

    return FluxPipeline(**_flux1_parts(full=full, guided=False))


def flux_kontext(*, full: bool) -> Any:
    """Gives a FLUX.1 Kontext, which has the parts of FLUX.1."""
    from diffusers import FluxKontextPipeline

    return FluxKontextPipeline(**_flux1_parts(full=full))


def flux2(*, full: bool) -> Any:
    """Gives a FLUX.2 [dev]. Source: the defaults of Flux2Transformer2DModel, which are its own."""
    from diffusers import Flux2Pipeline

    encoder = words.mistral3(full=full)
    return Flux2Pipeline(
        text_encoder=encoder,
        tokenizer=words.mistral_tokenizer(),
        **_flux2_parts(encoder.config.text_config.hidden_size, full=full),
    )


def flux2_klein(*, full: bool) -> Any:
    """Gives a FLUX.2 [klein] base 4B. Source: the config of FLUX.2-klein-4B, unverified."""
    return _klein(full=full, distilled=False)


def flux2_klein_distilled(*, full: bool) -> Any:
    """Gives a FLUX.2 [klein] 4B, which has the parts of its base."""
    return _klein(full=full, distilled=True)


def qwen_image(*, full: bool) -> Any:
    """Gives a Qwen-Image. Source: the defaults of QwenImageTransformer2DModel, its own."""
    from diffusers import QwenImagePipeline

    return QwenImagePipeline(**_qwen_parts(full=full))


def qwen_image_edit(*, full: bool) -> Any:
    """Gives a Qwen-Image-Edit of the kind that takes several pictures."""
    from diffusers import QwenImageEditPlusPipeline
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    from nightshoot.tools.diffusion.image_reading import PictureReader

    parts = _qwen_parts(full=full)
    pixels = {} if full else {"min_pixels": 28 * 28, "max_pixels": 56 * 56}
    reader = PictureReader(Qwen2VLImageProcessorPil(**pixels), parts["tokenizer"])
    return QwenImageEditPlusPipeline(processor=reader, **parts)


BUILDERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        builder.__name__: builder
        for builder in (
            sd15,
            sdxl,
            flux1,
            flux1_schnell,
            flux_kontext,
            flux2,
            flux2_klein,
            flux2_klein_distilled,
            qwen_image,
            qwen_image_edit,
        )
    }
)
"""What gives a pipeline of each image family: `builder(full=False)`."""

_TINY_CLIP = {"hidden": 32, "layers": 2, "heads": 4}


def _tiny_unet() -> dict[str, object]:
    """Sizes that keep each kind of block and little else."""
    return {
        "block_out_channels": (4, 8),
        "layers_per_block": 1,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "attention_head_dim": (2, 4),
        "cross_attention_dim": 32,
        "norm_num_groups": 2,
    }


def _vae(*, full: bool, latent_channels: int, **more: object) -> Any:
    from diffusers import AutoencoderKL

    sizes = (
        {"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2}
        if full
        else {"block_out_channels": (4, 4, 4, 4), "layers_per_block": 1, "norm_num_groups": 2}
    )
    return AutoencoderKL(
        down_block_types=_DOWN,
        up_block_types=_UP,
        latent_channels=latent_channels,
        **sizes,
        **more,
    )


def _clip_l(*, full: bool) -> Any:
    """The text encoder of CLIP ViT-L/14."""
    sizes = {"hidden": 768, "layers": 12, "heads": 12} if full else _TINY_CLIP
    return words.clip_text(**sizes, projection=0, act="quick_gelu")


def _discrete(name: str, **more: object) -> Any:
    import diffusers

    return getattr(diffusers, name)(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        steps_offset=1,
        **more,
    )


def _flow(**more: object) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, **more)


def _flux1_parts(*, full: bool, guided: bool = True) -> dict[str, Any]:
    from diffusers import FluxTransformer2DModel

    sizes = (
        {}
        if full
        else {
            "in_channels": 16,
            "num_layers": 1,
            "num_single_layers": 1,
            "attention_head_dim": 16,
            "num_attention_heads": 2,
            "joint_attention_dim": 32,
            "pooled_projection_dim": 32,
            "axes_dims_rope": (4, 4, 8),
        }
    )
    return {
        "scheduler": _flow(shift=3.0, max_shift=1.15, base_shift=0.5),
        "vae": _vae(
            full=full,
            latent_channels=16 if full else 4,
            scaling_factor=0.3611,
            shift_factor=0.1159,
            use_quant_conv=False,
            use_post_quant_conv=False,
        ),
        "text_encoder": _clip_l(full=full),
        "tokenizer": words.clip_tokenizer(),
        "text_encoder_2": words.t5_encoder(full=full),
        "tokenizer_2": words.t5_tokenizer(),
        "transformer": FluxTransformer2DModel(guidance_embeds=guided, **sizes),
    }


def _klein(*, full: bool, distilled: bool) -> Any:
    from diffusers import Flux2KleinPipeline

    encoder = words.qwen3(full=full)
    sizes = {"num_layers": 5, "num_single_layers": 20, "num_attention_heads": 24}
    return Flux2KleinPipeline(
        text_encoder=encoder,
        tokenizer=words.qwen_tokenizer(),
        is_distilled=distilled,
        **_flux2_parts(
            encoder.config.hidden_size, full=full, guidance_embeds=False, **(sizes if full else {})
        ),
    )


def _flux2_parts(hidden: int, *, full: bool, **more: object) -> dict[str, Any]:
    from diffusers import AutoencoderKLFlux2, Flux2Transformer2DModel

    sizes = (
        {}
        if full
        else {
            "in_channels": 16,
            "num_layers": 1,
            "num_single_layers": 1,
            "attention_head_dim": 16,
            "num_attention_heads": 2,
            "axes_dims_rope": (4, 4, 4, 4),
        }
    )
    vae = (
        {}
        if full
        else {
            "block_out_channels": (4, 4, 4, 4),
            "layers_per_block": 1,
            "latent_channels": 4,
            "norm_num_groups": 2,
        }
    )
    return {
        "scheduler": _flow(shift=3.0),
        "vae": AutoencoderKLFlux2(**vae),
        # Three layers of the text encoder are read side by side.
        "transformer": Flux2Transformer2DModel(joint_attention_dim=3 * hidden, **sizes, **more),
    }


def _qwen_parts(*, full: bool) -> dict[str, Any]:
    from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel

    tokenizer = words.qwen_tokenizer()
    sizes = (
        {}
        if full
        else {
            "in_channels": 16,
            "out_channels": 4,
            "num_layers": 2,
            "attention_head_dim": 16,
            "num_attention_heads": 2,
            "joint_attention_dim": 16,
            "axes_dims_rope": (8, 4, 4),
        }
    )
    vae = (
        {}
        if full
        else {
            "base_dim": 4,
            "z_dim": 4,
            "dim_mult": [1, 1, 1, 1],
            "num_res_blocks": 1,
            "latents_mean": [0.0] * 4,
            "latents_std": [1.0] * 4,
        }
    )
    return {
        "scheduler": _flow(
            base_shift=0.5, max_shift=0.9, shift_terminal=0.02, max_image_seq_len=8192
        ),
        "vae": AutoencoderKLQwenImage(**vae),
        "text_encoder": words.qwen_vl(tokenizer, full=full),
        "tokenizer": tokenizer,
        "transformer": QwenImageTransformer2DModel(**sizes),
    }


def _unet_control_net(unet: dict[str, object]) -> Any:
    from diffusers import ControlNetModel

    given = {name: value for name, value in unet.items() if name != "up_block_types"}
    return ControlNetModel(conditioning_embedding_out_channels=(4, 4, 4, 8), **given)


def _sd15_control_net() -> Any:
    return _unet_control_net(_tiny_unet())


def _sdxl_control_net() -> Any:
    return _unet_control_net(
        {
            **_tiny_unet(),
            "cross_attention_dim": 64,
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 8,
            "projection_class_embeddings_input_dim": 6 * 8 + 32,
            "use_linear_projection": True,
        }
    )


def _flux1_control_net() -> Any:
    from diffusers import FluxControlNetModel

    return FluxControlNetModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=True,
    )


def _qwen_image_control_net() -> Any:
    from diffusers import QwenImageControlNetModel

    return QwenImageControlNetModel(
        in_channels=16,
        out_channels=4,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=16,
        axes_dims_rope=(8, 4, 4),
    )


CONTROL_NETS: Mapping[str, Callable[[], Any]] = MappingProxyType(
    {
        "sd15": _sd15_control_net,
        "sdxl": _sdxl_control_net,
        "flux1": _flux1_control_net,
        "qwen_image": _qwen_image_control_net,
    }
)
"""What gives a tiny ControlNet of a family."""
