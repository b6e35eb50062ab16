"""Constructs the studio from the environment: the one place where things are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from nightshoot.errors import InputError
from nightshoot.graphs.workshop import Tools
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts
from nightshoot.retry import Retry
from nightshoot.settings import Endpoint, Settings, settings_from
from nightshoot.sheet import CrewChoice
from nightshoot.studio import Studio
from nightshoot.tools.registry import Registry
from nightshoot.tools.writer.rehearsal.writer import Rehearsal
from nightshoot.workplace import tools_for

REHEARSAL = "rehearsal"
LLM = "llm"


def studio(environment: Mapping[str, str]) -> Studio:
    """Gives the studio that the environment and the settings file describe."""
    settings = settings_from(environment)
    return Studio(
        settings=settings,
        fitting=lambda crew: (
            writers_for(crew, settings),
            tools_for(crew, Registry.of(settings, environment)),
        ),
        prompts=Prompts(),
        retry=Retry(),
    )


class SharedFitting:
    """Fits the crews of films that are made side by side: what is dear is there once.

    One process owns the GPU and one the judges' models, whatever the number of films; equal crews
    have the same tools. Each film has writers of its own, which hold nothing but connections.
    """

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._registry = Registry.of(settings, environment)
        self._tools: dict[CrewChoice, Tools] = {}

    def __call__(self, crew: CrewChoice) -> tuple[Callable[[str], Writer], Tools]:
        """Gives a crew's writers and tools. Raises InputError where one cannot be used."""
        if crew not in self._tools:
            tools = tools_for(crew, self._registry)
            self._tools[crew] = replace(tools, close=_nothing)
        return writers_for(crew, self._settings), self._tools[crew]

    def close(self) -> None:
        """Lets go of what the films shared."""
        self._registry.close()


def _nothing() -> None:
    """What the films share is closed when the last has ended."""


def chosen_writer(name: str, settings: Settings) -> str:
    """Gives the writer that `auto` stands for: the endpoint where one is configured.

    Raises:
        InputError: there is no such writer, or it needs an endpoint.
    """
    if name == "auto":
        return LLM if settings.endpoint else REHEARSAL
    if name not in (REHEARSAL, LLM):
        raise InputError(f"there is no writer {name!r}: choose {REHEARSAL}, {LLM} or auto")
    return name


def writers_for(crew: CrewChoice, settings: Settings) -> Callable[[str], Writer]:
    """Gives a crew's writers by the names of the agents.

    Raises:
        InputError: it needs an endpoint and there is none.
    """
    if crew.writer == REHEARSAL:
        rehearsal = Rehearsal()
        return lambda _: rehearsal
    if settings.endpoint is None:
        raise InputError(
            "the writer llm needs an endpoint: set OPENAI_API_KEY or NIGHTSHOOT_BASE_URL"
        )
    made: dict[Endpoint, Writer] = {}

    def writer(agent: str) -> Writer:
        endpoint = settings.endpoint_of(agent)
        assert endpoint is not None, "there is one for all"
        if endpoint not in made:
            made[endpoint] = chat_writer(endpoint, settings)
        return made[endpoint]

    return writer


def chat_writer(endpoint: Endpoint, settings: Settings) -> Writer:
    """Gives the writer behind an endpoint.

    What the endpoint takes is kept in `endpoints.json` in the home.
    """
    from openai import AsyncOpenAI

    from nightshoot.tools.writer.chat import ChatWriter
    from nightshoot.tools.writer.known import KnownEndpoints
    from nightshoot.tools.writer.prices import tariff_for

    client = AsyncOpenAI(
        api_key=endpoint.api_key.get_secret_value() or "none",
        base_url=endpoint.base_url or None,
        timeout=endpoint.timeout_s,
        max_retries=0,
    )
    return ChatWriter(
        client,
        model=endpoint.model,
        tariff=tariff_for(endpoint.model, str(client.base_url), settings.prices),
        known=KnownEndpoints(settings.home / "endpoints.json"),
        sees=endpoint.sees,
    )
