"""What the faults of a speech service mean: whom they concern, and whether they may pass."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from nightshoot.errors import BackendError, InputError, NightshootError, TransientError

if TYPE_CHECKING:
    import openai

_PASSING = (408, 409, 425, 429)
"""HTTP states that may pass besides 5xx: request time-out, conflict, too early, too many."""

_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached")
_REFUSED_WORDS = ("content_policy_violation", "moderation_blocked", "content_filter")
"""Error codes. Source: OpenAI's guide to error codes, and what Azure's content filter sends."""

_OPEN_END = 0x7FFFF000
"""A RIFF length from here up says that it was not known when the sound began, as a service that
sends while it speaks writes it. Source: measured: ffmpeg writes 0xFFFFFFFF into a WAV that it sends
down a pipe; no line is 2 GiB long."""

_LONGEST = 300
_KEY = re.compile(r"\b(?:sk|pk|key)-[\w*-]{6,}", re.IGNORECASE)


def raised(
    error: openai.OpenAIError, *, name: str, model: str, place: str, key: str, ends: str
) -> NightshootError:
    """Gives our error for the client's, in one line and without the key.

    Args:
        error: what the client raised.
        name: what the settings call the voice.
        model: the model that was asked.
        place: the service's host.
        key: is cut out of what the service says, as some repeat it.
        ends: the day on which the model is shut down, or empty.
    """
    state = getattr(error, "status_code", 0)
    code = str(getattr(error, "code", "") or "")
    said = _told(error, key)
    settings = f"[speech.{name}] of the settings file"
    if code in _NO_CREDIT:
        return BackendError(f"the account at {place} has no credit left")
    if code in _REFUSED_WORDS or "content policy" in said.lower():
        return InputError(f"{place} refuses the words of this line: change them ({said})")
    if state in (401, 403):
        return InputError(f"{place} refuses the key (HTTP {state}): see {settings}")
    if state == 404:
        gone = f"; it was to be shut down on {ends}" if ends else ""
        return InputError(
            f"{place} has no model {model!r}{gone}: see model and base_url in {settings}"
        )
    passing = _passing(error, state, place)
    return passing or BackendError(f"the voice service {place} refuses the request: {said}")


def _passing(error: openai.OpenAIError, state: int, place: str) -> TransientError | None:
    import openai

    if isinstance(error, openai.APITimeoutError):
        return TransientError(f"the voice service {place} did not answer in time")
    if isinstance(error, openai.APIConnectionError):
        return TransientError(f"the voice service {place} cannot be reached, or broke off")
    if state in _PASSING or state >= 500:
        return TransientError(
            f"the voice service {place} is busy or failed (HTTP {state})",
            retry_after_s=_retry_after_s(error),
        )
    return None


def _retry_after_s(error: openai.OpenAIError) -> float | None:
    """Gives how long the service asks to wait, in seconds, where it says so in seconds."""
    import openai

    if not isinstance(error, openai.APIStatusError):
        return None
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None


def refuse_cut(sound: bytes | bytearray, *, name: str) -> None:
    """Checks that a WAV is as long as its header says; other sounds are left to the decoder.

    Raises:
        TransientError: nothing came, or it was cut short on the way.
    """
    if not sound:
        raise TransientError(f"the voice {name} sent no sound")
    if len(sound) >= 8 and sound[:4] == b"RIFF":
        length = struct.unpack("<I", sound[4:8])[0]
        if len(sound) < length + 8 < _OPEN_END:
            raise TransientError(f"the voice {name} broke off: {len(sound)} of {length + 8} bytes")


def _told(error: openai.OpenAIError, key: str) -> str:
    said = " ".join(str(getattr(error, "message", error)).split())
    if len(key) > 4:
        said = said.replace(key, "(the key)")
    # A service that repeats a part of the key writes stars for the rest.
    return _KEY.sub("(the key)", said)[:_LONGEST]
