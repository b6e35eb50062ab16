"""The film graph: concept, screenplay, storyboard, the shots side by side, the cut, the film."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from nightshoot.errors import BackendError
from nightshoot.events import Stage
from nightshoot.graphs.context import FilmContext, Turn
from nightshoot.graphs.shot import ShotGraph, compiled_shot_graph
from nightshoot.graphs.state import FilmState, ShotState

FilmGraph = CompiledStateGraph[FilmState, FilmContext, FilmState, FilmState]


async def conceive(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Finds the film in the brief."""
    with _Followed(runtime.context, Stage.CONCEPT):
        return {"concept": await runtime.context.writing.conceive()}


async def write(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Writes the screenplay."""
    with _Followed(runtime.context, Stage.SCREENPLAY):
        return {"screenplay": await runtime.context.writing.write(state["concept"])}


async def approve_screenplay(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Waits for a person, where one is asked, and takes their edits."""
    if Stage.SCREENPLAY not in runtime.context.gates:
        return {}
    interrupt(Stage.SCREENPLAY.value)
    writing = runtime.context.writing
    return {"screenplay": await writing.approved(Stage.SCREENPLAY, state["screenplay"])}


async def board(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Draws up the storyboard."""
    with _Followed(runtime.context, Stage.STORYBOARD):
        made = await runtime.context.writing.board(state["concept"], state["screenplay"])
        return {"storyboard": made}


async def approve_storyboard(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Waits for a person, where one is asked, and takes their edits."""
    if Stage.STORYBOARD not in runtime.context.gates:
        return {}
    interrupt(Stage.STORYBOARD.value)
    writing = runtime.context.writing
    return {"storyboard": await writing.approved(Stage.STORYBOARD, state["storyboard"])}


async def shoot_keyframes(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Runs every shot's loop: to its end, or to the gate after the keyframe where there is one."""
    context = runtime.context
    shots = await context.shooting.open(state["storyboard"])
    held = Stage.KEYFRAMES in context.gates or context.until is Stage.KEYFRAMES
    context.following.stage_started(Stage.KEYFRAMES, len(shots))
    if not held:
        context.following.stage_started(Stage.TAKES, len(shots))
    graph = compiled_shot_graph(context.checkpointer)
    results = await _made(
        context, {shot: _run_shot(graph, shot, context, held=held) for shot in shots}
    )
    context.following.stage_finished(Stage.KEYFRAMES)
    if held:
        await context.cutting.preview(state["storyboard"])
    else:
        context.following.stage_finished(Stage.TAKES)
    return {"shots": dict(zip(shots, results, strict=True))}


async def approve_keyframes(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Waits for a person, where one is asked; going on approves what the critic turned down."""
    context = runtime.context
    if Stage.KEYFRAMES not in context.gates:
        return {}
    interrupt(Stage.KEYFRAMES.value)
    shots = await context.shooting.open(state["storyboard"])
    graph = compiled_shot_graph(context.checkpointer)
    waiting = {}
    for shot in shots:
        snapshot = await graph.aget_state(_config(shot, context))
        if snapshot.next == ("take",):
            waiting[shot] = str(snapshot.values["order"])
    await context.shooting.approve(waiting)
    return {}


async def shoot_takes(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Films the shots that waited at the gate."""
    context = runtime.context
    shots = await context.shooting.open(state["storyboard"])
    waiting = [shot for shot in shots if not state["shots"].get(shot)]
    if not waiting:
        return {}
    context.following.stage_started(Stage.TAKES, len(waiting))
    graph = compiled_shot_graph(context.checkpointer)
    results = await _made(
        context, {shot: _run_shot(graph, shot, context, held=False, begun=True) for shot in waiting}
    )
    context.following.stage_finished(Stage.TAKES)
    return {"shots": dict(zip(waiting, results, strict=True))}


async def match_shots(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Compares the shots of each scene; one that stands apart goes round its loop once more."""
    context = runtime.context
    order = await context.shooting.open(state["storyboard"])
    shots = {shot: state["shots"][shot] for shot in order}
    turns = await context.shooting.mismatched(state["storyboard"], shots)
    graph = compiled_shot_graph(context.checkpointer)
    results = await _gathered(
        _run_shot(graph, shot, context, held=False, begun=True, turn=turn)
        for shot, turn in turns.items()
    )
    again = dict(zip(turns, results, strict=True))
    changed = await context.shooting.matched(state["storyboard"], shots | again, again)
    return {"shots": {**again, **changed}}


async def cut(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Edits the takes."""
    context = runtime.context
    order = await context.shooting.open(state["storyboard"])
    with _Followed(context, Stage.CUT):
        results = [state["shots"][shot] for shot in order]
        return {"cut": await context.cutting.cut(state["storyboard"], results)}


async def finish(state: FilmState, runtime: Runtime[FilmContext]) -> FilmState:
    """Renders the film."""
    context = runtime.context
    order = await context.shooting.open(state["storyboard"])
    results = [state["shots"][shot] for shot in order]
    return {"film": await context.cutting.finish(state["cut"], results)}


def _config(shot: str, context: FilmContext, *, again: bool = False) -> RunnableConfig:
    """Gives the thread of a shot; a round for its scene's sake has one of its own."""
    thread = f"{context.thread}/{shot}/scene" if again else f"{context.thread}/{shot}"
    return {"configurable": {"thread_id": thread}}


async def _run_shot(
    graph: ShotGraph,
    shot: str,
    context: FilmContext,
    *,
    held: bool,
    begun: bool = False,
    turn: Turn | None = None,
) -> str:
    """Runs a shot's loop; gives the shot's outcome, or an empty text where it waits at the gate.

    Args:
        graph: the shot's.
        shot: its id.
        context: the run's.
        held: it stops before it films.
        begun: it may have checkpoints from before in a run that was not killed.
        turn: where a loop that had ended goes on.
    """
    config = _config(shot, context, again=turn is not None)
    given: ShotState | None = {"shot": shot}
    if turn is not None:
        given = {"shot": shot, "takes": dict(turn.takes), "then": turn.then, "order": turn.order}
    if context.checkpointer is not None and (begun or context.continued):
        snapshot = await graph.aget_state(config)
        if snapshot.values:
            given = None
            if held and snapshot.next == ("take",):
                return ""
            # Not `next`: it leaves out a step that was finished and not yet checkpointed.
            if not snapshot.tasks:
                return await _settled(shot, snapshot.values, context)
    state = await graph.ainvoke(
        given,
        config,
        context=context,
        durability="async" if context.checkpointer is not None else None,
        interrupt_before=["take"] if held else None,
    )
    return "" if held else await _settled(shot, state, context)


async def _settled(shot: str, state: Any, context: FilmContext) -> str:
    return await context.shooting.settle(shot, state["takes"], state["ended"])


async def _made(context: FilmContext, runs: Mapping[str, Coroutine[Any, Any, str]]) -> list[str]:
    """Awaits the runs of shots; one of which nothing comes does not lose the others.

    Raises:
        BackendError: shots are missing, when all others are made.
    """
    try:
        results = await _gathered(_or_left(shot, run, context) for shot, run in runs.items())
        context.shooting.complete()
    except Exception:
        # The next run begins these anew, with what is there by then.
        for shot in await context.shooting.begun_anew():
            if context.checkpointer is not None:
                await context.checkpointer.adelete_thread(f"{context.thread}/{shot}")
        raise
    return results


async def _or_left(shot: str, run: Coroutine[Any, Any, str], context: FilmContext) -> str:
    try:
        return await run
    except BackendError as error:
        await context.shooting.leave(shot, error)
        return ""


async def _gathered(runs: Any) -> list[str]:
    """Awaits all; the first failure stops the others before it is raised."""
    tasks = [asyncio.ensure_future(run) for run in runs]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


class _Followed:
    """Tells the follower when a stage of one piece begins and ends."""

    def __init__(self, context: FilmContext, stage: Stage) -> None:
        self._following, self._stage = context.following, stage

    def __enter__(self) -> None:
        self._following.stage_started(self._stage)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._following.stage_finished(self._stage)


def _going_on(after: Stage, then: str) -> Any:
    def route(state: FilmState, runtime: Runtime[FilmContext]) -> str:
        return END if runtime.context.until is after else then

    return route


def build_film_graph() -> StateGraph[FilmState, FilmContext, FilmState, FilmState]:
    """Gives the film's graph, not compiled."""
    graph = StateGraph(FilmState, context_schema=FilmContext)
    for node in (
        conceive,
        write,
        approve_screenplay,
        board,
        approve_storyboard,
        shoot_keyframes,
        approve_keyframes,
        shoot_takes,
        match_shots,
        cut,
        finish,
    ):
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "conceive")
    graph.add_edge("conceive", "write")
    stops: tuple[tuple[str, Stage, str], ...] = (
        ("write", Stage.SCREENPLAY, "approve_screenplay"),
        ("board", Stage.STORYBOARD, "approve_storyboard"),
        ("shoot_keyframes", Stage.KEYFRAMES, "approve_keyframes"),
        ("match_shots", Stage.TAKES, "cut"),
        ("cut", Stage.CUT, "finish"),
    )
    for node_name, stage, then in stops:
        graph.add_conditional_edges(node_name, _going_on(stage, then), [then, END])
    graph.add_edge("approve_screenplay", "board")
    graph.add_edge("approve_storyboard", "shoot_keyframes")
    graph.add_edge("approve_keyframes", "shoot_takes")
    graph.add_edge("shoot_takes", "match_shots")
    graph.add_edge("finish", END)
    return graph


def compiled_film_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> FilmGraph:
    """Gives the film's graph with its checkpoints."""
    return build_film_graph().compile(checkpointer=checkpointer, name="film")


def film_graph(config: Any = None) -> FilmGraph:
    """Gives the film's graph for LangGraph's own studio, which brings its checkpoints.

    Args:
        config: what the studio passes; unused.
    """
    del config
    return compiled_film_graph(None)
