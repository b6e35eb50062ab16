"""Sees one job through at a service, so that a crash, a time-out or a fault never pays twice.

The order is the whole of it. A job is written down as being sent *before* the request leaves, and
under the service's id *before* it is waited for. What is known after a crash then decides:

- nothing was written: a job may be sent;
- it has an id: the service is asked about that job, and no other is sent;
- it was being sent: the service may have it, and may want money for it. It is looked for by the
  token that was sent with it, where the service can; where it cannot, a person has to look.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import uuid4

from nightshoot.artifacts import Job
from nightshoot.artifacts.jobs import JobState, LooseJob
from nightshoot.errors import BackendError, NightshootError, Refused, TransientError
from nightshoot.tools.hosted.faults import REFUSED
from nightshoot.tools.protocols import Progress

Result = TypeVar("Result")

_MOST_ATTEMPTS = 20
"""How many jobs of one action a service is looked through for."""

_WAITING_SHARE = 0.9
"""The share of the progress that is the service's; the rest is downloading and fitting."""


class Standing(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a service says of a job."""

    standing: Standing
    id: str = ""
    result: str = ""
    """Where its result is: an address, or what the desk needs to fetch it; only when done."""
    reason: str = ""
    """Why it failed, without keys."""
    refused: bool = False
    """It failed because moderation refused it."""
    share: float | None = None
    """How much of it is done, 0.0 to 1.0, where the service says so."""
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The service took the job."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """The service surely has no such job: nothing was paid."""

    error: NightshootError


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """Whether the service has the job is not known."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The service already has a job with this token."""


Answer = Accepted | NotTaken | Unsure | Duplicate


class Desk(Protocol):
    """Where one job is handed in and asked about."""

    @property
    def finds(self) -> bool:
        """It can look for a job by the token that was sent with it."""
        ...

    async def submit(self, token: str) -> Answer:
        """Sends the job, once, and says what came of it. Raises nothing but cancellation."""
        ...

    async def find(self, token: str) -> Report | None:
        """Gives the job with this token, or None where there is none. Raises TransientError."""
        ...

    async def ask(self, job: str) -> Report | None:
        """Gives how the job with this id stands, or None where the service has none.

        Raises:
            TransientError: it cannot be asked now.
            BackendError: it cannot be asked at all, as when the key is refused.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How a job is waited for. Source: the services' own advice to poll every 5 to 10 s."""

    first_s: float = 3.0
    growth: float = 1.3
    longest_s: float = 15.0
    patience_s: float = 1800.0
    """A job that is not done by then is left to run, and picked up by the next run."""
    faults: int = 6
    """How many times in a row asking may fail."""
    losses: int = 4
    """How many times in a row the service may not know the job, or have no result of one that is
    done: some answer so for a moment."""
    settle_s: float = 10.0
    """How long a job that cannot be found is looked for until it counts as never sent."""
    typical_s: float = 120.0
    """How long a job usually takes, for the progress of services that do not tell it."""
    send_s: float = 300.0
    """For a request that hands a job in. Source: two pictures of 10 MB at 1 Mbit/s up take 160 s,
    and one that is given up too early is a job of unknown outcome."""
    ask_s: float = 60.0
    """For a request that asks about one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What the user has a say in, and how to name the service to them."""

    service: str
    console: str
    """Where a person can see their jobs and what they paid."""
    table: str
    """The settings' table, for messages."""
    pay_again: bool = False
    """A job whose outcome cannot be found out may be sent, and paid, again."""
    failed_free: bool = False
    """A job that failed cost nothing. Otherwise it counts as paid unless the service says what it
    cost, and the action log, which counts it, lets go of the job."""


class Discipline:
    """Sees jobs of one backend through."""

    def __init__(
        self,
        manners: Manners,
        pacing: Pacing,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keeps the manners and the clock; tests give their own."""
        self._manners = manners
        self._pacing = pacing
        self._sleep = sleep
        self._clock = clock
        self._paid_again: set[str] = set()

    async def see_through(self, job: Job | None, desk: Desk, progress: Progress) -> Report:
        """Gives the report of the job when it is done; it stays written down.

        Raises:
            TransientError: another try goes on with the same job.
            BackendError: it failed, or its outcome cannot be found out.
            InputError: the service says what is wrong with the request or the key.
        """
        kept = job or LooseJob(token=uuid4().hex)
        number = await self._identified(kept, desk)
        progress(0.02)
        return await self._awaited(kept, number, desk, progress)

    async def at_once(
        self, job: Job | None, send: Callable[[], Awaitable[Result | NotTaken | Unsure]]
    ) -> Result:
        """Gives the answer of a service that makes what is asked within one request.

        Such a job has no id: once it was sent, only its answer tells what became of it. It stays
        written down as being sent until its result is recorded.

        Args:
            job: where it is written down.
            send: sends the request, once; raises nothing but cancellation.

        Raises:
            NightshootError: what `NotTaken` says.
            BackendError: its outcome is not known.
        """
        kept = job or LooseJob(token=uuid4().hex)
        if kept.state is not JobState.NONE:
            if not self._manners.pay_again or kept.token in self._paid_again:
                raise self._unknown("an earlier try was cut off while it was sent")
            self._pay_again(kept)
        kept.sending()
        answer = await send()
        if isinstance(answer, NotTaken):
            kept.ended()
            raise answer.error
        if isinstance(answer, Unsure):
            raise self._unknown(answer.why)
        return answer

    def dead_end(self, job: Job | None, why: str) -> BackendError:
        """Gives the error for a job that was paid and gives nothing; lets it go where allowed."""
        manners = self._manners
        if manners.pay_again and job is not None:
            error = BackendError(
                f"{why}; pay_again is set: the next run sends, and pays, a new job"
            )
            error.charged = True
            return error
        return BackendError(
            f"{why}; nothing is sent again, as it may have been paid: see {manners.console}, then "
            f"run again, or write pay_again = true under [{manners.table}] to pay for a new one"
        )

    async def _identified(self, job: Job, desk: Desk) -> str:
        """Gives the id of the action's job: the one that runs, the one found, or a new one."""
        if job.state is JobState.RUNNING:
            return job.id
        if job.state is JobState.SENDING:
            if desk.finds:
                found = await self._found(job, desk)
                if found:
                    job.running(found)
                    return found
            elif self._manners.pay_again and job.token not in self._paid_again:
                self._pay_again(job)
            else:
                raise self._unknown("an earlier try was cut off while it was sent")
        return await self._submitted(job, desk)

    def _pay_again(self, job: Job) -> None:
        """Lets another job be sent for one that was cut off. Raises BudgetExceeded."""
        job.given_up()
        self._paid_again.add(job.token)

    async def _submitted(self, job: Job, desk: Desk) -> str:
        service = self._manners.service
        for number in range(_MOST_ATTEMPTS):
            job.sending()
            answer = await desk.submit(token_of(job, number))
            if isinstance(answer, Accepted):
                job.running(answer.id)
                return answer.id
            if isinstance(answer, NotTaken):
                job.ended()
                raise answer.error
            if isinstance(answer, Unsure) and not desk.finds:
                raise self._unknown(answer.why)
            if isinstance(answer, Unsure):
                raise TransientError(f"{service}: {answer.why}; the job is looked for")
            report = await desk.find(token_of(job, number))
            if report is None:
                raise TransientError(f"{service} has this job already, and cannot find it yet")
            if report.standing is not Standing.FAILED:
                job.running(report.id)
                return report.id
            # One of an earlier run, which failed and was counted then, has this token.
        job.ended()
        raise BackendError(f"{service} failed this job {_MOST_ATTEMPTS} times: change its prompt")

    async def _found(self, job: Job, desk: Desk) -> str:
        """Gives the id of the action's job at the service, or "" where it never arrived.

        Raises:
            BackendError: it arrived and failed.
        """
        settle_s = self._pacing.settle_s
        report: Report | None = None
        for wait_s in (0.0, settle_s / 2, settle_s / 2):
            # A request that was cut off may still be on its way in.
            await self._sleep(wait_s)
            for number in range(_MOST_ATTEMPTS):
                latest = await desk.find(token_of(job, number))
                if latest is None:
                    break
                report = latest
                if report.standing is not Standing.FAILED:
                    return report.id
            if report is not None:
                raise self._failure(job, report)
        return ""

    def _unknown(self, why: str) -> BackendError:
        manners = self._manners
        return BackendError(
            f"{manners.service}: {why}: whether it has the job, and wants money for it, is not "
            f"known; see {manners.console}, and write pay_again = true under [{manners.table}] "
            "to send it again"
        )

    def _failure(self, job: Job, report: Report) -> BackendError:
        """Gives the error for a job that the service failed; lets it go where it cost nothing."""
        service = self._manners.service
        reason = f": {report.reason}" if report.reason else ""
        error = (
            Refused(f"{service} {REFUSED}{reason}; word the shot differently")
            if report.refused
            else BackendError(f"{service} failed the job{reason}")
        )
        error.cost_usd = report.cost_usd
        if report.cost_usd is None:
            error.charged = not self._manners.failed_free
        else:
            error.charged = report.cost_usd > 0
        if not error.charged:
            job.ended()
        return error

    async def _awaited(self, job: Job, number: str, desk: Desk, progress: Progress) -> Report:
        pacing, service = self._pacing, self._manners.service
        begun, wait_s = self._clock(), pacing.first_s
        faults = losses = 0
        while True:
            pause_s = 0.0
            try:
                report = await desk.ask(number)
            except TransientError as error:
                faults += 1
                if faults > pacing.faults:
                    raise
                pause_s = error.retry_after_s or 0.0
            else:
                faults = 0
                if report is not None and report.standing is Standing.FAILED:
                    raise self._failure(job, report)
                if report is not None and report.standing is Standing.DONE and report.result:
                    progress(_WAITING_SHARE)
                    return report
                if report is None or report.standing is Standing.DONE:
                    losses += 1
                    if losses > pacing.losses:
                        raise self.dead_end(job, _lost(service, number, report))
                else:
                    losses = 0
                    progress(_share(report, self._clock() - begun, pacing))
            if self._clock() - begun >= pacing.patience_s:
                raise BackendError(
                    f"{service} still works on job {number} after {pacing.patience_s:.0f} s; it "
                    "is written down: run again to go on waiting, nothing is paid twice"
                )
            await self._sleep(max(wait_s, min(pause_s, pacing.patience_s)))
            wait_s = min(wait_s * pacing.growth, pacing.longest_s)


def token_of(job: Job, attempt: int) -> str:
    """Gives the token of an action's first, second, ... job; the same on every try.

    32 characters of the action's key: two films never share it, and every service takes its length.
    """
    token = job.token[:32]
    return f"{token}-{attempt}" if attempt else token


def _lost(service: str, number: str, report: Report | None) -> str:
    if report is None:
        return f"{service} no longer knows job {number}, which it took"
    return f"{service} says that job {number} is done, and gives no result"


def _share(report: Report, waited_s: float, pacing: Pacing) -> float:
    known = report.share
    if known is None:
        known = 1 - math.exp(-waited_s / pacing.typical_s)
    return 0.02 + (_WAITING_SHARE - 0.02) * min(1.0, max(0.0, known))
