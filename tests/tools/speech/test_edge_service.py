"""The real client of Edge's service, against a server that speaks as the service does."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import aiohttp
import edge_tts
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from edge_tts.drm import DRM

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError, TransientError
from nightshoot.tools.protocols import Utterance
from nightshoot.tools.speech.edge import EdgeSpeech, Patience

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PATIENT = Patience(first_s=60, next_s=60, whole_s=90)
"""For more than a busy machine needs."""
HASTY = Patience(first_s=0.3, next_s=0.3, whole_s=5.0)
TEXT = re.compile(r"<prosody[^>]*>(.*)</prosody>", re.DOTALL)


class Service:
    """The read-aloud service on loopback: the frames are those of its protocol, faults as told."""

    def __init__(self, sound: bytes) -> None:
        self.sound = sound
        self.fault = ""
        self.skew_s = 0.0
        self.asked: list[str] = []
        self.configs: list[str] = []
        self.connections = 0
        self.heard = asyncio.Event()
        self.connectors: list[_Plain] = []
        self.port = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.connections += 1
        if self.fault.isdigit():
            return web.Response(status=int(self.fault))
        if self.fault == "no date":
            # Without a date nobody can tell how far the clock is off.
            response = web.Response(status=403)
            response.headers["Date"] = "yesterday"
            return response
        if abs(DRM.clock_skew_seconds - self.skew_s) > 60:
            date = formatdate(time.time() + self.skew_s, usegmt=True)
            return web.Response(status=403, headers={"Date": date})
        socket_ = web.WebSocketResponse()
        await socket_.prepare(request)
        self.configs.append((await socket_.receive_str()).partition("\r\n\r\n")[2])
        ssml = await socket_.receive_str()
        found = TEXT.search(ssml)
        assert found is not None
        self.asked.append(found.group(1))
        self.heard.set()
        await self.speak(socket_)
        return socket_

    async def speak(self, to: web.WebSocketResponse) -> None:
        def said(path: str, body: str) -> str:
            return f"X-RequestId:1\r\nContent-Type:application/json\r\nPath:{path}\r\n\r\n{body}"

        def word(text: str, start_s: float, length_s: float) -> str:
            data = {"Offset": int(start_s * 1e7), "Duration": int(length_s * 1e7)}
            data |= {"text": {"Text": text, "Length": len(text), "BoundaryType": "WordBoundary"}}  # type: ignore[dict-item]
            return said(
                "audio.metadata", json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]})
            )

        def audio(data: bytes) -> bytes:
            kind = b"Content-Type:audio/mpeg\r\n" if data else b""
            head = b"X-RequestId:1\r\n" + kind + b"Path:audio\r\n"
            return len(head).to_bytes(2, "big") + head + data

        await to.send_str(said("turn.start", "{}"))
        await to.send_str(said("response", "{}"))
        if self.fault == "silent":
            await asyncio.sleep(200)
        if self.fault == "junk":
            await to.send_str(said("audio.metadata", '{"Meta": 1}'))
        if self.fault == "junk bytes":
            await to.send_bytes(b"\xff")
        half = len(self.sound) // 2
        await to.send_str(word("我们", 0.1, 0.5))
        await to.send_bytes(audio(self.sound[:half]))
        if self.fault == "stalls":
            await asyncio.sleep(200)
        if self.fault == "closes":
            await to.close()
            return
        if self.fault == "resets":
            assert to._req is not None
            assert to._req.transport is not None
            to._req.transport.abort()
            return
        await to.send_str(word("走吧", 0.6, 0.5))
        if self.fault != "half":
            await to.send_bytes(audio(self.sound[half:]))
        await to.send_bytes(audio(b""))
        await to.send_str(said("turn.end", "{}"))


class _Loopback(AbstractResolver):
    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del port
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self._port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


class _Plain(aiohttp.TCPConnector):
    """Leads every address to one port of this machine, without TLS.

    Stays open when a session ends, as edge-tts makes another after it has set its clock.
    """

    async def close(self, *, abort_ssl: bool = False) -> None:
        del abort_ssl

    async def end(self) -> None:
        await super().close()

    def _get_ssl_context(self, req: object) -> ssl.SSLContext | None:
        del req
        return None


@pytest.fixture
async def service(
    tone: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    monkeypatch.setattr(DRM, "clock_skew_seconds", 0.0)
    made = Service(tone(1.0, form="mp3"))
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    yield made
    for connector in made.connectors:
        await connector.end()
    await runner.cleanup()


def speech_at(service: Service, patience: Patience = PATIENT) -> EdgeSpeech:
    def connect(text: str, voice: str, **options: Any) -> edge_tts.Communicate:
        connector = _Plain(resolver=_Loopback(service.port), family=socket.AF_INET)
        service.connectors.append(connector)
        return edge_tts.Communicate(text, voice, connector=connector, **options)

    return EdgeSpeech(connect, patience=patience)


async def say(speech: EdgeSpeech, scratch: Path, text: str = "我们走吧。") -> Utterance:
    return await speech.speak(
        text=text,
        voice="zh-CN-YunxiNeural",
        locale=Locale.ZH,
        kind=LineKind.DIALOGUE,
        delivery="",
        scratch=scratch,
    )


async def test_it_keeps_the_contract_with_words_for_the_captions(
    service: Service,
    speaks_as_promised: Callable[..., Awaitable[Utterance]],
    tmp_path: Path,
) -> None:
    said = await speaks_as_promised(speech_at(service), tmp_path)
    assert [word.text for word in said.words] == ["我们", "走吧"]
    assert '"wordBoundaryEnabled":"true"' in service.configs[0]


async def test_a_clock_that_is_off_is_set_by_the_services_answer(
    service: Service, tmp_path: Path
) -> None:
    service.skew_s = 3600.0
    said = await say(speech_at(service), tmp_path)
    assert said.duration_s > 0.8
    assert service.connections == 2
    assert pytest.approx(3600, abs=5) == DRM.clock_skew_seconds
    await say(speech_at(service), tmp_path)
    assert service.connections == 3, "once is enough"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("403", "HTTP 403"),
        ("no date", "HTTP 403, and did not say by which clock"),
        ("429", "HTTP 429"),
        ("503", "HTTP 503"),
        ("silent", "in time"),
        ("stalls", "in time"),
        ("closes", "broke off"),
        ("half", "broke off"),
        ("resets", "broke off|cannot be used"),
        ("junk", "cannot be used"),
        ("junk bytes", "cannot be used"),
    ],
)
async def test_every_fault_of_the_service_may_pass_and_is_found_in_time(
    fault: str, said: str, service: Service, tmp_path: Path
) -> None:
    service.fault = fault
    patience = HASTY if fault in {"silent", "stalls"} else PATIENT
    begun = time.monotonic()
    with pytest.raises(TransientError, match=said) as caught:
        await say(speech_at(service, patience), tmp_path)
    assert time.monotonic() - begun < 50
    assert "\n" not in str(caught.value)


async def test_a_line_that_is_called_off_leaves_nothing_open(
    service: Service, tmp_path: Path
) -> None:
    service.fault = "stalls"
    task = asyncio.create_task(say(speech_at(service), tmp_path))
    await asyncio.wait_for(service.heard.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    service.fault = ""
    assert (await say(speech_at(service), tmp_path)).words


async def test_marks_of_xml_and_tags_cannot_break_out_of_the_text(
    service: Service, tmp_path: Path
) -> None:
    await say(
        speech_at(service),
        tmp_path,
        "Tom & Jerry's “夜”</prosody></voice><voice name='x'>走\x0b\ud800吧 1 < 2",
    )
    [asked] = service.asked
    assert "&amp;" in asked
    assert "<" not in asked
    assert "voice name" not in asked
    assert "走吧" in asked or "走 吧" in asked


async def test_the_longest_line_goes_in_one_request_and_a_longer_one_is_refused(
    service: Service, tmp_path: Path
) -> None:
    await say(speech_at(service), tmp_path, "走" * 400)
    assert service.asked == ["走" * 400]
    with pytest.raises(InputError, match="1400 characters is too long"):
        await say(speech_at(service), tmp_path, "走" * 1400)
    assert service.connections == 1
