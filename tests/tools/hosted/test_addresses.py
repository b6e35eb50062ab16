from __future__ import annotations

import ipaddress

import pytest

from nightshoot.errors import BackendError, TransientError
from nightshoot.tools.hosted.addresses import checked, is_public

NOWHERE: frozenset[str] = frozenset()
PUBLIC = "93.184.216.34"


class Names:
    """A resolver that gives what it was told, and remembers what it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(f"{host}:{port}")
        return self.addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "0",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "127.0.0.1.",
    ],
)
async def test_no_spelling_of_a_private_address_is_fetched(host: str) -> None:
    names = Names(PUBLIC)
    with pytest.raises(BackendError, match=r"not on the public internet|no host|that is none"):
        await checked(f"https://{host}/file", allow_hosts=NOWHERE, resolve=names)
    assert names.asked == []


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), (PUBLIC, "10.0.0.1"), ("::1", PUBLIC), ("::ffff:169.254.169.254",)],
)
async def test_a_name_counts_by_every_address_that_it_has(addresses: tuple[str, ...]) -> None:
    with pytest.raises(BackendError, match="not on the public internet"):
        await checked("https://cdn.example/a", allow_hosts=NOWHERE, resolve=Names(*addresses))


async def test_the_addresses_that_were_checked_are_those_to_connect_to() -> None:
    names = Names(PUBLIC, "2606:2800:220:1:248:1893:25c8:1946")
    target = await checked("https://CDN.example:8443/a?b=c", allow_hosts=NOWHERE, resolve=names)
    assert target.origin == ("https", "cdn.example", 8443)
    assert target.addresses == (PUBLIC, "2606:2800:220:1:248:1893:25c8:1946")
    assert names.asked == ["cdn.example:8443"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://cdn.example/a", "plain http"),
        ("ftp://cdn.example/a", "not https"),
        ("file:///etc/passwd", "not https"),
        ("//cdn.example/a", "not https"),
        ("", "not https"),
        ("https:///a", "not https"),
        ("https://user:secret@cdn.example/a", "carries a user name"),
        ("https://cdn.example@127.0.0.1/a", "carries a user name"),
        ("https://cdn.example:99999/a", "none"),
        ("https://[::1/a", "none"),
        ("https://exa mple/a", "no host's name"),
    ],
)
async def test_what_is_no_https_address_is_refused_and_no_secret_told(url: str, said: str) -> None:
    with pytest.raises(BackendError, match=said) as caught:
        await checked(url, allow_hosts=NOWHERE, resolve=Names(PUBLIC))
    assert "secret" not in str(caught.value)


async def test_a_backslash_or_a_second_at_leads_nowhere_else() -> None:
    for url in ("https://cdn.example\\@127.0.0.1/a", "https://cdn.example#@127.0.0.1/"):
        try:
            target = await checked(url, allow_hosts=NOWHERE, resolve=Names(PUBLIC))
        except BackendError:
            continue
        assert target.addresses == (PUBLIC,)


async def test_a_host_that_the_settings_name_may_be_private_and_plain() -> None:
    for allowed in ("10.0.0.5", "10.0.0.5:8000"):
        target = await checked(
            "http://10.0.0.5:8000/a", allow_hosts=frozenset({allowed}), resolve=Names()
        )
        assert target.addresses == ("10.0.0.5",)
    with pytest.raises(BackendError):
        await checked(
            "http://10.0.0.5:22/a", allow_hosts=frozenset({"10.0.0.5:8000"}), resolve=Names()
        )


async def test_a_name_without_an_address_may_have_one_later() -> None:
    with pytest.raises(TransientError, match="no address"):
        await checked("https://cdn.example/a", allow_hosts=NOWHERE, resolve=Names())


def test_public_addresses_are_public() -> None:
    for text in (PUBLIC, "8.8.8.8", "2606:4700::1111"):
        assert is_public(ipaddress.ip_address(text)), text
