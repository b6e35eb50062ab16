"""The chat writer against endpoints of every temper."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx2
import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

from nightshoot.domain.orders import Advice
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, GaveUp, InputError, NightshootError, TransientError
from nightshoot.llm import Ask, Prompt
from nightshoot.tools.writer.chat import ChatWriter
from nightshoot.tools.writer.strict import strict_schema

KEY = "sk-planted-0123456789abcdef"
GOOD = '{"note": "more light"}'

Request = dict[str, object]
Answer = Callable[[Request], httpx2.Response]


class Given(BaseModel):
    text: str = "夜"


def asked(*violations: str) -> Ask[Advice]:
    return Ask(
        task="critic/advise",
        given=Given(),
        prompt=Prompt(id="critic/advise", version=1, system="You judge.", user="<data>…</data>"),
        output=Advice,
        locale=Locale.EN,
        violations=violations,
    )


def says(text: str | None) -> httpx2.Response:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return httpx2.Response(200, json=body)


def refuses(status: int, text: str = "no", code: str | None = None) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"message": text, "code": code}})


class Endpoint:
    """Answers each request with the next of the prepared answers; the last one stays."""

    def __init__(self, *answers: httpx2.Response | Exception | Answer) -> None:
        self.requests: list[Request] = []
        self.headers: list[httpx2.Headers] = []
        self._answers = list(answers)

    def writer(self, base_url: str = "http://endpoint.test/v1") -> ChatWriter:
        client = AsyncOpenAI(
            api_key=KEY,
            base_url=base_url,
            max_retries=0,
            http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(self._handle)),
        )
        return ChatWriter(client, model="some-model")

    async def _handle(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0)
        self.requests.append(json.loads(request.content))
        self.headers.append(request.headers)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else answer(self.requests[-1])


def forms(endpoint: Endpoint) -> list[str]:
    formats = [request.get("response_format") for request in endpoint.requests]
    tools = ["tool" if request.get("tools") else "text" for request in endpoint.requests]
    return [
        str(one["type"]) if isinstance(one, dict) else tool
        for one, tool in zip(formats, tools, strict=True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here it is:\n\n{GOOD}\n\nGood luck.",
        f"<think>Maybe {{no}}?\nYes.</think>\n{GOOD}",
        f"Maybe {{no}}? Yes.</think>{GOOD}",
        f"<think>a</think><think>b {{}}</think>```\n{GOOD}```",
    ],
)
async def test_the_answer_is_found_in_what_models_put_around_it(text: str) -> None:
    endpoint = Endpoint(says(text))
    assert await endpoint.writer().write(asked()) == Advice(note="more light")
    assert len(endpoint.requests) == 1


async def test_prompt_schema_and_broken_rules_are_sent() -> None:
    endpoint = Endpoint(says(GOOD))
    await endpoint.writer().write(asked("The note was empty."))
    request = endpoint.requests[0]
    assert request["model"] == "some-model"
    messages = request["messages"]
    assert isinstance(messages, list)
    system, user = messages
    assert system["content"].startswith("You judge.")
    assert '"note"' in system["content"], "the schema"
    assert user["content"] == "<data>…</data>\nThe note was empty."
    form = request["response_format"]
    assert isinstance(form, dict)
    assert form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"] == strict_schema(Advice)
    assert endpoint.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("bad", ["no json", '{"note": {}}', '{"notes": "x"}', "[]"])
async def test_an_answer_that_does_not_fit_is_asked_for_again_with_what_was_wrong(
    bad: str | None,
) -> None:
    endpoint = Endpoint(says(bad), says(GOOD))
    assert (await endpoint.writer().write(asked())).note == "more light"
    messages = endpoint.requests[1]["messages"]
    assert isinstance(messages, list)
    assert messages[-2] == {"role": "assistant", "content": bad}
    assert "does not fit" in messages[-1]["content"]


@pytest.mark.parametrize("empty", ["", None, " \n"])
async def test_an_empty_answer_is_asked_for_again_without_being_shown(empty: str | None) -> None:
    endpoint = Endpoint(says(empty), says(GOOD))
    assert (await endpoint.writer().write(asked())).note == "more light"
    # Some endpoints refuse a message without content.
    assert endpoint.requests[1]["messages"] == endpoint.requests[0]["messages"]


async def test_numbers_become_texts_and_fields_too_many_are_dropped() -> None:
    endpoint = Endpoint(says('{"note": 3, "more": 1}'))
    assert (await endpoint.writer().write(asked())).note == "3"


async def test_it_gives_up_after_three_answers_and_names_the_field() -> None:
    endpoint = Endpoint(says('{"note": {}}'))
    with pytest.raises(GaveUp, match=r"some-model did not give a valid Advice: note:"):
        await endpoint.writer().write(asked())
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize("status", [400, 422])
async def test_an_endpoint_without_schemas_is_asked_in_another_form_and_it_is_remembered(
    status: int,
) -> None:
    def answer(request: Request) -> httpx2.Response:
        form = request.get("response_format") or request.get("tools")
        return refuses(status, "response_format is unsupported") if form else says(GOOD)

    endpoint = Endpoint(answer)
    writer = endpoint.writer()
    assert (await writer.write(asked())).note == "more light"
    assert forms(endpoint) == ["json_schema", "tool", "json_object", "text"]
    await writer.write(asked())
    assert forms(endpoint)[4:] == ["text"]


async def test_several_at_once_do_not_skip_a_form() -> None:
    def answer(request: Request) -> httpx2.Response:
        form = request.get("response_format")
        if isinstance(form, dict) and form["type"] == "json_schema":
            return refuses(400, "no schemas")
        return says(GOOD)

    endpoint = Endpoint(answer)
    writer = endpoint.writer()
    await asyncio.gather(*(writer.write(asked()) for _ in range(4)))
    assert set(forms(endpoint)) == {"json_schema", "tool"}


TIMEOUT = httpx2.ReadTimeout("slow")
AWAY = httpx2.ConnectError("refused")


@pytest.mark.parametrize(
    ("answer", "error", "says_"),
    [
        (refuses(401, f"bad key {KEY}"), InputError, "refuses the key: set NIGHTSHOOT_API_KEY"),
        (refuses(403, f"bad key {KEY}"), InputError, "refuses the key"),
        (refuses(404, "no model"), InputError, "has no model 'some-model': set NIGHTSHOOT_MODEL"),
        (refuses(400, "maximum context length is 8192"), InputError, "too long for some-model"),
        (refuses(400, f"bad thing {KEY}"), BackendError, "refuses the request: .*bad thing"),
        (refuses(402, f"pay first {KEY}"), BackendError, "refuses the request: .*pay first"),
        (refuses(429, "x", "insufficient_quota"), BackendError, "no credit left"),
        (refuses(429), TransientError, "is busy"),
        (refuses(408), TransientError, "cannot be reached or failed"),
        (refuses(500), TransientError, "cannot be reached or failed"),
        (refuses(503, KEY), TransientError, "cannot be reached or failed"),
        (
            httpx2.Response(502, text="<html>bad gateway"),
            TransientError,
            "cannot be reached or failed",
        ),
        (TIMEOUT, TransientError, "cannot be reached or failed"),
        (AWAY, TransientError, "cannot be reached or failed"),
        (httpx2.Response(200, text="<html>a login page"), BackendError, "no chat completion"),
        (
            httpx2.Response(200, content=b"{", headers={"content-type": "application/json"}),
            TransientError,
            "ends in the middle",
        ),
        (httpx2.Response(200, json={"error": "busy"}), GaveUp, "did not give a valid Advice"),
        (httpx2.Response(200, json={"choices": []}), GaveUp, "did not give a valid Advice"),
        (httpx2.Response(200, json={"choices": [{}]}), GaveUp, "did not give a valid Advice"),
    ],
)
async def test_refusals_become_errors_that_say_what_to_do(
    answer: httpx2.Response | Exception, error: type[NightshootError], says_: str
) -> None:
    writer = Endpoint(answer).writer("http://me:hidden@endpoint.test/v1")
    with pytest.raises(error, match=says_) as caught:
        await writer.write(asked())
    assert type(caught.value) is error
    told = f"{caught.value} {caught.value.__cause__!r}"
    assert KEY not in told
    assert "hidden" not in told


async def test_the_writer_is_called_by_its_models_name_and_shows_no_key() -> None:
    writer = Endpoint(says(GOOD)).writer()
    assert (writer.name, writer.model) == ("some-model", "some-model")
    assert KEY not in repr(vars(writer))
