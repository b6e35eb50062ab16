"""ComfyUI's stand-in, its workflows, and backends that point at it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType

import pytest
from pydantic import JsonValue

from nightshoot.tools.comfyui.camera import ComfyCamera
from nightshoot.tools.comfyui.catalogue import Catalogue
from nightshoot.tools.comfyui.fake_nodes import object_info
from nightshoot.tools.comfyui.fake_server import FakeComfy
from nightshoot.tools.comfyui.painter import ComfyPainter
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.registry import Surroundings

EXAMPLES = Path(__file__).parents[3] / "examples" / "comfyui"

QUICK = {"poll_s": 0.05, "patience_s": 20.0, "request_s": 20.0}


@pytest.fixture
def examples() -> Path:
    return EXAMPLES


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue(MappingProxyType(object_info()))


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """Settings that lie in a folder of their own, with the example workflows beside them."""
    folder = tmp_path / "settings"
    folder.mkdir()
    for one in EXAMPLES.glob("*.json"):
        (folder / one.name).write_bytes(one.read_bytes())
    return Surroundings(
        environment={"COMFY_KEY": "planted-key-1"},
        home=tmp_path / "home",
        folder=folder,
        gpu=Gpu.configured({}),
    )


@pytest.fixture
async def comfy(tmp_path: Path) -> AsyncIterator[Callable[..., object]]:
    """Starts stand-ins; each is stopped when the test ends."""
    async with AsyncExitStack() as stack:
        count = 0

        async def start(*faults: object, **options: object) -> FakeComfy:
            nonlocal count
            count += 1
            folder = tmp_path / f"comfyui-{count}"
            return await stack.enter_async_context(
                FakeComfy(folder, faults=faults, **options)  # type: ignore[arg-type]
            )

        yield start


@pytest.fixture
def painter(around: Surroundings) -> Callable[..., ComfyPainter]:
    """Builds a painter at some servers; parts of its table may be given."""

    def build(*servers: FakeComfy | str, **table: object) -> ComfyPainter:
        addresses = [one if isinstance(one, str) else one.address for one in servers]
        usual = {"workflow": "sdxl.api.json", "servers": addresses, "size_multiple": 8}
        config = ComfyPainter.Config.model_validate({**QUICK, **usual, **table})
        return ComfyPainter.configured("comfy", config, around)

    return build


@pytest.fixture
def camera(around: Surroundings) -> Callable[..., ComfyCamera]:
    """Builds a camera at some servers; parts of its table may be given."""

    def build(*servers: FakeComfy | str, **table: object) -> ComfyCamera:
        addresses = [one if isinstance(one, str) else one.address for one in servers]
        usual = {"workflow": "wan-image-to-video.api.json", "servers": addresses, "fps": 16}
        config = ComfyCamera.Config.model_validate({**QUICK, **usual, **table})
        return ComfyCamera.configured("comfy", config, around)

    return build


@pytest.fixture
def write_workflow(around: Surroundings) -> Callable[[str, JsonValue], str]:
    """Writes a workflow beside the settings; gives its name."""

    def write(name: str, document: JsonValue) -> str:
        (around.folder / name).write_text(json.dumps(document), encoding="utf-8")
        return name

    return write


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits until something is so."""

    async def wait(so: Callable[[], bool]) -> None:
        async with asyncio.timeout(100):
            while not so():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    return wait
