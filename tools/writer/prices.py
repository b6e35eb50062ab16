"""What a request costs: prices of known models as data, the user's own, and nothing at home."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import yaml
from pydantic import Field

from nightshoot.domain.value import Value
from nightshoot.llm import Usage
from nightshoot.settings import Price

_A_MILLION = 1_000_000
_SAME_MODEL = re.compile(r"(-(\d{2,8}|latest|preview|exp|instruct))*")
"""What may follow a known name and still be that model: dates, revisions, stages. A word such as
`pro` or `mini` is another model with another price, which is then not known."""


class Maker(Value):
    """A maker of models and what they cost there."""

    name: str
    source: str
    models: dict[str, tuple[float, float, float]]
    picture_tokens: dict[str, int] = Field(default_factory=dict)


class PriceList(Value):
    """The data file."""

    as_of: date
    picture_tokens: int
    makers: tuple[Maker, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What one model costs, in USD a million tokens."""

    prompt_usd: float = 0.0
    cached_usd: float = 0.0
    """For the part of a prompt that the endpoint still knew."""
    completion_usd: float = 0.0
    known: bool = True
    """False: nobody told; the figures are 0 and a ceiling of money cannot hold."""
    told_by: str = ""
    """Where the price comes from, for a person."""
    picture_tokens: int = 0
    """The most that one picture counts for."""

    def cost_usd(self, *, prompt: int, completion: int, cached: int = 0) -> float:
        """Gives what a request with so many tokens costs; `cached` of `prompt` are cheaper."""
        cached = min(cached, prompt)
        return (
            (prompt - cached) * self.prompt_usd
            + cached * self.cached_usd
            + completion * self.completion_usd
        ) / _A_MILLION

    def usage(self, *, prompt: int, completion: int, cached: int = 0) -> Usage:
        """Gives one request's usage with its cost."""
        return Usage(
            requests=1,
            prompt_tokens=prompt,
            completion_tokens=completion,
            cost_usd=self.cost_usd(prompt=prompt, completion=completion, cached=cached),
        )


@cache
def price_list() -> PriceList:
    """Gives the prices that are installed."""
    text = (files("nightshoot.tools.writer") / "prices.yaml").read_text(encoding="utf-8")
    return PriceList.model_validate(yaml.safe_load(text))


def tariff_for(model: str, base_url: str, own: Mapping[str, Price]) -> Tariff:
    """Gives what a model costs at an endpoint.

    The user's own price wins, by the model's exact name. An endpoint at home (a loopback or private
    address, a name without a dot) costs nothing. Else the known model with the longest name that
    begins the model's, where only a date or a revision follows.

    Args:
        model: the model's name at the endpoint.
        base_url: the endpoint's address; empty: OpenAI's.
        own: the settings' prices.
    """
    listed = price_list()
    pictures = _longest(model, _picture_tokens()) or listed.picture_tokens
    if (mine := own.get(model)) is not None:
        return Tariff(
            prompt_usd=mine.prompt_usd,
            cached_usd=mine.prompt_usd,
            completion_usd=mine.completion_usd,
            told_by="the settings",
            picture_tokens=pictures,
        )
    if is_at_home(base_url):
        return Tariff(told_by="at home", picture_tokens=pictures)
    name = model.casefold().removeprefix("models/")
    for maker, known in sorted(_known(), key=lambda one: -len(one[1])):
        if name.startswith(known) and _SAME_MODEL.fullmatch(name[len(known) :]):
            prompt, cached, completion = maker.models[known]
            return Tariff(
                prompt_usd=prompt,
                cached_usd=cached,
                completion_usd=completion,
                told_by=f"{maker.name}, {listed.as_of}",
                picture_tokens=pictures,
            )
    return Tariff(known=False, picture_tokens=pictures)


def is_at_home(base_url: str) -> bool:
    """Whether an address is of this machine or its own network, where requests cost no money."""
    host = (urlsplit(base_url).hostname or "").casefold()
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and (
            "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))
        )


def _known() -> list[tuple[Maker, str]]:
    return [(maker, name) for maker in price_list().makers for name in maker.models]


def _picture_tokens() -> dict[str, int]:
    return {
        name: tokens
        for maker in price_list().makers
        for name, tokens in maker.picture_tokens.items()
    }


def _longest(model: str, table: Mapping[str, int]) -> int | None:
    fitting = [name for name in table if model.casefold().startswith(name)]
    return table[max(fitting, key=len)] if fitting else None
