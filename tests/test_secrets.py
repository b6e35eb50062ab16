"""A key is in nothing that is written or said, whatever happens at the other end."""

from __future__ import annotations

import base64
import json
import os
import threading
import wave
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from pydantic import BaseModel

from nightshoot.cli import main
from nightshoot.domain.orders import Advice, Wording
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.storyboard import Storyboard

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEYS = {
    "OPENAI_API_KEY": "sk-planted-writer-0123456789",
    "PAINTER_KEY": "sk-planted-painter-0123456789",
    "SPEECH_KEY": "sk-planted-speech-0123456789",
}
IN_THE_FILE = "sk-planted-in-the-settings-0123456789"


class Services(ThreadingHTTPServer):
    """A writer, a painter and a voice in one, which repeat the key in every complaint."""

    daemon_threads = True

    def __init__(self, answers: dict[str, BaseModel], complaint: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.complaint = complaint
        self.keys: set[str] = set()
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Services

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._send(200, {"object": "list", "data": [{"id": "some-model", "object": "model"}]})

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Authorization"].removeprefix("Bearer ")
        self.server.keys.add(key)
        self.server.asked.append(self.path)
        if self.server.complaint and not self.path.endswith("completions"):
            self._send(
                self.server.complaint,
                {"error": {"message": f"Incorrect API key provided: {key}", "code": "bad"}},
            )
        elif self.path.endswith("/chat/completions"):
            self._send(200, self._completion(json.loads(said)))
        elif "/images/" in self.path:
            size = str(json.loads(said).get("size", "")) if said[:1] == b"{" else ""
            self._send(200, {"created": 0, "data": [{"b64_json": picture(size)}]})
        else:
            self._send_bytes(200, spoken(), "audio/wav")

    def _completion(self, request: dict[str, object]) -> dict[str, object]:
        text = json.dumps(request, ensure_ascii=False)
        name = next(name for name in self.server.answers if f'"name": "{name}"' in text)
        return {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": "some-model",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {
                        "role": "assistant",
                        "content": self.server.answers[name].model_dump_json(),
                    },
                }
            ],
            "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
        }

    def _send(self, status: int, body: dict[str, object]) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json")

    def _send_bytes(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def picture(size: str) -> str:
    width, _, height = size.partition("x")
    shape = (int(height or 1536), int(width or 1024)) if width.isdigit() else (1536, 1024)
    coarse = np.random.default_rng(3).integers(30, 226, (8, 6, 3), np.uint8)
    pixels = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return base64.b64encode(cv2.imencode(".png", pixels)[1].tobytes()).decode()


def spoken() -> bytes:
    time = np.arange(24_000) / 24_000
    sound = BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes((9000 * np.sin(2 * np.pi * 220 * time)).astype("<i2").tobytes())
    return sound.getvalue()


@pytest.fixture
def services(
    concept: Concept, screenplay: Screenplay, board: Storyboard
) -> Iterator[Callable[[int], Services]]:
    begun: list[Services] = []

    def begin(complaint: int = 0) -> Services:
        answers: dict[str, BaseModel] = {
            "Concept": concept,
            "Screenplay": screenplay,
            "Storyboard": board,
            "Wording": Wording(prompt="a river at night"),
            "Advice": Advice(note="brighter"),
        }
        server = Services(answers, complaint)
        begun.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield begin
    for server in begun:
        server.shutdown()
        server.server_close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(("NIGHTSHOOT_", "OPENAI_")):
            monkeypatch.delenv(name)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    monkeypatch.setenv("NIGHTSHOOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIGHTSHOOT_CONFIG", str(tmp_path / "nightshoot.toml"))
    monkeypatch.setenv("NIGHTSHOOT_MODEL", "some-model")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def configured(place: Path, address: str) -> None:
    (place.parent / "nightshoot.toml").write_text(
        f"""
[endpoint]
base_url = "{address}"

[agents.critic]
base_url = "{address}"
api_key = "{IN_THE_FILE}"

[image.mine]
backend = "openai"
base_url = "{address}"
api_key_env = "PAINTER_KEY"
model = "their-painter"
usd_per_image = 0.01
allow_hosts = ["127.0.0.1"]

[speech.mine]
backend = "openai"
base_url = "{address}"
api_key_env = "SPEECH_KEY"
""",
        encoding="utf-8",
    )


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def written(place: Path) -> dict[str, bytes]:
    files = (path for path in place.parent.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if path.name != "nightshoot.toml"}


MAKE = ("-v", "make", "夜游赤壁", "--size", "128x228", "--image", "mine", "--music", "none",
        "--out", "film", "--json")  # fmt: skip


def test_a_whole_film_by_services_says_no_key_anywhere(
    place: Path, services: Callable[..., Services], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server = services()
    configured(place, server.address)
    made = run(*MAKE, "--voice", "mine")
    assert made.exit_code == 0, made.output
    report = json.loads(made.stdout)
    assert report["film"]
    assert report["writer"] == "some-model"
    assert report["voice"] == "mine"
    assert report["writing"]["screenwriter"]["prompt_tokens"] >= 100
    assert {KEYS["OPENAI_API_KEY"], KEYS["PAINTER_KEY"], KEYS["SPEECH_KEY"]} <= server.keys
    told = [made.output, run("show", "film").output, run("tools", "--json").output]
    told += [run("doctor").output, caplog.text]
    files = written(place)
    assert len(files) > 30
    for key in (*KEYS.values(), IN_THE_FILE):
        assert not [text for text in told if key in text]
        assert not [name for name, data in files.items() if key.encode() in data]


@pytest.mark.parametrize("complaint", [401, 403, 400, 429, 500])
def test_a_service_that_repeats_the_key_in_its_complaint_is_not_quoted(
    complaint: int,
    place: Path,
    services: Callable[..., Services],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    server = services(complaint)
    configured(place, server.address)
    made = run(*MAKE, "--voice", "none")
    assert made.exit_code in (1, 2), made.output
    assert KEYS["PAINTER_KEY"] in server.keys
    files = written(place)
    for key in (*KEYS.values(), IN_THE_FILE):
        assert key not in made.output + caplog.text
        assert not [name for name, data in files.items() if key.encode() in data]
