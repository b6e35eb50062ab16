"""A provider in a process of its own: two services that take jobs, charge for them, and misbehave.

`atlas` knows its jobs by the caller's token, says what each cost, and has codes of its own; `bora`
has neither. All that it takes, charges and answers is written into its ledger, a line each, which
nothing of Nightshoot reads.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from benchmarks.chaos import media
from benchmarks.chaos.answers import (
    AFTER,
    GIVEN_UP_S,
    HOST,
    as_json,
    dripped,
    mishappened,
    plain,
    reset,
    start_of,
    takes,
    wrong,
)
from benchmarks.chaos.weather import Fate, Mishap, Weather

if TYPE_CHECKING:
    from aiohttp import web

KEY = "sk-chaos-planted-0123456789"

USD = {"picture": 0.04, "video": 0.10}
"""A picture, and a second of video."""

UNIT_USD = 0.01

WORK_S, STUCK_S = 0.15, 5.0
"""How long a job takes, and one that is stuck."""

Moment = Literal["asked", "taken", "answered", "told", "file"]
"""When a runner may be killed by the provider: as a request for a job comes, once the job is taken,
once its id was sent, once it is said to be done, in the middle of its file."""


@dataclass(slots=True, kw_only=True)
class Job:
    """A job that was taken."""

    id: str
    service: str
    kind: str
    token: str
    usd: float
    fate: Fate
    made: bytes
    taken_at: float
    failed: bool = False
    lost: bool = False


@dataclass(slots=True, kw_only=True)
class Provider:
    """Both services, for one night."""

    folder: Path
    """Holds the ledger, and the file that says when to kill whom."""
    weather: dict[str, Weather]
    outages: tuple[tuple[int, float, str], ...] = ()
    """After how many requests it is away, for how many seconds, and how: `refused` or `503`."""
    jobs: dict[str, Job] = field(default_factory=dict)
    requests: int = 0
    _away: str = ""
    _struck: str = ""
    _moments: Counter[str] = field(default_factory=Counter)
    _files: set[str] = field(default_factory=set)
    _site: web.TCPSite | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, port: int) -> None:
        """Answers until it is killed."""
        from aiohttp import web

        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/{service}/{kind}", self._submit)
        app.router.add_get("/{service}/{kind}/{id}", self._ask)
        app.router.add_get("/{service}/{kind}/by/{token}", self._find)
        app.router.add_get("/files/{id}", self._file)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._site = web.TCPSite(runner, HOST, port, reuse_address=True)
        await self._site.start()
        (self.folder / "ready").touch()
        pending = list(self.outages)
        while True:
            await asyncio.sleep(0.02)
            if not pending or self.requests < pending[0][0]:
                continue
            _, seconds, how = pending.pop(0)
            self._note("outage", seconds=seconds, how=how)
            if how == "503":
                self._away = how
                await asyncio.sleep(seconds)
                self._away = ""
                continue
            await self._site.stop()
            await asyncio.sleep(seconds)
            self._site = web.TCPSite(runner, HOST, port, reuse_address=True)
            await self._site.start()

    @property
    def _calm(self) -> bool:
        """Whether nothing goes wrong any more."""
        return (self.folder / "calm").exists()

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        service, kind = request.match_info["service"], request.match_info["kind"]
        raw = await request.read()
        self.requests += 1
        if self._away or request.headers.get("Authorization") != f"Bearer {KEY}":
            return plain(503 if self._away else 401, "not now, or not with this key")
        body = json.loads(raw)
        token = str(body["token"])
        self._note("asked", service=service, kind=kind, token=token)
        self._strike("asked")
        mishap = None if self._calm else self.weather[service].at_submit()
        if mishap is not None and not takes(mishap):
            return await mishappened(request, mishap)
        if mishap is Mishap.TAKEN_LATE:
            await asyncio.sleep(GIVEN_UP_S)
        same = [job for job in self.jobs.values() if job.token == token and not job.lost]
        if service == "atlas" and same:
            return wrong(service, 400, 1206, "there is a job with this token")
        job = self._taken(service, kind, token, body)
        self._strike("taken")
        if mishap in AFTER:
            return await mishappened(request, AFTER[mishap])
        answer: dict[str, Any] = {"code": 0, "message": "ok", "id": job.id}
        if mishap is Mishap.TAKEN_WITHOUT_ID:
            del answer["id"]
        if mishap is Mishap.DRIP:
            return await dripped(request, json.dumps(answer).encode())
        if mishap is Mishap.SLOW:
            await asyncio.sleep(0.4)
        return await self._then_strike(request, answer, "answered")

    def _taken(self, service: str, kind: str, token: str, body: dict[str, Any]) -> Job:
        number = len(self.jobs) + 1
        fate = Fate.GOOD if self._calm else self.weather[service].fate()
        seconds = int(body.get("seconds") or 1)
        usd = round(USD[kind] * (seconds if kind == "video" else 1), 4)
        job = Job(
            id=f"job-{number}", service=service, kind=kind, token=token, usd=usd, fate=fate,
            made=made_by(kind, fate, body, seconds), taken_at=time.time(),
        )  # fmt: skip
        self.jobs[job.id] = job
        self._note(
            "taken", service=service, kind=kind, token=token, job=job.id, usd=usd, fate=fate.value
        )
        return job

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        return await self._told(request, self.jobs.get(request.match_info["id"]), found=False)

    async def _find(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        known = [job for job in self.jobs.values() if job.token == token]
        return await self._told(request, known[0] if known else None, found=True)

    async def _told(
        self, request: web.Request, job: Job | None, *, found: bool
    ) -> web.StreamResponse:
        service = request.match_info["service"]
        self.requests += 1
        if self._away:
            return plain(503, "away")
        mishap = None if self._calm else self.weather[service].at_asking()
        if mishap is Mishap.SLOW:
            await asyncio.sleep(0.4)
        elif mishap is not None:
            return await mishappened(request, mishap)
        if job is not None and job.fate is Fate.LOST and not found:
            # Whoever asks by the id has it in writing: the job cannot be taken for one never sent.
            job.lost = True
        if job is None or job.lost:
            return wrong(service, 404, 1203, "no such job")
        status, more = self._standing(job)
        answer = {"code": 0, "message": "ok", "id": job.id, "status": status, **more}
        if status != "done":
            return as_json(answer)
        return await self._then_strike(request, answer, "told")

    def _standing(self, job: Job) -> tuple[str, dict[str, Any]]:
        wait_s = STUCK_S if job.fate is Fate.STUCK else WORK_S
        if time.time() - job.taken_at < wait_s:
            return "running", {}
        reasons = {
            Fate.FAILED_FREE: "a worker broke",
            Fate.FAILED_PAID: "a worker broke",
            Fate.REFUSED_FREE: "the result is refused by moderation",
            Fate.REFUSED_PAID: "the result is refused by moderation",
        }
        if job.fate in reasons:
            if not job.failed:
                job.failed = True
                if job.fate in (Fate.FAILED_FREE, Fate.REFUSED_FREE):
                    job.usd = 0.0
                    self._note("refunded", job=job.id, token=job.token)
                else:
                    self._note("failed", job=job.id, token=job.token)
            units = {"units": job.usd / UNIT_USD} if job.service == "atlas" else {}
            return "failed", {"reason": reasons[job.fate], **units}
        more: dict[str, Any] = {}
        if job.service == "atlas":
            more["units"] = job.usd / UNIT_USD
        if job.fate is not Fate.NO_RESULT:
            more["url"] = f"http://{HOST}:{self._port}/files/{job.id}"
        return "done", more

    @property
    def _port(self) -> int:
        assert self._site is not None, "it serves"
        return int(self._site.name.rpartition(":")[2])

    async def _file(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import web

        self.requests += 1
        if self._away:
            return plain(503, "away")
        job = self.jobs[request.match_info["id"]]
        data = job.made
        mishap = None if self._calm else self.weather[job.service].at_file()
        type_ = "image/png" if job.kind == "picture" else "video/mp4"
        if mishap is Mishap.DRIP:
            return await dripped(request, data, type_)
        if mishap is Mishap.SLOW:
            await asyncio.sleep(0.4)
        elif mishap is not None and mishap not in (Mishap.FILE_BREAKS, Mishap.FILE_CUT):
            return await mishappened(request, mishap)
        cut = mishap is Mishap.FILE_CUT
        response = web.StreamResponse(headers={"Content-Type": type_, "ETag": f'"{job.id}"'})
        start = start_of(request)
        if start:
            response.set_status(206)
            response.headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        if cut:
            response.enable_chunked_encoding()
        else:
            response.content_length = len(data) - start
        await response.prepare(request)
        middle = start + (len(data) - start) // 2
        await response.write(data[start:middle])
        self._strike("file")
        if mishap is Mishap.FILE_BREAKS:
            reset(request)
            return response
        if not cut:
            await response.write(data[middle:])
        await response.write_eof()
        return response

    async def _then_strike(
        self, request: web.Request, answer: dict[str, Any], moment: Moment
    ) -> web.StreamResponse:
        """Sends an answer whole; then whoever is to be killed at this moment is."""
        from aiohttp import web

        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        data = json.dumps(answer).encode()
        response.content_length = len(data)
        with suppress(ConnectionError):
            await response.prepare(request)
            await response.write(data)
            await response.write_eof()
        task = asyncio.create_task(self._strike_soon(moment))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return response

    async def _strike_soon(self, moment: Moment) -> None:
        await asyncio.sleep(random.uniform(0.0, 0.01))
        self._strike(moment)

    def _strike(self, moment: Moment) -> None:
        """Kills the runner where `strike.json` says so: at the nth time of this moment."""
        file = self.folder / "strike.json"
        try:
            text = file.read_text()
        except OSError:
            return
        if text != self._struck:
            self._struck = text
            self._moments.clear()
        self._moments[moment] += 1
        told = json.loads(text)
        if told["moment"] != moment or self._moments[moment] < told["nth"]:
            return
        file.unlink(missing_ok=True)
        self._note("struck", moment=moment)
        for pid in told["pids"]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _note(self, what: str, **told: object) -> None:
        line = json.dumps({"at": time.time(), "what": what, **told})
        with (self.folder / "ledger.jsonl").open("a") as ledger:
            ledger.write(line + "\n")


def made_by(kind: str, fate: Fate, body: dict[str, Any], seconds: int) -> bytes:
    """Gives the file that a job comes to."""
    wrong_kind = fate is Fate.WRONG_KIND
    if kind == "picture":
        if fate is Fate.BLACK:
            return media.black_picture()
        data = media.picture(f"{body['prompt']} {body['seed']}")
        if wrong_kind:
            return media.clip(data, 0.5)
    else:
        keyframe = base64.b64decode(str(body["image"]).rpartition(",")[2])
        if wrong_kind:
            return keyframe
        lasts = seconds / 2 if fate is Fate.SHORT else seconds
        data = media.clip(keyframe, lasts, black=fate is Fate.BLACK)
    return data[: len(data) // 2] if fate is Fate.BROKEN else data
