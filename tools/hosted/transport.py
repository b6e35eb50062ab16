"""Connects to the very address that was checked, whatever the name resolves to by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nightshoot.tools.hosted.addresses import Target

if TYPE_CHECKING:
    import httpx2


def pinned(request: httpx2.Request, target: Target, address: str) -> httpx2.Request:
    """Gives the request with the host's name replaced by one of the addresses that were checked.

    The `Host` header, the name that TLS asks for and the name that its certificate must carry stay
    the host's own.
    """
    import httpx2

    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        extensions={**request.extensions, "sni_hostname": target.host},
    )
