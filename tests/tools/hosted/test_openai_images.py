from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import cv2
import httpx2
import numpy as np
import pytest

from nightshoot.artifacts import Job, JobState
from nightshoot.domain.screenplay import Look
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.settings import Settings
from nightshoot.tools.hosted.account import Lines
from nightshoot.tools.hosted.openai_images import OpenAIImagesConfig, OpenAIPainter
from nightshoot.tools.hosted.prices import named, nearest_size, prices
from nightshoot.tools.protocols import NO_FILES, Painting
from nightshoot.tools.registry import Registry, Surroundings

USAGE = {
    "input_tokens": 60,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 60},
    "output_tokens": 1400,
    "total_tokens": 1460,
}


class FakeImages:
    """OpenAI's image endpoints: answers in turn, the last again and again; counts what it sold."""

    def __init__(self, *answers: httpx2.Response | Exception | None) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []
        self.sold = 0

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host != "api.openai.com" and "images" not in request.url.path:
            return httpx2.Response(200, stream=httpx2.ByteStream(picture(640, 640)))
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        self.sold += 1
        size = re.search(rb'"?size"?(?::|\r\n\r\n|"\r\n\r\n)\s*"?(\d+)x(\d+)', request.content)
        assert size is not None
        data = base64.b64encode(picture(int(size[1]), int(size[2]))).decode()
        return httpx2.Response(
            200, json={"created": 1, "data": [{"b64_json": data}], "usage": USAGE}
        )

    def said(self, number: int = 0) -> dict[str, object]:
        body: dict[str, object] = json.loads(self.requests[number].content)
        return body


@lru_cache
def picture(width: int, height: int) -> bytes:
    noise = np.random.default_rng(3).integers(0, 256, (8, 6, 3), np.uint8)
    blocks = cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST)
    return cv2.imencode(".png", blocks)[1].tobytes()


def fault(status: int, code: str = "", message: str = "no") -> httpx2.Response:
    body = {"error": {"message": message, "code": code or None, "type": "x", "param": None}}
    return httpx2.Response(status, json=body, headers={"Retry-After": "3"})


@pytest.fixture
def painter(around: Surroundings) -> Callable[..., OpenAIPainter]:
    def build(fake: FakeImages, **table: object) -> OpenAIPainter:
        async def public(host: str, port: int) -> tuple[str, ...]:
            return ("93.184.216.34",)

        config = OpenAIImagesConfig.model_validate(table)
        lines = Lines(transport=fake.transport(), resolve=public)
        return OpenAIPainter.configured("openai", config, around, lines)

    return build


async def paint(
    painter: OpenAIPainter,
    plan: ShotPlan,
    scratch: Path,
    job: Job | None = None,
    files: Mapping[str, Path] = NO_FILES,
) -> Painting:
    return await painter.paint(
        plan=plan, scratch=scratch, progress=lambda _: None, files=files, job=job
    )


@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-1.5", "gpt-image-2.5-flare"])
async def test_it_keeps_the_contract_and_tells_the_real_cost(
    model: str,
    painter: Callable[..., OpenAIPainter],
    plan: Callable[..., ShotPlan],
    paints_as_promised: Callable[..., object],
    kept: Callable[[], Job],
    tmp_path: Path,
) -> None:
    fake = FakeImages()
    painting = await paints_as_promised(  # type: ignore[misc]
        painter(fake, model=model), plan(width=720, height=1280), tmp_path, job=kept()
    )
    rate = prices().pictures[model].usd_per_million
    assert rate is not None
    assert painting.cost_usd == pytest.approx((60 * rate.text_in + 1400 * rate.image_out) / 1e6)
    assert fake.sold == 1
    said = fake.said()
    assert said["size"] == ("1024x1536" if model == "gpt-image-1.5" else "720x1280")
    assert said["quality"] == "medium"
    assert "Not in the picture: text, watermark." in str(said["prompt"])


async def test_references_of_the_cast_go_to_the_edit_endpoint(
    painter: Callable[..., OpenAIPainter], plan: Callable[..., ShotPlan], tmp_path: Path
) -> None:
    (tmp_path / "su.png").write_bytes(picture(96, 128))
    (tmp_path / "li.png").write_bytes(picture(96, 128))
    people = [
        Cast(id=name, name=name, look=Look(), reference=letter * 64)
        for name, letter in (("su", "a"), ("li", "b"), ("again", "a"))
    ]
    fake = FakeImages()
    hired = painter(fake, model="gpt-image-1.5")
    shot = plan(cast=tuple(people))
    files = {"a" * 64: tmp_path / "su.png", "b" * 64: tmp_path / "li.png"}
    await paint(hired, shot, tmp_path, files=files)
    request = fake.requests[0]
    assert request.url.path == "/v1/images/edits"
    assert request.content.count(b'name="image[]"; filename="cast-') == 2
    assert b'name="input_fidelity"' in request.content
    assert hired.estimate(plan=shot).cost_usd > hired.estimate(plan=plan(cast=())).cost_usd + 0.1


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (fault(400, "moderation_blocked", "safety system"), BackendError, "refused the prompt"),
        (fault(400, "content_policy_violation"), BackendError, "refused the prompt"),
        (fault(400, "billing_hard_limit_reached"), InputError, "no credit"),
        (fault(429, "insufficient_quota"), InputError, "no credit"),
        (fault(429), TransientError, "busy"),
        (fault(401), InputError, "refused the key"),
        (fault(404), InputError, "change model or base_url"),
        (fault(400, "invalid_value"), BackendError, "did not take"),
        (httpx2.ConnectError("refused"), TransientError, "cannot be reached"),
    ],
)
async def test_what_was_surely_not_painted_may_be_sent_again(
    answer: httpx2.Response | Exception,
    kind: type[Exception],
    said: str,
    painter: Callable[..., OpenAIPainter],
    plan: Callable[..., ShotPlan],
    kept: Callable[[], Job],
    tmp_path: Path,
) -> None:
    fake = FakeImages(answer)
    with pytest.raises(kind, match=said) as caught:
        await paint(painter(fake), plan(), tmp_path, kept())
    assert isinstance(caught.value, TransientError) == (kind is TransientError)
    if "busy" in said:
        assert getattr(caught.value, "retry_after_s", None) == 3.0
    assert kept().state is JobState.NONE
    await paint(painter(fake), plan(), tmp_path, kept())
    assert (len(fake.requests), fake.sold) == (2, 1)


@pytest.mark.parametrize(
    "answer",
    [
        fault(500),
        fault(503),
        fault(408),
        httpx2.ReadTimeout("slow"),
        httpx2.ReadError("reset"),
        httpx2.RemoteProtocolError("cut"),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json=[1]),
        httpx2.Response(200, json={"created": "?", "data": "none"}),
        httpx2.Response(200, json={"created": 1, "data": [{"b64_json": 5}], "usage": "x"}),
    ],
)
async def test_what_may_have_been_painted_is_not_sent_again_by_itself(
    answer: httpx2.Response | Exception,
    painter: Callable[..., OpenAIPainter],
    plan: Callable[..., ShotPlan],
    kept: Callable[[], Job],
    tmp_path: Path,
) -> None:
    fake = FakeImages(answer)
    for _ in range(2):
        with pytest.raises(BackendError, match=r"not known|may have been paid") as caught:
            await paint(painter(fake), plan(), tmp_path, kept())
        assert not isinstance(caught.value, TransientError)
    assert len(fake.requests) == 1
    await paint(painter(fake, pay_again=True), plan(), tmp_path, kept())
    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{}],
        [{"b64_json": "!!"}],
        [{"b64_json": base64.b64encode(picture(64, 64)[:-40]).decode()}],
        [{"b64_json": base64.b64encode(b"<html>").decode()}],
    ],
)
async def test_an_answer_without_a_whole_picture_was_paid_all_the_same(
    data: list[dict[str, str]],
    painter: Callable[..., OpenAIPainter],
    plan: Callable[..., ShotPlan],
    kept: Callable[[], Job],
    tmp_path: Path,
) -> None:
    fake = FakeImages(httpx2.Response(200, json={"created": 1, "data": data}))
    with pytest.raises(BackendError, match="may have been paid"):
        await paint(painter(fake), plan(), tmp_path, kept())
    assert kept().state is JobState.SENDING


async def test_another_server_needs_no_key_and_may_answer_with_an_address(
    painter: Callable[..., OpenAIPainter],
    plan: Callable[..., ShotPlan],
    planted: tuple[str, str],
    tmp_path: Path,
) -> None:
    fake = FakeImages(
        httpx2.Response(200, json={"created": 1, "data": [{"url": "https://cdn.example/p"}]})
    )
    table = {"base_url": "https://images.example/v1", "model": "qwen-image", "usd_per_image": 0.0}
    hired = painter(fake, **table)
    assert hired.available().ready
    assert hired.estimate(plan=plan()).cost_usd == 0
    await paint(hired, plan(), tmp_path)
    said = fake.said()
    assert said["size"] == "128x228"
    assert "quality" not in said
    assert planted[0] not in str(fake.requests[0].headers.raw)
    with pytest.raises(InputError, match="write usd_per_image"):
        painter(fake, model="qwen-image")
    with pytest.raises(InputError, match="plain http"):
        painter(fake, **{**table, "base_url": "http://images.example/v1"})


async def test_no_key_is_told_or_logged(
    painter: Callable[..., OpenAIPainter],
    plan: Callable[..., ShotPlan],
    planted: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakeImages(fault(401, message=f"bad key {planted[0]}"))
    hired = painter(fake)
    with pytest.raises(InputError, match=r"\*\*\*") as caught:
        await paint(hired, plan(), tmp_path)
    for text in (str(caught.value), caplog.text, repr(hired), str(vars(hired)), hired.version):
        assert planted[0] not in text


def test_the_registry_finds_it_with_and_without_a_key(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(InputError, match="set OPENAI_API_KEY"):
        Registry.of(settings, {}).image_generator("openai")
    ready = Registry.of(settings, {"OPENAI_API_KEY": "sk-something"}).image_generator("openai")
    assert ready.capabilities.paid


def test_sizes_are_near_in_shape_and_within_the_rules() -> None:
    free = prices().pictures["gpt-image-2"].free
    assert free is not None
    for width, height in ((720, 1280), (128, 228), (1080, 1920), (4096, 4096), (4096, 2048)):
        size = free.near(width, height)
        assert size[0] % 16 == size[1] % 16 == 0
        assert max(size) <= 3840
        assert 655_360 <= size[0] * size[1] <= 8_294_400
        assert size[0] / size[1] == pytest.approx(width / height, rel=0.04)
    offered = ("1024x1024", "1024x1536", "1536x1024")
    assert nearest_size(720, 1280, offered) == (1024, 1536)
    assert nearest_size(1920, 1080, offered) == (1536, 1024)
    assert nearest_size(300, 500, ()) == (300, 500)
    assert nearest_size(720, 1280, ("720x1280", "1080x1920")) == (720, 1280)
    assert nearest_size(1080, 1920, ("720x1280", "1440x2560")) == (1440, 2560)
    assert named((1, 2)) == "1x2"
