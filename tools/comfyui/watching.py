"""Waits for a job: hears the websocket, asks the queue and the history, tells the progress.

What the websocket says is only ever a hint. That a job has ended is believed from the history,
which has it shortly after the message: so a socket that breaks, lies or keeps silent costs nothing
but the progress.

Source: ComfyUI execution.py (`add_message`) and comfy_execution/progress.py: `execution_start`,
`execution_cached`, `executing`, `progress`, `progress_state`, `executed`, `execution_success`,
`execution_error`, `execution_interrupted`; binary messages are previews.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

from nightshoot.errors import TransientError
from nightshoot.tools.comfyui.client import Client, Lost
from nightshoot.tools.comfyui.results import Ended
from nightshoot.tools.comfyui.workflow import Workflow
from nightshoot.tools.protocols import Progress

if TYPE_CHECKING:
    import aiohttp

_ENDS = frozenset({"execution_success", "execution_error", "execution_interrupted"})

_TOLD = _ENDS | {
    "execution_start",
    "execution_cached",
    "executing",
    "executed",
    "progress",
    "progress_state",
}

_SAMPLER_WEIGHT = 12.0
"""How many other nodes' work a node with steps counts for. Source: an estimate; a progress bar
needs no more."""

_SELDOM = 15
"""While a job is heard of, its server is asked so many times less often: the answer of `/queue`
holds the whole workflow of every job that waits."""

_HEARD_BY_THEN = 0.9
"""The share that is told when the job has ended; the rest is for the download."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long a job is waited for, in seconds."""

    patience_s: float
    """Without a sign of work, while it runs."""
    timeout_s: float
    """In all."""
    poll_s: float
    unreachable_s: float
    """Without an answer."""


class Hung(TransientError):
    """The job shows no sign of work; it may still be cancelled."""


@dataclass(slots=True)
class Share:
    """How much of a workflow is done, by the messages."""

    workflow: Workflow | None
    progress: Progress
    _done: dict[str, float] = field(default_factory=dict)
    _last: str = ""
    _told: float = 0.0

    def hear(self, kind: str, data: Mapping[str, JsonValue]) -> None:
        """Takes a message about this job."""
        if kind == "progress":
            self._part(str(data.get("node") or self._last), data.get("value"), data.get("max"))
        elif kind == "progress_state":
            nodes = data.get("nodes")
            for node, state in nodes.items() if isinstance(nodes, dict) else ():
                if isinstance(state, dict):
                    finished = state.get("state") == "finished"
                    self._part(node, 1 if finished else state.get("value"), state.get("max"))
                    if finished:
                        self._done[node] = 1.0
        elif kind == "execution_cached":
            listed = data.get("nodes")
            for one in listed if isinstance(listed, list) else []:
                self._done[str(one)] = 1.0
        elif kind == "executing":
            if self._last:
                self._done[self._last] = 1.0
            self._last = str(data.get("node") or "")
        elif kind == "executed":
            self._done[str(data.get("node"))] = 1.0
        self.tell()

    def tell(self, share: float | None = None) -> None:
        """Tells the share; it never falls."""
        found = self._share() * _HEARD_BY_THEN if share is None else share
        if found > self._told:
            self._told = min(1.0, found)
            self.progress(self._told)

    def _part(self, node: str, value: JsonValue, most: JsonValue) -> None:
        if isinstance(value, (int, float)) and isinstance(most, (int, float)) and most > 0:
            part = min(1.0, max(0.0, value / most))
            self._done[node] = max(self._done.get(node, 0.0), part)

    def _share(self) -> float:
        if self.workflow is None or not self.workflow.nodes:
            return 0.0
        weights = {
            node.id: _SAMPLER_WEIGHT if "steps" in node.inputs else 1.0
            for node in self.workflow.nodes.values()
        }
        done = sum(weights.get(node, 0.0) * part for node, part in self._done.items())
        return done / sum(weights.values())


@dataclass(slots=True)
class _Signs:
    """When the job was last seen to live."""

    begun: float = field(default_factory=time.monotonic)
    alive: float = field(default_factory=time.monotonic)
    reached: float = field(default_factory=time.monotonic)
    running: bool = False
    ahead: int = -1

    def seen(self, *, running: bool, ahead: int) -> None:
        """Takes where the job stands; a step in the queue is a sign of life."""
        now = time.monotonic()
        self.reached = now
        if running != self.running or ahead != self.ahead or not running:
            # In the queue the patience is for others' jobs, whose length is not ours to judge.
            self.alive = now
        self.running, self.ahead = running, ahead


async def wait_for(
    client: Client, prompt_id: str, client_id: str, waiting: Waiting, share: Share
) -> Ended:
    """Gives a queued job once it has ended, well or not.

    Args:
        client: its server.
        prompt_id: the job.
        client_id: as which it was queued; the messages go to this one.
        waiting: how long.
        share: is told what is heard.

    Raises:
        Lost: the server does not know the job.
        Hung: it shows no sign of work, or takes too long.
        TransientError: the server cannot be reached any more.
    """
    signs = _Signs()
    while True:
        try:
            async with client.socket(client_id) as socket:
                ended = await _listen(client, prompt_id, socket, waiting, signs, share)
        except TransientError as error:
            if isinstance(error, (Lost, Hung)):
                raise
            ended = await _look(client, prompt_id, waiting, signs)
        if ended is not None:
            return ended
        # The socket is closed or was never open: ask, and try to open it again now and then.
        await asyncio.sleep(waiting.poll_s)
        ended = await _look(client, prompt_id, waiting, signs)
        if ended is not None:
            return ended


async def _listen(
    client: Client,
    prompt_id: str,
    socket: aiohttp.ClientWebSocketResponse,
    waiting: Waiting,
    signs: _Signs,
    share: Share,
) -> Ended | None:
    """Hears one socket until the job has ended, or the socket has: then gives None."""
    import aiohttp

    # It may have ended before anybody listened.
    ended = await _look(client, prompt_id, waiting, signs)
    asked = time.monotonic()
    while ended is None:
        try:
            # Not `wait_for`: in Python 3.11 it loses a cancellation that meets a message.
            async with asyncio.timeout(waiting.poll_s):
                message = await socket.receive()
        except TimeoutError:
            message = None
        except (aiohttp.ClientError, OSError):
            return None
        if message is not None:
            if message.type in (
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.CLOSING,
                aiohttp.WSMsgType.CLOSED,
                aiohttp.WSMsgType.ERROR,
            ):
                return None
            heard = _message(message.data) if message.type is aiohttp.WSMsgType.TEXT else None
            kind = _about(heard, prompt_id, share) if heard else ""
            if kind:
                signs.alive = time.monotonic()
            if kind in _ENDS:
                return await _settled(client, prompt_id, waiting, signs)
            if time.monotonic() - asked < waiting.poll_s * (_SELDOM if kind else 1):
                continue
        ended = await _look(client, prompt_id, waiting, signs)
        asked = time.monotonic()
    return ended


def _about(heard: tuple[str, Mapping[str, JsonValue]], prompt_id: str, share: Share) -> str:
    """Takes a message, if it is about this job; gives its kind, or nothing."""
    kind, data = heard
    if kind not in _TOLD or data.get("prompt_id", prompt_id) != prompt_id:
        # Others' jobs, `status`, and what node packs send. Servers before 2024 send `progress`
        # without an id, to this job's client alone.
        return ""
    if kind == "executing" and data.get("node") is None:
        return "execution_success"
    share.hear(kind, data)
    return kind


def _message(text: str) -> tuple[str, Mapping[str, JsonValue]] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict) and isinstance(found.get("data"), dict):
        return str(found.get("type", "")), found["data"]
    return None


async def _settled(client: Client, prompt_id: str, waiting: Waiting, signs: _Signs) -> Ended | None:
    """Asks for a job that is said to have ended until the history has it.

    Source: ComfyUI sends the message before `task_done` writes the history.
    """
    for wait_s in (0.0, 0.05, 0.2, 0.5, 1.0):
        await asyncio.sleep(min(wait_s, waiting.poll_s))
        ended = await _look(client, prompt_id, waiting, signs)
        if ended is not None:
            return ended
    return None


async def _look(client: Client, prompt_id: str, waiting: Waiting, signs: _Signs) -> Ended | None:
    """Asks where a job stands; gives it if it has ended.

    The queue is asked first: a job goes from there into the history in one step, so one that is in
    neither is lost.
    """
    now = time.monotonic()
    try:
        queue = await client.queue()
        place = next((i for i, one in enumerate(queue) if one.prompt_id == prompt_id), None)
        if place is None:
            ended = await client.history(prompt_id)
            if ended is not None:
                return ended
            raise Lost(
                f"{client.address} does not know the job {prompt_id[:8]} any more: it was restarted"
            )
        signs.seen(running=queue[place].running, ahead=place)
    except Lost:
        raise
    except TransientError:
        if now - signs.reached > waiting.unreachable_s:
            raise
    now = time.monotonic()
    if now - signs.alive > waiting.patience_s:
        raise Hung(
            f"the job on {client.address} has shown no sign of work for {waiting.patience_s:g} s "
            "and was cancelled: raise patience_s if it is only slow"
        )
    if now - signs.begun > waiting.timeout_s:
        raise Hung(
            f"the job on {client.address} has not ended after {waiting.timeout_s:g} s and was "
            "cancelled: raise timeout_s if it is only slow"
        )
    return None
