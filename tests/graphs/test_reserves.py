"""Whether there are the means for what is to come, and which shots are filmed plainly."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.virtual_clock import run
from nightshoot.budget import Budget
from nightshoot.domain.film import Shortage
from nightshoot.domain.limits import Limits, Used
from nightshoot.domain.shot import Estimate
from nightshoot.errors import BudgetExceeded
from nightshoot.graphs.purse import Purse
from nightshoot.graphs.reserves import Left, Needs, Option, Piece, Tail, economies
from nightshoot.lane import Lane
from nightshoot.pace import Least, Pace
from nightshoot.turns import Standing


def option(usd: float = 1.0, *, gpu_s: float = 0.0, lane_s: float = 0.0) -> Option:
    return Option(
        full=(Piece(usd=usd, gpu_s=gpu_s, takes=1, lane="gpu", lane_s=lane_s),),
        plain=(Piece(lane="cpu", lane_s=1.0),),
    )


def test_what_suffices_for_all_is_given_to_all() -> None:
    shots = {"a": option(), "b": option()}
    assert economies(shots, (), Left(usd=2.0, gpu_s=0.0, takes=2)) == {}


def test_the_first_shots_are_filmed_as_ordered() -> None:
    shots = {name: option() for name in "abcd"}
    assert economies(shots, (), Left(usd=2.5)) == {"c": Shortage.MONEY, "d": Shortage.MONEY}


def test_a_shot_too_dear_for_what_is_left_gives_way_to_a_cheaper_one_after_it() -> None:
    shots = {"a": option(1.0), "b": option(5.0), "c": option(1.0)}
    assert economies(shots, (), Left(usd=2.0)) == {"b": Shortage.MONEY}


def test_certain_work_comes_before_any_shot() -> None:
    shots = {"a": option(), "b": option()}
    certain = (Piece(usd=0.5), Piece(usd=0.5))
    assert economies(shots, certain, Left(usd=2.0)) == {"b": Shortage.MONEY}


@pytest.mark.parametrize(
    ("left", "lack"),
    [
        (Left(usd=1.0), Shortage.MONEY),
        (Left(gpu_s=10.0), Shortage.GPU_TIME),
        (Left(takes=1), Shortage.TAKES),
        (Left(time_s=15.0, slack=0.0), Shortage.TIME),
    ],
)
def test_each_currency_has_its_own_name(left: Left, lack: Shortage) -> None:
    shots = {"a": option(gpu_s=10, lane_s=10), "b": option(gpu_s=10, lane_s=10)}
    assert economies(shots, (), left) == {"b": lack}


def test_no_shot_is_filmed_plainly_for_what_that_does_not_save() -> None:
    # The plain camera is the slower one here.
    shots = {"a": option(lane_s=0.5), "b": option(lane_s=0.5)}
    assert economies(shots, (), Left(time_s=0.2)) == {}


def test_the_time_of_the_cut_is_kept_free() -> None:
    shots = {"a": option(lane_s=10), "b": option(lane_s=10)}
    tail = Tail(work_s=30, chain_s=5)
    # Two takes of 10 s, a second for a plain one that there might be, and the cut.
    assert economies(shots, (), Left(time_s=51, tail=tail, slack=0.0)) == {}
    assert economies(shots, (), Left(time_s=49, tail=tail, slack=0.0)) == {"b": Shortage.TIME}
    assert economies(shots, (), Left(time_s=51, tail=tail)) == {"b": Shortage.TIME}


def test_lanes_work_side_by_side() -> None:
    needs = Needs()
    needs.add([Piece(lane="paint", lane_s=6)] * 4 + [Piece(lane="film", lane_s=10)] * 4)
    # Four takes one after the other, and the first keyframe before them.
    assert needs.time_s(Tail(), films=1) == 46
    assert needs.time_s(Tail(work_s=4, chain_s=9), films=2) == 80 + 6 + 9


def test_what_costs_nothing_is_not_refused_for_want_of_money() -> None:
    budget = Budget(Path(":memory:"), account="film", limits=Limits(usd=1.0, takes=9))
    purse = Purse(budget=budget, pace=Pace())
    purse.owe("a", painting=(Piece(usd=5.0),), filming=(Piece(takes=1),))
    purse.owe("b", painting=(), filming=())
    assert purse.lacks([Piece(takes=1)], shot="b") is None
    assert purse.lacks([Piece(usd=0.1, takes=1)], shot="b") is Shortage.MONEY
    assert purse.lacks([Piece(takes=9)], shot="b") is Shortage.TAKES
    budget.close()


def test_a_film_of_which_nothing_is_known_yet_is_taken_to_be_like_the_others() -> None:
    pace = Pace(films=3)
    pace.note("a", Least(lanes={"gpu": 10.0}, tail_s=5.0))
    pace.note("b", Least(lanes={"gpu": 20.0, "cpu": 1.0}, tail_s=6.0))
    # Itself, of a film that is being written; and b.
    assert pace.others("a") == Least(lanes={"gpu": 30.0, "cpu": 1.0}, tail_s=11.0)
    pace.forget("b")
    pace.films = 1
    assert pace.others("a") == Least()


costs = st.floats(min_value=0, max_value=10)


@dataclass(frozen=True)
class Shot:
    paint_usd: float
    film_usd: float
    paint_gpu_s: float
    film_gpu_s: float
    rejected: int
    """How many of its takes are no good."""
    share: float
    """Of its estimates that it really uses."""

    @property
    def painting(self) -> tuple[Piece, ...]:
        return (Piece(usd=self.paint_usd, gpu_s=self.paint_gpu_s),)

    @property
    def filming(self) -> tuple[Piece, ...]:
        return (Piece(usd=self.film_usd, gpu_s=self.film_gpu_s, takes=1),)


PLAIN = (Piece(),)

shots = st.builds(
    Shot,
    paint_usd=costs,
    film_usd=costs,
    paint_gpu_s=costs,
    film_gpu_s=costs,
    rejected=st.integers(0, 2),
    share=st.floats(0, 1),
)


@dataclass
class Film:
    """A film that decides as the shots' loops do, one step at a time in any order."""

    shots: Sequence[Shot]
    budget: Budget
    purse: Purse = field(init=False)
    plain: dict[str, Shortage] = field(default_factory=dict)
    retakes: int = 0

    def __post_init__(self) -> None:
        self.purse = Purse(budget=self.budget, pace=Pace())
        for number, shot in enumerate(self.shots):
            self.purse.owe(str(number), painting=shot.painting, filming=shot.filming, plain=PLAIN)

    def use(self, action: str, pieces: Sequence[Piece], share: float) -> None:
        (piece,) = pieces
        wanted = Estimate(cost_usd=piece.usd, gpu_s=piece.gpu_s, takes=piece.takes)
        with self.budget.reserved(action, wanted) as reserved:
            used = Used(usd=piece.usd * share, gpu_s=piece.gpu_s * share, takes=piece.takes)
            reserved.settle(used)

    def steps(self, number: int) -> Iterator[None]:
        """Goes through one shot's loop; others may go on wherever it yields."""
        shot, name = self.shots[number], str(number)
        self.use(f"paint {name}", shot.painting, shot.share)
        self.purse.painted(name)
        yield
        order = [str(one) for one in range(len(self.shots))]
        lack = self.purse.choose(name, order)
        yield
        if lack is not None:
            self.plain[name] = lack
            self.purse.done(name)
            return
        self.use(f"film {name}", shot.filming, shot.share)
        self.purse.done(name)
        for retake in range(shot.rejected):
            yield
            if self.purse.lacks(shot.filming, shot=name) is not None:
                return
            self.purse.owe(name, painting=(), filming=shot.filming, filmed=True)
            yield
            try:
                self.use(f"film {name} again {retake}", shot.filming, shot.share)
            except BudgetExceeded:
                return
            finally:
                self.purse.done(name)
            self.retakes += 1


@settings(max_examples=150, deadline=None)
@given(
    planned=st.lists(shots, min_size=1, max_size=8),
    spare=st.tuples(costs, costs, st.integers(0, 10)),
    order=st.randoms(use_true_random=False),
)
def test_a_film_that_can_pay_its_keyframes_always_comes_to_its_cut(
    planned: list[Shot], spare: tuple[float, float, int], order: object
) -> None:
    limits = Limits(
        usd=sum(shot.paint_usd for shot in planned) + spare[0],
        gpu_s=sum(shot.paint_gpu_s for shot in planned) + spare[1],
        takes=spare[2],
    )
    budget = Budget(Path(":memory:"), account="film", limits=limits)
    film = Film(planned, budget)
    assert film.purse.impossible() is None
    loops = [film.steps(number) for number in range(len(planned))]
    while loops:
        loop = order.choice(loops)  # type: ignore[attr-defined]
        try:
            # No first take ever finds too little, whoever was before it.
            next(loop)
        except StopIteration:
            loops.remove(loop)
        assert film.purse.impossible() is None
    assert limits.passed(budget.spent) is None
    budget.close()


@settings(max_examples=100, deadline=None)
@given(planned=st.lists(shots, min_size=1, max_size=8), spare=costs)
def test_what_is_decided_does_not_hang_on_who_comes_first(
    planned: list[Shot], spare: float
) -> None:
    limits = Limits(usd=sum(shot.paint_usd for shot in planned) + spare)
    exact = [Shot(s.paint_usd, s.film_usd, 0, 0, rejected=0, share=1) for s in planned]
    found = []
    for numbers in (range(len(exact)), reversed(range(len(exact)))):
        budget = Budget(Path(":memory:"), account="film", limits=limits)
        film = Film(exact, budget)
        for number in numbers:
            list(film.steps(number))
        found.append(film.plain)
        budget.close()
    assert found[0] == found[1]


# Time


@dataclass
class Night:
    """Films that share a GPU and a processor until a deadline, in virtual time."""

    ends_at: float
    films: int
    pace: Pace = field(init=False)
    gpu: Lane = field(default_factory=lambda: Lane("gpu"))
    cpu: Lane = field(default_factory=lambda: Lane("cpu"))
    ended: dict[str, float] = field(default_factory=dict)
    plain: dict[str, int] = field(default_factory=dict)

    async def all(self, *, shots: int, paint_s: float, film_s: float, cut_s: float) -> None:
        self.pace = Pace(ends_at=self.ends_at, films=self.films)
        for lane in (self.gpu, self.cpu):
            lane.end_at(self.ends_at)
        await asyncio.gather(
            *(
                self._film(f"film {place}", place, shots, paint_s, film_s, cut_s)
                for place in range(self.films)
            )
        )

    async def _film(
        self, name: str, place: int, shots: int, paint_s: float, film_s: float, cut_s: float
    ) -> None:
        budget = Budget(Path(":memory:"), account=name)
        tail = Tail(work_s=cut_s, chain_s=cut_s)
        purse = Purse(budget=budget, pace=self.pace, film=name, tail=tail)
        standing = Standing(film=name, place=place)
        order = [str(number) for number in range(shots)]
        painting, filming, plain = (
            (Piece(lane=lane, lane_s=seconds),)
            for lane, seconds in (("gpu", paint_s), ("gpu", film_s), ("cpu", 1.0))
        )
        for shot in order:
            purse.owe(shot, painting=painting, filming=filming, plain=plain)

        async def work(lane: Lane, seconds: float) -> None:
            async with lane.turn(standing, estimate_s=seconds):
                await asyncio.sleep(seconds)

        async def shoot(shot: str) -> None:
            await work(self.gpu, paint_s)
            purse.painted(shot)
            lack = purse.choose(shot, order)
            if lack is None:
                await work(self.gpu, film_s)
            else:
                await work(self.cpu, 1.0)
            purse.done(shot)
            self.plain[name] = self.plain.get(name, 0) + (lack is not None)

        await asyncio.gather(*(shoot(shot) for shot in order))
        await work(self.cpu, cut_s)
        self.ended[name] = asyncio.get_running_loop().time()
        self.pace.films -= 1
        self.pace.forget(name)
        budget.close()


def test_three_films_on_one_gpu_all_end_in_time_and_none_stops_half_made() -> None:
    # As ordered they would take 3 * 12 * (6 + 21) = 972 s and their cuts; there are 600.
    night = Night(ends_at=600, films=3)
    run(night.all(shots=12, paint_s=6, film_s=21, cut_s=40))
    assert len(night.ended) == 3
    assert max(night.ended.values()) <= 600
    assert 0 < sum(night.plain.values()) < 36
    # Not most of what the time allows is given up.
    assert night.gpu.facts.busy_s > 400


def test_with_time_enough_nothing_is_filmed_plainly() -> None:
    night = Night(ends_at=1300, films=3)
    run(night.all(shots=12, paint_s=6, film_s=21, cut_s=40))
    assert sum(night.plain.values()) == 0


@settings(max_examples=60, deadline=None)
@given(
    films=st.integers(1, 4),
    shots=st.integers(1, 8),
    paint_s=st.floats(0.5, 20),
    film_s=st.floats(1, 60),
    cut_s=st.floats(1, 60),
    spare=st.floats(0, 2),
)
def test_films_that_can_be_made_plainly_in_their_share_of_the_time_all_end_in_it(
    films: int, shots: int, paint_s: float, film_s: float, cut_s: float, spare: float
) -> None:
    least_s = films * (shots * max(paint_s, 1.0) + cut_s) + films * shots + paint_s + 1
    night = Night(ends_at=least_s * (1.1 + spare), films=films)
    run(night.all(shots=shots, paint_s=paint_s, film_s=film_s, cut_s=cut_s))
    assert len(night.ended) == films
    assert max(night.ended.values()) <= night.ends_at
