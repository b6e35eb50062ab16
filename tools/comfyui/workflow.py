"""A workflow as ComfyUI's server takes it: nodes by id, each with its values and links.

Source: ComfyUI server.py (`post_prompt`) and execution.py (`validate_prompt`), the API format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.settings import MIB

MOST_BYTES = 32 * MIB
"""A workflow file is not larger. Source: the largest of ComfyUI's own templates is below 1 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where an input comes from."""

    node: str
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One step of a workflow."""

    id: str
    class_type: str
    title: str
    """What its header reads; the type where nobody titled it."""
    inputs: Mapping[str, JsonValue]
    """Values, and links as `[node, slot]`."""

    @property
    def links(self) -> dict[str, Link]:
        """The inputs that come from other nodes."""
        found = {name: link_of(value) for name, value in self.inputs.items()}
        return {name: link for name, link in found.items() if link is not None}

    @property
    def called(self) -> str:
        """The name for messages: `6 (CLIPTextEncode)`, or with its title."""
        kind = self.class_type
        return f"{self.id} ({kind})" if self.title in ("", kind) else f"{self.id} ({self.title})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A title that stands for an input: of a primitive node, which the server never sees."""

    title: str
    node: str
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The nodes of a workflow, by id."""

    nodes: Mapping[str, Node]
    handles: tuple[Handle, ...] = field(default=())

    def changed(self, changes: Mapping[tuple[str, str], JsonValue]) -> Workflow:
        """Gives the workflow with other values, by node and input."""
        nodes = dict(self.nodes)
        for (node, name), value in changes.items():
            nodes[node] = replace(nodes[node], inputs={**nodes[node].inputs, name: value})
        return replace(self, nodes=nodes)

    def only(self, ids: Iterable[str]) -> Workflow:
        """Gives the workflow with some of its nodes."""
        kept = set(ids)
        return Workflow(
            nodes={name: node for name, node in self.nodes.items() if name in kept},
            handles=tuple(handle for handle in self.handles if handle.node in kept),
        )

    def before(self, ids: Iterable[str]) -> set[str]:
        """Gives these nodes and every node that they depend on."""
        found: set[str] = set()
        waiting = [one for one in ids if one in self.nodes]
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found.add(one)
            links = self.nodes[one].links.values()
            waiting.extend(link.node for link in links if link.node in self.nodes)
        return found

    def payload(self) -> dict[str, JsonValue]:
        """Gives what the server takes as `prompt`."""
        return {
            node.id: {
                "class_type": node.class_type,
                "inputs": dict(node.inputs),
                "_meta": {"title": node.title},
            }
            for node in self.nodes.values()
        }


def link_of(value: JsonValue) -> Link | None:
    """Gives what `[node, slot]` links to, or None for a plain value."""
    if isinstance(value, list) and len(value) == 2:
        node, slot = value
        if isinstance(node, (str, int)) and isinstance(slot, int) and not isinstance(slot, bool):
            return Link(node=str(node), slot=slot)
    return None


class _Meta(BaseModel):
    title: str = ""


class _ApiNode(BaseModel):
    model_config = ConfigDict(extra="ignore")

    class_type: str = Field(min_length=1)
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    meta: _Meta = Field(default_factory=_Meta, alias="_meta")


def parsed(data: bytes, name: str) -> dict[str, JsonValue]:
    """Gives the object that a workflow file holds.

    Raises:
        InputError: it is no JSON, or no object.
    """
    if len(data) > MOST_BYTES:
        raise InputError(f"the workflow {name} is larger than {MOST_BYTES // MIB} MiB")
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            f"the workflow {name} is not JSON ({reason}): save it again with Export in ComfyUI"
        ) from None
    if not isinstance(document, dict) or not document:
        raise InputError(f"the workflow {name} holds no nodes: save it again with Export (API)")
    prompt = document.get("prompt")
    if isinstance(prompt, dict) and "nodes" not in document:
        # As a program sends it to the server.
        return prompt
    return document


def read_api(document: Mapping[str, JsonValue], name: str) -> Workflow:
    """Gives the workflow of a document in API format.

    Raises:
        InputError: something in it is no node.
    """
    nodes = {}
    for id_, value in document.items():
        try:
            node = _ApiNode.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "it"
            raise InputError(
                f"the workflow {name}: node {id_!r} cannot be read ({where}: {first['msg']}): save "
                "it again with Export (API) in ComfyUI"
            ) from None
        nodes[id_] = Node(
            id=id_,
            class_type=node.class_type,
            title=node.meta.title or node.class_type,
            inputs=node.inputs,
        )
    for one in nodes.values():
        for input_, link in one.links.items():
            if link.node not in nodes:
                raise InputError(
                    f"the workflow {name}: {input_} of node {one.called} comes from node "
                    f"{link.node}, which is not there"
                )
    return Workflow(nodes=nodes)
