"""Reference pictures for families that need an IP-Adapter to see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.image_files import read_reference
from nightshoot.tools.diffusion.memory import is_out_of_memory
from nightshoot.tools.diffusion.orders import ImageRequest
from nightshoot.tools.diffusion.quantizing import precision_of
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.diffusion.weights import header_of


class PicturePrompts:
    """An IP-Adapter on a pipeline with a UNet. Source: arXiv 2308.06721."""

    def __init__(self, pipe: Any, adapter: Path, encoder: Path, tuning: Tuning) -> None:
        """Loads the adapter and the image encoder that it was trained with.

        Raises:
            InputError: a file is missing, is none, or is not for this model.
        """
        from transformers import CLIPVisionModelWithProjection

        self._pipe = pipe
        header_of(adapter)
        try:
            sees = CLIPVisionModelWithProjection.from_pretrained(
                str(encoder),
                dtype=precision_of(tuning.precision),
                use_safetensors=True,
                local_files_only=True,
            )
            pipe.register_modules(image_encoder=sees)
            pipe.load_ip_adapter(
                str(adapter.parent),
                subfolder="",
                weight_name=adapter.name,
                local_files_only=True,
            )
        except Exception as error:
            if is_out_of_memory(error):
                raise
            # Whatever the libraries raise for files that do not fit together.
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"the IP-Adapter {adapter} with the image encoder {encoder} cannot be used with "
                f"this model: {reason}"
            ) from None

    def arguments(self, request: ImageRequest, *, doubled: bool) -> dict[str, Any]:
        """Gives the embeddings of a request's pictures, and sets how much they count.

        The pipelines repeat them for each request of a call, so that a call has one set only.

        Args:
            request: any of the call's.
            doubled: guidance is a second pass, with embeddings of no picture before the others.

        Raises:
            InputError: a picture cannot be read.
        """
        import torch

        self._pipe.set_ip_adapter_scale(request.reference_weight if request.references else 0.0)
        with torch.no_grad():
            seen, blank = self._embedded(request)
        return {"ip_adapter_image_embeds": [torch.cat([blank, seen] if doubled else [seen])]}

    def _embedded(self, request: ImageRequest) -> tuple[Any, Any]:
        """Gives `(1, pictures, ...)` embeddings of a request's pictures and of none."""
        from PIL import Image

        pictures = [read_reference(Path(path)) for path in request.references]
        # With a scale of 0 what is seen has no effect; the network wants something all the same.
        pictures = pictures or [Image.new("RGB", (64, 64))]
        layer = self._pipe.unet.encoder_hid_proj.image_projection_layers[0]
        hidden = type(layer).__name__ != "ImageProjection"
        device = self._pipe._execution_device  # noqa: SLF001 - as the pipeline itself asks
        seen, blank = self._pipe.encode_image(pictures, device, 1, hidden)
        return seen[None], blank[None]
