"""What each family films, against a plain script of diffusers with the same seed and settings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from nightshoot.tools.diffusion.families import family_named
from nightshoot.tools.diffusion.orders import VideoRequest
from nightshoot.tools.diffusion.upstream import quiet
from nightshoot.tools.diffusion.video_model import VideoModel
from nightshoot.tools.diffusion.video_recipes import RECIPES, recipe_of
from nightshoot.tools.diffusion.video_words import cleaned

Orders = Callable[..., VideoRequest]
Models = Callable[..., VideoModel]

ROUNDING = 2
"""Of 255: sums in another order."""

FRAMES = {"i2vgen_xl": 16, "svd": 25, "svd14": 14}
"""Families that make one number of frames; the others make what is asked."""

CASES = [
    (family.name, last)
    for family in map(family_named, RECIPES)
    for last in (False, True)
    if (family.last_frame if last else not family.last_frame_needed)
]


def seeded(seed: int) -> torch.Generator:
    """Seeds torch's own generator, which I2VGen-XL draws from besides the one it is given."""
    return torch.manual_seed(seed)


def script(family: str, folder: Path, request: VideoRequest) -> NDArray[np.int16]:
    """Films by the pipeline alone: what it is not told is its own default."""
    with quiet():
        pipe = getattr(diffusers, recipe_of(family).pipeline).from_pretrained(folder)
    pipe.set_progress_bar_config(disable=True)
    if family == "i2vgen_xl":
        # Its way to read prompts fails with transformers 5: it is given ours.
        with torch.no_grad():
            read: dict[str, Any] = dict(recipe_of(family).words(pipe, request))
    else:
        read = {"prompt": request.prompt, "negative_prompt": request.negative_prompt}
    ends = [
        Image.open(path).convert("RGB") for path in (request.keyframe, request.last_frame) if path
    ]
    given = _CALLS[family](pipe, request, ends)
    arguments = {
        "num_frames": request.stretches[0],
        "num_inference_steps": request.num_inference_steps,
        **read,
        **given,
    }
    arguments = {name: value for name, value in arguments.items() if value is not None}
    with quiet():
        made = pipe(**arguments, generator=seeded(request.seed), output_type="np").frames[0]
    levels: NDArray[np.int16] = np.rint(np.asarray(made) * 255).astype(np.int16)
    return levels


def _sized(request: VideoRequest) -> dict[str, Any]:
    return {"width": request.width, "height": request.height}


def _cogvideox(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    return {
        **_sized(request),
        "image": ends[0],
        "guidance_scale": request.guidance_scale,
        # As on the model card.
        "use_dynamic_cfg": True,
    }


def _hunyuan15(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    with quiet():
        pipe.guider = pipe.guider.new(guidance_scale=request.guidance_scale)
    return {"image": ends[0]}


def _i2vgen(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    return {**_sized(request), "image": ends[0], "guidance_scale": request.guidance_scale}


def _ltx(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    return {
        **_sized(request),
        "image": ends[0],
        "frame_rate": float(request.fps),
        "guidance_scale": request.guidance_scale,
    }


def _ltx_condition(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition

    places = (0, request.stretches[0] - 1)[: len(ends)]
    return {
        **_sized(request),
        "conditions": [
            LTXVideoCondition(image=end, frame_index=place)
            for end, place in zip(ends, places, strict=True)
        ],
        "frame_rate": float(request.fps),
        "guidance_scale": request.guidance_scale,
        # As in diffusers' documentation.
        "decode_timestep": 0.05,
        "decode_noise_scale": 0.025,
    }


def _ltx2(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition

    places = (0, -1)[: len(ends)]
    return {
        **_sized(request),
        "conditions": [
            LTX2VideoCondition(frames=end, index=place)
            for end, place in zip(ends, places, strict=True)
        ],
        "frame_rate": float(request.fps),
        "guidance_scale": request.guidance_scale,
    }


def _svd(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    return {
        **_sized(request),
        "prompt": None,
        "negative_prompt": None,
        "image": ends[0],
        "max_guidance_scale": request.guidance_scale,
        # As many as ours decodes at once: another number is another picture.
        "decode_chunk_size": 2,
    }


def _wan(pipe: Any, request: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    # For 480P: as in diffusers' documentation.
    pipe.scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config, flow_shift=3.0)
    return {
        **_sized(request),
        "image": ends[0],
        "last_image": ends[1] if len(ends) > 1 else None,
        "guidance_scale": request.guidance_scale,
    }


_CALLS: dict[str, Callable[[Any, VideoRequest, list[Any]], dict[str, Any]]] = {
    "cogvideox": _cogvideox,
    "cogvideox15": _cogvideox,
    "hunyuan15": _hunyuan15,
    "i2vgen_xl": _i2vgen,
    "ltx": _ltx,
    "ltx2": _ltx2,
    "ltx_condition": _ltx_condition,
    "svd": _svd,
    "svd14": _svd,
    "wan21": _wan,
    "wan21_flf": _wan,
    "wan22_5b": _wan,
    "wan22_a14b": _wan,
}


@pytest.mark.parametrize(("family", "with_last"), CASES)
def test_every_family_films_what_a_plain_script_films(
    family: str,
    with_last: bool,
    model: Models,
    order: Orders,
    still: Callable[[int], Path],
    tiny: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = sys.modules[getattr(diffusers, recipe_of(family).pipeline).__module__]
    if not hasattr(module, "ftfy"):
        # These words are as whole as ftfy would leave them.
        monkeypatch.setattr(module, "ftfy", SimpleNamespace(fix_text=str), raising=False)
    loaded = model(family)
    told: dict[str, Any] = {
        "prompt": "  a boat &amp;amp; the moon,\n ink and mist ",
        "stretches": (FRAMES.get(family, 9),),
        "fps": family_named(family).fps or 24,
        "seed": 3,
    }
    # A model of one size is given pictures of that size, so that both see the same.
    width, height = recipe_of(family).canvas(loaded._pipe, order())
    for name, seed in (("keyframe", 1), ("last_frame", 9))[: 1 + with_last]:
        path = tmp_path / f"{name}.png"
        Image.open(still(seed)).resize((width, height)).save(path)
        told[name] = str(path)
    request = order(**told, width=width, height=height)
    before = torch.get_rng_state()
    ours = np.stack(loaded._filmed(request, lambda _: None)).astype(np.int16)
    assert torch.equal(torch.get_rng_state(), before), "only the seed's own numbers are drawn"
    plain = script(family, tiny(family), request)
    assert ours.shape == plain.shape == (request.stretches[0], height, width, 3)
    assert np.abs(ours - plain).max() <= ROUNDING
    # A picture of one grey would be as alike.
    assert plain.std() > 20


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("月下小舟，“江声”浩荡；客曰：‘何如？’", "月下小舟,\"江声\"浩荡;客曰:'何如?'"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ！", "Full width!"),
        ("《赤壁赋》——苏轼【水墨】、～", "《赤壁赋》——苏轼【水墨】、~"),
        ("ﬁne ﬂow, ｶﾀｶﾅ, cafe\u0301", "fine flow, カタカナ, caf\u00e9"),
        ("a &amp;amp; b\r\n &lt;c&gt; \ufeff\x00", "a & b <c>"),
        ("\x1b[31mred\x1b[0m", "red"),
    ],
)
def test_words_are_cleaned_as_wan_was_trained_to_read_them(given: str, wanted: str) -> None:
    # Source: `prompt_clean` of diffusers 0.42's pipelines/wan with ftfy 6.3.1.
    assert cleaned(given) == wanted


@pytest.mark.parametrize("size", [(480, 848), (464, 848), (848, 480), (1216, 336), (720, 1280)])
def test_a_size_that_a_pipeline_decides_is_one_that_it_keeps(
    model: Models, order: Orders, size: tuple[int, int]
) -> None:
    recipe, pipe = recipe_of("hunyuan15"), model("hunyuan15")._pipe
    film = SimpleNamespace(video_processor=pipe.video_processor, target_size=640)
    width, height = recipe.canvas(film, order(width=size[0], height=size[1]))
    again = pipe.video_processor.calculate_default_height_width(height, width, 640)
    assert again == (height, width)
    assert (width / height) / (size[0] / size[1]) == pytest.approx(1, abs=0.06)


def test_the_same_is_drawn_whatever_was_drawn_before(model: Models, order: Orders) -> None:
    loaded = model("i2vgen_xl")
    takes = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        request = order(stretches=(16,))
        loaded.make([request], lambda _: None)
        takes.append(Path(request.out).read_bytes())
    assert takes[0] == takes[1]
