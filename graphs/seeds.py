"""Seeds: every random choice of a film follows from the film's own seed."""

from __future__ import annotations

import hashlib


def seed_of(*parts: object) -> int:
    """Gives a seed that depends on the parts alone, from 0 to 2**31 - 1."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1
