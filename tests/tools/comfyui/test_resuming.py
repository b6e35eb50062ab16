"""A crash on our side costs nothing: the job that a server has is picked up again."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightshoot.artifacts import Action, ActionLog, Made, Store
from nightshoot.artifacts.jobs import JobState, LooseJob
from nightshoot.budget import Budget
from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import TransientError
from nightshoot.retry import Retry
from nightshoot.tools.comfyui.fake_faults import Fault
from nightshoot.tools.comfyui.fake_server import FakeComfy
from nightshoot.tools.registry import Surroundings

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Build = Callable[..., Any]

NOBODY = "http://127.0.0.1:9"

RUN = """
import asyncio, json, sys
from pathlib import Path
from nightshoot.artifacts import Action, ActionLog, Made, Store
from nightshoot.budget import Budget
from nightshoot.domain.shot import ShotPlan
from nightshoot.tools.comfyui.painter import ComfyPainter
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.registry import Surroundings

home, folder, table, plan = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
painter = ComfyPainter.configured(
    "comfy",
    ComfyPainter.Config.model_validate_json(table),
    Surroundings(environment={}, home=home, folder=folder, gpu=Gpu.configured({})),
)
wanted = ShotPlan.model_validate_json(plan)
log = ActionLog(Store(home / "store"))
action = Action(tool="image/comfy", version=painter.version, request=wanted)

async def make(scratch):
    painting = await painter.paint(
        plan=wanted, scratch=scratch, progress=lambda _: None, job=log.job(action)
    )
    return Made(outputs={"picture": painting.picture})

outcome = asyncio.run(log.perform(action, make, budget=Budget(home / "ledger.sqlite", account="f")))
print(outcome.outputs["picture"])
"""


@pytest.fixture
def paint(plan: Build, tmp_path: Path) -> Build:
    """Paints a plan, each time into an empty folder."""
    count = 0

    async def run(painter: Any, job: LooseJob) -> Any:
        nonlocal count
        count += 1
        scratch = tmp_path / f"scratch-{count}"
        scratch.mkdir()
        return await painter.paint(plan=plan(), scratch=scratch, progress=lambda _: None, job=job)

    return run


async def start(home: Path, around: Surroundings, server: FakeComfy, plan: ShotPlan) -> Any:
    table = {"workflow": "sdxl.api.json", "servers": [server.address], "poll_s": 0.05}
    arguments = (str(home), str(around.folder), json.dumps(table), plan.model_dump_json())
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_after_a_kill_a_second_run_picks_the_same_job_up(
    comfy: Build, around: Surroundings, plan: Build, tmp_path: Path
) -> None:
    server = await comfy()
    server.held.clear()
    home = tmp_path / "home"
    first = await start(home, around, server, plan())
    async with asyncio.timeout(120):
        while not server.queued or server.sockets == 0:
            assert first.returncode is None, (await first.communicate())[1].decode()
            await asyncio.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    await first.communicate()
    assert first.returncode == -signal.SIGKILL
    server.held.set()
    second = await start(home, around, server, plan())
    told, complained = await second.communicate()
    assert second.returncode == 0, complained.decode()
    assert len(server.queued) == 1
    assert Store(home / "store").holds_whole(told.decode().strip())


async def test_a_job_that_was_being_sent_is_found_by_its_token(
    comfy: Build, painter: Build, paint: Build
) -> None:
    one, two = await comfy(), await comfy()
    job = LooseJob("token-1")
    await paint(painter(two), job)
    assert two.queued
    unsure = LooseJob("token-1", state=JobState.SENDING)
    assert (await paint(painter(one, two), unsure)).picture.is_file()
    assert (len(one.queued), len(two.queued)) == (0, 1)
    assert unsure.id == f"{two.address} {two.queued[0]}"
    nobodys = LooseJob("token-2", state=JobState.SENDING)
    await paint(painter(one, two), nobodys)
    assert len(one.queued) + len(two.queued) == 2


async def test_a_failed_job_with_the_token_is_not_taken_for_the_one_that_was_sent(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy(Fault.ERROR)
    with pytest.raises(Exception, match="mat1"):
        await paint(painter(server), LooseJob("token-1"))
    await paint(painter(server), LooseJob("token-1", state=JobState.SENDING))
    assert len(server.queued) == 2


async def test_an_answer_that_was_lost_on_its_way_does_not_queue_twice(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    server.loses_answers = 1
    job = LooseJob("token-1")
    with pytest.raises(TransientError, match="broke off"):
        await paint(painter(server), job)
    assert job.state is JobState.SENDING
    assert (await paint(painter(server), job)).picture.is_file()
    assert len(server.queued) == 1


async def test_a_job_that_its_server_forgot_is_queued_again_in_the_same_call(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    job = LooseJob("t", state=JobState.RUNNING, id=f"{server.address} long-gone")
    assert (await paint(painter(server), job)).picture.is_file()
    assert job.id == f"{server.address} {server.queued[0]}"


@pytest.mark.parametrize("known", ["http://127.0.0.1:1 some-id", f"{NOBODY} some-id", "junk"])
async def test_a_job_at_a_server_that_is_gone_goes_to_another(
    known: str, comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    job = LooseJob("t", state=JobState.RUNNING, id=known)
    assert (await paint(painter(NOBODY, server), job)).picture.is_file()
    assert len(server.queued) == 1


async def test_a_job_at_the_only_server_is_kept_while_that_is_down(
    painter: Build, paint: Build
) -> None:
    job = LooseJob("t", state=JobState.RUNNING, id=f"{NOBODY} some-id")
    with pytest.raises(TransientError, match="running there"):
        await paint(painter(NOBODY), job)
    assert job.state is JobState.RUNNING


async def test_the_action_log_sees_a_restart_of_the_server_through(
    comfy: Build, painter: Build, plan: Build, tmp_path: Path
) -> None:
    server = await comfy(Fault.RESTART, Fault.MEMORY)
    backend = painter(server)
    log = ActionLog(
        Store(tmp_path / "store"), retry=Retry(attempts=3, first_wait_s=0.01, longest_wait_s=0.02)
    )
    action = Action(tool="image/comfy", version=backend.version, request=plan())

    async def make(scratch: Path) -> Made:
        painting = await backend.paint(
            plan=plan(), scratch=scratch, progress=lambda _: None, job=log.job(action)
        )
        return Made(outputs={"picture": painting.picture}, gpu_s=painting.gpu_s)

    outcome = await log.perform(action, make, budget=Budget(tmp_path / "ledger", account="f"))
    assert log.store.holds_whole(outcome.outputs["picture"])
    assert len(server.queued) == 3
    assert log.job(action).state is JobState.NONE
    log.close()


async def test_a_server_that_dies_while_a_job_is_waited_for_is_given_up(
    tmp_path: Path, painter: Build, paint: Build, until: Build
) -> None:
    server = FakeComfy(tmp_path / "dying", faults=[Fault.HANG])
    await server.__aenter__()
    job = LooseJob()
    task = asyncio.create_task(paint(painter(server, unreachable_s=0.3), job))
    await until(lambda: job.state is JobState.RUNNING)
    await until(lambda: server.busy)
    await server.__aexit__()
    with pytest.raises(TransientError, match="cannot be reached"):
        await task
    assert job.state is JobState.RUNNING


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_goes_wrong_every_picture_is_made_and_nothing_is_left_behind(
    seed: int, comfy: Build, painter: Build, plan: Build, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    passing = [*Fault, None, None]
    for lasting in (Fault.ERROR, Fault.JUNK, Fault.CUT, Fault.EMPTY):
        passing.remove(lasting)
    servers = [
        await comfy(
            *(chance.choice(passing) for _ in range(8)),
            refusals={"/queue": [503], "/view": [500], "/prompt": [503, 503]},
            step_s=0.002,
            takes_ids=takes_ids,
        )
        for takes_ids in (True, False)
    ]
    servers[0].loses_answers = 1
    backend = painter(*servers, patience_s=0.5)
    retry = Retry(attempts=20, first_wait_s=0.005, longest_wait_s=0.02)
    log = ActionLog(Store(tmp_path / "store"), retry=retry)
    budget = Budget(tmp_path / "ledger", account="f")

    async def perform(number: int) -> str:
        wanted = plan(seed=number)
        action = Action(tool="image/comfy", version=backend.version, request=wanted)

        async def make(scratch: Path) -> Made:
            painting = await backend.paint(
                plan=wanted, scratch=scratch, progress=lambda _: None, job=log.job(action)
            )
            return Made(outputs={"picture": painting.picture})

        return (await log.perform(action, make, budget=budget)).outputs["picture"]

    tasks = [asyncio.create_task(perform(number)) for number in range(6)]
    await asyncio.sleep(chance.random() / 4)
    tasks[0].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    pictures = [one for one in found if isinstance(one, str)]
    assert all(isinstance(one, (str, asyncio.CancelledError)) for one in found)
    assert len(set(pictures)) == len(pictures) >= 5
    assert all(log.store.holds_whole(one) for one in pictures)
    for server in servers:
        assert (server.waiting, server.busy) == (0, False)
    log.close()
    budget.close()
