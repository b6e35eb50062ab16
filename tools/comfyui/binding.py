"""Finds where a workflow takes what a shot gives, and fills it in.

In the order of what wins: the setting `bind`, placeholders such as `{{prompt}}` in values, titles
that begin with `nightshoot:`, plain titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.catalogue import Catalogue
from nightshoot.tools.comfyui.graph import Graph
from nightshoot.tools.comfyui.roles import (
    PREFIX,
    Role,
    required_role,
    role_of,
    roles_of_title,
)
from nightshoot.tools.comfyui.settings import Scalar
from nightshoot.tools.comfyui.widgets import saved_texts
from nightshoot.tools.comfyui.workflow import Node, Workflow, link_of

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}|]{1,40}?)\s*\}\}")

Bind = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An input that is filled in."""

    role: str
    node: str
    input: str
    picture: bool = False
    template: str = ""
    """The text with placeholders that stands there; empty: the whole value is replaced."""


def find_spots(workflow: Workflow, bind: Bind, own: frozenset[str]) -> tuple[Spot, ...]:
    """Gives every input that is filled in.

    Args:
        workflow: in the server's form.
        bind: for a name, `NODE.INPUT`, or several.
        own: names of the user's own values.

    Raises:
        InputError: `bind` leads nowhere, a placeholder is of an unknown name, or a titled node
            has no input for what its title says.
    """
    bound = tuple(_bound(workflow, bind, own))
    held = tuple(_held(workflow, own))
    taken = {spot.role for spot in (*bound, *held)}
    marked = tuple(_titled(workflow, own, taken, marked=True))
    taken |= {spot.role for spot in marked}
    plain = tuple(_titled(workflow, own, taken, marked=False))
    return (*bound, *held, *marked, *plain)


def roles_in(document: Workflow | Graph, bind: Bind, own: frozenset[str]) -> frozenset[str]:
    """Gives the names of all that a workflow takes, without asking a server what its nodes are.

    Raises:
        InputError: as `find_spots`, as far as it can be known without a server.
    """
    if isinstance(document, Workflow):
        return frozenset(spot.role for spot in find_spots(document, bind, own))
    found = {role.name for name in bind for role in required_role(name, own, "bind")}
    for box in document.boxes:
        found |= {role.name for role in roles_of_title(box.title, own)}
        for text in saved_texts(box.widgets_values):
            for word in _PLACEHOLDER.findall(text):
                where = f"node {box.id} ({box.type})"
                found |= {role.name for role in required_role(word, own, where)}
    return frozenset(found)


def filled(
    workflow: Workflow, spots: Iterable[Spot], values: Mapping[str, Scalar]
) -> tuple[Workflow, frozenset[str]]:
    """Gives the workflow with the values in it, and the nodes whose picture this shot has not.

    A spot without a value keeps what the workflow has there.
    """
    changes: dict[tuple[str, str], JsonValue] = {}
    without: set[str] = set()
    templates: dict[tuple[str, str], str] = {}
    for spot in spots:
        place = (spot.node, spot.input)
        if spot.role not in values:
            if spot.picture:
                without.add(spot.node)
        elif spot.template:
            templates[place] = spot.template
        else:
            changes[place] = values[spot.role]
    for place, template in templates.items():
        changes[place] = _replaced(template, values)
    return workflow.changed(changes), frozenset(without)


def lacking(workflow: Workflow, catalogue: Catalogue, nodes: frozenset[str]) -> Workflow:
    """Gives the workflow without some nodes, and without what cannot work without them.

    An optional link to a node that is gone is cut. A node that needed it is bypassed as the editor
    does: its outputs pass on its input of the same type.

    Raises:
        InputError: nothing would be left that gives a result.
    """
    current = workflow
    waiting = [node for node in nodes if node in current.nodes]
    while waiting:
        gone = waiting.pop()
        if gone not in current.nodes:
            continue
        current, broken = _cut(current, catalogue, gone)
        waiting.extend(broken)
    ends = [
        node.id
        for node in current.nodes.values()
        if (kind := catalogue.kind(node.class_type)) is not None and kind.gives_results
    ]
    if workflow.nodes and not ends:
        called = ", ".join(workflow.nodes[node].called for node in sorted(nodes))
        raise InputError(
            f"the workflow needs the picture of node {called}, which this shot has not: use a "
            "workflow that does without it"
        )
    return current


def _cut(workflow: Workflow, catalogue: Catalogue, gone: str) -> tuple[Workflow, list[str]]:
    """Removes one node; gives what is left, and the nodes that cannot work without it."""
    around = _passed_on(workflow, catalogue, workflow.nodes[gone])
    nodes, broken = {}, []
    for node in workflow.nodes.values():
        if node.id == gone:
            continue
        kind = catalogue.kind(node.class_type)
        inputs = dict(node.inputs)
        for name, link in node.links.items():
            if link.node != gone:
                continue
            instead = around.get(link.slot)
            if instead is not None:
                inputs[name] = instead
                continue
            del inputs[name]
            if kind is not None and name in kind.inputs and kind.inputs[name].required:
                broken.append(node.id)
        nodes[node.id] = Node(
            id=node.id, class_type=node.class_type, title=node.title, inputs=inputs
        )
    left = Workflow(nodes=nodes).only(nodes)
    return Workflow(
        nodes=left.nodes,
        handles=tuple(handle for handle in workflow.handles if handle.node in nodes),
    ), list(dict.fromkeys(broken))


def _passed_on(workflow: Workflow, catalogue: Catalogue, node: Node) -> dict[int, JsonValue]:
    """Gives, for each output of a node, the link that its input of the same type has."""
    kind = catalogue.kind(node.class_type)
    if kind is None:
        return {}
    sockets = [
        one for one in kind.inputs.values() if link_of(node.inputs.get(one.name)) is not None
    ]
    found: dict[int, JsonValue] = {}
    used: set[str] = set()
    for slot, type_ in enumerate(kind.outputs):
        alike = [one for one in sockets if one.type == type_]
        # Two outputs of one type pass on two inputs of it: positive and negative words.
        chosen = next((one for one in alike if one.name not in used), alike[0] if alike else None)
        if chosen is not None:
            used.add(chosen.name)
            found[slot] = node.inputs[chosen.name]
    return found


def _bound(workflow: Workflow, bind: Bind, own: frozenset[str]) -> Iterable[Spot]:
    for word, wanted in bind.items():
        roles = required_role(word, own, "bind")
        for one in (wanted,) if isinstance(wanted, str) else wanted:
            node, _, name = one.partition(".")
            if node not in workflow.nodes:
                some = ", ".join(list(workflow.nodes)[:12])
                raise InputError(f"bind: {word} = {one!r}: there is no node {node}; it has {some}")
            if len(roles) > 1:
                raise InputError(f"bind: write width and height each by itself, not {word}")
            yield Spot(role=roles[0].name, node=node, input=name, picture=roles[0].picture)


def _held(workflow: Workflow, own: frozenset[str]) -> Iterable[Spot]:
    for node in workflow.nodes.values():
        for name, value in node.inputs.items():
            if not isinstance(value, str):
                continue
            for word in _PLACEHOLDER.findall(value):
                roles = required_role(word, own, f"{name} of node {node.called}")
                if len(roles) > 1:
                    raise InputError(
                        f"{name} of node {node.called}: write {{{{width}}}} or {{{{height}}}}, "
                        f"not {{{{{word}}}}}"
                    )
                yield Spot(
                    role=roles[0].name,
                    node=node.id,
                    input=name,
                    picture=roles[0].picture,
                    template=value,
                )


def _titled(
    workflow: Workflow, own: frozenset[str], taken: Iterable[str], *, marked: bool
) -> Iterable[Spot]:
    done = set(taken)
    for handle in workflow.handles:
        if _is_marked(handle.title) is marked:
            for role in roles_of_title(handle.title, own):
                if role.name not in done:
                    yield Spot(
                        role=role.name, node=handle.node, input=handle.input, picture=role.picture
                    )
    for node in workflow.nodes.values():
        if _is_marked(node.title) is not marked:
            continue
        for role in roles_of_title(node.title, own):
            if role.name in done:
                continue
            names = _inputs_for(node, role)
            if not names and marked:
                raise InputError(_no_input(node, role))
            for name in names:
                yield Spot(role=role.name, node=node.id, input=name, picture=role.picture)


def _inputs_for(node: Node, role: Role) -> tuple[str, ...]:
    names = tuple(
        name for name in role.inputs if name in node.inputs and link_of(node.inputs[name]) is None
    )
    return names if role.whole else names[:1]


def _no_input(node: Node, role: Role) -> str:
    linked = [name for name in role.inputs if name in node.links]
    if linked:
        source = node.links[linked[0]].node
        return (
            f"{linked[0]} of node {node.called} comes from node {source}: title that one "
            f"{PREFIX}{role.name} instead"
        )
    plain = [name for name, value in node.inputs.items() if link_of(value) is None]
    return (
        f"node {node.called} has no input for {role.name}: bind one in the settings, such as "
        f'bind = {{"{role.name}" = "{node.id}.{plain[0] if plain else "INPUT"}"}}'
    )


def _is_marked(title: str) -> bool:
    return title.strip().casefold().startswith(PREFIX)


def _replaced(template: str, values: Mapping[str, Scalar]) -> JsonValue:
    """Fills a text once: what is filled in is not looked through again."""
    own = frozenset(values)

    def value_of(match: re.Match[str]) -> Scalar:
        role = role_of(match.group(1), own)
        return values.get(role[0].name, "") if role else match.group(0)

    whole = _PLACEHOLDER.fullmatch(template.strip())
    if whole is not None:
        return value_of(whole)
    return _PLACEHOLDER.sub(lambda match: str(value_of(match)), template)
