"""Whole films by diffusers' models, tiny and with random weights, through the GPU's own process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from nightshoot.events import Event, StepProgress
from nightshoot.graphs.workshop import Tools
from nightshoot.settings import Settings
from nightshoot.studio import Studio
from nightshoot.tools.measure import frames
from nightshoot.tools.registry import Registry
from nightshoot.workplace import Report

pytestmark = [
    pytest.mark.film,
    pytest.mark.skipif(
        find_spec("diffusers") is None, reason='needs pip install "nightshoot[gpu]"'
    ),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a painter that is guided by pictures and a camera, both tiny."""
    from nightshoot.tools.diffusion import random_weights

    folder = tmp_path_factory.mktemp("models")
    random_weights.build("flux2_klein", folder / "painter")
    random_weights.build("ltx", folder / "camera")
    return folder


_SMALL = {"steps": 2, "pixels": 128 * 224}


def registry(models: Path, home: Path) -> Registry:
    settings = Settings.model_validate(
        {
            "home": home,
            "folder": models,
            "image": {"painter": {"backend": "diffusers", "model": "painter", **_SMALL}},
            "video": {"camera": {"backend": "diffusers", "model": "camera", **_SMALL}},
        }
    )
    return Registry.of(settings, {})


def crewed(bench: object, models: Path, home: Path) -> Studio:
    """A studio with stand-ins for the voice and the music, and real models for the pictures."""
    usual: Studio = bench.studio()  # type: ignore[attr-defined]
    stand_ins: Tools = bench.tools()  # type: ignore[attr-defined]

    def fitting(crew: object) -> object:
        found = registry(models, home)
        return lambda _: bench.writer, replace(  # type: ignore[attr-defined]
            stand_ins,
            image=found.image_generator("painter"),
            video=found.video_generator("camera"),
            close=found.close,
        )

    return replace(usual, fitting=fitting)  # type: ignore[arg-type]


def workers() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "nightshoot.tools.diffusion.worker" in " ".join(process.cmdline()):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def test_a_film_is_made_by_tiny_models_and_its_worker_ends_with_it(
    bench: Callable[..., object], models: Path, tmp_path: Path
) -> None:
    made = bench(takes=1)
    report: Report = crewed(made, models, tmp_path / "models-home").produce(
        made.production(),  # type: ignore[attr-defined]
        sink=made.events.append,  # type: ignore[attr-defined]
    )
    folder = Path(report.folder)
    assert (report.image, report.video, report.shots) == ("painter", "camera", 3)
    assert report.gpu_s > 0
    assert (folder / "cast" / "su.png").is_file()
    for shot in ("s01", "s02", "s03"):
        take = frames.decode(folder / "shots" / shot / "take.mp4")
        assert (take.width, take.height) == (128, 228)
        assert take.luma.std() > 1
    shares = [
        event.share
        for event in made.events  # type: ignore[attr-defined]
        if isinstance(event, StepProgress) and event.shot == "s01"
    ]
    assert len([share for share in shares if 0 < share < 1]) >= 2
    assert not workers()
    again: Report = crewed(made, models, tmp_path / "models-home").produce(
        made.production(),  # type: ignore[attr-defined]
        sink=made.events.append,  # type: ignore[attr-defined]
    )
    assert again.actions["made"] == 0
    assert not workers()


def test_a_worker_that_is_killed_costs_no_film(
    bench: Callable[..., object], models: Path, tmp_path: Path
) -> None:
    made = bench(takes=1)
    killed: list[int] = []

    def kill(event: Event) -> None:
        """Kills the worker in the middle of the first thing that it makes."""
        if isinstance(event, StepProgress) and 0 < event.share < 1 and not killed:
            for worker in workers():
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)

    report: Report = crewed(made, models, tmp_path / "models-home").produce(
        made.production(),  # type: ignore[attr-defined]
        sink=kill,
    )
    assert killed
    assert report.film
    assert not workers()
