"""How the provider answers: well, wrongly, slowly, or not at all."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from benchmarks.chaos.weather import Mishap

if TYPE_CHECKING:
    from aiohttp import web

HOST = "127.0.0.1"

GIVEN_UP_S = 1.6
"""After so long no client waits for an answer any more: see the pacing in `scene`."""

AFTER = {
    Mishap.TAKEN_ERROR: Mishap.ERROR,
    Mishap.TAKEN_HANG: Mishap.HANG,
    Mishap.TAKEN_RESET: Mishap.RESET,
    Mishap.TAKEN_GARBAGE: Mishap.GARBAGE,
}
"""How a job that was taken is not answered for."""

_ALSO_TAKEN = frozenset(
    {Mishap.SLOW, Mishap.DRIP, Mishap.TAKEN_WITHOUT_ID, Mishap.TAKEN_LATE, *AFTER}
)

_BUSY = "too many requests"


def takes(mishap: Mishap) -> bool:
    """Whether the job is taken although something goes wrong."""
    return mishap in _ALSO_TAKEN


async def mishappened(request: web.Request, mishap: Mishap) -> web.StreamResponse:
    """Gives the answer that goes wrong like this."""
    from aiohttp import web

    service = request.match_info.get("service", "bora")
    if mishap is Mishap.DRIP:
        return await dripped(request, b'{"code": 0, "message": "this takes a while"}')
    if mishap in (Mishap.HANG, Mishap.RESET):
        await asyncio.sleep(4 * GIVEN_UP_S if mishap is Mishap.HANG else 0.0)
        reset(request)
    answers = {
        Mishap.BUSY: lambda: wrong(service, 429, 1302, _BUSY),
        Mishap.BUSY_FOR: lambda: wrong(service, 429, 1302, _BUSY, headers={"Retry-After": "1"}),
        Mishap.REFUSED: lambda: wrong(service, 400, 1301, "the prompt is refused by moderation"),
        Mishap.GARBAGE: lambda: plain(200, "<html>welcome</html>"),
        Mishap.FILE_GONE: lambda: plain(404, "gone"),
        Mishap.FILE_PAGE: lambda: web.Response(
            text="<html>sign in</html>", content_type="text/html"
        ),
    }
    return answers.get(mishap, lambda: plain(500, "internal"))()


async def dripped(
    request: web.Request, data: bytes, type_: str = "application/json"
) -> web.StreamResponse:
    """Sends a byte a second, until nobody listens any more."""
    from aiohttp import web

    response = web.StreamResponse(headers={"Content-Type": type_})
    response.content_length = len(data)
    with suppress(ConnectionError):
        await response.prepare(request)
        for place in range(len(data)):
            await response.write(data[place : place + 1])
            await asyncio.sleep(1.0)
    return response


def wrong(
    service: str, status: int, code: int, message: str, *, headers: dict[str, str] | None = None
) -> web.Response:
    """Gives a refusal as the service words it."""
    from aiohttp import web

    if service == "atlas":
        # As services with codes of their own do, whatever comes.
        return web.json_response({"code": code, "message": message}, headers=headers)
    return web.json_response({"message": message}, status=status, headers=headers)


def plain(status: int, text: str) -> web.Response:
    """Gives text."""
    from aiohttp import web

    return web.Response(status=status, text=text)


def as_json(body: dict[str, Any]) -> web.Response:
    """Gives JSON."""
    from aiohttp import web

    return web.json_response(body)


def start_of(request: web.Request) -> int:
    """Gives from which byte a file is asked for."""
    asked = request.headers.get("Range", "")
    return int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0


def reset(request: web.Request) -> None:
    """Breaks the connection off."""
    if request.transport is not None:
        request.transport.abort()
