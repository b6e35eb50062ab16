"""What the graphs' nodes are given besides their state: the steps that do the work."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from nightshoot.errors import BackendError
from nightshoot.events import Stage

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

Then = Literal["keyframe", "take", "end"]
"""What comes next in a shot's loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where a shot's loop goes after a step."""

    takes: Mapping[str, str]
    """The takes that are new or judged anew, by number; all of them will do."""
    then: Then
    order: str = ""
    """The plan of the take that comes next."""
    ended: str = ""
    """Why the loop ends, where it does."""


class WritingSteps(Protocol):
    """From the brief to the storyboard; each step gives a reference to its document."""

    async def conceive(self) -> str:
        """Gives the concept."""
        ...

    async def write(self, concept: str) -> str:
        """Gives the screenplay."""
        ...

    async def board(self, concept: str, screenplay: str) -> str:
        """Gives the storyboard."""
        ...

    async def approved(self, stage: Stage, reference: str) -> str:
        """Gives the document of a stage after a person has looked at it and may have edited it."""
        ...


class ShotSteps(Protocol):
    """One shot's loop; each step gives references."""

    async def open(self, storyboard: str) -> Sequence[str]:
        """Makes ready for the shots of a storyboard; gives their ids in order."""
        ...

    async def begin(self, shot: str) -> str:
        """Gives the plan of a shot's first take."""
        ...

    async def keyframe(self, order: str, takes: Mapping[str, str]) -> Turn:
        """Paints and judges the keyframe of a planned take, and decides what comes next."""
        ...

    async def film(self, order: str, takes: Mapping[str, str], ended: str) -> Turn:
        """Films and judges a take whose keyframe is there, and decides what comes next."""
        ...

    async def leave(self, shot: str, error: BackendError) -> None:
        """Goes on without a shot of which there is nothing to show.

        Raises:
            BackendError: no other shot could be made either.
        """
        ...

    async def begun_anew(self) -> Collection[str]:
        """Gives the shots that the next run begins anew, as the run could not end their loops."""
        ...

    def complete(self) -> None:
        """Raises BackendError where shots were left: which, why, and what helps."""
        ...

    async def settle(self, shot: str, takes: Mapping[str, str], ended: str) -> str:
        """Gives the shot's outcome: the best take, flagged where it is not good."""
        ...

    async def approve(self, waiting: Mapping[str, str]) -> None:
        """Takes a person's word that keyframes are good.

        Args:
            waiting: the plan of the take to be filmed, by the shot's id.
        """
        ...

    async def mismatched(self, storyboard: str, shots: Mapping[str, str]) -> Mapping[str, Turn]:
        """Gives the shots that do not go with their neighbours and can be taken again.

        Args:
            storyboard: all shots.
            shots: the outcome of each by its id.
        """
        ...

    async def matched(
        self, storyboard: str, shots: Mapping[str, str], again: Collection[str]
    ) -> Mapping[str, str]:
        """Gives the outcomes that change as they still do not go with their neighbours.

        Args:
            storyboard: all shots.
            shots: the outcome of each by its id.
            again: those that were taken again for it.
        """
        ...


class CuttingSteps(Protocol):
    """From the takes to the film."""

    async def preview(self, storyboard: str) -> None:
        """Makes the animatic of the keyframes, for the person who is to approve them."""
        ...

    async def cut(self, storyboard: str, shots: Sequence[str]) -> str:
        """Gives the cut."""
        ...

    async def finish(self, cut: str, shots: Sequence[str]) -> str:
        """Gives the film: rendered, mixed, assembled and judged."""
        ...


class Following(Protocol):
    """Is told where the work stands."""

    def stage_started(self, stage: Stage, units: int = 1) -> None:
        """A stage begins with this many pieces of work."""
        ...

    def stage_finished(self, stage: Stage) -> None:
        """A stage has ended."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmContext:
    """The steps and the choices of one run."""

    thread: str
    """The thread id of the film's run; each shot has one of its own below it."""
    writing: WritingSteps
    shooting: ShotSteps
    cutting: CuttingSteps
    following: Following
    checkpointer: BaseCheckpointSaver[Any] | None
    gates: frozenset[Stage] = frozenset()
    """Stages after which a person approves."""
    until: Stage | None = None
    """The stage after which the run ends."""
    continued: bool = False
    """The run was killed before and goes on from its checkpoints."""
