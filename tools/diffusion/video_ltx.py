"""LTX-Video and LTX-2."""

from __future__ import annotations

from typing import Any

from nightshoot.tools.diffusion.embeddings import Embeddings
from nightshoot.tools.diffusion.orders import VideoRequest
from nightshoot.tools.diffusion.video_recipe import Call, Recipe

_DECODE_TIMESTEP, _DECODE_NOISE = 0.05, 0.025
"""For VAEs that finish the denoising. Source: diffusers' documentation, api/pipelines/ltx_video:
`decode_timestep=0.05, decode_noise_scale=0.025`."""

_DISTILLED_TIMES = (1000.0, 993.0, 987.0, 981.0, 975.0, 909.0, 725.0, 0.03)
"""Source: diffusers' documentation, api/pipelines/ltx_video, LTX-Video 0.9.8 distilled."""

_DISTILLED_SIGMAS = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875)
"""Source: DISTILLED_SIGMA_VALUES in diffusers' pipelines/ltx2/utils.py."""


class Ltx(Recipe):
    """LTX-Video before 0.9.5."""

    pipeline = "LTXImageToVideoPipeline"

    def words(self, pipe: Any, request: VideoRequest) -> Embeddings:
        """Gives embeddings with their masks."""
        return _masked_words(pipe, request)

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Adds the film's rate, and how the VAE finishes."""
        return super().arguments(pipe, call) | _told(pipe, call)


class LtxCondition(Ltx):
    """LTX-Video from 0.9.5 on, which takes pictures at any frame."""

    pipeline = "LTXConditionPipeline"

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Gives the pictures as conditions."""
        from diffusers.pipelines.ltx.pipeline_ltx_condition import (
            LTXVideoCondition,
            linear_quadratic_schedule,
        )

        arguments = super().arguments(pipe, call)
        arguments["conditions"] = [LTXVideoCondition(image=arguments.pop("image"), frame_index=0)]
        if call.last:
            end = LTXVideoCondition(image=call.last, frame_index=call.num_frames - 1)
            arguments["conditions"].append(end)
        steps = call.request.num_inference_steps
        if call.few and steps == len(_DISTILLED_TIMES):
            return arguments | {"timesteps": list(_DISTILLED_TIMES)}
        # The pipeline's own schedule, as numbers rather than a tensor: NumPy warns of that.
        return arguments | {"timesteps": (linear_quadratic_schedule(steps) * 1000).tolist()}


class Ltx2(Recipe):
    """LTX-2; the sound that it makes beside the picture is left in latents and thrown away."""

    pipeline = "LTX2ConditionPipeline"

    def words(self, pipe: Any, request: VideoRequest) -> Embeddings:
        """Gives embeddings with their masks."""
        return _masked_words(pipe, request)

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Gives the pictures as conditions; a distilled model is not guided in any way."""
        from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition

        arguments = super().arguments(pipe, call)
        # Counted in latents: the last one is -1.
        ends = [(arguments.pop("image"), 0), (call.last, -1)]
        arguments["conditions"] = [
            LTX2VideoCondition(frames=picture, index=index) for picture, index in ends if picture
        ]
        if call.few:
            arguments |= {
                "stg_scale": 0.0,
                "modality_scale": 1.0,
                "guidance_rescale": 0.0,
                "audio_guidance_scale": 1.0,
                "audio_stg_scale": 0.0,
                "audio_modality_scale": 1.0,
                "audio_guidance_rescale": 0.0,
            }
            if call.request.num_inference_steps == len(_DISTILLED_SIGMAS):
                # Learnt as they are: the model's own scheduler would move them with the size.
                pipe.scheduler = type(pipe.scheduler).from_config(
                    pipe.scheduler.config, use_dynamic_shifting=False, shift_terminal=None
                )
                arguments["sigmas"] = list(_DISTILLED_SIGMAS)
        return arguments | _told(pipe, call)

    def called(self, pipe: Any, call: Call, arguments: dict[str, Any]) -> Any:
        """Decodes the picture only, where the VAE needs no more than the latents."""
        if pipe.vae.config.timestep_conditioning:
            return super().called(pipe, call, arguments)
        latents = pipe(**arguments, output_type="latent").frames
        import torch

        with torch.no_grad():
            vae = pipe.vae
            latents = latents.to(device=pipe._execution_device, dtype=vae.dtype)  # noqa: SLF001
            video = vae.decode(latents, None, return_dict=False)[0]
            frames = pipe.video_processor.postprocess_video(video, output_type="pt")[0]
        pipe.maybe_free_model_hooks()
        return frames


def _masked_words(pipe: Any, request: VideoRequest) -> Embeddings:
    found = pipe.encode_prompt(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        do_classifier_free_guidance=request.guidance_scale > 1.0,
    )
    names = (
        "prompt_embeds",
        "prompt_attention_mask",
        "negative_prompt_embeds",
        "negative_prompt_attention_mask",
    )
    return dict(zip(names, found, strict=True))


def _told(pipe: Any, call: Call) -> dict[str, Any]:
    told: dict[str, Any] = {"frame_rate": float(call.request.fps)}
    if pipe.vae.config.timestep_conditioning:
        told |= {"decode_timestep": _DECODE_TIMESTEP, "decode_noise_scale": _DECODE_NOISE}
    return told
