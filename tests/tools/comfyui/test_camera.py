"""The camera keeps its promise, whatever rate and length the workflow's model has."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError, InputError
from nightshoot.files import digest_of
from nightshoot.tools.comfyui.camera import ComfyCamera
from nightshoot.tools.comfyui.fake_faults import Fault
from nightshoot.tools.measure import frames

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Build = Callable[..., Any]


@pytest.fixture
def film(plan: Build, keyframe_of: Build, tmp_path: Path) -> Build:
    """Films a plan with a camera."""

    async def run(camera: ComfyCamera, wanted: ShotPlan | None = None, **given: object) -> Any:
        wanted = wanted or plan()
        return await camera.film(
            plan=wanted,
            keyframe=keyframe_of(wanted),
            layers=None,
            scratch=tmp_path,
            progress=lambda _: None,
            **given,  # type: ignore[arg-type]
        )

    return run


@pytest.mark.parametrize("workflow", ["wan-image-to-video.api.json", "wan-image-to-video.json"])
async def test_it_films_as_promised_from_either_format(
    workflow: str,
    comfy: Build,
    camera: Build,
    plan: Build,
    keyframe_of: Build,
    films_as_promised: Build,
    tmp_path: Path,
) -> None:
    server = await comfy()
    wanted = plan(num_frames=12)
    keyframe = keyframe_of(wanted)
    await films_as_promised(camera(server, workflow=workflow), wanted, keyframe, tmp_path)
    queued = server.prompts[0].nodes
    assert queued["5"].inputs["text"] == wanted.prompt
    assert queued["15"].inputs["fps"] == 16
    # 11/24 s at 16 fps, then the model's rule of 4n + 1.
    assert queued["11"].inputs["length"] == 9
    assert (queued["11"].inputs["width"], queued["11"].inputs["height"]) == (128, 224)
    assert server.uploads[queued["7"].inputs["image"]] == keyframe.read_bytes()
    # No last frame was given: its nodes are left out.
    assert "9" not in queued
    assert "10" not in queued
    assert "end_image" not in queued["11"].inputs
    assert "clip_vision_end_image" not in queued["11"].inputs


@pytest.mark.parametrize(
    ("fps", "num_frames", "table"),
    [
        (Fraction(30000, 1001), 30, {"fps": 16}),
        (Fraction(25), 25, {"fps": None}),
        (Fraction(60), 31, {"fps": None, "frame_rule": [8, 1], "max_frames": 121}),
        (Fraction(24), 1, {"fps": 16}),
    ],
)
async def test_every_rate_and_length_is_brought_to_the_plans(
    fps: Fraction,
    num_frames: int,
    table: dict[str, object],
    comfy: Build,
    camera: Build,
    plan: Build,
    film: Build,
) -> None:
    wanted = plan(fps=fps, num_frames=num_frames)
    footage = await film(camera(await comfy(), **table), wanted)
    seen = frames.decode(footage.video)
    assert len(seen.luma) == num_frames
    assert seen.fps == fps
    if num_frames > 1:
        # What the model gives moves in every frame, and so does the take: nothing is repeated.
        steps = np.abs(np.diff(seen.luma.astype(np.int16), axis=0)).mean(axis=(1, 2))
        assert steps.min() > 0.3 * steps.mean()


async def test_a_last_frame_reaches_its_node(
    comfy: Build, camera: Build, plan: Build, keyframe_of: Build, film: Build
) -> None:
    server = await comfy()
    backend = camera(server)
    assert backend.capabilities.last_frame
    picture = keyframe_of(plan(seed=77))
    digest = digest_of(picture)
    await film(backend, plan(last_frame=digest), files={digest: picture})
    queued = server.prompts[0].nodes
    assert server.uploads[queued["9"].inputs["image"]] == picture.read_bytes()
    assert queued["11"].inputs["end_image"] == ["9", 0]


async def test_a_shot_longer_than_one_call_is_refused_before_anything_is_sent(
    comfy: Build, camera: Build, plan: Build, film: Build
) -> None:
    server = await comfy()
    long = plan(num_frames=24 * 6)
    with pytest.raises(InputError, match="max_frames is 81"):
        camera(server).estimate(plan=long)
    with pytest.raises(InputError, match="max_frames is 81"):
        await film(camera(server), long)
    assert server.asked == []


async def test_a_video_of_the_helper_suite_and_frames_without_a_video_will_do(
    comfy: Build, camera: Build, film: Build, write_workflow: Build, examples: Path
) -> None:
    document = json.loads((examples / "wan-image-to-video.api.json").read_text())
    del document["16"]
    document["15"] = {
        "class_type": "VHS_VideoCombine",
        "_meta": {"title": "nightshoot:fps"},
        "inputs": {
            "images": ["14", 0],
            "frame_rate": 8,
            "loop_count": 0,
            "filename_prefix": "a",
            "format": "video/h264-mp4",
            "pingpong": False,
            "save_output": True,
        },
    }
    server = await comfy()
    footage = await film(camera(server, workflow=write_workflow("vhs.json", document)))
    assert len(frames.decode(footage.video).luma) == 6
    assert server.prompts[0].nodes["15"].inputs["frame_rate"] == 16
    document["15"] = {
        "class_type": "SaveImage",
        "inputs": {"images": ["14", 0], "filename_prefix": "a"},
    }
    footage = await film(camera(server, workflow=write_workflow("frames.json", document)))
    assert len(frames.decode(footage.video).luma) == 6
    assert any("no rate" in note or "no " in note for note in footage.notes) is False


async def test_a_video_that_is_too_short_says_what_to_bind(
    comfy: Build, camera: Build, plan: Build, film: Build, write_workflow: Build, examples: Path
) -> None:
    document = json.loads((examples / "wan-image-to-video.api.json").read_text())
    document["11"]["_meta"]["title"] = "nightshoot:size"
    document["11"]["inputs"]["length"] = 5
    backend = camera(await comfy(), workflow=write_workflow("fixed.json", document))
    with pytest.raises(BackendError, match="nightshoot:frames"):
        await film(backend, plan(num_frames=24))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.JUNK, "cannot be decoded"),
        (Fault.CUT, "decoded|ends after"),
        (Fault.EMPTY, "nothing"),
    ],
)
async def test_what_is_no_whole_video_never_counts(
    fault: Fault, said: str, comfy: Build, camera: Build, film: Build
) -> None:
    with pytest.raises(BackendError, match=said):
        await film(camera(await comfy(fault)))


async def test_a_video_of_another_size_is_scaled_and_cropped(
    comfy: Build, camera: Build, plan: Build, film: Build
) -> None:
    footage = await film(camera(await comfy(Fault.SMALL)))
    seen = frames.decode(footage.video)
    assert (seen.width, seen.height) == (plan().width, plan().height)


def test_a_camera_has_to_take_the_keyframe(
    camera: Build, write_workflow: Build, examples: Path
) -> None:
    document = json.loads((examples / "wan-image-to-video.api.json").read_text())
    document["5"]["_meta"]["title"] = "words"
    name = write_workflow("wordless.json", document)
    assert "takes the prompt" in camera("http://127.0.0.1:9", workflow=name).available().why
    assert camera("http://127.0.0.1:9", workflow=name, wordless=True).available().ready
    document["7"]["_meta"]["title"] = "a picture"
    name = write_workflow("pictureless.json", document)
    assert "takes the keyframe" in camera("http://127.0.0.1:9", workflow=name).available().why


@pytest.mark.parametrize(
    ("fps", "taken"),
    [(16, Fraction(16)), (16.0, Fraction(16)), ("24000/1001", Fraction(24000, 1001))],
)
def test_a_rate_may_be_written_in_each_way(fps: object, taken: Fraction, camera: Build) -> None:
    assert camera("http://127.0.0.1:9", fps=fps).capabilities.fps == taken


@pytest.mark.parametrize("fps", [0, -1, "fast", "1/0"])
def test_a_rate_that_is_none_is_refused(fps: object) -> None:
    with pytest.raises(InputError, match="frame rate"):
        ComfyCamera.Config.model_validate({"workflow": "a.json", "fps": fps})


def test_without_a_table_it_says_which_to_write() -> None:
    assert "[video.NAME]" in ComfyCamera().available().why
