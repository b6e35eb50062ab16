"""Whatever a service answers, a film gets an error that it can tell, and a job is sent once."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from pathlib import Path

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue, SecretStr

from nightshoot.artifacts.jobs import LooseJob
from nightshoot.errors import NightshootError
from nightshoot.tools.hosted.discipline import Discipline, Manners, Pacing
from nightshoot.tools.hosted.fake_shapes import good, put
from nightshoot.tools.hosted.service import Service, load_service, preset_names
from nightshoot.tools.hosted.service_desk import Order, ServiceDesk
from nightshoot.tools.hosted.signing import Credentials
from nightshoot.tools.hosted.wire import File, Wire

SERVICES = [load_service(name, Path()) for name in preset_names()]

PACING = Pacing(first_s=0, longest_s=0, settle_s=0, faults=1, losses=1, patience_s=0.01)

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["\ud800", "../../x", "succeed", "Success", "failed", "job-1", "9" * 4000])
)
junk = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
statuses = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 404, 408, 409, 429, 500, 503])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SERVICES),
    st.lists(st.tuples(statuses, junk, st.booleans()), min_size=1, max_size=6),
    st.data(),
)
def test_junk_is_told_and_never_paid_twice(
    described: Service, answers: list[tuple[int, JsonValue, bool]], data: st.DataObject
) -> None:
    left = deque(answers)
    posts = 0

    def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal posts
        posts += request.method == "POST"
        status, value, shaped = left.popleft() if left else (200, None, False)
        body: JsonValue = value
        if shaped:
            shape = good(described)
            poll = described.poll
            for path in (described.submit.id, poll.status, poll.result, poll.units, poll.reason):
                put(shape, path, data.draw(junk))
            body = shape
        text = json.dumps(body)
        return httpx2.Response(status, text=text, headers={"Retry-After": "soon"})

    values: dict[str, JsonValue] = dict.fromkeys(
        ("prompt", "negative", "last_frame", "reference", "aspect", "quality", "model"), "x"
    )
    values |= {"keyframe": "x", "seconds": 5, "seconds_text": "5", "seed": 1}
    values |= {"width": 64, "height": 64}
    order = Order(
        values=values, files={"keyframe": File(name="k", data=b"k", media_type="image/png")}
    )
    credentials = Credentials(
        auth=described.auth, key=SecretStr("sk-planted-1"), secret=SecretStr("sk-planted-2")
    )
    wire = Wire(base_url=described.base_url, transport=httpx2.MockTransport(answer))
    desk = ServiceDesk(described, wire, credentials, order, usd_per_unit=1.0)
    manners = Manners(service="Fake", console="", table="video.fake")
    job = LooseJob(token="a" * 64)
    told = ""
    try:
        report = asyncio.run(Discipline(manners, PACING).see_through(job, desk, lambda _: None))
        assert report.result
        assert report.cost_usd is None or report.cost_usd >= 0
    except NightshootError as error:
        told = str(error)
    assert "planted" not in told
    assert "\n" not in told
    assert told.encode().decode() == told
    # A duplicate that is said to have failed may be followed by one with another token.
    assert posts <= 1 or described.find is not None
