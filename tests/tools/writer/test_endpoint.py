"""The chat writer at an endpoint that answers as real ones do, faults included."""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from nightshoot.domain.orders import Advice
from nightshoot.errors import (
    BackendError,
    BudgetExceeded,
    GaveUp,
    InputError,
    TransientError,
)
from nightshoot.llm import Ask, Counter
from nightshoot.retry import Retry
from nightshoot.tools.writer.chat import ChatWriter
from nightshoot.tools.writer.fake_endpoint import FakeEndpoint, Fault
from nightshoot.tools.writer.known import Form, KnownEndpoints
from nightshoot.tools.writer.prices import Tariff

GOOD = '{"note": "more light"}'
Asking = Callable[..., Ask[Advice]]
Writing = Callable[..., ChatWriter]


def messages(endpoint: FakeEndpoint, request: int = -1) -> list[dict[str, object]]:
    sent = endpoint.requests[request]["messages"]
    assert isinstance(sent, list)
    return [dict(one) for one in sent if isinstance(one, dict)]


@pytest.mark.parametrize(
    ("refuses", "asked"),
    [
        ((), [Form.SCHEMA]),
        ((Form.SCHEMA,), [Form.SCHEMA, Form.TOOL]),
        ((Form.SCHEMA, Form.TOOL), [Form.SCHEMA, Form.TOOL, Form.OBJECT]),
        ((Form.SCHEMA, Form.TOOL, Form.OBJECT), list(Form)),
        ((Form.TOOL, Form.OBJECT), [Form.SCHEMA]),
    ],
)
async def test_the_best_form_is_found_once_and_kept_on_disk(
    tmp_path: Path, asking: Asking, writing: Writing, refuses: tuple[Form, ...], asked: list[Form]
) -> None:
    endpoint = FakeEndpoint(replies=[GOOD], refuses=frozenset(refuses))
    assert await writing(endpoint, tmp_path).write(asking()) == Advice(note="more light")
    assert endpoint.forms == asked
    await writing(endpoint, tmp_path).write(asking())
    assert endpoint.forms[len(asked) :] == asked[-1:], "another process asks in the right form"
    kept = (tmp_path / "endpoints.json").read_text()
    assert endpoint.key not in kept


async def test_what_every_form_refuses_is_not_remembered(
    tmp_path: Path, asking: Asking, writing: Writing
) -> None:
    endpoint = FakeEndpoint(replies=[GOOD], refuses=frozenset(Form))
    with pytest.raises(BackendError, match="refuses the request"):
        await writing(endpoint, tmp_path).write(asking())
    assert not (tmp_path / "endpoints.json").exists()
    endpoint.refuses = frozenset()
    await writing(endpoint, tmp_path).write(asking())
    assert endpoint.forms[-1] is Form.SCHEMA


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"endpoints": {"x": 3}}', b"\xff\xfe"])
async def test_a_damaged_memory_counts_as_none(
    tmp_path: Path, asking: Asking, writing: Writing, content: bytes
) -> None:
    (tmp_path / "endpoints.json").write_bytes(content)
    endpoint = FakeEndpoint(replies=[GOOD], refuses=frozenset({Form.SCHEMA}))
    await writing(endpoint, tmp_path).write(asking())
    assert json.loads((tmp_path / "endpoints.json").read_text())["endpoints"]


async def test_a_memory_that_cannot_be_written_stops_nothing(
    tmp_path: Path, asking: Asking, writing: Writing
) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    endpoint = FakeEndpoint(replies=[GOOD], refuses=frozenset({Form.SCHEMA}))
    writer = writing(endpoint, tmp_path / "home")
    await writer.write(asking())
    await writer.write(asking())
    assert endpoint.forms == [Form.SCHEMA, Form.TOOL, Form.TOOL], "remembered until the end"


async def test_two_processes_do_not_forget_each_others_endpoints(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    one, other = KnownEndpoints(path), KnownEndpoints(path)
    for book, model in ((one, "a"), (other, "b")):
        before = book.of("http://x.test/v1", model)
        book.keep("http://x.test/v1", model, before.learned("s", works=Form.TOOL, refused=()))
    fresh = KnownEndpoints(path)
    assert [fresh.of("http://x.test/v1", model).works for model in "ab"] == [(Form.TOOL,)] * 2


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens", "max_output"])
async def test_the_parameter_that_limits_an_answer_is_found_out(
    tmp_path: Path, asking: Asking, writing: Writing, name: str
) -> None:
    endpoint = FakeEndpoint(replies=[GOOD], limit_name=name)
    await writing(endpoint, tmp_path).write(asking())
    first = len(endpoint.requests)
    assert first == {"max_tokens": 1, "max_completion_tokens": 2, "max_output": 3}[name]
    await writing(endpoint, tmp_path).write(asking())
    assert len(endpoint.requests) == first + 1
    assert endpoint.forms[-1] is Form.SCHEMA, "the form was not what was refused"
    assert (name in endpoint.requests[-1]) == (name != "max_output")


async def test_a_limit_that_is_too_high_is_lowered_and_remembered(
    tmp_path: Path, asking: Asking, writing: Writing
) -> None:
    endpoint = FakeEndpoint(replies=[GOOD], most_tokens=8192)
    await writing(endpoint, tmp_path).write(asking())
    await writing(endpoint, tmp_path).write(asking())
    assert [request["max_tokens"] for request in endpoint.requests] == [16384, 8192, 8192]


async def test_a_model_without_a_system_role_is_told_by_the_user(
    asking: Asking, writing: Writing
) -> None:
    endpoint = FakeEndpoint(replies=[GOOD], takes_system=False)
    await writing(endpoint).write(asking())
    (only,) = messages(endpoint)
    assert str(only["content"]).startswith("You judge.")
    assert str(only["content"]).endswith("<data>…</data>")


@pytest.mark.parametrize("cut", [9, 13, 15, 21])
async def test_a_truncated_answer_is_continued_and_not_begun_anew(
    asking: Asking, writing: Writing, cut: int
) -> None:
    endpoint = FakeEndpoint(replies=[GOOD], cuts_at=cut)
    assert (await writing(endpoint).write(asking())).note == "more light"
    parts = -(-len(GOOD) // cut)
    assert endpoint.forms == [Form.SCHEMA] + [Form.TEXT] * (parts - 1)
    assert messages(endpoint)[-2] == {"role": "assistant", "content": GOOD[: cut * (parts - 1)]}
    assert "cut off" in str(messages(endpoint)[-1]["content"])


async def test_continuing_is_bounded(asking: Asking, writing: Writing) -> None:
    endpoint = FakeEndpoint(replies=['{"note": "' + "a" * 500], cuts_at=3)
    with pytest.raises(GaveUp, match="did not give a valid Advice"):
        await writing(endpoint).write(asking())
    assert len(endpoint.requests) == 5


async def test_an_answer_without_its_last_bracket_is_never_closed_for_the_model(
    asking: Asking, writing: Writing
) -> None:
    endpoint = FakeEndpoint(replies=['{"note": "more', "", GOOD])
    assert (await writing(endpoint).write(asking())).note == "more light"
    assert len(endpoint.requests) == 3, "it stopped by itself: asked to go on, then asked again"


async def test_thoughts_that_use_up_the_tokens_get_more_room_once(
    asking: Asking, writing: Writing
) -> None:
    thinking: dict[str, object] = {"content": "", "finish_reason": "length"}
    endpoint = FakeEndpoint(replies=[thinking, GOOD])  # type: ignore[list-item]
    assert (await writing(endpoint).write(asking())).note == "more light"
    assert [request["max_tokens"] for request in endpoint.requests] == [16384, 32768]
    endpoint = FakeEndpoint(replies=[thinking])  # type: ignore[list-item]
    with pytest.raises(GaveUp, match="thought until its tokens were used up"):
        await writing(endpoint).write(asking())


async def test_an_answer_that_landed_among_the_thoughts_is_found(
    asking: Asking, writing: Writing
) -> None:
    endpoint = FakeEndpoint(replies=[{"content": "", "reasoning_content": GOOD}])
    assert (await writing(endpoint).write(asking())).note == "more light"
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ({"content": None, "refusal": "I can't help with that."}, "refuses to write this: I can't"),
        ({"content": "", "finish_reason": "content_filter"}, "content filter"),
        ({"content": "I'm sorry, but I can't assist with that request."}, "refuses to write this"),
        ({"content": "很抱歉，我无法提供这类内容。"}, "refuses to write this"),
    ],
)
async def test_a_refusal_is_an_error_that_names_it_and_is_not_asked_again(
    asking: Asking, writing: Writing, message: dict[str, object], says: str
) -> None:
    endpoint = FakeEndpoint(replies=[message])  # type: ignore[list-item]
    with pytest.raises(BackendError, match=says) as caught:
        await writing(endpoint).write(asking())
    assert not isinstance(caught.value, (TransientError, GaveUp))
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("status", "text", "code", "error", "says"),
    [
        (400, "Your balance: Arrearage", "Arrearage", BackendError, "no credit left"),
        (402, "Insufficient Balance", None, BackendError, "no credit left"),
        (429, "余额不足或无可用资源包,请充值。", "1113", BackendError, "no credit left"),
        (403, "账户余额不足", "30001", BackendError, "no credit left"),
        (400, "x", "content_filter", BackendError, "content filter"),
        (400, "Input data may contain inappropriate content.", None, BackendError, "content fil"),
        (400, "系统检测到输入或生成内容可能包含不安全或敏感内容", "1301", BackendError, "content"),
        (400, "Content Exists Risk", None, BackendError, "content filter"),
        (400, "x", "context_length_exceeded", InputError, "too long for some-model"),
        (400, "the request exceeds the available context size", None, InputError, "too long"),
        (400, "Range of input length should be [1, 30720]", None, InputError, "too long"),
        (400, "输入内容过长，请缩短后重试", None, InputError, "too long"),
        (400, "Prompt 超长", "1261", InputError, "too long"),
        (400, "Your request exceeded model token limit: 8192", None, InputError, "too long"),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", None, InputError, "too long"),
        (400, "The input token count (40000) exceeds the maximum", None, InputError, "too long"),
        (413, "Payload Too Large", None, InputError, "too long"),
        (404, "No endpoints found", None, BackendError, "refuses the request"),
        (404, "The model `x` does not exist", "model_not_found", InputError, "has no model"),
        (409, "x", None, TransientError, "HTTP 409"),
        (425, "x", None, TransientError, "HTTP 425"),
        (502, "x", None, TransientError, "HTTP 502"),
        (529, "overloaded_error", None, TransientError, "HTTP 529"),
        (500, "internal error in function handler of a tool", None, TransientError, "HTTP 500"),
        (400, "Invalid schema: nesting exceeds 10 levels", None, BackendError, "refuses the requ"),
    ],
)
async def test_each_providers_words_are_understood(
    asking: Asking,
    writing: Writing,
    status: int,
    text: str,
    code: str | None,
    error: type[BackendError | InputError],
    says: str,
) -> None:
    endpoint = FakeEndpoint(replies=[Fault(status=status, message=text, code=code)])
    with pytest.raises(error, match=says) as caught:
        await writing(endpoint).write(asking())
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, "x", 7.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, "x", 0.25),
        (
            {
                "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT",
                "date": "Wed, 21 Oct 2026 07:28:00 GMT",
            },
            "x",
            30.0,
        ),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, "x", 0.0),
        ({"retry-after": "soon"}, "x", None),
        ({"retry-after": "-4"}, "x", None),
        ({"retry-after": "nan"}, "x", None),
        ({}, "Rate limit reached. Please try again in 1.5s.", 1.5),
        ({}, "Please try again in 2m3s.", 123.0),
        ({}, "Please try again in 40ms.", 0.04),
        ({}, "x", None),
    ],
)
async def test_the_wait_that_an_endpoint_asks_for_goes_with_the_error(
    asking: Asking,
    writing: Writing,
    headers: dict[str, str],
    message: str,
    seconds: float | None,
) -> None:
    endpoint = FakeEndpoint(replies=[Fault(status=429, message=message, headers=headers)])
    with pytest.raises(TransientError, match="busy") as caught:
        await writing(endpoint).write(asking())
    assert caught.value.retry_after_s == (None if seconds is None else pytest.approx(seconds))


async def test_a_busy_endpoint_is_waited_for_and_then_answers(
    asking: Asking, writing: Writing
) -> None:
    busy = Fault(status=429, headers={"retry-after-ms": "30"})
    endpoint = FakeEndpoint(replies=[busy, Fault(status=503), GOOD])
    writer = writing(endpoint)
    retry = Retry(attempts=3, first_wait_s=0.001, longest_wait_s=0.1)
    assert (await retry(lambda: writer.write(asking()))).note == "more light"


UNKNOWN = [
    Fault(error=httpx2.ReadTimeout("slow")),
    Fault(error=httpx2.ReadError("reset")),
    Fault(error=httpx2.RemoteProtocolError("peer closed connection without sending complete body")),
    Fault(status=200, raw=b'{"id": "1", "choices": [{"message": {"content": "{'),
    Fault(status=504),
]
NEVER_RAN = [
    Fault(error=httpx2.ConnectError("refused")),
    Fault(error=httpx2.ConnectTimeout("slow")),
    Fault(status=429),
    Fault(status=500),
]


@pytest.mark.parametrize("fault", UNKNOWN)
async def test_a_request_whose_outcome_is_not_known_is_paid_with_the_most(
    asking: Asking, writing: Writing, fault: Fault
) -> None:
    meter = Counter()
    with pytest.raises(TransientError, match="cannot be reached or failed"):
        await writing(FakeEndpoint(replies=[fault])).write(asking(meter=meter))
    assert (meter.used.requests, meter.used.completion_tokens) == (1, 16384)
    assert meter.used.prompt_tokens > 100
    assert meter.used.cost_usd == pytest.approx((meter.used.prompt_tokens + 2 * 16384) / 1e6)


@pytest.mark.parametrize("fault", NEVER_RAN)
async def test_a_request_that_never_ran_costs_nothing(
    asking: Asking, writing: Writing, fault: Fault
) -> None:
    meter = Counter()
    with pytest.raises(TransientError):
        await writing(FakeEndpoint(replies=[fault])).write(asking(meter=meter))
    assert meter.used.cost_usd == 0.0


async def test_what_the_endpoint_counts_is_paid(asking: Asking, writing: Writing) -> None:
    meter = Counter()
    endpoint = FakeEndpoint(replies=["no json at all, sadly, only a long apology" * 20, GOOD])
    await writing(endpoint).write(asking(meter=meter))
    assert meter.used.requests == 2
    used = meter.used
    assert used.cost_usd == pytest.approx((used.prompt_tokens + 2 * used.completion_tokens) / 1e6)
    uncounted = Counter()
    endpoint = FakeEndpoint(replies=[GOOD], counts=False)
    await writing(endpoint).write(asking(meter=uncounted))
    assert uncounted.used.prompt_tokens > len(json.dumps(endpoint.requests[0])) // 2
    assert uncounted.used.completion_tokens == len(GOOD)


class Ceiling(Counter):
    """Lets only so much be reserved."""

    def __init__(self, ceiling_usd: float) -> None:
        super().__init__()
        self.reserved: list[float] = []
        self._ceiling = ceiling_usd

    @contextmanager
    def request(self, *, most_usd: float) -> Iterator[Counter]:
        if most_usd > self._ceiling:
            raise BudgetExceeded("no more")
        self.reserved.append(most_usd)
        yield self


async def test_money_is_reserved_before_each_request_and_never_too_little(
    asking: Asking, writing: Writing
) -> None:
    endpoint = FakeEndpoint(replies=['{"note": {}}', GOOD])
    meter = Ceiling(1.0)
    await writing(endpoint).write(asking(meter=meter))
    assert len(meter.reserved) == 2
    assert sum(meter.reserved) >= meter.used.cost_usd > 0
    with pytest.raises(BudgetExceeded):
        await writing(endpoint).write(asking(meter=Ceiling(0.001)))
    assert len(endpoint.requests) == 2, "it was not sent"


async def test_a_request_that_is_cancelled_is_paid_with_the_most(
    asking: Asking, writing: Writing
) -> None:
    class Silent(FakeEndpoint):
        async def handle(self, request: httpx2.Request) -> httpx2.Response:
            asked.set()
            await asyncio.sleep(200)
            return await super().handle(request)

    meter, asked = Counter(), asyncio.Event()
    task = asyncio.create_task(writing(Silent()).write(asking(meter=meter)))
    await asyncio.wait_for(asked.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert meter.used.completion_tokens == 16384


def png(width: int = 4, height: int = 4) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\xff\x00\x00" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_pictures_are_sent_in_order_after_the_words(
    tmp_path: Path, asking: Asking, writing: Writing
) -> None:
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "b.bin").write_bytes(b"\xff\xd8\xff\xe0 a jpeg")
    endpoint, meter = FakeEndpoint(replies=[GOOD]), Ceiling(1.0)
    ask = asking(pictures=(tmp_path / "a.png", tmp_path / "b.bin"), meter=meter)
    await writing(endpoint).write(ask)
    content = messages(endpoint)[1]["content"]
    assert isinstance(content, list)
    assert [part["type"] for part in content] == ["text", "image_url", "image_url"]
    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert content[2]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    plain = Ceiling(1.0)
    await writing(endpoint).write(asking(meter=plain))
    assert meter.reserved[0] - plain.reserved[0] == pytest.approx(2000 / 1e6, rel=0.2)


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault(status=400, message="This model does not support image input"),
        Fault(status=404, message="No endpoints found that support image input"),
        Fault(status=500, message="image input is not supported - hint: provide the mmproj"),
        Fault(status=400, message="该模型不支持图片输入"),
    ],
)
async def test_a_model_without_eyes_is_named_with_the_setting(
    tmp_path: Path, asking: Asking, writing: Writing, fault: Fault | None
) -> None:
    (tmp_path / "a.png").write_bytes(png())
    endpoint = FakeEndpoint(replies=[fault or GOOD], takes_pictures=False)
    with pytest.raises(InputError, match=r"takes no pictures: set \[agents\.critic\] model"):
        await writing(endpoint).write(asking(pictures=(tmp_path / "a.png",)))


@pytest.mark.parametrize(("name", "data"), [("gone.png", None), ("a.png", b"GIF89a"), ("b", b"")])
async def test_a_picture_that_cannot_be_sent_is_the_users_to_mend(
    tmp_path: Path, asking: Asking, writing: Writing, name: str, data: bytes | None
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    endpoint = FakeEndpoint(replies=[GOOD])
    with pytest.raises(InputError, match=f"picture {name}"):
        await writing(endpoint).write(asking(pictures=(tmp_path / name,)))
    assert not endpoint.requests


async def test_a_price_that_is_not_known_is_told(asking: Asking) -> None:
    meter = Counter()
    endpoint = FakeEndpoint(replies=[GOOD])
    writer = ChatWriter(endpoint.client(), model="some-model", tariff=Tariff(known=False))
    await writer.write(asking(meter=meter))
    assert "price of some-model is not known" in meter.notes[0]
    assert '[prices."some-model"]' in meter.notes[0]
    await writer.aclose()


async def test_no_message_holds_a_key(asking: Asking) -> None:
    endpoint = FakeEndpoint(key="sk-planted-0123456789abcdef")
    address = "http://me:hidden-password@endpoint.test/v1?token=secret-token"
    faults = [
        Fault(status=status, message=f"bad {endpoint.key} at {address} Bearer abc.def.ghi")
        for status in (400, 402, 403, 404, 429, 500)
    ]
    for fault in [*faults, Fault(status=200, raw=endpoint.key.encode())]:
        endpoint.replies = [fault]
        writer = ChatWriter(endpoint.client(base_url=address), model="some-model")
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- whichever it is
            await writer.write(asking())
        for secret in (endpoint.key, "hidden-password", "secret-token", "abc.def.ghi"):
            assert secret not in f"{caught.value} {caught.value.__cause__!r} {writer!r}"
            assert secret not in repr(vars(writer))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"3",
        b"\xff\xfe\x00",
        b'{"choices": 3}',
        b'{"choices": [null]}',
        b'{"choices": [{"message": {"content": [{"type": "text"}, 3, null]}}]}',
        b'{"choices": [{"message": {"tool_calls": [{"function": null}]}}]}',
        b'{"choices": [{"message": {"content": 3}}], "usage": {"prompt_tokens": "many"}}',
        b'{"choices": [{"message": {"content": "{}"}}], "usage": {"prompt_tokens": -1}}',
        b'{"error": {"message": "Provider returned error", "code": 400}}',
        b'{"base_resp": {"status_code": 1004, "status_msg": "login fail"}, "choices": null}',
        b"[" * 100_000,
        b"{" + b'"a":{' * 50_000,
    ],
)
async def test_a_reply_of_any_kind_is_one_of_our_errors(
    asking: Asking, writing: Writing, raw: bytes
) -> None:
    endpoint = FakeEndpoint(replies=[Fault(status=200, raw=raw)])
    with pytest.raises(BackendError):
        await writing(endpoint).write(asking())


async def test_a_gateways_error_with_http_200_is_taken_at_its_word(
    asking: Asking, writing: Writing
) -> None:
    raw = b'{"error": {"message": "upstream is overloaded", "code": 503}}'
    endpoint = FakeEndpoint(replies=[Fault(status=200, raw=raw), GOOD])
    meter = Counter()
    with pytest.raises(TransientError, match="HTTP 503"):
        await writing(endpoint).write(asking(meter=meter))
    assert meter.used.cost_usd == 0.0
