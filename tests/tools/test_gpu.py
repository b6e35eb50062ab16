from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from pydantic import JsonValue

from nightshoot.errors import (
    ArtifactError,
    BackendError,
    InputError,
    NightshootError,
    TransientError,
)
from nightshoot.tools.diffusion.fake_model import Behaviour, Harm, Traits
from nightshoot.tools.diffusion.orders import ImageRequest, Kind, ModelSpec, Result
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.gpu import Config, Gpu
from nightshoot.tools.gpu_queue import LOADING_SHARE

LOADER = "nightshoot.tools.diffusion.fake_model:load"


@dataclass
class Bench:
    """Fake models in a folder, and owners of the GPU that are closed after the test."""

    folder: Path
    shared: Gpu
    """One for many tests: whatever is done to its process, the next request must work."""
    opened: list[Gpu] = field(default_factory=list)

    def gpu(self, **settings: JsonValue) -> Gpu:
        gpu = Gpu(Config.model_validate(settings), loader=LOADER)
        self.opened.append(gpu)
        return gpu

    def model(self, name: str = "m", **traits: object) -> ModelSpec:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        (path / "traits.json").write_text(Traits.model_validate(traits).model_dump_json())
        return ModelSpec(
            kind=Kind.IMAGE, family="fake", path=str(path), revision="1", tuning=Tuning()
        )

    def request(self, name: str | int = 0, *, width: int = 64, **behaviour: object) -> ImageRequest:
        return ImageRequest(
            prompt=Behaviour.model_validate(behaviour).model_dump_json(),
            width=width,
            height=64,
            seed=zlib.crc32(str(name).encode()) % 1000,
            num_inference_steps=2,
            guidance_scale=1.0,
            out_width=width,
            out_height=64,
            out=str(self.folder / f"{name}.txt"),
        )

    def log(self, event: str) -> list[dict[str, JsonValue]]:
        path = self.folder / "log.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [one for line in lines if (one := json.loads(line))["event"] == event]

    def batches(self) -> list[JsonValue]:
        return [line["at_once"] for line in self.log("make")]

    def text(self, result: Result) -> str:
        return Path(result.out).read_text()

    async def event(self, event: str, count: int = 1) -> int:
        """Waits until something was done so often; gives the pid of the process that did it."""
        async with asyncio.timeout(120):
            while len(self.log(event)) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return int(str(self.log(event)[count - 1]["pid"]))


@pytest.fixture(scope="module")
def shared() -> Iterator[Gpu]:
    # Its process is ended on purpose by test after test.
    gpu = Gpu(Config(restarts_an_hour=10_000), loader=LOADER)
    yield gpu
    gpu.close()


@pytest.fixture
def bench(tmp_path: Path, shared: Gpu) -> Iterator[Bench]:
    bench = Bench(tmp_path, shared)
    yield bench
    for gpu in bench.opened:
        gpu.close()


def quiet(share: float) -> None:
    assert 0.0 <= share <= 1.0


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody reaped has."""
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        # Gone before its file was opened, or before that was read.
        return True


async def ended(pid: int) -> None:
    async with asyncio.timeout(120):
        while not gone(pid):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def all_of(gpu: Gpu, orders: list[tuple[ModelSpec, ImageRequest]]) -> list[Result]:
    """Makes them all; a gated model is loaded once all have been asked for."""
    tasks = [asyncio.create_task(gpu.make(spec, request, quiet)) for spec, request in orders]
    await asyncio.sleep(0)
    for spec, _ in orders:
        (Path(spec.path) / "load.go").touch()
    return await asyncio.gather(*tasks)


async def test_requests_that_wait_together_are_made_in_batches_of_what_fits(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model(most_at_once=4, gated=True)
    wide = [(spec, bench.request(f"w{n}", width=128)) for n in range(3)]
    results = await all_of(gpu, [*((spec, bench.request(n)) for n in range(10)), *wide])
    assert sorted(map(str, bench.batches())) == ["2", "3", "4", "4"]
    assert len(bench.log("load")) == 1
    assert all(bench.text(one).startswith("fake") for one in results)
    assert [Path(one.out).name for one in results[:2]] == ["0.txt", "1.txt"]


async def test_a_model_that_takes_one_at_a_time_gets_one(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model(most_at_once=1)
    await all_of(gpu, [(spec, bench.request(n)) for n in range(3)])
    assert bench.batches() == [1, 1, 1]


async def test_mixed_work_is_grouped_by_model_and_each_is_loaded_once(bench: Bench) -> None:
    gpu = bench.gpu(vram_gib=1.5)
    specs = [bench.model(name, gib=1.0, gated=True) for name in "abc"]
    orders = [(specs[n % 3], bench.request(n)) for n in range(18)]
    await all_of(gpu, orders)
    assert [line["model"] for line in bench.log("load")] == ["a", "b", "c"]
    assert [line["model"] for line in bench.log("close")] == ["a", "b"]


async def test_models_that_fit_together_stay_loaded(bench: Bench) -> None:
    gpu = bench.gpu(vram_gib=2.5)
    one, two = bench.model("a"), bench.model("b")
    for n in range(3):
        await gpu.make(one, bench.request(n), quiet)
        await gpu.make(two, bench.request(n), quiet)
    assert len(bench.log("load")) == 2


async def test_progress_tells_of_loading_and_of_every_step_and_never_goes_back(
    bench: Bench,
) -> None:
    gpu, spec = bench.shared, bench.model()
    told: list[float] = []
    slow = bench.request(steps=5, harm="kill", times=1)
    await gpu.make(spec, slow, told.append)
    assert told == sorted(set(told))
    assert told[:2] == [0.0, LOADING_SHARE]
    assert told[-1] == 1.0
    assert len(told) == 2 + 5
    told.clear()
    await gpu.make(spec, bench.request(steps=4), told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


async def test_a_callers_progress_that_fails_fails_its_call_alone(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model()

    def fails(share: float) -> None:
        raise BackendError(f"nobody follows at {share}")

    with pytest.raises(BackendError, match="nobody follows"):
        await gpu.make(spec, bench.request(), fails)
    assert (await gpu.make(spec, bench.request(), quiet)).notes == ()


async def test_a_process_killed_in_the_middle_is_replaced_and_the_work_made_again(
    bench: Bench,
) -> None:
    gpu, spec = bench.shared, bench.model()
    running = asyncio.create_task(gpu.make(spec, bench.request(gated=True), quiet))
    other = asyncio.create_task(gpu.make(bench.model("other"), bench.request("o"), quiet))
    os.kill(await bench.event("make"), signal.SIGKILL)
    (Path(spec.path) / "make.go").touch()
    result = await running
    assert bench.text(result).startswith("fake")
    assert "SIGKILL" in result.notes[0]
    assert "made again" in result.notes[0]
    assert (await other).notes == ()
    assert len({line["pid"] for line in bench.log("make")}) == 2


async def test_a_process_killed_while_idle_is_not_noticed_by_the_next_request(
    bench: Bench,
) -> None:
    gpu, spec = bench.shared, bench.model()
    await gpu.make(spec, bench.request(), quiet)
    pid = await bench.event("make")
    os.kill(pid, signal.SIGKILL)
    await ended(pid)
    assert bench.text(await gpu.make(spec, bench.request(1), quiet))


async def test_whatever_ends_the_process_the_work_is_made_again(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model()
    said = {Harm.EXIT: "code 7", Harm.SEGFAULT: "SIGSEGV", Harm.CUDA: "illegal memory access"}
    for harm, words in said.items():
        result = await gpu.make(spec, bench.request(harm, harm=harm, times=1), quiet)
        assert bench.text(result).startswith("fake")
        assert words in result.notes[0]
    assert len({line["pid"] for line in bench.log("make")}) == 4


async def test_the_error_of_a_crash_says_what_the_process_last_said_and_nothing_older(
    bench: Bench,
) -> None:
    spec = bench.model()
    with pytest.raises(BackendError, match="it last said: Fatal Python error: Segmentation fault"):
        await bench.shared.make(spec, bench.request(harm="segfault"), quiet)
    with pytest.raises(BackendError) as error:
        await bench.shared.make(spec, bench.request(1, harm="exit"), quiet)
    assert "last said" not in str(error.value)


async def test_a_request_that_ends_the_process_twice_is_refused_and_no_other_is_harmed(
    bench: Bench,
) -> None:
    gpu, spec = bench.shared, bench.model(gated=True)
    requests = [bench.request("poison", harm="kill"), bench.request(0), bench.request(1)]
    tasks = [asyncio.create_task(gpu.make(spec, request, quiet)) for request in requests]
    await asyncio.sleep(0)
    (Path(spec.path) / "load.go").touch()
    refusal, *results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(refusal, BackendError)
    assert not isinstance(refusal, TransientError)
    assert "2 times" in str(refusal)
    assert all(isinstance(result, Result) for result in results)
    assert bench.batches()[:3] == [3, 1, 1]


async def test_a_model_that_ends_the_process_when_loaded_is_refused_for_all_who_wait(
    bench: Bench,
) -> None:
    gpu = bench.shared
    bad, good = bench.model("bad", load_harm="kill"), bench.model("good")
    calls = [gpu.make(bad, bench.request(n), quiet) for n in range(3)]
    calls.append(gpu.make(good, bench.request("good"), quiet))
    *refusals, result = await asyncio.gather(*calls, return_exceptions=True)
    assert ["loading fake ended" in str(refusal) for refusal in refusals] == [True] * 3
    assert isinstance(result, Result)
    assert len(bench.log("load")) == 2 + 1


async def test_a_process_that_hangs_is_ended_and_told_of(bench: Bench) -> None:
    gpu, spec = bench.gpu(patience_s=2.0), bench.model()
    result = await gpu.make(spec, bench.request(harm="hang", times=1), quiet)
    assert "no sign of progress for 2 s" in result.notes[0]
    with pytest.raises(BackendError, match=r"patience_s in \[gpu\]"):
        await gpu.make(spec, bench.request(1, harm="hang"), quiet)
    for line in bench.log("make"):
        await ended(int(str(line["pid"])))


async def test_what_libraries_print_does_not_disturb(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model()
    result = await gpu.make(spec, bench.request(noise=True), quiet)
    assert result.notes == ()


@pytest.mark.parametrize(
    ("harm", "kind", "said"),
    [
        (Harm.INPUT, InputError, "give another"),
        (Harm.TRANSIENT, TransientError, "asleep"),
        (Harm.BACKEND, BackendError, "noise"),
        (Harm.BUG, BackendError, "ZeroDivisionError: division by zero"),
        (Harm.DISK, ArtifactError, "no space left"),
        (Harm.FULL, BackendError, "memory is too small"),
    ],
)
async def test_one_request_that_fails_fails_alone_and_as_what_it_is(
    bench: Bench, harm: Harm, kind: type[NightshootError], said: str
) -> None:
    gpu, spec = bench.shared, bench.model()
    bad = gpu.make(spec, bench.request("bad", harm=harm), quiet)
    good = [gpu.make(spec, bench.request(n), quiet) for n in range(3)]
    error, *results = await asyncio.gather(bad, *good, return_exceptions=True)
    assert type(error) is kind
    assert said in str(error)
    assert "\n" not in str(error)
    assert all(isinstance(result, Result) for result in results)
    assert len({line["pid"] for line in bench.log("make")}) == 1


async def test_a_batch_too_large_is_halved_and_then_the_model_goes_to_cheaper_settings(
    bench: Bench,
) -> None:
    spec = bench.model(gated=True, room=64 * 64 * 0.6, settings=("in tiles",))
    results = await all_of(bench.gpu(), [(spec, bench.request(n)) for n in range(4)])
    notes = [note for result in results for note in result.notes]
    assert notes == [
        "The GPU's memory ran out: 2 at once instead of 4.",
        "The GPU's memory ran out: 1 at once instead of 2.",
        "The GPU's memory ran out: in tiles.",
    ]
    assert bench.batches() == [4, 2, 1, 1, 1, 1, 1]


async def test_everyone_gets_their_own_result_when_a_batch_with_gaps_is_halved(
    bench: Bench,
) -> None:
    spec = bench.model(most_at_once=4, gated=True, room=64 * 64 * 2)
    requests = [bench.request(n, width=width) for n, width in enumerate((64, 128, 64, 64, 64))]
    results = await all_of(bench.gpu(), [(spec, request) for request in requests])
    assert [result.out for result in results] == [request.out for request in requests]
    assert bench.batches()[:2] == [4, 2]


async def test_work_that_nobody_waits_for_stops_between_two_steps(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model(most_at_once=1)
    long = asyncio.create_task(gpu.make(spec, bench.request(steps=10_000, step_s=0.02), quiet))
    queued = asyncio.create_task(gpu.make(spec, bench.request("queued"), quiet))
    await bench.event("make")
    for task in (long, queued):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    begun = time.monotonic()
    await gpu.make(spec, bench.request("next"), quiet)
    # Far less than the two hundred seconds that the first would have taken.
    assert time.monotonic() - begun < 60
    assert len(bench.log("make")) == 2
    assert len({line["pid"] for line in bench.log("make")}) == 1


async def test_one_of_a_batch_that_is_cancelled_leaves_the_others(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model(gated=True)
    tasks = [
        asyncio.create_task(gpu.make(spec, bench.request(n, gated=True), quiet)) for n in range(3)
    ]
    await asyncio.sleep(0)
    (Path(spec.path) / "load.go").touch()
    await bench.event("make")
    tasks[1].cancel()
    await asyncio.wait(tasks[1:2])
    (Path(spec.path) / "make.go").touch()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, Result) for result in results] == [True, False, True]
    assert bench.batches() == [3]


def test_one_owner_serves_one_event_loop_after_another_and_several_at_once(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model()

    def run(name: str) -> None:
        asyncio.run(all_of(gpu, [(spec, bench.request(f"{name}{n}")) for n in range(12)]))

    run("first")
    threads = [threading.Thread(target=run, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(bench.folder.glob("*.txt"))) == 36
    assert len(bench.log("load")) == 1


def test_a_run_that_is_broken_off_leaves_the_owner_usable(bench: Bench) -> None:
    gpu, spec = bench.shared, bench.model()

    async def broken_off() -> None:
        async with asyncio.timeout(1):
            await gpu.make(spec, bench.request(steps=1000, step_s=0.02), quiet)

    with pytest.raises(TimeoutError):
        asyncio.run(broken_off())
    assert asyncio.run(gpu.make(spec, bench.request("next"), quiet)).notes == ()


async def test_after_idleness_the_process_ends_and_a_request_starts_another(bench: Bench) -> None:
    gpu, spec = bench.gpu(idle_s=0.1), bench.model()
    await gpu.make(spec, bench.request(), quiet)
    await ended(await bench.event("make"))
    await gpu.make(spec, bench.request(1), quiet)
    assert len(bench.log("close")) == 1
    assert len(bench.log("load")) == 2


async def test_what_waits_when_it_is_closed_fails_and_a_later_request_starts_anew(
    bench: Bench,
) -> None:
    gpu, spec = bench.gpu(), bench.model()
    gpu.close()
    tasks = [
        asyncio.create_task(gpu.make(spec, bench.request(n, harm="hang"), quiet)) for n in range(9)
    ]
    pid = await bench.event("make")
    await asyncio.to_thread(gpu.close)
    gpu.close()
    assert gone(pid)
    errors = await asyncio.gather(*tasks, return_exceptions=True)
    assert ["let go of" in str(error) for error in errors] == [True] * 9
    assert (await gpu.make(spec, bench.request("next"), quiet)).notes == ()


def test_starts_and_stops_leave_no_process_thread_or_file_open(bench: Bench) -> None:
    spec = bench.model()

    async def begun(gpu: Gpu, wait_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await gpu.make(spec, bench.request(), quiet)

    def cycle(wait_s: float) -> None:
        gpu = Gpu(loader=LOADER)
        asyncio.run(begun(gpu, wait_s))
        gpu.close()

    def held() -> tuple[int, int, int]:
        return us.num_fds(), threading.active_count(), len(us.children())

    us = psutil.Process()
    cycle(100)
    before = held()
    for number in range(20):
        # Most are closed while the process is still starting, the hardest moment.
        cycle(100 if number % 10 == 0 else number % 7 / 100)
    # Less is no leak: what other tests had left may go meanwhile.
    until = time.monotonic() + 60
    while any(now > was for now, was in zip(held(), before, strict=True)):
        assert time.monotonic() < until, (held(), before)
        time.sleep(0.01)


_PARENT = """
import asyncio, sys
from nightshoot.tools.diffusion.orders import ImageRequest, ModelSpec
from nightshoot.tools.gpu import Gpu

spec, request = ModelSpec.model_validate_json(sys.argv[1]), sys.argv[2]
gpu = Gpu(loader=sys.argv[3])
asyncio.run(gpu.make(spec, ImageRequest.model_validate_json(request), lambda share: None))
"""


async def test_when_the_parent_is_killed_the_process_ends_too(bench: Bench) -> None:
    request = bench.request(harm="hang")
    arguments = [bench.model().model_dump_json(), request.model_dump_json(), LOADER]
    with subprocess.Popen([sys.executable, "-c", _PARENT, *arguments]) as parent:  # noqa: ASYNC220
        pid = await bench.event("make")
        parent.kill()
        await ended(pid)


async def test_a_process_that_cannot_start_is_given_up_and_says_why(bench: Bench) -> None:
    gpu = Gpu(loader="nightshoot.no_such:load")
    try:
        with pytest.raises(BackendError, match=r"no loader 'nightshoot\.no_such:load'"):
            await gpu.make(bench.model(), bench.request(), quiet)
    finally:
        gpu.close()
