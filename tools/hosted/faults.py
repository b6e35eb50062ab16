"""Turns what a service answers into errors that say what to do, and that hold no key."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import quote

_MOST_SAID = 300
"""Characters of a service's own words that a message repeats."""

_SHORTEST_KEY = 6
"""A shorter secret is not blotted out: it would blot out ordinary words."""

REFUSED = "refused the prompt"
"""What the message of a refusal by moderation says, whatever the service, so that it is told from
a fault: another wording is needed, and the same again would be refused again."""


def scrubbed(text: object, secrets: Iterable[str]) -> str:
    """Gives a service's words on one line, short, with every secret blotted out."""
    said = str(text).encode(errors="replace").decode()
    for secret in secrets:
        if len(secret) >= _SHORTEST_KEY:
            for form in {secret, quote(secret, safe="")}:
                said = said.replace(form, "***")
    said = re.sub(r"[\s\x00-\x1f\x7f]+", " ", said).strip()
    return said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]}..."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Gives the seconds that a server asks to be left alone. Source: RFC 9110, section 10.2.3."""
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    try:
        return max(0.0, float(said)) if float(said) < 86_400 else None
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
