"""What all steps work with: the tools, the log, the budget, the lanes and the follower."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from nightshoot.agents.character_designer import CharacterDesigner
from nightshoot.agents.critic import Critic
from nightshoot.agents.ideation import Ideation
from nightshoot.agents.prompt_engineer import PromptEngineer
from nightshoot.agents.screenwriter import Screenwriter
from nightshoot.agents.storyboarder import Storyboarder
from nightshoot.artifacts import Action, ActionLog, Made, Outcome
from nightshoot.artifacts.actions import canonical
from nightshoot.budget import Budget
from nightshoot.domain.shot import ShotPlan
from nightshoot.events import (
    ActionDone,
    Reported,
    Sink,
    Stage,
    StageFinished,
    StageStarted,
    StepDone,
    StepProgress,
    TokensUsed,
)
from nightshoot.llm import Closing, Usage, Writer
from nightshoot.production import Production
from nightshoot.prompts import Prompts
from nightshoot.tools.protocols import Composer, ImageGenerator, SpeechSynthesizer, VideoGenerator

Document = TypeVar("Document", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """The crew's agents, each with its writer."""

    prompts: Prompts
    ideation: Ideation
    screenwriter: Screenwriter
    storyboarder: Storyboarder
    prompt_engineer: PromptEngineer
    critic: Critic
    character_designer: CharacterDesigner

    @classmethod
    def writing_with(cls, writers: Callable[[str], Writer], prompts: Prompts) -> Agents:
        """Gives the crew whose writers are given by the names of the agents."""
        return cls(
            prompts=prompts,
            ideation=Ideation(writer=writers("ideation"), prompts=prompts),
            screenwriter=Screenwriter(writer=writers("screenwriter"), prompts=prompts),
            storyboarder=Storyboarder(writer=writers("storyboarder"), prompts=prompts),
            prompt_engineer=PromptEngineer(writer=writers("prompt_engineer"), prompts=prompts),
            critic=Critic(writer=writers("critic"), prompts=prompts),
            character_designer=CharacterDesigner(
                writer=writers("character_designer"), prompts=prompts
            ),
        )

    async def close(self) -> None:
        """Lets go of the connections that the writers hold."""
        agents = (
            self.ideation,
            self.screenwriter,
            self.storyboarder,
            self.prompt_engineer,
            self.critic,
            self.character_designer,
        )
        for writer in {id(agent.writer): agent.writer for agent in agents}.values():
            if isinstance(writer, Closing):
                await writer.aclose()


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
    close: Callable[[], None] = lambda: None
    """Lets go of what the backends share, when the run ends."""


_AT_ONCE = 2
"""Calls of a backend that does not say how many it wants. Source: the processors of a laptop's
share; a third raised the memory and not the speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """How many calls of one kind run at once. LangGraph's own limit is not used: see DESIGN."""

    writing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))
    painting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    filming: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    speaking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    cutting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    @classmethod
    def fitting(cls, tools: Tools) -> Lanes:
        """Gives lanes as wide as the backends want them."""
        return cls(
            painting=asyncio.Semaphore(tools.image.capabilities.at_once or _AT_ONCE),
            filming=asyncio.Semaphore(tools.video.capabilities.at_once or _AT_ONCE),
            speaking=asyncio.Semaphore(
                (tools.voices[0].capabilities.at_once if tools.voices else None) or 1
            ),
        )


@dataclass(slots=True, kw_only=True)
class Counts:
    """What a run did."""

    made: int = 0
    reused: int = 0
    cost_usd: float = 0.0
    gpu_s: float = 0.0
    rejected: int = 0
    writing: dict[str, Usage] = field(default_factory=dict)
    """What each agent used at its endpoint."""
    told: set[str] = field(default_factory=set)


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
            self.counts.gpu_s += outcome.gpu_s
        self.emit(
            ActionDone(
                tool=action.tool,
                key=outcome.key,
                shot=shot,
                reused=outcome.reused,
                cost_usd=0.0 if outcome.reused else outcome.cost_usd,
                gpu_s=0.0 if outcome.reused else outcome.gpu_s,
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

    def count_writing(self, agent: str, used: Usage) -> None:
        """Adds what an agent used at its endpoint, whether its answer was good or not."""
        if used.requests:
            self.counts.writing[agent] = self.counts.writing.get(agent, Usage()) + used
            self.emit(
                TokensUsed(
                    agent=agent,
                    requests=used.requests,
                    prompt_tokens=used.prompt_tokens,
                    completion_tokens=used.completion_tokens,
                    cost_usd=used.cost_usd,
                )
            )

    def keep(self, document: BaseModel) -> str:
        """Puts a document into the store; gives its digest."""
        return self.log.store.put_bytes(canonical(document).encode())

    def fetch(self, digest: str, model: type[Document]) -> Document:
        """Gives a document of the store. Raises ArtifactError where it is gone."""
        return model.model_validate_json(self.log.store.path(digest).read_bytes())

    def files(self, plan: ShotPlan) -> Mapping[str, Path]:
        """Gives the files that a plan names. Raises Missing where one is gone."""
        return {digest: self.log.store.path(digest) for digest in plan.files}

    def report_all(self, notes: Iterable[str]) -> None:
        """Tells the user several things."""
        for note in notes:
            self.report(note)

    def report_once(self, text: str) -> None:
        """Tells the user something, the first time only."""
        if text not in self.counts.told:
            self.counts.told.add(text)
            self.report(text)

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
