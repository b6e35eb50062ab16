"""Sends one request of a service's API and gives what came of it, whatever that is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

if TYPE_CHECKING:
    import httpx2

_MOST_BYTES = 4 * 1024 * 1024
"""An answer about a job is some kilobytes; one that is larger is not read to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer."""

    status: int
    body: JsonValue
    """None where it is no JSON."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoReply:
    """There was no answer."""

    why: str
    reached: bool
    """The request may have reached the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a form."""

    name: str
    data: bytes
    media_type: str


class Wire:
    """A connection to one service's API; no redirect is followed."""

    def __init__(
        self,
        *,
        base_url: str,
        transport: httpx2.AsyncBaseTransport | None,
        send_s: float = 300.0,
        ask_s: float = 60.0,
    ) -> None:
        """Keeps where to send to.

        Args:
            base_url: what paths are below.
            transport: what sends the requests, for tests.
            send_s: how long a request that carries something may take, its answer included.
            ask_s: the same for one that carries nothing.
        """
        self._base_url = base_url.rstrip("/")
        self._transport = transport
        self._send_s = send_s
        self._ask_s = ask_s

    async def get(self, path: str, *, headers: Mapping[str, str]) -> Reply | NoReply:
        """Asks for a path below the base URL."""
        return await self._sent("GET", path, headers, None, None)

    async def send_json(
        self, method: str, path: str, body: JsonValue, *, headers: Mapping[str, str]
    ) -> Reply | NoReply:
        """Sends JSON, once."""
        return await self._sent(method, path, headers, body, None)

    async def send_form(
        self,
        method: str,
        path: str,
        fields: Mapping[str, JsonValue | File],
        *,
        headers: Mapping[str, str],
    ) -> Reply | NoReply:
        """Sends a form of fields and files, once."""
        return await self._sent(method, path, headers, None, fields)

    async def _sent(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: JsonValue,
        fields: Mapping[str, JsonValue | File] | None,
    ) -> Reply | NoReply:
        import httpx2

        content: dict[str, object] = {}
        if fields is not None:
            content["files"] = {name: _part(value) for name, value in fields.items()}
        elif body is not None:
            content["json"] = body
        transport = self._transport
        timeout_s = self._ask_s if method == "GET" else self._send_s
        try:
            async with (
                asyncio.timeout(timeout_s),
                httpx2.AsyncClient(
                    transport=transport, timeout=timeout_s, follow_redirects=False
                ) as client,
                client.stream(
                    method,
                    f"{self._base_url}{path}",
                    headers=dict(headers),
                    **content,  # type: ignore[arg-type]
                ) as response,
            ):
                return Reply(
                    status=response.status_code,
                    body=await _read(response),
                    headers=response.headers,
                )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            return NoReply(why=f"it cannot be reached: {_said(error)}", reached=False)
        except (httpx2.ProxyError, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError) as error:
            return NoReply(why=f"it cannot be reached: {_said(error)}", reached=False)
        except (TimeoutError, httpx2.TimeoutException):
            return NoReply(why="it did not answer in time", reached=True)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            return NoReply(why=f"the connection broke: {_said(error)}", reached=True)


def _part(value: JsonValue | File) -> tuple[str | None, bytes | str] | tuple[str, bytes, str]:
    if isinstance(value, File):
        return (value.name, value.data, value.media_type)
    return (None, value if isinstance(value, str) else json.dumps(value))


async def _read(response: httpx2.Response) -> JsonValue:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > _MOST_BYTES:
            return None
    try:
        body: JsonValue = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return body


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
