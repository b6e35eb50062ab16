"""Whatever goes wrong, in whatever order, with whatever crashes: one action is paid once."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightshoot.artifacts.jobs import JobState, LooseJob
from nightshoot.errors import BackendError, InputError, NightshootError, TransientError
from nightshoot.tools.hosted.discipline import (
    Accepted,
    Answer,
    Discipline,
    Duplicate,
    Manners,
    NotTaken,
    Pacing,
    Report,
    Standing,
    Unsure,
    token_of,
)

MANNERS = Manners(service="Fake", console="https://fake.example", table="video.fake")
HURRIED = Pacing(first_s=0, longest_s=0, settle_s=0, faults=1, losses=1, patience_s=60)


class Crash(BaseException):
    """The process dies here."""


@dataclass
class FakeDesk:
    """A service that keeps its jobs, and does what the next step says."""

    finds: bool
    steps: deque[str] = field(default_factory=deque)
    jobs: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By id: the token, and how it stands."""
    submissions: list[str] = field(default_factory=list)

    @property
    def paid(self) -> int:
        return sum(standing != "failed" for _, standing in self.jobs.values())

    def _step(self) -> str:
        return self.steps.popleft() if self.steps else "good"

    async def submit(self, token: str) -> Answer:
        step = self._step()
        self.submissions.append(token)
        if step == "crash before":
            raise Crash
        if step == "not taken":
            return NotTaken(error=TransientError("busy"))
        if step == "wrong key":
            return NotTaken(error=InputError("the key is refused"))
        if step == "unsure, not taken":
            return Unsure(why="it did not answer in time")
        if self.finds and any(token == known for known, _ in self.jobs.values()):
            return Duplicate()
        number = f"job-{len(self.jobs) + 1}"
        self.jobs[number] = (token, "waiting")
        if step == "crash after":
            raise Crash
        if step == "unsure, taken":
            return Unsure(why="it answered HTTP 500")
        return Accepted(id=number)

    async def find(self, token: str) -> Report | None:
        if self._step() == "ask fault":
            raise TransientError("cannot be asked")
        for number, (known, standing) in self.jobs.items():
            if known == token:
                return Report(standing=Standing(standing), id=number)
        return None

    async def ask(self, job: str) -> Report | None:
        step = self._step()
        token, standing = self.jobs.get(job, ("", "lost"))
        if step == "crash before":
            raise Crash
        if step == "ask fault":
            raise TransientError("cannot be asked")
        if step == "fails" and standing == "waiting":
            self.jobs[job] = (token, "failed")
            return Report(standing=Standing.FAILED, id=job, reason="worker broke")
        if step == "lost" or standing == "lost":
            return None
        if step == "no result":
            return Report(standing=Standing.DONE, id=job)
        if step == "waiting":
            return Report(standing=Standing.WAITING, id=job, share=0.5)
        self.jobs[job] = (token, "done")
        return Report(standing=Standing.DONE, id=job, result="https://files.example/1")


STEPS = (
    "good",
    "not taken",
    "wrong key",
    "unsure, taken",
    "unsure, not taken",
    "crash before",
    "crash after",
    "ask fault",
    "fails",
    "lost",
    "no result",
    "waiting",
)


async def run_once(job: LooseJob, desk: FakeDesk, *, pay_again: bool = False) -> Report | None:
    """One process: new objects, the job as it is on the disk, until it ends or dies."""
    manners = Manners(
        service="Fake", console="https://fake.example", table="video.fake", pay_again=pay_again
    )

    async def at_once(_: float) -> None:
        return None

    discipline = Discipline(manners, HURRIED, sleep=at_once)
    with contextlib.suppress(Crash, NightshootError):
        return await discipline.see_through(job, desk, lambda _: None)
    return None


@settings(max_examples=400, deadline=None)
@given(st.booleans(), st.lists(st.sampled_from(STEPS), max_size=14), st.integers(1, 6))
def test_no_sequence_of_faults_and_crashes_pays_twice(
    finds: bool, steps: list[str], runs: int
) -> None:
    desk, job = FakeDesk(finds=finds, steps=deque(steps)), LooseJob(token="a" * 64)
    for _ in range(runs):
        asyncio.run(run_once(job, desk))
        assert desk.paid <= 1
    desk.steps.clear()
    report = asyncio.run(run_once(job, desk))
    if report is not None:
        assert (desk.paid, report.result) == (1, "https://files.example/1")
    elif finds:
        # One that failed in between is reported once; the run after it gets there.
        again = asyncio.run(run_once(job, desk))
        assert again is not None
        assert desk.paid == 1
    else:
        assert job.state is JobState.SENDING


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=10), st.integers(1, 4))
def test_who_accepts_to_pay_again_pays_once_more_a_run_at_most(steps: list[str], runs: int) -> None:
    desk, job = FakeDesk(finds=False, steps=deque(steps)), LooseJob(token="a" * 64)
    for number in range(1, runs + 1):
        asyncio.run(run_once(job, desk, pay_again=True))
        assert desk.paid <= number
        assert len(desk.submissions) <= number


async def test_a_try_within_the_same_run_does_not_pay_again_twice() -> None:
    manners = Manners(service="Fake", console="", table="video.fake", pay_again=True)
    discipline = Discipline(manners, HURRIED)
    desk = FakeDesk(finds=False, steps=deque(["unsure, taken"] * 3))
    job = LooseJob(token="a" * 64, state=JobState.SENDING)
    for _ in range(3):
        with pytest.raises(BackendError, match="not known"):
            await discipline.see_through(job, desk, lambda _: None)
    assert len(desk.submissions) == 1


async def test_it_is_written_down_before_it_is_sent_and_before_it_is_asked_about() -> None:
    seen: list[tuple[str, JobState]] = []

    class Watched(FakeDesk):
        async def submit(self, token: str) -> Answer:
            seen.append(("submit", job.state))
            return await super().submit(token)

        async def ask(self, job_id: str) -> Report | None:
            seen.append(("ask", job.state))
            assert job.id == job_id
            return await super().ask(job_id)

    job = LooseJob(token="a" * 64)
    await Discipline(MANNERS, HURRIED).see_through(job, Watched(finds=False), lambda _: None)
    assert seen == [("submit", JobState.SENDING), ("ask", JobState.RUNNING)]


async def test_a_cancelled_call_leaves_the_job_as_it_is() -> None:
    desk = FakeDesk(finds=False, steps=deque(["good", *["waiting"] * 10_000]))
    job = LooseJob(token="a" * 64)
    discipline = Discipline(MANNERS, Pacing(first_s=0.01))
    task = asyncio.create_task(discipline.see_through(job, desk, lambda _: None))
    async with asyncio.timeout(60):
        while job.state is not JobState.RUNNING:  # noqa: ASYNC110 no event tells it
            await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (job.state, job.id) == (JobState.RUNNING, "job-1")


async def test_a_request_that_is_its_own_answer_follows_the_same_rules() -> None:
    discipline = Discipline(MANNERS, HURRIED)
    job = LooseJob(token="a" * 64)

    async def busy() -> str | NotTaken | Unsure:
        assert job.state is JobState.SENDING
        return NotTaken(error=TransientError("busy"))

    async def silent() -> str | NotTaken | Unsure:
        return Unsure(why="it did not answer in time")

    async def good() -> str | NotTaken | Unsure:
        return "picture"

    with pytest.raises(TransientError, match="busy"):
        await discipline.at_once(job, busy)
    assert job.state is JobState.NONE
    with pytest.raises(BackendError, match=r"in time.*not known.*pay_again"):
        await discipline.at_once(job, silent)
    with pytest.raises(BackendError, match="cut off while it was sent"):
        await discipline.at_once(job, good)
    paying = Discipline(
        Manners(service="Fake", console="", table="image.fake", pay_again=True), HURRIED
    )
    assert await paying.at_once(job, good) == "picture"
    assert job.state.value == "sending"


def test_tokens_are_the_actions_own_and_short() -> None:
    job = LooseJob(token="b" * 64)
    assert token_of(job, 0) == "b" * 32
    assert token_of(job, 3) == "b" * 32 + "-3"
