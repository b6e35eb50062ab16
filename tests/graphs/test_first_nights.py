"""A first night that is short: what tools take is learned, and what is nearly done is finished."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from benchmarks.virtual_clock import run
from nightshoot.budget import Budget
from nightshoot.domain.film import Shortage
from nightshoot.errors import TooLate
from nightshoot.graphs.priors import call_s, cutting_s, own_s, slowness
from nightshoot.graphs.purse import Purse
from nightshoot.graphs.reserves import Piece, Tail
from nightshoot.lane import Lane
from nightshoot.pace import Least, Pace
from nightshoot.tools.fake import FakeCamera, FakePainter
from nightshoot.turns import Standing
from nightshoot.usual import Usual

PAINT_S, FILM_S, PLAIN_S, CUT_S = 6.0, 21.0, 1.0, 40.0
"""What the tools of this night really take."""


@dataclass
class FirstNight:
    """Films that share a GPU and a processor until a deadline, with tools that nobody knows yet."""

    ends_at: float
    priors: dict[str, float]
    """What is taken for granted before the first call of a tool."""
    learns: bool = True
    usual: Usual = field(default_factory=Usual)
    pace: Pace = field(init=False)
    gpu: Lane = field(default_factory=lambda: Lane("gpu"))
    cpu: Lane = field(default_factory=lambda: Lane("cpu"))
    ended: dict[str, float] = field(default_factory=dict)
    plain: int = 0

    async def all(self, shots: Sequence[int]) -> None:
        """Makes films at once, of which so many shots are missing."""
        self.pace = Pace(ends_at=self.ends_at, films=len(shots))
        for lane in (self.gpu, self.cpu):
            lane.end_at(self.ends_at)
        async with asyncio.TaskGroup() as group:
            for place, missing in enumerate(shots):
                group.create_task(self._film(f"film {place}", place, missing))

    def _usual_s(self, tool: str) -> float:
        return self.usual.known_s(tool, lambda *_: ()) or self.priors.get(tool, 0.0)

    async def _work(self, standing: Standing, lane: Lane, tool: str, seconds: float) -> None:
        async with lane.turn(standing, estimate_s=self._usual_s(tool)):
            await asyncio.sleep(seconds)
        if self.learns:
            self.usual.learn(tool, seconds)

    async def _film(self, name: str, place: int, missing: int) -> None:
        budget = Budget(Path(":memory:"), account=name)
        standing = Standing(film=name, place=place)
        self.pace.enter(standing)
        cut_s = self._usual_s("cut")
        purse = Purse(budget=budget, pace=self.pace, film=name, whole=False)
        order = [str(number) for number in range(missing)]

        def piece(lane: str, tool: str) -> tuple[Piece, ...]:
            return (Piece(lane=lane, live=partial(self._usual_s, tool)),)

        for shot in order:
            purse.owe(
                shot,
                painting=piece("gpu", "painter"),
                filming=piece("gpu", "camera"),
                plain=piece("cpu", "plain"),
            )
        purse.ends_with(Tail(work_s=cut_s, chain_s=cut_s))

        async def shoot(shot: str) -> None:
            if purse.impossible():
                raise TooLate("it could not end")
            await self._work(standing, self.gpu, "painter", PAINT_S)
            purse.painted(shot)
            if purse.choose(shot, order) is None:
                await self._work(standing, self.gpu, "camera", FILM_S)
            else:
                self.plain += 1
                await self._work(standing, self.cpu, "plain", PLAIN_S)
            purse.done(shot)

        try:
            async with asyncio.TaskGroup() as group:
                for shot in order:
                    group.create_task(shoot(shot))
            await self._work(standing, self.cpu, "cut", CUT_S)
            self.ended[name] = asyncio.get_running_loop().time()
        except* TooLate:
            pass
        finally:
            self.pace.films -= 1
            self.pace.forget(name)
            budget.close()


def night(shots: Sequence[int], *, ends_at: float, **parts: object) -> FirstNight:
    made = FirstNight(ends_at=ends_at, **parts)  # type: ignore[arg-type]
    run(made.all(shots))
    return made


def test_a_first_night_without_any_idea_of_its_tools_would_end_no_film() -> None:
    # One film as ordered takes 12 * 27 + 40 = 364 s.
    blind = night([12] * 4, ends_at=300, priors={}, learns=False)
    assert blind.ended == {}


@pytest.mark.parametrize("wrong", [0.4, 1.0, 2.5])
def test_with_priors_that_are_far_off_a_first_short_night_ends_films_all_the_same(
    wrong: float,
) -> None:
    priors = {"painter": 6 * wrong, "camera": 21 * wrong, "plain": wrong, "cut": 40 * wrong}
    made = night([12] * 4, ends_at=300, priors=priors)
    assert made.ended, "there was time for one"
    assert max(made.ended.values()) <= 300
    assert made.plain > 0, "as ordered, none could have ended"


def test_what_is_nearly_done_is_finished_first_where_there_is_no_time_for_all() -> None:
    priors = {"painter": PAINT_S, "camera": FILM_S, "plain": PLAIN_S, "cut": CUT_S}
    made = night([12, 2, 2, 2], ends_at=190, priors=priors)
    assert set(made.ended) >= {"film 1", "film 2", "film 3"}
    ample = night([12, 2, 2, 2], ends_at=1600, priors=priors)
    assert len(ample.ended) == 4
    assert ample.plain == 0


def test_a_priority_goes_before_what_is_nearly_done() -> None:
    async def ranks() -> list[str]:
        pace = Pace(ends_at=100.0, films=2)
        high = Standing(film="high", priority=5, place=2)
        low = Standing(film="low", place=1)
        for standing, least in ((high, 80.0), (low, 10.0)):
            pace.enter(standing)
            pace.note(standing.film, Least(lanes={"gpu": least}, tail_s=10.0))
        assert (high.behind, low.behind) == (0, 2)
        return [one.film for one in sorted((low, high), key=lambda one: one.rank)]

    assert run(ranks()) == ["high", "low"]


def test_a_film_plans_with_the_time_of_those_that_could_not_end_and_they_plan_for_it() -> None:
    async def shares() -> tuple[int, int, Least, Least]:
        pace = Pace(ends_at=100.0, films=3)
        for place, (film, least) in enumerate({"a": 80.0, "b": 30.0}.items()):
            pace.enter(Standing(film=film, place=place))
            pace.note(film, Least(lanes={"gpu": least}, tail_s=10.0))
        return pace.sharing("b"), pace.sharing("a"), pace.others("b"), pace.others("a")

    # The third film is still being written.
    first, second, before_first, before_second = run(shares())
    assert (first, second) == (1, 2)
    assert before_first == Least()
    assert before_second == Least(lanes={"gpu": 30.0}, tail_s=10.0)


def test_the_first_calls_of_a_night_replace_what_was_known_before() -> None:
    usual, asked = Usual(), []

    def before(tool: str, count: int) -> list[float]:
        asked.append(tool)
        return [100.0] * count

    assert usual.known_s("video/one", lambda *_: []) == 0.0
    other = Usual()
    assert other.known_s("video/one", before) == 100.0
    for seconds in (1.0, 2.0):
        other.learn("video/one", seconds)
    assert other.known_s("video/one", before) == 100.0
    other.learn("video/one", 3.0)
    assert other.known_s("video/one", before) == 2.0
    assert asked == ["video/one"]


def test_priors_are_of_the_size_that_such_tools_have() -> None:
    pixels, rate = 720 * 1280, 24.0
    here, away = FakePainter(), FakeCamera()
    assert 0.5 < call_s(here, seconds=0.0, pixels=pixels, rate=rate) < 30
    assert 1 < call_s(away, seconds=5.0, pixels=pixels, rate=rate) < 300
    assert call_s(here, seconds=0.0, pixels=pixels // 4, rate=rate) == pytest.approx(
        call_s(here, seconds=0.0, pixels=pixels, rate=rate) / 4
    )
    assert slowness(0.0, here, seconds=0.0, pixels=pixels, rate=rate) == 1.0
    took_s = 3 * call_s(here, seconds=0.0, pixels=pixels, rate=rate)
    assert slowness(took_s, here, seconds=0.0, pixels=pixels, rate=rate) == pytest.approx(3)
    assert own_s("agent/anything", seconds=60, pixels=pixels, rate=rate) == 0.0
    assert cutting_s(seconds=60, pixels=pixels, rate=rate) == pytest.approx(26.4)


def test_what_one_film_learns_puts_the_others_where_they_belong() -> None:
    usual, priors = Usual(), {"painter": 1.0}

    def painter_s() -> float:
        return usual.known_s("painter", lambda *_: ()) or priors["painter"]

    async def behind() -> tuple[list[int], list[int]]:
        pace = Pace(ends_at=100.0, films=2)
        films = [Standing(film="begun", place=1), Standing(film="new", place=2)]
        for standing, shots in zip(films, (4, 12), strict=True):
            pace.enter(standing)
            purse = Purse(
                budget=Budget(Path(":memory:"), account=standing.film),
                pace=pace,
                film=standing.film,
            )
            for shot in range(shots):
                purse.owe(str(shot), painting=(Piece(lane="gpu", live=painter_s),), filming=())
            purse.ends_with(Tail(), anew=lambda: Tail(work_s=painter_s()))
            purse.budget.close()
        before = [one.behind for one in films]
        for _ in range(3):
            usual.learn("painter", 10.0)
        pace.look_again()
        return before, [one.behind for one in films]

    before, after = run(behind())
    assert before == [0, 0], "a second a picture leaves time for both"
    assert after == [0, 2], "ten seconds do not"


def test_what_is_made_once_more_leaves_room_for_the_films_that_may_come_too_late() -> None:
    async def lacking() -> Shortage | None:
        pace = Pace(ends_at=100.0, films=2)
        for place, (film, least) in enumerate({"a": 30.0, "b": 80.0}.items()):
            pace.enter(Standing(film=film, place=place))
            pace.note(film, Least(lanes={"gpu": least}, tail_s=10.0))
        assert pace.sharing("a") == 1, "the other is behind"
        budget = Budget(Path(":memory:"), account="a")
        purse = Purse(budget=budget, pace=pace, film="a")
        lack = purse.lacks((Piece(lane="gpu", lane_s=20.0),))
        budget.close()
        return lack

    assert run(lacking()) is Shortage.TIME
