"""Every family gets a tuning that fits every GPU, and what a user sets is kept."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightshoot.errors import InputError
from nightshoot.tools.diffusion import presets
from nightshoot.tools.diffusion.families import Family, families, family_named
from nightshoot.tools.diffusion.footprint import Part, need_gib, parts_of
from nightshoot.tools.diffusion.orders import Kind, ModelSpec
from nightshoot.tools.diffusion.presets import (
    SIZES_GIB,
    Wishes,
    expected_gib,
    in_words,
    needs_of,
    preset,
    rows,
)
from nightshoot.tools.diffusion.tuning import (
    Cache,
    Offload,
    Precision,
    Quantization,
    Tuning,
    cheaper,
)
from nightshoot.tools.diffusion.weights import read_index

NAMES = [family.name for family in families()]


def need(family: Family, tuning: Tuning) -> float:
    needs = needs_of(family)
    return need_gib(needs.footprint(), needs.besides(), tuning)


def test_every_family_is_known_by_its_parts() -> None:
    assert set(presets.known()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_card_and_parts_agree_on_the_whole(name: str) -> None:
    family = family_named(name)
    whole = need(family, Tuning(device="cuda", precision=Precision.BF16))
    # The card's number is rounded and holds CUDA's own share; tiles bring decoding down to it.
    tiled = need(family, Tuning(device="cuda", precision=Precision.BF16, tiled_vae=True))
    assert tiled <= 1.25 * family.vram_gib
    assert whole >= 0.5 * family.vram_gib


@given(name=st.sampled_from(NAMES), vram=st.floats(4, 200), quantize=st.booleans())
def test_preset_fits_or_brings_weights_in_as_they_are_needed(
    name: str, vram: float, quantize: bool
) -> None:
    family = family_named(name)
    tuning = preset(family, vram, "cuda", wishes=Wishes(quantize=quantize))
    assert need(family, tuning) < vram or tuning.offload is Offload.SEQUENTIAL
    assert quantize or tuning.quantization is Quantization.NONE
    assert tuning.at_once == 1 or family.kind is Kind.IMAGE
    assert not tuning.compile or tuning.offload is Offload.NONE


@given(name=st.sampled_from(NAMES), vram=st.floats(4, 100), more=st.floats(0, 100))
def test_larger_gpu_never_offloads_more(name: str, vram: float, more: float) -> None:
    family, order = family_named(name), list(Offload)
    small, large = preset(family, vram, "cuda"), preset(family, vram + more, "cuda")
    assert order.index(large.offload) <= order.index(small.offload)


@pytest.mark.parametrize("name", NAMES)
def test_cheapest_of_every_preset_needs_the_least(name: str) -> None:
    family = family_named(name)
    tuning: Tuning | None = preset(family, 200, "cuda")
    needed = []
    while tuning is not None:
        needed.append(need(family, tuning))
        step = cheaper(tuning)
        tuning = step[0] if step else None
    assert needed == sorted(needed, reverse=True)
    assert needed[-1] < needed[0]


@pytest.mark.parametrize("name", NAMES)
def test_processor_computes_in_full_precision(name: str) -> None:
    tuning = preset(family_named(name), 0, "cpu")
    assert (tuning.device, tuning.precision) == ("cpu", Precision.FP32)
    assert tuning.offload is Offload.NONE
    assert preset(family_named(name), 16, "mps").offload is Offload.NONE


def test_known_gpus_get_what_is_expected() -> None:
    seen = {
        (name, vram): in_words(preset(family_named(name), vram, "cuda"))
        for name, vram in (("sd15", 6), ("sdxl", 8), ("flux1", 24), ("flux1", 48), ("wan21", 80))
    }
    assert seen == {
        ("sd15", 6): "fp16, 4 at once",
        ("sdxl", 8): "fp16, model offload",
        ("flux1", 24): "bf16, group offload, tiled",
        ("flux1", 48): "bf16, 4 at once",
        ("wan21", 80): "bf16, compiled",
    }


def test_quantization_is_taken_for_offload_where_it_may() -> None:
    flux = family_named("flux1")
    wished = preset(flux, 24, "cuda", wishes=Wishes(quantize=True))
    assert (wished.quantization, wished.offload) == (Quantization.INT8, Offload.NONE)
    wished = preset(flux, 10, "cuda", wishes=Wishes(quantize=True))
    assert (wished.quantization, wished.offload) == (Quantization.NF4, Offload.MODEL)


def test_what_the_user_sets_is_kept_and_the_rest_goes_around_it() -> None:
    flux = family_named("flux1")
    tuning = preset(flux, 10, "cuda", wishes=Wishes(quantization=Quantization.NF4))
    assert (tuning.quantization, tuning.offload) == (Quantization.NF4, Offload.MODEL)
    tuning = preset(flux, 80, "cuda", wishes=Wishes(offload=Offload.GROUP, at_once=3))
    assert (tuning.offload, tuning.at_once, tuning.compile) == (Offload.GROUP, 3, False)
    tuning = preset(flux, 80, "cuda", wishes=Wishes(cache=Cache.FIRST_BLOCK))
    assert (tuning.cache, tuning.at_once) == (Cache.FIRST_BLOCK, 1)
    tuning = preset(flux, 24, "cuda", wishes=Wishes(device="cuda:1", precision=Precision.FP32))
    assert (tuning.device, tuning.precision) == ("cuda:1", Precision.FP32)
    assert preset(flux, 24, "cuda", wishes=Wishes(device="cpu")) == Tuning()


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        (Wishes(device="cpu", offload=Offload.MODEL), "offload makes room on a GPU"),
        (Wishes(device="gpu"), "device: String should match"),
        (Wishes(cache=Cache.FIRST_BLOCK, at_once=2), "at_once must be 1"),
        (Wishes(at_once=1000), "at_once: Input should be less"),
        (
            Wishes(quantization=Quantization.NF4, offload=Offload.GROUP),
            "nf4 goes with offload none or model",
        ),
    ],
)
def test_wishes_that_do_not_go_together_are_refused(wishes: Wishes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        preset(family_named("flux1"), 24, "cuda", wishes=wishes)


def test_family_without_numbers_is_taken_as_its_card_says() -> None:
    unknown = family_named("flux1").model_copy(update={"name": "tomorrow", "vram_gib": 40.0})
    assert preset(unknown, 80, "cuda").offload is Offload.NONE
    assert preset(unknown, 36, "cuda").offload is not Offload.NONE
    assert preset(unknown, 16, "cuda").offload is Offload.GROUP


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A FLUX of 2 billion numbers, as headers of files that hold nothing."""
    folder = tmp_path / "small"
    for part, blocks in (("transformer", 16), ("text_encoder", 4)):
        (folder / part).mkdir(parents=True)
        tensors: dict[str, object] = {}
        for block in range(blocks):
            start = block * 2**28
            tensors[f"transformer_blocks.{block}.weight"] = {
                "dtype": "BF16",
                "shape": [2**27],
                "data_offsets": [start, start + 2**28],
            }
        header = json.dumps(tensors).encode()
        with (folder / part / "model.safetensors").open("wb") as file:
            file.write(struct.pack("<Q", len(header)) + header)
            file.truncate(8 + len(header) + blocks * 2**28)
    index = {
        "_class_name": "FluxPipeline",
        "transformer": ["diffusers", "FluxTransformer2DModel"],
        "text_encoder": ["transformers", "T5EncoderModel"],
    }
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def test_model_on_disk_is_measured(small: Path) -> None:
    parts = parts_of(read_index(small))
    assert parts == {
        "transformer": Part(gib=4.0, streamed_gib=0.5),
        "text_encoder": Part(gib=1.0, streamed_gib=0.5),
    }
    flux = family_named("flux1")
    assert preset(flux, 8, "cuda").offload is Offload.GROUP
    assert preset(flux, 8, "cuda", folder=small).offload is Offload.NONE
    spec = ModelSpec(
        kind=Kind.IMAGE,
        family="flux1",
        path=str(small),
        revision="0",
        tuning=Tuning(device="cuda", precision=Precision.BF16),
    )
    assert expected_gib(spec) == pytest.approx(6.5)
    assert expected_gib(spec.model_copy(update={"tuning": Tuning()})) == 0


def test_unet_comes_layer_by_layer_and_a_transformer_block_by_block() -> None:
    few = {f"down_blocks.{block}.weight": 1000 for block in range(3)} | {"conv.weight": 10}
    many = {f"blocks.{block}.weight": 1000 for block in range(40)} | {"norm.weight": 10}
    gib = 2 * 2**20
    assert Part.of({name: n * gib for name, n in few.items()}).streamed_gib == pytest.approx(
        2000 * 4 / 1024, rel=0.01
    )
    assert Part.of({name: n * gib for name, n in many.items()}).streamed_gib == pytest.approx(
        2010 * 4 / 1024, rel=0.01
    )
    assert Part.of({}).gib == 0


def test_rows_tell_every_family_and_size() -> None:
    found = {row.family: row for row in rows()}
    assert set(found) == set(NAMES)
    for row in found.values():
        assert tuple(row.presets) == SIZES_GIB
        assert row.licence
        assert row.source.startswith("https://")
        assert row.weights_gib < row.vram_gib


@pytest.mark.parametrize("name", ["sdxl", "flux1", "qwen_image", "hunyuan15", "wan22_a14b"])
def test_parts_are_those_of_the_architecture(name: str) -> None:
    torch = pytest.importorskip("torch", reason='the extra "gpu" is not installed')
    accelerate = pytest.importorskip("accelerate", reason='the extra "gpu" is not installed')
    from nightshoot.tools.diffusion import random_image, random_video

    builders = {**random_image.BUILDERS, **random_video.BUILDERS}
    with accelerate.init_empty_weights():
        pipe = builders[name](full=True)
    counted = {
        part: sum(tensor.numel() for tensor in network.parameters()) * 2 / 2**30
        for part, network in pipe.components.items()
        if isinstance(network, torch.nn.Module)
    }
    said = needs_of(family_named(name)).parts
    assert set(said) == set(counted)
    for part, gib in counted.items():
        # An embedding that two layers share is counted twice without weights.
        shared = 2.1 if part.startswith("text_encoder") else 0.01
        assert said[part][0] == pytest.approx(gib, abs=max(0.02, 0.01 * gib) + shared)
