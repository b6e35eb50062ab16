"""A GPU process that leaks or dies again and again is replaced, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import JsonValue

from nightshoot.errors import BackendError, TransientError
from nightshoot.tools.diffusion.fake_model import Behaviour, Traits
from nightshoot.tools.diffusion.orders import ImageRequest, Kind, ModelSpec, Result
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.gpu import Config, Gpu

LOADER = "nightshoot.tools.diffusion.fake_model:load"

Open = Callable[..., Gpu]


@pytest.fixture
def opened() -> Iterator[Open]:
    owners: list[Gpu] = []

    def open_one(**settings: JsonValue) -> Gpu:
        owners.append(Gpu(Config.model_validate(settings), loader=LOADER))
        return owners[-1]

    yield open_one
    for gpu in owners:
        gpu.close()


@pytest.fixture
def spec(tmp_path: Path) -> ModelSpec:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "traits.json").write_text(Traits().model_dump_json())
    return ModelSpec(
        kind=Kind.IMAGE, family="fake", path=str(folder), revision="1", tuning=Tuning()
    )


async def made(gpu: Gpu, spec: ModelSpec, number: int = 0, **behaviour: object) -> Result:
    request = ImageRequest(
        prompt=Behaviour.model_validate(behaviour).model_dump_json(),
        width=64,
        height=64,
        seed=number,
        num_inference_steps=2,
        guidance_scale=1.0,
        out_width=64,
        out_height=64,
        out=str(Path(spec.path).parent / f"{number}.txt"),
    )
    return await gpu.make(spec, request, lambda _: None)


def texts(results: list[Result]) -> list[str]:
    return [Path(result.out).read_text() for result in results]


def pids(spec: ModelSpec, event: str) -> list[int]:
    lines = (Path(spec.path).parent / "log.jsonl").read_text().splitlines()
    return [one["pid"] for line in lines if (one := json.loads(line))["event"] == event]


async def test_a_process_that_leaks_is_replaced_between_two_requests_and_it_is_told_once(
    opened: Open, spec: ModelSpec
) -> None:
    gpu = opened(memory_gib=0.3)
    results = [await made(gpu, spec, n, leak_mib=40) for n in range(20)]
    assert all(texts(results))
    notes = [note for one in results for note in one.notes]
    assert len(notes) == 1
    assert "GiB of the computer's memory" in notes[0]
    assert "0.3 at most, and was started anew" in notes[0]
    makers = pids(spec, "make")
    assert 3 <= len(set(makers)) <= 7
    assert makers == sorted(makers, key=list(dict.fromkeys(makers)).index), "one after another"
    assert pids(spec, "close") == list(dict.fromkeys(makers))[:-1], "each ends in order"
    assert len(pids(spec, "load")) == len(set(makers))


async def test_requests_that_wait_are_made_by_the_next_process(
    opened: Open, spec: ModelSpec
) -> None:
    gpu = opened(memory_gib=0.2)
    results = await asyncio.gather(*(made(gpu, spec, n, leak_mib=10) for n in range(32)))
    assert len(set(pids(spec, "make"))) > 1
    assert len(texts(results)) == 32


async def test_a_process_that_keeps_what_it_had_is_kept_even_above_a_limit_too_low(
    opened: Open, spec: ModelSpec
) -> None:
    gpu = opened(memory_gib=0.001)
    results = [await made(gpu, spec, n) for n in range(20)]
    assert [one.notes for one in results] == [()] * 20
    assert len(set(pids(spec, "make"))) == 1


async def test_a_process_that_ends_too_often_is_not_started_this_hour_and_says_why(
    opened: Open, spec: ModelSpec
) -> None:
    gpu = opened(restarts_an_hour=2)
    with pytest.raises(BackendError, match="2 times"):
        await made(gpu, spec, harm="kill")
    began = time.monotonic()
    with pytest.raises(TransientError) as refused:
        await made(gpu, spec, 1)
    assert time.monotonic() - began < 30, "it is refused at once"
    assert "at last it was ended by SIGKILL" in str(refused.value)
    assert "started again in 60 minutes (restarts_an_hour in [gpu]" in str(refused.value)
    assert 3500 < (refused.value.retry_after_s or 0) <= 3600
    # Another owner does not make it forgotten.
    gpu.close()
    with pytest.raises(TransientError, match="too often"):
        await made(gpu, spec, 2)
    assert len(pids(spec, "make")) == 2


async def test_after_ends_in_vain_it_waits_before_it_starts_again(
    opened: Open, spec: ModelSpec
) -> None:
    gpu = opened()
    with pytest.raises(BackendError):
        await made(gpu, spec, harm="kill")
    await made(gpu, spec, 1)
    lines = (Path(spec.path).parent / "log.jsonl").read_text().splitlines()
    at = [one["at"] for line in lines if (one := json.loads(line))["event"] == "make"]
    assert len(at) == 3
    assert 0.5 <= at[2] - at[1] < 60


def test_replacements_leave_no_handle_thread_file_or_zombie(opened: Open, spec: ModelSpec) -> None:
    gpu, us = opened(memory_gib=0.25, restarts_an_hour=1000), psutil.Process()
    others = us.children()

    async def replaced(number: int) -> None:
        # In turn by a leak, and by a kill between two requests.
        if number % 2:
            await made(gpu, spec, 0)
            os.kill(pids(spec, "make")[-1], signal.SIGKILL)
        else:
            await made(gpu, spec, 0)
            await made(gpu, spec, 0)
            await made(gpu, spec, 0, leak_mib=240)

    def held() -> tuple[int, int, int]:
        return us.num_fds(), threading.active_count(), len(us.children(recursive=True))

    asyncio.run(replaced(0))
    asyncio.run(made(gpu, spec, 0))
    before = held()
    for number in range(16):
        asyncio.run(replaced(number))
    asyncio.run(made(gpu, spec, 0))
    # Less is no leak: what other tests had left may go meanwhile.
    until = time.monotonic() + 60
    while any(now > was for now, was in zip(held(), before, strict=True)):
        assert time.monotonic() < until, (held(), before)
        time.sleep(0.01)
    assert len(set(pids(spec, "make"))) >= 16
    ours = set(us.children()) - set(others)
    assert [child.status() for child in ours if child.status() == psutil.STATUS_ZOMBIE] == []
    gpu.close()
    assert set(us.children()) <= set(others)
