"""Schedulers that distilled models and LoRAs were made for, by the kind of distillation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nightshoot.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a distilled model is sampled."""

    scheduler: str
    """A class of diffusers; empty: the pipeline's own."""
    steps: int
    guidance_scale: float
    """1.0: one pass a step."""
    source: str
    settings: Mapping[str, object] = field(default_factory=dict)
    """What differs from the pipeline's own scheduler."""


RECIPES: Mapping[str, Recipe] = {
    "lcm": Recipe(
        scheduler="LCMScheduler",
        steps=4,
        guidance_scale=1.0,
        source="https://huggingface.co/latent-consistency/lcm-lora-sdv1-5",
    ),
    "lightning": Recipe(
        scheduler="EulerDiscreteScheduler",
        steps=4,
        guidance_scale=1.0,
        settings={"timestep_spacing": "trailing"},
        source="https://huggingface.co/ByteDance/SDXL-Lightning",
    ),
    "hyper": Recipe(
        scheduler="DDIMScheduler",
        steps=4,
        guidance_scale=1.0,
        settings={"timestep_spacing": "trailing"},
        source="https://huggingface.co/ByteDance/Hyper-SD",
    ),
    "qwen_lightning": Recipe(
        scheduler="FlowMatchEulerDiscreteScheduler",
        steps=8,
        guidance_scale=1.0,
        # A fixed shift of 3, whatever the size of the picture.
        settings={
            "base_shift": math.log(3),
            "max_shift": math.log(3),
            "shift": 1.0,
            "shift_terminal": None,
            "use_dynamic_shifting": True,
        },
        source="https://huggingface.co/lightx2v/Qwen-Image-Lightning",
    ),
    "wan_lightning": Recipe(
        scheduler="FlowMatchEulerDiscreteScheduler",
        steps=4,
        guidance_scale=1.0,
        settings={"shift": 5.0, "use_dynamic_shifting": False},
        source="https://huggingface.co/lightx2v/Wan2.2-Lightning",
    ),
}


def recipe_named(kind: str) -> Recipe:
    """Gives a recipe. Raises InputError."""
    if kind not in RECIPES:
        raise InputError(
            f"there is no few-step recipe {kind!r}: choose from {', '.join(sorted(RECIPES))}"
        )
    return RECIPES[kind]


def few_step_scheduler(pipe: Any, kind: str) -> Any:
    """Gives the scheduler that a kind of distillation was made for, set up for this pipeline.

    The caller sets `pipe.scheduler`.

    Raises:
        InputError: there is no such kind, or it is for other models: noise that is predicted and
            flows that are followed need schedulers of their own.
    """
    import diffusers

    recipe = recipe_named(kind)
    own = pipe.scheduler
    if recipe.scheduler.startswith("FlowMatch") != _follows_a_flow(own):
        raise InputError(
            f"the few-step recipe {kind!r} is not for a model with {type(own).__name__}"
        )
    made = getattr(diffusers, recipe.scheduler)
    return made.from_config(own.config, **recipe.settings)


def _follows_a_flow(scheduler: Any) -> bool:
    """Whether a scheduler integrates a flow; UniPC and DPM-Solver can do both."""
    return type(scheduler).__name__.startswith("FlowMatch") or bool(
        scheduler.config.get("use_flow_sigmas")
    )
