"""The workflow file of a backend: read once, in whichever format, and made ready for a shot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.binding import Bind, filled, find_spots, lacking, roles_in
from nightshoot.tools.comfyui.catalogue import Catalogue
from nightshoot.tools.comfyui.checking import check, needed
from nightshoot.tools.comfyui.conversion import converted
from nightshoot.tools.comfyui.graph import Graph, is_graph, read_graph
from nightshoot.tools.comfyui.settings import Scalar
from nightshoot.tools.comfyui.workflow import MOST_BYTES, Workflow, parsed, read_api


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A workflow file."""

    name: str
    content: Workflow | Graph
    digest: str
    """SHA-256 of the file's bytes."""
    bind: Bind = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    """Names of the user's own values."""
    unchecked: frozenset[str] = frozenset()

    @classmethod
    def read(
        cls,
        path: Path,
        *,
        bind: Bind,
        own: frozenset[str] = frozenset(),
        unchecked: tuple[str, ...] = (),
    ) -> Document:
        """Reads a workflow file.

        Raises:
            InputError: it cannot be read, or something in it is no workflow.
        """
        try:
            if path.stat().st_size > MOST_BYTES:
                raise InputError(f"the workflow {path} is too large to be one")
            data = path.read_bytes()
        except OSError as error:
            raise InputError(
                f"the workflow {path} cannot be read: {error.strerror}; save it there with Export "
                "(API) in ComfyUI"
            ) from None
        document = parsed(data, path.name)
        content = (
            read_graph(document, path.name) if is_graph(document) else read_api(document, path.name)
        )
        return cls(
            name=path.name,
            content=content,
            digest=hashlib.sha256(data).hexdigest(),
            bind=dict(bind),
            own=own,
            unchecked=frozenset(unchecked),
        )

    def roles(self) -> frozenset[str]:
        """Gives the names of all that the workflow takes. Raises InputError as `roles_in`."""
        return roles_in(self.content, self.bind, self.own)

    def ready(self, values: Mapping[str, Scalar], catalogue: Catalogue, address: str) -> Workflow:
        """Gives what is queued for one shot, checked against a server.

        Args:
            values: by role: words, numbers, and the names that uploaded pictures have there.
            catalogue: the server's.
            address: the server's, for messages.

        Raises:
            InputError: the server cannot run it; all that is missing is named.
        """
        workflow = (
            converted(self.content, catalogue, self.name)
            if isinstance(self.content, Graph)
            else self.content
        )
        spots = find_spots(workflow, self.bind, self.own)
        workflow, without = filled(workflow, spots, values)
        workflow = needed(workflow, catalogue)
        if all(node.class_type in catalogue for node in workflow.nodes.values()):
            # A node of an unknown type cannot be bypassed: it is refused below.
            workflow = needed(lacking(workflow, catalogue, without), catalogue)
        # The server lists what was uploaded only when it is asked again.
        uploaded = {f"{spot.node}.{spot.input}" for spot in spots if spot.picture}
        check(
            workflow,
            catalogue,
            name=self.name,
            address=address,
            unchecked=self.unchecked | uploaded,
        )
        return workflow


def named_apart(workflow: Workflow, catalogue: Catalogue, prompt_id: str) -> Workflow:
    """Gives the workflow with its results saved below a folder of this job.

    So no job gives another's files, and a result that was deleted on the server is made again
    rather than taken out of its cache.
    """
    changes = {}
    for node in workflow.nodes.values():
        kind = catalogue.kind(node.class_type)
        prefix = node.inputs.get("filename_prefix")
        if kind is not None and kind.gives_results and isinstance(prefix, str):
            changes[node.id, "filename_prefix"] = f"nightshoot/{prompt_id}"
    return workflow.changed(changes)
