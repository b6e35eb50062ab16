"""Circuit breakers: work stays away from a provider that fails, and one call asks when it is back.

A *provider* is what answers: a service, a model on the GPU, the endpoint of a writer. Its circuit
is *closed* while it answers, *open* while it does not, and *half-open* while one call, the *probe*,
finds out. Source of the pattern and its words: M. Nygard, Release It!, 2nd ed. (2018), ch. 5, and
https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker.

A failure counts when it speaks of the provider: a fault that may pass, a `BackendError`, a call
that ran into its deadline. A refusal and a broken rule are answers; a wrong request, a used-up
budget and a full disk say nothing. What opens a circuit is failures of several *different* requests
in a row, so that one that fails again and again does not. Where they all came from one film, which
may be what is wrong with them, calls of other films may probe at once; if one of them is answered,
the circuit closes, and that film's failures count for nothing until it is answered itself.

Calls wait here and not in the provider's lane, which they leave when the circuit opens and ask for
anew when it closes: so the lane is free for the probe and for other models. A circuit belongs to
one event loop and is never used from a thread; its clock is the loop's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from typing import TypeVar

from nightshoot.errors import BackendError, TooLate, TransientError
from nightshoot.providers import (
    ANSWERS,
    Away,
    Call,
    CircuitPhase,
    CircuitState,
    CircuitTerms,
    Hung,
    Kept,
    Provider,
    Row,
)

Result = TypeVar("Result")

_MINUTE = 60.0


class Circuit:
    """One provider's circuit."""

    def __init__(
        self,
        provider: Provider,
        terms: CircuitTerms,
        *,
        chance: Callable[[], float] = random.random,
        tell: Callable[[Kept], None] = lambda _: None,
    ) -> None:
        """Makes a closed circuit, in the event loop that it belongs to.

        Args:
            provider: who answers. Its lane, or its model's turns there, are paused while the
                circuit is open.
            terms: when it opens, and for how long.
            chance: gives numbers from 0 to 1, for the jitter.
            tell: is told of each wait here that has ended, however it did.
        """
        self.tool = provider.tool
        self._tell = tell
        self.terms = terms
        self._chance = chance
        self._loop = asyncio.get_running_loop()
        self._lane, self._model = provider.lane, provider.model
        self._row = Row()
        self._blamed: set[str] = set()
        self._why = ""
        self._open = False
        self._changed_at = self._now()
        self._mended_at = float("-inf")
        self._answered_at = float("-inf")
        self._rests = 0
        self._rest_until = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._probe: Call | None = None
        self._waiting: dict[Call, asyncio.Future[bool]] = {}
        self._queued: set[asyncio.Timeout] = set()

    @property
    def phase(self) -> CircuitPhase:
        """How it stands now."""
        if not self._open:
            return CircuitPhase.CLOSED
        resting = self._probe is None and self._now() < self._rest_until
        return CircuitPhase.OPEN if resting else CircuitPhase.HALF_OPEN

    @property
    def closed(self) -> bool:
        """The provider answers, as far as is known."""
        return not self._open

    @property
    def state(self) -> CircuitState:
        """The facts. May be asked for from any thread."""
        return CircuitState(
            tool=self.tool,
            state=self.phase,
            failures=len(self._row.films),
            since_s=self._now() - self._changed_at,
            why=self._why,
            waiting=len(self._waiting),
        )

    async def carry(self, call: Call, perform: Callable[[], Awaitable[Result]]) -> Result:
        """Gives what an action gives, tried again where its provider was away.

        Args:
            call: the action's; to be given to `turn` in every try.
            perform: performs the action, its own tries included.

        Raises:
            Away: the provider is away and the action can be done elsewhere.
            TransientError: the provider was away for longer than the action waits.
            TooLate: the deadline comes before the provider.
            BackendError: the action failed, and the provider is there or was not at fault.
        """
        rounds, first_at = 0, 0.0
        while True:
            try:
                return await perform()
            except Away as away:
                if call.elsewhere:
                    raise
                raise TransientError(str(away)) from away
            except ANSWERS:
                raise
            except BackendError as error:
                first_at = first_at if rounds else self._now()
                rounds += 1
                self._count(call, error, spent=True)
                if self._open and call.elsewhere:
                    raise Away(self._told) from error
                if not self._is_worth_another(call, error, rounds, first_at):
                    raise self._last_word(call, error) from None
            if not self._open:
                # It may be the first of several to see that the provider is away.
                with self._keeping(call):
                    await asyncio.sleep(min(self._rest_s(rounds - 1), self._left_s(call)))

    @asynccontextmanager
    async def turn(
        self, call: Call, lane: AbstractAsyncContextManager[object]
    ) -> AsyncIterator[None]:
        """Holds a turn in the provider's lane, for one try, as soon as the circuit lets it through.

        Raises:
            Away: the circuit did not in the time that the call has, or the call does not wait.
            TooLate: the deadline came first.
        """
        probing = await self._entered(call, lane)
        call.begun_at = self._now()
        try:
            async with AsyncExitStack() as stack:
                stack.push_async_exit(lane)
                yield
        except ANSWERS:
            self._succeed(call, probing=probing)
            raise
        except BackendError as error:
            call.lost_s += self._now() - call.begun_at
            self._count(call, error, spent=False)
            if probing:
                self._fail_probe(error)
            raise
        except BaseException:
            if probing:
                self._let_go()
            raise
        else:
            self._succeed(call, probing=probing)

    async def _entered(self, call: Call, lane: AbstractAsyncContextManager[object]) -> bool:
        """Waits for the circuit, then for the lane; says whether the call is the probe."""
        while True:
            probing = await self._admitted(call)
            if self._holds(call, probing=probing):
                # It opened again before this task could go on.
                continue
            try:
                recalled = await self._queue(lane, recalls=not probing)
            except BaseException:
                if probing:
                    self._let_go()
                raise
            if recalled:
                continue
            if not self._holds(call, probing=probing):
                return probing
            # It opened between the lane's word and this one.
            await lane.__aexit__(None, None, None)

    def _holds(self, call: Call, *, probing: bool) -> bool:
        """Whether a call has to wait at the circuit, or to go elsewhere."""
        waits = call.elsewhere or self.terms.patience_s > 0
        return self._open and waits and not probing

    async def _queue(self, lane: AbstractAsyncContextManager[object], *, recalls: bool) -> bool:
        """Enters the lane; says whether the circuit opened meanwhile, so that it was not entered.

        Args:
            lane: the provider's.
            recalls: it is left when the circuit opens.
        """
        recall = asyncio.timeout(None)
        try:
            async with recall:
                if recalls:
                    self._queued.add(recall)
                try:
                    await lane.__aenter__()
                finally:
                    self._queued.discard(recall)
        except TimeoutError:
            if not recall.expired():
                raise
            return True
        return False

    async def _admitted(self, call: Call) -> bool:
        """Waits until the circuit lets a call through; says whether it is the probe."""
        if not self._open:
            return False
        if self._probe is None and self._may_probe(call):
            self._send(call)
            return True
        if not self._holds(call, probing=False):
            return False
        if call.elsewhere:
            raise Away(self._told)
        left_s = self._left_s(call)
        if left_s <= 0:
            raise self._given_up(call)
        wait: asyncio.Future[bool] = self._loop.create_future()
        self._waiting[call] = wait
        try:
            with self._keeping(call):
                async with asyncio.timeout(left_s):
                    return await wait
        except BaseException as error:
            if wait.done() and not wait.cancelled() and wait.result():
                # It was told to probe, and will not.
                self._let_go()
            if isinstance(error, TimeoutError):
                raise self._given_up(call) from None
            raise
        finally:
            self._waiting.pop(call, None)

    @contextmanager
    def _keeping(self, call: Call) -> Iterator[None]:
        """Counts how long a call is kept waiting."""
        since = self._now()
        try:
            yield
        finally:
            until = self._now()
            call.lost_s += until - since
            lane = self.tool if self._lane is None else self._lane.name
            self._tell(Kept(lane=lane, film=call.film, since=since, until=until))

    def _left_s(self, call: Call) -> float:
        """Gives how long a call may still wait."""
        left_s = self.terms.patience_s - call.lost_s
        return left_s if call.until is None else min(left_s, call.until - self._now())

    def _given_up(self, call: Call) -> BackendError | TooLate:
        if call.until is not None and self._now() >= call.until:
            return TooLate(f"{self._told}, and the time is up: go on with the film later")
        return Away(
            f"{self._told}; {_minutes(call.lost_s)} were lost waiting for it: see what is "
            "wrong with it, then go on"
        )

    @property
    def _told(self) -> str:
        away_s = self._now() - self._changed_at
        return f"{self.tool} has been away for {_minutes(away_s)} ({self._why})"

    def _may_probe(self, call: Call) -> bool:
        """Whether a call may find out now whether the provider is back."""
        if self._now() >= self._rest_until:
            return True
        only = self._row.one_film()
        return only is not None and only != call.film

    def _send(self, call: Call) -> None:
        self._probe = call
        self._resume()

    def _hand_on(self) -> None:
        """Lets one of those that wait probe, where one may: who has failed least, first."""
        if not self._open or self._probe is not None:
            return
        able = [
            (call.key in self._row.films, self._row.of(call.film), call.standing.rank, place)
            for place, (call, wait) in enumerate(self._waiting.items())
            if not wait.done() and self._may_probe(call)
        ]
        if able:
            call, wait = list(self._waiting.items())[min(able)[-1]]
            self._send(call)
            wait.set_result(True)

    def _let_go(self) -> None:
        """Takes back a probe that found out nothing."""
        self._probe = None
        if self._open and self._now() < self._rest_until:
            self._pause()
        self._hand_on()

    def _count(self, call: Call, error: BackendError, *, spent: bool) -> None:
        """Counts a try that failed, or an action after its last one."""
        if call.film in self._blamed:
            return
        self._row.add(call, spent=spent)
        self._why = str(error)
        if not self._open and self._row.opens(self.terms):
            self._break(error)

    def _fail_probe(self, error: BackendError) -> None:
        self._probe = None
        if not self._open:
            return
        if self._now() >= self._rest_until:
            self._rests += 1
            self._rest(error)
        else:
            # Another film's, which probed before the time.
            self._pause()
        self._hand_on()

    def _succeed(self, call: Call, *, probing: bool) -> None:
        if probing:
            self._probe = None
        self._answered_at = self._now()
        self._blamed.discard(call.film)
        if not self._open:
            self._row.clear()
            self._why = ""
        elif probing or call.begun_at > self._changed_at:
            only = self._row.one_film()
            if only is not None and only != call.film:
                self._blamed.add(only)
            self._mend()
        # Else it was begun before: that says nothing of what would begin now.

    def _break(self, error: BackendError) -> None:
        """Opens the circuit."""
        now = self._now()
        steady = now - self._mended_at >= self.terms.steady_s
        self._rests = 0 if steady else self._rests + 1
        self._open, self._changed_at = True, now
        self._rest(error)
        for wait in tuple(self._queued):
            wait.reschedule(now)

    def _mend(self) -> None:
        """Closes the circuit and lets everybody through, in their films' order."""
        self._open = False
        self._changed_at = self._mended_at = self._now()
        self._row.clear()
        self._why = ""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._resume()
        for _, wait in sorted(self._waiting.items(), key=lambda one: one[0].standing.rank):
            if not wait.done():
                wait.set_result(False)

    def _rest(self, error: BackendError) -> None:
        """Lets nobody through for a while."""
        self._pause()
        rest_s = self._rest_s(self._rests)
        asked = error.retry_after_s if isinstance(error, TransientError) else None
        if asked is not None:
            rest_s = max(rest_s, min(asked, self.terms.longest_rest_s))
        self._rest_until = self._now() + rest_s
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(self._rest_until, self._rested)

    def _rested(self) -> None:
        self._alarm = None
        if self._open:
            self._resume()
            self._hand_on()

    def _rest_s(self, number: int) -> float:
        # 2**10 is past any bound, and far from what a float cannot hold.
        rest_s = min(self.terms.first_rest_s * 2.0 ** min(number, 10), self.terms.longest_rest_s)
        return rest_s * (1 + self.terms.jitter * self._chance())

    def _is_worth_another(
        self, call: Call, error: BackendError, rounds: int, first_at: float
    ) -> bool:
        """Whether an action that failed is tried again, now or when its provider is back."""
        may_pass = isinstance(error, (TransientError, Hung))
        if not self.terms.patience_s or self._left_s(call) <= 0:
            return False
        if self._open:
            return may_pass or call.free
        if not may_pass or call.film in self._blamed:
            return False
        # Alone, nobody can say whether the request or the provider is at fault: it is tried for as
        # long as the provider answers nobody else.
        return rounds < self.terms.failures or self._answered_at < first_at

    def _last_word(self, call: Call, error: BackendError) -> Exception:
        """Gives what is raised for an action that is not tried again."""
        if self._open and self.terms.patience_s and self._left_s(call) <= 0:
            given_up = self._given_up(call)
            return given_up if isinstance(given_up, TooLate) else TransientError(str(given_up))
        return TransientError(str(error)) if isinstance(error, Hung) else error

    def _now(self) -> float:
        return self._loop.time()

    def _pause(self) -> None:
        # Where nobody waits, calls go through to fail by themselves.
        if self._lane is not None and self.terms.patience_s:
            self._lane.pause(self._pause_name, model=self._model)

    def _resume(self) -> None:
        if self._lane is not None:
            self._lane.resume(self._pause_name, model=self._model)

    @property
    def _pause_name(self) -> str:
        return f"{self.tool} does not answer"


class Circuits:
    """The circuits of one process, shared by all its films."""

    def __init__(
        self, terms: CircuitTerms | None = None, *, chance: Callable[[], float] = random.random
    ) -> None:
        """Makes closed circuits.

        Args:
            terms: of all of them.
            chance: gives numbers from 0 to 1, for the jitter.
        """
        self.terms = terms or CircuitTerms()
        self.tell: Callable[[Kept], None] = lambda _: None
        """Is told of each wait that has ended, in the loop."""
        self._chance = chance
        self._circuits: dict[str, Circuit] = {}

    def of(self, provider: Provider) -> Circuit:
        """Gives the circuit of a provider, the same one each time."""
        circuit = self._circuits.get(provider.tool)
        if circuit is None:
            circuit = Circuit(provider, self.terms, chance=self._chance, tell=self._pass_on)
            self._circuits[provider.tool] = circuit
        return circuit

    def _pass_on(self, kept: Kept) -> None:
        # Who is told may be known only after the first circuit is made.
        self.tell(kept)

    @property
    def states(self) -> tuple[CircuitState, ...]:
        """How all circuits stand, in the order in which they were first used; from any thread."""
        return tuple(circuit.state for circuit in tuple(self._circuits.values()))


def _minutes(seconds: float) -> str:
    return f"{seconds / _MINUTE:.0f} min" if seconds >= _MINUTE else f"{seconds:.0f} s"
