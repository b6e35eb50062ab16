"""The painter keeps its promise, and tells what a workflow cannot take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nightshoot.artifacts.jobs import JobState, LooseJob
from nightshoot.domain.screenplay import Look
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.errors import InputError
from nightshoot.files import digest_of
from nightshoot.settings import Settings
from nightshoot.tools.comfyui.painter import ComfyPainter
from nightshoot.tools.measure.frames import read_picture
from nightshoot.tools.registry import Registry, Surroundings

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Build = Callable[..., Any]


@pytest.mark.parametrize("workflow", ["sdxl.api.json", "sdxl.json", "sdxl-reference.json"])
async def test_it_paints_as_promised_from_either_format(
    workflow: str,
    comfy: Build,
    painter: Build,
    plan: Callable[..., ShotPlan],
    paints_as_promised: Build,
    tmp_path: Path,
) -> None:
    server = await comfy()
    backend = painter(server, workflow=workflow)
    wanted = plan()
    await paints_as_promised(backend, wanted, tmp_path)
    queued = server.prompts[0].nodes
    assert queued["6"].inputs["text"] == wanted.prompt
    assert queued["7"].inputs["text"] == wanted.negative_prompt
    assert queued["3"].inputs["seed"] == wanted.seed
    assert (queued["5"].inputs["width"], queued["5"].inputs["height"]) == (128, 232)
    # Saved below a folder of the job, and so never in another's place.
    assert queued["9"].inputs["filename_prefix"] == f"nightshoot/{server.queued[0]}"
    # Without a reference the adapter is passed by, and the model reaches the sampler.
    assert queued["3"].inputs["model"] == ["4", 0]
    assert "13" not in queued


async def test_the_picture_is_that_of_the_server_without_its_metadata(
    comfy: Build, painter: Build, plan: Callable[..., ShotPlan], tmp_path: Path
) -> None:
    server = await comfy()
    wanted = plan(width=128, height=232)
    painting = await painter(server).paint(plan=wanted, scratch=tmp_path, progress=lambda _: None)
    saved = next((tmp_path / "comfyui-1" / "output").rglob("*.png"))
    assert np.array_equal(read_picture(saved), read_picture(painting.picture))
    assert b"tEXt" not in painting.picture.read_bytes()
    assert painting.gpu_s is not None
    assert 0 <= painting.gpu_s < 10


async def test_another_seed_gives_another_picture(
    comfy: Build, painter: Build, plan: Callable[..., ShotPlan], tmp_path: Path
) -> None:
    backend = painter(await comfy())
    pictures = []
    for seed in (1, 2):
        scratch = tmp_path / str(seed)
        scratch.mkdir()
        painting = await backend.paint(
            plan=plan(seed=seed), scratch=scratch, progress=lambda _: None
        )
        pictures.append(painting.picture.read_bytes())
    assert pictures[0] != pictures[1]


async def test_references_are_uploaded_and_reach_their_node(
    comfy: Build,
    painter: Build,
    plan: Callable[..., ShotPlan],
    keyframe_of: Callable[[ShotPlan], Path],
    tmp_path: Path,
) -> None:
    server = await comfy()
    backend = painter(server, workflow="sdxl-reference.json")
    assert backend.capabilities.references == 1
    sheet = keyframe_of(plan(seed=5))
    digest = digest_of(sheet)
    wanted = plan(cast=(Cast(id="su", name="苏轼", look=Look(), reference=digest),))
    await backend.paint(
        plan=wanted, scratch=tmp_path, progress=lambda _: None, files={digest: sheet}
    )
    name = server.prompts[0].nodes["10"].inputs["image"]
    assert server.uploads[name] == sheet.read_bytes()
    assert server.prompts[0].nodes["3"].inputs["model"] == ["13", 0]


async def test_what_a_workflow_has_no_place_for_is_told(
    comfy: Build,
    painter: Build,
    write_workflow: Build,
    plan: Callable[..., ShotPlan],
    examples: Path,
    tmp_path: Path,
) -> None:
    import json

    document = json.loads((examples / "sdxl.api.json").read_text())
    for node in ("3", "5", "7"):
        document[node]["_meta"]["title"] = "somewhere"
    backend = painter(await comfy(), workflow=write_workflow("bare.json", document))
    assert not backend.capabilities.deterministic
    painting = await backend.paint(plan=plan(), scratch=tmp_path, progress=lambda _: None)
    told = " ".join(painting.notes)
    assert "no seed" in told
    assert "no size" in told
    assert "no negative" in told
    assert read_picture(painting.picture).shape == (228, 128, 3)
    scratch = tmp_path / "second"
    scratch.mkdir()
    second = await backend.paint(plan=plan(seed=2), scratch=scratch, progress=lambda _: None)
    assert second.notes == ()


async def test_two_servers_make_it_not_deterministic(comfy: Build, painter: Build) -> None:
    one, two = await comfy(), await comfy()
    assert painter(one).capabilities.deterministic
    backend = painter(one, two)
    assert not backend.capabilities.deterministic
    assert backend.capabilities.at_once == 2


async def test_pictures_at_the_same_time_are_spread_over_the_servers(
    comfy: Build, painter: Build, plan: Callable[..., ShotPlan], tmp_path: Path
) -> None:
    one, two = await comfy(step_s=0.02), await comfy(step_s=0.02)
    backend = painter(one, two)

    async def paint(seed: int) -> None:
        scratch = tmp_path / str(seed)
        scratch.mkdir()
        await backend.paint(plan=plan(seed=seed), scratch=scratch, progress=lambda _: None)

    await asyncio.gather(*(paint(seed) for seed in range(4)))
    assert sorted((len(one.queued), len(two.queued))) == [2, 2]


async def test_values_of_the_users_own_and_bind_reach_their_inputs(
    comfy: Build, painter: Build, plan: Callable[..., ShotPlan], tmp_path: Path
) -> None:
    server = await comfy()
    backend = painter(
        server,
        steps=4,
        cfg=3.5,
        values={"denoise": 0.6},
        bind={"denoise": "3.denoise", "prompt": ["6.text", "7.text"]},
    )
    await backend.paint(plan=plan(), scratch=tmp_path, progress=lambda _: None)
    sampler = server.prompts[0].nodes["3"].inputs
    assert (sampler["steps"], sampler["cfg"], sampler["denoise"]) == (4, 3.5, 0.6)
    assert server.prompts[0].nodes["6"].inputs["text"] == plan().prompt


def test_without_a_table_it_says_which_to_write() -> None:
    backend = ComfyPainter()
    assert not backend.available().ready
    assert "[image.NAME]" in backend.available().why
    assert backend.version
    assert backend.capabilities.licence


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"workflow": "nowhere.json"}, "cannot be read"),
        ({"bind": {"promt": "6.text"}}, "no name that is filled in"),
        ({"bind": {"prompt": "99.text"}}, "no node 99"),
        ({"api_key_env": "NOT_SET"}, "NOT_SET"),
        ({"workflow": "junk.json"}, "not JSON"),
        ({"workflow": "wordless.json"}, "takes the prompt"),
    ],
)
def test_a_table_that_cannot_work_is_told_before_any_server_is_asked(
    table: dict[str, object],
    said: str,
    painter: Build,
    around: Surroundings,
    plan: Callable[..., ShotPlan],
) -> None:
    (around.folder / "junk.json").write_text('{"3": {"class_type"')
    (around.folder / "wordless.json").write_text('{"3": {"class_type": "SaveImage"}}')
    backend = painter("http://127.0.0.1:9", **table)
    assert not backend.available().ready
    assert said in backend.available().why
    with pytest.raises(InputError, match=said):
        backend.estimate(plan=plan())


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"servers": ["127.0.0.1:8188"]}, "http://HOST"),
        ({"servers": ["http://user:secret@host:1"]}, "api_key_env"),
        ({"servers": ["http://host:1/?token=secret"]}, "api_key_env"),
        ({"servers": ["http://a:1", "http://a:1/"]}, "twice"),
        ({"servers": []}, "at least 1"),
        ({"bind": {"prompt": "6"}}, "NODE.INPUT"),
        ({"nonsense": 1}, "nonsense"),
        ({"headers": {"X-Key": "a\nb"}}, "no header"),
    ],
)
def test_a_wrong_table_is_refused_without_repeating_a_key(
    table: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        ComfyPainter.Config.model_validate({"workflow": "a.json", **table})
    first = refused.value.errors(include_url=False, include_input=False)[0]  # type: ignore[attr-defined]
    assert "secret" not in first["msg"]


def test_the_version_follows_the_pixels_and_not_the_servers(
    painter: Build, around: Surroundings
) -> None:
    usual = painter("http://127.0.0.1:9").version
    assert painter("http://127.0.0.1:10", patience_s=3, api_key_env="COMFY_KEY").version == usual
    assert painter("http://127.0.0.1:9", steps=7).version != usual
    assert painter("http://127.0.0.1:9", bind={"prompt": "6.text"}).version != usual
    path = around.folder / "sdxl.api.json"
    path.write_text(path.read_text().replace("karras", "normal"))
    assert painter("http://127.0.0.1:9").version != usual


async def test_a_key_is_sent_and_never_written(
    comfy: Build, painter: Build, plan: Callable[..., ShotPlan], tmp_path: Path
) -> None:
    server = await comfy(key="Bearer planted-key-1")
    backend = painter(server, api_key_env="COMFY_KEY", headers={"X-Other": "planted-key-2"})
    job = LooseJob()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    painting = await backend.paint(plan=plan(), scratch=scratch, progress=lambda _: None, job=job)
    assert job.state is JobState.RUNNING
    told = " ".join([repr(backend._config), job.id, backend.version, *painting.notes])
    assert "planted-key" not in told
    assert all(b"planted-key" not in one.read_bytes() for one in scratch.iterdir())
    with pytest.raises(InputError, match="HTTP 401") as refused:
        await painter(server).paint(plan=plan(), scratch=scratch, progress=lambda _: None)
    assert "planted-key" not in str(refused.value)


def test_the_registry_makes_it_from_a_table(around: Surroundings, tmp_path: Path) -> None:
    table = {"backend": "comfyui", "workflow": "sdxl.json", "servers": ["http://gpu:8188"]}
    settings = Settings(home=tmp_path, folder=around.folder, image={"portrait": table})
    registry = Registry.of(settings, {})
    found = registry.image_generator("portrait")
    assert isinstance(found, ComfyPainter)
    assert found.name == "portrait"
    with pytest.raises(InputError, match=r"write \[image\.NAME\]"):
        registry.image_generator("comfyui")
    broken = Settings(home=tmp_path, image={"portrait": {**table, "worflow": "x"}})
    with pytest.raises(InputError, match=r"\[image\.portrait\].*worflow"):
        Registry.of(broken, {}).image_generator("portrait")
