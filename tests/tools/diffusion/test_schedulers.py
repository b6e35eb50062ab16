"""Distilled models are stepped as their makers say."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.schedulers import RECIPES, few_step_scheduler, recipe_named

diffusers = pytest.importorskip("diffusers", reason='the extra "gpu" is not installed')

# Source: Euler in diffusers 0.42 with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def pipe(flow: bool) -> SimpleNamespace:
    if flow:
        return SimpleNamespace(scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0))
    return SimpleNamespace(
        scheduler=diffusers.PNDMScheduler(
            beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, steps_offset=1
        )
    )


@pytest.mark.parametrize("kind", sorted(RECIPES))
def test_scheduler_takes_its_few_steps(kind: str) -> None:
    recipe = recipe_named(kind)
    flow = recipe.scheduler.startswith("FlowMatch")
    made = few_step_scheduler(pipe(flow), kind)
    assert type(made).__name__ == recipe.scheduler
    made.set_timesteps(
        recipe.steps, **({"mu": 0.5} if made.config.get("use_dynamic_shifting") else {})
    )
    times = [float(time) for time in made.timesteps]
    assert len(times) == recipe.steps
    assert times == sorted(times, reverse=True)
    assert recipe.source.startswith("https://")


def test_noise_schedule_of_the_model_stays() -> None:
    made = few_step_scheduler(pipe(flow=False), "lightning")
    assert made.config.beta_start == 0.00085
    assert made.config.timestep_spacing == "trailing"
    made.set_timesteps(4)
    # Source: SDXL-Lightning's paper, arXiv 2402.13929: sampling starts from pure noise.
    assert float(made.timesteps[0]) == 999


def test_scheduler_for_noise_is_refused_for_a_flow() -> None:
    with pytest.raises(InputError, match="'lcm' is not for a model with FlowMatch"):
        few_step_scheduler(pipe(flow=True), "lcm")
    with pytest.raises(InputError, match="'wan_lightning' is not for a model with PNDM"):
        few_step_scheduler(pipe(flow=False), "wan_lightning")


def test_model_that_follows_a_flow_by_unipc_takes_a_flows_recipe() -> None:
    own = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
    )
    made = few_step_scheduler(SimpleNamespace(scheduler=own), "wan_lightning")
    assert made.config.shift == 5.0


def test_unknown_kind_is_told_the_known_ones() -> None:
    with pytest.raises(InputError, match="choose from hyper, lcm, lightning"):
        recipe_named("warp")
