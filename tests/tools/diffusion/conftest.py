"""Tiny image models of every family, built once a session, and a GPU without a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.tools.diffusion import image_model, random_weights
from nightshoot.tools.diffusion.image_model import ImageModel
from nightshoot.tools.diffusion.messages import DeviceFacts, key_of
from nightshoot.tools.diffusion.orders import ImageRequest, Kind, ModelSpec, Request, Result
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.protocols import Progress
from nightshoot.tools.registry import Surroundings


class HereGpu(Gpu):
    """Makes what is asked in this process, on the CPU; what it loaded stays for the next test."""

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[str, ImageModel] = {}

    def facts(self, *, timeout_s: float = 120.0) -> DeviceFacts:
        del timeout_s
        return DeviceFacts(device="cpu", name="CPU")

    async def make(self, spec: ModelSpec, request: Request, progress: Progress) -> Result:
        return self.loaded(spec).make([request], progress)[0]

    def loaded(self, spec: ModelSpec) -> ImageModel:
        key = key_of(spec)
        if key not in self.models:
            self.models[key] = image_model.load(spec)
        return self.models[key]


@pytest.fixture(scope="session")
def here() -> HereGpu:
    return HereGpu()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the folder of a family's tiny model; skips where the extra is not installed."""
    for package in ("torch", "diffusers", "transformers", "peft"):
        pytest.importorskip(package, reason='the extra "gpu" is not installed')
    root = tmp_path_factory.mktemp("tiny")
    built: dict[str, Path] = {}

    def build(family: str) -> Path:
        if family not in built:
            built[family] = random_weights.build(family, root / family)
        return built[family]

    return build


@pytest.fixture(scope="session")
def extras(
    tmp_path_factory: pytest.TempPathFactory, tiny: Callable[[str], Path]
) -> Callable[..., Path]:
    """Gives a tiny `lora`, `control_net` or `ip_adapter` for a family, by kind and number."""
    root = tmp_path_factory.mktemp("extras")
    built: dict[tuple[str, str, int], Path] = {}

    def build(kind: str, family: str, number: int = 0) -> Path:
        key = (kind, family, number)
        if key in built:
            return built[key]
        folder = root / f"{kind}-{family}-{number}"
        if kind == "lora":
            file = folder / "lora.safetensors"
            built[key] = random_weights.lora(tiny(family), file, seed=number)
        elif kind == "control_net":
            built[key] = random_weights.control_net(family, folder, seed=number)
        else:
            file = folder / "ip.safetensors"
            built[key] = random_weights.ip_adapter(tiny(family), file, folder / "encoder")
        return built[key]

    return build


@pytest.fixture
def model(here: HereGpu, tiny: Callable[[str], Path]) -> Callable[..., ImageModel]:
    """Loads a family's tiny model, once for each way that it is asked for."""

    def load(family: str, *, at_once: int = 4, **parts: object) -> ImageModel:
        usual: dict[str, object] = {
            "kind": Kind.IMAGE,
            "family": family,
            "path": str(tiny(family)),
            "revision": "tiny",
            "tuning": Tuning(at_once=at_once),
        }
        return here.loaded(ModelSpec.model_validate(usual | parts))

    return load


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., ImageRequest]:
    """Builds a request for a small picture; parts may be given."""
    made: list[str] = []

    def build(**parts: object) -> ImageRequest:
        made.append(str(tmp_path / f"{len(made)}.png"))
        usual: dict[str, object] = {
            "prompt": "a man on a boat, moonlight",
            "negative_prompt": "text",
            "width": 64,
            "height": 96,
            "seed": 1,
            "num_inference_steps": 2,
            "guidance_scale": 3.0,
            "out_width": 64,
            "out_height": 96,
            "out": made[-1],
        }
        return ImageRequest.model_validate(usual | parts)

    return build


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[int], Path]:
    """Writes a coarse, coloured picture of its own for each seed."""

    def write(seed: int) -> Path:
        random = np.random.default_rng(seed)
        coarse = random.integers(0, 256, (6, 4, 3), np.uint8)
        path = tmp_path / f"picture-{seed}"
        grown = cv2.resize(coarse, (60, 90), interpolation=cv2.INTER_NEAREST)
        path.write_bytes(cv2.imencode(".png", grown)[1].tobytes())
        return path

    return write


@pytest.fixture
def pixels() -> Callable[..., NDArray[np.int16]]:
    """Reads what was made, so that differences may be taken."""

    def read(made: Any) -> NDArray[np.int16]:
        path = getattr(made, "out", None) or getattr(made, "picture", made)
        seen = cv2.imread(str(path))
        assert seen is not None
        return seen.astype(np.int16)

    return read


@pytest.fixture
def around(here: HereGpu, tmp_path: Path) -> Callable[..., Surroundings]:
    """Gives the surroundings of a configured backend, with the GPU of this process."""

    def build(gpu: Gpu | None = None, environment: Mapping[str, str] | None = None) -> Surroundings:
        return Surroundings(
            environment=environment or {}, home=tmp_path, folder=tmp_path, gpu=gpu or here
        )

    return build
