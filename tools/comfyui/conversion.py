"""Turns a graph of the editor into what the server takes, as the editor's own export does.

Virtual nodes (reroutes, primitives, notes, Set and Get) end; bypassed nodes are passed through;
muted ones are gone; subgraphs are unfolded, their nodes named `outer:inner`. Source:
ComfyUI_frontend, src/utils/executionUtil.ts (`graphToPrompt`) and litegraph's
ExecutableNodeDTO.ts (`resolveInput`, `resolveOutput`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.catalogue import Catalogue
from nightshoot.tools.comfyui.graph import BYPASSED, INPUTS, MUTED, OUTPUTS, Box, Canvas, Graph
from nightshoot.tools.comfyui.widgets import widget_values
from nightshoot.tools.comfyui.workflow import Handle, Node, Workflow

_REMARKS = frozenset({"Note", "MarkdownNote"})
_REROUTES = frozenset({"Reroute", "Reroute (rgthree)"})
_PRIMITIVE, _SET, _GET = "PrimitiveNode", "SetNode", "GetNode"
"""Nodes that live in the editor alone. Source: ComfyUI_frontend, src/extensions/core
(noteNode.ts, rerouteNode.ts, widgetInputs.ts); KJNodes, web/js/setgetnodes.js."""

_PASSES = _REROUTES | {_SET}

_DEEPEST = 32
"""Levels of subgraphs; more is a circle."""


@dataclass(frozen=True, slots=True)
class _From:
    """An output of a node that the server has."""

    node: str
    slot: int


@dataclass(frozen=True, slots=True)
class _Given:
    """A value in place of a link, and the title of what holds it."""

    value: JsonValue
    title: str = ""


_Source = _From | _Given | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A level of the graph where it stands in the whole."""

    canvas: Canvas
    path: str = ""
    """What ids begin with here: `12:`."""
    outer: _Place | None = None
    box: Box | None = None
    """The node of the outer level that stands for this one."""
    values: Mapping[tuple[str, str], JsonValue] = field(default_factory=dict)
    """Widgets of this level's nodes that are set from outside."""


def converted(graph: Graph, catalogue: Catalogue, name: str) -> Workflow:
    """Gives the workflow that a graph stands for.

    Args:
        graph: the editor's graph.
        catalogue: the server's node types, which say what the saved values are for.
        name: the workflow's file, for messages.

    Raises:
        InputError: the graph has something that only the editor can export.
    """
    return _Conversion(graph, catalogue, name).workflow()


class _Conversion:
    def __init__(self, graph: Graph, catalogue: Catalogue, name: str) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._name = name
        self._nodes: dict[str, Node] = {}
        self._handles: list[Handle] = []

    def workflow(self) -> Workflow:
        self._level(_Place(canvas=self._graph.canvas))
        nodes = {}
        for node in self._nodes.values():
            # What came from a muted node is not linked any more.
            gone = [name for name, link in node.links.items() if link.node not in self._nodes]
            inputs = {name: value for name, value in node.inputs.items() if name not in gone}
            nodes[node.id] = Node(
                id=node.id, class_type=node.class_type, title=node.title, inputs=inputs
            )
        return Workflow(nodes=nodes, handles=tuple(self._handles))

    def _level(self, place: _Place) -> None:
        for box in place.canvas.boxes.values():
            if box.silent or _is_virtual(box):
                continue
            if box.type in self._graph.subgraphs:
                self._level(self._inside(place, box))
            elif box.type.startswith(("workflow>", "workflow/")):
                raise self._error(f"node {box.id} is a group node, which only the editor unfolds")
            else:
                self._node(place, box)

    def _node(self, place: _Place, box: Box) -> None:
        kind = self._catalogue.kind(box.type)
        linked = any(slot.link is not None for slot in box.inputs)
        if kind is None and not linked and not box.outputs:
            # A label or a button of the editor.
            return
        inputs = widget_values(box, kind) if kind is not None else {}
        for (node, name), value in place.values.items():
            if node == box.id:
                inputs[name] = value
        id_ = f"{place.path}{box.id}"
        for number, slot in enumerate(box.inputs):
            source = self._source(place, box, number, frozenset())
            if isinstance(source, _From):
                inputs[slot.name] = [source.node, source.slot]
            elif isinstance(source, _Given):
                inputs[slot.name] = source.value
                if source.title:
                    self._handles.append(Handle(title=source.title, node=id_, input=slot.name))
        shown = kind.name if kind is not None else box.type
        self._nodes[id_] = Node(
            id=id_, class_type=box.type, title=box.title or shown, inputs=inputs
        )

    def _inside(self, place: _Place, box: Box) -> _Place:
        """Gives the level that a node stands for, with the values that the node sets there."""
        if place.path.count(":") >= _DEEPEST:
            raise self._error("its subgraphs hold each other in a circle")
        canvas = self._graph.subgraphs[box.type]
        proxies = _proxies(box)
        values = {
            place_: value
            for place_, value in zip(proxies, box.values, strict=False)
            if len(proxies) == len(box.values) and place_[0] in canvas.boxes
        }
        return _Place(
            canvas=canvas, path=f"{place.path}{box.id}:", outer=place, box=box, values=values
        )

    def _source(self, place: _Place, box: Box, slot: int, seen: frozenset[str]) -> _Source:
        """Gives what an input is fed by, or None where nothing feeds it."""
        if slot >= len(box.inputs):
            return None
        link = box.inputs[slot].link
        wire = place.canvas.wires.get(link) if link is not None else None
        return self._output(place, wire.origin_id, wire.origin_slot, seen) if wire else None

    def _output(self, place: _Place, origin: str, slot: int, seen: frozenset[str]) -> _Source:
        """Gives what stands at an output of a node, whatever virtual nodes lie between."""
        mark = f"{place.path}{origin}.{slot}"
        if mark in seen:
            raise self._error(f"the links around node {origin} go round in a circle")
        seen |= {mark}
        if origin == INPUTS:
            return self._from_outside(place, slot, seen)
        box = place.canvas.boxes.get(origin)
        if box is None or box.mode == MUTED:
            return None
        if box.mode == BYPASSED or box.type in _PASSES:
            through = _bypass(box, slot) if box.mode == BYPASSED else 0
            return self._source(place, box, through, seen) if through is not None else None
        return self._made(place, box, slot, seen)

    def _made(self, place: _Place, box: Box, slot: int, seen: frozenset[str]) -> _Source:
        """Gives what a node that is there makes at one of its outputs."""
        if box.type == _PRIMITIVE:
            return _Given(box.values[0], box.title) if box.values else None
        if box.type == _GET:
            return self._remembered(place, box, seen)
        if box.type in self._graph.subgraphs:
            inside = self._inside(place, box)
            wire = next(
                (
                    wire
                    for wire in inside.canvas.wires.values()
                    if wire.target_id == OUTPUTS and wire.target_slot == slot
                ),
                None,
            )
            return self._output(inside, wire.origin_id, wire.origin_slot, seen) if wire else None
        return _From(f"{place.path}{box.id}", slot)

    def _from_outside(self, place: _Place, slot: int, seen: frozenset[str]) -> _Source:
        """Gives what feeds an input of a subgraph: a link, or a value on its node."""
        outer, box = place.outer, place.box
        if outer is None or box is None or slot >= len(place.canvas.inputs):
            return None
        name = place.canvas.inputs[slot].name
        number = next((i for i, one in enumerate(box.inputs) if one.name == name), None)
        if number is None:
            return None
        source = self._source(outer, box, number, seen)
        if source is not None or box.inputs[number].widget is None:
            return source
        return _own_value(box, name)

    def _remembered(self, place: _Place, box: Box, seen: frozenset[str]) -> _Source:
        name = box.values[0] if box.values else None
        level: _Place | None = place
        while level is not None:
            for one in level.canvas.boxes.values():
                if one.type == _SET and one.mode != MUTED and one.values[:1] == [name]:
                    return self._source(level, one, 0, seen)
            level = level.outer
        return None

    def _error(self, reason: str) -> InputError:
        return InputError(
            f"the workflow {self._name} cannot be read: {reason}; save it with Export (API) in "
            "ComfyUI"
        )


def _is_virtual(box: Box) -> bool:
    return box.type in _REMARKS | _REROUTES | {_PRIMITIVE, _SET, _GET}


def _own_value(box: Box, name: str) -> _Source:
    """Gives the value on a subgraph's node, or None: then that on the inner node holds."""
    proxies = _proxies(box)
    if len(proxies) == len(box.values) and ("-1", name) in proxies:
        return _Given(box.values[proxies.index(("-1", name))])
    widgets = [slot.name for slot in box.inputs if slot.widget is not None]
    if len(widgets) == len(box.values) and name in widgets:
        return _Given(box.values[widgets.index(name)])
    return None


def _proxies(box: Box) -> list[tuple[str, str]]:
    """Gives the inner widgets that a subgraph's node shows: node and widget; -1 is an input."""
    listed = box.properties.get("proxyWidgets")
    return [
        (str(one[0]), str(one[1]))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, list) and len(one) >= 2
    ]


def _bypass(box: Box, slot: int) -> int | None:
    """Gives the input that a bypassed node's output passes on: of the same type, best in place."""
    if slot >= len(box.outputs):
        return None
    wanted = box.outputs[slot].type
    places = [place for place in (slot, *range(len(box.inputs))) if place < len(box.inputs)]
    same = [place for place in places if box.inputs[place].type == wanted]
    any_ = [place for place in places if box.inputs[place].type in ("*", 0)]
    return next(iter([*same, *any_]), None)
