"""The one place where faults are tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from nightshoot.errors import TransientError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a TransientError is answered by another try, and after which wait."""

    attempts: int = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0

    async def __call__(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Awaits `call()` until it succeeds, fails for good, or has failed `attempts` times.

        Raises:
            TransientError: the last try's.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(self.attempts),
            wait=wait_exponential_jitter(
                multiplier=self.first_wait_s, max=self.longest_wait_s, jitter=self.first_wait_s
            ),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await call()
        raise AssertionError("the last attempt returns or raises")
