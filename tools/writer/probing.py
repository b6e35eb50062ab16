"""Finds out what one model at one endpoint can do, with two small requests."""

from __future__ import annotations

import asyncio
import difflib
import json
import struct
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field, JsonValue, ValidationError

from nightshoot.domain.value import Value
from nightshoot.errors import BackendError, InputError, NightshootError
from nightshoot.llm import Counter
from nightshoot.tools.writer.faults import Place, fault_of
from nightshoot.tools.writer.fitting import fitted, keys_of
from nightshoot.tools.writer.forms import Ladder, Messages, Question, picture_part
from nightshoot.tools.writer.known import Form, KnownEndpoints
from nightshoot.tools.writer.prices import Tariff
from nightshoot.tools.writer.replies import Whole, read
from nightshoot.tools.writer.wire import Wire

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_TOKENS = 2048
"""Room for the thoughts of a model that thinks before it says one word."""
_SIDE = 64
"""Pixels of the picture's side. Vision models refuse less than 28: they cut it into such patches.
Source: https://github.com/QwenLM/Qwen2.5-VL (image resolution)"""
_CONTEXTS = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx")
"""What vLLM, OpenRouter, Groq, Mistral and LM Studio, and llama.cpp call a context's length."""
_NAMES = {
    Form.SCHEMA: "strict JSON schema",
    Form.TOOL: "tool calls (no JSON schema)",
    Form.OBJECT: "JSON objects (no JSON schema, no tool calls)",
    Form.TEXT: "plain text only (answers are read with patience)",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found out."""

    about: str
    good: bool
    text: str


class _Colour(Value):
    colour: str = Field(min_length=1)


async def probe(
    client: AsyncOpenAI, *, model: str, tariff: Tariff, known: KnownEndpoints, limit_s: float
) -> AsyncIterator[Finding]:
    """Gives what a model can do, one finding after the other; the first bad one is the last.

    The form of structured output that works is kept in `known`.

    Args:
        client: reaches the endpoint; its own time-out is `limit_s` too.
        model: the model's name there.
        tariff: what it costs.
        known: takes what is found out.
        limit_s: the longest that each request may take.
    """
    # What was known before may be out of date: it is found out afresh.
    fresh = KnownEndpoints()
    wire = Wire(client, model=model, tariff=tariff)
    ladder = Ladder(wire, fresh)
    try:
        listed = await _models(client, wire.place, limit_s)
        begun = time.monotonic()
        form, text = await _asked(ladder, _question(None), limit_s)
    except NightshootError as error:
        yield Finding("answers", False, str(error))
        return
    seconds = time.monotonic() - begun
    known.keep(wire.place.address, model, fresh.of(wire.place.address, model))
    fits = "" if _colour(text) else ", but not with the JSON that was asked for"
    yield Finding("answers", True, f"in {seconds:.1f} s, by {_NAMES[form]}{fits}")
    yield _about_model(model, listed)
    yield await _sight(ladder, form, limit_s)
    yield _about_price(model, tariff)


async def _models(client: AsyncOpenAI, place: Place, limit_s: float) -> dict[str, int | None]:
    """Gives the models that an endpoint lists with their contexts; none where it has no list."""
    import httpx2
    import openai

    try:
        async with asyncio.timeout(limit_s):
            response = await client.get("/models", cast_to=httpx2.Response)
        body: JsonValue = json.loads(response.content)
    except TimeoutError:
        raise BackendError(f"{place.address} did not answer within {limit_s:g} s") from None
    except openai.APIStatusError as error:
        if error.status_code in (401, 403):
            raise fault_of(error, place) from None
        return {}
    except openai.APIError as error:
        raise fault_of(error, place) from None
    except (ValueError, RecursionError):
        return {}
    data = body.get("data") if isinstance(body, dict) else None
    models = [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    return {str(one.get("id")): _context(one) for one in models}


def _context(model: dict[str, JsonValue]) -> int | None:
    meta = model.get("meta")
    told = {**(meta if isinstance(meta, dict) else {}), **model}
    found = (told.get(name) for name in _CONTEXTS)
    return next((one for one in found if isinstance(one, int) and one > 0), None)


async def _asked(ladder: Ladder, question: Question, limit_s: float) -> tuple[Form, str]:
    try:
        async with asyncio.timeout(limit_s):
            completion, form = await ladder.ask(question)
    except TimeoutError:
        raise BackendError(f"no answer within {limit_s:g} s") from None
    return form, completion.text or completion.thoughts


def _question(picture: bytes | None, form: Form | None = None) -> Question:
    schema = json.dumps(_Colour.model_json_schema())
    asked = "What colour is the picture?" if picture else "What colour is fresh snow?"
    content: JsonValue = asked
    if picture:
        content = [{"type": "text", "text": asked}, picture_part(picture, "the probe")]
    messages: Messages = [
        {"role": "system", "content": f"Answer with one JSON object.\n\nJSON schema:\n{schema}"},
        {"role": "user", "content": content},
    ]
    return Question(
        messages=messages,
        output=_Colour,
        agent="critic",
        meter=Counter(),
        pictures=1 if picture else 0,
        tokens=_TOKENS,
        form=form,
    )


def _colour(text: str) -> str:
    """Gives the colour in an answer, or nothing where there is none."""
    found = read(text, keys_of(_Colour))
    if not isinstance(found, Whole):
        return ""
    try:
        return _Colour.model_validate(fitted(found.value, _Colour)).colour
    except ValidationError:
        return ""


def _about_model(model: str, listed: dict[str, int | None]) -> Finding:
    if not listed:
        return Finding("model", True, f"{model} (the endpoint lists none)")
    if model not in listed:
        near = difflib.get_close_matches(model, listed, n=3)
        hint = f"; near it: {', '.join(near)}" if near else ""
        return Finding("model", True, f"{model} answers, though it is not listed{hint}")
    context = listed[model]
    told = f"context of {context} tokens" if context else "the endpoint does not tell its context"
    return Finding("model", True, f"{model}, {told}")


async def _sight(ladder: Ladder, form: Form, limit_s: float) -> Finding:
    try:
        _, text = await _asked(ladder, _question(red_square(), form), limit_s)
    except InputError:
        return Finding(
            "pictures", True, "takes none: set [agents.critic] model for a critic with eyes"
        )
    except NightshootError as error:
        return Finding("pictures", True, f"not found out: {error}")
    sees = "red" in _colour(text).casefold() or "红" in _colour(text)
    return Finding(
        "pictures", True, "sees them" if sees else "takes them, but did not see that one is red"
    )


def _about_price(model: str, tariff: Tariff) -> Finding:
    if not tariff.known:
        return Finding(
            "price",
            True,
            f'not known: counted as 0 USD until [prices."{model}"] is set; a budget cannot hold it',
        )
    if not (tariff.prompt_usd or tariff.completion_usd):
        return Finding("price", True, f"free ({tariff.told_by})")
    return Finding(
        "price",
        True,
        f"{tariff.prompt_usd:g} USD a million tokens in, {tariff.completion_usd:g} out "
        f"({tariff.told_by})",
    )


def red_square() -> bytes:
    """Gives a small picture, all red: PNG, 64 by 64 pixels."""
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\xff\x00\x00" * _SIDE) * _SIDE)
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
