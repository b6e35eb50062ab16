"""What the fake server makes of a workflow: coloured noise of the size and length asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

from nightshoot.tools.comfyui.workflow import Node, Workflow, link_of

Frames = list[npt.NDArray[np.uint8]]

_SIZED = ("EmptyLatentImage", "WanImageToVideo", "WanFirstLastFrameToVideo")


def in_order(workflow: Workflow) -> list[Node]:
    """Gives the nodes, each after those that it depends on."""
    done: list[Node] = []
    seen: set[str] = set()

    def visit(node: Node) -> None:
        if node.id in seen:
            return
        seen.add(node.id)
        for link in node.links.values():
            visit(workflow.nodes[link.node])
        done.append(node)

    for node in workflow.nodes.values():
        visit(node)
    return done


def number(workflow: Workflow, node: Node, name: str) -> int:
    """Gives an input as a whole number, wherever it comes from."""
    value = _value(workflow, node, name)
    return int(value) if isinstance(value, (int, float, str)) else 0


def results(
    workflow: Workflow, folder: Path, uploads: Mapping[str, bytes], *, small: bool
) -> dict[str, JsonValue]:
    """Saves what the nodes at the ends give; tells it as the history does.

    Args:
        workflow: what runs.
        folder: of the server.
        uploads: the pictures that were uploaded, by name; they decide the pixels.
        small: of another size than was asked.
    """
    outputs: dict[str, JsonValue] = {}
    for node in workflow.nodes.values():
        if node.class_type in ("SaveImage", "PreviewImage"):
            outputs[node.id] = _pictures(workflow, node, folder, uploads, small=small)
        elif node.class_type in ("SaveVideo", "VHS_VideoCombine"):
            outputs[node.id] = _video(workflow, node, folder, uploads, small=small)
    return outputs


def _pictures(
    workflow: Workflow, node: Node, folder: Path, uploads: Mapping[str, bytes], *, small: bool
) -> JsonValue:
    import cv2

    saved = node.class_type == "SaveImage"
    type_ = "output" if saved else "temp"
    prefix = str(node.inputs["filename_prefix"]) if saved else f"shown_{node.id}"
    listed: list[JsonValue] = []
    for index, frame in enumerate(_frames(workflow, node, uploads, small=small)):
        path = _path(folder / type_, prefix, index, ".png")
        path.write_bytes(cv2.imencode(".png", frame)[1].tobytes())
        listed.append(_told(path, folder, type_))
    return {"images": listed}


def _video(
    workflow: Workflow, node: Node, folder: Path, uploads: Mapping[str, bytes], *, small: bool
) -> JsonValue:
    from nightshoot.tools.video.encode import FrameWriter

    frames = _frames(workflow, node, uploads, small=small)
    holder = node
    if node.class_type == "SaveVideo" and (link := link_of(node.inputs["video"])):
        holder = workflow.nodes[link.node]
    name = "fps" if holder.class_type == "CreateVideo" else "frame_rate"
    fps = Fraction(str(_value(workflow, holder, name)))
    path = _path(folder / "output", str(node.inputs["filename_prefix"]), 0, ".mp4")
    high, wide = frames[0].shape[:2]
    with FrameWriter(path, width=wide, height=high, fps=fps) as writer:
        for frame in frames:
            writer.write(np.ascontiguousarray(frame[:, :, ::-1]))
    told = _told(path, folder, "output")
    if node.class_type == "SaveVideo":
        return {"images": [told], "animated": [True]}
    return {"gifs": [told]}


def _frames(workflow: Workflow, node: Node, uploads: Mapping[str, bytes], *, small: bool) -> Frames:
    """Gives the frames that reach a node, `(height, width, 3)` uint8 BGR."""
    import cv2

    before = workflow.only(workflow.before([node.id]))
    told = {
        one.id: {name: value for name, value in one.inputs.items() if name != "filename_prefix"}
        for one in before.nodes.values()
    }
    seen = [
        hashlib.sha256(uploads.get(str(one.inputs["image"]), b"")).hexdigest()
        for one in before.nodes.values()
        if one.class_type == "LoadImage"
    ]
    text = json.dumps([told, seen], sort_keys=True)
    random = np.random.default_rng(int(hashlib.sha256(text.encode()).hexdigest()[:12], 16))
    sized = next((one for one in before.nodes.values() if one.class_type in _SIZED), None)
    wide, high, count = 64, 64, 1
    if sized is not None:
        wide, high = number(before, sized, "width"), number(before, sized, "height")
        length = "length" if "length" in sized.inputs else "batch_size"
        count = number(before, sized, length)
    if small:
        wide, high = max(16, wide // 4 * 2), max(16, high // 4 * 2)
    coarse = random.integers(40, 216, (9, 9, 3), np.uint8)
    picture = cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC)
    return [
        np.ascontiguousarray(np.roll(picture, 2 * index, axis=1), np.uint8)
        for index in range(count)
    ]


def _value(workflow: Workflow, node: Node, name: str) -> JsonValue:
    value = node.inputs.get(name)
    link = link_of(value)
    return _value(workflow, workflow.nodes[link.node], "value") if link else value


def _path(folder: Path, prefix: str, index: int, suffix: str) -> Path:
    path = folder / f"{PurePosixPath(prefix)}_{index + 1:05}_{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _told(path: Path, folder: Path, type_: str) -> JsonValue:
    inside = path.relative_to(folder / type_)
    parent = "" if inside.parent == Path() else inside.parent.as_posix()
    return {"filename": inside.name, "subfolder": parent, "type": type_}
