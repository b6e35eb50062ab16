from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.diffusion.model import OutOfMemory
from nightshoot.tools.diffusion.orders import Adapter, VideoRequest
from nightshoot.tools.diffusion.tuning import Precision, Tuning
from nightshoot.tools.diffusion.video_model import VideoModel, as_pictures, read_picture
from nightshoot.tools.diffusion.video_recipe import Call, Recipe, Stepped
from nightshoot.tools.diffusion.video_unets import between
from nightshoot.tools.diffusion.weights import check_folder
from nightshoot.tools.measure import frames

Orders = Callable[..., VideoRequest]
Models = Callable[..., VideoModel]


class Counting(Recipe):
    """Gives frames that count on from the brightness of the first; remembers its calls."""

    pipeline = "Counting"
    reads = False

    def __init__(self, *, fault: Exception | None = None, short: int = 0) -> None:
        self.calls: list[Call] = []
        self.fault = fault
        self.short = short

    def film(self, pipe: Any, call: Call, stepped: Stepped) -> Any:
        del pipe
        self.calls.append(call)
        if self.fault:
            raise self.fault
        for _ in range(call.request.num_inference_steps):
            stepped()
        start = np.asarray(call.first)[0, 0, 0]
        shades = 3.0 * torch.arange(call.num_frames - self.short) + float(start)
        return (shades / 255)[:, None, None, None].expand(-1, 3, call.height, call.width)


def counting(recipe: Counting) -> VideoModel:
    pipe = SimpleNamespace(scheduler=object(), components={}, _execution_device="cpu")
    return VideoModel(pipe, recipe, Tuning())


@pytest.fixture
def grey(tmp_path: Path) -> str:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((128, 64, 3), 50, np.uint8))
    return str(path)


def test_each_stretch_starts_from_the_last_frame_which_is_shown_once(
    order: Orders, grey: str, still: Callable[[int], Path]
) -> None:
    recipe = Counting()
    shares: list[float] = []
    request = order(
        keyframe=grey,
        last_frame=str(still(4)),
        stretches=(5, 5, 9),
        out_frames=17,
        num_inference_steps=3,
    )
    counting(recipe).make([request], shares.append)
    assert [np.asarray(call.first)[0, 0, 0] for call in recipe.calls] == [50, 62, 74]
    assert [call.last is not None for call in recipe.calls] == [False, False, True]
    seen = [float(luma.mean()) for luma in frames.decode(Path(request.out)).luma]
    assert len(seen) == 17
    assert np.diff(seen).min() > 0
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(0.1)
    assert shares[-1] == 1.0


def test_a_model_that_gives_too_few_frames_or_refuses_is_told(order: Orders, grey: str) -> None:
    with pytest.raises(BackendError, match="gave 7 frames where 9"):
        counting(Counting(short=2)).make([order(keyframe=grey)], lambda _: None)
    refuses = Counting(fault=ValueError("`height` has to be\ndivisible by 32"))
    with pytest.raises(BackendError, match="64x128, 9 frames: `height` has to be divisible"):
        counting(refuses).make([order(keyframe=grey)], lambda _: None)


def test_memory_that_runs_out_leaves_no_file(order: Orders, grey: str) -> None:
    full = Counting(fault=RuntimeError("CUDA error: out of memory"))
    request = order(keyframe=grey)
    with pytest.raises(OutOfMemory):
        counting(full).make([request], lambda _: None)
    assert not Path(request.out).exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_a_picture_of_nothing_is_a_fault_with_advice(value: float) -> None:
    nothing = torch.full((2, 3, 8, 8), value)
    seen = np.full((8, 8, 3), 90, np.uint8)
    fp16 = Tuning(device="cuda", precision=Precision.FP16)
    with pytest.raises(BackendError, match='precision = "bf16"'):
        as_pictures(nothing, fp16, seen=seen)
    with pytest.raises(BackendError, match="vae_fp32"):
        as_pictures(nothing, Tuning(), seen=seen)


def test_a_take_from_a_black_picture_may_be_black() -> None:
    black = as_pictures(torch.zeros(2, 3, 8, 8), Tuning(), seen=np.zeros((8, 8, 3), np.uint8))
    assert len(black) == 2
    assert not np.any(black)


def test_the_seed_decides_the_take_and_nothing_before_it_does(model: Models, order: Orders) -> None:
    loaded = model("ltx")
    one, other, again = (order(seed=seed) for seed in (1, 2, 1))
    for request in (one, other, again):
        loaded.make([request], lambda _: None)
    assert Path(one.out).read_bytes() == Path(again.out).read_bytes()
    assert Path(one.out).read_bytes() != Path(other.out).read_bytes()


@pytest.mark.parametrize(
    "family",
    ["hunyuan15", "i2vgen_xl", "ltx", "ltx2", "ltx_condition", "wan22_5b"],
)
def test_prompts_are_read_once_and_matter(model: Models, order: Orders, family: str) -> None:
    loaded = model(family)
    reads: list[int] = []
    handle = loaded._pipe.text_encoder.register_forward_hook(lambda *_: reads.append(1))
    frames_made = 16 if family == "i2vgen_xl" else 9
    words = {"prompt": f"a dragon over the sea, {family}", "negative_prompt": "snow"}
    try:
        counts = []
        for guidance, seed in ((3.0, 1), (3.0, 2), (1.0, 1)):
            request = order(**words, guidance_scale=guidance, seed=seed, stretches=(frames_made,))
            loaded.make([request], lambda _: None)
            counts.append(len(reads))
    finally:
        handle.remove()
    # With guidance two texts are read; without it, one; a retake reads nothing.
    assert counts == [2, 2, 3]


@pytest.mark.parametrize(("family", "frames_made"), [("svd14", 14), ("i2vgen_xl", 16)])
def test_motion_is_told_to_models_that_can_be_told(
    model: Models, order: Orders, family: str, frames_made: int
) -> None:
    takes = []
    for motion in (0.1, 0.9):
        request = order(motion=motion, stretches=(frames_made,))
        model(family).make([request], lambda _: None)
        takes.append(Path(request.out).read_bytes())
    assert takes[0] != takes[1]


def test_motion_runs_through_the_familys_own_default() -> None:
    assert [between((40, 127, 200), share) for share in (0, 0.25, 0.5, 1)] == [40, 83.5, 127, 200]


def test_a_few_step_recipe_sets_the_scheduler_and_the_shift_is_the_sizes(
    model: Models, order: Orders
) -> None:
    distilled = model("wan22_a14b", schedule="wan_lightning")
    distilled.make([order(guidance_scale=1.0)], lambda _: None)
    assert type(distilled._pipe.scheduler).__name__ == "FlowMatchEulerDiscreteScheduler"
    assert distilled._pipe.scheduler.config.shift == 5.0
    usual = model("wan22_a14b")
    shifts = []
    for flow_shift in (0.0, 7.0, 0.0):
        usual.make([order(flow_shift=flow_shift)], lambda _: None)
        shifts.append(usual._pipe.scheduler.config.flow_shift)
    assert shifts == [3.0, 7.0, 3.0]


@pytest.mark.parametrize(
    ("family", "first", "last"), [("ltx2", 0.99375, 0.421875), ("ltx_condition", 0.993, 0.00003)]
)
def test_distilled_models_step_as_they_were_distilled(
    model: Models, order: Orders, family: str, first: float, last: float
) -> None:
    loaded = model(family)
    usual = order()
    loaded.make([usual], lambda _: None)
    loaded.make([order(num_inference_steps=8, guidance_scale=1.0)], lambda _: None)
    times = loaded._pipe.scheduler.timesteps / 1000
    assert len(times) == 8
    assert float(times[1]) == pytest.approx(first, abs=1e-5)
    assert float(times[-1]) == pytest.approx(last, abs=1e-5)
    after = order()
    loaded.make([after], lambda _: None)
    assert Path(after.out).read_bytes() == Path(usual.out).read_bytes()


def test_a_lora_changes_the_take_and_goes_where_its_name_says(
    model: Models, order: Orders, extras: Callable[..., Path], tmp_path: Path
) -> None:
    lora = extras("lora", "wan22_a14b")
    takes = []
    for name in ("", "my_high_noise", "my_low_noise", "both"):
        adapters: tuple[Adapter, ...] = ()
        if name:
            path = tmp_path / f"{name}.safetensors"
            path.write_bytes(lora.read_bytes())
            adapters = (Adapter(path=str(path)),)
        loaded = model("wan22_a14b", adapters=adapters)
        has = [
            bool(getattr(part, "peft_config", None))
            for part in (loaded._pipe.transformer, loaded._pipe.transformer_2)
        ]
        assert has == [name in {"my_high_noise", "both"}, name in {"my_low_noise", "both"}]
        request = order()
        loaded.make([request], lambda _: None)
        takes.append(Path(request.out).read_bytes())
    assert len(set(takes)) == 4


def test_a_file_that_is_no_lora_is_refused(model: Models, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no safetensors file"):
        model("ltx", adapters=(Adapter(path=str(tmp_path / "gone.safetensors")),))
    junk = tmp_path / "junk.safetensors"
    junk.write_bytes(b"junk")
    with pytest.raises(InputError, match="does not fit ltx"):
        model("ltx", adapters=(Adapter(path=str(junk)),))
    with pytest.raises(InputError, match="takes no LoRA"):
        model("svd14", adapters=(Adapter(path=str(junk)),))


@pytest.mark.parametrize("family", ["svd14", "hunyuan15"])
def test_folders_as_published_load_without_torchvision(
    family: str, tiny: Callable[[str], Path], model: Models, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny(family), tmp_path / family)
    # Published folders name the classes that want torchvision, and a guider without weights.
    for file in (
        folder / "model_index.json",
        folder / "feature_extractor/preprocessor_config.json",
    ):
        file.write_text(file.read_text().replace("ImageProcessorPil", "ImageProcessor"))
    assert "ImageProcessor" in (folder / "model_index.json").read_text()
    check_folder(folder)
    loaded = model(family, path=str(folder))
    assert loaded._pipe.feature_extractor is not None


def test_a_keyframe_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "k.png").write_bytes(b"not a picture")
    with pytest.raises(InputError, match="no picture"):
        read_picture(str(tmp_path / "k.png"))
    (tmp_path / "k.png").write_bytes(b"")
    with pytest.raises(InputError, match="no picture"):
        read_picture(str(tmp_path / "k.png"))
    with pytest.raises(InputError, match="cannot be read"):
        read_picture(str(tmp_path / "gone.png"))


def test_cheaper_settings_end(model: Models, order: Orders) -> None:
    loaded = model("ltx", revision="cheap")
    assert "tiles" in loaded.make_cheaper()
    assert loaded.make_cheaper() == ""
    loaded.make([order()], lambda _: None)
    loaded.close()
