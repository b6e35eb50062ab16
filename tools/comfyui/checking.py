"""Names what a server lacks for a workflow, before anything is queued."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.catalogue import Catalogue, InputKind, NodeKind
from nightshoot.tools.comfyui.workflow import Node, Workflow, link_of

_TOLD = 4
"""How many faults one message names; more are counted."""


def needed(workflow: Workflow, catalogue: Catalogue) -> Workflow:
    """Gives the part of a workflow that leads to a result.

    A node of an unknown type at an end may be the one that saves: it stays, and is told as missing.
    """
    consumed = {link.node for node in workflow.nodes.values() for link in node.links.values()}
    ends = []
    for node in workflow.nodes.values():
        kind = catalogue.kind(node.class_type)
        if kind is None:
            if node.links and node.id not in consumed:
                ends.append(node.id)
        elif kind.gives_results:
            ends.append(node.id)
    return workflow.only(workflow.before(ends))


def check(
    workflow: Workflow, catalogue: Catalogue, *, name: str, address: str, unchecked: Collection[str]
) -> None:
    """Refuses a workflow that the server cannot run.

    Args:
        workflow: what would be queued.
        catalogue: the server's.
        name: the workflow's file, for messages.
        address: the server's, for messages.
        unchecked: inputs, as `12.lora_name`, whose values are not looked up.

    Raises:
        InputError: nodes, models or options are missing; each is named.
    """
    faults = [
        *_missing_nodes(workflow, catalogue),
        *(
            fault
            for node in workflow.nodes.values()
            if (kind := catalogue.kind(node.class_type)) is not None
            for fault in _faults_of(node, kind, workflow, catalogue, unchecked)
        ),
    ]
    if not faults and not workflow.nodes:
        faults = ["it has no node that saves a picture or a video"]
    if faults:
        rest = f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
        raise InputError(
            f"the workflow {name} cannot run on {address}: {'; '.join(faults[:_TOLD])}{rest}"
        )


def _missing_nodes(workflow: Workflow, catalogue: Catalogue) -> Iterator[str]:
    by_type: dict[str, list[str]] = {}
    for node in workflow.nodes.values():
        if node.class_type not in catalogue:
            by_type.setdefault(node.class_type, []).append(node.id)
    for class_type, ids in by_type.items():
        near = _near(class_type, catalogue.names)
        yield (
            f"it has no node type {class_type!r} (node {', '.join(ids)}): install the custom nodes "
            f"that bring it{near}"
        )


def _faults_of(
    node: Node,
    kind: NodeKind,
    workflow: Workflow,
    catalogue: Catalogue,
    unchecked: Collection[str],
) -> Iterator[str]:
    for wanted in kind.inputs.values():
        if wanted.name not in node.inputs:
            if wanted.required and not _optional_in_truth(wanted):
                yield f"node {node.called} has no {wanted.name}, which it needs"
            continue
        value = node.inputs[wanted.name]
        link = link_of(value)
        if link is not None:
            yield from _wrong_link(node, wanted, workflow, catalogue)
        elif f"{node.id}.{wanted.name}" not in unchecked:
            yield from _wrong_value(node, wanted, value)


def _optional_in_truth(wanted: InputKind) -> bool:
    """Whether what is called required is filled by the server itself: inputs that grow in number.

    Source: ComfyUI comfy_api/latest/_io.py: types that begin with COMFY_ expand to other inputs.
    """
    return wanted.type.startswith("COMFY_")


def _wrong_link(
    node: Node, wanted: InputKind, workflow: Workflow, catalogue: Catalogue
) -> Iterator[str]:
    link = node.links[wanted.name]
    if link.node not in workflow.nodes:
        yield f"{wanted.name} of node {node.called} comes from node {link.node}, which is not there"
        return
    source = catalogue.kind(workflow.nodes[link.node].class_type)
    if source is not None and not 0 <= link.slot < len(source.outputs):
        yield (
            f"{wanted.name} of node {node.called} comes from output {link.slot} of node "
            f"{workflow.nodes[link.node].called}, which has {len(source.outputs)}"
        )


def _wrong_value(node: Node, wanted: InputKind, value: JsonValue) -> Iterator[str]:
    where = f"{wanted.name} of node {node.called}"
    if wanted.type == "COMBO":
        if wanted.open or not wanted.options or value in wanted.options:
            # A choice without a list is filled elsewhere; the server judges it.
            return
        if all(isinstance(option, (bool, int, float)) for option in wanted.options):
            yield f"{where} is {value!r}; it offers {_some(wanted.options)}"
            return
        near = _near(str(value), tuple(str(option) for option in wanted.options))
        yield f"{where} is {str(value)[:80]!r}, which the server does not offer{near}"
    elif wanted.type in ("INT", "FLOAT"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            if not _is_number(value):
                yield f"{where} is {str(value)[:40]!r}, not a number"
        elif wanted.minimum is not None and value < wanted.minimum:
            yield f"{where} is {value}, below {wanted.minimum:g}"
        elif wanted.maximum is not None and value > wanted.maximum:
            yield f"{where} is {value}, above {wanted.maximum:g}"


def _is_number(value: JsonValue) -> bool:
    """Whether the server can make a number of it, as `int(value)` and `float(value)` do."""
    if not isinstance(value, (str, bool)):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


def _near(wanted: str, offered: tuple[str, ...]) -> str:
    """Gives `: did you mean ...`, or what there is, or nothing."""
    plain = {_plain(one): one for one in offered}
    if (same := plain.get(_plain(wanted))) and same != wanted:
        # The same file in another folder, or with the other system's slash.
        return f": write {same!r}"
    stems = {_stem(one): one for one in offered}
    found = get_close_matches(_stem(wanted), stems, n=3, cutoff=0.6)
    if found:
        return f": did you mean {' or '.join(repr(stems[one]) for one in found)}?"
    if len(offered) <= 8:
        return f": it has {_some(offered)}" if offered else ": it has none of its kind"
    return ""


def _plain(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].casefold()


def _stem(name: str) -> str:
    """Gives a name without its ending, which is the same for most models and says nothing."""
    plain = _plain(name)
    return plain.rpartition(".")[0] or plain


def _some(options: tuple[JsonValue, ...]) -> str:
    return ", ".join(str(option)[:60] for option in options[:8])
