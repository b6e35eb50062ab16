from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import BackendError, InputError
from nightshoot.tools.diffusion import image_model
from nightshoot.tools.diffusion.image_dialects import DIALECTS
from nightshoot.tools.diffusion.image_model import FLAGGED, ImageModel
from nightshoot.tools.diffusion.model import OutOfMemory
from nightshoot.tools.diffusion.orders import (
    ControlPicture,
    ImageRequest,
    Kind,
    ModelSpec,
    PersonLora,
    VideoRequest,
)
from nightshoot.tools.diffusion.tuning import Cache, Precision, Tuning

FAMILIES = tuple(DIALECTS)
Load = Callable[..., ImageModel]
Order = Callable[..., ImageRequest]
Read = Callable[..., NDArray[np.int16]]
ROUNDING = 2
"""Of 255: a matrix product of four sums otherwise than one of one."""


def ignored(_: float) -> None:
    pass


def apart(one: NDArray[np.int16], other: NDArray[np.int16]) -> int:
    return int(np.abs(one - other).max())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_is_the_same_alone_as_in_a_batch(
    family: str, model: Load, order: Order, pixels: Read
) -> None:
    painter = model(family)
    long = "rain in the city at night, wide shot, film grain, misty mountains at dawn"
    alone = order(seed=5, prompt=long)
    painter.make([alone], ignored)
    batch = [order(seed=4), order(seed=5, prompt=long), order(seed=6, negative_prompt="")]
    assert all(painter.fits_together(batch[0], other) for other in batch)
    results = painter.make(batch, ignored)
    assert apart(pixels(alone), pixels(results[1])) <= ROUNDING
    # They would be alike as well if all were: another seed is another picture.
    assert apart(pixels(results[0]), pixels(results[1])) > 20
    assert apart(pixels(results[0]), pixels(results[2])) > 20


@pytest.mark.parametrize("family", FAMILIES)
def test_words_seed_and_nothing_else_decide_the_picture(
    family: str, model: Load, order: Order, pixels: Read
) -> None:
    painter = model(family)
    first, again, reworded = order(), order(), order(prompt="rain in the city")
    for request in (first, reworded, again):
        painter.make([request], ignored)
    assert Path(first.out).read_bytes() == Path(again.out).read_bytes()
    assert apart(pixels(first), pixels(reworded)) > ROUNDING


@pytest.mark.parametrize("family", ["sd15", "sdxl", "flux1", "qwen_image", "flux2_klein"])
def test_prompts_are_encoded_once_across_retakes_and_shots(
    family: str, tiny: Callable[[str], Path], order: Order
) -> None:
    painter = image_model.load(
        ModelSpec(
            kind=Kind.IMAGE,
            family=family,
            path=str(tiny(family)),
            revision="",
            tuning=Tuning(at_once=2),
        )
    )
    calls: list[int] = []
    encoder = painter._pipe.text_encoder
    encoder.register_forward_hook(lambda *_: calls.append(1))
    painter.make([order(seed=1)], ignored)
    once = len(calls)
    guided = family != "flux1"
    assert once == (2 if guided else 1)
    painter.make([order(seed=2)], ignored)
    painter.make([order(seed=3), order(seed=4, guidance_scale=3.0)], ignored)
    assert len(calls) == once
    # Only the words are new: what is to be avoided is known.
    painter.make([order(seed=2, prompt="rain")], ignored)
    assert len(calls) == once + 1
    painter.close()


def test_requests_fit_together_only_where_all_share_a_call(
    model: Load, order: Order, picture: Callable[[int], Path]
) -> None:
    painter, one = model("sd15"), order()
    seen = str(picture(1))
    lora = PersonLora(path=seen, scale=1.0)
    control = ControlPicture(kind=ControlKind.DEPTH, path=seen, weight=0.5)
    assert painter.fits_together(one, order(seed=9, prompt="other", out_width=32))
    for parts in (
        {"width": 96},
        {"height": 64},
        {"num_inference_steps": 3},
        {"guidance_scale": 1.0},
        {"loras": (lora,)},
        {"controls": (control,)},
        {"references": (seen,)},
    ):
        assert not painter.fits_together(one, order(**parts)), parts
    lighter = control.model_copy(update={"weight": 0.4})
    assert not painter.fits_together(order(controls=(control,)), order(controls=(lighter,)))
    other = control.model_copy(update={"path": str(picture(2))})
    assert painter.fits_together(order(controls=(control,)), order(controls=(other,)))
    video = VideoRequest(
        prompt="",
        keyframe="",
        width=64,
        height=64,
        seed=1,
        num_inference_steps=1,
        guidance_scale=1,
        stretches=(5,),
        out_width=64,
        out_height=64,
        out_frames=5,
        out_fps=24,
        out="",
    )
    assert not painter.fits_together(one, video)
    with pytest.raises(InputError, match="makes no video"):
        painter.make([video], ignored)


def test_pickled_weights_are_never_read(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(tiny("sd15"), folder)
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    spec = ModelSpec(kind=Kind.IMAGE, family="sd15", path=str(folder), revision="", tuning=Tuning())
    with pytest.raises(InputError, match="pickled weights only"):
        image_model.load(spec)


def test_a_folder_that_does_not_hold_together_is_an_input_error(
    tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(tiny("sd15"), folder)
    shutil.rmtree(folder / "unet")
    shutil.copytree(tiny("sdxl") / "unet", folder / "unet")
    (folder / "unet" / "config.json").write_text("{", encoding="utf-8")
    spec = ModelSpec(kind=Kind.IMAGE, family="sd15", path=str(folder), revision="", tuning=Tuning())
    with pytest.raises(InputError, match="cannot be loaded"):
        image_model.load(spec)


def test_progress_rises_to_the_end(model: Load, order: Order) -> None:
    shares: list[float] = []
    model("sdxl").make([order(num_inference_steps=4)], shares.append)
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


@pytest.mark.parametrize("family", ["sd15", "sdxl", "flux1", "flux2", "qwen_image"])
def test_half_precision_goes_with_a_vae_in_full_and_with_all_that_guides(
    family: str,
    model: Load,
    order: Order,
    pixels: Read,
    picture: Callable[[int], Path],
    extras: Callable[..., Path],
) -> None:
    tuning = Tuning(precision=Precision.BF16, vae_fp32=True)
    parts: dict[str, object] = {}
    guides: dict[str, object] = {
        "loras": (PersonLora(path=str(extras("lora", family)), scale=0.5),)
    }
    if DIALECTS[family].control_pipeline:
        parts["controlnets"] = {ControlKind.DEPTH: str(extras("control_net", family))}
        control = ControlPicture(kind=ControlKind.DEPTH, path=str(picture(1)), weight=0.5)
        guides["controls"] = (control,)
    else:
        guides["references"] = (str(picture(1)),)
    painter = model(family, tuning=tuning, **parts)
    plain, guided = order(), order(**guides)
    painter.make([plain], ignored)
    painter.make([guided], ignored)
    assert pixels(plain).std() > 10
    assert apart(pixels(plain), pixels(guided)) > 10


def test_few_steps_take_the_scheduler_that_they_were_distilled_for(
    model: Load, order: Order, pixels: Read
) -> None:
    painter, usual = model("sd15", schedule="lcm"), order(guidance_scale=1.0)
    assert type(painter._pipe.scheduler).__name__ == "LCMScheduler"
    alone = order(guidance_scale=1.0)
    painter.make([alone], ignored)
    model("sd15").make([usual], ignored)
    assert apart(pixels(alone), pixels(usual)) > 10
    # LCM adds noise at each step: it has to come from each picture's own seed.
    batch = [order(guidance_scale=1.0, seed=6), order(guidance_scale=1.0)]
    painter.make(batch, ignored)
    assert apart(pixels(alone), pixels(batch[1])) <= ROUNDING
    trailing = model("sdxl", schedule="lightning")._pipe.scheduler
    assert trailing.config.timestep_spacing == "trailing"


def test_controls_keep_to_the_few_step_scheduler(
    model: Load, order: Order, picture: Callable[[int], Path], extras: Callable[..., Path]
) -> None:
    nets = {ControlKind.DEPTH: str(extras("control_net", "sd15"))}
    painter = model("sd15", schedule="lcm", controlnets=nets)
    control = ControlPicture(kind=ControlKind.DEPTH, path=str(picture(1)), weight=1.0)
    painter.make([order(controls=(control,), guidance_scale=1.0)], ignored)
    pipeline = painter._controls.pipeline((ControlKind.DEPTH,))
    assert type(pipeline.scheduler).__name__ == "LCMScheduler"


@pytest.mark.parametrize("family", ["flux1", "qwen_image"])
def test_a_cache_is_set_aside_for_a_picture_with_controls(
    family: str,
    model: Load,
    order: Order,
    pixels: Read,
    picture: Callable[[int], Path],
    extras: Callable[..., Path],
) -> None:
    nets = {ControlKind.DEPTH: str(extras("control_net", family))}
    cached = Tuning(cache=Cache.FIRST_BLOCK, cache_threshold=0.6)
    painter = model(family, controlnets=nets, tuning=cached)
    control = ControlPicture(kind=ControlKind.DEPTH, path=str(picture(1)), weight=1.0)
    free, held, again = order(), order(controls=(control,)), order()
    # Their pipelines tell the network no passes: "No cache context is set".
    for request in (free, held, again):
        painter.make([request], ignored)
    assert Path(free.out).read_bytes() == Path(again.out).read_bytes()
    same = order(controls=(control,))
    model(family, controlnets=nets).make([same], ignored)
    assert apart(pixels(held), pixels(same)) <= ROUNDING
    assert painter._pipe.transformer.is_cache_enabled


def test_the_painted_picture_is_scaled_and_cropped(model: Load, order: Order, pixels: Read) -> None:
    small, large, as_painted = (
        order(out_width=40, out_height=60),
        order(out_width=150, out_height=160),
        order(),
    )
    for request in (small, large, as_painted):
        model("sd15").make([request], ignored)
    assert pixels(small).shape == (60, 40, 3)
    assert pixels(large).shape == (160, 150, 3)
    import cv2

    shrunk = cv2.resize(pixels(as_painted), (40, 60), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk - pixels(small)).mean() < 1


def test_a_model_that_overflows_says_what_to_set(tiny: Callable[[str], Path], order: Order) -> None:
    import torch

    painter = image_model.load(
        ModelSpec(
            kind=Kind.IMAGE, family="sd15", path=str(tiny("sd15")), revision="", tuning=Tuning()
        )
    )
    with torch.no_grad():
        painter._pipe.vae.decoder.conv_out.bias.fill_(float("nan"))
    request = order()
    with pytest.raises(BackendError, match=r"not a number.*precision"):
        painter.make([request], ignored)
    assert not Path(request.out).exists()
    painter.close()


def test_memory_that_runs_out_is_told_apart(tiny: Callable[[str], Path], order: Order) -> None:
    import torch

    painter = image_model.load(
        ModelSpec(
            kind=Kind.IMAGE, family="sd15", path=str(tiny("sd15")), revision="", tuning=Tuning()
        )
    )

    def full(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    hook = painter._pipe.unet.register_forward_pre_hook(full)
    with pytest.raises(OutOfMemory):
        painter.make([order()], ignored)
    assert "tiles" in painter.make_cheaper()
    assert painter.make_cheaper() == ""
    hook.remove()
    painter.make([order()], ignored)
    painter.close()


def test_what_the_safety_checker_blacks_out_is_told(
    tiny: Callable[[str], Path], tmp_path: Path, order: Order, pixels: Read
) -> None:
    from diffusers import StableDiffusionPipeline
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPConfig, CLIPImageProcessorPil

    sizes = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    checker = StableDiffusionSafetyChecker(
        CLIPConfig(
            vision_config={**sizes, "image_size": 32, "patch_size": 8},
            text_config={**sizes, "vocab_size": 10},
            projection_dim=16,
        )
    )
    checker.concept_embeds_weights.data.fill_(-2.0)
    checker.special_care_embeds_weights.data.fill_(2.0)
    pipe = StableDiffusionPipeline.from_pretrained(
        tiny("sd15"),
        safety_checker=checker,
        feature_extractor=CLIPImageProcessorPil(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        ),
        use_safetensors=True,
    )
    pipe.save_pretrained(tmp_path / "checked", safe_serialization=True)
    painter = image_model.load(
        ModelSpec(
            kind=Kind.IMAGE,
            family="sd15",
            path=str(tmp_path / "checked"),
            revision="",
            tuning=Tuning(),
        )
    )
    request = order()
    result = painter.make([request], ignored)[0]
    assert result.notes == (FLAGGED,)
    assert pixels(request).max() == 0
    painter.close()


@pytest.mark.parametrize("field", ["references", "controls"])
def test_a_picture_that_cannot_be_read_is_named(
    field: str, model: Load, order: Order, extras: Callable[..., Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n cut short")
    control = ControlPicture(kind=ControlKind.DEPTH, path=str(bad), weight=1.0)
    if field == "references":
        painter, request = model("flux2"), order(references=(str(bad),))
    else:
        nets = {ControlKind.DEPTH: str(extras("control_net", "sd15"))}
        painter, request = model("sd15", controlnets=nets), order(controls=(control,))
    with pytest.raises(InputError, match=r"bad\.png"):
        painter.make([request], ignored)


def test_a_full_disk_is_an_error_of_the_backend(model: Load, order: Order, tmp_path: Path) -> None:
    request = order(out=str(tmp_path / "gone" / "picture.png"))
    with pytest.raises(BackendError, match="cannot be written"):
        model("sd15").make([request], ignored)
