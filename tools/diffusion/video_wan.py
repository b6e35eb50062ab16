"""Wan 2.1 and 2.2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightshoot.tools.diffusion.embeddings import Embeddings
from nightshoot.tools.diffusion.orders import VideoRequest
from nightshoot.tools.diffusion.video_recipe import Call, Recipe
from nightshoot.tools.diffusion.video_words import cleaned

_LARGE_SHIFT, _SMALL_SHIFT = 5.0, 3.0
"""`flow_shift` for 720P and for 480P. Source: diffusers' documentation (api/pipelines/wan), and the
model card of Wan 2.1."""

_LARGE_PIXELS = 700_000
"""Between 832x480 and 1280x720, on their geometric mean."""

_TOKENS = 512
"""Source: the default of the pipeline, and `text_len` in the makers' configuration."""


class Wan(Recipe):
    """Wan, with one transformer or one for the noisy steps and one for the rest."""

    pipeline = "WanImageToVideoPipeline"
    few_steps = "wan_lightning"

    def words(self, pipe: Any, request: VideoRequest) -> Embeddings:
        """Gives the embeddings of UMT5, zero after the prompt's end.

        The pipeline's own `encode_prompt` fails without ftfy: see `cleaned`.
        """
        found = {"prompt_embeds": _encoded(pipe, request.prompt)}
        if request.guidance_scale > 1.0:
            found["negative_prompt_embeds"] = _encoded(pipe, request.negative_prompt)
        return found

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Adds the last frame, and sets the scheduler."""
        set_scheduler(pipe, call)
        arguments = super().arguments(pipe, call)
        return arguments | {"last_image": call.last} if call.last else arguments

    def add_adapter(self, pipe: Any, path: Path, name: str) -> None:
        """Loads a LoRA; where there are two transformers, into that which its name says.

        Distilled LoRAs for 2.2 come as two files, with `high_noise` or `low_noise` in their names;
        one that says neither goes into both.
        """
        two = getattr(pipe, "transformer_2", None) is not None
        low, high = ("low" in path.stem.lower(), "high" in path.stem.lower())
        if not two or high or not low:
            super().add_adapter(pipe, path, name)
        if two and (low or not high):
            pipe.load_lora_weights(
                str(path.parent),
                weight_name=path.name,
                adapter_name=name,
                load_into_transformer_2=True,
            )


def _encoded(pipe: Any, text: str) -> Any:
    read = pipe.tokenizer(
        [cleaned(text)],
        padding="max_length",
        max_length=_TOKENS,
        truncation=True,
        return_attention_mask=True,
        return_tensors="pt",
    )
    device = pipe._execution_device  # noqa: SLF001 - the pipeline has no public name for it
    mask = read.attention_mask.to(device)
    hidden = pipe.text_encoder(read.input_ids.to(device), mask).last_hidden_state
    return hidden * mask.unsqueeze(-1).to(hidden.dtype)


def set_scheduler(pipe: Any, call: Call) -> None:
    """Shifts the pipeline's steps for the size of the picture, or as the request says.

    A recipe for few steps has its own shift, which stays unless another is asked for.
    """
    request = call.request
    config = pipe.scheduler.config
    for name in ("flow_shift", "shift"):
        # UniPC and DPM-Solver have the first, Euler's method the second.
        usual = _usual_shift(request) if name == "flow_shift" else 0.0
        if name in config and (shift := request.flow_shift or usual):
            pipe.scheduler = type(pipe.scheduler).from_config(config, **{name: shift})


def _usual_shift(request: VideoRequest) -> float:
    large = request.width * request.height > _LARGE_PIXELS
    return _LARGE_SHIFT if large else _SMALL_SHIFT
