"""Workplace: one installation's settings and store, where the films' workshops are opened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field

from pydantic import Field

from nightshoot.artifacts import ActionLog, Store
from nightshoot.budget import Budget
from nightshoot.domain.film import Film, ShotResult
from nightshoot.domain.limits import Limits
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.errors import ArtifactError, InputError
from nightshoot.events import Sink
from nightshoot.graphs.floor import Floor
from nightshoot.graphs.state import FilmState
from nightshoot.graphs.workshop import Agents, Tools, Workshop
from nightshoot.llm import Usage, Writer
from nightshoot.production import Production
from nightshoot.productions import Productions
from nightshoot.prompts import Prompts
from nightshoot.retry import Retry
from nightshoot.settings import Settings
from nightshoot.sheet import CrewChoice
from nightshoot.tools.registry import Registry
from nightshoot.turns import Standing


class TokenCount(Value):
    """What an agent used at its endpoint."""

    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float

    @classmethod
    def of(cls, used: Usage) -> TokenCount:
        """Gives the count for a report."""
        return cls(
            requests=used.requests,
            prompt_tokens=used.prompt_tokens,
            completion_tokens=used.completion_tokens,
            cost_usd=round(used.cost_usd, 6),
        )


class Report(Value):
    """What a run came to; `--json` prints it."""

    film: str
    """The path of the film; empty where the run ended before."""
    folder: str
    duration_s: float
    frames: int
    fps: float
    size: str
    shots: int
    takes: int
    rejected: int
    flagged: int
    """How many shots a person should look at."""
    flagged_shots: tuple[str, ...]
    plain_shots: dict[str, str] = Field(default_factory=dict)
    """The shots that the plain camera filmed, each with what there was too little of: `money`,
    `gpu_time`, `takes` or `time`."""
    actions: dict[str, int]
    """How many were `made` and how many `reused`."""
    cost_usd: float
    """What this run spent, at services and endpoints."""
    gpu_s: float = 0.0
    """How long the GPU was busy in this run."""
    writing: dict[str, TokenCount] = Field(default_factory=dict)
    """What each agent used at its endpoint."""
    wall_s: float
    writer: str
    image: str
    video: str
    voice: str
    music: str
    awaiting: str = ""
    """The gate at which a person is asked, or empty."""
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


Fitting = Callable[[CrewChoice], tuple[Callable[[str], Writer], Tools]]
"""Builds the writers, by agent, and the tools of a crew, given their names."""


def tools_for(crew: CrewChoice, registry: Registry) -> Tools:
    """Gives the backends of a crew; closing the tools closes the registry.

    Raises:
        InputError: a name is unknown, or its backend is not ready.
    """
    voices = registry.usable_voices() if crew.voice != "none" else ()
    if crew.voice not in ("auto", "none"):
        chosen = registry.speech_synthesizer(crew.voice)
        voices = (chosen, *(voice for voice in voices if voice.name != crew.voice))
    _refuse_doubles(crew)
    return Tools(
        image=registry.image_generator(crew.image),
        video=registry.video_generator(crew.video),
        other_images=tuple(registry.image_generator(name) for name in crew.other_image),
        other_videos=tuple(registry.video_generator(name) for name in crew.other_video),
        card_camera=registry.video_generator("multiplane"),
        voices=voices,
        composer=None if crew.music == "none" else registry.composer(crew.music),
        judges=registry.usable_judges(),
        close=registry.close,
    )


def _refuse_doubles(crew: CrewChoice) -> None:
    """Refuses a crew in which a backend stands in for itself."""
    for option, names in (
        ("--other-image", (crew.image, *crew.other_image)),
        ("--other-video", (crew.video, *crew.other_video)),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"{option} {twice[0]}: it is in the crew already, name another")


@dataclass(slots=True, kw_only=True)
class Allowance:
    """What a film may use in all; may be raised or lowered while it is made."""

    limits: Limits = field(default_factory=Limits)
    _budgets: list[tuple[Budget, Limits]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    """Budgets are bound in the films' thread, and limits given in the runner's."""

    def bind(self, budget: Budget) -> None:
        """Has a budget, which has limits of its own, heed these too from now on."""
        with self._lock:
            own = budget.limits
            self._budgets.append((budget, own))
            budget.limits = own.tightened(self.limits)

    def give(self, limits: Limits) -> None:
        """Changes what the film may use."""
        with self._lock:
            self.limits = limits
            for budget, own in self._budgets:
                budget.limits = own.tightened(limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a film is made under, besides what its own sheet says."""

    floor: Floor | None = None
    """Where it is made beside others; None: alone, on one of its own."""
    standing: Standing | None = None
    """Where it stands among those; None: alone."""
    allowance: Allowance | None = None
    """What it may use in all, where that is less than its own limits; None: its own hold."""
    thrifty: bool = False
    """It may be made more cheaply where money or time would not suffice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """One installation's settings, store and prompts."""

    settings: Settings
    fitting: Fitting
    prompts: Prompts
    retry: Retry
    terms: Terms = Terms()

    def store(self) -> Store:
        """Opens the store.

        Raises:
            ArtifactError: it cannot be used.
        """
        try:
            return Store(self.settings.store)
        except ArtifactError as error:
            raise ArtifactError(f"{error}; NIGHTSHOOT_HOME moves the store") from error

    def workshop(
        self, production: Production, emit: Sink, stack: ExitStack | AsyncExitStack
    ) -> Workshop:
        """Opens the workshop of a production; `stack` closes it.

        Raises:
            ArtifactError: the store cannot be used.
            InputError: a backend of the crew is unknown, or not ready.
        """
        store = self.store()
        # Before anything is made: what is in no known production may be cleaned away.
        Productions(self.settings.home).add(production.folder)
        store.sweep()
        log = ActionLog(store, retry=self.retry)
        stack.callback(log.close)
        budget = Budget(
            self.settings.ledger,
            account=str(production.folder.resolve()),
            limits=production.sheet.limits,
        )
        stack.callback(budget.close)
        if self.terms.allowance is not None:
            self.terms.allowance.bind(budget)
        writers, tools = self.fitting(production.sheet.crew)
        stack.callback(tools.close)
        floor = self.terms.floor or Floor(widths=self.settings.lanes)
        standing = self.terms.standing or Standing(film=production.folder.name)
        floor.pace.enter(standing)
        stack.callback(floor.pace.forget, standing.film)
        return Workshop(
            production=production,
            agents=Agents.writing_with(writers, self.prompts),
            tools=tools,
            log=log,
            budget=budget,
            emit=emit,
            floor=floor,
            lanes=floor.of(
                painter=tools.image,
                camera=tools.video,
                voice=tools.voices[0] if tools.voices else None,
            ).at(standing),
            thrifty=self.terms.thrifty,
        )


def report_of(
    shop: Workshop, state: FilmState, *, voice: str, notes: Sequence[str], gate: str = ""
) -> Report:
    """Gives the report of a run that came to this state."""
    production, options = shop.production, shop.production.sheet.options
    film = shop.fetch(state["film"], Film) if state.get("film") else None
    results = [shop.fetch(one, ShotResult) for one in state.get("shots", {}).values() if one]
    board = shop.fetch(state["storyboard"], Storyboard) if state.get("storyboard") else None
    return Report(
        film=str(production.folder / "film.mp4") if film else "",
        folder=str(production.folder),
        duration_s=film.duration_s if film else 0.0,
        frames=film.num_frames if film else 0,
        fps=round(float(options.fps), 6),
        size=f"{options.width}x{options.height}",
        shots=len(board.shots) if board else 0,
        takes=sum(len(result.takes) for result in results),
        rejected=sum(not take.passed for result in results for take in result.takes),
        flagged=sum(result.flagged for result in results),
        flagged_shots=tuple(result.shot for result in results if result.flagged),
        plain_shots={one.shot: one.economised.value for one in results if one.economised},
        actions={"made": shop.counts.made, "reused": shop.counts.reused},
        cost_usd=round(shop.counts.cost_usd, 4),
        gpu_s=round(shop.counts.gpu_s, 2),
        writing={name: TokenCount.of(used) for name, used in shop.counts.writing.items()},
        wall_s=0.0,
        writer=shop.agents.screenwriter.writer.name,
        image=shop.tools.image.name,
        video=shop.tools.video.name,
        voice=voice,
        music=shop.tools.composer.name if shop.tools.composer else "none",
        awaiting=gate,
        notes=tuple(dict.fromkeys(notes)),
    )
