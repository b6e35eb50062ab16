"""`nightshoot doctor`, the part about endpoints: what each of them can do, a line each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from nightshoot.cli.checking import Check
from nightshoot.settings import Endpoint, Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from nightshoot.tools.writer.probing import Finding

LIMIT_S = 15.0
"""The longest that each request may take; a checkup is not worth more waiting."""


def endpoint_client(endpoint: Endpoint) -> AsyncOpenAI:
    """Gives a client that waits as long as a checkup does."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=endpoint.api_key.get_secret_value() or "none",
        base_url=endpoint.base_url or None,
        timeout=LIMIT_S,
        max_retries=0,
    )


def endpoint_checks(
    settings: Settings, client_for: Callable[[Endpoint], AsyncOpenAI] = endpoint_client
) -> Iterator[Check]:
    """Looks at the endpoint that writes, and at each that an agent has otherwise.

    Two small requests go to each: they may cost a hundredth of a cent. Nothing is sent where no
    endpoint is set.
    """
    if settings.endpoint is None:
        yield Check("writer", True, "rehearsal (no endpoint)")
        return
    seen = {settings.endpoint}
    yield from _looked_at("writer", settings.endpoint, settings, client_for)
    for agent in settings.agents:
        own = settings.endpoint_of(agent)
        if own is not None and own not in seen:
            seen.add(own)
            yield from _looked_at(f"writer of the {agent}", own, settings, client_for)


def _looked_at(
    name: str,
    endpoint: Endpoint,
    settings: Settings,
    client_for: Callable[[Endpoint], AsyncOpenAI],
) -> Iterator[Check]:
    from nightshoot.tools.writer.known import bare_address

    place = bare_address(endpoint.base_url) if endpoint.base_url else "OpenAI"
    yield Check(name, True, f"{endpoint.model} at {place}")
    for finding in asyncio.run(_findings(endpoint, settings, client_for)):
        yield Check(f"{name}, {finding.about}", finding.good, finding.text)


async def _findings(
    endpoint: Endpoint, settings: Settings, client_for: Callable[[Endpoint], AsyncOpenAI]
) -> list[Finding]:
    from nightshoot.tools.writer.known import KnownEndpoints
    from nightshoot.tools.writer.prices import tariff_for
    from nightshoot.tools.writer.probing import probe

    async with client_for(endpoint) as client:
        tariff = tariff_for(endpoint.model, str(client.base_url), settings.prices)
        known = KnownEndpoints(settings.home / "endpoints.json")
        found = probe(client, model=endpoint.model, tariff=tariff, known=known, limit_s=LIMIT_S)
        return [finding async for finding in found]
