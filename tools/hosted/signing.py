"""Says who sends a request: a key in a header, or a token signed with two keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from nightshoot.tools.hosted.service import Auth

_VALID_S, _EARLY_S = 1800, 5
"""Source: Kling's API documentation, section Authentication: a token for half an hour, valid from
five seconds ago, for clocks that differ."""


def signed_token(access: str, secret: str, *, now: int) -> str:
    """Gives a JSON web token signed by HS256. Source: RFC 7519, RFC 7515 appendix A.1."""
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"iss": access, "exp": now + _VALID_S, "nbf": now - _EARLY_S},
    )
    said = b".".join(_packed(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    signature = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return (said + b"." + _packed(signature)).decode()


def _packed(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The keys of one account."""

    auth: Auth
    key: SecretStr
    secret: SecretStr
    """Empty where the scheme needs none."""
    clock: Callable[[], float] = time.time

    @property
    def complete(self) -> bool:
        """Whether every key that the service wants is there."""
        return bool(self.key.get_secret_value()) and (
            self.auth.scheme == "header" or bool(self.secret.get_secret_value())
        )

    def headers(self) -> dict[str, str]:
        """Gives the header that a request is sent with."""
        key = self.key.get_secret_value()
        if self.auth.scheme == "jwt":
            key = signed_token(key, self.secret.get_secret_value(), now=int(self.clock()))
        return {self.auth.header: self.auth.value.replace("{key}", key)}

    def secrets(self) -> tuple[str, ...]:
        """Gives what must be in no message."""
        told = self.headers()[self.auth.header].split()
        return (self.key.get_secret_value(), self.secret.get_secret_value(), *told)
