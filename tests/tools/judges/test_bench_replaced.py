"""The judges' process is replaced when it leaks or ends, in bounds, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from nightshoot.errors import BackendError, TransientError
from nightshoot.tools.growth import Growth
from nightshoot.tools.judges.bench import Bench, Patience
from nightshoot.tools.judges.messages import Engine, ModelSpec, ReadText, Region
from nightshoot.tools.restarts import Restarts

_LEAKY = """
import os, sys, time
from nightshoot.tools.judges.messages import Answered, HasRead, line_of, order_in

kept = []
for line in sys.stdin.buffer:
    order = order_in(line)
    what, _, amount = order.question.pictures[0].path.partition(" ")
    if what == "dies":
        os._exit(7)
    if what == "hangs":
        time.sleep(3600)
    kept.append(b"1" * (int(amount or 0) << 20))
    sys.stdout.buffer.write(line_of(Answered(id=order.id, answer=HasRead(writings=()))))
    sys.stdout.buffer.flush()
"""

READER = ModelSpec(engine=Engine.OCR)

Open = Callable[..., Bench]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a bench with a process that misbehaves as its questions say."""
    (tmp_path / "leaky.py").write_text(_LEAKY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    benches: list[Bench] = []

    def open_one(*, limit_gib: float | None = None, an_hour: int = 1000, **more: float) -> Bench:
        benches.append(
            Bench(
                Patience.model_validate(more),
                growth=Growth(limit_gib),
                restarts=Restarts(an_hour),
                worker="leaky",
            )
        )
        return benches[-1]

    yield open_one
    for bench in benches:
        bench.close()


def kill(pid: int) -> None:
    """Kills a process and waits until that can be seen."""
    os.kill(pid, signal.SIGKILL)
    with suppress(psutil.NoSuchProcess):
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


async def asked(bench: Bench, how: str = "answers") -> int | None:
    """Asks; gives the process that answered."""
    pid = bench.pid
    await bench.read_text(READER, ReadText(pictures=(Region(path=how),)))
    return bench.pid or pid


async def test_one_that_leaks_is_replaced_and_one_that_does_not_is_kept(opened: Open) -> None:
    leaks, keeps = opened(limit_gib=0.3), opened(limit_gib=0.3)
    for _ in range(20):
        await asked(leaks, "leaks 40")
        await asked(keeps)
    first, last = keeps.pid, leaks.pid
    assert await asked(keeps) == first
    for _ in range(10):
        await asked(leaks, "leaks 40")
    assert leaks.pid != last


async def test_one_that_dies_again_and_again_is_not_started_this_hour(opened: Open) -> None:
    bench = opened(an_hour=2)
    for _ in range(2):
        with pytest.raises(TransientError, match="code 7"):
            await asked(bench, "dies")
    with pytest.raises(TransientError, match="too often within the hour, at last it ended with"):
        await asked(bench)
    assert bench.pid is None


async def test_a_wait_before_the_next_start_does_not_hold_up_the_end(opened: Open) -> None:
    bench = opened()
    for _ in range(2):
        with pytest.raises(TransientError):
            await asked(bench, "dies")
    bench._restarts._in_vain = 10
    waiting = asyncio.create_task(asked(bench))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await asyncio.to_thread(bench.close)
    assert time.monotonic() - began < 30, "it would wait for a minute"
    with pytest.raises(BackendError, match="the run has ended"):
        await waiting


async def test_replacements_leave_no_handle_thread_or_zombie(opened: Open) -> None:
    bench, us = opened(limit_gib=0.1), psutil.Process()

    def held() -> tuple[int, int, int]:
        # The pool's threads come as they are needed, whoever needs them.
        threads = [one for one in threading.enumerate() if not one.name.startswith("asyncio_")]
        return us.num_fds(), len(threads), len(us.children(recursive=True))

    children = us.children()
    await asked(bench)
    pids, before = set[int | None](), held()
    for number in range(16):
        await asked(bench)
        pids.add(bench.pid)
        if number % 2 and bench.pid is not None:
            kill(bench.pid)
        else:
            await asked(bench)
            await asked(bench, "leaks 120")
        await asked(bench)
    assert len(pids) == 16
    # The bench looks at its process's memory, by a file, after it has answered.
    async with asyncio.timeout(100):
        # Less is no leak: what other tests had left may go meanwhile.
        while any(now > was for now, was in zip(held(), before, strict=True)):  # noqa: ASYNC110 no event tells it
            await asyncio.sleep(0.01)
    await asyncio.to_thread(bench.close)
    assert set(us.children()) <= set(children)
