"""Tiny video models of every family, and a GPU without a process."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from nightshoot.tools.diffusion import video_model
from nightshoot.tools.diffusion.camera import DiffusersCamera
from nightshoot.tools.diffusion.messages import DeviceFacts, key_of
from nightshoot.tools.diffusion.orders import Kind, ModelSpec, Request, Result, VideoRequest
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.diffusion.video_model import VideoModel
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.protocols import Progress
from nightshoot.tools.registry import Surroundings

SMALL = 64 * 128


class FilmingHere(Gpu):
    """Films what is asked in this process, on the CPU; remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[str, VideoModel] = {}
        self.asked: list[VideoRequest] = []

    def facts(self, *, timeout_s: float = 120.0) -> DeviceFacts:
        del timeout_s
        return DeviceFacts(device="cpu", name="CPU")

    async def make(self, spec: ModelSpec, request: Request, progress: Progress) -> Result:
        assert isinstance(request, VideoRequest)
        self.asked.append(request)
        return self.loaded(spec).make([request], progress)[0]

    def loaded(self, spec: ModelSpec) -> VideoModel:
        key = key_of(spec)
        if key not in self.models:
            self.models[key] = video_model.load(spec)
        return self.models[key]


@pytest.fixture(scope="session")
def filming() -> FilmingHere:
    return FilmingHere()


@pytest.fixture
def camera(
    filming: FilmingHere, tiny: Callable[[str], Path], tmp_path: Path
) -> Callable[..., DiffusersCamera]:
    """Configures a camera with a family's tiny model: two steps, a small picture."""

    def build(
        family: str = "ltx", /, *, gpu: Gpu | None = None, **table: object
    ) -> DiffusersCamera:
        usual: dict[str, object] = {"steps": 2, "pixels": SMALL}
        if "model" not in table:
            usual["model"] = str(tiny(family))
        around = Surroundings(environment={}, home=tmp_path, folder=tmp_path, gpu=gpu or filming)
        config = DiffusersCamera.Config.model_validate(usual | table)
        return DiffusersCamera.configured("tiny", config, around)

    return build


@pytest.fixture
def model(filming: FilmingHere, tiny: Callable[[str], Path]) -> Callable[..., VideoModel]:
    """Loads a family's tiny model, once for each way that it is asked for."""

    def load(family: str, **parts: object) -> VideoModel:
        usual: dict[str, object] = {
            "kind": Kind.VIDEO,
            "family": family,
            "path": str(tiny(family)),
            "revision": "tiny",
            "tuning": Tuning(),
        }
        return filming.loaded(ModelSpec.model_validate(usual | parts))

    return load


@pytest.fixture
def still(tmp_path: Path) -> Callable[[int], Path]:
    """Writes a picture of soft colours of its own for each seed."""

    def write(seed: int) -> Path:
        random = np.random.default_rng(seed)
        coarse = random.integers(30, 226, (8, 6, 3), np.uint8)
        picture = cv2.resize(coarse, (64, 128), interpolation=cv2.INTER_CUBIC)
        path = tmp_path / f"still-{seed}.png"
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        return path

    return write


@pytest.fixture
def order(tmp_path: Path, still: Callable[[int], Path]) -> Callable[..., VideoRequest]:
    """Builds a request for a short, small take; parts may be given."""
    made: list[str] = []

    def build(**parts: object) -> VideoRequest:
        made.append(str(tmp_path / f"{len(made)}.mp4"))
        usual: dict[str, object] = {
            "prompt": "a man on a boat, moonlight",
            "negative_prompt": "text",
            "keyframe": str(still(1)),
            "width": 64,
            "height": 128,
            "seed": 1,
            "num_inference_steps": 2,
            "guidance_scale": 3.0,
            "stretches": (9,),
            "fps": Fraction(24),
            "out_width": 64,
            "out_height": 128,
            "out_frames": 9,
            "out_fps": Fraction(24),
            "out": made[-1],
        }
        return VideoRequest.model_validate(usual | parts)

    return build
