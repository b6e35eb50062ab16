"""What a request costs, and what nobody knows."""

from __future__ import annotations

import pytest

from nightshoot.settings import Price
from nightshoot.tools.writer.prices import is_at_home, price_list, tariff_for

HOSTED = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("model", "known", "prompt_usd", "completion_usd"),
    [
        ("gpt-5-mini", True, 0.25, 2.0),
        ("gpt-5-mini-2025-08-07", True, 0.25, 2.0),
        ("GPT-5-Mini", True, 0.25, 2.0),
        ("gpt-5", True, 1.25, 10.0),
        ("gpt-5-pro", True, 15.0, 120.0),
        ("gpt-5-ultra", False, 0.0, 0.0),
        ("gpt-5.1", True, 1.25, 10.0),
        ("gpt-50", False, 0.0, 0.0),
        ("deepseek-chat", True, 0.28, 0.42),
        ("qwen-plus-latest", True, 0.4, 1.2),
        ("models/gemini-2.5-flash", True, 0.3, 2.5),
        ("gemini-3.1-pro-preview", True, 2.0, 12.0),
        ("glm-4.7-flash", True, 0.0, 0.0),
        ("openrouter/openai/gpt-5-mini", False, 0.0, 0.0),
        ("", False, 0.0, 0.0),
        ("my-own-model", False, 0.0, 0.0),
    ],
)
def test_the_longest_known_name_prices_a_model_and_never_its_bigger_sister(
    model: str, known: bool, prompt_usd: float, completion_usd: float
) -> None:
    tariff = tariff_for(model, HOSTED, {})
    assert (tariff.known, tariff.prompt_usd, tariff.completion_usd) == (
        known,
        prompt_usd,
        completion_usd,
    )


def test_the_users_price_wins_everywhere() -> None:
    own = {"gpt-5-mini": Price(prompt_usd=7, completion_usd=9)}
    for address in (HOSTED, "http://127.0.0.1:8080/v1"):
        tariff = tariff_for("gpt-5-mini", address, own)
        assert (tariff.prompt_usd, tariff.completion_usd, tariff.known) == (7, 9, True)
    assert tariff_for("gpt-5", HOSTED, own).prompt_usd == 1.25


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://192.168.0.9:8000", True),
        ("http://ollama:11434/v1", True),
        ("http://host.docker.internal:1/v1", True),
        ("http://studio.local/v1", True),
        (HOSTED, False),
        ("http://8.8.8.8/v1", False),
        ("http://localhost.evil.com/v1", False),
        ("", False),
    ],
)
def test_requests_at_home_cost_nothing(address: str, home: bool) -> None:
    assert is_at_home(address) is home
    tariff = tariff_for("some-unknown-model", address, {})
    assert tariff.known is home
    assert tariff.cost_usd(prompt=1000, completion=1000) == 0.0


def test_cached_tokens_are_cheaper_and_never_more_than_the_prompt() -> None:
    tariff = tariff_for("deepseek-chat", HOSTED, {})
    full = tariff.cost_usd(prompt=1_000_000, completion=0)
    assert full == pytest.approx(0.28)
    assert tariff.cost_usd(prompt=1_000_000, completion=0, cached=1_000_000) == pytest.approx(0.028)
    assert tariff.cost_usd(prompt=10, completion=0, cached=99) == pytest.approx(10 * 0.028e-6)
    usage = tariff.usage(prompt=1_000_000, completion=1_000_000)
    assert usage.requests == 1
    assert usage.cost_usd == pytest.approx(0.70)


def test_every_price_has_a_source_and_a_sane_size() -> None:
    listed = price_list()
    names = [name for maker in listed.makers for name in maker.models]
    assert len(names) == len(set(names)) >= 60
    for maker in listed.makers:
        assert maker.source.startswith("https://")
        for prompt, cached, completion in maker.models.values():
            assert 0 <= cached <= prompt <= completion <= 200


def test_pictures_are_counted_with_the_most_that_a_family_makes_of_them() -> None:
    assert tariff_for("gpt-4o-mini", HOSTED, {}).picture_tokens == 49000
    assert tariff_for("gpt-4o", HOSTED, {}).picture_tokens == 4000
    assert tariff_for("qwen3-vl-32b-instruct", HOSTED, {}).picture_tokens == 16384
