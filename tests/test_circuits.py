"""Circuits keep work away from what is down, find out when it is back, and blame nobody wrongly."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.virtual_clock import run
from nightshoot.circuits import Circuit, Circuits
from nightshoot.errors import (
    BackendError,
    BudgetExceeded,
    GaveUp,
    InputError,
    NightshootError,
    Refused,
    TooLate,
    TransientError,
)
from nightshoot.lane import Lane
from nightshoot.providers import Away, Call, CircuitPhase, CircuitTerms, Hung, Kept, Provider
from nightshoot.retry import Retry
from nightshoot.turns import Standing

MINUTE = 60.0
TERMS = CircuitTerms(jitter=0.0)


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Service:
    """A provider with outages, and a lane of its own."""

    circuits: Circuits
    outages: list[tuple[float, float]] = field(default_factory=list)
    takes_s: float = 10.0
    fails_s: float = 1.0
    lane: Lane = field(default_factory=lambda: Lane("video/fake", width=4))
    poison: set[str] = field(default_factory=set)
    error: Callable[[], Exception] = lambda: TransientError("HTTP 503")
    asked: list[tuple[float, str]] = field(default_factory=list)
    """When it was asked, and what for."""
    answered: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def circuit(self) -> Circuit:
        return self.circuits.of(Provider(tool="video/fake", lane=self.lane))

    def down(self) -> bool:
        return any(begin <= now() < end for begin, end in self.outages)

    async def answer(self, key: str) -> str:
        self.asked.append((now(), key))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.down() or key in self.poison:
                await asyncio.sleep(self.fails_s)
                raise self.error()
            await asyncio.sleep(self.takes_s)
        finally:
            self.at_once -= 1
        self.answered.append(key)
        return key

    async def call(self, call: Call) -> str:
        async def once() -> str:
            async with self.circuit.turn(call, self.lane.turn(call.standing)):
                return await self.answer(call.key)

        async def tried() -> str:
            return await Retry(first_wait_s=0.5)(once)

        return await self.circuit.carry(call, tried)

    async def ask(self, key: str, film: str = "f1", **more: object) -> str:
        place = int(film[1:])
        standing = Standing(film=film, place=place)
        return await self.call(Call(key=key, standing=standing, **more))  # type: ignore[arg-type]


def a_service(terms: CircuitTerms = TERMS, **more: object) -> Service:
    return Service(circuits=Circuits(terms, chance=lambda: 0.0), **more)  # type: ignore[arg-type]


def night(main: Callable[[], Coroutine[object, object, None]]) -> None:
    run(main())


async def outcome(work: Awaitable[str]) -> str:
    """What came of a call, as a word."""
    try:
        return await work
    except NightshootError as error:
        return type(error).__name__


def test_an_outage_of_an_hour_fails_nothing_that_has_the_patience_for_it() -> None:
    async def main() -> None:
        service = a_service(CircuitTerms(jitter=0.0, patience_s=2 * 3600), outages=[(60.0, 3660.0)])

        async def film(number: int) -> None:
            for shot in range(40):
                await service.ask(f"{number}/{shot}", f"f{number}")

        await asyncio.gather(*(film(number) for number in range(1, 5)))
        assert len(service.answered) == 160
        within = [at for at, _ in service.asked if 120 <= at < 3660]
        # Probes alone, at most one in five minutes after the first few.
        assert len(within) <= 20
        assert service.circuit.closed
        back = min(at for at, key in service.asked if at >= 3660 and key in service.answered)
        assert back <= 3660 + 300

    night(main)


def test_during_an_outage_exactly_one_of_a_hundred_that_wait_probes() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 600.0)], fails_s=5.0)
        calls = [
            asyncio.create_task(service.ask(f"k{number}", f"f{number % 5}"))
            for number in range(100)
        ]
        await asyncio.sleep(60)
        assert service.circuit.phase is not CircuitPhase.CLOSED
        assert service.circuit.state.waiting >= 98
        service.most_at_once = 0
        await asyncio.sleep(530)
        assert service.most_at_once == 1
        assert len([at for at, _ in service.asked if at > 60]) <= 6
        await asyncio.gather(*calls)
        assert sorted(service.answered) == sorted(f"k{number}" for number in range(100))
        # None was asked for twice after the provider was back.
        after = [key for at, key in service.asked if at >= 600]
        assert len(after) == len(set(after)) == 100

    night(main)


def test_the_rest_doubles_up_to_its_bound_and_begins_anew_after_a_steady_time() -> None:
    async def main() -> None:
        service = a_service(CircuitTerms(jitter=0.0, patience_s=1e6), outages=[(0.0, 2000.0)])
        await asyncio.gather(*(service.ask(f"k{n}", "f1") for n in range(3)))
        probes = [at for at, _ in service.asked][9:]
        gaps = [round(later - earlier) for earlier, later in pairwise(probes)]
        assert gaps[:6] == [31, 61, 121, 241, 301, 301]
        await asyncio.sleep(TERMS.steady_s)
        service.outages.append((now(), now() + 100))
        begun = len(service.asked)
        await asyncio.gather(*(service.ask(f"l{n}", "f1") for n in range(3)))
        again = [at for at, _ in service.asked][begun + 8 : begun + 10]
        assert round(again[1] - again[0]) == 16

    night(main)


def test_a_provider_that_flaps_rests_longer_each_time_and_loses_nobody() -> None:
    async def main() -> None:
        flaps = [(start, start + 60.0) for start in range(0, 3600, 90)]
        service = a_service(CircuitTerms(jitter=0.0, patience_s=4 * 3600), outages=flaps)
        await asyncio.gather(*(service.ask(f"k{n}", f"f{n % 4}") for n in range(100)))
        assert len(service.answered) == len(set(service.answered)) == 100
        # Without a circuit each outage costs a try of every call that waits.
        assert len(service.asked) - 100 <= 3 * 4 * len(flaps) / 2

    night(main)


def test_one_request_that_always_fails_opens_nothing_and_is_given_up() -> None:
    async def main() -> None:
        service = a_service(poison={"bad"})
        bad = asyncio.create_task(outcome(service.ask("bad", "f1")))
        phases = set()
        for number in range(20):
            await service.ask(f"good{number}", "f2")
            phases.add(service.circuit.phase)
        assert await bad == "TransientError"
        assert phases == {CircuitPhase.CLOSED}
        assert len([key for _, key in service.asked if key == "bad"]) == 9

    night(main)


def test_one_film_that_always_fails_holds_up_no_other() -> None:
    async def main() -> None:
        service = a_service(poison={f"bad{number}" for number in range(12)})
        bad = [asyncio.create_task(outcome(service.ask(f"bad{n}", "f1"))) for n in range(12)]
        await asyncio.sleep(30)
        assert service.circuit.phase is CircuitPhase.OPEN
        begun = now()
        await service.ask("good", "f2")
        assert now() - begun == pytest.approx(service.takes_s)
        assert service.circuit.closed
        for number in range(30):
            begun = now()
            await service.ask(f"good{number}", "f2")
            assert now() - begun <= service.takes_s + 2 * service.fails_s + 1
            assert service.circuit.closed
        assert set(await asyncio.gather(*bad)) == {"TransientError"}
        assert now() < 30 * MINUTE

    night(main)


def test_a_film_that_was_blamed_counts_again_once_it_is_answered() -> None:
    async def main() -> None:
        service = a_service(poison={f"bad{number}" for number in range(3)})
        bad = [asyncio.create_task(outcome(service.ask(f"bad{n}", "f1"))) for n in range(3)]
        await asyncio.sleep(10)
        await service.ask("good", "f2")
        await asyncio.gather(*bad)
        await service.ask("good too", "f1")
        service.outages = [(now(), now() + 100)]
        await asyncio.gather(*(service.ask(f"k{n}", "f1") for n in range(3)))
        assert service.circuit.closed

    night(main)


def test_when_another_film_fails_too_it_is_the_provider() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 300.0)])
        first = [asyncio.create_task(service.ask(f"a{n}", "f1")) for n in range(3)]
        await asyncio.sleep(8)
        assert service.circuit.phase is CircuitPhase.OPEN
        others = [asyncio.create_task(service.ask(f"b{n}", f"f{2 + n}")) for n in range(20)]
        await asyncio.sleep(5)
        # One of them has found out at once, and the rest heed it.
        assert len([key for _, key in service.asked if key.startswith("b")]) == 1
        await asyncio.gather(*first, *others)

    night(main)


def test_a_lonely_request_waits_for_its_provider_though_nothing_opens() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 900.0)])
        assert await service.ask("only") == "only"
        assert 900 <= now() <= 900 + 300 + 20
        assert len(service.asked) <= 3 * 8

    night(main)


def test_patience_ends_with_an_error_that_says_how_long_the_provider_was_away() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 1e9)])
        calls = [service.ask(f"k{n}", f"f{n}") for n in range(8)]
        errors = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(error) for error in errors} == {TransientError}
        assert "video/fake has been away for 30 min (HTTP 503)" in str(errors[-1])
        assert 30 * MINUTE <= now() <= 36 * MINUTE

    night(main)


def test_the_deadline_ends_the_wait_before_patience_does() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 1e9)])
        calls = [service.ask(f"k{n}", f"f{n}", until=400.0) for n in range(8)]
        found = await asyncio.gather(*(outcome(call) for call in calls))
        assert set(found) <= {"TooLate", "TransientError"}
        assert "TooLate" in found
        assert now() <= 405

    night(main)


def test_what_can_be_done_elsewhere_goes_there_at_once_and_comes_back() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 100.0)])
        await asyncio.gather(
            *(outcome(service.ask(f"k{n}", f"f{n}", elsewhere=True)) for n in range(4))
        )
        assert service.circuit.phase is CircuitPhase.OPEN
        begun, asked = now(), len(service.asked)
        with pytest.raises(Away):
            await service.ask("other", "f1", elsewhere=True)
        assert now() == begun
        assert len(service.asked) == asked
        await asyncio.sleep(150)
        assert await service.ask("back", "f1", elsewhere=True) == "back"
        assert service.circuit.closed

    night(main)


def test_those_that_queue_for_the_lane_are_called_back_when_it_opens() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 1e9)])
        away = [
            asyncio.create_task(outcome(service.ask(f"k{n}", f"f{n % 3}", elsewhere=True)))
            for n in range(50)
        ]
        # Those that had begun end by themselves, before the first probe is due.
        await asyncio.sleep(12)
        assert not service.circuit.closed
        assert service.lane.waiting == 0
        assert {one.result() for one in away} == {"Away"}
        assert service.lane.running == 0
        # Four at a time tried three times each; nobody behind them was sent into the outage.
        assert len(service.asked) <= 4 * 3 + 4

    night(main)


def test_a_probe_that_is_cancelled_hands_on_to_the_next() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 30.0)])
        calls = {n: asyncio.create_task(service.ask(f"k{n}", f"f{n}")) for n in range(10)}
        while now() < 1000 and not all(one.done() for one in calls.values()):
            await asyncio.sleep(1)
            probing = (
                service.asked[-1][1] if service.circuit.phase is CircuitPhase.HALF_OPEN else ""
            )
            if probing and now() >= 30 and len(calls) > 8:
                calls.pop(int(probing[1:])).cancel()
        assert sorted(service.answered) == sorted(f"k{n}" for n in calls)
        assert now() < 200

    night(main)


@pytest.mark.parametrize("error", [InputError("no"), BudgetExceeded("no"), OSError("no")])
def test_errors_that_say_nothing_of_the_provider_neither_open_nor_close(error: Exception) -> None:
    async def main() -> None:
        service = a_service(poison={f"k{n}" for n in range(10)}, error=lambda: error)
        for n in range(10):
            with pytest.raises(type(error)):
                await service.ask(f"k{n}", f"f{n}")
        assert service.circuit.closed
        assert service.circuit.state.failures == 0
        service.error = lambda: TransientError("HTTP 500")
        waits = [asyncio.create_task(outcome(service.ask(f"k{n}", f"f{n}"))) for n in range(4)]
        await asyncio.sleep(10)
        service.error = lambda: error
        await asyncio.sleep(10)
        assert not service.circuit.closed
        await asyncio.sleep(500)
        assert all(one.done() or one.cancel() for one in waits)

    # OSError is no error of ours and ends the night where it is not expected.
    if isinstance(error, NightshootError):
        night(main)


@pytest.mark.parametrize("answer", [Refused("not this"), GaveUp("broke the rules")])
def test_a_refusal_is_an_answer(answer: BackendError) -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 20.0)])
        waits = [asyncio.create_task(outcome(service.ask(f"k{n}", f"f{n}"))) for n in range(4)]
        await asyncio.sleep(15)
        assert not service.circuit.closed
        service.poison, service.error = {"k0", "k1", "k2", "k3"}, lambda: answer
        assert set(await asyncio.gather(*waits)) == {type(answer).__name__}
        assert service.circuit.closed

    night(main)


def test_final_errors_open_too_and_are_tried_again_only_where_they_cost_nothing() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 60.0)], error=lambda: BackendError("the GPU is gone"))
        found = await asyncio.gather(
            *(outcome(service.ask(f"k{n}", f"f{n}", free=n > 3)) for n in range(8))
        )
        assert found[:4] == ["BackendError"] * 3 + ["k3"] or found.count("BackendError") <= 4
        assert set(found[4:]) == {f"k{n}" for n in range(4, 8)}

    night(main)


def test_a_success_that_was_begun_before_the_outage_closes_nothing() -> None:
    async def main() -> None:
        service = a_service(takes_s=40.0)
        long = asyncio.create_task(service.ask("long", "f9"))
        await asyncio.sleep(1)
        service.outages = [(0.0, 1e9)]
        waits = [asyncio.create_task(outcome(service.ask(f"k{n}", f"f{n}"))) for n in range(3)]
        await long
        assert not service.circuit.closed
        for one in waits:
            one.cancel()

    night(main)


def test_the_lane_is_paused_while_the_circuit_rests_and_only_then() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 20.0)])
        calls = [asyncio.create_task(service.ask(f"k{n}", f"f{n}")) for n in range(4)]
        await asyncio.sleep(10)
        assert service.circuit.phase is CircuitPhase.OPEN
        assert service.lane.pauses == ("video/fake does not answer",)
        await asyncio.gather(*calls)
        assert len(service.lane.pauses) == 0

    night(main)


def test_a_model_that_fails_leaves_the_gpu_to_the_others() -> None:
    async def main() -> None:
        circuits = Circuits(TERMS)
        gpu = Lane("gpu", swap_s=15)
        bad = circuits.of(Provider(tool="video/bad", lane=gpu, model="video/bad"))
        ends: list[float] = []

        async def film(n: int) -> str:
            call = Call(key=f"k{n}", standing=Standing(film=f"f{n}", place=n))

            async def tried() -> str:
                async with bad.turn(call, gpu.turn(call.standing, model="video/bad")):
                    await asyncio.sleep(5)
                    raise TransientError("out of memory")

            return await bad.carry(call, tried)

        async def paint(n: int) -> None:
            async with gpu.turn(Standing(film=f"f{n}", place=n), model="image/good"):
                await asyncio.sleep(10)
            ends.append(now())

        films = [asyncio.create_task(outcome(film(n))) for n in range(6)]
        await asyncio.gather(*(paint(n) for n in range(6)))
        assert not bad.closed
        assert max(ends) < 180
        for one in films:
            one.cancel()

    night(main)


def test_without_patience_calls_go_through_and_fail_by_themselves() -> None:
    async def main() -> None:
        service = a_service(CircuitTerms(patience_s=0.0), outages=[(0.0, 30.0)])
        found = await asyncio.gather(*(outcome(service.ask(f"k{n}", "f1")) for n in range(6)))
        assert set(found) == {"TransientError"}
        assert now() < 10
        with pytest.raises(Away):
            await service.ask("elsewhere", "f1", elsewhere=True)
        await asyncio.sleep(30)
        assert await service.ask("k9", "f1") == "k9"
        assert service.circuit.closed

    night(main)


def test_a_hung_call_counts_and_comes_out_as_a_fault_that_may_pass() -> None:
    async def main() -> None:
        service = a_service(
            CircuitTerms(jitter=0.0, patience_s=0.0),
            poison={"k0", "k1", "k2"},
            fails_s=900.0,
            error=lambda: Hung("video/fake has not answered for 15 min and was given up"),
        )
        found = await asyncio.gather(*(outcome(service.ask(f"k{n}", "f1")) for n in range(3)))
        assert set(found) == {"TransientError"}
        # It is not asked again by the tool boundary's own tries: each would take as long.
        assert len(service.asked) == 3
        assert not service.circuit.closed

    night(main)


def test_the_facts_say_how_long_and_why() -> None:
    async def main() -> None:
        service = a_service(outages=[(0.0, 1e9)])
        calls = [asyncio.create_task(outcome(service.ask(f"k{n}", f"f{n}"))) for n in range(4)]
        await asyncio.sleep(100)
        (state,) = service.circuits.states
        assert (state.tool, state.why) == ("video/fake", "HTTP 503")
        assert state.failures >= 3
        assert 90 <= state.since_s <= 100
        assert state.waiting >= 3
        for one in calls:
            one.cancel()

    night(main)


def test_the_facts_may_be_asked_for_from_another_thread() -> None:
    async def main() -> None:
        circuits = Circuits()
        circuits.of(Provider(tool="video/fake"))
        (state,) = await asyncio.to_thread(lambda: circuits.states)
        assert (state.tool, state.state) == ("video/fake", CircuitPhase.CLOSED)

    asyncio.run(main())


@settings(deadline=None, max_examples=60)
@given(
    outages=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 900)), max_size=6),
    calls=st.lists(
        st.tuples(st.integers(0, 3600), st.integers(1, 4), st.booleans(), st.integers(0, 600)),
        min_size=1,
        max_size=40,
    ),
    takes_s=st.integers(1, 120),
    width=st.integers(1, 4),
)
def test_whatever_happens_every_call_ends_and_nothing_is_left_behind(
    outages: list[tuple[int, int]],
    calls: list[tuple[int, int, bool, int]],
    takes_s: int,
    width: int,
) -> None:
    async def main() -> None:
        service = a_service(
            outages=[(float(at), float(at + long)) for at, long in outages],
            takes_s=float(takes_s),
            lane=Lane("video/fake", width=width),
        )

        async def one(n: int, at: int, film: int, elsewhere: bool, patience: int) -> None:
            await asyncio.sleep(at)
            try:
                # Some are cancelled at any point.
                async with asyncio.timeout(patience if patience > 300 else None):
                    await service.ask(f"k{n}", f"f{film}", elsewhere=elsewhere)
            except (NightshootError, TimeoutError):
                pass

        await asyncio.gather(*(one(n, *call) for n, call in enumerate(calls)))
        assert service.lane.waiting == service.lane.running == 0
        assert service.circuit.state.waiting == 0
        assert len(service.answered) == len(set(service.answered))
        # Whoever comes when all is over is served within one rest.
        await asyncio.sleep(max(0.0, 4000 - now()))
        await service.ask("last", "f9")
        assert service.circuit.closed
        assert service.lane.pauses == ()

    night(main)


def test_too_late_is_kept_apart_from_being_away() -> None:
    assert not issubclass(Away, TooLate)
    assert not issubclass(Away, TransientError)


def test_each_wait_for_a_provider_that_is_away_is_told_however_it_ends() -> None:
    async def main() -> None:
        service = a_service(
            CircuitTerms(jitter=0.0, patience_s=20 * MINUTE), outages=[(0.0, 10 * MINUTE)]
        )
        told: list[Kept] = []
        service.circuits.tell = told.append
        calls = [asyncio.ensure_future(service.ask(f"k{n}", f"f{n}")) for n in range(6)]
        hasty = asyncio.ensure_future(service.ask("k9", "f9"))
        await asyncio.sleep(5 * MINUTE)
        hasty.cancel()
        await asyncio.gather(*calls)
        waited = dict.fromkeys((*(f"f{n}" for n in range(6)), "f9"), 0.0)
        for kept in told:
            assert kept.lane == "video/fake"
            waited[kept.film] += kept.until - kept.since
        # All but the seconds in which they tried, or probed.
        assert all(9 * MINUTE < waited[f"f{n}"] <= 15 * MINUTE for n in range(6))
        assert 4 * MINUTE < waited["f9"] <= 5 * MINUTE

    night(main)
