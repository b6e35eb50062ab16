"""What the settings say of a speech service: its address, model, price and voices."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.settings import Endpoint

OPENAI_URL = "https://api.openai.com/v1"

KEY_VARIABLE = "OPENAI_API_KEY"


class OwnVoice(Value):
    """A voice of a compatible server."""

    id: str = Field(min_length=1)
    """As the server calls it."""
    locale: Locale
    sex: Sex
    age: Age = Age.ADULT
    temper: str = ""


class SpeechConfig(Value):
    """What a table `[speech.NAME]` with `backend = "openai"` may hold."""

    model: str = Field(default="gpt-4o-mini-tts", min_length=1)
    base_url: str = OPENAI_URL
    api_key: SecretStr = SecretStr("")
    api_key_env: str = ""
    """The variable that holds the key. Empty: `OPENAI_API_KEY`, at OpenAI's own address alone: a
    key goes nowhere else unless it is told to."""
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    timeout_s: float = Field(default=60.0, gt=0)
    format: Literal["wav", "mp3", "flac", "opus", "aac"] = "wav"
    """What the server is asked for; it matters to servers that give only some."""
    instructions: bool | None = None
    """The model takes words on how a line is said. None: where it is known to."""
    usd_per_million_characters: float | None = Field(default=None, ge=0)
    usd_per_minute: float | None = Field(default=None, ge=0)
    voices: tuple[OwnVoice, ...] = ()
    """The server's voices; empty: OpenAI's."""

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        return Endpoint(base_url=url).base_url or OPENAI_URL

    @field_validator("api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr) -> SecretStr:
        return Endpoint(api_key=key).api_key

    @field_validator("voices")
    @classmethod
    def _voices_differ(cls, voices: tuple[OwnVoice, ...]) -> tuple[OwnVoice, ...]:
        ids = [voice.id for voice in voices]
        if len(set(ids)) < len(ids):
            raise ValueError(f"voice ids must differ: {', '.join(ids)}")
        return voices
