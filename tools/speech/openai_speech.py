"""Speaks through OpenAI's speech API, or a server that has the same interface."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.shot import Estimate
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.protocols import Available, Capabilities, Utterance, Voice
from nightshoot.tools.registry import Surroundings
from nightshoot.tools.speech.delivery import pace
from nightshoot.tools.speech.openai_card import ModelFacts, speech_card
from nightshoot.tools.speech.openai_config import KEY_VARIABLE, OPENAI_URL, SpeechConfig
from nightshoot.tools.speech.openai_faults import raised, refuse_cut
from nightshoot.tools.speech.reading import HAN, cleaned_text, has_words, reading_duration_s
from nightshoot.tools.speech.trim import decoded, finish

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

_VERSION = "1"

MOST_CHARACTERS = 4096
"""Of one request. Source: the API reference of `audio.speech.create`, `input`."""

MOST_BYTES = 64 << 20
"""Of one answer. Source: the longest line lasts under 200 s at a quarter of the speed, which is 40
MB of sound at 48 kHz in stereo."""

_SLACK = 1.5
"""How much longer than read with ease a line may be. Source: benchmarks/voices.py, where voices
spoke 4.2 to 5.6 characters a second around the 5 of `reading_duration_s`, and delivery.py, whose
slowest direction takes another tenth; the rest is for pauses that a model makes."""

_TOLD = 220
"""Characters of the instructions beside a line, at most. Source: openai_speech.yaml, whose
sentences have under 110 together, and twice what a common direction has."""


class OpenAISpeech:
    """The voices of OpenAI's API. Every call is paid; the same line is never the same twice.

    Unverified against the live service, for which no key was at hand: the requests and faults are
    those that its reference describes. It reports no word times, so that captions share a line's
    time by length.
    """

    Config = SpeechConfig

    def __init__(
        self,
        config: SpeechConfig | None = None,
        *,
        name: str = "openai",
        key: str = "",
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Keeps what it is told; built with nothing it is not ready.

        Args:
            config: the model, the address and the voices.
            name: what the settings call it.
            key: the key for the address; empty: the server wants none.
            transport: carries the requests instead of the network.
        """
        self._config = config or SpeechConfig()
        self._name = name
        self._key = SecretStr(key)
        self._transport = transport
        self._opened: AsyncOpenAI | None = None
        self._card = speech_card()
        own = {one.id: (one.id, Voice(**one.model_dump())) for one in self._config.voices}
        self._voices = own or self._card.spoken_by(self._config.model)
        self._facts = self._known()

    @classmethod
    def configured(cls, name: str, config: SpeechConfig, around: Surroundings) -> OpenAISpeech:
        """Gives the voices behind an address.

        Raises:
            InputError: the key cannot travel in a header.
        """
        key = config.api_key.get_secret_value()
        own_address = _host(config.base_url) == _host(OPENAI_URL)
        variable = config.api_key_env or (KEY_VARIABLE if own_address else "")
        key = key or around.environment.get(variable, "").strip()
        if not key.isascii():
            raise InputError(f"the key in {variable} has characters beyond ASCII: copy it again")
        return cls(config, name=name, key=key)

    @property
    def name(self) -> str:
        """The name that options, documents and the log use."""
        return self._name

    @property
    def version(self) -> str:
        """Names the model, and by a digest the address and what else has a say in the sound."""
        config = self._config
        said = (config.base_url, config.speed, config.format, self._takes_instructions)
        phrases = self._card.instructions if self._takes_instructions else ""
        digest = hashlib.sha256(f"{said} {phrases}".encode()).hexdigest()[:8]
        return f"{_VERSION}+{config.model}+{digest}"

    @property
    def capabilities(self) -> Capabilities:
        """Needs a key, unless the server is the user's own."""
        free = self._facts is not None and not _costs(self._facts)
        near = _is_near(self._config.base_url)
        locales = {voice.locale for _, voice in self._voices.values()}
        return Capabilities(
            needs=("a server of your own",) if near else ("network", "an API key"),
            licence="the terms of the service at " + _host(self._config.base_url),
            deterministic=False,
            offline=near,
            paid=not free,
            locales=tuple(locale for locale in Locale if locale in locales),
        )

    def available(self) -> Available:
        """Looks for the client, the key and the price; the service is not asked."""
        config = self._config
        if find_spec("openai") is None:
            return Available(ready=False, why="openai is not installed: pip install openai")
        if not self._key.get_secret_value() and _host(config.base_url) == _host(OPENAI_URL):
            return Available(
                ready=False,
                why=f"it has no key: set {config.api_key_env or KEY_VARIABLE}, or write api_key "
                f"into [speech.{self._name}] of the settings file",
            )
        if self._facts is None:
            return Available(
                ready=False,
                why=f"what {config.model} costs is not known: write usd_per_million_characters or "
                f"usd_per_minute into [speech.{self._name}] of the settings file, 0 where it is "
                "free",
            )
        return Available(ready=True)

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The server's voices in the settings' order, or OpenAI's once a language."""
        return tuple(voice for _, voice in self._voices.values())

    def estimate(self, *, text: str) -> Estimate:
        """Gives the most that speaking `text` can cost, by its length.

        Raises:
            InputError: the text is too long for one request.
        """
        if len(text) > MOST_CHARACTERS:
            raise InputError(
                f"a line of {len(text)} characters is too long for {self._name}, which takes "
                f"{MOST_CHARACTERS}: part it"
            )
        facts = self._facts or ModelFacts()
        told = _TOLD if self._takes_instructions else 0
        locale = Locale.ZH if HAN.search(text) else Locale.EN
        minutes = reading_duration_s(text, locale) * _SLACK / self._config.speed / 60
        characters = (len(text) + told) * facts.usd_per_million_characters / 1e6
        return Estimate(cost_usd=characters + minutes * facts.usd_per_minute)

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        """Speaks `text`; what it cost is what was estimated, as the service does not say.

        Raises:
            InputError: there is no such voice, nothing can be spoken, or the service refuses the
                key, the model or the words.
            TransientError: the service is busy or away, or broke off.
            BackendError: it refuses for another reason, or what it sent is no sound.
        """
        if voice not in self._voices:
            raise InputError(
                f"{self._name} has no voice {voice!r}; it has {', '.join(self._voices)}"
            )
        said = cleaned_text(text)
        if not has_words(said):
            raise InputError(f"nothing in the line {text[:40]!r} can be spoken")
        self.estimate(text=said)
        here = self.available()
        if not here.ready:
            raise BackendError(f"the voice {self._name} cannot be used: {here.why}")
        sound = await self._received(said, voice, locale, kind, delivery)
        request = "\0".join((self.version, voice, locale, kind, delivery, said))
        path = scratch / f"openai-{hashlib.sha256(request.encode()).hexdigest()[:16]}.wav"
        finished = await asyncio.to_thread(lambda: finish(decoded(sound), path))
        return Utterance(audio=path, duration_s=finished.duration_s)

    async def _received(
        self, said: str, voice: str, locale: Locale, kind: LineKind, delivery: str
    ) -> bytes:
        import httpx2
        import openai

        name, facts = self._voices[voice]
        told = self._takes_instructions
        place = _host(self._config.base_url)
        try:
            async with (
                asyncio.timeout(self._config.timeout_s),
                self._client().audio.speech.with_streaming_response.create(
                    input=said,
                    model=self._config.model,
                    voice=name,
                    response_format=self._config.format,
                    speed=self._config.speed if told else self._paced(delivery),
                    instructions=self._card.instruction(
                        locale=locale, kind=kind, delivery=delivery, temper=facts.temper
                    )
                    if told
                    else openai.omit,
                ) as answer,
            ):
                sound = bytearray()
                async for part in answer.iter_bytes():
                    sound += part
                    if len(sound) > MOST_BYTES:
                        raise BackendError(f"the voice service {place} sends without an end")
        except openai.OpenAIError as error:
            raise raised(
                error,
                name=self._name,
                model=self._config.model,
                place=place,
                key=self._key.get_secret_value(),
                ends=self._facts.ends if self._facts else "",
            ) from None
        except TimeoutError:
            raise TransientError(f"the voice service {place} did not answer in time") from None
        except httpx2.HTTPError as error:
            raise TransientError(f"the voice service {place} broke off: {error}") from None
        refuse_cut(sound, name=self._name)
        return bytes(sound)

    def _client(self) -> AsyncOpenAI:
        import httpx2
        from openai import AsyncOpenAI

        if self._opened is None:
            self._opened = AsyncOpenAI(
                api_key=self._key.get_secret_value() or "none",
                base_url=self._config.base_url,
                timeout=self._config.timeout_s,
                # The action log tries again, inside the budget.
                max_retries=0,
                http_client=httpx2.AsyncClient(transport=self._transport)
                if self._transport
                else None,
            )
        return self._opened

    @property
    def _takes_instructions(self) -> bool:
        told = self._config.instructions
        return bool(self._facts and self._facts.instructions) if told is None else told

    def _paced(self, delivery: str) -> float:
        return round(min(4.0, max(0.25, self._config.speed * pace(delivery))), 3)

    def _known(self) -> ModelFacts | None:
        """Gives what the model takes and costs, or None where its price is not known."""
        config = self._config
        written = {
            name: price
            for name in ("usd_per_million_characters", "usd_per_minute")
            if (price := getattr(config, name)) is not None
        }
        facts = self._card.models.get(config.model)
        if not written:
            return facts
        kept = facts.model_dump(include={"instructions", "ends"}) if facts else {}
        return ModelFacts(**kept, **written)


def _costs(facts: ModelFacts) -> bool:
    return bool(facts.usd_per_million_characters or facts.usd_per_minute)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_near(url: str) -> bool:
    """Says whether an address is this machine's own."""
    host = _host(url)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
