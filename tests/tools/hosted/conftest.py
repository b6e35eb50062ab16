"""What the tests of hosted backends share: accounts at fake services, and jobs that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nightshoot.artifacts import Action, ActionLog, Job, Store
from nightshoot.domain.shot import Estimate
from nightshoot.retry import Retry
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.hosted.account import Lines
from nightshoot.tools.hosted.downloads import Limits
from nightshoot.tools.hosted.fake_service import FakeService
from nightshoot.tools.hosted.service_camera import ServiceCamera
from nightshoot.tools.hosted.service_painter import ServicePainter
from nightshoot.tools.hosted.settings import ServiceConfig
from nightshoot.tools.registry import Surroundings

ACCESS, SECRET = "ak-planted-0123456789", "sk-planted-9876543210"

HURRIED = {
    "first_s": 0.0,
    "longest_s": 0.0,
    "settle_s": 0.0,
    "faults": 2,
    "losses": 2,
    "patience_s": 90.0,
}


@pytest.fixture
def planted() -> tuple[str, str]:
    """The keys that must be in nothing that is written or told."""
    return ACCESS, SECRET


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """An installation whose environment holds every service's keys."""
    names = ("KLING_ACCESS_KEY", "VIDU_API_KEY", "PIKA_API_KEY", "ARK_API_KEY", "MINIMAX_API_KEY")
    environment = dict.fromkeys((*names, "OPENAI_API_KEY"), ACCESS)
    environment["KLING_SECRET_KEY"] = SECRET
    return Surroundings(environment=environment, home=tmp_path, folder=tmp_path, gpu=Gpu())


@pytest.fixture
def lines() -> Callable[..., Lines]:
    """Builds the lines to a fake: nothing waits, and limits are small."""

    def build(fake: FakeService, **pacing: float) -> Lines:
        return Lines(
            transport=fake.transport(),
            resolve=fake.resolve,
            limits=Limits(
                rest_s=0.0, breaks=2, deadline_s=90.0, window_s=0.1, slowest=20_000, idle_s=30.0
            ),
            pacing={**HURRIED, **pacing},
        )

    return build


@pytest.fixture
def camera(around: Surroundings, lines: Callable[..., Lines]) -> Callable[..., ServiceCamera]:
    """Builds the camera of a fake service, as a new process would."""

    def build(
        fake: FakeService, pacing: dict[str, float] | None = None, **table: object
    ) -> ServiceCamera:
        config = ServiceConfig.model_validate({"service": fake.service.name, **table})
        return ServiceCamera.configured("hired", config, around, lines(fake, **(pacing or {})))

    return build


@pytest.fixture
def painter(around: Surroundings, lines: Callable[..., Lines]) -> Callable[..., ServicePainter]:
    """Builds the painter of a fake service."""

    def build(fake: FakeService, **table: object) -> ServicePainter:
        config = ServiceConfig.model_validate({"service": fake.service.name, **table})
        return ServicePainter.configured("hired", config, around, lines(fake))

    return build


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Callable[[], Job]]:
    """Opens the same action's job anew, as a process does that was started again."""
    logs: list[ActionLog] = []
    action = Action(tool="video/hired", version="1", request=Estimate(gpu_s=1))

    def reopen() -> Job:
        for log in logs:
            log.close()
        logs[:] = [ActionLog(Store(tmp_path / "store"), retry=Retry(attempts=1))]
        return logs[0].job(action)

    yield reopen
    for log in logs:
        log.close()
