"""Whether a job that came to nothing is counted as paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nightshoot.artifacts import Job
from nightshoot.artifacts.jobs import JobState
from nightshoot.errors import BackendError
from nightshoot.tools.hosted.discipline import (
    Accepted,
    Discipline,
    Manners,
    Pacing,
    Report,
    Standing,
)

Kept = Callable[[], Job]


class FailingDesk:
    """Takes a job and fails it."""

    finds = False

    def __init__(self, cost_usd: float | None) -> None:
        self._cost_usd = cost_usd

    async def submit(self, token: str) -> Accepted:
        return Accepted(id="job-1")

    async def find(self, token: str) -> Report | None:
        raise AssertionError("it cannot")

    async def ask(self, job: str) -> Report:
        return Report(
            standing=Standing.FAILED, id=job, reason="worker broke", cost_usd=self._cost_usd
        )


@pytest.mark.parametrize(
    ("free", "said", "charged"),
    [(False, None, True), (True, None, False), (False, 0.0, False), (True, 0.02, True)],
)
async def test_a_failed_job_counts_as_paid_unless_the_service_says_that_it_was_not(
    kept: Kept, free: bool, said: float | None, charged: bool
) -> None:
    manners = Manners(service="One", console="its page", table="video.one", failed_free=free)
    discipline = Discipline(manners, Pacing(first_s=0.0))
    with pytest.raises(BackendError, match="One failed the job: worker broke") as caught:
        await discipline.see_through(kept(), FailingDesk(said), lambda _: None)
    assert (caught.value.charged, caught.value.cost_usd) == (charged, said)
    # Free, it is over; charged, whoever counts it lets go of it.
    assert kept().state is (JobState.RUNNING if charged else JobState.NONE)
