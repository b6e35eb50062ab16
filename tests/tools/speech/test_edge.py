from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import av
import numpy as np
import pytest
from edge_tts.exceptions import NoAudioReceived
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.protocols import Utterance
from nightshoot.tools.speech.edge import EdgeSpeech, Patience
from nightshoot.tools.speech.trim import SAMPLE_RATE, decoded, loudness_lufs

if TYPE_CHECKING:
    from edge_tts.typing import TTSChunk

QUICK = Patience(first_s=0.05, next_s=0.05, whole_s=0.3)


def mp3(seconds: float, lead_s: float) -> bytes:
    """A tone with silence around it, as the service sends speech."""
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.concatenate(
        [
            np.zeros(int(lead_s * SAMPLE_RATE)),
            0.05 * np.sin(2 * np.pi * 440 * times),
            np.zeros(19_200),
        ]
    )
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=SAMPLE_RATE)
        pcm = (sound * 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.rate = SAMPLE_RATE
        converted = av.AudioResampler(format=stream.format, layout="mono", rate=SAMPLE_RATE)
        for part in (*converted.resample(frame), *converted.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


class Service:
    """Stands in for edge-tts: remembers what it was asked, and sends or fails as told."""

    def __init__(
        self, *chunks: TTSChunk, fault: Exception | None = None, silent_s: float = 0.0
    ) -> None:
        self.chunks = chunks
        self.fault = fault
        self.silent_s = silent_s
        self.asked: list[tuple[str, str, dict[str, object]]] = []

    def __call__(self, text: str, voice: str, **options: object) -> Service:
        self.asked.append((text, voice, options))
        return self

    async def stream(self) -> AsyncGenerator[TTSChunk, None]:
        await asyncio.sleep(self.silent_s)
        for chunk in self.chunks:
            yield chunk
        if self.fault:
            raise self.fault


def word(text: str, start_s: float, end_s: float) -> TTSChunk:
    return {
        "type": "WordBoundary",
        "text": text,
        "offset": start_s * 1e7,
        "duration": (end_s - start_s) * 1e7,
    }


async def say(
    speech: EdgeSpeech,
    scratch: Path,
    text: str = "我们走吧。",
    voice: str = "zh-CN-YunxiNeural",
    delivery: str = "",
) -> Utterance:
    return await speech.speak(
        text=text,
        voice=voice,
        locale=Locale.ZH,
        kind=LineKind.DIALOGUE,
        delivery=delivery,
        scratch=scratch,
    )


async def test_a_line_is_decoded_trimmed_and_its_words_move_with_it(tmp_path: Path) -> None:
    sound = mp3(1.2, lead_s=0.4)
    service = Service(
        {"type": "audio", "data": sound[:3000]},
        word("我们", 0.4, 0.9),
        word("走吧", 0.9, 1.6),
        {"type": "audio", "data": sound[3000:]},
    )
    utterance = await say(EdgeSpeech(service), tmp_path, "（笑）我们走吧。", delivery="激动地")
    assert service.asked[0][:2] == ("我们走吧。", "zh-CN-YunxiNeural")
    assert service.asked[0][2]["rate"] == "+6%"
    assert service.asked[0][2]["boundary"] == "WordBoundary"
    assert utterance.duration_s == pytest.approx(1.2, abs=0.13)
    samples = decoded(utterance.audio.read_bytes())
    heard = np.flatnonzero(np.abs(samples) > 0.03)
    assert heard[0] < 0.06 * SAMPLE_RATE
    assert samples.size - heard[-1] < 0.06 * SAMPLE_RATE
    assert loudness_lufs(samples) == pytest.approx(-20, abs=0.3)
    first, second = utterance.words
    assert (first.text, second.text) == ("我们", "走吧")
    assert first.start_s == pytest.approx(heard[0] / SAMPLE_RATE, abs=0.06)
    assert second.start_s == pytest.approx(first.start_s + 0.5, abs=0.001)
    assert second.end_s <= utterance.duration_s


def refusal(status: int) -> aiohttp.ClientResponseError:
    url = URL("wss://speech.example")
    request = aiohttp.RequestInfo(url, "GET", CIMultiDictProxy(CIMultiDict()), url)
    return aiohttp.WSServerHandshakeError(request, (), status=status)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (refusal(403), "HTTP 403"),
        (aiohttp.ClientConnectionError("Name or service not known"), "not known"),
        (OSError("Network is unreachable"), "unreachable"),
        (NoAudioReceived("No audio was received."), "No audio"),
        (aiohttp.ServerTimeoutError(), "in time"),
        (None, "no sound"),
    ],
)
async def test_every_known_fault_is_transient(
    tmp_path: Path, fault: Exception | None, said: str
) -> None:
    with pytest.raises(TransientError, match=said):
        await say(EdgeSpeech(Service(fault=fault)), tmp_path)


async def test_a_service_that_keeps_silent_is_given_up_in_time(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(TransientError, match="in time"):
        await say(EdgeSpeech(Service(silent_s=300), patience=QUICK), tmp_path)
    assert time.monotonic() - start < 100
    assert Patience().first_s <= 4


async def test_an_answer_that_is_no_sound_is_a_fault_of_the_backend(tmp_path: Path) -> None:
    page: TTSChunk = {"type": "audio", "data": b"<html>blocked</html>"}
    with pytest.raises(BackendError, match="not sound"):
        await say(EdgeSpeech(Service(page)), tmp_path)


async def test_nothing_is_asked_for_a_line_without_words_or_an_unknown_voice(
    tmp_path: Path,
) -> None:
    service = Service()
    with pytest.raises(InputError, match="can be spoken"):
        await say(EdgeSpeech(service), tmp_path, "……")
    with pytest.raises(InputError, match="no voice"):
        await say(EdgeSpeech(service), tmp_path, voice="zm_yunxi")
    assert service.asked == []


async def test_an_english_voice_leaves_chinese_to_a_mandarin_one_of_the_same_sex(
    tmp_path: Path,
) -> None:
    service = Service({"type": "audio", "data": mp3(0.5, 0.1)})
    await say(EdgeSpeech(service), tmp_path, "你好", voice="en-US-JennyNeural")
    assert service.asked[0][1] == "zh-CN-XiaoyiNeural"


def test_it_admits_that_it_needs_the_network_and_varies() -> None:
    can = EdgeSpeech().capabilities
    assert not can.offline
    assert not can.deterministic
    assert EdgeSpeech().available().ready
