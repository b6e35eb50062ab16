"""The ladder of structured output: the best form that an endpoint takes, found out once."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, JsonValue

from nightshoot.errors import BackendError, InputError
from nightshoot.llm import Meter
from nightshoot.tools.writer.completions import Completion
from nightshoot.tools.writer.faults import Kind, Refused, context_fault
from nightshoot.tools.writer.known import LADDER, Abilities, Form, KnownEndpoints, Limit
from nightshoot.tools.writer.references import References
from nightshoot.tools.writer.strict import (
    NO_BOUNDS,
    Bounds,
    Schema,
    digest_of_schema,
    strict_schema,
)
from nightshoot.tools.writer.wire import Wire

Messages = list[dict[str, JsonValue]]

_LEAST_TOKENS = 256
"""An answer that may not be longer than this is of no use: the prompt is what is too long."""
_MOST_ATTEMPTS = 12
"""Four forms, two names of a limit, some lengths; after so many refusals it is something else."""
_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a model, whatever the form."""

    messages: Messages
    output: type[BaseModel]
    agent: str
    """Whose setting a message names."""
    meter: Meter
    pictures: int = 0
    tokens: int = 16_384
    """The most that the answer may have, thoughts included."""
    form: Form | None = None
    """The one form to ask in; None: the best that is taken."""
    references: References = field(default_factory=dict)
    """The ids that the answer may refer to."""
    below: Form | None = None
    """Forms up to this one are passed over: they gave nothing that could be read."""


@dataclass(slots=True)
class _Attempt:
    form: Form
    tokens: int
    refused: list[Form] = field(default_factory=list)
    abilities: Abilities = field(default_factory=Abilities)


class Ladder:
    """Asks one model at one endpoint, each time in the best form that it takes."""

    def __init__(self, wire: Wire, known: KnownEndpoints, *, bounds: Bounds = NO_BOUNDS) -> None:
        self._wire = wire
        self._known = known
        self._bounds = bounds

    async def ask(self, question: Question) -> tuple[Completion, Form]:
        """Gives an answer and the form that it came in.

        Raises:
            InputError: the model takes no pictures, or not so long a text.
            BackendError: the request is refused in every form.
            TransientError: as `Wire.send` does.
        """
        wire = self._wire
        digest = digest_of_schema(question.output)
        address, model = wire.place.address, wire.place.model
        attempt = _Attempt(Form.TEXT, question.tokens)
        attempt.abilities = self._known.of(address, model)
        for _ in range(_MOST_ATTEMPTS):
            attempt.form = self._form(question, attempt, digest)
            tokens = min(attempt.tokens, attempt.abilities.most_tokens or attempt.tokens)
            try:
                completion = await wire.send(
                    self._body(question, attempt, tokens),
                    most_tokens=tokens,
                    pictures=question.pictures,
                    meter=question.meter,
                )
            except Refused as refusal:
                self._mend(refusal, question, attempt, tokens)
                continue
            # Another task may have found out more meanwhile.
            latest = self._known.of(address, model)
            mended = latest.model_copy(
                update={
                    "limit": attempt.abilities.limit,
                    "most_tokens": attempt.abilities.most_tokens or latest.most_tokens,
                    "system": attempt.abilities.system,
                }
            )
            self._known.keep(
                address,
                model,
                mended.learned(digest, works=attempt.form, refused=tuple(attempt.refused)),
            )
            return completion, attempt.form
        raise BackendError(f"the endpoint {address} refuses every form of request")

    def _form(self, question: Question, attempt: _Attempt, digest: str) -> Form:
        if question.form is not None:
            return question.form
        latest = self._known.of(self._wire.place.address, self._wire.place.model)
        best = LADDER.index(latest.form_for(digest))
        if question.below is not None:
            best = max(best, min(LADDER.index(question.below) + 1, len(LADDER) - 1))
        return next((form for form in LADDER[best:] if form not in attempt.refused), Form.TEXT)

    def _mend(self, refusal: Refused, question: Question, attempt: _Attempt, tokens: int) -> None:
        """Changes what the refusal is about, or raises."""
        had = attempt.abilities
        if question.pictures and refusal.kind is Kind.PICTURES:
            raise InputError(
                f"{self._wire.place.model} takes no pictures: set [agents.{question.agent}] model "
                f"to one with eyes (the endpoint says: {refusal.said})"
            ) from None
        if refusal.kind is Kind.LIMIT_NAME and had.limit is not Limit.NONE:
            names = list(Limit)
            attempt.abilities = replaced(had, limit=names[names.index(had.limit) + 1])
            return
        if refusal.kind is Kind.SYSTEM and had.system:
            attempt.abilities = replaced(had, system=False)
            return
        if refusal.kind is Kind.LIMIT_SIZE:
            smaller, lasting = smaller_limit(refusal.said, tokens)
            if smaller < _LEAST_TOKENS:
                raise context_fault(self._wire.place) from None
            attempt.tokens = smaller
            if lasting:
                attempt.abilities = replaced(had, most_tokens=smaller)
            return
        if attempt.form is Form.TEXT or question.form is not None:
            hint = f" (it was sent with pictures: see [agents.{question.agent}] model)"
            raise BackendError(f"{refusal}{hint if question.pictures else ''}") from None
        attempt.refused.append(attempt.form)

    def _body(self, question: Question, attempt: _Attempt, tokens: int) -> dict[str, JsonValue]:
        abilities = attempt.abilities
        messages = question.messages if abilities.system else without_system(question.messages)
        body: dict[str, JsonValue] = {"model": self._wire.place.model, "messages": [*messages]}
        if abilities.limit is not Limit.NONE:
            body[abilities.limit.value] = tokens
        name = question.output.__name__
        if attempt.form is Form.SCHEMA:
            schema: Schema = self._schema(question)
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": name, "strict": True, "schema": schema},
            }
        elif attempt.form is Form.TOOL:
            function: dict[str, JsonValue] = {
                "name": name,
                "description": f"Takes the {name}.",
                "parameters": self._schema(question),
                "strict": True,
            }
            body["tools"] = [{"type": "function", "function": function}]
            body["tool_choice"] = {"type": "function", "function": {"name": name}}
        elif attempt.form is Form.OBJECT:
            body["response_format"] = {"type": "json_object"}
        return body

    def _schema(self, question: Question) -> Schema:
        return strict_schema(question.output, bounds=self._bounds, references=question.references)


def replaced(abilities: Abilities, **update: object) -> Abilities:
    """Gives abilities with some of them changed."""
    return abilities.model_copy(update=update)


def smaller_limit(said: str, sent: int) -> tuple[int, bool]:
    """Gives a limit of tokens that an endpoint which refused `sent` may take.

    Endpoints name the most that they take, or the length of their context and what the prompt has
    of it. What follows from a context holds for this prompt only.

    Returns:
        The limit, and whether it holds for every request.
    """
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", said)]
    below = sorted({number for number in numbers if 0 < number < sent})
    context = re.search(r"context (?:length|window|size)\D{0,30}([\d,]+)", said, re.IGNORECASE)
    if context:
        length = int(context[1].replace(",", ""))
        prompts = re.findall(
            r"([\d,]+)(?: tokens?)?(?: in the (?:messages|prompt)| input tokens)| - ([\d,]+)\b",
            said,
        )
        used = [int((one or other).replace(",", "")) for one, other in prompts]
        if used and length < sent + max(used):
            return min(length - max(used), sent - 1), False
        return sent // 2, False
    return (below[-1], True) if below else (sent // 2, False)


def without_system(messages: Sequence[dict[str, JsonValue]]) -> Messages:
    """Gives messages for a model whose template knows no system: its text begins the first other.

    Source: Gemma's chat template, https://ai.google.dev/gemma/docs/core/prompt-structure
    """
    system = "\n\n".join(
        str(message["content"]) for message in messages if message["role"] == "system"
    )
    rest = [dict(message) for message in messages if message["role"] != "system"]
    if rest and system:
        content = rest[0]["content"]
        rest[0]["content"] = (
            [{"type": "text", "text": system}, *content]
            if isinstance(content, list)
            else f"{system}\n\n{content}"
        )
    return rest


def content_with(text: str, pictures: Sequence[Path]) -> JsonValue:
    """Gives a message's content: the text, and the pictures as data URLs.

    Raises:
        InputError: a picture cannot be read, or is neither PNG nor JPEG.
    """
    if not pictures:
        return text
    parts: list[JsonValue] = [{"type": "text", "text": text}]
    for path in pictures:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"the picture {path.name} cannot be read: {error.strerror}") from None
        parts.append(picture_part(data, path.name))
    return parts


def picture_part(data: bytes, name: str) -> JsonValue:
    """Gives a picture as a part of a message. Raises InputError where it is no PNG and no JPEG."""
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if kind is None:
        raise InputError(f"the picture {name} is neither PNG nor JPEG: convert it")
    url = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def grown(question: Question, most: int) -> Question:
    """Gives the question with twice the room for the answer, up to `most` tokens."""
    return replace(question, tokens=min(most, 2 * question.tokens))
