from __future__ import annotations

import json
import shutil
from collections.abc import Awaitable, Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import CameraMove, MoveStrength, ShotSize
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.camera import DiffusersCamera, motion_of
from nightshoot.tools.diffusion.families import families
from nightshoot.tools.diffusion.orders import Kind
from nightshoot.tools.diffusion.random_video import BUILDERS
from nightshoot.tools.diffusion.video_recipes import RECIPES
from nightshoot.tools.gpu import Config, Gpu
from nightshoot.tools.measure import frames
from nightshoot.tools.protocols import Footage

Films = Callable[..., Awaitable[Footage]]
Plans = Callable[..., ShotPlan]
Cameras = Callable[..., DiffusersCamera]
Keyframes = Callable[[ShotPlan], Path]

VIDEO = [family for family in families() if family.kind is Kind.VIDEO]
NAMES = [family.name for family in VIDEO]
WITH_LAST = [family.name for family in VIDEO if family.last_frame]
LAST = "f" * 64


def test_every_family_has_a_recipe_and_a_tiny_model() -> None:
    assert sorted(NAMES) == sorted(RECIPES) == sorted(BUILDERS)


@pytest.mark.parametrize("family", NAMES)
async def test_every_family_films_as_promised(
    family: str,
    camera: Cameras,
    plan: Plans,
    keyframe_of: Keyframes,
    films_as_promised: Films,
    still: Callable[[int], Path],
    tmp_path: Path,
) -> None:
    filming = camera(family)
    needs_last = next(one for one in VIDEO if one.name == family).last_frame_needed
    wanted = plan(last_frame=LAST if needs_last else "")
    footage = await films_as_promised(
        filming, wanted, keyframe_of(wanted), tmp_path, files={LAST: still(9)}
    )
    assert footage.gpu_s is not None
    assert footage.gpu_s > 0
    assert footage.notes == ()


@pytest.mark.parametrize("family", WITH_LAST)
async def test_a_last_frame_changes_the_take(
    family: str,
    camera: Cameras,
    plan: Plans,
    keyframe_of: Keyframes,
    still: Callable[[int], Path],
    tmp_path: Path,
) -> None:
    filming = camera(family)
    assert filming.capabilities.last_frame
    ends = []
    for seed in (2, 3):
        scratch = tmp_path / str(seed)
        scratch.mkdir()
        wanted = plan(last_frame=LAST)
        footage = await filming.film(
            plan=wanted,
            keyframe=keyframe_of(wanted),
            layers=None,
            scratch=scratch,
            progress=lambda _: None,
            files={LAST: still(seed)},
        )
        ends.append(frames.decode(footage.video).luma[-1].astype(np.int16))
    assert np.abs(ends[0] - ends[1]).mean() > 0.05


async def test_a_long_shot_is_filmed_in_stretches_in_the_films_shape(
    camera: Cameras, plan: Plans, keyframe_of: Keyframes, films_as_promised: Films, tmp_path: Path
) -> None:
    filming = camera("ltx", frames=9)
    wanted = plan(num_frames=20, fps=Fraction(30), width=180, height=120)
    await films_as_promised(filming, wanted, keyframe_of(wanted), tmp_path)
    asked = filming.request(wanted, tmp_path / "k.png", tmp_path / "t.mp4", {})
    assert asked.stretches == (9, 9, 9)
    assert asked.fps == 30
    assert asked.width > asked.height


def test_what_cannot_be_filmed_is_refused_before_anything_is_loaded(
    camera: Cameras, plan: Plans
) -> None:
    silent = Gpu(Config())
    with pytest.raises(InputError, match=r"30\.0 s is too long for tiny \(Stable Video"):
        camera("svd", gpu=silent).estimate(plan=plan(num_frames=720))
    with pytest.raises(InputError, match="takes no last frame"):
        camera("svd", gpu=silent).estimate(plan=plan(last_frame=LAST))
    with pytest.raises(InputError, match="between two pictures"):
        camera("wan21_flf", gpu=silent).estimate(plan=plan())
    with pytest.raises(InputError, match="frames = 3 is too few"):
        camera("ltx", frames=3).estimate(plan=plan())
    longer = camera("svd", gpu=silent).estimate(plan=plan(num_frames=240))
    assert longer.gpu_s > camera("svd", gpu=silent).estimate(plan=plan()).gpu_s


def test_the_families_of_one_pipeline_are_told_apart(camera: Cameras) -> None:
    told = {family: camera(family).capabilities for family in NAMES}
    for family in VIDEO:
        assert told[family.name].frame_rule == family.frame_rule
        assert told[family.name].fps == family.fps
        assert told[family.name].licence == family.licence
        assert told[family.name].fits


def test_the_version_changes_with_all_that_changes_pixels(
    camera: Cameras, tiny: Callable[[str], Path], extras: Callable[..., Path], tmp_path: Path
) -> None:
    copy = shutil.copytree(tiny("ltx"), tmp_path / "copy")
    index = json.loads((copy / "transformer/config.json").read_text())
    (copy / "transformer/config.json").write_text(json.dumps(index | {"theta": 5.0}))
    lora = {"path": str(extras("lora", "ltx")), "scale": 0.5}
    versions = [
        camera("ltx").version,
        camera("ltx", steps=3).version,
        camera("ltx", guidance=2.0).version,
        camera("ltx", frames=17).version,
        camera("ltx", pixels=128 * 128).version,
        camera("ltx", flow_shift=2.0).version,
        camera("ltx", tiled_vae=True).version,
        camera("ltx", adapters=[lora]).version,
        camera("ltx", adapters=[lora | {"scale": 0.4}]).version,
        camera("ltx", model=str(copy)).version,
        camera("svd").version,
    ]
    assert len(set(versions)) == len(versions)
    assert camera("ltx").version == versions[0]
    again = shutil.copytree(tiny("ltx"), tmp_path / "moved")
    assert camera("ltx", model=str(again)).version == versions[0]


def test_without_a_model_it_is_not_ready_and_says_what_to_write(
    camera: Cameras, tmp_path: Path, tiny: Callable[[str], Path]
) -> None:
    bare = DiffusersCamera()
    assert not bare.available().ready
    assert "[video.NAME]" in bare.available().why
    gone = camera(model=str(tmp_path / "gone")).available()
    assert not gone.ready
    assert "gone" in gone.why
    pickled = shutil.copytree(tiny("ltx"), tmp_path / "pickled")
    for weights in (pickled / "vae").glob("*.safetensors"):
        weights.rename(weights.with_suffix(".bin"))
    said = camera(model=str(pickled)).available()
    assert not said.ready
    assert "pickled" in said.why
    assert "save_pretrained" in said.why
    assert "makes pictures" in camera(model=str(tiny("sd15")), family="sd15").available().why
    assert "no video model" in camera(model=str(tiny("sd15"))).available().why


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="stepz"):
        DiffusersCamera.Config.model_validate({"model": "m", "stepz": 4})


@pytest.mark.parametrize("gentler", [(MoveStrength.GENTLE, MoveStrength.MEDIUM)])
def test_a_stronger_move_asks_for_more_motion(
    plan: Plans, gentler: tuple[MoveStrength, MoveStrength]
) -> None:
    def moved(move: CameraMove, strength: MoveStrength) -> float:
        camera = Camera(size=ShotSize.MS, move=move, strength=strength)
        return motion_of(plan(camera=camera))

    less, more = (moved(CameraMove.PUSH_IN, one) for one in gentler)
    assert moved(CameraMove.STATIC, MoveStrength.STRONG) < less < more
    assert more < moved(CameraMove.PUSH_IN, MoveStrength.STRONG) <= 1.0


def test_few_steps_are_the_cards_or_the_recipes(camera: Cameras) -> None:
    wan = camera("wan22_a14b", few_steps=True, steps=None)
    assert wan.spec().schedule == "wan_lightning"
    assert wan.capabilities.frame_rule == (4, 1)
    with pytest.raises(InputError, match="no few-step model"):
        _ = camera("svd", few_steps=True).capabilities
    with pytest.raises(InputError, match="no few-step recipe 'magic'"):
        _ = camera("wan21", few_steps="magic").capabilities


async def test_a_take_is_filmed_in_the_gpus_own_process(
    camera: Cameras, plan: Plans, keyframe_of: Keyframes, films_as_promised: Films, tmp_path: Path
) -> None:
    gpu = Gpu(Config(device="cpu"))
    try:
        wanted = plan()
        filming = camera("wan22_5b", gpu=gpu)
        await films_as_promised(filming, wanted, keyframe_of(wanted), tmp_path)
    finally:
        gpu.close()
