"""How the pipeline of each image family is spoken to, where the difference is more than a number.

A new family is a card and a row here. Nothing is imported from torch or diffusers until a pipeline
is at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.embeddings import Embeddings

Encode = Callable[[Any, str], Embeddings]
"""Encodes one text with a pipeline, as a batch of one; by the pipeline's argument."""


class Sees(Enum):
    """How a family takes reference pictures. All requests of a call have the same ones."""

    NONE = "none"
    """By an IP-Adapter only."""
    SAME = "same"
    """By itself."""
    ALONE = "alone"
    """By itself, together with the words: one request a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one family's pipeline is called."""

    encode: Encode
    guidance: str = "guidance_scale"
    """The argument that takes the guidance."""
    classifier_free: bool = False
    """Guidance above 1 is a second pass with the negative prompt; else it is the model's input."""
    empty: str = ""
    """What a negative prompt is where there is none."""
    sees: Sees = Sees.NONE
    words_only: str = ""
    """The pipeline for a request without pictures, where its own cannot do without."""
    area: str = ""
    """The argument that must be told the area, else it is scaled to the pipeline's own."""
    control_pipeline: str = ""
    control_net: str = ""
    control_argument: str = ""
    many_control_nets: bool = True
    """Control pictures of several kinds may come from several ControlNets, not only from one."""
    control_modes: tuple[tuple[str, int], ...] = ()
    """What a ControlNet of many kinds is told, by the kind of picture."""
    least_steps: int = 1
    """With fewer its scheduler divides by nothing."""
    few_steps: str = ""
    """The recipe (`schedulers.py`) of its best known few-step models; empty: its own scheduler."""


def dialect_of(family: str) -> Dialect:
    """Gives how a family is spoken to. Raises InputError."""
    if family not in DIALECTS:
        raise InputError(
            f"{family} is no family of image models: choose from {', '.join(DIALECTS)}"
        )
    return DIALECTS[family]


def stacked(one_each: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Gives a batch of embeddings; shorter ones are filled with zeros, which their mask leaves out.

    Args:
        one_each: batches of one, with the same names.
    """
    import torch

    batch = {}
    for name in one_each[0]:
        tensors = [one[name] for one in one_each]
        longest = max(tensor.shape[1] for tensor in tensors)
        batch[name] = torch.cat([_filled(tensor, longest) for tensor in tensors])
    return batch


def _filled(tensor: Any, length: int) -> Any:
    import torch

    missing = length - tensor.shape[1]
    if not missing:
        return tensor
    gap = tensor.new_zeros((tensor.shape[0], missing, *tensor.shape[2:]))
    return torch.cat([tensor, gap], dim=1)


def _clip(pipe: Any, text: str) -> Embeddings:
    embeds, _ = pipe.encode_prompt(text, pipe._execution_device, 1, False)  # noqa: SLF001
    return {"prompt_embeds": embeds}


def _two_clips(pipe: Any, text: str) -> Embeddings:
    embeds, _, pooled, _ = pipe.encode_prompt(text, do_classifier_free_guidance=False)
    if not text and pipe.config.force_zeros_for_empty_prompt:
        embeds, pooled = embeds.new_zeros(embeds.shape), pooled.new_zeros(pooled.shape)
    return {"prompt_embeds": embeds, "pooled_prompt_embeds": pooled}


def _clip_and_t5(pipe: Any, text: str) -> Embeddings:
    # Source: the model cards: [dev] was trained on 512 tokens and [schnell], which takes no
    # guidance, on 256.
    longest = 512 if pipe.transformer.config.guidance_embeds else 256
    embeds, pooled, _ = pipe.encode_prompt(text, None, max_sequence_length=longest)
    return {"prompt_embeds": embeds, "pooled_prompt_embeds": pooled}


def _chat(pipe: Any, text: str) -> Embeddings:
    embeds, _ = pipe.encode_prompt(text)
    return {"prompt_embeds": embeds}


def _masked_chat(pipe: Any, text: str) -> Embeddings:
    import torch

    embeds, mask = pipe.encode_prompt(text)
    if mask is None:
        mask = torch.ones(embeds.shape[:2], dtype=torch.long, device=embeds.device)
    return {"prompt_embeds": embeds, "prompt_embeds_mask": mask}


_UNION_MODES = (("canny", 0), ("depth", 2), ("pose", 4))
"""Source: the model card of InstantX/FLUX.1-dev-Controlnet-Union."""

_FLUX1 = Dialect(
    encode=_clip_and_t5,
    control_pipeline="FluxControlNetPipeline",
    control_net="FluxControlNetModel",
    control_argument="control_image",
    control_modes=_UNION_MODES,
)

_QWEN = Dialect(
    encode=_masked_chat,
    guidance="true_cfg_scale",
    classifier_free=True,
    # Source: Qwen-Image's model card: a space, as nothing at all would turn guidance off.
    empty=" ",
    control_pipeline="QwenImageControlNetPipeline",
    control_net="QwenImageControlNetModel",
    control_argument="control_image",
    many_control_nets=False,
    least_steps=2,
    few_steps="qwen_lightning",
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "sd15": Dialect(
            encode=_clip,
            classifier_free=True,
            control_pipeline="StableDiffusionControlNetPipeline",
            control_net="ControlNetModel",
            control_argument="image",
            few_steps="lcm",
        ),
        "sdxl": Dialect(
            encode=_two_clips,
            classifier_free=True,
            control_pipeline="StableDiffusionXLControlNetPipeline",
            control_net="ControlNetModel",
            control_argument="image",
            few_steps="lightning",
        ),
        "flux1": _FLUX1,
        "flux1_schnell": _FLUX1,
        "flux_kontext": Dialect(encode=_clip_and_t5, sees=Sees.SAME, area="max_area"),
        "flux2": Dialect(encode=_chat, sees=Sees.SAME),
        "flux2_klein": Dialect(encode=_chat, sees=Sees.SAME, classifier_free=True),
        "flux2_klein_distilled": Dialect(encode=_chat, sees=Sees.SAME),
        "qwen_image": _QWEN,
        "qwen_image_edit": Dialect(
            encode=_masked_chat,
            guidance="true_cfg_scale",
            classifier_free=True,
            empty=" ",
            sees=Sees.ALONE,
            words_only="QwenImagePipeline",
            least_steps=2,
            few_steps="qwen_lightning",
        ),
    }
)
"""By the family's name, as its card says it."""
