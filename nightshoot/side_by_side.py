"""Films side by side: one event loop, in a thread of its own, in which each film is a task."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Came = TypeVar("Came")

_THREADS = 64
"""Threads for the films' plain work. Lanes decide how much runs at once; this only has to be more
than all their places, so that nothing that holds a place waits for a thread."""


class SideBySide:
    """The event loop of a night's films.

    The tools, their connections and the lanes belong to this loop; what happens in the loop's
    thread cannot hold up the heartbeats of the runner, which has another.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="film-work")
        self._loop.set_default_executor(pool)
        self._thread = threading.Thread(target=self._loop.run_forever, name="films", daemon=True)
        self._thread.start()

    def begin(
        self, film: Coroutine[object, object, Came], ended: Callable[[asyncio.Task[Came]], None]
    ) -> Callable[[], None]:
        """Begins a task; gives what cancels it, wherever it waits.

        Args:
            film: what the task does.
            ended: is called in the loop with the task, once it has ended, however it did.
        """
        tasks: list[asyncio.Task[Came]] = []

        def create() -> None:
            task = self._loop.create_task(film)
            task.add_done_callback(ended)
            tasks.append(task)

        def cancel() -> None:
            tasks[0].cancel()

        # Calls are done in the order in which they were asked for: nothing is cancelled before.
        self.call(create)
        return lambda: self.call(cancel)

    def call(self, what: Callable[[], object]) -> None:
        """Has something done in the loop, soon."""
        self._loop.call_soon_threadsafe(what)

    def close(self) -> None:
        """Ends what still runs, waits for the threads' plain work, and ends the loop."""
        try:
            asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _ended(self) -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
