"""What a finished job left behind: which of its files are wanted, and how it failed.

Source: ComfyUI execution.py (`PromptQueue.task_done`, `handle_execution_error`), nodes.py
(`SaveImage`), comfy_extras/nodes_video.py (`SaveVideo`, whose MP4 is listed under `images`); the
Video Helper Suite lists its files under `gifs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from pydantic import JsonValue

from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.comfyui.roles import is_output
from nightshoot.tools.comfyui.workflow import Workflow, read_api

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
VIDEOS = frozenset({".mp4", ".webm", ".mov", ".mkv", ".avi", ".m4v", ".gif"})
"""Animated WebP is not among them: FFmpeg cannot decode it. Source: FFmpeg ticket 4907."""

_KEYS = ("videos", "gifs", "images", "animated_images")


class Wanted(StrEnum):
    """What a job is to give."""

    PICTURE = "picture"
    VIDEO = "video"
    """A video file, or two or more pictures, which are its frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that the server keeps."""

    filename: str
    subfolder: str
    type: str
    """`output`, or `temp` for what was only shown."""
    node: str

    @property
    def suffix(self) -> str:
        """The end of its name, in small letters."""
        return PurePosixPath(self.filename).suffix.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A job in the history."""

    prompt_id: str
    outputs: tuple[Kept, ...]
    failed: bool
    messages: tuple[tuple[str, Mapping[str, JsonValue]], ...]
    workflow: Workflow | None = None
    """What was queued, as the server remembers it."""

    @property
    def gpu_s(self) -> float | None:
        """How long it ran, in seconds, by the server's clock; None where it does not say."""
        times = {name: data.get("timestamp") for name, data in self.messages}
        begun = times.get("execution_start")
        done = times.get("execution_success")
        if isinstance(begun, (int, float)) and isinstance(done, (int, float)) and done >= begun:
            return (done - begun) / 1000
        return None


def read_ended(prompt_id: str, document: JsonValue) -> Ended | None:
    """Gives the job of this id out of an answer of `/history`, or None where it is not there."""
    entry = document.get(prompt_id) if isinstance(document, dict) else None
    if not isinstance(entry, dict):
        return None
    outputs = entry.get("outputs")
    kept = tuple(_kept(outputs)) if isinstance(outputs, dict) else ()
    status = entry.get("status")
    messages = tuple(_messages(status)) if isinstance(status, dict) else ()
    failed = isinstance(status, dict) and (
        status.get("status_str") == "error" or status.get("completed") is False
    )
    return Ended(
        prompt_id=prompt_id,
        outputs=kept,
        failed=failed,
        messages=messages,
        workflow=_queued(entry.get("prompt")),
    )


def fault_of(ended: Ended, memory: str) -> BackendError:
    """Gives the error that stands for a failed job.

    Memory that ran out is transient: the server lets go of every model then, and another try
    begins with an empty GPU. Source: ComfyUI execution.py, `Got an OOM, unloading all loaded
    models`.

    Args:
        ended: the job.
        memory: what the server says of its memory, for a message.
    """
    for name, data in reversed(ended.messages):
        if name == "execution_interrupted":
            return TransientError("the job was interrupted in ComfyUI: it will be sent again")
        if name == "execution_error":
            return _told(data, ended.workflow, memory)
    return BackendError("ComfyUI says that the job failed, and not why: look into its log")


def chosen(ended: Ended, wanted: Wanted) -> tuple[Kept, ...]:
    """Gives the files that are the job's result: one, or the frames of a video.

    A node titled `output` is asked first, then what was saved, then what was only shown.

    Raises:
        BackendError: the job left nothing of the kind.
    """
    nodes = ended.workflow.nodes if ended.workflow else {}
    order = list(nodes)
    titled = {node.id for node in nodes.values() if is_output(node.title)}

    def rank(kept: Kept) -> tuple[bool, bool, int]:
        place = order.index(kept.node) if kept.node in order else len(order)
        return (kept.node not in titled, kept.type != "output", place)

    ranked = sorted(ended.outputs, key=rank)
    if wanted is Wanted.VIDEO:
        videos = [kept for kept in ranked if kept.suffix in VIDEOS]
        if videos:
            return (videos[0],)
    pictures = [kept for kept in ranked if kept.suffix in PICTURES]
    if pictures and wanted is Wanted.PICTURE:
        return (pictures[0],)
    frames = [kept for kept in pictures if pictures and kept.node == pictures[0].node]
    if len(frames) > 1:
        return tuple(frames)
    names = ", ".join(kept.filename for kept in ranked[:4]) or "nothing"
    raise BackendError(
        f"the workflow gave {names}, and no {wanted.value} that can be read: end it with Save "
        f"{'Image' if wanted is Wanted.PICTURE else 'Video'}"
    )


def _told(data: Mapping[str, JsonValue], workflow: Workflow | None, memory: str) -> BackendError:
    id_, kind = str(data.get("node_id", "")), str(data.get("node_type", ""))
    node = workflow.nodes.get(id_) if workflow else None
    where = node.called if node is not None else f"{id_} ({kind})"
    told = " ".join(str(data.get("exception_message", "")).split())[:300]
    raised = str(data.get("exception_type", ""))
    if "OutOfMemory" in raised or "out of memory" in told.casefold():
        has = f" ({memory})" if memory else ""
        return TransientError(
            f"ComfyUI ran out of GPU memory in node {where}{has}: choose a smaller size, fewer "
            "frames or a quantised model where this comes back"
        )
    return BackendError(f"ComfyUI failed in node {where}: {told or raised or 'no reason given'}")


def _queued(prompt: JsonValue) -> Workflow | None:
    """Gives the workflow out of `(number, prompt_id, prompt, extra_data, outputs)`."""
    if isinstance(prompt, list) and len(prompt) > 2 and isinstance(prompt[2], dict):
        with suppress(InputError):
            return read_api(prompt[2], "in the history")
    return None


def _kept(outputs: Mapping[str, JsonValue]) -> Iterable[Kept]:
    for node, output in outputs.items():
        if not isinstance(output, dict):
            continue
        for key in _KEYS:
            listed = output.get(key)
            for one in listed if isinstance(listed, list) else []:
                if isinstance(one, dict) and isinstance(one.get("filename"), str):
                    yield Kept(
                        filename=str(one["filename"]),
                        subfolder=str(one.get("subfolder") or ""),
                        type=str(one.get("type") or "output"),
                        node=node,
                    )


def _messages(status: Mapping[str, JsonValue]) -> Iterable[tuple[str, Mapping[str, JsonValue]]]:
    listed = status.get("messages")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, list) and len(one) == 2 and isinstance(one[1], dict):
            yield str(one[0]), one[1]
