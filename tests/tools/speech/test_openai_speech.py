"""OpenAI's speech: what is asked, what it may cost, and what each fault is to the user."""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError, NightshootError, TransientError
from nightshoot.settings import Section, Settings
from nightshoot.sheet import CrewChoice
from nightshoot.tools.protocols import Utterance
from nightshoot.tools.registry import Registry
from nightshoot.tools.speech.openai_config import SpeechConfig
from nightshoot.tools.speech.openai_speech import MOST_BYTES, OpenAISpeech
from nightshoot.workplace import tools_for

KEY = "sk-planted-1234567890"
NEAR = "http://127.0.0.1:8880/v1"


class Server:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(
        self, body: bytes = b"", *, state: int = 200, fault: Exception | None = None
    ) -> None:
        self.body, self.state, self.fault = body, state, fault
        self.headers: dict[str, str] = {}
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if self.fault:
            raise self.fault
        return httpx2.Response(self.state, content=self.body, headers=self.headers)

    @property
    def asked(self) -> dict[str, object]:
        found = json.loads(self.requests[-1].content)
        assert isinstance(found, dict)
        return found

    def speech(self, **settings: object) -> OpenAISpeech:
        config = SpeechConfig.model_validate(settings)
        return OpenAISpeech(config, key=KEY, transport=httpx2.MockTransport(self))


async def say(
    speech: OpenAISpeech,
    scratch: Path,
    text: str = "我们走吧。",
    voice: str = "zh-coral",
    delivery: str = "",
    kind: LineKind = LineKind.DIALOGUE,
) -> Utterance:
    locale = Locale.EN if voice.startswith("en") else Locale.ZH
    return await speech.speak(
        text=text, voice=voice, locale=locale, kind=kind, delivery=delivery, scratch=scratch
    )


def refusal(code: str, message: str = "no") -> bytes:
    return json.dumps({"error": {"message": message, "code": code, "type": "x"}}).encode()


@pytest.mark.parametrize("form", ["wav", "mp3", "flac"])
async def test_it_keeps_the_contract_in_every_format(
    form: str,
    tone: Callable[..., bytes],
    speaks_as_promised: Callable[..., Awaitable[Utterance]],
    tmp_path: Path,
) -> None:
    server = Server(tone(1.2, lead_s=0.5, form=form))
    said = await speaks_as_promised(server.speech(format=form), tmp_path)
    assert said.duration_s == pytest.approx(1.2, abs=0.13)
    assert server.asked["response_format"] == form


async def test_the_request_names_model_voice_words_and_the_way_to_say_them(
    tone: Callable[..., bytes], tmp_path: Path
) -> None:
    server = Server(tone())
    await say(server.speech(), tmp_path, "（笑）我们走吧。", delivery="激动\n地")
    asked = server.asked
    assert (asked["model"], asked["voice"], asked["input"]) == (
        "gpt-4o-mini-tts",
        "coral",
        "我们走吧。",
    )
    told = str(asked["instructions"])
    assert "激动 地" in told
    assert "嗓音：温暖" in told
    assert "台词" in told
    assert asked["speed"] == 1.0
    request = server.requests[-1]
    assert str(request.url) == "https://api.openai.com/v1/audio/speech"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    await say(server.speech(), tmp_path, kind=LineKind.NARRATION)
    assert "旁白" in str(server.asked["instructions"])


async def test_a_model_without_instructions_is_paced_instead(
    tone: Callable[..., bytes], tmp_path: Path
) -> None:
    server = Server(tone())
    speech = server.speech(model="tts-1", speed=1.2)
    await say(speech, tmp_path, "Go.", voice="en-onyx", delivery="urgent")
    assert "instructions" not in server.asked
    assert server.asked["speed"] == pytest.approx(1.32)
    assert {one.id for one in speech.voices}.isdisjoint({"zh-marin", "en-verse"})


async def test_a_long_direction_is_cut_and_cannot_break_the_template(
    tone: Callable[..., bytes], tmp_path: Path
) -> None:
    server = Server(tone())
    await say(server.speech(), tmp_path, delivery="{temper}" + "慢" * 900)
    told = str(server.asked["instructions"])
    assert "{temper}" in told
    assert len(told) < 320


@pytest.mark.parametrize(
    ("state", "code", "kind", "said"),
    [
        (401, "invalid_api_key", InputError, "refuses the key"),
        (403, "", InputError, "refuses the key"),
        (404, "model_not_found", InputError, "has no model 'gpt-4o-mini-tts'.*2027-01-06"),
        (400, "content_policy_violation", InputError, "refuses the words"),
        (400, "moderation_blocked", InputError, "refuses the words"),
        (400, "invalid_value", BackendError, "refuses the request"),
        (429, "rate_limit_exceeded", TransientError, "busy"),
        (429, "insufficient_quota", BackendError, "no credit"),
        (408, "", TransientError, "busy or failed"),
        (500, "", TransientError, "HTTP 500"),
        (503, "", TransientError, "HTTP 503"),
    ],
)
async def test_each_refusal_is_told_for_what_it_is_without_the_key(
    state: int, code: str, kind: type[NightshootError], said: str, tmp_path: Path
) -> None:
    body = refusal(code, f"Incorrect key provided: {KEY} or sk-pla**7890\nsecond line")
    with pytest.raises(kind, match=said) as caught:
        await say(Server(body, state=state).speech(), tmp_path)
    assert type(caught.value) is kind
    told = str(caught.value)
    assert "sk-" not in told
    assert "\n" not in told
    assert len(told) < 500


@pytest.mark.parametrize(("said", "wait_s"), [("7", 7.0), ("Sun, 22 Nov 2026", None), ("", None)])
async def test_a_busy_service_is_waited_for_as_long_as_it_asks(
    said: str, wait_s: float | None, tmp_path: Path
) -> None:
    server = Server(refusal("rate_limit_exceeded"), state=429)
    server.headers["retry-after"] = said
    with pytest.raises(TransientError) as caught:
        await say(server.speech(), tmp_path)
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (httpx2.ConnectError("refused"), "cannot be reached"),
        (httpx2.ReadTimeout("slow"), "in time"),
        (httpx2.RemoteProtocolError("peer closed connection"), "broke off"),
    ],
)
async def test_faults_of_the_network_may_pass(fault: Exception, said: str, tmp_path: Path) -> None:
    with pytest.raises(TransientError, match=said):
        await say(Server(fault=fault).speech(), tmp_path)


async def test_a_sound_that_was_cut_short_is_asked_for_again(
    tone: Callable[..., bytes], tmp_path: Path
) -> None:
    sound = tone(2.0)
    with pytest.raises(TransientError, match="broke off"):
        await say(Server(sound[: len(sound) // 2]).speech(), tmp_path)
    with pytest.raises(TransientError, match="no sound"):
        await say(Server(b"").speech(), tmp_path)


class Trickle(httpx2.AsyncByteStream):
    """Sends parts with a wait after each, then ends or breaks."""

    def __init__(self, part: bytes, *, wait_s: float = 0.0, breaks: bool = False) -> None:
        self.part, self.wait_s, self.breaks = part, wait_s, breaks
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += len(self.part)
            yield self.part
            await asyncio.sleep(self.wait_s)
            if self.breaks:
                raise httpx2.ReadError("connection reset by peer")


def trickling(stream: Trickle, **settings: object) -> OpenAISpeech:
    return OpenAISpeech(
        SpeechConfig.model_validate(settings),
        key=KEY,
        transport=httpx2.MockTransport(lambda _: httpx2.Response(200, stream=stream)),
    )


async def test_an_answer_that_trickles_or_breaks_off_may_come_another_time(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="in time"):
        await say(trickling(Trickle(b"RIFF", wait_s=0.01), timeout_s=0.1), tmp_path)
    with pytest.raises(TransientError, match="broke off"):
        await say(trickling(Trickle(b"RIFF", breaks=True)), tmp_path)


async def test_an_answer_without_an_end_is_refused(tmp_path: Path) -> None:
    stream = Trickle(bytes(4 << 20))
    with pytest.raises(BackendError, match="without an end"):
        await say(trickling(stream), tmp_path)
    assert stream.sent <= MOST_BYTES + 2 * len(stream.part)


async def test_a_sound_of_open_length_counts_as_whole(
    tone: Callable[..., bytes], tmp_path: Path
) -> None:
    sound = bytearray(tone(1.0))
    sound[4:8] = b"\xff\xff\xff\xff"
    at = sound.index(b"data") + 4
    sound[at : at + 4] = b"\xff\xff\xff\xff"
    said = await say(Server(bytes(sound)).speech(), tmp_path)
    assert said.duration_s == pytest.approx(1.0, abs=0.13)


@pytest.mark.parametrize("page", [b"<html>Sign in</html>", b'{"error": "later"}', b"RIFFxxxxWAVE"])
async def test_what_is_no_sound_is_refused(page: bytes, tmp_path: Path) -> None:
    with pytest.raises(BackendError):
        await say(Server(page).speech(), tmp_path)


async def test_silence_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(bytes(48_000))
    with pytest.raises(BackendError, match="silence"):
        await say(Server(path.read_bytes()).speech(), tmp_path)


async def test_nothing_is_asked_where_nothing_can_be_said(tmp_path: Path) -> None:
    server = Server()
    for text, voice in (("……", "zh-coral"), ("走吧。", "coral"), ("长" * 5000, "zh-coral")):
        with pytest.raises(InputError):
            await say(server.speech(), tmp_path, text, voice)
    assert server.requests == []


def test_the_estimate_is_what_the_price_list_says_and_more_for_longer_lines() -> None:
    hd = Server().speech(model="tts-1-hd")
    assert hd.estimate(text="x" * 1000).cost_usd == pytest.approx(0.03)
    mini = Server().speech()
    short, long = (mini.estimate(text="走" * count).cost_usd for count in (10, 100))
    assert 0 < short < long
    # A hundred characters take about 20 s, which cost half a cent.
    assert 0.005 <= long < 0.01
    slow = Server().speech(speed=0.5)
    assert slow.estimate(text="走" * 100).cost_usd > long


def test_built_with_nothing_it_is_not_ready_and_says_what_to_set() -> None:
    speech = OpenAISpeech()
    assert speech.capabilities.paid
    assert not speech.capabilities.deterministic
    assert not speech.capabilities.offline
    assert not speech.available().ready
    assert "OPENAI_API_KEY" in speech.available().why


def registry(tmp_path: Path, section: Section, environment: dict[str, str]) -> Registry:
    settings = Settings.model_validate(
        {"home": tmp_path, "folder": tmp_path, "speech": {"mine": {"backend": "openai"} | section}}
    )
    return Registry.of(settings, environment)


def test_a_table_of_the_settings_makes_a_voice_of_its_name(tmp_path: Path) -> None:
    own: Section = {
        "base_url": NEAR,
        "model": "kokoro",
        "usd_per_million_characters": 0,
        "voices": [{"id": "zf_xiaoxiao", "locale": "zh", "sex": "female", "temper": "warm"}],
    }
    found = registry(tmp_path, own, {"OPENAI_API_KEY": KEY})
    speech = found.speech_synthesizer("mine")
    assert speech.name == "mine"
    assert [voice.id for voice in speech.voices] == ["zf_xiaoxiao"]
    assert not speech.capabilities.paid
    assert speech.capabilities.offline
    assert "mine" in [voice.name for voice in found.usable_voices()]


def test_a_voice_that_is_chosen_by_its_tables_name_comes_before_all_others(tmp_path: Path) -> None:
    crew = CrewChoice(
        writer="rehearsal", image="shadow-play", video="multiplane", voice="mine", music="none"
    )
    tools = tools_for(crew, registry(tmp_path, {}, {"OPENAI_API_KEY": KEY}))
    assert tools.voices[0].name == "mine"
    assert [voice.name for voice in tools.voices[1:]].count("mine") == 0
    with pytest.raises(InputError, match=r"mine cannot be used: it has no key"):
        tools_for(crew, registry(tmp_path, {}, {}))


def test_a_model_of_unknown_price_is_not_used_before_it_is_written(tmp_path: Path) -> None:
    found = registry(tmp_path, {"base_url": NEAR, "model": "other"}, {})
    with pytest.raises(InputError, match=r"costs is not known.*\[speech\.mine\]"):
        found.speech_synthesizer("mine")


async def test_the_key_goes_to_openai_alone_unless_it_is_told(
    tone: Callable[..., bytes], tmp_path: Path
) -> None:
    around = registry(tmp_path, {}, {"OPENAI_API_KEY": KEY, "OTHER": "other-key"}).around
    for settings, sent in (
        ({}, f"Bearer {KEY}"),
        ({"base_url": NEAR}, "Bearer none"),
        ({"base_url": NEAR, "api_key_env": "OTHER"}, "Bearer other-key"),
        ({"base_url": NEAR, "api_key": "own"}, "Bearer own"),
    ):
        server = Server(tone())
        speech = OpenAISpeech.configured("mine", SpeechConfig.model_validate(settings), around)
        speech._transport = httpx2.MockTransport(server)
        await say(speech, tmp_path)
        assert server.requests[0].headers["authorization"] == sent


def test_the_key_alone_in_the_environment_makes_it_ready_but_never_by_itself(
    tmp_path: Path,
) -> None:
    found = Registry.of(Settings(home=tmp_path), {"OPENAI_API_KEY": KEY})
    assert found.speech_synthesizer("openai").available().ready
    assert "openai" not in [voice.name for voice in found.usable_voices()]
    configured = registry(tmp_path, {}, {"OPENAI_API_KEY": KEY})
    assert configured.usable_voices()[0].name == "mine"


def test_no_key_is_ever_shown() -> None:
    speech = Server().speech(api_key=KEY)
    for shown in (repr(speech), repr(vars(speech)), speech.version, str(speech._config)):
        assert KEY not in shown


@pytest.mark.parametrize(
    "settings",
    [
        {"speed": 9},
        {"base_url": "api.example"},
        {"api_key": "schlüssel"},
        {"voices": [{"id": "a", "locale": "zh", "sex": "male"}] * 2},
        {"modell": "tts-1"},
    ],
)
def test_a_table_that_cannot_be_used_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SpeechConfig.model_validate(settings)


def test_the_version_changes_with_what_changes_the_sound() -> None:
    versions = {
        Server().speech(**settings).version
        for settings in (
            {},
            {"model": "tts-1"},
            {"speed": 1.1},
            {"base_url": NEAR},
            {"instructions": False},
            {"format": "mp3"},
        )
    }
    assert len(versions) == 6


def test_the_configurations_of_the_guide_work(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[3] / "docs/voices.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        settings = Settings.model_validate({"home": tmp_path} | tomllib.loads(block))
        [name] = settings.speech
        found = Registry.of(settings, {"OPENAI_API_KEY": KEY})
        assert found.speech_synthesizer(name).available().ready
