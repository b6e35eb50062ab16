"""The sizes of pictures, as a person names them."""

from __future__ import annotations

import re

from nightshoot.errors import InputError

ASPECTS = {"9:16": (720, 1280), "16:9": (1280, 720), "1:1": (720, 720)}
"""The usual width and height in pixels of each shape."""

_SIZE = re.compile(r"(\d{2,4})\s*[x×*]\s*(\d{2,4})", re.IGNORECASE)


def parse_size(text: str) -> tuple[int, int]:
    """Reads a size such as `1080x1920`; gives width and height in pixels.

    Raises:
        InputError: it is not a size, too small, too large, or odd.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is not a size: write it as 1080x1920")
    width, height = int(match[1]), int(match[2])
    if not (128 <= width <= 4096 and 128 <= height <= 4096) or width % 2 or height % 2:
        raise InputError(f"width and height are even and from 128 to 4096, not {text}")
    return width, height
