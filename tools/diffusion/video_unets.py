"""I2VGen-XL and Stable Video Diffusion: the families that denoise with a UNet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from nightshoot.tools.diffusion.embeddings import Embeddings
from nightshoot.tools.diffusion.orders import VideoRequest
from nightshoot.tools.diffusion.video_recipe import Call, Recipe

_BUCKETS = (40, 127, 200)
"""`motion_bucket_id` for no motion, the middle and much. Source: the pipeline's default is 127;
diffusers' documentation (using-diffusers/svd) uses 180 for more motion; training saw 0 to 255
(arXiv 2311.15127, appendix D), at whose ends pictures stand still or tear."""

_DECODED_AT_ONCE = 2
"""Frames that the VAE decodes at once: few take less memory, more agree better with each other.
Source: counted as in presets.yaml for Stable Video Diffusion at 1024x576: 2.3 GiB for 2, 4.5 for 4
and 9.0 for 8; 2 is what diffusers' documentation (using-diffusers/svd) takes to save memory."""

_TOLD_FPS = (24, 16, 8)
"""`target_fps` for no motion, the middle and much: between frames that are told to be further apart
in time, more happens. Source: 16 is the pipeline's default, 8 the makers' slowest (arXiv
2311.04145, section 3.2: trained at several rates)."""


class StableVideo(Recipe):
    """Stable Video Diffusion: moves a picture, and reads no prompt."""

    pipeline = "StableVideoDiffusionPipeline"
    reads = False

    def words(self, pipe: Any, request: VideoRequest) -> Embeddings:
        """Gives nothing."""
        del pipe, request
        return {}

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Adds the motion; guidance rises from the first frame to the last."""
        arguments = super().arguments(pipe, call)
        return arguments | {
            "max_guidance_scale": arguments.pop("guidance_scale"),
            "min_guidance_scale": min(1.0, call.request.guidance_scale),
            "motion_bucket_id": round(between(_BUCKETS, call.request.motion)),
            "fps": round(call.request.fps),
            "decode_chunk_size": _DECODED_AT_ONCE,
        }


class I2VGen(Recipe):
    """I2VGen-XL."""

    pipeline = "I2VGenXLPipeline"
    denoiser = "unet"
    tells = False

    def words(self, pipe: Any, request: VideoRequest) -> Embeddings:
        """Gives the embeddings of CLIP's last layer but one, normed as the last would be.

        The pipeline's own `encode_prompt` looks for a part of the text encoder that it no longer
        has in transformers 5. Source: `clip_skip=1`, the pipeline's default.
        """
        found = {"prompt_embeds": self._encoded(pipe, request.prompt)}
        if request.guidance_scale > 1.0:
            found["negative_prompt_embeds"] = self._encoded(pipe, request.negative_prompt)
        return found

    @staticmethod
    def _encoded(pipe: Any, text: str) -> Any:
        reader = pipe.text_encoder
        ids = pipe.tokenizer(
            text,
            padding="max_length",
            max_length=pipe.tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        ).input_ids
        device = pipe._execution_device  # noqa: SLF001 - the pipeline has no public name for it
        layers = reader(ids.to(device), output_hidden_states=True).hidden_states
        return getattr(reader, "text_model", reader).final_layer_norm(layers[-2])

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Adds the rate that stands for the motion."""
        return super().arguments(pipe, call) | {
            "target_fps": round(between(_TOLD_FPS, call.request.motion)),
            "decode_chunk_size": _DECODED_AT_ONCE,
        }

    def called(self, pipe: Any, call: Call, arguments: dict[str, Any]) -> Any:
        """Has the picture's latents drawn from the seed as well, before the noise.

        The pipeline by itself draws them from torch's own generator, which nobody has seeded. Drawn
        so, they are those of a script whose generator is `torch.manual_seed`, as the pipeline's
        documentation has it.
        """
        with _drawn_from(call.generator, pipe.vae):
            return super().called(pipe, call, arguments)


@contextmanager
def _drawn_from(generator: Any, vae: Any) -> Iterator[None]:
    """Has what a VAE encodes sampled from a generator."""
    own = vae.encode

    def encode(picture: Any) -> Any:
        encoded = own(picture)
        found = encoded.latent_dist
        found.sample = partial(found.sample, generator=generator)
        return encoded

    vae.encode = encode
    try:
        yield
    finally:
        # The method of its class is seen again.
        del vae.encode


def between(three: tuple[float, float, float], share: float) -> float:
    """Gives the value at a share of 0.0 to 1.0 on the lines through the three at 0, 0.5 and 1."""
    low, middle, high = three
    if share < 0.5:
        return low + (middle - low) * 2 * share
    return middle + (high - middle) * (2 * share - 1)
