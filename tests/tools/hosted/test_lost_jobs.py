"""A service that no longer knows a job may say so by a code of its own."""

from __future__ import annotations

from pathlib import Path

import httpx2
from pydantic import SecretStr

from nightshoot.tools.hosted.service import load_service
from nightshoot.tools.hosted.service_desk import Order, ServiceDesk
from nightshoot.tools.hosted.signing import Credentials
from nightshoot.tools.hosted.wire import Wire


async def test_a_code_for_no_such_job_is_no_passing_fault_when_a_job_is_asked_about() -> None:
    described = load_service("kling", Path())
    assert described.find is not None
    code = described.find.none_codes[0]

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"code": code, "message": "no such task"})

    desk = ServiceDesk(
        described,
        Wire(base_url=described.base_url, transport=httpx2.MockTransport(answer)),
        Credentials(auth=described.auth, key=SecretStr("ak-1"), secret=SecretStr("sk-1" * 8)),
        Order(values={}, files={}),
        usd_per_unit=None,
    )
    assert await desk.ask("job-1") is None
    assert await desk.find("token-1") is None
