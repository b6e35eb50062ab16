"""Films are tasks of one loop: they end, fail and are cancelled each for itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from nightshoot.side_by_side import SideBySide


@pytest.fixture
def films() -> Iterator[SideBySide]:
    side_by_side = SideBySide()
    yield side_by_side
    side_by_side.close()


def test_films_run_in_one_thread_that_is_not_the_callers(films: SideBySide) -> None:
    ended: SimpleQueue[asyncio.Task[int]] = SimpleQueue()

    async def film() -> int:
        await asyncio.sleep(0)
        return threading.get_ident()

    for _ in range(3):
        films.begin(film(), ended.put)
    threads = {ended.get(timeout=100).result() for _ in range(3)}
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


def test_cancelling_a_film_lets_it_tidy_up_and_touches_no_other(films: SideBySide) -> None:
    ended: SimpleQueue[tuple[str, asyncio.Task[str]]] = SimpleQueue()
    waiting, tidied, go = threading.Event(), threading.Event(), asyncio.Event()

    async def waits() -> str:
        waiting.set()
        try:
            await asyncio.sleep(60)
        finally:
            tidied.set()
        return "never"

    async def goes_on() -> str:
        await go.wait()
        return "made"

    cancel = films.begin(waits(), lambda task: ended.put(("first", task)))
    films.begin(goes_on(), lambda task: ended.put(("second", task)))
    assert waiting.wait(100)
    cancel()
    name, task = ended.get(timeout=100)
    assert (name, task.cancelled(), tidied.is_set()) == ("first", True, True)
    films.call(go.set)
    name, task = ended.get(timeout=100)
    assert (name, task.result()) == ("second", "made")


def test_a_film_that_is_cancelled_at_once_is_still_handed_over(films: SideBySide) -> None:
    ended: SimpleQueue[asyncio.Task[None]] = SimpleQueue()
    begun = threading.Event()

    async def film() -> None:
        begun.set()

    hold = threading.Event()
    films.call(hold.wait)
    cancel = films.begin(film(), ended.put)
    cancel()
    hold.set()
    assert ended.get(timeout=100).cancelled()
    assert not begun.is_set()


def test_closing_waits_for_plain_work() -> None:
    side_by_side = SideBySide()
    begun, done = threading.Event(), threading.Event()
    ended: SimpleQueue[asyncio.Task[None]] = SimpleQueue()

    def work() -> None:
        begun.set()
        threading.Event().wait(0.05)
        done.set()

    async def film() -> None:
        await asyncio.to_thread(work)

    cancel = side_by_side.begin(film(), ended.put)
    assert begun.wait(100)
    cancel()
    assert ended.get(timeout=100).cancelled()
    side_by_side.close()
    assert done.is_set()
