"""An OpenAI-compatible endpoint in memory, for tests, that can be told to misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

from nightshoot.tools.writer.known import Form

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

Body = dict[str, JsonValue]
ADDRESS = "http://endpoint.test/v1"
_BYTES_A_TOKEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One reply that is not an answer."""

    status: int = 500
    message: str = "no"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """The reply's body, whatever it is; None: an error in OpenAI's form."""
    content_type: str = "application/json"
    error: Exception | None = None
    """Is raised by the transport in the place of a reply."""


@dataclass(slots=True, kw_only=True)
class FakeEndpoint:
    """Speaks `GET /models` and `POST /chat/completions` as the documentation describes them.

    Like OpenAI it checks the key and the model's name, and refuses a strict schema that leaves a
    field optional or an object open.
    Source: https://platform.openai.com/docs/api-reference/chat/create and
    https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
    """

    replies: Sequence[str | Fault | Body] = ("{}",)
    """What is answered, in order; the last one stays. A `Body` is the whole message."""
    key: str = "sk-fake-0123456789abcdef"
    models: Sequence[str] = ("some-model",)
    context: int | None = None
    """The context's length in tokens, told by `/models`."""
    refuses: frozenset[Form] = frozenset()
    """Forms that are answered with HTTP 400."""
    takes_pictures: bool = True
    eyes: Callable[[Body], str] | None = None
    """Answers requests with pictures, from what it sees, in the place of `replies`."""
    limit_name: str | None = None
    """The one parameter that may limit the tokens; None: either."""
    most_tokens: int | None = None
    """A higher limit is refused."""
    cuts_at: int | None = None
    """Each answer is cut off after so many characters; the next one goes on from there."""
    takes_system: bool = True
    counts: bool = True
    """Whether usage is told."""
    requests: list[Body] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    _given: int = 0
    _rest: str = ""

    def client(self, *, key: str | None = None, base_url: str = ADDRESS) -> AsyncOpenAI:
        """Gives a client that reaches this endpoint and nothing else."""
        import httpx2
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=self.key if key is None else key,
            base_url=base_url,
            max_retries=0,
            timeout=5.0,
            http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(self.handle)),
        )

    async def handle(self, request: httpx2.Request) -> httpx2.Response:
        """Answers one request."""
        # Others get their turn, as they would over a network.
        await asyncio.sleep(0)
        allowed = request.headers.get("authorization", "")
        # An address with a user and a password asks for those, as a proxy before a server does.
        if allowed != f"Bearer {self.key}" and not allowed.startswith("Basic "):
            return _error(401, f"Incorrect API key provided: {self.key}", "invalid_api_key")
        if request.url.path.endswith("/models"):
            return self._listed()
        body: Body = json.loads(request.content)
        self.requests.append(body)
        self.headers.append(request.headers)
        refusal = self._refusal(body)
        return self._answer(body) if refusal is None else refusal

    @property
    def forms(self) -> list[Form]:
        """The form of each request."""
        return [form_of(body) for body in self.requests]

    def _listed(self) -> httpx2.Response:
        context: Body = {} if self.context is None else {"max_model_len": self.context}
        data: list[JsonValue] = [
            {"id": name, "object": "model", "owned_by": "test", **context} for name in self.models
        ]
        return _json(200, {"object": "list", "data": data})

    def _refusal(self, body: Body) -> httpx2.Response | None:
        """Gives the refusal of a request that this endpoint does not take, or None."""
        form = form_of(body)
        limit = next((name for name in ("max_tokens", "max_completion_tokens") if name in body), "")
        tokens = body.get(limit)
        text, code = "", None
        if body.get("model") not in self.models:
            return _error(404, f"The model {body.get('model')} does not exist", "model_not_found")
        if self.limit_name and limit and limit != self.limit_name:
            text = f"Unsupported parameter: '{limit}' is not supported. Use '{self.limit_name}'."
            code = "unsupported_parameter"
        elif self.most_tokens and isinstance(tokens, int) and tokens > self.most_tokens:
            text = f"Invalid {limit} value, the valid range of {limit} is [1, {self.most_tokens}]"
        elif not self.takes_system and '"role": "system"' in json.dumps(body.get("messages")):
            text = "System role not supported"
        elif not self.takes_pictures and "image_url" in json.dumps(body.get("messages")):
            text = "unknown variant `image_url`, expected `text`"
        elif form in self.refuses:
            text = f"'response_format' or tools of this type ({form}) are not supported"
        elif form in (Form.SCHEMA, Form.TOOL) and (fault := strict_fault(_schema_of(body))):
            text, code = f"Invalid schema for response_format: {fault}", "invalid_json_schema"
        return _error(400, text, code) if text else None

    def _answer(self, body: Body) -> httpx2.Response:
        going_on = bool(self._rest) and "assistant" in json.dumps(body.get("messages"))
        reply: str | Fault | Body = self._rest
        if self.eyes is not None and "image_url" in json.dumps(body.get("messages")):
            reply = self.eyes(body)
        elif not going_on:
            reply = self.replies[min(self._given, len(self.replies) - 1)]
            self._given += 1
        if isinstance(reply, Fault):
            return _fault(reply)
        if isinstance(reply, dict):
            return self._completion(body, reply, "stop")
        text, self._rest = reply, ""
        if self.cuts_at is not None and len(text) > self.cuts_at:
            text, self._rest = text[: self.cuts_at], text[self.cuts_at :]
        return self._completion(body, _message(text, body), "length" if self._rest else "stop")

    def _completion(self, body: Body, message: Body, ending: str) -> httpx2.Response:
        prompt = len(json.dumps(body)) // _BYTES_A_TOKEN
        written = len(json.dumps(message)) // _BYTES_A_TOKEN
        usage: Body = {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
        }
        if "finish_reason" in message:
            ending = str(message["finish_reason"])
        choice: Body = {"index": 0, "finish_reason": ending, "message": {**message}}
        completion: Body = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body.get("model"),
            "choices": [choice],
        }
        return _json(200, {**completion, "usage": usage} if self.counts else completion)


def form_of(body: Body) -> Form:
    """Gives the form that a request asks in."""
    if "tools" in body:
        return Form.TOOL
    asked = body.get("response_format")
    kind = asked.get("type") if isinstance(asked, dict) else None
    return {"json_schema": Form.SCHEMA, "json_object": Form.OBJECT}.get(str(kind), Form.TEXT)


def strict_fault(schema: JsonValue) -> str:
    """Gives what keeps a schema from being strict, or nothing."""
    for part in _objects(schema):
        if "$ref" in part and len(part) > 1:
            return f"$ref cannot have keywords {sorted(set(part) - {'$ref'})}"
        if "default" in part or "prefixItems" in part:
            return "'default' or 'prefixItems' is not permitted"
        properties = part.get("properties")
        if part.get("type") == "object":
            if part.get("additionalProperties") is not False:
                return "'additionalProperties' is required to be supplied and to be false"
            required = part.get("required")
            names = list(properties) if isinstance(properties, dict) else []
            if not isinstance(required, list) or sorted(map(str, required)) != sorted(names):
                return "'required' is required to be an array including every key in properties"
    return ""


def _objects(schema: JsonValue) -> Iterator[Body]:
    """Gives every schema within a schema."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in ("properties", "$defs"):
        inner = schema.get(key)
        for part in inner.values() if isinstance(inner, dict) else ():
            yield from _objects(part)
    yield from _objects(schema.get("items"))
    choices = schema.get("anyOf")
    for part in choices if isinstance(choices, list) else ():
        yield from _objects(part)


def _schema_of(body: Body) -> JsonValue:
    asked, tools = body.get("response_format"), body.get("tools")
    if isinstance(asked, dict) and isinstance(asked.get("json_schema"), dict):
        described = asked["json_schema"]
        return described.get("schema") if isinstance(described, dict) else None
    first = tools[0] if isinstance(tools, list) else None
    function = first.get("function") if isinstance(first, dict) else None
    return function.get("parameters") if isinstance(function, dict) else None


def _message(text: str, body: Body) -> Body:
    if form_of(body) is not Form.TOOL:
        return {"role": "assistant", "content": text}
    call: Body = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "answer", "arguments": text},
    }
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _fault(fault: Fault) -> httpx2.Response:
    import httpx2

    if fault.error is not None:
        raise fault.error
    if fault.raw is not None:
        headers = {"content-type": fault.content_type, **fault.headers}
        return httpx2.Response(fault.status, content=fault.raw, headers=headers)
    return _error(fault.status, fault.message, fault.code, fault.headers)


def _error(
    status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    error: Body = {"message": message, "type": "invalid_request_error", "code": code}
    return _json(status, {"error": error}, headers)


def _json(status: int, body: Body, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    import httpx2

    return httpx2.Response(status, json=body, headers=dict(headers or {}))
