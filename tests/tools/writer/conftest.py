"""Shared by the tests of writers: one small ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from nightshoot.domain.orders import Advice
from nightshoot.domain.vocabulary import Locale
from nightshoot.llm import Ask, Counter, Meter, Prompt
from nightshoot.tools.writer.chat import ChatWriter
from nightshoot.tools.writer.fake_endpoint import FakeEndpoint
from nightshoot.tools.writer.known import KnownEndpoints
from nightshoot.tools.writer.prices import Tariff

PRICED = Tariff(prompt_usd=1.0, cached_usd=0.1, completion_usd=2.0, picture_tokens=1000)


class Given(BaseModel):
    text: str = "夜"


@pytest.fixture
def asking() -> Callable[..., Ask[Advice]]:
    """Builds an ask for an advice."""

    def build(
        *violations: str,
        pictures: tuple[Path, ...] = (),
        meter: Meter | None = None,
        output: type[BaseModel] = Advice,
    ) -> Ask[Advice]:
        return Ask(
            task="critic/advise",
            given=Given(),
            prompt=Prompt(
                id="critic/advise", version=1, system="You judge.", user="<data>…</data>"
            ),
            output=output,  # type: ignore[arg-type]
            locale=Locale.EN,
            violations=violations,
            pictures=pictures,
            meter=meter or Counter(),
        )

    return build


@pytest.fixture
def writing() -> Callable[..., ChatWriter]:
    """Builds a writer at a fake endpoint."""

    def build(endpoint: FakeEndpoint, home: Path | None = None, **options: object) -> ChatWriter:
        return ChatWriter(
            endpoint.client(),
            model="some-model",
            tariff=PRICED,
            known=KnownEndpoints(home / "endpoints.json" if home else None),
            **options,  # type: ignore[arg-type]
        )

    return build
