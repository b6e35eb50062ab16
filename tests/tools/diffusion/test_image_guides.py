from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import InputError
from nightshoot.tools.diffusion import random_weights
from nightshoot.tools.diffusion.image_dialects import DIALECTS, Sees
from nightshoot.tools.diffusion.image_model import ImageModel
from nightshoot.tools.diffusion.orders import (
    Adapter,
    ControlPicture,
    ImageRequest,
    PersonLora,
)

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


@pytest.mark.parametrize(
    "family", [name for name in FAMILIES if DIALECTS[name].sees is not Sees.NONE]
)
def test_pictures_guide_a_family_that_sees(
    family: str, model: Load, order: Order, pixels: Read, picture: Callable[[int], Path]
) -> None:
    painter = model(family)
    plain = order(guidance_scale=1.0)
    shown = [order(references=(str(picture(seed)),), guidance_scale=1.0) for seed in (1, 2)]
    for request in (plain, *shown):
        painter.make([request], ignored)
    first, second, third = (pixels(one) for one in (plain, *shown))
    assert apart(first, second) > 20
    assert apart(second, third) > 3


def test_several_people_are_several_pictures(
    model: Load, order: Order, pixels: Read, picture: Callable[[int], Path]
) -> None:
    painter = model("flux2")
    one, two = str(picture(1)), str(picture(2))
    requests = [order(references=(one,)), order(references=(one, two))]
    for request in requests:
        painter.make([request], ignored)
    assert apart(*(pixels(one) for one in requests)) > 10
    assert not painter.fits_together(*requests)
    assert painter.fits_together(requests[1], order(references=(one, two), seed=3))


def test_a_batch_with_the_same_reference_gives_what_each_gives_alone(
    model: Load, order: Order, pixels: Read, picture: Callable[[int], Path]
) -> None:
    painter, seen = model("flux2"), (str(picture(1)),)
    alone = order(references=seen, seed=8)
    painter.make([alone], ignored)
    batch = [order(references=seen), order(references=seen, seed=8)]
    painter.make(batch, ignored)
    assert apart(pixels(alone), pixels(batch[1])) <= ROUNDING


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_an_ip_adapter_shows_a_character_to_a_family_that_does_not_see(
    family: str,
    model: Load,
    order: Order,
    pixels: Read,
    picture: Callable[[int], Path],
    extras: Callable[..., Path],
) -> None:
    adapter = extras("ip_adapter", family)
    painter = model(family, ip_adapter=str(adapter), image_encoder=str(adapter.parent / "encoder"))
    shown = [order(references=(str(picture(seed)),), seed=3) for seed in (1, 2)]
    for request in shown:
        painter.make([request], ignored)
    assert apart(pixels(shown[0]), pixels(shown[1])) > 10
    assert not painter.fits_together(*shown)
    batch = [order(references=shown[1].references), order(references=shown[1].references, seed=3)]
    assert painter.fits_together(*batch)
    painter.make(batch, ignored)
    assert apart(pixels(batch[0]), pixels(shown[1])) > 10
    assert apart(pixels(batch[1]), pixels(shown[1])) <= ROUNDING
    # Without a picture it paints what the model paints without an adapter.
    free, bare = order(seed=3), order(seed=3)
    painter.make([free], ignored)
    model(family).make([bare], ignored)
    assert apart(pixels(free), pixels(bare)) <= ROUNDING
    pair = order(references=(str(picture(1)), str(picture(2))), seed=3)
    painter.make([pair], ignored)
    assert apart(pixels(pair), pixels(shown[0])) > 3


def test_a_reference_without_an_ip_adapter_is_refused(
    model: Load, order: Order, picture: Callable[[int], Path]
) -> None:
    with pytest.raises(InputError, match="set ip_adapter"):
        model("sd15").make([order(references=(str(picture(1)),))], ignored)


@pytest.mark.parametrize("family", ["sd15", "sdxl", "flux1", "qwen_image"])
def test_control_pictures_hold_a_shot_by_their_weight(
    family: str,
    model: Load,
    order: Order,
    pixels: Read,
    picture: Callable[[int], Path],
    extras: Callable[..., Path],
) -> None:
    nets = {ControlKind.DEPTH: str(extras("control_net", family))}
    painter = model(family, controlnets=nets)

    def held(seen: int, weight: float, **parts: object) -> ImageRequest:
        control = ControlPicture(kind=ControlKind.DEPTH, path=str(picture(seen)), weight=weight)
        return order(controls=(control,), **parts)

    free, loose, one, other = order(), held(1, 0.0), held(1, 1.0), held(2, 1.0)
    for request in (free, loose, one, other):
        painter.make([request], ignored)
    if family.startswith("sd"):
        # The others read the control picture by their VAE, which takes random numbers of the seed.
        assert apart(pixels(free), pixels(loose)) <= ROUNDING
    assert apart(pixels(loose), pixels(one)) > 10
    assert apart(pixels(one), pixels(other)) > 3
    batch = [held(1, 1.0, seed=7), held(2, 1.0)]
    painter.make(batch, ignored)
    assert apart(pixels(batch[1]), pixels(other)) <= ROUNDING
    again = order()
    painter.make([again], ignored)
    assert Path(again.out).read_bytes() == Path(free.out).read_bytes()


@pytest.mark.parametrize("family", ["sd15", "sdxl", "flux1"])
def test_several_controls_hold_one_shot(
    family: str,
    model: Load,
    order: Order,
    pixels: Read,
    picture: Callable[[int], Path],
    extras: Callable[..., Path],
) -> None:
    nets = {
        ControlKind.DEPTH: str(extras("control_net", family)),
        ControlKind.POSE: str(extras("control_net", family, 1)),
    }
    painter = model(family, controlnets=nets)
    depth = ControlPicture(kind=ControlKind.DEPTH, path=str(picture(1)), weight=1.0)
    pose = ControlPicture(kind=ControlKind.POSE, path=str(picture(2)), weight=0.7)
    one, both, batch = (
        order(controls=(depth,)),
        order(controls=(depth, pose)),
        [order(seed=9, controls=(depth, pose)), order(controls=(depth, pose))],
    )
    painter.make([one], ignored)
    painter.make([both], ignored)
    painter.make(batch, ignored)
    assert apart(pixels(one), pixels(both)) > 10
    assert apart(pixels(both), pixels(batch[1])) <= ROUNDING


def test_a_control_net_of_another_family_is_refused(
    model: Load, extras: Callable[..., Path]
) -> None:
    nets = {ControlKind.DEPTH: str(extras("control_net", "sdxl"))}
    with pytest.raises(InputError, match="is for another model: its cross_attention_dim is 64"):
        model("sd15", controlnets=nets)


def test_a_folder_that_is_no_control_net_is_refused(
    model: Load, tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    for folder, said in ((tmp_path, "no config.json"), (tiny("sd15") / "vae", "is no ControlNet")):
        with pytest.raises(InputError, match=said):
            model("sd15", controlnets={ControlKind.DEPTH: str(folder)})


def test_a_file_that_is_no_ip_adapter_is_refused(
    model: Load, extras: Callable[..., Path], tmp_path: Path
) -> None:
    adapter = extras("ip_adapter", "sd15")
    encoder = str(adapter.parent / "encoder")
    junk = tmp_path / "junk.safetensors"
    junk.write_bytes(b"junk")
    lora = extras("lora", "sd15")
    other = extras("ip_adapter", "sdxl")
    for path in (junk, lora, other):
        with pytest.raises(InputError, match=path.name):
            model("sd15", ip_adapter=str(path), image_encoder=encoder)
    with pytest.raises(InputError, match="cannot be used"):
        model("sd15", ip_adapter=str(adapter), image_encoder=str(tmp_path))


def test_several_nets_are_refused_where_the_family_takes_one(
    model: Load, order: Order, picture: Callable[[int], Path], extras: Callable[..., Path]
) -> None:
    nets = {
        ControlKind.DEPTH: str(extras("control_net", "qwen_image")),
        ControlKind.CANNY: str(extras("control_net", "qwen_image", 1)),
    }
    controls = tuple(ControlPicture(kind=kind, path=str(picture(1)), weight=1.0) for kind in nets)
    with pytest.raises(InputError, match="one ControlNet"):
        model("qwen_image", controlnets=nets).make([order(controls=controls)], ignored)


@pytest.mark.parametrize("family", ["sd15", "sdxl", "flux1", "flux2", "qwen_image"])
def test_a_characters_lora_is_on_for_one_request(
    family: str,
    model: Load,
    order: Order,
    pixels: Read,
    extras: Callable[..., Path],
    tmp_path: Path,
) -> None:
    painter = model(family)
    # As the store keeps it: under its digest, without an ending.
    kept = tmp_path / "3fb1c0de"
    shutil.copyfile(extras("lora", family), kept)
    before, on, weak, after = (
        order(),
        order(loras=(PersonLora(path=str(kept), scale=1.0),)),
        order(loras=(PersonLora(path=str(kept), scale=0.1),)),
        order(),
    )
    for request in (before, on, weak, after):
        painter.make([request], ignored)
    assert apart(pixels(before), pixels(on)) > 10
    assert apart(pixels(before), pixels(weak)) > 0
    assert apart(pixels(on), pixels(weak)) > 5
    assert Path(before.out).read_bytes() == Path(after.out).read_bytes()


def test_two_characters_each_bring_their_lora(
    model: Load, order: Order, pixels: Read, extras: Callable[..., Path]
) -> None:
    painter = model("sd15")
    both = [PersonLora(path=str(extras("lora", "sd15", seed)), scale=0.8) for seed in (0, 1)]
    requests = [order(loras=(both[0],)), order(loras=(both[1],)), order(loras=tuple(both))]
    for request in requests:
        painter.make([request], ignored)
    first, second, together = (pixels(one) for one in requests)
    assert apart(first, second) > 10
    assert min(apart(first, together), apart(second, together)) > 10


def test_a_lora_that_changes_what_words_mean_is_off_again_too(
    model: Load, order: Order, pixels: Read, tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    painter = model("sd15")
    plain = random_weights.lora(tiny("sd15"), tmp_path / "plain.safetensors", seed=7)
    worded = random_weights.lora(tiny("sd15"), tmp_path / "w.safetensors", seed=7, words=True)
    requests = [
        order(),
        order(loras=(PersonLora(path=str(plain), scale=1.0),)),
        order(loras=(PersonLora(path=str(worded), scale=1.0),)),
        order(),
    ]
    for request in requests:
        painter.make([request], ignored)
    before, drawn, told, after = (pixels(request) for request in requests)
    assert apart(drawn, told) > 10
    assert apart(before, after) == 0


def test_old_loras_make_way_and_come_back_the_same(
    model: Load, order: Order, extras: Callable[..., Path]
) -> None:
    painter = model("sd15")
    paths = [str(extras("lora", "sd15", seed)) for seed in range(6)]

    def painted(path: str) -> bytes:
        request = order(loras=(PersonLora(path=path, scale=1.0),))
        painter.make([request], ignored)
        return Path(request.out).read_bytes()

    first = [painted(path) for path in paths]
    assert len(set(first)) == len(paths)
    assert painted(paths[0]) == first[0]
    assert len(painter._pipe.get_list_adapters()["unet"]) <= 4


def test_an_adapter_of_the_settings_is_always_on(
    model: Load, order: Order, pixels: Read, extras: Callable[..., Path]
) -> None:
    style = Adapter(path=str(extras("lora", "sd15", 1)), scale=1.0)
    painter = model("sd15", adapters=(style,))
    plain, styled, cast, after = (
        order(),
        order(),
        order(loras=(PersonLora(path=str(extras("lora", "sd15", 0)), scale=1.0),)),
        order(),
    )
    model("sd15").make([plain], ignored)
    for request in (styled, cast, after):
        painter.make([request], ignored)
    assert apart(pixels(plain), pixels(styled)) > 10
    assert apart(pixels(styled), pixels(cast)) > 10
    assert Path(styled.out).read_bytes() == Path(after.out).read_bytes()


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"\x80\x04\x95pickled", b"\x10\x00\x00\x00\x00\x00\x00\x00{}"]
)
def test_a_lora_that_is_none_is_named_and_does_no_harm(
    content: bytes, model: Load, order: Order, tmp_path: Path
) -> None:
    painter, bad = model("sd15"), tmp_path / "bad"
    bad.write_bytes(content)
    before, after = order(), order()
    painter.make([before], ignored)
    with pytest.raises(InputError, match="bad"):
        painter.make([order(loras=(PersonLora(path=str(bad), scale=1.0),))], ignored)
    painter.make([after], ignored)
    assert Path(before.out).read_bytes() == Path(after.out).read_bytes()


def test_a_lora_of_another_family_is_refused(
    model: Load, order: Order, extras: Callable[..., Path]
) -> None:
    painter = model("sd15")
    lora = PersonLora(path=str(extras("lora", "flux1")), scale=1.0)
    before, after = order(), order()
    painter.make([before], ignored)
    with pytest.raises(InputError, match="made for this family"):
        painter.make([order(loras=(lora,))], ignored)
    painter.make([after], ignored)
    assert Path(before.out).read_bytes() == Path(after.out).read_bytes()
