"""A job service for tests: speaks any description, makes real files, and misbehaves on demand.

It stands in for the network below the HTTP client. Like a real one it keeps its jobs while clients
crash, and it counts what it would be paid for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote

import numpy as np
from pydantic import JsonValue

from nightshoot.tools.hosted.fake_shapes import bad, body_of, good, pattern_of, put, said
from nightshoot.tools.hosted.service import Service

if TYPE_CHECKING:
    import httpx2

FILES = "https://files.example"
"""Where its results lie."""

RATE = Fraction(24)
"""Of the videos that it makes, in frames per second."""

SIZE = (96, 160)
"""Of what it makes, in pixels."""


class Mishap(StrEnum):
    """How one answer goes wrong. Those that begin with `paid` took the job and want money."""

    NONE = "none"
    # Handing a job in.
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    REFUSED = "refused"
    BAD_KEY = "bad key"
    NO_CREDIT = "no credit"
    UNPAID_500 = "500"
    UNPAID_TIMEOUT = "time-out"
    PAID_500 = "paid 500"
    PAID_TIMEOUT = "paid time-out"
    PAID_RESET = "paid reset"
    PAID_WITHOUT_ID = "paid without id"
    PAID_GARBAGE = "paid garbage"
    # Asking about it.
    ASK_500 = "ask 500"
    ASK_BUSY = "ask busy"
    ASK_TIMEOUT = "ask time-out"
    ASK_GARBAGE = "ask garbage"
    LOST = "lost"
    """It forgets the job, and is paid."""
    FAILED = "failed"
    REFUSED_LATER = "refused later"
    NO_RESULT = "no result"
    HANG = "hang"
    """It works on the job for ever."""
    # Fetching what it made.
    FILE_500 = "file 500"
    FILE_BREAKS = "file breaks"
    FILE_CUT = "file cut"
    FILE_PAGE = "file page"
    FILE_TYPE = "file type"
    FILE_GONE = "file gone"
    FILE_LARGE = "file large"
    FILE_DRIPS = "file drips"
    TO_LOOPBACK = "to loopback"
    TO_METADATA = "to metadata"
    TO_OTHER_HOST = "to other host"


@dataclass(slots=True, kw_only=True)
class FakeJob:
    """A job that it took."""

    id: str
    token: str
    body: JsonValue
    seconds: int
    asked: int = 0
    failed: bool = False
    lost: bool = False


@dataclass(slots=True, kw_only=True)
class FakeService:
    """Speaks as a service is described; mishaps are used up in order, then all goes well."""

    service: Service
    on_submit: deque[Mishap] = field(default_factory=deque)
    on_ask: deque[Mishap] = field(default_factory=deque)
    on_file: deque[Mishap] = field(default_factory=deque)
    waits: int = 1
    """How often a job is asked about until it is done."""
    jobs: list[FakeJob] = field(default_factory=list)
    submissions: int = 0
    """How many requests wanted a job, whatever came of them."""
    leaks: list[str] = field(default_factory=list)
    """Hosts that were sent the key and should not have been."""
    paths: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        service: Service,
        *,
        submit: Iterable[Mishap] = (),
        ask: Iterable[Mishap] = (),
        file: Iterable[Mishap] = (),
    ) -> FakeService:
        """Gives a fake with these mishaps ahead of it."""
        return cls(service=service, on_submit=deque(submit), on_ask=deque(ask), on_file=deque(file))

    @property
    def paid(self) -> int:
        """How many jobs it wants money for: those that it took and did not fail."""
        return sum(not job.failed for job in self.jobs)

    def transport(self) -> httpx2.MockTransport:
        """Gives what stands in for the network."""
        import httpx2

        return httpx2.MockTransport(self._answer)

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """Gives a public address for any name."""
        del host, port
        return ("93.184.216.34",)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        import httpx2

        host = request.headers["host"]
        service = self.service
        base = httpx2.URL(service.base_url)
        if host != base.netloc.decode():
            if service.auth.header in request.headers:
                self.leaks.append(host)
            return await self._file(request)
        if service.auth.header not in request.headers:
            return httpx2.Response(401, json=bad(service, service.replies.key, "no key"))
        path = request.url.raw_path.decode().removeprefix(base.raw_path.decode().rstrip("/"))
        self.paths.append(f"{request.method} {path}")
        if request.method != "GET":
            return self._taken(request)
        return self._told(path)

    def _taken(self, request: httpx2.Request) -> httpx2.Response:
        import httpx2

        service, replies = self.service, self.service.replies
        self.submissions += 1
        mishap = self.on_submit.popleft() if self.on_submit else Mishap.NONE
        body = body_of(request)
        last = service.submit_last and request.url.path.endswith(service.submit_last.path)
        submit = service.submit_last if last and service.submit_last else service.submit
        token = str(said(body, submit, "token") or "")
        refusals = {
            Mishap.BUSY: (429, replies.busy, "too many requests"),
            Mishap.REFUSED: (400, replies.refused, f"{_word(replies.refused_words)} content"),
            Mishap.BAD_KEY: (401, replies.key, f"bad key {request.headers[service.auth.header]}"),
            Mishap.NO_CREDIT: (402, replies.balance, "no balance"),
            Mishap.UNPAID_500: (500, (), "internal"),
        }
        if mishap is Mishap.UNREACHABLE:
            raise httpx2.ConnectError("connection refused")
        if mishap is Mishap.UNPAID_TIMEOUT:
            raise httpx2.ReadTimeout("timed out")
        if mishap in refusals:
            status, codes, message = refusals[mishap]
            # Services with codes of their own answer HTTP 200 whatever comes.
            plain = 200 if replies.ok and codes else status
            headers = {"Retry-After": "7"} if mishap is Mishap.BUSY else {}
            return httpx2.Response(plain, json=bad(service, codes, message), headers=headers)
        if service.find and any(job.token == token for job in self.jobs):
            shape = bad(service, service.find.duplicate_codes, "duplicate token")
            return httpx2.Response(400, json=shape)
        seconds = said(body, submit, "seconds") or said(body, submit, "seconds_text") or 1
        job = FakeJob(
            id=f"job-{len(self.jobs) + 1}", token=token, body=body, seconds=int(str(seconds))
        )
        self.jobs.append(job)
        if mishap is Mishap.PAID_500:
            return httpx2.Response(500, json={"message": "internal"})
        if mishap is Mishap.PAID_TIMEOUT:
            raise httpx2.ReadTimeout("timed out")
        if mishap is Mishap.PAID_RESET:
            raise httpx2.RemoteProtocolError("the server closed the connection")
        if mishap is Mishap.PAID_GARBAGE:
            return httpx2.Response(200, text="<html>welcome</html>")
        shape = good(service)
        if mishap is not Mishap.PAID_WITHOUT_ID:
            put(shape, submit.id, job.id)
        return httpx2.Response(200, json=shape)

    def _told(self, path: str) -> httpx2.Response:
        import httpx2

        service = self.service
        if service.fetch and (found := pattern_of(service.fetch.path).fullmatch(path)):
            shape = good(service)
            put(shape, service.fetch.result, f"{FILES}/{found['given']}")
            return httpx2.Response(200, json=shape)
        given = ""
        for described in (service.poll.path, service.find.path if service.find else ""):
            if described and (found := pattern_of(described).fullmatch(path)):
                given = unquote(found["given"])
        # Not lost, and by the id or the token; a failed one is shown after those that are not.
        known = [
            job for job in self.jobs if not job.lost and given and given in (job.id, job.token)
        ]
        job = min(known, key=lambda one: one.failed, default=None)
        codes = service.find.none_codes if service.find else service.replies.wrong
        if job is None:
            return httpx2.Response(404, json=bad(service, codes, "no such job"))
        return self._standing(job)

    def _standing(self, job: FakeJob) -> httpx2.Response:
        import httpx2

        service, poll = self.service, self.service.poll
        mishap = self.on_ask.popleft() if self.on_ask else Mishap.NONE
        if mishap is Mishap.ASK_TIMEOUT:
            raise httpx2.ReadTimeout("timed out")
        if mishap is Mishap.ASK_500:
            return httpx2.Response(500, json={"message": "internal"})
        if mishap is Mishap.ASK_BUSY:
            return httpx2.Response(429, json=bad(service, service.replies.busy, "busy"))
        if mishap is Mishap.ASK_GARBAGE:
            return httpx2.Response(502, text="<html>bad gateway</html>")
        if mishap is Mishap.LOST:
            job.lost = True
            return httpx2.Response(404, json=bad(service, (), "no such job"))
        if mishap is Mishap.HANG:
            self.on_ask.append(Mishap.HANG)
        job.failed = job.failed or mishap in (Mishap.FAILED, Mishap.REFUSED_LATER)
        job.asked += 1
        shape = good(service)
        put(shape, poll.id, job.id)
        if job.failed:
            put(shape, poll.status, poll.failed[0])
            words = service.replies.refused_words
            reason = _word(words) if mishap is Mishap.REFUSED_LATER else "worker broke"
            put(shape, poll.reason, reason)
        elif job.asked > self.waits and mishap is not Mishap.HANG:
            put(shape, poll.status, poll.done[0])
            put(shape, poll.units, "2.5")
            if mishap is not Mishap.NO_RESULT:
                where = "" if service.fetch else f"{FILES}/"
                put(shape, poll.result, f"{where}{job.seconds}")
        else:
            put(shape, poll.status, poll.waiting[-1])
            put(shape, poll.share, 40)
        return httpx2.Response(200, json=shape)

    async def _file(self, request: httpx2.Request) -> httpx2.Response:
        import httpx2

        mishap = self.on_file.popleft() if self.on_file else Mishap.NONE
        makes_video = self.service.makes == "video"
        seconds = int(request.url.path.rpartition("/")[2])
        data = a_video(seconds) if makes_video else a_picture()
        kind = "video/mp4" if makes_video else "image/png"
        spoilt = _spoilt(mishap, data, kind, f"https://mirror.example/{seconds}")
        if spoilt is not None:
            return spoilt
        headers = {"Content-Type": kind, "ETag": '"one"'}
        start = int(request.headers.get("range", "bytes=0-")[6:-1])
        headers["Content-Length"] = str(len(data) - start)
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return httpx2.Response(
            206 if start else 200, headers=headers, stream=_stream(data[start:], mishap)
        )


def _spoilt(mishap: Mishap, data: bytes, kind: str, mirror: str) -> httpx2.Response | None:
    """Gives the answer that this mishap has for a file, or None where its bytes come."""
    import httpx2

    typed = {"Content-Type": kind}
    answers = {
        Mishap.TO_LOOPBACK: (302, b"", {"Location": "http://127.0.0.1:8080/admin"}),
        Mishap.TO_METADATA: (302, b"", {"Location": "https://169.254.169.254/latest/"}),
        Mishap.TO_OTHER_HOST: (302, b"", {"Location": mirror}),
        Mishap.FILE_500: (503, b"", {}),
        Mishap.FILE_GONE: (403, b"expired", {}),
        Mishap.FILE_PAGE: (200, b"<html>sign in</html>", {"Content-Type": "text/html"}),
        Mishap.FILE_TYPE: (200, b"MZ" + data, typed),
        Mishap.FILE_CUT: (200, data[: len(data) * 2 // 3], typed),
        Mishap.FILE_LARGE: (200, b"", {**typed, "Content-Length": "9" * 12}),
    }
    if mishap not in answers:
        return None
    status, content, headers = answers[mishap]
    return httpx2.Response(status, stream=_stream(content, Mishap.NONE), headers=headers)


def _stream(data: bytes, mishap: Mishap) -> httpx2.AsyncByteStream:
    import httpx2

    class Pieces(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            step = 16 if mishap is Mishap.FILE_DRIPS else 4096
            for number, start in enumerate(range(0, len(data), step)):
                if mishap is Mishap.FILE_DRIPS:
                    await asyncio.sleep(0.02)
                if mishap is Mishap.FILE_BREAKS and number == 1:
                    raise httpx2.ReadError("connection reset by peer")
                yield data[start : start + step]

    return Pieces()


def _word(words: tuple[str, ...]) -> str:
    return words[0] if words else "moderation"


@lru_cache(maxsize=16)
def a_video(seconds: int) -> bytes:
    """Gives an MP4 of noise that slides, `SIZE` large, at `RATE`."""
    from nightshoot.tools.video.encode import FrameWriter

    width, height = SIZE
    coarse = np.random.default_rng(seconds).integers(30, 226, (height // 8, width // 8, 3))
    picture = np.kron(coarse, np.ones((8, 8, 1))).astype(np.uint8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        with FrameWriter(path, width=width, height=height, fps=RATE) as writer:
            for number in range(round(seconds * RATE)):
                writer.write(np.ascontiguousarray(np.roll(picture, number, axis=1)))
        return path.read_bytes()


@lru_cache(maxsize=1)
def a_picture() -> bytes:
    """Gives a PNG of noise, `SIZE` large."""
    import cv2

    noise = np.random.default_rng(1).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    return cv2.imencode(".png", noise)[1].tobytes()
