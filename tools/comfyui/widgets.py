"""The values on a node of the editor, by the names of the inputs that they are for.

A saved node lists them in order and without names. The order is that of `/object_info`; after a
seed comes one more value, which tells the editor what to do with the seed.
Source: ComfyUI_frontend, src/scripts/widgets.ts (`addValueControlWidgets`) and
src/services/litegraphService.ts; docs.comfy.org, workflow JSON.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.catalogue import WIDGETS, InputKind, NodeKind
from nightshoot.tools.comfyui.graph import Box

CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})
"""What `control_after_generate` may say. Source: ComfyUI_frontend, ValueControlWidget."""


def widget_values(box: Box, kind: NodeKind) -> dict[str, JsonValue]:
    """Gives the values of a node's widgets by the inputs' names.

    Raises:
        InputError: the saved values do not fit the node as the server has it.
    """
    wanted = [one for one in kind.inputs.values() if _is_widget(one, box)]
    for one in wanted:
        if one.type.startswith("COMFY_"):
            raise InputError(
                f"node {box.id} ({box.type}) has inputs that change with its values: save the "
                "workflow with Export (API) in ComfyUI"
            )
    if box.named:
        return {one.name: _wrapped(box.named[one.name]) for one in wanted if one.name in box.named}
    return _in_order(box, wanted)


def _in_order(box: Box, wanted: list[InputKind]) -> dict[str, JsonValue]:
    values = list(box.values)
    found: dict[str, JsonValue] = {}
    place = 0
    for one in wanted:
        if place >= len(values):
            # The node has had an input added since it was saved: the editor shows its default.
            default = _default(one)
            if default is not None:
                found[one.name] = default
            continue
        value = values[place]
        place += 1
        if not _fits(one, value):
            raise InputError(
                f"node {box.id} ({box.type}) has {str(value)[:40]!r} saved where the server has "
                f"{one.name}: its version has other inputs than the workflow was saved with; open "
                "it in ComfyUI and save it again with Export (API)"
            )
        found[one.name] = _wrapped(value)
        if one.controlled and place < len(values) and _is_control(values[place]):
            place += 1
    return found


def _is_control(value: JsonValue) -> bool:
    return isinstance(value, str) and value in CONTROLS


def _is_widget(one: InputKind, box: Box) -> bool:
    sockets = {slot.name: slot for slot in box.inputs}
    slot = sockets.get(one.name)
    if slot is not None:
        # A widget that was made a socket keeps its place among the values.
        return slot.widget is not None or (
            one.type in WIDGETS and not one.socket and slot.link is None
        )
    return not one.socket and (one.type in WIDGETS or one.type.isupper())


def _default(one: InputKind) -> JsonValue:
    if one.default is not None:
        return one.default
    return one.options[0] if one.type == "COMBO" and one.options else None


def _fits(one: InputKind, value: JsonValue) -> bool:
    if value is None:
        return True
    if one.type == "INT":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if one.type == "FLOAT":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if one.type == "BOOLEAN":
        return isinstance(value, (bool, int))
    if one.type in ("STRING", "COMBO"):
        return not isinstance(value, (list, dict))
    return True


def _wrapped(value: JsonValue) -> JsonValue:
    """Marks a list, which the server would take for a link.

    Source: ComfyUI_frontend, src/utils/executionUtil.ts.
    """
    return {"__value__": value} if isinstance(value, list) else value


def saved_texts(values: list[JsonValue] | Mapping[str, JsonValue] | None) -> list[str]:
    """Gives the texts among saved values."""
    listed = values.values() if isinstance(values, Mapping) else values or []
    return [one for one in listed if isinstance(one, str)]
