"""Which recipe films with which family."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.video_cogvideox import CogVideoX
from nightshoot.tools.diffusion.video_hunyuan15 import Hunyuan15
from nightshoot.tools.diffusion.video_ltx import Ltx, Ltx2, LtxCondition
from nightshoot.tools.diffusion.video_recipe import Recipe
from nightshoot.tools.diffusion.video_unets import I2VGen, StableVideo
from nightshoot.tools.diffusion.video_wan import Wan

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "cogvideox": CogVideoX(),
        "cogvideox15": CogVideoX(),
        "hunyuan15": Hunyuan15(),
        "i2vgen_xl": I2VGen(),
        "ltx": Ltx(),
        "ltx2": Ltx2(),
        "ltx_condition": LtxCondition(),
        "svd": StableVideo(),
        "svd14": StableVideo(),
        "wan21": Wan(),
        "wan21_flf": Wan(),
        "wan22_5b": Wan(),
        "wan22_a14b": Wan(),
    }
)
"""By the name of the family's card."""


def recipe_of(family: str) -> Recipe:
    """Gives how a family films. Raises InputError."""
    if family not in RECIPES:
        raise InputError(f"{family} is no family of video models: choose from {', '.join(RECIPES)}")
    return RECIPES[family]
