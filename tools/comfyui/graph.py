"""A workflow as ComfyUI's editor saves it: nodes on a canvas, links by number, subgraphs.

Only what decides the picture is read. Source: Comfy-Org/ComfyUI_frontend,
src/schemas/comfyWorkflowSchema.ts, versions 0.4 (links as lists) and 1 (links as objects).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from nightshoot.errors import InputError

MUTED, BYPASSED = 2, 4
"""Source: litegraph, LGraphEventMode.NEVER and BYPASS."""

INPUTS, OUTPUTS = "-10", "-20"
"""The ids of a subgraph's own ends. Source: litegraph, SUBGRAPH_INPUT_ID and SUBGRAPH_OUTPUT_ID."""


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, BeforeValidator(_as_text)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class WidgetName(_Part):
    """Which widget an input socket stands for."""

    name: str = ""


class Slot(_Part):
    """An input or an output of a node."""

    name: str = ""
    type: JsonValue = "*"
    link: int | None = None
    widget: WidgetName | None = None


class Wire(_Part):
    """A link between two nodes."""

    id: int
    origin_id: Id
    origin_slot: int
    target_id: Id
    target_slot: int

    @classmethod
    def of(cls, value: JsonValue) -> Wire:
        """Reads a link as a list or as an object."""
        if isinstance(value, list) and len(value) >= 5:
            names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
            return cls.model_validate(dict(zip(names, value, strict=False)))
        return cls.model_validate(value)


class Box(_Part):
    """A node on the canvas."""

    id: Id
    type: str
    title: str = ""
    mode: int = 0
    inputs: list[Slot] = Field(default_factory=list)
    outputs: list[Slot] = Field(default_factory=list)
    widgets_values: list[JsonValue] | dict[str, JsonValue] | None = None
    properties: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def values(self) -> list[JsonValue]:
        """The widgets' values, where they are saved as a list."""
        return self.widgets_values if isinstance(self.widgets_values, list) else []

    @property
    def named(self) -> Mapping[str, JsonValue]:
        """The widgets' values, where they are saved by name."""
        return self.widgets_values if isinstance(self.widgets_values, dict) else {}

    @property
    def silent(self) -> bool:
        """It is muted or bypassed: nothing is made by it."""
        return self.mode in (MUTED, BYPASSED)


class _Level(_Part):
    id: Id = ""
    name: str = ""
    nodes: list[Box]
    links: list[JsonValue] = Field(default_factory=list)
    inputs: list[Slot] = Field(default_factory=list)
    outputs: list[Slot] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """One level of a graph: the whole, or the inside of a subgraph."""

    id: str
    name: str
    boxes: Mapping[str, Box]
    wires: Mapping[int, Wire]
    inputs: tuple[Slot, ...] = ()
    outputs: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A saved graph."""

    canvas: Canvas
    subgraphs: Mapping[str, Canvas] = field(default_factory=dict)
    """By the type of the nodes that stand for them."""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Every node that is not silent, those inside subgraphs too."""
        found: list[Box] = []
        waiting, seen = [self.canvas], set[str]()
        while waiting:
            canvas = waiting.pop()
            for box in canvas.boxes.values():
                if box.silent:
                    continue
                inside = self.subgraphs.get(box.type)
                if inside is None:
                    found.append(box)
                elif inside.id not in seen:
                    seen.add(inside.id)
                    waiting.append(inside)
        return tuple(found)


def is_graph(document: Mapping[str, JsonValue]) -> bool:
    """Whether a document is in the editor's format."""
    return isinstance(document.get("nodes"), list)


def read_graph(document: Mapping[str, JsonValue], name: str) -> Graph:
    """Gives the graph of a document.

    Raises:
        InputError: something in it cannot be read.
    """
    try:
        canvas = _canvas(_Level.model_validate(document))
        subgraphs = [
            _canvas(_Level.model_validate(one))
            for holder in (document, document.get("extra"))
            for one in _definitions(holder)
        ]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        raise InputError(
            f"the workflow {name} cannot be read ({where}: {first['msg']}): save it again with "
            "Export (API) in ComfyUI"
        ) from None
    if not canvas.boxes:
        raise InputError(f"the workflow {name} holds no nodes")
    return Graph(canvas=canvas, subgraphs={one.id: one for one in subgraphs})


def _canvas(level: _Level) -> Canvas:
    wires = [Wire.of(link) for link in level.links if link is not None]
    return Canvas(
        id=level.id,
        name=level.name,
        boxes={box.id: box for box in level.nodes},
        wires={wire.id: wire for wire in wires},
        inputs=tuple(level.inputs),
        outputs=tuple(level.outputs),
    )


def _definitions(holder: JsonValue | Mapping[str, JsonValue]) -> list[JsonValue]:
    definitions = holder.get("definitions") if isinstance(holder, dict) else None
    found = definitions.get("subgraphs") if isinstance(definitions, dict) else None
    return found if isinstance(found, list) else []
