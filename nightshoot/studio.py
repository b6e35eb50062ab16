"""The one facade for all doors: makes, resumes and shows productions."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command
from pydantic import Field

from nightshoot.artifacts import ActionLog, Store
from nightshoot.artifacts.store import Missing
from nightshoot.budget import Budget
from nightshoot.domain.film import Film, ShotResult
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.errors import ArtifactError, InputError
from nightshoot.events import Awaiting, Event, EventLog, Sink, Stage
from nightshoot.files import told_of
from nightshoot.graphs.checkpoints import Checkpoints, discard, usable
from nightshoot.graphs.context import FilmContext
from nightshoot.graphs.cutting import Cutting
from nightshoot.graphs.film import FilmGraph, compiled_film_graph
from nightshoot.graphs.shooting import Shooting
from nightshoot.graphs.state import FilmState
from nightshoot.graphs.workshop import Agents, Lanes, Tools, Workshop
from nightshoot.graphs.writing import Writing
from nightshoot.llm import Usage, Writer
from nightshoot.production import CrewChoice, Production, RunState
from nightshoot.prompts import Prompts
from nightshoot.retry import Retry
from nightshoot.settings import Settings
from nightshoot.tools.registry import Registry

GATES = frozenset({Stage.SCREENPLAY, Stage.STORYBOARD, Stage.KEYFRAMES})
"""After which stages a person approves, where they asked to."""

ENDS = (Stage.SCREENPLAY, Stage.STORYBOARD, Stage.KEYFRAMES, Stage.TAKES, Stage.CUT)
"""After which stages a run may be told to end."""


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
    return Tools(
        image=registry.image_generator(crew.image),
        video=registry.video_generator(crew.video),
        card_camera=registry.video_generator("multiplane"),
        voices=voices,
        composer=None if crew.music == "none" else registry.composer(crew.music),
        close=registry.close,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Makes films with one installation's settings, store and prompts."""

    settings: Settings
    fitting: Fitting
    prompts: Prompts
    retry: Retry

    def produce(self, production: Production, *, sink: Sink, until: Stage | None = None) -> Report:
        """Makes a production's film, or goes on with it from where it stands.

        What the action log has is not made again. A run that was killed goes on from its
        checkpoints; one that waits for approval is approved by this call; a run that ended, or
        whose documents a person has edited since, begins anew and reuses all that is unchanged.

        Raises:
            InputError: another process holds the folder, or a document in it is broken.
            BackendError: a tool could not, after every try.
            BudgetExceeded: the next step would pass the ceiling.
            ArtifactError: the store cannot be read or written.
        """
        with production.held():
            try:
                try:
                    return asyncio.run(self._run(production, sink=sink, until=until))
                except Missing:
                    # A checkpoint refers to what is no longer there. A run of its own finds out
                    # what is lost, and makes that again.
                    discard(production.checkpoints)
                    return asyncio.run(self._run(production, sink=sink, until=until))
            except sqlite3.Error as error:
                raise ArtifactError(
                    f"the checkpoints in {production.folder} cannot be written: {told_of(error)}"
                ) from error

    async def _run(self, production: Production, *, sink: Sink, until: Stage | None) -> Report:
        begun = time.monotonic()
        notes: list[str] = []
        async with AsyncExitStack() as stack:
            events = EventLog(production.events)
            stack.callback(events.close)
            shop = self._workshop(production, _split(events, sink, notes), stack)
            stack.push_async_callback(shop.agents.close)
            shooting = Shooting(shop)
            run, decision = _next_run(production)
            async with Checkpoints.from_conn_string(str(production.checkpoints)) as saver:
                graph = compiled_film_graph(saver)
                run, given = await _taken_up(graph, run, decision)
                production.note_run(run)
                context = FilmContext(
                    thread=_thread(run),
                    writing=Writing(workshop=shop),
                    shooting=shooting,
                    cutting=Cutting(shop, shooting),
                    following=shop,
                    checkpointer=saver,
                    gates=GATES if production.sheet.review else frozenset(),
                    until=until,
                    continued=decision != "begin",
                )
                config = _config(run)
                await graph.ainvoke(given, config, context=context, durability="async")
                snapshot = await graph.aget_state(config)
            state = cast("FilmState", snapshot.values)
            gate = str(snapshot.interrupts[0].value) if snapshot.interrupts else ""
            if gate:
                shop.emit(Awaiting(gate=gate))
            ended = f"awaiting {gate}" if gate else "done" if state.get("film") else "stopped"
            production.note_run(run.model_copy(update={"state": ended}))
            report = self._report(shop, state, voice=shooting.voice, gate=gate, notes=notes)
            return report.model_copy(update={"wall_s": round(time.monotonic() - begun, 2)})

    def _workshop(
        self, production: Production, emit: Sink, stack: ExitStack | AsyncExitStack
    ) -> Workshop:
        try:
            store = Store(self.settings.store)
        except ArtifactError as error:
            raise ArtifactError(f"{error}; NIGHTSHOOT_HOME moves the store") from error
        store.sweep()
        log = ActionLog(store, retry=self.retry)
        stack.callback(log.close)
        budget = Budget(
            self.settings.ledger,
            account=str(production.folder.resolve()),
            ceiling_usd=production.sheet.budget_usd,
        )
        stack.callback(budget.close)
        writers, tools = self.fitting(production.sheet.crew)
        stack.callback(tools.close)
        return Workshop(
            production=production,
            agents=Agents.writing_with(writers, self.prompts),
            tools=tools,
            log=log,
            budget=budget,
            emit=emit,
            lanes=Lanes.fitting(tools),
        )

    @staticmethod
    def _report(
        shop: Workshop, state: FilmState, *, voice: str, gate: str, notes: list[str]
    ) -> Report:
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


def _next_run(production: Production) -> tuple[RunState, str]:
    """Gives the run to make and how: `begin` anew, `continue` a killed one, `approve` a gate."""
    last = production.run
    if last is None:
        # Checkpoints without a run would be taken for this one's.
        discard(production.checkpoints)
        return RunState(), "begin"
    if not usable(production.checkpoints):
        return RunState(run=last.run + 1), "begin"
    edited = bool(production.pins)
    if last.state.startswith("awaiting"):
        return last.model_copy(update={"state": "running"}), "approve"
    if last.state == "running" and not edited:
        return last, "continue"
    return RunState(run=last.run + 1), "begin"


def _thread(run: RunState) -> str:
    return f"film-{run.run}"


def _config(run: RunState) -> RunnableConfig:
    return {"configurable": {"thread_id": _thread(run)}}


async def _taken_up(
    graph: FilmGraph, run: RunState, decision: str
) -> tuple[RunState, FilmState | Command[str] | None]:
    """Gives the run, and what its graph is given: a beginning, an approval, or None to go on."""
    if decision != "begin":
        snapshot = await graph.aget_state(_config(run))
        if snapshot.tasks:
            return run, Command(resume="approved") if decision == "approve" else None
        if snapshot.values:
            # It had ended, and was killed before that was written down.
            run = RunState(run=run.run + 1)
    return run, {"shots": {}}


def _split(events: EventLog, sink: Sink, notes: list[str]) -> Sink:
    """Sends each event to the production's log and to the door; keeps what the user should know."""

    def emit(event: Event) -> None:
        events(event)
        sink(event)
        if event.type == "reported":
            notes.append(event.text)

    return emit


def stage_named(name: str) -> Stage:
    """Gives the stage that `--until` names. Raises InputError where it names none."""
    for stage in ENDS:
        if stage.value == name:
            return stage
    raise InputError(f"there is no stage {name!r}: choose from {', '.join(ENDS)}")


def folder_for(title: str, parent: Path) -> Path:
    """Gives a folder below `parent` named after a title, with a number where it is taken."""
    slug = slug_of(title)
    folder = parent / slug
    number = 2
    while folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        folder = parent / f"{slug}-{number}"
        number += 1
    return folder


def slug_of(title: str) -> str:
    """Gives a title as the name of a folder: letters and digits of any script, and hyphens."""
    kept = "".join(char if char.isalnum() else "-" for char in title.strip().lower())
    return "-".join(part for part in kept.split("-") if part)[:40].strip("-") or "film"
