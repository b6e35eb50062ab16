from __future__ import annotations

import logging
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import httpx2
import numpy as np
import pytest

from nightshoot.artifacts import Job, JobState
from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.hosted.account import Lines
from nightshoot.tools.hosted.fake_service import a_video
from nightshoot.tools.hosted.openai_videos import OpenAICamera, OpenAIVideosConfig
from nightshoot.tools.protocols import Footage
from nightshoot.tools.registry import Surroundings

BASE = "https://films.example/v1"


class FakeVideos:
    """A server that speaks OpenAI's video API; its answers to `create` are spoilt in turn."""

    def __init__(self, *create: str, ask: tuple[str, ...] = ()) -> None:
        self.create = list(create)
        self.ask = list(ask)
        self.jobs: list[bytes] = []
        self.asked = 0
        self.downloads = 0

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        assert request.headers["host"] == "films.example"
        assert request.headers["authorization"].startswith("Bearer ")
        if request.url.path.endswith("/content"):
            self.downloads += 1
            return httpx2.Response(200, stream=httpx2.ByteStream(a_video(4)))
        if request.method == "POST":
            return self._created(request)
        self.asked += 1
        step = self.ask.pop(0) if self.ask else ("in_progress" if self.asked == 1 else "completed")
        if step == "500":
            return httpx2.Response(500, json={"error": {"message": "internal"}})
        if step == "lost":
            return httpx2.Response(404, json={"error": {"message": "no such video"}})
        return httpx2.Response(200, json=video("video_1", step))

    def _created(self, request: httpx2.Request) -> httpx2.Response:
        step = self.create.pop(0) if self.create else "good"
        if step == "refused":
            error = {"message": "blocked", "code": "moderation_blocked"}
            return httpx2.Response(400, json={"error": error})
        if step == "bad key":
            error = {"message": f"wrong key {request.headers['authorization']}", "code": ""}
            return httpx2.Response(401, json={"error": error})
        self.jobs.append(request.content)
        if step == "500":
            return httpx2.Response(500, json={"error": {"message": "internal"}})
        if step == "time-out":
            raise httpx2.ReadTimeout("slow")
        if step == "garbage":
            return httpx2.Response(200, text="<html>")
        return httpx2.Response(200, json=video("video_1", "queued"))


def video(number: str, status: str) -> dict[str, object]:
    found: dict[str, object] = {
        "id": number,
        "object": "video",
        "created_at": 1,
        "model": "sora-2",
        "progress": 30,
        "seconds": "4",
        "size": "720x1280",
        "status": "failed" if status.startswith("failed") else status,
    }
    if status.startswith("failed"):
        code = status.removeprefix("failed ") or "internal"
        found["error"] = {"code": code, "message": "it would not"}
    return found


@pytest.fixture
def camera(around: Surroundings) -> Callable[..., OpenAICamera]:
    def build(fake: FakeVideos, **table: object) -> OpenAICamera:
        async def public(host: str, port: int) -> tuple[str, ...]:
            return ("93.184.216.34",)

        config = OpenAIVideosConfig.model_validate(
            {"base_url": BASE, "api_key_env": "OPENAI_API_KEY", **table}
        )
        hurried = {"first_s": 0.0, "longest_s": 0.0, "faults": 1, "losses": 1}
        lines = Lines(transport=fake.transport(), resolve=public, pacing=hurried)
        return OpenAICamera.configured("openai", config, around, lines)

    return build


@pytest.fixture
def film(
    plan: Callable[..., ShotPlan], keyframe_of: Callable[[ShotPlan], Path], tmp_path: Path
) -> Callable[..., object]:
    shot = plan(width=96, height=160, num_frames=6, fps=Fraction(24))
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    async def run(camera: OpenAICamera, job: Job | None) -> Footage:
        return await camera.film(
            plan=shot,
            keyframe=keyframe_of(shot),
            layers=None,
            scratch=scratch,
            progress=lambda _: None,
            job=job,
        )

    return run


async def test_it_keeps_the_contract(
    camera: Callable[..., OpenAICamera],
    plan: Callable[..., ShotPlan],
    keyframe_of: Callable[[ShotPlan], Path],
    films_as_promised: Callable[..., object],
    kept: Callable[[], Job],
    tmp_path: Path,
) -> None:
    fake = FakeVideos()
    shot = plan(width=96, height=160, num_frames=6)
    hired = camera(fake)
    await films_as_promised(hired, shot, keyframe_of(shot), tmp_path, job=kept())  # type: ignore[misc]
    assert len(fake.jobs) == 1
    assert hired.estimate(plan=shot).cost_usd == pytest.approx(0.4)
    body = fake.jobs[0]
    assert b'name="seconds"\r\n\r\n4' in body
    assert b'name="size"\r\n\r\n720x1280' in body
    assert b"Camera: push in." in body
    png = body[body.index(b"\x89PNG") :]
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (1280, 720, 3)
    assert kept().id == "video_1"


async def test_a_job_with_an_id_is_gone_on_with_and_its_faults_are_waited_out(
    camera: Callable[..., OpenAICamera], film: Callable[..., object], kept: Callable[[], Job]
) -> None:
    fake = FakeVideos(ask=("500", "500"))
    with pytest.raises(TransientError, match="HTTP 500"):
        await film(camera(fake), kept())  # type: ignore[misc]
    assert (kept().state, kept().id) == (JobState.RUNNING, "video_1")
    await film(camera(fake), kept())  # type: ignore[misc]
    assert (len(fake.jobs), fake.downloads) == (1, 1)


@pytest.mark.parametrize("step", ["500", "time-out", "garbage"])
async def test_an_unknown_outcome_is_never_paid_again_blindly(
    step: str,
    camera: Callable[..., OpenAICamera],
    film: Callable[..., object],
    kept: Callable[[], Job],
) -> None:
    fake = FakeVideos(step)
    for _ in range(2):
        with pytest.raises(BackendError, match="not known"):
            await film(camera(fake), kept())  # type: ignore[misc]
    assert len(fake.jobs) == 1


@pytest.mark.parametrize(
    ("create", "ask", "kind", "said"),
    [
        (("refused",), (), BackendError, "refused the prompt"),
        (("bad key",), (), InputError, r"refused the key.*\*\*\*"),
        ((), ("failed moderation_blocked",), BackendError, "refused the prompt: it would not"),
        ((), ("failed internal",), BackendError, "failed the job: it would not"),
        ((), ("lost", "lost"), BackendError, "no longer knows"),
    ],
)
async def test_refusals_and_failures_are_named(
    create: tuple[str, ...],
    ask: tuple[str, ...],
    kind: type[Exception],
    said: str,
    camera: Callable[..., OpenAICamera],
    film: Callable[..., object],
    kept: Callable[[], Job],
    planted: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    hired = camera(FakeVideos(*create, ask=ask))
    with pytest.raises(kind, match=said) as caught:
        await film(hired, kept())  # type: ignore[misc]
    # A job that was taken stays written down: lost, or until what it cost is counted.
    assert (kept().state is JobState.NONE) == (not ask)
    for text in (str(caught.value), caplog.text, repr(hired), str(vars(hired))):
        assert planted[0] not in text


def test_without_a_server_it_says_that_the_service_was_closed(around: Surroundings) -> None:
    for backend in (
        OpenAICamera(),
        OpenAICamera.configured("openai", OpenAIVideosConfig(), around),
    ):
        assert backend.name == "openai"
        available = backend.available()
        assert not available.ready
        assert re.search(r"24 September 2026.*\[video\.openai\].*base_url", available.why)


def test_what_an_unknown_model_costs_has_to_be_said(
    camera: Callable[..., OpenAICamera], plan: Callable[..., ShotPlan]
) -> None:
    with pytest.raises(InputError, match="write seconds and usd_per_second"):
        camera(FakeVideos(), model="wan")
    own = camera(FakeVideos(), model="wan", seconds=[2, 5], usd_per_second=0.0)
    assert own.estimate(plan=plan(num_frames=60)).cost_usd == 0
    with pytest.raises(InputError, match=r"at most 5 s: shot s01 lasts 6\.0 s"):
        own.estimate(plan=plan(num_frames=144))
