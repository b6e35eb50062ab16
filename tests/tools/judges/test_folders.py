from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nightshoot.errors import InputError
from nightshoot.tools.judges import folders


@pytest.fixture
def model(dino: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dino, tmp_path / "model"))


def test_a_folder_is_found_from_where_the_settings_lie(model: Path, tmp_path: Path) -> None:
    assert folders.resolve("model", tmp_path) == model
    assert folders.resolve(str(model), Path("/")) == model


def test_what_is_not_here_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        folders.resolve("nowhere", tmp_path)
    with pytest.raises(InputError, match="hf download org/name"):
        folders.resolve("org/name", tmp_path)


def test_a_whole_folder_passes(model: Path) -> None:
    folders.check(model)


def test_pickles_are_refused(model: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    with pytest.raises(InputError, match=r"no safetensors, only pytorch_model\.bin"):
        folders.check(model)


def test_weights_that_are_cut_short_are_refused(model: Path) -> None:
    path = model / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(InputError, match="cut short"):
        folders.check(model)


def test_a_folder_that_lacks_a_part_is_refused(model: Path) -> None:
    listing = model / "model.safetensors.index.json"
    listing.write_text('{"weight_map": {"a": "model-2.safetensors"}}')
    with pytest.raises(InputError, match=r"lacks model-2\.safetensors"):
        folders.check(model)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no config\.json"):
        folders.check(tmp_path)


def test_a_converted_recogniser_is_known_from_a_pickle(tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    weights = tmp_path / "model.bin"
    weights.write_bytes((6).to_bytes(4, "little") + b"WhisperSpec")
    assert folders.is_converted(tmp_path)
    folders.check_converted(tmp_path)
    weights.write_bytes(b"PK\x03\x04 a zip with a pickle")
    with pytest.raises(InputError, match="is pickled"):
        folders.check_converted(tmp_path)


def test_a_copy_has_the_same_identity_and_another_training_has_not(model: Path, dino: Path) -> None:
    assert folders.revision_of(model) == folders.revision_of(dino)
    path = model / "model.safetensors"
    weights = bytearray(path.read_bytes())
    weights[-1] ^= 1
    path.write_bytes(bytes(weights))
    assert folders.revision_of(model) != folders.revision_of(dino)
