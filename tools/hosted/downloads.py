"""Fetches a file that a service made: bounded, resumed after a break, decoded before it counts."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nightshoot.errors import BackendError, TransientError
from nightshoot.files import writing_to
from nightshoot.tools.hosted.addresses import Resolve, Target, checked, resolved
from nightshoot.tools.hosted.decoding import SIGN_LENGTH, Kind, format_of, verify
from nightshoot.tools.hosted.transport import pinned

if TYPE_CHECKING:
    import httpx2

NO_HEADERS: Mapping[str, str] = MappingProxyType({})

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNNAMED = ("", "application/octet-stream", "binary/octet-stream")
"""Content types that say nothing. Source: what S3, TOS and OSS send for an object without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large and how slow a download may be.

    Source: of our own choosing. A clip of 15 s at 1080p and 20 Mbit/s is 38 MB; 512 MiB is over ten
    times that. 4 KiB/s over half a minute is no connection that would ever end.
    """

    max_bytes: Mapping[Kind, int] = field(
        default_factory=lambda: {Kind.PICTURE: 64 * 1024**2, Kind.VIDEO: 512 * 1024**2}
    )
    redirects: int = 4
    breaks: int = 4
    """How often a download that broke off is gone on with."""
    rest_s: float = 0.5
    """The wait after a break; it doubles with each."""
    deadline_s: float = 900.0
    """For one file, breaks included."""
    idle_s: float = 30.0
    """For the connection, and between two pieces."""
    slowest: float = 4096.0
    """Bytes a second, over `window_s`."""
    window_s: float = 30.0


TIMED = frozenset({"rest_s", "deadline_s", "idle_s", "slowest", "window_s"})
"""The limits that a service's description may have otherwise."""


@dataclass(slots=True, kw_only=True)
class _Part:
    """What is on the disk of a file so far."""

    path: Path
    size: int = 0
    total: int | None = None
    tag: str = ""
    """A validator of the version that the bytes belong to; empty: they cannot be gone on with."""

    def forget(self) -> None:
        """Begins again."""
        self.size, self.total, self.tag = 0, None, ""
        self.path.write_bytes(b"")


class Downloader:
    """Fetches files from addresses that somebody else gave."""

    def __init__(
        self,
        *,
        allow_hosts: frozenset[str] = frozenset(),
        limits: Limits | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        resolve: Resolve = resolved,
    ) -> None:
        """Keeps the rules.

        Args:
            allow_hosts: hosts that may be plain HTTP and private.
            limits: of size and time.
            transport: what sends the requests, for tests; a connection of its own otherwise. A
                proxy of the environment is not used: it would resolve names by itself.
            resolve: asks for a name's addresses.
        """
        self._allow_hosts = allow_hosts
        self._limits = limits or Limits()
        self._transport = transport
        self._resolve = resolve

    @property
    def longest_s(self) -> float:
        """After how long a download is given up, in seconds."""
        return self._limits.deadline_s

    async def fetch(
        self, url: str, into: Path, kind: Kind, *, headers: Mapping[str, str] = NO_HEADERS
    ) -> Path:
        """Downloads a file and decodes the whole of it.

        Args:
            url: where it is.
            into: the file to write; `.part` is added until it is whole.
            kind: what it must be.
            headers: sent to the address's own server, and to no other that it redirects to.

        Raises:
            TransientError: the connection broke, was too slow, or the server is busy.
            BackendError: the address may not be fetched, or what lies there is not what was
                promised.
            ArtifactError: the disk is full.
        """
        part = _Part(path=into.with_name(f"{into.name}.part"))
        with writing_to(into):
            try:
                async with asyncio.timeout(self._limits.deadline_s):
                    await self._decodable(url, part, kind, headers)
                return part.path.replace(into)
            except TimeoutError as error:
                raise TransientError(
                    f"the download took longer than {self._limits.deadline_s:.0f} s"
                ) from error
            finally:
                part.path.unlink(missing_ok=True)

    async def _decodable(
        self, url: str, part: _Part, kind: Kind, headers: Mapping[str, str]
    ) -> None:
        """Fetches until what came can be decoded; twice at most.

        A server that does not say how long a file is may break off unseen.
        """
        for last in (False, True):
            part.forget()
            await self._whole(url, part, kind, headers)
            try:
                return await asyncio.to_thread(verify, part.path, kind)
            except BackendError:
                if last:
                    raise
        raise AssertionError("the second try returns or raises")

    async def _whole(self, url: str, part: _Part, kind: Kind, headers: Mapping[str, str]) -> None:
        rest_s = self._limits.rest_s
        for left in reversed(range(self._limits.breaks + 1)):
            try:
                return await self._piece(url, part, kind, headers)
            except TransientError as error:
                if not left:
                    raise
                # A server's wish to be left alone goes before our own pause.
                await asyncio.sleep(max(rest_s, error.retry_after_s or 0.0))
                rest_s *= 2
        raise AssertionError("the last try returns or raises")

    async def _piece(self, url: str, part: _Part, kind: Kind, headers: Mapping[str, str]) -> None:
        """Fetches what is missing; returns when nothing is."""
        import httpx2

        asked = {"Accept-Encoding": "identity"}
        if part.size and part.tag:
            asked |= {"Range": f"bytes={part.size}-", "If-Range": part.tag}
        elif part.size:
            part.forget()
        try:
            async with self._opened(url, {**headers, **asked}, tuple(headers)) as response:
                self._judge(response, part, kind)
                await self._take(response, part, kind)
        except httpx2.TimeoutException as error:
            raise TransientError("the download's server did not answer in time") from error
        except (httpx2.TransportError, OSError) as error:
            if isinstance(error, OSError) and not isinstance(error, ConnectionError):
                raise
            reason = str(error) or type(error).__name__
            raise TransientError(f"the download broke off: {reason}") from error

    @asynccontextmanager
    async def _opened(
        self, url: str, headers: Mapping[str, str], own: tuple[str, ...]
    ) -> AsyncIterator[httpx2.Response]:
        """Opens the address, following redirects by hand and checking each."""
        import httpx2

        sent, home = dict(headers), ""
        transport = self._transport or httpx2.AsyncHTTPTransport()
        async with httpx2.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(self._limits.idle_s),
        ) as client:
            for _ in range(self._limits.redirects + 1):
                target = await checked(url, allow_hosts=self._allow_hosts, resolve=self._resolve)
                home = home or str(target.origin)
                if str(target.origin) != home:
                    sent = {name: text for name, text in sent.items() if name not in own}
                response = await _sent(client, url, sent, target)
                try:
                    if response.status_code not in _REDIRECTS:
                        yield response
                        return
                    url = _next(url, response)
                finally:
                    await response.aclose()
        raise BackendError(
            f"the download is redirected more than {self._limits.redirects} times: it is given up"
        )

    def _judge(self, response: httpx2.Response, part: _Part, kind: Kind) -> None:
        """Decides whether an answer is the file, the rest of it, or neither."""
        status = response.status_code
        if status == 416:
            part.forget()
            raise TransientError("the file changed while it was downloaded")
        if status == 429 or status >= 500:
            raise TransientError(f"the download's server answered HTTP {status}")
        if status not in (200, 206):
            raise BackendError(
                f"the download's server answered HTTP {status}: the link may have run out"
            )
        said = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        main = {Kind.PICTURE: "image/", Kind.VIDEO: "video/"}[kind]
        if said not in _UNNAMED and not said.startswith(main):
            raise BackendError(f"the download is {said}, not a {kind.value}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise BackendError("the download is packed, which was not asked for")
        if status == 206 and not _goes_on(response, part):
            part.forget()
            raise TransientError("the server sent another part of the file than was asked for")
        if status == 200:
            part.forget()
            part.total = _number(response.headers.get("Content-Length"))
            part.tag = _tag(response)
        most = self._limits.max_bytes[kind]
        if part.total is not None and part.total > most:
            raise BackendError(f"the {kind.value} is {part.total} bytes, more than {most}")

    async def _take(self, response: httpx2.Response, part: _Part, kind: Kind) -> None:
        limits, most = self._limits, self._limits.max_bytes[kind]
        since, seen = time.monotonic(), 0
        head = b""
        with part.path.open("ab") as file:
            async for chunk in response.aiter_raw():
                if part.size < SIGN_LENGTH:
                    head += chunk[:SIGN_LENGTH]
                    if len(head) >= SIGN_LENGTH and format_of(head, kind) is None:
                        raise BackendError(f"what is downloaded is no {kind.value} known here")
                if part.size + len(chunk) > most:
                    raise BackendError(f"the {kind.value} is more than {most} bytes")
                file.write(chunk)
                part.size += len(chunk)
                seen += len(chunk)
                waited = time.monotonic() - since
                if waited >= limits.window_s:
                    if seen < limits.slowest * waited:
                        raise TransientError(
                            f"the download is too slow: {seen / waited:.0f} bytes a second"
                        )
                    since, seen = time.monotonic(), 0
        if part.total is not None and part.size != part.total:
            if part.size > part.total:
                part.forget()
            raise TransientError(f"the download broke off after {part.size} of {part.total} bytes")


async def _sent(
    client: httpx2.AsyncClient, url: str, headers: Mapping[str, str], target: Target
) -> httpx2.Response:
    """Sends a request to the first of the checked addresses that answers."""
    import httpx2

    request = client.build_request("GET", url, headers=headers)
    for address in target.addresses[:-1]:
        try:
            return await client.send(pinned(request, target, address), stream=True)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            continue
    return await client.send(pinned(request, target, target.addresses[-1]), stream=True)


def _next(url: str, response: httpx2.Response) -> str:
    import httpx2

    place = response.headers.get("Location", "")
    if not place:
        raise BackendError("the download is redirected to nowhere")
    try:
        return str(httpx2.URL(url).join(place))
    except (httpx2.InvalidURL, ValueError) as error:
        raise BackendError("the download is redirected to an address that is none") from error


def _goes_on(response: httpx2.Response, part: _Part) -> bool:
    """Says whether a partial answer begins where the part ends, and is of the same file."""
    found = re.fullmatch(
        r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip()
    )
    if found is None or not part.size or int(found[1]) != part.size:
        return False
    return found[2] == "*" or part.total is None or int(found[2]) == part.total


def _tag(response: httpx2.Response) -> str:
    """Gives what `If-Range` may be told: a strong tag, or a date. Source: RFC 9110, 13.1.5."""
    tag: str = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return str(response.headers.get("Last-Modified", ""))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
