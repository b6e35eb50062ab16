"""Faults are tried again, and nothing else is."""

from __future__ import annotations

import pytest

from nightshoot.errors import BackendError, GaveUp, TransientError
from nightshoot.retry import Retry

QUICK = Retry(attempts=3, first_wait_s=0.001, longest_wait_s=0.002)


class Flaky:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


async def test_a_fault_is_tried_again_until_it_passes() -> None:
    call = Flaky(TransientError("1"), TransientError("2"))
    assert await QUICK(call) == "done"
    assert call.calls == 3


async def test_the_last_fault_is_raised_as_it_is() -> None:
    call = Flaky(*(TransientError(str(n)) for n in range(9)))
    with pytest.raises(TransientError, match="2"):
        await QUICK(call)
    assert call.calls == 3


@pytest.mark.parametrize("error", [BackendError("x"), GaveUp("x"), ValueError("x")])
async def test_other_errors_are_not_tried_again(error: Exception) -> None:
    call = Flaky(error)
    with pytest.raises(type(error)):
        await QUICK(call)
    assert call.calls == 1
