"""A model's folder is safe, whole and known by what is in it."""

from __future__ import annotations

import json
import os
import shutil
import struct
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.weights import (
    check_folder,
    header_of,
    numbers_in,
    read_index,
    resolve,
    revision_of,
    revision_of_file,
)


def safetensors(path: Path, size: int = 64, *, name: str = "blocks.0.weight") -> Path:
    header = json.dumps(
        {name: {"dtype": "F16", "shape": [size // 2], "data_offsets": [0, size]}}
    ).encode()
    body = bytes(place % 251 for place in range(min(size, 4096))) * (size // min(size, 4096) + 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(header)) + header + body[:size])
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    safetensors(folder / "unet" / "diffusion_pytorch_model.safetensors", 3 * 2**20)
    safetensors(folder / "text_encoder" / "model.safetensors")
    for part in ("unet", "text_encoder"):
        (folder / part / "config.json").write_text("{}", encoding="utf-8")
    (folder / "tokenizer").mkdir()
    (folder / "tokenizer" / "vocab.json").write_text('{"a": 1}', encoding="utf-8")
    index = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.42.0",
        "unet": ["diffusers", "UNet2DConditionModel"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "scheduler": ["diffusers", "PNDMScheduler"],
        "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
        "feature_extractor": [None, None],
    }
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def weights(model: Path) -> Path:
    return model / "unet" / "diffusion_pytorch_model.safetensors"


def test_index_names_the_pipeline_and_its_parts(model: Path) -> None:
    index = check_folder(model)
    assert index.pipeline == "StableDiffusionPipeline"
    assert [part.name for part in index.components if part.has_weights] == [
        "unet",
        "text_encoder",
        "safety_checker",
    ]
    assert not index.variant


def test_folder_without_an_index_is_told_how_to_convert(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="from_single_file"):
        check_folder(tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        check_folder(tmp_path / "lost")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"_class_name": 3}'])
def test_broken_index_is_refused(model: Path, text: str) -> None:
    (model / "model_index.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="copy the model again"):
        read_index(model)


@pytest.mark.parametrize("pickled", ["pytorch_model.bin", "model.ckpt", "model.pt", "model.pth"])
def test_pickled_weights_are_refused_with_a_way_out(model: Path, pickled: str) -> None:
    weights(model).unlink()
    (model / "unet" / pickled).write_bytes(b"\x80\x04.")
    with pytest.raises(InputError, match=r"pickled weights only.*save_pretrained"):
        check_folder(model)


def test_pickles_beside_safetensors_do_no_harm(model: Path) -> None:
    (model / "unet" / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    check_folder(model)


def test_missing_part_is_named(model: Path) -> None:
    shutil.rmtree(model / "text_encoder")
    with pytest.raises(InputError, match="text_encoder is missing"):
        check_folder(model)


def test_part_without_weights_is_named(model: Path) -> None:
    weights(model).unlink()
    with pytest.raises(InputError, match="unet holds no weights"):
        check_folder(model)


def test_missing_shard_is_named(model: Path) -> None:
    listing = {"weight_map": {"a": "diffusion_pytorch_model-00002-of-00002.safetensors"}}
    place = model / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    place.write_text(json.dumps(listing), encoding="utf-8")
    with pytest.raises(InputError, match="lacks diffusion_pytorch_model-00002"):
        check_folder(model)
    place.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        check_folder(model)


@pytest.mark.parametrize("kept", [0, 4, 8, 20, 2000, 3 * 2**20 - 1])
def test_weights_cut_short_are_refused(model: Path, kept: int) -> None:
    os.truncate(weights(model), kept)
    with pytest.raises(InputError, match=r"cut short|no safetensors file"):
        check_folder(model)


def test_weights_with_more_than_they_say_are_refused(model: Path) -> None:
    with weights(model).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(InputError, match="longer than its header says"):
        check_folder(model)


def test_git_lfs_pointer_is_recognised(model: Path) -> None:
    weights(model).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(InputError, match="git lfs pull"):
        check_folder(model)


@given(st.binary(max_size=200))
def test_junk_is_never_taken_for_weights(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("junk") / "model.safetensors"
    path.write_bytes(junk)
    empty = len(junk) >= 10 and junk[8:].strip() == b"{}"
    with nullcontext() if empty else pytest.raises(InputError, match=r"^[^\n]+$"):
        header_of(path)


@pytest.mark.parametrize(
    "header", [b"[]", b"null", b'{"a": 1}', b'{"a": {"data_offsets": []}}', b"[" * 200_000]
)
def test_header_of_another_shape_is_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(InputError, match="no safetensors file"):
        header_of(path)


def test_tensor_without_a_shape_is_refused(tmp_path: Path) -> None:
    header = b'{"a": {"data_offsets": [0, 0]}}'
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(InputError, match="no safetensors file"):
        numbers_in(path)
    assert numbers_in(safetensors(tmp_path / "good.safetensors", 64)) == {"blocks.0.weight": 32}


def test_half_precision_variant_is_found(model: Path) -> None:
    weights(model).rename(model / "unet" / "diffusion_pytorch_model.fp16.safetensors")
    assert check_folder(model).variant == "fp16"


def test_revision_is_that_of_every_copy(model: Path, tmp_path: Path) -> None:
    revision = revision_of(model)
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(model, copy)
    os.utime(weights(copy), (1, 1))
    (copy / "README.md").write_text("what it is", encoding="utf-8")
    assert revision_of(copy) == revision
    assert len(revision) == 16


@pytest.mark.parametrize("place", [200, 3 * 2**20 // 2, 3 * 2**20])
def test_revision_changes_with_the_data(model: Path, place: int) -> None:
    before = revision_of(model)
    # The samples lie at sixteen places from the first byte to the last: any byte of the first and
    # the last is in one; the middle is looked for.
    data = bytearray(weights(model).read_bytes())
    if place == 3 * 2**20 // 2:
        place = (len(data) - 65536) * 7 // 15 + 100
    data[place] ^= 255
    weights(model).write_bytes(data)
    # A file's time has steps of some milliseconds, in which a quick machine has done all this.
    os.utime(weights(model), (1, 1))
    assert revision_of(model) != before


@pytest.mark.parametrize(
    "changed", ["unet/config.json", "tokenizer/vocab.json", "model_index.json"]
)
def test_revision_changes_with_the_configuration(model: Path, changed: str) -> None:
    before = revision_of(model)
    path = model / changed
    path.write_text(path.read_text(encoding="utf-8").replace("}", " }", 1), encoding="utf-8")
    assert revision_of(model) != before


def test_revision_changes_with_the_size_and_the_header(model: Path) -> None:
    seen = {revision_of(model)}
    safetensors(weights(model), 3 * 2**20 + 2)
    seen.add(revision_of(model))
    safetensors(weights(model), 3 * 2**20, name="blocks.1.weight")
    os.utime(weights(model), (1, 1))
    seen.add(revision_of(model))
    assert len(seen) == 3


def test_revision_of_thirty_gigabytes_takes_less_than_a_second(model: Path) -> None:
    # Sparse files: the time to seek and hash is real, the disk is not.
    for part in range(6):
        size = 5 * 2**30
        header = json.dumps(
            {"w": {"dtype": "F16", "shape": [size // 2], "data_offsets": [0, size]}}
        )
        path = model / "unet" / f"part-{part}.safetensors"
        path.write_bytes(struct.pack("<Q", len(header)) + header.encode())
        os.truncate(path, 8 + len(header) + size)
    # This thread's own time: to read it all would take ten seconds of that, holes or not.
    began = time.thread_time()
    revision = revision_of(model)
    assert time.thread_time() - began < 1
    began = time.thread_time()
    assert revision_of(model) == revision
    assert time.thread_time() - began < 0.1


def test_lora_has_a_revision(tmp_path: Path) -> None:
    one = revision_of_file(safetensors(tmp_path / "a.safetensors"))
    assert one == revision_of_file(safetensors(tmp_path / "b.safetensors"))
    assert one != revision_of_file(safetensors(tmp_path / "c.safetensors", 66))
    with pytest.raises(InputError, match="cannot be read"):
        revision_of_file(tmp_path / "lost.safetensors")


def test_folder_is_found_beside_the_settings(model: Path) -> None:
    assert resolve("model", model.parent) == model.resolve()
    assert resolve(str(model), Path("/nowhere")) == model.resolve()


def test_name_that_is_neither_folder_nor_hub_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        resolve("what is this?", tmp_path)


def test_model_of_the_hub_is_not_fetched_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(InputError, match=r"hf download nobody/nothing-at-all.*download = true"):
        resolve("nobody/nothing-at-all@main", tmp_path)
