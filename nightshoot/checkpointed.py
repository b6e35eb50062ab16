"""A film made step by step, with checkpoints: who is asked, what was killed and where it goes on.

Loaded when a film is made: a revision does without the graph engine.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from nightshoot.authorship import now, whoever
from nightshoot.events import ActionDone, Awaiting, Event, EventLog, Sink, Stage, read_events
from nightshoot.graphs.checkpoints import Checkpoints, discard, usable
from nightshoot.graphs.context import FilmContext
from nightshoot.graphs.cutting import Cutting
from nightshoot.graphs.film import FilmGraph, compiled_film_graph
from nightshoot.graphs.shooting import Shooting
from nightshoot.graphs.state import FilmState
from nightshoot.graphs.writing import Writing
from nightshoot.production import Production
from nightshoot.remaking import filled
from nightshoot.sheet import RunState
from nightshoot.versions import Version
from nightshoot.workplace import Report, Workplace, report_of

GATES = frozenset({Stage.SCREENPLAY, Stage.STORYBOARD, Stage.KEYFRAMES})
"""After which stages a person approves, where they asked to."""


async def run(
    workplace: Workplace, production: Production, *, sink: Sink, until: Stage | None
) -> Report:
    """Makes a film that has no version yet, or goes on with it, by the graphs' checkpoints.

    Args:
        workplace: where it is made.
        production: the film, held by the caller.
        sink: is told what happens.
        until: the stage after which the run ends; None: the last.

    Raises as `Studio.produce`, and `sqlite3.Error` where the checkpoints cannot be used.
    """
    begun = time.monotonic()
    notes: list[str] = []
    async with AsyncExitStack() as stack:
        events = EventLog(production.events)
        stack.callback(events.close)
        shop = workplace.workshop(production, _split(events, sink, notes), stack)
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
                gates=_gates(production, run),
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
        # A gate that was passed may have added rulings, and noted them.
        noted = production.run or run
        production.note_run(noted.model_copy(update={"run": run.run, "state": ended}))
        report = report_of(shop, state, voice=shooting.voice, gate=gate, notes=notes)
        report = report.model_copy(update={"wall_s": round(time.monotonic() - begun, 2)})
        if ended == "done":
            # A run that was killed before did some of it: the log of events has all of it.
            keys = [
                logged.event.key
                for logged in read_events(production.events)
                if isinstance(logged.event, ActionDone)
            ]
            versions = production.versions
            about = Version(
                number=versions.next_number, parent=versions.head, at=now(), author=whoever()
            )
            held = await asyncio.to_thread(production.held_files, shop.log.store)
            production.show(filled(about, report, held, keys))
        return report


def _next_run(production: Production) -> tuple[RunState, str]:
    """Gives the run to make and how: `begin` anew, `continue` a killed one, `approve` a gate."""
    last = production.run
    rulings = production.rulings_digest
    if last is None:
        # Checkpoints without a run would be taken for this one's.
        discard(production.checkpoints)
        return RunState(rulings=rulings), "begin"
    anew = RunState(run=last.run + 1, rulings=rulings)
    if not usable(production.checkpoints):
        return anew, "begin"
    edited = bool(production.pins)
    ruled = rulings != last.rulings
    waits = last.state.startswith("awaiting")
    if ruled and not edited and (not waits or production.rejected_by_person):
        # The same documents: what was approved before stays approved.
        return anew.model_copy(update={"skips": (*last.skips, *last.passed)}), "begin"
    if waits:
        gate = last.state.removeprefix("awaiting ")
        update = {"state": "running", "passed": (*last.passed, gate), "rulings": rulings}
        return last.model_copy(update=update), "approve"
    if last.state == "running" and not edited:
        return last, "continue"
    return anew, "begin"


def _gates(production: Production, run: RunState) -> frozenset[Stage]:
    """Gives the gates at which a person is asked in this run."""
    if not production.sheet.review:
        return frozenset()
    return frozenset(gate for gate in GATES if gate.value not in run.skips)


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
            run = run.model_copy(update={"run": run.run + 1})
    return run, {"shots": {}}


def _split(events: EventLog, sink: Sink, notes: list[str]) -> Sink:
    """Sends each event to the production's log and to the door; keeps what the user should know."""

    def emit(event: Event) -> None:
        events(event)
        sink(event)
        if event.type == "reported":
            notes.append(event.text)

    return emit
