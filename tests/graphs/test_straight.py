"""The nodes gone through without the graph engine lead where the graphs lead."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import cast

from nightshoot.graphs.context import FilmContext
from nightshoot.graphs.film import build_film_graph
from nightshoot.graphs.nodes import FILM, SHOT
from nightshoot.graphs.routing import onward
from nightshoot.graphs.shot import build_shot_graph
from nightshoot.graphs.state import FilmState, ShotState
from nightshoot.graphs.straight import Given, along, around, joined

NO_CONTEXT = cast("FilmContext", None)


def test_the_row_of_nodes_is_the_films_graph_where_nothing_ends_early() -> None:
    graph = build_film_graph().compile().get_graph()
    after: dict[str, str] = {}
    for edge in graph.edges:
        # Where a stage may be the last, the graph goes on or ends: here it goes on.
        if edge.target != "__end__":
            assert edge.source not in after, "the graph is a line"
            after[edge.source] = edge.target
    row, place = [], "__start__"
    while place in after:
        place = after[place]
        row.append(place)
    assert row == [node.__name__ for node in FILM]


def test_a_shots_nodes_are_those_of_its_graph() -> None:
    nodes = set(build_shot_graph().compile().get_graph().nodes)
    assert nodes == {*SHOT, "__start__", "__end__"}


def test_states_are_joined_as_their_types_have_it() -> None:
    old: FilmState = {"cut": "a", "shots": {"s1": "1", "s2": "2"}}
    new: FilmState = {"cut": "b", "shots": {"s2": "3"}}
    none: FilmState = {}
    assert joined(old, new) == {"cut": "b", "shots": {"s1": "1", "s2": "3"}}
    assert joined(none, new) == new


def test_a_shot_goes_round_until_its_loop_ends() -> None:
    ways = iter(["take", "keyframe", "take", "end"])
    gone: list[str] = []

    async def node(state: ShotState, given: Given) -> ShotState:
        assert given.context is NO_CONTEXT
        gone.append(onward(state))
        return {"then": next(ways), "takes": {str(len(gone)): gone[-1]}}

    state = asyncio.run(
        around({"keyframe": node, "take": node}, onward, {"shot": "s1"}, NO_CONTEXT)
    )
    assert gone == ["keyframe", "take", "keyframe", "take"]
    assert state["takes"] == dict(zip("1234", gone, strict=True))


def test_the_film_goes_along_its_nodes_in_order() -> None:
    async def first(state: FilmState, given: Given) -> FilmState:
        return {"concept": "c", "shots": {"s1": "1"}}

    async def second(state: FilmState, given: Given) -> FilmState:
        return {"screenplay": state["concept"] + "!", "shots": {"s2": "2"}}

    state = asyncio.run(along([first, second], {"shots": {}}, NO_CONTEXT))
    assert state == {"concept": "c", "screenplay": "c!", "shots": {"s1": "1", "s2": "2"}}


def test_what_a_revision_loads_is_without_the_graph_engine_and_the_chinese_dictionary() -> None:
    told = "import sys, nightshoot.cli.wiring, nightshoot.revisions; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert not {"langgraph", "langchain_core", "langsmith", "rjieba", "torch"} & {
        *ran.stdout.split()
    }
