"""Frame rates as fractions, positions as whole frames, durations as a person writes them."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from nightshoot.errors import InputError

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_UNITS = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)\s*(?:h|hours?|小时|时))?\s*"
    r"(?:(?P<m>\d+(?:\.\d+)?)\s*(?:m|min|minutes?|分钟|分))?\s*"
    r"(?:(?P<s>\d+(?:\.\d+)?)\s*(?:s|sec|seconds?|秒钟|秒)?)?"
)


def frames_for(seconds: float, rate: Fraction) -> int:
    """Gives the smallest number of whole frames that lasts at least `seconds`.

    Args:
        seconds: a duration in seconds, not negative.
        rate: frames per second.
    """
    return math.ceil(Fraction(seconds).limit_denominator(1_000_000) * rate)


def seconds_for(frames: int, rate: Fraction) -> float:
    """Gives the duration in seconds of `frames` frames at `rate` frames per second."""
    return float(Fraction(frames) / rate)


def parse_duration(text: str) -> float:
    """Reads a duration such as `45s`, `1m30s`, `1:30`, `90` or `1分30秒`; gives seconds.

    Raises:
        InputError: the text is not a duration, or is not between 1 second and 2 hours.
    """
    cleaned = text.strip().lower()
    clock = _CLOCK.fullmatch(cleaned)
    units = _UNITS.fullmatch(cleaned)
    if clock:
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
    elif cleaned and units and any(units.groups()):
        hours, minutes, seconds = (float(units[name] or 0) for name in "hms")
    else:
        raise InputError(f"{text!r} is not a duration: write 45s, 1m30s or 1:30")
    total = hours * 3600 + minutes * 60 + seconds
    if not 1 <= total <= 7200:
        raise InputError(f"a film lasts between 1 second and 2 hours, not {text!r}")
    return total


def parse_rate(text: str) -> Fraction:
    """Reads a frame rate such as `24`, `23.976` or `30000/1001`; gives frames per second.

    The usual decimal spellings of the NTSC rates become their exact fractions.

    Raises:
        InputError: the text is not a rate, or is not between 1 and 120.
    """
    try:
        rate = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{text!r} is not a frame rate: write 24, 25 or 30000/1001") from None
    for nominal in (24, 30, 48, 60, 120):
        ntsc = Fraction(nominal * 1000, 1001)
        if rate != nominal and abs(rate - ntsc) < Fraction(1, 100):
            rate = ntsc
    if not 1 <= rate <= 120:
        raise InputError(f"a frame rate lies between 1 and 120 frames per second, not {text!r}")
    return rate
