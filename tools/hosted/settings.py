"""What the tables of hosted backends may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from nightshoot.domain.value import Value
from nightshoot.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


class HostedConfig(Value):
    """What every hosted backend may be told."""

    base_url: str = ""
    """Empty: the service's own."""
    api_key: SecretStr = SecretStr("")
    """The key itself; better named by its variable."""
    api_key_env: str = ""
    """The environment variable that holds the key."""
    model: str = ""
    quality: str = ""
    pay_again: bool = False
    """A job whose outcome cannot be found out may be sent, and paid, again."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts that may be plain HTTP or private: `10.0.0.5`, or `10.0.0.5:8000` for one port."""
    patience_s: float | None = Field(default=None, gt=0)
    """How long one run waits for a job."""

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("it begins with https://")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("a key belongs into api_key or api_key_env, not into the address")
        return url.rstrip("/")

    @field_validator("allow_hosts")
    @classmethod
    def _are_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if "/" in host or not host.strip() or host != host.strip():
                raise ValueError(f"{host!r} is no host: write 10.0.0.5 or 10.0.0.5:8000")
        return tuple(host.lower() for host in hosts)


class ServiceConfig(HostedConfig):
    """A table whose backend is `service`."""

    service: str = Field(min_length=1)
    """A preset, or the path of a description of one's own, from the settings file's folder."""
    access_key: SecretStr = SecretStr("")
    """Another name of `api_key`, for services that have two keys."""
    access_key_env: str = ""
    secret_key: SecretStr = SecretStr("")
    secret_key_env: str = ""
    seconds: tuple[int, ...] = ()
    """The lengths that the model offers, where the description does not know the model."""
    usd_per_second: float | None = Field(default=None, ge=0)
    """Wins over the description's prices."""
    usd_per_picture: float | None = Field(default=None, ge=0)
    usd_per_unit: float | None = Field(default=None, ge=0)
    """What a unit costs by which the service counts: real costs follow from it."""
    failed_free: bool | None = None
    """Whether jobs that failed cost nothing, where the description does not say so."""


def check_plain_http(url: str, allowed: Iterable[str], table: str) -> None:
    """Refuses to send a key in the clear to a host that the user did not name.

    Raises:
        InputError: the address is plain HTTP, and `allow_hosts` does not hold its host.
    """
    parts = urlsplit(url)
    hosts = set(allowed)
    if parts.scheme == "http" and not {parts.hostname, parts.netloc.lower()} & hosts:
        raise InputError(
            f"[{table}] in the settings: base_url is plain http: write https, or name "
            f"{parts.hostname} in allow_hosts"
        )
