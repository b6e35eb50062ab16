"""A server that speaks ComfyUI's protocol on the loopback, for tests, and misbehaves on demand.

It runs no model. A workflow is checked as the real one checks it, then gives pictures and videos of
the size, length, rate and seed that reached its nodes: coloured noise, decided by them.

Source: ComfyUI server.py (routes, bodies, status codes), execution.py (`validate_prompt`,
`PromptQueue`, the order of messages; a message that a job has ended goes out before the history has
it) and the schema in openapi.yaml. Unverified against a live ComfyUI here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Self

from pydantic import JsonValue

from nightshoot.tools.comfyui import fake_work
from nightshoot.tools.comfyui.fake_checks import refusal
from nightshoot.tools.comfyui.fake_faults import Fault
from nightshoot.tools.comfyui.fake_nodes import object_info
from nightshoot.tools.comfyui.workflow import Workflow, read_api

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware


@dataclass(slots=True)
class _Job:
    number: float
    prompt_id: str
    prompt: dict[str, JsonValue]
    extra: dict[str, JsonValue]
    workflow: Workflow
    fault: Fault | None
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)
    messages: list[tuple[str, dict[str, JsonValue]]] = field(default_factory=list)

    @property
    def item(self) -> list[JsonValue]:
        """As the queue and the history list it."""
        return [self.number, self.prompt_id, self.prompt, self.extra, list(self.workflow.nodes)]


class FakeComfy:
    """A server; use it as an asynchronous context manager, then ask its `address`."""

    def __init__(
        self,
        folder: Path,
        *,
        faults: Sequence[Fault | None] = (),
        refusals: Mapping[str, Sequence[int]] | None = None,
        step_s: float = 0.0,
        takes_ids: bool = True,
        key: str = "",
        lacks: Sequence[str] = (),
    ) -> None:
        """Makes a server.

        Args:
            folder: where it keeps what is uploaded and saved.
            faults: how the first, second, ... job goes wrong; after the last they go well.
            refusals: HTTP statuses with which the first requests of a path are answered.
            step_s: how long each step of a sampler takes.
            takes_ids: it takes the `prompt_id` that a client gives, to queue and to interrupt, as
                servers do since 2025.
            key: what the header `Authorization` has to be; empty: nothing.
            lacks: node types that it has not.
        """
        self.queued: list[str] = []
        """The ids of all jobs that it took, in order."""
        self.prompts: list[Workflow] = []
        """What was queued, in order."""
        self.uploads: dict[str, bytes] = {}
        self.asked: list[str] = []
        """The paths that were asked for, in order."""
        self.interrupts: list[str] = []
        self.deleted: list[str] = []
        self.sockets = 0
        """How many websockets were opened."""
        self.info = {name: told for name, told in object_info().items() if name not in lacks}
        self.address = ""
        self.loses_answers = 0
        """How many answers to `/prompt` get lost on their way: the job is queued all the same."""
        self.held = asyncio.Event()
        """While it is clear no job begins."""
        self.held.set()
        self._folder = folder
        self._faults = list(faults)
        self._refusals = {path: list(codes) for path, codes in (refusals or {}).items()}
        self._step_s = step_s
        self._takes_ids = takes_ids
        self._key = key
        self._pending: list[_Job] = []
        self._running: _Job | None = None
        self._history: dict[str, JsonValue] = {}
        self._halved: set[str] = set()
        self._clients: dict[str, web.WebSocketResponse] = {}
        self._runner: web.AppRunner | None = None
        self._worker: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Listens on a free port of the loopback."""
        from aiohttp import web

        app = web.Application(client_max_size=64 * 1024 * 1024, middlewares=[self._guard()])
        app.add_routes(
            [
                web.get("/ws", self._socket),
                web.get("/object_info", self._object_info),
                web.get("/system_stats", self._stats),
                web.get("/queue", self._queue),
                web.post("/queue", self._change_queue),
                web.get("/history", self._whole_history),
                web.get("/history/{prompt_id}", self._one_history),
                web.get("/view", self._view),
                web.post("/upload/image", self._upload),
                web.post("/prompt", self._prompt),
                web.post("/interrupt", self._interrupt),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{port}"
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops."""
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        for socket in list(self._clients.values()):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def waiting(self) -> int:
        """How many jobs are in its queue."""
        return len(self._pending)

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._running is not None

    def forget(self) -> None:
        """Loses every job, as a server does that is started again."""
        self._pending.clear()
        self._history.clear()
        if self._running is not None:
            self._running.interrupted.set()
            self._running.fault = Fault.RESTART

    def _guard(self) -> Middleware:
        from aiohttp import web

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.asked.append(request.path)
            if self._key and request.headers.get("Authorization") != self._key:
                return web.Response(status=401)
            codes = self._refusals.get(request.path)
            if codes:
                return web.Response(status=codes.pop(0), text="as it was told")
            return await handler(request)

        return guard

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        job = self._running
        if any(one.fault is Fault.NO_SOCKET for one in ([job] if job else []) + self._pending):
            return web.Response(status=500)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets += 1
        client = request.query.get("clientId") or uuid.uuid4().hex
        self._clients[client] = socket
        await socket.send_json(
            {"type": "status", "data": {"status": self._remaining(), "sid": client}}
        )
        async for _ in socket:
            continue
        if self._clients.get(client) is socket:
            del self._clients[client]
        return socket

    async def _object_info(self, _: web.Request) -> web.StreamResponse:
        return _json(self.info)

    async def _stats(self, _: web.Request) -> web.StreamResponse:
        gib = 1024**3
        return _json(
            {
                "system": {"os": "posix", "comfyui_version": "0.3.60"},
                "devices": [
                    {
                        "name": "cuda:0 NVIDIA Fake",
                        "type": "cuda",
                        "index": 0,
                        "vram_total": 24 * gib,
                        "vram_free": gib // 2,
                    }
                ],
            }
        )

    async def _queue(self, _: web.Request) -> web.StreamResponse:
        running: list[JsonValue] = [self._running.item] if self._running else []
        pending: list[JsonValue] = [job.item for job in self._pending]
        return _json({"queue_running": running, "queue_pending": pending})

    async def _change_queue(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        body = await request.json()
        for prompt_id in body.get("delete", []):
            before = len(self._pending)
            self._pending = [job for job in self._pending if job.prompt_id != prompt_id]
            if len(self._pending) < before:
                self.deleted.append(prompt_id)
        return web.Response(status=200)

    async def _whole_history(self, request: web.Request) -> web.StreamResponse:
        most = int(request.query.get("max_items", "10000"))
        return _json(dict(list(self._history.items())[-most:]))

    async def _one_history(self, request: web.Request) -> web.StreamResponse:
        prompt_id = request.match_info["prompt_id"]
        found = self._history.get(prompt_id)
        return _json({prompt_id: found} if found is not None else {})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        post = await request.post()
        image = post.get("image")
        if not isinstance(image, web.FileField):
            return web.Response(status=400)
        name = PurePosixPath(image.filename).name
        self.uploads[name] = image.file.read()
        return _json({"name": name, "subfolder": "", "type": str(post.get("type", "input"))})

    async def _prompt(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        refused = refusal(body.get("prompt"), self.info, self.uploads)
        if refused is not None:
            return _json(refused, status=400)
        workflow = read_api(body["prompt"], "prompt")
        given = str(body.get("prompt_id", "")) if self._takes_ids else ""
        extra = dict(body.get("extra_data") or {})
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        job = _Job(
            number=float(len(self.queued)),
            prompt_id=given or str(uuid.uuid4()),
            prompt=body["prompt"],
            extra=extra,
            workflow=workflow,
            fault=self._faults.pop(0) if self._faults else None,
        )
        self.queued.append(job.prompt_id)
        self.prompts.append(workflow)
        self._pending.append(job)
        self._wake.set()
        if self.loses_answers and request.transport is not None:
            self.loses_answers -= 1
            request.transport.close()
        return _json({"prompt_id": job.prompt_id, "number": job.number, "node_errors": {}})

    async def _interrupt(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        try:
            body = await request.json()
        except json.JSONDecodeError:
            body = {}
        # An older server stops whatever runs.
        wanted = body.get("prompt_id") if self._takes_ids else None
        if self._running is not None and wanted in (None, self._running.prompt_id):
            self.interrupts.append(self._running.prompt_id)
            self._running.interrupted.set()
        return web.Response(status=200)

    async def _view(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        path = self._folder / request.query.get("type", "output")
        path = path / request.query.get("subfolder", "") / request.query["filename"]
        if ".." in path.parts or not path.is_file():
            return web.Response(status=404)
        data = path.read_bytes()
        if str(path) in self._halved:
            self._halved.discard(str(path))
            response = web.StreamResponse(headers={"Content-Length": str(len(data))})
            await response.prepare(request)
            await response.write(data[: len(data) // 2])
            if request.transport is not None:
                request.transport.close()
            return response
        return web.Response(body=data, content_type="application/octet-stream")

    def _remaining(self) -> dict[str, JsonValue]:
        remaining = len(self._pending) + (1 if self._running else 0)
        return {"exec_info": {"queue_remaining": remaining}}

    async def _send(self, job: _Job, kind: str, data: Mapping[str, JsonValue]) -> None:
        told: dict[str, JsonValue] = {**data, "prompt_id": job.prompt_id}
        if kind.startswith("execution_"):
            told["timestamp"] = int(time.time() * 1000)
            job.messages.append((kind, told))
        socket = self._clients.get(str(job.extra.get("client_id", "")))
        if socket is None or job.fault is Fault.SILENT:
            return
        with contextlib.suppress(ConnectionError):
            await socket.send_json({"type": kind, "data": told})

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            await self.held.wait()
            if not self._pending:
                self._wake.clear()
                continue
            job = self._running = self._pending.pop(0)
            try:
                outputs, well = await self._execute(job)
            except _Stopped:
                outputs, well = {}, False
            if job.fault is Fault.LATE:
                await asyncio.sleep(0.3)
            if job.fault is not Fault.RESTART:
                messages: list[JsonValue] = [[kind, data] for kind, data in job.messages]
                self._history[job.prompt_id] = {
                    "prompt": job.item,
                    "outputs": outputs,
                    "status": {
                        "status_str": "success" if well else "error",
                        "completed": well,
                        "messages": messages,
                    },
                    "meta": {},
                }
            self._running = None

    async def _execute(self, job: _Job) -> tuple[dict[str, JsonValue], bool]:
        await self._send(job, "execution_start", {})
        await self._send(job, "execution_cached", {"nodes": []})
        for node in fake_work.in_order(job.workflow):
            await self._send(job, "executing", {"node": node.id})
            if "steps" in node.inputs:
                steps = fake_work.number(job.workflow, node, "steps")
                await self._sample(job, node.id, min(steps, 8))
        if job.fault is Fault.RESTART:
            self.forget()
            raise _Stopped
        outputs = await asyncio.to_thread(self._save, job)
        for id_, output in outputs.items():
            await self._send(job, "executed", {"node": id_, "output": output})
        await self._send(job, "execution_success", {})
        return outputs, True

    async def _sample(self, job: _Job, node: str, steps: int) -> None:
        for step in range(1, steps + 1):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._step_s):
                    await job.interrupted.wait()
            await self._send(job, "progress", {"node": node, "value": step, "max": steps})
            await self._send(job, "progress_state", _state(node, step, steps))
            await self._preview(job)
            if step == max(1, steps // 2):
                await self._spoil(job, node)
            if job.interrupted.is_set():
                await self._send(job, "execution_interrupted", {"node_id": node})
                raise _Stopped

    async def _preview(self, job: _Job) -> None:
        socket = self._clients.get(str(job.extra.get("client_id", "")))
        if socket is not None and job.fault is not Fault.SILENT:
            with contextlib.suppress(ConnectionError):
                await socket.send_bytes(b"\x00\x00\x00\x01\x00\x00\x00\x01\xff\xd8\xff")

    async def _spoil(self, job: _Job, node: str) -> None:
        """Does what the job's fault says, in the middle of the sampler."""
        if job.fault is Fault.DROP:
            socket = self._clients.pop(str(job.extra.get("client_id", "")), None)
            if socket is not None:
                await socket.close()
        elif job.fault is Fault.HANG:
            await job.interrupted.wait()
        elif job.fault is Fault.INTERRUPTED:
            job.interrupted.set()
        elif job.fault in (Fault.ERROR, Fault.MEMORY):
            memory = job.fault is Fault.MEMORY
            await self._send(
                job,
                "execution_error",
                {
                    "node_id": node,
                    "node_type": job.workflow.nodes[node].class_type,
                    "executed": [],
                    "exception_type": "torch.OutOfMemoryError" if memory else "RuntimeError",
                    "exception_message": "Allocation on device\nThis error means you ran out of "
                    "memory on your GPU."
                    if memory
                    else "mat1 and mat2 shapes cannot be multiplied",
                    "traceback": [],
                    "current_inputs": {},
                    "current_outputs": [],
                },
            )
            raise _Stopped

    def _save(self, job: _Job) -> dict[str, JsonValue]:
        if job.fault is Fault.EMPTY:
            return {}
        outputs = fake_work.results(
            job.workflow, self._folder, self.uploads, small=job.fault is Fault.SMALL
        )
        for path in self._files(outputs):
            if job.fault is Fault.JUNK:
                path.write_bytes(b"<html>not what was asked</html>")
            elif job.fault is Fault.CUT:
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            elif job.fault is Fault.HALF:
                self._halved.add(str(path))
            elif job.fault is Fault.DELETED:
                path.unlink()
        return outputs

    def _files(self, outputs: Mapping[str, JsonValue]) -> Iterator[Path]:
        for output in outputs.values():
            assert isinstance(output, dict)
            for listed in output.values():
                for one in listed if isinstance(listed, list) else []:
                    if isinstance(one, dict):
                        yield (
                            self._folder
                            / str(one["type"])
                            / str(one["subfolder"])
                            / str(one["filename"])
                        )


class _Stopped(Exception):
    """A job that ended before its end."""


def _state(node: str, step: int, steps: int) -> dict[str, JsonValue]:
    return {
        "nodes": {
            node: {"value": step, "max": steps, "state": "running", "node_id": node},
        }
    }


def _json(value: Mapping[str, JsonValue], *, status: int = 200) -> web.StreamResponse:
    from aiohttp import web

    return web.json_response(value, status=status)
