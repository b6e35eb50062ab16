"""`nightshoot doctor` at endpoints of every temper: a line for each thing, and none without one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from openai import AsyncOpenAI
from pydantic import SecretStr

from nightshoot.cli import endpoints
from nightshoot.cli.checking import Check
from nightshoot.cli.endpoints import endpoint_checks, endpoint_client
from nightshoot.settings import Endpoint, Override, Price, Settings
from nightshoot.tools.writer.fake_endpoint import ADDRESS, FakeEndpoint, Fault
from nightshoot.tools.writer.known import Form, KnownEndpoints

WHITE, RED = '{"colour": "white"}', '{"colour": "Red"}'


def settings(home: Path, **parts: object) -> Settings:
    endpoint = Endpoint(base_url=ADDRESS, api_key=SecretStr("k"), model="some-model")
    return Settings(**{"home": home, "endpoint": endpoint} | parts)


def looked_at(fake: FakeEndpoint, given: Settings) -> dict[str, Check]:
    def client_for(_: Endpoint) -> AsyncOpenAI:
        return fake.client()

    return {check.name: check for check in endpoint_checks(given, client_for)}


def test_nothing_is_asked_where_no_endpoint_is_set(tmp_path: Path) -> None:
    (only,) = endpoint_checks(Settings(home=tmp_path))
    assert only == Check("writer", True, "rehearsal (no endpoint)")


def test_a_good_endpoint_is_told_of_in_a_line_each(tmp_path: Path) -> None:
    fake = FakeEndpoint(replies=[WHITE, RED], context=32768)
    prices = {"some-model": Price(prompt_usd=0.5, completion_usd=2)}
    found = looked_at(fake, settings(tmp_path, prices=prices))
    assert all(check.good for check in found.values())
    assert found["writer"].text == f"some-model at {ADDRESS}"
    assert "by strict JSON schema" in found["writer, answers"].text
    assert found["writer, model"].text == "some-model, context of 32768 tokens"
    assert found["writer, pictures"].text == "sees them"
    assert found["writer, price"].text == "0.5 USD a million tokens in, 2 out (the settings)"
    assert not [check for check in found.values() if "\n" in check.text]
    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    ("refuses", "says"),
    [
        ((Form.SCHEMA,), "by tool calls"),
        ((Form.SCHEMA, Form.TOOL), "by JSON objects"),
        ((Form.SCHEMA, Form.TOOL, Form.OBJECT), "by plain text"),
    ],
)
def test_the_rung_that_works_is_named_and_kept(
    tmp_path: Path, refuses: tuple[Form, ...], says: str
) -> None:
    fake = FakeEndpoint(replies=[WHITE, RED], refuses=frozenset(refuses))
    assert says in looked_at(fake, settings(tmp_path))["writer, answers"].text
    kept = KnownEndpoints(tmp_path / "endpoints.json").of(ADDRESS, "some-model")
    assert kept.form_for("another") is list(Form)[len(refuses)]
    fake.refuses, fake.replies, before = frozenset(), [WHITE, RED], len(fake.requests)
    looked_at(fake, settings(tmp_path))
    assert fake.forms[before] is Form.SCHEMA, "an endpoint that learned is found out afresh"


@pytest.mark.parametrize(
    ("fake", "says"),
    [
        (FakeEndpoint(replies=[WHITE, "{}"]), "did not see that one is red"),
        (FakeEndpoint(replies=[WHITE], takes_pictures=False), "takes none: set [agents.critic]"),
        (FakeEndpoint(replies=[WHITE, Fault(status=500)]), "not found out: "),
    ],
)
def test_missing_eyes_are_told_and_nothing_bad(
    tmp_path: Path, fake: FakeEndpoint, says: str
) -> None:
    found = looked_at(fake, settings(tmp_path))
    assert says in found["writer, pictures"].text
    assert found["writer, pictures"].good
    assert "not known" in found["writer, price"].text


def broken(**parts: object) -> Callable[[], FakeEndpoint]:
    return lambda: FakeEndpoint(**parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("build", "key", "says"),
    [
        (broken(), "another-key", "refuses the key"),
        (broken(models=["other-model"]), None, "has no model 'some-model'"),
        (broken(replies=[Fault(error=httpx2.ConnectError("x"))]), None, "cannot be reached"),
        (broken(replies=[Fault(error=httpx2.ReadTimeout("x"))]), None, "no answer in time"),
        (broken(replies=[Fault(status=402, message="Insufficient Balance")]), None, "no credit"),
        (broken(replies=[Fault(status=200, raw=b"<html>")]), None, "no chat completion"),
    ],
)
def test_what_keeps_an_endpoint_from_writing_is_bad_and_says_what_to_do(
    tmp_path: Path, build: Callable[[], FakeEndpoint], key: str | None, says: str
) -> None:
    fake = build()

    def client_for(_: Endpoint) -> AsyncOpenAI:
        return fake.client(key=key)

    *_, last = endpoint_checks(settings(tmp_path), client_for)
    assert not last.good
    assert says in last.text
    assert fake.key not in last.text


def test_a_silent_endpoint_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(FakeEndpoint):
        async def handle(self, request: httpx2.Request) -> httpx2.Response:
            await asyncio.sleep(60)
            return await super().handle(request)

    monkeypatch.setattr(endpoints, "LIMIT_S", 0.1)
    found = looked_at(Silent(), settings(tmp_path))
    assert not found["writer, answers"].good
    assert "within 0.1 s" in found["writer, answers"].text


def test_each_agent_with_an_endpoint_of_its_own_is_looked_at_once(tmp_path: Path) -> None:
    fake = FakeEndpoint(replies=[WHITE, RED] * 3, models=["some-model", "eyes"])
    agents = {
        "critic": Override(model="eyes"),
        "ideation": Override(model="eyes"),
        "screenwriter": Override(model="some-model"),
    }
    found = looked_at(fake, settings(tmp_path, agents=agents))
    assert {name.partition(",")[0] for name in found} == {"writer", "writer of the critic"}
    assert found["writer of the critic"].text == f"eyes at {ADDRESS}"


def test_an_endpoint_without_a_list_of_models_is_asked_all_the_same(tmp_path: Path) -> None:
    class Bare(FakeEndpoint):
        async def handle(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/models"):
                return httpx2.Response(404, json={"error": {"message": "no such page"}})
            return await super().handle(request)

    found = looked_at(Bare(replies=[WHITE, RED]), settings(tmp_path))
    assert "lists none" in found["writer, model"].text
    assert found["writer, answers"].good


def test_the_address_is_shown_without_user_and_password_and_nothing_is_kept_of_them(
    tmp_path: Path,
) -> None:
    fake = FakeEndpoint(replies=[WHITE, RED])
    address = "http://me:hidden@endpoint.test/v1?token=secret"
    endpoint = Endpoint(base_url=address, api_key=SecretStr(fake.key), model="some-model")

    def client_for(_: Endpoint) -> AsyncOpenAI:
        return fake.client(base_url=address)

    told = list(endpoint_checks(settings(tmp_path, endpoint=endpoint), client_for))
    kept = json.dumps(json.loads((tmp_path / "endpoints.json").read_text()))
    for secret in ("hidden", "secret", fake.key):
        assert secret not in f"{told} {kept}"


async def test_the_real_client_waits_no_longer_than_a_checkup_does() -> None:
    async with endpoint_client(Endpoint(base_url=ADDRESS)) as client:
        assert (client.timeout, client.max_retries) == (15.0, 0)
