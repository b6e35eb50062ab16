"""Real processes want the same actions at the same time, and are killed in the middle."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from nightshoot.artifacts import Action, ActionLog, JobState, Made, Outcome, Store
from nightshoot.artifacts.claims import Claim
from nightshoot.budget import Budget
from nightshoot.domain.shot import Estimate
from nightshoot.retry import Retry

SCRIPT = Path(__file__).with_name("claiming.py")
FIRST = Action(tool="t", version="1", request=Estimate(gpu_s=1), estimate=Estimate(cost_usd=1))
"""What the script's first action is."""

Start = Callable[..., "Process"]


class CountingLog(ActionLog):
    """Counts how often it looks whether an action is made, or free."""

    looks = 0

    def _look(self, key: str, claim: Claim) -> tuple[Outcome | None, bool]:
        self.looks += 1
        return super()._look(key, claim)


class Process:
    """One run of the script."""

    def __init__(self, folder: Path, name: str, actions: int, how: str) -> None:
        self._run = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(folder), name, str(actions), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.process = psutil.Process(self._run.pid)

    def said(self, begin: str) -> str:
        """Waits for a line that begins so."""
        assert self._run.stdout is not None
        for line in self._run.stdout:
            if line.startswith(begin):
                return line.strip()
        raise AssertionError(f"it ended without saying {begin!r}")

    def go_on(self) -> None:
        assert self._run.stdin is not None
        self._run.stdin.write("\n")
        self._run.stdin.flush()

    def kill(self) -> None:
        self._run.kill()
        self._run.wait()

    def close(self) -> None:
        for child in self.process.children() if self.process.is_running() else ():
            child.kill()
        self._run.kill()
        self._run.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Process] = []

    def run(name: str, *, actions: int = 1, how: str = "make") -> Process:
        started.append(Process(tmp_path, name, actions, how))
        return started[-1]

    yield run
    for process in started:
        process.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CountingLog]:
    log = CountingLog(Store(tmp_path / "store"), retry=Retry(attempts=1))
    yield log
    log.close()


@pytest.fixture
def budget(tmp_path: Path) -> Iterator[Budget]:
    budget = Budget(tmp_path / "ledger.sqlite", account="here")
    yield budget
    budget.close()


async def performed(log: ActionLog, budget: Budget) -> Outcome:
    async def make(scratch: Path) -> Made:
        return Made()

    return await log.perform(FIRST, make, budget=budget)


def claimants(folder: Path) -> list[Path]:
    return list((folder / "store" / "claimants").iterdir())


def test_what_four_processes_want_is_made_once_and_paid_once(start: Start, tmp_path: Path) -> None:
    said = [
        one.said("reused").split()
        for one in [start(name, actions=50) for name in ("a", "b", "c", "d")]
    ]
    made = [line.split()[0] for line in (tmp_path / "made").read_text().splitlines()]
    assert sorted(map(int, made)) == list(range(50))
    assert sum(int(words[1]) for words in said) == 150
    assert all(int(words[1]) + float(words[3]) == 50 for words in said), "who made it paid for it"


async def test_a_killed_claimants_action_is_taken_over_at_the_next_look_with_its_job(
    start: Start, log: CountingLog, budget: Budget, tmp_path: Path
) -> None:
    other = start("other", how="hang")
    other.said("hangs")
    waiting = asyncio.create_task(performed(log, budget))
    await asyncio.sleep(1.2)
    assert not waiting.done(), "a claimant that hangs is waited for"
    assert budget.spent.usd == 0, "who waits reserves nothing"
    assert log.job(FIRST).state is JobState.RUNNING
    other.kill()
    looks = log.looks
    outcome = await asyncio.wait_for(waiting, 100)
    # It looks every half second.
    assert log.looks <= looks + 1
    assert not outcome.reused
    assert len(claimants(tmp_path)) == 1, "the dead one's file is gone"


def test_the_next_process_goes_on_with_a_dead_ones_job(start: Start) -> None:
    first = start("first", how="hang")
    first.said("hangs")
    second = start("second")
    first.kill()
    assert second.said("makes") == "makes 0 running job-7"
    assert second.said("reused") == "reused 0 spent 1"


async def test_a_child_that_a_killed_claimant_had_forked_does_not_keep_its_claims(
    start: Start, log: ActionLog, budget: Budget
) -> None:
    other = start("other", how="fork")
    other.said("hangs")
    (child,) = other.process.children()
    try:
        other.kill()
        assert not (await asyncio.wait_for(performed(log, budget), 100)).reused
        assert child.is_running()
    finally:
        child.kill()


async def test_where_the_claimant_fails_whoever_waits_makes_it(
    start: Start, log: ActionLog, budget: Budget
) -> None:
    other = start("other", how="fail")
    other.said("fails")
    waiting = asyncio.create_task(performed(log, budget))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    other.go_on()
    assert not (await asyncio.wait_for(waiting, 100)).reused
    assert other.said("BackendError") == "BackendError it fails"


async def test_who_waits_can_be_cancelled_and_leaves_no_claim(
    start: Start, log: ActionLog, budget: Budget, tmp_path: Path
) -> None:
    other = start("other", how="hang")
    other.said("hangs")
    for wait_s in (0.0, 0.001, 0.01, 0.3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(wait_s):
                await performed(log, budget)
    other.kill()
    third = start("third")
    assert third.said("reused") == "reused 0 spent 1"


def test_a_full_disk_refuses_a_claim_before_anything_is_made(start: Start, tmp_path: Path) -> None:
    start("first").said("reused")
    full = start("full", actions=2, how="full from the start")
    said = full.said("ArtifactError")
    assert "see that the disk has room" in said
    assert len((tmp_path / "made").read_text().splitlines()) == 1


def test_a_claim_that_a_full_disk_keeps_ends_with_its_claimants_log(
    start: Start, tmp_path: Path
) -> None:
    full = start("full", how="full")
    full.said("ArtifactError")
    second = start("second")
    # What it made cannot be recorded nor its claim removed: the second waits, and does not fail.
    time.sleep(1)
    assert len((tmp_path / "made").read_text().splitlines()) == 1
    full.go_on()
    assert second.said("reused") == "reused 0 spent 1"


def test_the_next_who_claims_removes_the_files_of_the_dead_and_no_other(
    start: Start, tmp_path: Path
) -> None:
    dead = start("dead", how="hang")
    dead.said("hangs")
    dead.kill()
    (left,) = claimants(tmp_path)
    living = start("living", how="hang")
    living.said("hangs")
    (held,) = claimants(tmp_path)
    assert held != left
    start("next", actions=2, how="hang").said("makes 1")
    assert len(claimants(tmp_path)) == 2
    assert held in claimants(tmp_path)


def test_a_forked_child_that_ends_takes_no_claim_with_it(tmp_path: Path) -> None:
    log = ActionLog(Store(tmp_path / "store"))
    assert log._claims.of("0" * 64).take(None)
    child = os.fork()
    if child == 0:
        del log
        os._exit(0)
    os.waitpid(child, 0)
    other = ActionLog(Store(tmp_path / "store"))
    assert not other._claims.of("0" * 64).take(None)
    other.close()
    log.close()
