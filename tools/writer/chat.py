"""Writes through an OpenAI-compatible endpoint, with answers checked against a type."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import JsonValue, ValidationError

from nightshoot.errors import BackendError, GaveUp
from nightshoot.llm import Ask, Out
from nightshoot.tools.writer.completions import Completion, Ending
from nightshoot.tools.writer.continuing import joined
from nightshoot.tools.writer.faults import content_fault
from nightshoot.tools.writer.fitting import fitted, keys_of
from nightshoot.tools.writer.forms import Ladder, Messages, Question, content_with, grown
from nightshoot.tools.writer.known import Form, KnownEndpoints
from nightshoot.tools.writer.prices import Tariff
from nightshoot.tools.writer.references import facts_of, references_of
from nightshoot.tools.writer.replies import Cut, Nothing, Whole, read
from nightshoot.tools.writer.strict import NO_BOUNDS, Bounds
from nightshoot.tools.writer.wire import Wire

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_TRIES = 3
_PARTS = 4
"""A truncated answer is continued so often at most."""
_TOKENS = 16_384
"""The most tokens of one answer, thoughts included: a board of 60 shots has about 15,000.
Source: measured on the example boards at one token for 3 bytes."""
_MOST_TOKENS = 65_536
"""What the limit grows to where thoughts used all of it."""
_MENTIONED = 8
_SHORT = 400
"""A refusal in prose is shorter; a longer text without JSON is something else."""
_DECLINES = re.compile(
    r"\b(i['’]?m sorry|i am sorry|i apologi[sz]e|as an ai\b"
    r"|i (can['’]?t|cannot|can not|won['’]?t|am unable to|['’]m unable to)"
    r"|unable to (help|assist|comply))"
    r"|(很?抱歉|对不起|不好意思).{0,40}(不能|无法|没法|不便)|我(不能|无法|没有办法)(为你|为您|提供|帮|协助|生成|满足)"
    r"|作为一?个?(AI|人工智能)",
    re.IGNORECASE | re.DOTALL,
)
_GO_ON = (
    "Your answer was cut off. Go on from exactly where it stopped: no greeting, no code fence, "
    "nothing repeated. Begin with the character that comes next."
)


class ChatWriter:
    """A language model behind the chat completions interface of an endpoint.

    It is asked in the best form that it takes (a strict JSON schema, a tool call, a JSON object,
    plain text), which is found out once. What it sends is read with patience, fitted to the type
    and checked; an answer that does not fit is asked for again with what was wrong, one that is cut
    off is continued, and one that refuses is an error that says so.
    """

    version = "2"

    def __init__(
        self,
        client: AsyncOpenAI,
        *,
        model: str,
        tariff: Tariff | None = None,
        known: KnownEndpoints | None = None,
        bounds: Bounds = NO_BOUNDS,
        tokens: int = _TOKENS,
        sees: bool = False,
    ) -> None:
        """Makes a writer.

        Args:
            client: reaches the endpoint; it must not retry by itself.
            model: the model's name there.
            tariff: what it costs; None: nothing.
            known: what endpoints are known to take.
            bounds: how long lists and texts may be; for very small models.
            tokens: the most tokens of one answer.
            sees: whether it may be sent pictures.
        """
        self._model = model
        self._sees = sees
        self._wire = Wire(client, model=model, tariff=tariff or Tariff())
        self._ladder = Ladder(self._wire, known or KnownEndpoints(), bounds=bounds)
        self._tokens = tokens
        self._client = client

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    @property
    def model(self) -> str:
        """The model's name at the endpoint."""
        return self._model

    @property
    def sees(self) -> bool:
        """Whether the model may be sent pictures."""
        return self._sees

    @property
    def longest_s(self) -> float:
        """After how long an ask is given up, if each request of it takes as long as it may."""
        return _TRIES * (_PARTS + 1) * self._wire.longest_s

    async def write(self, ask: Ask[Out]) -> Out:
        """Answers `ask`; an answer that does not fit is asked for again with what was wrong.

        Raises:
            GaveUp: no answer fitted after three tries.
            TransientError: the endpoint could not be reached, is busy, or broke off.
            InputError: the endpoint refuses the key, the model, the pictures or the text's length.
            BackendError: the endpoint or the model refuses for another reason.
            BudgetExceeded: the meter does not let a request through.
        """
        if not self._wire.tariff.known:
            ask.meter.note(self._unpriced)
        question = await self._question(ask)
        problem = ""
        for _ in range(_TRIES):
            answer, found, form = await self._answer(question)
            try:
                if isinstance(found, Whole):
                    return ask.output.model_validate(
                        fitted(found.value, ask.output, self._known_of(ask))
                    )
            except ValidationError as error:
                problem = _problems(error)
                question = _asked_again(
                    question, answer, f"The JSON does not fit the schema:\n{problem}"
                )
                continue
            # What cannot be read is asked for in a plainer form: some stumble over their own.
            question = replace(question, below=form if form is not Form.TEXT else question.below)
            if not answer.strip():
                problem = "the answer was empty"
                continue
            problem = "the answer was cut off" if isinstance(found, Cut) else "it was no JSON"
            question = _asked_again(
                question, answer, "The answer does not fit the schema: give one JSON object."
            )
        raise GaveUp(
            f"{self._model} did not give a valid {ask.output.__name__}: "
            f"{self._wire.place.masked(problem)}"
        )

    async def _answer(self, question: Question) -> tuple[str, Whole | Cut | Nothing, Form]:
        """Gives one answer as it came, continued where it was cut off, and what is in it."""
        keys = keys_of(question.output)
        completion, form = await self._ladder.ask(question)
        if completion.ending is Ending.LENGTH and not completion.text.strip():
            # Thoughts took all the room.
            completion, form = await self._ladder.ask(grown(question, _MOST_TOKENS))
            if completion.ending is Ending.LENGTH and not completion.text.strip():
                raise GaveUp(
                    f"{self._model} thought until its tokens were used up: set a model that thinks "
                    "less, or give it less to do"
                )
        self._check_refusal(completion)
        text = completion.text
        found = read(text, keys, over=completion.ending is not Ending.LENGTH)
        if not text.strip() and isinstance(
            hidden := read(completion.thoughts, keys, over=True), Whole
        ):
            # Some servers take an answer without thoughts for thoughts without an answer.
            return completion.thoughts, hidden, form
        if isinstance(found, Nothing):
            self._check_declined(found, completion)
            return text or self._wire.place.masked(completion.trouble), found, form
        for _ in range(_PARTS):
            if not isinstance(found, Cut):
                break
            more = await self._continued(question, found.text)
            if not more.text.strip():
                break
            text = joined(found.text, more.text)
            found = read(text, keys, over=more.ending is not Ending.LENGTH)
        else:
            if isinstance(found, Cut):
                raise GaveUp(
                    f"{self._model} did not give a valid {question.output.__name__}: it was cut "
                    f"off {_PARTS + 1} times, as when a model repeats itself; set another model"
                )
        return text, found, form

    async def _continued(self, question: Question, text: str) -> Completion:
        """Gives what follows a text that was cut off; in plain text, for it is no whole JSON."""
        messages: Messages = [
            *question.messages,
            {"role": "assistant", "content": text},
            {"role": "user", "content": _GO_ON},
        ]
        more, _ = await self._ladder.ask(replace(question, messages=messages, form=Form.TEXT))
        self._check_refusal(more)
        return more

    def _check_refusal(self, completion: Completion) -> None:
        place = self._wire.place
        if completion.refusal:
            raise BackendError(
                f"{self._model} refuses to write this: {place.masked(completion.refusal)} -- "
                "change the brief, or set another model"
            )
        if completion.ending is Ending.FILTER:
            raise content_fault(place, "")

    def _check_declined(self, found: Nothing, completion: Completion) -> None:
        """Raises where a text without JSON declines in prose."""
        text = found.text
        if 0 < len(text) <= _SHORT and _DECLINES.search(text):
            self._check_refusal(replace(completion, refusal=text))

    async def _question(self, ask: Ask[Out]) -> Question:
        schema = json.dumps(ask.output.model_json_schema(), ensure_ascii=False)
        # One message of each role: some chat templates refuse two users in a row.
        words = "\n".join((ask.prompt.user, *ask.violations))
        content = await asyncio.to_thread(content_with, words, ask.pictures)
        return Question(
            messages=[
                {"role": "system", "content": f"{ask.prompt.system}\n\nJSON schema:\n{schema}"},
                {"role": "user", "content": content},
            ],
            output=ask.output,
            agent=ask.task.partition("/")[0],
            meter=ask.meter,
            references=references_of(ask.given),
            pictures=len(ask.pictures),
            tokens=self._tokens,
        )

    def _known_of(self, ask: Ask[Out]) -> dict[str, JsonValue]:
        facts = facts_of(ask.given)
        return {"written_by": self._model, "locale": ask.locale.value, "version": 1, **facts}

    async def aclose(self) -> None:
        """Closes the client's connections."""
        await self._client.close()

    @property
    def _unpriced(self) -> str:
        return (
            f"The price of {self._model} is not known: its requests count as 0 USD, and a budget "
            f'cannot hold them; set [prices."{self._model}"] prompt_usd and completion_usd (a '
            "million tokens)."
        )


def _asked_again(question: Question, answer: str, problem: str) -> Question:
    messages: Messages = [
        *question.messages,
        {"role": "assistant", "content": answer},
        {"role": "user", "content": problem},
    ]
    return replace(question, messages=messages)


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in found]
    return "\n".join(lines[:_MENTIONED])
