"""The `openai` client as hosted backends use it: no retries of its own, and errors without keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from nightshoot.errors import BackendError, InputError, NightshootError, Refused, TransientError
from nightshoot.tools.hosted.discipline import NotTaken, Unsure
from nightshoot.tools.hosted.faults import REFUSED, retry_after, scrubbed

if TYPE_CHECKING:
    import httpx2
    import openai

OPENAI = "https://api.openai.com/v1"

CONSOLE = "https://platform.openai.com/usage"

_REFUSALS = frozenset(
    {"moderation_blocked", "content_policy_violation", "sentinel_block", "image_generation_refused"}
)
"""Source: OpenAI's error codes for images and videos."""

_NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""Source: OpenAI, error codes."""

_NO_KEY = "none"
"""What a server without keys is sent: the client insists on one."""


def client_of(
    *,
    base_url: str,
    key: SecretStr,
    transport: httpx2.AsyncBaseTransport | None,
    timeout_s: float,
) -> openai.AsyncOpenAI:
    """Gives a client that sends each request once; use it in `async with`."""
    import httpx2
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=key.get_secret_value() or _NO_KEY,
        base_url=base_url,
        # A client that sends a paid request again by itself would pay for it again.
        max_retries=0,
        timeout=timeout_s,
        http_client=httpx2.AsyncClient(
            transport=transport, timeout=timeout_s, follow_redirects=False
        ),
    )


def outcome_of(error: openai.OpenAIError, key: SecretStr) -> NotTaken | Unsure:
    """Says what an error of a paid request means: surely not taken, or nobody knows."""
    import httpx2
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    said = told(error, key)
    if isinstance(error, APIConnectionError):
        never = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
        if isinstance(error.__cause__, never):
            reason = scrubbed(error.__cause__, (key.get_secret_value(),))
            return NotTaken(error=TransientError(f"OpenAI cannot be reached: {reason}"))
        if isinstance(error, APITimeoutError):
            return Unsure(why="it did not answer in time")
        return Unsure(why="the connection broke")
    if isinstance(error, APIStatusError):
        status = error.status_code
        if 400 <= status < 500 and status not in (408, 409):
            return NotTaken(error=error_of(error, key))
        return Unsure(why=f"it answered HTTP {status}: {said}")
    return Unsure(why=said)


def error_of(error: openai.OpenAIError, key: SecretStr) -> NightshootError:
    """Gives the error to raise for what the client raised."""
    from openai import APIConnectionError, APIStatusError

    said = told(error, key)
    if isinstance(error, APIConnectionError):
        return TransientError(f"OpenAI does not answer: {said}")
    if not isinstance(error, APIStatusError):
        return BackendError(f"OpenAI answered with something else: {said}")
    status, code = error.status_code, error.code or ""
    if code in _REFUSALS:
        return Refused(f"OpenAI {REFUSED}: {said}; word the shot differently")
    if code in _NO_MONEY:
        status = 402
    if status in (408, 409, 429) or status >= 500:
        busy = "is busy" if status == 429 else f"answered HTTP {status}"
        return TransientError(
            f"OpenAI {busy}: {said}", retry_after_s=retry_after(error.response.headers)
        )
    mendable = {
        401: ("refused the key", "see OPENAI_API_KEY, or the table's api_key_env"),
        402: ("has no credit left", f"see {CONSOLE}"),
        403: ("refused the key", "see OPENAI_API_KEY, or the table's api_key_env"),
        404: ("has no such model or address", "change model or base_url"),
    }
    if status in mendable:
        what, cure = mendable[status]
        return InputError(f"OpenAI {what}: {said}; {cure}")
    return BackendError(f"OpenAI did not take the request: {said}")


def told(error: openai.OpenAIError, key: SecretStr) -> str:
    """Gives the service's own words, on one line, without the key."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    return scrubbed(said or getattr(error, "message", error), (key.get_secret_value(),))
