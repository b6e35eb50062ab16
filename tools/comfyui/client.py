"""Speaks to one ComfyUI server over HTTP and a websocket.

Source: ComfyUI server.py: `/prompt`, `/queue`, `/history`, `/view`, `/upload/image`,
`/object_info`, `/system_stats`, `/interrupt`, `/ws`. A `prompt_id` that the client gives is taken
by servers since 2025; an older one gives its own, and the answer's id is the one that counts.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.files import writing_to
from nightshoot.tools.comfyui.results import Ended, Kept, read_ended
from nightshoot.tools.comfyui.settings import MIB
from nightshoot.tools.comfyui.workflow import Workflow

if TYPE_CHECKING:
    import aiohttp

TOKEN = "nightshoot"  # noqa: S105
"""Where a job's `extra_data` holds our token. Source: server.py keeps `extra_data` as it is, in the
queue and in the history."""

MOST_ANSWER = 256 * MIB
"""The most that one JSON answer may hold. Source: `/object_info` of an installation with 60 node
packs has some 10 MB; a history entry holds its whole workflow."""

_PIECE = 1 * MIB
_RECENT = 64
"""How far back a lost job is looked for in the history."""


class Lost(TransientError):
    """The server does not know a job or its result: it was restarted, or something was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A job in the queue."""

    prompt_id: str
    token: str
    running: bool


class Client:
    """One server."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: str,
        headers: Mapping[str, str],
        *,
        request_s: float,
    ) -> None:
        self.address = address
        self._session = session
        self._headers = dict(headers)
        self._request_s = request_s

    async def object_info(self) -> JsonValue:
        """Gives the description of every node type."""
        return await self._json("GET", "/object_info", seconds=max(120.0, self._request_s))

    async def memory(self) -> str:
        """Says what the server's GPU is and how much memory is free; empty where it does not."""
        try:
            stats = await self._json("GET", "/system_stats")
        except BackendError:
            return ""
        devices = stats.get("devices") if isinstance(stats, dict) else None
        first = devices[0] if isinstance(devices, list) and devices else None
        if not isinstance(first, dict):
            return ""
        total, free = first.get("vram_total"), first.get("vram_free")
        if not isinstance(total, (int, float)) or not isinstance(free, (int, float)):
            return ""
        name = str(first.get("name", "its device"))[:60]
        return f"{name}: {free / 1024**3:.1f} of {total / 1024**3:.1f} GiB free"

    async def queue(self) -> tuple[Queued, ...]:
        """Gives the jobs that run and wait, in order."""
        answer = await self._json("GET", "/queue")
        if not isinstance(answer, dict):
            raise self._strange("/queue")
        found = []
        for key in ("queue_running", "queue_pending"):
            listed = answer.get(key)
            for item in listed if isinstance(listed, list) else []:
                # (number, prompt_id, prompt, extra_data, outputs)
                if isinstance(item, list) and len(item) >= 2:
                    extra = item[3] if len(item) > 3 else None
                    found.append(
                        Queued(
                            prompt_id=str(item[1]),
                            token=_token_in(extra),
                            running=key == "queue_running",
                        )
                    )
        return tuple(found)

    async def history(self, prompt_id: str) -> Ended | None:
        """Gives a job that has ended, or None where the history does not hold it."""
        return read_ended(prompt_id, await self._json("GET", f"/history/{prompt_id}"))

    async def find(self, token: str) -> str | None:
        """Gives the id of the latest job with our token that waits, runs or went well."""
        for queued in await self.queue():
            if queued.token == token:
                return queued.prompt_id
        answer = await self._json("GET", f"/history?max_items={_RECENT}")
        for prompt_id, entry in reversed(answer.items() if isinstance(answer, dict) else ()):
            prompt = entry.get("prompt") if isinstance(entry, dict) else None
            if isinstance(prompt, list) and len(prompt) > 3 and _token_in(prompt[3]) == token:
                ended = read_ended(prompt_id, answer)
                if ended is not None and not ended.failed:
                    return prompt_id
        return None

    async def upload(self, path: Path, name: str) -> str:
        """Puts a picture into the server's input folder; gives the name that nodes take.

        The name is that of the contents, so what is overwritten is the same.
        """
        import aiohttp

        data = await asyncio.to_thread(path.read_bytes)
        form = aiohttp.FormData()
        form.add_field("image", data, filename=name, content_type="image/png")
        form.add_field("type", "input")
        form.add_field("overwrite", "true")
        answer = await self._json("POST", "/upload/image", form=form, seconds=self._request_s * 4)
        if not isinstance(answer, dict) or not isinstance(answer.get("name"), str):
            raise self._strange("/upload/image")
        folder = answer.get("subfolder")
        return f"{folder}/{answer['name']}" if folder else str(answer["name"])

    async def submit(
        self, workflow: Workflow, *, prompt_id: str, client_id: str, token: str
    ) -> str:
        """Queues a workflow; gives the job's id.

        Raises:
            InputError: the server refuses the workflow; the message says why.
        """
        body: dict[str, JsonValue] = {
            "prompt": workflow.payload(),
            "prompt_id": prompt_id,
            "client_id": client_id,
            "extra_data": {TOKEN: token},
        }
        answer = await self._json("POST", "/prompt", body=body, workflow=workflow)
        if not isinstance(answer, dict) or not isinstance(answer.get("prompt_id"), str):
            raise self._strange("/prompt")
        return str(answer["prompt_id"])

    async def cancel(self, prompt_id: str) -> None:
        """Takes a job out of the queue, or stops it where it runs.

        An older server stops whatever runs: so it is asked only while this job does.
        """
        await self._ok("POST", "/queue", {"delete": [prompt_id]})
        if any(one.prompt_id == prompt_id and one.running for one in await self.queue()):
            await self._ok("POST", "/interrupt", {"prompt_id": prompt_id})

    async def download(self, kept: Kept, to: Path, most_bytes: int) -> Path:
        """Writes a file of the server's to `to`.

        Raises:
            Lost: it is not there any more.
            TransientError: it broke off.
            BackendError: it is larger than `most_bytes`.
        """
        query = {"filename": kept.filename, "subfolder": kept.subfolder, "type": kept.type}
        too_large = BackendError(
            f"{kept.filename} on {self.address} is larger than {most_bytes // MIB} MiB: raise "
            "max_download_mib if this is right"
        )
        async with self._asked("GET", "/view", params=query) as response:
            if response.status == 404:
                raise Lost(f"{self.address} has no {kept.filename} any more: it is made again")
            await self._refuse(response, "/view")
            if (response.content_length or 0) > most_bytes:
                raise too_large
            written = 0
            with writing_to(to), to.open("wb") as file:
                async for piece in response.content.iter_chunked(_PIECE):
                    written += len(piece)
                    if written > most_bytes:
                        raise too_large
                    await asyncio.to_thread(file.write, piece)
        if not written:
            raise TransientError(f"{self.address} sent nothing of {kept.filename}")
        return to

    @asynccontextmanager
    async def socket(self, client_id: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Opens the websocket on which the server tells of the jobs of a client.

        Raises:
            TransientError: it cannot be opened.
        """
        import aiohttp

        url = re.sub("^http", "ws", self.address, count=1)
        try:
            async with asyncio.timeout(self._request_s):
                opened = await self._session.ws_connect(
                    f"{url}/ws",
                    params={"clientId": client_id},
                    headers=self._headers,
                    heartbeat=30.0,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                    max_msg_size=MOST_ANSWER,
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TransientError(f"no websocket to {self.address}: {_reason(error)}") from error
        try:
            yield opened
        finally:
            await opened.close()

    async def _ok(self, method: Literal["POST"], path: str, body: JsonValue) -> None:
        async with self._asked(method, path, body=body) as response:
            await self._refuse(response, path)

    async def _json(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        body: Mapping[str, JsonValue] | None = None,
        form: aiohttp.FormData | None = None,
        seconds: float | None = None,
        workflow: Workflow | None = None,
    ) -> JsonValue:
        async with self._asked(method, path, body=body, form=form, seconds=seconds) as response:
            await self._refuse(response, path, workflow)
            data = await _limited(response)
        try:
            found: JsonValue = await asyncio.to_thread(json.loads, data)
        except (ValueError, RecursionError):
            raise self._strange(path) from None
        return found

    @asynccontextmanager
    async def _asked(
        self,
        method: str,
        path: str,
        *,
        body: JsonValue | Mapping[str, JsonValue] = None,
        form: aiohttp.FormData | None = None,
        params: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Sends a request; each way that the connection can fail is a TransientError."""
        import aiohttp

        patience = seconds or self._request_s
        timeout = aiohttp.ClientTimeout(
            total=None if path == "/view" else patience,
            sock_connect=min(10.0, patience),
            sock_read=patience,
        )
        try:
            async with self._session.request(
                method,
                f"{self.address}{path}",
                json=body,
                data=form,
                params=params,
                headers=self._headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                yield response
        except (aiohttp.ClientConnectorError, ConnectionRefusedError) as error:
            raise TransientError(
                f"{self.address} cannot be reached ({_reason(error)}): is ComfyUI running there?"
            ) from error
        except TimeoutError as error:
            raise TransientError(f"{self.address} did not answer in {patience:g} s") from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise TransientError(f"{self.address} broke off: {_reason(error)}") from error

    async def _refuse(
        self, response: aiohttp.ClientResponse, path: str, workflow: Workflow | None = None
    ) -> None:
        """Raises what an answer's status means, if it is not good."""
        status = response.status
        if status < 300:
            return
        if status == 400 and path == "/prompt":
            raise InputError(_refusal(await _limited(response), workflow, self.address))
        if status in (401, 403, 407):
            raise InputError(
                f"{self.address} refused with HTTP {status}: see api_key_env and headers in the "
                "settings"
            )
        if status in (408, 425, 429) or status >= 500:
            raise TransientError(f"{self.address} answered {path} with HTTP {status}")
        if 300 <= status < 400:
            raise InputError(
                f"{self.address} sends {path} elsewhere (HTTP {status}): write the address that it "
                "leads to, or the key that its login wants, into the settings"
            )
        raise BackendError(
            f"{self.address} answered {path} with HTTP {status}: is it a ComfyUI server?"
        )

    def _strange(self, path: str) -> BackendError:
        return BackendError(
            f"{self.address} answered {path} with something else than ComfyUI does: is it one?"
        )


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        data += piece
        if len(data) > MOST_ANSWER:
            raise BackendError(f"{response.url.host} sent more than {MOST_ANSWER // MIB} MiB")
    return bytes(data)


def _token_in(extra: JsonValue) -> str:
    return str(extra.get(TOKEN, "")) if isinstance(extra, dict) else ""


def _refusal(data: bytes, workflow: Workflow | None, address: str) -> str:
    """Puts the reasons of a refused workflow into words: the node, the input, what is wrong."""
    try:
        answer = json.loads(data)
    except ValueError:
        answer = None
    told: list[str] = []
    errors = answer.get("node_errors") if isinstance(answer, dict) else None
    for id_, fault in errors.items() if isinstance(errors, dict) else ():
        node = workflow.nodes.get(id_) if workflow else None
        called = node.called if node else id_
        listed = fault.get("errors") if isinstance(fault, dict) else None
        told.extend(
            f"node {called}: {one.get('message', '')}: {one.get('details', '')}"
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, dict)
        )
    if not told:
        error = answer.get("error") if isinstance(answer, dict) else None
        if isinstance(error, dict):
            told = [f"{error.get('message', '')} {error.get('details', '')}".strip()]
        else:
            told = [str(error or "it does not say why")]
    words = " ".join("; ".join(told).split())
    return f"{address} refuses the workflow: {words[:500]}"


def _reason(error: BaseException) -> str:
    words = re.sub(r" ssl:<?[^\s\]>]*>?", "", str(error)) or type(error).__name__
    return " ".join(words.split())[:160]
