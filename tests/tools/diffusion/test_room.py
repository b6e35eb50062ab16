from __future__ import annotations

from pathlib import Path

from nightshoot.tools.diffusion.orders import Kind, ModelSpec
from nightshoot.tools.diffusion.room import cheaper_to_load, expected_gib, has_ram
from nightshoot.tools.diffusion.tuning import Offload, Tuning


def on(device: str, **tuning: object) -> ModelSpec:
    return ModelSpec(
        kind=Kind.IMAGE,
        family="sdxl",
        path="/m",
        revision="1",
        tuning=Tuning.model_validate({"device": device} | tuning),
    )


def test_a_model_whose_size_nobody_knows_is_expected_to_fit(tmp_path: Path) -> None:
    here = {"path": str(tmp_path)}
    assert expected_gib(on("cuda").model_copy(update=here)) == 0
    assert expected_gib(on("cuda").model_copy(update={"family": "nobody's"})) == 0
    assert expected_gib(on("cpu")) == 0


def test_weights_that_wait_in_the_computers_memory_need_room_there(tmp_path: Path) -> None:
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(1 << 43)
    here = {"path": str(tmp_path)}
    assert not has_ram(on("cuda", offload=Offload.MODEL).model_copy(update=here))
    assert not has_ram(on("cpu").model_copy(update=here))
    assert has_ram(on("cuda").model_copy(update=here))
    (tmp_path / "model.safetensors").write_bytes(b"small")
    assert has_ram(on("cpu").model_copy(update=here))


def test_loading_goes_through_every_offload_and_changes_nothing_else() -> None:
    wanted = on("cuda", at_once=4)
    seen = []
    while (step := cheaper_to_load(wanted)) is not None:
        wanted, said = step
        assert said
        assert (wanted.tuning.at_once, wanted.tuning.tiled_vae) == (4, False)
        seen.append(wanted.tuning.offload)
    assert seen == [Offload.MODEL, Offload.GROUP, Offload.SEQUENTIAL]
    assert cheaper_to_load(on("cpu")) is None
