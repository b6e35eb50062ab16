"""The lanes that a film's work goes through, and its doors to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType

from nightshoot.lane import Lane, Turn
from nightshoot.turns import Standing


class FilmLane:
    """One film's door to a lane."""

    def __init__(self, lane: Lane, standing: Standing) -> None:
        self.lane = lane
        self.standing = standing
        self._held: dict[asyncio.Task[object] | None, list[Turn]] = {}

    def turn(self, *, model: str = "", estimate_s: float = 0.0, together: int = 1) -> Turn:
        """Gives a turn of this film; see `Lane.turn`."""
        return self.lane.turn(self.standing, model=model, estimate_s=estimate_s, together=together)

    async def __aenter__(self) -> None:
        """Waits for a turn without a model, as a semaphore does; any number of tasks may."""
        turn = self.turn()
        await turn.__aenter__()
        self._held.setdefault(asyncio.current_task(), []).append(turn)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task = asyncio.current_task()
        turn = self._held[task].pop()
        if not self._held[task]:
            del self._held[task]
        await turn.__aexit__(kind, error, trace)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmLanes:
    """One film's doors to all lanes."""

    standing: Standing
    writing: FilmLane
    painting: FilmLane
    filming: FilmLane
    judging: FilmLane
    speaking: FilmLane
    cutting: FilmLane


@dataclass(slots=True, kw_only=True)
class Lanes:
    """The lanes that a film's work goes through; films of one process share them.

    Several steps may go through the same lane: painting and filming where one GPU does both, and
    all that is done by the processors. `judging` may be the same as `cutting`, but then a GPU waits
    for keyframes to be judged behind long cuts.
    """

    writing: Lane
    painting: Lane
    filming: Lane
    judging: Lane
    speaking: Lane
    cutting: Lane
    _films: int = 0

    def of(self, priority: float = 0.0, *, film: str = "") -> FilmLanes:
        """Gives a film its doors; among films of equal priority who came first goes first."""
        self._films += 1
        return self.at(Standing(film=film, priority=priority, place=self._films))

    def at(self, standing: Standing) -> FilmLanes:
        """Gives the doors of a film that stands so."""
        return FilmLanes(
            standing=standing,
            writing=FilmLane(self.writing, standing),
            painting=FilmLane(self.painting, standing),
            filming=FilmLane(self.filming, standing),
            judging=FilmLane(self.judging, standing),
            speaking=FilmLane(self.speaking, standing),
            cutting=FilmLane(self.cutting, standing),
        )

    @property
    def all(self) -> tuple[Lane, ...]:
        """Each lane once."""
        lanes = (
            self.writing,
            self.painting,
            self.filming,
            self.judging,
            self.speaking,
            self.cutting,
        )
        return tuple({id(lane): lane for lane in lanes}.values())
