"""What all steps work with: the tools, the log, the budget, the lanes and the follower."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from nightshoot.agents.critic import Critic
from nightshoot.agents.ideation import Ideation
from nightshoot.agents.prompt_engineer import PromptEngineer
from nightshoot.agents.screenwriter import Screenwriter
from nightshoot.agents.storyboarder import Storyboarder
from nightshoot.artifacts import Action, ActionLog, Made, Outcome
from nightshoot.artifacts.actions import canonical
from nightshoot.budget import Budget
from nightshoot.events import (
    ActionDone,
    Reported,
    Sink,
    Stage,
    StageFinished,
    StageStarted,
    StepDone,
    StepProgress,
)
from nightshoot.llm import Writer
from nightshoot.production import Production
from nightshoot.prompts import Prompts
from nightshoot.tools.protocols import Composer, ImageGenerator, SpeechSynthesizer, VideoGenerator

Document = TypeVar("Document", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """The crew's agents, all with one writer."""

    writer: Writer
    prompts: Prompts
    ideation: Ideation
    screenwriter: Screenwriter
    storyboarder: Storyboarder
    prompt_engineer: PromptEngineer
    critic: Critic

    @classmethod
    def writing_with(cls, writer: Writer, prompts: Prompts) -> Agents:
        """Gives the crew whose writer is `writer`."""
        return cls(
            writer=writer,
            prompts=prompts,
            ideation=Ideation(writer=writer, prompts=prompts),
            screenwriter=Screenwriter(writer=writer, prompts=prompts),
            storyboarder=Storyboarder(writer=writer, prompts=prompts),
            prompt_engineer=PromptEngineer(writer=writer, prompts=prompts),
            critic=Critic(writer=writer, prompts=prompts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The backends that this film is made with."""

    image: ImageGenerator
    video: VideoGenerator
    card_camera: VideoGenerator
    """Films the title and the end card, whatever films the shots."""
    voices: tuple[SpeechSynthesizer, ...]
    """The first that works speaks; empty: captions alone."""
    composer: Composer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """How many calls of one kind run at once. LangGraph's own limit is not used: see DESIGN."""

    writing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))
    painting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    filming: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    speaking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    cutting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))


@dataclass(slots=True, kw_only=True)
class Counts:
    """What a run did."""

    made: int = 0
    reused: int = 0
    cost_usd: float = 0.0
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where the steps are done; one for a run of a film."""

    production: Production
    agents: Agents
    tools: Tools
    log: ActionLog
    budget: Budget
    emit: Sink
    lanes: Lanes = field(default_factory=Lanes)
    counts: Counts = field(default_factory=Counts)

    async def perform(
        self,
        action: Action,
        make: Callable[[Path], Awaitable[Made]],
        *,
        lane: asyncio.Semaphore,
        shot: str = "",
    ) -> Outcome:
        """Performs an action in its lane and tells the follower. Raises as `ActionLog.perform`."""

        async def make_in_lane(scratch: Path) -> Made:
            async with lane:
                return await make(scratch)

        outcome = await self.log.perform(action, make_in_lane, budget=self.budget)
        if outcome.reused:
            self.counts.reused += 1
        else:
            self.counts.made += 1
            self.counts.cost_usd += outcome.cost_usd
        self.emit(
            ActionDone(
                tool=action.tool,
                key=outcome.key,
                shot=shot,
                reused=outcome.reused,
                cost_usd=0.0 if outcome.reused else outcome.cost_usd,
            )
        )
        return outcome

    async def compute(
        self,
        action: Action,
        work: Callable[[Path], Made],
        *,
        lane: asyncio.Semaphore,
        shot: str = "",
    ) -> Outcome:
        """Performs an action whose work is plain code, in a thread."""
        return await self.perform(
            action, lambda scratch: asyncio.to_thread(work, scratch), lane=lane, shot=shot
        )

    def keep(self, document: BaseModel) -> str:
        """Puts a document into the store; gives its digest."""
        return self.log.store.put_bytes(canonical(document).encode())

    def fetch(self, digest: str, model: type[Document]) -> Document:
        """Gives a document of the store. Raises ArtifactError where it is gone."""
        return model.model_validate_json(self.log.store.path(digest).read_bytes())

    def report(self, text: str) -> None:
        """Tells the user something that they should know."""
        self.emit(Reported(text=text))

    def stage_started(self, stage: Stage, units: int = 1) -> None:
        """Tells the follower that a stage begins."""
        self.emit(StageStarted(stage=stage, units=units))

    def stage_finished(self, stage: Stage) -> None:
        """Tells the follower that a stage has ended."""
        self.emit(StageFinished(stage=stage))

    def step_done(self, stage: Stage, *, shot: str = "", reused: bool = False) -> None:
        """Tells the follower that a piece of a stage's work is done."""
        self.emit(StepDone(stage=stage, shot=shot, reused=reused))

    def progress(self, stage: Stage, shot: str = "") -> Callable[[float], None]:
        """Gives what a tool tells its progress to."""

        def tell(share: float) -> None:
            self.emit(StepProgress(stage=stage, shot=shot, share=max(0.0, min(1.0, share))))

        return tell
