"""The film graph: concept, screenplay, storyboard, the shots side by side, the cut, the film."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from nightshoot.events import Stage
from nightshoot.graphs import nodes
from nightshoot.graphs.context import FilmContext
from nightshoot.graphs.state import FilmState

FilmGraph = CompiledStateGraph[FilmState, FilmContext, FilmState, FilmState]


def _going_on(after: Stage, then: str) -> Any:
    def route(state: FilmState, runtime: Runtime[FilmContext]) -> str:
        return END if runtime.context.until is after else then

    return route


def build_film_graph() -> StateGraph[FilmState, FilmContext, FilmState, FilmState]:
    """Gives the film's graph, not compiled."""
    graph = StateGraph(FilmState, context_schema=FilmContext)
    for node in nodes.FILM:
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
