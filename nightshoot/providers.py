"""What a call and its provider have to do with each other: terms, patience, two ways to fail.

A provider is whatever answers: a service, a model on the GPU, the endpoint of a writer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from nightshoot.domain.value import Value
from nightshoot.errors import BackendError, GaveUp, Refused
from nightshoot.lane import Lane
from nightshoot.turns import Standing

ANSWERS = (Refused, GaveUp)
"""Errors that a provider has to be there for."""


class CircuitPhase(StrEnum):
    """How a circuit stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitState(Value):
    """How a circuit stands, for whoever watches."""

    tool: str
    state: CircuitPhase
    failures: int
    """How many different requests have failed in a row."""
    since_s: float
    """For how long it has been closed, or not closed."""
    why: str = ""
    """The last failure; empty where there was none since it closed."""
    waiting: int = 0
    """How many calls wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A time in which a call waited for a provider that was away. By the event loop's clock."""

    lane: str
    """The provider's, or its name where others use its lane too."""
    film: str
    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whom an action asks."""

    tool: str
    """As users know it: `video/kling`, or `writing/MODEL`."""
    lane: Lane | None = None
    """One that nobody else uses, or a GPU's; None: others use it too."""
    model: str | None = None
    """What is loaded for it, where the lane is a GPU's."""
    own_s: float | None = None
    """When it gives a call up by itself; None: it does not, or does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitTerms:
    """When circuits open, how long they rest, and how long a call waits for one."""

    failures: int = 3
    """Different requests in a row that open a circuit, after all their tries; or of which so many
    tries have failed as all tries of so many are, where none has had its last. Source: these are
    nine tries, where Envoy ejects a host after five in a row (`consecutive_5xx`) of any requests.
    """
    tries: int = 3
    """How often the tool boundary tries. Source: `Retry.attempts`."""
    first_rest_s: float = 15.0
    """Until the first probe. Longer than the few seconds in which the action's own tries ended."""
    longest_rest_s: float = 300.0
    """What the rest doubles to: an outage is over unnoticed for five minutes at most, and a night
    of eight hours has fewer than a hundred probes, which may cost money."""
    jitter: float = 0.2
    """By which share a rest may be longer, so that processes do not probe together."""
    steady_s: float = 600.0
    """A circuit that opens again sooner than this rests as long as if it had never closed."""
    patience_s: float = 1800.0
    """How much time an action may lose with a provider that is away, before it fails; 0: calls
    go through as if there were no circuit, where they cannot be done elsewhere, and fail by
    themselves, as where somebody sits and waits."""


class Away(BackendError):
    """A provider is away, and the call was not to wait for it. Never reaches a user."""


class Hung(BackendError):
    """A call has not answered in its time. Never reaches a user: it becomes a TransientError."""


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """One action's dealings with one provider, over all its tries."""

    key: str
    """The shot's, or the action's where it is for none: tries at the same have the same."""
    standing: Standing
    elsewhere: bool = False
    """It can be done by somebody else: it does not wait."""
    free: bool = True
    """It costs no money, so that it may be tried again after an error that is said to be final."""
    until: float | None = None
    """The loop's time from which it could not end before the deadline; None: there is none."""
    lost_s: float = 0.0
    """The time that it has waited for the provider, or spent in tries that failed."""
    begun_at: float = 0.0
    """When its latest try began."""

    @property
    def film(self) -> str:
        """The film that it is for."""
        return self.standing.film


@dataclass(slots=True)
class Row:
    """Failures in a row, without an answer to anybody between them."""

    films: dict[str, str] = field(default_factory=dict)
    """The requests that failed, each with its film."""
    spent: set[str] = field(default_factory=set)
    """Those of them that have failed in all their tries."""
    tries: int = 0

    def add(self, call: Call, *, spent: bool) -> None:
        """Adds a try that failed, or the action after its last one."""
        self.films[call.key] = call.film
        if spent:
            self.spent.add(call.key)
        else:
            self.tries += 1

    def clear(self) -> None:
        """Begins anew: somebody was answered."""
        self.films.clear()
        self.spent.clear()
        self.tries = 0

    def opens(self, terms: CircuitTerms) -> bool:
        """Whether these are failures enough."""
        return len(self.films) >= terms.failures and (
            len(self.spent) >= terms.failures or self.tries >= terms.failures * terms.tries
        )

    def one_film(self) -> str | None:
        """The only film that has failed; None: there are several, or none."""
        found = set(self.films.values())
        return found.pop() if len(found) == 1 else None

    def of(self, film: str) -> int:
        """How many of a film's requests have failed."""
        return sum(one == film for one in self.films.values())
