"""Decides which addresses a download may go to: public ones, unless the settings name a host.

An answer of a service is not trusted to say where to fetch from: a URL in it could lead to the
machine itself, to a router, or to a cloud's metadata. So a name is resolved here, every address
that it has is checked, and the connection goes to one that was: a name that resolves otherwise the
second time changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nightshoot.errors import BackendError, TransientError

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Gives every address of a name, as text."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""IPv6 addresses that carry an IPv4 one in their last 32 bits. Source: RFC 6052, RFC 8215."""

_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_-]{1,63})*\.?")
"""Source: RFC 1123, section 2.1, with the underscore that some storage hosts have."""

_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]*))*\.?")
"""What `inet_aton` takes for an IPv4 address, such as `2130706433`, `0177.1` or `0x7f.1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a URL leads, once it has been checked."""

    scheme: str
    host: str
    """Lower case, without brackets."""
    port: int
    addresses: tuple[str, ...]
    """Those that may be connected to, the first first."""

    @property
    def origin(self) -> tuple[str, str, int]:
        """What two URLs share whose server is the same."""
        return self.scheme, self.host, self.port


async def checked(url: str, *, allow_hosts: frozenset[str], resolve: Resolve) -> Target:
    """Gives where `url` leads.

    Args:
        url: the address that somebody else gave.
        allow_hosts: hosts that may be plain HTTP and may be private: `10.0.0.5`, or
            `10.0.0.5:8000` for one port only.
        resolve: asks for a name's addresses.

    Raises:
        BackendError: it must not be fetched; the message names the host only.
        TransientError: the name does not resolve.
    """
    import httpx2

    try:
        # The parser that will also write the request: two parsers can read one text differently.
        parts = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise BackendError(f"the service gave an address that is none: {error}") from None
    host = parts.raw_host.decode("ascii").strip("[]").rstrip(".").lower()
    if parts.scheme not in ("https", "http") or not host:
        raise BackendError(
            f"the service gave an address that is not https: {parts.scheme}://{host}"
        )
    if parts.userinfo:
        raise BackendError(f"the address on {host} carries a user name: it is not fetched")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not 0 < port < 65536:
        raise BackendError(f"the service gave an address that is none: port {port}")
    allowed = host in allow_hosts or f"{host}:{port}" in allow_hosts
    if parts.scheme == "http" and not allowed:
        raise BackendError(
            f"the service gave a plain http address on {host}: it is not fetched; name the host "
            "in allow_hosts if it is yours"
        )
    addresses = await _addresses(host, port, resolve)
    if not allowed:
        for address in addresses:
            if not is_public(address):
                raise BackendError(
                    f"the service gave an address on {host}, which is not on the public "
                    f"internet ({address}): it is not fetched; name the host in allow_hosts if "
                    "it is yours"
                )
    return Target(scheme=parts.scheme, host=host, port=port, addresses=tuple(map(str, addresses)))


async def _addresses(host: str, port: int, resolve: Resolve) -> tuple[Address, ...]:
    literal = _literal(host)
    if literal is not None:
        return (literal,)
    if not _NAME.fullmatch(host):
        raise BackendError(f"the service gave an address on {host!r}, which is no host's name")
    found = tuple(
        parsed for text in await resolve(host, port) if (parsed := _literal(text)) is not None
    )
    if not found:
        raise TransientError(f"the host {host} has no address: see that this machine is online")
    return found


def _literal(host: str) -> Address | None:
    """Gives the address that a host's text stands for, in any spelling, or None for a name."""
    try:
        return ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        pass
    if _NUMERIC.fullmatch(host):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            raise BackendError(f"the service gave an address on {host}, which is no host") from None
    return None


def is_public(address: Address) -> bool:
    """Says whether an address, and one that it carries inside, is on the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = [address.ipv4_mapped, address.sixtofour]
        inside += list(address.teredo or ())
        if any(address in network for network in _NAT64):
            inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        # `::a.b.c.d`, deprecated, and still understood. Source: RFC 4291, section 2.5.5.1.
        if int(address) >> 32 == 0:
            inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(one is not None and not is_public(one) for one in inside):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolved(host: str, port: int) -> tuple[str, ...]:
    """Gives a name's addresses as the system knows them.

    Raises:
        TransientError: it knows none.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TransientError(
            f"the host {host} cannot be found: {error.strerror or error}; "
            "see that this machine is online"
        ) from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
