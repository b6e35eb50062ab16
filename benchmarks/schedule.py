"""Many films on few GPUs, in virtual time: the lanes of production against the lower bound.

    python benchmarks/schedule.py [--seeds 10] [--swaps-a-turn 50] [--json]

Films are coroutines that sleep where a tool would work; `nightshoot.lane` is what a real night
uses. The times are in `KNOWN`. DESIGN, "Scheduling many films", gives no time of a tool, only what
comes of them: 20 films of 12 shots, swaps of 15 s, a bound of 114 minutes, and 2.2 times that for
film after film. The times here are round ones that give the same bound and nearly the same ratio.

A case's bound is the longest of: the first moment at which a GPU can have work, then all work of
the GPUs and one load of each model, then the shortest way from a last take to a film; the same for
the films that arrive after any moment; the longest single film; the writers' own work. No schedule
beats it, and a schedule that is above it need not be at fault: the bound may be out of reach.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.virtual_clock import run
from nightshoot.lane import Lane, Span
from nightshoot.lanes import FilmLane, FilmLanes, Lanes

SWAP_S = 15.0
WRITERS = 4
CUTTERS = 2
JUDGES = 2
OUTAGE_S = 1200.0
MODELS = ("painter", "camera")


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long the tools take, in seconds."""

    documents: tuple[float, ...] = (30.0, 80.0, 110.0)
    """Concept, screenplay, storyboard: calls of a language model at a service."""
    plan: float = 10.0
    """A shot's words, by the same."""
    keyframe: float = 6.0
    take: float = 21.0
    judge: float = 2.0
    """A keyframe or a take, measured on the CPU."""
    cut: float = 150.0
    """Parts, music, mix, film and its review."""


KNOWN = Times()
SLOW_WRITERS = Times(documents=(60.0, 200.0, 260.0), plan=25.0)
LONG_CUTS = Times(cut=600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotWork:
    """What a shot will come to."""

    plan_s: float
    keyframes_s: tuple[float, ...]
    takes_s: tuple[float, ...]
    """More than one: those before were rejected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmWork:
    """What a film will come to."""

    name: str
    documents_s: tuple[float, ...]
    shots: tuple[ShotWork, ...]
    judge_s: float
    cut_s: float
    arrives_s: float = 0.0
    board_by_shot: bool = False
    """What if its storyboard came shot by shot? No film of ours is made so."""
    early_cut: float = 0.0
    """What if such a share of the cut were made shot by shot, as the takes come? The same."""

    @property
    def head_s(self) -> float:
        """From its arrival to its first keyframe, at the soonest."""
        documents_s = sum(self.documents_s)
        if self.board_by_shot:
            documents_s -= self.documents_s[-1] * (1 - 1 / len(self.shots))
        return documents_s + min(shot.plan_s for shot in self.shots)

    @property
    def gpu_s(self) -> float:
        """All its work for a GPU."""
        return sum(sum(shot.keyframes_s) + sum(shot.takes_s) for shot in self.shots)

    @property
    def writing_s(self) -> float:
        """All its work for the writers."""
        return sum(self.documents_s) + sum(shot.plan_s for shot in self.shots)

    @property
    def tail_s(self) -> float:
        """From its last take to the film."""
        parts_s = self.cut_s * self.early_cut / len(self.shots)
        return self.judge_s + parts_s + self.cut_s * (1 - self.early_cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A night."""

    name: str
    films: tuple[FilmWork, ...]
    gpus: int = 1
    writing_out_s: float | None = None
    """When the writers' service is away for 20 minutes."""
    gpu_out_s: float | None = None

    @property
    def bound_s(self) -> float:
        """What no schedule can beat, in seconds from the start of the night."""
        loads_s = SWAP_S * len(MODELS)
        bounds = []
        for since in {film.arrives_s for film in self.films}:
            late = [film for film in self.films if film.arrives_s >= since]
            begins = min(film.arrives_s + film.head_s for film in late)
            # Before it all models may have been loaded already, but for the first films.
            work_s = sum(film.gpu_s for film in late) + (
                loads_s if len(late) == len(self.films) else 0
            )
            ends = begins + work_s / self.gpus
            if self.gpu_out_s is not None and ends > self.gpu_out_s:
                ends += max(0.0, self.gpu_out_s + OUTAGE_S - max(begins, self.gpu_out_s))
            bounds.append(ends + min(film.tail_s for film in late))
        writing_s = sum(film.writing_s for film in self.films) / WRITERS
        if self.writing_out_s is not None and writing_s > self.writing_out_s:
            writing_s += OUTAGE_S
        last_s = min(shot.takes_s[-1] for film in self.films for shot in film.shots)
        bounds.append(writing_s + last_s + min(film.tail_s for film in self.films))
        bounds += [
            film.arrives_s + film.head_s + film.gpu_s / self.gpus + film.tail_s
            for film in self.films
        ]
        return max(bounds)


def known(
    count: int = 20,
    shots: int = 12,
    *,
    times: Times = KNOWN,
    board_by_shot: bool = False,
    early_cut: float = 0.0,
) -> tuple[FilmWork, ...]:
    """Gives DESIGN's films, all alike."""
    shot = ShotWork(plan_s=times.plan, keyframes_s=(times.keyframe,), takes_s=(times.take,))
    return tuple(
        FilmWork(
            name=f"film {number:02}",
            documents_s=times.documents,
            shots=(shot,) * shots,
            judge_s=times.judge,
            cut_s=times.cut,
            board_by_shot=board_by_shot,
            early_cut=early_cut,
        )
        for number in range(1, count + 1)
    )


def drawn(seed: int, count: int = 20, *, over_s: float = 0.0) -> tuple[FilmWork, ...]:
    """Gives films of 6 to 24 shots with random times, some shots taken again.

    Times are log-normal about those of `KNOWN` (sigma 0.4); one keyframe in ten and one take in six
    is rejected, twice at most. They arrive evenly at random within `over_s`.
    """
    draw = random.Random(seed)

    def about(mean: float) -> float:
        return mean * draw.lognormvariate(-0.08, 0.4)

    def tries(mean: float, rejected: float) -> tuple[float, ...]:
        count = 1 + (draw.random() < rejected)
        count += count > 1 and draw.random() < rejected
        return tuple(about(mean) for _ in range(count))

    arrivals = sorted(draw.uniform(0.0, over_s) for _ in range(count))
    return tuple(
        FilmWork(
            name=f"film {number:02}",
            documents_s=tuple(about(mean) for mean in KNOWN.documents),
            shots=tuple(
                ShotWork(
                    plan_s=about(KNOWN.plan),
                    keyframes_s=tries(KNOWN.keyframe, 0.1),
                    takes_s=tries(KNOWN.take, 1 / 6),
                )
                for _ in range(draw.randint(6, 24))
            ),
            judge_s=KNOWN.judge,
            cut_s=about(KNOWN.cut),
            arrives_s=arrives,
        )
        for number, arrives in enumerate(arrivals, 1)
    )


@dataclass(frozen=True, slots=True)
class Had:
    """A turn that was had in the queue."""

    swapped: bool


class Queue:
    """What there was before: a semaphore, first come first served, and one model at a time."""

    def __init__(self, width: int, spans: list[Span]) -> None:
        self._semaphore = asyncio.Semaphore(width)
        self._free = [""] * width
        self._spans = spans
        self.open = asyncio.Event()
        self.open.set()

    @asynccontextmanager
    async def turn(self, film: str, *, model: str, estimate_s: float) -> AsyncIterator[Had]:
        del estimate_s
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        async with self._semaphore:
            await self.open.wait()
            loaded = model if model in self._free else self._free[0]
            self._free.remove(loaded)
            begun_at = loop.time()
            try:
                yield Had(swapped=loaded != model)
            finally:
                self._free.append(model)
                self._spans.append(
                    Span(
                        lane="gpu",
                        film=film,
                        model=model,
                        place=0,
                        asked_at=asked_at,
                        begun_at=begun_at,
                        ended_at=loop.time(),
                        swapped=loaded != model,
                        failed=False,
                    )
                )


@dataclass(slots=True, kw_only=True)
class Night:
    """What a night came to; times in seconds from its start."""

    case: str
    policy: str
    bound_s: float
    makespan_s: float
    first_s: float
    """When the first film was there."""
    work_s: float
    """Time in which the GPUs made something, loading not counted."""
    gpu_from_s: float
    gpu_until_s: float
    gpus: int
    swaps: int
    longest_wait_s: float
    """For a GPU."""
    ended_s: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Times the bound."""
        return self.makespan_s / self.bound_s

    @property
    def busy(self) -> float:
        """Share of the time between the first turn's start and the last one's end."""
        return self.work_s / self.gpus / (self.gpu_until_s - self.gpu_from_s)

    @property
    def busy_all_night(self) -> float:
        """Share of the whole night."""
        return self.work_s / self.gpus / self.makespan_s


class Studio:
    """Makes the films of a case by sleeping."""

    def __init__(self, case: Case, *, fifo: bool, turn_s: float | None = None) -> None:
        self.spans: list[Span] = []
        self.work_s = 0.0
        gpu = Lane("gpu", width=case.gpus, swap_s=SWAP_S, turn_s=turn_s, tell=self.spans.append)
        self.lanes = Lanes(
            writing=Lane("writing", width=WRITERS),
            painting=gpu,
            filming=gpu,
            judging=Lane("judging", width=JUDGES),
            speaking=Lane("speaking"),
            cutting=Lane("cutting", width=CUTTERS),
        )
        self.queue = Queue(case.gpus, self.spans) if fifo else None

    async def make(self, film: FilmWork) -> float:
        """Makes a film; gives when it is there."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, film.arrives_s - loop.time()))
        doors = self.lanes.of(film=film.name)
        if self.queue:
            # All films stand alike, so that the other lanes too serve them as they come.
            doors.standing.place = 0
        *before, board_s = film.documents_s
        for seconds in before if film.board_by_shot else film.documents_s:
            await _work(doors.writing, seconds)
        boarded = [asyncio.Event() for _ in film.shots]
        # As the film's graph does: all keyframes, then all takes.
        async with asyncio.TaskGroup() as group:
            if film.board_by_shot:
                group.create_task(_board(doors, board_s, boarded))
            for shot, there in zip(film.shots, boarded, strict=True):
                group.create_task(self._keyframes(film, shot, doors, there))
        async with asyncio.TaskGroup() as group:
            for shot in film.shots:
                group.create_task(self._takes(film, shot, doors))
        await _work(doors.cutting, film.cut_s * (1 - film.early_cut))
        return loop.time()

    async def _keyframes(
        self, film: FilmWork, shot: ShotWork, doors: FilmLanes, there: asyncio.Event
    ) -> None:
        if film.board_by_shot:
            await there.wait()
        await _work(doors.writing, shot.plan_s)
        for seconds in shot.keyframes_s:
            await self._render(film, doors, "painter", seconds)
            await _work(doors.judging, film.judge_s)

    async def _takes(self, film: FilmWork, shot: ShotWork, doors: FilmLanes) -> None:
        for seconds in shot.takes_s:
            await self._render(film, doors, "camera", seconds)
            await _work(doors.judging, film.judge_s)
        if film.early_cut:
            await _work(doors.cutting, film.cut_s * film.early_cut / len(film.shots))

    async def _render(self, film: FilmWork, doors: FilmLanes, model: str, seconds: float) -> None:
        turn = (
            self.queue.turn(film.name, model=model, estimate_s=seconds)
            if self.queue
            else doors.painting.turn(model=model, estimate_s=seconds)
        )
        async with turn as had:
            if had.swapped:
                await asyncio.sleep(SWAP_S)
            await asyncio.sleep(seconds)
            self.work_s += seconds


async def _work(door: FilmLane, seconds: float) -> None:
    async with door.turn(estimate_s=seconds):
        await asyncio.sleep(seconds)


async def _board(doors: FilmLanes, seconds: float, boarded: Sequence[asyncio.Event]) -> None:
    """Writes the storyboard shot by shot."""
    async with doors.writing.turn(estimate_s=seconds):
        for event in boarded:
            await asyncio.sleep(seconds / len(boarded))
            event.set()


async def night(case: Case, policy: str, *, turn_s: float | None = None) -> Night:
    """Makes all films of a case by one of the policies; `turn_s` as `Lane` has it."""
    loop = asyncio.get_running_loop()
    studio = Studio(case, fifo=policy == GATHER, turn_s=turn_s)

    async def outage(lane: Lane, since_s: float | None) -> None:
        if since_s is not None:
            await asyncio.sleep(since_s)
            lane.pause("outage")
            if lane is studio.lanes.painting and studio.queue:
                studio.queue.open.clear()
            await asyncio.sleep(OUTAGE_S)
            lane.resume("outage")
            if studio.queue:
                studio.queue.open.set()

    outages = [
        asyncio.create_task(outage(studio.lanes.writing, case.writing_out_s)),
        asyncio.create_task(outage(studio.lanes.painting, case.gpu_out_s)),
    ]
    if policy == ONE_BY_ONE:
        ended = [await studio.make(film) for film in case.films]
    else:
        ended = list(await asyncio.gather(*(studio.make(film) for film in case.films)))
    makespan_s = loop.time()
    for task in outages:
        task.cancel()
    spans = studio.spans
    return Night(
        case=case.name,
        policy=policy,
        bound_s=case.bound_s,
        makespan_s=makespan_s,
        first_s=min(ended),
        work_s=studio.work_s,
        gpu_from_s=min(span.begun_at for span in spans),
        gpu_until_s=max(span.ended_at for span in spans),
        gpus=case.gpus,
        swaps=sum(span.swapped for span in spans),
        longest_wait_s=max(span.begun_at - span.asked_at for span in spans),
        ended_s={film.name: when for film, when in zip(case.films, ended, strict=True)},
    )


OURS = "lanes"
GATHER = "gather, first come first served"
ONE_BY_ONE = "film after film"
POLICIES = (OURS, GATHER, ONE_BY_ONE)

HOUR = 3600.0

WHAT_IF = {
    "as it is": known(),
    "storyboard shot by shot": known(board_by_shot=True),
    "four fifths of the cut as the takes come": known(early_cut=0.8),
    "both": known(board_by_shot=True, early_cut=0.8),
}
"""Films whose graph is another one: what the GPU's share of the whole night could then be."""


def cases(seed: int) -> list[Case]:
    """Gives the nights of one seed."""
    films = drawn(seed)
    return [
        Case(name="random times", films=films),
        Case(name="arrivals over 4 hours", films=drawn(seed, 40, over_s=4 * HOUR)),
        Case(name="two GPUs", films=drawn(seed, 40), gpus=2),
        Case(name="writers away for 20 minutes", films=films, writing_out_s=600.0),
        Case(name="GPU away for 20 minutes", films=films, gpu_out_s=2400.0),
    ]


def row(nights: Sequence[Night]) -> str:
    """Gives a table's row for the nights of a case by a policy: medians, and the worst ratio."""

    def middle(value: Callable[[Night], float]) -> float:
        return statistics.median(value(one) for one in nights)

    worst = f" (worst {max(one.ratio for one in nights):.3f})" if len(nights) > 1 else ""
    return (
        f"| {nights[0].case} | {nights[0].policy} "
        f"| {middle(lambda one: one.bound_s) / 60:.1f} "
        f"| {middle(lambda one: one.makespan_s) / 60:.1f} "
        f"| {middle(lambda one: one.ratio):.3f}{worst} "
        f"| {middle(lambda one: one.first_s) / 60:.1f} "
        f"| {middle(lambda one: one.busy):.1%} | {middle(lambda one: one.busy_all_night):.1%} "
        f"| {middle(lambda one: one.swaps):.0f} "
        f"| {middle(lambda one: one.longest_wait_s) / 60:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="nights of each random case")
    parser.add_argument("--swaps-a-turn", type=float, help="how long a model stays, in loads")
    parser.add_argument("--what-if", action="store_true", help="other graphs of the known case")
    parser.add_argument("--json", action="store_true", help="every night as a line of JSON")
    options = parser.parse_args()
    turn_s = None if options.swaps_a_turn is None else SWAP_S * options.swaps_a_turn
    if options.what_if:
        print(
            "| the known case | bound, min | GPU at most | makespan, min | first film, min "
            "| of all night |"
        )
        print("|---|---|---|---|---|---|")
        for name, films in WHAT_IF.items():
            one = run(night(Case(name=name, films=films), OURS, turn_s=turn_s))
            print(
                f"| {name} | {one.bound_s / 60:.1f} | {one.work_s / one.bound_s:.1%} "
                f"| {one.makespan_s / 60:.1f} | {one.first_s / 60:.1f} | {one.busy_all_night:.1%} |"
            )
        return
    began = time.monotonic()
    alike = {
        "20 films, all alike": KNOWN,
        "the same, slow writers": SLOW_WRITERS,
        "the same, cuts of 10 minutes": LONG_CUTS,
    }
    tables = [
        [run(night(Case(name=name, films=known(times=times)), policy, turn_s=turn_s))]
        for name, times in alike.items()
        for policy in POLICIES
    ]
    drawn_cases = [cases(seed) for seed in range(options.seeds)]
    for kind in zip(*drawn_cases, strict=True):
        tables += [
            [run(night(case, policy, turn_s=turn_s)) for case in kind] for policy in POLICIES
        ]
    if options.json:
        for table in tables:
            for one in table:
                facts = {"ratio": one.ratio, "busy": one.busy, "busy_all_night": one.busy_all_night}
                print(json.dumps(asdict(one) | facts))
        return
    print(
        "| night | policy | bound, min | makespan, min | ratio | first film, min | GPU busy "
        "| of all night | swaps | longest wait, min |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for table in tables:
        print(row(table))
    print(f"\n{options.seeds} seeds; {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
