from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.settings import Settings
from nightshoot.tools.judges.bench import Bench, Patience
from nightshoot.tools.judges.messages import (
    Classify,
    Embed,
    Engine,
    Hear,
    ModelSpec,
    ReadText,
    Region,
    key_of,
    line_of,
    order_in,
)
from nightshoot.tools.judges.messages import Order as JudgeOrder
from nightshoot.tools.registry import Registry

Picture = Callable[..., Path]


READER = ModelSpec(engine=Engine.OCR)


def embedding(path: Path) -> Embed:
    return Embed(pictures=(Region(path=str(path)),))


async def pulse(bench: Bench, picture: Path, spec: ModelSpec = READER) -> object:
    """Asks what needs no torch: a text, or that the reader of texts is not installed."""
    try:
        return await bench.read_text(spec, ReadText(pictures=(Region(path=str(picture)),)))
    except InputError as error:
        return str(error)


async def test_nothing_is_started_before_the_first_question(picture: Picture) -> None:
    bench = Bench()
    assert bench.pid is None
    await pulse(bench, picture(1))
    assert bench.pid is not None
    bench.close()
    assert bench.pid is None


async def test_models_are_loaded_once_and_in_one_process(
    bench: Bench, dino: Path, siglip: Path, picture: Picture, tmp_path: Path
) -> None:
    folder = shutil.copytree(dino, tmp_path / "dino")
    sees = ModelSpec(engine=Engine.VISION, path=str(folder))
    reads = ModelSpec(engine=Engine.TOWERS, path=str(siglip))
    first, _ = await asyncio.gather(
        bench.embed(sees, embedding(picture(1))), bench.embed(reads, Embed(texts=("the river",)))
    )
    pid = bench.pid
    # It could not be loaded again.
    shutil.rmtree(folder)
    again = await bench.embed(sees, embedding(picture(1)))
    assert again == first
    assert bench.pid == pid


def test_the_films_process_imports_no_torch() -> None:
    names = "alignment identity aesthetics text nudity transcript bench worker"
    imports = "".join(f"import nightshoot.tools.judges.{name}\n" for name in names.split())
    asked = "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    assert said_by(f"import sys\n{imports}{asked}") == "[]"


def said_by(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, text=True
    )
    return done.stdout.strip()


async def test_a_process_that_is_killed_is_started_again(picture: Picture) -> None:
    bench = Bench()
    first = await pulse(bench, picture(1))
    killed, running = bench.pid, bench._running
    assert killed is not None
    assert running is not None
    # Stopped first, so that the question is under way when it dies.
    os.kill(killed, signal.SIGSTOP)
    other = ModelSpec(engine=Engine.OCR, path="another")
    asked = asyncio.create_task(pulse(bench, picture(1), other))
    async with asyncio.timeout(60):
        while key_of(other) not in running.models:  # noqa: ASYNC110 no event tells it
            await asyncio.sleep(0.01)
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(TransientError, match="SIGKILL"):
        await asked
    assert await pulse(bench, picture(1)) == first
    assert bench.pid not in {None, killed}
    bench.close()


async def test_a_process_that_dies_between_two_questions_is_nobodys_fault(
    picture: Picture,
) -> None:
    bench = Bench()
    first = await pulse(bench, picture(1))
    assert bench.pid is not None
    process = psutil.Process(bench.pid)
    process.kill()
    gone(process)
    assert await pulse(bench, picture(1)) == first
    bench.close()


def gone(process: psutil.Process) -> None:
    for _ in range(600):
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        time.sleep(0.1)
    pytest.fail("the process is still there")


async def test_a_process_that_hangs_is_ended(picture: Picture) -> None:
    bench = Bench()
    await pulse(bench, picture(1))
    pid = bench.pid
    assert pid is not None
    bench._patience = Patience(answer_s=0.3)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TransientError, match=r"no answer for 0\.3 s"):
        await pulse(bench, picture(1))
    assert not psutil.pid_exists(pid)
    bench.close()


async def test_a_model_that_ends_the_process_again_and_again_is_refused(picture: Picture) -> None:
    bench = Bench(Patience(answer_s=0.01))
    for _ in range(3):
        with pytest.raises(TransientError):
            await pulse(bench, picture(1))
    with pytest.raises(BackendError, match="3 times: leave its judge out") as refused:
        await pulse(bench, picture(1))
    assert not isinstance(refused.value, TransientError)
    bench.close()


async def test_what_waits_fails_when_the_run_ends(picture: Picture) -> None:
    bench = Bench()
    await pulse(bench, picture(1))
    assert bench.pid is not None
    os.kill(bench.pid, signal.SIGSTOP)
    waiting = [asyncio.create_task(pulse(bench, picture(n))) for n in range(3)]
    await asyncio.sleep(0.1)
    await asyncio.to_thread(bench.close)
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(outcome, BackendError)
        assert "the run has ended" in str(outcome)
    with pytest.raises(BackendError, match="the run has ended"):
        await pulse(bench, picture(1))


def test_the_process_ends_with_its_parent(picture: Picture) -> None:
    pid = said_by(
        "import asyncio, os\n"
        "from nightshoot.errors import InputError\n"
        "from nightshoot.tools.judges.bench import Bench\n"
        "from nightshoot.tools.judges.messages import *\n"
        "bench = Bench()\n"
        f"question = ReadText(pictures=(Region(path={str(picture(1))!r}),))\n"
        "try: asyncio.run(bench.read_text(ModelSpec(engine=Engine.OCR), question))\n"
        "except InputError: pass\n"
        "print(bench.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    try:
        process = psutil.Process(int(pid))
    except psutil.NoSuchProcess:
        return
    gone(process)


async def test_a_folder_that_will_not_do_is_told_and_the_process_goes_on(
    bench: Bench, dino: Path, tmp_path: Path, picture: Picture
) -> None:
    (tmp_path / "config.json").write_text("{}")
    broken = ModelSpec(engine=Engine.VISION, path=str(tmp_path))
    with pytest.raises(InputError, match="cannot be loaded as a model of pictures"):
        await bench.embed(broken, embedding(picture(1)))
    pid = bench.pid
    whole = ModelSpec(engine=Engine.VISION, path=str(dino))
    with pytest.raises(InputError, match="cannot be read as a picture"):
        await bench.embed(whole, embedding(tmp_path / "config.json"))
    await bench.embed(whole, embedding(picture(1)))
    assert bench.pid == pid


async def test_a_question_to_the_wrong_model_is_refused(
    bench: Bench, dino: Path, picture: Picture
) -> None:
    spec = ModelSpec(engine=Engine.VISION, path=str(dino))
    with pytest.raises(BackendError, match="only embeds"):
        await bench.classify(spec, Classify(pictures=(Region(path=str(picture(1))),)))


def test_an_order_survives_its_line() -> None:
    order = JudgeOrder(
        id=1,
        spec=ModelSpec(engine=Engine.WHISPER, path="/模型"),
        question=Hear(audio="/线.wav", locale=Locale.ZH),
    )
    assert order_in(line_of(order)) == order


async def test_an_installation_shares_one_bench_and_lets_go_of_it(
    tmp_path: Path, picture: Picture
) -> None:
    registry = Registry.of(Settings(home=tmp_path, folder=tmp_path), {})
    bench = registry.around.bench
    await pulse(bench, picture(1))
    pid = bench.pid
    assert pid is not None
    registry.close()
    assert not psutil.pid_exists(pid)
