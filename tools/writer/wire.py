"""One request to an endpoint: reserved, sent, paid, and its faults told in our words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pydantic import JsonValue

from nightshoot.errors import BackendError, NightshootError, TransientError
from nightshoot.llm import Bill, Meter, Usage
from nightshoot.tools.writer.completions import Completion, completion_in
from nightshoot.tools.writer.faults import Place, fault_of, may_have_run, told_fault
from nightshoot.tools.writer.known import bare_address
from nightshoot.tools.writer.prices import Tariff

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

_MARGIN_TOKENS = 200
"""What a chat template adds beyond the bytes of the request: a few tokens for each message."""
_PATIENCE = 4
"""A reply that trickles in, as behind a server that sends blank lines to keep the line open, may
take so many time-outs altogether. Source: https://api-docs.deepseek.com/quick_start/rate_limit"""


class Wire:
    """Sends chat completions to one endpoint."""

    def __init__(self, client: AsyncOpenAI, *, model: str, tariff: Tariff) -> None:
        self._client = client
        self._tariff = tariff
        timeout = client.timeout
        seconds = timeout if isinstance(timeout, (int, float)) else getattr(timeout, "read", None)
        self._timeout_s = float(seconds or 600.0)
        self.place = Place(
            address=bare_address(str(client.base_url)),
            model=model,
            secrets=(
                client.api_key,
                client.base_url.password,
                *(value for _, value in client.base_url.params.multi_items()),
            ),
            timeout_s=self._timeout_s,
        )

    @property
    def longest_s(self) -> float:
        """After how long a request is given up, in seconds."""
        return _PATIENCE * self._timeout_s

    @property
    def tariff(self) -> Tariff:
        """What the model costs."""
        return self._tariff

    async def send(
        self, body: Mapping[str, JsonValue], *, most_tokens: int, pictures: int, meter: Meter
    ) -> Completion:
        """Sends one request.

        The most that it can cost is reserved: a token is at least one byte of the request, so that
        its bytes are the most tokens that it can have. What the endpoint counted is paid; where it
        does not count, and where nobody knows whether the model ran, the most is paid.

        Args:
            body: the request.
            most_tokens: what the body limits the answer to.
            pictures: how many pictures are in it.
            meter: is asked first.

        Raises:
            BudgetExceeded: it was not sent.
            Refused: another form or parameter may mend it.
            TransientError, InputError, BackendError: as `fault_of` says.
        """
        prompt = _bytes_of(body) + _MARGIN_TOKENS + pictures * self._tariff.picture_tokens
        most = self._tariff.usage(prompt=prompt, completion=most_tokens)
        reserved: AbstractContextManager[Bill] = meter.request(most_usd=most.cost_usd)
        with reserved as bill:
            try:
                completion = await self._completion(body)
            except _Unknown as unknown:
                bill.pay(most)
                raise unknown.fault from None
            except asyncio.CancelledError:
                bill.pay(most)
                raise
            if completion.prompt_tokens is not None or not completion.trouble:
                bill.pay(self._used(completion, prompt, most_tokens))
        if completion.trouble_status:
            raise told_fault(completion.trouble_status, completion.trouble, self.place)
        return completion

    def _used(self, completion: Completion, prompt: int, most_tokens: int) -> Usage:
        """Gives what was counted, or else the most that it can have been."""
        counted, written = completion.prompt_tokens, completion.completion_tokens
        letters = len((completion.text + completion.thoughts).encode(errors="replace"))
        return self._tariff.usage(
            prompt=prompt if counted is None else counted,
            completion=min(most_tokens, letters) if written is None else written,
            cached=completion.cached_tokens,
        )

    async def _completion(self, body: Mapping[str, JsonValue]) -> Completion:
        import httpx2
        import openai

        try:
            async with asyncio.timeout(self.longest_s):
                response = await self._client.post(
                    "/chat/completions", cast_to=httpx2.Response, body=dict(body)
                )
        except TimeoutError:
            raise _Unknown(
                TransientError(
                    f"the endpoint {self.place.address} cannot be reached or failed: no end of the "
                    f"answer within {self.longest_s:g} s"
                )
            ) from None
        except openai.APIError as error:
            fault = fault_of(error, self.place)
            raise (_Unknown(fault) if may_have_run(error) else fault) from None
        return self._read(response)

    def _read(self, response: httpx2.Response) -> Completion:
        text = response.content.decode("utf-8", "replace").strip()
        try:
            body = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            if text.startswith("{"):
                raise _Unknown(
                    TransientError(
                        f"the endpoint {self.place.address} cannot be reached or failed: its reply "
                        "ends in the middle"
                    )
                ) from None
            body = None
        completion = completion_in(body)
        if completion is None:
            # A web page, as of a login, comes with HTTP 200.
            raise BackendError(
                f"the endpoint {self.place.address} answers with what is no chat completion: "
                "check NIGHTSHOOT_BASE_URL"
            )
        return completion


class _Unknown(Exception):
    """Nobody knows whether the model ran."""

    def __init__(self, fault: NightshootError) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _bytes_of(body: Mapping[str, JsonValue]) -> int:
    """Gives the length of a request as text, without its pictures."""
    return len(
        json.dumps(_without_pictures(dict(body)), ensure_ascii=False).encode(errors="replace")
    )


def _without_pictures(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {
            key: None if key == "image_url" else _without_pictures(part)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_without_pictures(part) for part in value]
    return value
