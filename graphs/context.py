"""What the graphs' nodes are given besides their state: the steps that do the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver

from nightshoot.events import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A take as judged so far: its reference, and whether it passed."""

    take: str
    passed: bool


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

    @property
    def most_takes(self) -> int:
        """How many takes a shot may cost."""
        ...

    async def open(self, storyboard: str) -> Sequence[str]:
        """Makes ready for the shots of a storyboard; gives their ids in order."""
        ...

    async def plan(self, shot: str, take: int, takes: Sequence[str]) -> str:
        """Gives the plan of a take, made with what the critic said of the takes before."""
        ...

    async def paint(self, plan: str) -> str:
        """Gives the painted keyframe."""
        ...

    async def judge_keyframe(self, take: int, keyframe: str) -> Verdict:
        """Gives the take with its keyframe judged."""
        ...

    async def shoot(self, take: str) -> str:
        """Gives the video of a take whose keyframe is judged."""
        ...

    async def judge_take(self, take: str, footage: str) -> Verdict:
        """Gives the take with its video judged."""
        ...

    async def settle(self, shot: str, takes: Sequence[str]) -> str:
        """Gives the shot's outcome: the best take, flagged where it is not good."""
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
