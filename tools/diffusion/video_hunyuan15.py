"""HunyuanVideo 1.5."""

from __future__ import annotations

from typing import Any

from nightshoot.tools.diffusion.embeddings import Embeddings
from nightshoot.tools.diffusion.orders import VideoRequest
from nightshoot.tools.diffusion.video_recipe import Call, Recipe, Stepped


class Hunyuan15(Recipe):
    """HunyuanVideo 1.5 image-to-video; its guidance is a part of its own."""

    pipeline = "HunyuanVideo15ImageToVideoPipeline"
    tells = False
    passes = 2

    def canvas(self, pipe: Any, request: VideoRequest) -> tuple[int, int]:
        """Gives the size that the pipeline takes by itself for a picture of about this shape.

        A picture of one of its own sizes may be taken for the next narrower shape, as it rounds its
        ratios, and would be cropped: so the size is one that stays.
        """
        height, width = request.height, request.width
        while True:
            found: tuple[int, int] = pipe.video_processor.calculate_default_height_width(
                height, width, pipe.target_size
            )
            if found == (height, width):
                return width, height
            height, width = found

    def words(self, pipe: Any, request: VideoRequest) -> Embeddings:
        """Gives what both text encoders read, of the prompt and, with guidance, of the other."""
        found = self._encoded(pipe, request.prompt, "")
        if request.guidance_scale > 1.0:
            found |= self._encoded(pipe, request.negative_prompt, "negative_")
        return found

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Leaves out the size, which the picture decides, and the guidance, which the guider has.

        One embedding of the two encoders is told from the other by a `_2`.
        """
        arguments = super().arguments(pipe, call)
        for name in ("width", "height", "guidance_scale"):
            del arguments[name]
        return arguments

    def film(self, pipe: Any, call: Call, stepped: Stepped) -> Any:
        """Sets the guidance first."""
        scale = call.request.guidance_scale
        pipe.guider = pipe.guider.new(guidance_scale=scale, enabled=scale > 1.0)
        return super().film(pipe, call, stepped)

    @staticmethod
    def _encoded(pipe: Any, text: str, before: str) -> dict[str, Any]:
        embeds, mask, second, second_mask = pipe.encode_prompt(
            prompt=text, dtype=pipe.transformer.dtype
        )
        return {
            f"{before}prompt_embeds": embeds,
            f"{before}prompt_embeds_mask": mask,
            f"{before}prompt_embeds_2": second,
            f"{before}prompt_embeds_mask_2": second_mask,
        }
