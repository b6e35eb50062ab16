"""What an endpoint's errors mean: what may pass, what the user changes, what another form mends."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from nightshoot.errors import BackendError, InputError, NightshootError, TransientError

if TYPE_CHECKING:
    import openai

_PASSING = frozenset({408, 409, 425, 429, 499})
"""HTTP states that may pass besides 5xx: time-out, conflict, too early, too many, client closed."""
_FORM_STATES = frozenset({400, 404, 405, 415, 422, 500, 501})
"""States that endpoints refuse a form or a parameter with; 404 and 500 only where the text says so.
Measured: llama.cpp answers 500 where it cannot take a picture or a schema."""
_UNKNOWN_OUTCOME = frozenset({499, 504, 524})
"""Gateways give up with these while the model may be writing, and be paid for it."""
_SHOWN = 300


class Kind(Enum):
    """What a refusal is about."""

    QUOTA = auto()
    CONTENT = auto()
    LIMIT_NAME = auto()
    LIMIT_SIZE = auto()
    CONTEXT = auto()
    SYSTEM = auto()
    PICTURES = auto()
    MODEL = auto()
    FORM = auto()
    OTHER = auto()


_SAYS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for kind, pattern in (
        (
            Kind.QUOTA,
            r"insufficient[ _](quota|balance|credit|funds)|exceeded[ _](your )?current[ _]quota"
            r"|billing_hard_limit|arrearage|out of credits?|余额不足|欠费|账户.{0,6}(不足|停用)",
        ),
        (
            Kind.CONTENT,
            r"content[ _](filter|policy|management)|data_inspection_failed|inappropriate content"
            r"|content exists risk|content_policy_violation|敏感内容|不安全或敏感"
            r"|内容.{0,8}(违规|安全)",
        ),
        (
            Kind.LIMIT_NAME,
            r"(unsupported|unrecognized|unknown|unexpected|extra)[^.]{0,60}max_(completion_)?tokens"
            r"|max_(completion_)?tokens['\"]?[^.]{0,40}(is not supported|unsupported|not permitted"
            r"|not allowed|extra inputs|unexpected)",
        ),
        (
            Kind.LIMIT_SIZE,
            r"max_(completion_|output_|new_)?tokens|maximum allowed number of output tokens"
            r"|in the completion|completion tokens",
        ),
        (
            Kind.FORM,
            r"invalid schema|(schema|grammar|nesting|enum values)[^.]{0,60}"
            r"(too|exceed|limit|complex|deep|at most)",
        ),
        (
            Kind.CONTEXT,
            r"context[ _](length|size|window)|context_length_exceeded"
            r"|(prompt|input|request)[^.]{0,40}(too (long|large)|exceeds?)"
            r"|(too many|exceeds?[^.]{0,30}) (input )?tokens"
            r"|range of input length|reduce the length|string too long|n_ctx|上下文.{0,12}(超|长)"
            r"|(输入|内容|文本|请求|prompt).{0,16}(过长|超长|太长|超出|超过)|tokens?.{0,8}(超出|超过)",
        ),
        (
            Kind.SYSTEM,
            r"system (role|message)s?[^.]{0,30}(not support|unsupported|not allowed)"
            r"|(does not|doesn't) support (the )?system|developer instruction is not enabled",
        ),
        (
            Kind.PICTURES,
            r"image_url|\bimages?\b|vision|multi-?modal|mmproj|\bpictures?\b|图片|图像|视觉|多模态",
        ),
        (
            Kind.MODEL,
            r"model[^.]{0,60}(not exist|not found|does not|no such|not a valid)"
            r"|(invalid|unknown|no such) model|模型.{0,8}不存在",
        ),
        (
            Kind.FORM,
            r"response_format|json_schema|json_object|json mode|schema|grammar|tool|function|strict"
            r"|guided|endpoints? found",
        ),
    )
)
"""How endpoints word it, first match first. Collected from the documentation and the issue lists of
OpenAI, Azure, DeepSeek, Model Studio, Zhipu, Moonshot, vLLM, llama.cpp, Ollama and OpenRouter."""

_LACKS = re.compile(
    r"not (supported|implemented)|unsupported|grammar|json_schema|response_format|mmproj"
    r"|tool_choice|system role",
    re.IGNORECASE,
)
"""What a 500 says that is a lack and not a fault.
Measured: llama.cpp's server answers so to a picture."""
_TRY_AGAIN = re.compile(r"(?:try again in|retryDelay\W+)\s*(?:(\d+)m)?\s*(\d+(?:\.\d+)?)(ms|s)\b")


class Refused(BackendError):
    """An endpoint refuses a request; another form or parameter may mend it."""

    def __init__(self, kind: Kind, said: str) -> None:
        """Takes what the refusal is about and what the endpoint said, without the key."""
        super().__init__(f"the endpoint refuses the request: {said}")
        self.kind = kind
        self.said = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An endpoint and a model, as messages name them; it knows the key only to leave it out."""

    address: str
    """Without a user, a password and a query."""
    model: str
    secrets: tuple[str, ...] = ()
    timeout_s: float = 0.0

    def __repr__(self) -> str:
        return f"Place({self.address!r}, {self.model!r})"

    def masked(self, text: str) -> str:
        """Gives a text in one line, not too long, without the key, which some endpoints repeat."""
        for secret in self.secrets:
            if len(secret) > 4:
                text = text.replace(secret, "(the key)")
        text = re.sub(r"\bsk-[A-Za-z0-9_\-]{8,}", "(a key)", text)
        text = re.sub(r"(Bearer\s+)[^\s'\"]+", r"\1(a key)", text)
        text = re.sub(r"//[^\s/@]+@", "//", text)
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def kind_of(said: str) -> Kind:
    """Gives what a refusal is about, by its words."""
    return next((kind for kind, pattern in _SAYS if pattern.search(said)), Kind.OTHER)


def fault_of(error: openai.APIError, place: Place) -> NightshootError:
    """Gives our error for the client's. `Refused`: another form or parameter may mend it."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status_fault(error, place)
    if isinstance(error, openai.APITimeoutError):
        return TransientError(
            f"the endpoint {place.address} cannot be reached or failed: no answer in time "
            f"({place.timeout_s:g} s); see that it runs, or raise timeout_s"
        )
    if isinstance(error, openai.APIConnectionError):
        return TransientError(
            f"the endpoint {place.address} cannot be reached or failed: see that it runs, check "
            "NIGHTSHOOT_BASE_URL, or use --writer rehearsal"
        )
    return BackendError(f"the endpoint refuses the request: {place.masked(error.message)}")


def _status_fault(error: openai.APIStatusError, place: Place) -> NightshootError:
    body = error.body if isinstance(error.body, str) else repr(error.body or "")
    whole = f"{error.message} {error.code or ''} {error.type or ''} {body}"
    return told_fault(
        error.status_code,
        whole,
        place,
        said=error.message,
        retry_after_s=retry_after_s(error.response.headers, whole),
    )


def told_fault(
    status: int, whole: str, place: Place, *, said: str = "", retry_after_s: float | None = None
) -> NightshootError:
    """Gives our error for an HTTP state and what came with it.

    Args:
        status: the HTTP state.
        whole: everything that was said, to search.
        place: the endpoint.
        said: the part to show.
        retry_after_s: how long the endpoint asks callers to wait.
    """
    kind, shown = kind_of(whole), place.masked(said or whole)
    if lasting := _lasting_fault(status, kind, place, shown):
        return lasting
    if status in _FORM_STATES and (status != 500 or _LACKS.search(whole)):
        return Refused(kind, shown)
    if status == 429:
        return TransientError(
            f"the endpoint {place.address} is busy: try again later", retry_after_s=retry_after_s
        )
    if status in _PASSING or status >= 500:
        return TransientError(
            f"the endpoint {place.address} cannot be reached or failed (HTTP {status}): see that "
            "it runs, check NIGHTSHOOT_BASE_URL, or use --writer rehearsal",
            retry_after_s=retry_after_s,
        )
    return BackendError(f"the endpoint refuses the request: {shown}")


def _lasting_fault(status: int, kind: Kind, place: Place, shown: str) -> NightshootError | None:
    """Gives the error that only the user can mend, or None."""
    fault: NightshootError | None = None
    if kind is Kind.QUOTA:
        fault = BackendError(
            f"the account at {place.address} has no credit left: top it up, or set another endpoint"
        )
    elif kind is Kind.CONTENT and status < 500:
        fault = content_fault(place, shown)
    elif status in (401, 403):
        fault = InputError(
            f"the endpoint {place.address} refuses the key: set NIGHTSHOOT_API_KEY or "
            f"OPENAI_API_KEY, and see that it may use {place.model!r}"
        )
    elif status == 413 or (kind is Kind.CONTEXT and status <= 500 and status != 429):
        fault = context_fault(place)
    elif status == 404 and kind not in (Kind.FORM, Kind.PICTURES):
        fault = InputError(
            f"the endpoint {place.address} has no model {place.model!r}: "
            "set NIGHTSHOOT_MODEL or NIGHTSHOOT_BASE_URL"
        )
    return fault


def content_fault(place: Place, said: str) -> BackendError:
    """Gives the error for an endpoint whose filter stopped a request or an answer."""
    return BackendError(
        f"the content filter of {place.address} stopped {place.model}"
        f"{f' ({said})' if said else ''}: change the brief, or set another model"
    )


def context_fault(place: Place) -> InputError:
    """Gives the error for a text that does not fit the model."""
    return InputError(
        f"the text is too long for {place.model}: shorten it, or set NIGHTSHOOT_MODEL to a model "
        "with a longer context"
    )


def may_have_run(error: openai.APIError) -> bool:
    """Whether the model may have worked, and be paid for, though no answer came."""
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code in _UNKNOWN_OUTCOME
    never = (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
        httpx2.UnsupportedProtocol,
        httpx2.LocalProtocolError,
        httpx2.WriteError,
        httpx2.WriteTimeout,
    )
    return isinstance(error, openai.APIConnectionError) and not isinstance(error.__cause__, never)


def retry_after_s(headers: Mapping[str, str], said: str = "") -> float | None:
    """Gives how long an endpoint asks callers to wait, in seconds, or None.

    Reads `retry-after-ms`, `retry-after` as seconds or as a date, and, where there is neither, the
    wait that some endpoints put into words.

    Source: RFC 9110, 10.2.3; https://platform.openai.com/docs/guides/rate-limits
    """
    if (wait := _number(headers.get("retry-after-ms"))) is not None:
        return wait / 1000
    after = headers.get("retry-after")
    if (wait := _number(after)) is not None:
        return wait
    if after and (until := _date(after)) is not None:
        now = _date(headers.get("date") or "") or datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    if match := _TRY_AGAIN.search(said):
        minutes, amount, unit = int(match[1] or 0), float(match[2]), match[3]
        return 60.0 * minutes + (amount / 1000 if unit == "ms" else amount)
    return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
