"""What a server can do, from its `/object_info`: node types, their inputs, the models it has.

Source: ComfyUI server.py (`node_info`) and execution.py (`validate_inputs`); the older way to write
a choice is a list in place of the type, the newer is `["COMBO", {"options": [...]}]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from nightshoot.errors import BackendError

WIDGETS = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})
"""Types whose value is written on the node itself. Source: ComfyUI_frontend, scripts/widgets."""

_FROM_FILES = ("image_upload", "video_upload", "animated_image_upload", "audio_upload", "upload")
"""Options of a choice that lists files which may be uploaded after it was asked for."""

_CONTROLLED = frozenset({"seed", "noise_seed"})
"""Source: ComfyUI_frontend: integer widgets of these names get `control_after_generate`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputKind:
    """One input of a node type."""

    name: str
    type: str
    required: bool
    options: tuple[JsonValue, ...] = ()
    """What a choice offers."""
    open: bool = False
    """The choice takes what it does not list: files that are uploaded, lists fetched elsewhere."""
    default: JsonValue = None
    minimum: float | None = None
    maximum: float | None = None
    controlled: bool = False
    """A saved workflow has one more value after it: what the editor does with a seed."""
    socket: bool = False
    """It is only ever linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKind:
    """One node type."""

    name: str
    inputs: Mapping[str, InputKind]
    """In the order of the node."""
    outputs: tuple[str, ...]
    """The types of its outputs."""
    gives_results: bool
    """Its results are kept in the history: it saves or shows something."""


@dataclass(slots=True)
class Catalogue:
    """The node types of a server, read as they are needed."""

    document: Mapping[str, JsonValue]
    _read: dict[str, NodeKind | None] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.document

    def kind(self, name: str) -> NodeKind | None:
        """Gives a node type, or None where the server has none of that name."""
        if name not in self._read:
            info = self.document.get(name)
            self._read[name] = _node_kind(name, info) if isinstance(info, dict) else None
        return self._read[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Every node type."""
        return tuple(self.document)


def read_catalogue(document: JsonValue, address: str) -> Catalogue:
    """Gives the catalogue that a server sent.

    Raises:
        BackendError: it sent something else.
    """
    if not isinstance(document, dict) or not any(
        isinstance(info, dict) and "input" in info for info in document.values()
    ):
        raise BackendError(f"{address} lists no nodes: it does not seem to be a ComfyUI server")
    return Catalogue(document)


def _node_kind(name: str, info: Mapping[str, JsonValue]) -> NodeKind:
    inputs: dict[str, InputKind] = {}
    sections = _mapping(info.get("input"))
    order = _mapping(info.get("input_order"))
    for section in ("required", "optional"):
        given = _mapping(sections.get(section))
        listed = order.get(section)
        names = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        for one in [*(one for one in names if one in given), *given]:
            if one not in inputs:
                inputs[one] = _input_kind(one, given[one], required=section == "required")
    outputs = info.get("output")
    return NodeKind(
        name=name,
        inputs=inputs,
        outputs=tuple(
            one if isinstance(one, str) else "COMBO"
            for one in (outputs if isinstance(outputs, list) else [])
        ),
        gives_results=info.get("output_node") is True,
    )


def _input_kind(name: str, told: JsonValue, *, required: bool) -> InputKind:
    parts = told if isinstance(told, list) else [told]
    head = parts[0] if parts else "*"
    options = _mapping(parts[1]) if len(parts) > 1 else {}
    offered: JsonValue = head if isinstance(head, list) else options.get("options")
    chosen = isinstance(head, list) or head == "COMBO"
    type_ = "COMBO" if chosen else head if isinstance(head, str) else "*"
    controlled = options.get("control_after_generate")
    return InputKind(
        name=name,
        type=type_,
        required=required,
        options=tuple(offered) if chosen and isinstance(offered, list) else (),
        open=any(options.get(one) for one in _FROM_FILES) or "remote" in options,
        default=options.get("default"),
        minimum=_number(options.get("min")),
        maximum=_number(options.get("max")),
        controlled=bool(controlled) or (name in _CONTROLLED and type_ == "INT"),
        socket=bool(options.get("forceInput") or options.get("rawLink")),
    )


def _mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
