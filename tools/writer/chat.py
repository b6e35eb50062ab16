"""Writes through an OpenAI-compatible endpoint, with answers checked against a schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

from pydantic import ValidationError

from nightshoot.errors import (
    BackendError,
    GaveUp,
    InputError,
    NightshootError,
    TransientError,
)
from nightshoot.llm import Ask, Out

if TYPE_CHECKING:
    import openai
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionMessageParam

_TRIES = 3
_THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
_MENTIONED = 8
_PASSING = (408, 409, 425)
"""HTTP states that may pass besides 429 and 5xx: request time-out, conflict, too early."""


class _Form(IntEnum):
    """How the endpoint is asked for JSON, best first."""

    SCHEMA = 0
    OBJECT = 1
    TEXT = 2


class ChatWriter:
    """A language model behind the chat completions interface of an endpoint.

    The answer's JSON schema is sent along. An endpoint that refuses schemas is asked for any JSON
    object, and one that refuses that too for plain text; which form it takes is remembered.
    """

    version = "1"

    def __init__(self, client: AsyncOpenAI, *, model: str) -> None:
        self._client = client
        self._model = model
        self._form = _Form.SCHEMA

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    @property
    def model(self) -> str:
        """The model's name at the endpoint."""
        return self._model

    async def write(self, ask: Ask[Out]) -> Out:
        """Answers `ask`; an answer that does not fit is asked for again with what was wrong.

        Raises:
            GaveUp: no answer fitted after three tries.
            TransientError: the endpoint could not be reached, or is busy.
            InputError: the endpoint refuses the key, the model or the length of the text.
            BackendError: the endpoint refuses for another reason.
        """
        schema = json.dumps(ask.output.model_json_schema(), ensure_ascii=False)
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": f"{ask.prompt.system}\n\nJSON schema:\n{schema}"},
            {"role": "user", "content": ask.prompt.user},
        ]
        if ask.violations:
            messages.append({"role": "user", "content": "\n".join(ask.violations)})
        problem = ""
        for _ in range(_TRIES):
            answer = await self._answer(messages, ask.output.__name__, schema)
            try:
                return ask.output.model_validate_json(_json_in(answer))
            except ValidationError as error:
                problem = _problems(error)
                messages += [
                    {"role": "assistant", "content": answer},
                    {"role": "user", "content": f"The JSON does not fit the schema:\n{problem}"},
                ]
        raise GaveUp(f"{self._model} did not give a valid {ask.output.__name__}: {problem}")

    async def _answer(
        self, messages: Iterable[ChatCompletionMessageParam], name: str, schema: str
    ) -> str:
        import openai

        while True:
            form = self._form
            try:
                return await self._request(list(messages), name, schema, form)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                said = self._told(error)
                if "context" in said.lower() and "length" in said.lower():
                    raise InputError(
                        f"the text is too long for {self._model}: shorten it, or set "
                        "NIGHTSHOOT_MODEL"
                    ) from None
                if form is _Form.TEXT:
                    raise BackendError(f"the endpoint refuses the request: {said}") from None
                # Another task may have found out the same meanwhile.
                self._form = max(self._form, _Form(form + 1))
            except openai.APIError as error:
                raise self._raised(error) from None
            except ValueError:
                raise BackendError(
                    f"the endpoint {self._place} answers with what is no JSON: "
                    "check NIGHTSHOOT_BASE_URL"
                ) from None

    def _raised(self, error: openai.APIError) -> NightshootError:
        """Gives our error for the client's, without the key in it."""
        import openai

        if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
            return InputError(
                "the endpoint refuses the key: set NIGHTSHOOT_API_KEY or OPENAI_API_KEY"
            )
        if isinstance(error, openai.NotFoundError):
            return InputError(
                f"the endpoint {self._place} has no model {self._model!r}: "
                "set NIGHTSHOOT_MODEL or NIGHTSHOOT_BASE_URL"
            )
        if error.code == "insufficient_quota":
            return BackendError(f"the account at {self._place} has no credit left")
        passing = isinstance(
            error,
            (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError),
        )
        if passing or getattr(error, "status_code", 0) in _PASSING:
            if isinstance(error, openai.RateLimitError):
                return TransientError(f"the endpoint {self._place} is busy: try again later")
            return TransientError(
                f"the endpoint {self._place} cannot be reached or failed: see that it runs, check "
                "NIGHTSHOOT_BASE_URL, or use --writer rehearsal"
            )
        return BackendError(f"the endpoint refuses the request: {self._told(error)}")

    @property
    def _place(self) -> str:
        """The endpoint's address without a user and a password."""
        url = self._client.base_url
        return f"{url.scheme}://{url.netloc.decode()}{url.path}"

    def _told(self, error: openai.APIError) -> str:
        """Gives what the endpoint says, without the key, which some of them repeat."""
        key = self._client.api_key
        return error.message.replace(key, "(the key)") if len(key) > 4 else error.message

    async def _request(
        self, messages: list[ChatCompletionMessageParam], name: str, schema: str, form: _Form
    ) -> str:
        from openai.types.chat import ChatCompletion

        completions = self._client.chat.completions
        if form is _Form.SCHEMA:
            completion = await completions.create(
                model=self._model,
                messages=messages,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": name, "schema": json.loads(schema)},
                },
            )
        elif form is _Form.OBJECT:
            completion = await completions.create(
                model=self._model, messages=messages, response_format={"type": "json_object"}
            )
        else:
            completion = await completions.create(model=self._model, messages=messages)
        # The client does not check what it is given: a web page comes as a text.
        if not isinstance(completion, ChatCompletion):
            raise BackendError(
                f"the endpoint {self._place} answers with what is no chat completion: "
                "check NIGHTSHOOT_BASE_URL"
            )
        if not completion.choices or not completion.choices[0].message:
            return ""
        return completion.choices[0].message.content or ""


def _json_in(answer: str) -> str:
    """Gives the outermost JSON object in an answer that may have thoughts and fences around it."""
    # Some servers cut off the mark that begins the thoughts.
    text = _THINKING.sub("", answer).rpartition("</think>")[2]
    first, last = text.find("{"), text.rfind("}")
    return text[first : last + 1] if 0 <= first < last else text


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in found]
    return "\n".join(lines[:_MENTIONED])
