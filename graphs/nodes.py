"""The nodes of the graphs: a few lines each, which call the steps and pass references on.

They know LangGraph by its types alone, so that a run without checkpoints does without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from nightshoot.errors import BackendError
from nightshoot.events import Stage
from nightshoot.graphs import routing
from nightshoot.graphs.context import FilmContext, Turn
from nightshoot.graphs.state import FilmState, ShotState
from nightshoot.graphs.straight import Given, around

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from nightshoot.graphs.shot import ShotGraph


async def conceive(state: FilmState, runtime: Given) -> FilmState:
    """Finds the film in the brief."""
    with _Followed(runtime.context, Stage.CONCEPT):
        return {"concept": await runtime.context.writing.conceive()}


async def write(state: FilmState, runtime: Given) -> FilmState:
    """Writes the screenplay."""
    with _Followed(runtime.context, Stage.SCREENPLAY):
        return {"screenplay": await runtime.context.writing.write(state["concept"])}


async def approve_screenplay(state: FilmState, runtime: Given) -> FilmState:
    """Waits for a person, where one is asked, and takes their edits."""
    if Stage.SCREENPLAY not in runtime.context.gates:
        return {}
    from langgraph.types import interrupt

    interrupt(Stage.SCREENPLAY.value)
    writing = runtime.context.writing
    return {"screenplay": await writing.approved(Stage.SCREENPLAY, state["screenplay"])}


async def board(state: FilmState, runtime: Given) -> FilmState:
    """Draws up the storyboard."""
    with _Followed(runtime.context, Stage.STORYBOARD):
        made = await runtime.context.writing.board(state["concept"], state["screenplay"])
        return {"storyboard": made}


async def approve_storyboard(state: FilmState, runtime: Given) -> FilmState:
    """Waits for a person, where one is asked, and takes their edits."""
    if Stage.STORYBOARD not in runtime.context.gates:
        return {}
    from langgraph.types import interrupt

    interrupt(Stage.STORYBOARD.value)
    writing = runtime.context.writing
    return {"storyboard": await writing.approved(Stage.STORYBOARD, state["storyboard"])}


async def shoot_keyframes(state: FilmState, runtime: Given) -> FilmState:
    """Runs every shot's loop: to its end, or to the gate after the keyframe where there is one."""
    context = runtime.context
    shots = await context.shooting.open(state["storyboard"])
    held = Stage.KEYFRAMES in context.gates or context.until is Stage.KEYFRAMES
    context.following.stage_started(Stage.KEYFRAMES, len(shots))
    if not held:
        context.following.stage_started(Stage.TAKES, len(shots))
    graph = _shot_graph(context, held=held)
    results = await _made(
        context, {shot: _run_shot(graph, shot, context, held=held) for shot in shots}
    )
    context.following.stage_finished(Stage.KEYFRAMES)
    if held:
        await context.cutting.preview(state["storyboard"])
    else:
        context.following.stage_finished(Stage.TAKES)
    return {"shots": dict(zip(shots, results, strict=True))}


async def approve_keyframes(state: FilmState, runtime: Given) -> FilmState:
    """Waits for a person, where one is asked; going on approves what the critic turned down."""
    context = runtime.context
    if Stage.KEYFRAMES not in context.gates:
        return {}
    from langgraph.types import interrupt

    interrupt(Stage.KEYFRAMES.value)
    shots = await context.shooting.open(state["storyboard"])
    graph = _compiled_shot_graph(context)
    waiting = {}
    for shot in shots:
        snapshot = await graph.aget_state(_config(shot, context))
        if snapshot.next == ("take",):
            waiting[shot] = str(snapshot.values["order"])
    await context.shooting.approve(waiting)
    return {}


async def shoot_takes(state: FilmState, runtime: Given) -> FilmState:
    """Films the shots that waited at the gate."""
    context = runtime.context
    shots = await context.shooting.open(state["storyboard"])
    waiting = [shot for shot in shots if not state["shots"].get(shot)]
    if not waiting:
        return {}
    context.following.stage_started(Stage.TAKES, len(waiting))
    graph = _shot_graph(context)
    results = await _made(
        context, {shot: _run_shot(graph, shot, context, held=False, begun=True) for shot in waiting}
    )
    context.following.stage_finished(Stage.TAKES)
    return {"shots": dict(zip(waiting, results, strict=True))}


async def match_shots(state: FilmState, runtime: Given) -> FilmState:
    """Compares the shots of each scene; one that stands apart goes round its loop once more."""
    context = runtime.context
    order = await context.shooting.open(state["storyboard"])
    shots = {shot: state["shots"][shot] for shot in order}
    turns = await context.shooting.mismatched(state["storyboard"], shots)
    graph = _shot_graph(context)
    results = await _gathered(
        _run_shot(graph, shot, context, held=False, begun=True, turn=turn)
        for shot, turn in turns.items()
    )
    again = dict(zip(turns, results, strict=True))
    changed = await context.shooting.matched(state["storyboard"], shots | again, again)
    return {"shots": {**again, **changed}}


async def cut(state: FilmState, runtime: Given) -> FilmState:
    """Edits the takes."""
    context = runtime.context
    order = await context.shooting.open(state["storyboard"])
    with _Followed(context, Stage.CUT):
        results = [state["shots"][shot] for shot in order]
        return {"cut": await context.cutting.cut(state["storyboard"], results)}


async def finish(state: FilmState, runtime: Given) -> FilmState:
    """Renders the film."""
    context = runtime.context
    order = await context.shooting.open(state["storyboard"])
    results = [state["shots"][shot] for shot in order]
    return {"film": await context.cutting.finish(state["cut"], results)}


def _config(shot: str, context: FilmContext, *, again: bool = False) -> RunnableConfig:
    """Gives the thread of a shot; a round for its scene's sake has one of its own."""
    thread = f"{context.thread}/{shot}/scene" if again else f"{context.thread}/{shot}"
    return {"configurable": {"thread_id": thread}}


def _shot_graph(context: FilmContext, *, held: bool = False) -> ShotGraph | None:
    """Gives the shot's graph; None: it keeps no checkpoints and stops nowhere, so needs none."""
    if context.checkpointer is None and not held:
        return None
    return _compiled_shot_graph(context)


def _compiled_shot_graph(context: FilmContext) -> ShotGraph:
    from nightshoot.graphs.shot import compiled_shot_graph

    return compiled_shot_graph(context.checkpointer)


async def _run_shot(
    graph: ShotGraph | None,
    shot: str,
    context: FilmContext,
    *,
    held: bool,
    begun: bool = False,
    turn: Turn | None = None,
) -> str:
    """Runs a shot's loop; gives the shot's outcome, or an empty text where it waits at the gate.

    Args:
        graph: the shot's; None: its nodes are gone through without one.
        shot: its id.
        context: the run's.
        held: it stops before it films.
        begun: it may have checkpoints from before in a run that was not killed.
        turn: where a loop that had ended goes on.
    """
    begins: ShotState = {"shot": shot}
    if turn is not None:
        begins = {"shot": shot, "takes": dict(turn.takes), "then": turn.then, "order": turn.order}
    if graph is None:
        ended = await around(SHOT, routing.onward, begins, context)
        return await _settled(shot, ended, context)
    config = _config(shot, context, again=turn is not None)
    given: ShotState | None = begins
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


async def _settled(shot: str, state: Mapping[str, Any], context: FilmContext) -> str:
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


async def keyframe(state: ShotState, runtime: Given) -> ShotState:
    """Paints the planned take, judges the picture, and plans what comes next."""
    steps = runtime.context.shooting
    order = state.get("order") or await steps.begin(state["shot"])
    return _shot_state(await steps.keyframe(order, state.get("takes", {})))


async def take(state: ShotState, runtime: Given) -> ShotState:
    """Films the planned take, judges the video, and plans what comes next."""
    steps = runtime.context.shooting
    turn = await steps.film(state["order"], state.get("takes", {}), state.get("ended", ""))
    return _shot_state(turn)


def _shot_state(turn: Turn) -> ShotState:
    return {
        "takes": dict(turn.takes),
        "then": turn.then,
        "order": turn.order,
        "ended": turn.ended,
    }


FILM = (
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
)
"""The film's nodes as they follow each other where no stage is the last."""

SHOT = {"keyframe": keyframe, "take": take}
"""The nodes of a shot's loop, by their names in `routing`."""
