"""The embedded backends and the stand-ins keep the contracts of their protocols."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from nightshoot.domain.shot import ShotPlan
from nightshoot.tools.fake import FakeCamera, FakePainter
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.protocols import ImageGenerator
from nightshoot.tools.speech.kokoro import KokoroSpeech
from nightshoot.tools.video.multiplane.filmer import Multiplane


@pytest.mark.parametrize("painter", [ShadowPlay(), FakePainter()], ids=["shadow-play", "fake"])
async def test_painters(
    painter: ImageGenerator,
    plan: Callable[..., ShotPlan],
    paints_as_promised: Callable[..., object],
    tmp_path: Path,
) -> None:
    await paints_as_promised(painter, plan(), tmp_path)  # type: ignore[misc]


async def test_cameras(
    plan: Callable[..., ShotPlan],
    keyframe_of: Callable[[ShotPlan], Path],
    films_as_promised: Callable[..., object],
    tmp_path: Path,
) -> None:
    for number, camera in enumerate((Multiplane(), FakeCamera())):
        scratch = tmp_path / str(number)
        scratch.mkdir()
        await films_as_promised(camera, plan(), keyframe_of(plan()), scratch)  # type: ignore[misc]


@pytest.mark.skipif(
    find_spec("onnxruntime") is None, reason='needs pip install "nightshoot[offline]"'
)
async def test_kokoro(speaks_as_promised: Callable[..., object], tmp_path: Path) -> None:
    await speaks_as_promised(KokoroSpeech(), tmp_path)  # type: ignore[misc]
