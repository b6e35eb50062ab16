"""Every way in which a server can fail ends in a picture, or in an error that says what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightshoot.artifacts.jobs import JobState, LooseJob
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.comfyui.fake_faults import Fault
from nightshoot.tools.comfyui.fake_server import FakeComfy

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Build = Callable[..., Any]

NOBODY = "http://127.0.0.1:9"
"""The discard port: nothing listens there."""


@pytest.fixture
def paint(plan: Build, tmp_path: Path) -> Build:
    """Paints a plan, each time into an empty folder."""
    count = 0

    async def run(painter: Any, job: LooseJob | None = None, **parts: object) -> Any:
        nonlocal count
        count += 1
        scratch = tmp_path / f"scratch-{count}"
        scratch.mkdir()
        return await painter.paint(
            plan=plan(**parts), scratch=scratch, progress=lambda _: None, job=job
        )

    return run


@pytest.mark.parametrize(
    "fault", [Fault.DROP, Fault.SILENT, Fault.NO_SOCKET, Fault.HALF, Fault.SMALL, Fault.LATE]
)
async def test_these_cost_nothing_but_a_little_time(
    fault: Fault, comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy(fault, step_s=0.01)
    painting = await paint(painter(server))
    assert painting.picture.is_file()
    assert len(server.queued) == 1


async def test_after_a_drop_the_websocket_is_opened_again_and_progress_goes_on(
    comfy: Build, painter: Build, plan: Build, tmp_path: Path
) -> None:
    server = await comfy(Fault.DROP, step_s=0.05)
    heard: list[float] = []
    await painter(server).paint(plan=plan(), scratch=tmp_path, progress=heard.append)
    assert server.sockets >= 2
    assert len(heard) > 5
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (Fault.ERROR, BackendError, r"node 3 \(nightshoot:seed.*mat1 and mat2"),
        (Fault.MEMORY, TransientError, r"out of GPU memory.*0\.5 of 24\.0 GiB free"),
        (Fault.INTERRUPTED, TransientError, "interrupted"),
        (Fault.RESTART, TransientError, "restarted"),
        (Fault.JUNK, BackendError, "no picture"),
        (Fault.CUT, BackendError, "cut off|no picture"),
        (Fault.EMPTY, BackendError, "nothing"),
        (Fault.DELETED, TransientError, "any more"),
    ],
)
async def test_these_are_told_and_the_job_may_be_sent_anew(
    fault: Fault,
    kind: type[BackendError],
    said: str,
    comfy: Build,
    painter: Build,
    paint: Build,
) -> None:
    server = await comfy(fault)
    job = LooseJob("t1")
    with pytest.raises(kind, match=said) as raised:
        await paint(painter(server), job)
    assert type(raised.value) is BackendError or isinstance(raised.value, TransientError)
    assert isinstance(raised.value, TransientError) is (kind is TransientError)
    assert "\n" not in str(raised.value)
    assert job.state is JobState.NONE
    again = await paint(painter(server), job)
    assert again.picture.is_file()
    assert len(server.queued) == 2


async def test_a_hang_is_cancelled_after_the_patience(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy(Fault.HANG)
    job = LooseJob()
    begun = time.monotonic()
    with pytest.raises(TransientError, match=r"no sign of work for 0\.3 s"):
        await paint(painter(server, patience_s=0.3), job)
    assert time.monotonic() - begun < 60
    assert server.interrupts == server.queued
    assert job.state is JobState.NONE


async def test_a_slow_job_that_shows_life_is_waited_for(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy(step_s=0.15)
    painting = await paint(painter(server, patience_s=1.0))
    assert painting.picture.is_file()


async def test_waiting_in_the_queue_is_no_hang_but_has_an_end(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    server.held.clear()
    with pytest.raises(TransientError, match=r"not ended after 0\.6 s"):
        await paint(painter(server, patience_s=0.2, timeout_s=0.6))
    assert server.deleted == server.queued


@pytest.mark.parametrize("running", [True, False])
async def test_cancelling_takes_the_job_back(
    running: bool, comfy: Build, painter: Build, paint: Build, until: Build
) -> None:
    server: FakeComfy = await comfy(Fault.HANG)
    if not running:
        server.held.clear()
    job = LooseJob()
    task = asyncio.create_task(paint(painter(server), job))
    await until(lambda: job.state is JobState.RUNNING)
    await until(lambda: server.busy if running else server.waiting == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (server.interrupts if running else server.deleted) == server.queued
    assert job.state is JobState.NONE


@pytest.mark.parametrize("takes_ids", [True, False])
async def test_cancelling_leaves_the_jobs_of_others_alone(
    takes_ids: bool, comfy: Build, painter: Build, paint: Build, until: Build
) -> None:
    server: FakeComfy = await comfy(Fault.HANG, Fault.HANG, takes_ids=takes_ids)
    other = asyncio.create_task(paint(painter(server), LooseJob("other"), seed=1))
    await until(lambda: bool(server.queued))
    job = LooseJob("ours")
    ours = asyncio.create_task(paint(painter(server), job, seed=2))
    await until(lambda: job.state is JobState.RUNNING)
    ours.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ours
    assert server.interrupts == []
    assert server.deleted == [server.queued[1]]
    other.cancel()
    with pytest.raises(asyncio.CancelledError):
        await other


@pytest.mark.parametrize(
    ("path", "codes", "kind", "said"),
    [
        ("/queue", [500], TransientError, "HTTP 500"),
        ("/object_info", [502], TransientError, "HTTP 502"),
        ("/prompt", [503], TransientError, "HTTP 503"),
        ("/object_info", [404], BackendError, "is it a ComfyUI server"),
        ("/queue", [302], InputError, "sends /queue elsewhere"),
        ("/queue", [403], InputError, "api_key_env"),
        ("/view", [500, 500, 500], TransientError, "/view with HTTP 500"),
        ("/upload/image", [500], TransientError, "HTTP 500"),
    ],
)
async def test_http_refusals_have_their_meaning(
    path: str,
    codes: list[int],
    kind: type[Exception],
    said: str,
    comfy: Build,
    camera: Build,
    plan: Build,
    keyframe_of: Build,
    tmp_path: Path,
) -> None:
    server = await comfy(refusals={path: codes})
    with pytest.raises(kind, match=said):
        await camera(server).film(
            plan=plan(),
            keyframe=keyframe_of(plan()),
            layers=None,
            scratch=tmp_path,
            progress=lambda _: None,
        )


async def test_passing_refusals_of_a_download_and_of_polling_are_sat_out(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy(Fault.SILENT, refusals={"/view": [500, 503], "/history/x": []})
    assert (await paint(painter(server))).picture.is_file()
    assert server.asked.count("/view") == 3


async def test_a_download_that_fails_thrice_is_fetched_by_the_next_try_and_not_painted_again(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy(refusals={"/view": [500, 500, 500]})
    job = LooseJob()
    with pytest.raises(TransientError):
        await paint(painter(server), job)
    assert job.state is JobState.RUNNING
    assert (await paint(painter(server), job)).picture.is_file()
    assert len(server.queued) == 1


async def test_a_download_that_is_too_large_is_refused(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    with pytest.raises(BackendError, match="max_download_mib"):
        await paint(painter(server, max_download_mib=1, size_multiple=8), width=2048, height=2048)


async def test_nobody_there_is_told_with_every_address(painter: Build, paint: Build) -> None:
    with pytest.raises(TransientError, match=r"no ComfyUI server.*127\.0\.0\.1:9.*running there"):
        await paint(painter(NOBODY))


async def test_a_server_that_is_down_is_left_out_with_a_note(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    painting = await paint(painter(NOBODY, server))
    assert len(server.queued) == 1
    assert any(NOBODY in note for note in painting.notes)


async def test_a_server_without_the_nodes_is_passed_over(
    comfy: Build, painter: Build, paint: Build
) -> None:
    poor, good = await comfy(lacks=["KSampler"]), await comfy()
    painting = await paint(painter(poor, good))
    assert (len(poor.queued), len(good.queued)) == (0, 1)
    assert any("KSampler" in note for note in painting.notes)
    with pytest.raises(InputError, match="no node type 'KSampler'"):
        await paint(painter(poor))
    assert poor.queued == []


async def test_the_shorter_queue_is_chosen(
    comfy: Build, painter: Build, paint: Build, until: Build
) -> None:
    busy, idle = await comfy(), await comfy()
    busy.held.clear()
    waiting = asyncio.create_task(paint(painter(busy), LooseJob("other")))
    await until(lambda: bool(busy.queued))
    await paint(painter(busy, idle))
    assert (len(busy.queued), len(idle.queued)) == (1, 1)
    busy.held.set()
    await waiting


async def test_what_the_server_itself_refuses_is_told_by_node(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    backend = painter(server, values={"scheduler": "beta57"}, bind={"scheduler": "3.scheduler"})
    with pytest.raises(
        InputError, match=r"scheduler of node 3.*'beta57', which the server does not"
    ):
        await paint(backend)
    assert "/prompt" not in server.asked
    trusting = painter(
        server,
        values={"scheduler": "beta57"},
        bind={"scheduler": "3.scheduler"},
        unchecked=["3.scheduler"],
    )
    job = LooseJob()
    with pytest.raises(InputError, match=r"refuses the workflow: node 3 .*Value not in list"):
        await paint(trusting, job)
    assert job.state is JobState.NONE


async def test_a_model_that_was_added_since_is_found(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy()
    whole = server.info.pop("KSampler")
    backend = painter(server)
    with pytest.raises(InputError):
        await paint(backend)
    server.info["KSampler"] = whole
    assert (await paint(backend)).picture.is_file()


async def test_an_older_server_that_gives_its_own_ids_is_understood(
    comfy: Build, painter: Build, paint: Build
) -> None:
    server = await comfy(takes_ids=False)
    job = LooseJob()
    await paint(painter(server), job)
    assert job.id == f"{server.address} {server.queued[0]}"
