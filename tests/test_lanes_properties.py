"""Whatever is asked of a lane, it loses no place and lets nobody wait too long."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.virtual_clock import run
from nightshoot.errors import TooLate
from nightshoot.lane import Lane
from nightshoot.turns import Standing


async def begun_at(
    lane: Lane, standing: Standing, *, model: str, seconds: int, swap_s: int
) -> float:
    """Takes a turn; gives when it began."""
    async with lane.turn(standing, model=model, estimate_s=seconds) as turn:
        begun = asyncio.get_running_loop().time()
        await asyncio.sleep(seconds + swap_s * turn.swapped)
        return begun


@dataclass(frozen=True)
class Job:
    asks_at: int
    film: int
    model: str
    seconds: int
    together: int = 1
    fails: bool = False
    gives_up_after: int | None = None


JOBS = st.lists(
    st.builds(
        Job,
        asks_at=st.integers(0, 60),
        film=st.integers(1, 3),
        model=st.sampled_from(["", "a", "b", "c"]),
        seconds=st.integers(0, 20),
        together=st.integers(1, 3),
        fails=st.booleans(),
        gives_up_after=st.none() | st.integers(0, 40),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(
    jobs=JOBS,
    width=st.integers(1, 3),
    swap_s=st.sampled_from([0, 4]),
    pauses=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 30), st.sampled_from([None, "a"])), max_size=3
    ),
    ends_at=st.none() | st.integers(20, 120),
)
def test_whatever_fails_or_gives_up_no_place_is_lost_and_none_holds_too_many(
    jobs: list[Job],
    width: int,
    swap_s: int,
    pauses: list[tuple[int, int, str | None]],
    ends_at: int | None,
) -> None:
    async def night() -> None:
        lane = Lane("gpu", width=width, swap_s=swap_s, turn_s=15, patience_s=30)
        lane.end_at(ends_at)
        here: dict[int, list[Job]] = {place: [] for place in range(width)}

        async def do(job: Job) -> None:
            await asyncio.sleep(job.asks_at)
            turn = lane.turn(
                Standing(film=str(job.film), place=job.film),
                model=job.model,
                estimate_s=job.seconds,
                together=job.together,
            )
            async with asyncio.timeout(job.gives_up_after), turn:
                beside = here[turn.place]
                beside.append(job)
                try:
                    assert len(beside) <= min(one.together for one in beside)
                    assert len({one.model for one in beside} - {""}) <= 1
                    await asyncio.sleep(job.seconds + swap_s * turn.swapped)
                    if job.fails:
                        raise ValueError(job)
                finally:
                    beside.remove(job)

        async def pause(number: int, at: int, length: int, model: str | None) -> None:
            await asyncio.sleep(at)
            lane.pause(str(number), model=model)
            await asyncio.sleep(length)
            lane.resume(str(number), model=model)

        results = await asyncio.gather(
            *(do(job) for job in jobs),
            *(pause(number, *one) for number, one in enumerate(pauses)),
            return_exceptions=True,
        )
        for result in results:
            assert result is None or isinstance(result, (ValueError, TimeoutError, TooLate))
        assert (lane.running, lane.waiting) == (0, 0)
        assert Counter(lane.loaded)[""] <= width
        lane.end_at(None)
        now = asyncio.get_running_loop().time()
        again = (
            begun_at(lane, Standing(film="1"), model="", seconds=10, swap_s=0) for _ in range(width)
        )
        assert await asyncio.gather(*again) == [now] * width

    run(night())


PATIENCE, TURN, SWAP = 40, 15, 3


def bound_s(job: Job, jobs: Sequence[Job], begun: dict[int, float]) -> float:
    """The longest wait that `docs/scheduling.md` allows."""
    older = [
        one
        for number, one in enumerate(jobs)
        if one.asks_at <= job.asks_at and begun[number] + one.seconds + SWAP > job.asks_at
    ]
    work_s = sum(one.seconds for one in older)
    longest = max(one.seconds for one in jobs)
    models = len({one.model for one in jobs})
    return PATIENCE + work_s + models * (TURN + longest) + (models + 1 + work_s / TURN) * SWAP


@settings(max_examples=200, deadline=None)
@given(
    jobs=st.lists(
        st.builds(
            Job,
            asks_at=st.integers(0, 300),
            film=st.integers(1, 3),
            model=st.sampled_from("abc"),
            seconds=st.integers(1, 12),
        ),
        min_size=1,
        max_size=60,
    ),
    width=st.integers(1, 2),
)
@example(
    jobs=[
        Job(5, 3, "b", 5),
        *(Job(asks_at, 1, "a", 11) for asks_at in range(0, 600, 10)),
    ],
    width=1,
)
def test_nobody_waits_longer_than_the_bound(jobs: list[Job], width: int) -> None:
    begun: dict[int, float] = {}

    async def night() -> None:
        lane = Lane("gpu", width=width, swap_s=SWAP, turn_s=TURN, patience_s=PATIENCE)

        async def do(number: int, job: Job) -> None:
            await asyncio.sleep(job.asks_at)
            standing = Standing(film=str(job.film), place=job.film)
            begun[number] = await begun_at(
                lane, standing, model=job.model, seconds=job.seconds, swap_s=SWAP
            )

        await asyncio.gather(*(do(number, job) for number, job in enumerate(jobs)))

    run(night())
    for number, job in enumerate(jobs):
        assert begun[number] - job.asks_at <= bound_s(job, jobs, begun)
