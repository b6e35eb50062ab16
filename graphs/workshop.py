"""What all steps work with: the tools, the log, the budget, the lanes and the follower."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from nightshoot.agents.character_designer import CharacterDesigner
from nightshoot.agents.critic import Critic
from nightshoot.agents.ideation import Ideation
from nightshoot.agents.prompt_engineer import PromptEngineer
from nightshoot.agents.reviser import Reviser
from nightshoot.agents.screenwriter import Screenwriter
from nightshoot.agents.storyboarder import Storyboarder
from nightshoot.artifacts import Action, ActionLog, Made, Outcome, Stint
from nightshoot.artifacts.actions import canonical
from nightshoot.budget import Budget
from nightshoot.circuits import Circuit
from nightshoot.deadlines import MOST_S, deadline_s, within
from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import InputError, TransientError
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
from nightshoot.graphs.floor import Floor
from nightshoot.graphs.priors import call_s
from nightshoot.lane import Turn
from nightshoot.lanes import FilmLane, FilmLanes
from nightshoot.llm import Closing, Usage, Writer
from nightshoot.pace import Pace
from nightshoot.production import Production
from nightshoot.prompts import Prompts
from nightshoot.providers import Call, Hung, Provider
from nightshoot.tools.judges.protocol import Judge
from nightshoot.tools.protocols import (
    Backend,
    Composer,
    ImageGenerator,
    SpeechSynthesizer,
    VideoGenerator,
)

Document = TypeVar("Document", bound=BaseModel)
Crew = TypeVar("Crew", bound=Backend)


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
    reviser: Reviser

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
            reviser=Reviser(writer=writers("reviser"), prompts=prompts),
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
            self.reviser,
        )
        for writer in {id(agent.writer): agent.writer for agent in agents}.values():
            if isinstance(writer, Closing):
                await writer.aclose()


BY_HAND = "by hand"
"""What stands in the place of a painter's or a camera's name where a person gave the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The backends that this film is made with."""

    image: ImageGenerator
    video: VideoGenerator
    other_images: tuple[ImageGenerator, ...] = ()
    """Painters for shots that the first one does not get right, in the order they are tried."""
    other_videos: tuple[VideoGenerator, ...] = ()
    """The same for cameras."""
    card_camera: VideoGenerator
    """Films the title and the end card, whatever films the shots."""
    voices: tuple[SpeechSynthesizer, ...]
    """The first that works speaks; empty: captions alone."""
    composer: Composer | None
    judges: tuple[Judge, ...] = ()
    """Those that are ready, in the order in which they are asked, after the measures."""
    close: Callable[[], None] = lambda: None
    """Lets go of what the backends share, when the run ends."""

    @property
    def painters(self) -> tuple[ImageGenerator, ...]:
        """All painters, the first one first."""
        return (self.image, *self.other_images)

    @property
    def cameras(self) -> tuple[VideoGenerator, ...]:
        """All cameras, the first one first."""
        return (self.video, *self.other_videos)

    def painter(self, name: str) -> ImageGenerator:
        """Gives the painter of this name; the first one, for a person's keyframe.

        Raises:
            InputError: the crew has none of that name.
        """
        return _named(self.painters, name)

    def camera(self, name: str) -> VideoGenerator:
        """Gives the camera of this name; the first one, for a person's take or a plain one.

        Raises:
            InputError: the crew has none of that name.
        """
        plain = name == self.card_camera.name and all(name != one.name for one in self.cameras)
        return self.video if plain else _named(self.cameras, name)


def _named(crew: Sequence[Crew], name: str) -> Crew:
    for one in crew:
        if name in (one.name, BY_HAND):
            return one
    raise InputError(
        f"{name} is no longer in the crew: put it back into production.yaml under crew, or change "
        "another document there, so that the shots are begun anew"
    )


@dataclass(slots=True)
class Meter:
    """What the actions for one take came to, each as it was recorded when it was made."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def cost_usd(self) -> float:
        """Their money."""
        return sum(one.cost_usd for one in self.outcomes.values())

    @property
    def work_s(self) -> float:
        """Their time, in seconds of work."""
        return sum(one.wall_s for one in self.outcomes.values())


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
    meters: dict[str, list[Meter]] = field(default_factory=dict)
    """Those that run, by shot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where the steps are done; one for a run of a film."""

    production: Production
    agents: Agents
    tools: Tools
    log: ActionLog
    budget: Budget
    emit: Sink
    lanes: FilmLanes
    floor: Floor
    """Whose lanes they are."""
    thrifty: bool = False
    """The film may be made more cheaply where money or time would not suffice."""
    counts: Counts = field(default_factory=Counts)
    dry: bool = False
    """A forecast: what the log assumes is not there to be looked at."""

    @property
    def pace(self) -> Pace:
        """How much time the films that are made side by side have left."""
        return self.floor.pace

    def expected_s(self, action: Action, backend: Backend | None = None) -> float:
        """Gives how long an action will take, in seconds; 0.0 where nothing is known.

        By its estimate of GPU time, else by what its tool took the last times; before the first, by
        what such a backend takes anywhere.

        Args:
            action: what is asked.
            backend: who is asked for a picture or a take; None: it is for something else.
        """
        if action.estimate.gpu_s:
            return action.estimate.gpu_s
        known_s = self.floor.usual.known_s(action.tool, self.log.times)
        plan = action.request
        if known_s or backend is None or not isinstance(plan, ShotPlan):
            return known_s
        seconds = plan.num_frames / float(plan.fps) if action.tool.startswith("video/") else 0.0
        pixels = plan.width * plan.height
        return call_s(backend, seconds=seconds, pixels=pixels, rate=float(plan.fps))

    def turn(self, action: Action, backend: Backend) -> Turn:
        """Gives the film's turn at a backend: with its model, where that has to be loaded."""
        wants = backend.capabilities
        kind = action.tool.partition("/")[0]
        door = FilmLane(self.floor.lane_of(kind, backend), self.lanes.standing)
        if not wants.vram_gib:
            return door.turn(estimate_s=self.expected_s(action, backend))
        # The tool and not the name: a painter and a camera may have the same one.
        return door.turn(
            model=action.tool,
            estimate_s=self.expected_s(action, backend),
            together=wants.at_once or 1,
        )

    async def perform(
        self,
        action: Action,
        make: Callable[[Path], Awaitable[Made]],
        *,
        lane: AbstractAsyncContextManager[object],
        shot: str = "",
        provider: Provider | None = None,
        elsewhere: bool = False,
    ) -> Outcome:
        """Performs an action in its lane and tells the follower.

        Where its provider is away, it is waited for, as long as the circuits' terms allow, and the
        action is tried again when it is back.

        Args:
            action: what is asked.
            make: makes it, in the scratch folder that it is given.
            lane: where its turn is.
            shot: the shot that it is for.
            provider: who is asked; None: it is done here, and no circuit can open.
            elsewhere: somebody else could make it, so that it does not wait for the provider.

        Raises:
            Away: the provider is away, and it could be made elsewhere.
            TransientError: it did not work in all its tries, or not in its time; or the provider
                was away for too long.
            NightshootError: as `ActionLog.perform`.
        """
        circuit = self.circuit(provider) if provider else None
        call = Call(
            # What is tried for one shot, in other words too, is one request in the circuit's eyes.
            key=f"{self.lanes.standing.film}/{shot}" if shot else action.key,
            standing=self.lanes.standing,
            elsewhere=elsewhere,
            free=not action.estimate.cost_usd,
            until=self._until(action) if provider else None,
        )

        stint = Stint()

        async def make_in_lane(scratch: Path) -> Made:
            limit_s = self._deadline_s(action, provider)
            async with circuit.turn(call, lane) if circuit else lane:
                with stint.working():
                    made = await within(limit_s, make(scratch), tool=action.tool)
                return replace(made, wall_s=stint.worked_s)

        async def perform() -> Outcome:
            return await self.log.perform(action, make_in_lane, budget=self.budget, stint=stint)

        try:
            outcome = await (circuit.carry(call, perform) if circuit else perform())
        except Hung as error:
            raise TransientError(str(error)) from error
        finally:
            if action.estimate.gpu_s:
                self.counts.gpu_s += stint.lost_s
        for meter in self.counts.meters.get(shot, ()):
            meter.outcomes[outcome.key] = outcome
        if outcome.reused:
            self.counts.reused += 1
        else:
            if not self.dry:
                self.floor.usual.learn(action.tool, outcome.wall_s)
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

    def provider(self, kind: str, backend: Backend) -> Provider | None:
        """Gives the provider that a backend asks; None: it computes here. As `Floor.provider`."""
        return self.floor.provider(kind, backend)

    def circuit(self, provider: Provider) -> Circuit:
        """Gives a provider's circuit."""
        return self.floor.circuits.of(provider)

    def _until(self, action: Action) -> float | None:
        """Gives the loop's time by which an action has to begin; None: there is no end."""
        ends_at = self.pace.ends_at
        return None if ends_at is None else ends_at - self.expected_s(action)

    def _deadline_s(self, action: Action, provider: Provider | None) -> float:
        """Gives how long one try of an action may take."""
        if provider is None:
            # It cannot be stopped in the middle, so that nothing is won by an early end.
            return MOST_S
        return deadline_s(
            self.expected_s(action), own_s=provider.own_s, loads=provider.model is not None
        )

    async def compute(
        self,
        action: Action,
        work: Callable[[Path], Made],
        *,
        lane: AbstractAsyncContextManager[object],
        shot: str = "",
    ) -> Outcome:
        """Performs an action whose work is plain code, in a thread."""
        return await self.perform(
            action, lambda scratch: asyncio.to_thread(work, scratch), lane=lane, shot=shot
        )

    @contextmanager
    def metered(self, shot: str) -> Iterator[Meter]:
        """Adds up what is done for a shot meanwhile, whether it is made now or found in the log."""
        meter, running = Meter(), self.counts.meters.setdefault(shot, [])
        running.append(meter)
        try:
            yield meter
        finally:
            running[:] = [one for one in running if one is not meter]

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
