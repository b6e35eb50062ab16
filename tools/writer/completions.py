"""What a chat completion holds, read from any JSON that calls itself one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue


class Ending(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"
    """It ran into the limit of tokens, or the end of its context."""
    FILTER = "content_filter"


_ENDINGS = {
    "length": Ending.LENGTH,
    "max_tokens": Ending.LENGTH,
    "model_length": Ending.LENGTH,
    "content_filter": Ending.FILTER,
    "sensitive": Ending.FILTER,
    "safety": Ending.FILTER,
}
"""The words of OpenAI, of Anthropic and Mistral behind gateways, of Zhipu and of Gemini."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer of a model."""

    text: str = ""
    """The message, or the arguments of the tool that was called."""
    thoughts: str = ""
    """What the endpoint gives apart as reasoning."""
    refusal: str = ""
    ending: Ending = Ending.STOP
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int = 0
    trouble: str = ""
    """What the endpoint says of an error in a reply that says of itself that all is well."""
    trouble_status: int = 0


def completion_in(body: JsonValue) -> Completion | None:
    """Gives the completion in a reply's JSON, or None where it is no object."""
    if not isinstance(body, dict):
        return None
    usage = _object(body.get("usage"))
    details = _object(usage.get("prompt_tokens_details"))
    choices = body.get("choices")
    choice = _object(choices[0]) if isinstance(choices, list) and choices else {}
    message = _object(choice.get("message"))
    trouble, status = _trouble(body) if not message else ("", 0)
    return Completion(
        text=_called(message) or _said(message.get("content")),
        thoughts=_said(message.get("reasoning_content") or message.get("reasoning")),
        refusal=_said(message.get("refusal")),
        ending=_ENDINGS.get(str(choice.get("finish_reason")).casefold(), Ending.STOP),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=_count(details.get("cached_tokens"))
        or _count(usage.get("prompt_cache_hit_tokens"))
        or 0,
        trouble=trouble,
        trouble_status=status,
    )


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _count(value: JsonValue) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if 0 <= value < 1e12 else None


def _said(content: JsonValue) -> str:
    """Gives the text of a message, which may come in parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [_object(part) for part in content]
        return "".join(
            text
            for part in parts
            if part.get("type", "text") in ("text", "output_text")
            and isinstance(text := part.get("text"), str)
        )
    return ""


def _called(message: dict[str, JsonValue]) -> str:
    """Gives the arguments of the first tool that a message calls."""
    calls = message.get("tool_calls")
    first = _object(calls[0]) if isinstance(calls, list) and calls else {}
    function = _object(first.get("function")) or _object(message.get("function_call"))
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        import json

        return json.dumps(arguments, ensure_ascii=False)
    return arguments if isinstance(arguments, str) else ""


def _trouble(body: dict[str, JsonValue]) -> tuple[str, int]:
    """Gives an error that came with HTTP 200, as gateways send it."""
    error = body.get("error") or body.get("base_resp") or body.get("message")
    if isinstance(error, str):
        return error, 0
    told = _object(error)
    text = told.get("message") or told.get("status_msg") or ""
    code = told.get("code") or told.get("status")
    status = int(code) if isinstance(code, int) and 400 <= code < 600 else 0
    return (text if isinstance(text, str) else str(text)), status
