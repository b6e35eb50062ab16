"""Who asked for something, and when, as documents and versions have it."""

from __future__ import annotations

import getpass
from datetime import datetime


def whoever() -> str:
    """Gives the account's name on this machine, or an empty text where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def now() -> str:
    """Gives the time in ISO 8601 with the offset from UTC."""
    return datetime.now().astimezone().isoformat(timespec="seconds")
