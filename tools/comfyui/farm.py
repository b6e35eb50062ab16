"""The servers of one backend: gives each job to the one with the least to do, and sees it through.

No money is at stake at one's own server. So a job of which it is not known whether it was ever
queued is looked for by its token on every server that answers, and queued again where none has it:
the worst is a picture painted twice.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.artifacts import Job
from nightshoot.artifacts.jobs import JobState, LooseJob
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.files import digest_of
from nightshoot.tools.comfyui.catalogue import Catalogue, read_catalogue
from nightshoot.tools.comfyui.client import Client, Lost
from nightshoot.tools.comfyui.document import Document, named_apart
from nightshoot.tools.comfyui.results import Ended, Kept, Wanted, chosen, fault_of
from nightshoot.tools.comfyui.settings import MIB, Config, Scalar
from nightshoot.tools.comfyui.watching import Hung, Share, Waiting, wait_for
from nightshoot.tools.comfyui.workflow import Workflow
from nightshoot.tools.protocols import Progress

_CATALOGUE_S = 600.0
"""How long a server's list of nodes and models is believed. Source: an estimate: nobody installs a
node between two shots of a run, and a refusal asks again anyway."""

_DOWNLOADS = 3
"""Tries of a download that breaks off: the picture is made already."""

_CANCEL_S = 5.0
"""How long a server may take to hear that a job is cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One shot's job."""

    document: Document
    values: Mapping[str, Scalar]
    """Words and numbers by role."""
    pictures: Mapping[str, Path]
    """Files by role; only what the workflow takes is uploaded."""
    wanted: Wanted
    check: Callable[[Path], None]
    """Raises BackendError where a downloaded file is not what it is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a job gave."""

    files: tuple[Path, ...]
    gpu_s: float | None
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Stand:
    """What is known of a server between jobs."""

    catalogue: Catalogue | None = None
    asked: float = 0.0
    sent: int = 0
    """Jobs of ours that were given to it and are not in its queue yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """A job that a server has."""

    client: Client
    prompt_id: str
    workflow: Workflow | None = None
    """What was queued; None after a crash of ours."""


@dataclass(slots=True)
class _Field:
    """The servers as one call finds them."""

    clients: dict[str, Client]
    out: dict[str, BackendError | InputError] = field(default_factory=dict)
    """Why a server is not used, by address."""


class Farm:
    """The servers that a backend was given."""

    def __init__(self, config: Config, environment: Mapping[str, str]) -> None:
        self._config = config
        self._environment = environment
        self._stands = {address: _Stand() for address in config.servers}

    async def deliver(
        self, order: Order, scratch: Path, progress: Progress, job: Job | None
    ) -> Delivery:
        """Has a job done and gives its files, in `scratch`.

        Where `job` says that a server has it already, that one is waited for.

        Raises:
            InputError: no server can run the workflow; what each lacks is named.
            TransientError: it may work on another try.
            BackendError: it will not.
        """
        kept: Job = job if job is not None else LooseJob(uuid.uuid4().hex)
        async with self._opened() as field_:
            running = await self._found(field_, kept)
            share = Share(None, progress)
            if running is None:
                running = await self._sent(field_, order, kept)
            share.workflow = running.workflow
            ended = await self._ended(running, kept, share)
            files = await self._downloaded(running, ended, order, scratch, kept)
            share.tell(1.0)
        return Delivery(files=files, gpu_s=ended.gpu_s, notes=_notes(field_))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[_Field]:
        import aiohttp

        headers = self._config.secrets(self._environment)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield _Field(
                {
                    address: Client(session, address, headers, request_s=self._config.request_s)
                    for address in self._config.servers
                }
            )

    async def _found(self, field_: _Field, job: Job) -> _Running | None:
        """Gives the job that an earlier try has left running, or None: a new one may be sent."""
        if job.state is JobState.RUNNING:
            address, _, prompt_id = job.id.partition(" ")
            client = field_.clients.get(address)
            if client is not None and prompt_id and await self._knows(field_, client, prompt_id):
                return _Running(client=client, prompt_id=prompt_id)
            job.ended()
        elif job.state is JobState.SENDING:
            for client in field_.clients.values():
                with suppress(BackendError, InputError):
                    prompt_id = await client.find(job.token) or ""
                    if prompt_id:
                        job.running(f"{client.address} {prompt_id}")
                        return _Running(client=client, prompt_id=prompt_id)
            job.ended()
        return None

    async def _knows(self, field_: _Field, client: Client, prompt_id: str) -> bool:
        """Whether a server has a job; one that is down has it not, if another can be asked."""
        try:
            queue = await client.queue()
            if any(one.prompt_id == prompt_id for one in queue):
                return True
            return await client.history(prompt_id) is not None
        except (BackendError, InputError) as error:
            if len(field_.clients) == 1:
                raise
            field_.out[client.address] = error
            return False

    async def _sent(self, field_: _Field, order: Order, job: Job) -> _Running:
        """Queues the job at the server with the shortest queue that can run it."""
        for client in await self._by_queue(field_):
            stand = self._stands[client.address]
            stand.sent += 1
            try:
                return await self._queued(client, order, job)
            except (BackendError, InputError) as error:
                if job.state is not JobState.NONE:
                    # It may have the job: the next try looks for it.
                    raise
                field_.out[client.address] = error
            finally:
                stand.sent -= 1
        raise _none_of(field_)

    async def _by_queue(self, field_: _Field) -> Sequence[Client]:
        """Gives the servers that answer, the one with the least to do first."""
        lengths: dict[str, int] = {}

        async def ask(client: Client) -> None:
            try:
                lengths[client.address] = len(await client.queue())
            except (BackendError, InputError) as error:
                field_.out[client.address] = error

        async with asyncio.TaskGroup() as group:
            for address, client in field_.clients.items():
                if address not in field_.out:
                    group.create_task(ask(client))
        # Chosen without a pause after the answers: calls at the same time see each other's count.
        order = list(self._config.servers)
        return sorted(
            (field_.clients[address] for address in lengths),
            key=lambda one: (
                lengths[one.address] + self._stands[one.address].sent,
                order.index(one.address),
            ),
        )

    async def _queued(self, client: Client, order: Order, job: Job) -> _Running:
        prompt_id = str(uuid.uuid4())
        workflow = await self._ready(client, order)
        workflow = named_apart(workflow, await self._catalogue(client), prompt_id)
        job.sending()
        try:
            given = await client.submit(
                workflow, prompt_id=prompt_id, client_id=_client_id(job), token=job.token
            )
        except InputError:
            job.ended()
            raise
        except asyncio.CancelledError:
            await _cancelled(client, "", job)
            raise
        job.running(f"{client.address} {given}")
        return _Running(client=client, prompt_id=given, workflow=workflow)

    async def _ready(self, client: Client, order: Order) -> Workflow:
        """Gives the workflow for one server, its pictures uploaded there."""
        names = {role: _name_of(path) for role, path in order.pictures.items()}
        values = {**order.values, **names}
        catalogue = await self._catalogue(client)
        try:
            order.document.ready(values, catalogue, client.address)
        except InputError:
            # A model may have been added since the server was asked.
            catalogue = await self._catalogue(client, again=True)
            order.document.ready(values, catalogue, client.address)
        uploaded = {
            role: await client.upload(path, names[role]) for role, path in order.pictures.items()
        }
        return order.document.ready({**values, **uploaded}, catalogue, client.address)

    async def _catalogue(self, client: Client, *, again: bool = False) -> Catalogue:
        stand = self._stands[client.address]
        fresh = time.monotonic() - stand.asked < _CATALOGUE_S
        if stand.catalogue is None or again or not fresh:
            asked = time.monotonic()
            stand.catalogue = read_catalogue(await client.object_info(), client.address)
            stand.asked = asked
        return stand.catalogue

    async def _ended(self, running: _Running, job: Job, share: Share) -> Ended:
        """Waits for a job; one that failed, hung or was cancelled may be sent anew."""
        config = self._config
        waiting = Waiting(
            patience_s=config.patience_s,
            timeout_s=config.timeout_s,
            poll_s=config.poll_s,
            unreachable_s=config.unreachable_s,
        )
        client, prompt_id = running.client, running.prompt_id
        try:
            ended = await wait_for(client, prompt_id, _client_id(job), waiting, share)
        except Lost:
            job.ended()
            raise
        except (Hung, asyncio.CancelledError):
            await _cancelled(client, prompt_id, job)
            raise
        if ended.failed:
            job.ended()
            raise fault_of(ended, await client.memory())
        return ended

    async def _downloaded(
        self, running: _Running, ended: Ended, order: Order, scratch: Path, job: Job
    ) -> tuple[Path, ...]:
        try:
            return tuple(
                [
                    await self._fetched(
                        running.client, one, order, scratch / f"comfyui-{number:04}{one.suffix}"
                    )
                    for number, one in enumerate(chosen(ended, order.wanted))
                ]
            )
        except BackendError as error:
            if isinstance(error, Lost) or not isinstance(error, TransientError):
                # What it made is gone or is no use: another try makes it again.
                job.ended()
            raise

    async def _fetched(self, client: Client, kept: Kept, order: Order, to: Path) -> Path:
        """Gives a downloaded file that is whole; one that is not is asked for again."""
        most_bytes = self._config.max_download_mib * MIB
        for _ in range(_DOWNLOADS - 1):
            try:
                await client.download(kept, to, most_bytes)
            except Lost:
                raise
            except TransientError:
                continue
            with suppress(BackendError):
                await asyncio.to_thread(order.check, to)
                return to
        await client.download(kept, to, most_bytes)
        await asyncio.to_thread(order.check, to)
        return to


def _none_of(field_: _Field) -> BackendError | InputError:
    """Gives the error that no server can be used: what the user can mend comes first."""
    told = "; ".join(str(error) for error in field_.out.values())
    faults = list(field_.out.values())
    if any(isinstance(error, InputError) for error in faults):
        return InputError(told)
    if all(not isinstance(error, TransientError) for error in faults):
        return BackendError(told)
    return TransientError(f"no ComfyUI server can be used: {told}")


async def _cancelled(client: Client, prompt_id: str, job: Job) -> None:
    """Tells a server that a job is not wanted any more, if it can be told quickly.

    Args:
        client: the server.
        prompt_id: the job; empty where the answer that names it has not come.
        job: is written down as ended once the server was told.
    """

    async def tell() -> None:
        with suppress(BackendError, InputError, TimeoutError):
            async with asyncio.timeout(_CANCEL_S):
                known = prompt_id or await client.find(job.token)
                if known:
                    await client.cancel(known)
                job.ended()

    await asyncio.shield(asyncio.create_task(tell()))


def _client_id(job: Job) -> str:
    """Gives as whom the job is queued: after a crash the messages still reach us."""
    return f"nightshoot-{job.token[:48]}"


def _name_of(path: Path) -> str:
    """Gives the name that a picture has on every server: that of its contents."""
    suffix = path.suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", path.suffix) else ".png"
    return f"nightshoot-{digest_of(path)[:32]}{suffix}"


def _notes(field_: _Field) -> tuple[str, ...]:
    return tuple(f"A ComfyUI server is left out: {error}." for error in field_.out.values())
