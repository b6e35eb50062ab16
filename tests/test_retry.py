"""Faults are tried again, and nothing else is."""

from __future__ import annotations

import pickle
import time

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


class Told:
    """A try that failed, as tenacity tells of it."""

    def __init__(self, error: Exception, attempt_number: int = 1) -> None:
        self.attempt_number = attempt_number
        self.outcome = self
        self.error = error

    def exception(self) -> Exception:
        return self.error


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        (None, 0.5, 1.0),
        (0.0, 0.5, 1.0),
        (-3.0, 0.5, 1.0),
        (0.1, 0.5, 1.0),
        (7.0, 7.0, 7.5),
        (9000.0, 30.0, 30.0),
        (float("inf"), 30.0, 30.0),
        (float("nan"), 0.5, 1.0),
    ],
)
def test_the_wait_is_the_longer_of_ours_and_the_services_up_to_the_longest(
    asked: float | None, least: float, most: float
) -> None:
    retry = Retry(first_wait_s=0.5, longest_wait_s=30.0)
    state = Told(TransientError("busy", retry_after_s=asked))
    for _ in range(50):
        assert least <= retry.wait_s(state) <= most  # type: ignore[arg-type]


async def test_what_the_service_asks_for_is_waited() -> None:
    retry = Retry(attempts=2, first_wait_s=0.0, longest_wait_s=1000.0)
    begun = time.monotonic()
    assert await retry(Flaky(TransientError("busy", retry_after_s=0.2))) == "done"
    assert 0.19 < time.monotonic() - begun < 60.0


def test_an_error_keeps_the_wait_when_it_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(TransientError("busy", retry_after_s=3.0)))
    assert (str(error), error.retry_after_s) == ("busy", 3.0)
    assert TransientError("x").retry_after_s is None
