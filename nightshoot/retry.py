"""The one place where faults are tried again."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from nightshoot.errors import TransientError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a TransientError is answered by another try, and after which wait.

    The wait doubles from try to try, with jitter. Where the service says how long to wait
    (`TransientError.retry_after_s`) and that is longer, its word is taken, with jitter on top so
    that callers who were told the same do not come back at once. No wait is longer than
    `longest_wait_s`, whatever the service says.
    """

    attempts: int = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 60.0
    """Services count requests and tokens by the minute, so that they ask for up to 60 s.
    Source: https://platform.openai.com/docs/guides/rate-limits (requests and tokens per minute)."""

    async def __call__(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Awaits `call()` until it succeeds, fails for good, or has failed `attempts` times.

        Raises:
            TransientError: the last try's.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(self.attempts),
            wait=self.wait_s,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await call()
        raise AssertionError("the last attempt returns or raises")

    def wait_s(self, state: RetryCallState) -> float:
        """Gives how long to wait after a failed try: the longer of ours and the service's wish."""
        backoff = wait_exponential_jitter(
            multiplier=self.first_wait_s, max=self.longest_wait_s, jitter=self.first_wait_s
        )
        wait = backoff(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_s if isinstance(error, TransientError) else None
        if asked is not None and asked > 0:
            wait = max(wait, asked + random.uniform(0, self.first_wait_s))
        return min(wait, self.longest_wait_s)
