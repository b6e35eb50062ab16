"""The shot graph: a keyframe and its judgement, a take and its judgement, and again until good.

A step of the graph is a checkpoint, which costs about a millisecond and a kilobyte and a half; so
what belongs together is one node: painting and judging a keyframe, or filming and judging a take,
and planning what answers the verdict. Inside a node, the action log keeps each finished action.
"""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from nightshoot.graphs import nodes, routing
from nightshoot.graphs.context import FilmContext
from nightshoot.graphs.state import ShotState

ShotGraph = CompiledStateGraph[ShotState, FilmContext, ShotState, ShotState]


def build_shot_graph() -> StateGraph[ShotState, FilmContext, ShotState, ShotState]:
    """Gives the shot's graph, not compiled."""
    graph = StateGraph(ShotState, context_schema=FilmContext)
    for name, node in nodes.SHOT.items():
        graph.add_node(name, node)
    graph.add_conditional_edges(START, routing.onward, ["keyframe", "take"])
    graph.add_conditional_edges("keyframe", routing.onward, ["take", "keyframe", END])
    graph.add_conditional_edges("take", routing.onward, ["take", "keyframe", END])
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
