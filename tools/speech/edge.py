"""Speaks with Microsoft Edge's neural voices over the network: good, free, and not always there."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from xml.sax.saxutils import escape

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.shot import Estimate
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.errors import InputError, TransientError
from nightshoot.tools.protocols import Available, Capabilities, Utterance, Voice, Word
from nightshoot.tools.speech.delivery import pace
from nightshoot.tools.speech.reading import HAN, cleaned_text, has_words
from nightshoot.tools.speech.trim import SAMPLE_RATE, decoded, finish

if TYPE_CHECKING:
    from edge_tts.typing import TTSChunk

_TICKS_PER_S = 10_000_000
"""Source: edge-tts, constants.py, TICKS_PER_SECOND: offsets count 100 ns."""

_MOST_BYTES = 4096
"""Of one request, as UTF-8 with its XML marks escaped. Source: edge-tts, communicate.py, which
parts longer texts at spaces, and Chinese, which has none, not at all."""

_LATE_S = 0.25
"""How much later than its sound a word may be said to end. Source: the service's word times lag its
sound by up to a tenth of a second; a line that is cut short lacks whole words."""

_VERSION = "1"


class Communication(Protocol):
    """One request to the service, as `edge_tts.Communicate` is."""

    def stream(self) -> AsyncGenerator[TTSChunk, None]:
        """Gives MP3 data and word boundaries as they come."""
        ...


Connect = Callable[..., Communication]
"""Makes a request: `connect(text, voice, rate=..., boundary=..., connect_timeout=...)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the service may be silent before it is given up, in seconds."""

    first_s: float = 4.0
    """Until the first answer, connecting included."""
    next_s: float = 4.0
    """Between two answers."""
    whole_s: float = 30.0
    """For one line: it speaks faster than real time, and the longest line lasts 90 s."""


def _voice(name: str, sex: Sex, age: Age, temper: str) -> Voice:
    locale = Locale.ZH if name.startswith("zh-") else Locale.EN
    return Voice(id=f"{name}Neural", locale=locale, sex=sex, age=age, temper=temper)


VOICES = (
    _voice("zh-CN-Yunyang", Sex.MALE, Age.ADULT, "calm"),
    _voice("zh-CN-Yunjian", Sex.MALE, Age.ADULT, "deep"),
    _voice("zh-CN-Yunxi", Sex.MALE, Age.YOUNG, "bright"),
    _voice("zh-CN-Yunxia", Sex.MALE, Age.CHILD, "lively"),
    _voice("zh-CN-Xiaoxiao", Sex.FEMALE, Age.ADULT, "warm"),
    _voice("zh-CN-Xiaoyi", Sex.FEMALE, Age.YOUNG, "lively"),
    _voice("en-GB-Ryan", Sex.MALE, Age.ADULT, "calm"),
    _voice("en-US-Andrew", Sex.MALE, Age.ADULT, "warm"),
    _voice("en-US-Christopher", Sex.MALE, Age.ADULT, "deep"),
    _voice("en-US-Guy", Sex.MALE, Age.ADULT, "strong"),
    _voice("en-US-Brian", Sex.MALE, Age.YOUNG, "bright"),
    _voice("en-GB-Thomas", Sex.MALE, Age.OLD, "grave"),
    _voice("en-US-Aria", Sex.FEMALE, Age.ADULT, "warm"),
    _voice("en-US-Jenny", Sex.FEMALE, Age.YOUNG, "bright"),
    _voice("en-GB-Sonia", Sex.FEMALE, Age.ADULT, "even"),
    _voice("en-US-Emma", Sex.FEMALE, Age.YOUNG, "clear"),
    _voice("en-GB-Libby", Sex.FEMALE, Age.ADULT, "gentle"),
    _voice("en-US-Michelle", Sex.FEMALE, Age.OLD, "low"),
    _voice("en-US-Ana", Sex.FEMALE, Age.CHILD, "lively"),
)
"""Source: the names are the service's own voice list; age and temper go by its personality tags."""


class EdgeSpeech:
    """The voices of Edge's read-aloud service. Each fault is a `TransientError` within seconds."""

    def __init__(self, connect: Connect | None = None, *, patience: Patience | None = None) -> None:
        """Keeps the way to the service; `edge_tts.Communicate` unless another is given."""
        self._connect = connect
        self._patience = patience or Patience()
        self._voices = {voice.id: voice for voice in VOICES}

    @property
    def name(self) -> str:
        """Gives `edge`."""
        return "edge"

    @property
    def version(self) -> str:
        """Names ours; the service's own voices change without notice."""
        return f"{_VERSION}+edge-tts-{metadata.version('edge-tts')}"

    @property
    def capabilities(self) -> Capabilities:
        """Needs the network."""
        return Capabilities(
            needs=("network",),
            licence="Microsoft Edge read-aloud service terms",
            deterministic=False,
            offline=False,
        )

    def available(self) -> Available:
        """Looks for the client; whether the service answers is known only by asking it."""
        if find_spec("edge_tts") is None:
            return Available(ready=False, why="edge-tts is not installed: pip install edge-tts")
        return Available(ready=True)

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Mandarin voices first; narrators lead."""
        return VOICES

    def estimate(self, *, text: str) -> Estimate:
        """Gives nothing: the service is free."""
        del text
        return Estimate()

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        """Speaks `text` and reports when each word is heard.

        The service reads figures itself. Chinese text for an English voice, which cannot read it,
        goes to the Mandarin voice most like it.

        Raises:
            InputError: there is no such voice, or nothing in the text can be spoken.
            TransientError: the service refused, broke off or kept silent.
            BackendError: what it sent is no sound.
        """
        if voice not in self._voices:
            raise InputError(f"edge has no voice {voice!r}; it has {', '.join(self._voices)}")
        said = cleaned_text(text)
        if not has_words(said):
            raise InputError(f"nothing in the line {text[:40]!r} can be spoken")
        if len(escape(said).encode()) > _MOST_BYTES:
            raise InputError(f"a line of {len(said)} characters is too long for edge: part it")
        speaker = self._reader_of(said, self._voices[voice])
        rate = f"{round((pace(delivery) - 1) * 100):+d}%"
        mp3, words = await self._received(said, speaker, rate)
        request = "\0".join((self.version, speaker, locale, kind, rate, said))
        path = scratch / f"edge-{hashlib.sha256(request.encode()).hexdigest()[:16]}.wav"
        return await asyncio.to_thread(_finished, mp3, words, path)

    def _reader_of(self, said: str, voice: Voice) -> str:
        if voice.locale is Locale.ZH or not HAN.search(said):
            return voice.id
        alike = [one for one in VOICES if one.locale is Locale.ZH and one.sex is voice.sex]
        return next((one.id for one in alike if one.age is voice.age), alike[0].id)

    async def _received(self, said: str, voice: str, rate: str) -> tuple[bytes, tuple[Word, ...]]:
        import aiohttp
        from edge_tts import Communicate
        from edge_tts.exceptions import EdgeTTSException, SkewAdjustmentError

        connect: Connect = self._connect or Communicate
        try:
            async with asyncio.timeout(self._patience.whole_s):
                return await self._streamed(
                    connect(
                        said,
                        voice,
                        rate=rate,
                        boundary="WordBoundary",
                        connect_timeout=max(1, round(self._patience.first_s)),
                    )
                )
        except aiohttp.ClientResponseError as fault:
            raise TransientError(
                f"the Edge voice service refused with HTTP {fault.status}"
            ) from fault
        except SkewAdjustmentError as fault:
            # It answers 403 to a clock that is minutes off; edge-tts sets it by the answer's date.
            raise TransientError(
                "the Edge voice service refused with HTTP 403, and did not say by which clock"
            ) from fault
        except TimeoutError as fault:
            raise TransientError("the Edge voice service did not answer in time") from fault
        except (
            aiohttp.ClientError,
            EdgeTTSException,
            OSError,
            # What edge-tts stumbles over where an answer has not the form that it knows.
            ValueError,
            LookupError,
            TypeError,
        ) as fault:
            reason = re.sub(r" ssl:<[^>]*>", "", str(fault)) or type(fault).__name__
            raise TransientError(f"the Edge voice service cannot be used: {reason}") from fault

    async def _streamed(self, request: Communication) -> tuple[bytes, tuple[Word, ...]]:
        mp3 = bytearray()
        words: list[Word] = []
        stream = request.stream()
        wait_s = self._patience.first_s
        try:
            while True:
                try:
                    # Not `wait_for`: in Python 3.11 it swallows a cancellation that comes together
                    # with an answer.
                    async with asyncio.timeout(wait_s):
                        chunk = await anext(stream)
                except StopAsyncIteration:
                    break
                wait_s = self._patience.next_s
                if chunk["type"] == "audio":
                    mp3 += chunk["data"]
                elif chunk["type"] == "WordBoundary":
                    start = chunk["offset"] / _TICKS_PER_S
                    end = start + chunk["duration"] / _TICKS_PER_S
                    words.append(Word(text=chunk["text"], start_s=start, end_s=end))
        finally:
            await stream.aclose()
        if not mp3:
            raise TransientError("the Edge voice service sent no sound")
        if len(mp3) != _finished_bytes(request, len(mp3)):
            raise TransientError("the Edge voice service broke off in the middle of the line")
        return bytes(mp3), tuple(words)


def _finished_bytes(request: Communication, received: int) -> int:
    """Gives how many bytes came in turns that the service ended; `received` where it is not told.

    A connection that closes before the turn ends looks to a caller of edge-tts like one that closes
    after. Source: edge-tts 7.3, communicate.py, where `turn.end` alone adds to the count.
    """
    state = getattr(request, "state", None)
    counted = state.get("cumulative_audio_bytes") if isinstance(state, dict) else None
    return counted if isinstance(counted, int) else received


def _finished(mp3: bytes, words: tuple[Word, ...], path: Path) -> Utterance:
    samples = decoded(mp3)
    if words and words[-1].end_s > samples.size / SAMPLE_RATE + _LATE_S:
        raise TransientError("the Edge voice service broke off in the middle of the line")
    finished = finish(samples, path)

    def moved(time_s: float) -> float:
        return round(min(max(0.0, time_s - finished.cut_s), finished.duration_s), 4)

    return Utterance(
        audio=path,
        duration_s=finished.duration_s,
        words=tuple(
            Word(text=word.text, start_s=moved(word.start_s), end_s=moved(word.end_s))
            for word in words
        ),
    )
