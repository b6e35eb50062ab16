"""What `report.json` says of a night, and `report.html` shows."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from nightshoot.domain.batch import BatchFault, Cause, EntryState
from nightshoot.domain.value import Value


class WaitFacts(Value):
    """What one film waited for one lane, in seconds."""

    lane: str
    """`gpu`, `cpu`, `writing`, `judging`, or a service such as `video/kling`."""
    waited_s: float
    """In which at least one of its calls waited there."""
    stood_s: float
    """Of these, in which nothing else of the film was worked on."""
    paused_s: float = 0.0
    """Of these, in which the lane was paused, as a service that is away is."""


class FilmFacts(Value):
    """What the report says of one film."""

    id: int
    name: str
    state: EntryState
    cause: Cause | None = None
    error: str = ""
    priority: int = 0
    place: str = ""
    """Where it stands in its list."""
    folder: str = ""
    """From the folder of the report."""
    film: str = ""
    """The path of the film, from the folder of the report; empty: there is none."""
    board: str = ""
    """That of the page with all takes."""
    title: str = ""
    """The film's own, where it has one; the name is the list's."""
    size: str = ""
    duration_s: float = 0.0
    shots: int = 0
    takes: int = 0
    rejected: int = 0
    flagged_shots: tuple[str, ...] = ()
    flagged_why: Mapping[str, str] = Field(default_factory=dict)
    """What is wrong with them, by shot, where it is known."""
    plain_shots: Mapping[str, str] = Field(default_factory=dict)
    """The shots that the plain camera filmed, each with what there was too little of: `money`,
    `gpu_time`, `takes` or `time`, or `camera` where none gave a take."""
    cost_usd: float = 0.0
    """What it cost this night."""
    gpu_s: float = 0.0
    """Its GPU time this night, in seconds."""
    worked_s: float = 0.0
    """How long it was worked on, over all tries, in seconds; waits count."""
    waited: tuple[WaitFacts, ...] = ()
    """What it waited for this night, the longest first."""
    notes: tuple[str, ...] = ()
    """What its makers had to say."""

    @property
    def called(self) -> str:
        """Its title, or its name where it has none."""
        return self.title or self.name


class Failures(Value):
    """Films that failed for one cause, and what tries them again."""

    cause: Cause
    films: tuple[FilmFacts, ...]
    command: str


class LaneFacts(Value):
    """What one lane did this night."""

    lane: str
    places: int
    """How many calls it holds at once, as far as they were used: for `gpu`, how many GPUs."""
    turns: int
    failed: int
    """How many of its calls failed, or were stopped."""
    swaps: int
    """How often a model was loaded, the first time included."""
    models: tuple[str, ...] = ()
    """What was loaded in it, the one with most work first; empty: it loads nothing."""
    busy_s: float
    """Sum over its places of the time in which something ran, loading included."""
    busy_share: float
    """Of all its places' time between its first call and its last, from 0 to 1."""
    night_share: float
    """Of all its places' time in the night, from 0 to 1."""


class AwayFacts(Value):
    """A time in which a lane was paused, or its calls failed one after the other."""

    lane: str
    begun_at: str
    """ISO 8601 with the offset from UTC; as the other times."""
    ended_at: str
    seconds: float
    failed: int
    """How many calls failed meanwhile."""
    films: tuple[int, ...]
    """Whose calls failed or waited."""
    why: str = ""
    """Who paused it, or what they said; empty: it was not paused."""


class ChartRow(Value):
    """One place of a lane over the night, in bins of `ChartFacts.bin_s`."""

    lane: str
    place: int
    work: tuple[tuple[int, int, int, int], ...]
    """Stretches: the first bin, how many, whose work most of it was (0: no entry's), and how much
    of the time was used, in quarters from 1 to 4."""
    swaps: tuple[int, ...] = ()
    """The bins in which a model was loaded."""
    failed: tuple[int, ...] = ()
    """The bins in which a call failed."""


class GapFacts(Value):
    """A time in which nothing was begun, from and to in seconds since the chart begins."""

    from_s: float
    to_s: float
    lane: str = ""
    """Which lane's; empty: all of them."""
    why: str = ""
    """Empty: no runner was at work."""


class ChartFacts(Value):
    """The lanes over the time of the night, and the money."""

    begins_at: str
    bin_s: float
    """The length of a bin in seconds."""
    bins: int
    rows: tuple[ChartRow, ...]
    gaps: tuple[GapFacts, ...] = ()
    spent: tuple[tuple[float, float], ...] = ()
    """Steps: seconds since the chart begins, and how many USD were settled by then."""

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.bins * self.bin_s


class NightFacts(Value):
    """What `report.json` says of a night."""

    night: int
    begun_at: str
    """ISO 8601 with the offset from UTC; as the others."""
    ended_at: str
    ended: str
    """`done`, `deadline`, `budget`, `disk`, `stopped`; empty while it goes on."""
    budget_usd: float | None
    spent_usd: float
    """What running films may still spend counts as spent."""
    gpu_s: float = 0.0
    """GPU time, in seconds; as the money."""
    gpu_limit_s: float | None = None
    takes: int = 0
    """Takes that were filmed, good or not; as the money."""
    takes_limit: int | None = None
    wall_s: float
    films: tuple[FilmFacts, ...]
    """Those of this night, those that are still to be made, and those that were set aside."""
    earlier: int
    """How many films are done from nights before."""
    failures: tuple[Failures, ...]
    faults: tuple[BatchFault, ...]
    """What could not be used of the lists."""
    lanes: tuple[LaneFacts, ...] = ()
    """Those that load models first, the others in the order in which they were first used."""
    away: tuple[AwayFacts, ...] = ()
    """Services and other lanes that failed or were paused, the earliest first."""
    chart: ChartFacts | None = None
    """None where nothing of it was written down."""

    def count(self, *states: EntryState) -> int:
        """Gives how many films stand so."""
        return sum(film.state in states for film in self.films)

    @property
    def gpu(self) -> LaneFacts | None:
        """The lane in which most time went to models that are loaded; None: no GPU was used."""
        loading = [lane for lane in self.lanes if lane.models]
        return max(loading, key=lambda lane: lane.busy_s, default=None)
