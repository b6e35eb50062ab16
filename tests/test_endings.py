"""An entry's end follows from the report of its film, or from the error that ended it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightshoot.domain.batch import BatchEntry, BatchOptions, Cause, EntryState
from nightshoot.domain.limits import Limits
from nightshoot.endings import failed
from nightshoot.errors import (
    ArtifactError,
    BackendError,
    BudgetExceeded,
    InputError,
    Refused,
    TooLate,
    TransientError,
)
from nightshoot.queueing import Claim, Queued


def a_claim(**options: object) -> Claim:
    entry = BatchEntry(brief="the sea", options=BatchOptions.model_validate(options))
    told = Queued(
        id=1,
        entry=entry,
        name="the sea",
        place="l.txt:1",
        priority=0,
        state=EntryState.RUNNING,
        added_at=0.0,
    )
    return Claim(queued=told, lease=1, folder=Path("films/sea"), limits=Limits())


@pytest.mark.parametrize(
    ("error", "state", "cause"),
    [
        (InputError("no such file"), EntryState.SET_ASIDE, Cause.INPUT),
        (Refused("not these words"), EntryState.SET_ASIDE, Cause.REFUSED),
        (TransientError("busy"), EntryState.FAILED, Cause.PASSING),
        (BackendError("broken"), EntryState.FAILED, Cause.BACKEND),
        (ArtifactError("no row"), EntryState.FAILED, Cause.STORE),
        (ArtifactError("no space left to write to /x"), EntryState.WAITING, Cause.STORE),
        (TooLate("only 3 s are left"), EntryState.WAITING, Cause.DEADLINE),
        (ValueError("secret"), EntryState.FAILED, Cause.UNFORESEEN),
    ],
)
def test_each_kind_of_error_has_its_state_and_cause(
    error: Exception, state: EntryState, cause: Cause
) -> None:
    released = failed(error, a_claim(), Limits())
    assert (released.state, released.cause, released.short) == (state, cause, False)
    assert "secret" not in released.error


@pytest.mark.parametrize(
    ("currency", "options", "nights", "short"),
    [
        ("usd", {"budget_usd": 1.0}, Limits(usd=5.0), False),
        ("usd", {"budget_usd": 5.0}, Limits(usd=1.0), True),
        ("usd", {}, Limits(usd=1.0), True),
        ("usd", {"budget_usd": 1.0}, Limits(gpu_s=60.0), False),
        ("gpu_s", {"budget_usd": 1.0}, Limits(usd=5.0, gpu_s=60.0), True),
        ("takes", {"takes_in_all": 3}, Limits(takes=3), False),
        ("", {"budget_usd": 1.0}, Limits(), False),
    ],
)
def test_a_film_that_the_night_was_too_poor_for_waits_and_one_with_its_own_limit_is_set_aside(
    currency: str, options: dict[str, object], nights: Limits, short: bool
) -> None:
    error = BudgetExceeded("the next step would pass it", currency=currency)
    released = failed(error, a_claim(**options), nights)
    assert released.short is short
    assert released.cause is Cause.BUDGET
    assert released.state is (EntryState.WAITING if short else EntryState.SET_ASIDE)
