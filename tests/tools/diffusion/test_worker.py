from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from os import getpid
from pathlib import Path

import pytest

from nightshoot.tools.diffusion.fake_model import Behaviour, Traits
from nightshoot.tools.diffusion.messages import (
    CancelOrder,
    Failed,
    Fault,
    Loaded,
    LoadOrder,
    Made,
    MakeOrder,
    Order,
    Ready,
    Reply,
    Stopped,
    Took,
    line_of,
    reply_in,
)
from nightshoot.tools.diffusion.orders import ImageRequest, Kind, ModelSpec
from nightshoot.tools.diffusion.tuning import Tuning


class Spoken:
    """A worker that is spoken to by hand."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def say(self, *lines: Order | bytes) -> None:
        assert self.process.stdin is not None
        for line in lines:
            self.process.stdin.write(line if isinstance(line, bytes) else line_of(line))
        self.process.stdin.flush()

    def hear(self, kind: type[Reply]) -> Reply:
        """Gives the next reply of a kind."""
        assert self.process.stdout is not None
        while True:
            reply = reply_in(self.process.stdout.readline())
            if isinstance(reply, kind):
                return reply

    def hang_up(self) -> float:
        """Closes its stdin; gives how long it then lived."""
        assert self.process.stdin is not None
        begun = time.monotonic()
        self.process.stdin.close()
        self.process.wait(100)
        return time.monotonic() - begun


@pytest.fixture
def worker() -> Iterator[Callable[..., Spoken]]:
    with ExitStack() as stack:

        def start(loader: str = "nightshoot.tools.diffusion.fake_model:load") -> Spoken:
            command = [sys.executable, "-P", "-m", "nightshoot.tools.diffusion.worker"]
            process = stack.enter_context(
                subprocess.Popen(
                    [*command, "--parent", str(getpid()), "--loader", loader],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            )
            stack.callback(process.kill)
            return Spoken(process)

        yield start


@pytest.fixture
def spec(tmp_path: Path) -> ModelSpec:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "traits.json").write_text(Traits().model_dump_json())
    return ModelSpec(
        kind=Kind.IMAGE, family="fake", path=str(folder), revision="1", tuning=Tuning()
    )


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[..., ImageRequest]:
    def build(name: str = "a", **behaviour: object) -> ImageRequest:
        return ImageRequest(
            prompt=Behaviour.model_validate(behaviour).model_dump_json(),
            width=8,
            height=8,
            seed=1,
            num_inference_steps=1,
            guidance_scale=1.0,
            out_width=8,
            out_height=8,
            out=str(tmp_path / f"{name}.txt"),
        )

    return build


Request = Callable[..., ImageRequest]


def test_it_answers_order_by_order_and_ends_when_its_stdin_does(
    worker: Callable[..., Spoken], spec: ModelSpec, request_of: Request
) -> None:
    spoken = worker()
    spoken.hear(Ready)
    spoken.say(b"what?\n", b'{"type": "make", "id": "x"}\n', LoadOrder(id=1, spec=spec))
    loaded = spoken.hear(Loaded)
    assert isinstance(loaded, Loaded)
    assert (loaded.id, loaded.most_at_once, len(loaded.resident)) == (1, 4, 1)
    requests = (request_of("a"), request_of("b"), request_of("c", harm="bug"))
    spoken.say(MakeOrder(id=2, spec=spec, requests=requests[:2]))
    assert spoken.hear(Took) == Took(id=2, chosen=(0, 1))
    made = spoken.hear(Made)
    assert isinstance(made, Made)
    assert [result.out for result in made.results] == [one.out for one in requests[:2]]
    spoken.say(MakeOrder(id=3, spec=spec, requests=requests[2:]))
    failed = spoken.hear(Failed)
    assert isinstance(failed, Failed)
    assert (failed.id, failed.fault) == (3, Fault.BACKEND)
    assert spoken.hang_up() < 60
    assert spoken.process.returncode == 0


def test_busy_or_not_it_ends_when_its_stdin_does(
    worker: Callable[..., Spoken], spec: ModelSpec, request_of: Request
) -> None:
    spoken = worker()
    spoken.say(MakeOrder(id=1, spec=spec, requests=(request_of(harm="hang"),)))
    spoken.hear(Took)
    assert spoken.hang_up() < 60


def test_a_cancelled_order_stops_between_two_steps_and_the_next_is_served(
    worker: Callable[..., Spoken], spec: ModelSpec, request_of: Request
) -> None:
    spoken = worker()
    long = request_of(steps=1000, step_s=0.01)
    spoken.say(MakeOrder(id=1, spec=spec, requests=(long,)))
    spoken.hear(Took)
    spoken.say(CancelOrder(id=1), MakeOrder(id=2, spec=spec, requests=(request_of("b"),)))
    stopped = spoken.hear(Stopped)
    assert isinstance(stopped, Stopped)
    assert stopped.id == 1
    made = spoken.hear(Made)
    assert isinstance(made, Made)
    assert made.id == 2
    spoken.say(CancelOrder(id=3), MakeOrder(id=3, spec=spec, requests=(long,)))
    assert isinstance(spoken.hear(Stopped), Stopped)


def test_after_a_fault_of_the_device_it_says_so_and_ends(
    worker: Callable[..., Spoken], spec: ModelSpec, request_of: Request
) -> None:
    spoken = worker()
    spoken.say(MakeOrder(id=1, spec=spec, requests=(request_of(harm="cuda"),)))
    failed = spoken.hear(Failed)
    assert isinstance(failed, Failed)
    assert failed.fault is Fault.BROKEN
    assert "illegal memory access" in failed.message
    assert spoken.process.wait(100) == 1
