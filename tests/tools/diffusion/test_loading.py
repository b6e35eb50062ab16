"""A pipeline is loaded as its tuning says, and what cannot be done is told."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.errors import InputError
from nightshoot.tools.diffusion import random_weights, speeding
from nightshoot.tools.diffusion.loading import apply, load_pipeline, unload, with_tiny_vae
from nightshoot.tools.diffusion.memory import gib_of, is_out_of_memory, out_of_memory_raised
from nightshoot.tools.diffusion.model import OutOfMemory
from nightshoot.tools.diffusion.placing import offload_groups, take_back
from nightshoot.tools.diffusion.quantizing import quantization_config
from nightshoot.tools.diffusion.speeding import cache_where_told, compile_blocks, set_attention
from nightshoot.tools.diffusion.tuning import Cache, Precision, Quantization, Tuning
from nightshoot.tools.diffusion.weights import read_index

torch = pytest.importorskip("torch", reason='the extra "gpu" is not installed')
pytest.importorskip("diffusers", reason='the extra "gpu" is not installed')

FAMILIES = ("sd15", "flux1")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("models")
    return {family: random_weights.build(family, home / family) for family in FAMILIES}


def painted(pipe: Any, *, size: int = 64, steps: int = 6) -> npt.NDArray[np.float32]:
    made = pipe(
        prompt="a boat under the moon",
        width=size,
        height=size,
        num_inference_steps=steps,
        generator=torch.Generator().manual_seed(1),
        output_type="np",
    )
    return np.asarray(made.images[0], dtype=np.float32)


def alike(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> bool:
    """Whether two pictures differ by no more than where in memory their numbers lay."""
    return bool(np.abs(one - other).max() < 1e-5)


@pytest.fixture(scope="module", params=FAMILIES)
def pipe(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Any:
    return load_pipeline(folders[request.param], Tuning())


@pytest.fixture(scope="module")
def flux(folders: dict[str, Path]) -> Any:
    return load_pipeline(folders["flux1"], Tuning())


def networks(pipe: Any) -> dict[str, Any]:
    return {
        name: part for name, part in pipe.components.items() if isinstance(part, torch.nn.Module)
    }


def test_networks_have_the_precision_that_is_asked_for(folders: dict[str, Path]) -> None:
    pipe = load_pipeline(folders["flux1"], Tuning(precision=Precision.BF16, vae_fp32=True))
    kinds = {name: part.dtype for name, part in networks(pipe).items()}
    assert kinds.pop("vae") == torch.float32
    assert set(kinds.values()) == {torch.bfloat16}


def test_parts_can_be_given_or_left_out(folders: dict[str, Path]) -> None:
    given = load_pipeline(folders["sd15"], Tuning()).unet
    pipe = load_pipeline(
        folders["sd15"],
        Tuning(),
        pipeline="StableDiffusionImg2ImgPipeline",
        components={"unet": given, "text_encoder": None},
    )
    assert type(pipe).__name__ == "StableDiffusionImg2ImgPipeline"
    assert pipe.unet is given
    assert pipe.text_encoder is None


def test_pipeline_that_diffusers_lacks_is_named(folders: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=r"CubismPipeline, which diffusers .* does not have"):
        load_pipeline(folders["sd15"], Tuning(), pipeline="CubismPipeline")


def test_weights_cut_short_are_an_input_error(folders: dict[str, Path], tmp_path: Path) -> None:
    broken = random_weights.build("sd15", tmp_path / "broken")
    path = next((broken / "unet").glob("*.safetensors"))
    os.truncate(path, path.stat().st_size - 1000)
    with pytest.raises(InputError, match="cut short"):
        load_pipeline(broken, Tuning())


def test_folder_that_does_not_hold_together_is_an_input_error(tmp_path: Path) -> None:
    broken = random_weights.build("sd15", tmp_path / "broken")
    (broken / "unet" / "config.json").write_text('{"_class_name": "UNet2DConditionModel"')
    with pytest.raises(InputError, match="cannot be loaded as StableDiffusionPipeline") as caught:
        load_pipeline(broken, Tuning())
    assert "\n" not in str(caught.value)


def test_tiles_change_nothing_in_a_picture_of_one_tile(pipe: Any) -> None:
    apply(pipe, Tuning())
    plain = painted(pipe)
    pipe.vae.tile_sample_min_size, pipe.vae.tile_latent_min_size = 64, 64
    assert apply(pipe, Tuning(tiled_vae=True)) == ()
    assert pipe.vae.use_tiling
    assert np.abs(painted(pipe) - plain).max() < 1e-6
    apply(pipe, Tuning())
    assert not pipe.vae.use_tiling


def test_tiles_of_a_larger_picture_blend_into_the_whole(folders: dict[str, Path]) -> None:
    vae = load_pipeline(folders["sd15"], Tuning()).vae
    latents = torch.randn(1, 4, 96, 96, generator=torch.Generator().manual_seed(2))
    vae.tile_latent_min_size = 64
    vae.tile_sample_min_size = 64 * 2 ** (len(vae.config.block_out_channels) - 1)
    pictures = []
    for tiled in (False, True):
        vae.use_tiling = tiled
        with torch.no_grad():
            pictures.append(vae.decode(latents).sample.numpy().ravel())
    # Source: 0.986 measured with random weights, whose norms differ more from tile to tile.
    assert np.corrcoef(*pictures)[0, 1] > 0.97


def test_blocks_brought_one_by_one_paint_the_same(pipe: Any) -> None:
    apply(pipe, Tuning())
    plain = painted(pipe)
    assert offload_groups(pipe, torch.device("cpu")) == []
    assert alike(painted(pipe), plain)
    take_back(pipe)
    hooks = [
        module
        for part in networks(pipe).values()
        for module in part.modules()
        if getattr(getattr(module, "_diffusers_hook", None), "hooks", None)
    ]
    assert hooks == []
    assert alike(painted(pipe), plain)


def test_parts_that_waited_are_given_back(pipe: Any) -> None:
    apply(pipe, Tuning())
    plain = painted(pipe)
    pipe.enable_model_cpu_offload(device=torch.device("cpu"))
    assert alike(painted(pipe), plain)
    assert any(hasattr(part, "_hf_hook") for part in networks(pipe).values())
    take_back(pipe)
    assert alike(painted(pipe), plain), "the pipeline sets no offload up again"
    assert not any(hasattr(part, "_hf_hook") for part in networks(pipe).values())


@pytest.mark.parametrize("cache", [Cache.FIRST_BLOCK, Cache.FASTER])
def test_cache_skips_work_and_changes_little(flux: Any, cache: Cache) -> None:
    apply(flux, Tuning())
    calls: list[int] = []
    # Behind the first block, and inside attention: what each of the two skips.
    last = flux.transformer.single_transformer_blocks[-1]
    counted = last.attn.to_q if cache is Cache.FASTER else last.norm
    handle = counted.register_forward_hook(lambda *_: calls.append(1))
    plain = painted(flux, steps=12)
    whole = len(calls)
    calls.clear()
    assert apply(flux, Tuning(cache=cache, cache_threshold=0.6)) == ()
    cached = painted(flux, steps=12)
    handle.remove()
    assert 0 < len(calls) < whole
    assert 0 < np.abs(cached - plain).mean() < 0.05
    assert alike(painted(flux, steps=12), cached), "what one picture left decides the next"
    apply(flux, Tuning())
    assert alike(painted(flux, steps=12), plain)


def test_cache_is_told_where_a_model_has_none(folders: dict[str, Path]) -> None:
    pipe = load_pipeline(folders["sd15"], Tuning())
    (note,) = apply(pipe, Tuning(cache=Cache.FIRST_BLOCK))
    assert "first_block is not used in unet" in note


def test_another_pipeline_may_paint_with_the_cache_set_aside(flux: Any) -> None:
    from diffusers import FluxImg2ImgPipeline

    apply(flux, Tuning(cache=Cache.FIRST_BLOCK, cache_threshold=0.6))
    other = FluxImg2ImgPipeline(**{name: flux.components[name] for name in _PARTS})
    other.set_progress_bar_config(disable=True)
    with cache_where_told(other):
        assert not flux.transformer.is_cache_enabled
        other(
            prompt="x", image=np.zeros((1, 64, 64, 3)), height=64, width=64, num_inference_steps=3
        )
    with cache_where_told(flux):
        assert flux.transformer.is_cache_enabled
    assert flux.transformer.is_cache_enabled
    apply(flux, Tuning())


_PARTS = (
    "scheduler",
    "vae",
    "text_encoder",
    "tokenizer",
    "text_encoder_2",
    "tokenizer_2",
    "transformer",
)


def test_attention_of_another_kind_paints_alike(flux: Any) -> None:
    apply(flux, Tuning())
    plain = painted(flux)
    assert apply(flux, Tuning(attention="_native_math")) == ()
    assert np.abs(painted(flux) - plain).max() < 1e-3


def test_attention_that_one_model_asked_for_is_not_anothers(flux: Any) -> None:
    from diffusers.models.attention_dispatch import _AttentionBackendRegistry as Registry

    apply(flux, Tuning(attention="_native_math"))
    assert Registry.get_active_backend()[0].value == "_native_math"
    apply(flux, Tuning())
    assert Registry.get_active_backend()[0].value == "native"


def test_attention_that_is_not_installed_is_told(flux: Any) -> None:
    if find_spec("sageattention"):
        pytest.skip("sageattention is installed")
    (note,) = apply(flux, Tuning(attention="sage"))
    assert "attention sage is not used in transformer" in note
    painted(flux, steps=1)


def test_attention_that_nobody_knows_is_an_input_error(flux: Any) -> None:
    with pytest.raises(InputError, match="no attention 'telepathy': choose from"):
        set_attention(flux, Tuning(attention="telepathy"))


class Network:
    """Has blocks to compile."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.asked: list[dict[str, object]] = []
        self.block = torch.nn.Linear(1, 1)

    def compile_repeated_blocks(self, **options: object) -> None:
        if self.fault:
            raise ValueError(self.fault)
        self.asked.append(options)
        self.block._compiled_call_impl = self.block.forward

    def modules(self) -> list[Any]:
        return [self.block]


def test_blocks_of_both_experts_are_compiled_and_forgotten() -> None:
    pipe = SimpleNamespace(transformer=Network(), transformer_2=Network())
    notes = compile_blocks(pipe, Tuning(compile=True), found=lambda _: "/usr/bin/cc")
    # Real blocks are compiled at their first call, which takes half a minute: benchmarks/gpu.py
    # does it.
    assert notes == []
    for network in (pipe.transformer, pipe.transformer_2):
        assert network.asked == [{"fullgraph": False, "dynamic": False}]
        assert network.block._compiled_call_impl is not None
    speeding.take_back(pipe)
    assert pipe.transformer.block._compiled_call_impl is None


def test_what_cannot_be_compiled_is_told() -> None:
    pipe = SimpleNamespace(unet=Network("`_repeated_blocks` attribute is empty."))
    asked = Tuning(compile=True)
    (note,) = compile_blocks(pipe, asked, found=lambda _: "/usr/bin/cc")
    assert note.startswith("unet is not compiled: `_repeated_blocks`")
    (note,) = compile_blocks(pipe, asked, found=lambda _: None)
    assert "no C compiler" in note


@pytest.mark.parametrize("quantization", [Quantization.INT8, Quantization.NF4])
def test_quantization_without_its_package_names_it(
    folders: dict[str, Path], quantization: Quantization
) -> None:
    components = read_index(folders["flux1"]).components
    with pytest.raises(InputError, match=r"pip install (torchao|bitsandbytes)"):
        quantization_config(components, quantization, Precision.BF16, installed=lambda _: False)


@pytest.mark.parametrize(
    ("quantization", "package"),
    [(Quantization.INT8, "torchao"), (Quantization.NF4, "bitsandbytes")],
)
def test_large_parts_are_quantized(
    folders: dict[str, Path], quantization: Quantization, package: str
) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    index = read_index(folders["flux1"])
    config = quantization_config(index.components, quantization, Precision.BF16)
    assert set(config.quant_mapping) == {"transformer", "text_encoder", "text_encoder_2"}


def test_weights_in_eight_bits_paint_nearly_the_same(folders: dict[str, Path]) -> None:
    if find_spec("torchao") is None:
        pytest.skip("torchao is not installed")
    plain = painted(load_pipeline(folders["flux1"], Tuning(precision=Precision.BF16)))
    # Loaded for a GPU, and run where it was loaded.
    tuning = Tuning(device="cuda", precision=Precision.BF16, quantization=Quantization.INT8)
    pipe = load_pipeline(folders["flux1"], tuning)
    eight = painted(pipe)
    assert 0 < np.abs(eight - plain).mean() < 0.05
    offload_groups(pipe, torch.device("cpu"))
    assert alike(painted(pipe), eight)
    take_back(pipe)
    assert alike(painted(pipe), eight)


def test_tiny_vae_of_another_family_is_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    from diffusers import AutoencoderTiny

    sizes = {"encoder_block_out_channels": (8, 8), "decoder_block_out_channels": (8, 8)}
    counts = {"num_encoder_blocks": (1, 1), "num_decoder_blocks": (1, 1)}
    for channels in (4, 16):
        AutoencoderTiny(latent_channels=channels, **sizes, **counts).save_pretrained(
            tmp_path / str(channels)
        )
    pipe = load_pipeline(folders["sd15"], Tuning())
    own = pipe.vae.config.latent_channels
    right, wrong = (
        tmp_path / str(channels) for channels in sorted((4, 16), key=lambda n: n != own)
    )
    with pytest.raises(InputError, match="decodes 16 channels, the model has 4"):
        with_tiny_vae(pipe, wrong, Tuning())
    with pytest.raises(InputError, match="is no tiny VAE"):
        with_tiny_vae(pipe, tmp_path, Tuning())
    assert type(with_tiny_vae(pipe, right, Tuning()).vae).__name__ == "AutoencoderTiny"


def test_unloaded_pipeline_holds_nothing(folders: dict[str, Path]) -> None:
    pipe = load_pipeline(folders["sd15"], Tuning())
    assert gib_of(pipe) == 0, "the computer's memory is not the GPU's"
    unload(pipe)
    assert networks(pipe) == {}


@pytest.mark.parametrize(
    "said",
    [
        "CUDA out of memory. Tried to allocate 2 GiB",
        "MPS backend out of memory (MPS allocated: 9 GB)",
        "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_memory_that_ran_out_is_recognised(said: str) -> None:
    with pytest.raises(OutOfMemory) as caught, out_of_memory_raised():
        raise RuntimeError(said)
    assert caught.value.__cause__ is None


def test_other_faults_are_not_taken_for_memory() -> None:
    with pytest.raises(RuntimeError, match="illegal"), out_of_memory_raised():
        raise RuntimeError("CUDA error: an illegal memory access was encountered")
    assert is_out_of_memory(torch.OutOfMemoryError("no room"))
    assert not is_out_of_memory(ValueError("out of memory"))
