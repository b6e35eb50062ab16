"""The shot graph: a keyframe and its judgement, a take and its judgement, and again until good.

A step of the graph is a checkpoint, which costs about a millisecond and a kilobyte and a half; so
what belongs together is one node: planning, painting and judging a keyframe; shooting and judging a
take. Inside a node, the action log keeps each finished action.
"""

from __future__ import annotations

from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from nightshoot.graphs import routing
from nightshoot.graphs.context import FilmContext
from nightshoot.graphs.state import ShotState

ShotGraph = CompiledStateGraph[ShotState, FilmContext, ShotState, ShotState]


async def keyframe(state: ShotState, runtime: Runtime[FilmContext]) -> ShotState:
    """Plans the next take with the notes on those before, paints it, and judges the picture."""
    steps = runtime.context.shooting
    number = routing.next_take(state)
    plan = await steps.plan(state["shot"], number, routing.in_order(state))
    painting = await steps.paint(plan)
    verdict = await steps.judge_keyframe(number, painting)
    return {"takes": {str(number): verdict.take}, "passed": verdict.passed}


async def take(state: ShotState, runtime: Runtime[FilmContext]) -> ShotState:
    """Films the last keyframe and judges the video."""
    steps = runtime.context.shooting
    latest = routing.in_order(state)[-1]
    footage = await steps.shoot(latest)
    verdict = await steps.judge_take(latest, footage)
    return {"takes": {str(len(state["takes"])): verdict.take}, "passed": verdict.passed}


def _after_keyframe(state: ShotState, runtime: Runtime[FilmContext]) -> Literal["take", "keyframe"]:
    return routing.after_keyframe(state, most_takes=runtime.context.shooting.most_takes)


def _after_take(state: ShotState, runtime: Runtime[FilmContext]) -> Literal["keyframe", "__end__"]:
    return routing.after_take(state, most_takes=runtime.context.shooting.most_takes)


def build_shot_graph() -> StateGraph[ShotState, FilmContext, ShotState, ShotState]:
    """Gives the shot's graph, not compiled."""
    graph = StateGraph(ShotState, context_schema=FilmContext)
    graph.add_node("keyframe", keyframe)
    graph.add_node("take", take)
    graph.add_edge(START, "keyframe")
    graph.add_conditional_edges("keyframe", _after_keyframe, ["take", "keyframe"])
    graph.add_conditional_edges("take", _after_take, ["keyframe", END])
    return graph


def compiled_shot_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> ShotGraph:
    """Gives the shot's graph with its checkpoints; the film's graph invokes it for each shot."""
    return build_shot_graph().compile(checkpointer=checkpointer, name="shot")


def shot_graph(config: Any = None) -> ShotGraph:
    """Gives the shot's graph for LangGraph's own studio, which brings its checkpoints.

    Args:
        config: what the studio passes; unused.
    """
    del config
    return compiled_shot_graph(None)
