from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from nightshoot.domain.screenplay import Look
from nightshoot.domain.shot import Cast, Control, ShotPlan
from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import BackendError, InputError
from nightshoot.settings import Settings
from nightshoot.tools.diffusion.families import families
from nightshoot.tools.diffusion.image_dialects import DIALECTS
from nightshoot.tools.diffusion.image_setup import PainterConfig
from nightshoot.tools.diffusion.messages import DeviceFacts
from nightshoot.tools.diffusion.orders import Adapter, Kind
from nightshoot.tools.diffusion.painter import DiffusersPainter
from nightshoot.tools.diffusion.tuning import Precision
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.protocols import Painting
from nightshoot.tools.registry import Registry, Surroundings

FAMILIES = tuple(DIALECTS)
Plan = Callable[..., ShotPlan]
Tiny = Callable[[str], Path]
Around = Callable[..., Surroundings]
Paints = Callable[..., Awaitable[Painting]]
SMALL = {"pixels": 64 * 96, "steps": 2}


def ignored(_: float) -> None:
    pass


@pytest.fixture
def painter(tiny: Tiny, around: Around) -> Callable[..., DiffusersPainter]:
    """Configures a painter for a family's tiny model, small and quick; parts may be given."""

    def build(model: str, /, **parts: object) -> DiffusersPainter:
        table = {"model": str(tiny(model)), **SMALL, **parts}
        config = PainterConfig.model_validate(table)
        return DiffusersPainter.configured(model, config, around())

    return build


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("family", FAMILIES)
async def test_every_family_paints_as_promised(
    family: str,
    painter: Callable[..., DiffusersPainter],
    paints_as_promised: Paints,
    plan: Plan,
    tmp_path: Path,
) -> None:
    painting = await paints_as_promised(painter(family), plan(), tmp_path)
    assert painting.gpu_s is not None
    assert painting.gpu_s > 0


def test_every_image_family_has_a_card_and_a_dialect() -> None:
    cards = {family.name: family for family in families() if family.kind is Kind.IMAGE}
    assert set(cards) == set(DIALECTS)
    for name, family in cards.items():
        dialect = DIALECTS[name]
        assert bool(family.controls) == bool(dialect.control_pipeline), name
        assert bool(family.references) == (dialect.sees.value != "none"), name
        assert not (family.negative_prompt and not dialect.classifier_free), name


async def test_a_plan_with_everything_is_painted(
    painter: Callable[..., DiffusersPainter],
    extras: Callable[..., Path],
    picture: Callable[[int], Path],
    plan: Plan,
    tmp_path: Path,
    pixels: Callable[[Painting], NDArray[np.int16]],
) -> None:
    adapter = extras("ip_adapter", "sd15")
    guided = painter(
        "sd15",
        ip_adapter=str(adapter),
        image_encoder=str(adapter.parent / "encoder"),
        controlnets={"depth": str(extras("control_net", "sd15"))},
        adapters=[{"path": str(extras("lora", "sd15", 1)), "scale": 0.5}],
    )
    lora, reference, depth = extras("lora", "sd15"), picture(1), picture(2)
    files = {digest_of(path): path for path in (lora, reference, depth)}
    person = Cast(
        id="su", name="苏轼", look=Look(), reference=digest_of(reference), lora=digest_of(lora)
    )
    control = Control(kind=ControlKind.DEPTH, picture=digest_of(depth), weight=0.9)
    assert guided.capabilities.references == 1
    assert guided.capabilities.controls == (ControlKind.DEPTH,)
    assert guided.capabilities.loras
    seen = []
    asked: tuple[dict[str, object], ...] = (
        {"cast": (person,), "controls": (control,)},
        {"cast": (person,)},
        {"controls": (control,)},
        {"cast": (person.model_copy(update={"lora": ""}),)},
        {},
    )
    for number, parts in enumerate(asked):
        scratch = tmp_path / str(number)
        scratch.mkdir()
        painting = await guided.paint(
            plan=plan(**parts), scratch=scratch, progress=ignored, files=files
        )
        seen.append(pixels(painting))
    for one in range(len(seen)):
        for other in range(one):
            assert np.abs(seen[one] - seen[other]).max() > 3, (one, other)


async def test_as_many_of_the_cast_are_shown_as_the_family_takes(
    painter: Callable[..., DiffusersPainter], plan: Plan, picture: Callable[[int], Path]
) -> None:
    files = {f"digest-{number}": picture(number) for number in range(6)}
    cast = tuple(
        Cast(id=f"p{number}", name=f"P{number}", look=Look(), reference=digest)
        for number, digest in enumerate(files)
    )
    out = Path("out.png")
    for family, shown in (("flux2", 4), ("qwen_image_edit", 3), ("flux_kontext", 1), ("sdxl", 0)):
        request = painter(family).request(plan(cast=cast), out, files)
        assert len(request.references) == shown == painter(family).capabilities.references
    with pytest.raises(InputError, match="was not handed over"):
        painter("flux2").request(plan(cast=cast), out, {})


def test_a_family_without_guidance_by_words_gets_no_negative_prompt(
    painter: Callable[..., DiffusersPainter], plan: Plan
) -> None:
    assert painter("sd15").request(plan(), Path("a"), {}).negative_prompt == "text, watermark"
    assert painter("flux1").request(plan(), Path("a"), {}).negative_prompt == ""


def test_the_card_decides_what_the_settings_leave_open(
    tiny: Tiny, around: Around, plan: Plan
) -> None:
    def asked(**parts: object) -> tuple[str, int, float, int]:
        config = PainterConfig.model_validate({"model": str(tiny("sdxl")), **parts})
        made = DiffusersPainter.configured("sdxl", config, around())
        request = made.request(plan(width=1080, height=1920), Path("a"), {})
        return (
            made.spec().schedule,
            request.num_inference_steps,
            request.guidance_scale,
            request.width * request.height,
        )

    schedule, steps, guidance, area = asked()
    assert (schedule, steps, guidance) == ("", 30, 5.0)
    assert area == pytest.approx(1024 * 1024, rel=0.1)
    assert asked(few_steps=True)[:3] == ("lightning", 4, 1.0)
    assert asked(few_steps="lcm")[:3] == ("lcm", 4, 1.0)
    assert asked(few_steps=True, steps=8, guidance=1.5)[:3] == ("lightning", 8, 1.5)
    assert asked(pixels=512 * 512)[3] == pytest.approx(512 * 512, rel=0.1)


def test_a_shape_that_is_too_long_is_refused_before_anything_is_loaded(
    painter: Callable[..., DiffusersPainter], plan: Plan
) -> None:
    long = plan(width=256, height=1088)
    with pytest.raises(InputError, match="too long a shape"):
        painter("sd15").estimate(plan=long)
    few, many = (painter("sd15", steps=steps).estimate(plan=plan()).gpu_s for steps in (2, 50))
    assert 0 < few < many


def test_controls_that_are_not_set_up_are_refused(
    painter: Callable[..., DiffusersPainter], plan: Plan, extras: Callable[..., Path]
) -> None:
    depth = Control(kind=ControlKind.DEPTH, picture="d", weight=1)
    pose = Control(kind=ControlKind.POSE, picture="p", weight=1)
    with pytest.raises(InputError, match=r"set controlnets\.depth"):
        painter("sd15").estimate(plan=plan(controls=(depth,)))
    net = str(extras("control_net", "sd15"))
    with pytest.raises(InputError, match="two control pictures of one kind"):
        painter("sd15", controlnets={"depth": net}).estimate(plan=plan(controls=(depth, depth)))
    nets = {
        kind: str(extras("control_net", "qwen_image", number))
        for number, kind in enumerate(("depth", "pose"))
    }
    with pytest.raises(InputError, match="one ControlNet a shot"):
        painter("qwen_image", controlnets=nets).estimate(plan=plan(controls=(depth, pose)))


@pytest.mark.parametrize(
    ("family", "parts", "said"),
    [
        ("flux1", {"ip_adapter": "a.safetensors", "image_encoder": "b"}, "takes no IP-Adapter"),
        ("flux2", {"controlnets": {"depth": "a"}}, "no ControlNet for depth"),
        ("sd15", {"family": "sd16"}, "no family of models"),
        ("sd15", {"few_steps": "sorcery"}, "no few-step recipe"),
        ("qwen_image", {"steps": 1}, "at least 2 steps"),
        ("sd15", {"adapters": [{"path": "style.pt"}]}, "pickled weights can run any code"),
        ("sd15", {"adapters": [{"path": "gone.safetensors"}]}, "cannot be read"),
        ("sd15", {"controlnets": {"depth": "gone"}}, "holds no weights"),
    ],
)
def test_settings_that_do_not_go_with_the_family_make_it_not_ready(
    family: str, parts: dict[str, Any], said: str, painter: Callable[..., DiffusersPainter]
) -> None:
    available = painter(family, **parts).available()
    assert not available.ready
    assert said in available.why
    assert "\n" not in available.why


def test_a_model_that_is_not_there_is_told(tmp_path: Path, around: Around) -> None:
    pytest.importorskip("diffusers", reason='the extra "gpu" is not installed')

    def why(model: str) -> str:
        made = DiffusersPainter.configured("x", PainterConfig(model=model), around())
        available = made.available()
        assert not available.ready
        with pytest.raises(InputError):
            _ = made.version
        return available.why

    assert "there is no folder" in why("/nowhere/at/all")
    (tmp_path / "empty").mkdir()
    assert "has no model_index.json" in why("empty")
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "model_index.json").write_text("{", encoding="utf-8")
    assert "cannot be read" in why("junk")
    index = {"_class_name": "KandinskyPipeline"}
    (tmp_path / "junk" / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    assert "KandinskyPipeline is no image model" in why("junk")
    assert "hf download" in why("org/never-fetched")


def test_a_model_with_pickles_or_cut_files_is_not_ready(
    tiny: Tiny, tmp_path: Path, around: Around
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny("sd15"), folder)
    made = DiffusersPainter.configured("x", PainterConfig(model="model"), around())
    assert made.available().ready
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    assert "cut short" in made.available().why
    weights.unlink()
    weights.with_suffix(".bin").write_bytes(whole)
    assert "pickled weights only" in made.available().why


def test_a_table_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        PainterConfig.model_validate({"model": "m", "guidence": 3})
    with pytest.raises(ValidationError, match="go together"):
        PainterConfig(model="m", ip_adapter="a.safetensors")
    with pytest.raises(ValidationError):
        PainterConfig.model_validate({})


def test_unconfigured_it_says_which_table_to_write() -> None:
    bare = DiffusersPainter()
    assert not bare.available().ready
    assert "[image.NAME]" in bare.available().why
    assert bare.version
    assert bare.capabilities.licence


def test_whatever_changes_the_pixels_changes_the_version(
    painter: Callable[..., DiffusersPainter], extras: Callable[..., Path], tmp_path: Path
) -> None:
    adapter = extras("ip_adapter", "sd15")
    lora = tmp_path / "style.safetensors"
    shutil.copyfile(extras("lora", "sd15"), lora)
    style = [{"path": str(lora)}]
    tables: list[dict[str, Any]] = [
        {},
        {"steps": 3},
        {"guidance": 2.0},
        {"pixels": 128 * 128},
        {"few_steps": "lcm", "steps": 2, "guidance": 7.5},
        {"adapters": style},
        {"adapters": [{"path": str(lora), "scale": 0.5}]},
        {"controlnets": {"depth": str(extras("control_net", "sd15"))}},
        {"controlnets": {"depth": str(extras("control_net", "sd15", 1))}},
        {"ip_adapter": str(adapter), "image_encoder": str(adapter.parent / "encoder")},
        {
            "ip_adapter": str(adapter),
            "image_encoder": str(adapter.parent / "encoder"),
            "reference_weight": 0.3,
        },
        {"tiled_vae": True},
        {"precision": "bf16"},
    ]
    versions = [painter("sd15", **table).version for table in tables]
    assert len(set(versions)) == len(versions)
    assert painter("sd15").version == versions[0]
    assert painter("sd15", at_once=3).version == versions[0]
    # Trained anew under the same name.
    shutil.copyfile(extras("lora", "sd15", 1), lora)
    assert painter("sd15", adapters=style).version != versions[5]


def test_a_copy_of_the_model_elsewhere_has_the_same_version(
    tiny: Tiny, tmp_path: Path, around: Around
) -> None:
    shutil.copytree(tiny("sd15"), tmp_path / "copy")
    versions = {
        DiffusersPainter.configured("a", PainterConfig(model=model), around()).version
        for model in (str(tiny("sd15")), "copy")
    }
    assert len(versions) == 1


def test_a_large_gpu_is_used_as_the_preset_says(tiny: Tiny, around: Around) -> None:
    class LargeGpu(Gpu):
        def facts(self, *, timeout_s: float = 120.0) -> DeviceFacts:
            return DeviceFacts(device="cuda", name="Large", vram_gib=80, free_gib=79)

    def spec_of(**parts: object) -> Any:
        config = PainterConfig.model_validate({"model": str(tiny("sdxl")), **parts})
        return DiffusersPainter.configured("x", config, around(LargeGpu())).spec().tuning

    assert spec_of().device == "cuda"
    assert spec_of().precision is Precision.FP16
    assert spec_of().at_once > 1
    assert spec_of(precision="bf16", at_once=1).precision is Precision.BF16
    assert spec_of(at_once=1).at_once == 1
    with pytest.raises(InputError):
        spec_of(device="cpu", quantization="nf4")


async def test_the_registry_builds_one_from_the_settings(tiny: Tiny, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        folder=tiny("sd15").parent,
        image={
            "mine": {"backend": "diffusers", "model": "sd15", "adapters": []},
            "typo": {"backend": "diffusers", "model": "sd15", "stepps": 3},
        },
    )
    registry = Registry.of(settings, {})
    try:
        mine = registry.image_generator("mine")
        assert mine.name == "mine"
        with pytest.raises(InputError, match=r"\[image\.typo\].*stepps"):
            registry.image_generator("typo")
        with pytest.raises(InputError, match="name a model"):
            registry.image_generator("diffusers")
    finally:
        registry.close()


async def test_the_model_may_be_overridden_as_another_family(
    tiny: Tiny, tmp_path: Path, around: Around, plan: Plan
) -> None:
    folder = tmp_path / "renamed"
    shutil.copytree(tiny("sd15"), folder)
    index = folder / "model_index.json"
    said = json.loads(index.read_text(encoding="utf-8"))
    index.write_text(
        json.dumps(said | {"_class_name": "StableDiffusionImg2ImgPipeline"}), encoding="utf-8"
    )
    unknown = DiffusersPainter.configured("x", PainterConfig(model="renamed"), around())
    assert "no image model" in unknown.available().why
    config = PainterConfig.model_validate({"model": "renamed", "family": "sd15", **SMALL})
    told = DiffusersPainter.configured("x", config, around())
    assert told.available().ready
    painting = await told.paint(plan=plan(), scratch=tmp_path, progress=ignored)
    assert painting.picture.is_file()


async def test_the_adapter_paths_start_from_the_settings_folder(
    painter: Callable[..., DiffusersPainter], tmp_path: Path, extras: Callable[..., Path]
) -> None:
    shutil.copyfile(extras("lora", "sd15"), tmp_path / "style.safetensors")
    spec = painter("sd15", adapters=[{"path": "style.safetensors"}]).spec()
    assert spec.adapters == (Adapter(path=str((tmp_path / "style.safetensors").resolve())),)


async def test_the_gpus_own_process_paints(
    tiny: Tiny, around: Around, paints_as_promised: Paints, plan: Plan, tmp_path: Path
) -> None:
    gpu = Gpu.configured({"device": "cpu"})
    try:
        config = PainterConfig.model_validate({"model": str(tiny("sdxl")), **SMALL})
        made = DiffusersPainter.configured("sdxl", config, around(gpu))
        await paints_as_promised(made, plan(), tmp_path)
        scratches = [tmp_path / f"s{number}" for number in range(3)]
        for scratch in scratches:
            scratch.mkdir()
        paintings = await asyncio.gather(
            *(
                made.paint(plan=plan(seed=number), scratch=scratch, progress=ignored)
                for number, scratch in enumerate(scratches)
            )
        )
        assert len({one.picture.read_bytes() for one in paintings}) == 3
        bad = plan(cast=(Cast(id="a", name="A", look=Look(), lora="x"),))
        junk = tmp_path / "junk"
        junk.write_bytes(b"junk")
        with pytest.raises(InputError, match="junk"):
            await made.paint(plan=bad, scratch=tmp_path, progress=ignored, files={"x": junk})
        with pytest.raises(BackendError):
            await made.paint(plan=plan(), scratch=tmp_path / "gone", progress=ignored)
    finally:
        gpu.close()
