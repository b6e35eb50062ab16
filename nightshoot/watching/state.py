"""What a night is at one moment: its films, its lanes and what it has used, as values."""

from __future__ import annotations

from pydantic import Field

from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.domain.value import Value
from nightshoot.events import Stage
from nightshoot.providers import CircuitState


class FilmState(Value):
    """A film that is being made."""

    id: int
    """The entry's number in the queue."""
    name: str
    priority: int
    stage: Stage | None
    """None: it has not begun, or is at its end."""
    share: float = Field(ge=0, le=1)
    """Of its work that is done."""
    shots: int
    """0: not known yet."""
    shots_done: int
    takes: int
    rejected: int
    flagged: int
    used: Used
    """In this run."""
    in_lanes: tuple[str, ...] = ()
    """The lanes in which it has a turn now."""
    waits_for: str = ""
    """The lane that it waits for; empty: something of it runs."""
    waits_s: float = 0.0
    worked_s: float
    """How long it was worked on, over all tries."""
    left_s: float | None
    """About how long it still takes; None: not known yet."""


class FinishedFilm(Value):
    """A film that was let go, whatever came of it."""

    id: int
    name: str
    at: float
    """Seconds since the epoch."""
    state: EntryState
    cause: Cause | None = None
    error: str = ""
    used: Used
    """In this run."""
    worked_s: float
    """In this run."""


class LaneState(Value):
    """A lane of this process."""

    name: str
    width: int
    running: int
    waiting: int
    loaded: tuple[str, ...]
    """The model that each place has loaded; empty: none."""
    paused: tuple[str, ...]
    """Why; empty: it is not."""
    busy_s: float
    """Sum over its places of the time in which at least one turn ran, loading included."""
    busy: float = Field(ge=0, le=1)
    """The share of its places' time that was worked in, since the lane was first seen."""
    busy_lately: float = Field(ge=0, le=1)
    """The same in the last five minutes."""
    swaps: int
    turns: int
    """That ended."""
    failed: int
    """Of those."""
    waited_s: float
    """Sum over the turns that ended."""


class NextFilm(Value):
    """A film that is to be made."""

    id: int
    name: str
    priority: int


class NightState(Value):
    """A night, as one runner of it sees it."""

    at: float
    """Seconds since the epoch."""
    night: int
    """Its number; 0: it has not begun."""
    begun_at: float | None
    ends_at: float | None
    """By when films have to end; None: whenever."""
    paused: str
    """Why no further film is begun; empty: it is not so."""
    limits: Limits
    used: Used
    """In this night so far, with what is reserved now and not what running films may still use."""
    counts: dict[EntryState, int]
    """This night's films and those that are to be made, by where they stand."""
    share: float = Field(ge=0, le=1)
    """Of the films to be made that are; those that were given up count as made."""
    left_s: float | None
    """About how long it still takes; None: not known yet."""
    making: tuple[FilmState, ...]
    """The first of them first."""
    next: tuple[NextFilm, ...]
    """The first few that come then."""
    finished: tuple[FinishedFilm, ...]
    """The last few that were let go, the oldest first."""
    lanes: tuple[LaneState, ...]
    circuits: tuple[CircuitState, ...]
    """Those that are not closed."""

    @property
    def films(self) -> int:
        """How many films there are, those that were called off left out."""
        return sum(n for state, n in self.counts.items() if state is not EntryState.CANCELLED)

    @property
    def over(self) -> int:
        """How many of them need no more work tonight."""
        return sum(self.counts.get(state, 0) for state in (EntryState.DONE, EntryState.SET_ASIDE))
