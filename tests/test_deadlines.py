"""Calls that do not end are ended, and nothing that was made is lost."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import pytest

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.virtual_clock import run
from nightshoot.deadlines import MOST_S, deadline_s, within
from nightshoot.errors import BackendError, TransientError
from nightshoot.lane import Lane
from nightshoot.providers import Hung
from nightshoot.turns import Standing


def now() -> float:
    return asyncio.get_running_loop().time()


def night(main: Callable[[], Coroutine[object, object, None]]) -> None:
    run(main())


@pytest.mark.parametrize(
    ("usual_s", "own_s", "loads", "wanted_s"),
    [
        (0.0, None, False, 3600.0),
        (2.0, None, False, 900.0),
        (2.0, None, True, 2100.0),
        (300.0, None, False, 3000.0),
        (1e6, None, False, MOST_S),
        (2.0, 1800.0, False, 2100.0),
        (2.0, 4 * 3600.0, False, 4 * 3600.0 + 300.0),
        (2.0, 1e6, False, 1e6 + 300.0),
    ],
)
def test_a_deadline_is_many_times_the_usual_and_never_below_the_tools_own(
    usual_s: float, own_s: float | None, loads: bool, wanted_s: float
) -> None:
    assert deadline_s(usual_s, own_s=own_s, loads=loads) == wanted_s


def test_what_ends_in_time_gives_what_it_gives() -> None:
    async def main() -> None:
        async def work() -> str:
            await asyncio.sleep(899)
            return "made"

        assert await within(900, work(), tool="video/fake") == "made"

    night(main)


def test_its_own_errors_come_through_as_they_are() -> None:
    async def main() -> None:
        async def work() -> str:
            raise TransientError("HTTP 503")

        with pytest.raises(TransientError, match="503"):
            await within(900, work(), tool="video/fake")

    night(main)


def test_a_call_that_hangs_is_stopped_at_its_deadline() -> None:
    async def main() -> None:
        stopped: list[float] = []

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                stopped.append(now())

        with pytest.raises(Hung, match="video/fake has not answered for 15 min"):
            await within(900, work(), tool="video/fake")
        assert stopped == [900]
        assert issubclass(Hung, BackendError)

    night(main)


def test_an_answer_that_trickles_in_for_ever_is_no_sign_of_life() -> None:
    async def main() -> None:
        async def drip() -> AsyncIterator[bytes]:
            while True:
                await asyncio.sleep(5)
                yield b"."

        async def work() -> bytes:
            return b"".join([piece async for piece in drip()])

        with pytest.raises(Hung):
            await within(900, work(), tool="video/fake")
        assert now() == 900

    night(main)


def test_what_does_not_stop_when_it_is_told_to_is_left_behind() -> None:
    async def main() -> None:
        async def deaf() -> None:
            while True:
                try:
                    await asyncio.sleep(3600)
                    return
                except asyncio.CancelledError:
                    continue

        with pytest.raises(Hung):
            await within(900, deaf(), tool="video/fake")
        assert now() <= 920

    night(main)


def test_a_result_that_comes_while_it_is_stopped_is_kept_as_it_may_be_paid() -> None:
    async def main() -> None:
        async def late() -> str:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.sleep(2)
            return "paid"

        assert await within(900, late(), tool="video/fake") == "paid"

    night(main)


def test_a_caller_that_is_cancelled_takes_its_call_with_it() -> None:
    async def main() -> None:
        ended: list[float] = []

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(1)
                ended.append(now())

        task = asyncio.create_task(within(900, work(), tool="video/fake"))
        await asyncio.sleep(10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == [11]

    night(main)


def test_the_place_of_a_hung_thread_goes_to_others_while_it_still_runs() -> None:
    async def main() -> None:
        lane, go_on, ended = Lane("cpu"), threading.Event(), threading.Event()

        def stuck() -> None:
            go_on.wait(30)
            ended.set()

        async def first() -> None:
            async with lane.turn(Standing(film="f1")):
                await within(0.05, asyncio.to_thread(stuck), tool="edit/fake")

        with pytest.raises(Hung):
            await first()
        async with lane.turn(Standing(film="f2")):
            assert not ended.is_set()
        go_on.set()
        assert await asyncio.to_thread(ended.wait, 30)

    asyncio.run(main())
