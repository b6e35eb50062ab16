"""CogVideoX."""

from __future__ import annotations

from typing import Any

from nightshoot.tools.diffusion.orders import VideoRequest
from nightshoot.tools.diffusion.video_recipe import Call, Recipe


class CogVideoX(Recipe):
    """CogVideoX 5B image-to-video, 1.0 and 1.5."""

    pipeline = "CogVideoXImageToVideoPipeline"

    def canvas(self, pipe: Any, request: VideoRequest) -> tuple[int, int]:
        """Gives the model's one size where its places are learned, as in 1.0."""
        config = pipe.transformer.config
        if not config.use_learned_positional_embeddings:
            return super().canvas(pipe, request)
        scale = pipe.vae_scale_factor_spatial
        return config.sample_width * scale, config.sample_height * scale

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Adds the guidance that changes with the steps, which its makers use with DPM.

        Source: the model card's example, `use_dynamic_cfg=True`.
        """
        dynamic = type(pipe.scheduler).__name__ == "CogVideoXDPMScheduler"
        guided = call.request.guidance_scale > 1.0
        return super().arguments(pipe, call) | {"use_dynamic_cfg": dynamic and guided}
