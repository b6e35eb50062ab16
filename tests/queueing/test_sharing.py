"""How a night's limits are shared, for any order of what two runners and their films may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nightshoot.domain.batch import BatchEntry, Cause, EntryState
from nightshoot.domain.limits import Currency, Limits, Used
from nightshoot.queueing import Claim, Leases, Owner, Queue, Released
from nightshoot.queueing.others import LEASE_S

AMOUNTS = st.builds(
    Used,
    usd=st.sampled_from((0.0, 0.003, 0.4, 1.0, 3.3)),
    gpu_s=st.sampled_from((0.0, 7.0, 90.0, 1000.0)),
    takes=st.integers(0, 3),
)
LIMITS = st.builds(
    Limits,
    usd=st.sampled_from((None, 0.0, 4.0, 20.0)),
    gpu_s=st.sampled_from((None, 100.0, 5000.0)),
    takes=st.sampled_from((0, 1, 7, 40)),
)
ENDINGS = st.sampled_from(
    (
        Released(state=EntryState.DONE),
        Released(state=EntryState.WAITING),
        Released(state=EntryState.WAITING, cause=Cause.BUDGET, short=True),
        Released(state=EntryState.WAITING, short=True, lacking=Currency.TAKES),
        Released(state=EntryState.FAILED, cause=Cause.BACKEND),
    )
)


class Clock:
    """A clock that stands still unless it is moved."""

    now = 500.0

    def wall(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def wait(self, event: object, timeout_s: float) -> None:
        raise AssertionError


@dataclass
class Film:
    """What a process makes, and the limits that it heeds."""

    leases: Leases
    claim: Claim
    limits: Limits
    told: Limits
    open: list[Used] = field(default_factory=list)
    """What it has reserved and may get back."""


class Sharing(RuleBasedStateMachine):
    """Two runners that fall asleep and wake, and films that use what they may."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.spent = Clock(), dict[str, Used]()
        self.queue = Queue(Path(":memory:"), clock=self.clock)
        self.films: list[Film] = []

    def teardown(self) -> None:
        self.queue.close()

    @initialize(limits=LIMITS, films=st.integers(2, 4))
    def begin(self, limits: Limits, films: int) -> None:
        self.limits = limits
        self.queue.add([BatchEntry(brief=f"film {number}") for number in range(films)])
        self.runners = [
            Leases(
                queue=self.queue,
                owner=Owner(host=f"host {at}", place="", pid=1, started="", nonce=f"runner {at}"),
                clock=self.clock,
                out=Path("/nowhere"),
                slug=lambda name: name or "film",
                spent=lambda folder: self.spent.get(folder.name, Used()),
            )
            for at in range(2)
        ]
        self.night = self.runners[0].join(limits)
        self.runners[1].join(Limits())

    @rule(at=st.integers(0, 1), slots=st.integers(1, 4))
    def claim(self, at: int, slots: int) -> None:
        offer = self.runners[at].claim(self.night, slots=slots)
        if offer.claim is not None:
            self.films.append(
                Film(self.runners[at], offer.claim, offer.claim.limits, offer.claim.limits)
            )

    @precondition(lambda self: self.films)
    @rule(which=st.integers(0, 99), amount=AMOUNTS)
    def reserve(self, which: int, amount: Used) -> None:
        """A film does what its budget lets it do."""
        film = self.films[which % len(self.films)]
        name = film.claim.folder.name
        then = self.spent.get(name, Used()) + amount
        if any(
            amount.of(one) and then.of(one) > limit + 1e-9
            for one, limit in film.limits.given.items()
        ):
            return
        self.spent[name] = then
        film.open.append(amount)

    @precondition(lambda self: self.films)
    @rule(which=st.integers(0, 99))
    def reserve_all(self, which: int) -> None:
        """A film uses all that it may."""
        film = self.films[which % len(self.films)]
        used = self.spent.get(film.claim.folder.name, Used())
        rest = film.limits.left(used)
        self.reserve(
            which, Used(usd=rest.usd or 0.0, gpu_s=rest.gpu_s or 0.0, takes=rest.takes or 0)
        )

    @precondition(lambda self: any(film.open for film in self.films))
    @rule(which=st.integers(0, 99), kept=st.floats(0, 1))
    def settle(self, which: int, kept: float) -> None:
        """A step costs less than was reserved for it."""
        film = [one for one in self.films if one.open][
            which % sum(bool(f.open) for f in self.films)
        ]
        back, name = film.open.pop(), film.claim.folder.name
        used = self.spent[name]
        takes = 0 if kept > 0.5 else back.takes
        given = Used(usd=back.usd * kept, gpu_s=back.gpu_s * kept, takes=takes)
        self.spent[name] = used.beyond(given)

    @precondition(lambda self: self.films)
    @rule(which=st.integers(0, 99), slots=st.integers(0, 2))
    def top_up(self, which: int, slots: int) -> None:
        film = self.films[which % len(self.films)]
        # What it was told last is heeded only now, as late as may be.
        film.limits = film.told
        film.told = film.leases.topped_up(film.claim, slots=slots)

    @precondition(lambda self: self.films)
    @rule(which=st.integers(0, 99), ended=ENDINGS)
    def end(self, which: int, ended: Released) -> None:
        film = self.films.pop(which % len(self.films))
        film.leases.release(film.claim, ended)

    @rule(at=st.integers(0, 1))
    def sleep(self, at: int) -> None:
        """A runner is silent until the other one has taken its films over; they go on."""
        asleep, awake = self.runners[at], self.runners[1 - at]
        awake.recover()
        self.clock.now += LEASE_S + 1
        awake.beat([])
        awake.recover()
        assert not asleep.priorities()

    @rule(at=st.integers(0, 1))
    def wake(self, at: int) -> None:
        """A runner beats, and stops what was taken from it."""
        mine = [film for film in self.films if film.leases is self.runners[at]]
        stopped = self.runners[at].beat([film.claim for film in mine])
        self.films = [
            film for film in self.films if film not in mine or film.claim.queued.id not in stopped
        ]

    @invariant()
    def nothing_is_passed(self) -> None:
        if not hasattr(self, "limits"):
            return
        total = sum(self.spent.values(), Used())
        assert self.limits.passed(total) is None, f"{total} of {self.limits}"
        held = self.queue.used(self.night.id)
        assert self.limits.passed(held) is None, f"{held} held of {self.limits}"


Sharing.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestSharing = Sharing.TestCase
